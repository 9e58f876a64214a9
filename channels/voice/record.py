"""What is kept of a call while it lasts, so that any hook can be answered after a restart as before it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import msgspec

from channels.calls import Call, EndedBy, Phone
from channels.contract import Inlet
from channels.voice.flow import Flow
from channels.voice.flow_state import State

DAYS = 14
"""So long is a call that is over known, for what is told of it late."""
Mode = Literal["live", "callback", "message", "over"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentLeg:
    """The telephone of the agent who has accepted: `sid` is its call, "" until it is known.

    `picked_up`: it was told to take the caller. `joined`: they speak.
    """

    phone: Phone
    sid: str = ""
    picked_up: bool = False
    joined: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """What a caller in line had heard (as in `Record`) when it was asked last what they hear, after so many seconds."""

    seconds: float | None
    heard: int
    told: tuple[int, int | None] | None
    announced: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One call.

    `called`: the number dialled. `flow` as it was when the call came in. `heard`: the last number of the timeline that
    the caller has heard. `told`: the place and the minutes that they heard last. `lined`: they stand in the telephone
    system's line, since `since` (ms). `choices`: payloads of the buttons that were read out last, with their titles.
    `aside`: the telephone of a third who is asked while the caller waits, or (`conferring`) hears all and is heard by
    all. `onward`: the number that the agent passed the call on to. `back`: the leg of who is called back, at the
    `attempt` of the agent's phone. `tape`: whether the conversation can be recorded, is, or pauses in that.
    `announced`: the caller has heard that it is; at the turn `announces` they hear it before the line. `before`: what
    they had heard before they were told something in line; who asks again is told that again. `ear`: the
    telephone of a supervisor, and how they are in the call (`watch`). `ended_by`: who has hung up, where that was seen
    before the end of the call was told. `asked`: what a Simotel asked last (its component, the digits) and when (ms).
    """

    call: Call
    called: str
    flow: Flow
    state: State
    mode: Mode = "live"
    heard: int = 0
    told: tuple[int, int | None] | None = None
    lined: bool = False
    since: int | None = None
    patience: int | None = None
    choices: tuple[tuple[str, str], ...] = ()
    leg: AgentLeg | None = None
    aside: AgentLeg | None = None
    conferring: bool = False
    onward: str = ""
    back: str = ""
    attempt: int = 0
    tape: Literal["", "off", "on", "paused"] = ""
    announced: bool = False
    announces: int | None = None
    before: Before | None = None
    ear: AgentLeg | None = None
    watch: Literal["listen", "whisper", "barge"] = "listen"
    ended_by: EndedBy = ""
    asked: tuple[str, str, int] | None = None

    @property
    def customer(self) -> str:
        """The leg at which the customer speaks, and the room that they speak in."""
        return self.back or self.call.sid


@dataclass(slots=True)
class Records:
    """The calls of one process, over the hub's notes."""

    inlet: Inlet
    _known: dict[tuple[str, str], Record] = field(default_factory=dict)

    @property
    def live(self) -> int:
        """How many calls are known to be live here."""
        return len(self._known)

    async def get(self, inbox: str, sid: str) -> Record | None:
        """A call; None when there is none of this id."""
        found = await self.known(inbox, sid)
        return None if found == "over" else found

    async def known(self, inbox: str, sid: str) -> Record | Literal["over"] | None:
        """The same; "over" where the end of a call was told before its beginning."""
        known = self._known.get((inbox, sid))
        if known is not None:
            return known
        kept = await self.inlet.recall(inbox, _name(sid))
        if kept is not None and "leg_of" in kept:
            return await self.known(inbox, str(kept["leg_of"]))
        if kept is None or "call" not in kept:
            return None if kept is None else "over"
        record = msgspec.convert(kept, Record)
        self._remember(record)
        return record

    async def keep(self, record: Record) -> Record:
        """Keep it, durably. Raises `ChannelError` (`unavailable`)."""
        call = record.call
        if self._known.get((call.inbox, call.sid)) != record:
            await self.inlet.note(call.inbox, _name(call.sid), _plain(record), days=DAYS)
            self._remember(record)
        return record

    async def keep_leg(self, call: Call, leg: str) -> None:
        """Remember of which call another leg is."""
        await self.inlet.note(call.inbox, _name(leg), {"leg_of": call.sid}, days=DAYS)

    async def call_of(self, inbox: str, leg: str) -> str:
        """The call of which a leg is: another one, or the leg itself."""
        if (inbox, leg) in self._known:
            return leg
        kept = await self.inlet.recall(inbox, _name(leg))
        return str(kept["leg_of"]) if kept is not None and "leg_of" in kept else leg

    async def never_began(self, inbox: str, sid: str) -> None:
        """The end of a call that we know nothing of was told."""
        await self.inlet.note(inbox, _name(sid), {"over": True}, days=DAYS)

    async def keep_number(self, call: Call) -> None:
        """Remember who called last from its address, for what is told of a number alone."""
        await self.keep_leg(call, f"from:{call.address}")

    async def call_of_number(self, inbox: str, address: str) -> Record | None:
        """The last call of an address."""
        return await self.get(inbox, f"from:{address}")

    def _remember(self, record: Record) -> None:
        key = (record.call.inbox, record.call.sid)
        if record.mode != "live":
            self._known.pop(key, None)
        else:
            self._known[key] = record


def _name(sid: str) -> str:
    return f"call:{sid}"


def _plain(record: Record) -> Mapping[str, object]:
    plain: Mapping[str, object] = msgspec.to_builtins(record)
    return plain
