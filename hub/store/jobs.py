"""Jobs that are due at a time: one document for each until it is done, or given up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import msgspec
from pymongo import ASCENDING

from hub.model.ids import ConversationId, FileId
from hub.store.codec import decoded
from hub.store.database import Database, guard


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What is to be done for a file of a conversation; `tries` are those with this one."""

    file: FileId
    conversation: ConversationId
    tries: int = 0


J = TypeVar("J", bound=Job)


@dataclass(frozen=True, slots=True)
class Jobs(Generic[J]):
    """A collection of jobs of one kind: `_id` the file's id, `due` (ms; absent: it rests), the fields of the kind."""

    database: Database
    name: str
    kind: type[J]

    @property
    def _rows(self) -> Any:
        return self.database.collection(self.name)

    async def index(self) -> None:
        """What is due is found at once."""
        async with guard():
            await self._rows.create_index([("due", ASCENDING)], name="due")

    async def add(self, job: J, due: int | None = None) -> None:
        """Keep a job that is due at a time (ms), or rests; one for the same file twice is once."""
        row = msgspec.to_builtins(job)
        key = {"_id": row.pop("file")}
        if due is not None:
            row["due"] = due
        async with guard():
            await self._rows.update_one(key, {"$setOnInsert": row}, upsert=True)

    async def claim(self, now: int, until: int) -> J | None:
        """Take one that is due; unless it is done or put off by `until` (ms), it is due again then."""
        async with guard():
            row = await self._rows.find_one_and_update(
                {"due": {"$lte": now}},
                {"$set": {"due": until}, "$inc": {"tries": 1}},
                sort=[("due", ASCENDING)],
                return_document=True,
            )
        return self._job(row) if row else None

    async def put_off(self, file: FileId, due: int) -> bool:
        """It is due at a time (ms); whether there is such a job."""
        async with guard():
            done = await self._rows.update_one({"_id": file}, {"$set": {"due": due}})
        return bool(done.matched_count)

    async def rest(self, file: FileId) -> None:
        """Not due any more, unless somebody asks again."""
        async with guard():
            await self._rows.update_one({"_id": file}, {"$unset": {"due": ""}})

    async def resting(self) -> list[J]:
        """Those that are not due at any time."""
        async with guard():
            return [self._job(row) for row in await self._rows.find({"due": {"$exists": False}}).to_list()]

    async def again(self, file: FileId, conversation: ConversationId, due: int) -> J | None:
        """Begin anew with one that rests, due at a time (ms); None when it does not rest."""
        async with guard():
            row = await self._rows.find_one_and_update(
                {"_id": file, "conversation": conversation, "due": {"$exists": False}},
                {"$set": {"due": due, "tries": 0}},
            )
        return self._job(row) if row else None

    async def done(self, file: FileId) -> None:
        """There is nothing more to do."""
        async with guard():
            await self._rows.delete_one({"_id": file})

    async def forget(self, conversation: ConversationId) -> None:
        """Drop everything that was to be done for a conversation."""
        async with guard():
            await self._rows.delete_many({"conversation": conversation})

    def _job(self, row: dict[str, Any]) -> J:
        row["file"] = row.pop("_id")
        return decoded(row, self.kind)
