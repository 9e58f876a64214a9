"""A hub as a process: connect the real database and the real bot, run, listen; on SIGTERM drain and end."""

import asyncio
import gc
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import structlog
import uvloop
from aiohttp import web

from bot.contract import Bot
from bot.guarded import GuardedBot
from bot.orders import HttpOrders
from bot.rasa import RasaBot
from hub import figures
from hub.app import Hub, make_app
from hub.clock import SystemClock
from hub.model.rollout import SLOTS, Slot
from hub.running import running
from hub.settings import LogFormat, Settings
from hub.store.database import Database, connect
from hub.store.rollouts import Rollouts
from hub.store.versions import Versions
from hub.telemetry import set_up_logging
from hub.training.slots import Slotted
from hub.workers import supervised

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
        slots = await _bots(stack, settings, database)
        orders = await stack.enter_async_context(HttpOrders(settings.order_service))
        hub = Hub(settings, database, slots, orders, SystemClock(), bots=slots.bots)
        hub.web.studio.decided = slots.look
        await stack.enter_async_context(running(hub))
        await stack.enter_async_context(supervised("rollout", slots.run))
        await stack.enter_async_context(_listening(hub))
        stand_down_the_collector()
        log.info("hub_ready", host=settings.host, port=settings.port)
        await stop.wait()
        log.info("hub_draining")


def stand_down_the_collector() -> None:
    """What was loaded at the start lives until the end: looking through it again stops everybody for 0.2 s."""
    gc.collect()
    gc.freeze()


async def _bots(stack: AsyncExitStack, settings: Settings, database: Database) -> Slotted:
    """The two bot servers, each guarded, behind the one that knows which conversation is whose."""
    token = settings.rasa_token.get_secret_value()
    bots: dict[Slot, Bot] = {}
    for slot, url in zip(SLOTS, (settings.bot_url, settings.second_bot_url), strict=True):
        rasa = await stack.enter_async_context(RasaBot(url, token))
        guarded = GuardedBot(rasa, observe=figures.on_bot_turn)
        stack.push_async_callback(guarded.aclose)
        bots[slot] = guarded
    slots = Slotted(bots, Rollouts(database), Versions(database), SystemClock())
    await slots.look()
    return slots


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
        await hub.adapters.webchat.drain()
        await runner.cleanup()
