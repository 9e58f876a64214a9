"""What a channel is, on one page.

A *channel* carries messages between customers and the hub: an adapter turns what a provider sends into
`Inbound`, hands it to the `Inlet`, and acknowledges the provider only after `Inlet.receive` returned, because
returning means stored. It carries `Outbound` messages the other way. The hub never names a channel; what a
channel can carry is data (`Capabilities`), and the hub degrades the rest.

Times are integers: milliseconds since the epoch, UTC. Ids are opaque strings; only the adapter that made an
address takes it apart.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal, Protocol

from aiohttp import web


class Feature(StrEnum):
    """One thing that a channel can carry beyond plain text."""

    BUTTONS = "buttons"
    FORMS = "forms"
    ATTACHMENTS = "attachments"
    TYPING = "typing"
    READ_MARKS = "read_marks"
    QUEUE_PLACE = "queue_place"
    MAILBOX = "mailbox"
    """The customer's client fetches the timeline itself and resumes by number: stored means sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What a channel can carry. `max_text` is in characters, `max_attachment` in bytes.

    `live` is false where nobody waits at the other end (e-mail), so no place in line is announced.
    """

    features: frozenset[Feature]
    max_text: int
    max_attachment: int = 0
    live: bool = True


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


PartType = Literal["text", "buttons", "button", "attachment", "form", "form_reply"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One piece of a message.

    text: `text`. buttons: `buttons`. button (a press): `text` is the title, `payload` the payload.
    attachment: `file`. form: `form` names it ("offline"). form_reply: `form` and `values`.
    """

    type: PartType
    text: str | None = None
    buttons: tuple[Button, ...] = ()
    payload: str | None = None
    file: File | None = None
    form: str | None = None
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Who wrote, as the provider says.

    `address` is the identity within the inbox; it is *claimed* unless `verified`.
    """

    address: str
    name: str | None = None
    verified: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbound:
    """One message from a customer.

    `external_id` is the provider's id of it: the same id twice is the same message, for ever.
    `conversation` is set where the client names the conversation it means (it must be the sender's own).
    `context` is small extra data about where the customer is (page, referrer), shown to agents as claimed.
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

    `key` is the same at each retry, so that a provider that knows idempotency keys can refuse a second copy.
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
    """The provider did not take a message. `retry_after` is in seconds, where the provider said."""

    def __init__(self, reason: str, *, retryable: bool, retry_after: float | None = None) -> None:
        """Say why in the provider's words, and whether trying again can help."""
        super().__init__(reason)
        self.reason = reason
        self.retryable = retryable
        self.retry_after = retry_after


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

    async def store_file(self, inbox: str, address: str, name: str, chunks: AsyncIterator[bytes]) -> File:
        """Store a file that a customer sends. Raises `ChannelError` (too_large, type_refused)."""

    async def open_file(self, inbox: str, address: str, file: str) -> tuple[File, AsyncIterator[bytes]]:
        """Read a file of the address's own conversations."""


class Channel(Protocol):
    """One adapter. It is made once per process and serves all inboxes of its kind."""

    name: str
    capabilities: Capabilities

    def routes(self, inlet: Inlet) -> Sequence[web.RouteDef]:
        """HTTP routes to mount; called once before the server starts."""

    async def run(self, inlet: Inlet) -> None:
        """Listen until cancelled (long polling, IMAP IDLE, socket upkeep). Restarted with back-off when it fails."""

    async def send(self, message: Outbound) -> Sent:
        """Hand one message to the provider. Raises `DeliveryError`. Called in timeline order per conversation."""

    async def signal(self, address: str, inbox: str, signal: Signal) -> None:
        """Show something short-lived, where the channel can; never raises for what it can't show."""
