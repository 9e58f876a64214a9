"""Who hears whom: every conversation, of two or of many, is a room, and a room is a mixing bridge of Asterisk.

A room that two legs have been brought together in is over when only one is left in it; a conference stays for its last
member. Who only supervises (enters without starting the room) keeps none open.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal
from uuid import uuid4

import structlog

from channels.voice.asterisk.ari import Ari, AriError, Event

PREFIX = "peyk-room-"
WAITING = "peyk-waiting"
"""The bridge with the music: who waits in a line or is on hold is in it."""
Over = Literal["left", "alone", "ended"]
_log = structlog.get_logger(__name__)


@dataclass(slots=True, kw_only=True)
class Member:
    """One leg in a room. `supervises`: it counts for nothing. `over` says why it is not in it any more."""

    sid: str
    tag: str = ""
    supervises: bool = False
    ends_it: bool = False
    held: bool = False
    coaches: str = ""
    over: "asyncio.Future[Over]"


@dataclass(slots=True, kw_only=True)
class Room:
    """`pair`: two legs were joined. `recording`: the name of a running one. `company`: somebody is not alone here."""

    ari: Ari
    name: str
    pair: bool
    members: dict[str, Member] = field(default_factory=dict)
    recording: str = ""
    company: asyncio.Event = field(default_factory=asyncio.Event)
    on_empty: "Callable[[Room], None]"

    @property
    def bridge(self) -> str:
        """The bridge's id."""
        return PREFIX + self.name

    async def open(self) -> None:
        """Make the bridge; one that is there is good."""
        await self._quietly("POST", f"bridges/{self.bridge}", type="mixing", name=self.name[:60])

    def expect(self, member: Member) -> None:
        """A leg is about to come in."""
        self.members[member.sid] = member
        if len([one for one in self.members.values() if not one.supervises]) > 1:
            self.company.set()

    async def enter(self, member: Member, *, muted: bool = False) -> None:
        """Let a leg hear and be heard."""
        if member.coaches:
            await self._coach(member)
        else:
            await self._add(self.bridge, member.sid)
        if muted:
            await self.mute(member.sid, on=True)

    async def leave(self, sid: str, why: Over = "left") -> None:
        """A leg goes; who is left alone by that is told so."""
        member = self.members.pop(sid, None)
        if member is None:
            return
        if member.coaches:
            await self._stop_coaching(sid)
        await self._remove(WAITING if member.held else self.bridge, sid)
        _end(member, why)
        talking = [one for one in self.members.values() if not one.supervises]
        if not talking or (self.pair and len(talking) < 2) or member.ends_it:
            await self.close()

    async def close(self) -> None:
        """Everybody goes, and the bridge with them."""
        left, self.members = self.members, {}
        self.company.set()
        for member in left.values():
            if member.held:
                await self._remove(WAITING, member.sid)
            if member.coaches:
                await self._stop_coaching(member.sid)
        await self._quietly("DELETE", f"bridges/{self.bridge}")
        for member in left.values():
            _end(member, "alone")
        self.on_empty(self)

    async def mute(self, sid: str, *, on: bool) -> None:
        """Let a leg be heard or not."""
        await self.ari.request("POST" if on else "DELETE", f"channels/{sid}/mute", direction="in")

    async def hold(self, sid: str, *, on: bool) -> None:
        """Take a leg out of the conversation, to the music, and back."""
        member = self.members[sid]
        if member.held == on:
            return
        member.held = on
        away, to = (self.bridge, WAITING) if on else (WAITING, self.bridge)
        await self._remove(away, sid)
        await self._add(to, sid)

    async def coach(self, sid: str, tag: str) -> None:
        """Let a supervisor be heard by the members with this tag alone; "" lets everybody hear."""
        member = self.members[sid]
        if member.coaches:
            await self._stop_coaching(sid)
        else:
            await self._remove(self.bridge, sid)
        member.coaches = tag
        if tag:
            await self._coach(member)
        else:
            await self._add(self.bridge, sid)

    async def _coach(self, member: Member) -> None:
        """The supervisor and an ear at each of the coached are in a bridge of their own."""
        bridge = f"peyk-coach-{member.sid}"
        await self._quietly("POST", f"bridges/{bridge}", type="mixing")
        coached = [one.sid for one in self.members.values() if member.coaches in {one.tag, one.sid}]
        for number, sid in enumerate(coached):
            ear = await snoop(self.ari, sid, spy="both" if number == 0 else "none", whisper="out")
            await self._add(bridge, ear)
        await self._add(bridge, member.sid)

    async def _stop_coaching(self, sid: str) -> None:
        bridge = f"peyk-coach-{sid}"
        await self._remove(bridge, sid)
        await self._quietly("DELETE", f"bridges/{bridge}")

    async def _add(self, bridge: str, sid: str) -> None:
        if bridge == WAITING:
            await to_music(self.ari, sid)
        else:
            await self.ari.request("POST", f"bridges/{bridge}/addChannel", channel=sid)

    async def _remove(self, bridge: str, sid: str) -> None:
        await self._quietly("POST", f"bridges/{bridge}/removeChannel", channel=sid)

    async def _quietly(self, method: str, path: str, **query: object) -> None:
        try:
            await self.ari.request(method, path, None, **query)
        except AriError as error:
            _log.debug("gateway.already_so", path=path, status=error.status)

    async def record(self) -> str:
        """Record all that is heard in the room; returns the recording's name."""
        name = f"peyk-{uuid4().hex}"
        await self.ari.request("POST", f"bridges/{self.bridge}/record", name=name, format="wav", ifExists="fail")
        self.recording = name
        return name

    async def record_pause(self, *, on: bool) -> None:
        """Silence in the recording, while something secret is said."""
        if self.recording:
            await self.ari.request("POST" if on else "DELETE", f"recordings/live/{self.recording}/mute")

    async def record_stop(self) -> None:
        """The recording is over; that it can be fetched is told by `RecordingFinished`."""
        name, self.recording = self.recording, ""
        if name:
            await self._quietly("POST", f"recordings/live/{name}/stop")


def _end(member: Member, why: Over) -> None:
    if not member.over.done():
        member.over.set_result(why)


async def to_music(ari: Ari, sid: str) -> None:
    """Put a leg where the music is; it has to be started again for the first who comes after all had gone."""
    await ari.request("POST", f"bridges/{WAITING}/addChannel", channel=sid, role="participant")
    await ari.request("POST", f"bridges/{WAITING}/moh")


async def snoop(ari: Ari, sid: str, *, spy: str, whisper: str) -> str:
    """An ear at a leg, a mouth, or both; returns the id of its channel, which goes with the leg."""
    name = f"peyk-snoop-{uuid4().hex}"
    there: asyncio.Future[Event] = ari.expect(f"StasisStart:{name}")
    try:
        await ari.request(
            "POST", f"channels/{sid}/snoop/{name}", spy=spy, whisper=whisper, app=ari.app, appArgs="snoop"
        )
        async with asyncio.timeout(5):
            await there
    finally:
        there.cancel()
    return name
