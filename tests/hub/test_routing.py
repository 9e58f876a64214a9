"""Routing over a whole hub: the line, offers that expire, agents who vanish, capacity."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest_asyncio

from channels.contract import Inbound, Part, Receipt, Sender
from hub.clock import HeldClock
from hub.model.config import Agent
from hub.model.conversation import Conversation
from hub.model.entry import Author, EventType
from hub.model.ids import AgentId, ConversationId, new_id
from hub.phrases import say
from hub.store.database import Database
from tests.hub_server import LiveHub, live_hub


class Floor:
    """A call centre: customers who write, agents who come and go, a clock that is moved by hand."""

    def __init__(self, live: LiveHub, clock: HeldClock) -> None:
        self.hub = live.hub
        self.clock = clock

    def agent(self, login: str) -> Agent:
        return next(agent for agent in self.hub.staff.agents if agent.login == login)

    async def comes(self, login: str) -> AgentId:
        agent = self.agent(login).id
        await self.hub.staff.arrived(agent)
        await self.hub.staff.choose(agent, "online")
        return agent

    async def goes(self, login: str) -> None:
        await self.hub.staff.left(self.agent(login).id)

    async def writes(self, address: str, text: str = "سلام") -> Receipt:
        part = Part(type="text", text=text)
        return await self.hub.inlet.receive(
            Inbound(inbox="shop", external_id=new_id(), sender=Sender(address=address), parts=(part,))
        )

    async def state(self, receipt: Receipt) -> Conversation:
        return await self.hub.lanes.state(ConversationId(receipt.conversation))

    async def until(self, receipt: Receipt, true: Callable[[Conversation], bool]) -> Conversation:
        """Wait for the conversation to come to a state."""
        async with asyncio.timeout(10):
            while not true(state := await self.state(receipt)):
                await asyncio.sleep(0)
        return state

    async def until_agent(self, login: str, true: Callable[[Agent], bool]) -> None:
        """Wait for an agent to come to a state."""
        async with asyncio.timeout(10):
            while not true(self.agent(login)):
                await asyncio.sleep(0)

    async def offered(self, receipt: Receipt, login: str) -> Conversation:
        agent = self.agent(login).id
        return await self.until(receipt, lambda state: state.owner.kind == "offer" and state.owner.agent == agent)

    async def accepts(self, receipt: Receipt, login: str) -> Conversation:
        state = await self.offered(receipt, login)
        me = Author(kind="agent", id=self.agent(login).id, name=login)
        await self.hub.acts.answer_offer(state.owner.offer or "", me, EventType.ACCEPTED)
        return await self.state(receipt)

    async def events(self, receipt: Receipt) -> list[str]:
        entries = await self.hub.entries.after(ConversationId(receipt.conversation), 0)
        return [entry.event.type.value for entry in entries if entry.event]

    async def heard(self, receipt: Receipt) -> list[str]:
        """What the hub itself told the customer."""
        entries = await self.hub.entries.after(ConversationId(receipt.conversation), 0)
        return [entry.text for entry in entries if entry.author.kind == "system" and entry.kind == "message"]


@pytest_asyncio.fixture
async def floor(
    no_task_left_behind: None, database: Database, tmp_path: Path, clock: HeldClock
) -> AsyncIterator[Floor]:
    async with live_hub(database, tmp_path / "var", clock=clock) as live:
        yield Floor(live, clock)


async def test_who_does_not_answer_is_parked_and_the_next_one_gets_it_from_the_same_place(floor: Floor) -> None:
    await floor.comes("ali")
    receipt = await floor.writes("v1")
    first = await floor.offered(receipt, "ali")
    await floor.comes("sara")
    floor.clock.advance(21_000)
    await floor.hub.deadlines.sweep(floor.clock.now())
    second = await floor.offered(receipt, "sara")
    assert second.queued_at == first.queued_at
    assert floor.agent("ali").status == "not_responding"
    assert "expired" in await floor.events(receipt)


async def test_offers_of_a_vanished_agent_return_at_once_conversations_after_grace_to_the_front(floor: Floor) -> None:
    await floor.comes("ali")
    held = await floor.writes("v1")
    await floor.accepts(held, "ali")
    pending = await floor.writes("v2")
    await floor.offered(pending, "ali")
    await floor.goes("ali")
    await floor.until(pending, lambda state: state.owner.kind == "queue")
    assert (await floor.state(held)).owner.kind == "agent"
    floor.clock.advance(29_000)
    await floor.hub.deadlines.sweep(floor.clock.now())
    assert (await floor.state(held)).owner.kind == "agent"
    floor.clock.advance(2_000)
    await floor.hub.deadlines.sweep(floor.clock.now())
    returned = await floor.until(held, lambda state: state.owner.kind == "queue")
    assert returned.front
    assert [state.id for state in floor.hub.router.places.in_order()] == [returned.id, pending.conversation]
    async with asyncio.timeout(10):
        while not any("قطع" in words for words in await floor.heard(held)):
            await asyncio.sleep(0)


async def test_who_loses_their_agent_is_told_what_is_so_also_that_nobody_else_is_there(floor: Floor) -> None:
    await floor.comes("ali")
    alone, served = [await floor.writes(address) for address in ("v1", "v2")]
    for receipt in (alone, served):
        await floor.accepts(receipt, "ali")
    author = Author(kind="system")
    await floor.goes("ali")
    floor.clock.advance(31_000)
    await floor.hub.acts.send_back(await floor.state(alone), author, reason="agent_gone", front=True)
    await floor.comes("mina")
    await floor.hub.acts.send_back(await floor.state(served), author, reason="agent_silent", front=True)
    for receipt, phrase, asks in ((alone, "agent_lost_alone", True), (served, "agent_silent", False)):
        async with asyncio.timeout(10):
            while say("fa", phrase) not in await floor.heard(receipt):
                await asyncio.sleep(0)
        assert ((await floor.state(receipt)).form_at is not None) == asks


async def test_an_agent_who_comes_back_within_grace_keeps_the_conversation(floor: Floor) -> None:
    await floor.comes("ali")
    held = await floor.writes("v1")
    await floor.accepts(held, "ali")
    await floor.goes("ali")
    floor.clock.advance(20_000)
    await floor.hub.staff.arrived(floor.agent("ali").id)
    floor.clock.advance(60_000)
    await floor.hub.deadlines.sweep(floor.clock.now())
    assert (await floor.state(held)).owner.agent == floor.agent("ali").id


async def test_capacity_is_never_exceeded_and_the_fifth_chat_waits(floor: Floor) -> None:
    await floor.comes("ali")
    receipts = [await floor.writes(f"v{n}") for n in range(5)]
    for receipt in receipts[:4]:
        await floor.accepts(receipt, "ali")
    assert floor.agent("ali").used == 100
    assert (await floor.state(receipts[4])).owner.kind == "queue"
    place = floor.hub.router.places.place(ConversationId(receipts[4].conversation))
    assert place is not None
    assert place[0] == 1
    done = await floor.state(receipts[0])
    await floor.hub.acts.resolve(done, Author(kind="agent", id="x"), disposition="answered", reason="agent")
    await floor.offered(receipts[4], "ali")


async def test_two_agents_never_get_the_same_conversation(floor: Floor) -> None:
    await floor.comes("ali")
    await floor.comes("sara")
    receipts = await asyncio.gather(*(floor.writes(f"v{n}") for n in range(8)))
    owners = [(await floor.until(one, lambda state: state.owner.kind == "offer")).owner.agent for one in receipts]
    assert sorted(owners.count(floor.agent(login).id) for login in ("ali", "sara")) == [4, 4]
    for receipt in receipts:
        assert (await floor.events(receipt)).count("offered") == 1


async def test_a_transfer_asks_the_colleague_first_and_falls_back_to_the_line(floor: Floor) -> None:
    await floor.comes("ali")
    await floor.comes("sara")
    receipt = await floor.writes("v1")
    state = await floor.until(receipt, lambda state: state.owner.kind == "offer")
    first, second = ("ali", "sara") if state.owner.agent == floor.agent("ali").id else ("sara", "ali")
    await floor.accepts(receipt, first)
    me = Author(kind="agent", id=floor.agent(first).id)
    await floor.hub.acts.transfer(await floor.state(receipt), me, agent=floor.agent(second).id, queue=None, note="VIP")
    offered = await floor.offered(receipt, second)
    assert offered.transfer_note == "VIP"
    assert offered.front


async def test_nobody_there_means_a_form_that_can_be_answered_later(floor: Floor) -> None:
    receipt = await floor.writes("v1")
    async with asyncio.timeout(10):
        while (await floor.state(receipt)).form_at is None:
            await asyncio.sleep(0)
    values = {"name": "Nima", "email": "nima@example.com", "message": "call me"}
    reply = (Part(type="form_reply", form="offline", values=values), Part(type="text", text="call me"))
    await floor.hub.inlet.receive(Inbound(inbox="shop", external_id=new_id(), sender=Sender(address="v1"), parts=reply))
    assert (await floor.state(receipt)).contact_name == "Nima"
    await floor.comes("ali")
    assert (await floor.offered(receipt, "ali")).owner.kind == "offer"


async def test_a_message_that_meets_a_resolved_conversation_begins_a_new_one(floor: Floor) -> None:
    receipt = await floor.writes("v1")
    state = await floor.state(receipt)
    await floor.hub.acts.resolve(state, Author(kind="agent", id="x"), disposition="answered", reason="agent")
    again = await floor.writes("v1")
    assert again.conversation != receipt.conversation
    assert (await floor.state(again)).header.contact == state.header.contact


async def test_after_a_restart_loads_are_recounted_and_the_line_is_as_it_was(
    no_task_left_behind: None, database: Database, tmp_path: Path, clock: HeldClock
) -> None:
    async with live_hub(database, tmp_path / "var", clock=clock) as live:
        floor = Floor(live, clock)
        await floor.comes("ali")
        held = await floor.writes("v1")
        await floor.accepts(held, "ali")
        waiting = [await floor.writes(f"w{n}") for n in range(6)]
        line = [state.id for state in floor.hub.router.places.in_order()]
    async with live_hub(database, tmp_path / "var", clock=clock) as live:
        floor = Floor(live, clock)
        assert sorted(state.id for state in floor.hub.router.places.in_order()) == sorted(line)
        assert held.conversation in {item.conversation for item in floor.agent("ali").load}
        assert {receipt.conversation for receipt in waiting} == set(line)


async def test_a_restart_tells_nobody_in_line_anything_new(
    no_task_left_behind: None, database: Database, tmp_path: Path, clock: HeldClock
) -> None:
    async with live_hub(database, tmp_path / "var", clock=clock) as live:
        floor = Floor(live, clock)
        await floor.comes("ali")
        held = [await floor.accepts(await floor.writes(f"h{n}"), "ali") for n in range(4)]
        waiting, unheard = await floor.writes("w1"), await floor.writes("w2")
        async with asyncio.timeout(10):
            while not (await floor.heard(waiting) and await floor.heard(unheard)):
                await asyncio.sleep(0)
    # As if the hub had died before it could tell the second one.
    gone = await database.collection("entries").delete_one(
        {"conversation": unheard.conversation, "author.kind": "system", "kind": "message"}
    )
    assert gone.deleted_count == 1
    async with live_hub(database, tmp_path / "var", clock=clock) as live:
        floor = Floor(live, clock)
        async with asyncio.timeout(10):
            while not await floor.heard(unheard):
                await asyncio.sleep(0)
        # The agents' desks come back in a moment: this is no time for "nobody is here".
        assert await floor.heard(waiting) == await floor.heard(unheard) == [say("fa", "line_joined")]
        assert len(held) == 4


async def test_the_interval_log_adds_up(floor: Floor) -> None:
    await floor.comes("ali")
    receipt = await floor.writes("v1")
    floor.clock.advance(1_000)
    await floor.accepts(receipt, "ali")
    floor.clock.advance(5_000)
    await floor.hub.acts.resolve(
        await floor.state(receipt), Author(kind="agent", id="x"), disposition="answered", reason="agent"
    )
    async with asyncio.timeout(10):
        while len(rows := [row for row in await floor.hub.intervals.of(receipt.conversation) if row["end"]]) < 3:
            await asyncio.sleep(0)
    assert [row["kind"] for row in rows] == ["queued", "offered", "active"]
    assert [row["start"] for row in rows[1:]] == [row["end"] for row in rows[:-1]]
    assert rows[-1]["end"] - rows[-1]["start"] == 5_000
