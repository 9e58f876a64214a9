"""`peyk bot`: teach and judge the bot from the command line, as the training studio does."""

from __future__ import annotations

import argparse
import asyncio
import json
import shutil
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import msgspec

from bot import environment
from bot.environment import ASSISTANT, BotEnvironmentError
from bot.training.data import DataRefused, conflicts, refused
from bot.training.evaluating import evaluate
from bot.training.pipeline import threshold_of
from bot.training.project import examples_of, problems_of, read_project, write_project
from bot.training.reading import read_path
from bot.training.report import Report, judge
from bot.training.runs import MEMORY_MB, SECONDS, Limits, Progress, RunFailed, train
from hub.cli import settings_or_exit
from hub.clock import SystemClock
from hub.errors import HubError
from hub.store.audit import AuditTrail, Deed
from hub.store.database import connect
from hub.store.embedded import Mongod, MongodError, MongodOptions, running_uri
from hub.store.rollouts import Rollouts
from hub.store.stories import Stories
from hub.store.studio import StudioStore
from hub.store.versions import Versions
from hub.training.studio import Studio

SHOWN_ERRORS = 20
ENDED = 128 + signal.SIGTERM


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Sub-commands: train, evaluate, export, import."""
    what = parser.add_subparsers(dest="what", required=True, metavar="what")
    training = what.add_parser("train", help="train a Rasa project and report on its tests/nlu")
    training.add_argument("--data", type=Path, default=ASSISTANT, help="folder of the project (default: the assistant)")
    training.add_argument("--out", type=Path, help="where to put the model (default: beside the other models)")
    judging = what.add_parser("evaluate", help="train on a data set's train part, report on its test part")
    kinds = "CSV, JSON Lines, Rasa YAML, a folder of them, or a Rasa project"
    judging.add_argument("--data", type=Path, required=True, help=kinds)
    exporting = what.add_parser("export", help="write what the bot knows as a Rasa project")
    importing = what.add_parser("import", help="put a Rasa project in place of what the bot knows")
    for one, words in ((exporting, "a new or empty folder"), (importing, "the folder of the project")):
        one.add_argument("folder", type=Path, help=words)
    for one in (training, judging, exporting, importing):
        one.add_argument("--var", type=Path, help="the product's data folder (PEYK_VAR_DIR)")
    for one in (training, judging):
        one.add_argument("--json", action="store_true", help="print the report as one JSON object and nothing else")
        one.add_argument("--memory-mb", type=int, default=MEMORY_MB, help="end a run that takes more")
        one.add_argument("--seconds", type=float, default=SECONDS, help="end a run that takes longer")


def main(arguments: argparse.Namespace) -> int:
    """0: done; 1: the data or the run is refused, in words; 143: ended from outside, with nothing left behind."""
    work = {"train": _train, "evaluate": _evaluate, "export": _export, "import": _import}[arguments.what]
    try:
        return asyncio.run(_endable(work(arguments)))
    except asyncio.CancelledError:
        return ENDED
    except (DataRefused, RunFailed, BotEnvironmentError, HubError, MongodError, OSError) as error:
        print(error, file=sys.stderr)
        return 1


async def _endable(work: Coroutine[None, None, int]) -> int:
    """SIGTERM ends the work as Ctrl+C does: what it trains ends, and its folder goes."""
    task = asyncio.ensure_future(work)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    return await task


async def _evaluate(arguments: argparse.Namespace) -> int:
    examples = await asyncio.to_thread(read_path, arguments.data)
    taught = {one.text for one in examples if one.split == "train"}
    test = [one.text for one in examples if one.split == "test"]
    if not test:
        _say("no row is marked as test: a fifth is held out")
    if known := sum(text in taught for text in test):
        _say(f"{known} of the {len(test)} test rows are trained on, too")
    home = await _home(arguments)
    report = await evaluate(home, examples, limits=_limits(arguments), tell=_teller(arguments))
    _print(report, arguments)
    return 0


async def _train(arguments: argparse.Namespace) -> int:
    files = await asyncio.to_thread(read_project, arguments.data)
    examples = examples_of(files)
    if problems := problems_of(files, examples):
        raise DataRefused(problems)
    home = await _home(arguments)
    for one in conflicts(examples):
        print(f"{'nearly ' if one.near else ''}the same in {', '.join(one.intents)}: {one.text}", file=sys.stderr)
    test = [one for one in examples if one.split == "test"]
    if not test:
        _say("there is no tests/nlu to test on: nothing will be known of its accuracy")
    folder = Path(tempfile.mkdtemp(prefix="peyk-training-"))
    try:
        await asyncio.to_thread(write_project, folder, files, examples)
        threshold = threshold_of((folder / "config.yml").read_text("utf-8"))
        limits, tell = _limits(arguments), _teller(arguments)
        done = await train(home, folder, [one.text for one in test], limits=limits, tell=tell)
        out = arguments.out or home / "models" / f"trained-{done.model_id}.tar.gz"
        await asyncio.to_thread(shutil.copyfile, done.model, out)
    finally:
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
    n_train = len(examples) - len(test)
    seconds, peak_mb = done.train_seconds, done.peak_mb
    report = judge(test, done.read, n_train=n_train, train_seconds=seconds, peak_mb=peak_mb, threshold=threshold)
    print(f"the model: {out}", file=sys.stderr)
    _print(report, arguments)
    return 0


async def _export(arguments: argparse.Namespace) -> int:
    folder: Path = arguments.folder
    if await asyncio.to_thread(_holds_something, folder):
        raise refused(str(folder), "not_empty", "This folder is not empty.")
    async with _studio(arguments) as studio:
        files, examples = await studio.exported()
    await asyncio.to_thread(write_project, folder, files, examples, fit=False)
    print(f"{len(examples)} examples and {len(files)} files are in {folder}; `rasa train` takes it as it is.")
    return 0


async def _import(arguments: argparse.Namespace) -> int:
    files = await asyncio.to_thread(read_project, arguments.folder)
    async with _studio(arguments) as studio:
        known, masked = await studio.replace_project(files, arguments.folder.resolve().name)
        changes = {"intents": [None, len(known.intents)], "masked": [None, masked]}
        deed = Deed(actor="", action="bot.project", target="bot:project", changes=changes)
        await AuditTrail(studio.store.database, SystemClock()).add(deed)
    if masked:
        print(f"{masked} sentences had personal data in them, which is masked.")
    print(f"The bot knows {len(known.intents)} intents now. Customers notice once a version is trained and activated.")
    return 0


def _holds_something(folder: Path) -> bool:
    return folder.exists() and (not folder.is_dir() or any(folder.iterdir()))


@asynccontextmanager
async def _studio(arguments: argparse.Namespace) -> AsyncIterator[Studio]:
    """The hub's studio: in the database of the settings, or the private one, which is started if it does not run."""
    settings = settings_or_exit(var_dir=arguments.var)
    async with AsyncExitStack() as stack:
        directory = settings.var_dir.resolve() / "mongo"
        uri = settings.mongodb_uri.get_secret_value() if settings.mongodb_uri else running_uri(directory)
        if uri is None:
            options = MongodOptions(directory=directory, tools=settings.tools_dir, log=settings.log_dir / "mongod.log")
            uri = (await stack.enter_async_context(Mongod(options, _say))).uri
        database = await stack.enter_async_context(connect(uri, settings.database))
        yield Studio(StudioStore(database), Versions(database), Rollouts(database), Stories(database), SystemClock())


async def _home(arguments: argparse.Namespace) -> Path:
    var = settings_or_exit(var_dir=arguments.var).var_dir.resolve()
    await asyncio.to_thread(environment.install, var, _say)
    return var / "bot"


def _limits(arguments: argparse.Namespace) -> Limits:
    return Limits(memory_mb=arguments.memory_mb, seconds=arguments.seconds)


def _teller(arguments: argparse.Namespace) -> Callable[[Progress], None]:
    def tell(progress: Progress) -> None:
        share = f" {progress.done} of {progress.of}" if progress.of else ""
        _say(f"{progress.stage} {progress.detail}{share}".rstrip())

    return (lambda progress: None) if arguments.json else tell


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _print(report: Report, arguments: argparse.Namespace) -> None:
    if arguments.json:
        print(json.dumps(msgspec.to_builtins(report), ensure_ascii=False))
        return
    if report.n_test:
        print(f"accuracy {report.accuracy:.3f}, macro F1 {report.macro_f1:.3f}")
    print(
        f"{report.n_train} examples trained in {report.train_seconds} s and {report.peak_mb} MB; {report.n_test} tested"
    )
    for lang, share in report.per_lang.items():
        print(f"  {lang}: {share:.3f}")
    for wrong in report.errors[:SHOWN_ERRORS]:
        print(f"  {wrong.intent} taken for {wrong.predicted} ({wrong.confidence:.2f}): {wrong.text}")
