"""Service levels over a whole hub: told once, whatever stops in between; on the desk while they run."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from hub.clock import HeldClock
from hub.model.calendar import WEEKDAYS, Calendar
from hub.model.config import NamedCalendar
from hub.model.entry import Author, EventType, text_part
from hub.model.ids import ConversationId
from hub.model.sla import SlaPolicy
from hub.store.database import Database
from tests.hub.test_routing import Floor, floor  # noqa: F401 - a fixture
from tests.hub_server import live_hub

GOLD = SlaPolicy(id="gold", name="gold", targets={"first_response": 120, "next_response": 60}, warn_seconds=30)


async def told(floor: Floor, conversation: str) -> list[tuple[str | None, str | None]]:  # noqa: F811
    entries = await floor.hub.entries.after(ConversationId(conversation), 0)
    events = [entry.event for entry in entries if entry.event]
    return [(event.reason, event.note) for event in events if event.type is EventType.SLA]


async def sweep(floor: Floor, seconds: int) -> None:  # noqa: F811
    floor.clock.advance(seconds * 1000)
    await floor.hub.deadlines.sweep(floor.clock.now())
    await floor.hub.router.match()


async def test_a_breach_is_told_once_also_when_the_hub_was_away_while_it_came(
    no_task_left_behind: None, database: Database, tmp_path: Path, clock: HeldClock
) -> None:
    async with live_hub(database, tmp_path / "var", clock=clock) as live:
        before = Floor(live, clock)
        await live.hub.config.create(GOLD)
        receipt = await before.writes("v1")
        waiting = await before.until(receipt, lambda state: state.owner.kind == "queue")
        await sweep(before, 95)
        assert await told(before, receipt.conversation) == [("first_response", "warned")]
    clock.advance(1_000_000)
    both = [("first_response", "warned"), ("first_response", "breached")]
    for _ in range(2):
        async with live_hub(database, tmp_path / "var", clock=clock) as live:
            after = Floor(live, clock)
            await after.until(receipt, lambda state: len(state.sla_told) == 2)
            await sweep(after, 10)
            assert await told(after, receipt.conversation) == both
            state = await after.state(receipt)
            assert (state.fence, state.queued_at) == (waiting.fence, waiting.queued_at)


async def test_two_hubs_tell_of_a_breach_once(
    no_task_left_behind: None, database: Database, tmp_path: Path, clock: HeldClock
) -> None:
    async with (
        live_hub(database, tmp_path / "var", clock=clock) as one,
        live_hub(database, tmp_path / "var", clock=clock) as two,
    ):
        await one.hub.config.create(GOLD)
        await two.hub.config.load()
        first, second = Floor(one, clock), Floor(two, clock)
        receipt = await first.writes("v1")
        await first.until(receipt, lambda state: state.owner.kind == "queue")
        clock.advance(121_000)
        for _ in range(3):
            await asyncio.gather(*(each.hub.deadlines.sweep(clock.now()) for each in (first, second)))
            clock.advance(4_000)
        assert await told(first, receipt.conversation) == [("first_response", "breached")]


async def test_an_answer_that_comes_too_late_is_told_though_the_clock_has_stopped(floor: Floor) -> None:  # noqa: F811
    await floor.hub.config.create(GOLD)
    ali = await floor.comes("ali")
    receipt = await floor.writes("v1")
    state = await floor.accepts(receipt, "ali")
    me = Author(kind="agent", id=ali, name="Ali")
    for words, wait in (("one", 10), ("two", 61)):
        floor.clock.advance(wait * 1000)
        await floor.hub.acts.agent_writes(state, me, f"reply-{words}", text_part(words))
        await floor.writes("v1", words)
    await floor.hub.background.drained()
    assert await told(floor, receipt.conversation) == [("next_response", "breached")]


async def test_a_change_of_hours_counts_at_once_for_who_waits(floor: Floor) -> None:  # noqa: F811
    shut = Calendar(week=dict.fromkeys(WEEKDAYS, (("00:00", "00:01"),)), time_zone="UTC", always_open=False)
    hours = NamedCalendar(id="office", name="office", calendar=shut)
    await floor.hub.config.create(hours)
    await floor.hub.config.create(SlaPolicy(id="gold", name="gold", targets={"first_response": 50}, calendar="office"))
    receipt = await floor.writes("v1")
    await floor.until(receipt, lambda state: state.owner.kind == "queue")
    await sweep(floor, 100)
    assert await told(floor, receipt.conversation) == []
    await floor.hub.config.save(NamedCalendar(id="office", name="office", calendar=Calendar()))
    await sweep(floor, 1)
    assert await told(floor, receipt.conversation) == [("first_response", "breached")]


async def test_a_broken_promise_holds_up_no_deadline(floor: Floor) -> None:  # noqa: F811
    """What must be told and what must be handed on come at one instant: both happen in one sweep."""
    await floor.hub.config.create(SlaPolicy(id="gold", name="gold", targets={"offer_acceptance": 10}, warn_seconds=0))
    await floor.comes("ali")
    receipt = await floor.writes("v1")
    await floor.offered(receipt, "ali")
    await sweep(floor, 21)
    assert floor.agent("ali").status == "not_responding"
    assert await told(floor, receipt.conversation) == [("offer_acceptance", "breached")]


async def test_the_desk_sees_what_is_due_first(floor: Floor) -> None:  # noqa: F811
    receipt = await floor.writes("v1")
    state = await floor.until(receipt, lambda state: state.owner.kind == "queue")
    marks = await floor.hub.reading.marks(state.id)
    assert floor.hub.views.summary(state, marks).sla is None
    await floor.hub.config.create(GOLD)
    seen: Any = floor.hub.views.summary(state, marks).sla
    asked = state.asked_at
    assert asked is not None
    assert (seen.promise, seen.due, seen.warn) == ("first_response", asked + 120_000, asked + 90_000)
