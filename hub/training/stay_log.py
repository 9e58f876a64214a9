"""Records stays with the bot as they happen, and after a crash what it left unwritten."""

from __future__ import annotations

from dataclasses import dataclass, field

import structlog

from hub.backlog import Backlog
from hub.clock import Clock
from hub.lanes import Appended
from hub.model.bot_stays import BotStay, news_of, stay_news
from hub.model.ids import ConversationId
from hub.store.bot_stays import BotStays
from hub.store.conversations import Conversations
from hub.store.entries import Entries

log = structlog.get_logger(__name__)

LATELY = 2_000
"""So many of the newest entries of all are looked at again after a start; a crash leaves a second's worth unwritten."""


@dataclass(slots=True)
class StayLog:
    """Turns what happens into stays, in the background; writing one twice changes nothing."""

    store: BotStays
    conversations: Conversations
    entries: Entries
    clock: Clock
    backlog: Backlog[BotStay] = field(init=False)

    def __post_init__(self) -> None:
        """Nothing waits yet."""
        self.backlog = Backlog("bot_stays", self.store.record)

    def on_appended(self, event: Appended) -> None:
        """Something happened to a stay, perhaps."""
        if (news := stay_news(event.before, event.after, event.entry)) is not None:
            self.backlog.add([news])

    async def repair(self) -> None:
        """Look at timelines again: at the first start at all of them, later at what a crash may have left unwritten."""
        began = self.clock.now()
        walked = await self.store.walked()
        if walked:
            perhaps = await self.store.running() | await self.entries.written_lately(LATELY)
        else:
            perhaps = set(await self.conversations.ids())
        for one in perhaps:
            await self._walk(one)
        if not walked:
            await self.store.set_walked(began)
        log.info("bot_stays_repaired", timelines=len(perhaps))

    async def _walk(self, conversation: ConversationId) -> None:
        state = await self.conversations.load(conversation)
        if state is not None:
            await self.store.record(list(news_of(state, await self.entries.all_of(conversation))))
