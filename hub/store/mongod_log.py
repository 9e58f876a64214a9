"""Turn the last lines of a mongod log into words a person can act on.

The log is JSON, one object a line (MongoDB 4.4 and later): ``t`` time, ``s`` severity (F, E, W, I), ``msg``, ``attr``.
"""

from __future__ import annotations

import json
from pathlib import Path

_TAIL_BYTES = 256 * 1024
_SEVERE = {"F", "E"}

# What to look for in the severe lines -> what to do. The first hit wins, so the surest signs stand first.
_REMEDIES: tuple[tuple[tuple[str, ...], str], ...] = (
    (
        ("No space left on device", "ENOSPC"),
        "The disk is full. Free some space, then start again; nothing acknowledged is lost.",
    ),
    (
        ("DBPathInUse", "Unable to lock the lock file", "another mongod instance is already running"),
        "Another MongoDB server uses the same data folder. End it, or use another folder (PEYK_VAR_DIR).",
    ),
    (
        ("Address already in use",),
        "The database's port was taken by another program. Start again: another port is chosen.",
    ),
    (
        ("Permission denied", "IllegalOperation: Attempted to create a lock file on a read-only"),
        'The data folder is not writable for this user. Give it back to you, for instance with `chown -R "$USER" var`.',
    ),
    (
        (
            "featureCompatibilityVersion",
            "UPGRADE PROBLEM",
            "unsupported WiredTiger file version",
            "Wrong mongod version",
        ),
        "The data was written by another version of MongoDB. Put its mongod on PATH or start empty: ./peyk up --reset.",
    ),
    (
        (
            "WT_TRY_SALVAGE",
            "WT_PANIC",
            "file is corrupted",
            "Reason: 95022",
            "WiredTiger.turtle",
            "checksum",
            "WT_ERROR",
            "28595",
        ),
        "The data files are damaged. Restore a backup of the data folder, or start empty with `./peyk up --reset`.",
    ),
    (
        ("Too many open files", "EMFILE"),
        "The limit for open files is too low. Raise it (`ulimit -n 64000`) and start again.",
    ),
    (("Cannot allocate memory", "std::bad_alloc"), "There is too little memory. End other programs and start again."),
)


def explain_log(log: Path, code: int | None) -> str:
    """Say why the server ended.

    Args:
        log: Its log file; may be missing.
        code: Its exit status, negative for a signal, None if unknown.

    Returns:
        One or two sentences: the cause and the remedy if known, always with the server's own last severe words.
    """
    lines = severe_lines(log)
    remedy, line = next(
        ((words, line) for signs, words in _REMEDIES for line in lines if any(sign in line for sign in signs)),
        ("", lines[0] if lines else ""),
    )
    parts = ["The private MongoDB server would not start.", remedy, _status(code)]
    parts.append(f'The server says: "{_words(line)}".' if line else "")
    return " ".join(part for part in [*parts, f"Its log: {log}"] if part)


def severe_lines(log: Path) -> list[str]:
    """Return the errors and fatal lines of the log's last 256 KiB, since the server's last start, oldest first."""
    try:
        with log.open("rb") as handle:
            handle.seek(max(0, log.stat().st_size - _TAIL_BYTES))
            lines = handle.read().decode("utf-8", "replace").splitlines()
    except OSError:
        return []
    starts = [index for index, line in enumerate(lines) if '"msg":"MongoDB starting"' in line]
    return [line for line in lines[starts[-1] if starts else 0 :] if _severity(line) in _SEVERE]


def _status(code: int | None) -> str:
    if code == -9:
        return "It was killed (signal 9), perhaps because memory ran out."
    return "" if code is None else f"Exit status {code}."


def _severity(line: str) -> str:
    try:
        severity = json.loads(line).get("s", "")
    except (ValueError, AttributeError):
        return ""
    return severity if isinstance(severity, str) else ""


def _words(line: str) -> str:
    parsed = json.loads(line)
    attributes = parsed.get("attr", {})
    detail = next((attributes[key] for key in ("error", "message", "errorMessage", "reason") if key in attributes), "")
    if isinstance(detail, dict):
        detail = detail.get("errmsg") or detail.get("msg") or detail
    words = f"{parsed.get('msg', '')}: {detail}" if detail else str(parsed.get("msg", ""))
    return " ".join(words.split())[:300]
