"""The voice channel on a real port, with a hub in memory, and a telephone system as a client that signs."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from aiohttp import web

from channels.voice.adapter import VoiceChannel
from channels.voice.speech.kept import KeptSpeech
from hub.clock import HeldClock
from tests.fakes.inlet import FakeInlet
from tests.fakes.switchboard import FakeSwitchboard

NOON = 1_790_000_000_000
SECRET = "the-webhook-secret-of-the-tests-42"
KEY = "the-bearer-key-of-the-tests-4242"
CALLER = "+989121234567"


@dataclass
class TelephoneApi:
    """The telephone system's REST API: what it was asked for. `status` is what it answers, once `on_asked` was told."""

    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    status: int = 201
    files: dict[str, bytes] = field(default_factory=dict)
    on_asked: Callable[[], None] = lambda: None

    async def handle(self, request: web.Request) -> web.Response:
        """Note it."""
        if request.headers.get("Authorization") != f"Bearer {KEY}":
            return web.Response(status=401)
        if request.method == "GET":
            name = request.path.rpartition("/")[2]
            return web.Response(body=self.files.get(name, b"[]"))
        self.asked.append((request.path, await request.json()))
        self.on_asked()
        return web.json_response({"sid": f"leg-{len(self.asked)}"}, status=self.status)


@dataclass
class Answer:
    """What a hook was answered with."""

    status: int
    body: bytes
    headers: dict[str, str]

    @property
    def verbs(self) -> list[dict[str, Any]]:
        """The verbs."""
        found: list[dict[str, Any]] = json.loads(self.body) if self.body else []
        return found

    @property
    def token(self) -> str:
        """The token of the question in it."""
        found = re.findall(rb"token=([\w%:.-]+)", self.body)
        return found[-1].decode() if found else ""


@dataclass
class Lab:
    """An inbox `box` with a telephone system behind it."""

    url: str
    api_url: str
    channel: VoiceChannel
    inlet: FakeInlet
    hub: FakeSwitchboard
    api: TelephoneApi
    clock: HeldClock
    session: aiohttp.ClientSession
    strikes: list[str]

    def configure(self, inbox: str = "box", **settings: object) -> None:
        """Set an inbox up."""
        if flow := settings.pop("flow", None):
            self.hub.flows["f"] = json.loads(str(flow))
            settings["flow_id"] = "f"
        own = {"api_url": self.api_url, "api_key": KEY, "webhook_secret": SECRET, "locale": "en"}
        self.inlet.configure("voice", inbox, **{**own, **settings})

    async def call(self, sid: str = "call-1", caller: str = CALLER) -> Answer:
        """A call comes in."""
        return await self.hook("call", {"call_sid": sid, "from": caller, "to": "100", "direction": "inbound"})

    async def hook(self, kind: str, body: object, *, token: str = "", **how: Any) -> Answer:
        """A signed hook."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        at = how.pop("at", self.clock.now() // 1000)
        mac = hmac.digest(how.pop("secret", SECRET).encode(), f"{at}.".encode() + raw, hashlib.sha256)
        headers = how.pop("headers", {"Jambonz-Signature": f"t={at},v1={mac.hex()}"})
        inbox = how.pop("inbox", "box")
        target = f"{self.url}/channels/voice/{inbox}/{kind}" + (f"?token={token}" if token else "")
        async with self.session.post(target, data=raw, headers=headers) as answer:
            return Answer(answer.status, await answer.read(), dict(answer.headers))


@asynccontextmanager
async def voice_lab(speech: KeptSpeech | None = None) -> AsyncIterator[Lab]:
    """Everything, until the block ends; `speech`: the hub's own voice."""
    clock, strikes, api = HeldClock(NOON), list[str](), TelephoneApi()
    inlet = FakeInlet()
    hub = FakeSwitchboard(inlet.refuse_if_down)
    inlet.calls = hub

    def strike(request: web.Request) -> float:
        strikes.append(request.remote or "")
        return 0.0 if len(strikes) <= 60 else 1.0

    channel = VoiceChannel(strike=strike, now=clock.now, speech=speech)
    app = web.Application(client_max_size=20 * 1024 * 1024)
    app.add_routes(channel.routes(inlet))
    app.router.add_route("*", "/v1/{rest:.*}", api.handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1, lingering_time=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    inlet.url = url
    try:
        async with aiohttp.ClientSession() as session:
            lab = Lab(url, url, channel, inlet, hub, api, clock, session, strikes)
            lab.configure()
            yield lab
    finally:
        await runner.cleanup()
