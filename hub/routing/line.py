"""The waiting line, indexed by who may take what, so that a decision never looks at the whole of it.

Items that exactly the same agents may take now (same queue, ring, channel, needs, same exceptions of single agents)
make one *group*, in order. Only the heads of groups are looked at, in order, until one of the free agents may take one.
How many groups there are is the admin's plan and not the crowd. What time does to an item (a wider ring, the end of
waiting for one agent or of cooling, starving) stands in a heap of timers.

That this chooses what the plain functions of `hub.routing.choose` choose is what its tests prove.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from heapq import heapify, heappop, heappush, merge

from hub.model.config import Agent
from hub.model.conversation import Conversation
from hub.model.ids import AgentId, ConversationId
from hub.routing.choose import Choice, LineKey, Plan, Stage, absence, alone_until, choose, cooling, line_key, stage
from hub.routing.crews import Crew, Crews, Hands
from hub.routing.ranked import Ranked

STEP_BACK_MS = 1_000
"""When the clock is set back by so much, everybody is placed anew."""


@dataclass(frozen=True, slots=True)
class Kind:
    """All that decides who may take an item. `only`, `addressee` and `cooling` make exceptions of single agents."""

    crew: Crew
    channel: str
    only: AgentId | None
    addressee: AgentId | None
    cooling: frozenset[AgentId]


@dataclass(slots=True)
class _Group:
    """The items of a kind, in order; and who may take them, as bits."""

    kind: Kind
    crew: Hands
    room: Hands
    only: int
    addressee: int
    cooling: int
    items: Ranked[LineKey] = field(default_factory=Ranked)

    def takers(self, free: int) -> int:
        """Who of the free may take one of these now."""
        able = self.room.bits & free & ~self.cooling
        return able & self.addressee or able & (self.only or self.crew.bits)


@dataclass(slots=True)
class _Spot:
    """Where an item stands. `group`: None while it is being offered. `until`: when time moves it (ms)."""

    item: Conversation
    key: LineKey
    group: _Group | None
    until: int | None


@dataclass(slots=True)
class Line:
    """Who waits or is being offered, under a plan."""

    plan: Plan
    _crews: Crews = field(init=False)
    _now: int = 0
    _spots: dict[ConversationId, _Spot] = field(default_factory=dict)
    _queues: dict[str, Ranked[LineKey]] = field(default_factory=lambda: defaultdict(Ranked))
    _groups: dict[Kind, _Group] = field(default_factory=dict)
    _heads: dict[str, Ranked[LineKey]] = field(default_factory=lambda: defaultdict(Ranked))
    _timers: list[tuple[int, ConversationId]] = field(default_factory=list)
    _hoping: dict[AgentId, set[ConversationId]] = field(default_factory=lambda: defaultdict(set))

    def __post_init__(self) -> None:
        """Nobody waits, and no agent has been seen."""
        self._crews = Crews(self.plan)

    def __len__(self) -> int:
        """How many wait or are being offered."""
        return len(self._spots)

    def __iter__(self) -> Iterator[Conversation]:
        """Everybody in the line, in no order."""
        return (spot.item for spot in self._spots.values())

    def put(self, item: Conversation, now: int) -> None:
        """Somebody waits or is being offered, or what they wait for changed."""
        before = self._taken_out(item.id)
        at = stage(item, self.plan, now)
        group = self._group(item, at, now) if item.owner.kind == "queue" else None
        spot = _Spot(item, line_key(item, self.plan, now), group, self._until(item, at, now))
        self._spots[item.id] = spot
        self._queues[item.queue or ""].add(spot.key)
        if group is not None:
            self._join(group, spot.key)
        for agent in self._hopes(item, now):
            self._hoping[agent].add(item.id)
        if spot.until is not None and (before is None or before.until != spot.until):
            heappush(self._timers, (spot.until, item.id))

    def remove(self, item: ConversationId) -> None:
        """Somebody is in the line no more."""
        self._taken_out(item)
        if len(self._timers) > 2 * len(self._spots) + 64:
            self._timers = [(spot.until, one) for one, spot in self._spots.items() if spot.until is not None]
            heapify(self._timers)

    def advance(self, now: int) -> None:
        """Do what time does: rings widen, waiting for one agent and cooling end, the starving go first."""
        if now <= self._now - STEP_BACK_MS:
            self.replan(self.plan, now)
        self._now = now
        while self._timers and self._timers[0][0] <= now:
            until, item = heappop(self._timers)
            spot = self._spots.get(item)
            if spot is not None and spot.until == until:
                self.put(spot.item, now)

    def next_change(self) -> int | None:
        """When `advance` has something to do (ms)."""
        return self._timers[0][0] if self._timers else None

    def replan(self, plan: Plan, now: int) -> None:
        """Queues or rules changed: everybody is placed anew; who waits in no known line any more, is not."""
        items = list(self)
        self.plan = plan
        self._crews.replan(plan)
        for part in (self._spots, self._queues, self._groups, self._heads, self._timers, self._hoping):
            part.clear()
        for item in items:
            if (item.queue or "") in plan.queues:
                self.put(item, now)

    def agent_changed(self, after: Agent, now: int) -> None:
        """An agent came, went, learnt something or carries something else. The plan's agents are the new ones."""
        before = self._crews.seen.get(after.id)
        self._crews.see(after)
        if before is None or _presence(before) != _presence(after):
            for item in tuple(self._hoping.get(after.id, ())):
                self.put(self._spots[item].item, now)

    def next_match(
        self, agents: Collection[Agent], now: int, barred: Collection[ConversationId] = ()
    ) -> tuple[Conversation, Choice] | None:
        """The first in line whom one of these agents may take, and who that is; `barred` are passed over."""
        self.advance(now)
        asked, seen, bits = 0, self._crews.seen, self._crews.bits
        for agent in agents:
            if seen.get(agent.id) is not agent:
                self.agent_changed(agent, now)
            asked |= bits[agent.id]
        for key in self._firsts(asked, barred):
            spot = self._spots[key[-1]]
            takers = spot.group.takers(asked) if spot.group is not None else 0
            if takers:
                choice = choose(spot.item, self.plan, now, among=self._crews.agents(takers))
                if choice is not None:
                    return spot.item, choice
        return None

    def item(self, item: ConversationId) -> Conversation:
        """Somebody in the line. Raises KeyError when they are not."""
        return self._spots[item].item

    def place(self, item: ConversationId, now: int) -> int | None:
        """Somebody's place in their queue, from 1; None when they are not in the line."""
        self.advance(now)
        spot = self._spots.get(item)
        return self._queues[spot.item.queue or ""].place(spot.key) + 1 if spot is not None else None

    def of_queue(self, queue: str, now: int) -> Iterator[Conversation]:
        """Everybody in a queue, in order. The line must not change meanwhile."""
        self.advance(now)
        return (self._spots[key[-1]].item for key in self._queues.get(queue, ()))

    def _firsts(self, asked: int, barred: Collection[ConversationId]) -> Iterable[LineKey]:
        """The first of each group, of channels for which anybody asked has room, in order; the barred not counted."""
        heads = merge(*(heads for channel, heads in self._heads.items() if self._crews.room(channel).bits & asked))
        if not barred:
            return heads
        spots = (self._spots[one] for one in barred if one in self._spots)
        groups = {id(spot.group): spot.group for spot in spots if spot.group is not None}.values()
        others = (next((key for key in group.items if key[-1] not in barred), None) for group in groups)
        behind = sorted(key for key in others if key is not None)
        return (key for key in merge(heads, behind) if key[-1] not in barred)

    def _group(self, item: Conversation, at: Stage, now: int) -> _Group:
        rules, addressee = self.plan.rules, self.plan.agents.get(item.reserved_for or AgentId(""))
        kind = Kind(
            crew=Crew(item.queue or "", at.index, item.locale if at.ring.speaks else "", item.needs),
            channel=item.header.channel,
            only=at.preferred,
            addressee=addressee.id if addressee is not None and absence(addressee) is None else None,
            cooling=frozenset(agent for agent in map(AgentId, item.passed) if cooling(item, agent, rules, now)),
        )
        if kind not in self._groups:
            self._groups[kind] = _Group(
                kind=kind,
                crew=self._crews.crew(kind.crew),
                room=self._crews.room(kind.channel),
                only=self._crews.bits_of(one for one in (kind.only,) if one is not None),
                addressee=self._crews.bits_of(one for one in (kind.addressee,) if one is not None),
                cooling=self._crews.bits_of(kind.cooling),
            )
        return self._groups[kind]

    def _hopes(self, item: Conversation, now: int) -> Iterator[AgentId]:
        """Whose coming and going decides who else may take an item."""
        if item.reserved_for is not None:
            yield item.reserved_for
        if item.last_agent is not None and now < alone_until(item, self.plan):
            yield item.last_agent

    def _until(self, item: Conversation, at: Stage, now: int) -> int | None:
        """When time alone moves an item. Who passed in the future, by a clock set back, will cool once more."""
        cool = self.plan.rules.cooling_seconds * 1000
        changes = [when if now < when else when + cool for when in item.passed.values()]
        return min((when for when in (at.until, *changes) if when is not None and when > now), default=None)

    def _join(self, group: _Group, key: LineKey) -> None:
        head, heads = group.items.first if group.items else None, self._heads[group.kind.channel]
        group.items.add(key)
        if head is None or key < head:
            if head is not None:
                heads.remove(head)
            heads.add(key)

    def _taken_out(self, item: ConversationId) -> _Spot | None:
        spot = self._spots.pop(item, None)
        if spot is None:
            return None
        self._queues[spot.item.queue or ""].remove(spot.key)
        for agent in (spot.item.last_agent, spot.item.reserved_for):
            if agent in self._hoping:
                self._hoping[agent].discard(item)
        if spot.group is not None:
            self._leave(spot.group, spot.key)
        return spot

    def _leave(self, group: _Group, key: LineKey) -> None:
        head, heads = group.items.first, self._heads[group.kind.channel]
        group.items.remove(key)
        if key == head:
            heads.remove(key)
            if group.items:
                heads.add(group.items.first)
            else:
                del self._groups[group.kind]


def _presence(agent: Agent) -> tuple[object, ...]:
    """What makes it worth while to wait for somebody."""
    return (absence(agent), agent.queues, agent.capacity, agent.maxima, agent.phone, agent.phone_ready)
