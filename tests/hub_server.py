"""A whole hub for tests: the real application on a real port, over a real database; and people who use it.

Use it in a test through the fixture `live` of `tests/conftest.py`::

    async def test_something(live: LiveHub) -> None:
        async with live.browser() as admin:
            await admin.sign_in("admin")
            answer = await admin.call("GET", "/api/me")
"""

from __future__ import annotations

import asyncio
import json
import re
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import aiohttp
from aiohttp import web

from bot.contract import BotStatus, Handoff, HandoffReason, Reply, Turn
from bot.orders import Order
from channels.contract import Channel
from hub.app import Hub, make_app
from hub.clock import Clock, SystemClock
from hub.running import running
from hub.settings import Settings
from hub.store.database import Database


class AbsentBot:
    """A bot that is not there: every conversation goes to people."""

    async def turn(self, turn: Turn) -> Reply:
        """Hand every turn on."""
        return Reply(handoff=Handoff(reason=HandoffReason.BOT_UNAVAILABLE))

    async def forget(self, conversation: str) -> None:
        """There is nothing to forget."""

    async def ready(self) -> BotStatus:
        """Never."""
        return BotStatus(available=False, detail="unreachable")


class NoOrders:
    """A shop without orders."""

    async def find(self, number: str, locale: str = "fa") -> Order | None:
        """Nothing was ever ordered."""
        return None


@dataclass(frozen=True, slots=True)
class Answer:
    """A response that was read to its end."""

    status: int
    body: bytes
    headers: Any

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)

    @property
    def code(self) -> str:
        """The code of a refusal."""
        return str(self.json["error"]["code"])


@dataclass(slots=True)
class Browser:
    """One browser: its own cookies, the hub's origin, the CSRF token once signed in."""

    url: str
    passwords: dict[str, str]
    session: aiohttp.ClientSession = field(
        default_factory=lambda: aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True))
    )
    csrf: str = ""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.session.close()

    async def request(self, method: str, path: str, **options: Any) -> Answer:
        """Any request; nothing is added and no redirect followed."""
        async with self.session.request(method, self.url + path, allow_redirects=False, **options) as response:
            return Answer(response.status, await response.read(), response.headers)

    async def download(self, path: str) -> Answer:
        """A file as a browser gets it; the link to which it is sent is opened by somebody without any cookie."""
        answer = await self.request("GET", path)
        if answer.status != 303:
            return answer
        async with aiohttp.ClientSession() as stranger, stranger.get(self.url + answer.headers["Location"]) as response:
            return Answer(response.status, await response.read(), response.headers)

    async def call(self, method: str, path: str, body: object = None, **headers: str) -> Answer:
        """A request as our own pages send it: Origin, CSRF token, JSON. Keyword `x_name` sets the header `X-Name`."""
        own = {"Origin": self.url, "X-CSRF-Token": self.csrf}
        own |= {name.replace("_", "-"): value for name, value in headers.items()}
        options: dict[str, Any] = {"headers": {name: value for name, value in own.items() if value}}
        if body is not None:
            options["json"] = body
        return await self.request(method, path, **options)

    async def login_csrf(self) -> str:
        """Open the login page; return the token in its form."""
        page = await self.request("GET", "/login")
        found = re.search(rb'name="csrf" value="([0-9a-f]+)"', page.body)
        return found.group(1).decode() if found else ""

    async def try_sign_in(self, login: str, password: str) -> Answer:
        """Send the form of the login page."""
        form = {"login": login, "password": password, "csrf": await self.login_csrf()}
        return await self.request("POST", "/login", data=form, headers={"Origin": self.url})

    async def sign_in(self, login: str, password: str | None = None) -> None:
        """Sign in with the password of the seeded account (or the given one); remember the CSRF token."""
        answer = await self.try_sign_in(login, password or self.passwords[login])
        assert answer.status == 303, answer.body
        self.csrf = (await self.request("GET", "/api/me")).json["csrf"]

    async def ticket(self) -> str:
        """A ticket for the desk's socket."""
        answer = await self.call("POST", "/api/desk/ticket")
        assert answer.status == 200, answer.body
        return str(answer.json["ticket"])

    @asynccontextmanager
    async def desk(self) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
        """An authenticated desk socket; the first frame to read is the snapshot."""
        ticket = await self.ticket()
        async with self.session.ws_connect(f"{self.url}/desk/socket", headers={"Origin": self.url}) as ws:
            await ws.send_json({"type": "auth", "ticket": ticket})
            yield ws


@dataclass(frozen=True, slots=True)
class LiveHub:
    """A running hub."""

    hub: Hub
    url: str
    passwords: dict[str, str]

    def browser(self) -> Browser:
        """A fresh browser; use it in `async with`."""
        return Browser(self.url, self.passwords)


@asynccontextmanager
async def live_hub(
    database: Database,
    var: Path,
    *,
    clock: Clock | None = None,
    bot: AbsentBot | None = None,
    channels: Sequence[Channel] = (),
    **more: object,
) -> AsyncIterator[LiveHub]:
    """Run a hub on a port of its own until the block ends; `more` of its settings."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    settings = Settings(
        **more,  # type: ignore[arg-type]
        port=listener.getsockname()[1],
        var_dir=var,
        rasa_token="tests-rasa-token-0123456789-abcdefghij",
        signing_key="tests-signing-key-0123456789-abcdefghi",
        secrets_key="tests-secrets-key-0123456789-abcdefghi",
    )
    hub = Hub(settings, database, bot or AbsentBot(), NoOrders(), clock or SystemClock(), more_channels=channels)
    async with running(hub):
        runner = web.AppRunner(
            make_app(hub), access_log=None, shutdown_timeout=1.0, handle_signals=False, lingering_time=0.3
        )
        await runner.setup()
        await web.SockSite(runner, listener).start()
        accounts = json.loads(await asyncio.to_thread(settings.accounts_file.read_text))
        try:
            yield LiveHub(hub, settings.base_url, {one["login"]: one["password"] for one in accounts})
        finally:
            hub.desk.drain()
            await hub.adapters.webchat.drain()
            await runner.cleanup()
