"""The router: keeps the line in memory, offers its head to whoever fits, tells customers their place.

The store is the truth; this is its reading. An offer is two conditional writes: the agent's capacity is reserved,
then the offer is appended with the fence that was seen. Whoever loses either one has changed nothing. Several
processes may do this at once.
"""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial

import structlog

from hub.acts import Acts
from hub.bus import Bus
from hub.clock import Clock
from hub.errors import Conflict, HubError
from hub.lanes import Appended
from hub.model.config import Agent, cost_of
from hub.model.conversation import Conversation
from hub.model.entry import Author, EventType
from hub.model.ids import AgentId, ConversationId
from hub.model.presence import at_work, is_lost, takes_offers
from hub.routing.choose import Plan, expected_wait, in_order, serves
from hub.routing.line import Line
from hub.staff import AgentChanged, OffersMissed, Staff
from hub.store.config import Config
from hub.store.conversations import Conversations
from hub.store.intervals import Intervals
from hub.workers import Pool

log = structlog.get_logger(__name__)

EWMA = 0.25
TELL_SECONDS = 1.0
TOLD_AT_ONCE = 200
LEAK_MS = 4_000
"""A reservation without an offer is younger than this, or nobody is about to make the offer any more."""
TICK_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class LineMoved:
    """The place or expected wait of these conversations changed."""

    states: tuple[Conversation, ...]


@dataclass(frozen=True, slots=True)
class _Told:
    """What a customer was told last: in which line, at which place, to wait how long, with how many serving."""

    queue: str | None
    place: int
    minutes: int | None
    slots: int


@dataclass(slots=True)
class Router:
    """Matches the line with the staff."""

    acts: Acts
    staff: Staff
    config: Config
    conversations: Conversations
    intervals: Intervals
    bus: Bus
    clock: Clock
    pool: Pool = field(default_factory=lambda: Pool("routing"))
    _known: dict[ConversationId, Conversation] = field(default_factory=dict)
    _offered: dict[ConversationId, Conversation] = field(default_factory=dict)
    _queued: dict[str, dict[ConversationId, Conversation]] = field(default_factory=lambda: defaultdict(dict))
    _told: dict[ConversationId, _Told] = field(default_factory=dict)
    _handle_ms: dict[str, float] = field(default_factory=dict)
    _slots: dict[str, int] = field(default_factory=dict)
    _hands: dict[str, int] = field(default_factory=dict)
    _wake: asyncio.Event = field(default_factory=asyncio.Event)
    _moved: asyncio.Event = field(default_factory=asyncio.Event)
    offers_made: int = 0
    _looked_at: int = 0
    _line: Line = field(init=False)

    def __post_init__(self) -> None:
        """Begin with an empty line."""
        self._line = Line(self._plan())

    async def load(self) -> None:
        """Read who waits and who is offered."""
        self._line.replan(self._plan(), self.clock.now())
        for kind in ("queue", "offer"):
            for row in await self.conversations.unresolved(kind=kind):
                self.follow(row.state)
        for queue in self.config.queues:
            times = await self.intervals.handle_times(queue=queue)
            if times:
                self._handle_ms[queue] = sum(times) / len(times)
        self._nudge()

    def on_appended(self, event: Appended) -> None:
        """Follow everybody who enters, leaves or moves in the line; free the agents who have let go."""
        before, after = event.before, event.after
        self.follow(after)
        if event.entry.author.kind == "contact" and not before.contact_seq:
            self._nudge()
        if before.owner == after.owner and after.owner.agent is not None and before.status != after.status:
            self.pool.start(self.staff.weigh(after.owner.agent, after), "weigh")
        if not event.entry.moves_fence:
            return
        had, has = set(before.owner.asked), set(after.owner.asked)
        for agent in had - has:
            self.pool.start(self.staff.release(agent, after.id), "release")
        if event.entry.event is not None and event.entry.event.type in _BY_HAND:
            for agent in has - had:
                self.pool.start(self._burden(after, agent), "burden")
        if event.entry.event is not None and event.entry.event.type in _ANSWERS and event.entry.event.agent:
            self.pool.start(self.staff.answered(event.entry.event.agent), "answered")
        self._withdraw_if_idle(after)
        if before.owner.kind == "agent" and before.queue and not before.awaits_phone:
            self._learn(before.queue, event.entry.at - before.fence_at)
        self._nudge()

    def on_agent_changed(self, event: AgentChanged) -> None:
        """Take offers back at once from an agent who is gone or no longer takes work.

        Look for work for one who is free.
        """
        self._line.agent_changed(event.after, self.clock.now())
        for state in self._offered_to(event.after.id):
            self._withdraw_if_idle(state)
        misses = event.before.misses if event.before is not None else 0
        if event.after.misses > max(misses, self.config.workplace.misses_before_alarm - 1):
            self.bus.tell(OffersMissed(event.after))
        self._slots.clear()
        self._hands.clear()
        self._nudge()

    def on_rules_changed(self, kind: str) -> None:
        """Queues or rules changed: look again, also for lines that are gone."""
        self._slots.clear()
        self._hands.clear()
        self._line.replan(self._plan(), self.clock.now())
        for state in tuple(self._known.values()):
            self.follow(state)
        self._nudge()

    async def run(self) -> None:
        """Match for ever: when something changed, and once a second, because rings widen and cooling ends by itself."""
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(TICK_SECONDS):
                    await self._wake.wait()
            self._wake.clear()
            await self.settle()
            await self.match()
            await self.release_leaks()

    async def release_leaks(self) -> None:
        """Free capacity that was reserved for an offer which was never made: whoever reserved it is gone."""
        now = self.clock.now()
        if now - self._looked_at < LEAK_MS:
            return
        self._looked_at = now
        for agent in tuple(self.staff.agents):
            if not agent.load or now - agent.offered_at < LEAK_MS:
                continue
            for item in agent.load:
                state = await self.acts.lanes.state(ConversationId(item.conversation))
                if agent.id not in state.owner.asked:
                    log.info("reservation_released", agent=agent.id, conversation=state.id)
                    await self.staff.release(agent.id, state.id)

    async def tell_places(self) -> None:
        """Tell customers when their place or wait changed; at most once a second, and so many at once, front first."""
        while True:
            await self._moved.wait()
            self._moved.clear()
            left = TOLD_AT_ONCE
            for queue in tuple(self._queued):
                changed = self._moved_in(queue, left)
                left -= len(changed)
                if changed:
                    self.bus.tell(LineMoved(tuple(changed)))
                await asyncio.sleep(0)  # a long line is no reason to keep an agent waiting
            if left <= 0:
                self._moved.set()
            await asyncio.sleep(TELL_SECONDS)

    async def settle(self) -> None:
        """Make good what the store did not take while it was away: who is there, and what each of them carries."""
        await self.staff.settle()
        for agent in tuple(self.staff.doubtful):
            await self.staff.hold(agent, partial(self._held_by, agent))

    async def _held_by(self, agent: AgentId) -> list[Conversation]:
        known = self.staff.get(agent)
        perhaps = {row.state.id for row in await self.conversations.held_by(agent)}
        perhaps |= {ConversationId(item.conversation) for item in (known.load if known else ())}
        states = [await self.acts.lanes.state(one) for one in perhaps]
        return [state for state in states if agent in state.owner.asked]

    async def match(self) -> None:
        """Offer whatever can be offered now, in order."""
        failed: set[ConversationId] = set()
        while True:
            free = [agent for agent in self.staff.agents if agent.available and agent.used < agent.capacity]
            found = self._line.next_match(free, self.clock.now(), failed)
            if found is None:
                break
            item, choice = found
            await self._offer(item, choice.agents, choice.reason)
            failed.add(item.id)
        self._moved.set()

    def offered(self) -> list[Conversation]:
        """Who is being offered to somebody."""
        return list(self._offered.values())

    def next_change(self) -> int | None:
        """When time alone changes who may take what (ms)."""
        return self._line.next_change()

    def line(self) -> list[Conversation]:
        """Who waits or is being offered, in order."""
        return in_order(self._known.values(), self._line.plan, self.clock.now())

    @property
    def plan(self) -> Plan:
        """What decisions rest on now."""
        return self._line.plan

    def place(self, conversation: ConversationId) -> tuple[int, int | None] | None:
        """Place in line from 1 and the honest expected wait in minutes (None: unknown); None when not in line.

        The wait that somebody was told grows only when they were overtaken, were moved, or fewer serve the line.
        """
        state = self._known.get(conversation)
        if state is None:
            return None
        now = self._reckoned(state, self._line.place(conversation, self.clock.now()) or 1)
        return now.place, now.minutes

    def wait_minutes(self, queue: str, position: int) -> int | None:
        """The honest expected wait in minutes at a place of a queue."""
        handle = self._handle_ms.get(queue, self.config.workplace.default_handle_seconds * 1000)
        return expected_wait(position, self._slots_of(queue), handle)

    def staffed(self, queue: str) -> bool:
        """Whether anybody who serves the queue is at work."""
        return self._hands_of(queue) > 0

    def expected(self, queue: str) -> bool:
        """Whether anybody who serves the queue is at work, or was a moment ago and may come back within the grace time.

        So it is with everybody when the hub has just started again.
        """
        grace, now = self.config.workplace.grace_seconds * 1000, self.clock.now()
        return any(
            at_work(agent) and not is_lost(agent, now, grace) and serves(agent, queue) for agent in self.staff.agents
        )

    def figures(self) -> dict[str, tuple[int, int, int | None]]:
        """Per queue: waiting, agents at work, and since when the first one waits (ms)."""
        waiting: dict[str, list[int]] = defaultdict(list)
        for queue, states in self._queued.items():
            waiting[queue] = [state.queued_at or state.fence_at for state in states.values()]
        return {
            queue: (len(waiting[queue]), self._hands_of(queue), min(waiting[queue], default=None))
            for queue in self.config.queues
        }

    def follow(self, state: Conversation) -> None:
        """Keep the line as it is: who waits or is being offered, and has said something."""
        queue = self.config.queue_for(state.queue, state.header.inbox)
        before = self._known.pop(state.id, None)
        self._offered.pop(state.id, None)
        if before is not None:
            self._queued[before.queue or ""].pop(state.id, None)
        if state.owner.kind not in {"queue", "offer"} or not state.contact_seq or queue is None:
            self._told.pop(state.id, None)
            self._line.remove(state.id)
            return
        if queue.id != state.queue:
            state = replace(state, queue=queue.id)
        self._known[state.id] = self._queued[queue.id][state.id] = state
        if state.owner.kind == "offer":
            self._offered[state.id] = state
        self._line.put(state, self.clock.now())

    def _plan(self) -> Plan:
        return Plan(queues=self.config.queues, rules=self.config.workplace, agents=self.staff.roster)

    def _hands_of(self, queue: str) -> int:
        """How many are at work for a queue."""
        if queue not in self._hands:
            self._hands[queue] = len(self._serving(queue))
        return self._hands[queue]

    def _slots_of(self, queue: str) -> int:
        """How many conversations those at work for a queue can have at once."""
        if queue not in self._slots:
            cost = max(1, cost_of("", self.config.workplace))
            self._slots[queue] = sum(max(1, agent.capacity // cost) for agent in self._serving(queue))
        return self._slots[queue]

    def _serving(self, queue: str) -> list[Agent]:
        return [agent for agent in self.staff.agents if agent.available and serves(agent, queue)]

    async def _offer(self, item: Conversation, agents: Sequence[Agent], reason: str) -> None:
        asked = [agent.id for agent in agents if await self._reserved(agent.id, item)]
        if not asked:
            return
        queue = self.config.queue(item.queue or "")
        seconds = queue.offer_seconds if queue else 20
        try:
            await self.acts.offer(item, asked, until=self.clock.now() + seconds * 1000, reason=reason)
            self.offers_made += 1
            if queue is not None and item.header.channel in queue.auto_accept and len(asked) == 1:
                await self._accept_for(asked[0], item.id)
        except HubError as error:
            log.info("offer_not_made", conversation=item.id, code=error.code)
            self.staff.doubtful.update(asked)  # it may have been stored all the same
            self.follow(await self.acts.lanes.state(item.id))
            self._wake.set()

    async def _accept_for(self, agent: AgentId, conversation: ConversationId) -> None:
        """What needs no answer is theirs at once."""
        state = await self.acts.lanes.state(conversation)
        me = Author(kind="agent", id=agent, name=self.staff.name(agent))
        await self.acts.answer_offer(state.owner.offer or "", me, EventType.ACCEPTED, reason="auto_accept")

    async def _reserved(self, agent: AgentId, item: Conversation) -> bool:
        if await self.staff.reserve(agent, item):
            return True
        await self.staff.refresh(agent)
        self._wake.set()
        return False

    def _withdraw_if_idle(self, state: Conversation) -> None:
        """An offer must not stand with who cannot answer it, also when they left while it was being made."""
        if state.owner.kind != "offer":
            return
        asked = [agent for one in state.owner.asked if (agent := self.staff.get(one)) is not None]
        if asked and not any(takes_offers(agent) for agent in asked):
            reason = "agent_unavailable" if any(agent.connected for agent in asked) else "agent_gone"
            self.pool.start(self._withdraw(state, reason), "withdraw")

    async def _withdraw(self, state: Conversation, reason: str) -> None:
        try:
            await self.acts.end_offer(state, EventType.WITHDRAWN, reason=reason)
        except Conflict:
            log.info("offer_ended_meanwhile", conversation=state.id)

    def _offered_to(self, agent: AgentId) -> list[Conversation]:
        return [state for state in self._offered.values() if agent in state.owner.asked]

    async def _burden(self, taken: Conversation, agent: AgentId) -> None:
        """What an agent took by hand weighs, too, if it is still theirs: another process may tell of it late."""
        state = await self.acts.lanes.newest(taken.id)
        if agent in state.owner.asked:
            await self.staff.burden(agent, state)

    def _learn(self, queue: str, handled_ms: int) -> None:
        known = self._handle_ms.get(queue, float(self.config.workplace.default_handle_seconds * 1000))
        self._handle_ms[queue] = known + EWMA * (handled_ms - known)

    def _moved_in(self, queue: str, most: int) -> list[Conversation]:
        """Who stands elsewhere in a line than they heard, or waits another time; at most so many, front first."""
        changed: list[Conversation] = []
        for place, state in enumerate(self._line.of_queue(queue, self.clock.now()), 1):
            if len(changed) >= most:
                break
            now, told = self._reckoned(state, place), self._told.get(state.id)
            self._told[state.id] = now
            if told is None or (told.place, told.minutes) != (now.place, now.minutes):
                changed.append(state)
        return changed

    def _reckoned(self, state: Conversation, place: int) -> _Told:
        """What to tell somebody: a wait grows only for who was overtaken or moved, or when fewer serve the line."""
        queue = state.queue or ""
        now = _Told(queue, place, self.wait_minutes(queue, place), self._slots_of(queue))
        told = self._told.get(state.id)
        if told is None or told.queue != queue or now.slots < told.slots or place > told.place:
            return now
        known = [one for one in (told.minutes, now.minutes) if one is not None]
        return replace(now, minutes=min(known, default=None))

    def wake(self) -> None:
        """Something changed elsewhere: look again."""
        self._wake.set()

    def _nudge(self) -> None:
        self._wake.set()
        self._moved.set()


_ANSWERS = frozenset({EventType.ACCEPTED, EventType.DECLINED})
_BY_HAND = frozenset({EventType.TAKEN, EventType.REOPENED})
"""How an agent comes to something without an offer, for which capacity would have been reserved."""
