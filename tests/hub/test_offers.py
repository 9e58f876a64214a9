"""Offers: to several at once, accepted for somebody, to whom the customer knows; what they weigh and who may pick."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from hub.acts import Acts
from hub.clock import HeldClock
from hub.desk.command_frames import Resolve, SetOwner, Take
from hub.drafts import Outcome
from hub.errors import Conflict, NotFound
from hub.model.config import Workplace
from hub.model.conversation import Conversation
from hub.model.entry import EventType
from hub.store.database import Database
from tests.hub.house import House, house  # noqa: F401 (a fixture)
from tests.hub_server import live_hub


async def test_a_broadcast_rings_everywhere_and_the_first_to_accept_has_it(house: House) -> None:  # noqa: F811
    await house.plan(strategy="broadcast")
    ali, sara = house.desk("ali"), house.desk("sara")
    await house.comes("ali")
    await house.comes("sara")
    receipt = await house.writes("v1")
    (one,), (two,) = await ali.shown("offer"), await sara.shown("offer")
    assert one["offer"]["id"] == two["offer"]["id"]
    assert (house.agent("ali").used, house.agent("sara").used) == (25, 25)
    await house.hub.acts.answer_offer(one["offer"]["id"], house.author("sara"), EventType.ACCEPTED)
    with pytest.raises(Conflict) as refused:
        await house.hub.acts.answer_offer(one["offer"]["id"], house.author("ali"), EventType.ACCEPTED)
    assert refused.value.code == "too_late"
    (gone,) = await ali.shown("offer.gone")
    assert gone["reason"] == "withdrawn"
    assert (await house.state(receipt)).owner.agent == house.agent("sara").id
    async with asyncio.timeout(10):
        while house.agent("ali").used:
            await asyncio.sleep(0)


async def test_a_broadcast_that_nobody_answers_parks_nobody(house: House) -> None:  # noqa: F811
    await house.plan(strategy="broadcast", offer_seconds=20)
    await house.comes("ali")
    await house.comes("sara")
    receipt = await house.writes("v1")
    await house.until(receipt, lambda state: len(state.owner.among) == 2)
    await house.passes(21)
    await house.until(receipt, lambda state: len(state.owner.among) == 2 and state.fence_at == house.clock.now())
    assert (house.agent("ali").status, house.agent("sara").misses) == ("online", 0)


async def test_who_misses_offers_in_a_row_is_told_of_to_supervisors_until_they_answer(house: House) -> None:  # noqa: F811
    rules = Workplace(misses_before_alarm=2, cooling_seconds=0)
    await house.hub.config.save(rules)
    boss, ali = house.desk("mina"), house.desk("ali")
    await house.comes("ali")
    receipt = await house.writes("v1")
    for _ in range(2):
        await house.offered(receipt, "ali")
        await house.passes(21)
        await house.until(receipt, lambda state: state.owner.kind == "queue")
        async with asyncio.timeout(10):
            while house.agent("ali").status == "online":
                await asyncio.sleep(0)
        assert house.agent("ali").status == "not_responding"
        await house.hub.staff.choose(house.agent("ali").id, "online")
    (alarm,) = await boss.shown("offers.missed")
    assert (alarm["agent"], alarm["count"]) == (house.agent("ali").name, 2)
    assert not ali.seen("offers.missed")
    await house.accepts(receipt, "ali")
    async with asyncio.timeout(10):
        while house.agent("ali").misses:
            await asyncio.sleep(0)


async def test_who_declines_is_not_asked_again_for_the_cooling_time(house: House) -> None:  # noqa: F811
    await house.comes("ali")
    receipt = await house.writes("v1")
    await house.declines(receipt, "ali")
    await house.hub.router.match()
    assert (await house.state(receipt)).owner.kind == "queue"
    assert house.agent("ali").status == "online"
    await house.passes(61)
    await house.offered(receipt, "ali")


async def test_where_offers_need_no_answer_the_desk_gets_the_conversation_with_a_beep(house: House) -> None:  # noqa: F811
    await house.plan(auto_accept=("webchat",))
    ali = house.desk("ali")
    await house.comes("ali")
    receipt = await house.writes("v1")
    (assigned,) = await ali.shown("assigned")
    assert assigned["conversation"]["id"] == receipt.conversation
    assert not ali.seen("offer")
    assert not ali.seen("offer.gone")
    state = await house.state(receipt)
    entries = await house.hub.entries.after(state.id, 0)
    happened = [(entry.event.type, entry.event.reason) for entry in entries if entry.event]
    assert state.owner.agent == house.agent("ali").id
    assert happened[-1] == (EventType.ACCEPTED, "auto")


async def test_a_hub_that_dies_between_the_offer_and_its_acceptance_accepts_it_when_it_is_back(
    no_task_left_behind: None, database: Database, tmp_path: Path, clock: HeldClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never(self: Acts, *_: object, **__: object) -> Outcome:
        raise Conflict("dead")

    async with live_hub(database, tmp_path / "var", clock=clock) as live:
        first = House(live, clock)
        await first.plan(auto_accept=("webchat",))
        with monkeypatch.context() as broken:
            broken.setattr(Acts, "answer_offer", never)
            await first.comes("ali")
            receipt = await first.writes("v1")
            await first.offered(receipt, "ali")
    async with live_hub(database, tmp_path / "var", clock=clock) as live:
        second = House(live, clock)
        await second.comes("ali")
        await second.passes(21)
        await second.until(receipt, lambda state: state.owner.kind == "agent")
        assert second.agent("ali").status == "online"
        assert second.agent("ali").misses == 0


async def test_who_served_the_customer_last_is_asked_first_and_then_everybody(house: House) -> None:  # noqa: F811
    await house.plan(preferred_seconds=30, return_seconds=0)
    await house.comes("ali")
    first = await house.writes("v1")
    await house.accepts(first, "ali")
    await house.ends(first)
    others = [await house.writes(f"full{n}") for n in range(4)]
    for one in others:
        await house.accepts(one, "ali")
    await house.comes("sara")
    again = await house.writes("v1")  # in another conversation of the same customer
    await house.hub.router.match()
    assert (await house.state(again)).owner.kind == "queue"
    await house.passes(31)
    await house.offered(again, "sara")


async def test_who_looks_after_a_customer_is_asked_before_who_served_them_last(house: House) -> None:  # noqa: F811
    await house.plan(preferred_seconds=30)
    await house.comes("sara")
    first = await house.writes("v1")
    state = await house.accepts(first, "sara")
    sara, contact = house.desk("sara"), state.header.contact
    with pytest.raises(NotFound) as nobody:
        await sara.asks(SetOwner(id=1, contact=contact, agent="nobody"))
    assert nobody.value.code == "no_such_agent"
    await sara.asks(SetOwner(id=2, contact=contact, agent=house.agent("ali").id))
    await house.ends(first, "sara")
    await house.comes("ali")
    again = await house.writes("v1")
    state = await house.offered(again, "ali")
    assert state.owner.why == "preferred"
    page = await house.hub.web.audit.page(before=None, limit=1)
    assert (page[0].deed.action, page[0].deed.changes) == ("contact.owner", {"owner": [None, house.agent("ali").name]})
    await house.declines(again, "ali")
    await house.offered(again, "sara")


async def test_who_served_the_customer_last_and_is_not_at_work_is_not_waited_for(house: House) -> None:  # noqa: F811
    await house.plan(preferred_seconds=300)
    await house.comes("ali")
    first = await house.writes("v1")
    await house.accepts(first, "ali")
    await house.ends(first)
    await house.hub.staff.choose(house.agent("ali").id, "break:lunch")
    await house.comes("sara")
    await house.offered(await house.writes("v1"), "sara")


async def test_what_is_put_aside_weighs_less_until_it_wakes_or_the_customer_answers(house: House) -> None:  # noqa: F811
    await house.comes("ali")
    receipts = [await house.writes(f"v{n}") for n in range(4)]
    states = [await house.accepts(one, "ali") for one in receipts]

    async def weighs(units: int) -> None:
        async with asyncio.timeout(10):
            while house.agent("ali").used != units:
                await asyncio.sleep(0)

    await weighs(100)
    until = house.clock.now() + 3_600_000
    for state in states[:2]:
        await house.hub.acts.snooze(state, house.author("ali"), until)
    await weighs(60)
    fifth = await house.writes("v5")
    await house.accepts(fifth, "ali")
    await weighs(85)
    await house.writes("v0", "one more thing")
    await house.hub.acts.wake(await house.state(receipts[1]), house.author("ali"))
    await weighs(125)  # what wakes may exceed, and then nothing new is offered
    sixth = await house.writes("v6")
    await house.hub.router.match()
    assert (await house.state(sixth)).owner.kind == "queue"


async def test_no_more_of_a_channel_at_once_than_its_maximum(house: House) -> None:  # noqa: F811
    await house.hub.config.save(Workplace(maxima={"webchat": 2}))
    await house.comes("ali")
    receipts = [await house.writes(f"v{n}") for n in range(3)]
    for receipt in receipts[:2]:
        await house.accepts(receipt, "ali")
    await house.hub.router.match()
    assert (await house.state(receipts[2])).owner.kind == "queue"
    await house.profile("ali", maxima={"webchat": 3})
    await house.offered(receipts[2], "ali")


async def test_who_may_pick_from_a_line(house: House) -> None:  # noqa: F811
    await house.plan(pick=False)
    receipt = await house.writes("v1")
    ali, mina = house.desk("ali"), house.desk("mina")
    with pytest.raises(Conflict) as refused:
        await ali.asks(Take(id=1, conversation=receipt.conversation))
    assert refused.value.code == "pick_not_allowed"
    await mina.asks(Take(id=1, conversation=receipt.conversation))
    state: Conversation = await house.state(receipt)
    assert state.owner.agent == house.agent("mina").id
    await mina.asks(Resolve(id=2, conversation=receipt.conversation, disposition="answered"))
    queue = house.hub.config.queue("support")
    assert queue is not None
    await house.hub.config.save(replace(queue, pick=True))
    again = await house.writes("v1")
    await ali.asks(Take(id=2, conversation=again.conversation))
    assert (await house.state(again)).owner.agent == house.agent("ali").id
