"""The router: keeps the line in memory and offers its head to whoever fits.

The store is the truth; this is its reading. An offer is two conditional writes: the agent's capacity is reserved,
then the offer is appended with the fence that was seen. Whoever loses either one has changed nothing. Several
processes may do this at once.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

import structlog

from hub.acts import Acts
from hub.bus import Bus
from hub.clock import Clock
from hub.errors import Conflict, HubError
from hub.lanes import Appended
from hub.model.config import Agent
from hub.model.conversation import Conversation
from hub.model.due import DueKind, next_due
from hub.model.entry import Author, EventType
from hub.model.ids import AgentId, ConversationId
from hub.model.presence import takes_offers
from hub.routing.choose import Plan
from hub.routing.line import Line
from hub.routing.places import Places
from hub.staff import AgentChanged, OffersMissed, Staff
from hub.store.config import Config
from hub.store.conversations import Conversations
from hub.store.intervals import Intervals
from hub.workers import Pool

log = structlog.get_logger(__name__)

TICK_SECONDS = 1.0
SHORTEST_SECONDS = 0.01


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
    _offered: dict[ConversationId, Conversation] = field(default_factory=dict)
    _wake: asyncio.Event = field(default_factory=asyncio.Event)
    offers_made: int = 0
    places: Places = field(init=False)
    _line: Line = field(init=False)

    def __post_init__(self) -> None:
        """Begin with an empty line."""
        self._line = Line(self._plan())
        self.places = Places(self._line, self.conversations, self.bus, self.clock)

    async def load(self) -> None:
        """Read who waits and who is offered."""
        self._line.replan(self._plan(), self.clock.now())
        for kind in ("queue", "offer"):
            for row in await self.conversations.unresolved(kind=kind):
                if row.told is not None:
                    self.places.told[row.state.id] = row.told
                self.follow(row.state)
                self._accept_if_auto(row.state)
        for queue in self.config.queues:
            self.places.learn(queue, reversed(await self.intervals.handle_times(queue=queue)))
        self._nudge()

    def on_appended(self, event: Appended) -> None:
        """Follow everybody who enters, leaves or moves in the line; free the agents who have let go."""
        before, after = event.before, event.after
        self.follow(after)
        if event.entry.author.kind == "contact" and not before.contact_seq:
            self._nudge()
        if after.owner.kind == "agent" and before.status != after.status:
            self.pool.start(self._reweigh(after), "reweigh")
        if not event.entry.moves_fence:
            return
        had, has = set(before.owner.asked), set(after.owner.asked)
        for agent in had - has:
            self.pool.start(self.staff.release(agent, after, worked=before.owner.kind == "agent"), "release")
        if event.entry.event is not None and event.entry.event.type in _BY_HAND:
            for agent in has - had:
                self.pool.start(self._burden(after, agent), "burden")
        answered = event.entry.event if event.entry.event is not None and event.entry.event.type in _ANSWERS else None
        if answered is not None and answered.agent is not None and not before.owner.auto:
            self.pool.start(self.staff.answered(answered.agent), "answered")
        self._withdraw_if_idle(after)
        self._accept_if_auto(after)
        if before.owner.kind == "agent" and before.queue and not before.awaits_phone:
            self.places.learn(before.queue, (event.entry.at - before.fence_at,))
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
            log.warning("offers_missed", agent=event.after.id, count=event.after.misses)
            self.bus.tell(OffersMissed(event.after))
        self.places.staff_changed()
        self._nudge()

    def on_rules_changed(self, kind: str) -> None:
        """Queues or rules changed: look again, also for lines that are gone, and at what everything costs."""
        if kind == "workplace":
            self.staff.doubtful.update(agent.id for agent in self.staff.agents if agent.load)
        self.places.staff_changed()
        waiting = list(self._line)
        self._line.replan(self._plan(), self.clock.now())
        for state in waiting:
            self.follow(state)
        self._nudge()

    async def run(self) -> None:
        """Match for ever: when something changed, when time alone changes something, and once a second anyway."""
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(self._pause()):
                    await self._wake.wait()
            self._wake.clear()
            await self.settle()
            await self.match()

    def _pause(self) -> float:
        """How long nothing happens by itself, in seconds; a clock that is set back or on is noticed in one."""
        change = self._line.next_change()
        left = TICK_SECONDS if change is None else (change - self.clock.now()) / 1000
        return min(max(left, SHORTEST_SECONDS), TICK_SECONDS)

    async def settle(self) -> None:
        """Make good what the store did not take while it was away: who is there, and what each of them carries."""
        await self.staff.settle()
        for agent in tuple(self.staff.doubtful):
            await self.staff.hold(agent, self._perhaps_held_by)

    async def _perhaps_held_by(self, agent: Agent) -> list[Conversation]:
        perhaps = {row.state.id for row in await self.conversations.held_by(agent.id)}
        perhaps |= {ConversationId(item.conversation) for item in agent.load}
        return [await self.acts.lanes.newest(one) for one in perhaps]

    async def match(self) -> None:
        """Offer whatever can be offered now, in order."""
        failed: set[ConversationId] = set()
        while True:
            found = self._line.next_match(self.staff.free, self.clock.now(), failed)
            if found is None:
                break
            item, choice = found
            if not self._leaves_now(item):
                await self._offer(item, choice.agents, choice.reason)
            failed.add(item.id)
        self.places.moved()

    def _leaves_now(self, item: Conversation) -> bool:
        """Whether it has waited long enough: its deadline hands it on in a moment."""
        due = next_due(item, self.plan.rules, self.plan.queue_of(item))
        return due is not None and due.kind is DueKind.LINE and due.at <= self.clock.now()

    def offered(self) -> list[Conversation]:
        """Who is being offered to somebody."""
        return list(self._offered.values())

    def next_change(self) -> int | None:
        """When time alone changes who may take what (ms)."""
        return self._line.next_change()

    @property
    def plan(self) -> Plan:
        """What decisions rest on now."""
        return self._line.plan

    def follow(self, state: Conversation) -> None:
        """Keep the line as it is: who waits or is being offered, and has said something."""
        queue = self.config.queue_for(state.queue, state.header.inbox)
        self._offered.pop(state.id, None)
        if not state.in_line or queue is None:
            self.places.forget(state.id)
            self._line.remove(state.id)
            return
        if queue.id != state.queue:
            state = replace(state, queue=queue.id)
        if state.owner.kind == "offer":
            self._offered[state.id] = state
        self._line.put(state, self.clock.now())

    def _plan(self) -> Plan:
        return Plan(queues=self.config.queues, rules=self.config.workplace, agents=self.staff.roster)

    async def _offer(self, item: Conversation, agents: Sequence[Agent], reason: str) -> None:
        asked = [agent.id for agent in agents if await self._reserved(agent.id, item)]
        if not asked:
            return
        queue = self.plan.queue_of(item)
        until = self.clock.now() + queue.offer_seconds * 1000
        auto = len(asked) == 1 and item.header.channel in queue.auto_accept
        try:
            await self.acts.offer(item, asked, until=until, reason=reason, auto=auto)
            self.offers_made += 1
        except HubError as error:
            log.info("offer_not_made", conversation=item.id, code=error.code)
            self.staff.doubtful.update(asked)  # it may have been stored all the same
            self.follow(await self.acts.lanes.state(item.id))
            self._wake.set()

    async def _reserved(self, agent: AgentId, item: Conversation) -> bool:
        if await self.staff.reserve(agent, item):
            return True
        await self.staff.refresh(agent)
        self._wake.set()
        return False

    def _accept_if_auto(self, state: Conversation) -> None:
        """An offer that needs no answer is the agent's at once."""
        if state.owner.kind == "offer" and state.owner.auto:
            self.pool.start(self._accept(state), "accept")

    async def _accept(self, state: Conversation) -> None:
        agent = self.staff.get(state.owner.agent) if state.owner.agent is not None else None
        if agent is None or not takes_offers(agent):
            return
        author = Author(kind="agent", id=agent.id, name=agent.name)
        try:
            await self.acts.answer_offer(state.owner.offer or "", author, EventType.ACCEPTED, reason="auto")
        except Conflict:
            log.info("offer_ended_meanwhile", conversation=state.id)

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
        with self.staff.in_doubt(agent):
            state = await self.acts.lanes.newest(taken.id)
            if agent in state.owner.asked:
                await self.staff.burden(agent, state)

    async def _reweigh(self, seen: Conversation) -> None:
        """What waits for the customer costs less; looked at as it is by now, for it may have been woken again."""
        if seen.owner.agent is None:
            return
        with self.staff.in_doubt(seen.owner.agent):
            state = await self.acts.lanes.newest(seen.id)
            if state.owner.kind == "agent" and state.owner.agent is not None:
                await self.staff.weigh(state.owner.agent, state)

    def wake(self) -> None:
        """Something changed elsewhere: look again."""
        self._wake.set()

    def _nudge(self) -> None:
        self._wake.set()
        self.places.moved()


_ANSWERS = frozenset({EventType.ACCEPTED, EventType.DECLINED})
_BY_HAND = frozenset({EventType.TAKEN, EventType.ASSIGNED, EventType.REOPENED})
"""How an agent comes to something without an offer, for which capacity would have been reserved."""
