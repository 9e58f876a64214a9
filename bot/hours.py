"""Opening hours as a customer wants to hear them, from the same calendar that the hub enforces. Pure functions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

Span = tuple[str, str]
"""From and to, `("09:00", "17:30")`, local time; `to` may be `"24:00"`."""

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_LOOK_AHEAD_DAYS = 14
_WHOLE_DAY: tuple[Span, ...] = (("00:00", "24:00"),)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpeningHours:
    """What can be said about a calendar at one moment.

    Attributes:
        week: Seven days, Monday first, each with its spans; an empty day is closed.
        open_now: Whether people can be reached now.
        today: The local date.
        changes_at: When `open_now` next turns, local time; None = not within two weeks.
    """

    week: tuple[tuple[Span, ...], ...]
    open_now: bool
    today: dt.date
    changes_at: dt.datetime | None = None


def opening_hours(
    *,
    week: Mapping[str, Sequence[Span]],
    time_zone: str,
    at: int,
    holidays: Sequence[str] = (),
    always_open: bool = False,
) -> OpeningHours:
    """Describe a calendar.

    Args:
        week: `mon` to `sun` to spans; a missing day is closed.
        time_zone: IANA name.
        at: The moment, milliseconds since the epoch, UTC.
        holidays: ISO dates on which the calendar is closed.
        always_open: The calendar never closes; `week` and `holidays` don't matter.
    """
    now = dt.datetime.fromtimestamp(at / 1000, ZoneInfo(time_zone))
    if always_open:
        return OpeningHours(week=(_WHOLE_DAY,) * 7, open_now=True, today=now.date())
    days = tuple(tuple(week.get(name, ())) for name in WEEKDAYS)
    open_now = _is_open(days, holidays, now)
    turns = (turn for turn in _edges(days, now) if _is_open(days, holidays, turn) != open_now)
    return OpeningHours(week=days, open_now=open_now, today=now.date(), changes_at=next(turns, None))


def _is_open(days: Sequence[Sequence[Span]], holidays: Sequence[str], local: dt.datetime) -> bool:
    if local.date().isoformat() in holidays:
        return False
    clock = local.strftime("%H:%M")
    return any(start <= clock < end for start, end in days[local.weekday()])


def _edges(days: Sequence[Sequence[Span]], now: dt.datetime) -> Iterator[dt.datetime]:
    """Every moment after `now` at which a span or a day begins or ends, in order."""
    for ahead in range(_LOOK_AHEAD_DAYS):
        day = now.date() + dt.timedelta(days=ahead)
        clocks = {"00:00"} | {clock for span in days[day.weekday()] for clock in span if clock < "24:00"}
        for clock in sorted(clocks):
            edge = dt.datetime.combine(day, dt.time.fromisoformat(clock), now.tzinfo)
            if edge > now:
                yield edge
