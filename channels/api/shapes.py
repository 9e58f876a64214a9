"""The bodies of the API channel in both directions, as types. `docs/api/channel.md` explains them.

Fields that are not named here are refused. Times are milliseconds since the epoch, UTC.
"""

from typing import Annotated, Literal

from msgspec import Meta, Struct, field

from channels.views import PartView

_Id = Annotated[str, Meta(pattern=r"^[!-~]{1,200}\Z")]
_Address = Annotated[str, Meta(pattern=r"^[!-~]{1,120}\Z")]
_Name = Annotated[str, Meta(max_length=200)]
_Sha256 = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z")]
_Locale = Annotated[str, Meta(max_length=35)]
_Time = Annotated[int, Meta(ge=0, lt=2**53)]

FailureCode = Literal[
    "rejected", "blocked", "unreachable", "too_large", "bad_address", "not_allowed", "window_closed", "rate_limited"
]


class SenderIn(Struct, frozen=True, forbid_unknown_fields=True):
    """Who wrote. `id` is theirs for ever in your system; `verified` when they were signed in there."""

    id: _Address
    name: _Name | None = None
    verified: bool = False


class ButtonIn(Struct, frozen=True, forbid_unknown_fields=True):
    """A pressed button: its `payload` as it was sent to you, and what stood on it."""

    payload: Annotated[str, Meta(min_length=1, max_length=500)]
    title: Annotated[str, Meta(max_length=200)] | None = None


class AttachmentIn(Struct, frozen=True, forbid_unknown_fields=True):
    """A file: exactly one of `file` (an id from an upload), `content` (base64, small ones) and `url` (we fetch it)."""

    file: _Id | None = None
    content: bytes | None = None
    url: Annotated[str, Meta(max_length=2_000)] | None = None
    name: _Name = ""
    content_type: Annotated[str, Meta(max_length=120)] = ""


class MessageIn(Struct, frozen=True, forbid_unknown_fields=True):
    """A message of a customer: `text` or a pressed `button`, and up to ten `attachments`.

    `id` makes a message the same however often it is sent; without one `webhook-id` does. `conversation` is the one
    that is meant, if your client shows several; `page` is where the customer is.
    """

    sender: SenderIn
    id: _Id | None = None
    text: Annotated[str, Meta(max_length=16_000)] | None = None
    button: ButtonIn | None = None
    attachments: Annotated[list[AttachmentIn], Meta(max_length=10)] = field(default_factory=list)
    locale: _Locale | None = None
    conversation: _Id | None = None
    page: Annotated[str, Meta(max_length=500)] | None = None
    sent_at: _Time | None = None


class Stored(Struct, frozen=True):
    """The message is stored, safe against a crash; `duplicate` when it had been before."""

    id: str
    conversation: str
    seq: int
    at: int
    duplicate: bool


class UploadIn(Struct, frozen=True, forbid_unknown_fields=True):
    """A file that a customer is going to send. With `sha256` (hex) only these bytes are taken."""

    sender: _Address
    name: _Name
    sha256: _Sha256 | None = None


class UploadTicket(Struct, frozen=True):
    """POST the bytes to `url` until `expires_at`; that needs no signature."""

    url: str
    expires_at: int


class Uploaded(Struct, frozen=True):
    """The file is stored; name it as `file` in a message of the same sender."""

    file: str
    name: str
    content_type: str
    size: int


class ReportIn(Struct, frozen=True, forbid_unknown_fields=True):
    """What became of a message of ours: `id` is what you answered it with, else its `webhook-id`."""

    id: _Id
    state: Literal["delivered", "read", "failed"]
    reason: Annotated[str, Meta(max_length=300)] | None = None
    code: FailureCode | None = None


class ReportsIn(Struct, frozen=True, forbid_unknown_fields=True):
    """Up to a hundred reports; their order does not matter."""

    reports: Annotated[list[ReportIn], Meta(min_length=1, max_length=100)]


class Reported(Struct, frozen=True):
    """`unknown`: ids of which we know no message. They are kept for some hours, in case you were faster than us."""

    unknown: list[str]


class ConversationIn(Struct, frozen=True, forbid_unknown_fields=True):
    """Asks for a customer's conversation, the newest one when none is named: what came `after` a number, or a page."""

    sender: _Address
    conversation: _Id | None = None
    after: _Time = 0
    before: _Time | None = None


class EntryOut(Struct, frozen=True, omit_defaults=True):
    """One entry as the customer may see it. `id` is yours, where the message came from you."""

    seq: int
    at: int
    author: Literal["contact", "bot", "agent", "system"]
    parts: list[PartView]
    author_name: str | None = None
    id: str | None = None


class ConversationOut(Struct, frozen=True, omit_defaults=True):
    """A conversation now. `conversation` is absent when the customer has none. `place` counts from 1 while in line.

    `more`: there are older entries than these; ask with `before`.
    """

    entries: list[EntryOut]
    more: bool = False
    conversation: str | None = None
    status: Literal["open", "waiting", "resolved"] | None = None
    owner: Literal["none", "bot", "queue", "offer", "agent"] | None = None
    agent_name: str | None = None
    place: int | None = None
    wait_minutes: int | None = None


class MessageOut(Struct, frozen=True, tag_field="type", tag="message", omit_defaults=True):
    """A message for a customer. `id` equals `webhook-id`, and is the same each time that it is tried.

    `to` is the sender's id. `seq` grows within a conversation; show what comes in this order.
    """

    id: str
    inbox: str
    conversation: str
    number: int
    to: str
    seq: int
    at: int
    author: Literal["contact", "bot", "agent", "system"]
    locale: str
    parts: list[PartView]
    author_name: str | None = None


class PingOut(Struct, frozen=True, tag_field="type", tag="ping"):
    """An admin pressed "Test connection". Answer 2xx."""

    id: str
    inbox: str


class TakenIn(Struct, frozen=True):
    """The answer to a message, if it has a body: your id of it."""

    id: str | None = None
