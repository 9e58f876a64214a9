"""The desk's socket protocol: every frame in both directions, as types.

`GET /desk/socket` (websocket, JSON text frames, at most 256 KiB each, exact Origin). Phases: *auth* (the first frame
must be `Auth` with a one-time ticket of `POST /api/desk/ticket`, within 10 s), then *live*: the server sends `Ready`
(a snapshot), then events. A command carries an `id` chosen by the client and is answered by exactly one `Result` or
`Failure` with that id. A client that cannot keep up gets `StartOver` and is disconnected; it connects again and takes
a new snapshot, naming for each open conversation the last number it has. `docs/api/desk.md` is made from this file.
All times are ms since the epoch.
"""

from typing import Literal

from msgspec import UNSET, Struct, UnsetType, field

from channels.views import ButtonView, FileView, PartView  # noqa: F401 - part of this protocol
from hub.desk.board_frames import (
    Acted,
    ActedEvent,
    ActedWhat,  # noqa: F401 - part of this protocol
    AgentBoard,  # noqa: F401 - part of this protocol
    Assign,
    Board,
    BoardEvent,
    ForceStatus,
    HeldView,  # noqa: F401 - part of this protocol
    Move,
    Prioritise,
    QueueBoard,  # noqa: F401 - part of this protocol
    SignOut,
    WatchBoard,
)

Locale = Literal["fa", "en"]
OwnerKind = Literal["none", "bot", "queue", "offer", "agent"]
StatusCategory = Literal["open", "waiting", "resolved"]
Role = Literal["agent", "supervisor", "bot_admin", "admin"]
Tab = Literal["mine", "queue", "all", "snoozed", "resolved"]
AddressKind = Literal["email", "phone"]
CallName = Literal["live", "ringing", "joined", "held", "consult", "callback", "message", "over"]


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
    ringing: the phone of who accepted it; consult: they ask a colleague.
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


class Auth(Struct, frozen=True, tag="auth", tag_field="type", forbid_unknown_fields=True):
    """First frame: a one-time ticket, valid 30 s."""

    ticket: str


class SetStatus(Struct, frozen=True, tag="status.set", tag_field="type", forbid_unknown_fields=True):
    """Choose my status: online, offline, finishing (no new work), or break with a `reason` of the settings."""

    id: int
    status: Literal["online", "offline", "finishing", "break"]
    reason: str | None = None


class AcceptOffer(
    Struct,
    frozen=True,
    tag="offer.accept",
    tag_field="type",
    forbid_unknown_fields=True,
):
    """Take what is offered to me.

    Refused with `too_late` when it went on. Answer: an empty Result; a `SummaryEvent` follows.
    """

    id: int
    offer: str


class DeclineOffer(
    Struct,
    frozen=True,
    tag="offer.decline",
    tag_field="type",
    forbid_unknown_fields=True,
):
    """Pass; the customer keeps the place in line."""

    id: int
    offer: str


class ListConversations(Struct, frozen=True, tag="list", tag_field="type", forbid_unknown_fields=True):
    """A page of a tab, newest activity first (queue: next first). Answer: `ListPage`."""

    id: int
    tab: Tab
    cursor: str | None = None
    limit: int = 50


class OpenConversation(Struct, frozen=True, tag="open", tag_field="type", forbid_unknown_fields=True):
    """Show a conversation and follow it. With `after` only newer entries come (or `start_over`). Answer: `Opened`."""

    id: int
    conversation: str
    after: int | None = None


class CloseConversation(Struct, frozen=True, tag="close", tag_field="type", forbid_unknown_fields=True):
    """Stop following."""

    id: int
    conversation: str


class History(Struct, frozen=True, tag="history", tag_field="type", forbid_unknown_fields=True):
    """The page before `before`. Answer: `HistoryPage`."""

    id: int
    conversation: str
    before: int


class TemplateChoice(Struct, frozen=True, forbid_unknown_fields=True):
    """A template of the conversation's inbox and what fills its `blanks`, in their order."""

    name: str
    language: str
    values: list[str] = field(default_factory=list)


class Reply(Struct, frozen=True, tag="reply", tag_field="type", forbid_unknown_fields=True):
    """Answer the customer. Only the owner may. `client_id` makes a retry the same reply. Answer: `Stored`.

    A `template` stands alone, without `text` and `files`. Refused with `window_closed` where only a template may be
    sent now, with `no_files` or `too_large` where the channel does not carry the files.
    """

    id: int
    conversation: str
    client_id: str
    text: str | None = None
    files: list[str] = field(default_factory=list)
    template: TemplateChoice | None = None


class RetryDelivery(Struct, frozen=True, tag="delivery.retry", tag_field="type", forbid_unknown_fields=True):
    """Send a message again that failed or is uncertain. Answer: an empty Result; a `DeliveryEvent` follows."""

    id: int
    conversation: str
    seq: int


class RetryFile(Struct, frozen=True, tag="file.retry", tag_field="type", forbid_unknown_fields=True):
    """Fetch an attachment again that was lost. Answer: an empty Result; an `EntryChanged` follows."""

    id: int
    conversation: str
    file: str


class SettleDelivery(Struct, frozen=True, tag="delivery.settle", tag_field="type", forbid_unknown_fields=True):
    """An uncertain message has arrived, as somebody knows. Answer: an empty Result; a `DeliveryEvent` follows."""

    id: int
    conversation: str
    seq: int


class Note(Struct, frozen=True, tag="note", tag_field="type", forbid_unknown_fields=True):
    """Write a private note. Answer: `Stored`."""

    id: int
    conversation: str
    client_id: str
    text: str
    mentions: list[str] = field(default_factory=list)


class Typing(Struct, frozen=True, tag="typing", tag_field="type", forbid_unknown_fields=True):
    """I am typing to the customer. No answer."""

    conversation: str
    on: bool = True


class Read(Struct, frozen=True, tag="read", tag_field="type", forbid_unknown_fields=True):
    """Everything up to `seq` was on my visible screen. No answer."""

    conversation: str
    seq: int


class HandBack(Struct, frozen=True, tag="handback", tag_field="type", forbid_unknown_fields=True):
    """Give my conversation back to the bot or to its queue, with an optional note."""

    id: int
    conversation: str
    to: Literal["bot", "queue"]
    note: str | None = None


class Transfer(Struct, frozen=True, tag="transfer", tag_field="type", forbid_unknown_fields=True):
    """Give my conversation to a colleague (offered to them.

    Falls to the queue if they don't take it) or to another queue.
    """

    id: int
    conversation: str
    agent: str | None = None
    queue: str | None = None
    note: str | None = None


class Take(Struct, frozen=True, tag="take", tag_field="type", forbid_unknown_fields=True):
    """Pick a waiting (or bot-held) conversation by hand."""

    id: int
    conversation: str


class ControlCall(Struct, frozen=True, tag="call", tag_field="type", forbid_unknown_fields=True):
    """Do something with my live call.

    `send_on`: pass the caller on to a number (`to`). `consult`: the caller waits while I speak with a colleague (`to`
    is their id); then `complete` leaves the caller to them, `back` brings the caller back to me. Refused with
    `not_live`, `not_allowed`, `phone_failed` or `agent_unavailable`.
    """

    id: int
    conversation: str
    control: Literal["hold", "resume", "mute", "unmute", "hang_up", "send_on", "consult", "complete", "back"]
    to: str = ""


class Snooze(Struct, frozen=True, tag="snooze", tag_field="type", forbid_unknown_fields=True):
    """Put my conversation aside until a time (ms); the customer's next message wakes it."""

    id: int
    conversation: str
    until: int


class Resolve(Struct, frozen=True, tag="resolve", tag_field="type", forbid_unknown_fields=True):
    """Close, with a disposition of the settings; refused with `disposition_required` where the queue wants one.

    Where the queue has a wrap-up, this begins it (see `Summary.wrap_up_until`), and once more ends it; a fixed one only
    notes the disposition, and ends by itself.
    """

    id: int
    conversation: str
    disposition: str | None = None
    note: str | None = None


class ExtendWrapUp(Struct, frozen=True, tag="wrap_up.extend", tag_field="type", forbid_unknown_fields=True):
    """As much time again to wrap up; once (`already_extended`), and not when it is over (`too_late`)."""

    id: int
    conversation: str


class Reopen(Struct, frozen=True, tag="reopen", tag_field="type", forbid_unknown_fields=True):
    """Open a resolved conversation again, as mine."""

    id: int
    conversation: str


class Wake(Struct, frozen=True, tag="wake", tag_field="type", forbid_unknown_fields=True):
    """End the snooze of my conversation now."""

    id: int
    conversation: str


class SaveDraft(Struct, frozen=True, tag="draft", tag_field="type", forbid_unknown_fields=True):
    """Keep my unfinished text on the server (empty text removes it)."""

    id: int
    conversation: str
    text: str
    note: bool = False


class SetLabels(Struct, frozen=True, tag="labels", tag_field="type", forbid_unknown_fields=True):
    """Replace the labels of a conversation."""

    id: int
    conversation: str
    labels: list[str]


class ShowContact(Struct, frozen=True, tag="contact", tag_field="type", forbid_unknown_fields=True):
    """The customer card of a conversation as it is now. Answer: `ContactView`."""

    id: int
    conversation: str


class MergeContacts(Struct, frozen=True, tag="contact.merge", tag_field="type", forbid_unknown_fields=True):
    """Say that two contacts are one person; `reason` is kept. Nothing is rewritten: `UndoMerge` takes it back.

    Refused with `conflicting` where both have verified addresses of one kind that differ, unless `despite_conflict`;
    with `already_merged` where they are one person already. Answer: `Merged`; who looks on gets a `ContactEvent`.
    """

    id: int
    into: str
    source: str = field(name="from")
    reason: str
    despite_conflict: bool = False


class UndoMerge(Struct, frozen=True, tag="contact.undo", tag_field="type", forbid_unknown_fields=True):
    """Take a merge back, whenever that is; twice is once. Answer: an empty Result; see `ContactEvent`."""

    id: int
    merge: str


class SetOwner(Struct, frozen=True, tag="contact.owner", tag_field="type", forbid_unknown_fields=True):
    """Say which agent looks after a person (null: nobody in particular), and is asked first where a line has that.

    Refused with `no_such_agent`. Answer: an empty Result; see `ContactEvent`.
    """

    id: int
    contact: str
    agent: str | None


class Ping(Struct, frozen=True, tag="ping", tag_field="type", forbid_unknown_fields=True):
    """Heartbeat every 15 s; answered by `Pong`. An agent without one for 35 s counts as gone."""


Command = (
    Auth
    | SetStatus
    | AcceptOffer
    | DeclineOffer
    | ListConversations
    | OpenConversation
    | CloseConversation
    | History
    | Reply
    | RetryDelivery
    | SettleDelivery
    | RetryFile
    | Note
    | Typing
    | Read
    | HandBack
    | Transfer
    | Take
    | Snooze
    | ControlCall
    | Wake
    | Resolve
    | ExtendWrapUp
    | Reopen
    | SaveDraft
    | SetLabels
    | ShowContact
    | MergeContacts
    | UndoMerge
    | SetOwner
    | WatchBoard
    | Move
    | Prioritise
    | Assign
    | ForceStatus
    | SignOut
    | Ping
)


class ListPage(Struct, frozen=True, omit_defaults=True):
    """Rows of a tab; `cursor` for the next page, absent at the end. `total` counts the whole tab (at most 1,000)."""

    rows: list[Summary]
    total: int
    cursor: str | None = None


class Draft(Struct, frozen=True):
    """My unfinished text."""

    text: str
    note: bool


class Opened(Struct, frozen=True, omit_defaults=True):
    """A conversation on the screen: newest page or all after `after`. `start_over`: drop what is shown."""

    conversation: Summary
    contact: ContactView
    entries: list[EntryView]
    more: bool = False
    start_over: bool = False
    draft: Draft | None = None
    viewers: list[str] = field(default_factory=list)


class HistoryPage(Struct, frozen=True):
    """Older entries, ascending."""

    entries: list[EntryView]
    more: bool


class Stored(Struct, frozen=True):
    """The reply or note is stored."""

    seq: int
    at: int


class Merged(Struct, frozen=True):
    """Two contacts are one person now; `merge` undoes it."""

    merge: str


class Result(Struct, frozen=True, tag="result", tag_field="type", omit_defaults=True):
    """The command with this `id` succeeded."""

    id: int
    data: ListPage | Opened | HistoryPage | Stored | ContactView | Merged | Board | Acted | UnsetType = UNSET


class Failure(Struct, frozen=True, tag="error", tag_field="type", omit_defaults=True):
    """A command was refused. `code` is stable and translated by the screens; `text` is English for logs and developers.

    Codes: bad_frame, unknown_type, too_large, too_fast, not_found, not_yours, reused_id, too_late, taken, resolved,
    bad_text, bad_file, bad_time, bad_disposition, bad_reason, no_such_agent, no_such_queue, agent_unavailable,
    already_merged, conflicting, window_closed, no_files, bad_template, pick_not_allowed, disposition_required,
    already_extended, unavailable, unauthorized, forbidden.
    """

    code: str
    text: str
    id: int | None = None
    retry: bool = False


class BotView(Struct, frozen=True, omit_defaults=True):
    """Whether the bot answers. `detail`: ok, off, starting, training, down."""

    available: bool
    detail: str


class Ready(Struct, frozen=True, tag="ready", tag_field="type"):
    """Answer to `Auth`: everything the desk needs to paint its first screen."""

    now: int
    me: AgentView
    agents: list[AgentView]
    queues: list[QueueView]
    offers: list[OfferView]
    mine: list[Summary]
    canned: list[CannedView]
    settings: DeskSettings
    bot: BotView
    channels: dict[str, ChannelView]
    inboxes: dict[str, InboxView]


class EntryEvent(Struct, frozen=True, tag="entry", tag_field="type"):
    """A new entry of a conversation that I follow or own, in order."""

    conversation: str
    entry: EntryView


class EntryChanged(Struct, frozen=True, tag="entry.changed", tag_field="type"):
    """An entry that I may have is another than before: its attachment has come, or is lost. Its number stays."""

    conversation: str
    entry: EntryView


class SummaryEvent(Struct, frozen=True, tag="summary", tag_field="type"):
    """A conversation's row changed (coalesced, at most four a second per conversation)."""

    conversation: Summary


class OfferEvent(Struct, frozen=True, tag="offer", tag_field="type"):
    """I am offered a conversation."""

    offer: OfferView


class OfferGone(Struct, frozen=True, tag="offer.gone", tag_field="type"):
    """An offer to me ended: accepted (perhaps in my other tab), declined, expired, withdrawn, resolved."""

    offer: str
    reason: str


class AssignedEvent(Struct, frozen=True, tag="assigned", tag_field="type"):
    """A conversation is mine without my answer, as its queue says: make it heard."""

    conversation: Summary


class AgentEvent(Struct, frozen=True, tag="agent", tag_field="type"):
    """Somebody's status or load changed (me included)."""

    agent: AgentView


class OffersMissedEvent(Struct, frozen=True, tag="offers.missed", tag_field="type"):
    """For supervisors: a colleague missed so many offers in a row."""

    agent: str
    count: int


class QueuesEvent(Struct, frozen=True, tag="queues", tag_field="type"):
    """Queue figures changed (coalesced, at most once a second)."""

    queues: list[QueueView]


class TypingEvent(Struct, frozen=True, tag="typing", tag_field="type", omit_defaults=True):
    """The customer (or a colleague, with `name`) is typing; expires after 6 s."""

    conversation: str
    who: Literal["contact", "agent"]
    on: bool
    name: str | None = None


class DeliveryEvent(Struct, frozen=True, tag="delivery", tag_field="type", omit_defaults=True):
    """Delivery state of one of our messages, or of all up to `seq` when `up_to`. See `EntryView`."""

    conversation: str
    seq: int
    state: str
    up_to: bool = False
    reason: str | None = None
    code: str | None = None
    due: int | None = None


class ContactEvent(Struct, frozen=True, tag="contact", tag_field="type"):
    """Who the customer of a conversation is, changed: ask with `ShowContact`."""

    conversation: str


class MentionEvent(Struct, frozen=True, tag="mention", tag_field="type"):
    """A colleague mentioned me in a note."""

    conversation: str
    number: int
    by: str


class BotEvent(Struct, frozen=True, tag="bot", tag_field="type"):
    """The bot came or went."""

    bot: BotView


class InboxesEvent(Struct, frozen=True, tag="inboxes", tag_field="type"):
    """The inboxes changed."""

    inboxes: dict[str, InboxView]


class CannedEvent(Struct, frozen=True, tag="canned", tag_field="type"):
    """The canned replies changed."""

    canned: list[CannedView]


class StartOver(Struct, frozen=True, tag="start_over", tag_field="type"):
    """You fell behind: connect again, take the snapshot, reopen with `after`."""

    reason: str


class Bye(Struct, frozen=True, tag="bye", tag_field="type", omit_defaults=True):
    """The server closes. `retry_after_ms` absent: sign in again."""

    reason: str
    retry_after_ms: int | None = None


class Pong(Struct, frozen=True, tag="pong", tag_field="type"):
    """Answer to `Ping`."""

    now: int


Event = (
    Ready
    | Result
    | Failure
    | EntryEvent
    | EntryChanged
    | SummaryEvent
    | OfferEvent
    | OfferGone
    | AssignedEvent
    | AgentEvent
    | QueuesEvent
    | OffersMissedEvent
    | BoardEvent
    | ActedEvent
    | TypingEvent
    | DeliveryEvent
    | ContactEvent
    | MentionEvent
    | BotEvent
    | CannedEvent
    | InboxesEvent
    | StartOver
    | Bye
    | Pong
)
