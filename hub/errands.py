"""What the bot's actions need of the hub: a ticket for a complaint, and the hours that the hub itself keeps."""

from dataclasses import dataclass
from hashlib import sha256

from bot.hours import OpeningHours, opening_hours
from hub.acts import Acts
from hub.clock import Clock
from hub.lanes import Lanes
from hub.model.calendar import Calendar
from hub.model.ids import ConversationId
from hub.model.studio import TRIAL
from hub.store.config import Config
from hub.store.tickets import Tickets


@dataclass(frozen=True, slots=True)
class Errands:
    """Done for the bot, in its conversation."""

    acts: Acts
    lanes: Lanes
    config: Config
    tickets: Tickets
    clock: Clock

    async def register_ticket(self, conversation: str, text: str) -> str:
        """Register a complaint; the same words of the same conversation are one ticket. Returns its number."""
        if conversation.startswith(TRIAL):
            return "T-0"
        key = sha256(f"{conversation}\0{text}".encode()).hexdigest()
        number = await self.tickets.register(conversation=conversation, text=text, key=key, now=self.clock.now())
        await self.acts.note_ticket(ConversationId(conversation), number)
        return number

    async def hours(self, conversation: str) -> OpeningHours:
        """The hours of the conversation's inbox, as they are now."""
        calendar = await self._calendar(conversation)
        return opening_hours(
            week=calendar.week,
            time_zone=calendar.time_zone,
            at=self.clock.now(),
            holidays=calendar.holidays_from(self.clock.now()),
            always_open=calendar.always_open,
        )

    async def _calendar(self, conversation: str) -> Calendar:
        if conversation.startswith(TRIAL):
            return Calendar()
        state = await self.lanes.state(ConversationId(conversation))
        inbox = self.config.inbox(state.header.inbox)
        return inbox.calendar if inbox else Calendar()
