"""What the hub asks of jambonz: calls to make, and changes of calls that are live (REST, `/v1/Accounts/...`)."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

import msgspec

from channels.calls import BrowserPhone
from channels.contract import ChannelError
from channels.outgoing import Outgoing
from channels.voice.events import BadCall
from channels.voice.hooks import Hooks
from channels.voice.jambonz.parse import ENDS, parse
from channels.voice.jambonz.render import LANGUAGES, Verb
from channels.voice.rest import Rest, made
from channels.voice.script import AGENT, Say, Target
from channels.voice.system import CallApiError, Part, Tape, TelephoneSystem


@dataclass(frozen=True)
class JambonzApi(TelephoneSystem):
    """One account of one jambonz. `base` is the API's address without `/v1`; it is an admin's, so it may be private."""

    base: str
    account: str
    key: str = field(repr=False)
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
        """Ring a target; once it picks up it asks `call` for its script. Returns the new leg's id.

        `once`: our own gateway knows the key again (draft-ietf-httpapi-idempotency-key-header).
        """
        to: Verb = {"type": target.kind, {"phone": "number", "sip": "sipUri", "user": "name"}[target.kind]: target.to}
        answer = await self._post(
            "Calls",
            {
                "from": caller_id,
                "to": to,
                "call_hook": _post_to(hooks.url("continue", token)),
                "call_status_hook": _post_to(hooks.url("status", token)),
                "timeout": ring_seconds,
                "headers": dict(headers or {}),
                "tag": {"token": token},
            },
            {"Idempotency-Key": token} if once else {},
        )
        return made(answer)

    async def rung(self, target: Target, *, token: str) -> str | None:
        """The leg that has the token; where legs come without what they were tagged with, the one to the number."""
        try:
            legs = [parse("continue", msgspec.json.encode(one)) for one in await self._rest.rows("/Calls")]
        except (ChannelError, BadCall) as error:
            raise CallApiError(error.text) from error
        ours = [one for one in legs if one is not None and one.leg == "callee"]
        same = [
            one for one in ours if (one.tags["token"] == token if one.tags.get("token") else one.callee == target.to)
        ]
        return same[0].call if same else None

    async def redirect(self, call: str, hooks: Hooks, *, token: str, child: bool = False) -> None:
        """Break off what a call does and have it ask for a new script; `child`: the leg that it is joined with."""
        await self._update(call, {"child_call_hook" if child else "call_hook": _post_to(hooks.url("continue", token))})

    async def hang_up(self, call: str) -> None:
        """End a leg."""
        await self._update(call, {"call_status": "completed"})

    async def mute(self, call: str, *, on: bool, room: str = "") -> None:
        """Let a leg be heard or not."""
        await self._update(call, {"mute_status": "mute" if on else "unmute"})

    async def hold(self, call: str, *, on: bool, room: str = "") -> None:
        """Take a leg out of the conversation to the music, or bring it back."""
        await self._update(call, {"conf_hold_status": "hold" if on else "unhold"})

    async def take_part(self, call: str, part: Part, *, room: str = "", agent: str = "") -> None:
        """Change how a leg is in its room: heard by whoever is tagged as the agent alone, by all, or by nobody."""
        tag = {"tag": AGENT} if part == "coach" else {}
        await self._update(call, {"conferenceParticipantAction": {"action": part, **tag}})

    async def announce(self, call: str, words: Say, *, room: str = "") -> None:
        """Say something to this leg alone, in the account's own voice."""
        said: Verb = {"verb": "say", "text": words.text, "synthesizer": {"language": LANGUAGES[words.locale]}}
        await self._update(call, {"whisper": said})

    async def record(self, call: str, action: Tape, hooks: Hooks, *, token: str) -> None:
        """Record a live call, or stop for a while."""
        await self._update(call, {"record": {"action": f"{action}CallRecording"}})

    async def fate(self, call: str) -> str | None:
        """How a leg has ended; None while it is there."""
        return await self._rest.fate(f"/Calls/{quote(call, safe='')}", "call_status", ENDS)

    async def admit_browser(self, phone: BrowserPhone, was: str) -> None:
        """Let a browser register: the voice gateway's own. `taken`: another one has the name meanwhile."""
        body = {"login": phone.login, "password": phone.password, "seconds": phone.seconds, "was": was}
        await self._post(f"Browsers/{quote(phone.name, safe='')}", body)

    async def reach(self) -> None:
        """Ask for the account's queues."""
        headers = {"Authorization": self._rest.authorization}
        url = f"{self._rest.account}/Queues"
        async for _ in self.outgoing.stream(url, most=1 << 20, seconds=10.0, headers=headers):
            pass

    def sound(self, source: Mapping[str, str], *, most: int) -> AsyncIterator[bytes]:
        """A recording."""
        return self._rest.sound(source, most=most)

    @property
    def _rest(self) -> Rest:
        root = self.base.rstrip("/")
        account = f"{root}/v1/Accounts/{quote(self.account, safe='')}"
        return Rest(root=root, account=account, authorization=f"Bearer {self.key}", outgoing=self.outgoing)

    async def _update(self, call: str, change: Verb) -> None:
        await self._post(f"Calls/{quote(call, safe='')}", change)

    async def _post(self, path: str, body: Verb, more: Mapping[str, str] | None = None) -> Mapping[str, object]:
        return await self._rest.post(f"/{path}", msgspec.json.encode(body), "application/json", more)


def _post_to(url: str) -> Verb:
    return {"url": url, "method": "POST"}
