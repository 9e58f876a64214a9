"""From `Outbound` to one call of the bot API. Pure.

Words go out as they are: no parse mode, so nothing that anybody wrote becomes markup. Where the dialect reads every
text as Markdown, its marks are escaped.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from channels.contract import Button, DeliveryError, File, Outbound
from channels.telegram.payloads import carried
from channels.telegram.raw import number
from channels.telegram.settings import Dialect

MAX_TEXT = 4_096
LATE_MS = 3_600_000
"""An answer that comes later than this quotes what it answers."""
_ADDRESS = re.compile(r"[0-9]{1,18}")
_SHORT_TITLE = 16
_MARKS = re.compile(r"(?<!\w)([*_~])|([*_~])(?!\w)|(`)|(\[)(?=[^\]\n]*\]\()")
_PHOTOS = frozenset({"image/jpeg", "image/png", "image/webp"})
_VOICES = frozenset({"audio/ogg", "audio/opus"})
_SOUNDS = frozenset({"audio/mpeg", "audio/mp4", "audio/x-m4a"})
_MOST_PIXELS = 10_000
_MOST_RATIO = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call. `file` goes as the parameter `upload`; `payloads` are those that their buttons could not carry."""

    method: str
    params: Mapping[str, object]
    upload: str | None = None
    file: File | None = None
    payloads: Mapping[str, str] | None = None


def call(message: Outbound, dialect: Dialect) -> Call | None:
    """The call that sends a message, None when there is nothing to send.

    Raises:
        DeliveryError: `bad_address`, when the address is none of this messenger's private chats.
    """
    if not _ADDRESS.fullmatch(message.to):
        raise DeliveryError("This is not an address of this messenger.", retryable=False, code="bad_address")
    said = "\n".join(part.text for part in message.parts if part.type == "text" and part.text)
    buttons = tuple(button for part in message.parts for button in part.buttons)
    file = next((part.file for part in message.parts if part.type == "attachment" and part.file), None)
    if not said and not buttons and file is None:
        return None
    params: dict[str, object] = {"chat_id": int(message.to), **_quoting(message, dialect)}
    if buttons:
        params["reply_markup"] = {"inline_keyboard": _rows(buttons, dialect)}
    payloads = {carried(one.payload, dialect.max_callback): one.payload for one in buttons}
    long = {short: whole for short, whole in payloads.items() if short != whole} or None
    if file is None:
        params["text"] = escaped(said, dialect, MAX_TEXT) or "👇"  # buttons cannot stand under nothing
        return Call(method="sendMessage", params=params, payloads=long)
    if said:
        params["caption"] = escaped(said, dialect, dialect.max_caption)
    method, upload = _carrier(file, dialect)
    return Call(method=method, params=params, upload=upload, file=file, payloads=long)


def plainer(refused: Call, words: str) -> Call | None:
    """The same message in a form that cannot be refused for the same reason; None when there is none."""
    if refused.method == "sendPhoto" and ("PHOTO" in words or "IMAGE" in words or "photo" in words.lower()):
        return replace(refused, method="sendDocument", upload="document")
    if refused.method == "sendVoice" and "VOICE_MESSAGES_FORBIDDEN" in words:
        return replace(refused, method="sendDocument", upload="document")
    if "repl" in words.lower() and {"reply_parameters", "reply_to_message_id"} & set(refused.params):
        rest = {name: value for name, value in refused.params.items() if not name.startswith("reply_")}
        markup = refused.params.get("reply_markup")
        return replace(refused, params={**rest, "reply_markup": markup} if markup else rest)
    return None


def escaped(text: str, dialect: Dialect, longest: int) -> str:
    """The words so that the messenger shows them as they are; unescaped where that would not fit."""
    if not dialect.markup:
        return text
    safe = _MARKS.sub(lambda mark: f"\\{mark[0]}", text)
    return safe if len(safe.encode("utf-16-le")) // 2 <= longest else text


def _rows(buttons: tuple[Button, ...], dialect: Dialect) -> list[list[dict[str, str]]]:
    """Short titles two in a row, long ones each in its own."""
    keys = [{"text": one.title or "…", "callback_data": carried(one.payload, dialect.max_callback)} for one in buttons]
    across = 2 if all(len(one.title) <= _SHORT_TITLE for one in buttons) else 1
    return [keys[at : at + across] for at in range(0, len(keys), across)]


def _quoting(message: Outbound, dialect: Dialect) -> dict[str, object]:
    """An answer that comes late says what it answers; of several pieces the first."""
    id_, asked = number(message.reply.get("message")), number(message.reply.get("at"))
    further = re.search(r":[1-9][0-9]*$", message.key)
    if not id_ or not asked or further or message.author != "agent" or message.at - asked < LATE_MS:
        return {}
    if dialect.old_reply:
        return {"reply_to_message_id": id_}
    return {"reply_parameters": {"message_id": id_, "allow_sending_without_reply": True}}


def _carrier(file: File, dialect: Dialect) -> tuple[str, str]:
    """The method for a file, and the parameter that it goes as."""
    kind = file.content_type.partition(";")[0].strip().lower()
    if kind in _PHOTOS and file.size <= dialect.max_photo and _drawable(file):
        return "sendPhoto", "photo"
    if kind in _VOICES:
        return "sendVoice", "voice"
    if kind in _SOUNDS:
        return "sendAudio", "audio"
    if kind == "video/mp4":
        return "sendVideo", "video"
    return "sendDocument", "document"


def _drawable(file: File) -> bool:
    """Telegram takes pictures up to 10,000 pixels of width and height together, and no thin strips."""
    width, height = file.width or 1, file.height or 1
    return width + height <= _MOST_PIXELS and max(width, height) <= _MOST_RATIO * min(width, height)


def notice(chat: str, text: str, dialect: Dialect) -> Call:
    """A sentence of the adapter's own to a chat."""
    return Call(method="sendMessage", params={"chat_id": int(chat), "text": escaped(text, dialect, MAX_TEXT)})
