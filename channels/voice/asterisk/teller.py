"""What the hub is told of calls, in the order in which it happened, until it has taken it."""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from channels.tasks import end
from channels.voice.asterisk.webhook import Application, Payload


@dataclass(slots=True)
class Teller:
    """One row of news for each call; a hub that is away gets it later. It outlives the connection to Asterisk."""

    application: Application
    _rows: dict[str, deque[tuple[str, Payload, Callable[[], None] | None]]] = field(default_factory=dict)
    _tasks: dict[str, asyncio.Task[None]] = field(default_factory=dict)

    def tell(self, sid: str, hook: str, payload: Payload, then: Callable[[], None] | None = None) -> None:
        """Put it at the end of the call's row; `then` is called once it is taken."""
        self._rows.setdefault(sid, deque()).append((hook, payload, then))
        if sid not in self._tasks:
            self._tasks[sid] = asyncio.create_task(self._row(sid), name=f"voice-news:{sid}")

    async def _row(self, sid: str) -> None:
        row = self._rows[sid]
        while row:
            hook, payload, then = row[0]
            await self.application.tell(hook, payload)
            row.popleft()
            if then is not None:
                then()
        del self._rows[sid], self._tasks[sid]

    async def close(self) -> None:
        """Stop; what was not taken is told by the gateway's next start as far as the journal knows it."""
        await end(list(self._tasks.values()))
