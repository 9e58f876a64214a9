"""Stays in line, as `hub.model.visits` tells them apart, and the figures of a day that are counted from them.

Document: `{_id, conversation, queue, channel, start, end?, fate?, reason?, agent?}`; `_id` is derived from the stay, so
that writing one twice changes nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pymongo import ASCENDING, UpdateOne

from hub.model.ids import ConversationId
from hub.model.queues import ServiceTarget
from hub.model.visits import Visit
from hub.store.codec import document
from hub.store.database import Database, guard


@dataclass(frozen=True, slots=True, kw_only=True)
class LineFigures:
    """A queue since some time: offered = answered + abandoned + short + flow_out + waiting.

    `in_time`: answered within the target. `short`: who left at once, counted nowhere else. `waited_ms`, `left_ms`: sums
    over the answered and over the abandoned; percentages are made of these at the very end, never averaged.
    """

    offered: int = 0
    answered: int = 0
    in_time: int = 0
    abandoned: int = 0
    short: int = 0
    flow_out: int = 0
    waiting: int = 0
    waited_ms: int = 0
    left_ms: int = 0

    @property
    def counted(self) -> int:
        """The denominator of the service level; `in_time` is the numerator."""
        return self.answered + self.abandoned

    @property
    def service_level(self) -> float | None:
        """The share answered in time, 0-1; None while nobody counts."""
        return self.in_time / self.counted if self.counted else None

    @property
    def average_wait_ms(self) -> int | None:
        """How long the answered waited; None while nobody was answered."""
        return round(self.waited_ms / self.answered) if self.answered else None


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
            await self._rows.create_index([("start", ASCENDING)])
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

    async def figures(self, since: int, targets: Mapping[str, ServiceTarget]) -> dict[str, LineFigures]:
        """What became of everybody who came into a queue since a time (ms); a queue without a target has the usual."""
        usual = ServiceTarget()
        within = _per_queue({queue: one.seconds * 1000 for queue, one in targets.items()}, usual.seconds * 1000)
        short = {queue: one.short_abandon_seconds * 1000 for queue, one in targets.items()}
        at_once = _per_queue(short, usual.short_abandon_seconds * 1000)
        steps = [
            {"$match": {"start": {"$gte": since}}},
            {"$set": {"waited": {"$subtract": ["$end", "$start"]}}},
            {"$set": {"in_time": {"$lte": ["$waited", within]}, "short": {"$lt": ["$waited", at_once]}}},
            {"$group": {"_id": "$queue", **_SUMS}},
        ]
        async with guard():
            rows = await (await self._rows.aggregate(steps)).to_list()
        return {str(row.pop("_id")): LineFigures(**row) for row in rows}


def _written(visit: Visit) -> UpdateOne:
    fields = document(visit)
    if visit.end is None:
        return UpdateOne({"_id": visit.key}, {"$setOnInsert": {**fields, "end": None}}, upsert=True)
    return UpdateOne({"_id": visit.key}, {"$set": fields}, upsert=True)


def _per_queue(values: Mapping[str, int], usual: int) -> object:
    """The value of the document's queue."""
    branches = [{"case": {"$eq": ["$queue", queue]}, "then": value} for queue, value in values.items()]
    return {"$switch": {"branches": branches, "default": usual}} if branches else usual


def _count(*conditions: object) -> dict[str, object]:
    return {"$sum": {"$cond": [{"$and": list(conditions)}, 1, 0]}}


def _sum(*conditions: object) -> dict[str, object]:
    return {"$sum": {"$cond": [{"$and": list(conditions)}, "$waited", 0]}}


_ANSWERED = {"$eq": ["$fate", "answered"]}
_ABANDONED = {"$eq": ["$fate", "abandoned"]}
_STAYED = {"$not": ["$short"]}
_SUMS = {
    "offered": {"$sum": 1},
    "answered": _count(_ANSWERED),
    "in_time": _count(_ANSWERED, "$in_time"),
    "abandoned": _count(_ABANDONED, _STAYED),
    "short": _count(_ABANDONED, "$short"),
    "flow_out": _count({"$eq": ["$fate", "flow_out"]}),
    "waiting": _count({"$eq": ["$end", None]}),
    "waited_ms": _sum(_ANSWERED),
    "left_ms": _sum(_ABANDONED, _STAYED),
}
