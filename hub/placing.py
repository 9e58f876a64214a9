"""Which conversation a message answers, by its clues. A stranger's message never lands in another's conversation."""

from dataclasses import dataclass

from channels.contract import Clue, Inbound
from hub.clock import Clock
from hub.errors import NotFound
from hub.lanes import Lanes
from hub.model.config import Inbox
from hub.model.conversation import Conversation
from hub.model.ids import ConversationId
from hub.store.config import Config
from hub.store.contacts import Contacts
from hub.store.conversations import Conversations
from hub.store.entries import Entries

REOPENS_MS = 30 * 86_400_000
"""A conversation closed longer ago than this is over; the answer begins a new one."""


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a message belongs and why; without a conversation, `why` says why a clue did not count."""

    conversation: Conversation | None = None
    why: str | None = None


@dataclass(frozen=True, slots=True)
class Placing:
    """Follows clues."""

    lanes: Lanes
    config: Config
    contacts: Contacts
    conversations: Conversations
    entries: Entries
    clock: Clock

    async def find(self, inbox: Inbox, message: Inbound) -> Placed:
        """Follow the clues, strongest first, to a conversation in which the sender takes part."""
        found = Placed()
        for clue in message.clues:
            state = await self._named(inbox, clue)
            if state is None:
                continue
            if not await self._takes_part(state, inbox, message):
                found = Placed(why="stranger")
            elif state.resolved_at is not None and self.clock.now() - state.resolved_at > REOPENS_MS:
                found = Placed(why="long_closed")
            else:
                return Placed(state, clue.why)
        return found

    async def _named(self, inbox: Inbox, clue: Clue) -> Conversation | None:
        conversation = await self._id(inbox, clue)
        if conversation is None:
            return None
        try:
            state = await self.lanes.state(conversation)
        except NotFound:
            return None
        return state if state.header.channel == inbox.channel else None

    async def _id(self, inbox: Inbox, clue: Clue) -> ConversationId | None:
        if clue.conversation is not None:
            return ConversationId(clue.conversation)
        if clue.external_id is not None:
            kin = [one.id for one in self.config.inboxes.values() if one.channel == inbox.channel]
            entry = await self.entries.by_ref([f"{one}:{clue.external_id}" for one in kin])
            return entry.conversation if entry is not None else None
        if clue.number is not None:
            row = await self.conversations.numbered(clue.number)
            return row.state.id if row is not None else None
        return None

    async def _takes_part(self, state: Conversation, inbox: Inbox, message: Inbound) -> bool:
        sender = message.sender
        if (state.header.inbox, state.header.address) == (inbox.id, sender.address):
            return True
        known = await self.contacts.by_identity(
            channel=inbox.channel, inbox=inbox.id, address=sender.address, everywhere=sender.everywhere
        )
        return known is not None and state.header.contact in (await self.contacts.person(known.id)).ids
