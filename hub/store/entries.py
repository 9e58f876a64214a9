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
from pymongo import ASCENDING, DESCENDING, ReturnDocument

from hub.errors import Unavailable
from hub.model.delivery import before
from hub.model.entry import DeliveryState, Entry, File
from hub.model.ids import ConversationId
from hub.store.codec import document, entry_document, entry_of
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """How far a message came before.

    `interrupted`: an earlier try never ended (the process died in it), so the provider may have taken a piece more than
    `pieces`. `tries` were made before this one.
    """

    interrupted: bool
    pieces: int
    tries: int


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
            await self._rows.create_index("refs", sparse=True, name="by_ref")

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

    async def stored(self, dedupes: Sequence[str]) -> dict[str, Entry]:
        """The entries stored under some dedupe keys, by key."""
        async with guard():
            rows = await self._rows.find({"_id": {"$in": list(dedupes)}}).to_list()
        return {row["_id"]: entry_of(row) for row in rows}

    async def after(self, conversation: ConversationId, seq: int, *, limit: int = 1_000) -> list[Entry]:
        """Entries with a higher number, ascending, at most `limit`."""
        query = {"conversation": conversation, "seq": {"$gt": seq}}
        async with guard():
            rows = await self._rows.find(query).sort("seq", ASCENDING).limit(limit).to_list()
        return [entry_of(row) for row in rows]

    async def all_of(self, conversation: ConversationId) -> list[Entry]:
        """A whole timeline, ascending."""
        found: list[Entry] = []
        while page := await self.after(conversation, found[-1].seq if found else 0):
            found += page
        return found

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

    async def by_ref(self, refs: Sequence[str]) -> Entry | None:
        """The entry that a provider knows under one of these names."""
        async with guard():
            row = await self._rows.find_one({"refs": {"$in": list(refs)}})
        return entry_of(row) if row else None

    async def set_delivery(
        self,
        conversation: ConversationId,
        seq: int,
        state: DeliveryState,
        *,
        reason: str | None = None,
        code: str | None = None,
    ) -> bool:
        """Record what became of one of our messages; late news change nothing and return False.

        What was sent was sent whole: should it be sent once more, that begins with the first piece.
        """
        query = {"conversation": conversation, "seq": seq, "delivery": {"$in": list(before(state))}}
        change = {"delivery": state, "delivery_reason": reason, "delivery_code": code, "delivery_due": None}
        if state == "sent":
            change["pieces"] = None
        async with guard():
            written = await self._rows.update_one(query, _changed(change))
        return bool(written.matched_count)

    async def retry_delivery(self, conversation: ConversationId, seq: int) -> Entry | None:
        """Queue a message again that failed or of which nobody knows; None when it is neither."""
        query = {"conversation": conversation, "seq": seq, "delivery": {"$in": ["failed", "uncertain"]}}
        change = {"delivery": "queued", "delivery_reason": None, "delivery_code": None, "tries": None}
        async with guard():
            row = await self._rows.find_one_and_update(query, _changed(change), return_document=ReturnDocument.AFTER)
        return entry_of(row) if row else None

    async def settle_delivery(self, conversation: ConversationId, seq: int) -> bool:
        """An uncertain message has arrived after all; false when it is not uncertain."""
        query = {"conversation": conversation, "seq": seq, "delivery": "uncertain"}
        change = {"delivery": "sent", "delivery_reason": None, "delivery_code": None}
        async with guard():
            written = await self._rows.update_one(query, _changed(change))
        return bool(written.matched_count)

    async def begin_sending(self, conversation: ConversationId, seq: int, attempt: str) -> Sending | None:
        """Note that a message is about to go out, and tell how far earlier tries came; None when it is not queued.

        `attempt` names this try.
        """
        query = {"conversation": conversation, "seq": seq, "delivery": "queued"}
        async with guard():
            row = await self._rows.find_one_and_update(
                query,
                {"$set": {"sending": attempt}, "$inc": {"tries": 1}},
                projection={"sending": 1, "pieces": 1, "tries": 1},
            )
        if row is None:
            return None
        return Sending(
            interrupted=row.get("sending") not in {None, attempt},
            pieces=row.get("pieces", 0),
            tries=row.get("tries", 0),
        )

    async def piece_sent(self, conversation: ConversationId, seq: int, pieces: int, ref: str | None) -> None:
        """So many pieces of a message are with the provider, the last one under this name."""
        change: dict[str, Any] = {"$set": {"pieces": pieces}}
        if ref is not None:
            change["$addToSet"] = {"refs": ref}
        async with guard():
            await self._rows.update_one({"conversation": conversation, "seq": seq}, change)

    async def end_sending(self, conversation: ConversationId, seq: int) -> None:
        """The provider has answered, one way or the other."""
        await self._change(conversation, seq, {"sending": None})

    async def put_off(
        self, conversation: ConversationId, seq: int, due: int, *, reason: str | None, code: str | None
    ) -> None:
        """The provider does not take it now; it is tried again at a time (ms)."""
        change = {"sending": None, "delivery_due": due, "delivery_reason": reason, "delivery_code": code}
        await self._change(conversation, seq, change)

    async def _change(self, conversation: ConversationId, seq: int, fields: Mapping[str, object]) -> None:
        async with guard():
            await self._rows.update_one({"conversation": conversation, "seq": seq}, _changed(fields))

    async def undelivered(self, *, after: tuple[int, str] = (0, ""), limit: int = 500) -> list[Entry]:
        """A page of the messages whose delivery is still queued, oldest first (for the time after a crash).

        `after` is (`at`, dedupe key) of the last one seen.
        """
        at, last = after
        query = {"delivery": "queued", "$or": [{"at": {"$gt": at}}, {"at": at, "_id": {"$gt": last}}]}
        async with guard():
            rows = await self._rows.find(query).sort([("at", ASCENDING), ("_id", ASCENDING)]).limit(limit).to_list()
        return [entry_of(row) for row in rows]

    async def sent_until(self, conversations: Sequence[ConversationId], at: int) -> list[Entry]:
        """What was sent in these conversations until a time (ms) and is not read yet, at most 200, newest first."""
        query = {
            "conversation": {"$in": list(conversations)},
            "at": {"$lte": at},
            "delivery": {"$in": ["uncertain", "sent", "delivered"]},
        }
        async with guard():
            rows = await self._rows.find(query).sort("seq", DESCENDING).limit(200).to_list()
        return [entry_of(row) for row in rows]

    async def set_file(self, conversation: ConversationId, file: File) -> Entry | None:
        """An attachment has come, or is lost: put it where its message names it; None when no message does."""
        query = {"conversation": conversation, "parts.file.id": file.id}
        change = {"$set": {"parts.$[part].file": document(file)}}
        async with guard():
            row = await self._rows.find_one_and_update(
                query, change, array_filters=[{"part.file.id": file.id}], return_document=ReturnDocument.AFTER
            )
        return entry_of(row) if row else None

    async def erase_words(self, conversations: Sequence[ConversationId]) -> None:
        """Blank what was said in these conversations, and who said it; numbers, times and what happened stay."""
        theirs: dict[str, Any] = {"conversation": {"$in": list(conversations)}}
        blank = {"$set": {"parts": [{"type": "text", "text": ""}]}, "$unset": {"understood": "", "reply": ""}}
        repeated = {"$unset": {"understood": "", "event.summary": "", "event.note": ""}}
        async with guard():
            await self._rows.update_many({**theirs, "kind": {"$in": ["message", "note"]}}, blank)
            await self._rows.update_many({**theirs, "kind": "event"}, repeated)
            await self._rows.update_many({**theirs, "author.kind": "contact"}, {"$unset": {"author.name": ""}})


def _changed(fields: Mapping[str, object]) -> dict[str, Any]:
    """An update that sets what has a value and removes what has none."""
    change: dict[str, Any] = {"$set": {name: value for name, value in fields.items() if value is not None}}
    if gone := {name: "" for name, value in fields.items() if value is None}:
        change["$unset"] = gone
    return {operator: what for operator, what in change.items() if what}


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
