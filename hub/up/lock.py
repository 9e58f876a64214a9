"""One `peyk up` for each folder of data."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class AlreadyRunningError(RuntimeError):
    """Another `peyk up` uses the same folder; the text names its process."""


@contextmanager
def only_one_up(var_dir: Path) -> Iterator[None]:
    """Hold the folder for the length of the block; the kernel lets go of it however the process ends.

    Raises:
        AlreadyRunningError: Somebody else holds it.
    """
    var_dir.mkdir(parents=True, exist_ok=True)
    with (var_dir / "up.lock").open("a+") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            handle.seek(0)
            pid = handle.read().strip() or "?"
            raise AlreadyRunningError(
                f"Peyk is already running here (process {pid}, data in {var_dir.resolve()}). "
                "Stop it with Ctrl-C in its terminal first, or use another folder and other ports: "
                "PEYK_VAR_DIR=elsewhere ./peyk up --port 8090 --shop-port 8091"
            ) from None
        handle.seek(0)
        handle.truncate()
        handle.write(str(os.getpid()))
        handle.flush()
        yield


def running_up(var_dir: Path) -> int:
    """Return the process of the `peyk up` that holds the folder, 0 if nobody does."""
    try:
        with (var_dir / "up.lock").open("r") as handle:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        text = (var_dir / "up.lock").read_text().strip()
        return int(text) if text.isdigit() else 1
    except OSError:
        return 0
    return 0
