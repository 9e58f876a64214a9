"""Real trainings in Rasa's own environment: figures, a real project, limits, cancelling, hostile projects."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import sys
import tarfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.environment import ASSISTANT
from bot.training.data import DataRefused, Example
from bot.training.evaluating import evaluate
from bot.training.pipeline import fitted_config, threshold_of
from bot.training.project import examples_of, is_nlu, problems_of, read_project, write_project
from bot.training.reading import to_csv
from bot.training.report import BINS, compare, judge
from bot.training.runs import Limits, RunFailed, train
from hub.cli import main
from hub.processes import command_line
from tests.bot.assistant_lab import var_dir
from tests.bot.bad_sets import BAD_SETS, GOOD
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
    names = {"order": "faq/my order, please", "price": "قیمت 😀"}
    rows = [replace(one, intent=names[one.intent]) for one in small()]
    again = [rows[0], replace(rows[1], split="test")]
    data.write_text(to_csv([*rows, *again]), "utf-8")
    assert main(["bot", "evaluate", "--data", str(data), "--var", str(home.parent), "--json"]) == 0
    said = capsys.readouterr()
    assert "1 of the 5 test rows are trained on, too" in said.err
    report = json.loads(said.out)
    assert report["accuracy"] == report["macro_f1"] == 1.0
    assert (report["n_train"], report["n_test"], report["errors"]) == (17, 5, [])
    assert report["per_intent"] == {
        name: {"precision": 1.0, "recall": 1.0, "f1": 1.0, "support": support}
        for name, support in zip(names.values(), (3, 2), strict=True)
    }
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


@pytest.mark.rasa
@pytest.mark.timeout(120)
async def test_a_command_that_is_ended_leaves_nothing(home: Path, tmp_path: Path) -> None:
    data = tmp_path / "data.csv"
    data.write_text(to_csv(small()), "utf-8")
    command = ["-m", "hub.cli", "bot", "evaluate", "--data", str(data), "--var", str(home.parent)]
    process = await asyncio.create_subprocess_exec(
        sys.executable, *command, env=os.environ | {"TMPDIR": str(tmp_path)}, stderr=asyncio.subprocess.PIPE
    )
    assert process.stderr is not None
    while not (await process.stderr.readline()).startswith(b"start"):
        assert process.returncode is None
    process.terminate()
    assert await process.wait() == 143
    assert await asyncio.to_thread(lambda: list(tmp_path.iterdir())) == [data]
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
    assert (report["n_test"], report["threshold"]) == (6, 0.3)
    with tarfile.open(out) as archive:
        assert "metadata.json" in archive.getnames()


def test_bad_data_is_refused_on_the_command_line_with_its_places(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    large = b"x" * 50 * 1024**2
    alone = (GOOD + "only one,alone,en\n").encode()
    more = (("large.csv", large, "large.csv", ""), ("alone.csv", alone, "alone.csv:4", ""))
    for name, raw, place, code in (*BAD_SETS, *more):
        if code in ("regex_slow", "control"):  # `evaluate` reads sentences only
            continue
        bad = tmp_path / name
        bad.write_bytes(raw)
        assert main(["bot", "evaluate", "--data", str(bad), "--json"]) == 1
        said = capsys.readouterr()
        assert place in said.err
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
    rows = [Example(text=str(n), intent="a", lang="en") for n in range(5_000)]
    assert fitted_config(config, rows[:1_000], []) == config
    larger = fitted_config(config, rows[:1_001], [])
    assert "solver: liblinear" in larger
    assert "threshold: 0.6" in larger
    assert fitted_config(larger, rows, []) == larger


@pytest.mark.parametrize(
    ("name", "text", "wanted"),
    [
        ("domain.yml", "a: &a [x]\nb: &b [*a, *a]\n" * 1, None),
        ("domain.yml", "a: !!python/name:os.system\n", "yaml_tag"),
        ("domain.yml", "a: &a\n  b: *a\n", "yaml_alias"),
        ("domain.yml", "t: ${SECRET}\n", "variable"),
        ("data/x.yml", "\x80", "bad_yaml"),
        ("domain.yml", "<<: 5\n", "bad_yaml"),
        ("config.yml", "a: <<\n", "bad_yaml"),
        ("data/x.yml", "? [a]\n: b\n", "bad_yaml"),
        ("data/x.yml", f"a: {'9' * 5_000}\n", "bad_yaml"),
        ("data/x.yml", "a: =\nb: 2020-13-45\n", None),
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


@given(st.lists(st.tuples(st.integers(0, 10_000), st.booleans()), min_size=1, max_size=60))
def test_the_distribution_of_confidence_tells_the_same_as_the_thresholds(readings: list[tuple[int, bool]]) -> None:
    test = [Example(text=str(n), intent="a", lang="en", split="test") for n in range(len(readings))]
    read = [[("a" if right else "b", sure / 10_000)] for sure, right in readings]
    report = judge(test, read, n_train=9, train_seconds=1.0, peak_mb=1)
    for one in report.thresholds:
        sure = report.bins[round(one.threshold * BINS) :]
        answered, right = sum(bin_.right + bin_.wrong for bin_ in sure), sum(bin_.right for bin_ in sure)
        assert one.answered == round(answered / len(test), 4)
        assert one.right == (round(right / answered, 4) if answered else 0.0)


def test_a_pipelines_own_threshold_is_known() -> None:
    config = (ASSISTANT / "config.yml").read_text("utf-8")
    assert threshold_of(config) == 0.5
    assert threshold_of(fitted_config(config, [Example(text="a", intent="a", lang="en")] * 5_000, [])) == 0.6
    assert threshold_of("pipeline: []") == 0.0
