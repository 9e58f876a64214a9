"""The chat widget's socket protocol: every frame in both directions, as types.

`GET /chat/{inbox}/socket` (websocket, JSON text frames, at most 64 KiB each). Phases: *hello* (the first frame must be
`Hello` within 10 s), then *live*. A command carries an `id` chosen by the client and is answered by exactly one
`Result` or `Failure` with that id; everything else the server sends is an event. Sequence numbers grow within a
conversation and may have gaps; a client resumes with the last one it has. `docs/api/webchat.md` is made from this file.
"""

from typing import Literal

from msgspec import UNSET, Struct, UnsetType, field

from channels.views import ButtonView, FileView, PartView  # noqa: F401 - part of this protocol


class EntryView(Struct, frozen=True, omit_defaults=True):
    """One entry as the customer sees it. `at` in ms since the epoch. `client_id` echoes what the sender chose."""

    seq: int
    at: int
    author: Literal["contact", "bot", "agent", "system"]
    parts: list[PartView]
    name: str | None = None
    client_id: str | None = None


class StateView(Struct, frozen=True, omit_defaults=True):
    """What is true of the conversation now.

    `place` (from 1) and `wait_minutes` (rounded up, absent when unknown) while in line; `agent_name` once somebody
    answers; `agent_read` and `contact_read` are the highest numbers read by each side; `staffed` is false when nobody
    is there to answer (the form part in the timeline is then the way to leave a message).
    """

    conversation: str
    status: Literal["open", "waiting", "resolved"]
    owner: Literal["none", "bot", "queue", "offer", "agent"]
    locale: Literal["fa", "en"]
    agent_name: str | None = None
    place: int | None = None
    wait_minutes: int | None = None
    agent_read: int = 0
    contact_read: int = 0
    rating: int | None = None
    staffed: bool = True


class DeskView(Struct, frozen=True, omit_defaults=True):
    """Who is there: `form` = "offline" when a form should be shown at once instead of a composer."""

    hours_open: bool
    agents_online: bool
    bot: bool
    form: str | None = None
    wait_minutes: int | None = None


class Hello(Struct, frozen=True, tag="hello", tag_field="type", forbid_unknown_fields=True):
    """First frame. `token` is the access token of `POST /chat/{inbox}/session`; `after` resumes `conversation`."""

    token: str
    conversation: str | None = None
    after: int = 0
    locale: Literal["fa", "en"] | None = None
    page: str | None = None


class Send(Struct, frozen=True, tag="send", tag_field="type", forbid_unknown_fields=True):
    """Send a message: `text`, a pressed `button` (payload, with its title in `text`), `files` (ids) or a `form` reply.

    `client_id` (8-64 characters `[A-Za-z0-9_-]`) makes a retry the same message. `conversation` is what the client
    shows; None or a resolved one begins a new conversation. Answer: `SendResult`.
    """

    id: int
    client_id: str
    conversation: str | None = None
    text: str | None = None
    button: str | None = None
    files: list[str] = field(default_factory=list)
    form: str | None = None
    values: dict[str, str] = field(default_factory=dict)
    sent_at: int | None = None


class Typing(Struct, frozen=True, tag="typing", tag_field="type", forbid_unknown_fields=True):
    """The customer is typing (at most one every 3 s; expires after 6 s). No answer."""

    conversation: str
    on: bool = True


class Read(Struct, frozen=True, tag="read", tag_field="type", forbid_unknown_fields=True):
    """Everything up to `seq` was on a visible, focused screen. No answer."""

    conversation: str
    seq: int


class Before(Struct, frozen=True, tag="before", tag_field="type", forbid_unknown_fields=True):
    """Ask for the page before `seq`. Answer: `Page`."""

    id: int
    conversation: str
    seq: int


class Rate(Struct, frozen=True, tag="rate", tag_field="type", forbid_unknown_fields=True):
    """Rate a conversation: `score` 1-5, optional `comment`. Answer: an empty `Result`."""

    id: int
    conversation: str
    score: int
    comment: str | None = None


class End(Struct, frozen=True, tag="end", tag_field="type", forbid_unknown_fields=True):
    """End the conversation. Answer: an empty `Result`."""

    id: int
    conversation: str


class SetLocale(Struct, frozen=True, tag="locale", tag_field="type", forbid_unknown_fields=True):
    """Choose the language that the bot and the hub speak. Answer: an empty `Result`."""

    id: int
    locale: Literal["fa", "en"]


class Forget(Struct, frozen=True, tag="forget", tag_field="type", forbid_unknown_fields=True):
    """Erase what I wrote. Answer: an empty `Result`, then `Bye("forgotten")`."""

    id: int


class Ping(Struct, frozen=True, tag="ping", tag_field="type", forbid_unknown_fields=True):
    """Heartbeat, every 20 s; answered by `Pong`. Two unanswered mean the line is dead."""


Command = Hello | Send | Typing | Read | Before | Rate | End | SetLocale | Forget | Ping


class Welcome(Struct, frozen=True, tag="welcome", tag_field="type", omit_defaults=True):
    """Answer to `Hello`: the newest page, or all that is missing after `after`, and what is true now.

    `start_over` when the client's `after` cannot be resumed (unknown conversation, too far behind): drop what is
    shown and take this page instead. `state` and `entries` are absent for a visitor without a conversation.
    """

    visitor: str
    now: int
    desk: DeskView
    state: StateView | None = None
    entries: list[EntryView] = field(default_factory=list)
    more: bool = False
    start_over: bool = False


class SendResult(Struct, frozen=True):
    """The message is stored: its `seq` and time in `conversation` (a new one, if the client had none)."""

    conversation: str
    seq: int
    at: int


class Page(Struct, frozen=True):
    """A page of entries, ascending; `more` when there are older ones."""

    entries: list[EntryView]
    more: bool


class Result(Struct, frozen=True, tag="result", tag_field="type", omit_defaults=True):
    """The command with this `id` succeeded."""

    id: int
    data: SendResult | Page | UnsetType = UNSET


class Failure(Struct, frozen=True, tag="error", tag_field="type", omit_defaults=True):
    """A command (or, without `id`, a frame) was refused.

    `code` is stable; `text` may be shown; `retry` says if to retry.

    Codes: bad_frame, unknown_type, too_large, too_fast, not_found, bad_text, bad_file, bad_form, bad_score, reused_id,
    unavailable (store is down; retry), unauthorized.
    """

    code: str
    text: str
    id: int | None = None
    retry: bool = False
    retry_after_ms: int | None = None


class EntryEvent(Struct, frozen=True, tag="entry", tag_field="type"):
    """A new entry, in order."""

    conversation: str
    entry: EntryView


class TypingEvent(Struct, frozen=True, tag="typing", tag_field="type", omit_defaults=True):
    """Somebody answers right now; expires after 6 s by itself."""

    conversation: str
    who: Literal["bot", "agent"]
    on: bool
    name: str | None = None


class StateEvent(Struct, frozen=True, tag="state", tag_field="type"):
    """The state changed: place in line, agent, status, read marks."""

    state: StateView


class DeskEvent(Struct, frozen=True, tag="desk", tag_field="type"):
    """Who is there changed."""

    desk: DeskView


class StartOver(Struct, frozen=True, tag="start_over", tag_field="type"):
    """You fell behind: connect again with `after` = the last number you have."""

    reason: str


class Bye(Struct, frozen=True, tag="bye", tag_field="type", omit_defaults=True):
    """The server closes. Come back after `retry_after_ms` (add jitter); never, when it is absent."""

    reason: str
    retry_after_ms: int | None = None


class Pong(Struct, frozen=True, tag="pong", tag_field="type"):
    """Answer to `Ping`; `now` is the server's clock in ms."""

    now: int


Event = Welcome | Result | Failure | EntryEvent | TypingEvent | StateEvent | DeskEvent | StartOver | Bye | Pong


class SessionRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """Body of `POST /chat/{inbox}/session`. `refresh` is the token of an earlier session of this browser."""

    refresh: str | None = None
    locale: Literal["fa", "en"] | None = None


class Session(Struct, frozen=True):
    """`access` lives 15 min and opens the socket and file routes.

    `refresh` lives 180 days and is replaced at each use.
    """

    access: str
    refresh: str
    visitor: str
    expires_at: int
