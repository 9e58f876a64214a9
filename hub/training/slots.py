"""The bot in two slots: every conversation keeps the one that it began with; a new version waits until it is loaded."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

import structlog

from bot.contract import Bot, BotStatus, Reply, Turn
from hub.clock import Clock
from hub.errors import Conflict, HubError
from hub.model.rollout import BUILT_IN, Pending, Rollout, Slot, begin, give_up, place
from hub.model.studio import EventKind, VersionEvent
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
        """See `Bot.ready`: of the slot that most new conversations get."""
        return await self.bots[self.rollout.main].ready()

    async def run(self) -> None:
        """Follow what admins decide, for ever."""
        while True:
            await self.look()
            await asyncio.sleep(LOOK_SECONDS)

    async def look(self) -> None:
        """Read the present rollout, and take its pending version a step further where that can be done by now."""
        try:
            self.rollout = seen = await self.rollouts.get()
            if (ahead := await self._ahead(seen)) is not seen:
                self.rollout = await self.rollouts.put(ahead)
                await self._tell(seen, ahead)
        except Conflict:
            self.rollout = await self.rollouts.get()
        except HubError as error:
            log.warning("rollout_not_read", code=error.code)

    async def _ahead(self, seen: Rollout) -> Rollout:
        pending, now = seen.pending, self.clock.now()
        if pending is None:
            return seen
        if pending.waits:
            free = seen.settled(now) and not seen.living(pending.slot, await self.rollouts.talks())
            return place(seen, now) if free else seen
        return begin(seen, now) if await self._loaded(pending) else give_up(seen, now)

    async def _tell(self, before: Rollout, after: Rollout) -> None:
        pending = before.pending
        if pending is None or (after.pending is not None and after.stuck is None):
            return
        kind: EventKind = "live" if after.stuck is None else "stuck"
        log.info("version_arrived", fate=kind, version=pending.number, share=pending.share)
        if not (pending.returns and kind == "live"):
            await self.versions.note(pending.number, VersionEvent(kind=kind, at=self.clock.now(), share=pending.share))

    async def _loaded(self, pending: Pending) -> bool:
        """Whether the slot's server has the model; the product's own is what is no version's."""
        status = await self.bots[pending.slot].ready()
        if not status.available:
            return False
        if pending.number == BUILT_IN:
            return not await self.versions.of_model(status.model_id or "")
        made = (await self.versions.get(pending.number)).made
        return made is not None and made.id == status.model_id
