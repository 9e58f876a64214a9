"""One process of all does a thing: leases in the store, renewed while the thing is done."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import structlog

from channels.tasks import end
from hub.clock import Clock
from hub.errors import HubError, Unavailable
from hub.model.ids import new_id
from hub.store.notes import Notes

log = structlog.get_logger(__name__)

LEASE_MS = 30_000
RENEW_SECONDS = 10.0
ASK_SECONDS = 2.0


@dataclass(slots=True)
class Leases:
    """This process's leases; `holder` names it."""

    notes: Notes
    clock: Clock
    holder: str = field(default_factory=new_id)

    @asynccontextmanager
    async def alone(self, name: str) -> AsyncIterator[None]:
        """Wait for a lease and hold it for the block. Within a process every block is a holder of its own, too.

        Raises:
            Unavailable: the lease was lost; the block has been cancelled.
        """
        holder = f"{self.holder}.{new_id()}"
        try:
            await self._wait(name, holder)
            async with self._renewed(name, holder) as held:
                try:
                    async with held:
                        yield
                except TimeoutError:
                    if held.expired():
                        raise Unavailable("Somebody else does this now.") from None
                    raise
        finally:
            # Also when the wait was cancelled: nobody knows whether the last try took it.
            with suppress(HubError):
                await asyncio.shield(self.notes.release(name, holder))

    async def _wait(self, name: str, holder: str) -> None:
        while True:
            if await self._take(name, holder):
                return
            await asyncio.sleep(ASK_SECONDS)

    @asynccontextmanager
    async def _renewed(self, name: str, holder: str) -> AsyncIterator[asyncio.Timeout]:
        held = asyncio.timeout(None)
        renewing = asyncio.create_task(self._renew(name, holder, held), name=f"lease-{name}")
        try:
            yield held
        finally:
            await end([renewing])

    async def _take(self, name: str, holder: str) -> bool:
        now = self.clock.now()
        return await self.notes.lease(name, holder, now, now + LEASE_MS)

    async def _renew(self, name: str, holder: str, held: asyncio.Timeout) -> None:
        loop = asyncio.get_running_loop()
        good_until = loop.time() + LEASE_MS / 1000
        while loop.time() < good_until:
            await asyncio.sleep(RENEW_SECONDS)
            try:
                if not await self._take(name, holder):
                    break
                good_until = loop.time() + LEASE_MS / 1000
            except HubError:
                log.warning("lease_not_renewed", lease=name)
        log.warning("lease_lost", lease=name)
        held.reschedule(loop.time())
