"""Moments in which routing could go wrong: two things at once, a crash in between, rules that change under somebody."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from hub.clock import HeldClock, SystemClock
from hub.desk.command_frames import HandBack, SetOwner
from hub.errors import Conflict, Unavailable
from hub.model.config import Load, Workplace
from hub.model.entry import SYSTEM, Author, EventType, text_part
from hub.staff import Staff
from hub.store.database import Database
from tests.hub.house import House, house  # noqa: F401 (a fixture)
from tests.hub_server import live_hub


async def test_a_broadcast_that_nobody_answers_leaves_the_line_in_time(house: House) -> None:  # noqa: F811
    second = await house.plan("second")
    await house.plan(strategy="broadcast", offer_seconds=20, max_wait_seconds=60, exit="queue", exit_queue=second)
    for login in ("ali", "sara"):
        await house.profile(login, queues=["support"])
        await house.comes(login)
    receipt = await house.writes("v1")
    for _ in range(3):
        await house.until(receipt, lambda state: state.owner.kind == "offer")
        await house.passes(21)
    assert (await house.until(receipt, lambda state: state.queue == second)).owner.kind == "queue"


async def test_who_gave_it_away_is_not_waited_for_in_this_stay(house: House) -> None:  # noqa: F811
    await house.plan(preferred_seconds=300)
    ali = house.desk("ali")
    await house.comes("ali")
    receipt = await house.writes("v1")
    await house.accepts(receipt, "ali")
    for one in [await house.writes(f"full{n}") for n in range(3)]:
        await house.accepts(one, "ali")
    await ali.asks(HandBack(id=1, conversation=receipt.conversation, to="queue"))
    await house.accepts(await house.writes("full3"), "ali")
    await house.passes(61)  # ali is cooling no more, and has no room
    await house.comes("sara")
    await house.offered(receipt, "sara")


async def test_who_declines_where_nothing_cools_is_not_asked_alone_again(house: House) -> None:  # noqa: F811
    await house.hub.config.save(Workplace(cooling_seconds=0))
    await house.plan(preferred_seconds=300, return_seconds=0)
    await house.comes("ali")
    first = await house.writes("v1")
    await house.accepts(first, "ali")
    await house.ends(first)
    await house.comes("sara")
    again = await house.writes("v1")
    await house.declines(again, "ali")
    await house.offered(again, "sara")


async def test_of_two_who_were_asked_one_declines_in_the_moment_the_other_accepts(house: House) -> None:  # noqa: F811
    await house.plan(strategy="broadcast")
    await house.comes("ali")
    await house.comes("sara")
    receipt = await house.writes("v1")
    offer = (await house.until(receipt, lambda state: len(state.owner.among) == 2)).owner.offer or ""
    await asyncio.gather(
        house.hub.acts.answer_offer(offer, house.author("ali"), EventType.DECLINED),
        house.hub.acts.answer_offer(offer, house.author("sara"), EventType.ACCEPTED),
    )
    assert (await house.state(receipt)).owner.agent == house.agent("sara").id


@pytest.mark.parametrize("moment", ["returned", "declined"])
async def test_a_customer_who_ends_in_the_moment_hands_change_has_left(house: House, moment: str) -> None:  # noqa: F811
    await house.comes("ali")
    receipt = await house.writes("v1")
    state = await house.offered(receipt, "ali")
    customer = Author(kind="contact", id=state.header.contact)
    if moment == "declined":
        answer = house.hub.acts.answer_offer(state.owner.offer or "", house.author("ali"), EventType.DECLINED)
    else:
        state = await house.accepts(receipt, "ali")
        answer = house.hub.acts.send_back(state, SYSTEM, reason="agent_silent", front=True)
    await asyncio.gather(answer, house.hub.acts.customer_ends(state, customer))
    assert (await house.state(receipt)).status == "resolved"


async def test_after_an_outage_nobody_is_blamed_for_what_they_could_not_answer(
    no_task_left_behind: None, database: Database, tmp_path: Path, clock: HeldClock
) -> None:
    async with live_hub(database, tmp_path / "var", clock=clock) as live:
        first = House(live, clock)
        await first.comes("ali")
        receipt = await first.writes("v1")
        await first.offered(receipt, "ali")
    clock.advance(60_000)
    async with live_hub(database, tmp_path / "var", clock=clock) as live:
        second = House(live, clock)
        await second.comes("ali")
        await second.offered(receipt, "ali")
        assert (second.agent("ali").status, second.agent("ali").misses) == ("online", 0)


async def test_what_woke_before_a_crash_weighs_again_after_it(
    no_task_left_behind: None, database: Database, tmp_path: Path, clock: HeldClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with live_hub(database, tmp_path / "var", clock=clock) as live:
        first = House(live, clock)
        await first.comes("ali")
        states = [await first.accepts(await first.writes(f"v{n}"), "ali") for n in range(4)]
        for state in states:
            await first.hub.acts.snooze(state, first.author("ali"), clock.now() + 3_600_000)
        await first.until_agent("ali", lambda agent: agent.used == 20)

        async def dies(self: Staff, *of: object) -> None:
            raise Unavailable("away")

        monkeypatch.setattr(Staff, "weigh", dies)
        monkeypatch.setattr(Staff, "hold", dies)
        for state in states:
            await first.hub.acts.wake(await first.hub.lanes.state(state.id), first.author("ali"))
        monkeypatch.undo()
    async with live_hub(database, tmp_path / "var", clock=clock) as live:
        second = House(live, clock)
        await second.comes("ali")
        await second.until_agent("ali", lambda agent: agent.used == 100)


async def test_a_change_of_costs_weighs_what_is_carried_already(house: House) -> None:  # noqa: F811
    await house.comes("ali")
    for one in [await house.writes(f"v{n}") for n in range(2)]:
        await house.accepts(one, "ali")
    await house.hub.config.save(Workplace(costs={"*": 50}))
    await house.until_agent("ali", lambda agent: agent.used == 100)


async def test_a_reservation_in_vain_is_freed_however_often_its_agent_is_asked(house: House) -> None:  # noqa: F811
    await house.plan(strategy="broadcast", offer_seconds=5)
    await house.comes("ali")
    await house.comes("sara")
    lost = await house.writes("lost")
    await house.until(lost, lambda state: state.owner.kind == "offer")
    await house.leaves(lost)
    await house.until_agent("ali", lambda agent: agent.used == 0)
    ali, leak = house.agent("ali").id, Load(conversation=lost.conversation, cost=25, channel="webchat", fence=10**6)
    await house.hub.staff.store.burden(ali, replace(leak, since=house.clock.now()))
    await house.hub.staff.refresh(ali)
    asked = await house.writes("v1")
    for _ in range(3):
        await house.until(asked, lambda state: state.owner.kind == "offer" and state.fence_at == house.clock.now())
        await house.passes(5.1)
    await house.until_agent("ali", lambda agent: all(one.conversation != lost.conversation for one in agent.load))


async def test_who_need_not_accept_and_says_nothing_gets_nothing_more(house: House) -> None:  # noqa: F811
    await house.plan(auto_accept=("webchat",))
    await house.comes("ali")
    receipt = await house.writes("v1")
    await house.until(receipt, lambda state: state.owner.kind == "agent")
    await house.passes(601)
    await house.until(receipt, lambda state: state.owner.kind == "queue")
    await house.until_agent("ali", lambda agent: agent.status == "not_responding")


async def test_an_owner_who_has_left_the_firm_is_nobody_to_wait_for(house: House) -> None:  # noqa: F811
    await house.plan(preferred_seconds=30, return_seconds=0)
    await house.comes("sara")
    first = await house.writes("v1")
    state = await house.accepts(first, "sara")
    owner = SetOwner(id=1, contact=state.header.contact, agent=house.agent("ali").id)
    await house.desk("sara").asks(owner)
    await house.ends(first, "sara")
    await house.profile("ali", active=False)
    await house.comes("mina")
    again = await house.offered(await house.writes("v1"), "sara")
    assert again.owner.why == "preferred"


async def test_who_comes_into_a_line_where_nobody_is_hears_so(house: House) -> None:  # noqa: F811
    second = await house.plan("second")
    await house.plan(max_wait_seconds=30, exit="queue", exit_queue=second)
    await house.profile("ali", queues=["support"], capacity=10)  # at work, and has no room
    await house.comes("ali")
    receipt = await house.writes("v1")
    await house.told(receipt, "line_joined")
    await house.passes(31)
    await house.told(receipt, "offline_form")


async def test_the_wait_is_told_by_what_the_lines_channels_cost(house: House) -> None:  # noqa: F811
    places = house.hub.router.places
    await house.plan(channels=("voice",))
    await house.profile("ali", phone="1")
    await house.comes("ali")
    assert places.wait_minutes("support", 4) == 20  # one call at a time, of five minutes each
    await house.profile("ali", capacity=0)
    assert places.wait_minutes("support", 4) is None
    assert not places.staffed("support")


def test_a_clock_that_is_set_back_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    wall, even = [1_000_000_000_000], [5_000_000]
    monkeypatch.setattr("hub.clock.time.time_ns", lambda: wall[0])
    monkeypatch.setattr("hub.clock.time.monotonic_ns", lambda: even[0])
    clock = SystemClock()
    began = clock.now()
    wall[0] -= 3_600_000_000_000
    even[0] += 2_000_000_000
    assert clock.now() == began + 2_000
    wall[0] += 7_200_000_000_000
    assert clock.now() == began + 3_600_000


async def test_who_writes_in_the_moment_of_an_idle_close_is_not_closed_upon(house: House) -> None:  # noqa: F811
    await house.hub.config.save(Workplace(agent_idle_seconds=60))
    await house.comes("ali")
    receipt = await house.writes("v1")
    seen = await house.accepts(receipt, "ali")
    await house.writes("v1")
    with pytest.raises(Conflict) as refused:
        await house.hub.acts.resolve(seen, SYSTEM, disposition=None, reason="idle", up_to=seen.contact_seq)
    assert refused.value.code == "customer_wrote"
    for yields in range(24):
        state = await house.state(receipt)
        await house.hub.acts.agent_writes(state, house.author("ali"), f"hello-{yields:03}", text_part("hello"))
        await house.hub.lanes.roll_up()
        house.clock.advance(61_000)
        closing = asyncio.create_task(house.hub.deadlines.sweep(house.clock.now()))
        for _ in range(2 * yields):
            await asyncio.sleep(0)
        receipt = await house.writes("v1")
        await closing
        assert (await house.state(receipt)).open, yields
        if (await house.state(receipt)).owner.kind != "agent":  # it was closed before, and this one is new
            await house.accepts(receipt, "ali")


async def test_who_answers_in_the_moment_of_being_silent_too_long_keeps_the_customer(house: House) -> None:  # noqa: F811
    await house.comes("ali")
    receipt = await house.writes("v1")
    seen = await house.accepts(receipt, "ali")
    await house.hub.acts.agent_writes(seen, house.author("ali"), "hello-001", text_part("hello"))
    with pytest.raises(Conflict) as refused:
        await house.hub.acts.send_back(seen, SYSTEM, reason="agent_silent", front=True)
    assert refused.value.code == "too_late"
    assert (await house.state(receipt)).owner.agent == house.agent("ali").id
