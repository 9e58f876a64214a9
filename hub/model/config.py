"""What an admin decides: inboxes, queues, calendars, canned replies, the workplace's rules."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from hub.model.calendar import Calendar
from hub.model.ids import AgentId, InboxId, QueueId


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedCalendar:
    """Business hours that queues, rules and service levels name by `id`."""

    id: str
    name: str
    calendar: Calendar = field(default_factory=Calendar)


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
class Canned:
    """A canned reply, typed as `/shortcut`."""

    id: str
    shortcut: str
    locale: str
    text: str


LEADS = frozenset({"supervisor", "admin"})
"""Roles that may step into others' conversations."""

OTHERS = "*"
"""All channels that are not named."""

COST_PER_CHANNEL: Mapping[str, int] = {"voice": 100, "email": 5, OTHERS: 25}
"""Capacity units of one conversation until an admin decides otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Workplace:
    """Rules of the house. All times in seconds.

    grace: a gone agent's conversations wait so long before they return to the line. silent: a customer unanswered by
    the agent so long returns to the line. bot_idle / agent_idle: nothing said so long closes the conversation.
    wrap_up: time to choose a disposition after the customer ended. bot_turn: the bot must have answered by then, also
    after a crash. starving: who has waited so long goes before every priority. misses_before_alarm: so many offers
    missed in a row tell the supervisors.

    costs: capacity units per channel, `*` for all others; parked_costs: of a conversation that waits for the
    customer. maxima: so many of a channel at once (none: as many as fit). skills, teams: the words that agents and
    rings may use. time_zone: in which the days of the figures begin.
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
    starving_seconds: int = 1800
    misses_before_alarm: int = 3
    costs: Mapping[str, int] = field(default_factory=lambda: dict(COST_PER_CHANNEL))
    parked_costs: Mapping[str, int] = field(default_factory=lambda: {OTHERS: 5})
    maxima: Mapping[str, int] = field(default_factory=dict)
    skills: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    time_zone: str = "Asia/Tehran"
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
    """One live item of an agent: a conversation, its channel, and what it costs of the agent's capacity.

    `fence`: the conversation's when it was put on, at `since` (ms). `parked`: it waits for the customer, and is none of
    its channel's maximum.
    """

    conversation: str
    cost: int
    channel: str = ""
    fence: int = 0
    since: int = 0
    parked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    """A person who answers.

    `status` is chosen (online, offline, finishing, break:<reason>) or set by the hub (not_responding); whether a
    socket is alive is computed: `connected`, and since when not: `gone_at` (ms). `load` lists live items; capacity is
    recounted from it in each claim. `skills` maps a skill to a proficiency of 1-5; `maxima` a channel to how many at
    once, before those of the workplace. `offered_at`: when an offer
    was last made (ms); `misses`: those missed in a row. `phone`: the extension, number or SIP address that rings for
    calls; without one, none are offered. `phone_ready`: a browser of theirs is a telephone now.
    """

    id: AgentId
    login: str
    name: str
    role: str = "agent"
    locale: str = "fa"
    languages: tuple[str, ...] = ("fa", "en")
    queues: tuple[QueueId, ...] = ()
    skills: Mapping[str, int] = field(default_factory=dict)
    teams: tuple[str, ...] = ()
    maxima: Mapping[str, int] = field(default_factory=dict)
    phone: str = ""
    phone_ready: bool = False
    capacity: int = 100
    active: bool = True
    status: str = "offline"
    status_since: int = 0
    connected: bool = False
    gone_at: int | None = None
    idle_since: int = 0
    offered_at: int = 0
    misses: int = 0
    load: tuple[Load, ...] = ()
    epoch: int = 0

    @property
    def used(self) -> int:
        """Capacity units in use."""
        return sum(item.cost for item in self.load)

    def carries(self, channel: str) -> int:
        """How many of a channel the agent has at hand: all but those that wait for the customer."""
        return sum(item.channel == channel and not item.parked for item in self.load)

    @property
    def available(self) -> bool:
        """Whether new work may be offered."""
        return self.active and self.connected and self.status == "online"


PATIENCE_PER_CHANNEL: Mapping[str, int] = {"email": 144}
"""How much longer than in a chat a customer may be left without an answer: ten minutes become a day."""


def cost_of(channel: str, rules: Workplace, *, parked: bool = False) -> int:
    """What a conversation of a channel costs of an agent's units; `parked`: while it waits for the customer."""
    costs = rules.parked_costs if parked else rules.costs
    return costs.get(channel, costs.get(OTHERS, COST_PER_CHANNEL[OTHERS]))


def maximum_of(channel: str, agent: Agent, rules: Workplace) -> int | None:
    """How many conversations of a channel an agent may hold at once; None: as many as fit."""
    return agent.maxima.get(channel, rules.maxima.get(channel))


def room_for(channel: str, agent: Agent, rules: Workplace) -> int:
    """How many conversations of a channel an agent has room for with nothing else at hand."""
    by_units = agent.capacity // max(1, cost_of(channel, rules))
    maximum = maximum_of(channel, agent, rules)
    return by_units if maximum is None else min(by_units, maximum)
