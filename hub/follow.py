"""Several processes over one database: what another one wrote is read, and told here as if it had been written here.

The store's change stream wakes; a full look now and then is the safety net for what it did not tell.
"""

import asyncio
from dataclasses import dataclass

from hub.lanes import Lanes
from hub.model.ids import ConversationId
from hub.routing.router import Router
from hub.staff import Staff
from hub.store.changes import AgentWritten, changes
from hub.store.conversations import Conversations
from hub.store.database import Database

LOOK_SECONDS = 2.0


@dataclass(slots=True)
class Follow:
    """Keeps the router's and the staff's memory up with what other processes do."""

    database: Database
    lanes: Lanes
    staff: Staff
    router: Router
    conversations: Conversations

    async def run(self) -> None:
        """Follow for ever."""
        async for change in changes(self.database):
            if isinstance(change, AgentWritten):
                await self.staff.refresh(change.agent)
            else:
                self.lanes.heard_of(change.conversation, change.seq)
                await self._look_at(change.conversation)

    async def run_looks(self) -> None:
        """Look at the whole line again and again."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            await self.look()

    async def look(self) -> None:
        """Look at the whole line and at everybody who serves it."""
        stored = {row.state.id for kind in ("queue", "offer") for row in await self.conversations.unresolved(kind=kind)}
        for conversation in stored | {state.id for state in self.router.places.in_order()}:
            await self._look_at(conversation)
        for agent in await self.staff.store.all():
            await self.staff.refresh(agent.id)

    async def _look_at(self, conversation: ConversationId) -> None:
        self.router.follow(await self.lanes.newest(conversation))
        self.router.wake()
