"""What a mail is to us: the result of `channels.email.parse.parse`. Every text is valid UTF-8 without NUL."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A mailbox as a header shows it: `name` is decoded, `address` may be empty or odd; nothing about it is proven."""

    name: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A part that is not the body.

    Attributes:
        filename: Safe to store and to show (no path, no control or direction characters), unique within the mail.
        content_type: As declared, lower case, `type/subtype`.
        size: In bytes, decoded.
        sha256: Of the decoded content, hexadecimal.
        inline: It is shown within the html (a picture that a `cid:` names).
        content_id: Without angle brackets; empty if there is none.
        content: The decoded bytes.
    """

    filename: str
    content_type: str
    size: int
    sha256: str
    inline: bool
    content_id: str
    content: bytes


class AutoKind(StrEnum):
    """Who or what wrote a mail."""

    NONE = "none"
    AUTO_REPLY = "auto_reply"
    BOUNCE = "bounce"
    LIST = "list"
    COMPLAINT = "complaint"


@dataclass(frozen=True, slots=True, kw_only=True)
class Auto:
    """What a mail written by a machine says.

    Attributes:
        kind: `bounce` is any report on a delivery, also one of success or delay: see `failed`.
        status: The enhanced status code (RFC 3463), as `5.1.1`. A report that names none gets one with a detail of
            900 or more, which no registry assigns: `5.0.911` says "permanent, user unknown, derived by us".
        reason: One word (`userunknown`, `mailboxfull`, `expired`, ...; see `channels.email.reasons`), or empty.
        hard: The address will not work again; stop writing to it.
        action: `failed`, `delayed`, `delivered`, `relayed` or `expanded` (RFC 3464 2.3.3); empty if not a bounce.
        recipient: Who was not reached, or who complained.
        original_message_id: Message-ID of the mail that came back, without angle brackets; empty if unknown.
    """

    kind: AutoKind = AutoKind.NONE
    status: str = ""
    reason: str = ""
    hard: bool = False
    action: str = ""
    recipient: str = ""
    original_message_id: str = ""

    @property
    def failed(self) -> bool:
        """The mail did not arrive and will not; a delay is no failure."""
        return self.action == "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """One mail, taken apart.

    Attributes:
        from_: The author; from `Sender`, `Reply-To` or `Return-Path` if `From` names nobody.
        date: As the sender's clock says, with its zone; None if it is missing or nonsense. Never order by it.
        message_id: Without angle brackets. If the mail has none it is derived from the content, so that the same
            mail has the same id again; `message_id_derived` says so.
        in_reply_to: First id of that header, or empty. `references` is oldest first.
        text: The whole plain text (of the html if there is no other), line feeds only.
        html: As it came: hostile. Show it only through `channels.email.html.clean`.
        visible_text: What the author wrote now; `quoted_text` is the rest (quotes, signature).
        no_automatic_answer: The header because of which no machine may answer (RFC 3834); empty if one may.
        delivered_to: Addresses the mail was delivered to according to To, Cc and the trace headers, lower case,
            in that order: where plus-address tokens are looked for.
        authentication_results: Of RFC 8601, topmost first. Believe only those of our own server.
        spam_marks: Values of `X-Spam-Flag` and the like.
        problems: What was wrong or cut, as words for people who look into it (`headers_cut`, `bad_charset`, ...).
    """

    subject: str
    from_: Address
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    reply_to: tuple[Address, ...]
    date: datetime | None
    message_id: str
    message_id_derived: bool
    in_reply_to: str
    references: tuple[str, ...]
    text: str
    html: str
    visible_text: str
    quoted_text: str
    attachments: tuple[Attachment, ...]
    auto: Auto
    no_automatic_answer: str
    delivered_to: tuple[str, ...]
    authentication_results: tuple[str, ...]
    spam_marks: tuple[str, ...]
    problems: tuple[str, ...]
