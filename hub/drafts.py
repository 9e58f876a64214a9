"""A draft on its way to being an entry: it waits in a lane, gets its number, and whoever wrote it is told."""

import asyncio
from collections import deque
from dataclasses import dataclass, field

from hub.errors import HubError
from hub.model.conversation import Conversation
from hub.model.entry import Draft, Entry
from hub.model.ids import ConversationId

BATCH = 256


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a draft: its entry, the state after it, and whether it had been stored before."""

    entry: Entry
    state: Conversation
    duplicate: bool = False


@dataclass(slots=True)
class Pending:
    """A draft, and who waits for what becomes of it."""

    draft: Draft
    done: "asyncio.Future[Outcome]"
    tries: int = 0


Ready = tuple[Pending, Entry, Conversation, Conversation]
"""A draft, its entry, and the conversation before and after it."""


@dataclass(slots=True)
class Lane:
    """What waits to be written, in order."""

    waiting: deque[Pending] = field(default_factory=deque)
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    doubtful: set[ConversationId] = field(default_factory=set)
    """Conversations with a write of which nobody knows whether it was stored: its confirmation never came."""


def take(lane: Lane) -> list[Pending]:
    """Take the next batch."""
    return [lane.waiting.popleft() for _ in range(min(BATCH, len(lane.waiting)))]


def entry_of(draft: Draft, seq: int, at: int) -> Entry:
    """A draft as an entry with its number."""
    return Entry(
        conversation=draft.conversation,
        seq=seq,
        at=at,
        author=draft.author,
        kind="event" if draft.event is not None else draft.kind,
        dedupe=draft.dedupe,
        parts=draft.parts,
        event=draft.event,
        understood=draft.understood,
        client_id=draft.client_id,
        external_id=draft.external_id,
        sent_at=draft.sent_at,
        up_to=draft.up_to,
        mentions=draft.mentions,
        delivery=draft.delivery,
        refs=draft.refs,
        edits=draft.edits,
        matched=draft.matched,
        reply=draft.reply,
    )


def settle(pending: Pending, result: Outcome | HubError) -> None:
    """Tell who waits; the first word counts."""
    if pending.done.done():
        return
    if isinstance(result, HubError):
        pending.done.set_exception(result)
        pending.done.exception()
    else:
        pending.done.set_result(result)


def fail(batch: list[Pending], error: HubError, cause: BaseException) -> None:
    """Tell all of them that it failed."""
    error.__cause__ = cause
    for pending in batch:
        settle(pending, error)
