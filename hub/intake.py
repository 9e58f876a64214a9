"""Step 1: an inbound message becomes a stored entry of the right conversation. Returning means durable."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import structlog

from channels.contract import ChannelError, Inbound, Receipt
from channels.contract import Part as InboundPart
from hub.acts import Acts
from hub.clock import Clock
from hub.errors import Conflict, HubError, Unavailable
from hub.lanes import Lanes
from hub.model.config import Inbox
from hub.model.conversation import Conversation, Header
from hub.model.entry import Author, Draft, Entry, File, Part
from hub.model.ids import ContactId, ConversationId, FileId, new_id
from hub.store.config import Config
from hub.store.contacts import Contacts
from hub.store.conversations import Conversations
from hub.store.entries import Entries
from hub.store.files import Files

log = structlog.get_logger(__name__)

MAX_TEXT = 4_000
MAX_FORM_VALUE = 1_000
TRIES = 3
CONTEXT = frozenset({"page"})
"""What a channel may tell of where the customer is; shown to agents as claimed."""
_REMEMBERED = 50_000
_UNSEEN = {0: None}


@dataclass(frozen=True, slots=True)
class Found:
    """Whose conversation a message belongs to."""

    conversation: ConversationId
    contact: ContactId
    name: str


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
    _current: OrderedDict[tuple[str, str], Found] = field(default_factory=OrderedDict)

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

    async def current(self, inbox: str, address: str) -> Found | None:
        """The open conversation of an address; its newest when none is open."""
        key = (inbox, address)
        found = self._current.get(key)
        if found is None or not (await self.lanes.state(found.conversation)).open:
            row = await self.conversations.current(inbox, address)
            if row is None:
                return None
            found = Found(row.state.id, row.state.header.contact, row.state.contact_name)
            self._keep(key, found)
        return found

    async def _receive(self, message: Inbound) -> Receipt:
        inbox = self.config.inbox(message.inbox)
        if inbox is None:
            raise ChannelError("not_found", "There is no such inbox.", status=404)
        parts = checked_parts(message.parts)
        dedupe = f"{inbox.id}:{message.sender.address}:{message.external_id}"
        for _ in range(TRIES):
            found = await self._conversation(inbox, message, parts, dedupe)
            if isinstance(found, Receipt):
                return found
            attached = await self._attached(message, found, parts)
            state = await self.lanes.state(found.conversation)
            if state.last_seq == 0:
                await self._begin(inbox, state)
            try:
                return await self._store(message, found, attached, dedupe)
            except Conflict:
                log.info("closed_meanwhile", conversation=found.conversation)
        raise Unavailable("Please try again.")

    async def _store(self, message: Inbound, found: Found, parts: tuple[Part, ...], dedupe: str) -> Receipt:
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
                while_open=True,
            )
        )
        entry = outcome.entry
        if outcome.duplicate:
            _check_same(entry, parts)
        if any(part.type == "form_reply" for part in parts):
            await self._claim(found.contact, parts)
        return Receipt(conversation=entry.conversation, seq=entry.seq, at=entry.at, duplicate=outcome.duplicate)

    async def _attached(self, message: Inbound, found: Found, parts: tuple[Part, ...]) -> tuple[Part, ...]:
        ids = [part.file.id for part in parts if part.file is not None]
        if not ids:
            return parts
        uploader = f"{message.inbox}:{message.sender.address}"
        files = {file.id: file for file in await self.files.attach(ids, uploader, found.conversation)}
        return tuple(part if part.file is None else replace(part, file=files[part.file.id]) for part in parts)

    async def _claim(self, contact: ContactId, parts: tuple[Part, ...]) -> None:
        values = next(part.values for part in parts if part.type == "form_reply")
        said = {key: value for key, value in values.items() if key in {"email", "phone"} and value}
        await self.contacts.claim(contact, name=values.get("name"), attributes=said)

    async def _conversation(
        self, inbox: Inbox, message: Inbound, parts: tuple[Part, ...], dedupe: str
    ) -> Found | Receipt:
        key = (inbox.id, message.sender.address)
        found = await self.current(*key)
        if found is not None:
            state = await self.lanes.state(found.conversation)
            if state.open and state.ended_by_customer is None:
                return found
        known = await self.entries.by_dedupe(dedupe)
        if known is not None:
            _check_same(known, parts)
            return Receipt(conversation=known.conversation, seq=known.seq, at=known.at, duplicate=True)
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

    async def _create(self, inbox: Inbox, message: Inbound) -> Found:
        now = self.clock.now()
        locale = message.locale if message.locale in {"fa", "en"} else inbox.locale
        contact = await self.contacts.find_or_create(
            channel=inbox.channel,
            inbox=inbox.id,
            address=message.sender.address,
            name=clean(message.sender.name or "")[:80],
            locale=locale,
            verified=message.sender.verified,
            now=now,
        )
        if seen := {key: clean(value)[:500] for key, value in message.context.items() if key in CONTEXT and value}:
            await self.contacts.claim(contact.id, name=None, attributes=seen)
        header = Header(
            id=ConversationId(new_id()),
            number=await self.conversations.next_number(),
            inbox=inbox.id,
            channel=inbox.channel,
            contact=contact.id,
            address=message.sender.address,
            created_at=now,
        )
        key = (inbox.id, message.sender.address)
        self._current.pop(key, None)
        state = await self.conversations.create(header, locale=locale, name=contact.name)
        if state is None:
            other = await self.current(*key)
            if other is None:
                raise Unavailable("Please try again.")
            return other
        found = Found(state.id, contact.id, contact.name)
        self._keep(key, found)
        return found

    async def _begin(self, inbox: Inbox, state: Conversation) -> None:
        reason = self.bot_refuses(inbox)
        try:
            await self.acts.open(state, queue=inbox.queue if reason else None, reason=reason)
        except Conflict:
            log.info("begun_meanwhile", conversation=state.id)

    def _keep(self, key: tuple[str, str], found: Found) -> None:
        self._current[key] = found
        if len(self._current) > _REMEMBERED:
            self._current.popitem(last=False)

    def forget(self, inbox: str, address: str) -> None:
        """Drop what is remembered of an address."""
        self._current.pop((inbox, address), None)


def _check_same(known: Entry, parts: tuple[Part, ...]) -> None:
    """What was sent under an id once is what it stands for; files count by their id."""
    if [_outline(part) for part in known.parts] != [_outline(part) for part in parts]:
        raise ChannelError("reused_id", "This message id was used for another message.", status=409)


def _outline(part: Part) -> Part:
    return part if part.file is None else replace(part, file=File(id=part.file.id, name="", content_type="", size=0))


def state_ended(state: Conversation) -> bool:
    """Whether the customer ended it while the agent still wraps up."""
    return state.open and state.ended_by_customer is not None


def clean(text: str) -> str:
    """Text as we keep it: no NUL, no lone surrogates, outer spaces trimmed. Everything else is the customer's."""
    return text.translate(_UNSEEN).encode("utf-8", "replace").decode("utf-8").strip()


def checked_parts(parts: tuple[InboundPart, ...]) -> tuple[Part, ...]:
    """What a customer may send, cleaned.

    Raises:
        ChannelError: `bad_text` (empty or over 4,000 characters), `bad_form`, `bad_frame` (kinds that only we send).
    """
    checked = tuple(_checked(part) for part in parts)
    if not checked:
        raise ChannelError("bad_text", "There is nothing in this message.")
    return checked


def _checked(part: InboundPart) -> Part:
    match part.type:
        case "text":
            return Part(type="text", text=_words(part.text or ""))
        case "button":
            return Part(type="button", text=_words(part.text or ""), payload=(part.payload or "")[:500])
        case "attachment" if part.file is not None:
            file = part.file
            return Part(
                type="attachment",
                file=File(
                    id=FileId(file.id),
                    name=file.name,
                    content_type=file.content_type,
                    size=file.size,
                    width=file.width,
                    height=file.height,
                ),
            )
        case "form_reply":
            return Part(type="form_reply", form=part.form, values=_values(part.values), text=part.text)
        case _:
            raise ChannelError("bad_frame", "A customer cannot send this.")


def _words(text: str) -> str:
    if len(text) > MAX_TEXT:
        raise ChannelError("bad_text", f"A message has at most {MAX_TEXT} characters.")
    words = clean(text)
    if not words:
        raise ChannelError("bad_text", "There is nothing in this message.")
    return words


def _values(values: object) -> dict[str, str]:
    if not isinstance(values, dict) or len(values) > 20:
        raise ChannelError("bad_form", "This form cannot be read.")
    return {clean(str(key))[:40]: clean(str(value))[:MAX_FORM_VALUE] for key, value in values.items()}


def refusal(error: HubError) -> ChannelError:
    """A hub error as a channel passes it on."""
    return ChannelError(error.code, error.text, status=error.status, retryable=error.retryable)
