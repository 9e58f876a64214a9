"""What an admin may say of a line, over a whole hub: rings, exits, rules, who comes back, who knows the customer."""

from __future__ import annotations

from dataclasses import replace

from hub.model.entry import Author, EventType
from hub.model.ids import ConversationId, QueueId
from hub.model.queues import Condition, Need, Queue, Ring, Rule, Rules
from hub.model.sla import SlaPolicy
from tests.hub.test_routing import Floor, floor  # noqa: F401 - a fixture

SUPPORT, BILLING = QueueId("support"), QueueId("billing")


async def line(floor: Floor, **fields: object) -> Queue:  # noqa: F811
    """The only line of the demo, changed."""
    queue = floor.hub.config.queue(SUPPORT)
    assert queue is not None
    after = replace(queue, **fields)  # type: ignore[arg-type]  # the test names fields of Queue
    await floor.hub.config.save(after)
    return after


async def learns(floor: Floor, login: str, **skills: int) -> None:  # noqa: F811
    agent = floor.agent(login).id
    await floor.hub.web.accounts.change(agent, {"skills": skills}, end_sessions=False)
    await floor.hub.staff.refresh(agent)


async def sweep(floor: Floor, seconds: int) -> None:  # noqa: F811
    floor.clock.advance(seconds * 1000)
    await floor.hub.deadlines.sweep(floor.clock.now())
    await floor.hub.router.match()


async def test_a_line_widens_with_the_age_of_who_waits(floor: Floor) -> None:  # noqa: F811
    rings = (Ring(until_seconds=30, needs=(Need(skill="billing", level=4),)), Ring(until_seconds=90))
    await line(floor, rings=rings)
    await learns(floor, "ali", billing=2)
    await floor.comes("ali")
    receipt = await floor.writes("v1")
    await floor.until(receipt, lambda state: state.owner.kind == "queue")
    await sweep(floor, 20)
    assert (await floor.state(receipt)).owner.kind == "queue"
    await sweep(floor, 11)
    await floor.offered(receipt, "ali")


async def test_who_is_not_reached_in_time_goes_to_the_next_line_with_the_place_kept(floor: Floor) -> None:  # noqa: F811
    await floor.hub.config.create(Queue(id=BILLING, name="billing"))
    await line(floor, exit="queue", exit_queue=BILLING, max_wait_seconds=60)
    receipt = await floor.writes("v1")
    waiting = await floor.until(receipt, lambda state: state.owner.kind == "queue")
    await sweep(floor, 61)
    moved = await floor.until(receipt, lambda state: state.queue == BILLING)
    assert moved.queued_at == waiting.queued_at
    assert moved.entered_at != waiting.entered_at
    assert "overflowed" in await floor.events(receipt)


async def test_a_line_whose_exit_leads_nowhere_still_offers_the_form(floor: Floor) -> None:  # noqa: F811
    await line(floor, exit="queue", exit_queue=QueueId("gone"), max_wait_seconds=60)
    receipt = await floor.writes("v1")
    await floor.until(receipt, lambda state: state.owner.kind == "queue")
    await sweep(floor, 61)
    await floor.until(receipt, lambda state: state.form_at is not None)


async def test_the_first_rule_that_holds_says_where_to(floor: Floor) -> None:  # noqa: F811
    await floor.hub.config.create(Queue(id=BILLING, name="billing", languages=("fa",)))
    rule = Rule(name="Persian", when=Condition(locales=("fa",)), queue=BILLING, priority=3)
    await floor.hub.config.save(Rules(rules=(Rule(name="never", when=Condition(channels=("voice",))), rule)))
    state = await floor.until(await floor.writes("v1"), lambda state: state.owner.kind == "queue")
    assert (state.queue, state.priority) == (BILLING, 3)


async def test_who_left_the_line_and_is_back_in_time_has_the_old_place(floor: Floor) -> None:  # noqa: F811
    await line(floor, return_seconds=120)
    first = await floor.writes("v1")
    waiting = await floor.until(first, lambda state: state.owner.kind == "queue")
    floor.clock.advance(30_000)
    other = await floor.writes("v2")
    await floor.hub.inlet.end("shop", "v1", first.conversation)
    floor.clock.advance(60_000)
    again = await floor.writes("v1")
    back = await floor.until(again, lambda state: state.owner.kind == "queue" and bool(state.contact_seq))
    assert again.conversation != first.conversation
    assert back.queued_at == waiting.queued_at
    assert [state.id for state in floor.hub.router.places.in_order()] == [again.conversation, other.conversation]


async def test_who_served_the_customer_last_is_asked_first_for_a_while(floor: Floor) -> None:  # noqa: F811
    await line(floor, preferred_seconds=20)
    await floor.comes("ali")
    held = await floor.accepts(await floor.writes("v1"), "ali")
    await floor.hub.acts.resolve(held, _me(floor, "ali"), disposition="answered", reason="agent")
    await floor.comes("sara")
    again = await floor.writes("v1")
    offered = await floor.offered(again, "ali")
    assert (await _offer_reason(floor, offered.id)) == "preferred"


async def test_a_broadcast_rings_for_all_and_the_first_has_it(floor: Floor) -> None:  # noqa: F811
    await line(floor, strategy="broadcast")
    ali, sara = await floor.comes("ali"), await floor.comes("sara")
    receipt = await floor.writes("v1")
    state = await floor.until(receipt, lambda state: len(state.owner.asked) == 2)
    assert {item.conversation for item in floor.agent("sara").load} == {state.id}
    await floor.hub.acts.answer_offer(state.owner.offer or "", _me(floor, "sara"), EventType.ACCEPTED)
    held = await floor.until(receipt, lambda state: state.owner.kind == "agent")
    assert held.owner.agent == sara
    await floor.until(receipt, lambda _: not floor.agent("ali").load)
    assert floor.agent("ali").status == "online"
    assert ali != sara


async def test_nobody_is_blamed_for_a_broadcast_that_nobody_answers(floor: Floor) -> None:  # noqa: F811
    await line(floor, strategy="broadcast")
    await floor.comes("ali")
    await floor.comes("sara")
    receipt = await floor.writes("v1")
    await floor.until(receipt, lambda state: len(state.owner.asked) == 2)
    await sweep(floor, 21)
    assert {floor.agent(login).status for login in ("ali", "sara")} == {"online"}


async def test_a_broken_promise_is_told_once(floor: Floor) -> None:  # noqa: F811
    policy = SlaPolicy(id="gold", name="gold", targets={"first_response": 120}, warn_seconds=30)
    await floor.hub.config.create(policy)
    receipt = await floor.writes("v1")
    await floor.until(receipt, lambda state: state.owner.kind == "queue")
    for seconds in (91, 10, 30, 10):
        await sweep(floor, seconds)
        await floor.hub.lanes.roll_up()
    events = [entry.event for entry in await floor.hub.entries.after(ConversationId(receipt.conversation), 0)]
    assert [event.note for event in events if event and event.type is EventType.SLA] == ["warned", "breached"]


async def test_what_was_put_aside_weighs_less_until_it_wakes(floor: Floor) -> None:  # noqa: F811
    await floor.comes("ali")
    held = await floor.accepts(await floor.writes("v1"), "ali")
    await floor.hub.acts.snooze(held, _me(floor, "ali"), floor.clock.now() + 10_000_000)
    await floor.until_agent("ali", lambda agent: agent.used == 5)
    await floor.hub.acts.wake(await floor.hub.lanes.state(held.id), _me(floor, "ali"))
    await floor.until_agent("ali", lambda agent: agent.used == 25)


def _me(floor: Floor, login: str) -> Author:  # noqa: F811
    return Author(kind="agent", id=floor.agent(login).id, name=login)


async def _offer_reason(floor: Floor, conversation: ConversationId) -> str | None:  # noqa: F811
    entries = await floor.hub.entries.after(conversation, 0)
    return next(entry.event.reason for entry in reversed(entries) if entry.event and entry.event.type == "offered")
