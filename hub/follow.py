"""Several processes over one database: what another one wrote is read, and told here as if it had been written here.

The store's change stream wakes; a full look now and then is the safety net for what it did not tell.
"""

from dataclasses import dataclass

from hub.lanes import Lanes
from hub.model.ids import ConversationId
from hub.routing.router import Router
from hub.staff import Staff
from hub.store.changes import AgentWritten, changes, config_changes
from hub.store.config import Config
from hub.store.conversations import Conversations
from hub.store.database import Database

LOOK_SECONDS = 2.0


async def follow_config(database: Database, config: Config) -> None:
    """Have what admins decide in any process count in this one, for ever."""
    async for _ in config_changes(database):
        await config.refresh()


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
