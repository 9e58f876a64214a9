"""Invented customers and agents: what they do, and when. Each action is an event in virtual time."""

import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from heapq import heappop, heappush
from itertools import count

from hub.errors import Conflict
from hub.lanes import Appended
from hub.model.conversation import Conversation
from hub.model.entry import Author, EventType, Part
from hub.model.ids import AgentId, ConversationId
from hub.simulation.house import House
from hub.simulation.plan import World
from hub.simulation.tally import Tally

Action = Callable[[], Awaitable[None]]


@dataclass(slots=True)
class Agenda:
    """What is to happen, in order of time (ms); of the same instant, what was planned first."""

    _events: list[tuple[int, int, Action]] = field(default_factory=list)
    _numbers: "count[int]" = field(default_factory=count)

    def at(self, when: int, action: Action) -> None:
        """Plan something."""
        heappush(self._events, (when, next(self._numbers), action))

    @property
    def next_at(self) -> int | None:
        """When something is to happen next."""
        return self._events[0][0] if self._events else None

    def pop(self) -> Action:
        """What is to happen next."""
        return heappop(self._events)[2]


@dataclass(slots=True)
class People:
    """Customers who arrive, wait, lose patience and come back; agents who answer, rest and crash."""

    house: House
    world: World
    arrivals: int
    dice: random.Random
    agenda: Agenda
    tally: Tally
    came: int = 0
    _resting: set[AgentId] = field(default_factory=set)

    def begin(self) -> None:
        """Plan the first arrival and the agents' first breaks."""
        self._in(self._exponential(1 / self.world.behaviour.rate), self._arrives)
        if self.world.exact:
            return
        for agent in self.world.agents:
            self._in(self._exponential(self.world.behaviour.break_every_s), partial(self._tires, agent.id))
            self._in(self._exponential(self.world.behaviour.crash_every_s), partial(self._crashes, agent.id))

    @property
    def over(self) -> bool:
        """Whether nobody arrives any more."""
        return self.came >= self.arrivals

    def on_appended(self, event: Appended) -> None:
        """People react to what happens to them."""
        after, said = event.after, event.entry.event
        if said is None:
            if any(part.type == "form" for part in event.entry.parts):
                self._in(5.0, partial(self._fills_form, after))
            return
        self.tally.on_event(event)
        match said.type:
            case EventType.OFFERED:
                for agent in after.owner.asked:
                    self._in(self._thinks(), partial(self._answers, agent, after))
            case EventType.ACCEPTED | EventType.TAKEN | EventType.REOPENED if after.owner.agent is not None:
                self._in(self._handles(after), partial(self._finishes, after))
            case EventType.EXPIRED:
                for agent in event.before.owner.asked:
                    self._in(self.dice.uniform(20, 120), partial(self._is_back, agent))
            case _:
                return

    async def _arrives(self) -> None:
        if not self.over:
            self._in(self._exponential(1 / self.world.behaviour.rate), self._arrives)
            await self._contacts(f"p-{self.came:06}")

    async def _contacts(self, contact: str) -> None:
        if self.over:
            return
        self.came += 1
        behaviour = self.world.behaviour
        channel = self.dice.choices(list(behaviour.shares), list(behaviour.shares.values()))[0]
        locale = "fa" if self.dice.random() < 0.8 else "en"
        state = await self.house.enters(self.tally.next_number(), contact, channel, locale)
        queue = self.dice.choice(self.world.queues).id
        await self.house.acts.open(state, queue=queue, reason="bot_off")
        await self.house.says(state, "hello")
        patience = behaviour.patience[channel]
        if patience is not None:
            self._in(self._exponential(patience), partial(self._gives_up, state.id))
        if not self.world.exact and self.dice.random() < behaviour.urgent:
            await self._hurries(state.id)

    async def _hurries(self, conversation: ConversationId) -> None:
        state = await self.house.lanes.state(conversation)
        await self._try(self.house.acts.prioritise(state, Author(kind="agent", id="supervisor"), 2))

    async def _gives_up(self, conversation: ConversationId) -> None:
        state = await self.house.lanes.state(conversation)
        if state.owner.kind not in {"queue", "offer"} or state.form_at is not None or self.tally.was_answered(state.id):
            return
        await self._try(self.house.acts.customer_ends(state, Author(kind="contact", id=state.header.contact)))
        if not self.world.exact and self.dice.random() < self.world.behaviour.returns:
            self._in(self.dice.uniform(10, 400), partial(self._contacts, state.header.contact))

    async def _fills_form(self, seen: Conversation) -> None:
        state = await self.house.lanes.state(seen.id)
        if state.owner.kind in {"queue", "offer"} and self.dice.random() < self.world.behaviour.leaves_message:
            self.tally.flows_out(state)
            reply = (Part(type="form_reply", form="offline", values={"message": "call me"}),)
            await self.house.says(state, "leaves a message", reply)

    async def _answers(self, agent: AgentId, offered: Conversation) -> None:
        known = self.house.staff.get(agent)
        state = await self.house.lanes.state(offered.id)
        if known is None or not known.connected or state.owner.offer != offered.owner.offer:
            return
        fate = 1.0 if self.world.exact else self.dice.random()
        behaviour = self.world.behaviour
        if fate < behaviour.misses:
            return
        kind = EventType.DECLINED if fate < behaviour.misses + behaviour.declines else EventType.ACCEPTED
        await self._try(self.house.acts.answer_offer(offered.owner.offer or "", _agent(agent), kind))

    async def _finishes(self, held: Conversation) -> None:
        state = await self.house.lanes.state(held.id)
        agent = held.owner.agent
        known = self.house.staff.get(agent) if agent is not None else None
        if state.owner.kind != "agent" or state.owner.agent != agent or agent is None or known is None:
            return
        if not known.connected:
            self._in(30.0, partial(self._finishes, held))
            return
        if not self.world.exact and state.header.channel == "email" and self._snoozes(state):
            until = self.house.clock.now() + 60_000
            await self._try(self.house.acts.snooze(state, _agent(agent), until))
            self._in(90.0, partial(self._finishes, held))
            return
        await self._try(self.house.acts.resolve(state, _agent(agent), disposition="answered", reason="agent"))

    def _snoozes(self, state: Conversation) -> bool:
        return state.status == "open" and self.dice.random() < self.world.behaviour.snoozes

    async def _tires(self, agent: AgentId) -> None:
        """First no new work, then a break; both come back."""
        known = self.house.staff.get(agent)
        if known is not None and known.status == "online":
            await self.house.staff.choose(agent, "finishing")
            self._resting.add(agent)
            self._in(60.0, partial(self._rests, agent))
        else:
            self._in(60.0, partial(self._tires, agent))

    async def _rests(self, agent: AgentId) -> None:
        known = self.house.staff.get(agent)
        if known is not None and known.load:
            self._in(30.0, partial(self._rests, agent))
            return
        await self.house.staff.choose(agent, "break:rest")
        self._in(self._exponential(self.world.behaviour.break_s), partial(self._is_rested, agent))

    async def _is_rested(self, agent: AgentId) -> None:
        self._resting.discard(agent)
        await self.house.staff.choose(agent, "online")
        self._in(self._exponential(self.world.behaviour.break_every_s), partial(self._tires, agent))

    async def _crashes(self, agent: AgentId) -> None:
        known = self.house.staff.get(agent)
        if known is not None and known.connected:
            await self.house.staff.left(agent)
            self.house_watch(agent)
            self._in(self._exponential(self.world.behaviour.crash_s), partial(self._is_back, agent))
        self._in(self._exponential(self.world.behaviour.crash_every_s), partial(self._crashes, agent))

    def house_watch(self, agent: AgentId) -> None:
        """What a gone agent holds goes back when the grace time is over: the deadlines must look then."""
        grace = self.world.workplace.grace_seconds
        self._in(grace + 0.001, self._look)

    async def _look(self) -> None:
        await self.house.lanes.roll_up()
        await self.house.deadlines.sweep(self.house.clock.now())

    async def _is_back(self, agent: AgentId) -> None:
        known = self.house.staff.get(agent)
        if known is None:
            return
        if not known.connected:
            await self.house.staff.arrived(agent)
        if agent not in self._resting:
            await self.house.staff.choose(agent, "online")

    def _thinks(self) -> float:
        return 0.0 if self.world.exact else self.dice.uniform(0.5, self.world.behaviour.think_s * 2)

    def _handles(self, state: Conversation) -> float:
        return self._exponential(self.world.behaviour.handle[state.header.channel])

    def _exponential(self, mean: float) -> float:
        return self.dice.expovariate(1 / mean)

    def _in(self, seconds: float, action: Action) -> None:
        self.agenda.at(self.house.clock.now() + max(0, round(seconds * 1000)), action)

    async def _try(self, act: Awaitable[object]) -> None:
        """Somebody else may have been faster; then nothing happens."""
        try:
            await act
        except Conflict:
            self.tally.overtaken += 1


def _agent(agent: AgentId) -> Author:
    return Author(kind="agent", id=agent)
