"""Step 5: customer-visible entries go out through their channel, in timeline order.

For a channel with `Feature.MAILBOX` (the web chat) stored means sent: its client fetches the timeline by number, and
sending is a nudge to the sockets that are open. For others, the entry itself is the outbox job (`delivery: queued`):
a crash leaves it queued, and `resume` finds it.
"""

import asyncio
import random
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import structlog

from channels.contract import Button, Channel, DeliveryError, Feature, File, Inlet, Outbound, Part, Signal
from hub.bus import Bus
from hub.lanes import Appended, Lanes
from hub.model.conversation import Conversation
from hub.model.entry import DeliveryState, Entry
from hub.model.entry import Part as StoredPart
from hub.model.ids import ConversationId
from hub.staff import Staff
from hub.store.entries import Entries
from hub.workers import Pool

log = structlog.get_logger(__name__)

FIRST_PAUSE = 1.0
LONGEST_PAUSE = 900.0
GIVE_UP_AFTER = 24


@dataclass(frozen=True, slots=True)
class Delivered:
    """The delivery state of one of our messages changed."""

    conversation: ConversationId
    seq: int
    state: str
    reason: str | None = None


@dataclass(slots=True)
class Delivery:
    """Hands entries to channels; one at a time per conversation, so that order is kept."""

    channels: Mapping[str, Channel]
    lanes: Lanes
    entries: Entries
    staff: Staff
    bus: Bus
    inlet: Callable[[], Inlet]
    pool: Pool = field(default_factory=lambda: Pool("delivery"))
    _queues: dict[ConversationId, deque[tuple[Conversation, Entry]]] = field(default_factory=dict)

    def mailbox(self, channel: str) -> bool:
        """Whether stored means sent on this channel."""
        adapter = self.channels.get(channel)
        return adapter is not None and Feature.MAILBOX in adapter.capabilities.features

    def on_appended(self, event: Appended) -> None:
        """Deliver what the customer may see; on a mailbox channel also their own words, for their other tabs."""
        entry, state = event.entry, event.after
        if not entry.for_customer:
            return
        if self.mailbox(state.header.channel) or entry.author.kind != "contact":
            self._enqueue(state, entry)

    async def resume(self) -> None:
        """After a crash: deliver what is still queued."""
        for entry in await self.entries.undelivered():
            state = await self.lanes.state(entry.conversation)
            self._enqueue(state, entry)

    def signal(self, state: Conversation, signal: Signal) -> None:
        """Show the customer something short-lived."""
        adapter = self.channels.get(state.header.channel)
        if adapter is not None:
            self.pool.start(adapter.signal(state.header.address, state.header.inbox, signal), "signal")

    def _enqueue(self, state: Conversation, entry: Entry) -> None:
        waiting = self._queues.get(state.id)
        if waiting is not None:
            waiting.append((state, entry))
            return
        self._queues[state.id] = deque([(state, entry)])
        self.pool.start(self._drain(state.id), state.id)

    async def _drain(self, conversation: ConversationId) -> None:
        waiting = self._queues[conversation]
        try:
            while waiting:
                state, entry = waiting[0]
                await self._deliver(state, entry)
                waiting.popleft()
        finally:
            del self._queues[conversation]

    async def _deliver(self, state: Conversation, entry: Entry) -> None:
        adapter = self.channels.get(state.header.channel)
        if adapter is None:
            await self._record(entry, "failed", "no such channel")
            return
        message = outbound(state, entry, self.staff)
        if Feature.MAILBOX in adapter.capabilities.features:
            await adapter.send(message, self.inlet())
            return
        await self._send(adapter, message, entry)

    async def _send(self, adapter: Channel, message: Outbound, entry: Entry) -> None:
        for attempt in range(GIVE_UP_AFTER):
            try:
                await adapter.send(message, self.inlet())
            except DeliveryError as error:
                if not error.retryable:
                    await self._record(entry, "failed", error.reason)
                    return
                await asyncio.sleep(error.retry_after or _pause(attempt))
            else:
                await self._record(entry, "sent", None)
                return
        await self._record(entry, "failed", "gave up")

    async def _record(self, entry: Entry, state: DeliveryState, reason: str | None) -> None:
        await self.entries.set_delivery(entry.conversation, entry.seq, state, reason)
        self.bus.tell(Delivered(entry.conversation, entry.seq, state, reason))


def _pause(attempt: int) -> float:
    return random.uniform(0, min(LONGEST_PAUSE, FIRST_PAUSE * 2.0**attempt))  # noqa: S311 - jitter, not a secret


def outbound(state: Conversation, entry: Entry, staff: Staff) -> Outbound:
    """An entry as its channel gets it."""
    name = entry.author.name or (staff.name(entry.author.id) if entry.author.kind == "agent" else None)
    return Outbound(
        inbox=state.header.inbox,
        conversation=state.id,
        to=state.header.address,
        key=entry.dedupe,
        seq=entry.seq,
        at=entry.at,
        author=entry.author.kind,
        author_name=name,
        parts=tuple(_part(part) for part in entry.parts),
        client_id=entry.client_id,
    )


def _part(part: StoredPart) -> Part:
    file = part.file
    return Part(
        type=part.type,
        text=part.text,
        buttons=tuple(Button(title=button.title, payload=button.payload) for button in part.buttons),
        payload=part.payload,
        file=None
        if file is None
        else File(
            id=file.id,
            name=file.name,
            content_type=file.content_type,
            size=file.size,
            width=file.width,
            height=file.height,
        ),
        form=part.form,
        values=part.values,
    )
