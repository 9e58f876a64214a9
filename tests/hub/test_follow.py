"""Several processes over one database: what is decided in one of them counts in all."""

import asyncio
from dataclasses import replace

import pytest

from hub.clock import HeldClock
from hub.errors import Conflict
from hub.follow import follow_config
from hub.model.queues import Queue
from hub.simulation.house import BEGIN, open_house, parts, subscribe
from hub.simulation.plan import world
from hub.store.database import Database
from hub.workers import supervised


async def test_a_line_that_is_changed_here_is_served_by_its_new_rules_there(database: Database) -> None:
    clock = HeldClock(BEGIN)
    async with open_house(database, world("mmc", agents=0, queues=1, seed=1), clock) as here:
        there = parts(database, clock, desks_here=False)
        await there.config.load()
        subscribe(there)
        async with there.lanes.running(), there.router.pool.open():
            async with supervised("config", lambda: follow_config(database, there.config)):
                line = here.config.queues["line"]
                state = await here.enters(1, "p", "webchat", "fa")
                await here.acts.open(state, queue=line.id, reason="bot_off")
                await here.lanes.roll_up()
                await here.config.save(replace(line, max_wait_seconds=30, exit="callback"))
                async with asyncio.timeout(10):
                    while there.config.queues != here.config.queues:
                        await asyncio.sleep(0)
            assert there.router.plan.queues == here.config.queues
            clock.advance(30_000)
            await there.sweep()
            assert (await there.lanes.state(state.id)).exited == "callback"


async def test_whoever_saves_second_is_refused_and_hears_what_the_first_one_saved(database: Database) -> None:
    async with open_house(database, world("mmc", agents=0, queues=1, seed=1), HeldClock(BEGIN)) as here:
        there, told = parts(database, here.clock, desks_here=False), list[str]()
        await there.config.load()
        there.config.on_change(told.append)
        line: Queue = here.config.queues["line"]
        await here.config.save(replace(line, priority=2))
        with pytest.raises(Conflict):
            await there.config.save(replace(line, priority=3))
        assert (there.config.queues["line"].priority, told) == (2, ["queue"])
