"""What providers say later of messages that we sent: delivered, read, failed. It comes in any order, also too early."""

from dataclasses import dataclass

from hub.bus import Bus
from hub.clock import Clock
from hub.model.entry import Entry
from hub.model.ids import ConversationId
from hub.reading import Reading
from hub.store.conversations import Conversations
from hub.store.entries import Entries
from hub.store.notes import EarlyReceipt, Notes


@dataclass(frozen=True, slots=True)
class Delivered:
    """The delivery state of one of our messages changed, or (`queued`) it is tried again at `due` (ms).

    `code` is one that the screens have words for, `reason` the provider's own words.
    """

    conversation: ConversationId
    seq: int
    state: str
    reason: str | None = None
    code: str | None = None
    due: int | None = None


@dataclass(slots=True)
class Receipts:
    """Puts receipts where they belong."""

    entries: Entries
    conversations: Conversations
    notes: Notes
    reading: Reading
    bus: Bus
    clock: Clock

    async def report(self, inbox: str, external_id: str, receipt: EarlyReceipt) -> bool:
        """Record a receipt, at the latest when its message is wholly sent.

        False when no message is known under this id (yet); it is kept for two days.
        """
        ref = f"{inbox}:{external_id}"
        entry = await self.entries.by_ref([ref])
        if entry is None or entry.delivery == "queued":  # more of it may still have to go out
            await self.notes.keep_receipt(ref, receipt)
            entry = await self.entries.by_ref([ref])  # it may have been recorded in between
            if entry is None or entry.delivery == "queued":
                return entry is not None
            kept = await self.notes.take_receipt(ref)
            if kept is None:
                return True
            receipt = kept  # a better one may have been there
        await self._apply(entry, receipt)
        return True

    async def report_until(self, inbox: str, address: str, at: int, receipt: EarlyReceipt) -> None:
        """Everything that was sent to an address until a time (ms) has come to this state."""
        conversations = await self.conversations.of_address(inbox, address)
        for entry in await self.entries.sent_until(conversations, at):
            await self._apply(entry, receipt)

    async def catch_up(self, conversation: ConversationId, seq: int) -> None:
        """Apply what had been said of a message before it was recorded as sent."""
        for entry in await self.entries.after(conversation, seq - 1, limit=1):
            for ref in entry.refs:
                receipt = await self.notes.take_receipt(ref)
                if receipt is not None:
                    await self._apply(entry, receipt)

    async def _apply(self, entry: Entry, receipt: EarlyReceipt) -> None:
        if entry.author.kind == "contact":
            return
        state = receipt.state
        changed = await self.entries.set_delivery(
            entry.conversation, entry.seq, state, reason=receipt.reason, code=receipt.code
        )
        if not changed:
            return
        self.bus.tell(Delivered(entry.conversation, entry.seq, state, receipt.reason, receipt.code))
        if state == "read":
            await self.reading.contact(entry.conversation, entry.seq)
