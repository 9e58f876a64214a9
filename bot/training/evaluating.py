"""Judge a data set: train on its training part, in a folder of its own, and read its test part.

Its intents may have names that Rasa would take apart (`faq/price`) or not take at all: Rasa is told numbers instead.
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from bot.training.data import Example, refused
from bot.training.pipeline import threshold_of
from bot.training.project import write_nlu_only
from bot.training.reading import held_out
from bot.training.report import Report, judge
from bot.training.runs import STANDARD, Limits, Progress, train


async def evaluate(
    home: Path,
    examples: Sequence[Example],
    *,
    limits: Limits = STANDARD,
    tell: Callable[[Progress], None] = lambda progress: None,
) -> Report:
    """Train on what is to be trained on, and report on the rest.

    Raises:
        DataRefused: Nothing is left to train or to test on.
        RunFailed: The training failed.
    """
    taught, test, _ = held_out(list(examples))
    for part, name in ((taught, "train"), (test, "test")):
        if not part:
            raise refused("data", "no_data", f"Nothing is left to {name} on.")
    names = {f"intent_{n:06}": name for n, name in enumerate(sorted({one.intent for one in taught}))}
    numbers = {name: number for number, name in names.items()}
    folder = Path(tempfile.mkdtemp(prefix="peyk-training-"))
    try:
        await asyncio.to_thread(write_nlu_only, folder, [replace(one, intent=numbers[one.intent]) for one in taught])
        threshold = threshold_of((folder / "config.yml").read_text("utf-8"))
        done = await train(home, folder, [one.text for one in test], nlu_only=True, limits=limits, tell=tell)
    finally:
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
    return judge(
        test,
        [[(names[number], sure) for number, sure in ranking] for ranking in done.read],
        n_train=len(taught),
        train_seconds=done.train_seconds,
        peak_mb=done.peak_mb,
        threshold=threshold,
    )
