"""Stays in line, as `hub.model.visits` tells them apart.

Document: `{_id, conversation, queue, channel, start, end?, fate?, reason?, agent?}`; `_id` is derived from the stay, so
that writing one twice changes nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pymongo import ASCENDING, UpdateOne

from hub.model.ids import ConversationId
from hub.model.visits import Visit
from hub.store.codec import decoded, document
from hub.store.database import Database, guard


@dataclass(frozen=True, slots=True)
class Visits:
    """The `visits` collection."""

    database: Database

    @property
    def _rows(self) -> Any:
        return self.database.collection("visits")

    async def index(self) -> None:
        """For figures by time, and for what has no end yet."""
        async with guard():
            await self._rows.create_index([("end", ASCENDING)])
            await self._rows.create_index([("conversation", ASCENDING), ("end", ASCENDING)])

    async def record(self, visits: Sequence[Visit]) -> None:
        """Write beginnings and ends, in any order."""
        updates = [_written(visit) for visit in visits]
        if updates:
            async with guard():
                await self._rows.bulk_write(updates, ordered=True)

    async def unfinished(self) -> dict[str, ConversationId]:
        """The stays without an end, by their keys, and whose they are."""
        async with guard():
            rows = await self._rows.find({"end": None}, {"conversation": 1}).to_list()
        return {row["_id"]: ConversationId(row["conversation"]) for row in rows}

    async def of(self, conversation: ConversationId) -> list[dict[str, Any]]:
        """A conversation's stays, oldest first."""
        async with guard():
            order = [("start", ASCENDING), ("end", ASCENDING)]
            rows: list[dict[str, Any]] = await self._rows.find({"conversation": conversation}).sort(order).to_list()
        return rows

    async def ended_since(self, since: int) -> list[Visit]:
        """The stays that ended since then (ms), in that order."""
        async with guard():
            rows = await self._rows.find({"end": {"$gte": since}}, {"_id": 0}).sort("end", ASCENDING).to_list()
        return [decoded(row, Visit) for row in rows]


def _written(visit: Visit) -> UpdateOne:
    fields = document(visit)
    if visit.end is None:
        return UpdateOne({"_id": visit.key}, {"$setOnInsert": {**fields, "end": None}}, upsert=True)
    return UpdateOne({"_id": visit.key}, {"$set": fields}, upsert=True)
