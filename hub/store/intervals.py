"""The interval log: what is measured is an interval, appended when something begins, closed when it ends.

Document: `{_id, subject, kind, start, end?, agent?, queue?, reason?}`; `_id` is derived from subject and start, so
that writing one twice changes nothing. Subjects: a conversation (`bot`, `queued`, `offered`, `active`, `hold`,
`wrap_up`) or an agent (`agent:<id>`, kinds are states).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pymongo import ASCENDING, DESCENDING, UpdateOne

from hub.store.database import Database, guard


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """`subject` is in state `kind` from `at` on (ms).

    What it was in before ends then. `kind` None ends without a new one.
    """

    subject: str
    kind: str | None
    at: int
    agent: str | None = None
    queue: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Intervals:
    """The `intervals` collection."""

    database: Database

    @property
    def _rows(self) -> Any:
        return self.database.collection("intervals")

    async def index(self) -> None:
        """For closing what is open, and for figures by time."""
        async with guard():
            await self._rows.create_index([("subject", ASCENDING), ("start", ASCENDING)])
            await self._rows.create_index([("kind", ASCENDING), ("start", ASCENDING)])

    async def record(self, turns: Sequence[Turn]) -> None:
        """Close and open intervals. Idempotent."""
        updates: list[UpdateOne] = []
        for turn in turns:
            still: dict[str, Any] = {
                "subject": turn.subject,
                "end": None,
                "start": {"$lte": turn.at},
            }
            if turn.kind is not None:
                still["_id"] = {"$ne": f"{turn.subject}:{turn.at}:{turn.kind}"}
            updates.append(UpdateOne(still, {"$set": {"end": turn.at}}))
            if turn.kind is not None:
                updates.append(_open(turn))
        if updates:
            async with guard():
                await self._rows.bulk_write(updates, ordered=True)

    async def open_kinds(self, subjects: Sequence[str]) -> dict[str, str]:
        """What each of these is in at the moment, as far as it is recorded."""
        query = {"subject": {"$in": list(subjects)}, "end": None}
        async with guard():
            rows = await self._rows.find(query, {"subject": 1, "kind": 1}).sort("start", ASCENDING).to_list()
        return {row["subject"]: row["kind"] for row in rows}

    async def handle_times(self, *, queue: str, limit: int = 50) -> list[int]:
        """Lengths (ms) of the newest ended active intervals of a queue."""
        query = {"kind": "active", "queue": queue, "end": {"$ne": None}}
        async with guard():
            rows = await self._rows.find(query).sort("start", DESCENDING).limit(limit).to_list()
        return [int(row["end"]) - int(row["start"]) for row in rows]

    async def of(self, subject: str) -> list[dict[str, Any]]:
        """All intervals of a subject, oldest first."""
        async with guard():
            rows: list[dict[str, Any]] = await self._rows.find({"subject": subject}).sort("start", ASCENDING).to_list()
        return rows


def _open(turn: Turn) -> UpdateOne:
    row: dict[str, Any] = {
        "subject": turn.subject,
        "kind": turn.kind,
        "start": turn.at,
        "end": None,
    }
    row |= {
        key: value
        for key, value in (
            ("agent", turn.agent),
            ("queue", turn.queue),
            ("reason", turn.reason),
        )
        if value
    }
    return UpdateOne(
        {"_id": f"{turn.subject}:{turn.at}:{turn.kind}"},
        {"$setOnInsert": row},
        upsert=True,
    )
