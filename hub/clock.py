"""Time as the hub sees it: milliseconds since the epoch, UTC, from a clock that tests can hold."""

import time
from typing import Protocol


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> int:
        """Milliseconds since the epoch, UTC."""


class SystemClock:
    """The machine's clock."""

    def now(self) -> int:
        """Milliseconds since the epoch, UTC."""
        return time.time_ns() // 1_000_000


class HeldClock:
    """A clock that moves only when told to."""

    def __init__(self, now: int) -> None:
        """Start at `now`, ms since the epoch."""
        self._now = now

    def now(self) -> int:
        """Milliseconds since the epoch, UTC."""
        return self._now

    def advance(self, ms: int) -> None:
        """Let `ms` milliseconds pass."""
        self._now += ms
