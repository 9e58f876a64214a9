"""Business hours as admins write them, checked in words."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from msgspec import Meta, Struct

from hub.errors import BadInput
from hub.model.calendar import WEEKDAYS, Calendar

Clock = Annotated[str, Meta(max_length=5)]
CALENDAR_ERRORS = (
    "no_such_time_zone",
    "no_such_weekday",
    "bad_opening_time",
    "windows_out_of_order",
    "bad_holiday",
    "never_open",
)
_YEARLY = re.compile(r"(0[1-9]|1[0-2])-([0-3][0-9])")
_LONGEST = {
    "jalali": (31, 31, 31, 31, 31, 31, 30, 30, 30, 30, 30, 30),
    "gregorian": (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31),
}
"""Days of each month in a leap year."""
_CLOCK = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]|24:00")


class CalendarView(Struct, frozen=True, forbid_unknown_fields=True):
    """Business hours: `week` maps sat..fri to windows ["09:00","17:00"].

    `holidays` are ISO dates, or days of every year: jalali:MM-DD, gregorian:MM-DD.
    """

    time_zone: Annotated[str, Meta(max_length=60)] = "Asia/Tehran"
    week: dict[str, Annotated[list[tuple[Clock, Clock]], Meta(max_length=6)]] = {}
    holidays: Annotated[list[Annotated[str, Meta(max_length=16)]], Meta(max_length=400)] = []
    always_open: bool = False


def calendar_of(view: CalendarView, now: int) -> Calendar:
    """Check business hours.

    Raises BadInput with the field at fault, below `calendar`: no_such_time_zone, no_such_weekday, bad_opening_time,
    windows_out_of_order, bad_holiday; `never_open` from `now` on.
    """
    _check_zone(view.time_zone)
    for day, windows in view.week.items():
        if day not in WEEKDAYS:
            raise _bad("no_such_weekday", "week", f"Days are {', '.join(WEEKDAYS)}.")
        _check_windows(f"week.{day}", windows)
    holidays = tuple(sorted({_holiday(number, text) for number, text in enumerate(view.holidays)}))
    week = {day: tuple((start, end) for start, end in view.week[day]) for day in view.week}
    calendar = Calendar(time_zone=view.time_zone, week=week, holidays=holidays, always_open=view.always_open)
    if calendar.next_opening(now) is None:
        raise BadInput("These hours never begin.", code="never_open", field="calendar")
    return calendar


def calendar_view(calendar: Calendar) -> CalendarView:
    """Business hours as they go out."""
    return CalendarView(
        time_zone=calendar.time_zone,
        week={day: list(windows) for day, windows in calendar.week.items()},
        holidays=list(calendar.holidays),
        always_open=calendar.always_open,
    )


def _check_zone(name: str) -> None:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise _bad("no_such_time_zone", "time_zone", "There is no such time zone.") from error


def _check_windows(place: str, windows: list[tuple[str, str]]) -> None:
    last = ""
    for start, end in windows:
        if not (_CLOCK.fullmatch(start) and _CLOCK.fullmatch(end)):
            raise _bad("bad_opening_time", place, "Times are written like 09:00.")
        if start >= end or start < last:
            words = "Windows of a day follow one another, each from an earlier to a later time."
            raise _bad("windows_out_of_order", place, words)
        last = end


def _holiday(number: int, text: str) -> str:
    """A date, or a day of every year."""
    calendar, _, day = text.rpartition(":")
    try:
        return date.fromisoformat(day).isoformat() if not calendar else _every_year(calendar, day)
    except ValueError as error:
        words = "Holidays are days that come, written like 2026-03-21, jalali:01-01 or gregorian:12-25."
        raise _bad("bad_holiday", f"holidays.{number}", words) from error


def _every_year(calendar: str, day: str) -> str:
    """A day of every year. Raises ValueError."""
    if calendar not in _LONGEST or (found := _YEARLY.fullmatch(day)) is None:
        raise ValueError(day)
    if not 1 <= int(found[2]) <= _LONGEST[calendar][int(found[1]) - 1]:
        raise ValueError(day)
    return f"{calendar}:{day}"


def _bad(code: str, place: str, text: str) -> BadInput:
    return BadInput(text, code=code, field=f"calendar.{place}")
