"""`peyk test [pytest's arguments]`: install the real parts that the tests use, then become pytest.

Everything (no path named) is shared among several workers; tests that are named run in this process.

A part that cannot be had is named here; its tests are skipped with the reason, and fail when ``CI=true``.
``--no-install`` as the first word goes straight to pytest.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from hub.cli import settings_or_exit
from hub.settings import Settings
from hub.store.mongod_binary import find_mongod
from hub.up import browser_parts, telephones
from hub.up.progress import Progress
from hub.up.tools import Say, ToolError, run

MOST_WORKERS = 4
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Everything after `test` belongs to pytest."""


def main(arguments: argparse.Namespace) -> int:
    """Prepare and become pytest; this process's exit status is pytest's."""
    words: list[str] = list(arguments.words)
    if words[:1] == ["--no-install"]:
        del words[0]
    else:
        prepare(settings_or_exit(), Progress())
    if not any(word.startswith("tests") for word in words):
        words[:0] = ["-n", str(_workers()), "--no-loadscope-reorder"]
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, "-m", "pytest", *words])  # noqa: S606 (no shell is wanted)


def _workers() -> int:
    """Each has a database and a browser of its own."""
    return min(os.cpu_count() or 1, MOST_WORKERS)


def prepare(settings: Settings, progress: Progress) -> list[str]:
    """Install what is missing; return the names of the parts that could not be had."""
    parts: dict[str, Callable[[Say], object]] = {
        "browser parts": lambda say: browser_parts.build(
            browser_parts.WIDGET, settings.tools_dir, settings.log_dir, say
        ),
        "MongoDB server": lambda say: find_mongod(settings.tools_dir, say),
        "Chromium": lambda say: find_chromium(settings, say),
        "telephones": lambda say: telephones.install(settings.tools_dir, settings.log_dir / "telephones.log", say),
        "Rasa and its model": lambda say: _bot(settings, say),
    }
    missing = []
    for name, install in parts.items():
        try:
            with progress.step(name) as step:
                install(step.say)
                step.say("")
        except (RuntimeError, OSError, subprocess.SubprocessError) as error:
            progress.say(f"{error}\n  Tests that need it are skipped, or fail if CI=true.")
            missing.append(name)
    return missing


def find_chromium(settings: Settings, say: Say) -> str:
    """Return a Chromium: on PATH, Playwright's own, or Debian's when we may install it.

    Raises:
        ToolError: None of the ways worked.
    """
    found = chromium_on_path() or playwright_chromium()
    if found:
        return found
    log = settings.log_dir / "chromium.log"
    for command in _ways_to_install():
        say(" ".join(command[-3:]))
        try:
            run(command, directory=Path(), environment=_unattended(), log=log)
        except ToolError:
            continue
        found = chromium_on_path() or playwright_chromium()
        if found:
            return found
    raise ToolError(f"There is no Chromium. Install it (sudo apt-get install chromium); what was tried: {log}")


def chromium_on_path() -> str | None:
    """Return the first Chromium on PATH."""
    return next((path for name in CHROMIUM_NAMES if (path := shutil.which(name))), None)


def playwright_chromium() -> str | None:
    """Return the browser that Playwright has downloaded before, if its program is there."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 (not installed in production)

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def _ways_to_install() -> list[list[str]]:
    ways = [[sys.executable, "-m", "playwright", "install", "chromium"]]
    if os.geteuid() == 0 and shutil.which("apt-get"):
        ways.append(["apt-get", "install", "-y", "--no-install-recommends", "chromium"])
    return ways


def _unattended() -> dict[str, str]:
    return {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}


def _bot(settings: Settings, say: Say) -> None:
    from bot import environment  # noqa: PLC0415 (only needed here)

    environment.install(settings.var_dir, say)
    environment.train(settings.var_dir, say)
