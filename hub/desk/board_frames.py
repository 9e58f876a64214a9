"""The part of the desk's protocol that supervisors and admins use: the live wallboard, and acts on others' work.

A desk that is not theirs is refused with `forbidden`. Every act is audited and told to the agent concerned.
"""

from typing import Literal

from msgspec import Struct, field

ActedWhat = Literal["moved", "taken_over", "given_on", "assigned", "status", "signed_out"]


class HeldView(Struct, frozen=True, omit_defaults=True):
    """A conversation that an agent has or is offered. `parked`: put aside; `wrap_up`: the customer has ended it.

    `watched_by`: the supervisor who is in the call, and `watch`: how; absent while none is.
    """

    conversation: str
    number: int
    channel: str
    contact_name: str
    state: Literal["offered", "active", "parked", "wrap_up"]
    fence: int
    watched_by: str = ""
    watch: Literal["", "listen", "whisper", "barge"] = ""


class AgentBoard(Struct, frozen=True, omit_defaults=True):
    """An agent now.

    `since`: when the present status began, or when the connection was lost. `load` and `capacity` in units;
    `channels`: how many conversations of each. `misses`: offers missed in a row. `active_at`: when they last wrote or
    did anything to a conversation, absent while that is not known.
    """

    id: str
    name: str
    role: Literal["agent", "supervisor", "admin"]
    status: str
    connected: bool
    since: int
    load: int = 0
    capacity: int = 100
    channels: dict[str, int] = field(default_factory=dict)
    held: list[HeldView] = field(default_factory=list)
    misses: int = 0
    active_at: int | None = None


class QueueBoard(Struct, frozen=True, omit_defaults=True):
    """A queue now, and since midnight.

    `channels`: how many wait, by channel, with those being `offered` at the moment. `oldest_at`: since when the first
    one waits. `working`: agents who take its work, `free`: those of them with room for a chat. Today: `answered`,
    `in_time` of them; `abandoned`, `short` of them; `flow_out`: to another line, the bot, a callback, or closed by us.
    Service level = in_time / (answered + abandoned - short), against `target_percent` within `target_seconds`.
    """

    id: str
    name: str
    target_percent: int
    target_seconds: int
    waiting: int = 0
    channels: dict[str, int] = field(default_factory=dict)
    offered: int = 0
    oldest_at: int | None = None
    working: int = 0
    free: int = 0
    answered: int = 0
    in_time: int = 0
    abandoned: int = 0
    short: int = 0
    flow_out: int = 0


class WatchBoard(Struct, frozen=True, tag="board.watch", tag_field="type", forbid_unknown_fields=True):
    """Show me the wallboard and what changes on it, or (`on` false) no longer. Answer: `Board`, or nothing."""

    id: int
    on: bool = True


class Move(Struct, frozen=True, tag="move", tag_field="type", forbid_unknown_fields=True):
    """Put waiting conversations into another queue, at most 100 at once; they keep their places. Answer: `Acted`.

    Each may be refused apart: `too_late` (somebody has it by now), `resolved`, `queue_takes_none` (not its
    channel or language), `same_queue`.
    """

    id: int
    conversations: list[str]
    queue: str


class Prioritise(Struct, frozen=True, tag="prioritise", tag_field="type", forbid_unknown_fields=True):
    """Say how urgent waiting conversations are, from -10 to 10, at most 100 at once. Answer: `Acted`."""

    id: int
    conversations: list[str]
    priority: int


class Assign(Struct, frozen=True, tag="assign", tag_field="type", forbid_unknown_fields=True):
    """Give a conversation to an agent, or take it over (`agent` is me), whoever has it: bot, queue, colleague.

    `fence`: what I saw; refused with `too_late` when it changed hands since.
    """

    id: int
    conversation: str
    agent: str
    fence: int | None = None


class ForceStatus(Struct, frozen=True, tag="agent.status", tag_field="type", forbid_unknown_fields=True):
    """Set a colleague's status, with a break's `reason`; `online` also ends "not responding"."""

    id: int
    agent: str
    status: Literal["online", "offline", "finishing", "break"]
    reason: str | None = None


class SignOut(Struct, frozen=True, tag="agent.sign_out", tag_field="type", forbid_unknown_fields=True):
    """Set a colleague offline and end all their sessions."""

    id: int
    agent: str


class WatchCall(Struct, frozen=True, tag="call.watch", tag_field="type", forbid_unknown_fields=True):
    """Hear a colleague's live call over my telephone (which rings), be heard by the agent alone, by both, or leave.

    Refused with `not_live`, `no_phone`, `not_allowed` (my own call), `taken` (another supervisor is in it) or
    `phone_failed`.
    """

    id: int
    conversation: str
    watch: Literal["listen", "whisper", "barge", "leave"]


class Acted(Struct, frozen=True, omit_defaults=True):
    """With how many conversations it was done; which were `refused`, each with a code."""

    done: int
    refused: dict[str, str] = field(default_factory=dict)


class Board(Struct, frozen=True):
    """The whole wallboard. `day_from`: the midnight since which is counted."""

    now: int
    day_from: int
    queues: list[QueueBoard]
    agents: list[AgentBoard]


class BoardEvent(Struct, frozen=True, tag="board", tag_field="type", omit_defaults=True):
    """ActedWhat changed on the wallboard, at most once a second: whole rows, and ids that are `gone`."""

    day_from: int
    queues: list[QueueBoard] = field(default_factory=list)
    agents: list[AgentBoard] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)


class ActedEvent(Struct, frozen=True, tag="acted", tag_field="type", omit_defaults=True):
    """A supervisor did something to my work.

    `what`: moved (what I was offered, to the queue `to`), taken_over, given_on (to the colleague `to`), assigned (to
    me), status (mine is `to` now), signed_out.
    """

    what: ActedWhat
    by: str
    conversation: str | None = None
    number: int | None = None
    to: str | None = None
