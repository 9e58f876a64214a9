"""The other system of the API channel: a real HTTP server that takes messages, refuses them, or misbehaves."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from aiohttp import web


@dataclass(frozen=True, slots=True)
class Taken:
    """A request that came in. `status`: what it was answered with; see `Callback`."""

    headers: dict[str, str]
    body: bytes
    status: int = 200

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)

    def signed_with(self, secret: str) -> bool:
        """Whether one of the signatures fits; written apart from the product's own code."""
        signed = f"{self.headers['webhook-id']}.{self.headers['webhook-timestamp']}.".encode() + self.body
        mac = base64.b64encode(hmac.digest(secret.encode(), signed, hashlib.sha256)).decode()
        return f"v1,{mac}" in self.headers["webhook-signature"].split(" ")


class Callback:
    """Use as `async with Callback() as other`.

    Attributes:
        url: Where it takes messages.
        status: What it answers with; 0 hangs, -1 cuts the line.
        headers: Sent along with the answer.
        mood: Gives both anew for each request, if it is there.
        answer: The body of the answer.
        taken: What came in.
        files: What it serves under `/files/<name>`.
    """

    def __init__(self) -> None:
        self.url = ""
        self.status = 200
        self.headers: dict[str, str] = {}
        self.mood: Callable[[], tuple[int, dict[str, str]]] | None = None
        self.answer: bytes = b""
        self.taken: list[Taken] = []
        self.files: dict[str, bytes] = {}
        self._heard = asyncio.Condition()
        self._closing = asyncio.Event()
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_post("/hook", self._hook)
        app.router.add_get("/files/{name}", self._file)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}/hook"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.set()
        if self._runner is not None:
            await self._runner.cleanup()

    def file_url(self, name: str) -> str:
        """Where it serves a file."""
        return self.url.replace("/hook", f"/files/{name}")

    async def says(self, text: str, seconds: float = 20) -> Taken:
        """Wait for a message with these words."""

        def found() -> Taken | None:
            return next((one for one in self.taken if text in one.json["parts"][0].get("text", "")), None)

        async with asyncio.timeout(seconds), self._heard:
            return await self._heard.wait_for(found)  # type: ignore[return-value]

    async def _hook(self, request: web.Request) -> web.StreamResponse:
        status, headers = self.mood() if self.mood is not None else (self.status, self.headers)
        sent = {name.lower(): value for name, value in request.headers.items()}
        async with self._heard:
            self.taken.append(Taken(sent, await request.read(), status))
            self._heard.notify_all()
        if status == 0:
            await self._closing.wait()
        if status == -1 and request.transport is not None:
            request.transport.abort()
        return web.Response(status=max(status, 200), body=self.answer, headers=headers)

    async def _file(self, request: web.Request) -> web.StreamResponse:
        data = self.files.get(request.match_info["name"])
        return web.Response(status=max(self.status, 200) if data is not None else 404, body=data or b"")
