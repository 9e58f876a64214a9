"""`peyk up` with its real children: starts, says where, survives crashes, stops what it started and nothing else."""

import argparse
import io
import json
import os
import re
import signal
import socket
import subprocess
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.processes import is_alive
from hub.settings import Settings, load_settings
from hub.store.embedded import Mongod
from hub.up import command_up, orchestrator
from hub.up.orchestrator import UpOptions
from hub.up.progress import Progress
from tests.mongod import TOOLS, mongod_server
from tests.ports import free_port

__all__ = ["mongod_server"]

ROOT = Path(__file__).parents[2]
PEYK = ROOT / ".venv/bin/peyk"

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]


class Up:
    """One `peyk up --no-bot --no-build` in a session of its own, as a terminal would hold it."""

    def __init__(self, var_dir: Path, port: int, shop_port: int, *words: str) -> None:
        self.port, self.shop_port = port, shop_port
        self.began = time.monotonic()
        self.lines: list[str] = []
        self._heard = threading.Condition()
        command = [
            str(PEYK),
            "up",
            "--no-bot",
            "--no-build",
            "--port",
            str(port),
            "--shop-port",
            str(shop_port),
            *words,
        ]
        self.process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
            cwd=ROOT,
            env=environment(var_dir),
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            with self._heard:
                self.lines.append(line.rstrip())
                self._heard.notify_all()
        self.process.stdout.close()

    def hears(self, words: str, seconds: float = 60) -> "Up":
        with self._heard:
            assert self._heard.wait_for(lambda: words in self.said or self.process.poll() is not None, seconds), (
                self.said
            )
        assert words in self.said, self.said
        return self

    @property
    def said(self) -> str:
        return "\n".join(self.lines)

    def children(self) -> dict[str, int]:
        listed = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        names = {}
        for pid in listed:
            words = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
            names[re.findall(r"mongod|serve|shop|$", words)[0]] = int(pid)
        return names

    def ctrl_c(self) -> int:
        os.killpg(self.process.pid, signal.SIGINT)
        return self.ended()

    def ended(self) -> int:
        status = self.process.wait(40)
        self._reader.join()
        return status


def environment(var_dir: Path) -> dict[str, str]:
    mine = {name: value for name, value in os.environ.items() if not name.startswith("PEYK_")}
    return {**mine, "PEYK_VAR_DIR": str(var_dir)}


@pytest.fixture
def var_dir(tmp_path: Path) -> Path:
    (tmp_path / "tools").symlink_to(TOOLS)
    return tmp_path


@pytest.fixture
def ports() -> tuple[int, int]:
    return free_port(), free_port()


@pytest.fixture
def up(var_dir: Path, ports: tuple[int, int]) -> Iterator[Up]:
    running = Up(var_dir, *ports)
    yield running
    if running.process.poll() is None:
        running.process.terminate()
        running.ended()


def status(url: str) -> int:
    with urllib.request.urlopen(url, timeout=5) as answer:
        return int(answer.status)


def test_ctrl_c_stops_everything_it_started_and_nothing_else(up: Up, var_dir: Path, mongod_server: Mongod) -> None:
    up.hears("Ctrl-C stops everything")
    assert status(f"http://127.0.0.1:{up.port}/readyz") == 200
    assert status(f"http://127.0.0.1:{up.port}/healthz") == 200
    assert status(f"http://127.0.0.1:{up.shop_port}/") == 200
    children = up.children()
    assert set(children) == {"mongod", "serve", "shop"}
    bystander = subprocess.Popen(["sleep", "600"])
    try:
        assert up.ctrl_c() == 0
        assert not [name for name, pid in children.items() if is_alive(pid)]
        assert bystander.poll() is None
        assert mongod_server.alive()
    finally:
        bystander.kill()
        bystander.wait()
    order = [line for line in up.lines if "stopped" in line]
    assert [line.split()[1] for line in order[:-1]] == ["hub", "demo", "database"]


def test_the_second_start_takes_seconds_and_has_yesterdays_accounts(up: Up, var_dir: Path) -> None:
    up.hears("Ctrl-C stops everything")
    accounts = json.loads((var_dir / "accounts.json").read_text())
    assert (var_dir / "accounts.json").stat().st_mode & 0o777 == 0o600
    assert all(account["password"] in up.said for account in accounts)
    assert {account["role"] for account in accounts} >= {"agent", "admin"}
    up.ctrl_c()
    again = Up(var_dir, up.port, up.shop_port).hears("Ctrl-C stops everything")
    took = time.monotonic() - again.began
    again.ctrl_c()
    assert json.loads((var_dir / "accounts.json").read_text()) == accounts
    assert took < 40
    listed = subprocess.run(
        [PEYK, "accounts"], cwd=ROOT, env=environment(var_dir), capture_output=True, text=True, check=True
    )
    assert all(account["password"] in listed.stdout for account in accounts)


def test_a_second_up_in_the_same_folder_is_refused_with_a_sentence(up: Up, var_dir: Path) -> None:
    up.hears("database")
    second = Up(var_dir, up.port, up.shop_port)
    assert second.ended() == 1
    assert f"already running here (process {up.process.pid}" in second.said
    assert "Traceback" not in second.said


def test_crashed_children_come_back(up: Up) -> None:
    up.hears("Ctrl-C stops everything")
    before = up.children()
    os.kill(before["serve"], signal.SIGKILL)
    up.hears("the hub is back")
    os.kill(before["mongod"], signal.SIGKILL)
    up.hears("the database is back")
    assert status(f"http://127.0.0.1:{up.port}/healthz") == 200
    after = up.children()
    assert after["serve"] != before["serve"]
    assert after["mongod"] != before["mongod"]
    assert after["shop"] == before["shop"]


def test_killed_outright_its_children_end_and_the_next_start_works(up: Up, var_dir: Path) -> None:
    up.hears("Ctrl-C stops everything")
    children = up.children()
    up.process.kill()
    up.ended()
    again = Up(var_dir, up.port, up.shop_port)
    try:
        again.hears("Ctrl-C stops everything")
        assert not [name for name, pid in children.items() if is_alive(pid)]
    finally:
        again.ctrl_c()


def test_reset_asks_and_then_starts_empty(up: Up, var_dir: Path) -> None:
    up.hears("Ctrl-C stops everything")
    up.ctrl_c()
    before = (var_dir / "accounts.json").read_text()
    hesitant = Up(var_dir, up.port, up.shop_port, "--reset")
    assert hesitant.ended() == 1
    assert "Nothing was deleted" in hesitant.said
    assert (var_dir / "accounts.json").read_text() == before
    sure = Up(var_dir, up.port, up.shop_port, "--reset", "--yes").hears("Ctrl-C stops everything")
    sure.ctrl_c()
    assert (var_dir / "accounts.json").read_text() != before


@pytest.mark.parametrize(("answer", "deleted"), [("yes\n", True), ("y\n", False), ("\n", False), ("no\n", False)])
def test_reset_takes_nothing_but_yes_for_a_yes(
    monkeypatch: pytest.MonkeyPatch, var_dir: Path, answer: str, deleted: bool
) -> None:
    begun: list[bool] = []

    async def up(settings: Settings, options: UpOptions, progress: Progress) -> None:
        begun.append(options.reset)

    monkeypatch.setattr(command_up, "up", up)
    monkeypatch.setattr("sys.stdin", io.StringIO(answer))
    monkeypatch.setenv("PEYK_VAR_DIR", str(var_dir))
    assert command_up.main(arguments("--reset")) == (0 if deleted else 1)
    assert begun == ([True] if deleted else [])


def test_reset_of_a_database_that_is_not_ours_is_refused(
    monkeypatch: pytest.MonkeyPatch, var_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PEYK_VAR_DIR", str(var_dir))
    monkeypatch.setenv("PEYK_MONGODB_URI", "mongodb://127.0.0.1:1/?replicaSet=theirs")
    assert command_up.main(arguments("--reset", "--yes")) == 1
    assert "PEYK_MONGODB_URI names another one" in capsys.readouterr().err


def arguments(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    command_up.add_arguments(parser)
    return parser.parse_args(words)


def test_a_taken_port_is_refused_before_anything_is_started(var_dir: Path, ports: tuple[int, int]) -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", ports[0]))
        holder.listen()
        refused = Up(var_dir, *ports)
        assert refused.ended() == 1
    assert f"Port {ports[0]} can't be used" in refused.said
    assert not (var_dir / "mongo").exists()


async def test_a_port_that_is_free_at_the_second_look_is_not_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """As when the hub of a killed `peyk up` ends while it is asked who holds the port."""
    looks = iter(["address already in use", None, None])

    async def look(host: str, port: int) -> str | None:
        return next(looks)

    monkeypatch.setattr(orchestrator, "_problem_with", look)
    monkeypatch.setattr(orchestrator, "port_holder", lambda port: None)
    await orchestrator._refuse_taken_ports(load_settings(), Progress(io.StringIO()))
    assert next(looks, "looked three times") == "looked three times"
