"""What could not become a message: kept raw, for an admin to look at and to run again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hub.store.database import Database, guard


@dataclass(frozen=True, slots=True)
class Aside:
    """The `aside` collection."""

    database: Database

    @property
    def _rows(self) -> Any:
        return self.database.collection("aside")

    async def index(self) -> None:
        """Newest first."""
        async with guard():
            await self._rows.create_index("at", name="by_time")

    async def put(self, inbox: str, external_id: str, reason: str, raw: bytes, summary: str, now: int) -> None:
        """Keep it; the same id twice is once."""
        row = {"inbox": inbox, "reason": reason, "summary": summary, "raw": raw, "at": now}
        async with guard():
            await self._rows.update_one({"_id": f"{inbox}:{external_id}"}, {"$setOnInsert": row}, upsert=True)
