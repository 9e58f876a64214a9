"""Real trainings in Rasa's own environment: figures, a real project, limits, cancelling, hostile projects."""

from __future__ import annotations

import asyncio
import json
import shutil
import tarfile
from pathlib import Path

import pytest

from bot.environment import ASSISTANT
from bot.training.data import DataRefused, Example
from bot.training.evaluating import evaluate
from bot.training.project import examples_of, fitted_config, is_nlu, problems_of, read_project, write_project
from bot.training.reading import to_csv
from bot.training.report import compare, judge
from bot.training.runs import Limits, RunFailed, train
from hub.cli import main
from hub.processes import command_line
from tests.bot.assistant_lab import var_dir
from tests.hub.training.lab import project

WORDS = {"en": "please now today kindly again", "fa": "لطفا الان امروز دوباره سریع"}
INTENTS = {"order": ("where is my parcel", "سفارش من کجاست"), "price": ("what does it cost", "قیمت این چند است")}


def small() -> list[Example]:
    found = []
    for intent, texts in INTENTS.items():
        for text, (lang, words) in zip(texts, WORDS.items(), strict=True):
            for number, word in enumerate(words.split()):
                split = "test" if number == 4 else "train"
                found.append(Example(text=f"{text} {word}", intent=intent, lang=lang, split=split))  # type: ignore[arg-type]
    return found


@pytest.fixture
def home() -> Path:
    if not (var_dir() / "bot/install.stamp").exists():
        pytest.fail("the bot's environment is missing: `python -m bot.environment install`")
    return var_dir().resolve() / "bot"


@pytest.mark.rasa
@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_data_set_is_judged_from_the_command_line(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "data.csv"
    data.write_text(to_csv(small()), "utf-8")
    assert main(["bot", "evaluate", "--data", str(data), "--var", str(home.parent), "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["accuracy"] == report["macro_f1"] == 1.0
    assert (report["n_train"], report["n_test"], report["errors"]) == (16, 4, [])
    assert report["per_intent"]["price"] == {"precision": 1.0, "recall": 1.0, "f1": 1.0, "support": 2}
    assert report["per_lang"] == {"en": 1.0, "fa": 1.0}
    assert 100 < report["peak_mb"] < 3_000
    assert 0 < report["train_seconds"] < 200


@pytest.mark.rasa
@pytest.mark.timeout(120)
async def test_a_run_that_takes_too_much_is_ended(home: Path) -> None:
    with pytest.raises(RunFailed) as slow:
        await evaluate(home, small(), limits=Limits(seconds=1.0))
    assert slow.value.code == "time"
    with pytest.raises(RunFailed) as large:
        await evaluate(home, small(), limits=Limits(memory_mb=60))
    assert large.value.code == "memory"
    with pytest.raises(RunFailed) as full:
        await evaluate(home, small(), limits=Limits(disk_mb=10**9))
    assert full.value.code == "disk"


@pytest.mark.rasa
@pytest.mark.timeout(120)
async def test_cancelling_ends_the_child_and_leaves_nothing(home: Path, tmp_path: Path) -> None:
    write_project(
        tmp_path, {"config.yml": (ASSISTANT / "config.yml").read_text(), "domain.yml": "intents: []\n"}, small()
    )
    begun = asyncio.Event()
    run = asyncio.create_task(train(home, tmp_path, [], nlu_only=True, tell=lambda _: begun.set()))
    await begun.wait()
    run.cancel()
    with pytest.raises(asyncio.CancelledError):
        await run
    assert not [line for line in _command_lines() if str(tmp_path) in line]


def _command_lines() -> list[str]:
    return [" ".join(command_line(int(path.name))) for path in Path("/proc").glob("[0-9]*")]


@pytest.mark.rasa
@pytest.mark.timeout(120)
async def test_what_rasa_refuses_is_said_in_its_words(home: Path, tmp_path: Path) -> None:
    files = {
        "config.yml": (ASSISTANT / "config.yml").read_text(),
        "domain.yml": 'version: "3.1"\nintents: [order, price]\nactions: [action_a, action_b]\n',
        "data/rules.yml": 'version: "3.1"\nrules:\n'
        "- rule: one\n  steps:\n  - intent: order\n  - action: action_a\n"
        "- rule: two\n  steps:\n  - intent: order\n  - action: action_b\n",
    }
    write_project(tmp_path, files, [one for one in small() if one.split == "train"])
    with pytest.raises(RunFailed) as refused:
        await train(home, tmp_path, [])
    assert refused.value.code == "training"
    assert "contradict" in refused.value.text.lower()


@pytest.mark.rasa
@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_project_is_trained_from_the_command_line(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data, out = tmp_path / "project", tmp_path / "model.tar.gz"
    files = project()
    write_project(data, files, examples_of(files))
    words = ["bot", "train", "--data", str(data), "--var", str(home.parent), "--out", str(out), "--json"]
    assert main(words) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["accuracy"] > 0.8
    assert report["n_test"] == 6
    with tarfile.open(out) as archive:
        assert "metadata.json" in archive.getnames()


def test_bad_data_is_refused_on_the_command_line_with_its_places(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_text("text,intent\nhi,greet\nhello,greet\nx,restart\n")
    assert main(["bot", "evaluate", "--data", str(bad), "--json"]) == 1
    said = capsys.readouterr()
    assert "bad.csv:4" in said.err
    assert not said.out


def test_a_project_comes_back_as_it_was_written(tmp_path: Path) -> None:
    files = read_project(ASSISTANT)
    examples = examples_of(files)
    assert not problems_of(files, examples)
    assert {one.split for one in examples} == {"train", "test"}
    write_project(tmp_path, files, examples)
    again = read_project(tmp_path)
    assert set(examples_of(again)) == set(examples)
    kept = {name: text for name, text in files.items() if not is_nlu(name, text)}
    assert kept == {name: text for name, text in again.items() if name in kept}


def test_a_large_project_gets_the_faster_solver_and_a_higher_threshold() -> None:
    config = (ASSISTANT / "config.yml").read_text()
    assert fitted_config(config, 1_000) == config
    larger = fitted_config(config, 1_001)
    assert "solver: liblinear" in larger
    assert "threshold: 0.6" in larger
    assert fitted_config(larger, 5_000) == larger


@pytest.mark.parametrize(
    ("name", "text", "wanted"),
    [
        ("domain.yml", "a: &a [x]\nb: &b [*a, *a]\n" * 1, None),
        ("domain.yml", "a: !!python/name:os.system\n", "yaml_tag"),
        ("domain.yml", "a: &a\n  b: *a\n", "yaml_alias"),
        ("domain.yml", "t: ${SECRET}\n", "variable"),
        ("data/x.yml", "\x80", "bad_yaml"),
    ],
)
def test_a_hostile_project_is_refused(tmp_path: Path, name: str, text: str, wanted: str | None) -> None:
    shutil.copytree(ASSISTANT, tmp_path / "p")
    (tmp_path / "p" / name).write_text(text)
    if wanted is None:
        assert read_project(tmp_path / "p")
        return
    with pytest.raises(DataRefused) as caught:
        read_project(tmp_path / "p")
    assert caught.value.problems[0].code == wanted
    assert caught.value.problems[0].place.startswith(name)


def test_a_billion_laughs_are_not_followed(tmp_path: Path) -> None:
    shutil.copytree(ASSISTANT, tmp_path / "p")
    lines = ["a0: &a0 [x, x]"] + [f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}, *a{n - 1}]" for n in range(1, 40)]
    (tmp_path / "p/domain.yml").write_text("\n".join(lines))
    with pytest.raises(DataRefused) as caught:
        read_project(tmp_path / "p")
    assert caught.value.problems[0].code == "yaml_size"


def test_two_reports_say_what_got_better_and_what_worse() -> None:
    test = [Example(text=text, intent="a", lang="en", split="test") for text in ("x", "y", "z")]
    figures = {"n_train": 9, "train_seconds": 1.0, "peak_mb": 1}
    before = judge(test, [[("a", 0.9)], [("b", 0.8)], []], **figures)  # type: ignore[arg-type]
    after = judge(test, [[("b", 0.9)], [("a", 0.8)], []], **figures)  # type: ignore[arg-type]
    fixed, broken = compare(before, after, test)
    assert [one.text for one in fixed] == ["y"]
    assert [(one.text, one.after) for one in broken] == [("x", "b")]
    assert before.accuracy == 0.3333
    assert before.per_intent["a"].precision == 1.0
    assert [(one.answered, one.right) for one in before.thresholds if one.threshold in (0.0, 0.9)] == [
        (1.0, 0.3333),
        (0.3333, 1.0),
    ]
