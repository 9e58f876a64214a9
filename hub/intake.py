"""Step 1: an inbound message becomes a stored entry of the right conversation. Returning means durable."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import structlog

from channels.contract import ChannelError, Inbound, Receipt
from hub.acts import Acts
from hub.clock import Clock
from hub.errors import Conflict, HubError, Unavailable
from hub.fetching import Fetching
from hub.lanes import Lanes
from hub.model.config import Inbox
from hub.model.conversation import Conversation, Header
from hub.model.entry import Author, Draft, Entry, Event, EventType, File, Part
from hub.model.ids import ContactId, ConversationId, new_id
from hub.parts import checked_parts, clean
from hub.placing import Placing
from hub.store.config import Config
from hub.store.contacts import Contacts
from hub.store.conversations import Conversations
from hub.store.entries import Entries
from hub.store.files import Files

log = structlog.get_logger(__name__)

TRIES = 3
CONTEXT = frozenset({"page"})
"""What a channel may tell of where the customer is; shown to agents as claimed."""
_REMEMBERED = 50_000
_ERASED = (Part(type="text", text=""),)
"""What is left of a message whose words were erased."""


@dataclass(frozen=True, slots=True)
class Found:
    """Whose conversation a message belongs to."""

    conversation: ConversationId
    contact: ContactId
    name: str
    why: str | None = None
    """How a message was found to belong here, where that was not plain."""


@dataclass(slots=True)
class _Turn:
    """Copies of one message take turns; `waiting` counts them, the one whose turn it is among them."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    waiting: int = 0


@dataclass(slots=True)
class Intake:
    """Stores what customers send.

    `bot_refuses(inbox)` says why a new conversation cannot begin with the bot: a reason code, or None when it can.
    """

    lanes: Lanes
    acts: Acts
    config: Config
    contacts: Contacts
    conversations: Conversations
    entries: Entries
    files: Files
    clock: Clock
    bot_refuses: Callable[[Inbox], str | None]
    placing: Placing
    fetching: Fetching
    _current: OrderedDict[tuple[str, str, str], Found] = field(default_factory=OrderedDict)
    _arriving: dict[str, "_Turn"] = field(default_factory=dict)

    async def receive(self, message: Inbound) -> Receipt:
        """Store one message.

        Raises:
            ChannelError: the message cannot be accepted (`bad_text`, `reused_id`, `not_found`, `unavailable`,
            `too_fast`).
        """
        try:
            return await self._receive(message)
        except HubError as error:
            raise refusal(error) from error

    async def begin_call(self, message: Inbound) -> Receipt:
        """The conversation of a call, in self-service. Raises `ChannelError` (`not_found`, `unavailable`)."""
        try:
            return await self._begin_call(message)
        except HubError as error:
            raise refusal(error) from error

    async def known(self, message: Inbound) -> Receipt | None:
        """What was stored under this message's id before. Raises `ChannelError` (`unavailable`, `not_found`)."""
        try:
            return await self._known(_dedupe(self._inbox(message), message))
        except HubError as error:
            raise refusal(error) from error

    async def current(self, inbox: str, address: str, thread: str = "") -> Found | None:
        """The open conversation of an address (in a thread); its newest when none is open."""
        key = (inbox, address, thread)
        found = self._current.get(key)
        if found is None or not (await self.lanes.state(found.conversation)).open:
            row = await self.conversations.current(inbox, address, thread)
            if row is None:
                return None
            found = Found(row.state.id, row.state.header.contact, row.state.contact_name)
            self._keep(key, found)
        return found

    async def _receive(self, message: Inbound) -> Receipt:
        inbox = self._inbox(message)
        dedupe = _dedupe(inbox, message)
        parts = checked_parts(message, dedupe)
        if not message.sender.everywhere:
            return await self._place_and_store(inbox, message, parts, dedupe)
        # The same mail in two of our mailboxes: whoever comes second finds the first one's conversation.
        turn = self._arriving.setdefault(dedupe, _Turn())
        turn.waiting += 1
        try:
            async with turn.lock:
                known = await self._known_as(message, parts, dedupe)
                return known or await self._place_and_store(inbox, message, parts, dedupe)
        finally:
            turn.waiting -= 1
            if not turn.waiting:
                del self._arriving[dedupe]

    async def _place_and_store(self, inbox: Inbox, message: Inbound, parts: tuple[Part, ...], dedupe: str) -> Receipt:
        for _ in range(TRIES):
            found = await self._conversation(inbox, message, parts, dedupe)
            if isinstance(found, Receipt):
                return found
            if message.automatic is not None:
                return await self._note_automatic(message, found, parts, dedupe)
            attached = await self._attached(message, found, parts)
            state = await self.lanes.state(found.conversation)
            if state.last_seq == 0:
                await self._begin(inbox, state)
            try:
                return await self._store(message, found, attached, dedupe)
            except Conflict:
                log.info("closed_meanwhile", conversation=found.conversation)
        raise Unavailable("Please try again.")

    def _inbox(self, message: Inbound) -> Inbox:
        inbox = self.config.inbox(message.inbox)
        if inbox is None:
            raise ChannelError("not_found", "There is no such inbox.", status=404)
        return inbox

    async def _known(self, dedupe: str) -> Receipt | None:
        entry = await self.entries.by_dedupe(dedupe)
        return _receipt(entry, duplicate=True) if entry is not None else None

    async def _known_as(self, message: Inbound, parts: tuple[Part, ...], dedupe: str) -> Receipt | None:
        """The same, where it is this message indeed. Raises `ChannelError` (`reused_id`) where it is another."""
        entry = await self.entries.by_dedupe(dedupe)
        if entry is None:
            return None
        if message.automatic is None:
            _check_same(entry, parts)
        return _receipt(entry, duplicate=True)

    async def _note_automatic(self, message: Inbound, found: Found, parts: tuple[Part, ...], dedupe: str) -> Receipt:
        """What a machine answered is kept where it belongs, and wakes nobody."""
        words = " ".join(part.text for part in parts if part.text and part.type == "text")[:500]
        event = Event(type=EventType.AUTOMATIC, reason=message.automatic, note=words or None)
        author = Author(kind="contact", id=found.contact, name=found.name or None)
        outcome = await self.lanes.append(
            Draft(conversation=found.conversation, author=author, dedupe=dedupe, event=event)
        )
        return _receipt(outcome.entry, duplicate=outcome.duplicate)

    async def _begin_call(self, message: Inbound) -> Receipt:
        inbox = self._inbox(message)
        dedupe = _dedupe(inbox, message)
        if known := await self._known(dedupe):
            return known
        found = await self._create(inbox, message)
        state = await self.lanes.state(found.conversation)
        author = Author(kind="contact", id=found.contact, name=found.name or None)
        event = Event(type=EventType.CALL, reason="ringing", values=message.context)
        rings = self.lanes.append(Draft(conversation=state.id, author=author, dedupe=dedupe, event=event))
        if state.last_seq:
            outcome = await rings
        else:  # both in one write, in this order
            _, outcome = await asyncio.gather(self.acts.open(state, queue=None, reason=None), rings)
        return _receipt(outcome.entry, duplicate=outcome.duplicate)

    async def _store(self, message: Inbound, found: Found, parts: tuple[Part, ...], dedupe: str) -> Receipt:
        await self.fetching.reserve(message, parts, found.conversation)
        author = Author(kind="contact", id=found.contact, name=found.name or None)
        outcome = await self.lanes.append(
            Draft(
                conversation=found.conversation,
                author=author,
                dedupe=dedupe,
                parts=parts,
                client_id=message.client_id,
                external_id=message.external_id,
                sent_at=message.sent_at,
                refs=() if message.client_id else (f"{message.inbox}:{message.external_id}",),
                edits=await self._edited(message, found),
                matched=found.why,
                reply=message.reply,
                while_open=True,
            )
        )
        entry = outcome.entry
        if outcome.duplicate:
            _check_same(entry, parts)
        if any(part.type == "form_reply" for part in parts):
            await self._claim(found.contact, parts)
        await self.fetching.begin(parts)
        return _receipt(entry, duplicate=outcome.duplicate)

    async def _edited(self, message: Inbound, found: Found) -> int | None:
        """The number of the message that this one replaces: the customer's own, in the same conversation."""
        if message.edits is None:
            return None
        earlier = await self.entries.by_ref([f"{message.inbox}:{message.edits}"])
        if earlier is None or earlier.conversation != found.conversation or earlier.author.kind != "contact":
            return None
        return earlier.seq

    async def _attached(self, message: Inbound, found: Found, parts: tuple[Part, ...]) -> tuple[Part, ...]:
        ids = [part.file.id for part in parts if part.file is not None and part.file.state == "here"]
        if not ids:
            return parts
        uploader = f"{message.inbox}:{message.sender.address}"
        files = {file.id: file for file in await self.files.attach(ids, uploader, found.conversation)}
        return tuple(
            replace(part, file=files[part.file.id]) if part.file is not None and part.file.id in files else part
            for part in parts
        )

    async def _claim(self, contact: ContactId, parts: tuple[Part, ...]) -> None:
        values = next(part.values for part in parts if part.type == "form_reply")
        said = {key: value for key, value in values.items() if key in {"email", "phone"} and value}
        await self.contacts.claim(contact, name=values.get("name"), attributes=said)

    async def _conversation(
        self, inbox: Inbox, message: Inbound, parts: tuple[Part, ...], dedupe: str
    ) -> Found | Receipt:
        if message.clues or message.automatic is not None:
            placed = await self.placing.find(inbox, message)
            if placed.conversation is not None:
                return await self._known_as(message, parts, dedupe) or await self._reopened(
                    inbox, message, placed.conversation, placed.why
                )
            if message.automatic is not None:
                raise ChannelError("not_placed", "An automatic message begins no conversation.", status=404)
            known = await self._known_as(message, parts, dedupe)
            return known or await self._create(inbox, message, why=placed.why)
        found = await self.current(inbox.id, message.sender.address, message.thread)
        if found is not None:
            state = await self.lanes.state(found.conversation)
            if state.open and state.ended_by != "contact":
                return found
        if known := await self._known_as(message, parts, dedupe):
            return known
        if found is not None and state_ended(await self.lanes.state(found.conversation)):
            await self._close_ended(found)
        return await self._create(inbox, message)

    async def _close_ended(self, found: Found) -> None:
        state = await self.lanes.state(found.conversation)
        try:
            await self.acts.resolve(
                state, Author(kind="contact", id=found.contact), disposition=None, reason="began_anew"
            )
        except Conflict:
            log.info("ended_meanwhile", conversation=found.conversation)

    async def _reopened(self, inbox: Inbox, message: Inbound, state: Conversation, why: str | None) -> Found:
        """A conversation that the message answers; a resolved one goes back to the line."""
        found = Found(state.id, state.header.contact, state.contact_name, why)
        if state.open or message.automatic is not None:
            return found
        author = Author(kind="contact", id=state.header.contact)
        try:
            await self.acts.customer_reopens(state, author, state.queue or inbox.queue)
        except Conflict:
            log.info("reopened_meanwhile", conversation=state.id)
        return found

    async def _create(self, inbox: Inbox, message: Inbound, *, why: str | None = None) -> Found:
        now = self.clock.now()
        locale = message.locale if message.locale in {"fa", "en"} else inbox.locale
        contact, number = await asyncio.gather(
            self.contacts.find_or_create(
                channel=inbox.channel,
                inbox=inbox.id,
                address=message.sender.address,
                name=clean(message.sender.name or "")[:80],
                locale=locale,
                verified=message.sender.verified,
                now=now,
                everywhere=message.sender.everywhere,
            ),
            self.conversations.next_number(),
        )
        if seen := {key: clean(value)[:500] for key, value in message.context.items() if key in CONTEXT and value}:
            await self.contacts.claim(contact.id, name=None, attributes=seen)
        header = Header(
            id=ConversationId(new_id()),
            number=number,
            inbox=inbox.id,
            channel=inbox.channel,
            contact=contact.id,
            address=message.sender.address,
            created_at=now,
            thread=message.thread,
        )
        key = (inbox.id, message.sender.address, message.thread)
        self._current.pop(key, None)
        state = await self.conversations.create(header, locale=locale, name=contact.name)
        if state is None:
            other = await self.current(*key)
            if other is None:
                raise Unavailable("Please try again.")
            return other
        self.lanes.began(state)
        found = Found(state.id, contact.id, contact.name, why)
        self._keep(key, replace(found, why=None))
        return found

    async def _begin(self, inbox: Inbox, state: Conversation) -> None:
        reason = self.bot_refuses(inbox)
        try:
            await self.acts.open(state, queue=inbox.queue if reason else None, reason=reason)
        except Conflict:
            log.info("begun_meanwhile", conversation=state.id)

    def _keep(self, key: tuple[str, str, str], found: Found) -> None:
        self._current[key] = found
        if len(self._current) > _REMEMBERED:
            self._current.popitem(last=False)

    def forget(self, inbox: str, address: str) -> None:
        """Drop what is remembered of an address."""
        self._current.pop((inbox, address, ""), None)


def _dedupe(inbox: Inbox, message: Inbound) -> str:
    """What makes a message one and the same. The address cannot run over into the id, whatever letters it has."""
    scope = inbox.channel if message.sender.everywhere else inbox.id
    address = message.sender.address.replace("%", "%25").replace(":", "%3A")
    return f"{scope}:{address}:{message.external_id}"


def _receipt(entry: Entry, *, duplicate: bool) -> Receipt:
    return Receipt(conversation=entry.conversation, seq=entry.seq, at=entry.at, duplicate=duplicate)


def _check_same(known: Entry, parts: tuple[Part, ...]) -> None:
    """What was sent under an id once is what it stands for; files count by their id.

    Mails are exempt: what carries them may add lines of its own, and the second copy is still the same mail. So is what
    was erased, which must not come back by way of a list of conflicts.
    """
    if known.parts == _ERASED or any(part.type == "mail" for part in (*known.parts, *parts)):
        return
    if [_outline(part) for part in known.parts] != [_outline(part) for part in parts]:
        raise ChannelError("reused_id", "This message id was used for another message.", status=409)


def _outline(part: Part) -> Part:
    return part if part.file is None else replace(part, file=File(id=part.file.id, name="", content_type="", size=0))


def state_ended(state: Conversation) -> bool:
    """Whether the customer ended it while the agent still wraps up."""
    return state.open and state.ended_by == "contact"


def refusal(error: HubError) -> ChannelError:
    """A hub error as a channel passes it on."""
    return ChannelError(error.code, error.text, status=error.status, retryable=error.retryable)
