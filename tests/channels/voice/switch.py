"""A hub for the gateway's tests: it answers each hook with what the test wrote for it, and keeps what it was told."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
from aiohttp import web

from channels.voice.asterisk.gateway import Gateway, gateway
from channels.voice.jambonz.signature import verify
from tests.asterisk import KEY, SECRET, Asterisk, dialled, hung_up
from tests.phone import Phone, has, loud, samples_of_wav, tone_file
from tests.ports import free_port

Verbs = list[dict[str, Any]]
Told = dict[str, Any]
Script = Verbs | Callable[[Told], Verbs]


@dataclass
class Hub:
    """What it says (`scripts`, by the hook's name) and what it was told, in order."""

    port: int
    scripts: dict[str, Script] = field(default_factory=dict)
    told: list[tuple[str, Told]] = field(default_factory=list)
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)
    status: int = 200
    files: dict[str, bytes] = field(default_factory=dict)
    _runner: web.AppRunner | None = None

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}/voice"

    async def start(self) -> None:
        app = web.Application()
        app.router.add_post("/voice/{hook}", self._answer)
        app.router.add_get("/files/{name}", self._file)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port).start()

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def _file(self, request: web.Request) -> web.Response:
        return web.Response(body=self.files[request.match_info["name"]], content_type="audio/wav")

    async def _answer(self, request: web.Request) -> web.Response:
        body = await request.read()
        verify(body, request.headers["Jambonz-Signature"], [SECRET], now=time.time_ns() // 1_000_000)
        hook, told = request.match_info["hook"], msgspec.json.decode(body)
        async with self.changed:
            self.told.append((hook, told))
            self.changed.notify_all()
        script = self.scripts.get(hook)
        if self.status != 200 or script is None:
            return web.Response(status=self.status if self.status != 200 else 204)
        return web.json_response(script(told) if callable(script) else script)

    async def asked(self, hook: str, *, times: int = 1, seconds: float = 15, **fields: object) -> Told:
        """Wait until a hook was asked so many times with these fields; what it was told then."""
        async with asyncio.timeout(seconds), self.changed:
            await self.changed.wait_for(lambda: len(self.all(hook, **fields)) >= times)
            return self.all(hook, **fields)[times - 1]

    def all(self, hook: str, **fields: object) -> list[Told]:
        """What a hook was told so far."""
        return [
            told
            for name, told in self.told
            if name == hook and all(told.get(field) == value for field, value in fields.items())
        ]


@dataclass
class Lab:
    """A hub, a gateway that may be stopped and started again, and the API it has."""

    asterisk: Asterisk
    hub: Hub
    folder: Path
    session: aiohttp.ClientSession
    gateway: Gateway | None = None
    _running: Any = None

    @property
    def settings(self) -> Any:
        return msgspec.structs.replace(
            self.asterisk.settings, hub=self.hub.base, sounds=self.folder / "sounds", state=self.folder / "state"
        )

    async def start(self, **parts: Any) -> None:
        """Let a gateway run, and wait until Asterisk has dialled it."""
        self._running = gateway(self.settings, **parts)
        self.gateway = await self._running.__aenter__()
        await dialled(self.asterisk, self.gateway)

    async def stop(self) -> None:
        """End the gateway; calls stay as they are."""
        if self._running is not None:
            running, self._running, self.gateway = self._running, None, None
            await running.__aexit__(None, None, None)

    @asynccontextmanager
    async def process(self) -> AsyncIterator[asyncio.subprocess.Process]:
        """A gateway as a process of its own, connected; it is killed at the end."""
        made, path = self.settings, self.folder / "gateway.toml"
        names = ("hub", "secret", "key", "password", "public", "asterisk", "sounds", "state")
        path.write_text("".join(f'{one} = "{getattr(made, one)}"\n' for one in names) + f"port = {made.port}\n")
        command = [sys.executable, "-m", "hub.cli", "voice-gateway", "--settings", str(path)]
        process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.DEVNULL)
        try:
            async with asyncio.timeout(30):
                while not await self._healthy():
                    assert process.returncode is None
                    await asyncio.sleep(0.05)
            yield process
        finally:
            if process.returncode is None:
                process.kill()
            await process.wait()

    async def _healthy(self) -> bool:
        try:
            async with self.session.get(f"{self.settings.public}/health") as answer:
                return answer.status == 200
        except aiohttp.ClientError:
            return False

    async def api(
        self, method: str, path: str, body: Mapping[str, object] | None = None, **headers: str
    ) -> tuple[int, bytes]:
        """Ask the gateway for something, with the key."""
        url = f"{self.settings.public}/v1/Accounts/peyk/{path}"
        headers = {"Authorization": f"Bearer {KEY}", **{name.replace("_", "-"): one for name, one in headers.items()}}
        async with self.session.request(method, url, json=body, headers=headers) as answer:
            return answer.status, await answer.read()

    async def change(self, sid: str, **body: object) -> None:
        """Change a live call."""
        status, text = await self.api("POST", f"Calls/{sid}", body)
        assert status == 202, text

    async def ring(
        self, extension: str, *, hook: str = "agent", call_sid: str = "", seconds: float = 20, **headers: str
    ) -> str:
        """Have an agent's device rung; once it picks up it takes that caller. The leg's id."""
        if hook == "agent":
            dequeue = {"verb": "dequeue", "name": "support", "callSid": call_sid, "actionHook": "take", "timeout": 1}
            self.hub.scripts["agent"] = [dequeue]
        body = {
            "from": "02191000000",
            "to": {"type": "user", "name": extension},
            "call_hook": {"url": f"{self.hub.base}/{hook}", "method": "POST"},
            "timeout": seconds,
        }
        status, text = await self.api("POST", "Calls", body, **headers)
        assert status in {200, 201}, text
        return str(msgspec.json.decode(text)["sid"])

    async def take(self, call_sid: str, agent: Phone, extension: str) -> str:
        """Have an agent take a caller; the id of the agent's leg."""
        times = agent.events.count("CALL_INCOMING") + 1
        sid = await self.ring(extension, call_sid=call_sid)
        await agent.event("CALL_INCOMING", times=times)
        await agent.answer()
        await self.hub.asked("agent", call_sid=sid)
        return sid

    async def fetch(self, url: str) -> tuple[int, bytes]:
        """A recording, with the key."""
        async with self.session.get(url, headers={"Authorization": f"Bearer {KEY}"}) as answer:
            return answer.status, await answer.read()

    async def tones(self, url: str, *tones: float) -> bool:
        """Whether each of the tones is somewhere in a recording."""
        status, sound = await self.fetch(url)
        assert status == 200
        return all(has(samples_of_wav(sound), one) for one in tones)

    async def quiet_at_the_end(self, url: str) -> bool:
        """Whether the last half second of a recording is silence."""
        _, sound = await self.fetch(url)
        return not loud(samples_of_wav(sound)[-4_000:])

    async def seconds_recorded(self, seconds: float) -> None:
        """Wait until so much more sound is recorded; what other tests have recorded lies there too."""
        folder = self.asterisk.folder / "spool" / "recording"

        def size() -> int:
            return sum(one.stat().st_size for one in folder.glob("*.wav"))

        before = size()
        async with asyncio.timeout(15):
            while size() < before + seconds * 16_000:
                await asyncio.sleep(0.05)

    def tone_on_the_net(self, folder: Path, tone: float) -> str:
        """The address of a WAV file with two seconds of a tone."""
        tone_file(folder / "net.wav", tone, 2)
        self.hub.files["net.wav"] = (folder / "net.wav").read_bytes()
        return f"http://127.0.0.1:{self.hub.port}/files/net.wav"


@asynccontextmanager
async def lab(server: Asterisk, folder: Path) -> AsyncIterator[Lab]:
    """Everything but the telephones."""
    hub = Hub(free_port())
    await hub.start()
    async with aiohttp.ClientSession() as session:
        made = Lab(server, hub, folder, session)
        await made.start()
        try:
            yield made
        finally:
            if made.gateway is not None:
                await hung_up(made.gateway)
            await made.stop()
            await hub.stop()
