"""What one message holds, as parts: text, captions, files, stickers, places, cards. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from channels.contract import File, Part
from channels.telegram.raw import Json, coordinate, identity, items, line, number, obj, text
from channels.telegram.settings import MEGABYTE, Dialect
from channels.telegram.words import words

_FILES = {
    "animation": ("animation.mp4", "video/mp4"),  # before `document`, which stands beside it for old clients
    "document": ("document", "application/octet-stream"),
    "audio": ("audio.mp3", "audio/mpeg"),
    "video": ("video.mp4", "video/mp4"),
    "video_note": ("video.mp4", "video/mp4"),
    "voice": ("voice.ogg", "audio/ogg"),
}
_AROUND = frozenset(
    [
        "message_id",
        "date",
        "from",
        "chat",
        "sender_chat",
        "entities",
        "caption_entities",
        "reply_markup",
        "reply_to_message",
        "external_reply",
        "quote",
        "via_bot",
        "forward_origin",
        "forward_from",
        "forward_from_chat",
        "link_preview_options",
    ]
)
"""Objects that say something about a message and are not its content."""
_SERVICE = re.compile(
    r"(new_chat|left_chat|delete_chat|group_chat|supergroup_chat|channel_chat|migrate|message_auto_delete|video_chat"
    r"|chat_background|write_access|connected_website|proximity_alert|boost_added|forum_topic|general_forum|giveaway"
    r"|pinned_message|users_shared|chat_shared).*"
)
"""What happened in a chat, told as a message; nobody wrote it."""


@dataclass(frozen=True, slots=True)
class Content:
    """A message's parts.

    `too_large`: a file in it is larger than the messenger hands out. `service`: nobody wrote it.
    """

    parts: tuple[Part, ...]
    too_large: bool = False
    service: str | None = None


def content(message: Json, locale: str, dialect: Dialect) -> Content:
    """Everything that a message says, in words where it has no other form here."""
    parts = [*_words(message), *_places(message)]
    files = [_file(kind, obj(message[kind]), locale, dialect) for kind in _files(message)]
    photo = _photo(message, locale, dialect)
    every = [*([photo] if photo else []), *files]
    parts += every
    if not parts:
        service = next(filter(_SERVICE.fullmatch, message), None)
        if service is not None:
            return Content((), service=service)
        parts.append(Part(type="text", text=words(locale, "unsupported", kind=_kind(message))))
    return Content(tuple(parts), too_large=any(part.type == "text" for part in every))


def _words(message: Json) -> Iterator[Part]:
    """Text, caption, and what is only words here: stickers, dice, polls."""
    for name in ("text", "caption"):
        if said := text(message.get(name)).strip():
            yield Part(type="text", text=said)
    if "sticker" in message:
        yield Part(type="text", text=line(obj(message["sticker"]).get("emoji"), 16) or "🖼")
    if "dice" in message:
        dice = obj(message["dice"])
        yield Part(type="text", text=f"{line(dice.get('emoji'), 16) or '🎲'} {number(dice.get('value'), 100)}")
    if "poll" in message:
        poll = obj(message["poll"])
        options = [f"- {line(obj(one).get('text'))}" for one in items(poll.get("options"))[:20]]
        yield Part(type="text", text="\n".join([f"📊 {line(poll.get('question'), 400)}", *options]))


def _places(message: Json) -> Iterator[Part]:
    """A place (a venue has the same place beside it) or somebody's card."""
    venue = obj(message.get("venue"))
    place = obj(venue.get("location") or message.get("location"))
    latitude, longitude = coordinate(place.get("latitude"), 90), coordinate(place.get("longitude"), 180)
    if latitude is not None and longitude is not None:
        title = " - ".join(said for said in (line(venue.get("title")), line(venue.get("address"))) if said)
        values = {"latitude": latitude, "longitude": longitude}
        yield Part(type="location", text=title or f"{latitude}, {longitude}", values=values)
    card = obj(message.get("contact"))
    if card:
        name = full_name(card) or "?"
        phone = line(card.get("phone_number"), 40)
        yield Part(type="contact", text=f"{name} {phone}".strip(), values={"name": name, "phone": phone})


def full_name(person: Json) -> str:
    """First and last name; the user name where there is none."""
    return line(f"{line(person.get('first_name'))} {line(person.get('last_name'))}") or line(person.get("username"))


def _files(message: Json) -> tuple[str, ...]:
    found = tuple(kind for kind in _FILES if obj(message.get(kind)).get("file_id"))
    return ("animation",) if "animation" in found else found


def _photo(message: Json, locale: str, dialect: Dialect) -> Part | None:
    """The largest of the sizes that the messenger hands out."""
    sizes = [size for one in items(message.get("photo")) if (size := obj(one)).get("file_id")]
    fitting = [size for size in sizes if number(size.get("file_size")) <= dialect.max_download] or sizes[:1]
    if not fitting:
        return None
    best = max(fitting, key=lambda size: number(size.get("width")) * number(size.get("height")))
    return _attachment(best, "photo.jpg", "image/jpeg", locale, dialect)


def _file(kind: str, file: Json, locale: str, dialect: Dialect) -> Part:
    name, content_type = _FILES[kind]
    return _attachment(file, line(file.get("file_name")) or name, content_type, locale, dialect)


def _attachment(file: Json, name: str, content_type: str, locale: str, dialect: Dialect) -> Part:
    size = number(file.get("file_size"))
    if size > dialect.max_download:
        megabytes = dialect.max_download // MEGABYTE
        return Part(type="text", text=words(locale, "too_large", name=name, megabytes=megabytes))
    claimed = File(
        id="",
        name=name,
        content_type=line(file.get("mime_type"), 100) or content_type,
        size=size,
        width=number(file.get("width"), 100_000) or None,
        height=number(file.get("height"), 100_000) or None,
    )
    return Part(type="attachment", file=claimed, source={"file_id": identity(file.get("file_id"))})


def _kind(message: Json) -> str:
    """What the messenger calls a content that we don't know."""
    contents = (name for name, value in message.items() if isinstance(value, dict | list) and name not in _AROUND)
    return line(next(contents, None), 40) or "?"
