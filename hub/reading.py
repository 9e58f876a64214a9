"""How far each side has read: high-water marks, kept in memory, written down a moment later.

They only ever rise, so that writing one late, twice or never after a crash does no harm beyond showing "unread" again.
"""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass, field, replace

import structlog

from hub.bus import Bus
from hub.errors import Unavailable
from hub.model.ids import ConversationId
from hub.store.conversations import Conversations, Marks

log = structlog.get_logger(__name__)

_REMEMBERED = 50_000
_NONE = Marks()
WRITE_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class ReadMoved:
    """A side has read up to `seq`. `who` is "agent" or "contact"."""

    conversation: ConversationId
    who: str
    seq: int


@dataclass(slots=True)
class Reading:
    """Read marks (and labels) of all conversations."""

    conversations: Conversations
    bus: Bus
    _marks: OrderedDict[ConversationId, Marks] = field(default_factory=OrderedDict)
    _dirty: dict[tuple[ConversationId, str], int] = field(default_factory=dict)
    _writing: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def marks(self, conversation: ConversationId) -> Marks:
        """What lies beside a conversation's timeline."""
        known = self._marks.get(conversation)
        if known is None:
            row = await self.conversations.get(conversation)
            known = self._marks.get(conversation)  # somebody may have been faster, and have read further
            if known is None:
                known = self._keep(conversation, row.marks if row else Marks())
        return known

    def known(self, conversation: ConversationId) -> Marks:
        """The marks as far as they are in memory."""
        return self._marks.get(conversation, _NONE)

    async def agent(self, conversation: ConversationId, seq: int) -> None:
        """An agent has read up to `seq`."""
        marks = await self.marks(conversation)
        if seq > marks.agent_read:
            self._moved(conversation, replace(marks, agent_read=seq), "agent", seq)

    async def contact(self, conversation: ConversationId, seq: int) -> None:
        """The customer has read up to `seq`."""
        marks = await self.marks(conversation)
        if seq > marks.contact_read:
            self._moved(conversation, replace(marks, contact_read=seq), "contact", seq)

    async def label(self, conversation: ConversationId, labels: tuple[str, ...]) -> None:
        """Replace a conversation's labels."""
        await self.conversations.set_labels(conversation, labels)
        self._keep(conversation, replace(await self.marks(conversation), labels=labels))

    async def run(self) -> None:
        """Write marks down, for ever."""
        while True:
            await asyncio.sleep(WRITE_SECONDS)
            await self.flush()

    async def flush(self) -> None:
        """Write marks down now; who asks while they are being written waits for that, too."""
        async with self._writing:
            dirty, self._dirty = self._dirty, {}
            try:
                await self.conversations.mark_read([(one, f"{who}_read", seq) for (one, who), seq in dirty.items()])
            except Unavailable:
                log.warning("read_marks_late", marks=len(dirty))
                self._dirty = {**dirty, **self._dirty}

    def _moved(self, conversation: ConversationId, marks: Marks, who: str, seq: int) -> None:
        self._keep(conversation, marks)
        self._dirty[conversation, who] = seq
        self.bus.tell(ReadMoved(conversation, who, seq))

    def _keep(self, conversation: ConversationId, marks: Marks) -> Marks:
        self._marks[conversation] = marks
        self._marks.move_to_end(conversation)
        if len(self._marks) > _REMEMBERED:
            self._marks.popitem(last=False)
        return marks
