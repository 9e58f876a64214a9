"""Figures of lines: everybody who came has one fate, whatever happened to them, also over a crash."""

from __future__ import annotations

from pathlib import Path

import pytest

from channels.contract import Part, Receipt
from hub.clock import HeldClock
from hub.model.ids import ConversationId
from hub.model.queues import ServiceTarget
from hub.model.service import Service
from hub.store.database import Database
from tests.hub.house import House, house  # noqa: F401 (a fixture)
from tests.hub_server import live_hub

TARGET = ServiceTarget(percent=80, seconds=20, short_abandon_seconds=5)


async def figures(house: House, queue: str = "support") -> tuple[int, Service, int]:  # noqa: F811
    """Of a queue: how many were offered, what became of them, how many wait."""
    await house.hub.interval_log.flush()
    service = Service()
    for visit in await house.hub.visits.ended_since(0):
        if visit.queue == queue:
            service = service.with_(visit, TARGET)
    rows = house.hub.database.collection("visits")
    offered = await rows.count_documents({"queue": queue})
    waiting = await rows.count_documents({"queue": queue, "end": None})
    assert offered == service.answered + service.abandoned + service.flow_out + waiting
    return offered, service, waiting


async def answered(house: House, receipt: Receipt) -> None:  # noqa: F811
    await house.accepts(receipt, "ali")
    await house.ends(receipt)


async def test_everybody_has_one_fate(house: House) -> None:  # noqa: F811
    second = await house.plan("second")
    await house.plan(max_wait_seconds=60, exit="queue", exit_queue=second)
    receipts = [await house.writes(f"v{n}") for n in range(7)]
    await house.leaves(receipts[0])  # at once
    house.clock.advance(10_000)
    await house.leaves(receipts[1])
    await house.writes_to("shop", "v2", Part(type="form_reply", form="offline", values={"message": "call"}))
    await house.hub.acts.move(await house.state(receipts[3]), house.author("mina"), second)
    await house.hub.acts.to_bot(await house.state(receipts[4]), house.author("mina"), None)
    await house.comes("ali")
    await answered(house, receipts[5])  # after 10 seconds
    await answered(house, receipts[2])  # its message was taken up: no second fate
    await house.hub.staff.choose(house.agent("ali").id, "break:lunch")
    offered, support, waiting = await figures(house)
    assert (offered, waiting) == (7, 1)
    assert support == Service(answered=1, in_time=1, abandoned=2, short=1, flow_out=3, waited_ms=10_000)
    assert support.level == 0.5
    await house.passes(51)  # the last one overflows
    offered, support, waiting = await figures(house)
    assert (offered, support.flow_out, waiting) == (7, 4, 0)
    assert await figures(house, "second") == (2, Service(), 2)


async def test_who_waited_longer_than_promised_is_answered_and_not_in_time(house: House) -> None:  # noqa: F811
    receipt = await house.writes("v1")
    house.clock.advance(21_000)
    await house.comes("ali")
    await answered(house, receipt)
    _, found, _ = await figures(house)
    assert (found.answered, found.in_time, found.level) == (1, 0, 0.0)


async def test_who_comes_back_into_the_line_was_offered_twice(house: House) -> None:  # noqa: F811
    await house.comes("ali")
    receipt = await house.writes("v1")
    state = await house.accepts(receipt, "ali")
    house.clock.advance(1_000)
    await house.hub.staff.choose(house.agent("ali").id, "break:lunch")
    await house.hub.acts.send_back(state, house.author("ali"), reason="handed_back", front=True)
    offered, found, waiting = await figures(house)
    assert (offered, found.answered, waiting) == (2, 1, 1)


@pytest.mark.parametrize("lost", ["beginning", "end"])
async def test_what_a_crash_left_unwritten_is_made_good(
    no_task_left_behind: None, database: Database, tmp_path: Path, clock: HeldClock, lost: str
) -> None:
    async with live_hub(database, tmp_path / "var", clock=clock) as live:
        first = House(live, clock)
        receipt = await first.writes("v1")
        other = await first.writes("v2")
        await first.comes("ali")
        clock.advance(3_000)
        await first.accepts(receipt, "ali")
        await first.hub.staff.choose(first.agent("ali").id, "break:lunch")
        before = await figures(first)
    rows = database.collection("visits")
    if lost == "beginning":
        await rows.delete_one({"conversation": other.conversation})
    else:
        unended = {"$set": {"end": None}, "$unset": {"fate": "", "agent": ""}}
        await rows.update_one({"conversation": receipt.conversation}, unended)
    async with live_hub(database, tmp_path / "var", clock=clock) as live:
        second = House(live, clock)
        assert await figures(second) == before
        (row,) = await second.hub.visits.of(ConversationId(receipt.conversation))
        assert (row["fate"], row["agent"]) == ("answered", second.agent("ali").id)
