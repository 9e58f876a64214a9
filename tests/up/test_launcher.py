"""The launcher, as a newcomer meets it: an empty home, few variables, perhaps no uv."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A fresh clone of what git knows or would take: no environment, no ``var``."""
    target = tmp_path / "clone"
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file() and not name.startswith("docs/"):
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target / name)
    return target


def launch(clone: Path, path: str, *words: str) -> subprocess.CompletedProcess[str]:
    home = clone.parent / "home"
    home.mkdir(exist_ok=True)
    environment = {"HOME": str(home), "PATH": path}
    return subprocess.run(
        [clone / "peyk", *words], capture_output=True, text=True, env=environment, cwd="/", check=False
    )


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_newcomer_with_an_empty_home_gets_going(clone: Path) -> None:
    first = launch(clone, os.environ["PATH"], "--help")
    assert first.returncode == 0, first.stderr
    assert "Python packages" in first.stderr
    assert "up " in first.stdout
    second = launch(clone, os.environ["PATH"], "accounts")
    assert "Python packages" not in second.stderr
    assert "no demo accounts yet" in second.stdout


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_without_uv_it_is_fetched_into_var(clone: Path, tmp_path: Path) -> None:
    done = launch(clone, str(path_without_uv(tmp_path)), "--help")
    assert done.returncode == 0, done.stderr
    assert "fetching uv" in done.stderr
    assert (clone / "var/tools/uv/bin/uv").exists()


def test_without_a_good_python_it_says_so(clone: Path, tmp_path: Path) -> None:
    folder = path_without_uv(tmp_path)
    for name in ("python3", "python3.11", "python3.12", "python3.13", "python3.14"):
        (folder / name).unlink(missing_ok=True)
    done = launch(clone, str(folder), "--help")
    assert done.returncode == 1
    assert "Python 3.11 or later" in done.stderr


def path_without_uv(tmp_path: Path) -> Path:
    """A PATH of one folder with the programs of any Linux, and a Python."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for source in (Path("/bin"), Path("/usr/bin")):
        for program in source.iterdir():
            if not program.name.startswith(("uv", "python", "pip")) and not (folder / program.name).exists():
                (folder / program.name).symlink_to(program)
    base = subprocess.run(
        [ROOT / ".venv/bin/python", "-c", "import sys; print(sys._base_executable)"],
        capture_output=True,
        text=True,
        check=True,
    )
    (folder / "python3").write_text(f'#!/bin/sh\nexec {base.stdout.strip()} "$@"\n')
    (folder / "python3").chmod(0o755)
    return folder
