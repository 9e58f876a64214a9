"""From a raw update to `Inbound`. Pure.

The external id of a message is its chat, number and time: an edit names the message it replaces by the same three, and
numbers that begin anew (Bale counts 1, 2, 3 in each chat; update ids may restart after a week) never meet.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from channels.contract import Configured, Inbound, Part, Sender
from channels.telegram.content import Content, content, full_name
from channels.telegram.raw import Json, identity, items, line, number, obj, text
from channels.telegram.settings import Dialect
from channels.telegram.words import words

UPDATES = ("message", "edited_message", "callback_query")
"""What we ask the messenger for."""
_START = re.compile(r"/start(?:@\w+)?(?:[ \t]+([A-Za-z0-9_-]{1,64}))?\s*")
_SECONDS = 2**33


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What an update says.

    `ignored`: why it is no message for us. `press`: the id of a pressed button's query, to be answered; `under` is the
    number of the message that it stands under. `album`: the message is one of several that belong together.
    `too_large`: the sender has to be told that a file did not come.
    """

    message: Inbound | None = None
    ignored: str = ""
    press: str | None = None
    under: int = 0
    album: str | None = None
    too_large: bool = False
    locale: str = "fa"


def heard(update: Json, inbox: Configured, dialect: Dialect) -> Heard:
    """Read an update."""
    if isinstance(update.get("message"), dict):
        return _message(obj(update["message"]), update, inbox, dialect)
    if isinstance(update.get("edited_message"), dict):
        return _edit(obj(update["edited_message"]), update, inbox, dialect)
    if isinstance(update.get("callback_query"), dict):
        return _press(obj(update["callback_query"]), update, inbox)
    return Heard(ignored="kind")


def album(updates: Sequence[Json], inbox: Configured, dialect: Dialect) -> Heard | None:
    """Several messages of one album as one message, in the order of their numbers; None when none can be read."""
    all_ = [one for update in updates if (one := heard(update, inbox, dialect)).message is not None]
    all_.sort(key=lambda one: _order(one.message))
    messages = [one.message for one in all_ if one.message is not None]
    if not messages:
        return None
    first, last = messages[0], messages[-1]
    said = [part for message in messages for part in message.parts if part.type == "text"]
    rest = [part for message in messages for part in message.parts if part.type != "text"]
    merged = Inbound(
        inbox=first.inbox,
        external_id=f"{first.external_id}.album",
        sender=first.sender,
        parts=(*said, *rest),
        sent_at=first.sent_at,
        locale=first.locale,
        context=first.context,
        reply=last.reply,
    )
    return Heard(message=merged, too_large=any(one.too_large for one in all_), locale=all_[0].locale)


def message_id(chat: object, message: Json) -> str:
    """How the hub names a message of a chat, ours or the customer's."""
    return f"{identity(chat)}.{identity(message.get('message_id'))}.{number(message.get('date'), _SECONDS)}"


def _order(message: Inbound | None) -> int:
    return number(message.reply.get("message")) if message is not None else 0


def _message(message: Json, update: Json, inbox: Configured, dialect: Dialect) -> Heard:
    whose = _whose(message)
    if isinstance(whose, str):
        return Heard(ignored=whose)
    locale = _locale(whose.person) or inbox.locale
    found = content(message, locale, dialect)
    if found.service is not None:
        return Heard(ignored="service")
    parts, context = _started(found, locale)
    group = identity(message.get("media_group_id"))
    external_id = _external(message, update, whose)
    return Heard(
        message=_inbound(message, whose, inbox, external_id=external_id, parts=parts, context=context),
        album=f"{whose.chat}:{group}" if group else None,
        too_large=found.too_large,
        locale=locale,
    )


def _edit(message: Json, update: Json, inbox: Configured, dialect: Dialect) -> Heard:
    whose = _whose(message)
    if isinstance(whose, str):
        return Heard(ignored=whose)
    if "location" in message:
        return Heard(ignored="live_location")  # somebody moves: an edit every few seconds, for hours
    locale = _locale(whose.person) or inbox.locale
    found = content(message, locale, dialect)
    if found.service is not None:
        return Heard(ignored="service")
    replaces: str | None = _external(message, update, whose)
    parts = found.parts
    if message.get("media_group_id"):  # it was stored with its album, which a single picture must not replace
        said = text(message.get("caption")).strip()
        parts = (Part(type="text", text=words(locale, "edited", text=said)),) if said else parts
        replaces = None
    marks = (number(message.get("edit_date"), _SECONDS), identity(update.get("update_id")))
    external_id = f"{_external(message, update, whose)}.edit.{marks[0]}.{marks[1]}"
    edited = _inbound(message, whose, inbox, external_id=external_id, parts=parts, edits=replaces)
    return Heard(message=edited, too_large=found.too_large, locale=locale)


def _press(query: Json, update: Json, inbox: Configured) -> Heard:
    under = obj(query.get("message"))
    person = obj(query.get("from"))
    whose = _whose({"chat": under.get("chat") or {"id": person.get("id"), "type": "private"}, "from": person})
    data = text(query.get("data"), 500)
    press = identity(query.get("id")) or None
    if isinstance(whose, str) or not data:
        return Heard(ignored=whose if isinstance(whose, str) else "no_data", press=press)
    pressed = Inbound(
        inbox=inbox.id,
        external_id=f"{whose.chat}.press.{press or identity(update.get('update_id'))}",
        sender=whose.sender,
        parts=(Part(type="button", text=_title(under, data) or data, payload=data),),
        locale=_locale(person),
    )
    return Heard(
        message=pressed, press=press, under=number(under.get("message_id")), locale=_locale(person) or inbox.locale
    )


@dataclass(frozen=True, slots=True)
class _Whose:
    """Who wrote, and where."""

    chat: str
    person: Json

    @property
    def sender(self) -> Sender:
        """The messenger has signed the person in, so the address is verified; within this bot only."""
        return Sender(address=self.chat, name=full_name(self.person) or None, verified=True)


def _whose(message: Json) -> _Whose | str:
    """The private chat of a person, or why it is none."""
    chat, person = obj(message.get("chat")), obj(message.get("from"))
    id_ = identity(chat.get("id"))
    private = chat.get("type", "private") == "private" and not id_.startswith("-")
    if not private:
        return "group"
    if not id_:
        return "no_chat"
    if person.get("is_bot") is True:
        return "bot"
    return _Whose(id_, person or chat)


def _inbound(
    message: Json,
    whose: _Whose,
    inbox: Configured,
    *,
    external_id: str,
    parts: tuple[Part, ...],
    context: Mapping[str, str] | None = None,
    edits: str | None = None,
) -> Inbound:
    seconds = number(message.get("edit_date") if edits else message.get("date"), _SECONDS)
    return Inbound(
        inbox=inbox.id,
        external_id=external_id,
        sender=whose.sender,
        parts=parts,
        sent_at=seconds * 1000 or None,
        locale=_locale(whose.person),
        context=context or {},
        edits=edits,
        reply={"message": identity(message.get("message_id")), "at": str(seconds * 1000)},
    )


def _external(message: Json, update: Json, whose: _Whose) -> str:
    """The message's name; the update's where the messenger gave the message no number."""
    if identity(message.get("message_id")) in {"", "0"}:
        return f"{whose.chat}.update.{identity(update.get('update_id'))}"
    return message_id(whose.chat, message)


def _started(found: Content, locale: str) -> tuple[tuple[Part, ...], Mapping[str, str]]:
    """`/start` is what the messenger's button says; a link's payload tells where the customer came from."""
    first = found.parts[0]
    match = _START.fullmatch(first.text or "") if first.type == "text" else None
    if match is None:
        return found.parts, {}
    hello = Part(type="text", text=words(locale, "hello"))
    return (hello, *found.parts[1:]), {"page": f"/start {match[1]}"} if match[1] else {}


def _title(message: Json, data: str) -> str:
    """What stands on the button that carries this."""
    for row in items(obj(message.get("reply_markup")).get("inline_keyboard")):
        for button in items(row):
            if obj(button).get("callback_data") == data:
                return line(obj(button).get("text"))
    return ""


def _locale(person: Json) -> str | None:
    code = line(person.get("language_code"), 16).lower()
    return next((known for known in ("fa", "en") if code == known or code.startswith(f"{known}-")), None)
