"""Who stands where: everybody in line, the place and the wait that customers are told.

A wait that somebody was told grows only for a reason: they were overtaken or moved, or fewer serve the line.
"""

import asyncio
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import structlog

from hub.bus import Bus
from hub.clock import Clock
from hub.errors import Unavailable
from hub.model.config import Agent, cost_of
from hub.model.conversation import Conversation
from hub.model.ids import ConversationId
from hub.model.presence import at_work, is_lost
from hub.model.queues import Told
from hub.routing.choose import Plan, expected_wait, in_order, serves
from hub.routing.line import Line
from hub.store.conversations import Conversations

log = structlog.get_logger(__name__)

EWMA = 0.25
TELL_SECONDS = 1.0
TOLD_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class LineMoved:
    """The place or expected wait of these conversations changed."""

    states: tuple[Conversation, ...]


@dataclass(slots=True)
class Places:
    """What is told of a line."""

    line: Line
    conversations: Conversations
    bus: Bus
    clock: Clock
    told: dict[ConversationId, Told] = field(default_factory=dict)
    _handle_ms: dict[str, float] = field(default_factory=dict)
    _slots: dict[str, int] = field(default_factory=dict)
    _hands: dict[str, int] = field(default_factory=dict)
    _moved: asyncio.Event = field(default_factory=asyncio.Event)

    def forget(self, conversation: ConversationId) -> None:
        """Somebody stands in line no more."""
        self.told.pop(conversation, None)

    def staff_changed(self) -> None:
        """Others serve, or serve other lines."""
        self._slots.clear()
        self._hands.clear()

    def learn(self, queue: str, handled_ms: Iterable[int]) -> None:
        """So long conversations of a line took lately; the newest count most."""
        for time in handled_ms:
            known = self._handle_ms.get(queue, float(self.plan.rules.default_handle_seconds * 1000))
            self._handle_ms[queue] = known + EWMA * (time - known)

    def moved(self) -> None:
        """Places may have changed."""
        self._moved.set()

    async def tell(self) -> None:
        """Tell customers when their place or wait changed; at most once a second, and so many at once, front first."""
        while True:
            await self._moved.wait()
            self._moved.clear()
            left = TOLD_AT_ONCE
            for queue in tuple(self.plan.queues):
                changed = self._moved_in(queue, left)
                left -= len(changed)
                if changed:
                    await self._remember(changed)
                    self.bus.tell(LineMoved(tuple(changed)))
                await asyncio.sleep(0)  # a long line is no reason to keep an agent waiting
            if left <= 0:
                self._moved.set()
            await asyncio.sleep(TELL_SECONDS)

    def in_order(self) -> list[Conversation]:
        """Who waits or is being offered, in order."""
        return in_order(self.line, self.plan, self.clock.now())

    def place(self, conversation: ConversationId) -> tuple[int, int | None] | None:
        """Place in line from 1 and the honest expected wait in minutes (None: unknown); None when not in line."""
        place = self.line.place(conversation, self.clock.now())
        if place is None:
            return None
        now = self._reckoned(self.line.item(conversation), place)
        return now.place, now.minutes

    def wait_minutes(self, queue: str, position: int) -> int | None:
        """The honest expected wait in minutes at a place of a queue."""
        handle = self._handle_ms.get(queue, self.plan.rules.default_handle_seconds * 1000)
        return expected_wait(position, self._slots_of(queue), handle)

    def staffed(self, queue: str) -> bool:
        """Whether anybody who serves the queue is at work."""
        return self._hands_of(queue) > 0

    def expected(self, queue: str) -> bool:
        """Whether anybody who serves the queue is at work, or was a moment ago and may come back within the grace time.

        So it is with everybody when the hub has just started again.
        """
        return bool(self._expected(queue))

    def figures(self) -> dict[str, tuple[int, int, int | None]]:
        """Per queue: waiting, agents at work, and since when the first one waits (ms)."""
        since: dict[str, list[int]] = defaultdict(list)
        for state in self.line:
            since[state.queue or ""].append(state.queued_at or state.fence_at)
        return {
            queue: (len(since[queue]), self._hands_of(queue), min(since[queue], default=None))
            for queue in self.plan.queues
        }

    @property
    def plan(self) -> Plan:
        """What is so today."""
        return self.line.plan

    def _hands_of(self, queue: str) -> int:
        """How many are at work for a queue."""
        if queue not in self._hands:
            self._hands[queue] = len(self._serving(queue))
        return self._hands[queue]

    def _slots_of(self, queue: str) -> int:
        """How many conversations those at work for a queue can have at once."""
        if queue not in self._slots:
            line = self.plan.queues.get(queue)
            channels = (line.channels if line is not None else ()) or ("",)
            cost = max(1, *(cost_of(channel, self.plan.rules) for channel in channels))
            self._slots[queue] = sum(agent.capacity // cost for agent in self._expected(queue))
        return self._slots[queue]

    def _serving(self, queue: str) -> list[Agent]:
        return [
            agent
            for agent in self.plan.agents.values()
            if agent.available and agent.capacity > 0 and serves(agent, queue)
        ]

    def _expected(self, queue: str) -> list[Agent]:
        """Who serves a queue, also those whose desk is away for a moment."""
        grace, now = self.plan.rules.grace_seconds * 1000, self.clock.now()
        agents = (agent for agent in self.plan.agents.values() if agent.capacity > 0 and serves(agent, queue))
        return [agent for agent in agents if at_work(agent) and not is_lost(agent, now, grace)]

    async def _remember(self, states: Iterable[Conversation]) -> None:
        try:
            await self.conversations.remember_told({state.id: self.told[state.id] for state in states})
        except Unavailable:
            log.info("told_not_remembered")  # after a crash they may hear a longer wait

    def _moved_in(self, queue: str, most: int) -> list[Conversation]:
        """Who stands elsewhere in a line than they heard, or waits another time; at most so many, front first."""
        changed: list[Conversation] = []
        for place, state in enumerate(self.line.of_queue(queue, self.clock.now()), 1):
            if len(changed) >= most:
                break
            now, told = self._reckoned(state, place), self.told.get(state.id)
            self.told[state.id] = now
            if told is None or (told.place, told.minutes) != (now.place, now.minutes):
                changed.append(state)
        return changed

    def _reckoned(self, state: Conversation, place: int) -> Told:
        """What to tell somebody."""
        queue = state.queue or ""
        now = Told(queue=queue, place=place, minutes=self.wait_minutes(queue, place), slots=self._slots_of(queue))
        told = self.told.get(state.id)
        if told is None or told.queue != queue or now.slots < told.slots or place > told.place:
            return now
        known = [one for one in (told.minutes, now.minutes) if one is not None]
        return replace(now, minutes=min(known, default=None))
