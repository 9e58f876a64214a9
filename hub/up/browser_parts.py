"""Build what runs in a browser: `npm ci` when the lock file changed, `npm run build` when a source changed.

The stamps lie beside what they vouch for (``node_modules``, ``dist``): whoever deletes those deletes the stamp too.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from hub.up.tools import Say, node_environment, one_at_a_time, run

WIDGET = Path("widget")
_NOT_SOURCES = frozenset({"node_modules", "dist", ".vite", "coverage"})
_PACKAGES_STAMP = Path("node_modules/.peyk-packages")
_BUILD_STAMP = Path("dist/.peyk-build")


def build(widget: Path, tools: Path, log_dir: Path, say: Say) -> bool:
    """Bring ``widget/dist`` up to date.

    Args:
        widget: The npm package: ``package.json``, ``package-lock.json``, script ``build`` writing ``dist``.
        tools: Where Node is fetched to if the machine has none.
        log_dir: npm's output goes to ``npm.log`` there.
        say: Told what it is doing just now.

    Returns:
        True if anything was built.

    Raises:
        ToolError: npm failed, or there is no Node.
    """
    with one_at_a_time(tools / "browser-parts.lock"):
        fingerprint = sources_fingerprint(widget)
        if _says(widget / _BUILD_STAMP, fingerprint):
            return False
        environment = install_packages(widget, tools, log_dir, say)
        say("building")
        (widget / _BUILD_STAMP).unlink(missing_ok=True)
        run(["npm", "run", "build"], directory=widget, environment=environment, log=log_dir / "npm.log")
        (widget / _BUILD_STAMP).write_text(fingerprint)
        return True


def install_packages(widget: Path, tools: Path, log_dir: Path, say: Say) -> dict[str, str]:
    """Install the npm packages if the lock file changed; return the environment in which npm runs."""
    environment = node_environment(tools, say)
    wanted = _hash([widget / "package-lock.json"], widget)
    if not _says(widget / _PACKAGES_STAMP, wanted):
        say("npm packages")
        # Scripts of packages are not run: none of ours needs one, and they are where a stolen package strikes.
        command = ["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"]
        run(command, directory=widget, environment=environment, log=log_dir / "npm.log")
        (widget / _PACKAGES_STAMP).write_text(wanted)
    return environment


def sources_fingerprint(widget: Path) -> str:
    """Hash every source below ``widget``: names and contents; SHA-256, hexadecimal."""
    files = (path for path in widget.rglob("*") if not _NOT_SOURCES.intersection(path.relative_to(widget).parts))
    return _hash(sorted(path for path in files if path.is_file()), widget)


def _hash(files: Iterable[Path], root: Path) -> str:
    digest = hashlib.sha256()
    for path in files:
        content = path.read_bytes()
        digest.update(f"{path.relative_to(root)}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def _says(stamp: Path, wanted: str) -> bool:
    try:
        return stamp.read_text() == wanted
    except OSError:
        return False
