"""What the hub asks of jambonz: calls to make, and changes of calls that are live (REST, `/v1/Accounts/...`)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import quote

import msgspec

from channels.outgoing import Outgoing, OutgoingError
from channels.voice.events import BadCall
from channels.voice.hooks import Hooks
from channels.voice.jambonz.render import Verb
from channels.voice.script import Target
from channels.voice.wire import json_object, text

_SECONDS = 10.0


class CallApiError(Exception):
    """jambonz did not do it, or (`uncertain`) perhaps it did. `gone`: the call is over; `retryable`: ask again."""

    def __init__(self, text: str, *, gone: bool = False, retryable: bool = False, uncertain: bool = False) -> None:
        """Say what happened."""
        super().__init__(text)
        self.gone = gone
        self.retryable = retryable
        self.uncertain = uncertain


@dataclass(frozen=True, slots=True)
class JambonzApi:
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
    ) -> str:
        """Ring a target; once it picks up it asks `call` for its script. Returns the new leg's id."""
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
        )
        sid = text(answer, "sid", longest=128)
        if not sid:
            raise CallApiError("The answer names no call.", uncertain=True)
        return sid

    async def redirect(self, call: str, hooks: Hooks, *, token: str, child: bool = False) -> None:
        """Break off what a call does and have it ask for a new script; `child`: the leg that it is joined with."""
        await self._update(call, {"child_call_hook" if child else "call_hook": _post_to(hooks.url("continue", token))})

    async def hang_up(self, call: str) -> None:
        """End a leg."""
        await self._update(call, {"call_status": "completed"})

    async def mute(self, call: str, *, on: bool) -> None:
        """Let a leg be heard or not."""
        await self._update(call, {"mute_status": "mute" if on else "unmute"})

    async def hold(self, call: str, *, on: bool) -> None:
        """Take a leg out of the conversation to the music, or bring it back."""
        await self._update(call, {"conf_hold_status": "hold" if on else "unhold"})

    async def whisper(self, call: str, verb: Verb) -> None:
        """Say or play something to this leg alone."""
        await self._update(call, {"whisper": verb})

    async def record(self, call: str, action: Literal["start", "stop", "pause", "resume"]) -> None:
        """Record a live call, or stop for a while."""
        await self._update(call, {"record": {"action": f"{action}CallRecording"}})

    async def reach(self) -> None:
        """Ask for something harmless. Raises `ChannelError` unless the address, the account and the key are good."""
        headers = {"Authorization": f"Bearer {self.key}"}
        async for _ in self.outgoing.stream(self._url("Queues"), most=1 << 20, seconds=_SECONDS, headers=headers):
            pass

    async def _update(self, call: str, change: Verb) -> None:
        await self._post(f"Calls/{quote(call, safe='')}", change)

    def _url(self, path: str) -> str:
        return f"{self.base.rstrip('/')}/v1/Accounts/{quote(self.account, safe='')}/{path}"

    async def _post(self, path: str, body: Verb) -> Mapping[str, object]:
        """Raises `CallApiError`."""
        url = self._url(path)
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
        try:
            answer = await self.outgoing.post(url, msgspec.json.encode(body), headers, seconds=_SECONDS)
        except OutgoingError as error:
            raise CallApiError(error.text, retryable=not error.uncertain, uncertain=error.uncertain) from error
        if answer.status in {404, 410}:
            raise CallApiError("There is no such call any more.", gone=True)
        if not 200 <= answer.status < 300:
            raise CallApiError(f"jambonz answered {answer.status}.", retryable=answer.status in {429, 502, 503, 504})
        try:
            return json_object(answer.body) if answer.body.strip() else {}
        except BadCall as error:
            raise CallApiError("The answer cannot be read.", uncertain=True) from error


def _post_to(url: str) -> Verb:
    return {"url": url, "method": "POST"}
