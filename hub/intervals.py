"""Records the interval log: where each conversation and each agent was, from when to when."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from channels.tasks import together
from hub.backlog import Backlog
from hub.clock import Clock
from hub.lanes import Appended
from hub.model.config import Agent
from hub.model.conversation import Conversation
from hub.model.visits import Visit, visit_of, visits_in, visits_of
from hub.staff import AgentChanged
from hub.store.conversations import Conversations
from hub.store.entries import Entries
from hub.store.intervals import Intervals, Turn
from hub.store.visits import Visits


@dataclass(slots=True)
class IntervalLog:
    """Turns what happens into intervals, in the background; writing one twice changes nothing."""

    store: Intervals
    visits: Visits
    conversations: Conversations
    entries: Entries
    clock: Clock
    _turns: Backlog[Turn] = field(init=False)
    _visits: Backlog[Visit] = field(init=False)

    def __post_init__(self) -> None:
        """Nothing waits yet."""
        self._turns = Backlog("intervals", self.store.record)
        self._visits = Backlog("visits", self.visits.record)

    async def load(self, agents: Iterable[Agent]) -> None:
        """After a crash: what is true now is recorded, of conversations and of agents."""
        rows = await self.conversations.unresolved()
        kinds = await self.store.open_kinds([row.state.id for row in rows])
        for row in rows:
            kind = _kind(row.state)
            began_later = kind in {"hold", "wrap_up"}  # than the last change of hands
            if row.state.last_seq and not (began_later and kinds.get(row.state.id) == kind):
                self._turns.add([_turn(row.state, _began(row.state) if began_later else row.state.fence_at)])
        await self._repair_visits([row.state for row in rows])
        for agent in agents:
            if agent.gone_at is not None:
                self._turns.add([_agent_turn(agent, agent.gone_at)])

    def on_appended(self, event: Appended) -> None:
        """A conversation moved to another kind of interval."""
        if _kind(event.before) != _kind(event.after) or event.entry.moves_fence:
            self._turns.add([_turn(event.after, event.entry.at)])
        self._visits.add(visits_in(event.before, event.after, event.entry))

    def on_agent_changed(self, event: AgentChanged) -> None:
        """An agent's state changed."""
        kind = _agent_state(event.after)
        if event.before is None or _agent_state(event.before) != kind:
            self._turns.add([_agent_turn(event.after, self.clock.now())])

    async def run(self) -> None:
        """Write what waits, for ever."""
        await together(turns=self._turns.run(), visits=self._visits.run())

    async def flush(self) -> None:
        """Write what waits now; who asks while it is being written waits for that, too."""
        await self._turns.flush()
        await self._visits.flush()

    async def _repair_visits(self, states: Sequence[Conversation]) -> None:
        """Stays that a crash left without their beginning or their end."""
        unfinished = await self.visits.unfinished()
        now = {visit.key: visit for state in states if (visit := visit_of(state)) is not None}
        self._visits.add(visit for key, visit in now.items() if key not in unfinished)
        for conversation in {one for key, one in unfinished.items() if key not in now}:
            state = await self.conversations.load(conversation)
            if state is not None:
                self._visits.add(visits_of(state, await self.entries.all_of(conversation)))


def _kind(state: Conversation) -> str | None:
    match state.owner.kind:
        case "none":
            return None
        case "bot":
            return "bot"
        case "queue":
            return "queued"
        case "offer":
            return "offered"
        case "agent":
            if state.ended_at is not None:
                return "wrap_up"
            held = state.status == "waiting" or state.call in {"held", "consult"}
            return "offered" if state.awaits_phone else "hold" if held else "active"


def _began(state: Conversation) -> int:
    return state.last_at if state.ended_at is None else state.ended_at


def _turn(state: Conversation, at: int) -> Turn:
    return Turn(
        subject=state.id,
        kind=_kind(state),
        at=at,
        agent=state.owner.agent,
        queue=state.queue,
        reason=state.handoff_reason if state.owner.kind == "queue" else None,
    )


def _agent_turn(agent: Agent, at: int) -> Turn:
    return Turn(subject=f"agent:{agent.id}", kind=_agent_state(agent), at=at, agent=agent.id)


def _agent_state(agent: Agent) -> str:
    return agent.status if agent.connected else "away"
