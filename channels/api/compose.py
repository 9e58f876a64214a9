"""From the hub's messages and timelines to the bodies of the API channel. Pure."""

import hashlib
import re

from msgspec import json

from channels.api.shapes import ConversationOut, EntryOut, MessageOut, PingOut
from channels.contract import Outbound, Timeline
from channels.views import FileUrl, part_view

_PLAIN_ID = re.compile(r"[A-Za-z0-9_:@+=-]{1,200}")


def webhook_id(key: str) -> str:
    """The `webhook-id` of a message: its key, the same at each retry; a key that no header carries as its digest."""
    return key if _PLAIN_ID.fullmatch(key) else hashlib.sha256(key.encode()).hexdigest()


def event(message: Outbound, file_url: FileUrl) -> bytes:
    """The body that carries a message."""
    return json.encode(
        MessageOut(
            id=webhook_id(message.key),
            inbox=message.inbox,
            conversation=message.conversation,
            number=message.number,
            to=message.to,
            seq=message.seq,
            at=message.at,
            author=message.author,
            locale=message.locale,
            parts=[part_view(part, file_url) for part in message.parts],
            author_name=message.author_name,
        )
    )


def ping(id_: str, inbox: str) -> bytes:
    """The body that only asks whether somebody is there."""
    return json.encode(PingOut(id=id_, inbox=inbox))


def conversation(timeline: Timeline | None, file_url: FileUrl) -> ConversationOut:
    """A page of a conversation as its customer may see it."""
    if timeline is None:
        return ConversationOut(entries=[])
    state = timeline.state
    return ConversationOut(
        entries=[_entry(entry, file_url) for entry in timeline.entries],
        more=timeline.more,
        conversation=state.conversation,
        status=state.status,
        owner=state.owner,
        agent_name=state.agent_name,
        place=state.place,
        wait_minutes=state.wait_minutes,
    )


def _entry(entry: Outbound, file_url: FileUrl) -> EntryOut:
    return EntryOut(
        seq=entry.seq,
        at=entry.at,
        author=entry.author,
        parts=[part_view(part, file_url) for part in entry.parts],
        author_name=entry.author_name if entry.author == "agent" else None,
        id=entry.client_id if entry.author == "contact" else None,
    )
