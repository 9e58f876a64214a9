"""A run of Rasa in its own environment: limited in memory and time, gentle, cancellable, with progress.

The child has its own session and dies with us; cancelling the task that waits for a run ends the child. Whatever a run
makes lies in one folder, which the caller owns.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import signal
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from bot.environment import ASSISTANT, rasa_environment
from bot.training.report import Ranking
from bot.training.stories import Story, StoryRun, Told, bodies, run_of

JOB = ASSISTANT / "jobs/train_job.py"
RESULT, LOG = "result.json", "words.log"
LINE_BYTES = 1_000_000
LOOK_SECONDS = 0.5
LAST_WORDS = 2_000
_FULL = re.compile("No space left|File too large|quota exceeded")
"""What the system says when a disk, a file's limit or a quota is full (errno(3): ENOSPC, EFBIG, EDQUOT)."""
MEMORY_MB = 3_000
SECONDS = 1_800.0


class RunFailed(Exception):
    """A run ended without a model. `code`: `not_installed`, `training`, `memory`, `time`, `disk`, `died`."""

    def __init__(self, code: str, text: str) -> None:
        """Say why, in words for the person who asked."""
        super().__init__(text)
        self.code = code
        self.text = text


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one run may take: resident memory in MB, time in seconds, free disk in MB below which none is begun."""

    memory_mb: int = MEMORY_MB
    seconds: float = SECONDS
    disk_mb: int = 500


STANDARD = Limits()


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a run is. `stage`: start, train, load, test; `detail`: the component that is trained."""

    stage: str
    detail: str = ""
    done: int = 0
    of: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Trained:
    """What came out: the model's file, what it read in the test sentences, how stories went, what it took."""

    model: Path
    model_id: str
    rasa_version: str
    train_seconds: float
    peak_mb: int
    read: tuple[Ranking, ...]
    stories: tuple[StoryRun, ...] = ()


class _Told(msgspec.Struct):
    turns: list[Told]
    error: str


class _Result(msgspec.Struct):
    error: str = ""
    model: str = ""
    model_id: str = ""
    rasa_version: str = ""
    train_seconds: float = 0.0
    peak_mb: int = 0
    read: list[list[tuple[str, float]]] = []
    told: list[_Told] = []


async def train(
    home: Path,
    project: Path,
    test: Sequence[str],
    *,
    stories: Sequence[Story] = (),
    nlu_only: bool = False,
    limits: Limits = STANDARD,
    tell: Callable[[Progress], None] = lambda progress: None,
) -> Trained:
    """Train the Rasa project in `project` and let the model read `test`.

    Args:
        home: `<var>/bot`, where Rasa is installed.
        project: Holds `config.yml`, `domain.yml`, `data/`; the run writes beside them.
        test: Normalised sentences.
        stories: Conversations that the model is tried with; not with `nlu_only`.
        nlu_only: Without rules and stories, which makes no bot but tells what one would understand.
        limits: What it may take.
        tell: Hears progress.

    Raises:
        RunFailed: There is no model; the child is gone.
    """
    wanted = {"out": str(project / "model"), "name": "model", "nlu_only": nlu_only, "test": list(test)}
    return await _run(home, project, wanted, stories, limits, tell)


async def tell_stories(
    home: Path, folder: Path, model: Path, stories: Sequence[Story], *, limits: Limits = STANDARD
) -> tuple[StoryRun, ...]:
    """Try a model that is there with stories; the run writes into `folder`. Raises RunFailed."""
    wanted = {"model": str(model), "test": []}
    return (await _run(home, folder, wanted, stories, limits, lambda progress: None)).stories


async def _run(
    home: Path,
    project: Path,
    wanted: Mapping[str, object],
    stories: Sequence[Story],
    limits: Limits,
    tell: Callable[[Progress], None],
) -> Trained:
    process = await begin(home, project, {**wanted, "stories": [bodies(one) for one in stories]}, limits)
    try:
        await _watched(process, limits, tell)
    finally:
        await end(process)
    return _outcome(project / RESULT, project / LOG, process.returncode, limits, stories)


async def begin(
    home: Path, folder: Path, job: Mapping[str, object], limits: Limits, *, heard: bool = False
) -> asyncio.subprocess.Process:
    """Start a child with a job (see `train_job.py`) in `folder`; `heard`: it listens to its standard input.

    Raises:
        RunFailed: Rasa is not installed, or there is no room.
    """
    python = home / "venv/bin/python"
    if not python.exists():
        raise RunFailed("not_installed", "The bot's environment isn't installed: `python -m bot.environment install`.")
    _check_disk(folder, limits)
    (folder / RESULT).unlink(missing_ok=True)
    (folder / "job.json").write_text(json.dumps(job), "utf-8")
    with (folder / LOG).open("wb") as words:
        return await asyncio.create_subprocess_exec(
            *("nice", "-n", "19", str(python), str(JOB), str(folder / "job.json"), str(folder / RESULT)),
            cwd=folder,
            env=rasa_environment(home) | {"RASA_MAX_CACHE_SIZE": "0", "TMPDIR": str(folder)},
            stdin=asyncio.subprocess.PIPE if heard else asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=words,
            limit=LINE_BYTES,
            start_new_session=True,
        )


async def end(process: asyncio.subprocess.Process) -> None:
    """Kill a child and whatever it started, unless it is gone, and wait for that."""
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    await process.wait()


async def _watched(process: asyncio.subprocess.Process, limits: Limits, tell: Callable[[Progress], None]) -> None:
    """Hear the child until it ends; end it when it takes too much."""
    watch = asyncio.create_task(_until_too_large(process.pid, limits.memory_mb), name="training-memory")
    words = asyncio.create_task(_hear(process, tell), name="training-progress")
    try:
        done, _ = await asyncio.wait({watch, words}, timeout=limits.seconds, return_when=asyncio.FIRST_COMPLETED)
        if words in done:
            return words.result()
        if watch in done:
            raise RunFailed("memory", f"The training took more than {limits.memory_mb} MB of memory and was ended.")
        raise RunFailed("time", f"The training took more than {limits.seconds:.0f} s and was ended.")
    finally:
        for task in (watch, words):
            task.cancel()
        await asyncio.gather(watch, words, return_exceptions=True)


async def _hear(process: asyncio.subprocess.Process, tell: Callable[[Progress], None]) -> None:
    assert process.stdout is not None
    async for line in process.stdout:
        with contextlib.suppress(msgspec.DecodeError):
            tell(msgspec.json.decode(line, type=Progress))
    await process.wait()


async def _until_too_large(pid: int, memory_mb: int) -> None:
    """Return when the child's resident memory is above the limit (proc(5), statm: pages)."""
    page = os.sysconf("SC_PAGE_SIZE")
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        with contextlib.suppress(OSError, IndexError, ValueError):
            if _resident_pages(pid) * page > memory_mb * 1024**2:
                return


def _resident_pages(pid: int) -> int:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1])


def _outcome(result: Path, log: Path, code: int | None, limits: Limits, stories: Sequence[Story]) -> Trained:
    try:
        found = msgspec.json.decode(result.read_bytes(), type=_Result)
    except (OSError, msgspec.DecodeError):
        _check_disk(result.parent, limits)
        words = log.read_text("utf-8", "replace")[-LAST_WORDS:] if log.exists() else ""
        raise RunFailed("disk" if _FULL.search(words) else "died", f"The training died ({code}).\n{words}") from None
    if found.error:
        raise RunFailed("disk" if _FULL.search(found.error) else "training", found.error)
    model = Path(found.model)
    if not model.is_file():
        raise RunFailed("died", "The training ended without a model.")
    return Trained(
        model=model,
        model_id=found.model_id,
        rasa_version=found.rasa_version,
        train_seconds=found.train_seconds,
        peak_mb=found.peak_mb,
        read=tuple(tuple(one) for one in found.read),
        stories=tuple(run_of(one, told.turns, told.error) for one, told in zip(stories, found.told, strict=True)),
    )


def _check_disk(folder: Path, limits: Limits) -> None:
    space = os.statvfs(folder)
    free = space.f_bavail * space.f_frsize // 1024**2
    if free < limits.disk_mb:
        raise RunFailed("disk", f"Only {free} MB of disk are free; a training needs {limits.disk_mb} MB. Make room.")
