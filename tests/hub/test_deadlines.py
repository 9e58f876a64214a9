"""What is due at once is done at once: a sweep leaves nothing, and one conversation's trouble holds up no other."""

import asyncio
from dataclasses import replace

from hub.clock import HeldClock
from hub.model.conversation import Conversation
from hub.simulation.house import BEGIN, House, open_house
from hub.simulation.plan import World, world
from hub.store.database import Database


def one_line(offer_seconds: int) -> World:
    """60 agents who take one chat each from one line."""
    plan = world("mmc", agents=60, queues=1, seed=1)
    line = replace(plan.queues[0], offer_seconds=offer_seconds, max_wait_seconds=60, exit="form")
    return replace(plan, queues=(line,))


async def come(house: House, count: int) -> list[Conversation]:
    return list(await asyncio.gather(*(house.enters(n, f"p{n}", "webchat", "fa") for n in range(count))))


async def enter(house: House, states: list[Conversation]) -> None:
    line = house.config.inboxes["house"].queue
    await asyncio.gather(*(house.acts.open(one, queue=line, reason="bot_off") for one in states))
    await asyncio.gather(*(house.says(one, "hi") for one in states))
    await house.calm()


async def test_all_who_have_waited_long_enough_leave_the_line_in_one_sweep(database: Database) -> None:
    clock = HeldClock(BEGIN)
    async with open_house(database, one_line(20), clock) as house:
        states = await come(house, 350)
        await enter(house, states)
        clock.advance(60_000)
        commits = house.lanes.batches
        await house.sweep()
        after = [await house.lanes.state(one.id) for one in states]
    assert [one.exited for one in after] == ["form"] * 350
    assert house.lanes.batches - commits < 60  # and not one after another


async def test_offers_that_run_out_together_all_end_in_one_sweep(database: Database) -> None:
    clock = HeldClock(BEGIN)
    async with open_house(database, one_line(20), clock) as house:
        states = await come(house, 60)
        await enter(house, states)
        await house.router.settle()
        await house.router.match()
        assert len(house.router.offered()) == 60
        clock.advance(20_000)
        await house.sweep()
        await house.calm()
        assert not house.router.offered()
        assert {agent.status for agent in house.staff.agents} == {"not_responding"}


async def test_what_another_process_has_claimed_is_left_to_it_until_its_lease_is_over(database: Database) -> None:
    clock = HeldClock(BEGIN)
    async with open_house(database, one_line(20), clock) as house:
        states = await come(house, 5)
        await enter(house, states)
        await house.lanes.roll_up()
        clock.advance(60_000)
        now, claim = clock.now(), house.conversations.claim_due
        taken = await asyncio.gather(*(claim(now, 3_000, limit=3) for _ in range(4)))
        assert sorted(one for some in taken for one in some) == sorted({one for some in taken for one in some})
        rest = await claim(now, 3_000, limit=5)
        assert {one for some in taken for one in some} | set(rest) == {one.id for one in states}
        assert await claim(now, 3_000, limit=5) == []
        assert len(await claim(now + 3_000, 3_000, limit=5)) == 5
