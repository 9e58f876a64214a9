"""The desk's protocol: what its answers and events show of conversations, people, queues and settings."""

from typing import Literal

from msgspec import Struct, field

from channels.views import ButtonView, FileView, PartView  # noqa: F401 - part of this protocol

Locale = Literal["fa", "en"]
OwnerKind = Literal["none", "bot", "queue", "offer", "agent"]
StatusCategory = Literal["open", "waiting", "resolved"]
Role = Literal["agent", "supervisor", "bot_admin", "admin"]
AddressKind = Literal["email", "phone"]
CallName = Literal["live", "ringing", "joined", "held", "consult", "conference", "callback", "message", "over"]


class UnderstoodView(Struct, frozen=True, omit_defaults=True):
    """What the bot understood of the customer's words. `confidence` 0-1."""

    intent: str
    confidence: float
    runner_up: str | None = None
    runner_up_confidence: float | None = None
    entities: dict[str, str] = field(default_factory=dict)
    slots: dict[str, str] = field(default_factory=dict)


class EventView(Struct, frozen=True, omit_defaults=True):
    """What happened, for entries of kind `event`.

    `type`: opened, overflowed, waited_out, moved, prioritised, sla, handoff, offered, accepted, declined, expired,
    withdrawn, taken, assigned, returned, transferred, to_bot, snoozed, woke, wrapped, extended, resolved, reopened,
    customer_ended, rated, erased, ticket, bot_turn, locale, call. `agent`/`to_agent`/ `queue` are names to show,
    `reason` is a code that the screens translate (accepted: `auto` where nobody had to answer), `until` in ms,
    `priority` from -10 to 10. `route`: why this queue (`rule:<name>`; `not_taken`: the one that was meant takes no such
    conversations). call: `reason` is what happened, `values` say more.
    """

    type: str
    agent: str | None = None
    to_agent: str | None = None
    queue: str | None = None
    reason: str | None = None
    summary: str | None = None
    note: str | None = None
    disposition: str | None = None
    until: int | None = None
    priority: int | None = None
    score: int | None = None
    ticket: str | None = None
    route: str | None = None
    values: dict[str, str] = field(default_factory=dict)


class EntryView(Struct, frozen=True, omit_defaults=True):
    """One entry of a timeline.

    `delivery` (agents' and bot's messages): queued, sent, delivered, read, failed, uncertain (the provider may have
    taken it: somebody decides, `RetryDelivery` or `SettleDelivery`). `delivery_code` is one that the screens have
    words for, `delivery_reason` the provider's own words, `delivery_due` when a queued one is tried again. `edits`: the
    number of the message that this one replaces. `matched`: why a mail was put into this conversation.
    """

    seq: int
    at: int
    author: Literal["contact", "bot", "agent", "system"]
    kind: Literal["message", "note", "event"]
    author_id: str | None = None
    name: str | None = None
    parts: list[PartView] = field(default_factory=list)
    event: EventView | None = None
    understood: UnderstoodView | None = None
    client_id: str | None = None
    delivery: str | None = None
    delivery_reason: str | None = None
    delivery_code: str | None = None
    delivery_due: int | None = None
    edits: int | None = None
    matched: str | None = None


class OwnerView(Struct, frozen=True, omit_defaults=True):
    """Who holds the conversation; `fence` grows at each change of hands."""

    kind: OwnerKind
    fence: int
    agent: str | None = None
    agent_name: str | None = None
    queue: str | None = None
    queue_name: str | None = None
    offer_until: int | None = None


class SlaView(Struct, frozen=True, omit_defaults=True):
    """The promise that is due first: `due` and `warn` (since when it is urgent) in ms; absent while it stands still."""

    promise: Literal["first_response", "next_response", "resolution", "offer_acceptance", "callback"]
    due: int | None = None
    warn: int | None = None


class Summary(Struct, frozen=True, omit_defaults=True):
    """A row of the list. A newer one (higher `last_seq`, or same and later) replaces an older one.

    `waiting_since`: since when the customer waits for an answer from us. `unread`: customer messages after
    `agent_read`. `reply_until`: until when free words may be sent, then only templates; absent where that never ends.
    `callback`: the customer left this number and waits to be called. `wrap_up_until`: the talk is over, and its agent
    may write down how it ended until then (`wrap_up_extended`: not longer again). `call`: how a telephone call stands;
    ringing: the phone of who accepted it; consult: they ask `third`; conference: all hear each other. `tape`: what is
    said can be recorded (off), is (on), or that pauses (paused); absent where it never is.
    """

    id: str
    number: int
    channel: str
    inbox: str
    contact: str
    contact_name: str
    status: StatusCategory
    owner: OwnerView
    locale: Locale
    last_seq: int
    last_at: int
    created_at: int
    last_text: str = ""
    last_author: str = "contact"
    priority: int = 0
    labels: list[str] = field(default_factory=list)
    unread: int = 0
    waiting_since: int | None = None
    queued_at: int | None = None
    snoozed_until: int | None = None
    agent_read: int = 0
    contact_read: int = 0
    disposition: str | None = None
    rating: int | None = None
    ended_by_customer: bool = False
    call: CallName | None = None
    reply_until: int | None = None
    sla: SlaView | None = None
    callback: str | None = None
    wrap_up_until: int | None = None
    wrap_up_extended: bool = False
    tape: Literal["off", "on", "paused"] | None = None
    third: str = ""


class IdentityView(Struct, frozen=True):
    """An address of a contact; `verified` false means claimed."""

    channel: str
    address: str
    verified: bool


class MemberView(Struct, frozen=True, omit_defaults=True):
    """A contact that an agent merged into this person. `merge` undoes it; `by` is the agent's name."""

    merge: str
    contact: str
    name: str
    into: str
    at: int
    reason: str
    by: str = ""
    identities: list[IdentityView] = field(default_factory=list)


class SharedView(Struct, frozen=True):
    """An address that two persons have in common; not `verified`: at least one of them only claims it."""

    kind: AddressKind
    value: str
    verified: bool


class ClashView(Struct, frozen=True):
    """Both sides have verified addresses of this kind, and none in common."""

    kind: AddressKind
    ours: list[str]
    theirs: list[str]


class SameView(Struct, frozen=True, omit_defaults=True):
    """Somebody who may be the same person: why, and what speaks against it."""

    contact: str
    name: str
    created_at: int
    shared: list[SharedView]
    clashes: list[ClashView] = field(default_factory=list)
    identities: list[IdentityView] = field(default_factory=list)


class EarlierView(Struct, frozen=True, omit_defaults=True):
    """One earlier conversation of the contact."""

    id: str
    number: int
    created_at: int
    status: StatusCategory
    last_text: str = ""
    disposition: str | None = None
    rating: int | None = None


class ContactView(Struct, frozen=True, omit_defaults=True):
    """The customer card: one person, also where agents merged several contacts into it.

    `id` is the conversation's own contact; `owner`: the agent who looks after the person; `identities`,
    `attributes` and `earlier` are those of all `members`. `same`: who else this may be, found by mail address or
    phone number; never merged by itself.
    """

    id: str
    name: str
    locale: Locale
    created_at: int
    owner: str | None = None
    identities: list[IdentityView] = field(default_factory=list)
    attributes: dict[str, str] = field(default_factory=dict)
    earlier: list[EarlierView] = field(default_factory=list)
    members: list[MemberView] = field(default_factory=list)
    same: list[SameView] = field(default_factory=list)


class OfferView(Struct, frozen=True, omit_defaults=True):
    """An offer to me. `until` is when it expires; `seconds` is its whole length, for the ring.

    `reason`: why the conversation needs a person; `why`: why it came to me, as a code of the screens.
    """

    id: str
    conversation: Summary
    reason: str
    summary: str
    until: int
    seconds: int
    waited_ms: int
    why: str | None = None
    note: str | None = None
    from_agent: str | None = None


class AgentView(Struct, frozen=True, omit_defaults=True):
    """A colleague (or me).

    `status`: online, offline, not_responding, break:<reason>, finishing. `connected` = has a live socket. `load` and
    `capacity` in units; `channels`: how many conversations of each, `most`: how many there is room for in all.
    `browser_phone`: calls ring in their desk.
    """

    id: str
    name: str
    role: Role
    status: str
    connected: bool
    load: int = 0
    capacity: int = 100
    status_since: int = 0
    channels: dict[str, int] = field(default_factory=dict)
    most: dict[str, int] = field(default_factory=dict)
    languages: list[str] = field(default_factory=list)
    browser_phone: bool = False


class QueueView(Struct, frozen=True, omit_defaults=True):
    """A queue now. `oldest_at`: since when its first one waits.

    Today, since midnight: `answered`, `in_time` of those, `abandoned`, `short` of those (who left at once), `flow_out`.
    The service level is `in_time / (answered + abandoned - short)`; `target_percent` within `target_seconds` is wanted.
    `pick`: agents may take out of it by hand; supervisors always may. `wrap_up`: what follows its conversations (fixed:
    a time that cannot be cut short). `disposition_required`: none is closed without one.
    """

    id: str
    name: str
    waiting: int
    online: int
    oldest_at: int | None = None
    answered: int = 0
    in_time: int = 0
    abandoned: int = 0
    short: int = 0
    flow_out: int = 0
    target_percent: int = 80
    target_seconds: int = 20
    pick: bool = True
    wrap_up: Literal["none", "fixed", "until_done"] = "none"
    disposition_required: bool = False


class CannedView(Struct, frozen=True):
    """A canned reply.

    Typed as `/shortcut`. Variables: {{contact.name}}, {{agent.name}}, {{conversation.number}}, {{today}}.
    """

    id: str
    shortcut: str
    locale: Locale
    text: str


class TemplateView(Struct, frozen=True):
    """A prepared message that may be sent when free words may not. `blanks` name what is filled into its `text`."""

    name: str
    language: str
    text: str
    blanks: list[str]


class ChannelView(Struct, frozen=True, omit_defaults=True):
    """What a channel carries. `max_text` in `text_unit`s: longer texts go out in pieces. `max_attachment` in bytes.

    `buttons`: how many stand under a message. `live`: somebody waits at the other end. `receipts`: one learns whether
    a message was delivered or read. `calls`: agents speak there, and do not write. `window_seconds`: so long after the
    customer's words one may answer freely.
    """

    max_text: int
    text_unit: Literal["characters", "utf16", "utf8"] = "characters"
    attachments: bool = False
    max_attachment: int = 0
    buttons: int = 0
    templates: bool = False
    receipts: bool = False
    live: bool = True
    calls: bool = False
    window_seconds: int | None = None


class InboxView(Struct, frozen=True):
    """An inbox: where conversations come from."""

    name: str
    channel: str
    templates: list[TemplateView]


class DeskSettings(Struct, frozen=True):
    """What the screens need to know of the workplace."""

    break_reasons: list[str]
    dispositions: list[str]
    snooze_max_days: int
    grace_seconds: int
    max_text: int
    max_file: int
