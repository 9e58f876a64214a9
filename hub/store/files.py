"""Files that people sent: pieces in `file_chunks`, and one document in `files` that makes them a file.

`files`: `_id`, `name`, `content_type`, `size`, `width`, `height`, `uploader` ("agent:<id>" or "<inbox>:<address>"),
`conversation` (once it was sent in one), `created_at`. `file_chunks`: `_id` "<file>:<n>", `data`, `at`. The document
is written last, so a file exists whole or not at all; pieces without one are swept.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any

from hub.errors import BadInput
from hub.model.entry import File
from hub.model.ids import ConversationId, FileId
from hub.store.database import Database, guard

CHUNK = 255 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFile:
    """A file with what access to it depends on."""

    file: File
    uploader: str
    conversation: ConversationId | None
    created_at: int


class Files:
    """The collections `files` and `file_chunks`."""

    def __init__(self, database: Database) -> None:
        """Work on a database."""
        self._files = database.collection("files")
        self._chunks = database.collection("file_chunks")

    async def index(self) -> None:
        """Make the indexes: by conversation and by uploader (to erase), by age (to sweep)."""
        async with guard():
            await self._files.create_index("conversation", name="by_conversation", sparse=True)
            await self._files.create_index("uploader", name="by_uploader")
            await self._chunks.create_index("at", name="by_age")

    async def add_chunk(self, file: FileId, number: int, data: bytes, now: int) -> None:
        """Store one piece of at most `CHUNK` bytes."""
        async with guard():
            await self._chunks.insert_one({"_id": f"{file}:{number}", "data": data, "at": now})

    async def drop_chunks(self, file: FileId) -> None:
        """Remove the pieces of a file that did not become one."""
        async with guard():
            await self._chunks.delete_many(_pieces(file))

    async def finish(self, file: File, uploader: str, now: int, conversation: ConversationId | None = None) -> None:
        """Make the pieces a file."""
        row: dict[str, Any] = {
            "_id": file.id,
            "name": file.name,
            "content_type": file.content_type,
            "size": file.size,
            "width": file.width,
            "height": file.height,
            "uploader": uploader,
            "created_at": now,
            **({"conversation": conversation} if conversation is not None else {}),
        }
        async with guard():
            await self._files.replace_one({"_id": file.id}, row, upsert=True)

    async def get(self, file: FileId) -> StoredFile | None:
        """One file's document."""
        async with guard():
            row = await self._files.find_one({"_id": file})
        return _stored(row) if row else None

    async def read(self, file: FileId) -> AsyncIterator[bytes]:
        """The file's bytes, piece by piece. Raises Unavailable, also in the middle."""
        number = 0
        while True:
            async with guard():
                row = await self._chunks.find_one({"_id": f"{file}:{number}"})
            if row is None:
                return
            yield bytes(row["data"])
            number += 1

    async def attach(self, files: Sequence[FileId], uploader: str, conversation: ConversationId) -> tuple[File, ...]:
        """Bind files to the conversation that they are being sent in, and return them in the same order.

        A file is bound once: sending it again in the same conversation is allowed, in another one is not.

        Raises:
            BadInput: `bad_file`: there is no such file, it is somebody else's, or it belongs to another conversation.
        """
        found = []
        for one in files:
            query = {"_id": one, "uploader": uploader, "conversation": {"$in": [None, conversation]}}
            async with guard():
                row = await self._files.find_one_and_update(query, {"$set": {"conversation": conversation}})
            if row is None:
                raise BadInput("There is no such file.", code="bad_file", field="files")
            found.append(_stored(row).file)
        return tuple(found)

    async def erase(self, conversation: ConversationId) -> int:
        """Remove all files of a conversation; return how many."""
        return await self._erase({"conversation": conversation})

    async def erase_uploads(self, uploader: str) -> int:
        """Remove everything that somebody uploaded; return how many files."""
        return await self._erase({"uploader": uploader})

    async def sweep(self, before: int) -> int:
        """Remove what agents uploaded before a time (ms) and never sent; return how many. Stray pieces go, too.

        Customers' files stay: they are found through their uploader, not through a conversation.
        """
        unsent = {"conversation": None, "created_at": {"$lt": before}, "uploader": {"$regex": "^agent:"}}
        removed = await self._erase(unsent)
        async with guard():
            async for row in self._chunks.find({"at": {"$lt": before}, "_id": {"$regex": ":0$"}}, {"_id": 1}):
                file = FileId(str(row["_id"]).removesuffix(":0"))
                if await self._files.find_one({"_id": file}, {"_id": 1}) is None:
                    await self._chunks.delete_many(_pieces(file))
        return removed

    async def _erase(self, query: dict[str, Any]) -> int:
        async with guard():
            ids = [row["_id"] async for row in self._files.find(query, {"_id": 1})]
            for one in ids:
                await self._files.delete_one({"_id": one})
                await self._chunks.delete_many(_pieces(one))
        return len(ids)


def _pieces(file: FileId) -> dict[str, Any]:
    # A range of the primary key: all "<file>:<n>" (";" follows ":").
    return {"_id": {"$gte": f"{file}:", "$lt": f"{file};"}}


def _stored(row: dict[str, Any]) -> StoredFile:
    file = File(
        id=FileId(row["_id"]),
        name=row["name"],
        content_type=row["content_type"],
        size=row["size"],
        width=row.get("width"),
        height=row.get("height"),
    )
    return StoredFile(
        file=file, uploader=row["uploader"], conversation=row.get("conversation"), created_at=row["created_at"]
    )
