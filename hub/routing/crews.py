"""Agents as bits of integers, so that "who of the free may take this" is one comparison for all agents at once."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from hub.model.config import Agent
from hub.model.ids import AgentId
from hub.model.queues import ANYBODY, Need
from hub.routing.choose import Plan, absence, crowded, in_ring, serves


@dataclass(frozen=True, slots=True)
class Crew:
    """What an agent must be to be asked: of a queue's ring, with the needs, speaking the locale if the ring says so."""

    queue: str
    ring: int
    locale: str
    needs: tuple[Need, ...]


@dataclass(slots=True)
class Hands:
    """A set of agents that is kept up to date."""

    bits: int = 0

    def note(self, bit: int, *, inside: bool) -> None:
        """An agent is in it, or not."""
        self.bits = self.bits | bit if inside else self.bits & ~bit


@dataclass(slots=True)
class Crews:
    """Who belongs to which crew and who has room for which channel, of the agents seen (`seen`), under a plan.

    `bits` names each agent's bit; it stays the same for ever.
    """

    plan: Plan
    seen: dict[AgentId, Agent] = field(default_factory=dict)
    bits: dict[AgentId, int] = field(default_factory=dict)
    _ids: list[AgentId] = field(default_factory=list)
    _crews: dict[Crew, Hands] = field(default_factory=dict)
    _room: dict[str, Hands] = field(default_factory=dict)

    def see(self, agent: Agent) -> None:
        """An agent as they are now."""
        bit, before = self.bit(agent.id), self.seen.get(agent.id)
        self.seen[agent.id] = agent
        if before is None or _profile(before) != _profile(agent):
            for crew, hands in self._crews.items():
                hands.note(bit, inside=self._belongs(agent, crew))
        for channel, hands in self._room.items():
            hands.note(bit, inside=self._has_room(agent, channel))

    def replan(self, plan: Plan) -> None:
        """Queues or rules changed."""
        self.plan = plan
        self._crews.clear()
        self._room.clear()

    def crew(self, crew: Crew) -> Hands:
        """Who belongs to a crew, now and later."""
        if crew not in self._crews:
            inside = (agent for agent in self.seen.values() if self._belongs(agent, crew))
            self._crews[crew] = Hands(self.bits_of(agent.id for agent in inside))
        return self._crews[crew]

    def room(self, channel: str) -> Hands:
        """Who takes work and has room for an item of a channel, now and later."""
        if channel not in self._room:
            inside = (agent for agent in self.seen.values() if self._has_room(agent, channel))
            self._room[channel] = Hands(self.bits_of(agent.id for agent in inside))
        return self._room[channel]

    def bit(self, agent: AgentId) -> int:
        """An agent's bit, seen or not."""
        if agent not in self.bits:
            self.bits[agent] = 1 << len(self._ids)
            self._ids.append(agent)
        return self.bits[agent]

    def bits_of(self, agents: Iterable[AgentId]) -> int:
        """The bits of several different agents."""
        return sum(map(self.bit, agents))

    def agents(self, bits: int) -> list[Agent]:
        """The agents of some bits."""
        found = []
        while bits:
            lowest = bits & -bits
            found.append(self.seen[self._ids[lowest.bit_length() - 1]])
            bits ^= lowest
        return found

    def _belongs(self, agent: Agent, crew: Crew) -> bool:
        rings = self.plan.queues[crew.queue].rings
        ring = rings[crew.ring] if rings else ANYBODY
        return serves(agent, crew.queue) and in_ring(agent, crew.needs, ring, crew.locale) is None

    def _has_room(self, agent: Agent, channel: str) -> bool:
        return absence(agent) is None and crowded(channel, agent, self.plan.rules) is None


def _profile(agent: Agent) -> tuple[object, ...]:
    return (agent.queues, agent.skills, agent.teams, agent.languages)
