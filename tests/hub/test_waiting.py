"""What becomes of who waits: rings that widen, lines that overflow, exits, rules that choose the line."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from channels.contract import Part
from hub.clock import HeldClock
from hub.model.calendar import Calendar
from hub.model.config import NamedCalendar
from hub.model.entry import EventType
from hub.model.queues import Condition, Need, Ring, Rule
from hub.phrases import say
from hub.store.database import Database
from tests.hub.house import SUPPORT, House, house  # noqa: F401 (a fixture)
from tests.hub_server import live_hub


async def test_a_ring_widens_by_itself_and_the_place_is_kept(house: House) -> None:  # noqa: F811
    await house.plan(rings=(Ring(until_seconds=30, needs=(Need(skill="billing", level=4),)), Ring(until_seconds=90)))
    await house.comes("ali")
    receipt = await house.writes("v1")
    before = await house.state(receipt)
    assert before.owner.kind == "queue"
    await house.passes(29)
    assert (await house.state(receipt)).owner.kind == "queue"
    await house.passes(2)
    offered = await house.offered(receipt, "ali")
    assert (offered.queued_at, offered.owner.kind) == (before.queued_at, "offer")


async def test_a_ring_has_widened_after_a_restart_too(
    no_task_left_behind: None, database: Database, tmp_path: Path, clock: HeldClock
) -> None:
    async with live_hub(database, tmp_path / "var", clock=clock) as live:
        first = House(live, clock)
        await first.plan(rings=(Ring(until_seconds=30, teams=("gold",)), Ring(until_seconds=90)))
        receipt = await first.writes("v1")
    clock.advance(31_000)
    async with live_hub(database, tmp_path / "var", clock=clock) as live:
        second = House(live, clock)
        await second.comes("ali")
        await second.offered(receipt, "ali")


async def test_an_overflow_goes_on_to_the_next_line_with_the_place_and_the_customer_hears_of_it(
    house: House,  # noqa: F811
) -> None:
    third = await house.plan("third")
    second = await house.plan("second", max_wait_seconds=60, exit="queue", exit_queue=third)
    await house.plan(max_wait_seconds=30, exit="queue", exit_queue=second)
    await house.profile("sara", queues=[second], capacity=10)  # at work, and has no room
    await house.comes("sara")
    receipt = await house.writes("v1")
    first = await house.state(receipt)
    await house.passes(31)
    over = await house.state(receipt)
    assert (over.queue, over.queued_at, over.entered_at) == (second, first.queued_at, house.clock.now())
    await house.told(receipt, "overflowed")
    await house.passes(61)
    assert ((await house.state(receipt)).queue, (await house.state(receipt)).queued_at) == (third, first.queued_at)
    await house.profile("ali", queues=("third",))
    await house.comes("ali")
    await house.offered(receipt, "ali")


@pytest.mark.parametrize("target", ["nowhere", "support", "voices", "back"])
async def test_a_line_that_overflows_into_nothing_offers_the_form(
    house: House,  # noqa: F811
    target: str,
) -> None:
    await house.plan("voices", channels=("voice",))
    await house.plan("back", max_wait_seconds=30, exit="queue", exit_queue=SUPPORT)
    await house.plan(max_wait_seconds=30, exit="queue", exit_queue=target)
    await house.comes("sara")
    full = [await house.writes(f"full{n}") for n in range(4)]
    for one in full:
        await house.accepts(one, "sara")
    receipt = await house.writes("v1")
    await house.passes(31)
    if target == "back":  # one line further, but never round in a ring
        assert (await house.state(receipt)).queue == "back"
        await house.passes(31)
    state = await house.until(receipt, lambda one: one.exited == "form")
    assert state.owner.kind == "queue"
    # Nobody serves the line further on, and who came there heard so at once.
    await house.told(receipt, "offline_form" if target == "back" else "long_wait_form")
    due = house.hub.deadlines.due(state)
    assert due is not None
    assert due.at > house.clock.now()


async def test_who_found_nobody_at_first_still_overflows(house: House) -> None:  # noqa: F811
    second = await house.plan("second")
    await house.plan(max_wait_seconds=30, exit="queue", exit_queue=second)
    receipt = await house.writes("v1")
    await house.told(receipt, "offline_form")
    await house.passes(31)
    assert (await house.state(receipt)).queue == second


async def test_a_callback_is_asked_for_by_form_and_offered_to_an_agent_as_one(house: House) -> None:  # noqa: F811
    await house.plan(max_wait_seconds=30, exit="callback")
    receipt = await house.writes("v1")
    place = (await house.state(receipt)).queued_at
    await house.passes(31)
    await house.told(receipt, "callback_form")
    await house.writes("v1", "are you there?")
    assert (await house.state(receipt)).deferred is None
    form = Part(type="form_reply", form="callback", values={"name": "Nima", "phone": "۰۹۱۲ ۱۲۳ ۴۵۶۷"})
    await house.writes_to("shop", "v1", form)
    state = await house.state(receipt)
    assert (state.callback_to, state.deferred, state.queued_at) == ("+989121234567", "callback", place)
    await house.told(receipt, "callback_thanks")
    ali = house.desk("ali")
    await house.comes("ali")
    await house.offered(receipt, "ali")
    (offer,) = await ali.shown("offer")
    assert offer["offer"]["conversation"]["callback"] == "+989121234567"


async def test_where_there_are_no_forms_a_number_in_plain_words_asks_for_the_call(house: House) -> None:  # noqa: F811
    await house.inbox("post")
    await house.plan(max_wait_seconds=30, exit="callback")
    receipt = await house.writes_to("post", "p1")
    await house.passes(31)
    await house.told(receipt, "callback_form_plain")
    exits = (await house.events(receipt)).count("waited_out")
    await house.passes(60)  # the exit is taken once
    assert (await house.events(receipt)).count("waited_out") == exits == 1
    await house.writes_to("post", "p1", Part(type="text", text="call me, please"))
    assert (await house.state(receipt)).deferred is None
    await house.writes_to("post", "p1", Part(type="text", text="0912 123 4567"))
    assert (await house.state(receipt)).callback_to == "+989121234567"
    await house.told(receipt, "callback_thanks")


async def test_voicemail_where_there_is_no_voice_is_the_form(house: House) -> None:  # noqa: F811
    await house.plan(max_wait_seconds=30, exit="voicemail")
    receipt = await house.writes("v1")
    await house.passes(31)
    assert (await house.state(receipt)).exited == "form"


async def test_rules_choose_the_line_its_urgency_and_its_skills_by_who_writes_and_when(house: House) -> None:  # noqa: F811
    vip = await house.plan("vip")
    night = await house.plan("night")
    await house.inbox("post")
    never = Calendar(always_open=False, week={})
    await house.hub.config.create(NamedCalendar(id="day", name="day", calendar=never))
    await house.rules(
        Rule(
            name="gold",
            when=Condition(attributes={"level": ("gold",)}),
            queue=vip,
            priority=5,
            needs=(Need(skill="billing", level=2),),
        ),
        Rule(name="after hours", when=Condition(inboxes=("post",), calendar="day", open=False), queue=night),
    )
    plain = await house.state(await house.writes("v1"))
    late = await house.state(await house.writes_to("post", "p1"))
    assert (plain.queue, late.queue) == (SUPPORT, night)
    receipt = await house.writes("v2")
    await house.leaves(receipt)
    contact = (await house.state(receipt)).header.contact
    await house.hub.contacts.claim(contact, name=None, attributes={"level": "gold"})
    gold = await house.state(await house.writes("v2"))
    assert (gold.queue, gold.priority, gold.needs) == (vip, 5, (Need(skill="billing", level=2),))
    opened = (await house.hub.entries.after(gold.id, 0))[0].event
    assert opened is not None
    assert (opened.type, opened.route) == (EventType.OPENED, "rule:gold")


async def test_a_line_that_does_not_take_a_language_is_not_entered_and_the_event_says_so(house: House) -> None:  # noqa: F811
    persian = await house.plan("persian", languages=("fa",))
    await house.rules(Rule(name="all", queue=persian))
    english = await house.state(await house.writes_to("shop", "v1", locale="en"))
    opened = (await house.hub.entries.after(english.id, 0))[0].event
    assert english.queue == SUPPORT
    assert opened is not None
    assert opened.route == "not_taken"


async def test_who_comes_back_in_time_has_the_old_place_and_who_comes_late_has_not(house: House) -> None:  # noqa: F811
    await house.plan(return_seconds=60)
    first = await house.writes("v1")
    place = (await house.state(first)).queued_at
    house.clock.advance(5_000)
    await house.writes("v2")
    await house.leaves(first)
    house.clock.advance(59_000)
    again = await house.writes("v1")
    assert again.conversation != first.conversation
    back = await house.state(again)
    assert back.queued_at == place
    assert house.hub.router.places.in_order()[0].id == back.id
    await house.leaves(again)
    house.clock.advance(61_000)
    late = await house.state(await house.writes("v1"))
    assert late.queued_at == house.clock.now()


async def test_who_left_after_an_overflow_has_the_old_place_in_the_line_that_they_came_to(house: House) -> None:  # noqa: F811
    second = await house.plan("second")
    await house.plan(max_wait_seconds=60, exit="queue", exit_queue=second, return_seconds=300)
    first = await house.writes("v1")
    place = (await house.state(first)).queued_at
    await house.passes(61)
    await house.until(first, lambda state: state.queue == second)
    await house.leaves(first)
    house.clock.advance(10_000)
    back = await house.state(await house.writes("v1"))
    assert (back.queue, back.queued_at, back.entered_at) == ("support", place, house.clock.now())


async def test_an_old_place_is_used_up_by_an_answer(house: House) -> None:  # noqa: F811
    await house.plan(return_seconds=300)
    first = await house.writes("v1")
    await house.leaves(first)
    house.clock.advance(10_000)
    await house.comes("ali")
    again = await house.writes("v1")
    await house.accepts(again, "ali")
    await house.ends(again)
    house.clock.advance(10_000)
    third = await house.state(await house.writes("v1"))
    assert third.queued_at == house.clock.now()


async def test_a_restart_is_no_reason_to_tell_a_longer_wait(
    no_task_left_behind: None, database: Database, tmp_path: Path, clock: HeldClock
) -> None:
    async with live_hub(database, tmp_path / "var", clock=clock) as live:
        first = House(live, clock)
        await first.comes("ali")
        for n in range(4):
            await first.accepts(await first.writes(f"full{n}"), "ali")
        waiting = (await first.state(await first.writes("v1"))).id
        async with asyncio.timeout(10):
            while (row := await first.hub.conversations.get(waiting)) is None or row.told is None:
                await asyncio.sleep(0)
        told = first.hub.router.places.place(waiting)
        assert told is not None
        assert told[1] is not None
    async with live_hub(database, tmp_path / "var", clock=clock) as live:
        second = House(live, clock)
        second.hub.router.places.learn("support", (86_400_000,))
        assert second.hub.router.places.place(waiting) == told  # ali's desk will be back in a moment


async def test_a_wait_that_was_told_does_not_grow_without_a_reason(house: House) -> None:  # noqa: F811
    await house.comes("ali")
    for n in range(4):
        await house.accepts(await house.writes(f"full{n}"), "ali")
    receipts = [await house.writes(f"v{n}") for n in range(3)]
    last = (await house.state(receipts[-1])).id
    async with asyncio.timeout(10):
        while last not in house.hub.router.places.told:
            await asyncio.sleep(0)
    place, told = house.hub.router.places.place(last) or (0, None)
    assert (place, told is not None) == (3, True)
    house.hub.router.places.learn("support", (86_400_000,))  # everything takes a day from now on
    assert house.hub.router.places.place(last) == (3, told)
    await house.hub.acts.prioritise(await house.state(await house.writes("v9")), house.author("ali"), 3)
    place, longer = house.hub.router.places.place(last) or (0, None)
    assert place == 4
    assert longer is None or longer > (told or 0)
    assert say("fa", "line_joined") in await house.heard(receipts[-1])
