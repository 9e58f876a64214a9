"""Agents at work: what they chose, whether a socket is alive, what they carry. The one place that changes any of it."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import structlog

from channels.calls import Watch
from hub.bus import Bus
from hub.clock import Clock
from hub.errors import NotFound, Unavailable
from hub.model import presence
from hub.model.config import Agent, Load, cost_of, maximum_of
from hub.model.conversation import Conversation
from hub.model.ids import AgentId, ConversationId
from hub.store.agents import Agents
from hub.store.config import Config
from hub.store.conversations import Conversations

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class AgentChanged:
    """An agent's status, presence, load or profile changed. `before` is None for somebody new."""

    before: Agent | None
    after: Agent


@dataclass(frozen=True, slots=True)
class Watched:
    """A supervisor is in a colleague's live call in this way, or has left it."""

    conversation: ConversationId
    by: AgentId
    watch: Watch


@dataclass(frozen=True, slots=True)
class OffersMissed:
    """An agent missed so many offers in a row that supervisors should know."""

    agent: Agent


@dataclass(slots=True)
class Staff:
    """The roster, kept in memory over the store.

    `desks_here`: the agents' sockets are held by this process, so that who has none is not connected. `doubtful`
    names agents of whom a write was not confirmed, so that their load must be counted again.
    """

    store: Agents
    conversations: Conversations
    bus: Bus
    config: Config
    clock: Clock
    desks_here: bool = True
    _roster: dict[AgentId, Agent] = field(default_factory=dict)
    _sockets: dict[AgentId, int] = field(default_factory=dict)
    _phones: dict[AgentId, set[object]] = field(default_factory=lambda: defaultdict(set))
    _one_at_a_time: dict[AgentId, asyncio.Lock] = field(default_factory=lambda: defaultdict(asyncio.Lock))
    doubtful: set[AgentId] = field(default_factory=set)
    _spared: set[AgentId] = field(default_factory=set)

    async def load(self) -> None:
        """Read the roster at start: nobody has a socket yet, and loads that the conversations deny are doubtful."""
        if self.desks_here:
            await self.store.all_gone(self.clock.now())
        self._roster = {agent.id: agent for agent in await self.store.all()}
        await self.recount()

    async def recount(self) -> None:
        """Doubt every load that is not what the conversations say."""
        held: dict[AgentId, set[tuple[str, int]]] = defaultdict(set)
        for row in await self.conversations.unresolved():
            for asked in row.state.owner.asked:
                held[asked].add((row.state.id, self._load(row.state).cost))
        self.doubtful |= {
            agent.id for agent in self.agents if {(one.conversation, one.cost) for one in agent.load} != held[agent.id]
        }

    async def hold(self, agent: AgentId, having: Callable[[Agent], Awaitable[list[Conversation]]]) -> None:
        """Make an agent's load what the conversations say: those of `having`, which the agent has or may have.

        They are read after the load. Where the load changes meanwhile, it stays doubtful.
        """
        self.doubtful.discard(agent)
        try:
            seen = await self.store.get(agent)
            if seen is None:
                return
            for state in await having(seen):
                seen = await self._right(seen, state)
            await self.refresh(agent)
        except Unavailable:
            self.doubtful.add(agent)
            raise

    async def _right(self, seen: Agent, state: Conversation) -> Agent:
        """An agent's load with one item put right."""
        agent, load = seen.id, self._load(state)
        if agent not in state.owner.asked:
            after = await self._kept(agent, lambda: self.store.release(agent, state.id, state.fence, None))
        elif any(one.conversation == state.id for one in seen.load):
            after = await self._kept(agent, lambda: self.store.weigh(agent, load))
        elif (after := await self._kept(agent, lambda: self.store.burden_beside(seen, load))) is None:
            self.doubtful.add(agent)
        return after or seen

    async def drop(self, agent: AgentId, item: Load) -> None:
        """Free what was reserved for an offer that was never made (see `hub.routing.leaks`)."""
        await self._kept(agent, lambda: self.store.drop(agent, item))

    @contextmanager
    def in_doubt(self, agent: AgentId) -> Iterator[None]:
        """What happens to the agent's load here is looked at again if the store does not answer."""
        try:
            yield
        except Unavailable:
            self.doubtful.add(agent)
            raise

    async def settle(self) -> None:
        """Make good what the store did not take while it was away: who has a socket, and who has none."""
        for agent in list(self._roster.values()) if self.desks_here else ():
            phones = bool(self._phones[agent.id])
            if (agent.connected, agent.phone_ready) != (bool(self._sockets.get(agent.id)), phones):
                await self._match_sockets(agent.id)

    @contextmanager
    def spared(self, agent: AgentId | None) -> Iterator[None]:
        """Nothing is offered to the agent meanwhile: who just missed an offer is not asked before they are parked."""
        if agent is not None:
            self._spared.add(agent)
        try:
            yield
        finally:
            self._spared -= {agent}

    @property
    def free(self) -> list[Agent]:
        """Who may be asked and has room for something."""
        return [
            agent
            for agent in self._roster.values()
            if agent.available and agent.used < agent.capacity and agent.id not in self._spared
        ]

    @property
    def roster(self) -> Mapping[AgentId, Agent]:
        """Everybody by id, as they are at any time."""
        return self._roster

    @property
    def agents(self) -> Iterable[Agent]:
        """Everybody."""
        return self._roster.values()

    def get(self, agent: AgentId) -> Agent | None:
        """One agent."""
        return self._roster.get(agent)

    def name(self, agent: str | None) -> str | None:
        """An agent's name to show."""
        known = self._roster.get(AgentId(agent)) if agent else None
        return known.name if known else None

    async def refresh(self, agent: AgentId) -> None:
        """Read an agent again: an admin changed the profile, or memory and store disagree."""
        await self._kept(agent, lambda: self.store.get(agent))

    async def arrived(self, agent: AgentId) -> None:
        """A socket of the agent opened. Raises `Unavailable`, and then it does not count."""
        self._sockets[agent] = self._sockets.get(agent, 0) + 1
        try:
            await self._match_sockets(agent)
        except BaseException:
            self._sockets[agent] -= 1
            raise

    async def left(self, agent: AgentId, desk: object = None) -> None:
        """A socket of the agent is gone; with the last one, the agent is. `desk`: which it was."""
        self._phones[agent].discard(desk)
        self._sockets[agent] = max(0, self._sockets.get(agent, 0) - 1)
        await self._match_sockets(agent)

    async def phone_is(self, agent: AgentId, desk: object, *, ready: bool) -> None:
        """A desk of the agent's is their telephone, or is none any more."""
        if ready:
            self._phones[agent].add(desk)
        else:
            self._phones[agent].discard(desk)
        await self._match_sockets(agent)

    async def choose(self, agent: AgentId, status: str) -> None:
        """The agent chose a status."""
        now = self.clock.now()
        await self._become(agent, lambda one: presence.chose(one, status, now))

    async def missed_offer(self, agent: AgentId) -> None:
        """An offer expired: the agent is parked as not responding."""
        now = self.clock.now()
        await self._become(agent, lambda one: presence.missed_offer(one, now))

    async def answered(self, agent: AgentId) -> None:
        """The agent answered an offer, one way or the other."""
        await self._become(agent, presence.answered)

    async def give_up(self, agent: AgentId) -> None:
        """The grace time of a gone agent is over."""
        now = self.clock.now()
        await self._become(agent, lambda one: presence.grace_over(one, now))

    async def reserve(self, agent: AgentId, item: Conversation) -> bool:
        """Put an item on the agent's load if it fits now."""
        known = self._roster.get(agent)
        maximum = maximum_of(item.header.channel, known, self.config.workplace) if known else None
        load, now = self._load(item), self.clock.now()
        return await self._kept(agent, lambda: self.store.reserve(agent, load, maximum, now)) is not None

    async def burden(self, agent: AgentId, item: Conversation) -> None:
        """Put an item on the load that the agent took by hand."""
        await self._kept(agent, lambda: self.store.burden(agent, self._load(item)))

    async def weigh(self, agent: AgentId, item: Conversation) -> None:
        """An item was put aside or woke up: it costs less, or as much as before, even beyond the limit."""
        await self._kept(agent, lambda: self.store.weigh(agent, self._load(item)))

    async def release(self, agent: AgentId, item: Conversation, *, worked: bool) -> None:
        """Take an item off the load that is the agent's no more; `worked`: they had it, and are idle since now."""
        idle = self.clock.now() if worked else None
        await self._kept(agent, lambda: self.store.release(agent, item.id, item.fence, idle))

    def _load(self, item: Conversation) -> Load:
        channel, parked = item.header.channel, item.status == "waiting"
        cost = cost_of(channel, self.config.workplace, parked=parked)
        return Load(
            conversation=item.id, channel=channel, cost=cost, fence=item.fence, since=self.clock.now(), parked=parked
        )

    async def _match_sockets(self, agent: AgentId) -> None:
        def seen(known: Agent) -> Agent:
            here = bool(self._sockets.get(agent))
            after = presence.arrived(known) if here else presence.left(known, self.clock.now())
            return replace(after, phone_ready=here and bool(self._phones[agent]))

        await self._become(agent, seen)

    async def _become(self, agent: AgentId, change: Callable[[Agent], Agent]) -> None:
        async def write() -> Agent | None:
            known = self._roster.get(agent)
            if known is None:
                raise NotFound("There is no such agent.")
            wanted = change(known)
            if wanted == known:
                return None
            after = await self.store.set_presence(known, wanted)
            if after is not None:
                return after
            if (newest := await self.store.get(agent)) is None:
                raise NotFound("There is no such agent.")
            return await self.store.set_presence(newest, change(newest))  # another process was faster

        await self._kept(agent, write)

    async def _kept(self, agent: AgentId, change: Callable[[], Awaitable[Agent | None]]) -> Agent | None:
        # One change of an agent at a time: two answers that overtake each other would leave the older one in memory.
        async with self._one_at_a_time[agent]:
            try:
                after = await change()
            except Unavailable:
                self.doubtful.add(agent)
                raise
            if after is not None:
                before = self._roster.get(after.id)
                self._roster[after.id] = after
                if after != before:
                    self.bus.tell(AgentChanged(before, after))
            return after
