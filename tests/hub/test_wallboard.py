"""The live wallboard: whole once, then what changed; the day's figures, also after a crash and at midnight."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest_asyncio

from hub.clock import HeldClock
from hub.model.queues import ServiceTarget
from hub.store.database import Database
from tests.desk_socket import DeskSocket
from tests.hub.wallboard_floor import CallCentre
from tests.hub_server import live_hub


@pytest_asyncio.fixture
async def centre(
    no_task_left_behind: None, database: Database, tmp_path: Path, clock: HeldClock
) -> AsyncIterator[CallCentre]:
    async with live_hub(database, tmp_path / "var", clock=clock) as live:
        yield await CallCentre(live, clock).open()


class Board:
    """A wallboard as a screen keeps it: the whole, then changes put in."""

    def __init__(self, socket: DeskSocket, whole: dict[str, Any]) -> None:
        self.socket = socket
        self.queues = {row["id"]: row for row in whole["queues"]}
        self.agents = {row["name"]: row for row in whole["agents"]}
        self.pushes = 0

    @classmethod
    async def of(cls, socket: DeskSocket) -> Board:
        return cls(socket, (await socket.ask("board.watch"))["data"])

    async def until(self, queue: str = "support", **figures: object) -> dict[str, Any]:
        """Wait until a queue's row says this."""
        async with asyncio.timeout(10):
            while any(self.queues[queue].get(name) != value for name, value in figures.items()):
                await self.news()
        return self.queues[queue]

    async def news(self) -> None:
        frame = await self.socket.until(lambda frame: frame["type"] == "board")
        self.pushes += 1
        self.queues |= {row["id"]: row for row in frame.get("queues", ())}
        self.agents |= {row["name"]: row for row in frame.get("agents", ())}


async def test_who_waits_is_answered_or_leaves_shows_as_it_happens(centre: CallCentre) -> None:
    async with centre.desk("mina") as socket:
        board = await Board.of(socket)
        assert board.queues["support"].get("waiting", 0) == 0
        first, second = await centre.waits("v1"), await centre.waits("v2")
        row = await board.until(waiting=2)
        assert row["channels"] == {"webchat": 2}
        assert row["oldest_at"] == first.queued_at
        centre.clock.advance(10_000)
        await centre.comes("ali")
        held = await centre.accepts(first, "ali")
        await centre.leaves(second)
        row = await board.until(waiting=None, answered=1, in_time=1, abandoned=1, working=1)
        assert "oldest_at" not in row
        while not board.agents["علی رضایی"].get("held"):
            await board.news()
        ali = board.agents["علی رضایی"]
        assert [(one["number"], one["state"]) for one in ali["held"]] == [(held.header.number, "active")]
        assert (ali["load"], ali["channels"]) == (25, {"webchat": 1})
        assert ali["active_at"] == centre.clock.now()


async def test_only_what_changed_is_told_and_words_alone_change_nothing(centre: CallCentre) -> None:
    async with centre.desk("mina") as socket:
        board = await Board.of(socket)
        centre.hub.board.push()
        told = len(socket.heard)
        waiting = await centre.waits("v1")
        await board.until(waiting=1)
        changed = centre.hub.board._changed_queues
        assert not changed
        await centre.writes("v1")
        await centre.until(waiting, lambda state: len(state.contact_seqs) == 2)
        assert not centre.hub.board._changed_queues
        assert told == 0


async def test_agents_and_strangers_are_refused_and_who_is_no_supervisor_any_more_hears_nothing(
    centre: CallCentre,
) -> None:
    async with centre.desk("ali") as socket:
        assert (await socket.ask("board.watch"))["code"] == "forbidden"
    async with centre.desk("mina") as socket, centre.live.browser() as admin:
        await socket.ask("board.watch")
        await admin.sign_in("admin")
        mina = centre.agent("mina").id
        changed = await admin.call("PATCH", f"/api/admin/agents/{mina}", {"role": "agent"})
        assert changed.status == 200
        await socket.until(lambda frame: frame["type"] == "bye")
    centre.hub.board.push()
    assert not centre.hub.board._watching


async def test_the_figures_of_the_day_outlive_a_restart_and_end_at_midnight(
    no_task_left_behind: None, database: Database, tmp_path: Path, clock: HeldClock
) -> None:
    async with live_hub(database, tmp_path / "var", clock=clock) as live:
        centre = await CallCentre(live, clock).open()
        await centre.comes("ali")
        await centre.accepts(await centre.writes("v1"), "ali")
        await live.hub.staff.choose(centre.agent("ali").id, "offline")
        gone = await centre.waits("v2")
        clock.advance(30_000)
        await centre.leaves(gone)
    async with live_hub(database, tmp_path / "var", clock=clock) as live:
        centre = CallCentre(live, clock)
        async with centre.desk("mina") as socket:
            board = await Board.of(socket)
            row = board.queues["support"]
            assert (row["answered"], row["in_time"], row["abandoned"], row.get("short", 0)) == (1, 1, 1, 0)
            clock.advance(86_400_000)
            await board.until(answered=None, abandoned=None)


async def test_another_target_counts_the_day_anew(centre: CallCentre) -> None:
    waiting = await centre.waits("v1")
    centre.clock.advance(60_000)
    await centre.comes("ali")
    await centre.accepts(waiting, "ali")
    async with centre.desk("mina") as socket:
        board = await Board.of(socket)
        await board.until(answered=1, in_time=None, target_seconds=20)
        queue = centre.hub.config.queue("support")
        assert queue is not None
        await centre.hub.config.save(replace(queue, target=ServiceTarget(percent=90, seconds=120)))
        await board.until(answered=1, in_time=1, target_percent=90)


async def test_a_queue_that_is_deleted_leaves_the_board_and_its_customers_go_on_in_another(centre: CallCentre) -> None:
    waiting = await centre.waits("v1")
    async with centre.desk("mina") as socket:
        board = await Board.of(socket)
        await socket.ask("move", conversations=[waiting.id], queue="sales")
        await board.until("sales", waiting=1)
        sales = centre.hub.config.queue("sales")
        assert sales is not None
        await centre.hub.config.remove(sales)
        frame = await socket.until(lambda frame: frame["type"] == "board" and frame.get("gone"))
        assert frame["gone"] == ["sales"]
        assert [(row["id"], row["waiting"]) for row in frame["queues"]] == [("support", 1)]
