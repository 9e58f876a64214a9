"""Children: ready when they say so, restarted with back-off, stopped in order, alone in their sessions."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest

from hub.processes import is_alive, wait_gone
from hub.up.services import Service, ServiceError, ServiceSpec, keep_running

OBEDIENT = (
    "import signal, sys, time; signal.signal(15, lambda *_: sys.exit(0)); print('up', flush=True); time.sleep(60)"
)
STUBBORN = "import signal, time; signal.signal(15, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"
BROKEN = "print('I cannot find my shoes'); raise SystemExit(3)"


def service(
    folder: Path, program: str, *, hurry: asyncio.Event | None = None, drain: float = 5.0, ready: float = 10.0
) -> Service:
    log = folder / "child.log"

    async def said_so() -> bool:
        return log.exists() and "up" in log.read_text()

    spec = ServiceSpec(
        name="child",
        command=[sys.executable, "-c", program],
        environment=os.environ,
        log=log,
        ready=said_so,
        ready_seconds=ready,
        drain_seconds=drain,
    )
    return Service(spec, hurry or asyncio.Event())


async def test_starts_in_a_session_of_its_own_and_stops_when_asked(tmp_path: Path) -> None:
    child = service(tmp_path, OBEDIENT)
    await child.start()
    assert os.getsid(child.pid) == child.pid
    await child.stop()
    assert not is_alive(child.pid)
    assert child.exit_words() == "exit status 0"


async def test_a_child_that_ends_at_once_is_told_with_its_last_words(tmp_path: Path) -> None:
    with pytest.raises(ServiceError, match=r"exit status 3[\s\S]*find my shoes"):
        await service(tmp_path, BROKEN).start()


async def test_a_child_that_is_never_ready_is_stopped(tmp_path: Path) -> None:
    child = service(tmp_path, "import time; time.sleep(60)", ready=0.5)
    with pytest.raises(ServiceError, match="not ready in time"):
        await child.start()
    assert not child.alive()


async def test_a_stubborn_child_is_killed_after_its_time(tmp_path: Path) -> None:
    child = service(tmp_path, STUBBORN, drain=0.3)
    await child.start()
    await child.stop()
    assert "SIGKILL" in child.exit_words()


async def test_in_a_hurry_nobody_is_waited_for(tmp_path: Path) -> None:
    hurry = asyncio.Event()
    hurry.set()
    child = service(tmp_path, STUBBORN, hurry=hurry, drain=60)
    await child.start()
    async with asyncio.timeout(20):
        await child.stop()


async def test_a_crashed_child_is_started_again_and_it_is_said(tmp_path: Path) -> None:
    child = service(tmp_path, OBEDIENT)
    await child.start()
    first = child.pid
    said: list[str] = []
    back = asyncio.Event()

    def say(line: str) -> None:
        said.append(line)
        if "is back" in line:
            back.set()

    watch = asyncio.create_task(keep_running("child", child, say))
    os.kill(first, signal.SIGKILL)
    async with asyncio.timeout(15):
        await back.wait()
    watch.cancel()
    assert child.alive()
    assert child.pid != first
    assert "SIGKILL" in said[0]
    await child.stop()


async def test_waiting_never_mistakes_a_reused_id_for_the_child(tmp_path: Path) -> None:
    child = service(tmp_path, OBEDIENT)
    await child.start()
    await child.stop()
    async with asyncio.timeout(15):
        await child.wait()  # already reaped: its id may belong to anybody now
    assert await wait_gone(2**22 - 1, 0.1)
