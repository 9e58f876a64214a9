"""A desk's socket in a test: it asks and waits, and keeps what comes in between."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any

import aiohttp


class DeskSocket:
    """Speaks the desk's protocol over an authenticated websocket."""

    def __init__(self, ws: aiohttp.ClientWebSocketResponse) -> None:
        self.ws = ws
        self.last = 0
        self.heard: deque[dict[str, Any]] = deque()

    async def ask(self, kind: str, **fields: object) -> dict[str, Any]:
        """Send a command; its result or error. Events that come before are kept for `next`."""
        self.last += 1
        await self.ws.send_json({"type": kind, "id": self.last, **fields})
        while True:
            frame: dict[str, Any] = await self.ws.receive_json(timeout=10)
            if frame.get("id") == self.last and frame["type"] in {"result", "error"}:
                return frame
            self.heard.append(frame)

    async def next(self) -> dict[str, Any]:
        """The next event."""
        if self.heard:
            return self.heard.popleft()
        frame: dict[str, Any] = await self.ws.receive_json(timeout=10)
        return frame

    async def until(self, fits: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """The next event that fits; those before it are dropped."""
        while not fits(frame := await self.next()):
            pass
        return frame
