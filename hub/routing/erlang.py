"""Queueing formulas: how many are answered in time, given arrivals, handling time and agents. Pure.

Times in seconds, rates per second. Erlang C is M/M/c (everybody waits); Erlang A is M/M/c+M (some lose patience).
"""

import math
from dataclasses import dataclass

TAIL = 1e-12
"""States less likely than this, against the most likely one, are left out of the sums of Erlang A."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What the formulas expect. `wait_chance`: of having to wait; `abandoned`: share of all; times in seconds."""

    wait_chance: float
    service_level: float
    asa_s: float
    occupancy: float
    abandoned: float = 0.0


def erlang_b(agents: int, load: float) -> float:
    """The chance that all of `agents` are busy at an offered load (Erlangs) when nobody waits."""
    inverse = 1.0
    for n in range(1, agents + 1):
        inverse = 1.0 + inverse * n / load if load else math.inf
    return 0.0 if math.isinf(inverse) else 1.0 / inverse


def erlang_c(agents: int, rate: float, handle_s: float, within_s: float) -> Expected | None:
    """Everybody waits as long as it takes; None when the line would grow for ever."""
    load = rate * handle_s
    if agents <= load:
        return None
    blocked = erlang_b(agents, load)
    waits = agents * blocked / (agents - load * (1.0 - blocked))
    return Expected(
        wait_chance=waits,
        service_level=1.0 - waits * math.exp(-(agents - load) * within_s / handle_s),
        asa_s=waits * handle_s / (agents - load),
        occupancy=load / agents,
    )


def erlang_a(agents: int, rate: float, handle_s: float, patience_s: float, within_s: float) -> Expected:
    """Whoever waits leaves after an exponential patience. `asa_s` is over all, `service_level` over all who came."""
    shares, total = _states(agents, rate, 1.0 / handle_s, 1.0 / patience_s)
    waiting = sum(share * max(0, n - agents) for n, share in enumerate(shares)) / total
    busy = sum(share * min(n, agents) for n, share in enumerate(shares)) / total
    answered = sum(
        share / total * _in_time(max(0, n - agents + 1), agents / handle_s, 1.0 / patience_s, within_s)
        for n, share in enumerate(shares)
    )
    return Expected(
        wait_chance=sum(shares[agents:]) / total,
        service_level=answered,
        asa_s=waiting / rate if rate else 0.0,
        occupancy=busy / agents,
        abandoned=waiting / patience_s / rate if rate else 0.0,
    )


def _states(agents: int, rate: float, served: float, lost: float) -> tuple[list[float], float]:
    """How likely each number of customers in the house is, not normalised, and the sum."""
    shares, largest = [1.0], 1.0
    while True:
        n = len(shares)
        leaving = min(n, agents) * served + max(0, n - agents) * lost
        shares.append(shares[-1] * rate / leaving)
        largest = max(largest, shares[-1])
        if n > agents and shares[-1] <= TAIL * largest:
            return [share / largest for share in shares], sum(shares) / largest


def _in_time(ahead: int, serving: float, lost: float, within_s: float) -> float:
    """The chance that who has `ahead` leavings to wait for is answered within a time, and has not lost patience.

    The line before them is a pure death process of rates serving + k*lost; they themselves leave at rate lost. Solved
    in small steps (uniformisation would be exact, and needs as many).
    """
    if ahead == 0:
        return 1.0
    left = [0.0] * ahead + [1.0]  # left[k]: the chance that k still have to go, and this one is still there
    answered = 0.0
    steps = max(200, int(within_s * (serving + ahead * lost) * 20))
    step = within_s / steps
    for _ in range(steps):
        for k in range(1, ahead + 1):
            goes = left[k] * (serving + (k - 1) * lost) * step
            gives_up = left[k] * lost * step
            left[k] -= goes + gives_up
            if k == 1:
                answered += goes
            else:
                left[k - 1] += goes
    return answered
