"""A private MongoDB server: one replica-set member on loopback, data under ``var/``, stopped with whoever started it.

``Mongod.start()`` returns when the server is primary and takes majority writes. A server that a killed owner left
behind is taken over if it is provably ours (same data folder, same process start). Usable from asyncio (``async with``)
and, for tests and tools without a loop, through ``private_mongod``.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from pymongo import AsyncMongoClient
from pymongo.errors import OperationFailure, PyMongoError

from hub.processes import command_line, die_with_parent, free_port, is_alive, started_at, wait_gone
from hub.store.mongod_binary import MongodBinary, Say, find_mongod
from hub.store.mongod_log import explain_log

REPLICA_SET = "rs0"
ELECTION_TIMEOUT_MS = 2000

_NOT_YET_INITIALIZED = 94
_STATE = "peyk-mongod.json"


class MongodError(RuntimeError):
    """The server did not start or did not become primary; the text explains it from the server's own log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MongodOptions:
    """How a private server is run.

    Attributes:
        directory: Data folder; made (mode 0700) when missing. One running server per folder.
        tools: Where a fetched server program is kept.
        log: The server's own log file.
        cache_gb: WiredTiger cache, gigabytes, at least 0.25.
        oplog_mb: Size of the oplog, megabytes; decides how long a change stream can be resumed.
        start_timeout: Seconds until a start counts as failed; recovery after a crash may take some.
        bound_to_parent: True: the server ends when the process that started it ends, however that happens.
        expires: Whether what has expired by the server's own clock is deleted; not where the clock is held.
    """

    directory: Path
    tools: Path
    log: Path
    cache_gb: float = 0.5
    oplog_mb: int = 512
    start_timeout: float = 60.0
    bound_to_parent: bool = True
    expires: bool = True


class Mongod:
    """One private server and its life.

    Call ``start`` from the main thread: the kernel ties a child to the thread that made it.
    """

    def __init__(self, options: MongodOptions, say: Say = lambda line: None) -> None:
        """Prepare; nothing is started or fetched yet.

        Args:
            options: Folders and sizes.
            say: Told about slow steps, such as a download.
        """
        self._options = options
        self._say = say
        self._process: subprocess.Popen[bytes] | None = None
        self._pid = 0
        self._port = 0

    def say_to(self, say: Say) -> None:
        """Report slow steps to ``say`` from now on."""
        self._say = say

    @property
    def uri(self) -> str:
        """The connection string; valid after ``start``."""
        return f"mongodb://127.0.0.1:{self._port}/?replicaSet={REPLICA_SET}"

    @property
    def pid(self) -> int:
        """The server's process id; 0 before ``start``."""
        return self._pid

    @property
    def port(self) -> int:
        """The loopback port; 0 before ``start``. Remembered beside the data and kept as long as it is free."""
        return self._port

    async def start(self) -> Self:
        """Start or take over the server and wait until it is primary.

        Raises:
            MongodMissingError: No server program, and none could be fetched.
            MongodError: It would not start; the text says why.
        """
        directory = self._options.directory
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._options.log.parent.mkdir(parents=True, exist_ok=True)
        remembered = _read_state(directory)
        if await self._take_over(remembered):
            return self
        binary = await asyncio.to_thread(find_mongod, self._options.tools, self._say)
        for attempt in range(3):
            before = remembered.get("port", 0)
            port = free_port(before if attempt == 0 and before > 1023 else 0)
            if before and port != before:
                await self._move(binary, port)
            self._spawn(binary, port)
            if await self._became_primary():
                return self
        raise MongodError(explain_log(self._options.log, None))

    async def stop(self, seconds: float = 20.0) -> None:
        """Shut the server down cleanly; after ``seconds`` it is killed (its journal brings everything back)."""
        if not self._pid or not self.alive():
            return
        os.kill(self._pid, signal.SIGTERM)
        if not await wait_gone(self._pid, seconds, self._process):
            os.kill(self._pid, signal.SIGKILL)
            await wait_gone(self._pid, 5.0, self._process)

    def alive(self) -> bool:
        """True while the server's process runs."""
        if self._process is not None:
            return self._process.poll() is None
        return self._pid > 0 and is_alive(self._pid)

    async def wait(self) -> None:
        """Return when the server's process has ended, for whatever reason."""
        await wait_gone(self._pid, None, self._process)

    async def __aenter__(self) -> Self:
        """Start; see ``start``."""
        return await self.start()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop, whatever happened."""
        await self.stop()

    async def _take_over(self, state: dict[str, int]) -> bool:
        pid = state.get("pid", 0)
        if not pid or started_at(pid) != state.get("started"):
            return False
        if str(self._options.directory.resolve()) not in command_line(pid):
            return False
        self._pid, self._port, self._process = pid, state["port"], None
        owner = state.get("owner", 0)
        owned = owner > 0 and is_alive(owner) and started_at(owner) == state.get("owner_started")
        if owned and owner != os.getpid():
            raise MongodError(
                f"The data in {self._options.directory} is in use by process {owner}. Stop that one first."
            )
        # With its owner gone the kernel has told it to end; it may still answer, but must not be relied on.
        if (owned or not owner) and await self._primary_within(3.0):
            return True
        self._say("waiting for yesterday's database server to end")
        await self.stop()
        return False

    async def _move(self, binary: MongodBinary, port: int) -> None:
        """Tell the set that its member has a new address, while the server runs outside the set.

        A member that starts with an address that is not its own asks whoever listens there now, for up to 30 s.
        Source: MongoDB manual, "Change Hostnames in a Self-Managed Replica Set".
        """
        self._spawn(binary, port, in_set=False)
        if not await self._became_primary():
            return
        client = _client(port)
        try:
            change = {"$set": {"members.0.host": f"127.0.0.1:{port}"}, "$inc": {"version": 1}}
            await client.local["system.replset"].update_one({"_id": REPLICA_SET}, change)
        finally:
            await client.close()
        await self.stop()

    def _spawn(self, binary: MongodBinary, port: int, *, in_set: bool = True) -> None:
        options = self._options
        command = [str(binary.path), "--dbpath", str(options.directory.resolve()), "--port", str(port)]
        command += ["--bind_ip", "127.0.0.1", "--nounixsocket"]
        command += ["--replSet", REPLICA_SET] if in_set else []
        command += ["--logpath", str(options.log), "--logappend", "--quiet"]
        command += ["--wiredTigerCacheSizeGB", str(options.cache_gb), "--oplogSize", str(options.oplog_mb)]
        command += ["--setParameter", "diagnosticDataCollectionEnabled=false"]
        command += [] if options.expires else ["--setParameter", "ttlMonitorEnabled=false"]
        # A lone member has nobody to hand over to: it need not linger for its clients when told to stop.
        command += ["--setParameter", "shutdownTimeoutMillisForSignaledShutdown=100"]
        # A session of its own: Ctrl-C in the terminal must reach the owner alone, which stops its children in order.
        self._process = subprocess.Popen(  # noqa: S603 (our own words)
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=binary.environment(),
            start_new_session=True,
            # Does one system call on memory that is already there: harmless beside threads.
            preexec_fn=die_with_parent(signal.SIGTERM) if options.bound_to_parent else None,  # noqa: PLW1509
        )
        self._pid, self._port = self._process.pid, port
        state = {"pid": self._pid, "port": port, "started": started_at(self._pid)}
        if options.bound_to_parent:
            state |= {"owner": os.getpid(), "owner_started": started_at(os.getpid())}
        (options.directory / _STATE).write_text(json.dumps(state))

    async def _became_primary(self) -> bool:
        """True when primary; False when the port was snatched away meanwhile, so that another one is worth a try."""
        if await self._primary_within(self._options.start_timeout):
            return True
        if self.alive():
            await self.stop()
            raise MongodError(
                f"It is not ready after {self._options.start_timeout:.0f} s. " + explain_log(self._options.log, None)
            )
        code = self._process.returncode if self._process is not None else None
        if code == 48:  # EADDRINUSE as the server reports it
            return False
        raise MongodError(explain_log(self._options.log, code))

    async def _primary_within(self, seconds: float) -> bool:
        until = time.monotonic() + seconds
        client = _client(self._port)
        try:
            while time.monotonic() < until and self.alive():
                if await _is_primary(client, f"127.0.0.1:{self._port}"):
                    return True
                await asyncio.sleep(0.05)
            return False
        finally:
            await client.close()


@contextmanager
def private_mongod(directory: Path, tools: Path, *, cache_gb: float = 0.25) -> Iterator[Mongod]:
    """Run a private server for the length of a ``with`` block, without needing an event loop (session fixtures, tools).

    Nothing expires in it: those who use it hold the clock, or live in virtual time.

    Args:
        directory: A folder of its own; data goes to ``directory/data``, the log to ``directory/mongod.log``.
        tools: Where the server program is kept (``var/tools`` of the checkout, so that it is fetched once).
        cache_gb: WiredTiger cache, gigabytes.

    Yields:
        The running server; ``uri`` is what a driver needs.
    """
    options = MongodOptions(
        directory=directory / "data",
        tools=tools,
        log=directory / "mongod.log",
        cache_gb=cache_gb,
        oplog_mb=64,
        expires=False,
    )
    server = Mongod(options)
    asyncio.run(_started(server))
    try:
        yield server
    finally:
        asyncio.run(server.stop())


async def _started(server: Mongod) -> None:
    await server.start()


def _client(port: int) -> AsyncMongoClient[dict[str, Any]]:
    return AsyncMongoClient(
        "127.0.0.1",
        port,
        directConnection=True,
        serverSelectionTimeoutMS=500,
        connectTimeoutMS=500,
        socketTimeoutMS=5000,
    )


async def _is_primary(client: AsyncMongoClient[dict[str, Any]], member: str) -> bool:
    """Ask once; initiate a new set, and correct the set's idea of its own address after a change of port."""
    try:
        hello = await client.admin.command("hello")
        if hello.get("isWritablePrimary"):
            return True
        await _configure(client, member)
    except PyMongoError:
        return False  # not listening yet, still recovering, or an election is under way
    return False


async def _configure(client: AsyncMongoClient[dict[str, Any]], member: str) -> None:
    try:
        config = (await client.admin.command("replSetGetConfig"))["config"]
    except OperationFailure as error:
        if error.code != _NOT_YET_INITIALIZED:
            raise
        settings = {"electionTimeoutMillis": ELECTION_TIMEOUT_MS}
        members = [{"_id": 0, "host": member}]
        await client.admin.command("replSetInitiate", {"_id": REPLICA_SET, "members": members, "settings": settings})
        return
    if config["members"][0]["host"] != member:
        config["members"][0]["host"] = member
        config["version"] += 1
        await client.admin.command("replSetReconfig", config, force=True)


def running_uri(directory: Path) -> str | None:
    """The address of the server that works on the data in ``directory`` now; None when none does."""
    state = _read_state(directory)
    pid = state.get("pid", 0)
    if not pid or started_at(pid) != state.get("started") or str(directory.resolve()) not in command_line(pid):
        return None
    return f"mongodb://127.0.0.1:{state['port']}/?replicaSet={REPLICA_SET}"


def _read_state(directory: Path) -> dict[str, int]:
    try:
        state = json.loads((directory / _STATE).read_text())
    except (OSError, ValueError):
        return {}
    return {key: value for key, value in state.items() if isinstance(value, int)} if isinstance(state, dict) else {}
