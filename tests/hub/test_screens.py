"""What reaches a screen: first the welcome, then everything, once; after a restart the same figures as before."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from channels.contract import Timeline
from hub.clock import HeldClock
from hub.desk import command_frames
from hub.inlet import HubInlet
from hub.lanes import Lanes
from hub.model.entry import Author
from hub.model.ids import ConversationId
from hub.store.database import Database
from tests.attacks.visitor import Visitor, until
from tests.hub.test_edges import Eyes, closes, me
from tests.hub.test_routing import Floor, floor  # noqa: F401 (a fixture)
from tests.hub_server import LiveHub, live_hub


async def test_a_tab_that_resumes_what_is_gone_misses_nothing_of_what_it_is_shown_instead(live: LiveHub) -> None:
    async with live.browser() as browser:
        visitor = await Visitor.arrive(browser)
        async with visitor.socket() as (ws, _):
            sent = await visitor.say(ws, "hello")
        async with visitor.socket(conversation="gone", after=5_000) as (ws, welcome):
            assert welcome["start_over"]
            assert welcome["state"]["conversation"] == sent["data"]["conversation"]
            await ws.send_json({"type": "send", "id": 9, "client_id": "client-id-9", "text": "anybody?"})
            while (await until(ws, "entry"))["entry"]["parts"][0].get("text") != "anybody?":
                pass


async def test_the_welcome_comes_first_and_nothing_older_after_it(
    live: LiveHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    read, shown = asyncio.Event(), asyncio.Event()
    timeline = HubInlet.timeline

    async def slow(self: HubInlet, *args: object, **options: object) -> Timeline | None:
        found = await timeline(self, *args, **options)  # type: ignore[arg-type]
        read.set()
        await shown.wait()
        return found

    async with live.browser() as browser:
        visitor = await Visitor.arrive(browser)
        async with visitor.socket() as (ws, _):
            sent = await visitor.say(ws, "hello")
        conversation = ConversationId(sent["data"]["conversation"])
        monkeypatch.setattr(HubInlet, "timeline", slow)

        async def something_happens() -> None:
            await read.wait()
            state = await live.hub.lanes.state(conversation)
            ended = await live.hub.acts.resolve(
                state, Author(kind="agent", id="a"), disposition="answered", reason="agent"
            )
            await live.hub.mirror._show(ended.state)
            while len(live.hub.delivery.pool):
                await asyncio.sleep(0)
            shown.set()

        happening = asyncio.create_task(something_happens())
        async with visitor.socket(conversation=conversation, after=1) as (ws, first):
            assert first["type"] == "welcome"
            assert first["state"]["status"] == "open"
            seen = [first["state"]["status"]]
            while seen[-1] != "resolved":
                seen.append((await until(ws, "state"))["state"]["status"])
            assert set(seen[:-1]) == {"open"}
        await happening


async def test_a_colleague_who_only_looks_on_reads_for_nobody(floor: Floor) -> None:  # noqa: F811
    await floor.comes("ali")
    receipt = await floor.writes("v1")
    await floor.accepts(receipt, "ali")
    read = command_frames.Read(conversation=receipt.conversation, seq=receipt.seq)
    commands = floor.hub.desk.commands
    await commands.signal(Eyes(floor, "mina"), read)
    assert (await floor.hub.reading.marks(ConversationId(receipt.conversation))).agent_read == 0
    await commands.signal(Eyes(floor, "ali"), read)
    assert (await floor.hub.reading.marks(ConversationId(receipt.conversation))).agent_read == receipt.seq


async def test_a_rating_after_the_end_survives_a_hub_that_dies_before_its_roll_up(
    no_task_left_behind: None, database: Database, tmp_path: Path, clock: HeldClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never(self: Lanes) -> None:
        self._dirty.clear()

    async with live_hub(database, tmp_path / "var", clock=clock) as live:
        floor = Floor(live, clock)
        receipt = await floor.writes("v1")
        await closes(floor, receipt)
        with monkeypatch.context() as dying:
            dying.setattr(Lanes, "roll_up", never)
            await floor.hub.inlet.rate("shop", "v1", receipt.conversation, 5, None)
            await floor.hub.lanes.roll_up()
    async with live_hub(database, tmp_path / "var", clock=clock) as live:
        row = await live.hub.conversations.get(ConversationId(receipt.conversation))
        assert row is not None
        assert row.state.rating == 5


async def test_time_on_hold_is_counted_once_also_over_a_restart(
    no_task_left_behind: None, database: Database, tmp_path: Path, clock: HeldClock
) -> None:
    async with live_hub(database, tmp_path / "var", clock=clock) as live:
        floor = Floor(live, clock)
        await floor.comes("ali")
        receipt = await floor.writes("v1")
        await floor.accepts(receipt, "ali")
        clock.advance(5_000)
        await floor.hub.acts.snooze(await floor.state(receipt), me(floor), clock.now() + 60_000)
        await floor.hub.interval_log.flush()
    clock.advance(5_000)
    async with live_hub(database, tmp_path / "var", clock=clock) as live:
        await live.hub.interval_log.flush()
        kinds = [row["kind"] for row in await live.hub.intervals.of(receipt.conversation)]
        assert kinds.count("hold") == 1
        ali = Floor(live, clock).agent("ali")
        states = await live.hub.intervals.of(f"agent:{ali.id}")
        assert states[-1]["kind"] == "away"
        assert all(row["end"] is not None for row in states[:-1])
