"""The adapter on a port of its own, between a bot API that is a fake and a hub that is in memory."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

from aiohttp import web

import channels.telegram.wire  # noqa: F401 (loaded here, not while a test's half second runs)
from channels.contract import Button, File, Outbound, Part
from channels.telegram.adapter import Telegram
from channels.telegram.api import BotApi
from tests.fakes.inlet import FakeInlet
from tests.fakes.telegram import TOKEN, FakeTelegram

NOW = 1_790_000_000_000
SECRET = "a generated secret, with any letters"


@dataclass(slots=True)
class Bench:
    """The parts of a test."""

    fake: FakeTelegram
    inlet: FakeInlet
    adapter: Telegram
    url: str
    settings: dict[str, object] = field(default_factory=dict)

    def configure(self, **settings: object) -> None:
        """Change the inbox."""
        self.settings |= settings
        self.inlet.configure("telegram", "shop", **self.settings)

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        """Let the adapter run; in webhook mode until the webhook is set."""
        running = asyncio.create_task(self.adapter.run(self.inlet), name="telegram-run")
        try:
            if self.settings["mode"] == "webhook":
                await self.fake.called("setWebhook")
            yield
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)


@asynccontextmanager
async def bench(
    *, bale: bool = False, mode: str = "webhook", read_seconds: float = 10, adapter: Telegram | None = None
) -> AsyncIterator[Bench]:
    """A bench whose inbox is `shop`."""
    inlet = FakeInlet()
    adapter = adapter or Telegram(api=BotApi(read_seconds=read_seconds), gather_seconds=1)
    async with FakeTelegram(bale=bale) as fake:
        app = web.Application()
        app.add_routes(adapter.routes(inlet))
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        inlet.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        made = Bench(fake, inlet, adapter, inlet.url)
        dialect = "bale" if bale else "telegram"
        made.configure(token=TOKEN, dialect=dialect, mode=mode, secret=SECRET, api_base=fake.url)
        try:
            yield made
        finally:
            await adapter._api.close()
            await runner.cleanup()
        assert fake.faults == []


def outbound(*parts: Part, to: str = "42", key: str = "k1", **more: object) -> Outbound:
    """A message of an agent."""
    message = Outbound(
        inbox="shop",
        conversation="c-42",
        to=to,
        key=key,
        seq=2,
        at=NOW,
        author="agent",
        author_name="Mina",
        parts=parts,
    )
    return replace(message, **more)  # type: ignore[arg-type]


def text(said: str) -> Part:
    """Words."""
    return Part(type="text", text=said)


def buttons(*pairs: tuple[str, str]) -> Part:
    """Buttons of (title, payload)."""
    return Part(type="buttons", buttons=tuple(Button(title=title, payload=payload) for title, payload in pairs))


def attachment(inlet: FakeInlet, name: str, content_type: str, data: bytes, **more: int) -> Part:
    """A file that is in the hub."""
    file = File(id=f"f-{name}", name=name, content_type=content_type, size=len(data), **more)
    inlet.files[file.id] = (file, data)
    return Part(type="attachment", file=file)
