"""A queueing system in a few lines: first come, first served by so many, as a recursion over the arrivals."""

import random
from collections.abc import Iterable, Iterator
from heapq import heapreplace
from typing import NamedTuple


class Came(NamedTuple):
    """A customer: when, for how long, and how patient. One unit of time for all."""

    at: float
    handle: float
    patience: float


class Servers:
    """Until when each of them is busy."""

    def __init__(self, count: int) -> None:
        """All are free from the beginning."""
        self._busy = [0.0] * count

    def turn(self, at: float) -> float:
        """When somebody who comes now would be served."""
        return max(at, self._busy[0])

    def serve(self, until: float) -> None:
        """The next free one is busy until then."""
        heapreplace(self._busy, until)


def waits(customers: Iterable[Came], count: int) -> Iterator[float | None]:
    """How long each of them waits; None for who loses patience before."""
    servers = Servers(count)
    for one in customers:
        turn = servers.turn(one.at)
        if turn - one.at > one.patience:
            yield None
        else:
            servers.serve(turn + one.handle)
            yield turn - one.at


def customers(count: int, *, rate: float, handle: float, patience: float | None, seed: int) -> Iterator[Came]:
    """Who comes at random, is handled for a random time and is as patient as chance has it: M/M/c, or M/M/c+M."""
    dice, at = random.Random(seed), 0.0
    for _ in range(count):
        at += dice.expovariate(rate)
        yield Came(at, dice.expovariate(1 / handle), dice.expovariate(1 / patience) if patience else float("inf"))
