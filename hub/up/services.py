"""Child processes of `peyk up`: start, wait until ready, restart with back-off, stop in order.

Every child has a session of its own, so that Ctrl-C reaches the orchestrator alone, and dies with it even on
``kill -9``.
"""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import aiohttp

from channels.tasks import end
from hub.processes import die_with_parent, wait_gone
from hub.up.progress import Progress

BACKOFF_SECONDS = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
HEALTHY_SECONDS = 60.0

Say = Callable[[str], None]


class ServiceError(RuntimeError):
    """A child ended, or did not get ready in time; the text says where to look."""


class Supervised(Protocol):
    """What ``keep_running`` needs of a thing that runs: the database and every other child offer it."""

    async def start(self) -> object:
        """Start it and return when it is ready."""

    async def wait(self) -> None:
        """Return when it has ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceSpec:
    """How one child is run.

    Attributes:
        name: For the terminal.
        command: Program and arguments.
        environment: The child's whole environment.
        log: Its output is appended here.
        ready: Asked again and again until it says yes.
        ready_seconds: How long that may take.
        drain_seconds: How long it may take to stop after SIGTERM.
        directory: Its working directory.
    """

    name: str
    command: list[str]
    environment: Mapping[str, str] = field(repr=False)
    log: Path
    ready: Callable[[], Awaitable[bool]] = field(repr=False)
    ready_seconds: float = 60.0
    drain_seconds: float = 10.0
    directory: Path = Path()


class Service:
    """One child process. Start it from the main thread (see ``die_with_parent``)."""

    def __init__(self, spec: ServiceSpec, hurry: asyncio.Event) -> None:
        """Prepare; ``hurry`` set means: do not wait for draining any longer."""
        self.spec = spec
        self._hurry = hurry
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The process id, 0 before the first start."""
        return self._process.pid if self._process else 0

    def alive(self) -> bool:
        """True while it runs."""
        return self._process is not None and self._process.poll() is None

    async def start(self) -> None:
        """Start it and return when it is ready.

        Raises:
            ServiceError: It ended or was not ready in time; it is stopped then.
        """
        self.spec.log.parent.mkdir(parents=True, exist_ok=True)
        with self.spec.log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: ASYNC220, S603 (must fork in the main thread; our own words)
                self.spec.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=dict(self.spec.environment),
                cwd=self.spec.directory,
                start_new_session=True,
                # Does one system call on memory that is already there: harmless beside threads.
                preexec_fn=die_with_parent(signal.SIGTERM),  # noqa: PLW1509
            )
        if not await self._ready():
            words = "was not ready in time" if self.alive() else f"ended ({self.exit_words()})"
            await self.stop()
            raise ServiceError(
                f"The {self.spec.name} {words}. Its last words:\n{tail(self.spec.log)}\nAll of them: {self.spec.log}"
            )

    async def wait(self) -> None:
        """Return when it has ended."""
        if self._process is not None:
            await wait_gone(self._process.pid, None, self._process)

    async def stop(self) -> None:
        """SIGTERM, wait for it to drain, SIGKILL if it takes too long or somebody is in a hurry."""
        process = self._process
        if process is None or process.poll() is not None:
            return
        process.send_signal(signal.SIGTERM)
        await self._ended_or_hurry(process)
        if process.poll() is None:
            self._signal_session(signal.SIGKILL)
            await wait_gone(process.pid, 5.0, process)

    def exit_words(self) -> str:
        """Say how it ended."""
        code = self._process.returncode if self._process else None
        if code is not None and code < 0:
            return f"signal {-code}, {signal.Signals(-code).name}"
        return f"exit status {code}"

    async def _ended_or_hurry(self, process: subprocess.Popen[bytes]) -> None:
        ended = asyncio.ensure_future(wait_gone(process.pid, self.spec.drain_seconds, process))
        hurried = asyncio.ensure_future(self._hurry.wait())
        await asyncio.wait({ended, hurried}, return_when=asyncio.FIRST_COMPLETED)
        for task in (ended, hurried):
            task.cancel()
        await asyncio.gather(ended, hurried, return_exceptions=True)

    def _signal_session(self, number: signal.Signals) -> None:
        # Its own session: the group is the child and whatever the child started, and nobody else.
        try:
            os.killpg(self.pid, number)
        except ProcessLookupError:
            return

    async def _ready(self) -> bool:
        until = time.monotonic() + self.spec.ready_seconds
        while time.monotonic() < until and self.alive():
            if await self.spec.ready():
                return True
            await asyncio.sleep(0.1)
        return False


def answers(url: str) -> Callable[[], Awaitable[bool]]:
    """Return a question for ``ServiceSpec.ready``: does this address answer 200?"""

    async def ask() -> bool:
        timeout = aiohttp.ClientTimeout(total=2)
        try:
            async with (
                aiohttp.ClientSession(timeout=timeout, trust_env=False) as session,
                session.get(url, allow_redirects=False) as response,
            ):
                return response.status == 200
        except (aiohttp.ClientError, TimeoutError):
            return False

    return ask


async def stop_and_say(service: Service, progress: Progress) -> None:
    """Stop it if it runs, and show how long that took."""
    if service.alive():
        with progress.step(f"{service.spec.name} stopped"):
            await service.stop()


async def keep_running(name: str, thing: Supervised, say: Say) -> None:
    """Start ``thing`` again whenever it ends, with back-off, until cancelled. It must be running already."""
    failures = 0
    began = time.monotonic()
    while True:
        await thing.wait()
        failures = 0 if time.monotonic() - began > HEALTHY_SECONDS else failures
        pause = BACKOFF_SECONDS[min(failures, len(BACKOFF_SECONDS) - 1)]
        how = f" ({thing.exit_words()})" if isinstance(thing, Service) else ""
        say(f"  ! the {name} ended{how}; it is started again in {pause:g} s")
        await asyncio.sleep(pause)
        failures += 1
        began = time.monotonic()
        if await _restarted(thing, name, say):
            say(f"  ✓ the {name} is back")


async def first_of(*awaitables: Awaitable[object]) -> None:
    """Return when the first one is done; the others are cancelled and waited for; an error goes on."""
    tasks = [asyncio.ensure_future(each) for each in awaitables]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        await end(tasks)
    for task in done:
        task.result()


def tail(log: Path, lines: int = 12) -> str:
    """Return the last lines of a log, indented; empty if there is none."""
    try:
        with log.open("rb") as handle:
            handle.seek(max(0, log.stat().st_size - 16 * 1024))
            text = handle.read().decode("utf-8", "replace")
    except OSError:
        return ""
    return "\n".join(f"    {line}" for line in text.splitlines()[-lines:])


async def _restarted(thing: Supervised, name: str, say: Say) -> bool:
    try:
        await thing.start()
    except RuntimeError as error:  # ServiceError, MongodError: try again after a longer pause
        say(f"  ! the {name} did not start: {str(error).splitlines()[0]}")
        return False
    return True
