"""What the hub knows of the flows of calls: content that only their channel reads, and that admins look at and try."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

Content = Mapping[str, object]
"""A flow as plain data. The hub sets its `name` and `version` and reads nothing else of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """What a flow may name, by id: the lines and calendars there are, and which calendars are open now.

    `queue_names`, `calendar_names`: what people call them.
    """

    queues: frozenset[str]
    calendars: frozenset[str]
    open: frozenset[str]
    queue_names: Mapping[str, str] = field(default_factory=dict)
    calendar_names: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowProblem:
    """One thing that is wrong with a flow. `step` is where, "" for the flow itself; `texts` say it by locale."""

    code: str
    step: str
    detail: str
    texts: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowReview:
    """What can be said of a flow: what stands in the way of serving callers, how it reads, and what it names.

    `content`: the same with all that is usually left out.
    """

    content: Content
    problems: tuple[FlowProblem, ...]
    previews: Mapping[str, str]
    queues: frozenset[str]
    calendars: frozenset[str]


CameKind = Literal["keys", "words", "silence", "bot_done", "bot_person", "bot_away", "waited", "failed"]
"""What a caller does (the first three), what the bot makes of it, how a line or a number was left without success."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Came:
    """One thing that comes in a trial; `text`: the keys, or the words."""

    kind: CameKind
    text: str = ""


Awaits = Literal["keys", "words", "bot", "line", "message", "number", "callback", "nothing"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """One thing that a caller is told, and in which language."""

    text: str
    locale: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """Where a trial stands after what came.

    `path`: the steps that were entered. `heard`: what the caller is told. `awaits`: what the call waits for, `nothing`
    when it is over; `to`: the line, the number, or what the bot was asked. `keys`: those that lead on.
    """

    step: str
    path: tuple[str, ...]
    heard: tuple[Heard, ...]
    awaits: Awaits
    to: str = ""
    keys: tuple[str, ...] = ()
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A call that nobody makes: the number dialled, whether the caller's own is known, and what comes, in order."""

    called: str = ""
    known_number: bool = True
    came: tuple[Came, ...] = ()


class Flows(Protocol):
    """A channel's flows. Raises `ChannelError` (`bad_flow`) for content that is none."""

    def start(self, locale: str) -> Content:
        """The flow of a number that has no other: what a new one begins with, its steps called so in a language."""

    def review(self, content: Content, house: House) -> FlowReview:
        """What is wrong with it in this house, and how it reads."""

    def walk(self, content: Content, house: House, trial: Trial) -> tuple[Stage, ...]:
        """What a caller meets: at the beginning, and after each thing that came."""
