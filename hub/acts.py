"""Everything that can be done to a conversation, each as one entry.

The steps of a message's path never call one another; what they do, they do here, and the lane decides every race. An
act that changes hands names the fence it has seen, so that a second one is refused (`StaleFence`, `Conflict`): losing
is normal.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from hub.clock import Clock
from hub.drafts import Outcome
from hub.errors import Conflict, StaleFence
from hub.lanes import Lanes
from hub.model.calling import CALL_AGAIN
from hub.model.conversation import Conversation
from hub.model.entry import (
    BOT,
    SYSTEM,
    Author,
    DeliveryState,
    Draft,
    Entry,
    EntryKind,
    Event,
    EventType,
    Part,
    Understood,
    text_part,
)
from hub.model.ids import AgentId, ConversationId, QueueId, new_id
from hub.model.queues import ExitKind, Place
from hub.phrases import say

TRIES = 4


@dataclass(frozen=True, slots=True)
class Acts:
    """The verbs."""

    lanes: Lanes
    clock: Clock
    stored_is_sent: Callable[[str], bool]
    """Whether a channel's client fetches the timeline itself, so that there is nothing to deliver."""
    has_forms: Callable[[str], bool]
    """Whether a channel can show a form."""
    place: Callable[[Conversation, QueueId | None, str | None], Awaitable[Place]]
    """Where a conversation enters the line, given the queue that was meant and what the customer wants."""

    async def open(self, state: Conversation, *, queue: QueueId | None, reason: str | None) -> Outcome:
        """Begin: with the bot (`queue` None), or in a queue because of `reason`."""
        event = Event(type=EventType.OPENED, reason=reason)
        if queue is not None:
            event = _placed(event, await self.place(state, queue, None))
        return await self._happen(state.id, event, SYSTEM, fence=0)

    async def tell(self, state: Conversation, phrase: str, *, once: str | None = None, **values: object) -> Outcome:
        """Tell the customer one of the hub's own sentences in the conversation's language.

        `once` names the occasion: the same sentence of the same occasion is stored once.
        """
        words = say(state.locale, phrase, **values)
        occasion = f"tell:{state.id}:{phrase}:{once or new_id()}"
        return await self.lanes.append(
            Draft(
                conversation=state.id,
                author=SYSTEM,
                dedupe=occasion,
                parts=text_part(words),
                delivery=self._delivery(state),
            )
        )

    async def ask_form(self, state: Conversation, phrase: str, form: str) -> Outcome:
        """Tell the customer a sentence with a form under it; once per stay in line.

        Where a channel has no forms, the customer can be reached without one, and hears that (`<phrase>_plain`).
        """
        if not self.has_forms(state.header.channel):
            parts: tuple[Part, ...] = text_part(say(state.locale, f"{phrase}_plain"))
        else:
            parts = (*text_part(say(state.locale, phrase)), Part(type="form", form=form))
        occasion = f"form:{state.id}:{form}:{state.queued_at}"
        return await self.lanes.append(
            Draft(conversation=state.id, author=SYSTEM, dedupe=occasion, parts=parts, delivery=self._delivery(state))
        )

    async def bot_says(
        self,
        state: Conversation,
        parts: tuple[Part, ...],
        *,
        up_to: int,
        index: int,
        understood: Understood | None,
        last: bool = True,
    ) -> Outcome:
        """One of the bot's messages in answer to everything up to `up_to`.

        Only the `last` one pays the turn: after a crash before it, the bot still owes one. Refused once the
        conversation changed hands.
        """
        return await self.lanes.append(
            Draft(
                conversation=state.id,
                author=BOT,
                dedupe=f"bot:{state.id}:{up_to}:{index}",
                parts=parts,
                understood=understood,
                fence=state.fence,
                up_to=up_to if last else None,
                delivery=self._delivery(state),
            )
        )

    async def bot_is_done(self, state: Conversation, up_to: int) -> Outcome:
        """The bot has nothing to add to what it said to everything up to `up_to`."""
        return await self._happen(state.id, Event(type=EventType.BOT_TURN, up_to=up_to), BOT, fence=state.fence)

    async def agent_writes(
        self,
        state: Conversation,
        agent: Author,
        client_id: str,
        parts: tuple[Part, ...],
        *,
        kind: EntryKind = "message",
        mentions: tuple[AgentId, ...] = (),
    ) -> Outcome:
        """An agent's reply (only the owner's is stored) or note.

        The same `client_id` of the same agent is stored once. Raises `Conflict` (`reused_id`) for other words under it.
        """
        draft = Draft(
            conversation=state.id,
            author=agent,
            dedupe=f"desk:{agent.id}:{client_id}",
            kind=kind,
            parts=parts,
            client_id=client_id,
            fence=state.fence if kind == "message" else None,
            delivery=self._delivery(state) if kind == "message" else None,
            mentions=mentions,
        )
        outcome = await self.lanes.append(draft)
        if outcome.duplicate and (outcome.entry.conversation, outcome.entry.parts) != (state.id, parts):
            raise Conflict("This client_id was used for other words.", code="reused_id", field="client_id")
        return outcome

    async def written_before(self, agent: Author, client_id: str) -> Entry | None:
        """The entry that an earlier try of the same reply or note made."""
        return await self.lanes.stored(f"desk:{agent.id}:{client_id}")

    async def hand_off(
        self,
        state: Conversation,
        *,
        reason: str,
        queue: QueueId | None,
        summary: str = "",
        understood: Understood | None = None,
        up_to: int | None = None,
        since: int | None = None,
    ) -> Outcome:
        """The bot gives the conversation to a queue; `since`: the customer has a place from then (ms), or older."""
        place = await self.place(state, queue, understood.intent if understood is not None else None)
        place = replace(place, since=min((one for one in (since, place.since) if one is not None), default=None))
        event = _placed(Event(type=EventType.HANDOFF, reason=reason, summary=summary or None, up_to=up_to), place)
        return await self._happen(state.id, event, BOT, fence=state.fence, understood=understood)

    async def offer(
        self, state: Conversation, agents: Sequence[AgentId], *, until: int, reason: str, auto: bool = False
    ) -> Outcome:
        """Offer a waiting conversation to one agent, or to several at once, until a time (ms).

        `auto`: one agent's offer that is accepted for them.
        """
        one = agents[0] if len(agents) == 1 else None
        among = () if one is not None else tuple(agents)
        event = Event(type=EventType.OFFERED, agent=one, among=among, until=until, reason=reason, auto=auto)
        return await self._happen(state.id, event, SYSTEM, fence=state.fence)

    async def answer_offer(self, offer: str, agent: Author, kind: EventType, *, reason: str | None = None) -> Outcome:
        """Accept or decline an offer.

        Raises `Conflict` (`too_late`) when it is not this agent's pending one any more.
        """
        me = _agent_id(agent)

        async def answer(state: Conversation) -> Outcome:
            if state.owner.offer != offer or me not in state.owner.asked:
                raise Conflict("This offer has gone on.", code="too_late")
            event = Event(type=kind, agent=me, reason=reason)
            return await self._happen(state.id, event, agent, fence=state.fence)

        # Another who was asked may decline in this moment: the offer stands all the same.
        return await self._again(offered_conversation(offer), answer)

    async def end_offer(self, state: Conversation, kind: EventType, *, reason: str) -> Outcome:
        """An offer expired or is withdrawn: back to the old place."""
        event = Event(type=kind, agent=state.owner.agent, reason=reason)
        return await self._happen(state.id, event, SYSTEM, fence=state.fence)

    async def overflow(self, state: Conversation, queue: QueueId) -> Outcome:
        """Nobody came in time: on to the next line, with the place kept."""
        event = Event(type=EventType.OVERFLOWED, queue=queue, reason="max_wait")
        return await self._happen(state.id, event, SYSTEM, fence=state.fence)

    async def wait_out(self, state: Conversation, exit_: ExitKind) -> Outcome:
        """Nobody came in time: what was offered to the customer instead. The place is kept."""
        return await self._happen(state.id, Event(type=EventType.WAITED_OUT, reason=exit_), SYSTEM, fence=state.fence)

    async def move(self, state: Conversation, by: Author, queue: QueueId) -> Outcome:
        """A supervisor puts a waiting conversation into another line, with its place kept."""
        event = Event(type=EventType.MOVED, agent=_agent_id(by), queue=queue)
        return await self._happen(state.id, event, by, fence=state.fence)

    async def prioritise(self, state: Conversation, by: Author, priority: int) -> Outcome:
        """A supervisor says how urgent a waiting conversation is."""
        event = Event(type=EventType.PRIORITISED, agent=_agent_id(by), priority=priority)
        return await self._happen(state.id, event, by, fence=None)

    async def assign(self, state: Conversation, by: Author, agent: AgentId) -> Outcome:
        """A supervisor gives a conversation to an agent, from wherever it is."""
        return await self._happen(state.id, Event(type=EventType.ASSIGNED, agent=agent), by, fence=state.fence)

    async def call_again(self, state: Conversation, by: Author) -> Outcome:
        """Whoever has a customer who was not reached by phone has them called once more."""
        event = Event(type=EventType.ASSIGNED, agent=_agent_id(by), reason=CALL_AGAIN)
        return await self._happen(state.id, event, by, fence=state.fence)

    async def take(self, state: Conversation, agent: Author) -> Outcome:
        """An agent picks a waiting conversation, or takes over from the bot."""
        event = Event(type=EventType.TAKEN, agent=_agent_id(agent))
        return await self._happen(state.id, event, agent, fence=state.fence)

    async def reopen(self, state: Conversation, agent: Author) -> Outcome:
        """An agent opens a resolved conversation again."""
        event = Event(type=EventType.REOPENED, agent=_agent_id(agent))
        return await self._happen(state.id, event, agent, fence=state.fence)

    async def customer_reopens(self, state: Conversation, contact: Author, queue: QueueId | None) -> Outcome:
        """A customer answers in a resolved conversation: it goes back to the line, and to who knows it first."""
        event = _placed(Event(type=EventType.REOPENED, reason="customer"), await self.place(state, queue, None))
        return await self._happen(state.id, event, contact, fence=state.fence)

    async def send_back(
        self, state: Conversation, by: Author, *, reason: str, front: bool = False, note: str | None = None
    ) -> Outcome:
        """A held conversation returns to its line (one that was taken from the bot, to where it would have gone)."""
        queue = state.queue or (await self.place(state, None, None)).queue
        event = Event(
            type=EventType.RETURNED, agent=state.owner.agent, reason=reason, queue=queue, front=front, note=note
        )
        return await self._happen(state.id, event, by, fence=state.fence)

    async def transfer(
        self, state: Conversation, by: Author, *, agent: AgentId | None, queue: QueueId | None, note: str | None
    ) -> Outcome:
        """Give a held conversation to a colleague or another queue, before everybody there."""
        queue = queue or state.queue or (await self.place(state, None, None)).queue
        event = Event(
            type=EventType.TRANSFERRED, agent=state.owner.agent, to_agent=agent, queue=queue, note=note, front=True
        )
        return await self._happen(state.id, event, by, fence=state.fence)

    async def to_bot(self, state: Conversation, by: Author, note: str | None) -> Outcome:
        """Give a conversation back to the bot."""
        event = Event(type=EventType.TO_BOT, agent=state.owner.agent, note=note)
        return await self._happen(state.id, event, by, fence=state.fence)

    async def snooze(self, state: Conversation, by: Author, until: int, *, up_to: int | None = None) -> Outcome:
        """Put a held conversation aside until a time (ms). Raises `Conflict` (`customer_wrote`) as `resolve` does."""
        event = Event(type=EventType.SNOOZED, agent=state.owner.agent, until=until, up_to=up_to)
        return await self._happen(state.id, event, by, fence=state.fence)

    async def wake(self, state: Conversation, by: Author = SYSTEM) -> Outcome:
        """End a snooze."""
        return await self._happen(state.id, Event(type=EventType.WOKE), by, fence=state.fence)

    async def resolve(
        self,
        state: Conversation,
        by: Author,
        *,
        disposition: str | None,
        reason: str | None,
        note: str | None = None,
        up_to: int | None = None,
    ) -> Outcome:
        """Close. Raises `Conflict` (`customer_wrote`) when the customer has written more than `up_to`."""
        event = Event(
            type=EventType.RESOLVED,
            agent=state.owner.agent,
            disposition=disposition,
            reason=reason,
            note=note,
            up_to=up_to,
        )
        return await self._happen(state.id, event, by, fence=state.fence)

    async def wrap_up(
        self, state: Conversation, by: Author, disposition: str | None, note: str | None, *, up_to: int | None = None
    ) -> Outcome:
        """The talk is over for its agent, who has time to write down how it ended; or it is known how it ended.

        Raises `Conflict` (`customer_wrote`) as `resolve` does.
        """
        event = Event(type=EventType.WRAPPED, agent=state.owner.agent, disposition=disposition, note=note, up_to=up_to)
        return await self._happen(state.id, event, by, fence=state.fence)

    async def extend_wrap_up(self, state: Conversation, by: Author) -> Outcome:
        """As much time again to wrap up, once."""
        event = Event(type=EventType.EXTENDED, agent=state.owner.agent)
        return await self._happen(state.id, event, by, fence=state.fence)

    async def customer_ends(self, state: Conversation, contact: Author) -> Outcome:
        """The customer leaves, whoever gets it in this moment: closed at once, unless an agent has to wrap up.

        An agent whose telephone still rings has not spoken with them.
        """

        async def end(state: Conversation) -> Outcome:
            if state.owner.kind == "agent" and not state.awaits_phone:
                event = Event(type=EventType.CUSTOMER_ENDED)
            else:
                agent = state.owner.agent if state.awaits_phone else None
                event = Event(type=EventType.RESOLVED, agent=agent, reason="customer_ended")
            return await self._happen(state.id, event, contact, fence=state.fence)

        return await self._again(state.id, end)

    async def speak(self, state: Conversation, contact: Author, locale: str) -> Outcome:
        """The customer chose a language."""
        return await self._happen(state.id, Event(type=EventType.LOCALE, locale=locale), contact, fence=None)

    async def rate(self, conversation: ConversationId, contact: Author, score: int, comment: str | None) -> Outcome:
        """The customer rates 1-5; the last rating counts."""
        event = Event(type=EventType.RATED, score=score, note=comment)
        return await self._happen(conversation, event, contact, fence=None)

    async def tell_sla(self, state: Conversation, promise: str, clock: str, notice: str) -> Outcome:
        """A promise is about to be broken, or is: told once."""
        event = Event(type=EventType.SLA, reason=promise, note=notice, clock=clock)
        draft = Draft(conversation=state.id, author=SYSTEM, dedupe=f"sla:{state.id}:{clock}:{notice}", event=event)
        return await self.lanes.append(draft)

    async def note_ticket(self, conversation: ConversationId, ticket: str) -> Outcome:
        """A complaint was registered."""
        draft = Draft(
            conversation=conversation,
            author=BOT,
            dedupe=f"ticket:{conversation}:{ticket}",
            event=Event(type=EventType.TICKET, ticket=ticket),
        )
        return await self.lanes.append(draft)

    async def call_happens(
        self, state: Conversation, what: str, key: str, values: Mapping[str, str], *, note: str | None = None
    ) -> Outcome:
        """Something happened to a call; the same `key` of a conversation is stored once. `note`: words of somebody."""
        event = Event(type=EventType.CALL, reason=what, values=values, note=note)
        draft = Draft(conversation=state.id, author=SYSTEM, dedupe=f"call:{state.id}:{key}", event=event)
        return await self.lanes.append(draft)

    async def attach(self, state: Conversation, key: str, parts: tuple[Part, ...]) -> Outcome:
        """Keep files of a conversation that agents alone may see (a recording); the same `key` is stored once."""
        draft = Draft(conversation=state.id, author=SYSTEM, kind="note", dedupe=f"file:{state.id}:{key}", parts=parts)
        return await self.lanes.append(draft)

    def _delivery(self, state: Conversation) -> DeliveryState:
        return "sent" if self.stored_is_sent(state.header.channel) else "queued"

    async def _again(self, conversation: ConversationId, act: Callable[[Conversation], Awaitable[Outcome]]) -> Outcome:
        """Do it on the state as it is, and again where that changed hands in the same moment."""
        for _ in range(TRIES - 1):
            with suppress(StaleFence):
                return await act(await self.lanes.state(conversation))
        return await act(await self.lanes.state(conversation))

    async def _happen(
        self,
        conversation: ConversationId,
        event: Event,
        author: Author,
        *,
        fence: int | None,
        understood: Understood | None = None,
    ) -> Outcome:
        once = new_id() if fence is None or event.type in _REPEATABLE else str(fence)
        outcome = await self.lanes.append(
            Draft(
                conversation=conversation,
                author=author,
                dedupe=f"{event.type}:{conversation}:{once}",
                event=event,
                understood=understood,
                fence=fence,
            )
        )
        stored = outcome.entry.event
        if outcome.duplicate and stored is not None and (stored.agent, stored.among) != (event.agent, event.among):
            raise StaleFence("Somebody else was faster.")
        return outcome


_REPEATABLE = frozenset({EventType.SNOOZED, EventType.WOKE, EventType.BOT_TURN, EventType.WRAPPED, EventType.EXTENDED})


def offered_conversation(offer: str) -> ConversationId:
    """The conversation of an offer id (`<conversation>.<seq>`)."""
    return ConversationId(offer.rpartition(".")[0])


def _placed(event: Event, place: Place) -> Event:
    return replace(
        event,
        queue=place.queue,
        priority=place.priority,
        needs=place.needs,
        since=place.since,
        known_to=place.known_to,
        route=place.route,
    )


def _agent_id(agent: Author) -> AgentId | None:
    return AgentId(agent.id) if agent.id else None
