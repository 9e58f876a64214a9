"""What is to happen in virtual time, and the dice that decide it: all chance of a run comes from one seed."""

import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import count

from hub.clock import Clock

Action = Callable[[], Awaitable[None]]


@dataclass(slots=True)
class Agenda:
    """Actions in order of time; of the same instant, what was planned first."""

    clock: Clock
    dice: random.Random
    _events: list[tuple[int, int, Action]] = field(default_factory=list)
    _numbers: "count[int]" = field(default_factory=count)

    def after(self, seconds: float, action: Action) -> None:
        """Plan something."""
        heappush(self._events, (self.clock.now() + max(0, round(seconds * 1000)), next(self._numbers), action))

    def sometime(self, mean_s: float, action: Action) -> None:
        """Plan something after a time that is exponential around a mean."""
        self.after(self.dice.expovariate(1 / mean_s), action)

    def chance(self, share: float) -> bool:
        """Whether it happens this time."""
        return self.dice.random() < share

    @property
    def next_at(self) -> int | None:
        """When something is to happen next (ms)."""
        return self._events[0][0] if self._events else None

    def pop(self) -> Action:
        """What is to happen next."""
        return heappop(self._events)[2]
