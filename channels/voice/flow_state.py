"""Where a call is in its flow, what can come, and what the hub then has to do."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from channels.voice.flow import NodeId
from channels.voice.script import Locale

Phase = Literal["asks", "bot_thinks", "over"]


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """Where a call is. `node` is the one that waits; `passed` were said on the way to it, `extra` comes before it all.

    `turn` grows with everything that is heard, and is the token of what is asked. `values` are the digits collected,
    without secret ones. `wrong`: how often it was not understood here, or has
    waited for the bot.
    """

    flow: str
    version: int
    locale: Locale
    node: NodeId = ""
    phase: Phase = "asks"
    passed: tuple[NodeId, ...] = ()
    extra: tuple[str, ...] = ()
    wrong: int = 0
    turn: int = 0
    moves: int = 0
    values: Mapping[str, str] = field(default_factory=dict)

    @property
    def token(self) -> str:
        """Comes back with the answer to what is asked now."""
        return str(self.turn)


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What is so outside of the call: which calendars are open, and whether its caller can be called back."""

    open_calendars: frozenset[str] = frozenset()
    known_number: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Keyed:
    """The caller keyed this."""

    token: str
    digits: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """The caller said this."""

    token: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Silent:
    """Nothing came."""

    token: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BotSaid:
    """The bot answered. `wants`: more from the caller, nothing more, a person; or it could not answer at all.

    `token` is the state's own at the time, for it may have been polled since the bot was asked.
    """

    token: str
    texts: tuple[str, ...] = ()
    wants: Literal["more", "nothing", "person", "failed"] = "more"


@dataclass(frozen=True, slots=True, kw_only=True)
class Polled:
    """The caller has waited a little for the bot, which still thinks."""

    token: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """A line was left (its patience is over), a transfer failed, or a message was recorded: the call is back here."""

    token: str
    ok: bool = False


Event = Keyed | Spoken | Silent | BotSaid | Polled | Left


@dataclass(frozen=True, slots=True, kw_only=True)
class AskBot:
    """Put this to the bot and come back with `BotSaid`."""

    text: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ToQueue:
    """The caller waits for a person now, for `patience` seconds (then `Left`)."""

    queue: str
    priority: int
    patience: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepPlace:
    """The caller hangs up and is called back from this place in line."""

    queue: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeMessage:
    """A message is recorded for a queue."""

    queue: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOn:
    """The call goes to a number."""

    number: str


Ask = AskBot | ToQueue | KeepPlace | TakeMessage | HandOn


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What became of it. `ask`: what the hub has to do now. `path`: the nodes that were entered, in their order.

    Both are empty when nothing new happened.
    """

    state: State
    ask: Ask | None = None
    path: tuple[NodeId, ...] = ()
