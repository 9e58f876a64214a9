"""From webhook bodies to events. Pure."""

import hashlib
from collections.abc import Iterator, Sequence

from msgspec import convert
from msgspec.json import encode

from channels.contract import Clue, Configured, File, Inbound, Part, Sender
from channels.messenger.dialect import Dialect
from channels.messenger.wire import Attachment, Edit, Happening, Postback, Referral, Words
from channels.meta_events import Body, Event, Item, Passed, Reported, Said, Until, dicts, text_of, unshown

MARK = "peyk:"
"""So begins what we write into our own messages; it comes back in their echoes."""
_CUT = 500
_FILES = {"image": "image/jpeg", "audio": "audio/mp4", "video": "video/mp4", "file": "application/octet-stream"}
_FILES |= {"story_mention": "image/jpeg", "animated_image": "image/gif"}
_ENDINGS = {"image/jpeg": ".jpg", "audio/mp4": ".m4a", "video/mp4": ".mp4", "image/gif": ".gif"}
_THUMBS = frozenset({369239263222822, 369239343222814, 369239383222810})
"""The sticker that the thumb button sends, in three sizes."""
_MESSAGES = frozenset({"message", "message_edit", "postback"})
_KINDS = (
    *("message", "message_edit", "postback", "delivery", "read", "reaction", "referral", "optin", "account_linking"),
    *("pass_thread_control", "take_thread_control", "request_thread_control", "app_roles", "policy_enforcement"),
)


def items(body: Body, dialect: Dialect) -> Iterator[Item]:
    """Every event of a batch."""
    if body.get("object") != dialect.object:
        yield Item(account=None, kind="other_object", data=None, body={})
        return
    for entry in dicts(body.get("entry")):
        account = text_of(entry.get("id"))
        listed = entry.get("messaging")
        happened: list[object] = list(listed) if isinstance(listed, list) else []
        for change in dicts(entry.get("changes")):
            if change.get("field") in {"messages", "messaging_postbacks", "messaging_seen", "message_edit"}:
                happened.append(change.get("value"))
            else:
                yield Item(account=account, kind=text_of(change.get("field")) or "none", data=None, body={})
        for _ in dicts(entry.get("standby")):
            yield Item(account=account, kind="standby", data=None, body={})  # another app holds the conversation
        for one in happened:
            yield _item(one, entry, account, dialect)


def _item(one: object, entry: Body, account: str | None, dialect: Dialect) -> Item:
    found = one if isinstance(one, dict) else {}
    kind = next((key for key in _KINDS if key in found), "other") if found else "unreadable"
    words = found.get("message")
    echo = isinstance(words, dict) and words.get("is_echo") is True
    sender = found.get("sender")
    if isinstance(sender, dict) and account is not None and text_of(sender.get("id")) == account:
        echo = True  # the account's own words; some of them do not say so
    if echo:
        kind = "echo" if kind == "message" else "own_event"
    whole = {"object": dialect.object, "entry": [{"id": entry.get("id"), "messaging": [one]}]}
    return Item(account=account, kind=kind, data=one, body=whole, message=kind in _MESSAGES)


def events(item: Item, inbox: Configured, dialect: Dialect) -> Sequence[Event]:
    """What an item says. Raises `ValidationError` or `ValueError` when it is nonsense."""
    if item.kind not in {*_MESSAGES, "echo", "delivery", "read", "unreadable"}:
        return [Passed(kind=item.kind)]
    it = convert(item.data, Happening, strict=False)
    if item.kind == "echo" and it.message is not None:
        return [_echo(it.message, dialect)]
    if not it.sender.id or len(it.sender.id) > 128:
        raise ValueError("Nobody says who this is of.")
    if it.message is not None:
        return [_message(it, it.message, inbox)]
    if it.message_edit is not None:
        return [_edit(it, it.message_edit, inbox)]
    if it.postback is not None:
        return [_postback(it, it.postback, inbox)]
    return _marks(it)


def _echo(words: Words, dialect: Dialect) -> Event:
    """Our own message once more: known by its mark, where there are marks, and by its id in any case."""
    if dialect.marks and not (words.metadata or "").startswith(MARK):
        return Passed(kind="echo_of_others")
    return Reported(external_id=words.mid, state="sent")


def _marks(it: Happening) -> list[Event]:
    found: list[Event] = []
    address = it.sender.id
    if it.delivery is not None:
        found += [Reported(external_id=mid, state="delivered") for mid in it.delivery.mids]
        if it.delivery.watermark is not None:
            found.append(Until(address=address, at=it.delivery.watermark, state="delivered"))
    if it.read is not None:
        if it.read.mid:
            found.append(Reported(external_id=it.read.mid, state="read"))
        if it.read.watermark is not None:
            found.append(Until(address=address, at=it.read.watermark, state="read"))
    return found or [Passed(kind="empty_mark")]


def _message(it: Happening, words: Words, inbox: Configured) -> Event:
    if words.is_deleted:
        return Passed(kind="deleted")
    parts = _parts(words) or unshown(inbox)
    answered = words.reply_to
    clues = (Clue(why="reply", external_id=answered.mid),) if answered and answered.mid else ()
    story = answered.story.url if answered and answered.story else None
    context = {**_origin(it.referral), **({"page": story[:_CUT]} if story else {})}
    return _said(it, inbox, words.mid, parts, clues=clues, context=context)


def _edit(it: Happening, edit: Edit, inbox: Configured) -> Event:
    if not edit.text.strip():
        return Passed(kind="message_edit")
    parts = (Part(type="text", text=edit.text),)
    return _said(it, inbox, f"{edit.mid}:edit:{edit.num_edit}", parts, edits=edit.mid)


def _postback(it: Happening, postback: Postback, inbox: Configured) -> Event:
    if not (postback.title.strip() or postback.payload.strip()):
        raise ValueError("A press of no button.")
    name = postback.mid
    if name is None:  # older versions give none: the same press again has the same words and the same time
        told = encode([it.sender.id, it.timestamp, postback.title, postback.payload])
        name = f"postback:{hashlib.sha256(told).hexdigest()[:32]}"
    title = postback.title.strip() or postback.payload
    press = Part(type="button", text=title, payload=postback.payload or title)
    return _said(it, inbox, name, (press,), context=_origin(postback.referral))


def _said(
    it: Happening,
    inbox: Configured,
    name: str,
    parts: tuple[Part, ...],
    *,
    clues: tuple[Clue, ...] = (),
    context: dict[str, str] | None = None,
    edits: str | None = None,
) -> Event:
    return Said(
        message=Inbound(
            inbox=inbox.id,
            external_id=name,
            sender=Sender(address=it.sender.id, verified=True),
            parts=parts,
            sent_at=_time(it.timestamp),
            context=context or {},
            clues=clues,
            edits=edits,
        )
    )


def _time(told: int | None) -> int | None:
    """In ms; the "Test" button of the app dashboard tells seconds."""
    if told is None or not 0 < told < 2**43:
        return None
    return told if told > 10**11 else told * 1_000


def _origin(referral: Referral | None) -> dict[str, str]:
    told = {"referrer": referral.ref or referral.source} if referral is not None else {}
    return {key: text[:_CUT] for key, text in told.items() if text}


def _parts(words: Words) -> tuple[Part, ...]:
    parts: list[Part] = []
    if words.quick_reply is not None and words.text and words.text.strip():
        parts.append(Part(type="button", text=words.text, payload=words.quick_reply.payload or words.text))
    elif words.text and words.text.strip():
        parts.append(Part(type="text", text=words.text))
    parts.extend(part for one in words.attachments[:30] if (part := _attachment(one)) is not None)
    return tuple(parts)


def _attachment(one: Attachment) -> Part | None:
    payload = one.payload
    url = (payload.url if payload is not None else None) or one.url
    if payload is not None and payload.sticker_id in _THUMBS:
        return Part(type="text", text="👍")
    if one.type == "like_heart":
        return Part(type="text", text="❤️")
    if one.type == "location" and payload is not None and payload.coordinates is not None:
        at = payload.coordinates
        values = {"latitude": str(at.lat), "longitude": str(at.long)}
        return Part(type="location", text=(one.title or "").strip() or f"{at.lat}, {at.long}", values=values)
    if one.type in _FILES and url:
        type_ = _FILES[one.type]
        file = File(id="", name=f"{one.type}{_ENDINGS.get(type_, '')}", content_type=type_, size=0)
        return Part(type="attachment", file=file, source={"url": url[:4_000]})
    told = [text for text in ((payload.title if payload else None) or one.title, url) if text and text.strip()]
    return Part(type="text", text="\n".join(told)[:4_000]) if told else None
