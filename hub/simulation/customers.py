"""Invented customers: they come, more of them at some hours, wait, lose patience, come back, or leave a message."""

import math
from dataclasses import dataclass
from functools import partial

from hub.lanes import Appended
from hub.model.conversation import Conversation
from hub.model.entry import Author, Part
from hub.model.ids import ConversationId
from hub.simulation.agenda import Agenda
from hub.simulation.house import BEGIN, House
from hub.simulation.plan import World
from hub.simulation.tally import Tally

SUPERVISOR = Author(kind="agent", id="supervisor")
URGENT = 2


@dataclass(slots=True)
class Customers:
    """So many `arrivals`, returning ones among them."""

    house: House
    world: World
    arrivals: int
    agenda: Agenda
    tally: Tally
    came: int = 0

    def begin(self) -> None:
        """Plan the first arrival."""
        self._next()

    @property
    def over(self) -> bool:
        """Whether nobody arrives any more."""
        return self.came >= self.arrivals

    def on_appended(self, event: Appended) -> None:
        """Who is offered a form reads it."""
        if event.entry.event is None and any(part.type == "form" for part in event.entry.parts):
            self.agenda.after(5.0, partial(self._reads_form, event.after))

    def _next(self) -> None:
        behaviour = self.world.behaviour
        self.agenda.sometime(1 / (behaviour.rate * (1 + behaviour.swing)), self._may_arrive)

    async def _may_arrive(self) -> None:
        if self.over:
            return
        self._next()
        behaviour = self.world.behaviour
        hour = (self.house.clock.now() - BEGIN) / 1000 / behaviour.tide_s
        if self.agenda.chance((1 + behaviour.swing * math.sin(2 * math.pi * hour)) / (1 + behaviour.swing)):
            await self._arrives(f"p-{self.came:06}")

    async def _arrives(self, contact: str) -> None:
        if self.over:
            return
        self.came += 1
        behaviour, dice = self.world.behaviour, self.agenda.dice
        channel = dice.choices(list(behaviour.shares), list(behaviour.shares.values()))[0]
        locale = "fa" if self.agenda.chance(0.8) else "en"
        state = await self.house.enters(self.tally.next_number(), contact, channel, locale)
        await self.house.acts.open(state, queue=dice.choice(self.world.queues).id, reason="bot_off")
        await self.house.says(state, "hello")
        patience = behaviour.patience[channel]
        if patience is not None:
            self.agenda.sometime(patience, partial(self._gives_up, state.id))
        if self.agenda.chance(behaviour.urgent):
            await self._hurries(state.id)

    async def _hurries(self, conversation: ConversationId) -> None:
        state = await self.house.lanes.state(conversation)
        await self.house.attempt(self.house.acts.prioritise(state, SUPERVISOR, URGENT))

    async def _gives_up(self, conversation: ConversationId) -> None:
        state = await self.house.lanes.state(conversation)
        if state.owner.kind not in {"queue", "offer"} or state.form_at is not None or self.tally.was_answered(state.id):
            return
        author = Author(kind="contact", id=state.header.contact)
        gone = await self.house.attempt(self.house.acts.customer_ends(state, author))
        if gone and self.agenda.chance(self.world.behaviour.returns):
            self.agenda.after(self.agenda.dice.uniform(10, 400), partial(self._arrives, state.header.contact))

    async def _reads_form(self, seen: Conversation) -> None:
        state = await self.house.lanes.state(seen.id)
        if state.owner.kind in {"queue", "offer"} and self.agenda.chance(self.world.behaviour.leaves_message):
            self.tally.flows_out(state)
            reply = (Part(type="form_reply", form="offline", values={"message": "call me"}),)
            await self.house.says(state, "leaves a message", reply)
