"""The router: keeps the line in memory, offers its head to whoever fits, tells customers their place.

The store is the truth; this is its reading. An offer is two conditional writes: the agent's capacity is reserved,
then the offer is appended with the fence that was seen. Whoever loses either one has changed nothing.
"""

import asyncio
from collections import defaultdict
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
from hub.model.entry import EventType
from hub.model.ids import AgentId, ConversationId
from hub.model.presence import at_work, is_lost, takes_offers
from hub.routing.choose import choose, expected_wait, in_order, places, serves
from hub.staff import AgentChanged, Staff
from hub.store.config import Config
from hub.store.conversations import Conversations
from hub.store.intervals import Intervals
from hub.workers import Pool

log = structlog.get_logger(__name__)

EWMA = 0.25
TELL_SECONDS = 1.0
TICK_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class LineMoved:
    """The place or expected wait of these conversations changed."""

    states: tuple[Conversation, ...]


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
    _line: dict[ConversationId, Conversation] = field(default_factory=dict)
    _places: dict[ConversationId, int] | None = None
    _told: dict[ConversationId, tuple[int, int | None]] = field(default_factory=dict)
    _handle_ms: dict[str, float] = field(default_factory=dict)
    _wake: asyncio.Event = field(default_factory=asyncio.Event)
    _moved: asyncio.Event = field(default_factory=asyncio.Event)

    async def load(self) -> None:
        """Read who waits and who is offered."""
        for kind in ("queue", "offer"):
            for row in await self.conversations.unresolved(kind=kind):
                self._follow(row.state)
        for queue in self.config.queues:
            times = await self.intervals.handle_times(queue=queue)
            if times:
                self._handle_ms[queue] = sum(times) / len(times)
        self._nudge()

    def on_appended(self, event: Appended) -> None:
        """Follow everybody who enters, leaves or moves in the line; free the agents who have let go."""
        before, after = event.before, event.after
        self._follow(after)
        if event.entry.author.kind == "contact" and not before.contact_seq:
            self._nudge()
        if not event.entry.moves_fence:
            return
        if before.owner.agent is not None and before.owner.agent != after.owner.agent:
            self.pool.start(self.staff.release(before.owner.agent, after.id), "release")
        if after.owner.agent is not None and after.owner.agent != before.owner.agent:
            self._burden(after)
        self._withdraw_if_idle(after)
        if before.owner.kind == "agent" and before.queue:
            self._learn(before.queue, event.entry.at - before.fence_at)
        self._nudge()

    def on_agent_changed(self, event: AgentChanged) -> None:
        """Take offers back at once from an agent who is gone or no longer takes work.

        Look for work for one who is free.
        """
        for state in self._offered_to(event.after.id):
            self._withdraw_if_idle(state)
        self._nudge()

    def on_rules_changed(self, kind: str) -> None:
        """Queues or rules changed: look again, also for lines that are gone."""
        for state in tuple(self._line.values()):
            self._follow(state)
        self._nudge()

    async def run(self) -> None:
        """Match for ever: when something changed, and once a second, because cooling times end by themselves."""
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(TICK_SECONDS):
                    await self._wake.wait()
            self._wake.clear()
            await self.settle()
            await self.match()

    async def tell_places(self) -> None:
        """Tell customers when their place or wait changed; at most once a second."""
        while True:
            await self._moved.wait()
            self._moved.clear()
            changed = tuple(state for state in self._line.values() if self._place_changed(state))
            if changed:
                self.bus.tell(LineMoved(changed))
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
        return [state for state in states if state.owner.agent == agent]

    async def match(self) -> None:
        """Offer whatever can be offered now, in order."""
        for item in in_order(state for state in self._line.values() if state.owner.kind == "queue"):
            free = [agent for agent in self.staff.agents if agent.available and agent.used < agent.capacity]
            if not free:
                break
            choice = choose(item, free, self.config.workplace, self.clock.now())
            if choice is not None:
                await self._offer(item, choice.agent, choice.reason)
        self._moved.set()

    def line(self) -> list[Conversation]:
        """Who waits or is being offered, in order."""
        return in_order(self._line.values())

    def place(self, conversation: ConversationId) -> tuple[int, int | None] | None:
        """Place in line from 1 and the honest expected wait in minutes (None: unknown); None when not in line."""
        state = self._line.get(conversation)
        if state is None:
            return None
        if self._places is None:
            self._places = places(self._line.values())
        position = self._places[conversation]
        return position, self.wait_minutes(state.queue or "", position)

    def wait_minutes(self, queue: str, position: int) -> int | None:
        """The honest expected wait in minutes at a place of a queue."""
        handle = self._handle_ms.get(queue, self.config.workplace.default_handle_seconds * 1000)
        slots = sum(max(1, agent.capacity // cost_of("", self.config.workplace)) for agent in self._serving(queue))
        return expected_wait(position, slots, handle)

    def staffed(self, queue: str) -> bool:
        """Whether anybody who serves the queue is at work."""
        return bool(self._serving(queue))

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
        for state in self._line.values():
            waiting[state.queue or ""].append(state.queued_at or state.fence_at)
        return {
            queue: (len(waiting[queue]), len(self._serving(queue)), min(waiting[queue], default=None))
            for queue in self.config.queues
        }

    def _serving(self, queue: str) -> list[Agent]:
        return [agent for agent in self.staff.agents if agent.available and serves(agent, queue)]

    async def _offer(self, item: Conversation, agent: Agent, reason: str) -> None:
        if not await self.staff.reserve(agent.id, item):
            await self.staff.refresh(agent.id)
            return
        queue = self.config.queue(item.queue or "")
        seconds = queue.offer_seconds if queue else 20
        try:
            await self.acts.offer(item, agent.id, until=self.clock.now() + seconds * 1000, reason=reason)
        except HubError as error:
            log.info("offer_not_made", conversation=item.id, code=error.code)
            self.staff.doubtful.add(agent.id)  # it may have been stored all the same
            self._follow(await self.acts.lanes.state(item.id))
            self._wake.set()

    def _follow(self, state: Conversation) -> None:
        """Keep the line as it is: who waits or is being offered, and has said something."""
        self._places = None
        if state.owner.kind in {"queue", "offer"} and state.contact_seq:
            queue = self.config.queue_for(state.queue, state.header.inbox)
            if queue is not None and (queue.id, queue.priority) != (state.queue, state.priority):
                state = replace(state, queue=queue.id, priority=queue.priority)
            self._line[state.id] = state
        else:
            self._line.pop(state.id, None)
            self._told.pop(state.id, None)

    def _withdraw_if_idle(self, state: Conversation) -> None:
        """An offer must not stand with who cannot answer it, also when they left while it was being made."""
        agent = self.staff.get(state.owner.agent) if state.owner.kind == "offer" and state.owner.agent else None
        if agent is not None and not takes_offers(agent):
            reason = "agent_unavailable" if agent.connected else "agent_gone"
            self.pool.start(self._withdraw(state, reason), "withdraw")

    async def _withdraw(self, state: Conversation, reason: str) -> None:
        try:
            await self.acts.end_offer(state, EventType.WITHDRAWN, reason=reason)
        except Conflict:
            log.info("offer_ended_meanwhile", conversation=state.id)

    def _offered_to(self, agent: AgentId) -> list[Conversation]:
        return [s for s in self._line.values() if s.owner.kind == "offer" and s.owner.agent == agent]

    def _burden(self, state: Conversation) -> None:
        agent = self.staff.get(state.owner.agent) if state.owner.agent is not None else None
        if agent is None:
            return
        reserved = state.owner.kind == "offer" and any(item.conversation == state.id for item in agent.load)
        if not reserved:
            self.pool.start(self.staff.burden(agent.id, state), "burden")

    def _learn(self, queue: str, handled_ms: int) -> None:
        known = self._handle_ms.get(queue, float(self.config.workplace.default_handle_seconds * 1000))
        self._handle_ms[queue] = known + EWMA * (handled_ms - known)

    def _place_changed(self, state: Conversation) -> bool:
        now = self.place(state.id)
        if now is None or self._told.get(state.id) == now:
            return False
        self._told[state.id] = now
        return True

    def _nudge(self) -> None:
        self._wake.set()
        self._moved.set()
