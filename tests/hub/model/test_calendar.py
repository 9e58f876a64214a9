"""Business hours against a walk over every minute: zones, clock changes, holidays of two calendars."""

import random
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from hub.model.calendar import WEEKDAYS, Calendar

MINUTE = 60_000
ZONES = ("Asia/Tehran", "Europe/Berlin", "America/New_York", "UTC", "Australia/Lord_Howe", "Asia/Kolkata")
CHANGES = (
    "2021-03-21",
    "2021-09-21",
    "2022-03-22",
    "2026-03-29",
    "2026-10-25",
    "2026-03-08",
    "2026-11-01",
    "2026-04-05",
)


def at(text: str, zone: str = "Asia/Tehran") -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp() * 1000)


def random_calendar(dice: random.Random) -> Calendar:
    week = {}
    for day in WEEKDAYS:
        edges = sorted(dice.sample(range(0, 24 * 60 + 1, 15), 2 * dice.randint(0, 3)))
        clocks = [f"{edge // 60:02}:{edge % 60:02}" for edge in edges]
        week[day] = tuple(zip(clocks[::2], clocks[1::2], strict=True))
    holidays = tuple(dice.sample(["2026-03-29", "jalali:01-01", "gregorian:12-25", "2026-10-25", "jalali:08-03"], 2))
    return Calendar(time_zone=dice.choice(ZONES), week=week, holidays=holidays, always_open=False)


def walked(calendar: Calendar, start: int, end: int) -> int:
    """Open minutes between two instants, one by one."""
    return sum(MINUTE for minute in range(start, end, MINUTE) if calendar.is_open(minute))


def random_start(dice: random.Random) -> int:
    day = int(datetime.fromisoformat(dice.choice(CHANGES)).replace(tzinfo=UTC).timestamp() * 1000)
    return day + dice.randint(-2 * 1_440, 2 * 1_440) * MINUTE


def test_open_time_equals_a_walk_over_every_minute() -> None:
    dice = random.Random(11)
    for _ in range(10_000):
        calendar, start = random_calendar(dice), random_start(dice)
        end = start + dice.randint(0, 300) * MINUTE
        assert calendar.open_between(start, end) == walked(calendar, start, end), (calendar, start, end)


def test_adding_open_time_lands_where_so_much_has_passed() -> None:
    dice = random.Random(12)
    for _ in range(2_000):
        calendar, start = random_calendar(dice), random_start(dice)
        wanted = dice.randint(1, 5_000) * 1_000
        due = calendar.add_open(start, wanted)
        if due is None:
            assert not any(calendar.week.values())
            continue
        assert calendar.open_between(start, due) == wanted
        assert calendar.is_open(due - 1)
        opening = calendar.next_opening(start)
        assert opening is not None
        assert calendar.is_open(opening)
        assert calendar.open_between(start, opening) == 0


def test_who_never_opens_is_never_due_and_nothing_hangs() -> None:
    shut = Calendar(always_open=False)
    assert shut.add_open(0, 1) is None
    assert shut.next_opening(0) is None
    assert shut.open_between(0, 10**15) == 0
    holiday = tuple(f"gregorian:{month:02}-{day:02}" for month in range(1, 13) for day in range(1, 32))
    always_off = Calendar(week={"mon": (("09:00", "17:00"),)}, holidays=holiday, always_open=False)
    assert always_off.next_opening(at("2026-03-21T12:00")) is None


def test_nowruz_is_a_holiday_whenever_the_spring_begins() -> None:
    calendar = Calendar(
        week=dict.fromkeys(WEEKDAYS, (("09:00", "17:00"),)), holidays=("jalali:01-01",), always_open=False
    )
    for nowruz in ("2024-03-20", "2025-03-21", "2026-03-21", "2029-03-20"):
        assert not calendar.is_open(at(f"{nowruz}T12:00"))
    assert calendar.is_open(at("2024-03-21T12:00"))


def test_a_lunch_break_and_a_saturday_week() -> None:
    calendar = Calendar(
        week={"sat": (("08:00", "12:00"), ("13:00", "17:00")), "sun": (("08:00", "24:00"),)}, always_open=False
    )
    saturday = "2026-11-28"
    assert calendar.open_between(at(f"{saturday}T11:00"), at(f"{saturday}T14:00")) == 2 * 60 * MINUTE
    assert calendar.add_open(at(f"{saturday}T16:30"), 60 * MINUTE) == at("2026-11-29T08:30")
    assert calendar.next_opening(at("2026-11-30T00:00")) == at("2026-12-05T08:00")
