"""A `Switchboard` in memory: a hub whose bot has always answered already, and that remembers what it was told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from channels.calls import Call, Happening, House, Phone, Recording, Standing
from channels.contract import Inbound, Receipt


@dataclass(slots=True)
class FakeSwitchboard:
    """`ready` raises what a hub without its store does. `owner`: who has every call."""

    ready: Callable[[], None]
    owner: Literal["none", "bot", "queue", "offer", "agent"] = "bot"
    began: list[Inbound] = field(default_factory=list)
    told: list[Happening] = field(default_factory=list)
    lines: list[tuple[str | None, str]] = field(default_factory=list)
    recordings: list[Recording] = field(default_factory=list)
    over: list[tuple[Call, str]] = field(default_factory=list)
    unjoined: list[tuple[Phone, str, bool]] = field(default_factory=list)
    place: int | None = None
    wait_minutes: int | None = None

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
            place=self.place,
            wait_minutes=self.wait_minutes,
        )

    async def speak(self, call: Call, locale: str) -> None:
        """Nothing."""
        self.ready()

    async def to_line(self, call: Call, *, queue: str | None, reason: str) -> None:
        """The caller waits."""
        self.ready()
        self.lines.append((queue, reason))
        self.owner = "queue"

    async def not_joined(self, call: Call, phone: Phone, reason: str, *, blame: bool = True) -> None:
        """Remember it."""
        self.unjoined.append((phone, reason, blame))
        self.owner = "queue"

    async def recorded(self, call: Call, recording: Recording) -> None:
        """Remember it once."""
        self.ready()
        if recording not in self.recordings:
            self.recordings.append(recording)

    async def ended(self, call: Call, *, by: Literal["caller", "us"], reason: str, attempt: int = 0) -> None:
        """Remember it."""
        self.ready()
        self.over.append((call, by))

    async def house(self, inbox: str) -> House:
        """One line, one calendar that is open."""
        return House(queues=frozenset({"support"}), calendars=frozenset({"inbox"}), open=frozenset({"inbox"}))
