"""A call centre for tests: a whole hub with a telephone number, a real Asterisk with its gateway, agents with phones.

::

    async with call_house(database, tmp_path, asterisk) as house:
        async with house.phone("caller", tone=600) as caller:
            await caller.dial(house.number)
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from bot.contract import BotStatus, Handoff, HandoffReason, Reply, Say, Turn
from channels.calls import AgentControl
from channels.voice.asterisk.gateway import Gateway, gateway
from channels.voice.asterisk.leg import Leg
from hub.call_flows import adopt, reader
from hub.fetching import FileCame
from hub.lanes import Appended
from hub.model.calendar import Calendar
from hub.model.config import Agent, Inbox
from hub.model.conversation import Conversation
from hub.model.entry import Author, Entry, EventType, File
from hub.model.ids import AgentId, ConversationId, InboxId
from hub.seed import QUEUE
from hub.store.database import Database
from tests.asterisk import KEY, SECRET, Asterisk, dialled, hung_up
from tests.hub_server import AbsentBot, LiveHub, live_hub
from tests.phone import Phone, phone

PHONE = InboxId("phone")


class Clerk(AbsentBot):
    """A bot that knows order 1042, and hands everything else to people."""

    async def turn(self, turn: Turn) -> Reply:
        """Answer."""
        if any("1042" in text for text in turn.texts):
            return Reply(says=(Say(text="Order 1042 is on its way."),))
        return Reply(handoff=Handoff(reason=HandoffReason.REQUESTED, summary="wants a person"))

    async def ready(self) -> BotStatus:
        """Always."""
        return BotStatus(available=True, detail="")


@dataclass(kw_only=True)
class CallDesk:
    """The hub's side. `calls`: the conversations of the calls that came in, in order."""

    live: LiveHub
    calls: list[ConversationId] = field(default_factory=list)
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    def agent(self, login: str) -> Agent:
        """An agent by login."""
        return next(one for one in self.live.hub.staff.agents if one.login == login)

    async def has_phone(self, login: str, extension: str) -> None:
        """An admin gives an agent a telephone."""
        agent = self.agent(login).id
        await self.live.hub.web.accounts.change(agent, {"phone": extension}, end_sessions=False)
        await self.live.hub.staff.refresh(agent)

    async def comes(self, login: str, extension: str) -> Agent:
        """An agent is at work, with a telephone."""
        await self.has_phone(login, extension)
        agent = self.agent(login).id
        await self.live.hub.staff.arrived(agent)
        await self.live.hub.staff.choose(agent, "online")
        return self.agent(login)

    async def call(self, number: int = 1) -> ConversationId:
        """The conversation of the n-th call."""
        await self._when(lambda: _is(len(self.calls) >= number))
        return self.calls[number - 1]

    async def until(self, call: ConversationId, true: Callable[[Conversation], bool]) -> Conversation:
        """Wait for a conversation to come to a state."""
        lanes = self.live.hub.lanes

        async def there() -> bool:
            return true(await lanes.state(call))

        await self._when(there)
        return await lanes.state(call)

    async def told(self, call: ConversationId, words: str) -> None:
        """Wait until these words are in its timeline: said, or where the caller came to in the flow."""

        async def there() -> bool:
            return any(
                words in one.text or (one.event is not None and words in str(one.event.values))
                for one in await self.entries(call)
            )

        await self._when(there)

    async def adopts(self) -> None:
        """The flows that tests write as JSON into their inboxes become flows of the hub, as at its start."""
        hub = self.live.hub
        await adopt(hub.config, reader(hub.channels), hub.web.flow_versions, hub.clock.now())

    async def _when(self, true: Callable[[], Awaitable[bool]]) -> None:
        try:
            async with asyncio.timeout(15):
                while not await true():
                    self._news.clear()
                    if not await true():
                        await self._news.wait()
        except TimeoutError as error:
            stories = [(one.text, one.event) for call in self.calls for one in await self.entries(call)]
            raise AssertionError(f"It never came to that; the calls so far: {stories}") from error

    def on_appended(self, event: Appended) -> None:
        """Note new calls, and wake who waits."""
        told = event.entry.event
        if told is not None and told.type is EventType.CALL and told.reason == "ringing":
            self.calls.append(event.after.id)
        self._news.set()

    async def accepts(self, call: ConversationId, login: str) -> None:
        """An agent accepts the offer that they get."""
        agent = self.agent(login)
        state = await self.until(call, lambda state: state.owner.kind == "offer" and state.owner.agent == agent.id)
        me = Author(kind="agent", id=agent.id, name=agent.name)
        await self.live.hub.acts.answer_offer(state.owner.offer or "", me, EventType.ACCEPTED)

    async def controls(self, call: ConversationId, login: str, control: AgentControl, to: str = "") -> None:
        """An agent does something with their live call."""
        agent = self.agent(login)
        state = await self.live.hub.lanes.state(call)
        await self.live.hub.phones.control(state, Author(kind="agent", id=agent.id, name=agent.name), control, to)

    async def transfers(self, call: ConversationId, login: str, to: AgentId) -> None:
        """An agent gives a call to a colleague."""
        agent = self.agent(login)
        state = await self.live.hub.lanes.state(call)
        me = Author(kind="agent", id=agent.id, name=agent.name)
        await self.live.hub.acts.transfer(state, me, agent=to, queue=None, note=None)

    async def recording(self, call: ConversationId) -> bytes:
        """The first sound that was attached to a call, once it is here."""
        found: list[File] = []

        async def there() -> bool:
            files = [part.file for one in await self.entries(call) for part in one.parts if part.file is not None]
            found[:] = [file for file in files if file.state == "here"]
            return bool(found)

        self.live.hub.bus.on(FileCame, lambda _: self._news.set())
        await self._when(there)
        return b"".join([piece async for piece in self.live.hub.web.files.read(found[0].id)])

    async def entries(self, call: ConversationId) -> list[Entry]:
        """The timeline."""
        return await self.live.hub.entries.after(call, 0)

    async def happened(self, call: ConversationId) -> list[str]:
        """What happened to a call, in order."""
        return [
            one.event.reason or ""
            for one in await self.entries(call)
            if one.event is not None and one.event.type is EventType.CALL
        ]


@dataclass(kw_only=True)
class CallHouse(CallDesk):
    """All of it, with a real Asterisk."""

    asterisk: Asterisk
    folder: Path
    _gateway: Gateway | None = None

    @property
    def number(self) -> str:
        """What a caller dials."""
        return f"sip:100@{self.asterisk.sip}"

    def phone(
        self, name: str, *, tone: float, extension: str = "", speaks: int = 60
    ) -> AbstractAsyncContextManager[Phone]:
        """A telephone: an agent's with an `extension`, else a caller's."""
        return phone(self.asterisk, self.folder / name, tone=tone, extension=extension, speaks=speaks)

    @asynccontextmanager
    async def talking(self, caller_tone: float, ali_tone: float) -> AsyncIterator[tuple[ConversationId, Phone, Phone]]:
        """A caller and Ali, who speak with each other."""
        await self.comes("ali", "101")
        async with (
            self.phone("caller", tone=caller_tone) as caller,
            self.phone("ali", tone=ali_tone, extension="101") as ali,
        ):
            await caller.dial(self.number)
            call = await self.call()
            await self.accepts(call, "ali")
            await ali.event("CALL_INCOMING")
            await ali.answer()
            await self.until(call, lambda state: state.call == "joined")
            await caller.hears(ali_tone)
            yield call, caller, ali

    async def takes_keys(self) -> None:
        """Wait until a caller is asked for keys: what the hub has decided reaches the gateway in a moment."""
        async with asyncio.timeout(15):
            while not any(leg.on_digit is not None for leg in self._legs()):
                await asyncio.sleep(0.02)

    def _legs(self) -> Iterable[Leg]:
        exchange = self._gateway.exchange if self._gateway is not None else None
        return exchange.legs.values() if exchange is not None else ()

    def seconds_recorded(self, seconds: float) -> None:
        """Wait (in a thread) until the newest recording that is made has so much more sound in it."""
        folder = self.asterisk.folder / "spool" / "recording"
        until = time.monotonic() + 15
        before = sum(_sizes(folder))
        while sum(_sizes(folder)) < before + seconds * 16_000:
            assert time.monotonic() < until
            time.sleep(0.05)

    def bytes_recorded(self) -> int:
        """How much sound the newest recording has."""
        return _sizes(self.asterisk.folder / "spool" / "recording")[-1]


@asynccontextmanager
async def call_house(
    database: Database,
    folder: Path,
    server: Asterisk,
    *,
    bot: AbsentBot | None = None,
    gateway: Mapping[str, object] | None = None,
    **settings: object,
) -> AsyncIterator[CallHouse]:
    """A hub with a number, and a gateway that Asterisk has dialled.

    `settings` are more of the inbox's, `gateway` of the gateway's.
    """
    async with live_hub(database, folder / "var", bot=bot or Clerk()) as live:
        made = CallHouse(live=live, asterisk=server, folder=folder)
        live.hub.bus.on(Appended, made.on_appended)
        await live.hub.config.create(number(server, **settings))
        await made.adopts()
        async with connected(server, folder, live.url, gateway or {}) as made._gateway:
            yield made


@asynccontextmanager
async def connected(
    server: Asterisk, folder: Path, hub: str, more: Mapping[str, object] | None = None
) -> AsyncIterator[Gateway]:
    """A gateway that Asterisk has dialled, before the hub at an address; at the end every call is hung up."""
    settings = msgspec.structs.replace(
        server.settings,
        hub=f"{hub}/channels/voice/{PHONE}",
        sounds=folder / "sounds",
        state=folder / "state",
        **more or {},
    )
    async with gateway(settings) as made:
        await dialled(server, made)
        try:
            yield made
        finally:
            await hung_up(made)


def _sizes(folder: Path) -> list[int]:
    """Bytes of all recordings, the newest last."""
    found = sorted((one.stat() for one in folder.rglob("*.wav")), key=lambda one: one.st_mtime_ns)
    return [one.st_size for one in found]


async def _is(true: bool) -> bool:
    return true


def number(server: Asterisk, **settings: object) -> Inbox:
    """An inbox for the calls of a server's gateway."""
    own = {"api_url": server.settings.public, "api_key": KEY, "webhook_secret": SECRET, "account": "peyk"}
    return Inbox(
        id=PHONE,
        name="Telephone",
        channel="voice",
        queue=QUEUE,
        locale="en",
        calendar=Calendar(always_open=True),
        settings={**own, **settings},
    )
