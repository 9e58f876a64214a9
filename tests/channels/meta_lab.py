"""What the tests of Meta's channels share: an adapter behind a real HTTP server, with inboxes and signed bodies."""

from __future__ import annotations

import asyncio
import copy
import json
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
from aiohttp import web

from channels.contract import Configured, File, Outbound, Part
from channels.meta_channel import MetaChannel
from tests.fakes.graph import APP_SECRET, TOKEN, signature
from tests.fakes.inlet import FakeInlet

PAYLOADS = Path(__file__).parent.parent / "payloads"
OLD_SECRET = "the-secret-of-last-year"
VERIFY = "verify-me"


@dataclass(slots=True)
class Lab:
    """An adapter, what it talks to, and the provider's end of its webhook."""

    channel: MetaChannel
    inlet: FakeInlet
    session: aiohttp.ClientSession
    url: str
    inbox: Configured

    @property
    def hook(self) -> str:
        """Where the provider calls."""
        return f"{self.url}/channels/{self.channel.name}/{self.inbox.id}/webhook"

    async def tell(self, body: object, secret: str = APP_SECRET) -> int:
        """Call the webhook as the provider does; gives the status."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        async with self.session.post(self.hook, data=raw, headers=signature(raw, secret)) as response:
            return response.status


def configure(inlet: FakeInlet, channel: MetaChannel, account: str, base: str = "", inbox: str = "in1") -> Configured:
    """Open an inbox."""
    return inlet.configure(
        channel.name,
        inbox,
        **{channel.account_field: account},
        access_token=TOKEN,
        app_secret=APP_SECRET,
        app_secret_previous=OLD_SECRET,
        verify_token=VERIFY,
        api_base=base or "http://127.0.0.1:9",
    )


@asynccontextmanager
async def laboratory(channel: MetaChannel, account: str, base: str = "") -> AsyncIterator[Lab]:
    """Serve the adapter's routes on a port of their own, as the hub does."""
    inlet = FakeInlet()
    inbox = configure(inlet, channel, account, base)
    app = web.Application(client_max_size=12 * 1024 * 1024)
    app.add_routes(channel.routes(inlet))
    runner = web.AppRunner(app, shutdown_timeout=0.1, lingering_time=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        async with aiohttp.ClientSession() as session:
            yield Lab(channel, inlet, session, f"http://127.0.0.1:{runner.addresses[0][1]}", inbox)
    finally:
        await runner.cleanup()


def outbound(*parts: Part, to: str = "989121234567", key: str = "k1", **more: object) -> Outbound:
    """A piece of a message as the hub hands it over."""
    return Outbound(
        inbox="in1",
        conversation="c1",
        to=to,
        key=key,
        seq=1,
        at=0,
        author="agent",
        author_name="Sara",
        parts=parts,
        **more,  # type: ignore[arg-type]
    )


async def stored(inlet: FakeInlet, name: str, type_: str, data: bytes) -> File:
    """A file of ours in the store."""

    async def chunks() -> AsyncIterator[bytes]:
        yield data[: len(data) // 2]
        await asyncio.sleep(0)
        yield data[len(data) // 2 :]

    file = await inlet.store_file("in1", "x", name, chunks())
    known = File(id=file.id, name=name, content_type=type_, size=len(data))
    inlet.files[file.id] = (known, data)
    return known


def recorded(channel: str, name: str) -> dict[str, object]:
    """One of our own bodies, named by its trap."""
    found: dict[str, object] = json.loads((PAYLOADS / channel / f"{name}.json").read_text())
    return found


def damaged(value: object, dice: random.Random) -> object:
    """The same with something changed, dropped, doubled or of another type, somewhere."""
    odd = [None, 0, -1, 2**70, 1.5, "", "x" * 300, "\x00", [], {}, [[]], [{}], True]
    if dice.random() < 0.04:
        return copy.deepcopy(dice.choice(odd))
    if isinstance(value, dict):
        return {key: damaged(one, dice) for key, one in value.items() if dice.random() > 0.03}
    if isinstance(value, list):
        return [damaged(one, dice) for one in value for _ in range(dice.choice([1, 1, 1, 0, 2]))]
    return value
