"""How far each side has read: high-water marks, kept in memory, written down a moment later.

They only ever rise, so that writing one late, twice or never after a crash does no harm beyond showing "unread" again.
"""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass, field

import structlog

from hub.bus import Bus
from hub.errors import Unavailable
from hub.model.ids import ConversationId
from hub.store.conversations import Conversations

log = structlog.get_logger(__name__)

_REMEMBERED = 50_000
WRITE_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class ReadMoved:
    """A side has read up to `seq`. `who` is "agent" or "contact"."""

    conversation: ConversationId
    who: str
    seq: int


@dataclass(slots=True)
class Reading:
    """Read marks of all conversations."""

    conversations: Conversations
    bus: Bus
    _marks: OrderedDict[ConversationId, tuple[int, int]] = field(default_factory=OrderedDict)
    _dirty: dict[tuple[ConversationId, str], int] = field(default_factory=dict)

    async def marks(self, conversation: ConversationId) -> tuple[int, int]:
        """(read by an agent, read by the customer)."""
        known = self._marks.get(conversation)
        if known is None:
            row = await self.conversations.get(conversation)
            known = (row.marks.agent_read, row.marks.contact_read) if row else (0, 0)
            known = self._keep(conversation, known)
        return known

    def known(self, conversation: ConversationId) -> tuple[int, int]:
        """The marks as far as they are in memory."""
        return self._marks.get(conversation, (0, 0))

    def agent(self, conversation: ConversationId, seq: int) -> None:
        """An agent has read up to `seq`."""
        self._raise(conversation, "agent", seq)

    def contact(self, conversation: ConversationId, seq: int) -> None:
        """The customer has read up to `seq`."""
        self._raise(conversation, "contact", seq)

    async def run(self) -> None:
        """Write marks down, for ever."""
        while True:
            await asyncio.sleep(WRITE_SECONDS)
            await self.flush()

    async def flush(self) -> None:
        """Write marks down now."""
        if not self._dirty:
            return
        dirty, self._dirty = self._dirty, {}
        try:
            await self.conversations.mark_read([(one, f"{who}_read", seq) for (one, who), seq in dirty.items()])
        except Unavailable:
            log.warning("read_marks_late", marks=len(dirty))
            self._dirty = {**dirty, **self._dirty}

    def _raise(self, conversation: ConversationId, who: str, seq: int) -> None:
        agent, contact = self.known(conversation)
        if seq <= (agent if who == "agent" else contact):
            return
        self._keep(conversation, (seq, contact) if who == "agent" else (agent, seq))
        self._dirty[conversation, who] = seq
        self.bus.tell(ReadMoved(conversation, who, seq))

    def _keep(self, conversation: ConversationId, marks: tuple[int, int]) -> tuple[int, int]:
        agent, contact = self.known(conversation)
        kept = (max(agent, marks[0]), max(contact, marks[1]))
        self._marks[conversation] = kept
        if len(self._marks) > _REMEMBERED:
            self._marks.popitem(last=False)
        return kept
