"""A `Switchboard` in memory: a hub whose bot has always answered already, and that remembers what it was told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from channels.calls import Call, EndedBy, Happening, Phone, Recording, RecordingMode, Standing, Watch
from channels.contract import Inbound, Receipt
from channels.flows import House


@dataclass(slots=True)
class FakeSwitchboard:
    """`ready` raises what a hub without its store does. `owner`: who has every call.

    `lined_in`: the languages of those who came into line.
    """

    ready: Callable[[], None]
    owner: Literal["none", "bot", "queue", "offer", "agent"] = "bot"
    began: list[Inbound] = field(default_factory=list)
    told: list[Happening] = field(default_factory=list)
    lines: list[tuple[str | None, str]] = field(default_factory=list)
    recordings: list[Recording] = field(default_factory=list)
    taped: asyncio.Event = field(default_factory=asyncio.Event)
    over: list[tuple[Call, str]] = field(default_factory=list)
    unjoined: list[tuple[Phone, str, bool]] = field(default_factory=list)
    takers: list[str] = field(default_factory=list)
    ears: list[tuple[str, Watch]] = field(default_factory=list)
    place: int | None = None
    wait_minutes: int | None = None
    recording: RecordingMode = "inbox"
    announced: bool = False
    misses: bool = False
    locale: str = ""
    lined_in: list[str] = field(default_factory=list)
    waiting_since: list[int | None] = field(default_factory=list)
    queue: str = ""
    flows: dict[str, Mapping[str, object]] = field(default_factory=dict)

    async def begin(self, message: Inbound) -> Receipt:
        """A conversation named after the call."""
        self.ready()
        if all(one.thread != message.thread for one in self.began):
            self.began.append(message)
        return Receipt(conversation=f"c-{message.thread}", seq=1, at=0)

    async def happened(self, call: Call, happening: Happening) -> None:
        """Remember it once."""
        self.ready()
        if all(one.key != happening.key for one in self.told):
            self.told.append(happening)

    async def standing(self, call: Call) -> Standing:
        """As it was set."""
        return Standing(
            owner=self.owner,
            locale="en",
            answered=True,
            joined=False,
            seq=1,
            queue=self.queue,
            place=self.place,
            wait_minutes=self.wait_minutes,
            recording=self.recording,
            announced=self.announced,
        )

    async def speak(self, call: Call, locale: str) -> None:
        """Takes a moment, as the store does."""
        self.ready()
        await asyncio.sleep(0)
        self.locale = locale

    async def to_line(self, call: Call, *, queue: str | None, reason: str, since: int | None = None) -> None:
        """The caller waits."""
        self.ready()
        self.lines.append((queue, reason))
        self.waiting_since.append(since)
        self.lined_in.append(self.locale)
        self.owner = "queue"

    async def not_joined(self, call: Call, phone: Phone, reason: str, *, blame: bool = True) -> None:
        """Remember it."""
        self.unjoined.append((phone, reason, blame))
        self.owner = "queue"

    async def taken_over(self, call: Call, phone: Phone) -> None:
        """Remember it."""
        self.takers.append(phone.agent)

    async def watched(self, call: Call, phone: Phone, watch: Watch) -> None:
        """Remember it."""
        self.ears.append((phone.agent, watch))

    async def taken(self, call: Call, *, phone: str, key: str) -> None:
        """An agent has it."""
        await self.happened(call, Happening(what="joined", key=key, values={"agent": phone}))
        self.owner = "agent"

    async def recorded(self, call: Call, recording: Recording) -> None:
        """Remember it once."""
        self.ready()
        if recording not in self.recordings:
            self.recordings.append(recording)
        self.taped.set()

    async def ended(self, call: Call, *, by: EndedBy, reason: str, attempt: int = 0) -> None:
        """Remember it."""
        self.ready()
        self.over.append((call, by))

    async def missed(self, call: Call, *, to: str, waited: float) -> bool:
        """Whether they are called back, as it was set."""
        self.ready()
        return self.misses

    async def house(self, inbox: str) -> House:
        """One line, one calendar that is open."""
        return House(queues=frozenset({"support"}), calendars=frozenset({"inbox"}), open=frozenset({"inbox"}))

    async def flow(self, id_: str) -> Mapping[str, object] | None:
        """One that was set."""
        return self.flows.get(id_)
