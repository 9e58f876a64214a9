"""What a channel of live calls has beside messages: a call is one conversation, with legs that the hub joins.

A caller is in the bot's hands until the flow or the bot hands them to a line; whoever accepts the conversation has a
phone, and the channel joins the two. What a caller says or keys reaches the bot as messages; what happens to a call
becomes events of its timeline. Everything is idempotent on `key`: providers tell things twice, late and out of order.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

from channels.contract import Channel, Inbound, Receipt

Happened = Literal[
    "ringing",
    "menu",
    "agent_ringing",
    "agent_unreachable",
    "joined",
    "held",
    "consulting",
    "resumed",
    "parked",
    "callback",
    "not_reached",
    "voicemail",
    "recording",
    "sent_on",
    "ended",
]
Control = Literal["hold", "resume", "mute", "unmute", "hang_up", "send_on", "consult", "complete", "back"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """One thing that happened to a call. `values` are short texts: digits, node, agent, seconds, reason."""

    what: Happened
    key: str
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A call: `sid` is the provider's id of the caller's leg, the rest names the conversation that it is."""

    inbox: str
    sid: str
    address: str
    conversation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Phone:
    """Where an agent picks up. `to` is an extension, a number or a SIP address; `attempt` is one for each join."""

    agent: str
    name: str
    to: str
    attempt: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a call's conversation stands. `answered`: the bot owes nothing. `joined`: an agent speaks with the caller.

    `place` counts from 1 in line; `wait_minutes` is an honest band, None when nothing honest can be said. `seq` is the
    last number of the timeline.
    """

    owner: Literal["none", "bot", "queue", "offer", "agent"]
    locale: str
    answered: bool
    joined: bool
    seq: int
    place: int | None = None
    wait_minutes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """What a flow may name, by id: the lines and calendars there are, and which calendars are open now."""

    queues: frozenset[str]
    calendars: frozenset[str]
    open: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """A sound that the telephone system has made of a call; `source` is what `Channel.fetch` needs for it."""

    kind: Literal["recording", "voicemail"]
    key: str
    seconds: float
    source: Mapping[str, str]


class Switchboard(Protocol):
    """What the hub offers to a channel of calls. Raises `ChannelError` as the `Inlet` does."""

    async def begin(self, message: Inbound) -> Receipt:
        """A call has come in: its conversation begins in self-service, with no words in it yet."""

    async def happened(self, call: Call, happening: Happening) -> None:
        """Keep an event of a call in its timeline, once."""

    async def standing(self, call: Call) -> Standing:
        """Who has the conversation now, and its place in line."""

    async def speak(self, call: Call, locale: str) -> None:
        """The caller chose a language."""

    async def to_line(self, call: Call, *, queue: str | None, reason: str) -> None:
        """Self-service is over: the caller waits for a person (in the inbox's line when `queue` is None)."""

    async def not_joined(self, call: Call, phone: Phone, reason: str, *, blame: bool = True) -> None:
        """The agent's phone was not picked up: the caller has the old place again, the agent does not respond."""

    async def recorded(self, call: Call, recording: Recording) -> None:
        """Keep a recording with the conversation; it is fetched afterwards."""

    async def ended(self, call: Call, *, by: Literal["caller", "us"], reason: str, attempt: int = 0) -> None:
        """The call is over. Whoever hung up in line has abandoned it; an agent who spoke with them wraps up.

        `attempt`: that of the phone by which a customer was called back.
        """

    async def house(self, inbox: str) -> House:
        """What flows of an inbox may name."""


class CallChannel(Channel):
    """A channel whose conversations are live calls. For a call that is over, each of these changes nothing."""

    async def join(self, call: Call, phone: Phone) -> None:
        """Ring the agent's phone and join it with the caller. Raises `ChannelError` when that cannot be tried."""

    async def offer(self, call: Call, kind: Literal["callback", "voicemail"]) -> None:
        """Nobody came in time: the caller may be called back, or leave a message; the place is kept."""

    async def park(self, call: Call) -> None:
        """The caller waits again: the agent's leg is let go, the music plays."""

    async def drop(self, call: Call) -> None:
        """End the call."""

    async def control(self, call: Call, control: Control, *, to: str = "", phone: Phone | None = None) -> Phone | None:
        """Do what the agent who speaks with the caller says; after `complete`, the phone that has the caller now.

        `send_on`: the caller goes to a number outside. `consult`: the caller waits while the agent speaks with a
        colleague's `phone`; then `complete` leaves the caller to them, and `back` brings the caller back. Raises
        `ChannelError` (`not_live`, `not_allowed`, `phone_failed`).
        """
