"""Attachments that are still at their provider: one document per file that has to be fetched, or could not be.

`fetches`: `_id` the file's id, `inbox`, `source`, `conversation`, `uploader`, `name`, `tries`, `due` (ms; absent: it is
lost, and rests until somebody asks again).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pymongo import ASCENDING

from hub.model.ids import ConversationId, FileId
from hub.store.database import Database, guard


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetch:
    """One attachment to fetch. `source` is the adapter's own; `tries` were made before this one."""

    file: FileId
    inbox: str
    source: Mapping[str, str]
    conversation: ConversationId
    uploader: str
    name: str
    tries: int = 0


@dataclass(frozen=True, slots=True)
class Fetches:
    """The `fetches` collection."""

    database: Database

    @property
    def _rows(self) -> Any:
        return self.database.collection("fetches")

    async def index(self) -> None:
        """What is due is found at once."""
        async with guard():
            await self._rows.create_index([("due", ASCENDING)], name="due")

    async def add(self, fetch: Fetch, due: int) -> None:
        """Keep a fetch; the same file twice is once."""
        row = {
            "inbox": fetch.inbox,
            "source": dict(fetch.source),
            "conversation": fetch.conversation,
            "uploader": fetch.uploader,
            "name": fetch.name,
            "due": due,
            "tries": 0,
        }
        async with guard():
            await self._rows.update_one({"_id": fetch.file}, {"$setOnInsert": row}, upsert=True)

    async def claim(self, now: int, until: int) -> Fetch | None:
        """Take one that is due; unless it is done or put off by `until` (ms), it is due again then."""
        async with guard():
            row = await self._rows.find_one_and_update(
                {"due": {"$lte": now}}, {"$set": {"due": until}, "$inc": {"tries": 1}}, sort=[("due", ASCENDING)]
            )
        if row is None:
            return None
        return Fetch(
            file=FileId(row["_id"]),
            inbox=row["inbox"],
            source=row["source"],
            conversation=ConversationId(row["conversation"]),
            uploader=row["uploader"],
            name=row["name"],
            tries=row["tries"],
        )

    async def put_off(self, file: FileId, due: int) -> None:
        """Try again at a time (ms)."""
        async with guard():
            await self._rows.update_one({"_id": file}, {"$set": {"due": due}})

    async def rest(self, file: FileId) -> None:
        """Not due any more, unless somebody asks again."""
        async with guard():
            await self._rows.update_one({"_id": file}, {"$unset": {"due": ""}})

    async def again(self, file: FileId, conversation: ConversationId, due: int) -> str | None:
        """Begin anew with one that rests, due at a time (ms); its name, or None when it does not rest."""
        async with guard():
            row = await self._rows.find_one_and_update(
                {"_id": file, "conversation": conversation, "due": {"$exists": False}},
                {"$set": {"due": due, "tries": 0}},
            )
        return str(row["name"]) if row else None

    async def forget(self, conversation: ConversationId) -> None:
        """Drop everything that was to be fetched for a conversation."""
        async with guard():
            await self._rows.delete_many({"conversation": conversation})

    async def done(self, file: FileId) -> None:
        """There is nothing more to do."""
        async with guard():
            await self._rows.delete_one({"_id": file})
