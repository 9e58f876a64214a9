"""What an agent writes: to the customer, to colleagues, or not sent yet; and what became of it on its way."""

from dataclasses import dataclass
from typing import Protocol

from hub.acts import Acts
from hub.clock import Clock
from hub.desk import limits
from hub.desk.command_frames import (
    Note,
    Reply,
    RetryDelivery,
    RetryFile,
    SaveDraft,
    SettleDelivery,
)
from hub.desk.floor import Desk
from hub.desk.frames import Stored
from hub.desk.reach import CLEAN, MAX_NOTE, MAX_TEXT, Reach, author_of, held_by, words_of
from hub.desk.views import Views
from hub.errors import BadInput
from hub.model.config import LEADS, Agent
from hub.model.conversation import Conversation
from hub.model.entry import Part, text_part
from hub.model.ids import AgentId, ConversationId, FileId, is_client_id
from hub.staff import Staff
from hub.store.config import Config
from hub.store.conversations import Conversations
from hub.store.files import Files


class Deliveries(Protocol):
    """Messages on their way out. Both raise `Conflict` (`too_late`) where there is nothing to decide any more."""

    async def retry(self, conversation: ConversationId, seq: int) -> None:
        """Try a message again that failed or of which nobody knows whether it arrived."""

    async def settle(self, conversation: ConversationId, seq: int) -> None:
        """Somebody knows that an uncertain message has arrived."""


class Attachments(Protocol):
    """Customers' files that are fetched from their provider."""

    async def again(self, conversation: ConversationId, file: FileId) -> None:
        """Fetch one again that was lost. Raises `Conflict` (`too_late`) for any other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing:
    """What an agent writes."""

    reach: Reach
    acts: Acts
    staff: Staff
    views: Views
    config: Config
    conversations: Conversations
    files: Files
    deliveries: Deliveries
    attachments: Attachments
    clock: Clock

    async def reply(self, desk: Desk, command: Reply) -> Stored:
        """Write to the customer."""
        state = await self.reach.seen(desk, command.conversation)
        me = desk.me()
        known = await self._stored_before(state, me, command.client_id)
        if known is not None:
            return known
        held_by(state, me)
        parts = await self._parts(me, state, command)
        outcome = await self.acts.agent_writes(state, author_of(me), command.client_id, parts)
        return Stored(seq=outcome.entry.seq, at=outcome.entry.at)

    async def note(self, desk: Desk, command: Note) -> Stored:
        """Write to colleagues."""
        state = await self.reach.seen(desk, command.conversation)
        if not is_client_id(command.client_id):
            raise BadInput("client_id must be 8-64 characters of A-Z a-z 0-9 _ -.", field="client_id")
        words = words_of(command.text, MAX_NOTE)
        mentioned = tuple(AgentId(one) for one in command.mentions if self.staff.get(AgentId(one)) is not None)
        outcome = await self.acts.agent_writes(
            state, author_of(desk.me()), command.client_id, text_part(words), kind="note", mentions=mentioned
        )
        return Stored(seq=outcome.entry.seq, at=outcome.entry.at)

    async def draft(self, desk: Desk, command: SaveDraft) -> None:
        """Keep what is not sent yet."""
        state = await self.reach.seen(desk, command.conversation)
        text = command.text.translate(CLEAN)[:MAX_TEXT]
        await self.conversations.save_draft(state.id, desk.agent, text, note=command.note)

    async def retry(self, desk: Desk, command: RetryDelivery) -> None:
        """Send again what failed."""
        await self.deliveries.retry(await self._mine_to_send(desk, command.conversation), command.seq)

    async def settle(self, desk: Desk, command: SettleDelivery) -> None:
        """What was in doubt has arrived."""
        await self.deliveries.settle(await self._mine_to_send(desk, command.conversation), command.seq)

    async def retry_file(self, desk: Desk, command: RetryFile) -> None:
        """Fetch a lost file again."""
        state = await self.reach.seen(desk, command.conversation)
        await self.attachments.again(state.id, FileId(command.file))

    async def _mine_to_send(self, desk: Desk, conversation: str) -> ConversationId:
        """While an agent has the conversation, its messages are theirs to send; supervisors may always."""
        state = await self.reach.seen(desk, conversation)
        me = desk.me()
        if state.owner.kind == "agent" and me.role not in LEADS:
            held_by(state, me)
        return state.id

    async def _stored_before(self, state: Conversation, me: Agent, client_id: str) -> Stored | None:
        """What became of the same reply, tried before; the conversation may be somebody else's by now."""
        if not is_client_id(client_id):
            raise BadInput("client_id must be 8-64 characters of A-Z a-z 0-9 _ -.", field="client_id")
        known = await self.acts.written_before(author_of(me), client_id) if state.owner.agent != me.id else None
        if known is None or known.conversation != state.id:
            return None
        return Stored(seq=known.seq, at=known.at)

    async def _parts(self, me: Agent, state: Conversation, command: Reply) -> tuple[Part, ...]:
        can = self.views.capabilities.get(state.header.channel)
        if command.template is not None:
            if command.text or command.files:
                raise BadInput("A template stands alone.", code="bad_template", field="template")
            inbox = self.config.inbox(state.header.inbox)
            return (limits.filled(command.template, limits.templates_of(inbox) if inbox else (), can),)
        limits.check_written(can)
        limits.check_window(state, can, self.clock.now())
        text = command.text
        parts = text_part(words_of(text, MAX_TEXT)) if text and text.strip() else ()
        if command.files:
            attached = await self.files.attach([FileId(one) for one in command.files[:10]], f"agent:{me.id}", state.id)
            limits.check_files(attached, can)
            parts = (*parts, *(Part(type="attachment", file=file) for file in attached))
        if not parts:
            raise BadInput("There is nothing in this reply.", code="bad_text")
        return parts
