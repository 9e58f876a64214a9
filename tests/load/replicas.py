"""A replica set of three on loopback, whose members can be stopped and continued one by one."""

import asyncio
import os
import signal
import subprocess
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pymongo import AsyncMongoClient
from pymongo.errors import PyMongoError

from hub.processes import die_with_parent
from hub.store.mongod_binary import find_mongod
from tests.load.lab import TOOLS
from tests.ports import free_port


@dataclass(slots=True)
class Replicas:
    """The members, by port."""

    members: dict[int, "subprocess.Popen[bytes]"]

    @property
    def uri(self) -> str:
        """For the driver."""
        hosts = ",".join(f"127.0.0.1:{port}" for port in self.members)
        return f"mongodb://{hosts}/?replicaSet=three"

    async def primary(self) -> int:
        """The port of the member that takes writes; waits until there is one."""
        async with asyncio.timeout(30):
            while True:
                for port in self.members:
                    if await _is_primary(port):
                        return port
                await asyncio.sleep(0.1)

    def signal(self, ports: list[int], number: signal.Signals) -> None:
        """Stop or continue members."""
        for port in ports:
            os.kill(self.members[port].pid, number)


@asynccontextmanager
async def replicas() -> AsyncIterator[Replicas]:
    """Run three members for the length of the block; elections after two seconds."""
    binary = find_mongod(TOOLS)
    members: dict[int, subprocess.Popen[bytes]] = {}
    with tempfile.TemporaryDirectory(prefix="peyk-three-", ignore_cleanup_errors=True) as folder:
        try:
            for _ in range(3):
                port = free_port()
                members[port] = _spawn(str(binary.path), binary.environment(), Path(folder), port)
            await _initiate(list(members))
            made = Replicas(members)
            await made.primary()
            yield made
        finally:
            for process in members.values():
                process.kill()
                process.wait()


def _spawn(program: str, environment: dict[str, str], folder: Path, port: int) -> "subprocess.Popen[bytes]":
    data = folder / str(port)
    data.mkdir()
    words = ["--dbpath", str(data), "--port", str(port), "--bind_ip", "127.0.0.1", "--nounixsocket"]
    words += ["--replSet", "three", "--logpath", str(folder / f"{port}.log"), "--quiet"]
    words += ["--wiredTigerCacheSizeGB", "0.25", "--oplogSize", "64"]
    return subprocess.Popen(
        [program, *words],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        env=environment,
        start_new_session=True,
        preexec_fn=die_with_parent(signal.SIGKILL),  # noqa: PLW1509 - one system call
    )


async def _initiate(ports: list[int]) -> None:
    members = [{"_id": number, "host": f"127.0.0.1:{port}"} for number, port in enumerate(ports)]
    settings = {"electionTimeoutMillis": 2000, "heartbeatIntervalMillis": 500}
    client = _client(ports[0])
    try:
        async with asyncio.timeout(30):
            while True:
                try:
                    await client.admin.command(
                        "replSetInitiate", {"_id": "three", "members": members, "settings": settings}
                    )
                except PyMongoError:
                    await asyncio.sleep(0.2)
                else:
                    return
    finally:
        await client.close()


async def _is_primary(port: int) -> bool:
    client = _client(port)
    try:
        return bool((await client.admin.command("hello")).get("isWritablePrimary"))
    except PyMongoError:
        return False
    finally:
        await client.close()


def _client(port: int) -> AsyncMongoClient[dict[str, Any]]:
    wait = 500
    return AsyncMongoClient(
        "127.0.0.1", port, directConnection=True, serverSelectionTimeoutMS=wait, socketTimeoutMS=5000
    )
