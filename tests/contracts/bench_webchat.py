"""The website chat's bench: the customer's own client is its provider."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, ClassVar, Self

import aiohttp
from aiohttp import web

from channels.contract import File
from channels.webchat.adapter import WebChat
from tests.contracts.bench import WORDS, Bench, Mood, Outcome, Promise, outcome_of
from tests.fakes.inlet import FakeInlet

_MAILBOX = "stored means sent: the customer's client fetches by number, and nobody can refuse, limit or hang"


class NoPages:
    """The chat's pages are the hub's to make, and are tested there."""

    def frame(
        self, request: web.Request, *, title: str, origins: Sequence[str], config: Mapping[str, object]
    ) -> web.Response:
        return web.Response()

    def loader(self, request: web.Request) -> web.Response:
        return web.Response()

    async def upload(self, request: web.Request) -> tuple[str, AsyncIterator[bytes]]:
        raise web.HTTPNotFound

    async def download(self, request: web.Request, file: File, chunks: AsyncIterator[bytes]) -> web.StreamResponse:
        raise web.HTTPNotFound

    def allow_session(self, request: web.Request) -> None:
        """Everybody."""


class WebChatBench(Bench):
    """A visitor's browser."""

    name = package = "webchat"
    exempt: ClassVar[Mapping[Promise, str]] = {
        Promise.REFUSED: _MAILBOX,
        Promise.LIMITED: _MAILBOX,
        Promise.HANGS: _MAILBOX,
        Promise.FITS: "nothing is degraded for a mailbox: the client shows what the timeline holds",
        Promise.PREFIX: "its addresses stood in shops' pages before there were other channels: /chat/{inbox}",
    }

    def __init__(self, url: str, channel: WebChat, inlet: FakeInlet, session: aiohttp.ClientSession) -> None:
        self.url = url
        self.webchat = channel
        self.channel = channel
        self.inlet = inlet
        self.session = session
        self.address = "v_a-visitor-of-the-tests"
        self.token, refresh, _ = channel.issue("box", self.address)
        self.secrets = (self.token, refresh)
        self._got: list[str] = []
        self._reader: asyncio.Task[None] | None = None

    @classmethod
    @asynccontextmanager
    async def open(cls) -> AsyncIterator[Self]:
        inlet = FakeInlet()
        inlet.configure("webchat", "box")
        origins: set[str] = set()
        channel = WebChat(
            key=b"k" * 32, own_origins=lambda: frozenset(origins), pages=NoPages(), address_of=lambda _: "somewhere"
        )
        app = web.Application()
        app.add_routes(channel.routes(inlet))
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        origins.add(url)
        try:
            async with aiohttp.ClientSession() as session:
                yield cls(url, channel, inlet, session)
        finally:
            await runner.cleanup()

    async def deliver(self, id_: str) -> Outcome:
        send = {"type": "send", "id": 1, "client_id": f"client-{id_}", "text": WORDS}
        return await self._say(json.dumps(send))

    async def forge(self) -> list[Outcome]:
        tokens = ("", self.token[:-2] + "xx", self.webchat.issue("other", self.address)[0])
        return [await self._status({"Origin": "https://evil.example"}), *[await self._say("{}", one) for one in tokens]]

    async def garble(self) -> list[Outcome]:
        frames = ("", "{", "[" * 20_000, '{"type": "send", "id": 1, "client_id": {"$gt": ""}}', '{"type": "other"}')
        return [await self._say(one) for one in frames]

    def set_mood(self, mood: Mood) -> None:
        assert mood is Mood.TAKES

    def taken(self) -> list[str]:
        return self._got

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
        """A tab that is open while something is sent to it; its first entry is what was taken."""
        async with self._tab(self.token) as (ws, first):
            assert first["type"] == "welcome"
            yield ws
            async with asyncio.timeout(10):
                while (frame := await ws.receive_json())["type"] != "entry":
                    continue
            self._got.append(frame["entry"]["parts"][0]["text"])

    async def _say(self, frame: str, token: str | None = None) -> Outcome:
        async with self._tab(self.token if token is None else token) as (ws, first):
            if first["type"] == "bye":
                return Outcome.REFUSED
            await ws.send_str(frame)
            async with asyncio.timeout(10):
                while (answer := await ws.receive_json())["type"] not in {"result", "error", "bye"}:
                    continue
        if answer["type"] == "result":
            return Outcome.STORED
        return Outcome.AGAIN if answer.get("retry") else Outcome.REFUSED

    @asynccontextmanager
    async def _tab(self, token: str) -> AsyncIterator[tuple[aiohttp.ClientWebSocketResponse, Any]]:
        address, origin = f"{self.url}/chat/box/socket", {"Origin": self.url}
        async with self.session.ws_connect(address, headers=origin) as ws:
            await ws.send_json({"type": "hello", "token": token})
            yield ws, await asyncio.wait_for(ws.receive_json(), 10)

    async def _status(self, headers: dict[str, str]) -> Outcome:
        async with self.session.get(f"{self.url}/chat/box/socket", headers=headers) as answer:
            return outcome_of(answer.status, answer.headers)
