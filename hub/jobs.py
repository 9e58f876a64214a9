"""Work on stored jobs, each when it is due: held while it is done, tried again later, given up in the end."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import ClassVar, Generic

import structlog

from channels.contract import ChannelError
from channels.tasks import end
from hub.clock import Clock
from hub.errors import HubError
from hub.model.ids import FileId
from hub.store.jobs import J, Jobs

log = structlog.get_logger(__name__)

HELD_MS = 60_000
RENEWED_SECONDS = 20.0


@dataclass(slots=True, kw_only=True)
class JobLoop(ABC, Generic[J]):
    """Does the jobs of a store, one after the other; a kill repeats the one. Several may run side by side.

    `pauses`: seconds after each failed try; then it is given up. `look_seconds`: how soon what nobody told of is found.
    """

    pauses: ClassVar[tuple[int, ...]]
    look_seconds: ClassVar[float]

    jobs: Jobs[J]
    clock: Clock
    _wake: asyncio.Event = field(default_factory=asyncio.Event)

    @abstractmethod
    async def do(self, job: J) -> None:
        """Do it; whatever it raises, it is tried again while that can help."""

    @abstractmethod
    async def give_up(self, job: J) -> None:
        """It will not be done: say so, and have it rest or be done with."""

    async def recover(self) -> None:
        """Make good what a crash left."""

    async def now(self, file: FileId) -> None:
        """A job is due now, where there is one."""
        if await self.jobs.put_off(file, self.clock.now()):
            self._wake.set()

    async def run(self) -> None:
        """Work for ever."""
        await self.recover()
        while True:
            self._wake.clear()
            now = self.clock.now()
            job = await self.jobs.claim(now, now + HELD_MS)
            if job is not None:
                await self._try(job)
                continue
            with suppress(TimeoutError):
                async with asyncio.timeout(self.look_seconds):
                    await self._wake.wait()

    async def _try(self, job: J) -> None:
        told = {"jobs": self.jobs.name, "file": job.file, "tries": job.tries}
        try:
            if job.tries > len(self.pauses) + 1:
                raise ChannelError("interrupted", "It was ended in the middle each time.")
            async with self._held(job):
                await self.do(job)
        except (ChannelError, HubError) as error:
            log.warning("job_not_done", **told, code=error.code, why=error.text)
            await self._failed(job, again=error.retryable or error.code == "timeout")  # slow once, faster next time
        except Exception:  # one job's trouble is not that of those behind it
            log.exception("job_not_done", **told)
            await self._failed(job, again=True)
        else:
            await self.jobs.done(job.file)

    async def _failed(self, job: J, *, again: bool) -> None:
        if again and job.tries <= len(self.pauses):
            await self.jobs.put_off(job.file, self.clock.now() + self.pauses[job.tries - 1] * 1_000)
        else:
            await self.give_up(job)

    @asynccontextmanager
    async def _held(self, job: J) -> AsyncIterator[None]:
        """Nobody else claims it meanwhile."""

        async def renew() -> None:
            while True:
                await asyncio.sleep(RENEWED_SECONDS)
                with suppress(HubError):
                    await self.jobs.put_off(job.file, self.clock.now() + HELD_MS)

        task = asyncio.create_task(renew(), name=f"hold-{self.jobs.name}")
        try:
            yield
        finally:
            await end([task])
