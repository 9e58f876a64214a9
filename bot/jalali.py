"""Gregorian to Jalali (Solar Hijri) dates, for sentences in Persian. No dependency.

The 33-year leap cycle of the arithmetic Persian calendar, as in the public-domain `jdf` routine; it equals the official
calendar for every day of the years 1900 to 2100, which is all that an order or a calendar needs.
"""

from __future__ import annotations

import datetime as dt

_BEFORE_MONTH = (0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334)
_CYCLE_33, _CYCLE_4, _FIRST_HALF = 12053, 1461, 186


def jalali(day: dt.date) -> tuple[int, int, int]:
    """The Jalali year, month (1-12) and day of a Gregorian date.

    Raises:
        ValueError: The date lies outside 1900 to 2100.
    """
    if not 1900 <= day.year <= 2100:
        raise ValueError(f"no Jalali date for the year {day.year}")
    leap_from = day.year + 1 if day.month > 2 else day.year
    leaps = (leap_from + 3) // 4 - (leap_from + 99) // 100 + (leap_from + 399) // 400
    days = 355666 + 365 * day.year + leaps + day.day + _BEFORE_MONTH[day.month - 1]
    cycles, days = divmod(days, _CYCLE_33)
    fours, days = divmod(days, _CYCLE_4)
    year = -1595 + 33 * cycles + 4 * fours
    if days > 365:
        more, days = divmod(days - 1, 365)
        year += more
    if days < _FIRST_HALF:
        return year, 1 + days // 31, 1 + days % 31
    return year, 7 + (days - _FIRST_HALF) // 30, 1 + (days - _FIRST_HALF) % 30
