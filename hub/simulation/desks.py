"""Invented agents: they answer, decline and miss offers, finish, wrap up, pass on, put aside, pick, rest and crash."""

from dataclasses import dataclass, field
from functools import partial

from hub.lanes import Appended
from hub.model.config import Agent
from hub.model.conversation import Conversation
from hub.model.entry import Author, EventType, text_part
from hub.model.ids import AgentId
from hub.routing.choose import serves
from hub.simulation.agenda import Agenda
from hub.simulation.house import House
from hub.simulation.plan import World

SNOOZE_MS = 60_000
LOOK_AGAIN_S = 30.0


@dataclass(slots=True)
class Desks:
    """Everybody who answers."""

    house: House
    world: World
    agenda: Agenda
    _resting: set[AgentId] = field(default_factory=set)

    def begin(self) -> None:
        """Plan everybody's first break, crash and pick."""
        if self.world.exact:
            return
        behaviour = self.world.behaviour
        for agent in self.world.agents:
            self.agenda.sometime(behaviour.break_every_s, partial(self._tires, agent.id))
            self.agenda.sometime(behaviour.crash_every_s, partial(self._crashes, agent.id))
            self.agenda.sometime(behaviour.pick_every_s, partial(self._picks, agent.id))

    def on_appended(self, event: Appended) -> None:
        """Agents react to what comes to them."""
        after, said = event.after, event.entry.event
        if said is None:
            return
        match said.type:
            case EventType.OFFERED:
                for agent in after.owner.asked:
                    self.agenda.after(self._thinks(), partial(self._answers, agent, after))
            case EventType.ACCEPTED | EventType.TAKEN | EventType.REOPENED if after.owner.agent is not None:
                if not self.world.exact:
                    self.agenda.after(1.0, partial(self._replies, after))
                self.agenda.sometime(self.world.behaviour.handle[after.header.channel], partial(self._finishes, after))
            case EventType.EXPIRED:
                for agent in event.before.owner.asked:
                    self.agenda.after(self.agenda.dice.uniform(20, 120), partial(self._is_back, agent))
            case _:
                return

    async def _answers(self, agent: AgentId, offered: Conversation) -> None:
        state = await self.house.lanes.state(offered.id)
        offer = offered.owner.offer
        if not self._here(agent) or offer is None or state.owner.offer != offer:
            return
        fate, behaviour = 1.0 if self.world.exact else self.agenda.dice.random(), self.world.behaviour
        if fate < behaviour.misses:
            return
        kind = EventType.DECLINED if fate < behaviour.misses + behaviour.declines else EventType.ACCEPTED
        await self.house.attempt(self.house.acts.answer_offer(offer, _author(agent), kind))

    async def _replies(self, held: Conversation) -> None:
        state = await self.house.lanes.state(held.id)
        agent = held.owner.agent
        if agent is None or state.fence != held.fence or self.agenda.chance(self.world.behaviour.forgets):
            return
        words = self.house.acts.agent_writes(
            state, _author(agent), f"reply-{state.id}-{state.fence}", text_part("yes?")
        )
        await self.house.attempt(words)

    async def _finishes(self, held: Conversation) -> None:
        """Done, or nearly: wrapped up later, put aside, or somebody else's now."""
        state = await self.house.lanes.state(held.id)
        agent = held.owner.agent
        if agent is None or state.fence != held.fence or state.ended_at is not None:
            return
        if not self._here(agent):
            self.agenda.after(LOOK_AGAIN_S, partial(self._finishes, held))
            return
        acts, me, behaviour = self.house.acts, _author(agent), self.world.behaviour
        fate = 1.0 if self.world.exact else self.agenda.dice.random()
        if fate < behaviour.wraps_up:
            await self.house.attempt(acts.customer_ends(state, Author(kind="contact", id=state.header.contact)))
            self.agenda.after(self.agenda.dice.uniform(5, 180), partial(self._wraps_up, held))
        elif fate < behaviour.wraps_up + behaviour.snoozes and state.header.channel != "voice":
            if state.status == "open":
                await self.house.attempt(acts.snooze(state, me, self.house.clock.now() + SNOOZE_MS))
            self.agenda.after(1.5 * SNOOZE_MS / 1000, partial(self._finishes, held))
        elif fate < behaviour.wraps_up + behaviour.snoozes + behaviour.passes_on:
            await self._passes_on(state, me)
        else:
            await self.house.attempt(acts.resolve(state, me, disposition="answered", reason="agent"))

    async def _wraps_up(self, held: Conversation) -> None:
        state = await self.house.lanes.state(held.id)
        agent = held.owner.agent
        if agent is not None and state.fence == held.fence and self._here(agent):
            await self.house.attempt(
                self.house.acts.resolve(state, _author(agent), disposition="answered", reason="agent")
            )

    async def _passes_on(self, state: Conversation, me: Author) -> None:
        """To a colleague, whether at work or not, or to another line."""
        dice = self.agenda.dice
        if self.agenda.chance(0.5):
            agent, queue = dice.choice([one for one in self.world.agents if one.id != me.id] or self.world.agents), None
        else:
            agent, queue = None, dice.choice(self.world.queues)
        await self.house.attempt(
            self.house.acts.transfer(
                state, me, agent=agent.id if agent else None, queue=queue.id if queue else None, note=None
            )
        )

    async def _picks(self, agent: AgentId) -> None:
        """Somebody takes one out of the line by hand, whatever they carry."""
        known = self.house.staff.get(agent)
        if known is not None and known.available and (item := self._at_hand(known)) is not None:
            await self.house.attempt(self.house.acts.take(item, _author(agent)))
        self.agenda.sometime(self.world.behaviour.pick_every_s, partial(self._picks, agent))

    def _at_hand(self, agent: Agent) -> Conversation | None:
        line = self.house.router.places.in_order()
        return next((one for one in line if one.owner.kind == "queue" and serves(agent, one.queue)), None)

    async def _tires(self, agent: AgentId) -> None:
        """First no new work, then a break; both come back."""
        known = self.house.staff.get(agent)
        if known is not None and known.status == "online":
            await self.house.staff.choose(agent, "finishing")
            self._resting.add(agent)
            self.agenda.after(60.0, partial(self._rests, agent))
        else:
            self.agenda.after(60.0, partial(self._tires, agent))

    async def _rests(self, agent: AgentId) -> None:
        known = self.house.staff.get(agent)
        if known is not None and known.load:
            self.agenda.after(LOOK_AGAIN_S, partial(self._rests, agent))
            return
        await self.house.staff.choose(agent, "break:rest")
        self.agenda.sometime(self.world.behaviour.break_s, partial(self._is_rested, agent))

    async def _is_rested(self, agent: AgentId) -> None:
        self._resting.discard(agent)
        await self.house.staff.choose(agent, "online")
        self.agenda.sometime(self.world.behaviour.break_every_s, partial(self._tires, agent))

    async def _crashes(self, agent: AgentId) -> None:
        """A desk is gone without a word; what it held goes back when the grace time is over."""
        if self._here(agent):
            await self.house.staff.left(agent)
            self.agenda.after(self.world.workplace.grace_seconds + 0.001, self.house.sweep)
            self.agenda.sometime(self.world.behaviour.crash_s, partial(self._is_back, agent))
        self.agenda.sometime(self.world.behaviour.crash_every_s, partial(self._crashes, agent))

    async def _is_back(self, agent: AgentId) -> None:
        if not self._here(agent):
            await self.house.staff.arrived(agent)
        if agent not in self._resting:
            await self.house.staff.choose(agent, "online")

    def _here(self, agent: AgentId) -> bool:
        known = self.house.staff.get(agent)
        return known is not None and known.connected

    def _thinks(self) -> float:
        return 0.0 if self.world.exact else self.agenda.dice.uniform(0.5, self.world.behaviour.think_s * 2)


def _author(agent: AgentId) -> Author:
    return Author(kind="agent", id=agent)
