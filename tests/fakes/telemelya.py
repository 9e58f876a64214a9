"""telemelya, a bot API server that others wrote: installed once into `var/tools`, run for a test."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from channels.telegram.adapter import SECRET_HEADER

ROOT = Path(__file__).parents[2]
ENVIRONMENT = ROOT / "var" / "tools" / "telegram-peer"
UV = shutil.which("uv", path=f"{os.environ.get('PATH', '')}{os.pathsep}{ROOT / 'var/tools/uv/bin'}")


@dataclass(frozen=True, slots=True)
class Telemelya:
    """A running server; the person's side of a chat."""

    url: str
    token: str
    session: aiohttp.ClientSession

    async def update(self, **update: Any) -> None:
        """Let the person do something; returns when the bot has answered the webhook with 200."""
        body = {"chat_id": 42, **update}
        answer = await self._post("send_update", params={"bot_token": self.token}, json=body)
        assert answer["delivery"]["status_code"] == 200, answer

    async def upload(self, name: str, data: bytes) -> str:
        """A file of the person's; its id."""
        form = aiohttp.FormData()
        form.add_field("file", data, filename=name, content_type="image/jpeg")
        return str((await self._post("upload_media", data=form))["file_id"])

    async def responses(self) -> list[dict[str, Any]]:
        """What the bot has called, in order."""
        async with self.session.get(f"{self.url}/api/v1/test/responses") as response:
            return list((await response.json())["responses"])

    async def called(self, method: str) -> list[dict[str, Any]]:
        """Wait until the bot has called a method; all such calls so far."""
        async with asyncio.timeout(20):
            while not (found := [one for one in await self.responses() if one["method"] == method]):
                await asyncio.sleep(0.05)
        return found

    async def hooked(self, url: str, instead: str) -> None:
        """Wait until the bot has set its webhook; then call it by way of another address."""
        base = f"{self.url}/bot{self.token}"
        async with asyncio.timeout(20):
            while True:
                async with self.session.post(f"{base}/getWebhookInfo") as response:
                    if (await response.json())["result"]["url"] == url:
                        break
                await asyncio.sleep(0.05)
        path = url.partition("/channels/")[2]
        async with self.session.post(f"{base}/setWebhook", json={"url": f"{instead}/channels/{path}"}) as response:
            assert (await response.json())["ok"]

    async def media(self, file_id: str) -> bytes:
        """The bytes of a file that the bot has sent."""
        async with self.session.get(f"{self.url}/api/v1/test/media/{file_id}") as response:
            return await response.read()

    async def _post(self, name: str, **options: Any) -> dict[str, Any]:
        async with self.session.post(f"{self.url}/api/v1/test/{name}", **options) as response:
            assert response.status == 200, await response.text()
            return dict(await response.json())


@asynccontextmanager
async def telemelya(token: str) -> AsyncIterator[Telemelya]:
    """Run the server until the block ends; skips when it cannot be had, which fails when `CI=true`."""
    python = await asyncio.to_thread(_installed)
    server = await asyncio.create_subprocess_exec(
        str(python), "-P", str(Path(__file__).with_name("telemelya_server.py")), stdout=subprocess.PIPE
    )
    try:
        assert server.stdout is not None
        async with asyncio.timeout(60):
            port = int(await server.stdout.readline())
        async with aiohttp.ClientSession(headers={"Authorization": "Bearer any"}) as session:
            yield Telemelya(f"http://127.0.0.1:{port}", token, session)
    finally:
        server.kill()
        await server.wait()


@asynccontextmanager
async def relay(hub: str, secret: str) -> AsyncIterator[str]:
    """Stands between: the server sends no secret header, this adds it on the way to the hub. Its address."""

    async def forward(request: web.Request) -> web.Response:
        body = await request.read()
        headers = {SECRET_HEADER: secret, "Content-Type": "application/json"}
        async with session.post(hub + request.path, data=body, headers=headers) as answer:
            return web.Response(status=answer.status, body=await answer.read())

    app = web.Application()
    app.router.add_post("/{path:.*}", forward)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        async with aiohttp.ClientSession() as session:
            yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


def _installed() -> Path:
    python = ENVIRONMENT / "bin" / "python"
    if UV is None:
        return _missing("uv is not there")
    command = [UV, "sync", "--quiet", "--frozen", "--only-group", "telegram-peer", "--no-install-project"]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, "UV_PROJECT_ENVIRONMENT": str(ENVIRONMENT)},
        capture_output=True,
        check=False,
    )
    if done.returncode != 0 and not python.exists():
        return _missing(done.stderr.decode("utf-8", "replace")[-500:])
    return python


def _missing(why: str) -> Path:
    if os.environ.get("CI") == "true":
        pytest.fail(f"no telemelya: {why}")
    pytest.skip(f"no telemelya: {why}")
