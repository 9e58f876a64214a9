"""The simulation's loop: the next thing that happens, then everything that follows from it, then the checks."""

import random
import time
from dataclasses import dataclass, field
from heapq import heappop, heappush

from hub.clock import HeldClock
from hub.lanes import Appended
from hub.model.ids import ConversationId
from hub.routing.erlang import Expected, erlang_a, erlang_c
from hub.simulation.agenda import Agenda
from hub.simulation.checks import Checks
from hub.simulation.customers import Customers
from hub.simulation.desks import Desks
from hub.simulation.house import BEGIN, House, open_house
from hub.simulation.plan import World
from hub.simulation.tally import Tally
from hub.staff import AgentChanged
from hub.store.database import Database

LONGEST_TAIL_MS = 14 * 86_400_000
"""So long after the last arrival everybody must have been served."""
LOOKS_INTO_STORE = 500
"""After so many events the deadlines in the store are compared."""
FATES = ("answered", "abandoned", "flow_out")


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

    def taken(self, now: int) -> dict[ConversationId, int]:
        """What is due by now, and since when; it is up to the deadlines to do it, which shows as another deadline."""
        found = {}
        while (at := self.next_at()) is not None and at <= now:
            conversation = heappop(self._heap)[1]
            found[conversation] = at
            del self._now[conversation]
        return found


@dataclass(slots=True)
class _Run:
    """Everything that takes part."""

    house: House
    clock: HeldClock
    agenda: Agenda
    customers: Customers
    checks: Checks
    dues: _Dues
    events: int = 0

    async def until_served(self) -> None:
        """Until everybody who came is served, or it is clear that somebody never will be."""
        last_arrival = self.clock.now()
        while not self.customers.over or self.checks.live:
            if not self.customers.over:
                last_arrival = self.clock.now()
            when = [at for at in (self.agenda.next_at, self.dues.next_at(), self.house.router.next_change()) if at]
            if not when or self.clock.now() - last_arrival > LONGEST_TAIL_MS:
                return
            self.clock.advance(max(0, min(when) - self.clock.now()))
            await self._step()
            self.checks.after_event()
            self.events += 1
            if self.events % LOOKS_INTO_STORE == 0:
                await self.checks.in_store()

    async def _step(self) -> None:
        now = self.clock.now()
        if self.agenda.next_at is not None and self.agenda.next_at <= now:
            await self.agenda.pop()()
            await self._settle()
        elif due := self.dues.taken(now):
            await self.house.sweep()
            await self._settle()
            self.checks.done(due)
        else:
            await self._settle()

    async def _settle(self) -> None:
        """Everything that follows, until nothing more does."""
        house = self.house
        while True:
            await house.calm()
            await house.router.settle()
            before = house.router.offers_made
            await house.router.match()
            await house.calm()
            if house.router.offers_made == before:
                return


async def simulate(database: Database, world: World, *, arrivals: int, seed: int) -> dict[str, object]:
    """Run until everybody who came is served; the figures as `peyk simulate routing` prints them."""
    began, worked = time.monotonic(), time.process_time()
    clock = HeldClock(BEGIN)
    async with open_house(database, world, clock) as house:
        tally, checks, dues = Tally(world.within_s * 1000), Checks(house), _Dues(house)
        agenda = Agenda(clock, random.Random(seed))  # noqa: S311 - nothing here is secret
        customers, desks = Customers(house, world, arrivals, agenda, tally), Desks(house, world, agenda)
        for listener in (tally.on_appended, dues.on_appended, checks.on_appended):
            house.bus.on(Appended, listener)
        house.bus.on(Appended, customers.on_appended)
        house.bus.on(Appended, desks.on_appended)
        house.bus.on(AgentChanged, checks.on_agent_changed)
        customers.begin()
        desks.begin()
        run = _Run(house, clock, agenda, customers, checks, dues)
        await run.until_served()
        await checks.in_store()
    return {
        "profile": world.name,
        "seed": seed,
        "arrivals": tally.offered,
        **{fate: tally.count(fate) for fate in FATES},
        "stranded": len(checks.live) + tally.offered - len(tally.fates),
        "violations": checks.counts.total(),
        "violations_by_kind": dict(checks.counts),
        "first_violations": checks.words,
        **_levels(world, tally),
        "channels": {
            channel: {fate: tally.count(fate, channel) for fate in FATES} for channel in sorted(world.behaviour.shares)
        },
        "events": run.events,
        "happened": dict(sorted(tally.happened.items())),
        "passed_over": dict(sorted(checks.passed_over.items())),
        "overtaken": house.overtaken,
        "virtual_hours": round((clock.now() - BEGIN) / 3_600_000, 2),
        "cpu_s": round(time.process_time() - worked, 1),
        "wall_s": round(time.monotonic() - began, 1),
    }


def _levels(world: World, tally: Tally) -> dict[str, object]:
    """What was reached, and what the formulas expect of the same load."""
    impatient = world.patience_s is not None
    exact = world.exact
    return {
        "service_level": round(tally.in_time_of_all() if exact else tally.service_level(), 4),
        "asa_s": round(tally.asa_s(everybody=impatient), 2),
        "ci": {
            name: None if width is None else round(width, 4)
            for name, width in tally.intervals(everybody=impatient).items()
        },
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
