"""Nobody is stranded: whatever goes wrong between two steps, somebody ends up with the customer."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from bot.contract import BotStatus, Button, Handoff, HandoffReason, Reply, Say, Turn
from channels.contract import Inbound, Part, Sender
from hub.acts import Acts
from hub.clock import HeldClock
from hub.drafts import Outcome
from hub.errors import Unavailable
from hub.model.config import Agent, Load
from hub.model.conversation import Conversation
from hub.model.entry import Author
from hub.model.ids import AgentId, ConversationId, QueueId, new_id
from hub.model.queues import Queue
from hub.store.agents import Agents
from hub.store.database import Database
from hub.workers import supervised
from tests.hub.test_routing import Floor, floor  # noqa: F401 (a fixture)
from tests.hub_server import AbsentBot, live_hub


class Away(Agents):
    """The agents' collection while the store confirms nothing."""

    async def set_presence(self, seen: Agent, agent: Agent) -> Agent | None:
        raise Unavailable("away")

    async def release(
        self, agent: AgentId, conversation: ConversationId, fence: int, idle_since: int | None
    ) -> Agent | None:
        raise Unavailable("away")


def store_goes(floor: Floor) -> Agents:  # noqa: F811
    kept = floor.hub.staff.store
    floor.hub.staff.store = Away(kept.database)
    return kept


async def settled(floor: Floor) -> None:  # noqa: F811
    await floor.hub.router.settle()
    await floor.hub.router.match()


async def test_an_agent_whose_desk_opened_while_the_store_was_away_gets_work_at_the_next_try(floor: Floor) -> None:  # noqa: F811
    ali = floor.agent("ali").id
    kept = store_goes(floor)
    with pytest.raises(Unavailable):
        await floor.hub.staff.arrived(ali)
    floor.hub.staff.store = kept
    await floor.comes("ali")
    receipt = await floor.writes("v1")
    await floor.offered(receipt, "ali")
    await floor.goes("ali")
    assert not floor.agent("ali").connected


async def test_an_agent_who_vanishes_while_the_store_is_away_is_gone_all_the_same(floor: Floor) -> None:  # noqa: F811
    await floor.comes("ali")
    held = await floor.writes("v1")
    await floor.accepts(held, "ali")
    kept = store_goes(floor)
    with pytest.raises(Unavailable):
        await floor.goes("ali")
    floor.hub.staff.store = kept
    await settled(floor)
    assert not floor.agent("ali").connected
    floor.clock.advance(31_000)
    await floor.hub.deadlines.sweep(floor.clock.now())
    assert (await floor.state(held)).owner.kind == "queue"


async def test_a_load_that_could_not_be_taken_off_is_counted_again(floor: Floor) -> None:  # noqa: F811
    await floor.comes("ali")
    receipts = [await floor.writes(f"v{n}") for n in range(4)]
    for receipt in receipts:
        await floor.accepts(receipt, "ali")
    kept = store_goes(floor)
    me = Author(kind="agent", id=floor.agent("ali").id)
    await floor.hub.acts.resolve(await floor.state(receipts[0]), me, disposition="answered", reason="agent")
    async with asyncio.timeout(10):
        while not floor.hub.staff.doubtful:
            await asyncio.sleep(0)
    floor.hub.staff.store = kept
    fifth = await floor.writes("v5")
    await floor.offered(fifth, "ali")
    assert {item.conversation for item in floor.agent("ali").load} == {
        fifth.conversation,
        *(one.conversation for one in receipts[1:]),
    }


async def test_who_looks_free_and_is_not_is_looked_at_again_and_another_agent_gets_it(floor: Floor) -> None:  # noqa: F811
    ali, sara = await floor.comes("ali"), await floor.comes("sara")
    # Another process filled whoever would be asked first; the memory of this one does not know.
    rank = sorted((ali, sara))
    full = [Load(conversation=f"c{n}", channel="webchat", cost=25) for n in range(4)]
    for load in full:
        await floor.hub.staff.store.burden(rank[0], load)
    receipt = await floor.writes("v1")
    state = await floor.until(receipt, lambda state: state.owner.kind == "offer")
    assert state.owner.agent == rank[1]
    seen = floor.hub.staff.get(rank[0])
    assert seen is not None
    assert len(seen.load) == 4


async def test_a_conversation_taken_from_the_bot_and_given_back_waits_in_its_inboxs_line(
    no_task_left_behind: None, database: Database, tmp_path: Path, clock: HeldClock
) -> None:
    async with live_hub(database, tmp_path / "var", clock=clock, bot=Parrot()) as live:
        floor = Floor(live, clock)
        receipt = await floor.writes("v1")
        ali = await floor.comes("ali")
        await floor.comes("sara")
        me = Author(kind="agent", id=ali)
        await floor.hub.acts.take(await floor.state(receipt), me)
        await floor.hub.acts.send_back(await floor.state(receipt), me, reason="handed_back", front=True)
        await floor.offered(receipt, "sara")


async def test_who_waits_in_a_line_that_an_admin_deletes_waits_in_their_inboxs_line(floor: Floor) -> None:  # noqa: F811
    vip = Queue(id=QueueId("vip"), name="VIP")
    await floor.hub.config.create(vip)
    ali = await floor.comes("ali")
    receipt = await floor.writes("v1")
    await floor.accepts(receipt, "ali")
    me = Author(kind="agent", id=ali)
    await floor.hub.acts.transfer(await floor.state(receipt), me, agent=None, queue=vip.id, note=None)
    await floor.comes("sara")
    await floor.hub.router.match()
    assert (await floor.state(receipt)).owner.kind == "queue"
    await floor.hub.config.remove(vip)
    await floor.offered(receipt, "sara")


async def test_a_transfer_reaches_a_colleague_of_another_line(floor: Floor) -> None:  # noqa: F811
    ali = await floor.comes("ali")
    receipt = await floor.writes("v1")
    await floor.accepts(receipt, "ali")
    sara = await floor.comes("sara")
    await floor.hub.config.create(Queue(id=QueueId("vip"), name="VIP"))
    await floor.hub.web.accounts.change(sara, {"queues": ("vip",)}, end_sessions=False)
    await floor.hub.staff.refresh(sara)
    me = Author(kind="agent", id=ali)
    await floor.hub.acts.transfer(await floor.state(receipt), me, agent=sara, queue=None, note=None)
    await floor.offered(receipt, "sara")


async def test_a_clock_that_is_set_back_bars_nobody_from_being_asked_again(floor: Floor) -> None:  # noqa: F811
    await floor.comes("ali")
    receipt = await floor.writes("v1")
    await floor.offered(receipt, "ali")
    floor.clock.advance(21_000)
    await floor.hub.deadlines.sweep(floor.clock.now())
    floor.clock.advance(-3_600_000)
    await floor.hub.staff.choose(floor.agent("ali").id, "online")
    await floor.hub.router.match()
    await floor.offered(receipt, "ali")


class Parrot(AbsentBot):
    """A bot that is there and repeats."""

    async def ready(self) -> BotStatus:
        return BotStatus(available=True, detail="ok")

    async def turn(self, turn: Turn) -> Reply:
        return Reply(says=(Say(text="hello"),))


class Promiser(Parrot):
    """A bot that says that a person will come, and hands off."""

    async def turn(self, turn: Turn) -> Reply:
        return Reply(says=(Say(text="a person will come"),), handoff=Handoff(reason=HandoffReason.REQUESTED))


class Talker(Parrot):
    """A bot whose answer gets shorter."""

    turns = 0

    async def turn(self, turn: Turn) -> Reply:
        self.turns += 1
        words = ("one", "two") if self.turns == 1 else ("one",)
        return Reply(says=tuple(Say(text=word) for word in words))


async def test_a_handoff_that_the_bot_announced_happens_although_the_store_failed_in_between(
    no_task_left_behind: None, database: Database, tmp_path: Path, clock: HeldClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def lost(self: Acts, state: Conversation, **_: object) -> Outcome:
        tried.set()
        raise Unavailable("away")

    tried = asyncio.Event()
    async with live_hub(database, tmp_path / "var", clock=clock, bot=Promiser()) as live:
        floor = Floor(live, clock)
        with monkeypatch.context() as broken:
            broken.setattr(Acts, "hand_off", lost)
            receipt = await floor.writes("v1")
            async with asyncio.timeout(10):
                await tried.wait()
        clock.advance(5_001)
        await floor.hub.lanes.roll_up()
        await floor.hub.deadlines.sweep(clock.now())
        assert (await floor.state(receipt)).owner.kind == "queue"


async def test_a_turn_cut_in_half_is_finished_after_a_restart_and_says_nothing_twice(
    no_task_left_behind: None, database: Database, tmp_path: Path, clock: HeldClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    says = Acts.bot_says

    async def only_the_first(self: Acts, state: Conversation, parts: object, **options: object) -> Outcome:
        if options["index"]:
            tried.set()
            raise Unavailable("away")
        return await says(self, state, parts, **options)  # type: ignore[arg-type]

    tried, bot = asyncio.Event(), Talker()
    with monkeypatch.context() as broken:
        broken.setattr(Acts, "bot_says", only_the_first)
        async with live_hub(database, tmp_path / "var", clock=clock, bot=bot) as live:
            receipt = await Floor(live, clock).writes("v1")
            async with asyncio.timeout(10):
                await tried.wait()
    async with live_hub(database, tmp_path / "var", clock=clock, bot=bot) as live:
        floor = Floor(live, clock)
        done = await floor.until(receipt, lambda state: state.bot_seq == state.contact_seq)
        entries = await floor.hub.entries.after(done.id, 0)
        assert [entry.text for entry in entries if entry.author.kind == "bot" and entry.text] == ["one"]
        assert bot.turns == 2


async def test_a_worker_tries_again_at_once_after_every_outage_not_later_each_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pauses: list[float] = []
    nap = asyncio.sleep

    async def count(seconds: float) -> None:
        pauses.append(seconds)
        await nap(0)

    async def work() -> None:
        if len(pauses) >= 8:
            done.set()
            await nap(60)
        raise Unavailable("away")

    done = asyncio.Event()
    monkeypatch.setattr("hub.workers.asyncio.sleep", count)
    async with supervised("deadlines", work):
        await done.wait()
    assert set(pauses) == {0.5}


async def test_a_line_of_higher_priority_is_served_first_also_when_an_admin_says_so_later(floor: Floor) -> None:  # noqa: F811
    vip = Queue(id=QueueId("vip"), name="VIP")
    await floor.hub.config.create(vip)
    ali = await floor.comes("ali")
    urgent = await floor.writes("v1")
    await floor.accepts(urgent, "ali")
    await floor.hub.staff.choose(ali, "break:lunch")
    first = await floor.writes("v2")
    me = Author(kind="agent", id=ali)
    await floor.hub.acts.transfer(await floor.state(urgent), me, agent=None, queue=vip.id, note=None)
    await floor.hub.acts.transfer(
        (await floor.hub.acts.take(await floor.state(first), me)).state,
        me,
        agent=None,
        queue=QueueId("support"),
        note=None,
    )
    assert [state.id for state in floor.hub.router.places.in_order()] == [urgent.conversation, first.conversation]
    support = floor.hub.config.queue("support")
    assert support is not None
    await floor.hub.config.save(replace(support, priority=5))
    assert [state.id for state in floor.hub.router.places.in_order()] == [first.conversation, urgent.conversation]


class Asker(Parrot):
    """A bot that offers a button, and takes its time over the second turn."""

    def __init__(self) -> None:
        self.turns: list[Turn] = []
        self.go = asyncio.Event()

    async def turn(self, turn: Turn) -> Reply:
        self.turns.append(turn)
        if len(self.turns) == 2:
            await self.go.wait()
        return Reply(says=(Say(text="choose", buttons=(Button(title="Track", payload="/track"),)),))


async def test_what_is_written_before_a_press_in_the_same_burst_reaches_the_bot_too(
    no_task_left_behind: None, database: Database, tmp_path: Path, clock: HeldClock
) -> None:
    bot = Asker()
    async with live_hub(database, tmp_path / "var", clock=clock, bot=bot) as live:
        floor = Floor(live, clock)
        receipt = await floor.writes("v1", "hi")
        await floor.until(receipt, lambda state: state.bot_seq == state.contact_seq)
        await floor.writes("v1", "one")
        await floor.writes("v1", "12345")
        press = Part(type="button", text="Track", payload="/track")
        await floor.hub.inlet.receive(
            Inbound(inbox="shop", external_id=new_id(), sender=Sender(address="v1"), parts=(press,))
        )
        bot.go.set()
        await floor.until(receipt, lambda state: state.bot_seq == state.contact_seq)
    assert (bot.turns[-1].payload, bot.turns[-1].texts[-1]) == ("/track", "12345")
