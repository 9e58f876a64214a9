"""Dates, hours and sentences in both languages."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from bot.contract import HandoffReason
from bot.hours import opening_hours
from bot.jalali import jalali
from bot.orders import Order, OrderState
from bot.wording import clock, date, handoff_summary, hours_text, order_text

WEEK = {day: [("09:00", "13:00"), ("14:00", "17:30")] for day in ("sat", "sun", "mon", "tue", "wed")}
WEEK |= {"thu": [("09:00", "13:00")]}


def at(text: str) -> int:
    return int(dt.datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Asia/Tehran")).timestamp() * 1000)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2026-03-20", (1404, 12, 29)),
        ("2026-03-21", (1405, 1, 1)),
        ("2025-03-20", (1403, 12, 30)),  # a leap year's last day
        ("2025-03-21", (1404, 1, 1)),
        ("1979-02-11", (1357, 11, 22)),
        ("2000-01-01", (1378, 10, 11)),
        ("2026-11-25", (1405, 9, 4)),
        ("2026-09-22", (1405, 6, 31)),
        ("2026-09-23", (1405, 7, 1)),
    ],
)
def test_jalali_dates(day: str, expected: tuple[int, int, int]) -> None:
    assert jalali(dt.date.fromisoformat(day)) == expected


def test_every_day_follows_the_day_before() -> None:
    day, before = dt.date(1900, 1, 1), jalali(dt.date(1899 + 1, 1, 1))
    while day < dt.date(2100, 12, 31):
        day += dt.timedelta(days=1)
        year, month, number = jalali(day)
        assert (year, month, number) in {
            (before[0], before[1], before[2] + 1),
            (before[0], before[1] + 1, 1),
            (before[0] + 1, 1, 1),
        }
        assert number <= (31 if month <= 6 else 30)
        before = (year, month, number)


def test_far_years_are_refused() -> None:
    with pytest.raises(ValueError, match="1800"):
        jalali(dt.date(1800, 1, 1))


def test_dates_and_times_as_people_say_them() -> None:
    day = dt.date(2026, 11, 25)
    assert date(day, "fa") == "چهارشنبه ۴ آذر"
    assert date(day, "en") == "Wednesday 25 November"
    assert (clock("09:00", "fa"), clock("17:30", "fa"), clock("00:00", "fa"), clock("24:00", "fa")) == (
        "۹",
        "۱۷:۳۰",
        "۰",
        "۲۴",
    )
    assert (clock("09:00", "en"), clock("00:05", "en")) == ("9:00", "0:05")


def test_hours_in_persian_begin_on_saturday() -> None:
    hours = opening_hours(week=WEEK, time_zone="Asia/Tehran", at=at("2026-11-22T10:00"))
    assert hours_text(hours, "fa").splitlines() == [
        "الان پاسخگو هستیم، تا ساعت ۱۳.",
        "شنبه تا چهارشنبه: ۹ تا ۱۳ و ۱۴ تا ۱۷:۳۰",
        "پنجشنبه: ۹ تا ۱۳",
        "جمعه: تعطیل",
    ]


def test_hours_in_english_begin_on_monday() -> None:
    hours = opening_hours(week=WEEK, time_zone="Asia/Tehran", at=at("2026-11-26T20:00"))
    assert hours_text(hours, "en").splitlines() == [
        "We're closed right now. We're back on Saturday 28 November at 9:00.",
        "Monday to Wednesday: 9:00 to 13:00 and 14:00 to 17:30",
        "Thursday: 9:00 to 13:00",
        "Friday: closed",
        "Saturday to Sunday: 9:00 to 13:00 and 14:00 to 17:30",
    ]


@pytest.mark.parametrize(
    ("moment", "open_now", "changes"),
    [
        ("2026-11-22T08:59", False, "2026-11-22T09:00"),
        ("2026-11-22T09:00", True, "2026-11-22T13:00"),
        ("2026-11-22T13:00", False, "2026-11-22T14:00"),
        ("2026-11-22T17:30", False, "2026-11-24T09:00"),  # the 23rd is a holiday
    ],
)
def test_open_and_the_next_turn(moment: str, open_now: bool, changes: str) -> None:
    hours = opening_hours(week=WEEK, time_zone="Asia/Tehran", at=at(moment), holidays=["2026-11-23"])
    assert hours.open_now is open_now
    assert hours.changes_at is not None
    assert hours.changes_at.strftime("%Y-%m-%dT%H:%M") == changes


def test_a_span_to_midnight_runs_into_the_next_day() -> None:
    week = {"sun": [("18:00", "24:00")], "mon": [("00:00", "02:00")]}
    hours = opening_hours(week=week, time_zone="Asia/Tehran", at=at("2026-11-22T23:00"))
    assert hours.changes_at is not None
    assert hours.changes_at.strftime("%d %H:%M") == "23 02:00"


def test_never_open_and_always_open() -> None:
    never = opening_hours(week={}, time_zone="UTC", at=0)
    always = opening_hours(week={}, time_zone="UTC", at=0, always_open=True)
    assert hours_text(never, "en") == "We're closed right now.\nEvery day: closed"
    assert hours_text(always, "en") == "We're open now.\nEvery day: all day"
    assert hours_text(always, "fa") == "الان پاسخگو هستیم.\nهر روز: شبانه‌روزی"


def test_goods_are_named_as_their_shop_writes_them_and_turn_no_sentence() -> None:
    order = Order(number="12345", status=OrderState.CANCELLED, items=("کولهٔ ۲۸ لیتری", "a\u202eb\n\u2069c"))
    said = order_text(order, "fa")
    assert "\u2068کولهٔ ۲۸ لیتری\u2069" in said
    assert "\u2068a b c\u2069" in said


@pytest.mark.parametrize("state", list(OrderState))
@pytest.mark.parametrize("full", [True, False])
def test_every_state_of_an_order_is_a_whole_sentence(state: OrderState, full: bool) -> None:
    more = {"items": ("a", "b", "c", "d"), "eta": dt.date(2026, 11, 25), "carrier": "Post", "tracking": "T1"}
    order = Order(number="12345", status=state, **(more if full else {}))
    for locale in ("fa", "en"):
        text = order_text(order, locale)
        assert "None" not in text
        assert "  " not in text
        assert ".." not in text.replace("...", "")


@pytest.mark.parametrize("reason", list(HandoffReason))
def test_every_reason_has_its_summary(reason: HandoffReason) -> None:
    assert handoff_summary(reason, "fa").endswith(".")
    assert handoff_summary(reason, "en").endswith(".")
