"""What a channel is, on one page.

A *channel* carries messages between customers and the hub: an adapter turns what a provider sends into
`Inbound`, hands it to the `Inlet`, and acknowledges the provider only after `Inlet.receive` returned, because
returning means stored. It carries `Outbound` messages the other way. The hub never names a channel; what a
channel can carry is data (`Capabilities`), and the hub degrades the rest.

Times are integers: milliseconds since the epoch, UTC. Ids are opaque strings; only the adapter that made an
address takes it apart.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Literal, Protocol

from aiohttp import web

from channels.setup import Finding, SettingField

if TYPE_CHECKING:
    from channels.calls import Switchboard


class Feature(StrEnum):
    """One thing that a channel can carry beyond plain text."""

    BUTTONS = "buttons"
    FORMS = "forms"
    ATTACHMENTS = "attachments"
    TYPING = "typing"
    READ_MARKS = "read_marks"
    QUEUE_PLACE = "queue_place"
    RECEIPTS = "receipts"
    """The provider tells when a message was delivered or read."""
    TEMPLATES = "templates"
    """Prepared messages may be sent when free words may not (see `Capabilities.window_seconds`)."""
    CALLS = "calls"
    """Its conversations are live calls (`channels.calls`): an agent speaks, and does not write."""
    MAILBOX = "mailbox"
    """The customer's client fetches the timeline itself and resumes by number: stored means sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What a channel can carry. `max_text` is in `text_unit`s, `max_attachment` in bytes.

    `live` is false where nobody waits at the other end (e-mail), so no place in line is announced. `max_buttons` of at
    most `max_button_title` characters stand under one message; more become numbered text. `window_seconds`: free words
    may be sent so long after the customer's last message, then only templates. `give_up_seconds`: so long is a message
    tried that the provider does not take now. `resend`: a message that the provider may have taken is sent again by
    itself, because the receiver can recognise the second copy; else an agent decides. `together`: words and files
    travel as one message (a mail), else each by itself.
    """

    features: frozenset[Feature]
    max_text: int
    text_unit: Literal["characters", "utf16", "utf8"] = "characters"
    max_attachment: int = 0
    live: bool = True
    max_buttons: int = 0
    max_button_title: int = 20
    window_seconds: int | None = None
    give_up_seconds: int = 86_400
    resend: bool = False
    together: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """A choice offered under a message. `payload` comes back as `Part(type="button")` when it is pressed."""

    title: str
    payload: str


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A stored file: `id` names it in the store, `size` is in bytes, `content_type` is what was sniffed.

    In an `Inbound` only the `id` counts: the hub looks the rest up, and refuses what the sender did not upload.
    """

    id: str
    name: str
    content_type: str
    size: int
    width: int | None = None
    height: int | None = None


PartType = Literal[
    "text", "buttons", "button", "attachment", "form", "form_reply", "location", "contact", "mail", "template"
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One piece of a message.

    text: `text`. buttons: `buttons`. button (a press): `text` is the title, `payload` the payload.
    attachment: `file`. form: `form` names it ("offline"). form_reply: `form` and `values`.
    location: `text` (title or coordinates), `values` latitude, longitude. contact (a shared card): `text`, `values`
    name, phone. mail (what stands around a mail's words): `file` is the raw mail, `values` subject, from, to, cc, ....
    template: `text` as the customer sees it, `values` name, language, 1, 2, ....

    An inbound attachment that is still at the provider has `source`, what `Channel.fetch` needs, and a `file` without
    `id` whose name, type and size are the provider's claims; the hub fetches it after it has acknowledged.
    """

    type: PartType
    text: str | None = None
    buttons: tuple[Button, ...] = ()
    payload: str | None = None
    file: File | None = None
    form: str | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    source: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Who wrote, as the provider says.

    `address` is the identity within the inbox; it is *claimed* unless `verified`. `everywhere`: the address means the
    same person in every inbox of the channel (a mail address, a phone number).
    """

    address: str
    name: str | None = None
    verified: bool = False
    everywhere: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Clue:
    """A hint which conversation a message answers, strongest first; `why` is stored with the message that it placed.

    One of: `conversation` (an id that we had signed), `external_id` (of one of its messages, either way), `number`
    (people wrote it down). It only counts when the sender takes part in that conversation.
    """

    why: str
    conversation: str | None = None
    external_id: str | None = None
    number: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbound:
    """One message from a customer.

    `external_id` is the provider's id of it: the same id twice from the same sender is the same message, for ever; with
    `sender.everywhere` also over all inboxes of the channel. `conversation` is set where the client names the
    conversation it means (it must be the sender's own). `context` is small extra data about where the customer is
    (page, referrer), shown to agents as claimed. `clues`: see `Clue`. `thread` keeps conversations of one address apart
    (e-mail: one per thread; else empty: one open conversation per address). `edits`: the external id of the message
    that this one replaces. `reply` is what the adapter needs to answer; the newest comes back in `Outbound.reply`.
    `automatic`: a machine wrote it (auto_reply, list): kept as an event where it belongs, and nobody is bothered; it
    never begins a conversation.
    """

    inbox: str
    external_id: str
    sender: Sender
    parts: tuple[Part, ...]
    sent_at: int | None = None
    locale: str | None = None
    client_id: str | None = None
    conversation: str | None = None
    context: Mapping[str, str] = field(default_factory=dict)
    clues: tuple[Clue, ...] = ()
    thread: str = ""
    edits: str | None = None
    reply: Mapping[str, str] = field(default_factory=dict)
    automatic: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """The message is stored under `seq` of `conversation`. `duplicate` when it had been stored before."""

    conversation: str
    seq: int
    at: int
    duplicate: bool = False


AuthorKind = Literal["contact", "bot", "agent", "system"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outbound:
    """One customer-visible entry of a conversation, in timeline order. `seq` grows, with gaps.

    `key` is the same at each retry, so that a provider that knows idempotency keys can refuse a second copy. What a
    channel cannot carry has been degraded before: a long message comes in several pieces, each with a key of its own.
    `number` is the conversation's, as people say it. `attempt` counts from 0.
    """

    inbox: str
    conversation: str
    to: str
    key: str
    seq: int
    at: int
    author: AuthorKind
    author_name: str | None
    parts: tuple[Part, ...]
    client_id: str | None = None
    locale: str = "fa"
    number: int = 0
    thread: str = ""
    reply: Mapping[str, str] = field(default_factory=dict)
    attempt: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """The provider took the message; `external_id` is its id there, if it gave one."""

    external_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """Something short-lived that is shown but never stored.

    typing: `who`, `name`, `on`. read: `who`, `seq` (all up to it are read). state: the conversation's state changed,
    see `State`.
    """

    type: Literal["typing", "read", "state"]
    conversation: str
    who: AuthorKind = "contact"
    name: str | None = None
    on: bool = False
    seq: int = 0
    state: "State | None" = None


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What a customer may know of a conversation besides its entries.

    `place` counts from 1 while in line. `wait_minutes` is the honest expected wait rounded up to a band, None when
    nothing honest can be said. `agent_read` is the last seq that an agent has read.
    """

    conversation: str
    status: Literal["open", "waiting", "resolved"]
    owner: Literal["none", "bot", "queue", "offer", "agent"]
    locale: str
    agent_name: str | None = None
    place: int | None = None
    wait_minutes: int | None = None
    agent_read: int = 0
    contact_read: int = 0
    rating: int | None = None
    staffed: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """A page of a conversation as its customer may see it. `more` when entries before the first remain."""

    state: State
    entries: tuple[Outbound, ...]
    more: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Whether anybody is there.

    `hours_open` by the inbox's calendar, `agents_online` for its queue, `bot` answers now.
    """

    hours_open: bool
    agents_online: bool
    bot: bool
    wait_minutes: int | None = None


class ChannelError(Exception):
    """An answer that a customer's client can act on. `code` is stable, `retryable` says whether to try again."""

    def __init__(self, code: str, text: str, *, status: int = 400, retryable: bool = False) -> None:
        """Make an error with a stable `code` and a `text` that a person may read."""
        super().__init__(text)
        self.code = code
        self.text = text
        self.status = status
        self.retryable = retryable


class DeliveryError(Exception):
    """The provider did not take a message. `retry_after` is in seconds, where the provider said.

    `code` is one that the screens have words for: rejected, blocked, unreachable, too_large, bad_address, not_allowed,
    window_closed, rate_limited, misconfigured. `uncertain`: it may have been taken all the same (the connection broke
    after the message had gone out); such a message is not sent again unless the channel says so (`resend`).
    """

    def __init__(
        self,
        reason: str,
        *,
        retryable: bool,
        retry_after: float | None = None,
        code: str = "rejected",
        uncertain: bool = False,
    ) -> None:
        """Say why in the provider's words, and whether trying again can help."""
        super().__init__(reason)
        self.reason = reason
        self.retryable = retryable
        self.retry_after = retry_after
        self.code = code
        self.uncertain = uncertain


@dataclass(frozen=True, slots=True, kw_only=True)
class Configured:
    """An inbox of a channel with its settings; secrets are in the clear, so it never goes into a log or a frame."""

    id: str
    name: str
    locale: str
    settings: Mapping[str, object]


ReportedState = Literal["sent", "delivered", "read", "failed"]


class Inlet(Protocol):
    """What the hub offers to a channel. Every method raises `ChannelError` with a code for what it refuses."""

    async def receive(self, message: Inbound) -> Receipt:
        """Store a message. Returning means durable; only then may the channel acknowledge it."""

    async def timeline(
        self,
        inbox: str,
        address: str,
        conversation: str | None,
        *,
        after: int = 0,
        before: int | None = None,
    ) -> Timeline | None:
        """Entries after (or the page before) a number, of the address's own conversation; its newest when None.

        None when the address has no conversation yet. Raises `ChannelError("not_found")` for another's conversation.
        """

    async def signal(self, inbox: str, address: str, signal: Signal) -> None:
        """Pass on typing and read marks of a customer."""

    async def rate(
        self,
        inbox: str,
        address: str,
        conversation: str,
        score: int,
        comment: str | None,
    ) -> None:
        """Rate a conversation 1-5; the last rating counts."""

    async def end(self, inbox: str, address: str, conversation: str) -> None:
        """The customer ends the conversation."""

    async def set_locale(self, inbox: str, address: str, locale: str) -> None:
        """The customer chose a language; the bot and the hub's sentences follow."""

    async def forget(self, inbox: str, address: str) -> None:
        """Erase what the customer wrote, and end what is open."""

    async def desk(self, inbox: str) -> Desk:
        """Who is there to answer."""

    async def inbox_settings(self, inbox: str) -> Mapping[str, object] | None:
        """The channel's own settings of an inbox, None when there is no such inbox."""

    async def store_file(
        self, inbox: str, address: str, name: str, chunks: AsyncIterator[bytes], *, key: str | None = None
    ) -> File:
        """Store a file that a customer sends. Raises `ChannelError` (too_large, type_refused).

        With a `key` (the provider's name for it) the same file is stored once, however often it is tried.
        """

    async def open_file(self, inbox: str, address: str, file: str) -> tuple[File, AsyncIterator[bytes]]:
        """Read a file of the address's own conversations."""

    @property
    def public_url(self) -> str:
        """How the world reaches the hub, without a trailing slash."""

    def inboxes(self, channel: str) -> "Sequence[Configured]":
        """All inboxes of a channel as they are configured now."""

    async def changed(self) -> None:
        """Return at the next change of any inbox."""

    async def known(self, message: Inbound) -> Receipt | None:
        """What was stored under this message's external id; asked before anything expensive is done for it."""

    async def report(
        self, inbox: str, external_id: str, state: ReportedState, *, reason: str | None = None, code: str | None = None
    ) -> bool:
        """What the provider says later of a message that we sent; false when we know of none under this id (yet).

        States only move forward, in whatever order they come; a report that is early is kept for some hours.
        """

    async def report_until(self, inbox: str, address: str, at: int, state: ReportedState) -> None:
        """Everything that was sent to an address until a time (ms) has come to this state."""

    async def recall(self, inbox: str, name: str) -> Mapping[str, object] | None:
        """What the adapter had noted under a name for an inbox (a cursor)."""

    async def note(self, inbox: str, name: str, value: Mapping[str, object], *, days: int | None = None) -> None:
        """Keep something for an inbox, for ever or so many days; returning means durable."""

    @property
    def switchboard(self) -> "Switchboard":
        """What channels of live calls need besides."""

    async def set_aside(self, inbox: str, external_id: str, reason: str, raw: bytes, summary: str) -> None:
        """Keep what cannot become a message, for an admin to look at and to run again; the same id twice is once.

        `reason` is a code that the screens have words for: unreadable, too_large, automatic, loop, refused,
        no_inbox. `summary`: what is known of it (from whom, about what), or the words of the error; may be empty.
        """

    def alone(self, name: str) -> AbstractAsyncContextManager[None]:
        """Hold a lease that one process of all has; waits for it, and cancels the block when it is lost."""


class Channel(Protocol):
    """One adapter. It is made once per process and serves all inboxes of its kind.

    An adapter inherits from this class: what it does not have (a webhook, files to fetch) is answered here.
    """

    name: str
    capabilities: Capabilities
    fields: tuple[SettingField, ...] = ()
    """What an admin fills in for an inbox of this channel."""

    def routes(self, inlet: Inlet) -> Sequence[web.RouteDef]:
        """HTTP routes to mount; called once before the server starts."""
        return ()

    async def run(self, inlet: Inlet) -> None:
        """Listen until cancelled (long polling, IMAP IDLE, socket upkeep). Restarted with back-off when it fails."""
        await asyncio.Event().wait()

    async def send(self, message: Outbound, inlet: Inlet) -> Sent:
        """Hand one message to the provider. Raises `DeliveryError`. Called in timeline order per conversation."""

    async def signal(self, address: str, inbox: str, signal: Signal) -> None:
        """Show something short-lived, where the channel can; never raises for what it can't show."""

    def fetch(self, inbox: Configured, source: Mapping[str, str]) -> AsyncIterator[bytes]:
        """The bytes of an attachment that is still at the provider (an async generator).

        Raises `ChannelError`; `retryable` tells whether asking again can help.
        """
        raise ChannelError("not_found", "This channel has no files to fetch.", status=404)

    async def check(self, inbox: Configured, inlet: Inlet) -> Sequence[Finding]:
        """Try the settings for real ("Test connection"); says what works and what is wrong, never raises."""
        return ()

    def webhook(self, inbox: Configured, base: str) -> str | None:
        """The address that the provider must call, None where there is none. `base` is the hub's public address."""
        return None

    async def rerun(self, inbox: Configured, raw: bytes, inlet: Inlet) -> None:
        """Take in what had been set aside, once an admin says so. Raises `ChannelError`."""
        raise ChannelError("not_found", "This channel sets nothing aside.", status=404)
