"""The large files of versions in GridFS `bot_models`: what each was made from, and its model.

`<number>.data` (JSON: files and examples) and `<number>.<holder>.model` (Rasa's archive).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bson import ObjectId
from gridfs import AsyncGridFSBucket
from gridfs.errors import NoFile

from hub.errors import NotFound
from hub.store.database import Database, guard


@dataclass(frozen=True, slots=True)
class ModelFiles:
    """The files by name."""

    database: Database

    @property
    def _bucket(self) -> AsyncGridFSBucket:
        return self.database.bucket("bot_models")

    async def put(self, name: str, raw: bytes) -> None:
        """Keep a file in place of another one of this name."""
        async with guard():
            await self.drop(name)
            await self._bucket.upload_from_stream(name, raw)

    async def drop(self, name: str) -> None:
        """Remove a file, if it is there."""
        async with guard():
            async for old in self._bucket.find({"filename": name}):
                await self._bucket.delete(old._id)

    async def read(self, name: str) -> bytes:
        """A file. Raises NotFound."""
        async with guard():
            try:
                return bytes(await (await self._bucket.open_download_stream_by_name(name)).read())
            except NoFile:
                raise NotFound("There is no such file.") from None

    async def sweep(self, before: int, kept: Collection[str], held: Collection[int]) -> int:
        """Remove what no version names and is from `before` (ms): files, and parts of files that were never whole.

        `kept`: names of files that versions have; files of the versions in `held` stay in any case. How many went.
        """
        then = datetime.fromtimestamp(before / 1000, UTC)
        async with guard():
            old: list[Any] = await self._bucket.find({"uploadDate": {"$lt": then}}).to_list()
            gone = [one for one in old if one.filename not in kept and _number(one.filename) not in held]
            for one in gone:
                await self._bucket.delete(one._id)
            chunks, files = (self.database.collection(f"bot_models.{part}") for part in ("chunks", "files"))
            parts = await chunks.distinct("files_id", {"files_id": {"$lt": ObjectId.from_datetime(then)}})
            whole = await files.distinct("_id", {"_id": {"$in": parts}})
            lost = [one for one in parts if one not in set(whole)]
            await chunks.delete_many({"files_id": {"$in": lost}})
        return len(gone) + len(lost)


def _number(name: str) -> int:
    head = name.split(".", 1)[0]
    return int(head) if head.isdigit() else -1
