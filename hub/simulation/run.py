"""The simulation's loop: the next thing that happens, then everything that follows from it, then the checks."""

import random
import time
from dataclasses import dataclass, field
from heapq import heappop, heappush

from hub.clock import HeldClock
from hub.lanes import Appended
from hub.model.ids import ConversationId
from hub.routing.erlang import Expected, erlang_a, erlang_c
from hub.simulation.checks import Checks
from hub.simulation.house import BEGIN, House, open_house
from hub.simulation.people import Agenda, People
from hub.simulation.plan import World
from hub.simulation.tally import Tally
from hub.store.database import Database

LONGEST_TAIL_MS = 14 * 86_400_000
"""So long after the last arrival everybody must have been served."""


@dataclass(slots=True)
class _Dues:
    """When the deadlines have something to do, by what the conversations' entries say."""

    house: House
    _heap: list[tuple[int, ConversationId]] = field(default_factory=list)
    _now: dict[ConversationId, int] = field(default_factory=dict)

    def on_appended(self, event: Appended) -> None:
        due = self.house.deadlines.due(event.after)
        if due is None:
            self._now.pop(event.after.id, None)
        elif self._now.get(event.after.id) != due.at:
            self._now[event.after.id] = due.at
            heappush(self._heap, (due.at, event.after.id))

    def next_at(self) -> int | None:
        while self._heap and self._now.get(self._heap[0][1]) != self._heap[0][0]:
            heappop(self._heap)
        return self._heap[0][0] if self._heap else None

    def done(self, conversation_due: int) -> None:
        """What was due has been looked at; what is still due later stays."""
        while self._heap and self._heap[0][0] <= conversation_due:
            at, conversation = heappop(self._heap)
            if self._now.get(conversation) == at:
                del self._now[conversation]


async def simulate(database: Database, world: World, *, arrivals: int, seed: int) -> dict[str, object]:
    """Run until everybody who came is served; the figures as `peyk simulate routing` prints them."""
    began = time.monotonic()
    clock = HeldClock(BEGIN)
    async with open_house(database, world, clock) as house:
        tally, agenda, checks, dues = Tally(world.within_s * 1000), Agenda(), Checks(house), _Dues(house)
        dice = random.Random(seed)  # noqa: S311 - nothing here is secret
        people = People(house, world, arrivals, dice, agenda, tally)
        for listener in (dues.on_appended, checks.on_appended, people.on_appended):
            house.bus.on(Appended, listener)
        people.begin()
        await _until_served(house, clock, people, agenda, checks, dues)
        stranded = checks.stranded()
    return {
        "profile": world.name,
        "arrivals": tally.offered,
        "answered": tally.count("answered"),
        "abandoned": tally.count("abandoned"),
        "flow_out": tally.count("flow_out"),
        "stranded": len(stranded) + tally.offered - len(tally.fates),
        "violations": sum(checks.counts.values()),
        "violations_by_kind": dict(checks.counts),
        "first_violations": checks.words,
        **_levels(world, tally),
        "channels": {
            channel: {fate: tally.count(fate, channel) for fate in ("answered", "abandoned", "flow_out")}
            for channel in sorted(world.behaviour.shares)
        },
        "overtaken": tally.overtaken,
        "virtual_hours": round((house.clock.now() - BEGIN) / 3_600_000, 2),
        "wall_s": round(time.monotonic() - began, 1),
    }


async def _until_served(
    house: House, clock: HeldClock, people: People, agenda: Agenda, checks: Checks, dues: _Dues
) -> None:
    last_arrival = house.clock.now()
    while not (people.over and not checks.live):
        if not people.over:
            last_arrival = house.clock.now()
        elif house.clock.now() - last_arrival > LONGEST_TAIL_MS:
            return
        when = [at for at in (agenda.next_at, dues.next_at(), house.router.next_change()) if at is not None]
        if not when:
            return
        clock.advance(max(0, min(when) - clock.now()))
        now = house.clock.now()
        if agenda.next_at is not None and agenda.next_at <= now:
            await agenda.pop()()
        elif (due := dues.next_at()) is not None and due <= now:
            dues.done(now)
            await house.lanes.roll_up()
            await house.deadlines.sweep(now)
        await _settle(house)
        checks.after_event()


async def _settle(house: House) -> None:
    """Everything that follows, until nothing more does."""
    while True:
        await house.calm()
        await house.router.settle()
        before = house.router.offers_made
        await house.router.match()
        await house.calm()
        if house.router.offers_made == before:
            return


def _levels(world: World, tally: Tally) -> dict[str, object]:
    """What was reached, and what the formulas expect of the same load."""
    impatient = world.patience_s is not None
    exact = world.exact
    return {
        "service_level": round(tally.in_time_of_all() if exact else tally.service_level(), 4),
        "asa_s": round(tally.asa_s(everybody=impatient), 2),
        "ci": {name: round(value, 4) for name, value in tally.intervals(everybody=impatient).items()},
        "erlang": _rounded(_formula(world)),
    }


def _formula(world: World) -> Expected | None:
    """Erlang C, or A where customers lose patience; for a mixed house that of a pool with the same load, as a hint."""
    behaviour = world.behaviour
    if world.exact:
        handle, agents = behaviour.handle["webchat"], len(world.agents)
        patience = world.patience_s
    else:
        costs = world.workplace.costs
        cost = {channel: costs.get(channel, costs["*"]) / 100 for channel in behaviour.shares}
        handle = sum(share * behaviour.handle[one] * cost[one] for one, share in behaviour.shares.items())
        agents = round(len(world.agents) * behaviour.break_every_s / (behaviour.break_every_s + behaviour.break_s))
        patience = min(one for one in behaviour.patience.values() if one is not None)
    if patience is not None:
        return erlang_a(agents, behaviour.rate, handle, patience, world.within_s)
    return erlang_c(agents, behaviour.rate, handle, world.within_s)


def _rounded(expected: Expected | None) -> dict[str, float] | None:
    if expected is None:
        return None
    return {"service_level": round(expected.service_level, 4), "asa_s": round(expected.asa_s, 2)}
