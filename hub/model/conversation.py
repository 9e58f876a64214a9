"""A conversation is the fold of its entries.

`fold(state, entry)` is the only way a conversation changes. Ownership changes are entries too, so the store's unique
(conversation, seq) index decides every race: who loses finds `check` refusing the next try. See docs/decisions/0002.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from hub.errors import Conflict, StaleFence
from hub.model.entry import Entry, Event, EventType
from hub.model.ids import AgentId, ContactId, ConversationId, InboxId, QueueId

OwnerKind = Literal["none", "bot", "queue", "offer", "agent"]
StatusCategory = Literal["open", "waiting", "resolved"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What never changes about a conversation. `number` is the short one that people say."""

    id: ConversationId
    number: int
    inbox: InboxId
    channel: str
    contact: ContactId
    address: str
    created_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """Who must act next. `agent` for offer and agent; `until` and `offer` (an id) for an offer."""

    kind: OwnerKind
    agent: AgentId | None = None
    offer: str | None = None
    until: int | None = None


NOBODY = Owner(kind="none")


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """A conversation as of `last_seq`.

    `fence` is the number of the last ownership entry. `queued_at` is the place in line (ms; kept while offers come
    and go); `front` goes before everybody of the same priority. `waiting_since`: since when the customer waits for
    words from us. `bot_seq`: the customer's last number that the bot has dealt with. `passed`: agents who declined or
    missed it in this stay in line, with the time. `contact_seqs`: numbers of the customer's last 20 messages.
    `form_at`: when the offline form was last offered or answered. `contact_name`: what the customer calls themselves.
    """

    header: Header
    locale: str = "fa"
    status: StatusCategory = "open"
    owner: Owner = NOBODY
    fence: int = 0
    fence_at: int = 0
    queue: QueueId | None = None
    queued_at: int | None = None
    front: bool = False
    priority: int = 0
    reserved_for: AgentId | None = None
    passed: Mapping[str, int] = field(default_factory=dict)
    last_seq: int = 0
    last_at: int = 0
    last_text: str = ""
    last_author: str = "system"
    contact_seq: int = 0
    contact_at: int = 0
    contact_seqs: tuple[int, ...] = ()
    bot_seq: int = 0
    waiting_since: int | None = None
    last_agent: AgentId | None = None
    first_response_at: int | None = None
    snoozed_until: int | None = None
    ended_by_customer: int | None = None
    handoff_reason: str | None = None
    handoff_summary: str | None = None
    transfer_note: str | None = None
    contact_name: str = ""
    form_at: int | None = None
    disposition: str | None = None
    rating: int | None = None
    resolved_at: int | None = None

    @property
    def id(self) -> ConversationId:
        """The conversation's id."""
        return self.header.id

    @property
    def open(self) -> bool:
        """Whether anybody still has to do something with it."""
        return self.status != "resolved"

    @property
    def line_key(self) -> tuple[bool, int, int, str]:
        """Order in line: front first, then priority, then the oldest place."""
        return (not self.front, -self.priority, self.queued_at or 0, self.id)


def check(state: Conversation, event: Event) -> None:
    """Whether an event may happen now.

    Raises:
        Conflict: the state does not allow it (`resolved`, `too_late`).
    """
    allowed = _ALLOWED.get(event.type)
    if allowed is None:
        return
    if event.type is EventType.OPENED:
        if state.last_seq:
            raise Conflict("This conversation has begun already.")
        return
    if state.owner.kind not in allowed:
        code = "resolved" if not state.open else "too_late"
        raise Conflict(
            f"'{event.type}' is not possible while the owner is '{state.owner.kind}'.",
            code=code,
        )
    if state.ended_by_customer is not None and event.type in _GIVES_ON:
        raise Conflict("The customer has ended this conversation.", code="resolved")
    if event.agent is not None and event.type in _BY_HOLDER and state.owner.agent != event.agent:
        raise StaleFence("Somebody else has it.")


_ANY_LIVE: frozenset[OwnerKind] = frozenset({"bot", "queue", "offer", "agent"})
_ALLOWED: dict[EventType, frozenset[OwnerKind]] = {
    EventType.OPENED: frozenset({"none"}),
    EventType.HANDOFF: frozenset({"bot"}),
    EventType.OFFERED: frozenset({"queue"}),
    EventType.ACCEPTED: frozenset({"offer"}),
    EventType.DECLINED: frozenset({"offer"}),
    EventType.EXPIRED: frozenset({"offer"}),
    EventType.WITHDRAWN: frozenset({"offer"}),
    EventType.TAKEN: frozenset({"queue", "bot"}),
    EventType.RETURNED: frozenset({"agent"}),
    EventType.TRANSFERRED: frozenset({"agent"}),
    EventType.TO_BOT: frozenset({"agent", "queue"}),
    EventType.RESOLVED: _ANY_LIVE,
    EventType.REOPENED: frozenset({"none"}),
    EventType.SNOOZED: frozenset({"agent"}),
    EventType.WOKE: frozenset({"agent"}),
    EventType.CUSTOMER_ENDED: _ANY_LIVE,
    EventType.BOT_TURN: frozenset({"bot"}),
}
_GIVES_ON = frozenset({EventType.RETURNED, EventType.TRANSFERRED, EventType.TO_BOT, EventType.SNOOZED})
_BY_HOLDER = frozenset(
    {
        EventType.ACCEPTED,
        EventType.DECLINED,
        EventType.EXPIRED,
        EventType.WITHDRAWN,
        EventType.RETURNED,
        EventType.TRANSFERRED,
        EventType.SNOOZED,
    }
)


def fold_all(state: Conversation, entries: Iterable[Entry]) -> Conversation:
    """Fold entries in order; those the state has seen already are skipped."""
    for entry in entries:
        if entry.seq > state.last_seq:
            state = fold(state, entry)
    return state


def fold(state: Conversation, entry: Entry) -> Conversation:
    """The state after one more entry. Pure; never refuses what is stored."""
    if entry.event is None:
        # The most frequent step of all: one copy of the state, not three.
        said = _said(state, entry) if entry.kind == "message" else {}
        return replace(state, last_seq=entry.seq, last_at=entry.at, **said)
    if entry.moves_fence:
        state = replace(state, last_seq=entry.seq, last_at=entry.at, fence=entry.seq, fence_at=entry.at)
    else:
        state = replace(state, last_seq=entry.seq, last_at=entry.at)
    return _HAPPENINGS[entry.event.type](state, entry, entry.event)


def _said(state: Conversation, entry: Entry) -> dict[str, Any]:
    """What a message changes."""
    words = {"last_text": preview(entry), "last_author": entry.author.kind}
    match entry.author.kind:
        case "contact":
            answers = any(part.type == "form_reply" for part in entry.parts)
            return {
                **words,
                "form_at": entry.at if answers else state.form_at,
                "contact_seq": entry.seq,
                "contact_at": entry.at,
                "contact_seqs": (*state.contact_seqs[-19:], entry.seq),
                "waiting_since": state.waiting_since or entry.at,
                "status": "open" if state.status == "waiting" else state.status,
                "snoozed_until": None if state.status == "waiting" else state.snoozed_until,
                "contact_name": _name_in(entry) or state.contact_name,
            }
        case "agent":
            return {**words, "waiting_since": None, "first_response_at": state.first_response_at or entry.at}
        case "bot":
            return {**words, "bot_seq": max(state.bot_seq, entry.up_to or 0), "waiting_since": None}
        case "system":
            asks = any(part.type == "form" for part in entry.parts)
            return {"form_at": entry.at} if asks else {}


def _name_in(entry: Entry) -> str:
    return next(
        (part.values.get("name", "") for part in entry.parts if part.type == "form_reply"),
        "",
    )


def preview(entry: Entry) -> str:
    """The first words of a message for a list row, at most 120 characters on one line; a file's name in brackets."""
    words = " ".join(entry.text.split())
    if not words:
        words = next((f"[{part.file.name}]" for part in entry.parts if part.file), "")
    return words[:120]


def _opened(state: Conversation, entry: Entry, event: Event) -> Conversation:
    if event.queue is None:
        return replace(state, owner=Owner(kind="bot"))
    return _to_line(replace(state, queue=event.queue, handoff_reason=event.reason), entry)


def _to_line(state: Conversation, entry: Entry, *, front: bool = False) -> Conversation:
    return replace(
        state,
        owner=Owner(kind="queue"),
        queued_at=entry.at,
        front=front,
        passed={},
        reserved_for=None,
        form_at=None,
    )


def _handoff(state: Conversation, entry: Entry, event: Event) -> Conversation:
    state = replace(
        state,
        queue=event.queue or state.queue,
        handoff_reason=event.reason,
        handoff_summary=event.summary,
        transfer_note=None,
        bot_seq=max(state.bot_seq, event.up_to or 0),
        waiting_since=state.waiting_since or entry.at,
    )
    return _to_line(state, entry)


def _offered(state: Conversation, entry: Entry, event: Event) -> Conversation:
    owner = Owner(
        kind="offer",
        agent=event.agent,
        offer=f"{state.id}.{entry.seq}",
        until=event.until,
    )
    return replace(state, owner=owner)


def _held(state: Conversation, entry: Entry, event: Event) -> Conversation:
    return replace(
        state,
        owner=Owner(kind="agent", agent=event.agent),
        last_agent=event.agent,
        queued_at=None,
        front=False,
        passed={},
        reserved_for=None,
    )


def _reopened(state: Conversation, entry: Entry, event: Event) -> Conversation:
    return replace(
        _held(state, entry, event),
        status="open",
        disposition=None,
        resolved_at=None,
        ended_by_customer=None,
    )


def _passed(state: Conversation, entry: Entry, event: Event) -> Conversation:
    passed = {**state.passed, event.agent: entry.at} if event.agent else state.passed
    return replace(state, owner=Owner(kind="queue"), passed=passed, reserved_for=None)


def _withdrawn(state: Conversation, entry: Entry, event: Event) -> Conversation:
    return replace(state, owner=Owner(kind="queue"), reserved_for=None)


def _returned(state: Conversation, entry: Entry, event: Event) -> Conversation:
    state = replace(
        state,
        queue=event.queue or state.queue,
        handoff_reason=event.reason,
        transfer_note=event.note,
        waiting_since=state.waiting_since or entry.at,
        status="open",
        snoozed_until=None,
    )
    state = _to_line(state, entry, front=event.front)
    return replace(state, passed={event.agent: entry.at} if event.agent else {})


def _transferred(state: Conversation, entry: Entry, event: Event) -> Conversation:
    return replace(_returned(state, entry, event), handoff_reason="transferred", reserved_for=event.to_agent)


def _to_bot(state: Conversation, entry: Entry, event: Event) -> Conversation:
    return replace(
        state,
        owner=Owner(kind="bot"),
        queued_at=None,
        front=False,
        passed={},
        reserved_for=None,
        bot_seq=state.contact_seq,
        status="open",
        snoozed_until=None,
        waiting_since=None,
    )


def _resolved(state: Conversation, entry: Entry, event: Event) -> Conversation:
    return replace(
        state,
        owner=NOBODY,
        status="resolved",
        queued_at=None,
        front=False,
        passed={},
        reserved_for=None,
        waiting_since=None,
        snoozed_until=None,
        disposition=event.disposition,
        resolved_at=entry.at,
    )


def _snoozed(state: Conversation, entry: Entry, event: Event) -> Conversation:
    return replace(state, status="waiting", snoozed_until=event.until)


def _woke(state: Conversation, entry: Entry, event: Event) -> Conversation:
    # Whoever put it aside gets the whole time to answer again.
    return replace(state, status="open", snoozed_until=None, waiting_since=entry.at if state.waiting_since else None)


def _customer_ended(state: Conversation, entry: Entry, event: Event) -> Conversation:
    return replace(state, ended_by_customer=entry.at, waiting_since=None)


def _rated(state: Conversation, entry: Entry, event: Event) -> Conversation:
    return replace(state, rating=event.score)


def _bot_turn(state: Conversation, entry: Entry, event: Event) -> Conversation:
    return replace(state, bot_seq=max(state.bot_seq, event.up_to or 0))


def _spoke(state: Conversation, entry: Entry, event: Event) -> Conversation:
    return replace(state, locale=event.locale or state.locale)


def _erased(state: Conversation, entry: Entry, event: Event) -> Conversation:
    # What a projection repeats of the words goes with them, whenever it is written.
    return replace(state, last_text="", contact_name="", handoff_summary=None, transfer_note=None)


def _noted(state: Conversation, entry: Entry, event: Event) -> Conversation:
    return state


_HAPPENINGS: dict[EventType, Callable[[Conversation, Entry, Event], Conversation]] = {
    EventType.OPENED: _opened,
    EventType.HANDOFF: _handoff,
    EventType.OFFERED: _offered,
    EventType.ACCEPTED: _held,
    EventType.DECLINED: _passed,
    EventType.EXPIRED: _passed,
    EventType.WITHDRAWN: _withdrawn,
    EventType.TAKEN: _held,
    EventType.RETURNED: _returned,
    EventType.TRANSFERRED: _transferred,
    EventType.TO_BOT: _to_bot,
    EventType.RESOLVED: _resolved,
    EventType.REOPENED: _reopened,
    EventType.SNOOZED: _snoozed,
    EventType.WOKE: _woke,
    EventType.CUSTOMER_ENDED: _customer_ended,
    EventType.RATED: _rated,
    EventType.TICKET: _noted,
    EventType.ERASED: _erased,
    EventType.BOT_TURN: _bot_turn,
    EventType.LOCALE: _spoke,
}
