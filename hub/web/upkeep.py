"""What the web layer does while nobody asks: ends what is over, removes what nobody will fetch."""

from __future__ import annotations

import asyncio

import structlog

from hub.errors import Unavailable
from hub.web.context import Web

log = structlog.get_logger(__name__)

_EVERY_SECONDS = 30.0
_UNSENT_MS = 24 * 3_600_000
_SWEEP_EVERY_MS = 3_600_000


async def run(parts: Web) -> None:
    """Until cancelled: every 30 s end sessions whose time is up, every hour sweep unsent files."""
    swept_at = 0
    while True:
        await asyncio.sleep(_EVERY_SECONDS)
        now = parts.clock.now()
        try:
            await parts.tickets.end_expired()
            if now - swept_at >= _SWEEP_EVERY_MS:
                swept_at = now
                removed = await parts.files.sweep(now - _UNSENT_MS)
                log.info("files_swept", removed=removed)
        except Unavailable:
            log.warning("upkeep_postponed")
