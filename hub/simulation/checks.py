"""What must be true after every event, checked with the plain functions and not with the line's index."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from hub.lanes import Appended
from hub.model.config import Agent, cost_of, maximum_of
from hub.model.conversation import Conversation
from hub.model.entry import EventType
from hub.model.ids import AgentId, ConversationId
from hub.routing.choose import candidates, choose, in_order, next_timer
from hub.simulation.house import House
from hub.staff import AgentChanged

KEPT = 20
"""So many violations are told in words; all are counted."""


@dataclass(slots=True)
class Checks:
    """Counts violations by kind.

    idle_agent: somebody waits while an agent who may take them has room. no_timer: a waiting item without an owner
    or a next deadline, or without one in the store. overdue: what was due has not been done. over_capacity,
    over_maximum: an offer burdened an agent beyond a limit (what wakes up or is taken by hand may, no offer may).
    wrong_load: what an agent carries is not what the conversations say. out_of_order: an offer went past somebody who
    was before them in line. `passed_over` counts by its reason each time that this was right: a code of `Verdict`.
    """

    house: House
    counts: Counter[str] = field(default_factory=Counter)
    passed_over: Counter[str] = field(default_factory=Counter)
    words: list[str] = field(default_factory=list)
    live: dict[ConversationId, Conversation] = field(default_factory=dict)
    """Every open conversation as its entries say."""
    _held: dict[AgentId, dict[ConversationId, Conversation]] = field(default_factory=lambda: defaultdict(dict))
    _touched: set[AgentId] = field(default_factory=set)

    def on_appended(self, event: Appended) -> None:
        """Follow the conversations by their entries alone, and look at every offer as it is made."""
        before, after = event.before, event.after
        if event.entry.event is not None and event.entry.event.type is EventType.OFFERED:
            self._in_turn(before, after)
        for agent in before.owner.asked:
            self._held[agent].pop(after.id, None)
        for agent in after.owner.asked:
            self._held[agent][after.id] = after
        self._touched.update(before.owner.asked, after.owner.asked)
        if after.open and after.last_seq:
            self.live[after.id] = after
        else:
            self.live.pop(after.id, None)

    def on_agent_changed(self, event: AgentChanged) -> None:
        """An agent to look at."""
        self._touched.add(event.after.id)

    def after_event(self) -> None:
        """Everything that must be true when nothing is under way."""
        now, plan = self.house.clock.now(), self.house.router.plan
        free = [agent for agent in plan.agents.values() if agent.available and agent.used < agent.capacity]
        for item in self._waiting():
            if free and (found := choose(item, plan, now, among=free)) is not None:
                self._note("idle_agent", f"{item.id} waits while {found.agents[0].id} may take it ({found.reason})")
            if next_timer(item, plan, now) <= 0 or self.house.deadlines.due(item) is None:
                self._note("no_timer", f"{item.id} waits without a deadline")
        for agent in sorted(self._touched):
            self._load_is_right(plan.agents[agent])
        self._touched.clear()

    def done(self, were_due: Mapping[ConversationId, int]) -> None:
        """The deadlines have looked at these, which were due at these times: they are not due since then any more."""
        for one, at in were_due.items():
            due = self.house.deadlines.due(self.live[one]) if one in self.live else None
            if due is not None and due.at == at:
                self._note("overdue", f"{one}: {due.kind} has not been done")

    async def in_store(self) -> None:
        """Whoever waits has a deadline that would be found after a crash, too."""
        await self.house.lanes.roll_up()
        for conversation in await self.house.conversations.without_due():
            self._note("no_timer", f"{conversation} has no deadline in the store")

    def _waiting(self) -> list[Conversation]:
        return [state for state in self.live.values() if state.owner.kind == "queue" and state.contact_seq]

    def _in_turn(self, before: Conversation, item: Conversation) -> None:
        """The offer is within the limits, and nobody who was before the item could have had the agent."""
        now, plan = self.house.clock.now(), self.house.router.plan
        asked = [plan.agents[agent] for agent in item.owner.asked]
        for agent in asked:
            self._within_limits(agent, item)
        if before.owner.kind != "queue":
            self._note("out_of_order", f"{item.id} was offered while with {before.owner.kind}")
            return
        for other in in_order(self._waiting(), plan, now):
            if other.id == item.id:
                return
            for verdict in candidates(other, plan, now, among=[_without(agent, item.id) for agent in asked]):
                if verdict.fits:
                    words = f"{item.id} went past {other.id} to {verdict.agent.id} ({verdict.reason})"
                    self._note("out_of_order", words)
                else:
                    self.passed_over[verdict.reason] += 1

    def _within_limits(self, agent: Agent, item: Conversation) -> None:
        if agent.used > agent.capacity:
            self._note("over_capacity", f"{agent.id} carries {agent.used} of {agent.capacity}")
        channel = item.header.channel
        most = maximum_of(channel, agent, self.house.router.plan.rules)
        if most is not None and agent.carries(channel) > most:
            self._note("over_maximum", f"{agent.id} has more than {most} of {channel}")

    def _load_is_right(self, agent: Agent) -> None:
        rules = self.house.router.plan.rules
        held = {
            (state.id, cost_of(state.header.channel, rules, parked=state.status == "waiting"))
            for state in self._held[agent.id].values()
        }
        if sorted((one.conversation, one.cost) for one in agent.load) != sorted(held):
            self._note("wrong_load", f"{agent.id} carries other items than the conversations say")

    def _note(self, kind: str, words: str) -> None:
        self.counts[kind] += 1
        if len(self.words) < KEPT:
            self.words.append(f"{self.house.clock.now()}: {kind}: {words}")


def _without(agent: Agent, item: str) -> Agent:
    return replace(agent, load=tuple(one for one in agent.load if one.conversation != item))
