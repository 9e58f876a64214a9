"""A supervisor in a live call, by real SIP: hears both, is heard by the agent alone, by both; and it is on record."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest_asyncio

from hub.model.ids import ConversationId
from hub.store.database import Database
from tests.asterisk import Asterisk
from tests.calls import CallHouse, call_house
from tests.desk_socket import DeskSocket
from tests.hub_server import LiveHub, live_hub

CALLER, ALI, SUPERVISOR = 600.0, 1_100.0, 1_700.0
FLOW = (
    '{"name": "f", "version": 1, "entry": {"node": "l", "locale": "en"}, "locales": ["en"],'
    ' "nodes": {"l": {"type": "queue", "queue": ""}}}'
)


@pytest_asyncio.fixture
async def house(
    no_task_left_behind: None,
    database: Database,
    tmp_path: Path,
    asterisk: Asterisk,
) -> AsyncIterator[CallHouse]:
    """A number that leads to people at once."""
    async with call_house(database, tmp_path, asterisk, flow=FLOW) as made:
        yield made


@asynccontextmanager
async def desk(house: CallHouse, login: str, live: LiveHub | None = None) -> AsyncIterator[DeskSocket]:
    """Somebody's desk, at this hub or another over the same database."""
    async with (live or house.live).browser() as browser:
        await browser.sign_in(login)
        async with browser.desk() as ws:
            yield DeskSocket(ws)


async def watch(desk: DeskSocket, call: ConversationId, how: str) -> Any:
    """What the desk is told: None when it was done, else the code."""
    return (await desk.ask("call.watch", conversation=call, watch=how)).get("code")


async def shows(desk: DeskSocket, call: ConversationId, how: str, first: dict[str, Any] | None = None) -> str:
    """Wait until the wallboard shows how somebody is in a call ("": nobody is); who it is. `first`: all of it."""

    def held(frame: dict[str, Any]) -> dict[str, Any]:
        rows = [one for row in frame.get("agents", ()) for one in row.get("held", ())]
        return next((one for one in rows if one["conversation"] == call), {"watch": None})

    if first is not None and held(first).get("watch", "") == how:
        return str(held(first).get("watched_by", ""))
    frame = await desk.until(lambda one: one["type"] == "board" and held(one).get("watch", "") == how)
    return str(held(frame).get("watched_by", ""))


async def test_a_supervisor_listens_whispers_barges_in_and_leaves(house: CallHouse, database: Database) -> None:
    await house.has_phone("mina", "103")
    async with (
        house.talking(CALLER, ALI) as (call, caller, ali),
        desk(house, "mina") as supervisor,
        house.phone("supervisor", tone=SUPERVISOR, extension="103") as phone,
    ):
        await supervisor.ask("board.watch")
        assert await watch(supervisor, call, "listen") is None
        await phone.event("CALL_INCOMING")
        await phone.answer()
        await phone.hears(CALLER)
        await phone.hears(ALI)
        assert await shows(supervisor, call, "listen") == house.agent("mina").name
        assert not caller.ever_heard(SUPERVISOR)
        assert not ali.ever_heard(SUPERVISOR)
        assert await watch(supervisor, call, "whisper") is None
        await ali.hears(SUPERVISOR)
        await phone.hears(CALLER)
        await shows(supervisor, call, "whisper")
        assert not caller.ever_heard(SUPERVISOR)
        assert await watch(supervisor, call, "barge") is None
        await caller.hears(SUPERVISOR)
        await ali.hears(SUPERVISOR)
        assert await watch(supervisor, call, "listen") is None
        await caller.hears_no_more(SUPERVISOR)
        await ali.hears_no_more(SUPERVISOR)
        async with desk(house, "admin") as admin:
            await house.has_phone("admin", "102")
            assert await watch(admin, call, "listen") == "taken"
        async with (
            live_hub(database, house.folder / "var") as restarted,
            desk(house, "admin", restarted) as admin,
        ):
            board = (await admin.ask("board.watch"))["data"]
            assert await shows(admin, call, "listen", board) == house.agent("mina").name
        assert await watch(supervisor, call, "leave") is None
        await phone.event("CALL_CLOSED")
        await shows(supervisor, call, "")
        await caller.hears(ALI)
        await caller.hang_up()
        await house.until(call, lambda state: state.ended_at is not None)
        assert await watch(supervisor, call, "listen") == "not_live"
    records = await house.live.hub.web.audit.page(limit=50)
    done = [one.deed for one in reversed(records) if one.deed.action.startswith("call.")]
    assert [one.action for one in done][:4] == ["call.listen", "call.whisper", "call.barge", "call.listen"]
    me, ali_now = house.agent("mina"), house.agent("ali")
    assert (done[0].actor, done[0].changes) == (me.id, {"agent": [None, ali_now.name]})


async def test_who_rings_for_it_stops_when_the_call_is_over(house: CallHouse) -> None:
    await house.has_phone("mina", "103")
    async with (
        house.talking(CALLER, ALI) as (call, caller, _),
        desk(house, "mina") as supervisor,
        house.phone("supervisor", tone=SUPERVISOR, extension="103") as phone,
    ):
        await watch(supervisor, call, "whisper")
        await phone.event("CALL_INCOMING")
        await caller.hang_up()
        await phone.event("CALL_CLOSED")


async def test_only_supervisors_with_a_telephone_listen(house: CallHouse) -> None:
    async with house.talking(CALLER, ALI) as (call, _, ali):
        async with desk(house, "sara") as sara, desk(house, "mina") as supervisor:
            assert await watch(sara, call, "listen") == "forbidden"
            assert await watch(supervisor, call, "listen") == "no_phone"
            assert await watch(supervisor, call, "leave") == "no_phone"
        await asyncio.wait_for(ali.hears(CALLER), 15)
