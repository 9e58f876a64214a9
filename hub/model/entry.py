"""A timeline's entries: messages, notes and events, all under one strictly increasing number."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from hub.model.ids import AgentId, ConversationId, FileId, QueueId
from hub.model.queues import Need

AuthorKind = Literal["contact", "bot", "agent", "system"]
EntryKind = Literal["message", "note", "event"]
PartType = Literal[
    "text", "buttons", "button", "attachment", "form", "form_reply", "location", "contact", "mail", "template"
]
DeliveryState = Literal["queued", "sent", "delivered", "read", "failed", "uncertain"]
FileState = Literal["here", "coming", "lost"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """Who wrote an entry. `id` is a contact's, an agent's, or None for the bot and the hub itself."""

    kind: AuthorKind
    id: str | None = None
    name: str | None = None


SYSTEM = Author(kind="system")
BOT = Author(kind="bot")


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """A choice offered under a message."""

    title: str
    payload: str


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A stored file. `size` in bytes, `content_type` as sniffed, `width` and `height` in pixels for images.

    `coming`: it is still being fetched from the provider, and all but `id` is what that claims. `lost`: it cannot be
    had, or not be taken.
    """

    id: FileId
    name: str
    content_type: str
    size: int
    width: int | None = None
    height: int | None = None
    state: FileState = "here"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One piece of a message; which fields count depends on `type` (see `channels.contract.Part`)."""

    type: PartType
    text: str | None = None
    buttons: tuple[Button, ...] = ()
    payload: str | None = None
    file: File | None = None
    form: str | None = None
    values: Mapping[str, str] = field(default_factory=dict)


def text_part(text: str) -> tuple[Part, ...]:
    """A message of one text."""
    return (Part(type="text", text=text),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Understood:
    """What the bot understood of the customer's words, `confidence` 0-1; `others`: the intents after the runner-up."""

    intent: str
    confidence: float
    runner_up: str | None = None
    runner_up_confidence: float | None = None
    others: Mapping[str, float] = field(default_factory=dict)
    entities: Mapping[str, str] = field(default_factory=dict)
    slots: Mapping[str, str] = field(default_factory=dict)


class EventType(StrEnum):
    """What can happen to a conversation besides words. Those in `OWNERSHIP` move the fence."""

    OPENED = "opened"
    HANDOFF = "handoff"
    OFFERED = "offered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    TAKEN = "taken"
    RETURNED = "returned"
    TRANSFERRED = "transferred"
    TO_BOT = "to_bot"
    RESOLVED = "resolved"
    REOPENED = "reopened"
    SNOOZED = "snoozed"
    WOKE = "woke"
    CUSTOMER_ENDED = "customer_ended"
    RATED = "rated"
    TICKET = "ticket"
    ERASED = "erased"
    BOT_TURN = "bot_turn"
    LOCALE = "locale"
    AUTOMATIC = "automatic"
    OVERFLOWED = "overflowed"
    MOVED = "moved"
    PRIORITISED = "prioritised"
    ASSIGNED = "assigned"
    SLA = "sla"
    CALL = "call"
    WAITED_OUT = "waited_out"
    WRAPPED = "wrapped"
    EXTENDED = "extended"


OWNERSHIP = frozenset(
    {
        EventType.OPENED,
        EventType.HANDOFF,
        EventType.OFFERED,
        EventType.ACCEPTED,
        EventType.DECLINED,
        EventType.EXPIRED,
        EventType.WITHDRAWN,
        EventType.TAKEN,
        EventType.RETURNED,
        EventType.TRANSFERRED,
        EventType.TO_BOT,
        EventType.RESOLVED,
        EventType.REOPENED,
        EventType.OVERFLOWED,
        EventType.MOVED,
        EventType.ASSIGNED,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One happening.

    Fields by type: opened: `queue` (None = the bot begins). handoff: `reason`, `summary`, `queue`. offered: `agent`
    (or several at once, `among`), `until`, `reason` (why them), `auto` (needs no answer). accepted, declined, expired,
    withdrawn: `agent`, `reason`. taken, reopened: `agent`. returned: `agent` (who had it), `reason`, `queue`, `front`.
    transferred: `agent` (from), `to_agent` or `queue`, `note`. to_bot: `agent`, `note`. snoozed: `until`,
    `up_to` (not if the customer has written more). resolved: `agent`, `disposition`, `note`, `reason`, `up_to`.
    rated: `score`, `note`. ticket: `ticket`. bot_turn: `up_to` (the customer's last number that the bot has dealt
    with). locale: `locale` (the customer chose a language). automatic: `reason`
    (auto_reply, list), `note` (its first words). reopened by the customer: `queue`, no `agent`. overflowed: `queue`
    (the next line), `reason`. moved: `agent` (the supervisor), `queue`. prioritised: `agent`, `priority`.
    assigned: `agent` (whom a supervisor gave it to, wherever it was).

    sla: `reason` (which promise), `note` (warned or breached), `clock` (which run of it). waited_out: `reason` (what
    was offered when nobody came in time: form, callback, voicemail). wrapped: `agent`,
    `disposition`, `note`, `up_to`. extended: `agent`.

    call: `reason` (see `channels.calls.Happened`) and its `values`; or `transcript`: `file` was written down in
    `locale`, with what `outcome` (written, nothing, failed), and `note`: the words.

    Whatever enters a line may carry `since` (ms): the old place of who came back in time, and `known_to`, who served
    them last. opened, handoff and reopened may carry `priority` and `needs`, as the rules say, and `route`: why this
    line (`rule:<name>`; `not_taken`: the one that was meant does not take such conversations).
    """

    type: EventType
    agent: AgentId | None = None
    to_agent: AgentId | None = None
    queue: QueueId | None = None
    reason: str | None = None
    summary: str | None = None
    note: str | None = None
    disposition: str | None = None
    until: int | None = None
    score: int | None = None
    ticket: str | None = None
    up_to: int | None = None
    locale: str | None = None
    front: bool = False
    since: int | None = None
    priority: int | None = None
    needs: tuple[Need, ...] = ()
    among: tuple[AgentId, ...] = ()
    known_to: AgentId | None = None
    clock: str | None = None
    route: str | None = None
    auto: bool = False
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An entry before it has a number: what a writer hands to the lane.

    `dedupe` is unique for ever: the same draft twice is stored once. `fence`, when given, must still be the
    conversation's fence at the moment of writing, or the draft is refused; so is one with `while_open` once the
    conversation is resolved. `up_to` is set on bot messages: see `Event.up_to`. `refs`: names under which the provider
    knows it ("<inbox>:<external id>"). `edits`: the number of the message that it replaces. `matched`: why it was put
    into this conversation. `reply`: what the adapter needs to answer it.
    """

    conversation: ConversationId
    author: Author
    dedupe: str
    kind: EntryKind = "message"
    parts: tuple[Part, ...] = ()
    event: Event | None = None
    understood: Understood | None = None
    client_id: str | None = None
    external_id: str | None = None
    sent_at: int | None = None
    fence: int | None = None
    up_to: int | None = None
    mentions: tuple[AgentId, ...] = ()
    delivery: DeliveryState | None = None
    refs: tuple[str, ...] = ()
    edits: int | None = None
    matched: str | None = None
    reply: Mapping[str, str] = field(default_factory=dict)
    while_open: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A stored entry. `at` is the hub's time of writing (ms), `sent_at` the sender's claim.

    `delivery_code` is one that the screens have words for, `delivery_reason` the provider's own words, `delivery_due`
    when a queued one is tried again (ms). See `Draft` for the rest.
    """

    conversation: ConversationId
    seq: int
    at: int
    author: Author
    kind: EntryKind
    dedupe: str
    parts: tuple[Part, ...] = ()
    event: Event | None = None
    understood: Understood | None = None
    client_id: str | None = None
    external_id: str | None = None
    sent_at: int | None = None
    up_to: int | None = None
    mentions: tuple[AgentId, ...] = ()
    delivery: DeliveryState | None = None
    delivery_reason: str | None = None
    delivery_code: str | None = None
    delivery_due: int | None = None
    refs: tuple[str, ...] = ()
    edits: int | None = None
    matched: str | None = None
    reply: Mapping[str, str] = field(default_factory=dict)

    @property
    def for_customer(self) -> bool:
        """Whether the customer may see it: messages yes, notes and events never."""
        return self.kind == "message"

    @property
    def moves_fence(self) -> bool:
        """Whether the conversation changes hands here."""
        return self.event is not None and self.event.type in OWNERSHIP

    @property
    def text(self) -> str:
        """The words in it, for previews and the bot."""
        return "\n".join(part.text for part in self.parts if part.text)
