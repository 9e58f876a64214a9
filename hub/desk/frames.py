"""The desk's socket protocol: every frame in both directions, as types.

`GET /desk/socket` (websocket, JSON text frames, at most 256 KiB each, exact Origin). Phases: *auth* (the first frame
must be `Auth` with a one-time ticket of `POST /api/desk/ticket`, within 10 s), then *live*: the server sends `Ready`
(a snapshot), then events. A command carries an `id` chosen by the client and is answered by exactly one `Result` or
`Failure` with that id. A client that cannot keep up gets `StartOver` and is disconnected; it connects again and takes
a new snapshot, naming for each open conversation the last number it has. `docs/api/desk.md` is made from
this file, which has the answers and events, and from those of what they show and of the commands.
All times are ms since the epoch.
"""

from typing import Literal

from msgspec import UNSET, Struct, UnsetType, field

from hub.desk.board_frames import Acted, ActedEvent, Board, BoardEvent
from hub.desk.view_frames import (
    AgentView,
    CannedView,
    ChannelView,
    ContactView,
    DeskSettings,
    EntryView,
    InboxView,
    OfferView,
    QueueView,
    Summary,
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


class PhoneKey(Struct, frozen=True):
    """With what this browser registers over SIP: `url` (wss), user `name`, `login` and `password`; for `seconds`."""

    url: str
    name: str
    login: str
    password: str
    seconds: int


class Result(Struct, frozen=True, tag="result", tag_field="type", omit_defaults=True):
    """The command with this `id` succeeded."""

    id: int
    data: ListPage | Opened | HistoryPage | Stored | ContactView | Merged | PhoneKey | Board | Acted | UnsetType = UNSET


class Failure(Struct, frozen=True, tag="error", tag_field="type", omit_defaults=True):
    """A command was refused. `code` is stable and translated by the screens; `text` is English for logs and developers.

    Codes: bad_frame, unknown_type, too_large, too_fast, not_found, not_yours, reused_id, too_late, taken, resolved,
    bad_text, bad_file, bad_time, bad_disposition, bad_reason, no_such_agent, no_such_queue, agent_unavailable,
    already_merged, conflicting, window_closed, no_files, bad_template, pick_not_allowed, disposition_required,
    already_extended, customer_wrote, unavailable, unauthorized, forbidden.
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
