"""Finding Python 3.10 among liars, doing nothing twice, and what the server is started with."""

from __future__ import annotations

import asyncio
import hashlib
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from bot import environment
from bot.environment import BotEnvironmentError
from tests.fakes.rasa import FakeRasa, Mood

FAKE_310 = "#!/bin/sh\necho '3 10'\n"
BROKEN_SHIM = "#!/bin/sh\necho 'pyenv: python3.10: command not found' >&2\nexit 127\n"


def program(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with a uv that knows no Python, and an empty home."""
    program(tmp_path / "bin/uv", "#!/bin/sh\nexit 2\n")
    monkeypatch.setenv("PATH", f"{tmp_path}/bin:/usr/bin:/bin")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("UV", raising=False)
    monkeypatch.delenv("PYENV_ROOT", raising=False)
    return tmp_path


def add_path(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")


def test_a_python310_on_the_path_is_found(bare: Path) -> None:
    wanted = program(bare / "bin/python3.10", FAKE_310)
    assert environment.find_python310() == wanted


def test_a_shim_that_fails_is_passed_over_for_the_version_beside_it(
    bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(bare / "pyenv/shims/python3.10", BROKEN_SHIM)
    wanted = program(bare / "pyenv/versions/3.10.13/bin/python3.10", FAKE_310)
    add_path(monkeypatch, bare / "pyenv/shims")
    assert environment.find_python310() == wanted


def test_another_version_under_the_name_is_not_believed(bare: Path) -> None:
    program(bare / "bin/python3.10", "#!/bin/sh\necho '3 11'\n")
    with pytest.raises(BotEnvironmentError, match=r"uv python install 3\.10"):
        environment.find_python310()


def test_without_uv_the_problem_is_worded(bare: Path) -> None:
    (bare / "bin/uv").unlink()
    with pytest.raises(BotEnvironmentError, match="`uv` was not found"):
        environment.find_uv()


def installed(var: Path) -> None:
    program(var / "bot/venv/bin/python", FAKE_310)
    (var / "bot/install.stamp").write_text(hashlib.sha256(environment.REQUIREMENTS.read_bytes()).hexdigest())


def test_installing_twice_does_nothing(tmp_path: Path) -> None:
    said: list[str] = []
    (tmp_path / "bot").mkdir()
    installed(tmp_path)
    assert environment.install(tmp_path, said.append) == tmp_path / "bot/venv/bin/python"
    assert said == []


def test_a_full_disk_is_told_before_anything_is_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment, "DISK_NEEDED", 10**18)
    with pytest.raises(BotEnvironmentError, match="4 GB of free disk space"):
        environment.install(tmp_path, print)


def test_training_without_the_environment_is_worded(tmp_path: Path) -> None:
    with pytest.raises(BotEnvironmentError, match="isn't installed"):
        environment.train(tmp_path, print)


def test_a_failed_training_tells_its_reason_and_leaves_no_model(tmp_path: Path) -> None:
    program(tmp_path / "bot/venv/bin/rasa", "#!/bin/sh\necho 'InvalidRule: contradicting rules'\nexit 1\n")
    with pytest.raises(BotEnvironmentError, match="contradicting rules"):
        environment.train(tmp_path, print)
    assert not environment.model_path(tmp_path).exists()


def test_training_is_done_once_with_normalised_data_and_keeps_few_models(tmp_path: Path) -> None:
    script = (
        '#!/bin/sh\nwhile [ "$1" ]; do case "$1" in --out) out=$2;; --fixed-model-name) name=$2;; esac; shift; done\n'
    )
    program(tmp_path / "bot/venv/bin/rasa", script + 'mkdir -p "$out"\necho model > "$out/$name.tar.gz"\n')
    for number in range(5):
        (tmp_path / "bot/models").mkdir(exist_ok=True)
        (tmp_path / f"bot/models/peyk-old{number}.tar.gz").write_text("old")
    said: list[str] = []
    model = environment.train(tmp_path, said.append)
    assert model.read_text() == "model\n"
    assert said[-1] == "The bot is trained."
    assert len(list(model.parent.glob("*.tar.gz"))) == environment.KEPT_MODELS
    assert "[12345](order_number)" in (tmp_path / "bot/project/data/nlu/fa/shop.yml").read_text(encoding="utf-8")
    assert "۱" not in (tmp_path / "bot/project/data/nlu/fa/shop.yml").read_text(encoding="utf-8")
    assert not (tmp_path / "bot/project/tests").exists()
    said.clear()
    assert environment.train(tmp_path, said.append) == model
    assert said == []


def test_the_server_listens_on_loopback_and_no_secret_is_on_its_command_line(tmp_path: Path) -> None:
    model = environment.model_path(tmp_path)
    model.write_text("model")
    token = "t0ken-of_16-and-more"
    command, env, cwd = environment.serve(
        tmp_path, 5005, "mongodb://user:secret@127.0.0.1:27017/?directConnection=true", "peyk_rasa", token, "http://h/a"
    )
    line = " ".join(command)
    assert "--interface 127.0.0.1" in line
    assert "--enable-api" not in line
    assert token not in line
    assert "secret" not in line
    assert env["PEYK_BOT_TOKEN"] == token
    assert env["RASA_TELEMETRY_ENABLED"] == "false"
    assert env["PEYK_BOT_MONGODB_URI"].endswith(
        "?directConnection=true&serverSelectionTimeoutMS=1000&connectTimeoutMS=1000&socketTimeoutMS=2000"
    )
    assert cwd.is_dir()


@pytest.mark.parametrize(
    ("uri", "expected_start"),
    [
        ("mongodb://h:1", "mongodb://h:1/?serverSelectionTimeoutMS=1000&"),
        ("mongodb://h:1/", "mongodb://h:1/?serverSelectionTimeoutMS=1000&"),
        (
            "mongodb://h:1/?serverSelectionTimeoutMS=5",
            "mongodb://h:1/?serverSelectionTimeoutMS=5&connectTimeoutMS=1000&",
        ),
    ],
)
def test_the_stores_waits_are_short(uri: str, expected_start: str) -> None:
    assert environment._with_timeouts(uri).startswith(expected_start)


@pytest.mark.parametrize("token", ["short", "has a space in it", "quotes'\"quotes'\"quotes", ""])
def test_a_weak_token_is_refused(tmp_path: Path, token: str) -> None:
    with pytest.raises(BotEnvironmentError, match="token"):
        environment.serve(tmp_path, 5005, None, "", token, "http://h/a")


def test_serving_without_a_model_is_worded(tmp_path: Path) -> None:
    with pytest.raises(BotEnvironmentError, match="isn't trained"):
        environment.serve(tmp_path, 5005, None, "", "t0ken-of_16-and-more", "http://h/a")


async def test_ready_asks_the_real_path() -> None:
    async with FakeRasa() as fake:
        assert await asyncio.to_thread(environment.ready, fake.url, fake.token) == "fake-model"
        assert await asyncio.to_thread(environment.ready, fake.url, "wrong") is None
        fake.mood = Mood.NO_MODEL
        assert await asyncio.to_thread(environment.ready, fake.url, fake.token) is None
    assert await asyncio.to_thread(environment.ready, fake.url, fake.token) is None


def test_the_command_line_words_its_problems(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert environment.main(["train", "--var", str(tmp_path)]) == 1
    assert "isn't installed" in capsys.readouterr().err


def test_the_module_needs_nothing_but_the_standard_library() -> None:
    root = Path(environment.__file__).parents[1]
    code = "import sys; sys.path.insert(0, sys.argv[1]); import bot.environment, bot.persian"
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code, str(root)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_a_server_of_a_studio_asks_the_hub_for_models_and_its_token_is_in_no_file(tmp_path: Path) -> None:
    environment.model_path(tmp_path).write_text("model")
    token, models = "t0ken-of_16-and-more", "http://h/bot/models/b"
    command, env, _ = environment.serve(tmp_path, 5006, None, "", token, "http://h/bot/actions", models)
    endpoints = Path(command[command.index("--endpoints") + 1])
    assert "models:" in endpoints.read_text()
    assert token not in endpoints.read_text()
    assert env["PEYK_BOT_MODELS_URL"] == models
    assert env["PEYK_BOT_BUILT_IN"] == str(environment.model_path(tmp_path))
