"""From bodies and answers of the other side to the contract's types. Pure."""

import re
from collections.abc import Mapping
from dataclasses import replace
from email.utils import parsedate_to_datetime
from typing import TypeVar

from msgspec import DecodeError, ValidationError, json

from channels.api.shapes import AttachmentIn, MessageIn, TakenIn
from channels.contract import ChannelError, DeliveryError, File, Inbound, Part, Sender, Sent
from channels.outgoing import Answer, OutgoingError, checked_url

T = TypeVar("T")

LONGEST_WORDS = 300
LONGEST_WAIT = 86_400.0
_PLACE = re.compile(r" - at `\$\.?(.*)`$")
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]+")
_TAKEN_ID = re.compile(r"[!-~]{1,200}")
_INLINE = "inline"
"""In `Part.source`: the number of an attachment whose bytes came with the message and are yet to be stored."""


def decoded(body: bytes, type_: type[T]) -> T:
    """A JSON body of a declared type.

    Raises:
        ChannelError: `bad_json`, `unknown_field`, `missing_field` or `bad_field`; the text says where.
    """
    try:
        return json.decode(body, type=type_)
    except ValidationError as error:
        words = _PLACE.sub(r" (\1)", str(error))[:200]
        code = next((code for what, code in _FAULTS if what in words), "bad_field")
        raise ChannelError(code, f"{words}.") from error
    except (DecodeError, UnicodeError, RecursionError) as error:
        raise ChannelError("bad_json", "This is not JSON.") from error


_FAULTS = (("unknown field", "unknown_field"), ("missing required field", "missing_field"))


def inbound(message: MessageIn, *, inbox: str, webhook_id: str, private: bool) -> Inbound:
    """What a message says. Attachments whose bytes came along have no id yet: see `contents` and `with_files`.

    Raises:
        ChannelError: `bad_text` (nothing said, or both a text and a button), `bad_file`, `bad_url`.
    """
    id_ = message.id or webhook_id
    return Inbound(
        inbox=inbox,
        external_id=id_,
        sender=Sender(address=message.sender.id, name=message.sender.name, verified=message.sender.verified),
        parts=_parts(message, private=private),
        sent_at=message.sent_at,
        locale=message.locale.partition("-")[0].lower() if message.locale else None,
        client_id=id_,
        conversation=message.conversation,
        context={"page": message.page} if message.page else {},
    )


def contents(message: MessageIn) -> dict[int, tuple[str, bytes]]:
    """Name and bytes of the attachments whose bytes came along, by their place."""
    return {n: (one.name, one.content) for n, one in enumerate(message.attachments) if one.content is not None}


def with_files(message: Inbound, files: Mapping[int, File]) -> Inbound:
    """The message with those files in their places."""
    inline = {str(n): Part(type="attachment", file=file) for n, file in files.items()}
    return replace(message, parts=tuple(inline.get(part.source.get(_INLINE, ""), part) for part in message.parts))


def _parts(message: MessageIn, *, private: bool) -> tuple[Part, ...]:
    said = message.text if message.text is not None and message.text.strip() else None
    if said is not None and message.button is not None:
        raise ChannelError("bad_text", "A message is a text or a pressed button, not both.")
    parts: list[Part] = []
    if message.button is not None:
        pressed = message.button
        parts.append(Part(type="button", text=pressed.title or pressed.payload, payload=pressed.payload))
    if said is not None:
        parts.append(Part(type="text", text=said))
    parts += [_attachment(n, one, private=private) for n, one in enumerate(message.attachments)]
    if not parts:
        raise ChannelError("bad_text", "There is nothing in this message.")
    return tuple(parts)


def _attachment(n: int, one: AttachmentIn, *, private: bool) -> Part:
    if sum(way is not None for way in (one.file, one.content, one.url)) != 1:
        raise ChannelError("bad_file", "An attachment has exactly one of file, content and url.")
    file = File(id=one.file or "", name=one.name, content_type=one.content_type, size=len(one.content or b""))
    if one.file is not None:
        return Part(type="attachment", file=file)
    if one.url is None:
        return Part(type="attachment", file=file, source={_INLINE: str(n)})
    try:
        checked_url(one.url, private=private)
    except OutgoingError as error:
        raise ChannelError("bad_url", error.text) from error
    return Part(type="attachment", file=file, source={"url": one.url})


def taken(answer: Answer, id_: str, *, now: int) -> Sent:
    """What an answer to a message of ours means; without an id of theirs it goes by ours.

    Raises:
        DeliveryError: it was not taken.
    """
    if 200 <= answer.status < 300:
        return Sent(external_id=_their_id(answer.body) or id_)
    said = words(answer.body) or f"HTTP {answer.status}"
    match answer.status:
        case 429:
            raise DeliveryError(said, retryable=True, retry_after=retry_after(answer, now=now), code="rate_limited")
        case 408 | 425:
            raise DeliveryError(said, retryable=True, code="unreachable")
        case status if status >= 500:
            raise DeliveryError(said, retryable=True, retry_after=retry_after(answer, now=now), code="unreachable")
        case 410:
            raise DeliveryError(said, retryable=False, code="misconfigured")
        case status if status < 400:
            raise DeliveryError("Redirects are not followed.", retryable=False, code="misconfigured")
        case 413:
            raise DeliveryError(said, retryable=False, code="too_large")
        case _:
            raise DeliveryError(said, retryable=False, code="rejected")


def not_taken(error: OutgoingError) -> DeliveryError:
    """What it means that no answer came."""
    if error.code == "refused_address":
        return DeliveryError(error.text, retryable=False, code="misconfigured")
    return DeliveryError(error.text, retryable=True, code="unreachable", uncertain=error.uncertain)


def retry_after(answer: Answer, *, now: int) -> float | None:
    """Seconds that the other side asks us to wait (RFC 9110, 10.2.3: a number or a date), a day at most."""
    said = answer.headers.get("retry-after", "").strip()
    if said.isascii() and said.isdigit():
        return min(float(said[:9]), LONGEST_WAIT)
    try:
        seconds = parsedate_to_datetime(said).timestamp() - now / 1000
    except (ValueError, OverflowError):
        return None
    return min(max(seconds, 0.0), LONGEST_WAIT)


def words(body: bytes) -> str:
    """What the other side said, as one harmless line of at most 300 characters."""
    return " ".join(_UNSEEN.sub(" ", body[:4_096].decode("utf-8", "replace")).split())[:LONGEST_WORDS]


def _their_id(body: bytes) -> str | None:
    try:
        id_ = json.decode(body, type=TakenIn).id
    except (DecodeError, UnicodeError, RecursionError):
        return None
    return id_ if id_ is not None and _TAKEN_ID.fullmatch(id_) else None
