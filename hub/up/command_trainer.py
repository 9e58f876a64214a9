"""`peyk trainer`: trains the versions of the bot that admins ask for, one after another."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import signal
import sys

from bot.training.runs import Limits
from hub.cli import settings_or_exit
from hub.clock import SystemClock
from hub.settings import LogFormat, Settings
from hub.store.database import connect
from hub.store.versions import Versions
from hub.telemetry import set_up_logging
from hub.training.trainer import Trainer


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Limits of one training; everything else is a PEYK_* variable."""
    parser.add_argument("--memory-mb", type=int, default=3_000, help="end a training that takes more memory")
    parser.add_argument("--seconds", type=float, default=1_800, help="end a training that takes longer")


def main(arguments: argparse.Namespace) -> int:
    """Train until SIGTERM; what is not finished then goes back to the queue."""
    settings = settings_or_exit()
    if settings.mongodb_uri is None:
        print("PEYK_MONGODB_URI is not set: the trainer works on the hub's database.", file=sys.stderr)
        return 2
    set_up_logging(as_json={LogFormat.JSON: True, LogFormat.CONSOLE: False}.get(settings.log_format))
    limits = Limits(memory_mb=arguments.memory_mb, seconds=arguments.seconds)
    asyncio.run(_train(settings, settings.mongodb_uri.get_secret_value(), limits))
    return 0


async def _train(settings: Settings, uri: str, limits: Limits) -> None:
    async with connect(uri, settings.database) as database:
        home = settings.var_dir.resolve() / "bot"
        trainer = Trainer(Versions(database), home, SystemClock(), limits)
        work = asyncio.create_task(trainer.run(), name="trainer")
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, work.cancel)
        with contextlib.suppress(asyncio.CancelledError):
            await work
