"""What must be true after every event, checked with the plain functions and not with the line's index."""

from collections import Counter
from dataclasses import dataclass, field, replace

from hub.lanes import Appended
from hub.model.config import Agent
from hub.model.conversation import Conversation
from hub.model.entry import EventType
from hub.model.ids import AgentId, ConversationId
from hub.routing.choose import candidates, choose, in_order, next_timer
from hub.simulation.house import House

KEPT = 20
"""So many violations are told in words; all are counted."""


@dataclass(slots=True)
class Checks:
    """Counts violations by kind.

    idle_agent: somebody waits while an agent who may take them has room. no_timer: a waiting item without an owner
    or a next deadline. over_capacity, over_maximum: an offer burdened an agent beyond the limit (what wakes up may,
    no offer may). wrong_load: what an agent carries is not what the conversations say. out_of_order: an offer went
    past somebody who was before them in line.
    """

    house: House
    counts: Counter[str] = field(default_factory=Counter)
    words: list[str] = field(default_factory=list)
    _live: dict[ConversationId, Conversation] = field(default_factory=dict)

    def on_appended(self, event: Appended) -> None:
        """Follow the conversations by their entries alone, and look at every offer as it is made."""
        after = event.after
        if event.entry.event is not None and event.entry.event.type is EventType.OFFERED:
            self._in_turn(after)
        if after.open and after.last_seq:
            self._live[after.id] = after
        else:
            self._live.pop(after.id, None)

    def after_event(self) -> None:
        """Everything that must be true when nothing is under way."""
        now, plan = self.house.clock.now(), self.house.router.plan
        waiting = [state for state in self._live.values() if state.owner.kind == "queue" and state.contact_seq]
        free = [agent for agent in plan.agents.values() if agent.available and agent.used < agent.capacity]
        for item in waiting:
            if free and (found := choose(item, plan, now, among=free)) is not None:
                self._note("idle_agent", f"{item.id} waits while {found.agents[0].id} may take it ({found.reason})")
            if next_timer(item, plan, now) <= 0 or self.house.deadlines.due(item) is None:
                self._note("no_timer", f"{item.id} waits without a deadline")
        self._loads()

    def stranded(self) -> list[ConversationId]:
        """Who is still open."""
        return list(self._live)

    @property
    def live(self) -> dict[ConversationId, Conversation]:
        """Every open conversation as its entries say."""
        return self._live

    def _in_turn(self, item: Conversation) -> None:
        """Nobody who was before the item could have had the agent."""
        now, plan = self.house.clock.now(), self.house.router.plan
        asked = [plan.agents[agent] for agent in item.owner.asked]
        for agent in asked:
            if agent.used > agent.capacity:
                self._note("over_capacity", f"{agent.id} carries {agent.used} of {agent.capacity}")
        ahead = [one for one in self._live.values() if one.owner.kind == "queue" and one.contact_seq]
        before = self._live.get(item.id)
        if before is None or before.owner.kind != "queue":
            return
        for other in in_order(ahead, plan, now):
            if other.id == item.id:
                return
            for agent in asked:
                as_was = _without(agent, item.id)
                yes = next((one for one in candidates(other, plan, now, among=[as_was]) if one.fits), None)
                if yes is not None:
                    self._note("out_of_order", f"{item.id} went past {other.id} to {agent.id} ({yes.reason})")

    def _loads(self) -> None:
        held: dict[AgentId, set[str]] = {}
        for state in self._live.values():
            for asked in state.owner.asked:
                held.setdefault(asked, set()).add(state.id)
        rules = self.house.router.plan.rules
        for agent in self.house.router.plan.agents.values():
            for channel, most in {**rules.maxima, **agent.maxima}.items():
                if agent.carries(channel) > most:
                    self._note("over_maximum", f"{agent.id} has more than {most} of {channel}")
            if {one.conversation for one in agent.load} != held.get(agent.id, set()):
                self._note("wrong_load", f"{agent.id} carries other items than the conversations say")

    def _note(self, kind: str, words: str) -> None:
        self.counts[kind] += 1
        if len(self.words) < KEPT:
            self.words.append(f"{self.house.clock.now()}: {kind}: {words}")


def _without(agent: Agent, item: str) -> Agent:
    return replace(agent, load=tuple(one for one in agent.load if one.conversation != item))
