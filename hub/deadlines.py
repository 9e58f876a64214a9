"""Every timer in one place. Due times live in the store; `sweep(now)` does what is due, as often as it is called.

Each act names the fence it saw: a deadline that was overtaken by the customer, the agent or another hub changes
nothing.
"""

import asyncio
from dataclasses import dataclass, field

import structlog

from hub.acts import Acts
from hub.clock import Clock
from hub.errors import Conflict, HubError, Unavailable
from hub.lanes import Lanes
from hub.model.config import Agent
from hub.model.conversation import AGENT_SILENT, Conversation
from hub.model.due import Due, DueKind, next_due, way_out
from hub.model.ending import NOT_GIVEN
from hub.model.entry import SYSTEM, EventType
from hub.model.ids import ConversationId
from hub.model.presence import is_lost
from hub.promises import Promises
from hub.routing.courtesy import Courtesy
from hub.staff import Staff
from hub.store.config import Config
from hub.store.conversations import Conversations

log = structlog.get_logger(__name__)

SWEEP_SECONDS = 0.25
LEASE_MS = 3_000
"""So long does one of several processes have for what is due, before another tries."""
AT_ONCE = 100
"""So many conversations are handled side by side: their entries share the lanes' commits."""


@dataclass(slots=True)
class Deadlines:
    """Does what is due."""

    lanes: Lanes
    acts: Acts
    staff: Staff
    config: Config
    conversations: Conversations
    courtesy: Courtesy
    promises: Promises
    clock: Clock
    late_ms: int = 0
    _began: int = field(init=False)
    _rules_changed: bool = True
    """Also at the start: a hub may have died between a new rule and the deadlines that follow from it."""

    def __post_init__(self) -> None:
        """What came due before now nobody could answer."""
        self._began = self.clock.now()

    def due(self, state: Conversation) -> Due | None:
        """A state's next deadline by today's rules."""
        hands_on = self._hands_on(state)
        if hands_on is None:
            return None
        notice = self.promises.next_notice(state, self.clock.now())
        return Due(kind=DueKind.SLA, at=notice.at) if notice is not None and notice.at < hands_on.at else hands_on

    def _hands_on(self, state: Conversation) -> Due | None:
        return next_due(state, self.config.workplace, self.config.queue_for(state.queue, state.header.inbox))

    async def run(self) -> None:
        """Sweep for ever."""
        while True:
            await self.sweep(self.clock.now())
            await asyncio.sleep(SWEEP_SECONDS)

    def on_rules_changed(self, kind: str) -> None:
        """Deadlines follow the rules of today, also those that are set already."""
        self._rules_changed = True

    async def sweep(self, now: int) -> None:
        """Do everything that is due at `now`."""
        if self._rules_changed:
            await self._reckon()
        while claimed := await self.conversations.claim_due(now, LEASE_MS, limit=AT_ONCE):
            await asyncio.gather(*(self._handle(conversation, now) for conversation in claimed))
        await self._sweep_gone(now)

    async def _reckon(self) -> None:
        self._rules_changed = False
        try:
            states = [await self.lanes.state(row.state.id) for row in await self.conversations.unresolved()]
            await self.conversations.correct_due([(state, self.due(state)) for state in states])
        except Unavailable:
            self._rules_changed = True
            raise

    async def _handle(self, conversation: ConversationId, now: int) -> None:
        try:
            state = await self.lanes.state(conversation)
            due = self.due(state)
            if due is None or due.at > now:
                await self.conversations.correct_due([(state, due)])
                return
            self.late_ms = now - due.at
            await self.promises.tell(state, now)
            hands_on = self._hands_on(state)
            if hands_on is not None and hands_on.at <= now:
                await self._act(state, hands_on)
        except Conflict:
            log.info("deadline_overtaken", conversation=conversation)
        except HubError as error:
            log.warning("deadline_not_done", conversation=conversation, code=error.code)
        except Exception:  # one conversation's trouble is not that of those behind it
            log.exception("deadline_failed", conversation=conversation)

    async def _act(self, state: Conversation, due: Due) -> None:
        log.info("deadline", kind=due.kind.value, conversation=state.id)
        match due.kind:
            case DueKind.OFFER:
                await self._expire(state)
            case DueKind.BOT:
                queue = self.config.queue_for(None, state.header.inbox)
                await self.acts.hand_off(
                    state, reason="bot_silent", queue=queue.id if queue else None, up_to=state.contact_seq
                )
            case DueKind.LINE:
                await self._leave_line(state)
            case DueKind.SNOOZE:
                await self.acts.wake(state)
            case DueKind.SILENT:
                await self._take_from_silent(state)
            case DueKind.PHONE:
                await self.acts.send_back(state, SYSTEM, reason="agent_unreachable")
            case DueKind.WRAP_UP:
                await self._end_wrap_up(state)
            case DueKind.IDLE:
                await self._close(state, "idle")
            case DueKind.SLA:
                pass  # it hands nothing on: `Promises` tells it

    async def _leave_line(self, state: Conversation) -> None:
        """Nobody came in time: the line's exit. The customer is told first: said twice, it is stored once."""
        queue = self.config.queue_for(state.queue, state.header.inbox)
        following = self.config.queue(queue.exit_queue or "") if queue is not None else None
        exit_ = way_out(state, queue, following)
        if exit_ == "queue" and following is not None:
            await self.acts.overflow(state, following.id)
            return
        await self.courtesy.waited_out(state, exit_)
        await self.acts.wait_out(state, exit_)

    async def _end_wrap_up(self, state: Conversation) -> None:
        reason = "agent" if state.ended_by == "agent" or state.disposition is not None else "wrap_up_over"
        await self._close(state, reason)

    async def _close(self, state: Conversation, reason: str) -> None:
        """Close, unless the customer writes in this moment."""
        how = self._how(state)
        await self.acts.resolve(state, SYSTEM, disposition=how, reason=reason, up_to=state.contact_seq)

    def _how(self, state: Conversation) -> str | None:
        """How it ended, as far as its agent has said; that they should have is kept, too."""
        queue = self.config.queue_for(state.queue, state.header.inbox)
        owed = queue is not None and queue.wrap_up.disposition_required and state.owner.kind == "agent"
        return state.disposition or (NOT_GIVEN if owed else None)

    async def _take_from_silent(self, state: Conversation) -> None:
        await self.acts.send_back(state, SYSTEM, reason=AGENT_SILENT, front=True)
        queue = self.config.queue_for(state.queue, state.header.inbox)
        if queue is not None and state.header.channel in queue.auto_accept and state.owner.agent is not None:
            await self.staff.missed_offer(state.owner.agent)  # who need not accept would get it again and again

    async def _expire(self, state: Conversation) -> None:
        agent = state.owner.agent  # of many who were asked at once, nobody is blamed
        if state.owner.auto:  # nobody was asked, so nobody has missed it
            ended = await self.acts.end_offer(state, EventType.WITHDRAWN, reason="not_accepted")
        elif (state.owner.until or 0) <= self._began:  # nobody could answer while the hub was away
            ended = await self.acts.end_offer(state, EventType.WITHDRAWN, reason="agent_unavailable")
        else:
            with self.staff.spared(agent):
                ended = await self.acts.end_offer(state, EventType.EXPIRED, reason="expired")
                if agent is not None:
                    await self.staff.missed_offer(agent)
        then = self._hands_on(ended.state)
        if then is not None and then.kind is DueKind.LINE and then.at <= self.clock.now():
            await self._leave_line(ended.state)  # before anybody is asked again: it has waited long enough

    async def _sweep_gone(self, now: int) -> None:
        grace = self.config.workplace.grace_seconds * 1000
        for agent in list(self.staff.agents):
            if not is_lost(agent, now, grace) and not (agent.connected and agent.status == "offline"):
                continue
            await asyncio.gather(*(self._return(ConversationId(item.conversation), agent) for item in agent.load))
            if is_lost(agent, now, grace):
                await self.staff.give_up(agent.id)

    async def _return(self, conversation: ConversationId, agent: Agent) -> None:
        try:
            state = await self.lanes.state(conversation)
            if state.owner.kind != "agent" or state.owner.agent != agent.id or state.status != "open":
                return
            if state.on_phone:
                return  # who speaks on the phone needs no desk for it
            if state.ended_at is not None:
                await self._end_wrap_up(state)
            elif not agent.connected:
                await self.acts.send_back(state, SYSTEM, reason="agent_gone", front=True)
            elif state.fence_at <= agent.status_since:  # what somebody off work takes by hand is theirs
                await self.acts.send_back(state, SYSTEM, reason="agent_offline", front=True)
        except Conflict:
            log.info("return_overtaken", conversation=conversation)
