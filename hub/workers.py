"""Supervised tasks: named, restarted with back-off, ended with their owner."""

import asyncio
import inspect
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import structlog

from channels.tasks import end
from hub.errors import HubError, Unavailable

log = structlog.get_logger(__name__)

FIRST_PAUSE = 0.5
LONGEST_PAUSE = 30.0


@asynccontextmanager
async def supervised(name: str, work: Callable[[], Awaitable[None]]) -> AsyncIterator[None]:
    """Run `work` for as long as the block lasts; start it again after a failure, later each time it fails at once.

    A store that is away is no failure of the worker's: it tries again soon, because people wait for the deadlines.
    """
    task = asyncio.create_task(_forever(name, work), name=name)
    try:
        yield
    finally:
        await end([task])


async def _forever(name: str, work: Callable[[], Awaitable[None]]) -> None:
    loop = asyncio.get_running_loop()
    pause = FIRST_PAUSE
    while True:
        began = loop.time()
        try:
            await work()
        except Unavailable as error:
            pause = FIRST_PAUSE
            log.warning("worker_waits", worker=name, code=error.code, again_in_s=pause)
        except Exception:  # a worker's failure is logged and retried, never spread
            pause = FIRST_PAUSE if loop.time() - began > LONGEST_PAUSE else pause
            log.exception("worker_failed", worker=name, again_in_s=pause)
        await asyncio.sleep(pause)
        pause = min(pause * 2, LONGEST_PAUSE)


class Pool:
    """Tasks that are started and not waited for; their failures are logged, and they end with the block."""

    def __init__(self, name: str) -> None:
        """Name the pool for logs."""
        self._name = name
        self._tasks: set[asyncio.Task[None]] = set()
        self._closed = False

    def __len__(self) -> int:
        """How many run now."""
        return len(self._tasks)

    def start(self, work: Awaitable[None], name: str = "") -> None:
        """Run `work` in the background; what comes after the end is left to the next start, for the store knows it."""
        if self._closed:
            if inspect.iscoroutine(work):
                work.close()
            return
        task = asyncio.ensure_future(self._run(work, name))
        task.set_name(f"{self._name}:{name}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def drained(self) -> None:
        """Until none of the tasks runs that run now."""
        if self._tasks:
            await asyncio.wait(self._tasks)

    async def _run(self, work: Awaitable[None], name: str) -> None:
        try:
            await work
        except HubError as error:  # the driver's own words may repeat a document: only the code is logged
            log.warning("task_not_done", pool=self._name, task=name, code=error.code)
        except Exception:  # logged; the store still knows the unfinished work
            log.exception("task_failed", pool=self._name, task=name)

    @asynccontextmanager
    async def open(self, *, drain_seconds: float = 5.0) -> AsyncIterator[None]:
        """At the end of the block, wait a little for what runs, then cancel it."""
        try:
            yield
        finally:
            if self._tasks:
                await asyncio.wait(self._tasks, timeout=drain_seconds)
            self._closed = True
            await end(self._tasks)
