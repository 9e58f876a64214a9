"""What the hub asks of a TwiML provider (REST, `/2010-04-01/Accounts/...`): calls, and rooms with their members.

There, a line gives nobody up to a given agent, and only rooms ("conferences") have hold, mute and whisper. So an agent
who takes a caller goes into a room that has the id of the caller's call, and the caller is sent there (`bring`).
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, cast
from urllib.parse import quote, urlencode

from aiohttp import encode_basic_auth

from channels.contract import ChannelError
from channels.outgoing import Outgoing
from channels.voice.hooks import Hooks
from channels.voice.rest import Rest, made
from channels.voice.script import Say, Target
from channels.voice.speech.port import SpeechError
from channels.voice.speech.served import Served
from channels.voice.system import CallApiError, Part, Tape, TelephoneSystem
from channels.voice.twiml.parse import ENDS
from channels.voice.wire import text

_OVER = frozenset({20404, 21220, 20409})
"""Error codes: not found, not in progress, changed meanwhile (twilio.com/docs/api/errors)."""
_RECORDED = {"stop": "stopped", "pause": "paused", "resume": "in-progress"}
Form = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class TwimlApi(TelephoneSystem):
    """One account of one provider. `base` is the API's address; it is an admin's, so it may be private."""

    tape_of_leg: ClassVar[bool] = True

    base: str
    account: str
    token: str = field(repr=False)
    music: str = ""
    voice: Served | None = None
    outgoing: Outgoing = field(default_factory=lambda: Outgoing(private=True))

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
        """Ring a number or a SIP address; once it picks up it asks `continue`. Returns the new leg's id."""
        if target.kind == "user":
            raise CallApiError("This provider rings numbers and SIP addresses, no extensions and no browsers.")
        answer = await self._post(
            "Calls",
            [
                ("To", target.to if target.kind == "phone" else _sip(target.to, headers or {})),
                ("From", caller_id),
                ("Url", hooks.url("continue", token)),
                ("StatusCallback", hooks.url("status", token)),
                *(("StatusCallbackEvent", one) for one in ("ringing", "answered", "completed")),
                ("Timeout", str(ring_seconds)),
            ],
        )
        return made(answer)

    async def rung(self, target: Target, *, token: str) -> str | None:
        """The newest leg to the target that rings or speaks: legs have no tags here."""
        wanted = urlencode({"To": target.to, "PageSize": 20})
        legs = await self._listed(f"/Calls.json?{wanted}", "calls")
        live = [one for one in legs if text(one, "status") not in ENDS and text(one, "direction") == "outbound-api"]
        return text(live[0], "sid", longest=128) if live else None

    async def bring(self, call: str, hooks: Hooks, *, token: str) -> None:
        """Send a caller to the room where the agent waits."""
        await self.redirect(call, hooks, token=token)

    async def left_alone(self, call: str) -> None:
        """End the call: a room stays while anybody is in it."""
        await self.hang_up(call)

    async def redirect(self, call: str, hooks: Hooks, *, token: str) -> None:
        """Break off what a leg does and have it ask for a new script."""
        await self._post(_call(call), [("Url", hooks.url("continue", token)), ("Method", "POST")])

    async def hang_up(self, call: str) -> None:
        """End a leg, be it in progress or ringing."""
        await self._post(_call(call), [("Status", "completed")])

    async def mute(self, call: str, *, on: bool, room: str) -> None:
        """Let a leg be heard or not."""
        await self._member(room, call, [("Muted", _yes(on))])

    async def hold(self, call: str, *, on: bool, room: str) -> None:
        """Let a customer hear the music, or the others again."""
        music = [("HoldUrl", self.music)] if on and self.music else []
        await self._member(room, call, [("Hold", _yes(on)), *music])

    async def take_part(self, call: str, part: Part, *, room: str, agent: str) -> None:
        """Change how a leg is in a room."""
        match part:
            case "mute" | "unmute":
                await self._member(room, call, [("Muted", _yes(part == "mute"))])
            case "coach":
                await self._member(room, call, [("Coaching", "true"), ("CallSidToCoach", agent)])
            case "uncoach":
                await self._member(room, call, [("Coaching", "false")])

    async def announce(self, call: str, words: Say, *, room: str) -> None:
        """Play the hub's own voice to one leg of a room."""
        if self.voice is None:
            raise CallApiError("The hub has no voice of its own.")
        try:
            url = await self.voice.url(words)
        except (SpeechError, TimeoutError) as error:
            raise CallApiError("The hub's own voice cannot say it.", retryable=True) from error
        await self._member(room, call, [("AnnounceUrl", url), ("AnnounceMethod", "GET")])

    async def record(self, call: str, action: Tape, hooks: Hooks, *, token: str) -> None:
        """Record a live call, or stop for a while."""
        if action == "start":
            told = ("RecordingStatusCallback", hooks.url("recording", token))
            await self._post(f"Calls/{_part(call)}/Recordings", [("RecordingChannels", "dual"), told])
        else:
            await self._post(f"Calls/{_part(call)}/Recordings/Twilio.CURRENT", [("Status", _RECORDED[action])])

    async def fate(self, call: str) -> str | None:
        """How a leg has ended; None while it is there."""
        return await self._rest.fate(f"/{_call(call)}.json", "status", ENDS)

    async def reach(self) -> None:
        """Ask for the account."""
        await self._rest.get(".json")

    def sound(self, source: Mapping[str, str], *, most: int) -> AsyncIterator[bytes]:
        """A recording."""
        return self._rest.sound(source, most=most)

    @property
    def _rest(self) -> Rest:
        root = self.base.rstrip("/")
        return Rest(
            root=root,
            account=f"{root}/2010-04-01/Accounts/{_part(self.account)}",
            authorization=encode_basic_auth(self.account, self.token, "utf-8"),
            outgoing=self.outgoing,
            over=_OVER,
        )

    async def _member(self, room: str, call: str, change: Form) -> None:
        wanted = urlencode({"FriendlyName": room, "Status": "in-progress", "PageSize": 1})
        rooms = await self._listed(f"/Conferences.json?{wanted}", "conferences")
        sid = text(rooms[0], "sid", longest=128) if rooms else ""
        if not sid:
            raise CallApiError("Nobody speaks there any more.", gone=True)
        await self._post(f"Conferences/{_part(sid)}/Participants/{_part(call)}", change)

    async def _listed(self, path: str, name: str) -> Sequence[Mapping[str, object]]:
        try:
            found = (await self._rest.get(path)).get(name)
        except ChannelError as error:
            raise CallApiError(error.text, retryable=error.retryable) from error
        return (
            [cast("Mapping[str, object]", one) for one in found if isinstance(one, dict)]
            if isinstance(found, list)
            else []
        )

    async def _post(self, path: str, form: Form) -> Mapping[str, object]:
        return await self._rest.post(f"/{path}.json", urlencode(form).encode(), "application/x-www-form-urlencoded")


def _call(call: str) -> str:
    return f"Calls/{_part(call)}"


def _part(name: str) -> str:
    return quote(name, safe="")


def _sip(to: str, headers: Mapping[str, str]) -> str:
    """A SIP address; headers go along as its parameters."""
    address = to if to.startswith(("sip:", "sips:")) else f"sip:{to}"
    return f"{address}?{urlencode(headers)}" if headers and "?" not in address else address


def _yes(on: bool) -> str:
    return "true" if on else "false"
