"""What supervisors may do beside their own work: move, hurry, assign, take over, and set somebody's status.

Every act is audited, and is an entry of the conversation or a status that all desks see.
"""

from dataclasses import dataclass

from hub.acts import Acts
from hub.desk.floor import Desk
from hub.desk.frames import ForceStatus, MoveToQueue, Prioritise, TakeOver
from hub.errors import BadInput, Conflict, Forbidden, NotFound
from hub.lanes import Lanes
from hub.model.config import Agent
from hub.model.conversation import Conversation
from hub.model.entry import Author
from hub.model.ids import AgentId, ConversationId
from hub.model.presence import NOT_RESPONDING
from hub.staff import Staff
from hub.store.audit import AuditTrail, Deed
from hub.store.config import Config

MOST_URGENT = 10


@dataclass(frozen=True, slots=True)
class Supervision:
    """Refuses everybody but supervisors and admins (`forbidden`)."""

    acts: Acts
    lanes: Lanes
    staff: Staff
    config: Config
    audit: AuditTrail

    async def move(self, desk: Desk, command: MoveToQueue) -> None:
        """Put somebody who waits into another line, with the place kept."""
        me = _supervisor(desk)
        state = await self._state(command.conversation)
        queue = self.config.queue(command.queue)
        if queue is None:
            raise NotFound("There is no such queue.", code="no_such_queue", field="queue")
        if not queue.takes(state.header.channel, state.locale):
            raise Conflict("That queue does not take this conversation.", code="queue_takes_none", field="queue")
        await self.acts.move(state, _author(me), queue.id)
        await self._note(me, "conversation.move", state, queue=[state.queue, queue.id])

    async def prioritise(self, desk: Desk, command: Prioritise) -> None:
        """Say how urgent somebody who waits is."""
        me = _supervisor(desk)
        if not -MOST_URGENT <= command.priority <= MOST_URGENT:
            raise BadInput("A priority is a number from -10 to 10.", code="bad_priority", field="priority")
        state = await self._state(command.conversation)
        await self.acts.prioritise(state, _author(me), command.priority)
        await self._note(me, "conversation.prioritise", state, priority=[state.priority, command.priority])

    async def take_over(self, desk: Desk, command: TakeOver) -> None:
        """Give somebody else's conversation to another agent, or take it: it goes to them first, before everybody."""
        me = _supervisor(desk)
        state = await self._state(command.conversation)
        agent = self.staff.get(AgentId(command.agent)) if command.agent is not None else me
        if agent is None or not agent.active:
            raise NotFound("There is no such colleague.", code="no_such_agent", field="agent")
        if state.owner.kind == "agent":
            if state.owner.agent == agent.id:
                raise Conflict("They have it already.", code="too_late")
            given = await self.acts.transfer(state, _author(me), agent=agent.id, queue=None, note=None)
            if agent.id == me.id:
                await self.acts.take(given.state, _author(me))
        elif agent.id == me.id and state.owner.kind in {"queue", "bot"}:
            await self.acts.take(state, _author(me))
        else:
            raise Conflict("Nobody has it who could give it on.", code="too_late")
        await self._note(me, "conversation.take_over", state, agent=[state.owner.agent, agent.id])

    async def force(self, desk: Desk, command: ForceStatus) -> None:
        """Set a colleague's status."""
        me = _supervisor(desk)
        agent = self.staff.get(AgentId(command.agent))
        if agent is None or not agent.active:
            raise NotFound("There is no such colleague.", code="no_such_agent", field="agent")
        if command.status == "online" and agent.status not in {NOT_RESPONDING, "finishing"}:
            raise Conflict("Only they themselves come to work.", code="not_at_work", field="status")
        await self.staff.choose(agent.id, command.status)
        changes = {"status": [agent.status, command.status]}
        await self.audit.add(
            Deed(actor=me.id, action="agent.force_status", target=f"agent:{agent.id}", changes=changes)
        )

    async def _state(self, conversation: str) -> Conversation:
        return await self.lanes.state(ConversationId(conversation))

    async def _note(self, me: Agent, action: str, state: Conversation, **changes: list[object]) -> None:
        await self.audit.add(Deed(actor=me.id, action=action, target=f"conversation:{state.id}", changes=changes))


def _supervisor(desk: Desk) -> Agent:
    me = desk.me()
    if me.role not in {"supervisor", "admin"}:
        raise Forbidden("Only supervisors may do this.")
    return me


def _author(agent: Agent) -> Author:
    return Author(kind="agent", id=agent.id, name=agent.name)
