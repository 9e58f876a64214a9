"""A conversation is the fold of its entries.

`hub.model.fold` is the only way a conversation changes. Ownership changes are entries too, so the store's unique
(conversation, seq) index decides every race: who loses finds `check` refusing the next try. See docs/decisions/0002.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from hub.errors import Conflict, StaleFence
from hub.model.entry import Event, EventType
from hub.model.ids import AgentId, ContactId, ConversationId, InboxId, QueueId
from hub.model.queues import Need

OwnerKind = Literal["none", "bot", "queue", "offer", "agent"]
TapeState = Literal["", "off", "on", "paused"]
CallState = Literal["", "live", "ringing", "joined", "held", "consult", "conference", "callback", "message", "over"]
AGENT_SILENT = "agent_silent"
"""Why a conversation returns to its line whose agent leaves the customer without an answer for too long."""
SPEAKING: frozenset[CallState] = frozenset({"joined", "held", "consult", "conference"})
LIVE: frozenset[CallState] = SPEAKING | {"live", "ringing"}
StatusCategory = Literal["open", "waiting", "resolved"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What never changes about a conversation. `number` is the short one that people say.

    `thread` keeps several of one address apart (e-mail); empty where an address has one open conversation.
    """

    id: ConversationId
    number: int
    inbox: InboxId
    channel: str
    contact: ContactId
    address: str
    created_at: int
    thread: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """Who must act next. `agent` for offer and agent; `until` and `offer` (an id) for an offer.

    An offer to several at once names them in `among`; whoever accepts first has it. One that is `auto` is accepted for
    its agent. `why`: the reason it was made to them.
    """

    kind: OwnerKind
    agent: AgentId | None = None
    offer: str | None = None
    until: int | None = None
    among: tuple[AgentId, ...] = ()
    auto: bool = False
    why: str | None = None

    @property
    def asked(self) -> tuple[AgentId, ...]:
        """Everybody who has it or is offered it."""
        return self.among if self.agent is None else (self.agent,)


NOBODY = Owner(kind="none")


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """A conversation as of `last_seq`.

    `fence` is the number of the last ownership entry. `queued_at` is the place in line (ms; kept while offers come
    and go, and by an overflow); `entered_at`: when it came into its present queue (ms), from which that queue's
    timers run. `priority` is its own, beside its queue's; `needs`: skills it asks for beside its ring's. `left_at`,
    `left_place`: when its customer left the line, and the place they had. `people_since`: since when the matter is
    one for people, until it is resolved; `asked_at`: when a person was asked for, by a handoff or anew after one;
    `answered_at`: when one first answered after that; `unanswered_since`: the oldest message of the customer that
    nobody has answered; `callback_at`: since when the customer waits to be called back. `pauses`: while it was put
    aside and nobody owed the customer anything (ms; the last may still run). `sla_told`: warnings and breaches that
    were told. `front` goes before everybody. `waiting_since`: since when the customer waits
    for words from us. `bot_seq`: the customer's last number that the bot has dealt with. `passed`: agents who
    declined or missed it in this stay in line, with the time. `contact_seqs`: numbers of the customer's last 20
    messages. `form_at`: when the offline form was last offered or answered. `exited`: what was offered when nobody
    came in time (`ExitKind`); `deferred`: what the customer left in this stay instead of waiting on; `callback_to`:
    the number that they left. `lines`: those that this stay has overflowed from. `ended_at`: since when the talk is
    over while its agent wraps up; `ended_by`: whom it was ended by; `extended`: the agent took more time.
    `contact_name`: what the customer calls themselves. `reply`: what the channel's adapter needs to answer the
    customer's newest message. `call`: how a live call stands, "" where there is none; its caller keeps the place in
    line until they are joined with whoever accepted it (`awaits_phone`). `tape`: whether what is said in it can be
    recorded, is, or pauses in that. `third`: who is asked beside, or in a conference with them, by name or number.
    """

    header: Header
    locale: str = "fa"
    status: StatusCategory = "open"
    owner: Owner = NOBODY
    fence: int = 0
    fence_at: int = 0
    queue: QueueId | None = None
    queued_at: int | None = None
    entered_at: int | None = None
    needs: tuple[Need, ...] = ()
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
    people_since: int | None = None
    asked_at: int | None = None
    answered_at: int | None = None
    unanswered_since: int | None = None
    callback_at: int | None = None
    callback_to: str = ""
    pauses: tuple[tuple[int, int | None], ...] = ()
    sla_told: tuple[str, ...] = ()
    left_at: int | None = None
    left_place: int | None = None
    first_response_at: int | None = None
    snoozed_until: int | None = None
    ended_at: int | None = None
    ended_by: Literal["contact", "agent"] | None = None
    extended: bool = False
    handoff_reason: str | None = None
    handoff_summary: str | None = None
    transfer_note: str | None = None
    contact_name: str = ""
    reply: Mapping[str, str] = field(default_factory=dict)
    form_at: int | None = None
    exited: str | None = None
    deferred: Literal["message", "callback", "voicemail"] | None = None
    lines: tuple[QueueId, ...] = ()
    disposition: str | None = None
    rating: int | None = None
    resolved_at: int | None = None
    call: CallState = ""
    tape: TapeState = ""
    third: str = ""

    @property
    def id(self) -> ConversationId:
        """The conversation's id."""
        return self.header.id

    @property
    def open(self) -> bool:
        """Whether anybody still has to do something with it."""
        return self.status != "resolved"

    @property
    def awaits_phone(self) -> bool:
        """Whether an agent has accepted a call and is not joined with the caller yet."""
        return self.owner.kind == "agent" and self.queued_at is not None

    @property
    def on_phone(self) -> bool:
        """Whether an agent has a live call, be it on hold."""
        return self.call in SPEAKING and self.ended_at is None

    @property
    def waits(self) -> bool:
        """Whether a customer, who has said something, speaks with nobody yet: in line, or while a phone rings."""
        return self.in_line or self.awaits_phone

    @property
    def in_line(self) -> bool:
        """Whether a customer, who has said something, waits in a line or is being offered."""
        return self.owner.kind in {"queue", "offer"} and bool(self.contact_seq)


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
    if state.ended_at is not None and event.type in _GIVES_ON:
        raise Conflict("This conversation has ended.", code="resolved")
    if event.type is EventType.EXTENDED and (state.ended_at is None or state.extended):
        code = "too_late" if state.ended_at is None else "already_extended"
        raise Conflict("This can be extended once, while it lasts.", code=code)
    if event.type in _LEAVES and event.up_to is not None and state.contact_seq > event.up_to:
        raise Conflict("The customer has just written.", code="customer_wrote")
    if event.type is EventType.RETURNED and event.reason == AGENT_SILENT and state.waiting_since is None:
        raise Conflict("The agent has just answered.", code="too_late")
    if event.agent is not None and event.type in _BY_HOLDER and event.agent not in state.owner.asked:
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
    EventType.CUSTOMER_ENDED: frozenset({"agent"}),
    EventType.BOT_TURN: frozenset({"bot"}),
    EventType.OVERFLOWED: frozenset({"queue"}),
    EventType.WAITED_OUT: frozenset({"queue"}),
    EventType.WRAPPED: frozenset({"agent"}),
    EventType.EXTENDED: frozenset({"agent"}),
    EventType.MOVED: frozenset({"queue", "offer"}),
    EventType.PRIORITISED: frozenset({"queue", "offer"}),
    EventType.ASSIGNED: _ANY_LIVE,
}
_LEAVES = frozenset({EventType.RESOLVED, EventType.WRAPPED, EventType.SNOOZED})
_GIVES_ON = frozenset(
    {EventType.RETURNED, EventType.TRANSFERRED, EventType.TO_BOT, EventType.SNOOZED, EventType.ASSIGNED}
)
_BY_HOLDER = frozenset(
    {
        EventType.ACCEPTED,
        EventType.DECLINED,
        EventType.EXPIRED,
        EventType.WITHDRAWN,
        EventType.RETURNED,
        EventType.TRANSFERRED,
        EventType.SNOOZED,
        EventType.WRAPPED,
        EventType.EXTENDED,
    }
)
