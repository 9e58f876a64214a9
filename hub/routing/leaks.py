"""Capacity that was reserved for an offer which was never made, because whoever reserved it is gone, becomes free.

Beside the routing, which does not wait for it: to be sure of a leak is to read the conversation's timeline.
"""

import asyncio
from dataclasses import dataclass

import structlog

from hub.clock import Clock
from hub.lanes import Lanes
from hub.model.config import Load
from hub.model.ids import AgentId, ConversationId
from hub.staff import Staff

log = structlog.get_logger(__name__)

LEAK_MS = 6_000
"""A reservation without an offer is younger than this, or the store has refused the offer by now."""


@dataclass(frozen=True, slots=True)
class Leaks:
    """Finds them, and releases them."""

    lanes: Lanes
    staff: Staff
    clock: Clock

    async def run(self) -> None:
        """Look for ever."""
        while True:
            await asyncio.sleep(LEAK_MS / 1000)
            await self.release()

    async def release(self) -> None:
        """Look once."""
        now = self.clock.now()
        for agent in tuple(self.staff.agents):
            for item in agent.load:
                if now - item.since >= LEAK_MS and not await self._stands(agent.id, item):
                    log.info("reservation_released", agent=agent.id, conversation=item.conversation)
                    await self.staff.drop(agent.id, item)

    async def _stands(self, agent: AgentId, item: Load) -> bool:
        """Whether it is the agent's, or offered to them: as far as is known here, and if not, as it is stored."""
        conversation = ConversationId(item.conversation)
        known = await self.lanes.state(conversation)
        return agent in known.owner.asked or agent in (await self.lanes.newest(conversation)).owner.asked
