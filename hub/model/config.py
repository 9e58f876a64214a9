"""What an admin decides: inboxes, queues, calendars, canned replies, the workplace's rules."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from hub.model.ids import AgentId, InboxId, QueueId

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """Business hours. `week` maps a weekday (mon..sun) to windows ("09:00", "17:00"); `holidays` are ISO dates."""

    time_zone: str = "Asia/Tehran"
    week: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    holidays: tuple[str, ...] = ()
    always_open: bool = True

    def is_open(self, at: int) -> bool:
        """Whether people work at `at` (ms since the epoch). A window that ends at "24:00" runs to midnight."""
        if self.always_open:
            return True
        local = datetime.fromtimestamp(at / 1000, UTC).astimezone(ZoneInfo(self.time_zone))
        if local.date().isoformat() in self.holidays:
            return False
        clock = local.strftime("%H:%M")
        return any(start <= clock < end for start, end in self.week.get(WEEKDAYS[local.weekday()], ()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbox:
    """One configured channel. `settings` belong to the adapter (for the web chat: origins, accent, brand)."""

    id: InboxId
    name: str
    channel: str
    queue: QueueId
    locale: str = "fa"
    bot_enabled: bool = True
    calendar: Calendar = field(default_factory=Calendar)
    settings: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """A line.

    `offer_seconds`: how long an agent has to answer an offer; `max_wait_seconds`: then the offline form is
    offered.
    """

    id: QueueId
    name: str
    offer_seconds: int = 20
    priority: int = 0
    max_wait_seconds: int = 900


@dataclass(frozen=True, slots=True, kw_only=True)
class Canned:
    """A canned reply, typed as `/shortcut`."""

    id: str
    shortcut: str
    locale: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Workplace:
    """Rules of the house. All times in seconds.

    grace: a gone agent's conversations wait so long before they return to the line. silent: a customer unanswered by
    the agent so long returns to the line. bot_idle / agent_idle: nothing said so long closes the conversation.
    wrap_up: time to choose a disposition after the customer ended. bot_turn: the bot must have answered by then, also
    after a crash.
    """

    grace_seconds: int = 30
    silent_seconds: int = 600
    bot_idle_seconds: int = 86_400
    agent_idle_seconds: int = 259_200
    wrap_up_seconds: int = 120
    bot_turn_seconds: int = 5
    cooling_seconds: int = 60
    default_handle_seconds: int = 300
    snooze_max_days: int = 90
    break_reasons: tuple[str, ...] = ("lunch", "prayer", "training", "meeting", "rest")
    dispositions: tuple[str, ...] = (
        "answered",
        "order_followed_up",
        "complaint_registered",
        "sale",
        "no_reply",
        "spam",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """One live item of an agent: a conversation and what it costs of the agent's capacity."""

    conversation: str
    cost: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    """A person who answers.

    `status` is chosen (online, offline, finishing, break:<reason>) or set by the hub (not_responding); whether a
    socket is alive is computed: `connected`, and since when not: `gone_at` (ms). `load` lists live items; capacity is
    recounted from it in each claim.
    """

    id: AgentId
    login: str
    name: str
    role: str = "agent"
    locale: str = "fa"
    languages: tuple[str, ...] = ("fa", "en")
    queues: tuple[QueueId, ...] = ()
    capacity: int = 100
    active: bool = True
    status: str = "offline"
    status_since: int = 0
    connected: bool = False
    gone_at: int | None = None
    idle_since: int = 0
    load: tuple[Load, ...] = ()
    epoch: int = 0

    @property
    def used(self) -> int:
        """Capacity units in use."""
        return sum(item.cost for item in self.load)

    @property
    def available(self) -> bool:
        """Whether new work may be offered."""
        return self.active and self.connected and self.status == "online"


COST_PER_CHANNEL: Mapping[str, int] = {"voice": 100, "email": 5}
"""Capacity units of one conversation; other channels are chats at 25."""


PATIENCE_PER_CHANNEL: Mapping[str, int] = {"email": 144}
"""How much longer than in a chat a customer may be left without an answer: ten minutes become a day."""


def cost_of(channel: str) -> int:
    """What a conversation of a channel costs of an agent's 100 units."""
    return COST_PER_CHANNEL.get(channel, 25)
