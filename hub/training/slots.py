"""The bot in two slots: every conversation keeps the one that it began with; a new version waits until it is loaded."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

import structlog

from bot.contract import Bot, BotStatus, Reply, Turn
from hub.clock import Clock
from hub.errors import Conflict, HubError
from hub.model.studio import BUILT_IN, Rollout, Slot, begin
from hub.store.rollouts import Rollouts
from hub.store.versions import Versions

log = structlog.get_logger(__name__)

LOOK_SECONDS = 1.0


@dataclass(slots=True)
class Slotted:
    """A `Bot` made of one for each slot. `rollout`: as last seen; a store that is away leaves it as it is."""

    bots: Mapping[Slot, Bot]
    rollouts: Rollouts
    versions: Versions
    clock: Clock
    rollout: Rollout = field(default_factory=Rollout)

    async def turn(self, turn: Turn) -> Reply:
        """See `Bot.turn`."""
        return await self.bots[self.rollout.slot_of(turn.conversation, turn.began_at)].turn(turn)

    async def forget(self, conversation: str) -> None:
        """See `Bot.forget`. The slots share their memory, but not what they noticed of a conversation."""
        active = self.rollout.steps[-1].slot
        for slot in sorted(self.rollout.slots, key=lambda slot: slot != active):
            await self.bots[slot].forget(conversation)

    async def ready(self) -> BotStatus:
        """See `Bot.ready`: of the slot that new conversations get."""
        return await self.bots[self.rollout.steps[-1].slot].ready()

    async def run(self) -> None:
        """Follow what admins decide, for ever."""
        while True:
            await self.look()
            await asyncio.sleep(LOOK_SECONDS)

    async def look(self) -> None:
        """Read the present rollout, and begin its pending step once the slot's server has the version's model."""
        try:
            self.rollout = await self.rollouts.get()
            pending = self.rollout.pending
            if pending is not None and await self._loaded(pending.slot):
                self.rollout = await self.rollouts.put(begin(self.rollout, self.clock.now()))
                log.info("version_active", version=self.rollout.slots[pending.slot], share=pending.share)
        except Conflict:
            self.rollout = await self.rollouts.get()
        except HubError as error:
            log.warning("rollout_not_read", code=error.code)

    async def _loaded(self, slot: Slot) -> bool:
        number = self.rollout.slots[slot]
        status = await self.bots[slot].ready()
        if not status.available:
            return False
        made = (await self.versions.get(number)).made if number != BUILT_IN else None
        return number == BUILT_IN or (made is not None and made.id == status.model_id)
