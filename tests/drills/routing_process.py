"""One of several routing processes of the drill: the hub's routing over a database that others write to as well.

`python -m tests.drills.routing_process URI DATABASE`
"""

import asyncio
import logging
import os
import sys
from contextlib import AsyncExitStack
from functools import partial

import structlog
import uvloop

from hub.clock import SystemClock
from hub.follow import LOOK_SECONDS, Follow, follow_config
from hub.routing.leaks import Leaks
from hub.simulation.house import parts, subscribe
from hub.store.database import Database, connect
from hub.workers import supervised

LOOKS = "drill_looks"


async def looks(database: Database, follow: Follow) -> None:
    """Look at the whole line for ever, and say how often it was done: so the drill knows who was overlooked."""
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        await follow.look()
        await database.collection(LOOKS).update_one({"_id": os.getpid()}, {"$inc": {"done": 1}}, upsert=True)


async def serve(uri: str, name: str) -> None:
    """Route until killed."""
    async with connect(uri, name) as database:
        house = parts(database, SystemClock(), desks_here=False)
        await house.config.load()
        subscribe(house)
        follow = Follow(database, house.lanes, house.staff, house.router, house.conversations)
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(house.lanes.running())
            await stack.enter_async_context(house.router.pool.open())
            await stack.enter_async_context(supervised("follow", follow.run))
            await stack.enter_async_context(supervised("config", partial(follow_config, database, house.config)))
            await house.staff.load()
            await house.router.load()
            await stack.enter_async_context(supervised("looks", partial(looks, database, follow)))
            await stack.enter_async_context(supervised("router", house.router.run))
            leaks = Leaks(house.lanes, house.staff, house.clock)
            await stack.enter_async_context(supervised("leaks", leaks.run))
            print("ready", flush=True)
            await house.deadlines.run()


if __name__ == "__main__":
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    uvloop.run(serve(sys.argv[1], sys.argv[2]))
