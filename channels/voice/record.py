"""What is kept of a call while it lasts, so that any hook can be answered after a restart as before it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import msgspec

from channels.calls import Call, Phone
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
class Record:
    """One call.

    `called`: the number dialled. `flow` as it was when the call came in. `heard`: the last number of the timeline that
    the caller has heard. `told`: the place and the minutes that they heard last. `lined`: they stand in the telephone
    system's line, since `since` (ms). `choices`: payloads of the buttons that were read out last, with their titles.
    `aside`: the telephone of a colleague who is asked for advice while the caller waits. `onward`: the number that the
    agent passed the call on to.
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
    onward: str = ""


@dataclass(slots=True)
class Records:
    """The calls of one process, over the hub's notes."""

    inlet: Inlet
    _known: dict[tuple[str, str], Record] = field(default_factory=dict)

    async def get(self, inbox: str, sid: str) -> Record | None:
        """A call; None when there is none of this id."""
        known = self._known.get((inbox, sid))
        if known is not None:
            return known
        kept = await self.inlet.recall(inbox, _name(sid))
        if kept is None or "call" not in kept:
            return None
        record = msgspec.convert(kept, Record)
        self._remember(record)
        return record

    async def over_before_it_began(self, inbox: str, sid: str) -> bool:
        """Whether the end of a call was told before its beginning."""
        kept = await self.inlet.recall(inbox, _name(sid))
        return kept is not None and "call" not in kept

    async def keep(self, record: Record) -> Record:
        """Keep it, durably. Raises `ChannelError` (`unavailable`)."""
        call = record.call
        if self._known.get((call.inbox, call.sid)) != record:
            await self.inlet.note(call.inbox, _name(call.sid), _plain(record), days=DAYS)
            self._remember(record)
        return record

    async def keep_leg(self, call: Call, leg: str) -> None:
        """Remember whose call an agent's leg belongs to, for legs that it rings in turn."""
        await self.inlet.note(call.inbox, _name(leg), {"leg_of": call.sid}, days=DAYS)

    async def call_of_leg(self, inbox: str, leg: str) -> str | None:
        """The call that an agent's leg belongs to."""
        kept = await self.inlet.recall(inbox, _name(leg))
        sid = kept.get("leg_of") if kept is not None else None
        return sid if isinstance(sid, str) else None

    async def never_began(self, inbox: str, sid: str) -> None:
        """The end of a call that we know nothing of was told."""
        await self.inlet.note(inbox, _name(sid), {"over": True}, days=DAYS)

    def _remember(self, record: Record) -> None:
        key = (record.call.inbox, record.call.sid)
        if record.mode == "over":
            self._known.pop(key, None)
        else:
            self._known[key] = record


def _name(sid: str) -> str:
    return f"call:{sid}"


def _plain(record: Record) -> Mapping[str, object]:
    plain: Mapping[str, object] = msgspec.to_builtins(record)
    return plain
