"""An `Inlet` in memory: what adapters' own tests talk to. It keeps every promise of the contract; nothing is durable.

Journeys use the real hub; this stands where only the adapter's half is in question.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from hashlib import sha256

from channels.calls import Switchboard
from channels.contract import (
    ChannelError,
    Configured,
    Desk,
    File,
    Inbound,
    Receipt,
    ReportedState,
    Signal,
    Timeline,
)


@dataclass(frozen=True, slots=True)
class Report:
    """What an adapter said of a message that was sent."""

    inbox: str
    external_id: str
    state: ReportedState
    reason: str | None = None
    code: str | None = None


@dataclass(slots=True)
class FakeInlet:
    """Remembers what it is given. `down` makes it refuse like a hub whose store is away."""

    url: str = "https://hub.example"
    down: bool = False
    received: list[Inbound] = field(default_factory=list)
    reports: list[Report] = field(default_factory=list)
    until: list[tuple[str, str, int, ReportedState]] = field(default_factory=list)
    signals: list[Signal] = field(default_factory=list)
    aside: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    notes: dict[tuple[str, str], Mapping[str, object]] = field(default_factory=dict)
    files: dict[str, tuple[File, bytes]] = field(default_factory=dict)
    configured: dict[str, list[Configured]] = field(default_factory=dict)
    calls: Switchboard | None = None
    _stored: dict[tuple[str, str, str], Receipt] = field(default_factory=dict)
    _heard: asyncio.Condition = field(default_factory=asyncio.Condition)
    _changed: asyncio.Event = field(default_factory=asyncio.Event)
    _leases: dict[str, asyncio.Lock] = field(default_factory=dict)
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def configure(self, channel: str, inbox: str, **settings: object) -> Configured:
        """Open an inbox, or change its settings."""
        made = Configured(id=inbox, name=inbox, locale="fa", settings=settings)
        others = [one for one in self.configured.get(channel, []) if one.id != inbox]
        self.configured[channel] = [*others, made]
        self._changed.set()
        self._changed = asyncio.Event()
        return made

    async def heard(self, count: int, seconds: float = 20) -> list[Inbound]:
        """Wait until so many messages were stored."""
        async with asyncio.timeout(seconds), self._heard:
            await self._heard.wait_for(lambda: len(self.received) >= count)
        return self.received

    async def reported(self, count: int, seconds: float = 20) -> list[Report]:
        """Wait until so many reports came."""
        async with asyncio.timeout(seconds), self._heard:
            await self._heard.wait_for(lambda: len(self.reports) >= count)
        return self.reports

    async def receive(self, message: Inbound) -> Receipt:
        """Store a message once."""
        self.refuse_if_down()
        key = _key(message)
        known = self._stored.get(key)
        if known is not None:
            return replace(known, duplicate=True)
        receipt = Receipt(conversation=f"c-{message.sender.address}", seq=next(self._numbers), at=0)
        self._stored[key] = receipt
        async with self._heard:
            self.received.append(message)
            self._heard.notify_all()
        return receipt

    @property
    def switchboard(self) -> Switchboard:
        """Calls, where the test has brought a hub for them (`tests.fakes.switchboard`)."""
        if self.calls is None:
            raise ChannelError("not_found", "There are no calls here.", status=404)
        return self.calls

    async def known(self, message: Inbound) -> Receipt | None:
        """What was stored under the same id."""
        self.refuse_if_down()
        return self._stored.get(_key(message))

    async def timeline(
        self, inbox: str, address: str, conversation: str | None, *, after: int = 0, before: int | None = None
    ) -> Timeline | None:
        """No adapter here reads."""
        return None

    async def signal(self, inbox: str, address: str, signal: Signal) -> None:
        """Remember it."""
        self.signals.append(signal)

    async def rate(self, inbox: str, address: str, conversation: str, score: int, comment: str | None) -> None:
        """Nothing."""

    async def end(self, inbox: str, address: str, conversation: str) -> None:
        """Nothing."""

    async def set_locale(self, inbox: str, address: str, locale: str) -> None:
        """Nothing."""

    async def forget(self, inbox: str, address: str) -> None:
        """Nothing."""

    async def desk(self, inbox: str) -> Desk:
        """Somebody is there."""
        return Desk(hours_open=True, agents_online=True, bot=True)

    async def inbox_settings(self, inbox: str) -> Mapping[str, object] | None:
        """As configured."""
        for channel, all_ in self.configured.items():
            for one in all_:
                if one.id == inbox:
                    return {**one.settings, "name": one.name, "locale": one.locale, "channel": channel}
        return None

    async def store_file(
        self, inbox: str, address: str, name: str, chunks: AsyncIterator[bytes], *, key: str | None = None
    ) -> File:
        """Keep a file; the same key is the same file."""
        self.refuse_if_down()
        data = b"".join([chunk async for chunk in chunks])
        id_ = sha256(f"{inbox}:{key}".encode() if key else data).hexdigest()[:20]
        file = File(id=id_, name=name, content_type="application/octet-stream", size=len(data))
        self.files[id_] = (file, data)
        return file

    async def open_file(self, inbox: str, address: str, file: str) -> tuple[File, AsyncIterator[bytes]]:
        """Read a file."""
        if file not in self.files:
            raise ChannelError("not_found", "There is no such file.", status=404)
        found, data = self.files[file]

        async def chunks() -> AsyncIterator[bytes]:
            yield data

        return found, chunks()

    @property
    def public_url(self) -> str:
        """Where the hub pretends to be."""
        return self.url

    def inboxes(self, channel: str) -> Sequence[Configured]:
        """As configured."""
        return tuple(self.configured.get(channel, ()))

    async def changed(self) -> None:
        """Wait for `configure`."""
        await self._changed.wait()

    async def report(
        self, inbox: str, external_id: str, state: ReportedState, *, reason: str | None = None, code: str | None = None
    ) -> bool:
        """Remember a report."""
        self.refuse_if_down()
        async with self._heard:
            self.reports.append(Report(inbox, external_id, state, reason, code))
            self._heard.notify_all()
        return True

    async def report_until(self, inbox: str, address: str, at: int, state: ReportedState) -> None:
        """Remember a watermark."""
        self.refuse_if_down()
        self.until.append((inbox, address, at, state))

    async def recall(self, inbox: str, name: str) -> Mapping[str, object] | None:
        """What was noted."""
        self.refuse_if_down()
        return self.notes.get((inbox, name))

    async def note(self, inbox: str, name: str, value: Mapping[str, object], *, days: int | None = None) -> None:
        """Note it."""
        self.refuse_if_down()
        self.notes[inbox, name] = dict(value)

    async def set_aside(self, inbox: str, external_id: str, reason: str, raw: bytes, summary: str) -> None:
        """Keep it once."""
        self.refuse_if_down()
        self.aside.setdefault(f"{inbox}:{external_id}", (reason, raw))

    @asynccontextmanager
    async def alone(self, name: str) -> AsyncIterator[None]:
        """One holder at a time."""
        async with self._leases.setdefault(name, asyncio.Lock()):
            yield

    def refuse_if_down(self) -> None:
        """Raise as a hub whose store is away."""
        if self.down:
            raise ChannelError("unavailable", "The store cannot confirm this now.", status=503, retryable=True)


def _key(message: Inbound) -> tuple[str, str, str]:
    scope = "*" if message.sender.everywhere else message.inbox
    return scope, message.sender.address, message.external_id
