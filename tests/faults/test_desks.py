"""F17, F19, F20: a desk that takes nothing, a desk that was away for ten thousand messages, a desk that dies."""

import asyncio
import time

from hub.model.config import Workplace
from hub.store.embedded import Mongod
from tests.bench.stalled import StalledDesk
from tests.drills.traffic import judge
from tests.faults.tools import own_database
from tests.load.client import Agent, Customer
from tests.load.crowd import Crowd, address_of, crowd, eventually
from tests.load.lab import PASSWORD, Plan, lab

LONG = "x" * 3_000


async def flood(everybody: Crowd, each: int, text: str, name: str) -> None:
    """Every customer sends so many messages, one after the other."""

    async def one(customer: Customer, number: int) -> None:
        for message in range(each):
            await customer.send(f"{everybody.run}-{name}-{number}-{message}", text)

    await asyncio.gather(*(one(customer, number) for number, customer in enumerate(everybody.customers)))


async def test_f17_a_desk_that_takes_nothing_is_cut_off_and_nobody_else_waits(mongod_server: Mongod) -> None:
    plan = Plan(agents=("agent-0", "stalled"), settings=own_database())
    async with lab(plan, uri=mongod_server.uri) as running, crowd(running, 16, but="stalled") as everybody:
        conversations = [one.conversation for one in everybody.customers if one.conversation is not None]
        desk = StalledDesk(running, "stalled", conversations, receive_buffer=4_096)
        task = asyncio.create_task(desk.run())
        try:
            await asyncio.wait_for(desk.stalling.wait(), 10)
            before = running.hub.rss_mb()
            await flood(everybody, 120, LONG, "flood")
            await everybody.settled(5)
            verdict = await judge(everybody)
            assert verdict.good, verdict
            await eventually(lambda: desk.cuts > 0, 30, "the stalled desk was never cut off")
            assert running.hub.rss_mb() - before < 60
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


async def test_f19_a_desk_that_was_away_for_ten_thousand_messages_misses_none(mongod_server: Mongod) -> None:
    away = Workplace(grace_seconds=600)
    plan = Plan(workplace=away, settings=own_database())
    async with lab(plan, uri=mongod_server.uri) as running, crowd(running, 16) as everybody:
        agent = everybody.agents[0]
        await agent.stop()
        await flood(everybody, 625, "Are you there?", "away")
        async with asyncio.timeout(60):
            await agent.start()
        await everybody.settled()
        verdict = await judge(everybody)
        assert verdict.acknowledged >= 10_000
        assert verdict.good, verdict


async def test_f20_when_a_desk_dies_its_ten_chats_go_to_the_front_of_the_line(mongod_server: Mongod) -> None:
    rules = Workplace(grace_seconds=2)
    plan = Plan(agents=("dies", "comes"), capacity=250, workplace=rules, settings=own_database())
    async with lab(plan, uri=mongod_server.uri) as running, crowd(running, 10, but="comes") as everybody:
        chats = {one.conversation for one in everybody.customers}
        later = Customer(running.target, "later", everybody.journal, address=address_of(99))
        everybody.customers.append(later)
        await later.start()
        await later.send(f"{everybody.run}-later", "hello")  # the line is empty but for this one
        died = time.monotonic()
        await everybody.agents[0].stop()
        await eventually(lambda: all(one.owner == "queue" for one in everybody.customers), 45, "they were not returned")
        assert time.monotonic() - died <= 45
        comes = Agent(running.target, "comes", PASSWORD, everybody.journal)
        everybody.agents.append(comes)
        await comes.start()
        await eventually(lambda: len(comes.mine) == 10, 30, "the colleague did not get ten chats")
        assert comes.mine == chats
        assert later.owner == "queue"
        verdict = await judge(everybody)
        assert verdict.good, verdict
