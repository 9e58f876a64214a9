"""Does the bot answer as fast while a version is trained? Turns at a steady rate, before and during a training."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bot.contract import BotError, Turn
from bot.environment import ASSISTANT
from bot.rasa import RasaBot
from bot.training.project import examples_of, read_project, write_project
from bot.training.runs import train
from tests.bot.assistant_lab import running_lab, var_dir

PROMISED = 2.0
"""The p95 during a training is at most so many times the one before."""
QUESTIONS = (("en", "when are you open?"), ("fa", "ساعت کاری شما چیه؟"), ("en", "how much are the shoes"))


async def bot(seconds: float, rate: float) -> dict[str, object]:
    """Ask `rate` questions a second for `seconds`, then for as long as a whole training of the assistant takes."""
    with tempfile.TemporaryDirectory(prefix="peyk-bench-") as name:
        folder = Path(name)
        files = await asyncio.to_thread(read_project, ASSISTANT)
        examples = examples_of(files)
        await asyncio.to_thread(write_project, folder / "project", files, examples)
        async with running_lab(folder / "rasa.log") as lab:
            until = time.monotonic() + seconds
            before = await _asked(lab.rasa, rate, lambda: time.monotonic() > until)
            texts = [one.text for one in examples if one.split == "test"]
            training = asyncio.create_task(train(var_dir().resolve() / "bot", folder / "project", texts))
            during = await _asked(lab.rasa, rate, training.done)
            trained = await training
    ratio = round(during["p95_ms"] / before["p95_ms"], 2)
    return {
        "before": before,
        "during": during,
        "ratio": ratio,
        "train_seconds": trained.train_seconds,
        "good": ratio <= PROMISED and not during["unanswered"],
    }


async def _asked(rasa: RasaBot, rate: float, done: Callable[[], bool]) -> dict[str, float]:
    """Ask by the clock, each question in a conversation of its own, until it is done; milliseconds."""
    took: list[float] = []
    unanswered = 0
    asking: set[asyncio.Task[None]] = set()

    async def ask(number: int, due: float) -> None:
        locale, text = QUESTIONS[number % len(QUESTIONS)]
        turn = Turn(conversation=f"bench-{time.time_ns()}", texts=(text,), locale="fa" if locale == "fa" else "en")
        nonlocal unanswered
        try:
            await rasa.turn(turn)
        except BotError:  # it took its whole time for nothing
            unanswered += 1
        took.append((time.monotonic() - due) * 1000)

    began, number = time.monotonic(), 0
    while not done():
        due = began + number / rate
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        asking.add(asyncio.create_task(ask(number, due)))
        number += 1
    await asyncio.gather(*asking)
    took.sort()
    return {
        "asked": len(took),
        "unanswered": unanswered,
        "p50_ms": round(took[len(took) // 2], 1),
        "p95_ms": round(took[int(len(took) * 0.95)], 1),
        "max_ms": round(took[-1], 1),
    }
