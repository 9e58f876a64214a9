"""Callers by sipp through a real Asterisk and its gateway: what became of each, how soon they were picked up, the cost.

Agents sit at real desks; their telephones are one sipp that picks up. A caller hangs up after a fixed time, be they
spoken with or not; so each is answered or has abandoned the line, and the hub must know of each which it was.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import msgspec

from channels.voice.asterisk.settings import GatewaySettings
from hub.model.ids import AgentId
from hub.processes import die_with_parent
from hub.store.accounts import Accounts
from hub.store.conversations import Conversations
from hub.store.database import connect
from hub.store.visits import Visits
from hub.up import telephones
from tests.asterisk import TOOLS, Asterisk, make
from tests.bench.figures import percentile
from tests.calls import PHONE, number
from tests.load.client import Agent
from tests.load.crowd import crowd
from tests.load.frames import Event
from tests.load.lab import Lab, Plan, answers, cpu_seconds, lab
from tests.ports import free_pair

SCENARIOS = Path(__file__).parents[1] / "channels" / "voice" / "scenarios"
HOLD_MS = 10_000
SETTLE_SECONDS = 30.0
FLOW = {
    "name": "bench",
    "version": 1,
    "entry": {"node": "line", "locale": "en"},
    "locales": ["en"],
    "nodes": {"line": {"type": "queue", "queue": ""}},
}


class Operator(Agent):
    """An agent who takes every call, and closes it when the caller has hung up."""

    def heard(self, event: Event) -> None:
        """Wrap up at once."""
        super().heard(event)
        if event.entry is None or event.entry.event is None or event.entry.event.get("type") != "customer_ended":
            return
        command: dict[str, object] = {"type": "resolve", "conversation": event.conversation}
        task = asyncio.create_task(self._closed({**command, "disposition": "answered"}))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _closed(self, command: dict[str, object]) -> None:
        await self.insist(command)


async def voice(rate: float, seconds: float, agents: int) -> dict[str, object]:
    """`rate` calls a second for so long; every caller stays for ten seconds."""
    calls = round(rate * seconds)
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="peyk-voice-")))
        server = make(telephones.install(TOOLS, folder / "tools.log", lambda _: None), folder / "asterisk")
        logins = tuple(f"agent-{n}" for n in range(agents))
        plan = Plan(agents=logins, capacity=100, inboxes=(number(server, flow=json.dumps(FLOW)),))
        running = await stack.enter_async_context(lab(plan, start=False))
        agents_port = free_pair()
        await _with_phones(running, logins, f"sip:agent@127.0.0.1:{agents_port}")
        await running.hub.start()
        server.start()
        stack.callback(server.stop)
        gateway = await stack.enter_async_context(_gateway(server, folder, running.hub.url))
        stack.enter_context(_sipp(server, folder, "agent", agents_port, "-m", "100000"))
        await stack.enter_async_context(crowd(running, 0, kind=Operator))
        caller = _sipp(server, folder, "caller", free_pair(), *_calls(calls, rate), "-key", "name", "bench")
        with caller as process:
            code = await asyncio.to_thread(process.wait)
        waits, left = await _waits(running, calls)
        setup = _setup_times(folder / "caller")
        return {
            "bench": "voice",
            "offered": calls,
            "answered": waits["answered"],
            "abandoned": waits["abandoned"],
            "flow_out": waits["flow_out"],
            "setup_p50_ms": percentile(setup, 0.5),
            "setup_p95_ms": percentile(setup, 0.95),
            "gateway_rss_mb": round(_rss_mb(gateway.pid), 1),
            "gateway_cpu_s": round(cpu_seconds(gateway.pid), 1),
            "hub_cpu_s": round(running.hub.cpu_seconds(), 1),
            "good": code == 0 and sum(waits.values()) == calls and not left,
        }


def _calls(calls: int, rate: float) -> list[str]:
    return ["-m", str(calls), "-l", str(calls), "-r", str(max(1, round(rate))), "-d", str(HOLD_MS), "-s", "100"]


async def _with_phones(running: Lab, logins: tuple[str, ...], phone: str) -> None:
    async with connect(running.uri, running.hub.settings.database) as database:
        for login in logins:
            await Accounts(database).change(AgentId(f"a-{login}"), {"phone": phone}, end_sessions=False)


@asynccontextmanager
async def _gateway(server: Asterisk, folder: Path, hub: str) -> AsyncIterator[subprocess.Popen[bytes]]:
    """`peyk voice-gateway` as a process of its own, connected."""
    settings: GatewaySettings = msgspec.structs.replace(
        server.settings, hub=f"{hub}/channels/voice/{PHONE}", sounds=folder / "sounds", state=folder / "state"
    )
    names = ("hub", "secret", "key", "password", "public", "asterisk", "sounds", "state")
    written = "".join(f'{one} = "{getattr(settings, one)}"\n' for one in names)
    (folder / "gateway.toml").write_text(f"{written}port = {settings.port}\n")
    command = [sys.executable, "-m", "hub.cli", "voice-gateway", "--settings", str(folder / "gateway.toml")]
    with _Process(command, folder / "gateway.log") as process:
        async with asyncio.timeout(30):
            while not await answers(f"{settings.public}/health"):
                await asyncio.sleep(0.05)
        yield process


def _sipp(server: Asterisk, folder: Path, scenario: str, port: int, *words: str) -> _Process:
    """Many telephones at once."""
    place = folder / scenario
    place.mkdir(exist_ok=True)
    command = [
        *telephones.command(server.root, "usr/bin/sipp"),
        *("-sf", str(SCENARIOS / f"{scenario}.xml"), server.sip, "-i", "127.0.0.1", "-p", str(port), "-nostdin"),
        *("-trace_rtt", "-rtt_freq", "1", "-trace_err", "-error_file", str(place / "errors.txt"), *words),
    ]
    return _Process(command, place / "sipp.log", place)


class _Process:
    """A child for the length of a block."""

    def __init__(self, command: list[str], log: Path, folder: Path | None = None) -> None:
        self._words = (command, log, folder)

    def __enter__(self) -> subprocess.Popen[bytes]:
        command, log, folder = self._words
        with log.open("ab") as out:
            self._child = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                cwd=folder,
                env={**os.environ, "TERM": "dumb"},
                preexec_fn=die_with_parent(signal.SIGKILL),  # noqa: PLW1509 - one system call
            )
        return self._child

    def __exit__(self, *_: object) -> None:
        self._child.kill()
        self._child.wait()


async def _waits(running: Lab, calls: int) -> tuple[Counter[str], int]:
    """How each stay in the line ended, once the hub has written all of them down, and how many calls are left over."""
    async with connect(running.uri, running.hub.settings.database) as database:
        found, left = Counter[str](), calls
        for _ in range(round(SETTLE_SECONDS * 5)):
            found = Counter(one.fate or "" for one in await Visits(database).ended_since(0))
            left = len(await Conversations(database).unresolved())
            if sum(found.values()) >= calls and not left:
                break
            await asyncio.sleep(0.2)
        return found, left


def _setup_times(folder: Path) -> list[float]:
    """From INVITE to 200 of each call, ms, as sipp has measured it."""
    lines = [line for file in folder.glob("*_rtt.csv") for line in file.read_text().splitlines()[1:]]
    return [float(line.split(";")[1]) for line in lines]


def _rss_mb(pid: int) -> float:
    line = next(one for one in Path(f"/proc/{pid}/status").read_text().splitlines() if one.startswith("VmRSS:"))
    return int(line.split()[1]) / 1024
