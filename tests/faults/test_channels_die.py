"""F04, F13: the hub dies between a provider's answer and its record of it; webhooks come again around a kill.

Where the receiver recognises a second copy, it gets one; elsewhere the message is in doubt, and an agent decides.
"""

import asyncio
import json
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aiohttp
import pytest

from hub.model.config import Inbox
from hub.model.ids import InboxId
from hub.store.database import connect
from hub.store.embedded import Mongod
from tests.drills.channels import channels, nothing_queued, outbox
from tests.drills.system import System, api_inbox, copies
from tests.fakes.callback import Callback
from tests.fakes.graph import APP_SECRET, TOKEN, FakeGraph, signature
from tests.faults.tools import own_database
from tests.load.checker import check
from tests.load.client import Agent, Refused
from tests.load.crowd import eventually, in_waves
from tests.load.journal import Journal
from tests.load.lab import PASSWORD, QUEUE, Lab, Plan, lab

NUMBER, PAGE = "1122334455667", "900100"
Row = dict[str, object]


def quiet(line: str) -> None:
    """No progress."""


async def test_f04_f13_killed_between_doubled_webhooks_and_failing_callbacks_nothing_is_lost() -> None:
    found = await channels(3, seed=20_04, customers=6, agents=2, say=quiet)
    assert found["good"], found


@pytest.mark.parametrize("passes", [1, 3])
async def test_f04_who_recognises_a_second_copy_gets_the_same_one_again(mongod_server: Mongod, passes: int) -> None:
    async with Callback() as other:
        plan = Plan(inboxes=(api_inbox(other.url),), settings=own_database())
        async with lab(plan, uri=mongod_server.uri, start=False) as running:
            system = System(running, Journal(), 3, passes)
            async with dies_after_sending(running, passes):
                await system.greet()
            await nothing_queued(running)
            verdict, out = check(system.journal, await running.kept(), {}), await outbox(running, other)
            times = Counter(copy.id for copy in copies(other))
    assert verdict.good, verdict
    assert system.differing == 0
    assert out.good, out
    assert (out.out_delivered >= 3, out.uncertain) == (True, 0)
    assert max(times.values()) >= 2  # the one at which it died


async def test_f04_where_a_second_copy_would_be_shown_twice_an_agent_decides(mongod_server: Mongod) -> None:
    async with meta_lab(mongod_server) as street:
        for customer in ("989120000001", "989120000002"):
            async with dies_after_sending(street.running, 1):
                await street.tells("whatsapp", [whatsapp(customer, f"wamid.{customer}")])
            await nothing_queued(street.running)
            assert [one["to"] for one in street.graph.sent].count(customer) == 1
        first, second = await street.rows({"delivery": "uncertain"})
        async with street.desk() as agent:
            await eventually(lambda: len(agent.opened) == 2, 60, "the agent did not get both")
            for what, row in (("settle", first), ("retry", second)):
                await agent.ask_patiently({"type": f"delivery.{what}", **place(row)})
            with pytest.raises(Refused):
                await agent.ask({"type": "delivery.retry", **place(first)})
            async with asyncio.timeout(30):
                while await street.rows({"delivery": {"$in": ["queued", "uncertain"]}}):
                    await asyncio.sleep(0.02)
        assert {row["delivery"] for row in await street.rows({"delivery": {"$exists": True}})} == {"sent"}
        words = first["parts"][0]["text"]  # type: ignore[index]
        said = Counter(one["to"] for one in street.graph.sent if words in json.dumps(one, ensure_ascii=False))
        assert said == {"989120000001": 1, "989120000002": 2}


@pytest.mark.parametrize("channel", ["whatsapp", "messenger"])
async def test_f13_what_comes_three_times_in_any_order_around_a_kill_is_stored_once(
    mongod_server: Mongod, channel: str
) -> None:
    chance = random.Random(20_13)
    event = {"whatsapp": whatsapp, "messenger": messenger}[channel]
    events = [event(f"98912000000{n % 8}", f"id.{n}") for n in range(48)]
    webhooks = [[one] for one in events] + [chance.sample(events, 4) for _ in range(12)] + [[one] for one in events]
    chance.shuffle(webhooks)
    async with meta_lab(mongod_server) as street:
        await street.running.hub.start()
        third = len(webhooks) // 3
        await in_waves((street.tells(channel, body) for body in webhooks[:third]), 6)
        rest = asyncio.ensure_future(in_waves((street.tells(channel, body) for body in webhooks[third:]), 6))
        await eventually(lambda: street.answered > third + 6, 30, "the webhooks stopped")
        street.running.hub.kill()
        await street.running.hub.start()
        await rest
        stored = Counter(row["external_id"] for row in await street.rows({"author.kind": "contact", "kind": "message"}))
        assert stored == {f"id.{n}": 1 for n in range(48)}


@asynccontextmanager
async def dies_after_sending(running: Lab, passes: int) -> AsyncIterator[None]:
    """Start the hub so that it dies when the provider has answered so many times, and then as it should be.

    What the block does has to be patient.
    """
    running.hub.kill()
    running.hub.extra["PEYK_FAILPOINT"] = f"after_send:{passes}"
    await running.hub.start()
    again = asyncio.create_task(_start_again(running))
    try:
        yield
        await again
    finally:
        again.cancel()
        await asyncio.gather(again, return_exceptions=True)


async def _start_again(running: Lab) -> None:
    await eventually(lambda: not running.hub.alive(), 60, "the hub did not die at the failpoint")
    del running.hub.extra["PEYK_FAILPOINT"]
    await running.hub.start()


@dataclass(slots=True)
class Street:
    """A hub with a WhatsApp number and a page, and the provider of both."""

    running: Lab
    graph: FakeGraph
    answered: int = 0

    async def tells(self, channel: str, events: Iterable[Row]) -> None:
        """The provider calls the webhook, until it is answered."""
        raw = json.dumps(envelope(channel, list(events))).encode()
        url = f"{self.running.target.url}/channels/{channel}/{channel}/webhook"
        while True:
            try:
                async with self.running.target.http.post(url, data=raw, headers=signature(raw)) as response:
                    if response.status == 200:
                        self.answered += 1
                        return
                    assert response.status == 503, await response.text()
            except (aiohttp.ClientError, TimeoutError, OSError):
                pass  # nobody is there, or it was killed before it answered
            await asyncio.sleep(0.1)

    async def rows(self, query: Row) -> list[Row]:
        """Entries as the store holds them, oldest first."""
        async with connect(self.running.uri, self.running.hub.settings.database) as database:
            return await database.collection("entries").find(query).sort("at").to_list()  # type: ignore[no-any-return]

    @asynccontextmanager
    async def desk(self) -> AsyncIterator[Agent]:
        """An agent who takes what is offered."""
        agent = Agent(self.running.target, self.running.plan.agents[0], PASSWORD, Journal())
        try:
            async with asyncio.timeout(60):
                await agent.start()
            yield agent
        finally:
            await agent.stop()


@asynccontextmanager
async def meta_lab(mongod: Mongod) -> AsyncIterator[Street]:
    """The hub is not started yet."""
    async with FakeGraph() as graph:
        graph.accounts[NUMBER] = {}
        common = {"access_token": TOKEN, "api_base": graph.url, "app_secret": APP_SECRET, "verify_token": "verify-me"}
        inboxes = [
            Inbox(id=InboxId(name), name=name, channel=name, queue=QUEUE, bot_enabled=False, settings=common | account)
            for name, account in (("whatsapp", {"phone_number_id": NUMBER}), ("messenger", {"page_id": PAGE}))
        ]
        plan = Plan(inboxes=inboxes, settings=own_database())
        async with lab(plan, uri=mongod.uri, start=False) as running:
            yield Street(running, graph)
        assert not graph.faults


def place(row: Row) -> Row:
    """Which message it is."""
    return {"conversation": row["conversation"], "seq": row["seq"]}


def whatsapp(customer: str, id_: str) -> Row:
    """A message to our number."""
    return {"from": customer, "id": id_, "timestamp": str(int(time.time())), "type": "text", "text": {"body": id_}}


def messenger(customer: str, id_: str) -> Row:
    """A message to our page."""
    around = {"sender": {"id": customer}, "recipient": {"id": PAGE}, "timestamp": int(time.time() * 1000)}
    return {**around, "message": {"mid": id_, "text": id_}}


def envelope(channel: str, events: list[Row]) -> Row:
    """A webhook that carries these."""
    if channel == "messenger":
        return {"object": "page", "entry": [{"id": PAGE, "messaging": events}]}
    contacts = [{"wa_id": one["from"], "profile": {"name": "Sara"}} for one in events]
    value = {"metadata": {"phone_number_id": NUMBER}, "contacts": contacts, "messages": events}
    return {
        "object": "whatsapp_business_account",
        "entry": [{"id": "1", "changes": [{"field": "messages", "value": value}]}],
    }
