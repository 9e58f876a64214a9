"""How often somebody may do something: token buckets, and failures that make the next try wait longer.

Both live in memory and are bounded: a limit that forgets its oldest keys under attack is better than one that eats
the memory.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

from hub.clock import Clock
from hub.errors import TooMany

_MOST_KEYS = 20_000


class ThrottledError(TooMany):
    """Too often. `retry_after` is in seconds and goes out as the header of that name."""

    def __init__(self, text: str, *, retry_after: float, code: str | None = None) -> None:
        """Say what was too often, and when it may be tried again."""
        super().__init__(text, code=code)
        self.retry_after = retry_after


@dataclass(slots=True)
class _Bucket:
    tokens: float
    at: int


class Buckets:
    """Token buckets by key: `burst` at once, then `per_second`."""

    def __init__(self, clock: Clock, *, per_second: float, burst: int) -> None:
        """Start with full buckets for everybody."""
        self._clock = clock
        self._rate = per_second
        self._burst = burst
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def take(self, key: str) -> float:
        """Take one; return 0.0, or how many seconds to wait when there is none."""
        now = self._clock.now()
        bucket = self._buckets.pop(key, None) or _Bucket(float(self._burst), now)
        self._buckets[key] = bucket
        if len(self._buckets) > _MOST_KEYS:
            self._buckets.popitem(last=False)
        bucket.tokens = min(self._burst, bucket.tokens + max(0, now - bucket.at) / 1000 * self._rate)
        bucket.at = now
        if bucket.tokens < 1:
            return (1 - bucket.tokens) / self._rate
        bucket.tokens -= 1
        return 0.0


@dataclass(slots=True)
class _Record:
    count: int = 0
    first_at: int = 0
    until: int = 0


class Failures:
    """Wrong tries by key, each of which makes the next one wait.

    From the `allowed`-th on the wait is 1 s, 2 s, 4 s ... at most `longest_seconds`.
    Nothing is ever locked for good: after `window_seconds` without a failure (and after a success) it all begins anew.
    """

    def __init__(self, clock: Clock, *, allowed: int, window_seconds: int = 900, longest_seconds: int = 300) -> None:
        """Start with nobody having failed."""
        self._clock = clock
        self._allowed = allowed
        self._window_ms = window_seconds * 1000
        self._longest = longest_seconds
        self._records: OrderedDict[str, _Record] = OrderedDict()

    def wait(self, key: str) -> float:
        """Seconds to wait before the next try; 0.0 when one may try now."""
        record = self._records.get(key)
        return max(0.0, (record.until - self._clock.now()) / 1000) if record else 0.0

    def failed(self, key: str) -> None:
        """Count a wrong try."""
        now = self._clock.now()
        record = self._records.pop(key, None) or _Record(first_at=now)
        if now - max(record.first_at, record.until) > self._window_ms:
            record = _Record(first_at=now)
        record.count += 1
        over = record.count - self._allowed
        if over >= 0:
            record.until = now + min(self._longest, 2 ** min(over, 30)) * 1000
        self._records[key] = record
        if len(self._records) > _MOST_KEYS:
            self._records.popitem(last=False)

    def succeeded(self, key: str) -> None:
        """Forget the wrong tries of a key."""
        self._records.pop(key, None)
