"""What the customer is told when the conversation changes hands: honest, once, in their language."""

from collections.abc import Callable
from dataclasses import dataclass, field

from hub.acts import Acts
from hub.clock import Clock
from hub.lanes import Appended
from hub.model.calendar import Calendar
from hub.model.conversation import Conversation
from hub.model.entry import EventType
from hub.model.queues import ExitKind
from hub.staff import Staff
from hub.store.config import Config
from hub.workers import Pool

RETURNED = {"agent_gone": "agent_lost", "agent_silent": "agent_silent"}
"""What is said when a conversation comes back to its line; for every other reason, `back_in_line`.

With nobody there to take it over, the same sentence with `_alone` behind its name says so, over a form.
"""
ON_THE_LINE = frozenset({"live", "ringing", "joined", "held", "consult", "conference"})
"""Calls whose callers hear what is said to them."""
UNHEARD = frozenset({EventType.ACCEPTED, EventType.TAKEN, EventType.ASSIGNED, EventType.RESOLVED})
"""After these a caller hears a person, or nothing more."""


@dataclass(slots=True)
class Courtesy:
    """Tells customers.

    `staffed(queue)`: somebody who serves a queue is at work, or will be in a moment. `live(channel)`: somebody waits at
    the other end. Who has written a letter hears once that it has come, and then only from people. `spoken(channel)`:
    what is told is said to a caller, so what no caller would hear is not told.
    """

    acts: Acts
    staff: Staff
    config: Config
    clock: Clock
    staffed: Callable[[str], bool]
    live: Callable[[str], bool]
    spoken: Callable[[str], bool]
    pool: Pool = field(default_factory=lambda: Pool("courtesy"))

    def on_appended(self, event: Appended) -> None:
        """Every change of hands that a customer should hear of."""
        entry, state = event.entry, event.after
        if entry.event is not None and entry.event.reason == "agent_unreachable":
            return  # a caller has heard nothing of the phone that rang
        if self.spoken(state.header.channel) and not _is_heard(event):
            return
        if entry.moves_fence and entry.event is not None:
            self.pool.start(self._tell(entry.event.type, entry.event.reason, state), entry.event.type)
        elif any(part.type == "form_reply" for part in entry.parts) or event.before.deferred != state.deferred:
            self.pool.start(self._thank(state, entry.seq), "thanks")
        elif not event.before.contact_seq and state.contact_seq and state.owner.kind == "queue":
            self.pool.start(self._welcome_to_line(state), "welcome")

    async def remind(self, state: Conversation) -> None:
        """After a restart: who waits has heard that they wait."""
        gone = self.spoken(state.header.channel) and state.call not in ON_THE_LINE
        if state.contact_seq and not gone:
            await self._welcome_to_line(state)

    async def waited_out(self, state: Conversation, exit_: ExitKind) -> None:
        """Nobody came for too long: let the customer leave an address, or a number that is called back.

        Whoever saw the form already is not shown it again. Voicemail is the channel's own to offer, and to a caller the
        callback, too.
        """
        if not self.live(state.header.channel):
            await self._acknowledge(state)
        elif exit_ == "form":
            await self._ask(state, "long_wait_form")
        elif exit_ == "callback" and not self.spoken(state.header.channel):
            await self.acts.ask_form(state, "callback_form", "callback")

    async def _tell(self, kind: EventType, reason: str | None, state: Conversation) -> None:
        occasion = str(state.fence)
        if not self.live(state.header.channel):
            if kind is EventType.HANDOFF:
                await self._acknowledge(state)
            return
        match kind:
            case EventType.HANDOFF | EventType.REOPENED if state.owner.kind == "queue":
                await self._welcome_to_line(state)
            case EventType.ACCEPTED | EventType.TAKEN | EventType.ASSIGNED | EventType.REOPENED:
                name = self.staff.name(state.owner.agent) or ""
                await self.acts.tell(state, "agent_joined", once=occasion, agent=name)
            case EventType.RETURNED:
                await self._tell_returned(state, RETURNED.get(reason or "", "back_in_line"))
            case EventType.TRANSFERRED:
                await self.acts.tell(state, "transferred", once=occasion)
            case EventType.OVERFLOWED:
                await self._tell_overflowed(state)
            case EventType.TO_BOT:
                await self.acts.tell(state, "back_to_bot", once=occasion)
            case EventType.RESOLVED if reason == "idle":
                await self.acts.tell(state, "closed_idle", once=occasion)
            case _:
                return

    async def _tell_returned(self, state: Conversation, phrase: str) -> None:
        if self._served(state):
            await self.acts.tell(state, phrase, once=str(state.fence))
        else:
            await self._ask(state, f"{phrase}_alone")

    async def _tell_overflowed(self, state: Conversation) -> None:
        if self._served(state):
            await self.acts.tell(state, "overflowed", once=str(state.fence))
        else:
            await self._ask(state, "offline_form")

    async def _thank(self, state: Conversation, seq: int) -> None:
        """Who has left a message and an address has done all that is needed: no line, no second form."""
        phrase = "callback_thanks" if state.callback_at == state.contact_at else "form_thanks"
        await self.acts.tell(state, phrase, once=str(seq))

    async def _acknowledge(self, state: Conversation) -> None:
        await self.acts.tell(state, "letter_received", once="first")

    async def _welcome_to_line(self, state: Conversation) -> None:
        if not self.live(state.header.channel):
            await self._acknowledge(state)
            return
        hours_open = self._hours(state).is_open(self.clock.now())
        if hours_open and self._served(state):
            await self.acts.tell(state, "line_joined", once=str(state.asked_at or state.queued_at))
        else:
            await self._ask(state, "offline_form" if hours_open else "closed_form")

    async def _ask(self, state: Conversation, phrase: str) -> None:
        """A sentence over a form for a message and an address; to a caller, one that asks for nothing."""
        if self.spoken(state.header.channel):
            await self.acts.tell(state, f"{phrase}_call", once=str(state.queued_at))
        else:
            await self.acts.ask_form(state, phrase, "offline")

    def _hours(self, state: Conversation) -> Calendar:
        """The hours of the line; where it has none of its own, those of the inbox."""
        queue = self.config.queue_for(state.queue, state.header.inbox)
        inbox = self.config.inbox(state.header.inbox)
        named = self.config.calendars.get(queue.calendar) if queue is not None else None
        return named or (inbox.calendar if inbox is not None else Calendar())

    def _served(self, state: Conversation) -> bool:
        """Whether anybody is at work who could take the conversation over."""
        queue = self.config.queue_for(state.queue, state.header.inbox)
        return queue is not None and self.staffed(queue.id)


def _is_heard(event: Appended) -> bool:
    """Whether a caller hears what is told of an event; who leaves a number or a message has heard all there is."""
    happened, stands = event.entry.event, event.after.call
    if happened is None or stands not in ON_THE_LINE:
        return False
    return happened.type not in UNHEARD and happened.reason not in {"callback", "voicemail"}
