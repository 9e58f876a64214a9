"""A hub and a database of their own, run as `peyk up` runs them: child processes, a folder of their own, free ports."""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
from pydantic import SecretStr

from hub.model.config import Agent as StoredAgent
from hub.model.config import Inbox, Workplace
from hub.model.ids import AgentId, InboxId, QueueId
from hub.model.queues import Queue
from hub.processes import die_with_parent, wait_gone
from hub.settings import Settings, child_environment, load_settings
from hub.store.accounts import Accounts
from hub.store.config import Config
from hub.store.database import connect
from hub.store.embedded import Mongod, MongodOptions
from hub.web.passwords import Passwords
from tests.load.checker import Kept
from tests.load.client import Target
from tests.ports import free_port

TOOLS = Path(__file__).parents[2] / "var" / "tools"
PASSWORD = "correct-horse-battery-4711"
QUEUE = QueueId("support")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What stands in the store before the hub starts.

    `bot` leaves the bot of the inbox on; `capacity` is per agent, in units (a chat is 25). `environment` is added to
    the hub's. `inboxes` stand beside the web chat's.
    """

    inbox: str = "bench"
    inboxes: Sequence[Inbox] = ()
    agents: Sequence[str] = ("agent-0",)
    capacity: int = 100_000
    offer_seconds: int = 20
    bot: bool = False
    workplace: Workplace = field(default_factory=Workplace)
    environment: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, object] = field(default_factory=dict)


class HubProcess:
    """One `peyk serve` as a child."""

    def __init__(self, settings: Settings, log: Path, extra: Mapping[str, str], wrap: Sequence[str] = ()) -> None:
        self.settings = settings
        self.log = log
        self.starts = 0
        self.extra = dict(extra)
        self.wrap = list(wrap)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.settings.port}"

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid if self._process else 0

    def alive(self) -> bool:
        """Whether it runs."""
        return self._process is not None and self._process.poll() is None

    def spawn(self) -> None:
        """Start it and return at once. Call from the main thread."""
        self.starts += 1
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [*self.wrap, sys.executable, "-m", "hub.cli", "serve"],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**child_environment(self.settings), **self.extra},
                cwd=Path(__file__).parents[2],
                start_new_session=True,
                preexec_fn=die_with_parent(signal.SIGKILL),  # noqa: PLW1509 - one system call, harmless beside threads
            )

    async def start(self, seconds: float = 30.0) -> None:
        """Start it and wait until it is ready."""
        self.spawn()
        await self.ready(seconds)

    async def ready(self, seconds: float = 30.0) -> None:
        """Wait until it answers. Raises RuntimeError with its last words when it does not."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if not self.alive():
                raise RuntimeError(f"the hub ended: {self.last_words()}")
            if await answers(f"{self.url}/readyz"):
                return
            await asyncio.sleep(0.02)
        raise RuntimeError(f"the hub is not ready: {self.last_words()}")

    def kill(self) -> None:
        """kill -9."""
        if self.alive():
            os.killpg(self.pid, signal.SIGKILL)
            self._process.wait()  # type: ignore[union-attr]

    async def ended(self, seconds: float) -> int | None:
        """Wait for its end; the exit status, None when it still runs."""
        if self._process is None:
            return 0
        await wait_gone(self._process.pid, seconds, self._process)
        return self._process.poll()

    async def terminate(self, seconds: float = 15.0) -> tuple[int | None, float]:
        """SIGTERM; exit status and how long it took."""
        began = time.monotonic()
        if self.alive():
            os.kill(self.pid, signal.SIGTERM)
        status = await self.ended(seconds)
        return status, time.monotonic() - began

    async def stop(self) -> None:
        """End it, one way or the other."""
        status, _ = await self.terminate()
        if status is None:
            self.kill()

    def last_words(self) -> str:
        """The end of its log."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-15:]) if self.log.exists() else ""

    def rss_mb(self) -> float:
        """Resident memory now."""
        for line in Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
        return 0.0

    def cpu_seconds(self) -> float:
        """CPU time used so far, user and system."""
        return cpu_seconds(self.pid)


@dataclass(slots=True)
class Lab:
    """A running hub with its database and a shared HTTP client."""

    hub: HubProcess
    mongod: Mongod | None
    uri: str
    plan: Plan
    target: Target
    directory: Path

    async def kept(self) -> list[Kept]:
        """Every message in the store, read past the hub."""
        found: list[Kept] = []
        async with connect(self.uri, self.hub.settings.database) as database:
            query = {"kind": "message"}
            async for row in database.collection("entries").find(query):
                author = row["author"]["kind"]
                found.append(Kept(row["conversation"], row["seq"], author, row.get("client_id")))
        return found


@asynccontextmanager
async def lab(
    plan: Plan, *, uri: str | None = None, start: bool = True, directory: Path | None = None
) -> AsyncIterator[Lab]:
    """Run a hub for the length of a block, with `uri` on somebody else's database server; then stop everything."""
    folder = Path(tempfile.mkdtemp(prefix="peyk-lab-")) if directory is None else directory
    async with AsyncExitStack() as stack:
        if directory is None:
            stack.callback(shutil.rmtree, folder, ignore_errors=True)
        mongod: Mongod | None = None
        if uri is None:
            options = MongodOptions(directory=folder / "mongo", tools=TOOLS, log=folder / "mongod.log")
            mongod = await stack.enter_async_context(Mongod(options))
            stack.callback(_continue, mongod)
            uri = mongod.uri
        settings = _settings(folder, plan, uri)
        await seed(uri, settings.database, plan)
        hub = HubProcess(settings, folder / "hub.log", plan.environment)
        stack.push_async_callback(hub.stop)
        timeout = aiohttp.ClientTimeout(total=10)
        connector = aiohttp.TCPConnector(limit=200)
        http = await stack.enter_async_context(
            aiohttp.ClientSession(timeout=timeout, connector=connector, cookie_jar=aiohttp.DummyCookieJar())
        )
        if start:
            await hub.start()
        yield Lab(hub, mongod, uri, plan, Target(hub.url, plan.inbox, http), folder)


async def seed(uri: str, name: str, plan: Plan) -> None:
    """Put queue, inbox and agents into an empty store."""
    passwords = Passwords()
    try:
        async with connect(uri, name) as database:
            config, accounts = Config(database), Accounts(database)
            await config.load()
            if config.queue(QUEUE) is not None:
                return
            await config.create(Queue(id=QUEUE, name="Support", offer_seconds=plan.offer_seconds))
            limits = {"messages_per_minute": 0, "sockets_per_address": 0}
            inbox = Inbox(
                id=InboxId(plan.inbox),
                name="Bench",
                channel="webchat",
                queue=QUEUE,
                locale="en",
                bot_enabled=plan.bot,
                settings=limits,
            )
            for one in (inbox, *plan.inboxes):
                await config.create(one)
            await config.save(plan.workplace)
            await accounts.index()
            hashed = await passwords.hash(PASSWORD)
            for login in plan.agents:
                agent = StoredAgent(id=AgentId(f"a-{login}"), login=login, name=login, capacity=plan.capacity)
                await accounts.create(agent, hashed)
    finally:
        await passwords.close()


async def answers(url: str) -> bool:
    """Whether an address answers 200 now."""
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=2), trust_env=False) as session,
            session.get(url) as response,
        ):
            return response.status == 200
    except (aiohttp.ClientError, TimeoutError, OSError):
        return False


def cpu_seconds(pid: int) -> float:
    """CPU time of a process, user and system, seconds. Source: proc(5), fields 14 and 15 of stat."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _settings(folder: Path, plan: Plan, uri: str) -> Settings:
    given: dict[str, object] = {
        "var_dir": folder,
        "port": free_port(),
        "demo": False,
        "bot_enabled": plan.bot,
        "trusted_proxies": ("127.0.0.1",),
        "mongodb_uri": SecretStr(uri),
        **plan.settings,
    }
    return load_settings(**given)


def _continue(mongod: Mongod) -> None:
    if mongod.alive():
        os.kill(mongod.pid, signal.SIGCONT)
