"""Stays in line, each with one fate: offered = answered + abandoned + flow-out + waiting, per queue, always. Pure.

A stay begins when a conversation whose customer has said something comes into a queue, and ends when it leaves that
queue, or when its customer leaves a message or a number instead of waiting on. Whoever takes that up later answers no
stay. Abandoned is what the customer ends; whatever else takes somebody out of a line is flow-out.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

from hub.model.conversation import Conversation
from hub.model.entry import Entry, EventType
from hub.model.fold import fold
from hub.model.ids import AgentId, ConversationId

Fate = Literal["answered", "abandoned", "flow_out"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A stay from `start` to `end` (ms; None while it lasts).

    `reason` of a flow-out: overflowed, moved, callback, message, voicemail, bot, closed. `agent`: who answered.
    """

    conversation: ConversationId
    queue: str
    channel: str
    start: int
    end: int | None = None
    fate: Fate | None = None
    reason: str | None = None
    agent: AgentId | None = None

    @property
    def key(self) -> str:
        """Names the stay, the same in every process and after every crash."""
        return f"{self.conversation}:{self.start}:{self.queue}"


def visit_of(state: Conversation) -> Visit | None:
    """The stay that a conversation is in."""
    if not state.waits or state.deferred is not None or state.entered_at is None:
        return None
    return Visit(conversation=state.id, queue=state.queue or "", channel=state.header.channel, start=state.entered_at)


def visits_in(before: Conversation, after: Conversation, entry: Entry) -> Iterator[Visit]:
    """The stays that end and begin with an entry."""
    was, now = visit_of(before), visit_of(after)
    if was == now:
        return
    if was is not None:
        fate, reason = _fate(after, entry)
        agent = after.owner.agent if fate == "answered" else None
        yield replace(was, end=entry.at, fate=fate, reason=reason, agent=agent)
    if now is not None:
        yield now


def visits_of(state: Conversation, timeline: Iterable[Entry]) -> Iterator[Visit]:
    """Every beginning and end in a conversation's whole timeline."""
    before = Conversation(header=state.header)
    for entry in timeline:
        after = fold(before, entry)
        yield from visits_in(before, after, entry)
        before = after


def _fate(after: Conversation, entry: Entry) -> tuple[Fate, str | None]:
    if entry.event is None or after.deferred is not None:
        return "flow_out", after.deferred
    match entry.event.type:
        case EventType.ACCEPTED | EventType.TAKEN | EventType.ASSIGNED | EventType.CALL:
            return "answered", None
        case EventType.RESOLVED if entry.author.kind == "contact":
            return "abandoned", None
        case EventType.OVERFLOWED | EventType.MOVED:
            return "flow_out", entry.event.type.value
        case EventType.TO_BOT:
            return "flow_out", "bot"
        case _:
            return "flow_out", "closed"
