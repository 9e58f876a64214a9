"""`peyk bot export` and `import`: a round trip over a real database, and refusals that change nothing."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bot.environment import ASSISTANT
from bot.training.project import examples_of, is_nlu, read_project
from hub.cli import main
from hub.store.embedded import Mongod


@pytest.fixture
def var(mongod_server: Mongod, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PEYK_MONGODB_URI", mongod_server.uri)
    monkeypatch.setenv("PEYK_DATABASE", "command-bot-" + tmp_path.name[-8:].strip("-_").lower().replace("_", "-"))
    monkeypatch.setenv("PEYK_VAR_DIR", str(tmp_path / "var"))
    return tmp_path


def test_a_project_goes_in_and_comes_out_the_same(var: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bot", "import", str(ASSISTANT)]) == 0
    assert main(["bot", "export", str(var / "out")]) == 0
    before, after = read_project(ASSISTANT), read_project(var / "out")
    assert set(examples_of(after)) == set(examples_of(before))
    written = {name: text for name, text in before.items() if not is_nlu(name, text)}
    assert {name: after[name] for name in written} == written
    assert main(["bot", "import", str(var / "out")]) == 0
    assert main(["bot", "export", str(var / "out")]) == 1
    assert "not empty" in capsys.readouterr().err


def test_a_bad_project_is_refused_and_the_old_one_stays(var: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bot", "import", str(ASSISTANT)]) == 0
    bad = var / "bad"
    shutil.copytree(ASSISTANT, bad)
    with (bad / "data/nlu/en/shop.yml").open("a") as handle:
        handle.write("- intent: nowhere\n  examples: |\n    - one\n    - two\n")
    assert main(["bot", "import", str(bad)]) == 1
    assert "nowhere is not in the domain" in capsys.readouterr().err
    assert main(["bot", "export", str(var / "out")]) == 0
    assert "nowhere" not in (var / "out/data/nlu/en.yml").read_text()
