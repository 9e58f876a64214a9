"""The doctor names what is wrong and what to do; each case is made for real where a test can make it."""

import asyncio
import os
import shutil
import socket
import subprocess
from pathlib import Path

import pytest

from hub.settings import Settings, load_settings
from hub.store.embedded import Mongod, MongodOptions
from hub.up import doctor
from hub.up.doctor import GIB, Verdict
from tests.mongod import TOOLS
from tests.ports import free_port


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("PEYK_VAR_DIR", str(tmp_path))
    (tmp_path / "tools").symlink_to(TOOLS)
    return load_settings(port=free_port(), shop_port=free_port(), bot_enabled=False)


def test_a_taken_port_is_named_with_its_holder(settings: Settings) -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", settings.port))
        holder.listen()
        found = {finding.verdict: finding.text for finding in doctor.ports(settings)}
    assert f"Port {settings.port} is taken by" in found[Verdict.BAD]
    assert "(pid " in found[Verdict.BAD]
    assert "PEYK_PORT=" in found[Verdict.BAD]
    assert all(finding.verdict is Verdict.GOOD for finding in doctor.ports(settings))


@pytest.mark.parametrize(("free", "verdict"), [(GIB // 4, Verdict.BAD), (GIB, Verdict.BAD), (100 * GIB, Verdict.GOOD)])
def test_a_full_disk_is_bad(tmp_path: Path, free: int, verdict: Verdict) -> None:
    assert [finding.verdict for finding in doctor.disk(tmp_path, free)] == [verdict]


def test_a_nearly_full_disk_is_a_hint_once_the_bot_is_installed(tmp_path: Path) -> None:
    (tmp_path / "bot/venv").mkdir(parents=True)
    assert [finding.verdict for finding in doctor.disk(tmp_path, GIB)] == [Verdict.HINT]


def test_a_clock_behind_the_newest_file_is_wrong(tmp_path: Path) -> None:
    now = 1_800_000_000.0
    (bad,) = doctor.clock(now, now + 86_400)
    assert bad.verdict is Verdict.BAD
    assert "timedatectl" in bad.text
    assert [finding.verdict for finding in doctor.clock(now, now - 5)] == [Verdict.GOOD]
    assert doctor.newest_file(tmp_path) > 1_700_000_000


def test_too_little_memory_is_said() -> None:
    assert [finding.verdict for finding in doctor.memory(GIB // 4)] == [Verdict.BAD]
    assert [finding.verdict for finding in doctor.memory(GIB)] == [Verdict.HINT]


def test_a_folder_that_is_a_file_is_not_writable(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("")
    (bad,) = doctor.folder(tmp_path / "var")
    assert bad.verdict is Verdict.BAD
    assert "not writable" in bad.text


def test_secrets_that_others_can_read_are_a_hint(settings: Settings) -> None:
    (settings.var_dir / "secrets.json").chmod(0o644)
    assert any("chmod 600" in finding.text for finding in doctor.folder(settings.var_dir))


async def make_data(settings: Settings) -> None:
    data, log = settings.var_dir / "mongo", settings.log_dir / "mongod.log"
    async with Mongod(MongodOptions(directory=data, tools=TOOLS, log=log, cache_gb=0.25, oplog_mb=64)):
        pass


def test_a_database_that_will_not_start_is_told_in_words(settings: Settings) -> None:
    asyncio.run(make_data(settings))
    assert [finding.verdict for finding in doctor.database(settings)] == [Verdict.GOOD]
    for file in (settings.var_dir / "mongo").glob("WiredTiger*"):
        file.write_bytes(b"damaged")
    (bad,) = doctor.database(settings)
    assert bad.verdict is Verdict.BAD
    assert "damaged" in bad.text


def test_without_python_310_the_way_out_is_named(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    bin_dir = tmp_path / "bin"
    bin_dir.mkdir()
    uv = bin_dir / "uv"
    uv.write_text("#!/bin/sh\nexit 1\n")
    uv.chmod(0o755)
    monkeypatch.setenv("PATH", str(bin_dir) + ":/bin")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("PYENV_ROOT", raising=False)
    monkeypatch.delenv("UV", raising=False)
    if any(Path(f"/bin/{name}").exists() for name in ("python3.10",)):
        pytest.skip("the system itself has Python 3.10")
    (bad,) = doctor.python310(settings.model_copy(update={"bot_enabled": True}))
    assert bad.verdict is Verdict.BAD
    assert "Python 3.10" in bad.text
    assert "--no-bot" in bad.text


def test_the_command_ends_with_1_when_something_is_wrong(settings: Settings) -> None:
    root = Path(__file__).parents[2]
    command = [str(root / ".venv/bin/peyk"), "doctor"]
    environment = {"PATH": "/usr/bin:/bin", "PEYK_VAR_DIR": str(settings.var_dir), "PEYK_BOT_ENABLED": "false"}
    environment |= {"PEYK_PORT": str(settings.port), "PEYK_SHOP_PORT": str(settings.shop_port)}
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", settings.port))
        holder.listen()
        done = subprocess.run(command, capture_output=True, text=True, cwd=root, env=environment, check=False)
    assert done.returncode == 1
    assert f"Port {settings.port} is taken" in done.stdout
    assert "thing" in done.stdout.splitlines()[-1]


def test_a_machine_that_lives_in_2020_is_told_so(settings: Settings) -> None:
    faketime = shutil.which("faketime")
    if faketime is None and os.environ.get("CI") != "true":
        pytest.skip("faketime is not installed")
    assert faketime is not None, "faketime is not installed"
    root = Path(__file__).parents[2]
    command = [faketime, "2020-02-02 12:00:00", str(root / ".venv/bin/peyk"), "doctor"]
    environment = {"PATH": os.environ["PATH"], "PEYK_VAR_DIR": str(settings.var_dir), "PEYK_BOT_ENABLED": "false"}
    done = subprocess.run(command, capture_output=True, text=True, cwd=root, env=environment, check=False)
    assert done.returncode == 1, done.stderr
    assert "The clock says 2020-02-02" in done.stdout
