"""From `Outbound` to what the provider takes. Pure.

developers.facebook.com, "WhatsApp Cloud API: messages".
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from channels.contract import Button, Capabilities, Feature, File, Outbound, Part
from channels.degrade import degrade
from channels.whatsapp.parse import PHONE

MB = 1024 * 1024
CAPABILITIES = Capabilities(
    features=frozenset(
        {
            Feature.BUTTONS,
            Feature.ATTACHMENTS,
            Feature.TYPING,
            Feature.READ_MARKS,
            Feature.RECEIPTS,
            Feature.TEMPLATES,
        }
    ),
    max_text=4_096,
    max_attachment=100 * MB,
    max_buttons=3,
    max_button_title=20,
    window_seconds=86_400,
)
_WITHOUT_BUTTONS = replace(CAPABILITIES, features=CAPABILITIES.features - {Feature.BUTTONS})
_MAX_TEXT_OVER_BUTTONS = 1_024
_MAX_BUTTON_ID = 256
_KINDS: Mapping[str, tuple[str, int]] = {
    "image/jpeg": ("image", 5 * MB),
    "image/png": ("image", 5 * MB),
    "video/mp4": ("video", 16 * MB),
    "video/3gpp": ("video", 16 * MB),
    "audio/aac": ("audio", 16 * MB),
    "audio/amr": ("audio", 16 * MB),
    "audio/mpeg": ("audio", 16 * MB),
    "audio/mp4": ("audio", 16 * MB),
    "audio/ogg": ("audio", 16 * MB),
}
"""What is shown or played in the chat; anything else, and anything larger, is a document."""

Request = Mapping[str, object]


def requests(message: Outbound, media: Mapping[str, str]) -> tuple[Request, ...]:
    """The calls that carry a piece of a message; nearly always one. `media`: the provider's ids of our files."""
    return tuple({**_around(message), **content} for content in _contents(message, media))


def recipient(message: Outbound) -> Mapping[str, str]:
    """Whom to name: a number by `to`, a business-scoped user id by `recipient`. The newest that they wrote from."""
    address = message.reply.get("to") or message.to
    return {"to" if PHONE.fullmatch(address) else "recipient": address}


def media_kind(file: File) -> str:
    """As what a file is sent."""
    kind, most = _KINDS.get(file.content_type.partition(";")[0], ("document", 0))
    return kind if file.size <= most else "document"


def seen(message_id: str, *, typing: bool) -> Request:
    """Two blue ticks under a customer's message, and that somebody is typing (shown for at most 25 s)."""
    mark: dict[str, object] = {"messaging_product": "whatsapp", "status": "read", "message_id": message_id}
    return {**mark, "typing_indicator": {"type": "text"}} if typing else mark


def _around(message: Outbound) -> Request:
    return {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        **recipient(message),
        "biz_opaque_callback_data": message.key[:512],
    }


def _contents(message: Outbound, media: Mapping[str, str]) -> list[Request]:
    text = "\n".join(part.text for part in message.parts if part.type == "text" and part.text)
    buttons = tuple(button for part in message.parts for button in part.buttons)
    if buttons and not _carries(text, buttons):
        return [one for piece in degrade(message, _WITHOUT_BUTTONS) for one in _contents(piece, media)]
    found: list[Request] = []
    if buttons:
        found.append(_interactive(text, buttons))
    elif text:
        found.append({"type": "text", "text": {"body": text, "preview_url": False}})
    for part in message.parts:
        if part.type == "attachment" and part.file is not None:
            found.append(_file(part.file, media[part.file.id]))
        elif part.type == "template":
            found.append(_template(part))
    return found


def _carries(text: str, buttons: Sequence[Button]) -> bool:
    """Whether the provider takes these as buttons: under some words that are not too many, each unlike the others."""
    return (
        0 < len(text) <= _MAX_TEXT_OVER_BUTTONS
        and len(buttons) <= CAPABILITIES.max_buttons
        and all(len(one.title.strip()) > 0 and len(one.title) <= CAPABILITIES.max_button_title for one in buttons)
        and all(0 < len(one.payload) <= _MAX_BUTTON_ID and one.payload == one.payload.strip() for one in buttons)
        and len({one.title for one in buttons}) == len({one.payload for one in buttons}) == len(buttons)
    )


def _interactive(text: str, buttons: Sequence[Button]) -> Request:
    replies = [{"type": "reply", "reply": {"id": one.payload, "title": one.title}} for one in buttons]
    return {
        "type": "interactive",
        "interactive": {"type": "button", "body": {"text": text}, "action": {"buttons": replies}},
    }


def _file(file: File, media: str) -> Request:
    kind = media_kind(file)
    named: dict[str, str] = {"id": media}
    return {"type": kind, kind: {**named, "filename": file.name[:240]} if kind == "document" else named}


def _template(part: Part) -> Request:
    blanks = {key: value for key, value in part.values.items() if key not in {"name", "language"}}
    numbered = all(key.isascii() and key.isdigit() for key in blanks)
    keys = sorted(blanks, key=int) if numbered else list(blanks)
    parameters = [
        {"type": "text", **({} if numbered else {"parameter_name": key}), "text": _one_line(blanks[key])}
        for key in keys
    ]
    template: dict[str, object] = {
        "name": part.values.get("name", ""),
        "language": {"code": part.values.get("language", "")},
    }
    if parameters:
        template["components"] = [{"type": "body", "parameters": parameters}]
    return {"type": "template", "template": template}


def _one_line(text: str) -> str:
    """What may stand in a blank: no line ends, no tabs, no more than four spaces in a row (132018)."""
    return re.sub(r"\s+", " ", text).strip()[:1_024] or "-"
