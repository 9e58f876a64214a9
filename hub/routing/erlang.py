"""Queueing formulas: how many are answered in time, given arrivals, handling time and agents. Pure.

Times in seconds, rates per second. Erlang C is M/M/c (everybody waits); Erlang A is M/M/c+M (some lose patience),
solved for any size by the integrals of Baccelli and Hebuterne (1981) as Zeltyn and Mandelbaum (2005, M/M/n+G) put them.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

FAINT = 40.0
"""What is less dense than e^-FAINT of the densest is left out of an integral."""
STEPS = 4_000


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
    return 1.0 / inverse


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
    load = rate * handle_s
    if not load:
        return Expected(wait_chance=0.0, service_level=1.0, asa_s=0.0, occupancy=0.0)
    if not agents:
        return Expected(wait_chance=1.0, service_level=0.0, asa_s=patience_s, occupancy=0.0, abandoned=1.0)

    def exponent(wait: float) -> float:
        return rate * patience_s * -math.expm1(-wait / patience_s) - agents * wait / handle_s

    densest = patience_s * max(0.0, math.log(load / agents))
    peak = exponent(densest)
    first, last = _extent(lambda wait: exponent(wait) - peak, densest, handle_s)

    def offered(wait: float) -> float:
        return rate * math.exp(exponent(wait) - peak)

    waiting = _integral(offered, first, last)
    lost = _integral(lambda wait: offered(wait) * -math.expm1(-wait / patience_s), first, last)
    in_time = _integral(lambda wait: offered(wait) * math.exp(-wait / patience_s), first, min(last, within_s))
    blocked = erlang_b(agents - 1, load)
    at_once = math.exp(-peak) / blocked if blocked else math.inf
    total = at_once + waiting
    if math.isinf(total):
        return Expected(wait_chance=0.0, service_level=1.0, asa_s=0.0, occupancy=load / agents)
    abandoned = lost / total
    return Expected(
        wait_chance=waiting / total,
        service_level=(at_once + in_time) / total,
        asa_s=abandoned * patience_s,
        occupancy=min(1.0, load * (1.0 - abandoned) / agents),
        abandoned=abandoned,
    )


def _extent(exponent: Callable[[float], float], densest: float, scale: float) -> tuple[float, float]:
    """Where a density that rises up to `densest` and falls from there on is not faint."""
    beyond = densest + scale
    while exponent(beyond) > -FAINT:
        beyond += beyond - densest
    last = _faint(exponent, densest, beyond)
    first = 0.0 if exponent(0.0) > -FAINT else _faint(exponent, densest, 0.0)
    return first, last


def _faint(exponent: Callable[[float], float], dense: float, faint: float) -> float:
    """The place between a dense and a faint one where it becomes faint."""
    for _ in range(60):
        middle = (dense + faint) / 2
        dense, faint = (middle, faint) if exponent(middle) > -FAINT else (dense, middle)
    return faint


def _integral(density: Callable[[float], float], start: float, end: float) -> float:
    """By Simpson's rule; 0 when the end is not behind the start."""
    if end <= start:
        return 0.0
    step = (end - start) / STEPS
    inner = sum((4 if n % 2 else 2) * density(start + n * step) for n in range(1, STEPS))
    return (density(start) + inner + density(end)) * step / 3
