"""The indexed line chooses what a look at the whole line would choose, and knows everybody's place."""

from collections.abc import Iterable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.model.config import Agent, Workplace
from hub.model.conversation import Conversation
from hub.model.ids import AgentId, QueueId
from hub.model.queues import Queue, Ring
from hub.routing import line as indexed
from hub.routing.choose import Plan, candidates, choose, in_order, next_timer
from hub.routing.line import Line
from hub.routing.ranked import Ranked
from tests.hub.routing import world

many = settings(deadline=None, max_examples=150)


@given(
    plan=world.plans(),
    wishes=st.lists(world.items(), max_size=12),
    steps=st.lists(st.integers(-100, 120), max_size=4),
    data=st.data(),
)
@many
def test_the_index_chooses_as_a_look_at_the_whole_line_does(
    plan: Plan, wishes: list[Conversation], steps: list[int], data: st.DataObject
) -> None:
    line, now = Line(plan), world.NOW
    waiting = [world.later(item, number) for number, item in enumerate(wishes, 1)]
    for item in waiting:
        line.put(item, now)
    for step in (0, *steps):
        now += step * 1000
        barred = data.draw(st.sets(st.sampled_from([item.id for item in waiting]))) if waiting else set()
        found = line.next_match(world.free(plan), now, barred)
        allowed = [item for item in waiting if item.id not in barred]
        assert (found and (found[0].id, found[1])) == world.whole(allowed, plan, now)


@given(plan=world.plans(), wishes=st.lists(world.items(), max_size=12), seconds=st.integers(0, 200))
@many
def test_the_first_for_one_agent_is_the_first_they_may_take(
    plan: Plan, wishes: list[Conversation], seconds: int
) -> None:
    line, now = Line(plan), world.NOW + seconds * 1000
    waiting = [world.later(item, number) for number, item in enumerate(wishes, 1)]
    for item in waiting:
        line.put(item, world.NOW)
    for agent in plan.agents.values():
        found = line.next_match([agent], now)
        may = (item for item in in_order(waiting, plan, now) if choose(item, plan, now, among=[agent]) is not None)
        assert (found and found[0].id) == next((item.id for item in may), None)


@given(plan=world.plans(), item=world.items())
@many
def test_every_agent_gets_a_verdict_with_its_reason_and_every_item_a_timer(plan: Plan, item: Conversation) -> None:
    verdicts = candidates(item, plan, world.NOW)
    assert {one.agent.id for one in verdicts} == set(plan.agents)
    assert all(one.reason for one in verdicts)
    assert [one.fits for one in verdicts] == sorted((one.fits for one in verdicts), reverse=True)
    choice = choose(item, plan, world.NOW)
    assert (choice is None) == (not any(one.fits for one in verdicts))
    assert choice is None or choice.agents[0] == verdicts[0].agent
    assert next_timer(item, plan, world.NOW) > 0


@given(numbers=st.lists(st.integers(), unique=True), data=st.data())
@many
def test_a_ranked_collection_is_a_sorted_list(numbers: list[int], data: st.DataObject) -> None:
    ranked: Ranked[tuple[int]] = Ranked()
    kept: list[tuple[int]] = []
    for number in numbers:
        ranked.add((number,))
        kept = sorted([*kept, (number,)])
    for gone in data.draw(st.lists(st.sampled_from(kept), unique=True)) if kept else []:
        ranked.remove(gone)
        kept.remove(gone)
    assert (list(ranked), len(ranked), bool(ranked)) == (kept, len(kept), bool(kept))
    assert [ranked.place(key) for key in kept] == list(range(len(kept)))
    assert not kept or ranked.first == kept[0]


def test_a_ranked_collection_of_many_keeps_its_order() -> None:
    ranked: Ranked[tuple[int]] = Ranked()
    for number in range(5_000):
        ranked.add((number * 7919 % 5_000,))
    assert list(ranked) == [(number,) for number in range(5_000)]
    for number in range(0, 5_000, 2):
        ranked.remove((number,))
    assert ranked.place((4_001,)) == 2_000


def test_among_the_starving_whoever_waits_longest_is_next_whatever_is_urgent() -> None:
    plan = _plan(Queue(id=QueueId("q"), name="q"), rules=Workplace(starving_seconds=60))
    urgent = replace(_item(1, age=100), priority=9)
    patient, newcomer = _item(2, age=200), replace(_item(3, age=10), priority=9)
    assert _numbers(in_order([newcomer, urgent, patient], plan, world.NOW)) == [2, 1, 3]


def test_letters_of_a_night_do_not_go_before_a_call() -> None:
    plan = _plan(Queue(id=QueueId("q"), name="q"))
    letter, call = _item(1, age=40_000, channel="email"), replace(_item(2, age=1, channel="voice"), priority=1)
    assert _numbers(in_order([letter, call], plan, world.NOW)) == [2, 1]


def test_who_writes_a_thousand_times_while_waiting_is_moved_once(monkeypatch: pytest.MonkeyPatch) -> None:
    plan = _plan(Queue(id=QueueId("q"), name="q", rings=(Ring(until_seconds=60), Ring(until_seconds=90))))
    line, item = Line(plan), _item(1, age=0)
    for number in range(1_000):
        line.put(replace(item, last_seq=number), world.NOW)
    placed: list[int] = []
    stage = indexed.stage
    monkeypatch.setattr(indexed, "stage", lambda item, plan, now: placed.append(now) or stage(item, plan, now))
    line.advance(world.NOW + 61_000)
    assert placed == [world.NOW + 61_000]


def test_what_waits_for_an_agent_who_may_hold_no_more_of_it_waits_for_nobody() -> None:
    """Not only coming and going, also what an admin takes from an agent ends the waiting for them."""
    queue = Queue(id=QueueId("q"), name="q", preferred_seconds=60)
    known = replace(_agent("known"), load=(), maxima={})
    agents = {known.id: known, AgentId("other"): _agent("other")}
    plan = _plan(queue, agents)
    line = Line(plan)
    line.put(replace(_item(1, age=0), last_agent=known.id), world.NOW)
    found = line.next_match(list(agents.values()), world.NOW)
    assert found is not None
    assert [agent.id for agent in found[1].agents] == ["known"]
    agents[known.id] = replace(known, maxima={"webchat": 0})
    line.agent_changed(agents[known.id], world.NOW)
    found = line.next_match(list(agents.values()), world.NOW)
    assert found is not None
    assert [agent.id for agent in found[1].agents] == ["other"]


def test_who_declined_before_the_clock_was_set_back_cools_once_it_is_that_late_again() -> None:
    agent = _agent("one")
    plan = _plan(Queue(id=QueueId("q"), name="q"), {agent.id: agent})
    line = Line(plan)
    declined = replace(_item(1, age=60), passed={agent.id: world.NOW})
    for item in (declined, _item(2, age=50)):
        line.put(item, world.NOW)
    offered = [line.next_match([agent], world.NOW + seconds * 1000) for seconds in (1, -30, 2, 61)]
    assert [found and found[0].header.number for found in offered] == [2, 1, 2, 1]


def _plan(queue: Queue, agents: dict[AgentId, Agent] | None = None, rules: Workplace | None = None) -> Plan:
    return Plan(queues={queue.id: queue}, rules=rules or Workplace(), agents=agents or {})


def _agent(name: str) -> Agent:
    return Agent(id=AgentId(name), login=name, name=name, status="online", connected=True)


def _item(number: int, *, age: int, channel: str = "webchat") -> Conversation:
    """Who has waited `age` seconds in the line `q`."""
    return world.waiting(number, since=world.NOW - age * 1000, channel=channel, queue=QueueId("q"))


def _numbers(items: Iterable[Conversation]) -> list[int]:
    return [item.header.number for item in items]
