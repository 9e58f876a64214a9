"""A hub as a process: connect the real database and the real bot, run, listen; on SIGTERM drain and end."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import structlog
import uvloop
from aiohttp import web

from bot.guarded import GuardedBot
from bot.orders import HttpOrders
from bot.rasa import RasaBot
from hub import figures
from hub.app import Hub, make_app, running
from hub.clock import SystemClock
from hub.settings import LogFormat, Settings
from hub.store.database import connect
from hub.telemetry import set_up_logging

log = structlog.get_logger(__name__)

DRAIN_SECONDS = 8.0
LINGER_SECONDS = 2.0
BACKLOG = 4_096


def serve(settings: Settings) -> None:
    """Run a hub until SIGTERM or SIGINT, then drain and return. `settings.mongodb_uri` must be set."""
    as_json = {LogFormat.JSON: True, LogFormat.CONSOLE: False}.get(settings.log_format)
    set_up_logging(as_json=as_json)
    uvloop.run(_serve(settings))


async def _serve(settings: Settings) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    if settings.mongodb_uri is None:
        raise ValueError("the hub needs a database: PEYK_MONGODB_URI")
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(connect(settings.mongodb_uri.get_secret_value(), settings.database))
        rasa = await stack.enter_async_context(RasaBot(settings.bot_url, settings.rasa_token.get_secret_value()))
        orders = await stack.enter_async_context(HttpOrders(settings.order_service))
        bot = GuardedBot(rasa, observe=figures.on_bot_turn)
        stack.push_async_callback(bot.aclose)
        hub = Hub(settings, database, bot, orders, SystemClock())
        await stack.enter_async_context(running(hub))
        await stack.enter_async_context(_listening(hub))
        log.info("hub_ready", host=settings.host, port=settings.port)
        await stop.wait()
        log.info("hub_draining")


@asynccontextmanager
async def _listening(hub: Hub) -> AsyncIterator[None]:
    """Accept connections; at the end refuse new ones and send the open sockets away politely."""
    runner = web.AppRunner(
        make_app(hub),
        access_log=None,
        shutdown_timeout=DRAIN_SECONDS,
        handle_signals=False,
        lingering_time=LINGER_SECONDS,
    )
    await runner.setup()
    site = web.TCPSite(runner, hub.settings.host, hub.settings.port, backlog=BACKLOG)
    await site.start()
    try:
        yield
    finally:
        await site.stop()
        hub.desk.drain()
        await hub.webchat.drain()
        await runner.cleanup()
