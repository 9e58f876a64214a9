"""What the hub offers to channels: the `Inlet` of `channels.contract`, over intake, lanes, routing and files."""

from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, contextmanager
from dataclasses import dataclass
from typing import Protocol

import structlog

from channels.calls import Switchboard
from channels.contract import (
    ChannelError,
    Configured,
    Desk,
    File,
    Inbound,
    Receipt,
    ReportedState,
    Signal,
    State,
    Timeline,
)
from hub.acts import Acts
from hub.bus import Bus
from hub.channel_config import ChannelConfig
from hub.clock import Clock
from hub.delivery import outbound
from hub.errors import HubError
from hub.fetching import Fetch
from hub.intake import Found, Intake, refusal
from hub.lanes import Lanes
from hub.leases import Leases
from hub.model.config import Inbox
from hub.model.conversation import Conversation
from hub.model.entry import Author, Draft, Entry, Event, EventType
from hub.model.ids import ConversationId, new_id
from hub.parts import clean
from hub.reading import Reading
from hub.receipts import Receipts
from hub.routing.places import Places
from hub.staff import Staff
from hub.store.aside import Aside
from hub.store.config import Config
from hub.store.contacts import Contacts
from hub.store.conversations import Conversations
from hub.store.entries import Entries
from hub.store.jobs import Jobs
from hub.store.notes import EarlyReceipt, Notes
from hub.store.tickets import Tickets
from hub.transcribing import Dictation

log = structlog.get_logger(__name__)

PAGE = 50
RESUME = 500


class CustomerFiles(Protocol):
    """Where customers' files are kept; every read is checked against the customer's own conversations."""

    async def store(self, inbox: str, address: str, name: str, chunks: AsyncIterator[bytes]) -> File:
        """Store a file, streamed, capped and sniffed. Raises `ChannelError`."""

    async def open(self, inbox: str, address: str, file: str) -> tuple[File, AsyncIterator[bytes]]:
        """Read a file. Raises `ChannelError("not_found")`."""

    async def keep(self, inbox: str, address: str, name: str, chunks: AsyncIterator[bytes], key: str) -> File:
        """Store what a provider has taken already; the same key is stored once. Raises `ChannelError`."""

    async def erase(self, conversation: str) -> None:
        """Delete the files of a conversation."""


@dataclass(frozen=True, slots=True)
class ContactTyping:
    """A customer is typing, or stopped."""

    conversation: ConversationId
    on: bool


@dataclass(slots=True)
class HubInlet:
    """The hub as channels see it."""

    intake: Intake
    acts: Acts
    lanes: Lanes
    config: Config
    contacts: Contacts
    conversations: Conversations
    entries: Entries
    tickets: Tickets
    staff: Staff
    places: Places
    reading: Reading
    files: CustomerFiles
    receipts: Receipts
    notes: Notes
    jobs: Sequence[Jobs[Fetch] | Jobs[Dictation]]
    aside: Aside
    leases: Leases
    channel_config: ChannelConfig
    base_url: str
    calls: Callable[[], Switchboard]
    bus: Bus
    clock: Clock

    async def receive(self, message: Inbound) -> Receipt:
        """Store a message. Returning means durable."""
        if message.conversation is not None:
            await self._own(message.inbox, message.sender.address, message.conversation)
        return await self.intake.receive(message)

    async def timeline(
        self, inbox: str, address: str, conversation: str | None, *, after: int = 0, before: int | None = None
    ) -> Timeline | None:
        """Entries after (or the page before) a number, of the address's own conversation."""
        with _refusing():
            found = await self._find(inbox, address, conversation)
            if found is None:
                return None
            if after and before is None:
                entries = await self.entries.after(found, after, limit=RESUME + 1)
                if len(entries) <= RESUME:
                    return await self._page(found, entries, more=False)
            page, more = await self.entries.before(found, before, limit=PAGE, messages_only=True)
            return await self._page(found, page, more=more)

    async def signal(self, inbox: str, address: str, signal: Signal) -> None:
        """Pass on typing and read marks of a customer."""
        with _refusing():
            state = await self._own(inbox, address, signal.conversation)
            if signal.type == "typing":
                self.bus.tell(ContactTyping(state.id, signal.on))
            elif signal.type == "read":
                await self.reading.contact(state.id, min(signal.seq, state.last_seq))

    async def rate(self, inbox: str, address: str, conversation: str, score: int, comment: str | None) -> None:
        """Rate a conversation 1-5."""
        with _refusing():
            state = await self._own(inbox, address, conversation)
            if not 1 <= score <= 5:
                raise ChannelError("bad_score", "A rating is a number from 1 to 5.")
            words = clean(comment or "")[:1_000] or None
            await self.acts.rate(state.id, _author(state), score, words)

    async def end(self, inbox: str, address: str, conversation: str) -> None:
        """The customer ends the conversation."""
        with _refusing():
            state = await self._own(inbox, address, conversation)
            if state.open and state.ended_at is None:
                await self.acts.customer_ends(state, _author(state))

    async def set_locale(self, inbox: str, address: str, locale: str) -> None:
        """The customer chose a language."""
        if locale not in {"fa", "en"}:
            raise ChannelError("bad_frame", "There is no such language.")
        with _refusing():
            found = await self.intake.current(inbox, address)
            if found is not None:
                state = await self.lanes.state(found.conversation)
                await self.contacts.set_locale(found.contact, locale)
                if state.open and state.locale != locale:
                    await self.acts.speak(state, _author(state), locale)

    async def forget(self, inbox: str, address: str) -> None:
        """Erase what the customer wrote, and end what is open."""
        with _refusing():
            found = await self.intake.current(inbox, address)
            if found is not None:
                await self._erase_all(found)
                self.intake.forget(inbox, address)

    async def desk(self, inbox: str) -> Desk:
        """Who is there to answer."""
        known = self._inbox(inbox)
        return Desk(
            hours_open=known.calendar.is_open(self.clock.now()),
            agents_online=self.places.staffed(known.queue),
            bot=self.intake.bot_refuses(known) is None,
            wait_minutes=self.places.wait_minutes(known.queue, 1),
        )

    async def inbox_settings(self, inbox: str) -> Mapping[str, object] | None:
        """The channel's own settings of an inbox, with its name and locale."""
        return self.channel_config.settings(inbox)

    async def store_file(
        self, inbox: str, address: str, name: str, chunks: AsyncIterator[bytes], *, key: str | None = None
    ) -> File:
        """Store a file that a customer sends."""
        self._inbox(inbox)
        if key is not None:
            return await self.files.keep(inbox, address, name, chunks, key)
        return await self.files.store(inbox, address, name, chunks)

    async def open_file(self, inbox: str, address: str, file: str) -> tuple[File, AsyncIterator[bytes]]:
        """Read a file of the address's own conversations."""
        return await self.files.open(inbox, address, file)

    @property
    def public_url(self) -> str:
        """How the world reaches the hub."""
        return self.base_url

    def inboxes(self, channel: str) -> Sequence[Configured]:
        """All inboxes of a channel."""
        return self.channel_config.inboxes(channel)

    async def changed(self) -> None:
        """Return at the next change of any inbox."""
        await self.channel_config.changed()

    async def known(self, message: Inbound) -> Receipt | None:
        """What was stored under this message's external id."""
        return await self.intake.known(message)

    async def report(
        self, inbox: str, external_id: str, state: ReportedState, *, reason: str | None = None, code: str | None = None
    ) -> bool:
        """What the provider says later of a message that we sent."""
        with _refusing():
            return await self.receipts.report(inbox, external_id, EarlyReceipt(state=state, reason=reason, code=code))

    async def report_until(self, inbox: str, address: str, at: int, state: ReportedState) -> None:
        """Everything that was sent to an address until a time (ms) has come to this state."""
        with _refusing():
            await self.receipts.report_until(inbox, address, at, EarlyReceipt(state=state))

    async def recall(self, inbox: str, name: str) -> Mapping[str, object] | None:
        """What the adapter had noted under a name."""
        with _refusing():
            return await self.notes.read(inbox, name)

    async def note(self, inbox: str, name: str, value: Mapping[str, object], *, days: int | None = None) -> None:
        """Keep something for an inbox."""
        with _refusing():
            await self.notes.write(inbox, name, value, days=days)

    @property
    def switchboard(self) -> Switchboard:
        """What channels of live calls need besides."""
        return self.calls()

    async def set_aside(self, inbox: str, external_id: str, reason: str, raw: bytes, summary: str) -> None:
        """Keep what cannot become a message."""
        with _refusing():
            await self.aside.put(inbox, external_id, reason, raw, clean(summary)[:300], self.clock.now())

    def alone(self, name: str) -> AbstractAsyncContextManager[None]:
        """Hold a lease that one process of all has."""
        return self.leases.alone(name)

    async def state_of(self, state: Conversation) -> State:
        """What a customer may know of a conversation now."""
        marks = await self.reading.marks(state.id)
        place, wait = self.places.place(state.id) or (None, None)
        queue = self.config.queue_for(state.queue, state.header.inbox)
        return State(
            conversation=state.id,
            status=state.status if state.ended_at is None else "resolved",
            owner=state.owner.kind,
            locale=state.locale,
            agent_name=self.staff.name(state.owner.agent) if state.owner.kind == "agent" else None,
            place=place,
            wait_minutes=wait,
            agent_read=marks.agent_read,
            contact_read=marks.contact_read,
            rating=state.rating,
            staffed=queue is not None and self.places.staffed(queue.id),
        )

    async def _page(self, conversation: ConversationId, entries: list[Entry], *, more: bool) -> Timeline:
        state = await self.lanes.state(conversation)
        shown = tuple(outbound(state, entry, self.staff) for entry in entries if entry.for_customer)
        return Timeline(state=await self.state_of(state), entries=shown, more=more)

    async def _find(self, inbox: str, address: str, conversation: str | None) -> ConversationId | None:
        if conversation is not None:
            return (await self._own(inbox, address, conversation)).id
        found = await self.intake.current(inbox, address)
        return found.conversation if found else None

    async def _own(self, inbox: str, address: str, conversation: str) -> Conversation:
        with _refusing():
            state = await self.lanes.state(ConversationId(conversation))
        if (state.header.inbox, state.header.address) != (inbox, address):
            raise ChannelError("not_found", "There is no such conversation.", status=404)
        return state

    async def _erase_all(self, found: Found) -> None:
        conversations = [row.state.id for row in await self.conversations.of_contact(found.contact, limit=1_000)]
        for one in conversations:
            await self._end_and_erase(await self.lanes.state(one), Author(kind="contact", id=found.contact))
        await self.entries.erase_words(conversations)
        await self.conversations.erase(conversations)
        await self.tickets.erase(conversations)
        for one in conversations:
            for jobs in self.jobs:
                await jobs.forget(one)
            await self.files.erase(one)
            self.lanes.forget(one)
        await self.contacts.erase(found.contact)

    async def _end_and_erase(self, state: Conversation, author: Author) -> None:
        if state.open:
            await self.acts.resolve(state, author, disposition=None, reason="erased")
        event = Event(type=EventType.ERASED)
        await self.lanes.append(
            Draft(conversation=state.id, author=author, dedupe=f"erased:{state.id}:{new_id()}", event=event)
        )

    def _inbox(self, inbox: str) -> Inbox:
        known = self.config.inbox(inbox)
        if known is None:
            raise ChannelError("not_found", "There is no such inbox.", status=404)
        return known


@contextmanager
def _refusing() -> Iterator[None]:
    """Errors of the hub as a channel passes them on."""
    try:
        yield
    except HubError as error:
        raise refusal(error) from error


def _author(state: Conversation) -> Author:
    return Author(kind="contact", id=state.header.contact, name=state.contact_name or None)
