"""A Rasa project out of a zip file, as `peyk bot import` takes it from a folder. Nothing is unpacked to disk."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import PurePosixPath

from bot.training.data import DataRefused, refused
from bot.training.project import HEAD, MAX_FILES, OLD_ENDINGS, harmless, is_part, refuse_incomplete, refuse_old
from bot.training.reading import MAX_BYTES

MAX_UNPACKED = 4 * MAX_BYTES
MAX_NAME = 200
MAC = "__MACOSX/"
"""What some computers add of their own."""
_PLAIN = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


def zipped_project(name: str, raw: bytes) -> dict[str, str]:
    """The project's YAML files by path, as `read_project` has them; of a folder, if the archive holds nothing else.

    Raises:
        DataRefused: It is no zip file, would be too large, has a path that leads elsewhere or stands there twice, or is
            no Rasa project.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            files = {path: archive.read(info) for path, info in _parts(name, archive).items()}
            _refuse_old(archive)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError, ValueError) as error:
        if isinstance(error, DataRefused):
            raise
        raise refused(name, "bad_zip", "This is no zip file, or a damaged or locked one.") from None
    refuse_incomplete(name, files)
    return {path: harmless(path, files[path]) for path in sorted(files)}


def _parts(name: str, archive: zipfile.ZipFile) -> Mapping[str, zipfile.ZipInfo]:
    """What belongs to a project, by its path."""
    found: dict[str, zipfile.ZipInfo] = {}
    infos = _members(archive)
    top = _top([one.filename for one in infos])
    for info in infos:
        path = info.filename.removeprefix(top)
        if not is_part(path):
            continue
        if path in found or _astray(path):
            raise refused(path[:MAX_NAME], "bad_zip", "This path leads elsewhere, is too long, or stands there twice.")
        if info.compress_type not in _PLAIN or info.file_size > MAX_BYTES:
            raise refused(path, "too_large", f"The file has more than {MAX_BYTES // 1024**2} MB.")
        found[path] = info
    if len(found) > MAX_FILES:
        raise refused(name, "too_many_files", f"There are more than {MAX_FILES} files.")
    if sum(one.file_size for one in found.values()) > MAX_UNPACKED:
        raise refused(name, "too_large", f"Unpacked it has more than {MAX_UNPACKED // 1024**2} MB.")
    if any(str(above) in found for path in found for above in PurePosixPath(path).parents):
        raise refused(name, "bad_zip", "A path is a file and a folder.")
    return found


def _refuse_old(archive: zipfile.ZipFile) -> None:
    infos = _members(archive)
    top = _top([one.filename for one in infos])
    paths = {one.filename.removeprefix(top): one for one in infos}
    old = [path for path in paths if path.startswith("data/") and PurePosixPath(path).suffix in OLD_ENDINGS]
    for path in old[:MAX_FILES]:
        with archive.open(paths[path]) as file:
            refuse_old(path, file.read(HEAD))


def _members(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    return [one for one in archive.infolist() if not one.is_dir() and not one.filename.startswith(MAC)]


def _top(paths: list[str]) -> str:
    """The one folder that holds everything, with its slash; empty when there are several."""
    tops = {path.partition("/")[0] for path in paths if "/" in path}
    return f"{tops.pop()}/" if len(tops) == 1 and all("/" in path for path in paths) else ""


def _astray(path: str) -> bool:
    pure = PurePosixPath(path)
    odd = str(pure) != path or ".." in pure.parts or "\\" in path or not path.isprintable()
    return odd or len(path.encode()) > MAX_NAME
