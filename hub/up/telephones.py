"""Real telephones for the tests: Asterisk 22, sipp, baresip, in a folder of their own, with the libraries they need.

They come as packages of Debian's next release, checked with Debian's keys by apt, taken apart and never installed: no
root is needed, nothing of the machine is changed, and its own libraries may be of any age. Such a program is started
by the folder's own loader, see `command`.
"""

from __future__ import annotations

import os
import platform
import shutil
from pathlib import Path

from hub.up.tools import Say, ToolError, one_at_a_time, run

RELEASE = "forky"
PACKAGES = ("asterisk", "sip-tester", "baresip-core")
MIRROR = "http://deb.debian.org/debian"
KEYS = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
_MACHINES = {"x86_64": ("amd64", "x86_64-linux-gnu", "lib64/ld-linux-x86-64.so.2")} | {
    "aarch64": ("arm64", "aarch64-linux-gnu", "lib/ld-linux-aarch64.so.1")
}


def folder(tools: Path) -> Path:
    """Where they are, or would be."""
    return (tools / "asterisk-22").resolve()


def there(tools: Path) -> bool:
    """Whether they are, and whole."""
    return (folder(tools) / "ready").exists()


def libraries(root: Path) -> Path:
    """The folder's libraries; Asterisk's modules are in `asterisk/modules` there."""
    return root / "usr/lib" / _MACHINES[platform.machine()][1]


def command(root: Path, program: str) -> list[str]:
    """How a program of the folder (`usr/sbin/asterisk`) is started."""
    loader = root / "usr" / _MACHINES[platform.machine()][2]
    return [str(loader), "--library-path", f"{libraries(root)}:{root}/usr/lib", str(root / program)]


def install(tools: Path, log: Path, say: Say) -> Path:
    """Fetch them, if they are not there; the folder.

    Raises:
        ToolError: this machine has no apt, or none of Debian's keys, or the packages could not be had.
    """
    root = folder(tools)
    with one_at_a_time(root.with_suffix(".lock")):
        if not there(tools):
            _fetch(root, log, say)
    return root


def _fetch(root: Path, log: Path, say: Say) -> None:
    if platform.machine() not in _MACHINES:
        raise ToolError(f"There are no telephones for this kind of machine ({platform.machine()}).")
    if not shutil.which("apt-get") or not shutil.which("dpkg-deb"):
        raise ToolError("The telephones are Debian packages; there is no apt-get and dpkg-deb here to take them.")
    if not KEYS.exists():
        raise ToolError(f"{KEYS} is missing (apt-get install debian-archive-keyring).")
    shutil.rmtree(root, ignore_errors=True)
    apt = root / "apt"
    for part in ("lists/partial", "archives/partial"):
        (apt / part).mkdir(parents=True)
    (apt / "status").touch()
    (apt / "sources.list").write_text(f"deb [signed-by={KEYS}] {MIRROR} {RELEASE} main\n")
    get = ["apt-get", *_options(apt)]
    say("fetching")
    run([*get, "update"], directory=root, environment=os.environ, log=log)
    wanted = ["install", "--no-install-recommends", "--download-only", "--yes", *PACKAGES]
    run([*get, *wanted], directory=root, environment=os.environ, log=log)
    say("unpacking")
    for package in sorted((apt / "archives").glob("*.deb")):
        run(["dpkg-deb", "--extract", str(package), str(root)], directory=root, environment=os.environ, log=log)
    shutil.rmtree(apt)
    for part in ("usr/share/doc", "usr/share/man", "usr/share/locale"):
        shutil.rmtree(root / part, ignore_errors=True)
    (root / "ready").touch()


def _options(apt: Path) -> list[str]:
    """A world of its own for apt: nothing of the machine's settings, lists or packages."""
    settings = {
        "Dir::State": apt,
        "Dir::State::lists": apt / "lists",
        "Dir::State::status": apt / "status",
        "Dir::Cache": apt,
        "Dir::Cache::archives": apt / "archives",
        "Dir::Etc::sourcelist": apt / "sources.list",
        "Dir::Etc::sourceparts": "/dev/null",
        "Dir::Etc::preferences": "/dev/null",
        "Dir::Etc::preferencesparts": "/dev/null",
        "APT::Architecture": _MACHINES[platform.machine()][0],
        "APT::Sandbox::User": "",
        "Acquire::Languages": "none",
        "Debug::NoLocking": "true",
    }
    return [word for name, value in settings.items() for word in ("-o", f"{name}={value}")]
