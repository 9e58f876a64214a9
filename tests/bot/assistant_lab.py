"""A real Rasa server with the real actions, for tests: installed, trained and started through `bot.environment`."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import os
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import web

from bot import environment
from bot.actions import Actions
from bot.guarded import GuardedBot
from bot.hours import OpeningHours, opening_hours
from bot.orders import HttpOrders
from bot.rasa import RasaBot
from tests.ports import free_port

ROOT = Path(__file__).parents[2]
WEEK = {day: [("09:00", "17:00")] for day in ("sat", "sun", "mon", "tue", "wed")} | {"thu": [("09:00", "13:00")]}
MONDAY_NOON = int(dt.datetime(2026, 11, 23, 8, 30, tzinfo=dt.UTC).timestamp() * 1000)
START_SECONDS = 150


@dataclass
class Shop:
    """The shop behind the actions: one known order, one number that fails, and the tickets that were registered."""

    tickets: dict[tuple[str, str], str] = field(default_factory=dict)

    async def orders(self, request: web.Request) -> web.Response:
        match request.match_info["number"]:
            case "12345":
                order = {"number": "12345", "status": "shipped", "items": ["کفش پیاده‌روی"], "eta": "2026-11-25"}
                return web.json_response(order | {"carrier": "پست پیشتاز", "tracking": "PK-900-77"})
            case "50000":
                return web.Response(status=500)
            case _:
                return web.json_response({"error": "not_found"}, status=404)

    async def register_ticket(self, conversation: str, text: str) -> str:
        return self.tickets.setdefault((conversation, text), "7001")

    async def hours(self, conversation: str) -> OpeningHours:
        return opening_hours(week=WEEK, time_zone="Asia/Tehran", at=MONDAY_NOON)


@dataclass
class Lab:
    """The running server: its guarded bot, its raw bot and the shop."""

    bot: GuardedBot
    rasa: RasaBot
    shop: Shop
    url: str
    token: str


def var_dir() -> Path:
    """The cached folder of the bot's environment: PEYK_TEST_VAR or the product's own var/."""
    return Path(os.environ.get("PEYK_TEST_VAR") or ROOT / "var")


@contextlib.asynccontextmanager
async def running_lab(log: Path, mongo_uri: str | None = None) -> AsyncIterator[Lab]:
    """Install and train if need be, start the server on a free port and stop it at the end.

    Without `mongo_uri` the bot's memory ends with it; with it, the memory is in the database `lab_rasa`.
    """
    await asyncio.to_thread(environment.install, var_dir(), print)
    await asyncio.to_thread(environment.train, var_dir(), print)
    token, shop = secrets.token_urlsafe(24), Shop()
    async with contextlib.AsyncExitStack() as stack:
        shop_url = await stack.enter_async_context(_site(shop, token, stack))
        port = free_port()
        command, env, cwd = environment.serve(var_dir(), port, mongo_uri, "lab_rasa", token, shop_url + "/bot/actions")
        url = f"http://127.0.0.1:{port}"
        await stack.enter_async_context(_process(command, env, cwd, log))
        await _until_ready(url, token, log)
        rasa = await stack.enter_async_context(RasaBot(url, token))
        yield Lab(bot=GuardedBot(rasa, deadline=20), rasa=rasa, shop=shop, url=url, token=token)


@contextlib.asynccontextmanager
async def _site(shop: Shop, token: str, stack: contextlib.AsyncExitStack) -> AsyncIterator[str]:
    port = free_port()
    orders = await stack.enter_async_context(HttpOrders(f"http://127.0.0.1:{port}/orders"))
    actions = Actions(token=token, orders=orders, register_ticket=shop.register_ticket, opening_hours=shop.hours)
    app = web.Application(client_max_size=2 * 1024**2)
    app.router.add_get("/orders/{number}", shop.orders)
    app.router.add_post("/bot/actions", actions.handle)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        await runner.cleanup()


@contextlib.asynccontextmanager
async def _process(
    command: list[str], env: dict[str, str], cwd: Path, log: Path
) -> AsyncIterator[asyncio.subprocess.Process]:
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(*command, env=env, cwd=cwd, stdout=output, stderr=output)
        try:
            yield process
        finally:
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
            try:
                await asyncio.wait_for(process.wait(), 15)
            except TimeoutError:
                process.kill()
                await process.wait()


async def _until_ready(url: str, token: str, log: Path) -> None:
    try:
        async with asyncio.timeout(START_SECONDS):
            # The server offers nothing to wait on but its port.
            while await asyncio.to_thread(environment.ready, url, token) is None:
                await asyncio.sleep(0.5)
    except TimeoutError:
        said = await asyncio.to_thread(log.read_text, errors="replace")
        raise AssertionError("Rasa did not start:\n" + said[-3000:]) from None
