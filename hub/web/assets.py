"""The built browser parts: read into memory from `widget/dist`, served under their hashed names for ever.

Only names found there at start are served; a request's path is a key into that map and never becomes a path on the
disk.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import web

_TYPES = {
    ".js": "text/javascript",
    ".css": "text/css",
    ".woff2": "font/woff2",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".webp": "image/webp",
    ".ico": "image/x-icon",
    ".mp3": "audio/mpeg",
    ".wav": "audio/wav",
    ".ogg": "audio/ogg",
    ".json": "application/json",
}
_PACKED = frozenset({".js", ".css", ".svg", ".json"})
_FOR_EVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """One file: its bytes, the same gzipped where that helps, and its type."""

    body: bytes
    packed: bytes | None
    content_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What a page needs to load one entry: addresses of a script and of style sheets."""

    script: str
    styles: tuple[str, ...]


@dataclass(slots=True)
class Assets:
    """The files of one build.

    A newer build is read when its manifest changes, so that `npm run build` shows at once.
    """

    dist: Path
    _files: Mapping[str, Asset] = field(default_factory=dict)
    _entries: Mapping[str, Entry] = field(default_factory=dict)
    _read_at: int = 0

    def entry(self, name: str) -> Entry | None:
        """The entry `loader`, `chat` or `desk`; None before the browser parts are built."""
        self._refresh()
        return self._entries.get(name)

    def get(self, name: str) -> Asset | None:
        """The file with this name below `assets/`."""
        self._refresh()
        return self._files.get(name)

    def font(self) -> str | None:
        """The address of the Persian font, where it is built."""
        self._refresh()
        names = sorted(name for name in self._files if name.lower().startswith("vazirmatn") and name.endswith(".woff2"))
        arabic = [name for name in names if "arabic" in name.lower()]
        return f"/assets/{(arabic or names)[0]}" if names else None

    def respond(self, request: web.Request, name: str, *, cache: str = _FOR_EVER) -> web.Response:
        """Answer with a file, gzipped where the browser takes it. Raises HTTPNotFound."""
        asset = self.get(name)
        if asset is None:
            raise web.HTTPNotFound
        headers = {"Cache-Control": cache, "Vary": "Accept-Encoding"}
        if asset.packed is not None and "gzip" in request.headers.get("Accept-Encoding", ""):
            headers["Content-Encoding"] = "gzip"
            return web.Response(body=asset.packed, content_type=asset.content_type, headers=headers)
        return web.Response(body=asset.body, content_type=asset.content_type, headers=headers)

    def _refresh(self) -> None:
        manifest = self.dist / "manifest.json"
        try:
            changed = manifest.stat().st_mtime_ns
        except OSError:
            return
        if changed == self._read_at:
            return
        rows = json.loads(manifest.read_text(encoding="utf-8"))
        self._files = _read_files(self.dist / "assets")
        self._entries = {row["name"]: _entry(row, rows) for row in rows.values() if row.get("isEntry")}
        self._read_at = changed


def _read_files(folder: Path) -> dict[str, Asset]:
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink() and path.suffix in _TYPES:
            body = path.read_bytes()
            packed = gzip.compress(body, 6, mtime=0) if path.suffix in _PACKED and len(body) > 1024 else None
            name = path.relative_to(folder).as_posix()
            found[name] = Asset(body=body, packed=packed, content_type=_TYPES[path.suffix])
    return found


def _entry(row: dict[str, object], rows: dict[str, dict[str, object]]) -> Entry:
    styles: list[str] = []
    seen: set[str] = set()

    def collect(one: dict[str, object]) -> None:
        styles.extend(f"/{name}" for name in _names(one.get("css")) if f"/{name}" not in styles)
        for imported in _names(one.get("imports")):
            if imported not in seen and imported in rows:
                seen.add(imported)
                collect(rows[imported])

    collect(row)
    return Entry(script=f"/{row['file']}", styles=tuple(styles))


def _names(value: object) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else []
