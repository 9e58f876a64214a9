"""The desk's protocol: what a desk may ask for. Each command is answered by one `Result` or `Failure` with its id."""

from typing import Literal

from msgspec import Struct, field

from channels.calls import AgentControl
from hub.desk.board_frames import Assign, ForceStatus, Move, Prioritise, SignOut, WatchBoard, WatchCall

Tab = Literal["mine", "queue", "all", "snoozed", "resolved"]


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

    `send_on`: pass the caller on to a number (`to`, as people write it). `consult`: the caller waits while I speak with
    a colleague (`to` is their id) or somebody at a number; then `conference` lets all three hear each other, `complete`
    leaves the caller to them, `back` lets them go. `call_again`: a customer who was to be called back and was not
    reached is called once more.
    Refused with `not_live`, `not_allowed`, `phone_failed`, `agent_unavailable`; `bad_number`, `dial_refused` or
    `dial_not_now`. `record`: record from now on, where the line lets me; `record_pause`, `record_resume`: be silent in
    the recording, while a card number is said.
    """

    id: int
    conversation: str
    control: AgentControl
    to: str = ""


class PhoneReady(Struct, frozen=True, tag="phone.ready", tag_field="type", forbid_unknown_fields=True):
    """This browser is my telephone and rings, or does so no more. While none of mine does, I am offered no calls."""

    id: int
    ready: bool


class BecomePhone(Struct, frozen=True, tag="phone", tag_field="type", forbid_unknown_fields=True):
    """Make this browser my telephone, or keep it so (`was`: its login). Answered with `PhoneKey`.

    Refused with `not_allowed` (mine is another one), `no_browser_phone` (no number is set up for it), `elsewhere`
    (another browser is it meanwhile) or `phone_failed`.
    """

    id: int
    was: str = ""


class Snooze(Struct, frozen=True, tag="snooze", tag_field="type", forbid_unknown_fields=True):
    """Put my conversation aside until a time (ms); the customer's next message wakes it. `seen`: see `Resolve`."""

    id: int
    conversation: str
    until: int
    seen: int | None = None


class Resolve(Struct, frozen=True, tag="resolve", tag_field="type", forbid_unknown_fields=True):
    """Close, with a disposition of the settings; refused with `disposition_required` where the queue wants one.

    `seen`: the last number that this desk knows of (`Summary.last_seq`). Refused with `customer_wrote` when the
    customer has written since: nobody closes upon words that they have not seen.

    Where the queue has a wrap-up, this begins it (see `Summary.wrap_up_until`), and once more ends it; a fixed one only
    notes the disposition, and ends by itself.
    """

    id: int
    conversation: str
    disposition: str | None = None
    note: str | None = None
    seen: int | None = None


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
    | BecomePhone
    | PhoneReady
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
    | WatchCall
    | Ping
)
