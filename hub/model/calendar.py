"""Business hours: windows of wall-clock time in a zone, with holidays of either calendar. Pure; exact to the ms.

A window means the clock on the wall: on the day when the clocks change, it is as much longer or shorter as the clocks
say. Everything here is bounded, also for a calendar that never opens.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

from persiantools.jdatetime import JalaliDate

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
HORIZON_DAYS = 3_660
"""So far ahead is looked for an opening."""

_HOUR = 3_600_000
_DAY = 24 * _HOUR
_PROBE = 3 * _HOUR

Span = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """Business hours.

    `week` maps a weekday (mon..sun) to windows ("09:00", "17:00"), of which "24:00" runs to midnight. `holidays` are
    dates ("2026-03-21"), or days of every year ("jalali:01-01", "gregorian:12-25").
    """

    time_zone: str = "Asia/Tehran"
    week: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    holidays: tuple[str, ...] = ()
    always_open: bool = True

    def is_open(self, at: int) -> bool:
        """Whether people work at `at` (ms since the epoch)."""
        if self.always_open:
            return True
        local = datetime.fromtimestamp(at / 1000, UTC).astimezone(ZoneInfo(self.time_zone))
        if self.is_holiday(local.date()):
            return False
        clock = local.strftime("%H:%M")
        return any(start <= clock < end for start, end in self.week.get(WEEKDAYS[local.weekday()], ()))

    def is_holiday(self, day: date) -> bool:
        """Whether nobody works on a day whatever the week says."""
        return bool(self.holidays) and not _names(day).isdisjoint(self.holidays)

    def holidays_from(self, at: int, days: int = 60) -> tuple[str, ...]:
        """The dates of the next days on which nobody works, whichever calendar names them."""
        first = _local(at, ZoneInfo(self.time_zone))
        coming = (first + timedelta(days=number) for number in range(days))
        return tuple(day.isoformat() for day in coming if self.is_holiday(day))

    def open_between(self, start: int, end: int) -> int:
        """How long (ms) it is open between two instants; 0 when the second is not later."""
        if self.always_open:
            return max(0, end - start)
        return sum(max(0, min(end, closes) - max(start, opens)) for opens, closes in self._spans(start, end))

    def add_open(self, start: int, ms: int) -> int | None:
        """The instant until which it has been open for `ms` since `start`; None when it will not be for years."""
        if self.always_open or ms <= 0:
            return start + max(0, ms)
        left = ms
        for opens, closes in self._spans(start, start + HORIZON_DAYS * _DAY):
            begins = max(start, opens)
            if closes - begins >= left:
                return begins + left
            left -= max(0, closes - begins)
        return None

    def next_opening(self, at: int) -> int | None:
        """When it is open next: now, if it is; None when it will not be for years."""
        if self.always_open:
            return at
        spans = self._spans(at, at + HORIZON_DAYS * _DAY)
        return next((max(at, opens) for opens, closes in spans if closes > at), None)

    def _spans(self, start: int, end: int) -> Iterator[Span]:
        """When it is open, day by day, in order; may begin before `start`, and stops after `end`."""
        if not any(self.week.values()):
            return
        zone = ZoneInfo(self.time_zone)
        day = _local(start, zone) - timedelta(days=1)
        last = _local(end, zone) + timedelta(days=1) if end > start else day
        while day <= last:
            windows = () if self.is_holiday(day) else self.week.get(WEEKDAYS[day.weekday()], ())
            if windows:
                yield from _on(day, windows, self.time_zone)
            day += timedelta(days=1)


@lru_cache(maxsize=1024)
def _names(day: date) -> frozenset[str]:
    """What holidays may call a day."""
    persian = JalaliDate.to_jalali(day)  # type: ignore[no-untyped-call]  # the library has no types here
    return frozenset((day.isoformat(), f"gregorian:{day:%m-%d}", f"jalali:{persian.month:02}-{persian.day:02}"))


@lru_cache(maxsize=4096)
def _on(day: date, windows: tuple[tuple[str, str], ...], time_zone: str) -> tuple[Span, ...]:
    """The windows of a day as instants. Where the clock is set back or forward, each piece counts for itself."""
    zone = ZoneInfo(time_zone)
    midnight = int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) * 1000
    spans: list[Span] = []
    for begins, ends, offset in _pieces(midnight - _DAY, midnight + 2 * _DAY, zone):
        for start, end in windows:
            first = max(begins, midnight + _wall(start) - offset)
            last = min(ends, midnight + _wall(end) - offset)
            if first < last:
                spans.append((first, last))
    return tuple(sorted(spans))


def _pieces(start: int, end: int, zone: ZoneInfo) -> Iterator[tuple[int, int, int]]:
    """Stretches of time in which the zone keeps one offset (ms)."""
    if (offset := _offset(start, zone)) == _offset(end, zone):  # no zone goes there and back within days
        yield start, end, offset
        return
    probes = range(start, end + _PROBE, _PROBE)
    edges = [start, *(_change(a, b, zone) for a, b in pairwise(probes) if _offset(a, zone) != _offset(b, zone)), end]
    for begins, ends in pairwise(edges):
        yield begins, ends, _offset(begins, zone)


def _change(low: int, high: int, zone: ZoneInfo) -> int:
    """The first ms of the new offset between two instants of different offsets."""
    old = _offset(low, zone)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _offset(middle, zone) == old else (low, middle)
    return high


def _offset(at: int, zone: ZoneInfo) -> int:
    offset = datetime.fromtimestamp(at // 1000, zone).utcoffset() or timedelta()
    return int(offset.total_seconds()) * 1000


def _local(at: int, zone: ZoneInfo) -> date:
    return datetime.fromtimestamp(at // 1000, zone).date()


def _wall(clock: str) -> int:
    hours, _, minutes = clock.partition(":")
    return int(hours) * _HOUR + int(minutes) * 60_000
