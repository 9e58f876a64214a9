"""Stays in a line, one document per stay that ended; see `hub.model.stay`.

Document: `{_id, conversation, seq, queue, channel, entered_at, left_at, outcome}`; `_id` is derived from conversation
and seq, so that writing one twice changes nothing.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from pymongo import ASCENDING, DESCENDING, UpdateOne

from hub.model.stay import Outcome, Stay
from hub.store.database import Database, guard


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """So many (`times`) stays in a queue ended like this after so many begun seconds."""

    queue: str
    outcome: Outcome
    seconds: int
    times: int


@dataclass(frozen=True, slots=True)
class Stays:
    """The `stays` collection."""

    database: Database

    @property
    def _rows(self) -> Any:
        return self.database.collection("stays")

    async def index(self) -> None:
        """For figures by time."""
        async with guard():
            await self._rows.create_index([("left_at", ASCENDING)])

    async def record(self, stays: Sequence[Stay]) -> None:
        """Keep stays that ended. Idempotent."""
        if not stays:
            return
        updates = [
            UpdateOne({"_id": f"{stay.conversation}:{stay.seq}"}, {"$setOnInsert": asdict(stay)}, upsert=True)
            for stay in stays
        ]
        async with guard():
            await self._rows.bulk_write(updates, ordered=False)

    async def newest(self) -> int | None:
        """When the last one that is kept ended (ms)."""
        async with guard():
            row = await self._rows.find_one({}, {"left_at": 1}, sort=[("left_at", DESCENDING)])
        return int(row["left_at"]) if row else None

    async def counts(self, since: int) -> list[Count]:
        """How those that ended since a moment (ms) come together."""
        seconds = {"$max": [0, {"$ceil": {"$divide": [{"$subtract": ["$left_at", "$entered_at"]}, 1000]}}]}
        pipeline = [
            {"$match": {"left_at": {"$gte": since}}},
            {
                "$group": {
                    "_id": {"queue": "$queue", "outcome": "$outcome", "seconds": {"$toInt": seconds}},
                    "times": {"$sum": 1},
                }
            },
        ]
        async with guard():
            rows = await (await self._rows.aggregate(pipeline)).to_list()
        return [Count(**row["_id"], times=row["times"]) for row in rows]
