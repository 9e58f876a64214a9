"""From the widget's frames to `Inbound`. Pure."""

import re

from channels.contract import ChannelError, File, Inbound, Part, Sender
from channels.webchat.frames import Send

_CLIENT_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
_FORMS = {
    "offline": frozenset({"name", "email", "phone", "message"}),
    "callback": frozenset({"name", "phone", "message"}),
}
_PHONE = re.compile(r"[+\d][\d\s().-]{4,30}")
_EMAIL = re.compile(r"[^@\s<>\"',;:]{1,64}@[^@\s<>\"',;:]+\.[^@\s<>\"',;:.]{2,}")
MAX_FILES = 5
MAX_FIELD = 1_000


def inbound(frame: Send, *, inbox: str, visitor: str, locale: str | None, page: str | None) -> Inbound:
    """What a `Send` frame says.

    Raises:
        ChannelError: `reused_id` is the hub's to find; here `bad_frame` (client id), `bad_text` (nothing said),
        `bad_form`, `bad_file`.
    """
    if not _CLIENT_ID.fullmatch(frame.client_id):
        raise ChannelError("bad_frame", "client_id must be 8-64 characters of A-Z a-z 0-9 _ -.")
    if len(frame.files) > MAX_FILES:
        raise ChannelError("bad_file", f"At most {MAX_FILES} files go with one message.")
    return Inbound(
        inbox=inbox,
        external_id=frame.client_id,
        sender=Sender(address=visitor),
        parts=_parts(frame),
        sent_at=frame.sent_at,
        locale=locale,
        client_id=frame.client_id,
        conversation=frame.conversation,
        context={"page": page[:500]} if page else {},
    )


def _parts(frame: Send) -> tuple[Part, ...]:
    parts: list[Part] = []
    if frame.form is not None:
        parts.append(Part(type="form_reply", form=frame.form, values=form_values(frame.form, frame.values)))
        message = frame.values.get("message", "").strip()
        return (*parts, Part(type="text", text=message)) if message else tuple(parts)
    if frame.button is not None:
        parts.append(Part(type="button", text=frame.text or frame.button, payload=frame.button))
    elif frame.text is not None and frame.text.strip():
        parts.append(Part(type="text", text=frame.text))
    parts.extend(Part(type="attachment", file=_named(file)) for file in frame.files)
    if not parts:
        raise ChannelError("bad_text", "There is nothing in this message.")
    return tuple(parts)


def _named(file: str) -> File:
    return File(id=file, name="", content_type="", size=0)


def form_values(form: str, values: dict[str, str]) -> dict[str, str]:
    """The values of a known form, checked.

    Raises:
        ChannelError: `bad_form`, with the field at fault in the text.
    """
    fields = _FORMS.get(form)
    if fields is None or set(values) - fields:
        raise ChannelError("bad_form", "There is no such form.")
    trimmed = {name: value.strip()[:MAX_FIELD] for name, value in values.items()}
    if form == "callback":
        if not _PHONE.fullmatch(trimmed.get("phone", "")):
            raise ChannelError("bad_form", "phone: this is not a telephone number.")
        return trimmed
    if not trimmed.get("message"):
        raise ChannelError("bad_form", "message: please write something.")
    if not _EMAIL.fullmatch(trimmed.get("email", "")):
        raise ChannelError("bad_form", "email: this is not an e-mail address.")
    return trimmed
