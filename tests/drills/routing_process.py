"""One of several routing processes of the drill: the hub's routing over a database that others write to as well.

`python -m tests.drills.routing_process URI DATABASE`
"""

import logging
import sys
from contextlib import AsyncExitStack

import structlog
import uvloop

from hub.clock import SystemClock
from hub.follow import Follow
from hub.simulation.house import parts, subscribe
from hub.store.database import connect
from hub.workers import supervised


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
            await house.staff.load()
            await house.router.load()
            await stack.enter_async_context(supervised("looks", follow.run_looks))
            await stack.enter_async_context(supervised("router", house.router.run))
            print("ready", flush=True)
            await house.deadlines.run()


if __name__ == "__main__":
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    uvloop.run(serve(sys.argv[1], sys.argv[2]))
