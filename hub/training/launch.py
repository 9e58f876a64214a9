"""A version on its way to customers, and back: its gates, activation, share, cancelling, rolling back."""

from __future__ import annotations

from dataclasses import dataclass

from hub.clock import Clock
from hub.errors import Conflict
from hub.model.rollout import BUILT_IN, Rollout, cancel, place, prepare, roll_back
from hub.model.studio import Gate, VersionEvent
from hub.store.rollouts import Rollouts
from hub.store.stories import Stories
from hub.store.studio import StudioStore
from hub.store.versions import Version, Versions
from hub.training.comparing import compared
from hub.training.gates import gates_of

SHORTEST_REASON = 10


@dataclass(frozen=True, slots=True)
class Launch:
    """What is done to versions that are ready. Everything is written into the history of the versions."""

    store: StudioStore
    versions: Versions
    rollouts: Rollouts
    stories: Stories
    clock: Clock

    async def gates(self, version: Version) -> list[Gate]:
        """The conditions of activation, with this version's figures against the active one."""
        if version.report is None:
            return []
        active = (await self.rollouts.get()).active
        live, broken = None, version.broken
        if active not in (BUILT_IN, version.number):
            live = (await self.versions.get(active)).report
            if active != version.base:
                test = [one for one in (await self.versions.snapshot(version.number)).examples if one.split == "test"]
                _, broken = await compared(self.versions, active, version.report, test)
        pins = {one.id: one.version for one in await self.stories.all()}
        return gates_of(await self.store.gates(), version, live, len(broken) if live is not None else 0, pins)

    async def activate(self, number: int, share: int, reason: str, *, by: str = "", at_once: bool = False) -> Rollout:
        """Have a version loaded and given its share of new conversations.

        While its slot has conversations of another version it waits, unless `at_once`: those go to the version that
        answers then.

        Raises:
            Conflict: `not_ready`; `gates`: a condition is not met, or it shall not wait, and no reason was written; or
                of `prepare`.
        """
        version, reason = await self.versions.get(number), reason.strip()
        if version.state != "ready" or version.made is None:
            raise Conflict("This version has no model.", code="not_ready")
        await self.versions.model(version)  # a damaged one never gets near a customer
        unmet = tuple(one.name for one in await self.gates(version) if not one.passed)
        if (unmet or at_once) and len(reason) < SHORTEST_REASON:
            why = f"Not met: {', '.join(unmet)}." if unmet else "Conversations would change their version."
            raise Conflict(f"{why} Write down why it is to be activated still.", code="gates")
        now = self.clock.now()
        wanted = prepare(await self.rollouts.get(), number, share, now)
        living = await self.waits_for(wanted)
        ready = living == 0 and wanted.settled(now)
        placed = await self.rollouts.put(place(wanted, now) if at_once or ready else wanted)
        if (await self.versions.get(number)).made is None:  # its model was pruned in this very moment
            await self.rollouts.put(cancel(placed, now))
            raise Conflict("This version has no model.", code="not_ready")
        moved = living if at_once else 0
        deed = VersionEvent(kind="activated", at=now, by=by, share=share, reason=reason, unmet=unmet, moved=moved)
        await self.versions.note(number, deed)
        return placed

    async def waits_for(self, rollout: Rollout) -> int:
        """How many conversations the slot still has that the pending version waits for."""
        if rollout.pending is None or not rollout.pending.waits:
            return 0
        return rollout.living(rollout.pending.slot, await self.rollouts.talks())

    async def cancel(self, *, by: str = "") -> Rollout:
        """Take back what waits or is being loaded; everything stays as it was. Raises Conflict (`too_late`)."""
        before, now = await self.rollouts.get(), self.clock.now()
        after = await self.rollouts.put(cancel(before, now))
        if before.pending is not None:
            await self.versions.note(before.pending.number, VersionEvent(kind="cancelled", at=now, by=by))
        return after

    async def roll_back(self, *, by: str = "") -> Rollout:
        """Undo the last activation, also for the conversations that it was given. Raises Conflict."""
        before, now = await self.rollouts.get(), self.clock.now()
        after = await self.rollouts.put(roll_back(before, now))
        gone, back = before.way_back or (BUILT_IN, BUILT_IN)
        await self.versions.note(gone, VersionEvent(kind="rolled_back", at=now, by=by))
        await self.versions.note(back, VersionEvent(kind="returned", at=now, by=by))
        return after
