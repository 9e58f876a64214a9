"""Timelines: one document per entry, `_id` = dedupe key, unique (conversation, seq).

`insert` is the only way in. It answers for each entry apart, and tells a duplicate from a lost race.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from bson import encode
from bson.errors import BSONError
from bson.raw_bson import RawBSONDocument
from pymongo import ASCENDING, DESCENDING

from hub.errors import Unavailable
from hub.model.delivery import before
from hub.model.entry import DeliveryState, Entry
from hub.model.ids import ConversationId
from hub.store.codec import entry_document, entry_of
from hub.store.database import Database, guard

_DUPLICATE = 11000


class Written(Enum):
    """What became of one entry."""

    STORED = "stored"
    DUPLICATE = "duplicate"
    """Its dedupe key is there already, and durable."""
    RACED = "raced"
    """Another writer took its number."""
    UNFIT = "unfit"
    """It holds something that no document can, such as a number beyond 64 bits; trying again is of no use."""
    UNTRIED = "untried"
    """One before it in the commit was not stored, and it may build on that one."""


@dataclass(frozen=True, slots=True)
class Entries:
    """The `entries` collection."""

    database: Database

    @property
    def _rows(self) -> Any:
        return self.database.collection("entries")

    async def index(self) -> None:
        """Make the index that keeps one order, and one that finds what is not delivered yet."""
        async with guard():
            await self._rows.create_index(
                [("conversation", ASCENDING), ("seq", ASCENDING)],
                unique=True,
                name="one_order",
            )
            await self._rows.create_index(
                [("delivery", ASCENDING), ("at", ASCENDING)],
                partialFilterExpression={"delivery": "queued"},
                name="undelivered",
            )

    async def insert(self, entries: Sequence[Entry]) -> list[Written]:
        """Write entries in one commit (majority, journaled), in order: it stops at the first that cannot be stored.

        Raises `Unavailable` when durability of *any* of them is not confirmed. A duplicate is reported only when the
        server also confirms durability: its answer has write-concern errors next to duplicate-key errors, of which the
        driver's `insert_one` shows only the latter.
        """
        rows = _encoded_until_unfit(entries)
        found = await self._insert(rows) if rows else []
        if len(rows) < len(entries):
            found.append(Written.UNFIT if all(one is Written.STORED for one in found) else Written.UNTRIED)
        return found + [Written.UNTRIED] * (len(entries) - len(found))

    async def _insert(self, rows: list[RawBSONDocument]) -> list[Written]:
        async with guard():
            answer = await self.database.insert("entries", rows)
        return _verdicts(len(rows), answer)

    async def by_dedupe(self, dedupe: str) -> Entry | None:
        """The entry stored under a dedupe key."""
        async with guard():
            row = await self._rows.find_one({"_id": dedupe})
        return entry_of(row) if row else None

    async def after(self, conversation: ConversationId, seq: int, *, limit: int = 1_000) -> list[Entry]:
        """Entries with a higher number, ascending, at most `limit`."""
        query = {"conversation": conversation, "seq": {"$gt": seq}}
        async with guard():
            rows = await self._rows.find(query).sort("seq", ASCENDING).limit(limit).to_list()
        return [entry_of(row) for row in rows]

    async def before(
        self,
        conversation: ConversationId,
        seq: int | None,
        *,
        limit: int,
        messages_only: bool = False,
    ) -> tuple[list[Entry], bool]:
        """The page before `seq` (the newest when None), ascending, and whether older ones remain."""
        query: dict[str, object] = {"conversation": conversation}
        if seq is not None:
            query["seq"] = {"$lt": seq}
        if messages_only:
            query["kind"] = "message"
        async with guard():
            rows = await self._rows.find(query).sort("seq", DESCENDING).limit(limit + 1).to_list()
        return [entry_of(row) for row in reversed(rows[:limit])], len(rows) > limit

    async def last_seqs(self, conversations: Sequence[ConversationId]) -> dict[ConversationId, int]:
        """The highest number of each conversation (covered by the index)."""
        pipeline = [
            {"$match": {"conversation": {"$in": list(conversations)}}},
            {"$group": {"_id": "$conversation", "seq": {"$max": "$seq"}}},
        ]
        async with guard():
            rows = await (await self._rows.aggregate(pipeline)).to_list()
        return {row["_id"]: row["seq"] for row in rows}

    async def written_lately(self, limit: int) -> set[ConversationId]:
        """The conversations of the newest entries of all."""
        async with guard():
            rows = await self._rows.find({}, {"conversation": 1}).sort("$natural", DESCENDING).limit(limit).to_list()
        return {row["conversation"] for row in rows}

    async def set_delivery(
        self, conversation: ConversationId, seq: int, state: DeliveryState, reason: str | None = None
    ) -> None:
        """Record what the provider said of one of our messages; late receipts change nothing."""
        change: dict[str, object] = {"delivery": state}
        if reason is not None:
            change["delivery_reason"] = reason
        query = {"conversation": conversation, "seq": seq, "delivery": {"$in": list(before(state))}}
        async with guard():
            await self._rows.update_one(query, {"$set": change})

    async def undelivered(self, *, limit: int = 500) -> list[Entry]:
        """Messages whose delivery is still queued, oldest first (for the time after a crash)."""
        async with guard():
            rows = await self._rows.find({"delivery": "queued"}).sort("at", ASCENDING).limit(limit).to_list()
        return [entry_of(row) for row in rows]

    async def erase_words(self, conversations: Sequence[ConversationId]) -> None:
        """Blank what was said in these conversations, and who said it; numbers, times and what happened stay."""
        theirs: dict[str, Any] = {"conversation": {"$in": list(conversations)}}
        blank = {"$set": {"parts": [{"type": "text", "text": ""}]}, "$unset": {"understood": ""}}
        repeated = {"$unset": {"understood": "", "event.summary": "", "event.note": ""}}
        async with guard():
            await self._rows.update_many({**theirs, "kind": {"$in": ["message", "note"]}}, blank)
            await self._rows.update_many({**theirs, "kind": "event"}, repeated)
            await self._rows.update_many({**theirs, "author.kind": "contact"}, {"$unset": {"author.name": ""}})


def _encoded(entry: Entry) -> RawBSONDocument | None:
    """The document, made before the batch, so that one that cannot be made spoils nothing but itself."""
    try:
        return RawBSONDocument(encode(entry_document(entry)))
    except (BSONError, OverflowError):
        return None


def _encoded_until_unfit(entries: Sequence[Entry]) -> list[RawBSONDocument]:
    rows: list[RawBSONDocument] = []
    for entry in entries:
        row = _encoded(entry)
        if row is None:
            break
        rows.append(row)
    return rows


def _verdicts(count: int, answer: Mapping[str, Any]) -> list[Written]:
    failure = next(iter(answer.get("writeErrors", ())), None)
    if answer.get("writeConcernError") or (failure is not None and failure["code"] != _DUPLICATE):
        raise Unavailable("The store cannot confirm this now; nothing was acknowledged.")
    if failure is None:
        return [Written.STORED] * count
    stopped = failure["index"]
    verdict = Written.DUPLICATE if "_id" in failure.get("keyPattern", {}) else Written.RACED
    return [Written.STORED] * stopped + [verdict] + [Written.UNTRIED] * (count - stopped - 1)
