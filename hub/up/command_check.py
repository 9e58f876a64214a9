"""`peyk check`: one command for people, pre-commit and CI. Every step is named with its time; all of them run."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from hub.cli import settings_or_exit
from hub.settings import Settings
from hub.up import browser_parts
from hub.up.tools import ToolError

_BIN = Path(sys.executable).parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One step.

    Attributes:
        name: For the terminal.
        command: What is run; exit status 0 is good.
        directory: Where.
    """

    name: str
    command: tuple[str, ...]
    directory: Path = Path()


PYTHON_CHECKS = (
    Check(name="ruff check", command=(str(_BIN / "ruff"), "check", "--output-format", "concise", ".")),
    Check(name="ruff format", command=(str(_BIN / "ruff"), "format", "--check", "--output-format", "concise", ".")),
    Check(name="mypy --strict", command=(str(_BIN / "mypy"), "--strict")),
    Check(name="import contracts", command=(str(_BIN / "lint-imports"),)),
)
SOURCES = Check(name="tsc, biome", command=("npm", "run", "--silent", "check"), directory=browser_parts.WIDGET)
SIZES = Check(name="bundle sizes", command=("npm", "run", "--silent", "sizes"), directory=browser_parts.WIDGET)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--python", action="store_true", help="only the Python steps")


def main(arguments: argparse.Namespace) -> int:
    """Run every step; status 1 if one of them is not content."""
    failed = [check.name for check in PYTHON_CHECKS if not passes(check, os.environ)]
    if not arguments.python:
        failed += list(_browser(settings_or_exit()))
    print(f"\nNot content: {', '.join(failed)}." if failed else "\nAll checks are content.")
    return int(bool(failed))


def passes(check: Check, environment: Mapping[str, str]) -> bool:
    """Run one step; print its name and time, and its words if it is not content."""
    began = time.monotonic()
    try:
        done = subprocess.run(  # noqa: S603 (our own words)
            check.command,
            cwd=check.directory,
            env={**environment, "NO_COLOR": "1", "FORCE_COLOR": "0"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        content, words = done.returncode == 0, done.stdout
    except OSError as error:
        content, words = False, f"{check.command[0]}: {error.strerror}"
    print(f"  {'✓' if content else '✗'} {check.name} ({time.monotonic() - began:.1f} s)", flush=True)
    if not content or check.name == "bundle sizes":
        print("\n".join(f"    {line}" for line in words.rstrip().splitlines()), flush=True)
    return content


def _browser(settings: Settings) -> Iterator[str]:
    began = time.monotonic()
    tools, logs = settings.tools_dir, settings.log_dir
    try:
        environment = browser_parts.install_packages(browser_parts.WIDGET, tools, logs, lambda text: None)
        if not passes(SOURCES, environment):
            yield SOURCES.name
        began = time.monotonic()
        browser_parts.build(browser_parts.WIDGET, tools, logs, lambda text: None)
    except ToolError as error:
        print(f"  ✗ browser parts ({time.monotonic() - began:.1f} s)\n{error}", flush=True)
        yield "browser parts"
        return
    print(f"  ✓ browser parts ({time.monotonic() - began:.1f} s)", flush=True)
    if not passes(SIZES, environment):
        yield SIZES.name
