"""Small truths about processes, from ``/proc`` and ``prctl``: is it alive, is it the same one, who holds a port."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import os
import resource
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

_PR_SET_PDEATHSIG = 1  # linux/prctl.h
_LISTEN = "0A"  # state column of /proc/net/tcp, include/net/tcp_states.h

# Loaded here, not in the child: between fork and exec only what is already in memory is safe.
try:
    _PRCTL: Callable[..., int] | None = ctypes.CDLL(None, use_errno=True).prctl
except (OSError, AttributeError):
    _PRCTL = None


def die_with_parent(number: signal.Signals) -> Callable[[], None]:
    """Return a ``preexec_fn`` that makes the kernel send ``number`` to the child when the thread that started it ends.

    Start such children from the main thread only. Source: prctl(2), PR_SET_PDEATHSIG.
    """
    parent = os.getpid()

    def set_it() -> None:
        if _PRCTL is not None:
            _PRCTL(_PR_SET_PDEATHSIG, int(number))
            if os.getppid() != parent:  # it died between fork and prctl
                os.kill(os.getpid(), number)

    return set_it


def allow_open_files() -> None:
    """Raise this process's limit of open files to the most it may have: every socket is one; 1,024 are soon gone."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def free_port(wanted: int, host: str = "127.0.0.1") -> int:
    """Return ``wanted`` if nobody listens there, else a port that the system chooses.

    Raises:
        OSError: There is none.
    """
    for port in (wanted, 0):
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with contextlib.suppress(OSError):
                probe.bind((host, port))
                return int(probe.getsockname()[1])
    raise OSError(f"no free port on {host}")


def is_alive(pid: int) -> bool:
    """True while a process with this id exists and is not a zombie."""
    fields = _stat(pid)
    return bool(fields) and fields[0] != "Z"


def started_at(pid: int) -> int:
    """Return when it started, clock ticks since boot, 0 if there is none; id and start name one process for good."""
    fields = _stat(pid)
    return int(fields[19]) if fields else 0


def command_line(pid: int) -> list[str]:
    """Return the process's arguments, empty if it is gone or not ours to see."""
    try:
        raw = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return []
    return [part.decode("utf-8", "replace") for part in raw.split(b"\0") if part]


def end_descendants(number: signal.Signals = signal.SIGTERM) -> None:
    """Signal every process that this one started, and theirs, as far as they still hang on to their parents."""
    parents = {int(entry.name): _parent(int(entry.name)) for entry in Path("/proc").glob("[0-9]*")}
    ours = {os.getpid()}
    while more := {pid for pid, parent in parents.items() if parent in ours} - ours:
        ours |= more
    for pid in ours - {os.getpid()}:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, number)


async def wait_gone(pid: int, seconds: float | None, child: subprocess.Popen[bytes] | None = None) -> bool:
    """Wait until a process has ended.

    Args:
        pid: Any process, ours or not.
        seconds: How long to wait; None waits for ever.
        child: Its Popen if it is our child, so that it is reaped.

    Returns:
        False when it still runs after ``seconds``.
    """
    if child is not None and child.poll() is not None:
        return True  # reaped: its id may belong to somebody else by now
    until = None if seconds is None else time.monotonic() + seconds
    with contextlib.suppress(ProcessLookupError):
        descriptor = os.pidfd_open(pid)
        try:
            await _readable(descriptor, until)
        finally:
            os.close(descriptor)
    return child.poll() is not None if child is not None else not is_alive(pid)


def port_holder(port: int) -> str | None:
    """Say who listens on a TCP port of this machine: ``name (pid 123)``; None when nobody visible does."""
    inodes = {inode for table in ("/proc/net/tcp", "/proc/net/tcp6") for inode in _listening_inodes(table, port)}
    if not inodes:
        return None
    targets = {f"socket:[{inode}]" for inode in inodes}
    for process in Path("/proc").glob("[0-9]*"):
        if targets & _open_sockets(process):
            name = " ".join(command_line(int(process.name))[:3]) or "?"
            return f"{name[:80]} (pid {process.name})"
    return "a program of another user"


async def _readable(descriptor: int, until: float | None) -> None:
    loop = asyncio.get_running_loop()
    gone = asyncio.Event()
    loop.add_reader(descriptor, gone.set)
    try:
        await asyncio.wait_for(gone.wait(), None if until is None else max(0.0, until - time.monotonic()))
    except TimeoutError:
        return
    finally:
        loop.remove_reader(descriptor)


def _stat(pid: int) -> list[str]:
    """Fields of /proc/PID/stat from the state on (field 3 of proc(5)); empty if there is no such process."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return []
    return text.rpartition(")")[2].split() if pid else []


def _parent(pid: int) -> int:
    fields = _stat(pid)
    return int(fields[1]) if fields else 0


def _listening_inodes(table: str, port: int) -> set[str]:
    try:
        lines = Path(table).read_text().splitlines()[1:]
    except OSError:
        return set()
    rows = (line.split() for line in lines)
    return {row[9] for row in rows if row[3] == _LISTEN and int(row[1].rpartition(":")[2], 16) == port}


def _open_sockets(process: Path) -> set[str]:
    found: set[str] = set()
    with contextlib.suppress(OSError):
        for link in (process / "fd").iterdir():
            with contextlib.suppress(OSError):
                found.add(str(link.readlink()))
    return found
