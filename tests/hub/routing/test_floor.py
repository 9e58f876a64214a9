"""A line and its agents, with everything that can happen to either: what must be true after every step."""

from dataclasses import replace

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from hub.model.config import PATIENCE_PER_CHANNEL, Agent, Load, cost_of, maximum_of
from hub.model.conversation import Conversation, Owner
from hub.model.ids import AgentId, ConversationId
from hub.routing.choose import Choice, Plan, candidates, in_order, next_timer, stage
from hub.routing.line import Line
from tests.hub.routing import world

WAITS = Owner(kind="queue")


class Floor(RuleBasedStateMachine):
    """`excused`: who carries more than they can, because it was not offered: taken by hand, or woken."""

    @initialize(plan=world.plans())
    def begin(self, plan: Plan) -> None:
        self.agents = dict(plan.agents)
        self.plan = replace(plan, agents=self.agents)
        self.line = Line(self.plan)
        self.waiting: dict[ConversationId, Conversation] = {}
        self.offered: dict[ConversationId, Conversation] = {}
        self.held: dict[ConversationId, Conversation] = {}
        self.excused: set[AgentId] = set()
        self.now = world.NOW
        self.number = 0

    @rule(item=world.items())
    def enters(self, item: Conversation) -> None:
        self.number += 1
        self._wait(replace(world.later(item, self.number), queued_at=self.now, entered_at=self.now, passed={}))

    @rule(seconds=st.integers(1, 100))
    def time_passes(self, seconds: int) -> None:
        self.now += seconds * 1000

    @rule(seconds=st.integers(1, 100))
    def the_clock_is_set_back(self, seconds: int) -> None:
        self.now -= seconds * 1000

    @rule()
    def match(self) -> None:
        """Offer until nothing can be offered: then nobody waits for an agent who has room."""
        while (found := self.line.next_match(world.free(self.plan), self.now)) is not None:
            item, choice = found
            assert world.whole(list(self.waiting.values()), self.plan, self.now) == (item.id, choice)
            self._is_right(item, choice)
            asked = tuple(agent.id for agent in choice.agents)
            for agent in asked:
                self._load(agent, item)
            del self.waiting[item.id]
            self.offered[item.id] = replace(item, owner=Owner(kind="offer", among=asked, offer="o"))
            self.line.put(self.offered[item.id], self.now)
        assert world.whole(list(self.waiting.values()), self.plan, self.now) is None

    @precondition(lambda self: self.offered)
    @rule(data=st.data(), kind=st.sampled_from(("accepted", "declined", "expired", "withdrawn")))
    def an_offer_ends(self, data: st.DataObject, kind: str) -> None:
        item = self.offered.pop(data.draw(st.sampled_from(sorted(self.offered))))
        asked = item.owner.among
        taker = data.draw(st.sampled_from(asked)) if kind == "accepted" else None
        for agent in asked:
            if agent != taker:
                self._unload(agent, item)
        if taker is not None:
            self._hold(item, taker)
            return
        if kind == "expired" and len(asked) == 1:
            self._become(replace(self.agents[asked[0]], status="not_responding"))
        passed = dict.fromkeys(asked, self.now) if kind in {"declined", "expired"} else {}
        self._wait(replace(item, owner=WAITS, passed={**item.passed, **passed}, reserved_for=None))

    @precondition(lambda self: self.waiting)
    @rule(data=st.data(), agent=st.sampled_from(world.AGENTS))
    def an_agent_takes_one_by_hand(self, data: st.DataObject, agent: AgentId) -> None:
        item = self.waiting.pop(data.draw(st.sampled_from(sorted(self.waiting))))
        self._load(agent, item)
        self.excused.add(agent)
        self._hold(item, agent)

    @precondition(lambda self: self.held)
    @rule(data=st.data(), to=st.sampled_from((None, *world.AGENTS)), front=st.booleans())
    def one_is_given_on(self, data: st.DataObject, to: AgentId | None, front: bool) -> None:
        """Transferred, returned, or left behind by an agent who is gone (to the front)."""
        item, agent = self._let_go(data)
        back = replace(item, owner=WAITS, queued_at=self.now, entered_at=self.now, front=front)
        self._wait(replace(back, reserved_for=to, passed={agent: self.now}))

    @precondition(lambda self: self.held)
    @rule(data=st.data(), parked=st.booleans())
    def one_is_put_aside_or_wakes(self, data: st.DataObject, parked: bool) -> None:
        item = self.held[data.draw(st.sampled_from(sorted(self.held)))]
        assert item.owner.agent is not None
        self._unload(item.owner.agent, item)
        self._load(item.owner.agent, item, parked=parked)
        self.excused.add(item.owner.agent)

    @precondition(lambda self: self.held)
    @rule(data=st.data())
    def one_is_resolved(self, data: st.DataObject) -> None:
        _, agent = self._let_go(data)
        self._become(replace(self.agents[agent], idle_since=self.now))

    @precondition(lambda self: self.waiting)
    @rule(data=st.data(), change=st.sampled_from(("gives up", "writes", "is urgent", "moves", "sees a form")))
    def something_happens_to_who_waits(self, data: st.DataObject, change: str) -> None:
        item = self.waiting[data.draw(st.sampled_from(sorted(self.waiting)))]
        match change:
            case "gives up":
                del self.waiting[item.id]
                self.line.remove(item.id)
            case "writes":
                self._wait(replace(item, last_seq=item.last_seq + 1, last_at=self.now))
            case "is urgent":
                self._wait(replace(item, priority=item.priority + 1))
            case "moves":
                queue = data.draw(st.sampled_from(world.QUEUES))
                self._wait(replace(item, queue=queue, entered_at=self.now, passed={}, reserved_for=None))
            case _:
                self._wait(replace(item, form_at=self.now))

    @rule(agent=st.sampled_from(world.AGENTS), data=st.data())
    def an_agent_changes(self, agent: AgentId, data: st.DataObject) -> None:
        """Comes, goes, takes a break, learns, speaks, serves, may hold less."""
        self._become(replace(data.draw(world.agents(agent)), load=self.agents[agent].load))

    @rule(agent=st.sampled_from(world.AGENTS), status=st.sampled_from(("online", "finishing", "break:prayer")))
    def an_agent_chooses_a_status(self, agent: AgentId, status: str) -> None:
        self._become(replace(self.agents[agent], status=status, connected=True, active=True))

    @rule(plan=world.plans())
    def an_admin_changes_the_plan(self, plan: Plan) -> None:
        self.plan = replace(plan, agents=self.agents)
        self.line.replan(self.plan, self.now)

    @invariant()
    def nobody_is_burdened_by_offers_beyond_their_limit(self) -> None:
        for agent in getattr(self, "agents", {}).values():
            assert agent.used <= agent.capacity or agent.id in self.excused

    @invariant()
    def the_index_is_the_line_and_knows_every_place(self) -> None:
        if not hasattr(self, "line"):
            return
        there = {**self.waiting, **self.offered}
        assert {item.id: item for item in self.line} == there
        for queue in world.QUEUES:
            mine = in_order([item for item in there.values() if item.queue == queue], self.plan, self.now)
            assert list(self.line.of_queue(queue, self.now)) == mine
            assert [self.line.place(item.id, self.now) for item in mine] == list(range(1, len(mine) + 1))

    @invariant()
    def everybody_who_waits_has_a_next_timer_and_the_line_wakes_in_time(self) -> None:
        if not hasattr(self, "line"):
            return
        self.line.advance(self.now)
        for item in self.waiting.values():
            assert next_timer(item, self.plan, self.now) > 0
            changes = stage(item, self.plan, self.now).until
            if changes is not None:
                wakes = self.line.next_change()
                assert wakes is not None
                assert self.now < wakes <= changes

    def _is_right(self, item: Conversation, choice: Choice) -> None:
        """In words of the test's own: who is asked may be asked, and who was before them has a reason not to be."""
        rules, channel = self.plan.rules, item.header.channel
        for agent in choice.agents:
            assert agent.active
            assert agent.connected
            assert agent.status == "online"
            assert agent.used + cost_of(channel, rules) <= agent.capacity
            most = maximum_of(channel, agent, rules)
            assert most is None or sum(one.channel == channel for one in agent.load) < most
            assert not 0 <= self.now - item.passed.get(agent.id, self.now + 1) < rules.cooling_seconds * 1000
            assert choice.reason == "reserved" or not agent.queues or item.queue in agent.queues
            for other in self.waiting.values():
                if self._goes_before(other, item):
                    verdicts = candidates(other, self.plan, self.now, among=world.free(self.plan))
                    verdict = next(one for one in verdicts if one.agent.id == agent.id)
                    assert not verdict.fits
                    assert verdict.reason
        assert len(choice.agents) == 1 or choice.reason == "broadcast"

    def _goes_before(self, one: Conversation, other: Conversation) -> bool:
        if one.front != other.front:
            return one.front
        if self._starves(one) != self._starves(other):
            return self._starves(one)
        urgent = [item.priority + self.plan.queue_of(item).priority for item in (one, other)]
        if not self._starves(one) and urgent[0] != urgent[1]:
            return urgent[0] > urgent[1]
        return (one.queued_at or 0, one.header.number) < (other.queued_at or 0, other.header.number)

    def _starves(self, item: Conversation) -> bool:
        patience = self.plan.rules.starving_seconds * PATIENCE_PER_CHANNEL.get(item.header.channel, 1)
        return self.now - (item.queued_at or 0) >= patience * 1000

    def _wait(self, item: Conversation) -> None:
        self.waiting[item.id] = item
        self.line.put(item, self.now)

    def _hold(self, item: Conversation, agent: AgentId) -> None:
        owner = Owner(kind="agent", agent=agent)
        self.held[item.id] = replace(item, owner=owner, last_agent=agent, front=False, reserved_for=None)
        self.line.remove(item.id)

    def _let_go(self, data: st.DataObject) -> tuple[Conversation, AgentId]:
        item = self.held.pop(data.draw(st.sampled_from(sorted(self.held))))
        assert item.owner.agent is not None
        self._unload(item.owner.agent, item)
        return item, item.owner.agent

    def _load(self, agent: AgentId, item: Conversation, *, parked: bool = False) -> None:
        channel = item.header.channel
        load = Load(
            conversation=item.id, channel=channel, cost=cost_of(channel, self.plan.rules, parked=parked), parked=parked
        )
        self._become(replace(self.agents[agent], load=(*self.agents[agent].load, load), offered_at=self.now))

    def _unload(self, agent: AgentId, item: Conversation) -> None:
        kept = tuple(one for one in self.agents[agent].load if one.conversation != item.id)
        self._become(replace(self.agents[agent], load=kept))

    def _become(self, after: Agent) -> None:
        self.agents[after.id] = after
        self.line.agent_changed(after, self.now)
        if after.used <= after.capacity:
            self.excused.discard(after.id)


TestFloor = Floor.TestCase
TestFloor.settings = settings(deadline=None, max_examples=60, stateful_step_count=40)
