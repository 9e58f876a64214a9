"""The floor: every open desk, and who hears what. Frames are encoded once and pushed; nobody waits for anybody."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal, Protocol

from msgspec.json import Encoder

from hub.clock import Clock
from hub.desk.frames import (
    AgentEvent,
    AssignedEvent,
    BotEvent,
    BotView,
    CannedEvent,
    ContactEvent,
    DeliveryEvent,
    EntryChanged,
    EntryEvent,
    Event,
    InboxesEvent,
    MentionEvent,
    OfferEvent,
    OfferGone,
    OffersMissedEvent,
    QueuesEvent,
    SummaryEvent,
    TypingEvent,
)
from hub.desk.view_frames import QueueView
from hub.desk.views import Views, canned_view, queue_view
from hub.errors import Unavailable
from hub.lanes import Appended, Lanes
from hub.model.config import LEADS, Agent
from hub.model.conversation import Conversation
from hub.model.entry import Entry
from hub.model.ids import AgentId, ConversationId
from hub.reading import Reading, ReadMoved
from hub.receipts import Delivered
from hub.staff import AgentChanged, OffersMissed
from hub.store.config import Config
from hub.store.conversations import Sight

SUMMARY_SECONDS = 0.25
QUEUES_SECONDS = 1.0

_encoder = Encoder()


def encode(frame: Event) -> bytes:
    """A frame as JSON."""
    return _encoder.encode(frame)


class Desk(Protocol):
    """One open desk."""

    agent: AgentId

    def push(self, frame: bytes) -> None:
        """Queue a frame."""

    def show(self, conversation: ConversationId, seq: int, frame: bytes) -> None:
        """Queue an entry's frame, unless the desk has that number already."""

    def has(self, conversation: ConversationId, seq: int) -> None:
        """The desk gets everything up to `seq` in another way."""

    def me(self) -> Agent:
        """Whose desk it is, as they are now."""


class Figures(Protocol):
    """Where the queues' figures come from."""

    def figures(self) -> dict[str, tuple[int, int, int | None]]:
        """Per queue: waiting, agents at work, since when the first one waits (ms)."""


def may_see(agent: Agent, state: Conversation, config: Config) -> bool:
    """Whether a conversation is for an agent's eyes.

    Their own, or of a queue they serve; supervisors and admins see all.
    """
    if sees_all(agent):
        return True
    if agent.id == state.last_agent or agent.id in state.owner.asked:
        return True
    queue = config.queue_for(state.queue, state.header.inbox)
    return queue is not None and queue.id in agent.queues


def sees_all(agent: Agent) -> bool:
    """Whether an agent is not limited to some queues."""
    return agent.role in LEADS or not agent.queues


def sight(agent: Agent, config: Config) -> Sight | None:
    """`may_see` as a question to the store, so that neither pages nor counts tell of what it hides."""
    if sees_all(agent):
        return None
    served = [one for one in config.inboxes if (queue := config.queue_for(None, one)) and queue.id in agent.queues]
    return Sight(queues=agent.queues, all_queues=config.queues.keys(), inboxes=served)


@dataclass(slots=True)
class Floor:
    """Fans events out to desks."""

    views: Views
    lanes: Lanes
    config: Config
    reading: Reading
    figures: Figures
    clock: Clock
    bot: BotView = field(default_factory=lambda: BotView(available=False, detail="starting"))
    _desks: dict[AgentId, set[Desk]] = field(default_factory=lambda: defaultdict(set))
    _followers: dict[ConversationId, set[Desk]] = field(default_factory=lambda: defaultdict(set))
    _dirty: set[ConversationId] = field(default_factory=set)
    _queues: list[QueueView] = field(default_factory=list)

    def join(self, desk: Desk) -> None:
        """A desk opens."""
        self._desks[desk.agent].add(desk)

    def leave(self, desk: Desk) -> None:
        """A desk closes."""
        self._desks[desk.agent].discard(desk)
        if not self._desks[desk.agent]:
            del self._desks[desk.agent]
        self._forget_followed(desk)

    def follow(self, desk: Desk, conversation: ConversationId) -> None:
        """Send a conversation's entries to a desk from now on."""
        self._followers[conversation].add(desk)

    def unfollow(self, desk: Desk, conversation: ConversationId) -> None:
        """Stop."""
        group = self._followers.get(conversation)
        if group is not None:
            group.discard(desk)
            if not group:
                del self._followers[conversation]

    def viewers(self, conversation: ConversationId, but: AgentId) -> list[str]:
        """Names of the others who look at a conversation."""
        group = self._followers.get(conversation, ())
        return sorted({self.views.staff.name(desk.agent) or "" for desk in group if desk.agent != but})

    def _forget_followed(self, desk: Desk) -> None:
        for conversation in [one for one, group in self._followers.items() if desk in group]:
            self.unfollow(desk, conversation)

    def _send_strangers_away(self, state: Conversation) -> None:
        """A conversation that changed hands is no longer for everybody who looked at it."""
        for desk in tuple(self._followers.get(state.id, ())):
            if not self._sees(desk, state):
                self.unfollow(desk, state.id)

    def _sees(self, desk: Desk, state: Conversation) -> bool:
        agent = self.views.staff.get(desk.agent)
        return agent is not None and agent.active and may_see(agent, state, self.config)

    def desks_of(self, agent: AgentId) -> set[Desk]:
        """The open desks of an agent."""
        return self._desks.get(agent, set())

    @property
    def open_desks(self) -> int:
        """How many desks are open."""
        return sum(len(group) for group in self._desks.values())

    def touch(self, conversation: ConversationId) -> None:
        """A row changed beside its timeline."""
        self._dirty.add(conversation)

    def queues(self) -> list[QueueView]:
        """All queues' figures now."""
        figures = self.figures.figures()
        nothing = (0, 0, None)
        return [queue_view(queue, figures.get(queue.id, nothing)) for queue in self.config.queues.values()]

    def on_appended(self, event: Appended) -> None:
        """Entries to who follows or owns; offers to their agent; rows to everybody a moment later."""
        entry, state = event.entry, event.after
        self._dirty.add(state.id)
        listeners = self._listeners(state)
        if listeners:
            frame = encode(EntryEvent(conversation=state.id, entry=self.views.entry(entry)))
            for desk in listeners:
                desk.show(state.id, entry.seq, frame)
        if entry.moves_fence:
            self._tell_offer(event)
            self._send_strangers_away(state)
        for mentioned in entry.mentions:
            frame = encode(MentionEvent(conversation=state.id, number=state.header.number, by=entry.author.name or ""))
            self._push([desk for desk in self.desks_of(mentioned) if self._sees(desk, state)], frame)

    def on_read(self, event: ReadMoved) -> None:
        """A side has read on."""
        self._dirty.add(event.conversation)
        if event.who == "contact":
            frame = encode(DeliveryEvent(conversation=event.conversation, seq=event.seq, state="read", up_to=True))
            self._push(self._followers.get(event.conversation, ()), frame)

    def on_agent_changed(self, event: AgentChanged) -> None:
        """A colleague's status or load; with other queues or another role, they may see less than before."""
        before, after = event.before, event.after
        if before is not None and (before.queues, before.role) != (after.queues, after.role):
            for desk in tuple(self.desks_of(after.id)):
                self._forget_followed(desk)
        self._push(self._all(), encode(AgentEvent(agent=self.views.agent(event.after))))

    def on_offers_missed(self, event: OffersMissed) -> None:
        """Supervisors hear of who does not answer."""
        frame = encode(OffersMissedEvent(agent=event.agent.name, count=event.agent.misses))
        self._push([desk for desk in self._all() if desk.me().role in LEADS], frame)

    def on_config_changed(self, kind: str) -> None:
        """Canned replies, inboxes or promises changed."""
        if kind in {"sla", "calendar"}:
            self._dirty |= {one.id for one in self.lanes.remembered() if one.open and one.people_since is not None}
        if kind == "inbox":
            self._push(self._all(), encode(InboxesEvent(inboxes=self.views.inboxes())))
        if kind == "canned":
            replies = [canned_view(canned) for canned in self.config.canned.values()]
            self._push(self._all(), encode(CannedEvent(canned=replies)))

    def on_entry_changed(self, entry: Entry) -> None:
        """An entry is another than it was: its attachment has come, or is lost."""
        followers = self._followers.get(entry.conversation)
        if followers:
            frame = EntryChanged(conversation=entry.conversation, entry=self.views.entry(entry))
            self._push(followers, encode(frame))

    def on_delivered(self, event: Delivered) -> None:
        """A message's delivery state."""
        frame = DeliveryEvent(
            conversation=event.conversation,
            seq=event.seq,
            state=event.state,
            reason=event.reason,
            code=event.code,
            due=event.due,
        )
        self._push(self._followers.get(event.conversation, ()), encode(frame))

    def on_person(self, conversations: Iterable[ConversationId]) -> None:
        """Who the customer of these conversations is, changed."""
        for conversation in conversations:
            followers = self._followers.get(conversation)
            if followers:
                self._push(followers, encode(ContactEvent(conversation=conversation)))

    def on_typing(self, conversation: ConversationId, *, on: bool, agent: Agent | None = None) -> None:
        """The customer or a colleague is typing."""
        who: Literal["contact", "agent"] = "agent" if agent else "contact"
        frame = encode(TypingEvent(conversation=conversation, who=who, on=on, name=agent.name if agent else None))
        group = self._followers.get(conversation, ())
        self._push([desk for desk in group if agent is None or desk.agent != agent.id], frame)

    def on_bot(self, view: BotView) -> None:
        """The bot came or went."""
        if view != self.bot:
            self.bot = view
            self._push(self._all(), encode(BotEvent(bot=view)))

    async def run_summaries(self) -> None:
        """Send changed rows, four times a second."""
        while True:
            await asyncio.sleep(SUMMARY_SECONDS)
            dirty, self._dirty = self._dirty, set()
            if self._desks:
                for conversation in dirty:
                    await self._tell_summary(conversation)

    async def _tell_summary(self, conversation: ConversationId) -> None:
        try:
            state = await self.lanes.state(conversation)
            marks = await self.reading.marks(conversation)
        except Unavailable:
            self._dirty.add(conversation)
            return
        frame = encode(SummaryEvent(conversation=self.views.summary(state, marks)))
        self._push([desk for desk in self._all() if self._sees(desk, state)], frame)

    async def run_queues(self) -> None:
        """Send changed queue figures, once a second."""
        while True:
            await asyncio.sleep(QUEUES_SECONDS)
            queues = self.queues()
            if queues != self._queues:
                self._queues = queues
                self._push(self._all(), encode(QueuesEvent(queues=queues)))

    def _tell_offer(self, event: Appended) -> None:
        before, after = event.before.owner, event.after.owner
        still = after.asked if after.offer == before.offer else ()
        if before.kind == "offer" and before.offer is not None and not before.auto:
            kind = event.entry.event.type.value if event.entry.event else "withdrawn"
            for agent in set(before.asked) - set(still):
                mine = kind if len(before.asked) == 1 or agent == event.entry.author.id else "withdrawn"
                self._push(self.desks_of(agent), encode(OfferGone(offer=before.offer, reason=mine)))
        if after.kind == "offer" and after.offer != before.offer and not after.auto:
            view = self.views.offer(event.after, self.reading.known(event.after.id), self.clock.now())
            for agent in after.asked:
                self._push(self.desks_of(agent), encode(OfferEvent(offer=view)))
        if before.auto and after.kind == "agent" and after.agent is not None:
            row = self.views.summary(event.after, self.reading.known(event.after.id))
            self._push(self.desks_of(after.agent), encode(AssignedEvent(conversation=row)))

    def _listeners(self, state: Conversation) -> set[Desk]:
        followers = self._followers.get(state.id)
        if state.owner.kind == "agent" and state.owner.agent is not None:
            own = self._desks.get(state.owner.agent)
            if own:
                return own | followers if followers else own
        return followers or set()

    def _all(self) -> Iterable[Desk]:
        return [desk for group in self._desks.values() for desk in group]

    def _push(self, desks: Iterable[Desk], frame: bytes) -> None:
        for desk in tuple(desks):
            desk.push(frame)
