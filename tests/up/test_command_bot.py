"""`peyk bot export` and `import`: a round trip over a real database, and refusals that change nothing."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bot.environment import ASSISTANT
from bot.training.project import examples_of, is_nlu, read_project
from hub.cli import main
from hub.store.embedded import Mongod
from hub.training.masking import masked_all


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
    assert set(examples_of(after)) == set(masked_all(examples_of(before)))
    written = {name: text for name, text in before.items() if not is_nlu(name, text)}
    assert {name: after[name] for name in written} == written
    assert main(["bot", "import", str(var / "out")]) == 0
    assert main(["bot", "export", str(var / "out")]) == 1
    assert "not empty" in capsys.readouterr().err


def test_a_bad_project_is_refused_and_the_old_one_stays(var: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bot", "import", str(ASSISTANT)]) == 0
    for number, (name, text, wanted) in enumerate(
        (
            (
                "nlu/en/shop.yml",
                "- intent: nowhere\n  examples: |\n    - one\n    - two\n",
                "nowhere is not in the domain",
            ),
            ("nlu/en/shop.yml", "- intent: shipping\n  examples: |\n    - [a [b](c)](d)\n", "shop.yml:"),
            ("nlu/order_number.yml", "    - (a+)+$\n", "order_number.yml:7: The pattern (a+)+$"),
            ("rules/studio.yml", "version: '3.1'\n", "data/rules/studio.yml:1: The studio makes"),
        )
    ):
        bad = var / f"bad-{number}"
        shutil.copytree(ASSISTANT, bad)
        with (bad / "data" / name).open("a") as handle:
            handle.write(text)
        assert main(["bot", "import", str(bad)]) == 1
        assert wanted in capsys.readouterr().err
    assert main(["bot", "export", str(var / "out")]) == 0
    before, after = read_project(ASSISTANT), read_project(var / "out")
    assert set(examples_of(after)) == set(masked_all(examples_of(before)))
    assert after["data/nlu/order_number.yml"] == before["data/nlu/order_number.yml"]
