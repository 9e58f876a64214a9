"""What waits to be written beside the path of a message: in order, and again while the store is away."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

import structlog

from hub.errors import Unavailable

log = structlog.get_logger(__name__)

T = TypeVar("T")


@dataclass(slots=True)
class Backlog(Generic[T]):
    """Things that `write` puts down; it must bear to be given the same ones twice."""

    name: str
    write: Callable[[list[T]], Awaitable[None]]
    _waiting: list[T] = field(default_factory=list)
    _wake: asyncio.Event = field(default_factory=asyncio.Event)
    _writing: asyncio.Lock = field(default_factory=asyncio.Lock)

    def add(self, things: Iterable[T]) -> None:
        """These are to be written."""
        self._waiting.extend(things)
        if self._waiting:
            self._wake.set()

    async def run(self) -> None:
        """Write what waits, for ever."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            await self.flush()

    async def flush(self) -> None:
        """Write what waits now; who asks while it is being written waits for that, too."""
        async with self._writing:
            things, self._waiting = self._waiting, []
            try:
                await self.write(things)
            except Unavailable:
                log.warning("backlog_late", of=self.name, waiting=len(things))
                self._waiting = things + self._waiting
                await asyncio.sleep(1)
                self._wake.set()
