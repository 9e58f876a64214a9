"""sipp: many callers at once, by a scenario."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

from hub.up import telephones
from tests.asterisk import Asterisk
from tests.ports import free_pair

SCENARIOS = Path(__file__).parent / "channels" / "voice" / "scenarios"


async def sipp(server: Asterisk, folder: Path, scenario: str, *, calls: int, hold: int, **keys: str) -> int:
    """Make calls, all of them at once, that last for `hold` ms; the exit status (0: all went as written)."""
    words = [word for name, value in keys.items() for word in ("-key", name, value)]
    process = await asyncio.create_subprocess_exec(
        *telephones.command(server.root, "usr/bin/sipp"),
        *("-sf", str(SCENARIOS / f"{scenario}.xml"), "-s", "100", server.sip, "-i", "127.0.0.1"),
        *("-p", str(free_pair()), "-m", str(calls), "-l", str(calls), "-r", str(calls), "-nostdin"),
        *("-d", str(hold)),
        *("-timeout", "40s", "-timeout_error", "-trace_err", "-error_file", str(folder / "errors.txt")),
        *words,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        cwd=folder,
        env={**os.environ, "TERM": "dumb"},
    )
    said, _ = await process.communicate()
    (folder / "sipp.txt").write_bytes(said)
    assert process.returncode is not None
    return process.returncode
