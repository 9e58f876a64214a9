"""The waiting line, indexed by who may take what, so that a decision never looks at the whole of it.

Items that the same agents may take (same queue, ring, channel, needs) stand in one *rank*, in order. Only the heads of
ranks are compared: a decision costs what there are ranks, and that is the admin's plan, not the crowd. What time does
to an item (a wider ring, the end of waiting for one agent, starving) stands in a heap of timers. Items that make an
exception of single agents (just declined, given to a colleague) stand apart and are looked at one by one; there are
never more of them than agents had a say.

That this chooses what the plain functions of `hub.routing.choose` choose is what its tests prove.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Set
from dataclasses import dataclass, field
from heapq import heapify, heappop, heappush

from hub.model.config import Agent
from hub.model.conversation import Conversation
from hub.model.ids import AgentId, ConversationId
from hub.model.queues import ANYBODY, Need
from hub.routing.choose import Choice, LineKey, Plan, Stage, absence, choose, in_ring, line_key, serves, stage


@dataclass(frozen=True, slots=True)
class Rank:
    """What decides who may take an item. `only`: for now nobody but this agent."""

    queue: str
    ring: int
    channel: str
    locale: str
    needs: tuple[Need, ...]
    only: AgentId | None


@dataclass(slots=True)
class _Spot:
    """Where an item stands; `rank` is None for those apart. `alive` until it is placed anew."""

    item: Conversation
    key: LineKey
    rank: Rank | None
    alive: bool = True

    def __lt__(self, other: "_Spot") -> bool:
        return self.key < other.key


@dataclass(slots=True)
class Line:
    """Who waits, under a plan."""

    plan: Plan
    _spots: dict[ConversationId, _Spot] = field(default_factory=dict)
    _ranks: dict[Rank, list[_Spot]] = field(default_factory=dict)
    _apart: dict[ConversationId, _Spot] = field(default_factory=dict)
    _timers: list[tuple[int, ConversationId]] = field(default_factory=list)
    _able: dict[Rank, set[AgentId]] = field(default_factory=dict)
    _known_to: dict[AgentId, set[ConversationId]] = field(default_factory=lambda: defaultdict(set))

    def __len__(self) -> int:
        """How many wait."""
        return len(self._spots)

    def __iter__(self) -> Iterator[Conversation]:
        """Everybody who waits, in no order."""
        return (spot.item for spot in self._spots.values())

    def put(self, item: Conversation, now: int) -> None:
        """Somebody waits, or what they wait for changed."""
        self.remove(item.id)
        at = stage(item, self.plan, now)
        barred = self._barred_until(item, now)
        rank = None if barred is not None or item.reserved_for is not None else _rank(item, at)
        spot = _Spot(item, line_key(item, self.plan, now), rank)
        self._spots[item.id] = spot
        if rank is None:
            self._apart[item.id] = spot
        else:
            heappush(self._ranks.setdefault(rank, []), spot)
        if item.last_agent is not None and self.plan.queue_of(item).preferred_seconds:
            self._known_to[item.last_agent].add(item.id)
        changes = [when for when in (at.until, barred) if when is not None]
        if changes:
            heappush(self._timers, (min(changes), item.id))

    def remove(self, item: ConversationId) -> None:
        """Somebody waits no more."""
        spot = self._spots.pop(item, None)
        if spot is None:
            return
        spot.alive = False
        self._apart.pop(item, None)
        if spot.item.last_agent is not None:
            self._known_to[spot.item.last_agent].discard(item)

    def advance(self, now: int) -> None:
        """Do what time does: rings widen, waiting for one agent ends, the starving go first."""
        while self._timers and self._timers[0][0] <= now:
            spot = self._spots.get(heappop(self._timers)[1])
            if spot is not None:
                self.put(spot.item, now)

    def next_change(self) -> int | None:
        """When `advance` has something to do (ms)."""
        return self._timers[0][0] if self._timers else None

    def replan(self, plan: Plan, now: int) -> None:
        """Queues or rules changed: everybody is placed anew; who waits in no known line any more, is not."""
        items = list(self)
        self.plan = plan
        for part in (self._spots, self._ranks, self._apart, self._timers, self._able, self._known_to):
            part.clear()
        for item in items:
            if item.queue in plan.queues:
                self.put(item, now)

    def agent_changed(self, before: Agent | None, after: Agent, now: int) -> None:
        """An agent came, went or learnt something. The plan's agents are the new ones already."""
        if before is None or _profile(before) != _profile(after):
            for rank, able in self._able.items():
                (able.add if self._may(after, rank) else able.discard)(after.id)
        if before is None or absence(before) != absence(after) or _profile(before) != _profile(after):
            for item in tuple(self._known_to.get(after.id, ())):
                self.put(self._spots[item].item, now)

    def next_match(
        self, free: Collection[Agent], now: int, barred: Collection[ConversationId] = ()
    ) -> tuple[Conversation, Choice] | None:
        """The first in line whom one of these agents may take, and who that is; `barred` are passed over."""
        self.advance(now)
        if not free or not self._spots:
            return None
        heads = list(self._heads({agent.id for agent in free}, barred))
        heapify(heads)
        while heads:
            item = heappop(heads).item
            choice = None if item.id in barred else choose(item, self.plan, now, among=free)
            if choice is not None:
                return item, choice
        return None

    def _heads(self, free: Set[AgentId], barred: Collection[ConversationId]) -> Iterator[_Spot]:
        """The first of each rank that one of the free agents serves, and everybody who stands apart."""
        for rank, spots in list(self._ranks.items()):
            while spots and not spots[0].alive:
                heappop(spots)
            if not spots:
                del self._ranks[rank]
            elif not free.isdisjoint(self._who(rank)):
                first = spots[0]
                if first.item.id in barred:
                    others = (one for one in spots if one.alive and one.item.id not in barred)
                    first = min(others, default=first)
                yield first
        yield from self._apart.values()

    def _who(self, rank: Rank) -> set[AgentId]:
        if rank not in self._able:
            self._able[rank] = {agent.id for agent in self.plan.agents.values() if self._may(agent, rank)}
        return self._able[rank]

    def _may(self, agent: Agent, rank: Rank) -> bool:
        if rank.only is not None:
            return agent.id == rank.only
        rings = self.plan.queues[rank.queue].rings
        ring = rings[rank.ring] if rings else ANYBODY
        return serves(agent, rank.queue) and in_ring(agent, rank.needs, ring, rank.locale) is None

    def _barred_until(self, item: Conversation, now: int) -> int | None:
        """Until when somebody is not asked again who declined or missed the item; None: nobody is barred."""
        ends = [when + self.plan.rules.cooling_seconds * 1000 for when in item.passed.values() if when <= now]
        return min((end for end in ends if end > now), default=None)


def _rank(item: Conversation, at: Stage) -> Rank:
    locale = item.locale if at.ring.speaks else ""
    return Rank(item.queue or "", at.index, item.header.channel, locale, item.needs, at.preferred)


def _profile(agent: Agent) -> tuple[object, ...]:
    return (agent.queues, agent.skills, agent.teams, agent.languages)
