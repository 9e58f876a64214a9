"""The live wallboard: who waits, how the day goes, who does what; whole once, then only what changed.

Kept in memory from the same news that everything else hears. A second's changes are gathered, and rows are made only
of what changed, so that many agents and queues cost no more than what they do.
"""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal, cast

from hub.clock import Clock
from hub.desk.board_frames import AgentBoard, Board, BoardEvent, HeldView, QueueBoard
from hub.desk.floor import Desk, Floor, encode
from hub.errors import Forbidden
from hub.lanes import Appended
from hub.model.config import LEADS, Agent, cost_of
from hub.model.conversation import Conversation
from hub.model.ids import AgentId, ConversationId
from hub.model.queues import Queue
from hub.model.service import Service
from hub.staff import AgentChanged, Staff, Watched
from hub.store.config import Config
from hub.store.conversations import Conversations
from hub.today import Today

PUSH_SECONDS = 1.0
NOBODY_YET = Service()
ACTIVE_MS = 60_000
"""How exact `active_at` is: an agent who types does not make news every second."""


@dataclass(slots=True)
class Wallboard:
    """Rows of queues and agents, and the desks that watch them."""

    floor: Floor
    staff: Staff
    config: Config
    today: Today
    conversations: Conversations
    clock: Clock
    _lines: dict[str, dict[ConversationId, Conversation]] = field(default_factory=lambda: defaultdict(dict))
    _line_of: dict[ConversationId, str] = field(default_factory=dict)
    _held: dict[AgentId, dict[ConversationId, Conversation]] = field(default_factory=lambda: defaultdict(dict))
    _active: dict[AgentId, int] = field(default_factory=dict)
    _watching: set[Desk] = field(default_factory=set)
    _changed_queues: set[str] = field(default_factory=set)
    _changed_agents: set[AgentId] = field(default_factory=set)
    _told: dict[str, QueueBoard | AgentBoard] = field(default_factory=dict)
    _shown: set[str] = field(default_factory=set)
    _day_from: int = 0
    _ears: dict[ConversationId, Watched] = field(default_factory=dict)

    async def load(self) -> None:
        """Read who waits and who has what."""
        for row in await self.conversations.unresolved():
            state = row.state
            self._place(state)
            for agent in state.owner.asked:
                self._held[agent][state.id] = state
            if state.owner.agent is not None and state.last_author == "agent":
                self._active[state.owner.agent] = max(state.last_at, self._active.get(state.owner.agent, 0))

    def watch(self, desk: Desk) -> Board:
        """Show a desk everything, and from now on what changes. Raises `Forbidden`."""
        if desk.me().role not in LEADS:
            raise Forbidden("The wallboard is for supervisors.")
        self._watching.add(desk)
        self._told.clear()  # what it is shown now may differ from what the others were told last
        self._shown.update(self.config.queues)
        served = self.today.service()
        return Board(
            now=self.clock.now(),
            day_from=self.today.began(),
            queues=[self._queue(queue, served) for queue in self.config.queues.values()],
            agents=[self._agent(agent) for agent in self.staff.agents if agent.active],
        )

    def unwatch(self, desk: Desk) -> None:
        """Show a desk no more of it."""
        self._watching.discard(desk)

    def on_appended(self, event: Appended) -> None:
        """Somebody entered or left a line, an agent got something, let it go, or did something."""
        before, after, author = event.before, event.after, event.entry.author
        renamed = before.contact_name != after.contact_name
        if event.entry.event is not None or not before.contact_seq or renamed:  # further words move nobody
            self._follow(before, after)
        if author.kind == "agent" and author.id is not None:
            self._did(AgentId(author.id), event.entry.at)

    def on_agent_changed(self, event: AgentChanged) -> None:
        """A status, a connection, a load, a profile."""
        before, after = event.before, event.after
        self._changed_agents.add(after.id)
        if before is None or _work(before) != _work(after):
            self._changed_queues.update(after.queues or self.config.queues)
            self._changed_queues.update(() if before is None else before.queues)

    def on_watched(self, event: Watched) -> None:
        """A supervisor is in a call, or has left it."""
        if event.watch == "leave":
            self._ears.pop(event.conversation, None)
        else:
            self._ears[event.conversation] = event
        self._changed_agents.update(one for one, held in self._held.items() if event.conversation in held)

    def on_rules_changed(self, kind: str) -> None:
        """Queues or rules changed: everything is looked at again."""
        if kind in {"queue", "workplace", "inbox"}:
            for state in [state for line in self._lines.values() for state in line.values()]:
                self._place(state)
            self._changed_queues.update(self.config.queues, self._shown)

    async def run(self) -> None:
        """Tell who watches, once a second."""
        while True:
            await asyncio.sleep(PUSH_SECONDS)
            self.push()

    def push(self) -> None:
        """Tell who watches what changed since the last time."""
        self._watching = {desk for desk in self._watching if self._may_watch(desk)}
        if self._day_from != self.today.began():
            self._day_from = self.today.began()
            self._changed_queues.update(self.config.queues)
        queues, self._changed_queues = self._changed_queues, set()
        agents, self._changed_agents = self._changed_agents, set()
        if not self._watching:
            self._told.clear()
            return
        event = self._news(queues, agents)
        if event.queues or event.agents or event.gone:
            frame = encode(event)
            for desk in self._watching:
                desk.push(frame)

    def _news(self, queues: Iterable[str], agents: Iterable[AgentId]) -> BoardEvent:
        known, served = [one for one in map(self.config.queue, queues) if one is not None], self.today.service()
        everybody = [one for one in map(self.staff.get, agents) if one is not None]
        gone = [id_ for id_ in queues if id_ in self._shown and self.config.queue(id_) is None]
        self._shown = set(self.config.queues)
        gone += [one.id for one in everybody if not one.active]
        people = [one for one in everybody if one.active]
        return BoardEvent(
            day_from=self._day_from,
            queues=[row for queue in known if self._is_new(row := self._queue(queue, served))],
            agents=[row for row in map(self._agent, people) if self._is_new(row)],
            gone=gone,
        )

    def _is_new(self, row: QueueBoard | AgentBoard) -> bool:
        known = self._told.get(row.id)
        self._told[row.id] = row
        return known != row

    def _may_watch(self, desk: Desk) -> bool:
        agent = self.staff.get(desk.agent)
        here = desk in self.floor.desks_of(desk.agent)
        return here and agent is not None and agent.active and agent.role in LEADS

    def _follow(self, before: Conversation, after: Conversation) -> None:
        self._changed_queues.update((before.queue or "", self._line_of.get(after.id, "")))
        self._place(after)
        self._changed_queues.add(self._line_of.get(after.id, ""))
        for agent in before.owner.asked:
            self._held[agent].pop(after.id, None)
        for agent in after.owner.asked:
            self._held[agent][after.id] = after
        self._changed_agents.update(before.owner.asked, after.owner.asked)

    def _place(self, state: Conversation) -> None:
        """Put a conversation into the line where it waits, if it does."""
        left = self._line_of.pop(state.id, None)
        if left is not None:
            self._lines[left].pop(state.id, None)
        queue = self.config.queue_for(state.queue, state.header.inbox) if state.in_line else None
        if queue is not None:
            self._line_of[state.id] = queue.id
            self._lines[queue.id][state.id] = state

    def _did(self, agent: AgentId, at: int) -> None:
        if at - self._active.get(agent, 0) >= ACTIVE_MS:
            self._active[agent] = at
            self._changed_agents.add(agent)

    def _queue(self, queue: Queue, served: Mapping[str, Service]) -> QueueBoard:
        waiting, today = self._lines[queue.id].values(), served.get(queue.id, NOBODY_YET)
        serving = [one for one in self.staff.agents if one.available and (not one.queues or queue.id in one.queues)]
        chat = cost_of("", self.config.workplace)
        return QueueBoard(
            id=queue.id,
            name=queue.name,
            target_percent=queue.target.percent,
            target_seconds=queue.target.seconds,
            waiting=len(waiting),
            channels=dict(Counter(state.header.channel for state in waiting)),
            offered=sum(state.owner.kind == "offer" for state in waiting),
            oldest_at=min((state.queued_at or state.fence_at for state in waiting), default=None),
            working=len(serving),
            free=sum(one.used + chat <= one.capacity for one in serving),
            answered=today.answered,
            in_time=today.in_time,
            abandoned=today.abandoned,
            short=today.short,
            flow_out=today.flow_out,
        )

    def _agent(self, agent: Agent) -> AgentBoard:
        held = self._held[agent.id].values()
        return AgentBoard(
            id=agent.id,
            name=agent.name,
            role=cast("Literal['agent', 'supervisor', 'admin']", agent.role),
            status=agent.status,
            connected=agent.connected,
            since=max(agent.status_since, agent.gone_at or 0),
            load=agent.used,
            capacity=agent.capacity,
            channels=dict(Counter(item.channel for item in agent.load)),
            held=[self._held_view(state) for state in held],
            misses=agent.misses,
            active_at=self._active.get(agent.id),
        )

    def _held_view(self, state: Conversation) -> HeldView:
        ear = self._ears.get(state.id)
        return HeldView(
            conversation=state.id,
            number=state.header.number,
            channel=state.header.channel,
            contact_name=state.contact_name,
            state=_state_of(state),
            fence=state.fence,
            watched_by=(self.staff.name(ear.by) or "") if ear is not None else "",
            watch=ear.watch if ear is not None and ear.watch != "leave" else "",
        )


def _work(agent: Agent) -> tuple[object, ...]:
    """What of an agent counts for the queues."""
    return agent.available, agent.queues, agent.used, agent.capacity


def _state_of(state: Conversation) -> Literal["offered", "active", "parked", "wrap_up"]:
    if state.owner.kind == "offer":
        return "offered"
    if state.ended_at is not None:
        return "wrap_up"
    return "parked" if state.status == "waiting" else "active"
