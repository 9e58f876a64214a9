"""From webhook bodies to events. Pure."""

import mimetypes
import re
from collections.abc import Iterator, Sequence
from typing import Literal

from msgspec import DecodeError, ValidationError, convert
from msgspec.json import decode, encode

from channels.contract import Clue, Configured, File, Inbound, Part, ReportedState, Sender
from channels.graph_codes import problem
from channels.meta_events import Body, Event, Item, Passed, Reported, Said, dicts, text_of, unshown
from channels.whatsapp.wire import Card, FormReply, Inner, Interactive, Location, Media, Message, Order, Person, Status

PHONE = re.compile(r"[0-9]{5,20}")
MAX_VALUES = 20
MAX_VALUE = 1_000
"""So much of a form is kept."""
MAX_LINES = 50
_CUT = 500
_STATES: dict[str, ReportedState] = {
    "sent": "sent",
    "delivered": "delivered",
    "read": "read",
    "played": "read",
    "failed": "failed",
}
_COUNTED = frozenset({"reaction", "revoke", "system", "ephemeral", "request_welcome"})


def items(body: Body) -> Iterator[Item]:
    """Every message, status and notice of a batch, each with what stood around it."""
    if body.get("object") != "whatsapp_business_account":
        yield Item(account=None, kind="other_object", data=None, body={})
        return
    for entry in dicts(body.get("entry")):
        for change in dicts(entry.get("changes")):
            yield from _change(entry, change)


def _change(entry: Body, change: Body) -> Iterator[Item]:
    value = change.get("value")
    value = value if isinstance(value, dict) else {}
    metadata = value.get("metadata")
    account = text_of(metadata.get("phone_number_id")) if isinstance(metadata, dict) else None
    name = text_of(change.get("field")) or "none"
    if name != "messages":
        yield Item(account=account, kind=name, data=None, body={})
        return
    around = {key: value[key] for key in ("messaging_product", "metadata", "contacts") if key in value}
    found = 0
    for key in ("messages", "statuses"):
        listed = value.get(key)
        for one in listed if isinstance(listed, list) else []:
            found += 1
            alone = {"field": name, "value": {**around, key: [one]}}
            whole = {"object": "whatsapp_business_account", "entry": [{"id": entry.get("id"), "changes": [alone]}]}
            yield Item(account=account, kind=key, data=one, body=whole, message=key == "messages", around=around)
    if not found:
        yield Item(account=account, kind="notice", data=None, body={})


def events(item: Item, inbox: Configured) -> Sequence[Event]:
    """What an item says. Raises `ValidationError` or `ValueError` when it is nonsense."""
    match item.kind:
        case "messages":
            return [_message(convert(item.data, Message, strict=False), item.around, inbox)]
        case "statuses":
            return [_status(convert(item.data, Status, strict=False))]
        case kind:
            return [Passed(kind=kind)]


def _status(status: Status) -> Event:
    state = _STATES.get(status.status)
    if state is None or status.recipient_type != "individual":
        return Passed(kind=f"status_{status.recipient_type if state else status.status}")
    if state != "failed":
        return Reported(external_id=status.id, state=state)
    why = problem(status.errors[0] if status.errors else {})
    reason = why.reason if status.errors else None
    return Reported(external_id=status.id, state=state, reason=reason, code=why.code)


def _message(message: Message, around: Body, inbox: Configured) -> Event:
    if message.type in _COUNTED or message.group_id:
        return Passed(kind="group_message" if message.group_id else message.type)
    if message.interactive is not None and message.interactive.type == "call_permission_reply":
        return Passed(kind="call_permission_reply")
    user, phone, name = _who(message, around)
    inner: Inner = message.edit.message if message.type == "edit" and message.edit else message
    said = Inbound(
        inbox=inbox.id,
        external_id=message.id,
        sender=Sender(address=phone or user, name=name, verified=True, everywhere=bool(phone)),
        parts=_parts(inner) or unshown(inbox),
        sent_at=_time(message.timestamp),
        context=_context(inner),
        clues=_clues(message),
        edits=message.edit.original_message_id if message.type == "edit" and message.edit else None,
        reply={"to": phone or user, "message": message.id},
    )
    return Said(message=said, keys=tuple(key for key in (user, phone) if key))


def _who(message: Message, around: Body) -> tuple[str, str, str | None]:
    """User id, phone number ("" what is missing) and name of who wrote."""
    ids = [key for key in (message.from_, message.from_user_id) if key]
    phone = next((key for key in ids if PHONE.fullmatch(key)), "")
    user = next((key for key in reversed(ids) if key != phone), "")
    people = [_person(one) for one in dicts(around.get("contacts"))]
    if not ids and len(people) == 1:
        phone, user = people[0].wa_id, people[0].user_id
    if not (phone or user) or max(len(phone), len(user)) > 256:
        raise ValueError("Nobody says who wrote this.")
    for person in people:
        if (phone and person.wa_id == phone) or (user and person.user_id == user):
            name = person.profile.name.strip() or person.profile.username.strip()
            return user or person.user_id, phone or person.wa_id, name[:_CUT] or None
    return user, phone, None


def _person(one: Body) -> Person:
    try:
        return convert(one, Person, strict=False)
    except ValidationError:
        return Person()


def _time(seconds: int | None) -> int | None:
    return seconds * 1_000 if seconds is not None and 0 < seconds < 2**33 else None


def _context(inner: Inner) -> dict[str, str]:
    if inner.referral is None:
        return {}
    told = {"page": inner.referral.source_url, "referrer": inner.referral.headline}
    return {key: text[:_CUT] for key, text in told.items() if text}


def _clues(message: Message) -> tuple[Clue, ...]:
    answered = message.context.id if message.context else None
    return (Clue(why="reply", external_id=answered),) if answered else ()


def _parts(inner: Inner) -> tuple[Part, ...]:
    """What a message holds; nothing where its kind is none of these, or it is empty."""
    found: tuple[Part, ...] = ()
    match inner.type:
        case "text" if inner.text is not None and inner.text.body.strip():
            found = (Part(type="text", text=inner.text.body),)
        case "image" | "video" | "audio" | "document" | "sticker":
            found = _media(inner.type, getattr(inner, inner.type))
        case "button" if inner.button is not None:
            found = _press(inner.button.text, inner.button.payload)
        case "interactive" if inner.interactive is not None:
            found = _interactive(inner.interactive)
        case "location" if inner.location is not None:
            found = (_location(inner.location),)
        case "contacts":
            found = tuple(card for one in inner.contacts[:MAX_LINES] if (card := _card(one)).text)
        case "order" if inner.order is not None:
            found = _order(inner.order)
        case _:
            pass
    return found


def _media(kind: Literal["image", "video", "audio", "document", "sticker"], media: Media | None) -> tuple[Part, ...]:
    if media is None:
        return ()
    type_ = media.mime_type.partition(";")[0].strip().lower()
    name = media.filename or f"{kind}{mimetypes.guess_extension(type_) or ''}"
    file = File(id="", name=name[:255], content_type=type_ or "application/octet-stream", size=0)
    attachment = Part(type="attachment", file=file, source={"media": media.id})
    words = (media.caption or "").strip()
    return (Part(type="text", text=words), attachment) if words else (attachment,)


def _interactive(found: Interactive) -> tuple[Part, ...]:
    if found.nfm_reply is not None:
        return (_form(found.nfm_reply),)
    choice = found.button_reply or found.list_reply
    return () if choice is None else _press(choice.title, choice.id)


def _press(title: str, payload: str | None) -> tuple[Part, ...]:
    text = title.strip() or (payload or "").strip()
    return (Part(type="button", text=text, payload=payload or text),) if text else ()


def _form(reply: FormReply) -> Part:
    try:
        values = decode(reply.response_json)
    except (DecodeError, RecursionError, UnicodeError):
        values = {"response": reply.response_json}
    pairs = list(values.items()) if isinstance(values, dict) else [("response", values)]
    told = {
        _key(key): (value if isinstance(value, str) else encode(value).decode())[:MAX_VALUE]
        for key, value in pairs[:MAX_VALUES]
        if key != "flow_token"
    }
    return Part(type="form_reply", form=reply.name[:64] or "flow", values=told)


def _key(name: str) -> str:
    return re.sub(r"[^\w -]", "_", name)[:40].strip() or "_"


def _location(place: Location) -> Part:
    at = f"{place.latitude}, {place.longitude}"
    named = ", ".join(one.strip() for one in (place.name, place.address) if one and one.strip())
    values = {"latitude": str(place.latitude), "longitude": str(place.longitude)}
    return Part(type="location", text=(named or at)[:MAX_VALUE], values=values)


def _card(card: Card) -> Part:
    name = card.name.formatted_name or card.name.first_name
    phone = ", ".join(one.phone or one.wa_id for one in card.phones[:5])
    return Part(
        type="contact",
        text=f"{name} {phone}".strip()[:MAX_VALUE],
        values={"name": name[:MAX_VALUE], "phone": phone[:MAX_VALUE]},
    )


def _order(order: Order) -> tuple[Part, ...]:
    lines = [
        f"{one.quantity:g} × {one.product_retailer_id}"
        + ("" if one.item_price is None else f" ({one.item_price:g} {one.currency})".replace(" )", ")"))
        for one in order.product_items[:MAX_LINES]
    ]
    text = "\n".join(one for one in (order.text, *lines) if one)
    return (Part(type="text", text=text),) if text.strip() else ()
