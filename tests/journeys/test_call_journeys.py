"""Callers, by real SIP, through a real Asterisk and its gateway, to the hub, its bot and its agents."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from hub.seed import QUEUE
from hub.store.database import Database
from tests.asterisk import Asterisk, asterisk  # noqa: F401 (a fixture)
from tests.calls import CallHouse, call_house

CALLER, ALI, SARA = 600.0, 1_100.0, 1_700.0
FLOW = {
    "name": "shop",
    "version": 1,
    "entry": {"node": "menu", "locale": "en"},
    "locales": ["en"],
    "nodes": {
        "menu": {
            "type": "menu",
            "text": {"en": "1 for orders, 2 for people."},
            "choices": {"1": "number", "2": "line"},
            "otherwise": "line",
        },
        "number": {
            "type": "collect",
            "text": {"en": "Your order number."},
            "name": "order",
            "most": 4,
            "then": "status",
            "otherwise": "line",
        },
        "status": {
            "type": "bot",
            "ask": {"en": "Where is order {order}?"},
            "then": "bye",
            "handoff": "line",
            "otherwise": "line",
        },
        "line": {"type": "queue", "queue": ""},
        "bye": {"type": "hangup", "text": {"en": "Goodbye."}},
    },
}


@pytest_asyncio.fixture
async def house(
    no_task_left_behind: None,
    database: Database,
    tmp_path: Path,
    asterisk: Asterisk,  # noqa: F811
) -> AsyncIterator[CallHouse]:
    """A call centre whose number has an auto attendant."""
    async with call_house(database, tmp_path, asterisk, flow=json.dumps(FLOW)) as made:
        yield made


async def test_a_caller_asks_the_bot_then_people_and_speaks_with_an_agent(house: CallHouse) -> None:
    await house.comes("ali", "101")
    async with (
        house.phone("caller", tone=CALLER) as caller,
        house.phone("ali", tone=ALI, extension="101") as ali,
    ):
        await caller.dial(house.number)
        await caller.event("CALL_ESTABLISHED")
        call = await house.call()
        await caller.hears_something()
        await caller.press("1")
        await house.told(call, "number")
        await caller.press("1042")
        await house.told(call, "Order 1042 is on its way.")
        await caller.press("0#")
        await house.until(call, lambda state: state.owner.kind == "offer")
        await house.accepts(call, "ali")
        await ali.event("CALL_INCOMING")
        await ali.answer()
        await house.until(call, lambda state: state.call == "joined")
        await caller.hears(ALI)
        await ali.hears(CALLER)
        await ali.hang_up()
        await caller.event("CALL_CLOSED")
        over = await house.until(call, lambda state: state.ended_at is not None)
    assert (over.call, over.owner.kind) == ("over", "agent")
    assert await house.happened(call) == ["ringing", "menu", "menu", "menu", "menu", "agent_ringing", "joined", "ended"]


async def test_who_hangs_up_in_line_has_abandoned_it_and_at_once_is_told_apart(house: CallHouse) -> None:
    async with house.phone("caller", tone=CALLER) as caller:
        await caller.dial(house.number)
        await caller.event("CALL_ESTABLISHED")
        call = await house.call()
        await caller.press("2")
        await house.until(call, lambda state: state.owner.kind == "queue")
        await caller.hang_up()
        over = await house.until(call, lambda state: not state.open)
    assert (over.call, over.left_place is not None) == ("over", True)
    await house.live.hub.interval_log.flush()
    [visit] = await house.live.hub.visits.ended_since(0)
    assert visit.fate == "abandoned"
    today = house.live.hub.today.service()[QUEUE]
    assert (today.abandoned, today.short, today.answered) == (1, 1, 0)


async def test_a_phone_that_nobody_picks_up_leaves_the_caller_at_the_old_place_for_the_next_agent(
    database: Database,
    tmp_path: Path,
    asterisk: Asterisk,  # noqa: F811
) -> None:
    async with call_house(database, tmp_path, asterisk, flow=json.dumps(FLOW), ring_seconds=5) as house:
        await house.comes("ali", "101")
        async with (
            house.phone("caller", tone=CALLER) as caller,
            house.phone("ali", tone=ALI, extension="101") as ali,
            house.phone("sara", tone=SARA, extension="102") as sara,
        ):
            await caller.dial(house.number)
            await caller.event("CALL_ESTABLISHED")
            call = await house.call()
            await caller.press("2")
            await house.accepts(call, "ali")
            first = await house.until(call, lambda state: state.awaits_phone)
            await ali.event("CALL_INCOMING")
            await house.comes("sara", "102")
            await house.until(call, lambda state: state.owner.kind == "offer")
            await house.accepts(call, "sara")
            second = await house.until(call, lambda state: state.awaits_phone)
            assert second.queued_at == first.queued_at
            assert house.agent("ali").status == "not_responding"
            await sara.event("CALL_INCOMING")
            await sara.answer()
            await caller.hears(SARA)
            await caller.hang_up()
            await sara.event("CALL_CLOSED")
            await house.until(call, lambda state: state.ended_at is not None)
        assert (await house.happened(call))[-5:] == [
            "agent_ringing",
            "agent_unreachable",
            "agent_ringing",
            "joined",
            "ended",
        ]
        await house.live.hub.interval_log.flush()
        assert [one.fate for one in await house.live.hub.visits.ended_since(0)] == ["answered"]


async def test_who_hangs_up_while_the_agents_phone_rings_lets_it_go(house: CallHouse) -> None:
    await house.comes("ali", "101")
    async with (
        house.phone("caller", tone=CALLER) as caller,
        house.phone("ali", tone=ALI, extension="101") as ali,
    ):
        await caller.dial(house.number)
        await caller.event("CALL_ESTABLISHED")
        call = await house.call()
        await caller.press("2")
        await house.accepts(call, "ali")
        await ali.event("CALL_INCOMING")
        await caller.hang_up()
        await ali.event("CALL_CLOSED")
        over = await house.until(call, lambda state: not state.open)
    assert over.call == "over"
    assert house.agent("ali").status == "online"
