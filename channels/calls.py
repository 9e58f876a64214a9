"""What a channel of live calls has beside messages: a call is one conversation, with legs that the hub joins.

A caller is in the bot's hands until the flow or the bot hands them to a line; whoever accepts the conversation has a
phone, and the channel joins the two. What a caller says or keys reaches the bot as messages; what happens to a call
becomes events of its timeline. Everything is idempotent on `key`: providers tell things twice, late and out of order.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

from channels.contract import Channel, ChannelError, Inbound, Receipt
from channels.flows import Flows, House

Happened = Literal[
    "ringing",
    "menu",
    "agent_ringing",
    "agent_unreachable",
    "joined",
    "held",
    "consulting",
    "conference",
    "party_left",
    "resumed",
    "tape_on",
    "tape_paused",
    "tape_resumed",
    "parked",
    "callback",
    "not_reached",
    "voicemail",
    "recording",
    "sent_on",
    "dial_refused",
    "ended",
]
Control = Literal[
    "hold",
    "resume",
    "mute",
    "unmute",
    "hang_up",
    "send_on",
    "consult",
    "conference",
    "complete",
    "back",
    "record",
    "record_pause",
    "record_resume",
]

EndedBy = Literal["agent", "caller", "us", ""]
"""Who hung up: the agent, the customer, the hub; "" where that cannot be known."""

AgentControl = Literal[Control, "call_again"]
"""What an agent does with a call: something with its line, or to call back again who was not reached."""

RecordingMode = Literal["inbox", "all", "none", "on_demand"]
"""Which calls are recorded: as the inbox says, all, none, or those whose agent begins it."""

Watch = Literal["listen", "whisper", "barge", "leave"]
"""How a supervisor is in a call: hears both, is heard by the agent alone, is heard by both; or goes."""


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


BROWSER = "browser"
"""The telephone of an agent who speaks through the desk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Phone:
    """Where an agent picks up. `to` is an extension, a number, a SIP address, or `BROWSER`; `attempt`: one a join.

    `agent` is "" for somebody who is none of ours, at a number.
    """

    agent: str
    name: str
    to: str
    attempt: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BrowserPhone:
    """What a browser needs to be a telephone for so many seconds: where (`url`, wss), as whom, and with which password.

    `login` stays the same while it is renewed.
    """

    url: str
    name: str
    login: str
    password: str = field(repr=False)
    seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a call's conversation stands. `answered`: the bot owes nothing. `joined`: an agent speaks with the caller.

    `queue`: the line's id. `place` counts from 1 in line; `wait_minutes` is an honest band, None when nothing honest
    can be said. `seq` is the last number of the timeline. `recording`, `announced`: which calls of its line are
    recorded, and whether the caller is told before.
    """

    owner: Literal["none", "bot", "queue", "offer", "agent"]
    locale: str
    answered: bool
    joined: bool
    seq: int
    queue: str = ""
    place: int | None = None
    wait_minutes: int | None = None
    recording: RecordingMode = "inbox"
    announced: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """A sound that the telephone system has made of a call; `source` is what `Channel.fetch` needs for it.

    It may have `most` bytes.
    """

    kind: Literal["recording", "voicemail"]
    key: str
    seconds: float
    source: Mapping[str, str]
    most: int


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

    async def to_line(self, call: Call, *, queue: str | None, reason: str, since: int | None = None) -> None:
        """Self-service is over: the caller waits for a person (in the inbox's line when `queue` is None).

        `since`: they have waited since then (ms), in a line that is not the hub's.
        """

    async def not_joined(self, call: Call, phone: Phone, reason: str, *, blame: bool = True) -> None:
        """The agent's phone was not picked up: the caller has the old place again, the agent does not respond."""

    async def taken_over(self, call: Call, phone: Phone) -> None:
        """Who spoke with the caller has left them to a colleague who is in the call."""

    async def watched(self, call: Call, phone: Phone, watch: Watch) -> None:
        """A supervisor is in the call so from now on, or has left it."""

    async def taken(self, call: Call, *, phone: str, key: str) -> None:
        """The telephone system has joined the caller with a telephone by itself: the call is whoever's that is."""

    async def recorded(self, call: Call, recording: Recording) -> None:
        """Keep a recording with the conversation; it is fetched afterwards."""

    async def ended(self, call: Call, *, by: EndedBy, reason: str, attempt: int = 0) -> None:
        """The call is over. Whoever hung up in line has abandoned it; an agent who spoke with them wraps up.

        `attempt`: that of the phone by which a customer was called back.
        """

    async def missed(self, call: Call, *, to: str, waited: float) -> bool:
        """A caller has left the line unserved, after so many seconds: their number becomes a task of the line.

        False for who left at once, or was served after all: there is nothing to do.
        """

    async def house(self, inbox: str) -> House:
        """What flows of an inbox may name."""

    async def flow(self, id_: str) -> Mapping[str, object] | None:
        """The flow that an inbox names, as it was published last; None when there is none."""


class CallChannel(Channel):
    """A channel whose conversations are live calls. For a call that is over, each of these changes nothing.

    `flows`: those that its numbers may name, by their setting of kind `flow`; None where they cannot.
    """

    flows: Flows | None = None

    def browser_url(self, settings: Mapping[str, object]) -> str:
        """Where browsers of an inbox with these settings register as telephones; empty where they cannot."""
        return ""

    async def browser_phone(self, inbox: str, agent: str, was: str) -> BrowserPhone:
        """Let an agent's browser be a telephone; `was`: its login so far, empty for one that comes new.

        Raises `ChannelError` (`elsewhere`: another browser of theirs is it meanwhile; `phone_failed`).
        """
        raise ChannelError("no_browser_phone", "This channel knows no browsers.", status=404)

    def number(self, text: str) -> str | None:
        """A number as it would be dialled (E.164, or a short one), from how people write it; None for anything else."""
        return None

    async def join(self, call: Call, phone: Phone) -> None:
        """Ring the agent's phone and join it with the caller. Raises `ChannelError` when that cannot be tried."""

    async def offer(self, call: Call, kind: Literal["callback", "voicemail"]) -> None:
        """Nobody came in time: the caller may be called back, or leave a message; the place is kept."""

    async def park(self, call: Call) -> None:
        """The caller waits again: the agent's leg is let go, the music plays."""

    async def drop(self, call: Call) -> None:
        """End the call."""

    async def confirm(self, call: Call) -> None:
        """Ask whether a call of which nothing was heard for long is still there; if it is over, that is told now."""

    async def control(self, call: Call, control: Control, *, to: str = "", phone: Phone | None = None) -> Phone | None:
        """Do what the agent who speaks with the caller says; after `complete`, the phone that has the caller now.

        `send_on`: the caller goes to a number outside. `consult`: the caller waits while the agent speaks with somebody
        at a `phone`; then `conference` lets all three hear each other, `complete` leaves the caller to them, and `back`
        lets them go. Raises `ChannelError` (`not_live`, `not_allowed`, `phone_failed`).
        """

    async def watch(self, call: Call, watch: Watch, phone: Phone) -> None:
        """Let a supervisor hear a call over their phone, which rings first, or change how they are in it.

        Raises `ChannelError` (`not_live`; `taken`: another supervisor is in it; `phone_failed`).
        """
        raise ChannelError("not_allowed", "Nobody can listen on this channel.", status=409)

    async def watched(self, call: Call) -> None:
        """Tell again (`Switchboard.watched`) how a supervisor is in a call, if one is: the hub was away."""
