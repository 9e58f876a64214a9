"""The private database: a real server starts, keeps its data, is taken over, dies with its owner, explains itself."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from pymongo import AsyncMongoClient

from hub.processes import is_alive, wait_gone
from hub.store.embedded import Mongod, MongodError, MongodOptions
from hub.store.mongod_log import explain_log
from tests.mongod import TOOLS


def options(folder: Path, *, bound: bool = True) -> MongodOptions:
    return MongodOptions(
        directory=folder / "data",
        tools=TOOLS,
        log=folder / "mongod.log",
        cache_gb=0.25,
        oplog_mb=64,
        start_timeout=60,
        bound_to_parent=bound,
    )


async def test_starts_as_primary_of_a_set_and_stops_without_a_trace(tmp_path: Path) -> None:
    async with Mongod(options(tmp_path)) as server:
        client: AsyncMongoClient[dict[str, object]] = AsyncMongoClient(server.uri)
        await client.peyk.proof.insert_one({"_id": 1})
        config = (await client.admin.command("replSetGetConfig"))["config"]
        assert config["settings"]["electionTimeoutMillis"] == 2000
        assert (tmp_path / "data").stat().st_mode & 0o077 == 0
        await client.close()
    assert not is_alive(server.pid)


async def test_data_and_port_survive_a_restart(tmp_path: Path) -> None:
    async with Mongod(options(tmp_path)) as first:
        await insert(first.uri)
    async with Mongod(options(tmp_path)) as second:
        assert second.port == first.port
        assert await count(second.uri) == 1


async def test_moves_to_another_port_when_its_own_is_taken(tmp_path: Path) -> None:
    async with Mongod(options(tmp_path)) as first:
        await insert(first.uri)
    with socket.socket() as squatter:
        squatter.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        squatter.bind(("127.0.0.1", first.port))
        squatter.listen()
        async with Mongod(options(tmp_path)) as second:
            assert second.port != first.port
            assert await count(second.uri) == 1


async def test_a_server_left_behind_is_taken_over(tmp_path: Path) -> None:
    left_behind = await Mongod(options(tmp_path, bound=False)).start()
    try:
        async with Mongod(options(tmp_path)) as heir:
            assert heir.pid == left_behind.pid
        assert not left_behind.alive()
    finally:
        await left_behind.stop()


async def test_a_strangers_process_with_the_remembered_id_is_left_alone(tmp_path: Path) -> None:
    stranger = subprocess.Popen(["sleep", "60"])  # noqa: ASYNC220 (a bystander)
    try:
        (tmp_path / "data").mkdir()
        state = {"pid": stranger.pid, "port": 27017, "started": 1}
        (tmp_path / "data" / "peyk-mongod.json").write_text(json.dumps(state))
        async with Mongod(options(tmp_path)) as server:
            assert server.pid != stranger.pid
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


OWNER = """
import asyncio, sys
from pathlib import Path
from hub.store.embedded import Mongod
from tests.up.test_embedded import options

async def own() -> None:
    server = await Mongod(options(Path(sys.argv[1]))).start()
    print(server.pid, flush=True)
    await asyncio.Event().wait()

asyncio.run(own())
"""


async def test_dies_with_its_owner_and_starts_again_at_once(tmp_path: Path) -> None:
    owner = subprocess.Popen(  # noqa: ASYNC220 (read below)
        [sys.executable, "-c", OWNER, str(tmp_path)], stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]
    )
    assert owner.stdout is not None
    pid = int(owner.stdout.readline())
    owner.kill()
    owner.wait()
    owner.stdout.close()
    async with Mongod(options(tmp_path)) as server:
        assert server.pid != pid
    assert await wait_gone(pid, 5)


async def test_a_server_that_another_process_uses_is_left_to_it(tmp_path: Path) -> None:
    owner = subprocess.Popen(  # noqa: ASYNC220 (read below)
        [sys.executable, "-c", OWNER, str(tmp_path)], stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]
    )
    assert owner.stdout is not None
    pid = int(owner.stdout.readline())
    with pytest.raises(MongodError, match=f"in use by process {owner.pid}"):
        await Mongod(options(tmp_path)).start()
    assert is_alive(pid)
    owner.kill()
    owner.wait()
    owner.stdout.close()
    assert await wait_gone(pid, 20)


async def test_killed_outright_it_brings_everything_back(tmp_path: Path) -> None:
    server = await Mongod(options(tmp_path)).start()
    await insert(server.uri)
    os.kill(server.pid, signal.SIGKILL)
    await server.wait()
    async with Mongod(options(tmp_path)) as again:
        assert await count(again.uri) == 1


async def test_damaged_data_is_explained(tmp_path: Path) -> None:
    async with Mongod(options(tmp_path)):
        pass
    (tmp_path / "data" / "WiredTiger.turtle").write_bytes(b"not a turtle")
    for file in (tmp_path / "data").glob("*.wt"):
        file.write_bytes(b"damaged" * 1000)
    with pytest.raises(MongodError, match=r"damaged.*backup"):
        await Mongod(options(tmp_path)).start()


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('{"s":"E","msg":"WiredTiger error","attr":{"error":28,"message":"No space left on device"}}', "disk is full"),
        ('{"s":"E","msg":"DBException","attr":{"error":"DBPathInUse: Unable to lock"}}', "Another MongoDB server"),
        ('{"s":"F","msg":"UPGRADE PROBLEM: found 4.2","attr":{}}', "another version"),
        ('{"s":"E","msg":"bind failed","attr":{"error":"Address already in use"}}', "port was taken"),
        ('{"s":"E","msg":"something new","attr":{"reason":"the moon"}}', "something new: the moon"),
        ("this line is no JSON", "would not start"),
    ],
)
def test_the_log_is_told_in_words(tmp_path: Path, line: str, words: str) -> None:
    log = tmp_path / "mongod.log"
    log.write_text('{"s":"I","msg":"MongoDB starting"}\n' + line + "\n")
    assert words in explain_log(log, 1)


def test_words_of_an_earlier_start_are_not_repeated(tmp_path: Path) -> None:
    log = tmp_path / "mongod.log"
    old = '{"s":"E","msg":"old","attr":{"error":"No space left on device"}}'
    log.write_text(f'{old}\n{{"s":"I","msg":"MongoDB starting"}}\n')
    assert "disk" not in explain_log(log, -9)
    assert "memory ran out" in explain_log(log, -9)


async def insert(uri: str) -> None:
    client: AsyncMongoClient[dict[str, object]] = AsyncMongoClient(uri)
    await client.peyk.proof.insert_one({"x": 1})
    await client.close()


async def count(uri: str) -> int:
    client: AsyncMongoClient[dict[str, object]] = AsyncMongoClient(uri)
    try:
        async with asyncio.timeout(10):
            return await client.peyk.proof.count_documents({})
    finally:
        await client.close()
