"""Whose conversation it is, and until when: taken, passed on, put off, ended."""

from dataclasses import dataclass

from hub.acts import Acts
from hub.clock import Clock
from hub.desk.command_frames import (
    AcceptOffer,
    DeclineOffer,
    ExtendWrapUp,
    HandBack,
    Reopen,
    Resolve,
    SetLabels,
    Snooze,
    Take,
    Transfer,
    Wake,
)
from hub.desk.ending import Ending
from hub.desk.floor import Desk, Floor
from hub.desk.reach import Reach, author_of, optional
from hub.errors import BadInput, Conflict, NotFound
from hub.model.config import LEADS
from hub.model.entry import EventType
from hub.model.ids import AgentId, QueueId
from hub.reading import Reading
from hub.staff import Staff
from hub.store.config import Config
from hub.store.conversations import Conversations

MAX_LABELS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Handling:
    """What an agent does with conversations."""

    reach: Reach
    acts: Acts
    staff: Staff
    floor: Floor
    config: Config
    ending: Ending
    conversations: Conversations
    reading: Reading
    clock: Clock

    async def accept(self, desk: Desk, command: AcceptOffer) -> None:
        """Take what is offered."""
        await self.acts.answer_offer(command.offer, author_of(desk.me()), EventType.ACCEPTED)

    async def decline(self, desk: Desk, command: DeclineOffer) -> None:
        """Leave what is offered to others."""
        await self.acts.answer_offer(command.offer, author_of(desk.me()), EventType.DECLINED)

    async def take(self, desk: Desk, command: Take) -> None:
        """Take one that was not offered."""
        state = await self.reach.seen(desk, command.conversation)
        queue = self.config.queue_for(state.queue, state.header.inbox)
        if desk.me().role not in LEADS and state.owner.kind == "queue" and queue is not None and not queue.pick:
            raise Conflict("Conversations of this line are given out in order.", code="pick_not_allowed")
        try:
            await self.acts.take(state, author_of(desk.me()))
        except Conflict as error:
            code = "resolved" if not state.open else "taken"
            raise Conflict("Somebody else has it already.", code=code) from error

    async def hand_back(self, desk: Desk, command: HandBack) -> None:
        """Give it back to the bot or to its line."""
        state, author = await self.reach.mine(desk, command.conversation)
        note = optional(command.note)
        if command.to == "bot":
            await self.acts.to_bot(state, author, note)
        else:
            await self.acts.send_back(state, author, reason="handed_back", front=True, note=note)

    async def transfer(self, desk: Desk, command: Transfer) -> None:
        """Pass it on to a colleague or to a line."""
        state, author = await self.reach.mine(desk, command.conversation)
        if (command.agent is None) == (command.queue is None):
            raise BadInput("Name a colleague or a queue.", code="no_such_agent")
        if command.agent is not None:
            self._check_colleague(desk, command.agent)
        if command.queue is not None:
            queue = self.config.queue(command.queue)
            if queue is None:
                raise NotFound("There is no such queue.", code="no_such_queue", field="queue")
            if not queue.takes(state.header.channel, state.locale):
                raise Conflict("That queue does not take this conversation.", code="queue_takes_none", field="queue")
        await self.acts.transfer(
            state,
            author,
            agent=AgentId(command.agent) if command.agent else None,
            queue=QueueId(command.queue) if command.queue else None,
            note=optional(command.note),
        )

    def _check_colleague(self, desk: Desk, agent: str) -> None:
        colleague = self.staff.get(AgentId(agent))
        if colleague is None or not colleague.active or colleague.id == desk.agent:
            raise NotFound("There is no such colleague.", code="no_such_agent", field="agent")
        if not colleague.available:
            raise Conflict("This colleague takes no conversations now.", code="agent_unavailable", field="agent")

    async def snooze(self, desk: Desk, command: Snooze) -> None:
        """Let it rest until a time."""
        state, author = await self.reach.mine(desk, command.conversation)
        now = self.clock.now()
        if not now < command.until <= now + self.config.workplace.snooze_max_days * 86_400_000:
            raise BadInput("Choose a time in the future, not too far off.", code="bad_time", field="until")
        await self.acts.snooze(state, author, command.until, up_to=command.seen)

    async def wake(self, desk: Desk, command: Wake) -> None:
        """Go on with one that rests."""
        state, author = await self.reach.mine(desk, command.conversation)
        await self.acts.wake(state, author)

    async def resolve(self, desk: Desk, command: Resolve) -> None:
        """End it."""
        state, author = await self.reach.mine(desk, command.conversation)
        await self.ending.resolve(state, author, command.disposition, optional(command.note), seen=command.seen)

    async def extend(self, desk: Desk, command: ExtendWrapUp) -> None:
        """More time for wrapping up."""
        state, author = await self.reach.mine(desk, command.conversation)
        await self.ending.extend(state, author)

    async def reopen(self, desk: Desk, command: Reopen) -> None:
        """Go on with one that was ended."""
        state = await self.reach.seen(desk, command.conversation)
        current = await self.conversations.current(state.header.inbox, state.header.address)
        if current is not None and current.state.id != state.id and current.state.open:
            raise Conflict("The customer has a newer conversation open.", code="too_late")
        await self.acts.reopen(state, author_of(desk.me()))

    async def labels(self, desk: Desk, command: SetLabels) -> None:
        """Name what it is about."""
        state = await self.reach.seen(desk, command.conversation)
        labels = tuple(dict.fromkeys(label.strip()[:40] for label in command.labels if label.strip()))
        if len(labels) > MAX_LABELS:
            raise BadInput(f"At most {MAX_LABELS} labels.", field="labels")
        await self.reading.label(state.id, labels)
        self.floor.touch(state.id)
