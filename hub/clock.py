"""Time as the hub sees it: milliseconds since the epoch, UTC, from a clock that tests can hold."""

import time
from typing import Protocol


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> int:
        """Milliseconds since the epoch, UTC."""


class SystemClock:
    """The machine's clock, which only goes forward: set back, it would leave everything due that much later."""

    def __init__(self) -> None:
        """Start with the machine's time."""
        self._ahead_ns = 0  # of the time that passes evenly

    def now(self) -> int:
        """Milliseconds since the epoch, UTC."""
        wall, even = time.time_ns(), time.monotonic_ns()  # in this order: a pause between them brings nothing ahead
        self._ahead_ns = max(self._ahead_ns, wall - even)
        return (even + self._ahead_ns) // 1_000_000


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
