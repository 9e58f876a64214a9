"""One leg: a channel of Asterisk, what is known of it, and the one script that runs for it."""

import asyncio
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import structlog
from msgspec.structs import replace

from channels.tasks import end
from channels.voice.asterisk.ari import Ari, AriError, AriLostError, Event
from channels.voice.asterisk.journal import Doing, Facts, Journal, Status
from channels.voice.asterisk.room import WAITING, Room, to_music
from channels.voice.asterisk.teller import Teller
from channels.voice.asterisk.verbs import Verb, Verbs, plain
from channels.voice.asterisk.webhook import Payload

_BUSY = frozenset({17})
_NO_ANSWER = frozenset({0, 16, 18, 19, 26, 102, 127})
_FAULT = 38
_log = structlog.get_logger(__name__)
_SIP = {"busy": 486, "no-answer": 480, "failed": 500}


def now_ms() -> int:
    """The time, ms since the epoch."""
    return time.time_ns() // 1_000_000


@dataclass(slots=True, kw_only=True)
class Leg:
    """`answered` is told once: whether somebody picked up. `on_digit` takes the keys that are pressed."""

    ari: Ari
    journal: Journal
    teller: Teller
    account: str
    application: str
    api: str
    facts: Facts
    room: Room | None = None
    children: set[str] = field(default_factory=set)
    language: str = ""
    on_digit: Callable[[str], None] | None = None
    answered: "asyncio.Future[bool]"
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    cut: bool = False
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    _script: asyncio.Task[None] | None = None
    _ending: asyncio.Task[None] | None = None
    _playing: str = ""
    _waiting: bool = False

    @property
    def sid(self) -> str:
        """The call's id, which is the channel's."""
        return self.facts.sid

    # What is told

    def payload(self, **more: object) -> Payload:
        """The fields that every hook has (`callbacks/base`), and more."""
        facts = self.facts
        base: dict[str, object] = {
            "call_sid": facts.sid,
            "account_sid": self.account,
            "application_sid": self.application,
            "direction": facts.direction,
            "from": facts.caller,
            "to": facts.callee,
            "caller_name": facts.name,
            "call_id": facts.sip_call,
            "call_status": facts.status,
            "sip_status": facts.sip_status,
            "api_base_url": self.api,
        }
        if facts.parent:
            base["parent_call_sid"] = facts.parent
        if facts.tags:
            base["customerData"] = dict(facts.tags)
        return {**base, **more}

    def change(self, **changes: object) -> None:
        """Know something new, for good."""
        self.facts = replace(self.facts, **changes)
        self.journal.keep(self.facts)

    def does(self, verb: Verb, rest: Verbs, *, since: int, **more: Any) -> None:
        """Note what lasts; `more` as in `Doing`."""
        self.change(doing=Doing(verb=plain(verb), rest=[plain(one) for one in rest], since=since, **more))

    def fares(self, status: Status, sip_status: int) -> None:
        """Its status changes; the hub is told."""
        if self.facts.status != status:
            self.change(status=status, sip_status=sip_status)
            self.teller.tell(self.sid, self.facts.status_hook, self.payload())

    def is_over(self, *, cause: int = 16, sip_status: int = 0, reason: str = "") -> None:
        """It has ended; told once, and the journal forgets it when that is taken."""
        facts = self.facts
        if facts.answered is not None:
            status: Status = "completed"
        elif facts.direction == "inbound" and not self.cut:
            status = "no-answer"
        else:
            status = "busy" if cause in _BUSY else "no-answer" if cause in _NO_ANSWER else "failed"
        self.change(status=status, sip_status=200 if status == "completed" else sip_status or _SIP[status])
        self.tell_end(reason)
        self.ended.set()
        if not self.answered.done():
            self.answered.set_result(False)

    def tell_end(self, reason: str = "") -> None:
        """Tell the hub that it is over."""
        began = self.facts.answered
        seconds = 0 if began is None else round((now_ms() - began) / 1000)
        by = "jambonz" if self.cut else "caller"
        more = {"sip_reason": reason} if reason else {}
        payload = self.payload(duration=seconds, call_termination_by=by, **more)
        self.teller.tell(self.sid, self.facts.status_hook, payload, lambda: self.journal.forget(self.facts))

    # What it does

    def run(self, script: Coroutine[Any, Any, None]) -> None:
        """Let a script run; the one before has ended."""
        self._script = asyncio.create_task(script, name=f"call:{self.sid}")
        self._script.add_done_callback(self._failed)

    def _failed(self, script: "asyncio.Task[None]") -> None:
        """A fault of ours ends this call, and no other."""
        if not script.cancelled() and (error := script.exception()) is not None:
            _log.error("gateway.call_failed", call=self.sid, exc_info=error)
            if not isinstance(error, AriLostError):
                self._ending = asyncio.create_task(self.hang_up(_FAULT), name=f"fault:{self.sid}")

    async def stop(self) -> None:
        """Break its script off, without undoing anything."""
        if self._script is not None and self._script is not asyncio.current_task():
            await end([self._script])
        self.on_digit = None

    async def release(self) -> None:
        """Take it out of everything: sound, room, music. Its rings are given up by who knows them."""
        await self.silence()
        if self.room is not None:
            room, self.room = self.room, None
            await room.leave(self.sid)
        await self.music(on=False)

    async def pick_up(self) -> None:
        """Answer, unless it is."""
        if self.facts.answered is None:
            await self.ari.request("POST", f"channels/{self.sid}/answer")
            self.is_answered()

    def is_answered(self) -> None:
        """Somebody has."""
        if self.facts.answered is None:
            self.change(answered=now_ms())
            self.fares("in-progress", 200)
        if not self.answered.done():
            self.answered.set_result(True)

    async def hang_up(self, cause: int = 16) -> None:
        """End it; that it has ended is told by Asterisk."""
        self.cut = True
        await self.quietly("DELETE", f"channels/{self.sid}", reason_code=cause)

    async def play(self, media: str) -> bool:
        """Play something to its end; whether it could be. Who breaks this off has to call `silence` as well."""
        name = f"peyk-{uuid4().hex}"
        done: asyncio.Future[Event] = self.ari.expect(f"PlaybackFinished:{name}")
        self._playing = name
        try:
            await self.ari.request("POST", f"channels/{self.sid}/play/{name}", media=media)
            event = await done
        except AriError:
            return False
        finally:
            done.cancel()
        self._playing = ""
        return event.playback is not None and event.playback.state == "done"

    async def silence(self) -> None:
        """Stop what is played. Asterisk would let a bridge, and all who ask it for anything, wait for its end."""
        name, self._playing = self._playing, ""
        if name:
            await self.quietly("DELETE", f"playbacks/{name}")

    async def music(self, *, on: bool) -> None:
        """Go to the music, or away from it."""
        if on and not self._waiting:
            await to_music(self.ari, self.sid)
        elif not on and self._waiting:
            await self.quietly("POST", f"bridges/{WAITING}/removeChannel", channel=self.sid)
        self._waiting = on

    async def quietly(self, method: str, path: str, **query: object) -> None:
        """Ask for something that may have come about by itself."""
        try:
            await self.ari.request(method, path, None, **query)
        except AriError:
            return
