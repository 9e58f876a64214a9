"""The API channel on a real port, with an inlet in memory, and the other system as a client of it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import itertools
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from aiohttp import web

from channels.api.adapter import ApiChannel
from channels.contract import Configured, Outbound, Part
from hub.clock import HeldClock
from tests.fakes.callback import Callback
from tests.fakes.inlet import FakeInlet

NOON = 1_790_000_000_000
SECRET = "the-secret-of-the-tests-0123456789"
OLD_SECRET = "an-older-secret-of-the-tests-98765"


@dataclass(slots=True)
class Reply:
    """An answer of the hub."""

    status: int
    body: bytes
    headers: dict[str, str]

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)

    @property
    def code(self) -> str:
        """The code of a refusal."""
        return str(self.json["error"]["code"])


def signed_by(secret: str, id_: str, at: int, raw: bytes) -> dict[str, str]:
    """The headers of a signed request at a time (ms); written apart from the product's own code."""
    mac = hmac.digest(secret.encode(), f"{id_}.{at // 1000}.".encode() + raw, hashlib.sha256)
    return {
        "webhook-id": id_,
        "webhook-timestamp": str(at // 1000),
        "webhook-signature": f"v1,{base64.b64encode(mac).decode()}",
    }


@dataclass(slots=True)
class Lab:
    """An inbox `desk` of the API channel, the other system behind it, and what that one may do."""

    url: str
    channel: ApiChannel
    inlet: FakeInlet
    other: Callback
    clock: HeldClock
    session: aiohttp.ClientSession
    strikes: list[str] = field(default_factory=list)
    _ids: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def configure(self, inbox: str = "desk", **settings: object) -> Configured:
        """Set an inbox up; own networks are allowed unless said otherwise, for everything here is on loopback."""
        defaults = {"callback_url": self.other.url, "secret": SECRET, "allow_private": True}
        return self.inlet.configure("api", inbox, **{**defaults, **settings})

    async def call(
        self,
        what: str,
        body: object,
        *,
        secret: str = SECRET,
        id_: str | None = None,
        at: int | None = None,
        headers: dict[str, str] | None = None,
        inbox: str = "desk",
    ) -> Reply:
        """A signed request."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        signed = signed_by(secret, id_ or f"msg_{next(self._ids)}", self.clock.now() if at is None else at, raw)
        return await self.raw("POST", f"/channels/api/{inbox}/{what}", raw, {**signed, **(headers or {})})

    async def raw(self, method: str, path: str, body: bytes | None = None, headers: Any = None) -> Reply:
        """Any request to the hub; a whole address may also be given."""
        target = path.replace(self.inlet.url, self.url) if "://" in path else self.url + path
        async with self.session.request(method, target, data=body, headers=headers) as answer:
            return Reply(answer.status, await answer.read(), dict(answer.headers))

    def message(self, **more: Any) -> Outbound:
        """A message of ours."""
        given: dict[str, Any] = {
            "inbox": "desk",
            "conversation": "c-1",
            "to": "user-7",
            "key": "say:c-1:4",
            "seq": 4,
            "at": NOON,
            "author": "agent",
            "author_name": "Ali",
            "parts": (Part(type="text", text="سلام"),),
            "number": 12,
        }
        return Outbound(**{**given, **more})


@asynccontextmanager
async def api_lab(inlet: FakeInlet | None = None) -> AsyncIterator[Lab]:
    """Everything of an API inbox, until the block ends."""
    inlet, clock, strikes = inlet or FakeInlet(), HeldClock(NOON), list[str]()

    def strike(request: web.Request) -> float:
        strikes.append(request.remote or "")
        return 0.0 if len(strikes) <= 20 else 1.0

    channel = ApiChannel(key=b"k" * 32, strike=strike, now=clock.now, answer_seconds=2)
    app = web.Application()
    app.add_routes(channel.routes(inlet))
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1, lingering_time=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        async with Callback() as other, aiohttp.ClientSession() as session:
            lab = Lab(url, channel, inlet, other, clock, session, strikes)
            lab.configure()
            yield lab
    finally:
        await runner.cleanup()
