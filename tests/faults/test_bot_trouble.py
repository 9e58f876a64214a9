"""F10: whatever the bot's server does, the customer gets a person or the line, and no bot talks over a person."""

import asyncio
import time

import pytest

from hub.store.embedded import Mongod
from tests.fakes.rasa import FakeRasa, Mood
from tests.faults.tools import own_database
from tests.load.checker import Kept
from tests.load.client import Agent, Customer
from tests.load.crowd import address_of, eventually
from tests.load.journal import Journal
from tests.load.lab import PASSWORD, Lab, Plan, lab

TOKEN = "0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c"
PEOPLE = {"queue", "offer", "agent"}
TROUBLE = [
    Mood.HANG,
    Mood.DRIP,
    Mood.LATE,
    Mood.GARBAGE,
    Mood.WRONG_SHAPE,
    Mood.HUGE,
    Mood.CUT,
    Mood.ERROR,
    Mood.SILENT,
]
MOST_SECONDS = 5.0
GRACE = 1.0  # the deadline is the hub's 5 s; the rest is a busy machine


def plan(fake: FakeRasa) -> Plan:
    return Plan(bot=True, settings={**own_database(), "rasa_url": fake.url, "rasa_token": TOKEN})


def answered_by_bot(customer: Customer) -> bool:
    return any(entry.author == "bot" for entry in customer.shown)


async def bot_after_person(running: Lab, agent: str) -> list[Kept]:
    kept = sorted(await running.kept(), key=lambda one: one.seq)
    first = next((one.seq for one in kept if one.author == "agent"), None)
    return [one for one in kept if one.author == "bot" and first is not None and one.seq > first]


async def test_f10_a_customer_whose_bot_is_in_trouble_gets_a_person_or_the_line(mongod_server: Mongod) -> None:
    async with FakeRasa(TOKEN) as fake, lab(plan(fake), uri=mongod_server.uri) as running:
        journal = Journal()
        for number, mood in enumerate(TROUBLE):
            customer = Customer(running.target, f"customer-{number}", journal, address=address_of(number))
            await customer.start()
            fake.moods.append(mood)
            began = time.monotonic()
            await customer.send(f"trouble-{number:08d}", "hello")
            await eventually(lambda one=customer: one.owner in PEOPLE, 15, f"{mood}: nobody took over")
            assert time.monotonic() - began <= MOST_SECONDS + GRACE, mood
            fake.moods.clear()
            fake.release.set()
            await customer.stop()
            fake.release.clear()
        assert fake.turns


async def test_f10_a_bot_that_is_gone_altogether(mongod_server: Mongod) -> None:
    async with FakeRasa(TOKEN) as fake:
        gone = plan(fake)
    async with lab(gone, uri=mongod_server.uri) as running:
        customer = Customer(running.target, "customer", Journal())
        await customer.start()
        began = time.monotonic()
        await customer.send("gone-00000001", "hello")
        await eventually(lambda: customer.owner in PEOPLE, 15, "nobody took over")
        assert time.monotonic() - began <= MOST_SECONDS
        await customer.stop()


@pytest.mark.parametrize("released_after", [0.0, 0.5])
async def test_f10_an_answer_that_comes_when_a_person_has_taken_over_is_never_shown(
    mongod_server: Mongod, released_after: float
) -> None:
    async with FakeRasa(TOKEN) as fake, lab(plan(fake), uri=mongod_server.uri) as running:
        journal = Journal()
        customer, agent = (
            Customer(running.target, "customer", journal),
            Agent(running.target, "agent-0", PASSWORD, journal),
        )
        try:
            await customer.start()
            await agent.start()
            await customer.send("first-00000001", "hello")
            await eventually(lambda: answered_by_bot(customer), 15, "the bot does not answer at all")
            fake.arrived.clear()
            fake.moods.append(Mood.LATE)
            await customer.send("second-0000001", "a person please")
            await asyncio.wait_for(fake.arrived.wait(), 15)
            await agent.ask({"type": "take", "conversation": customer.conversation})
            await agent.open(customer.conversation or "")
            await asyncio.sleep(released_after)
            reply = agent.reply(customer.conversation or "", "reply-00000001", "I am here.")
            fake.release.set()
            assert await reply is not None
            await customer.send("third-00000001", "thank you")
            await eventually(lambda: customer.shown[-1].client_id == "third-00000001", 15, "not shown")
            assert not await bot_after_person(running, "agent-0")
        finally:
            await customer.stop()
            await agent.stop()
