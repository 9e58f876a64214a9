"""Finds the programs that the bot's environment is made with: a Python 3.10 that really starts, and uv.

Standard library only, like `bot.environment`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path


class BotEnvironmentError(Exception):
    """The bot's environment can't be made. The text says what is wrong and what a person can do about it."""


def find_python310() -> Path:
    """Find a Python 3.10 that really starts; as the last resort let uv install one.

    Looked at in turn: what uv knows, `python3.10` on the PATH, the versions of a pyenv whose shims are on the PATH.
    Every candidate is started, because a pyenv shim exists for versions that aren't selected and then fails.

    Raises:
        BotEnvironmentError: There is none and none can be installed.
    """
    for candidate in _python310_candidates():
        if _is_python310(candidate):
            return candidate
    _run_quietly([str(find_uv()), "python", "install", "3.10"])
    found = _uv_python_find()
    if found is not None and _is_python310(found):
        return found
    raise BotEnvironmentError(
        "No Python 3.10 was found, and installing one failed. The bot (Rasa 3.6) needs it beside the hub's Python. "
        "Install it, for example with `uv python install 3.10` or `pyenv install 3.10`, and start again."
    )


def find_uv() -> Path:
    """Find the uv program.

    Raises:
        BotEnvironmentError: It isn't there.
    """
    beside = [
        os.environ.get("UV"),
        shutil.which("uv"),
        str(Path.home() / ".local/bin/uv"),
        str(Path.home() / ".cargo/bin/uv"),
    ]
    for place in beside:
        if place and os.access(place, os.X_OK):
            return Path(place)
    raise BotEnvironmentError(
        "The program `uv` was not found. Start through `./peyk`, which brings it along, or install uv."
    )


def uv_environment() -> dict[str, str]:
    """Settings for uv: trust the machine's own certificates where it has any, as other programs on it do."""
    known = ("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem")
    return (
        {"UV_SYSTEM_CERTS": "true"} | os.environ if any(Path(bundle).exists() for bundle in known) else dict(os.environ)
    )


def _python310_candidates() -> Iterator[Path]:
    found = _uv_python_find()
    if found is not None:
        yield found
    folders = [Path(folder) for folder in os.environ.get("PATH", "").split(os.pathsep) if folder]
    yield from (folder / "python3.10" for folder in folders)
    roots = [folder.parent for folder in folders if folder.name == "shims"]
    roots += [Path(root) for root in (os.environ.get("PYENV_ROOT"),) if root] + [Path.home() / ".pyenv"]
    for root in roots:
        yield from sorted(root.glob("versions/3.10*/bin/python3.10"), reverse=True)


def _uv_python_find() -> Path | None:
    done = _run_quietly([str(find_uv()), "python", "find", "--no-project", "--system", "3.10"])
    path = done.stdout.strip().splitlines()[-1:] if done is not None and done.returncode == 0 else []
    return Path(path[0]) if path else None


def _is_python310(python: Path) -> bool:
    if not os.access(python, os.X_OK):
        return False
    done = _run_quietly([str(python), "-c", "import sys, ssl, venv; print(*sys.version_info[:2])"])
    return done is not None and done.returncode == 0 and done.stdout.strip() == "3 10"


def _run_quietly(command: Sequence[str]) -> subprocess.CompletedProcess[str] | None:
    try:
        return subprocess.run(command, capture_output=True, text=True, timeout=300, check=False, env=uv_environment())  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return None
