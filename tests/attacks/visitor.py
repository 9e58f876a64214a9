"""A customer's chat client, as plain as a hostile one would be."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from hub.model.ids import new_id
from tests.hub_server import Browser


@dataclass(slots=True)
class Visitor:
    """A visitor with a session of the chat."""

    browser: Browser
    access: str = ""
    visitor: str = ""
    _ids: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    @classmethod
    async def arrive(cls, browser: Browser) -> Visitor:
        """Open the chat: a new visitor with an access token."""
        answer = await browser.request("POST", "/chat/shop/session", json={}, headers={"Origin": browser.url})
        assert answer.status == 200, answer.body
        return cls(browser, answer.json["access"], answer.json["visitor"])

    @asynccontextmanager
    async def socket(self, **hello: Any) -> AsyncIterator[tuple[aiohttp.ClientWebSocketResponse, dict[str, Any]]]:
        """A socket after its hello, with the first frame that came back."""
        url, origin = self.browser.url, {"Origin": self.browser.url}
        async with self.browser.session.ws_connect(f"{url}/chat/shop/socket", headers=origin) as ws:
            await ws.send_json({"type": "hello", "token": self.access, **hello})
            yield ws, await asyncio.wait_for(ws.receive_json(), 15)

    async def say(self, ws: aiohttp.ClientWebSocketResponse, text: str, **more: Any) -> dict[str, Any]:
        """Send a message; return its result or failure."""
        number = next(self._ids)
        await ws.send_json({"type": "send", "id": number, "client_id": new_id(), "text": text, **more})
        return await answer_to(ws, number)


async def answer_to(ws: aiohttp.ClientWebSocketResponse, number: int) -> dict[str, Any]:
    """Read until the answer to a command comes; everything before it is dropped."""
    async with asyncio.timeout(15):
        while True:
            frame: dict[str, Any] = await ws.receive_json()
            if frame.get("id") == number:
                return frame


async def until(ws: aiohttp.ClientWebSocketResponse, kind: str) -> dict[str, Any]:
    """Read until a frame of a type comes."""
    async with asyncio.timeout(15):
        while True:
            frame: dict[str, Any] = await ws.receive_json()
            if frame["type"] == kind:
                return frame
