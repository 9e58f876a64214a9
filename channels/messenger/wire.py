"""The provider's events, as far as we read them. Fields that stand nowhere here are ignored.

developers.facebook.com, "Messenger Platform: webhook events" and "Instagram messaging: webhooks".
"""

from msgspec import Struct


class Party(Struct, frozen=True):
    """A person (page-scoped or Instagram-scoped id) or an account."""

    id: str = ""


class Coordinates(Struct, frozen=True):
    """A place."""

    lat: float
    long: float


class Payload(Struct, frozen=True):
    """What an attachment holds, by its type."""

    url: str | None = None
    title: str | None = None
    sticker_id: int | None = None
    coordinates: Coordinates | None = None


class Attachment(Struct, frozen=True):
    """A file, a place, a shared link, a story or a post."""

    type: str = ""
    payload: Payload | None = None
    title: str | None = None
    url: str | None = None


class QuickReply(Struct, frozen=True):
    """A quick reply that was pressed."""

    payload: str = ""


class Story(Struct, frozen=True):
    """A story that a message answers."""

    id: str | None = None
    url: str | None = None


class ReplyTo(Struct, frozen=True):
    """What a message answers."""

    mid: str | None = None
    story: Story | None = None


class Words(Struct, frozen=True):
    """A message, either way (`is_echo`: the account's own)."""

    mid: str
    text: str | None = None
    attachments: list[Attachment] = []
    quick_reply: QuickReply | None = None
    reply_to: ReplyTo | None = None
    is_echo: bool = False
    is_deleted: bool = False
    metadata: str | None = None


class Edit(Struct, frozen=True):
    """New words for an earlier message."""

    mid: str
    text: str = ""
    num_edit: int = 0


class Referral(Struct, frozen=True):
    """The link or advertisement that a customer came from."""

    ref: str | None = None
    source: str | None = None


class Postback(Struct, frozen=True):
    """A button, or "Get started", that was pressed."""

    mid: str | None = None
    title: str = ""
    payload: str = ""
    referral: Referral | None = None


class Delivery(Struct, frozen=True):
    """All up to `watermark` (ms) was delivered; `mids` may name some of it."""

    watermark: int | None = None
    mids: list[str] = []


class Read(Struct, frozen=True):
    """All up to `watermark` (ms), or one message, was read."""

    watermark: int | None = None
    mid: str | None = None


class Happening(Struct, frozen=True, kw_only=True):
    """One event; just one of the lower ones is there."""

    sender: Party = Party()
    timestamp: int | None = None
    message: Words | None = None
    message_edit: Edit | None = None
    postback: Postback | None = None
    delivery: Delivery | None = None
    read: Read | None = None
    referral: Referral | None = None
