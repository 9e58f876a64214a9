"""From `Outbound` to what the provider takes. Pure.

developers.facebook.com, "Messenger Platform: send messages", "quick replies" and "Instagram messaging: send a message".
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from channels.contract import Button, DeliveryError, Feature, File, Outbound
from channels.degrade import degrade, size
from channels.messenger.dialect import Dialect
from channels.messenger.parse import MARK

_MAX_PAYLOAD = 1_000

Request = Mapping[str, object]


def requests(message: Outbound, media: Mapping[str, str], dialect: Dialect) -> tuple[Request, ...]:
    """The calls that carry a piece of a message; nearly always one. `media`: the provider's ids of our files."""
    return tuple(_call(message, content, dialect) for content in _contents(message, media, dialect))


def action(address: str, name: str) -> Request:
    """A call that shows something short-lived: typing_on, mark_seen."""
    return {"recipient": {"id": address}, "sender_action": name}


def media_kind(file: File, dialect: Dialect) -> str:
    """As what a file is sent. Raises `DeliveryError` for what the provider does not take."""
    kind = file.content_type.partition("/")[0]
    kind = kind if kind in {"image", "audio", "video"} and "svg" not in file.content_type else "file"
    if kind == "file" and not dialect.any_file and file.content_type != "application/pdf":
        raise DeliveryError("Only pictures, sound, video and PDF are taken.", retryable=False, code="not_allowed")
    if file.size > dialect.files[kind]:
        raise DeliveryError("This file is larger than the provider takes.", retryable=False, code="too_large")
    return kind


def upload(kind: str) -> Request:
    """What goes with a file that is uploaded before it is sent."""
    return {"attachment": {"type": kind, "payload": {"is_reusable": "true"}}}


def _call(message: Outbound, content: Request, dialect: Dialect) -> Request:
    if not dialect.marks:
        return {"recipient": {"id": message.to}, "message": content}
    marked = {**content, "metadata": f"{MARK}{message.key}"[:1_000]}
    return {"recipient": {"id": message.to}, "messaging_type": "RESPONSE", "message": marked}


def _contents(message: Outbound, media: Mapping[str, str], dialect: Dialect) -> list[Request]:
    text = "\n".join(part.text for part in message.parts if part.type == "text" and part.text)
    buttons = tuple(button for part in message.parts for button in part.buttons)
    if buttons and not _carries(text, buttons, dialect):
        can = replace(dialect.capabilities, features=dialect.capabilities.features - {Feature.BUTTONS})
        return [one for piece in degrade(message, can) for one in _contents(piece, media, dialect)]
    found: list[Request] = []
    if text:
        replies = [{"content_type": "text", "title": one.title, "payload": one.payload} for one in buttons]
        found.append({"text": text, "quick_replies": replies} if replies else {"text": text})
    found += [
        _file(part.file, media[part.file.id], dialect)
        for part in message.parts
        if part.type == "attachment" and part.file is not None
    ]
    return found


def _carries(text: str, buttons: Sequence[Button], dialect: Dialect) -> bool:
    """Whether the provider takes these as quick replies, which stand under some words."""
    can = dialect.capabilities
    return (
        0 < size(text, can) <= can.max_text
        and len(buttons) <= can.max_buttons
        and all(one.title.strip() and len(one.title) <= can.max_button_title for one in buttons)
        and all(0 < len(one.payload) <= _MAX_PAYLOAD for one in buttons)
    )


def _file(file: File, media: str, dialect: Dialect) -> Request:
    if dialect.any_file:
        return {"attachment": {"type": media_kind(file, dialect), "payload": {"attachment_id": media}}}
    return {"attachment": {"type": "MEDIA_SHARE", "payload": {"id": media}}}
