"""The indexed line chooses what a look at the whole line would choose, whatever happens to it."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from hub.model.config import Agent, Load, cost_of
from hub.model.conversation import Conversation, Owner
from hub.model.ids import AgentId, ConversationId
from hub.routing.choose import Choice, Plan, candidates, choose, in_order, next_timer
from hub.routing.line import Line
from tests.hub.routing import world

settings.register_profile("line", deadline=None, max_examples=80)
settings.load_profile("line")


def whole(line: list[Conversation], plan: Plan, now: int) -> tuple[ConversationId, Choice] | None:
    """The first in order whom anybody may take: a look at everybody."""
    free = [agent for agent in plan.agents.values() if agent.available and agent.used < agent.capacity]
    for item in in_order(line, plan, now):
        choice = choose(item, plan, now, among=free)
        if choice is not None:
            return item.id, choice
    return None


def indexed(line: Line, now: int) -> tuple[ConversationId, Choice] | None:
    free = [agent for agent in line.plan.agents.values() if agent.available and agent.used < agent.capacity]
    found = line.next_match(free, now)
    return (found[0].id, found[1]) if found is not None else None


@given(plan=world.plans(), wishes=st.lists(world.items(), max_size=12), steps=st.lists(st.integers(0, 120), max_size=4))
def test_the_index_chooses_as_a_look_at_the_whole_line_does(
    plan: Plan, wishes: list[Conversation], steps: list[int]
) -> None:
    line, now = Line(plan), world.NOW
    waiting = [world.later(item, number) for number, item in enumerate(wishes, 1)]
    for item in waiting:
        line.put(item, now)
    for step in (0, *steps):
        now += step * 1000
        assert indexed(line, now) == whole(waiting, plan, now)


@given(plan=world.plans(), item=world.items())
def test_every_agent_gets_a_verdict_with_its_reason_and_every_item_a_timer(plan: Plan, item: Conversation) -> None:
    verdicts = candidates(item, plan, world.NOW)
    assert {one.agent.id for one in verdicts} == set(plan.agents)
    assert all(one.reason for one in verdicts)
    choice = choose(item, plan, world.NOW)
    assert (choice is None) == (not any(one.fits for one in verdicts))
    assert next_timer(item, plan, world.NOW) > 0


@given(plan=world.plans(), items=st.lists(world.items(), min_size=2, max_size=6))
def test_among_those_who_waited_too_long_the_oldest_is_first(plan: Plan, items: list[Conversation]) -> None:
    far = world.NOW + plan.rules.starving_seconds * 1000
    line = in_order([replace(world.later(item, n), front=False) for n, item in enumerate(items)], plan, far)
    assert [item.queued_at for item in line] == sorted(item.queued_at or 0 for item in items)


class Floor(RuleBasedStateMachine):
    """A line and its agents, with everything that can happen to either."""

    @initialize(plan=world.plans())
    def begin(self, plan: Plan) -> None:
        self.agents = dict(plan.agents)
        self.plan = replace(plan, agents=self.agents)
        self.line = Line(self.plan)
        self.waiting: dict[ConversationId, Conversation] = {}
        self.offered: dict[ConversationId, Conversation] = {}
        self.now = world.NOW
        self.number = 0

    @rule(item=world.items())
    def enters(self, item: Conversation) -> None:
        self.number += 1
        made = replace(world.later(item, self.number), queued_at=self.now, entered_at=self.now, passed={})
        self._wait(made)

    @rule(seconds=st.integers(1, 100))
    def time_passes(self, seconds: int) -> None:
        self.now += seconds * 1000

    @rule()
    def match(self) -> None:
        """Offer until nothing can be offered: then nobody waits for an agent who has room."""
        while (found := self._next()) is not None:
            item, choice = found
            assert whole(list(self.waiting.values()), self.plan, self.now) == (item.id, choice)
            asked = tuple(agent.id for agent in choice.agents)
            for agent in asked:
                self._load(agent, item)
            del self.waiting[item.id]
            self.line.remove(item.id)
            self.offered[item.id] = replace(item, owner=Owner(kind="offer", among=asked, offer="o"))
        assert whole(list(self.waiting.values()), self.plan, self.now) is None

    @rule(data=st.data(), kind=st.sampled_from(("accepted", "declined", "expired", "withdrawn")))
    def offer_ends(self, data: st.DataObject, kind: str) -> None:
        if not self.offered:
            return
        item = self.offered.pop(data.draw(st.sampled_from(sorted(self.offered))))
        asked = item.owner.among
        held = asked[0] if kind == "accepted" else None
        for agent in asked:
            if agent != held:
                self._unload(agent, item)
        if held is None:
            barred = dict.fromkeys(asked, self.now) if kind in {"declined", "expired"} else {}
            self._wait(replace(item, owner=Owner(kind="queue"), passed={**item.passed, **barred}, reserved_for=None))

    @rule(agent=st.sampled_from(world.AGENTS), other=st.data())
    def agent_changes(self, agent: AgentId, other: st.DataObject) -> None:
        new = other.draw(world.agents(agent))
        self._become(replace(new, load=self.agents[agent].load))

    @rule(agent=st.sampled_from(world.AGENTS))
    def agent_finishes(self, agent: AgentId) -> None:
        held = [one for one in self.agents[agent].load if ConversationId(one.conversation) not in self.offered]
        if held:
            kept = tuple(one for one in self.agents[agent].load if one != held[0])
            self._become(replace(self.agents[agent], load=kept, idle_since=self.now))

    @rule(data=st.data())
    def gives_up(self, data: st.DataObject) -> None:
        if self.waiting:
            item = data.draw(st.sampled_from(sorted(self.waiting)))
            del self.waiting[item]
            self.line.remove(item)

    @rule(plan=world.plans())
    def admin_changes_the_plan(self, plan: Plan) -> None:
        self.plan = replace(plan, agents=self.agents)
        self.line.replan(self.plan, self.now)

    @invariant()
    def nobody_is_burdened_beyond_the_limit(self) -> None:
        if not hasattr(self, "agents"):
            return
        for agent in self.agents.values():
            assert agent.used <= agent.capacity

    @invariant()
    def the_index_is_the_line(self) -> None:
        if hasattr(self, "line"):
            assert {item.id for item in self.line} == set(self.waiting)

    def _next(self) -> tuple[Conversation, Choice] | None:
        free = [agent for agent in self.agents.values() if agent.available and agent.used < agent.capacity]
        return self.line.next_match(free, self.now)

    def _wait(self, item: Conversation) -> None:
        self.waiting[item.id] = item
        self.line.put(item, self.now)

    def _load(self, agent: AgentId, item: Conversation) -> None:
        channel = item.header.channel
        load = Load(conversation=item.id, channel=channel, cost=cost_of(channel, self.plan.rules))
        self._become(replace(self.agents[agent], load=(*self.agents[agent].load, load), offered_at=self.now))

    def _unload(self, agent: AgentId, item: Conversation) -> None:
        kept = tuple(one for one in self.agents[agent].load if one.conversation != item.id)
        self._become(replace(self.agents[agent], load=kept))

    def _become(self, after: Agent) -> None:
        before = self.agents[after.id]
        self.agents[after.id] = after
        self.line.agent_changed(before, after, self.now)


TestFloor = Floor.TestCase
TestFloor.settings = settings(deadline=None, max_examples=40, stateful_step_count=40)
