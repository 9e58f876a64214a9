"""Step 5: customer-visible entries go out through their channel, in timeline order.

For a channel with `Feature.MAILBOX` (the web chat) stored means sent: its client fetches the timeline by number, and
sending is a nudge to the sockets that are open. For others, the entry itself is the outbox job (`delivery: queued`):
a crash leaves it queued, and `resume` finds it. A message that waits for another try holds up those behind it in its
conversation, and nobody else's.

Sending cannot be exactly once: a provider may have taken what it never confirmed. Where its receivers recognise a
second copy (`Capabilities.resend`) the message goes out again under the same key; elsewhere it becomes `uncertain`, and
an agent decides (`retry` or `settle`).
"""

import asyncio
import random
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TypeVar

import structlog

from channels.contract import Button, Channel, DeliveryError, Feature, File, Inlet, Outbound, Part, Signal
from channels.degrade import degrade
from hub.bus import Bus
from hub.clock import Clock
from hub.errors import Conflict, NotFound, Unavailable
from hub.failpoint import failpoint
from hub.lanes import Appended, Lanes
from hub.model.conversation import Conversation
from hub.model.entry import DeliveryState, Entry
from hub.model.entry import Part as StoredPart
from hub.model.ids import ConversationId, new_id
from hub.receipts import Delivered, Receipts
from hub.staff import Staff
from hub.store.entries import Entries
from hub.workers import Pool

T = TypeVar("T")
log = structlog.get_logger(__name__)

FIRST_PAUSE = 1.0
LONGEST_PAUSE = 900.0
LOOK_SECONDS = 1.0
LOOK_AGAIN_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class _Job:
    """A message that goes out; `since` is when it was first to (ms), from which giving up counts."""

    state: Conversation
    entry: Entry
    since: int


@dataclass(slots=True)
class Delivery:
    """Hands entries to channels; one at a time per conversation, so that order is kept."""

    channels: Mapping[str, Channel]
    lanes: Lanes
    entries: Entries
    receipts: Receipts
    staff: Staff
    bus: Bus
    clock: Clock
    inlet: Callable[[], Inlet]
    pool: Pool = field(default_factory=lambda: Pool("delivery"))
    _queues: dict[ConversationId, deque[_Job]] = field(default_factory=dict)
    _resumed: asyncio.Event = field(default_factory=asyncio.Event)

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
            self._enqueue(_Job(state, entry, entry.at))

    async def resume(self) -> None:
        """After a crash: deliver what is still queued. Until all of it is found nothing goes out that came later."""
        try:
            await self._find_queued()
        finally:
            for waiting in self._queues.values():
                in_order = sorted(waiting, key=lambda job: job.entry.seq)
                waiting.clear()
                waiting.extend(in_order)
            self._resumed.set()

    async def run(self) -> None:
        """Look now and then for what is queued in the store and nobody here is about to send."""
        await self._resumed.wait()
        while True:
            await asyncio.sleep(LOOK_AGAIN_SECONDS)
            await self._find_queued()

    async def _find_queued(self) -> None:
        after = (0, "")
        while page := await _surely(partial(self.entries.undelivered, after=after)):
            for entry in page:
                if any(job.entry.seq == entry.seq for job in self._queues.get(entry.conversation, ())):
                    continue
                with suppress(NotFound):  # a message without its conversation holds up nobody
                    state = await _surely(partial(self.lanes.state, entry.conversation))
                    self._enqueue(_Job(state, entry, entry.at))
            after = (page[-1].at, page[-1].dedupe)

    async def retry(self, conversation: ConversationId, seq: int) -> None:
        """Try a message again that failed or of which nobody knows.

        Raises:
            Conflict: it is neither (`too_late`).
        """
        state = await self.lanes.state(conversation)
        entry = await self.entries.retry_delivery(conversation, seq)
        if entry is None:
            raise Conflict("This message is on its way or has arrived.")
        self.bus.tell(Delivered(conversation, seq, "queued"))
        self._enqueue(_Job(state, entry, self.clock.now()))

    async def settle(self, conversation: ConversationId, seq: int) -> None:
        """Somebody knows that an uncertain message has arrived.

        Raises:
            Conflict: it is not uncertain (`too_late`).
        """
        if not await self.entries.settle_delivery(conversation, seq):
            raise Conflict("This message is not in doubt.")
        self.bus.tell(Delivered(conversation, seq, "sent"))

    def signal(self, state: Conversation, signal: Signal) -> None:
        """Show the customer something short-lived."""
        adapter = self.channels.get(state.header.channel)
        if adapter is not None:
            self.pool.start(adapter.signal(state.header.address, state.header.inbox, signal), "signal")

    def _enqueue(self, job: _Job) -> None:
        """Put it last. It may stand there twice: what is not queued in the store any more is not sent."""
        conversation = job.state.id
        waiting = self._queues.get(conversation)
        if waiting is None:
            self._queues[conversation] = deque([job])
            self.pool.start(self._drain(conversation), conversation)
        else:
            waiting.append(job)

    async def _drain(self, conversation: ConversationId) -> None:
        waiting = self._queues[conversation]
        try:
            if not self.mailbox(waiting[0].state.header.channel):
                await self._resumed.wait()
            while waiting:
                try:
                    await self._deliver(waiting[0])
                except Exception:  # logged; still queued in the store, where the next look finds it
                    log.exception("not_delivered", conversation=conversation)
                waiting.popleft()
        finally:
            del self._queues[conversation]

    async def _deliver(self, job: _Job) -> None:
        adapter = self.channels.get(job.state.header.channel)
        if adapter is None:
            await self._record(job.entry, "failed", code="misconfigured")
            return
        message = outbound(job.state, job.entry, self.staff)
        if Feature.MAILBOX in adapter.capabilities.features:
            await adapter.send(message, self.inlet())
            return
        pieces = degrade(message, adapter.capabilities)
        if job.entry.delivery_due is not None:
            await self._wait(job.entry.delivery_due)  # a provider that asked for time gets it across a start, too
        while (due := await self._attempt(adapter, job, pieces)) is not None:
            await self._wait(due)

    async def _attempt(self, adapter: Channel, job: _Job, pieces: tuple[Outbound, ...]) -> int | None:
        """Send what is not with the provider yet; when (ms) it is tried again, None when it is not."""
        entry, can = job.entry, adapter.capabilities
        attempt = new_id()
        sending = await _surely(lambda: self.entries.begin_sending(entry.conversation, entry.seq, attempt))
        if sending is None:
            return None
        try:
            if sending.interrupted and sending.pieces < len(pieces) and not can.resend:
                raise DeliveryError("The hub stopped while it was sending.", retryable=False, uncertain=True)
            await self._within_window(adapter, job)
            for number in range(sending.pieces, len(pieces)):
                await self._send(adapter, replace(pieces[number], attempt=sending.tries), entry, number)
        except DeliveryError as error:
            return await self._refused(adapter, job, error, sending.tries)
        await self._record(entry, "sent")
        await self.receipts.catch_up(entry.conversation, entry.seq)
        return None

    async def _send(self, adapter: Channel, piece: Outbound, entry: Entry, number: int) -> None:
        ref = None
        if piece.parts:
            try:
                sent = await adapter.send(piece, self.inlet())
            except (DeliveryError, asyncio.CancelledError):
                raise
            except Exception as error:
                log.exception("send_failed", channel=adapter.name, conversation=entry.conversation)
                raise DeliveryError("The channel's adapter failed.", retryable=False, uncertain=True) from error
            ref = f"{piece.inbox}:{sent.external_id}" if sent.external_id else None
        failpoint("after_send")
        await _surely(lambda: self.entries.piece_sent(entry.conversation, entry.seq, number + 1, ref))

    async def _within_window(self, adapter: Channel, job: _Job) -> None:
        window = adapter.capabilities.window_seconds
        if window is None or any(part.type == "template" for part in job.entry.parts):
            return
        state = await self.lanes.state(job.state.id)
        if self.clock.now() > state.contact_at + window * 1000:
            raise DeliveryError(
                "The time to answer freely is over; only a template may be sent.",
                retryable=False,
                code="window_closed",
            )

    async def _refused(self, adapter: Channel, job: _Job, error: DeliveryError, tries: int) -> int | None:
        can, entry = adapter.capabilities, job.entry
        again = error.retryable or (error.uncertain and can.resend)
        log.info("not_sent", channel=adapter.name, conversation=entry.conversation, code=error.code, again=again)
        if error.uncertain and not can.resend:
            await self._record(entry, "uncertain", reason=error.reason, code="uncertain")
        elif not again:
            await self._record(entry, "failed", reason=error.reason, code=error.code)
        elif self.clock.now() - job.since >= can.give_up_seconds * 1000:
            await self._record(entry, "failed", reason=error.reason, code="gave_up")
        else:
            pause = error.retry_after if error.retry_after is not None else _pause(tries)
            due = self.clock.now() + round(pause * 1000)
            await _surely(
                lambda: self.entries.put_off(entry.conversation, entry.seq, due, reason=error.reason, code=error.code)
            )
            self.bus.tell(Delivered(entry.conversation, entry.seq, "queued", error.reason, error.code, due))
            return due
        return None

    async def _wait(self, until: int) -> None:
        while True:
            left = until - self.clock.now()
            if left <= 0:
                return
            await asyncio.sleep(min(left / 1000, LOOK_SECONDS))  # in steps, because clocks are set

    async def _record(
        self, entry: Entry, state: DeliveryState, *, reason: str | None = None, code: str | None = None
    ) -> None:
        await _surely(lambda: self.entries.set_delivery(entry.conversation, entry.seq, state, reason=reason, code=code))
        await _surely(lambda: self.entries.end_sending(entry.conversation, entry.seq))
        self.bus.tell(Delivered(entry.conversation, entry.seq, state, reason, code))


async def _surely(write: Callable[[], Awaitable[T]]) -> T:
    """Write, however long the store is away: what the provider has answered must not be asked again."""
    tries = 0
    while True:
        try:
            return await write()
        except Unavailable:
            await asyncio.sleep(min(5.0, _pause(tries)))
            tries += 1


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
        locale=state.locale,
        number=state.header.number,
        thread=state.header.thread,
        reply=state.reply,
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
