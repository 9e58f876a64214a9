"""A hub while it runs: loaded, repaired, supervised; at the end what was accepted is finished."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial

import structlog

from hub import recovery
from hub.app import Hub
from hub.call_flows import adopt, reader
from hub.fetching import AT_ONCE
from hub.follow import follow_config
from hub.seed import seed
from hub.subscriptions import subscribe
from hub.web import setup as web_setup
from hub.web import upkeep
from hub.workers import Pool, supervised

log = structlog.get_logger(__name__)


@asynccontextmanager
async def running(hub: Hub) -> AsyncIterator[None]:
    """Load, repair, and run everything until the block ends; then finish what was accepted."""
    subscribe(hub)
    await _index(hub)
    await hub.config.load()
    await hub.channel_config.renew()
    await adopt(hub.config, reader(hub.channels), hub.web.flow_versions, hub.clock.now())
    await seed(hub.web, hub.settings)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(hub.lanes.running())
        repaired = await recovery.roll_forward(hub.conversations, hub.entries, hub.lanes, hub.deadlines)
        await hub.staff.load()
        await hub.router.load()
        await hub.interval_log.load(hub.staff.agents)
        await hub.interval_log.flush()
        await hub.today.load()
        await hub.board.load()
        await hub.watch.ask()
        log.info("hub_loaded", repaired=repaired)
        pools = (
            *(hub.background, hub.router, hub.courtesy, hub.delivery, hub.mirror, hub.dialogue),
            *(hub.calls, hub.doubts, hub.transcribing),
        )
        for one in pools:
            await stack.enter_async_context((one if isinstance(one, Pool) else one.pool).open())
        for name, work in _workers(hub).items():
            await stack.enter_async_context(supervised(name, work))
        hub.background.start(hub.delivery.resume(), "resume-delivery")
        hub.background.start(hub.calls.resume(), "resume-calls")
        hub.background.start(hub.stay_log.repair(), "repair-bot-stays")
        hub.background.start(
            recovery.resume(hub.conversations, hub.entries, hub.lanes, hub.dialogue, hub.courtesy), "resume"
        )
        try:
            yield
        finally:
            await hub.reading.flush()
            await hub.interval_log.flush()
            await hub.stay_log.backlog.flush()
            await web_setup.close(hub.web)


def _workers(hub: Hub) -> dict[str, Callable[[], Awaitable[None]]]:
    workers: dict[str, Callable[[], Awaitable[None]]] = {
        "router": hub.router.run,
        "leaks": hub.leaks.run,
        "places": hub.router.places.tell,
        "deadlines": hub.deadlines.run,
        "config": partial(follow_config, hub.database, hub.config),
        "reading": hub.reading.run,
        "intervals": hub.interval_log.run,
        "bot-stays": hub.stay_log.backlog.run,
        "board": hub.board.run,
        "summaries": hub.floor.run_summaries,
        "queues": hub.floor.run_queues,
        "bot-watch": hub.watch.run,
        "lost-calls": hub.lost_calls.run,
        "delivery": hub.delivery.run,
        "transcripts": hub.transcribing.run,
        **{f"fetching-{number}": hub.fetching.run for number in range(AT_ONCE)},
        "upkeep": partial(upkeep.run, hub.web),
    }
    for name, channel in hub.channels.items():
        workers[f"channel-{name}"] = partial(channel.run, hub.inlet)
    return workers


async def _index(hub: Hub) -> None:
    parts = (hub.entries, hub.conversations, hub.contacts, hub.intervals, hub.visits, hub.notes, hub.fetches, hub.aside)
    for part in (*parts, hub.versions, hub.dictations):
        await part.index()
    await web_setup.index(hub.web)
