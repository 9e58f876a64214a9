"""The queue of versions that are to be tried with the pinned conversations again.

In `bot_versions`: `pins_wanted`, and while it runs `pins_until` (ms), after which somebody else may begin anew.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from pymongo import ReturnDocument

from bot.training.stories import StoryRun
from hub.errors import Conflict
from hub.store.database import Database, guard


@dataclass(frozen=True, slots=True)
class PinRuns:
    """Who is to be tried."""

    database: Database

    @property
    def _rows(self) -> Any:
        return self.database.collection("bot_versions")

    async def want(self, number: int) -> None:
        """Have a version tried. Raises Conflict (`not_ready`)."""
        ready = {"_id": number, "state": "ready", "made": {"$ne": None}}
        async with guard():
            done = await self._rows.update_one(ready, {"$set": {"pins_wanted": True, "pins_failure": ""}})
        if not done.matched_count:
            raise Conflict("This version has no model.", code="not_ready")

    async def claim(self, now: int, until: int) -> int | None:
        """Take one that nobody tries, until `until` (ms); its number."""
        free = {"pins_wanted": True, "$or": [{"pins_until": None}, {"pins_until": {"$lte": now}}]}
        async with guard():
            row = await self._rows.find_one_and_update(
                free, {"$set": {"pins_until": until}}, return_document=ReturnDocument.AFTER
            )
        return int(row["_id"]) if row else None

    async def finish(self, number: int, runs: Sequence[StoryRun], pins: Mapping[str, int], failure: str = "") -> None:
        """Keep how it went, or why it could not be tried."""
        kept = {"stories": msgspec.to_builtins(list(runs)), "pins": dict(pins)} if not failure else {}
        change = {"$set": {"pins_wanted": False, "pins_failure": failure, **kept}, "$unset": {"pins_until": ""}}
        async with guard():
            await self._rows.update_one({"_id": number}, change)
