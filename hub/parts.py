"""What a customer may send, cleaned: from the channels' pieces to the stored ones. Pure."""

from collections.abc import Mapping

from channels.contract import ChannelError, Inbound
from channels.contract import File as InboundFile
from channels.contract import Part as InboundPart
from hub.fetching import reserved_id
from hub.model.entry import File, Part
from hub.model.ids import FileId
from hub.web.names import foreign_file_name

MAX_TEXT = 4_000
"""Characters of a message in a client of ours, which says so before it is sent."""
MAX_FOREIGN_TEXT = 150_000
"""Characters of a message that a provider has taken already: a refusal would lose it, so what is beyond is cut."""
MAX_FORM_VALUE = 1_000
_UNSEEN = {0: None}


def clean(text: str) -> str:
    """Text as we keep it: no NUL, no lone surrogates, outer spaces trimmed. Everything else is the customer's."""
    return text.translate(_UNSEEN).encode("utf-8", "replace").decode("utf-8").strip()


def checked_parts(message: Inbound, dedupe: str) -> tuple[Part, ...]:
    """What a customer may send, cleaned; attachments that are still to be fetched get their id.

    Raises:
        ChannelError: `bad_text` (empty or, from a client of ours, over 4,000 characters), `bad_form`, `bad_frame`
        (kinds that only we send).
    """
    ours = message.client_id is not None
    checked = tuple(_checked(part, reserved_id(dedupe, number), ours=ours) for number, part in enumerate(message.parts))
    if not checked:
        raise ChannelError("bad_text", "There is nothing in this message.")
    return checked


def _checked(part: InboundPart, reserved: FileId, *, ours: bool) -> Part:
    match part.type:
        case "text":
            return Part(type="text", text=_words(part.text or "", ours=ours))
        case "button":
            return Part(type="button", text=_words(part.text or "", ours=ours), payload=(part.payload or "")[:500])
        case "attachment" if part.file is not None:
            return Part(type="attachment", file=_file(part.file, reserved if part.source else None))
        case "mail" if part.file is not None and not ours:
            return Part(type="mail", file=_file(part.file, None), values=_values(part.values))
        case "location" | "contact" if not ours:
            return Part(type=part.type, text=_words(part.text or "", ours=ours), values=_values(part.values))
        case "form_reply":
            return Part(type="form_reply", form=part.form, values=_values(part.values), text=part.text)
        case _:
            raise ChannelError("bad_frame", "A customer cannot send this.")


def _file(file: InboundFile, reserved: FileId | None) -> File:
    return File(
        id=reserved or FileId(file.id),
        name=foreign_file_name(file.name) if reserved else file.name,
        content_type=file.content_type,
        size=file.size,
        width=file.width,
        height=file.height,
        state="coming" if reserved else "here",
    )


def _words(text: str, *, ours: bool) -> str:
    if ours and len(text) > MAX_TEXT:
        raise ChannelError("bad_text", f"A message has at most {MAX_TEXT} characters.")
    words = clean(text[:MAX_FOREIGN_TEXT])
    if not words:
        raise ChannelError("bad_text", "There is nothing in this message.")
    return words


def _values(values: object) -> dict[str, str]:
    if not isinstance(values, Mapping) or len(values) > 20:
        raise ChannelError("bad_form", "This form cannot be read.")
    return {clean(str(key))[:40]: clean(str(value))[:MAX_FORM_VALUE] for key, value in values.items()}
