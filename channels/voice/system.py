"""What the hub asks of a telephone system of its own accord, whichever it is."""

from collections.abc import AsyncIterator, Mapping
from typing import ClassVar, Literal

from channels.calls import BrowserPhone
from channels.contract import ChannelError
from channels.voice.hooks import Hooks
from channels.voice.script import Say, Target

Part = Literal["coach", "uncoach", "mute", "unmute"]
Tape = Literal["start", "stop", "pause", "resume"]
SOUND_SECONDS = 240.0
"""So long may a recording take to come."""


class CallApiError(Exception):
    """The telephone system did not do it, or (`uncertain`) perhaps it did.

    `gone`: the call is over; `taken`: somebody else was faster; `retryable`: ask again.
    """

    def __init__(
        self, text: str, *, gone: bool = False, taken: bool = False, retryable: bool = False, uncertain: bool = False
    ) -> None:
        """Say what happened."""
        super().__init__(text)
        self.gone = gone
        self.taken = taken
        self.retryable = retryable
        self.uncertain = uncertain


def fate_of_missing(error: ChannelError) -> str:
    """The fate of a leg that was asked for in vain: lost, where there is none. Raises `CallApiError`."""
    if error.code == "not_found":
        return "lost"
    raise CallApiError(error.text, retryable=error.retryable) from error


class TelephoneSystem:
    """One account of one telephone system. Legs are named by their ids; each of these raises `CallApiError`.

    What a system does not do, it refuses with the words of `refusal`.
    """

    refusal: ClassVar[str] = "This telephone system does not do this."
    tape_of_leg: ClassVar[bool] = False
    """Whether a recording ends with the leg of the agent at which it began; else it is of the room."""

    async def create_call(
        self,
        target: Target,
        hooks: Hooks,
        *,
        token: str,
        caller_id: str,
        ring_seconds: int = 30,
        headers: Mapping[str, str] | None = None,
        once: bool = False,
    ) -> str:
        """Ring a target; once it picks up it asks `continue` for its script. Returns the new leg's id.

        `once`: where the system can tell, who was rung with this token before is not rung again.
        """
        raise CallApiError(self.refusal)

    async def rung(self, target: Target, *, token: str) -> str | None:
        """The live leg by which a target was rung with a token; None where there is none, or the system cannot tell."""
        return None

    async def bring(self, call: str, hooks: Hooks, *, token: str) -> None:
        """Have a caller who waits in line ask for a script that leads them to whoever takes them.

        Nothing where those who take callers take them out of the line themselves.
        """

    async def left_alone(self, call: str) -> None:
        """Whoever spoke with a caller has hung up: so ends the call, where it does not by itself."""

    async def redirect(self, call: str, hooks: Hooks, *, token: str) -> None:
        """Break off what a leg does and have it ask for a new script."""
        raise CallApiError(self.refusal)

    async def hang_up(self, call: str) -> None:
        """End a leg, be it in progress or ringing."""
        raise CallApiError(self.refusal)

    async def mute(self, call: str, *, on: bool, room: str) -> None:
        """Let a leg be heard or not in a room, which has the id of its caller's call."""
        raise CallApiError(self.refusal)

    async def hold(self, call: str, *, on: bool, room: str) -> None:
        """Take a customer's leg out of the room to the music, or bring it back."""
        raise CallApiError(self.refusal)

    async def take_part(self, call: str, part: Part, *, room: str, agent: str) -> None:
        """Change how a leg is in a room: heard by the `agent`'s leg alone, by all, or by nobody."""
        raise CallApiError(self.refusal)

    async def announce(self, call: str, words: Say, *, room: str) -> None:
        """Say something to this leg of a room alone."""
        raise CallApiError(self.refusal)

    async def record(self, call: str, action: Tape, hooks: Hooks, *, token: str) -> None:
        """Record a live call, or stop for a while; that it can be fetched is told to the hook `recording`."""
        raise CallApiError(self.refusal)

    async def fate(self, call: str) -> str | None:
        """How a leg has ended, by the telephone system's own record; None while it is there."""
        raise CallApiError(self.refusal)

    async def admit_browser(self, phone: BrowserPhone, was: str) -> None:
        """Let a browser register. `taken`: another one has the name meanwhile."""
        raise CallApiError(self.refusal)

    async def reach(self) -> None:
        """Ask for something harmless. Raises `ChannelError` unless the address, the account and the key are good."""

    def sound(self, source: Mapping[str, str], *, most: int) -> AsyncIterator[bytes]:
        """A recording, of at most so many bytes, from the telephone system and nowhere else. Raises `ChannelError`."""
        raise ChannelError("not_found", "This telephone system has no recordings.", status=404)
