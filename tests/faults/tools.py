"""What the fault cases share: a database of their own, tools that may be missing, system calls that go wrong."""

import os
import secrets
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from hub.processes import die_with_parent


def own_database() -> dict[str, object]:
    """Settings for a hub that shares a database server."""
    return {"database": f"f{secrets.token_hex(6)}"}


def needs(tool: str) -> str:
    """The path of a program; without it the test is skipped, or fails when CI=true."""
    found = shutil.which(tool)
    if found is None:
        missing(f"{tool} is not installed")
    return str(found)


def missing(reason: str) -> None:
    """Skip, but never in CI."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


def libfaketime() -> str:
    """The library that gives a process another clock."""
    needs("faketime")
    found = sorted(Path("/usr/lib").glob("**/faketime/libfaketime.so.1"))
    if not found:
        missing("libfaketime.so.1 is not where Debian puts it")
    return str(found[0])


@contextmanager
def injected(pid: int, what: str) -> Iterator[None]:
    """Have system calls of a running process go wrong; `what` in the words of strace's `inject`."""
    strace = needs("strace")
    calls = what.partition(":")[0]
    process = subprocess.Popen(
        [strace, "-f", "-qq", "-p", str(pid), "-e", f"trace={calls}", "-e", f"inject={what}", "-o", "/dev/null"],
        stderr=subprocess.PIPE,
        preexec_fn=die_with_parent(signal.SIGTERM),  # noqa: PLW1509 - one system call
    )
    try:
        wait_traced(pid, process)
        yield
    finally:
        process.terminate()
        process.wait(10)
        if process.stderr is not None:
            process.stderr.close()


def wait_traced(pid: int, process: "subprocess.Popen[bytes]") -> None:
    """Return when strace holds the process; skip when it may not."""
    until = time.monotonic() + 10
    while time.monotonic() < until:
        status = Path(f"/proc/{pid}/status").read_text()
        if "TracerPid:\t0" not in status:
            return
        if process.poll() is not None:
            missing("strace may not attach to another process here")
        time.sleep(0.05)
    missing("strace did not attach")
