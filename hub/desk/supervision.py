"""What supervisors do to others' work: move, prioritise, assign, take over, listen, force a state, sign out.

Each act is refused to agents (`forbidden`), kept in the audit trail (who, what, before and after), and told to the
agent concerned with the name of who did it.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from channels.calls import Watch
from hub.acts import Acts
from hub.desk.board_frames import (
    Acted,
    ActedEvent,
    ActedWhat,
    Assign,
    ForceStatus,
    Move,
    Prioritise,
    SignOut,
    WatchCall,
)
from hub.desk.floor import Floor, encode
from hub.desk.reach import author_of
from hub.errors import BadInput, Conflict, Forbidden, HubError, NotFound, Unavailable
from hub.lanes import Lanes
from hub.model.config import LEADS, Agent
from hub.model.conversation import Conversation
from hub.model.ids import AgentId, ConversationId
from hub.model.queues import Queue
from hub.staff import Staff
from hub.store.audit import AuditTrail, Deed
from hub.store.config import Config

AT_ONCE = 100
MOST_URGENT = 10
Act = Move | Prioritise | Assign | ForceStatus | SignOut | WatchCall


@dataclass(frozen=True, slots=True)
class Supervision:
    """The acts of supervisors and admins. `end_sessions` signs an agent out everywhere, `watch` is for live calls."""

    acts: Acts
    lanes: Lanes
    staff: Staff
    floor: Floor
    config: Config
    trail: AuditTrail
    end_sessions: Callable[[AgentId], Awaitable[None]]
    watch: Callable[[Conversation, Agent, Watch], Awaitable[None]]

    async def do(self, me: Agent, command: Act) -> Acted | None:
        """Do it. Raises `Forbidden` for agents, else what the act itself refuses."""
        if me.role not in LEADS:
            raise Forbidden("Only supervisors may do this.")
        match command:
            case Move():
                return await self._move(me, command)
            case Prioritise():
                return await self._prioritise(me, command)
            case Assign():
                await self._assign(me, command)
            case ForceStatus():
                await self._force(me, command)
            case SignOut():
                await self._sign_out(me, command)
            case WatchCall():
                await self._watch(me, command)
        return None

    async def _move(self, me: Agent, command: Move) -> Acted:
        queue = self.config.queue(command.queue)
        if queue is None:
            raise NotFound("There is no such queue.", code="no_such_queue", field="queue")

        async def move(state: Conversation) -> None:
            _refuse_queue(state, queue)
            await self.acts.move(state, author_of(me), queue.id)
            for agent in state.owner.asked:
                self._tell(agent, _acted(state, "moved", me, to=queue.name))
            await self._record(me, "conversation.move", _target(state), queue=(self._name(state), queue.name))

        return await self._each(command.conversations, move)

    async def _prioritise(self, me: Agent, command: Prioritise) -> Acted:
        wanted = command.priority
        if not -MOST_URGENT <= wanted <= MOST_URGENT:
            raise BadInput(f"Between {-MOST_URGENT} and {MOST_URGENT}.", code="bad_priority", field="priority")

        async def prioritise(state: Conversation) -> None:
            if state.priority == wanted:
                return
            await self.acts.prioritise(state, author_of(me), wanted)
            await self._record(me, "conversation.prioritise", _target(state), priority=(state.priority, wanted))

        return await self._each(command.conversations, prioritise)

    async def _each(self, conversations: Sequence[str], act: Callable[[Conversation], Awaitable[None]]) -> Acted:
        """Do it to each; one that cannot be had does not stop the others."""
        if not 1 <= len(conversations) <= AT_ONCE:
            raise BadInput(f"Between 1 and {AT_ONCE} conversations.", code="too_many", field="conversations")
        wanted, refused = list(dict.fromkeys(conversations)), dict[str, str]()
        for conversation in wanted:
            try:
                await act(await self.lanes.state(ConversationId(conversation)))
            except Unavailable:
                raise
            except HubError as error:
                refused[conversation] = error.code
        return Acted(done=len(wanted) - len(refused), refused=refused)

    async def _assign(self, me: Agent, command: Assign) -> None:
        state = await self.lanes.state(ConversationId(command.conversation))
        if command.fence is not None and command.fence != state.fence:
            raise Conflict("It changed hands meanwhile.", code="too_late")
        if state.owner.kind == "agent" and state.owner.agent == command.agent:
            raise Conflict("They have it already.", code="has_it")
        to = self._agent(command.agent)
        if to.id != me.id and (not to.connected or to.status in {"offline", "not_responding"}):
            raise Conflict("This colleague is not at work.", code="agent_unavailable", field="agent")
        await self.acts.assign(state, author_of(me), to.id)
        what: ActedWhat = "taken_over" if to.id == me.id else "given_on"
        for agent in state.owner.asked:
            if agent not in {me.id, to.id}:
                self._tell(agent, _acted(state, what, me, to=to.name))
        if to.id != me.id:
            self._tell(to.id, _acted(state, "assigned", me))
        before = ", ".join(self.staff.name(one) or one for one in state.owner.asked) or self._name(state)
        await self._record(me, "conversation.assign", _target(state), owner=(before, to.name))

    async def _force(self, me: Agent, command: ForceStatus) -> None:
        agent = self._below(me, command.agent)
        status = command.status if command.status != "break" else self._break(command.reason)
        if status != "offline" and not agent.connected:
            raise Conflict("This colleague has no desk open.", code="agent_unavailable", field="agent")
        await self.staff.choose(agent.id, status)
        self._tell(agent.id, ActedEvent(what="status", by=me.name, to=status))
        await self._record(me, "agent.force_status", f"agent:{agent.id}", status=(agent.status, status))

    def _break(self, reason: str | None) -> str:
        if reason not in self.config.workplace.break_reasons:
            raise BadInput("There is no such break reason.", code="bad_reason", field="reason")
        return f"break:{reason}"

    async def _sign_out(self, me: Agent, command: SignOut) -> None:
        agent = self._below(me, command.agent)
        await self.staff.choose(agent.id, "offline")
        self._tell(agent.id, ActedEvent(what="signed_out", by=me.name))
        await self._record(me, "agent.sign_out", f"agent:{agent.id}", status=(agent.status, "offline"))
        await self.end_sessions(agent.id)

    async def _watch(self, me: Agent, command: WatchCall) -> None:
        """Kept in the audit trail first: nobody listens without a record."""
        state = await self.lanes.state(ConversationId(command.conversation))
        agent = self.staff.name(state.owner.agent)
        await self._record(me, f"call.{command.watch}", _target(state), agent=(None, agent))
        await self.watch(state, me, command.watch)

    def _name(self, state: Conversation) -> str:
        """Where a conversation is while nobody has it."""
        queue = self.config.queue(state.queue or "") if state.owner.kind != "bot" else None
        return queue.name if queue is not None else state.owner.kind

    def _agent(self, id_: str) -> Agent:
        agent = self.staff.get(AgentId(id_))
        if agent is None or not agent.active:
            raise NotFound("There is no such colleague.", code="no_such_agent", field="agent")
        return agent

    def _below(self, me: Agent, id_: str) -> Agent:
        """A colleague whose state is mine to set: supervisors do not set that of admins, nobody their own here."""
        agent = self._agent(id_)
        if agent.id == me.id or (agent.role == "admin" and me.role != "admin"):
            raise Forbidden("This colleague's state is not yours to set.")
        return agent

    def _tell(self, agent: AgentId, event: ActedEvent) -> None:
        frame = encode(event)
        for desk in tuple(self.floor.desks_of(agent)):
            desk.push(frame)

    async def _record(self, me: Agent, action: str, target: str, **changes: Sequence[object]) -> None:
        await self.trail.add(Deed(actor=me.id, action=action, target=target, changes=changes))


def _refuse_queue(state: Conversation, queue: Queue) -> None:
    if state.queue == queue.id:
        raise Conflict("It waits there already.", code="same_queue")
    if not queue.takes(state.header.channel, state.locale):
        raise Conflict("That queue does not take this conversation.", code="queue_takes_none")


def _target(state: Conversation) -> str:
    return f"conversation:{state.header.number}"


def _acted(state: Conversation, what: ActedWhat, by: Agent, *, to: str | None = None) -> ActedEvent:
    return ActedEvent(what=what, by=by.name, conversation=state.id, number=state.header.number, to=to)
