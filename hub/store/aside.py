"""What channels could not make a message of, kept for an admin to look at and to run again.

Collections: `aside` (`_id` made of inbox and external id, and the fields of `SetAside`) and `aside_pieces` (`_id`
"<aside>:<n>", `data`). The document is written last, so what is listed is whole; a second try writes the same pieces.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import msgspec
import structlog
from pymongo import ASCENDING, DESCENDING
from pymongo.errors import DuplicateKeyError

from hub.store.database import Database, guard

log = structlog.get_logger(__name__)

PIECE = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAside:
    """One thing that was set aside.

    `reason` is a code of `Inlet.set_aside`; `summary` one line for people; `size` in bytes; `at` in ms. `times`: so
    often it came. `trouble`: the code with which it was refused when it was last run again, at `tried_at`.
    """

    id: str
    inbox: str
    external_id: str
    reason: str
    summary: str
    size: int
    at: int
    times: int = 1
    trouble: str | None = None
    tried_at: int | None = None


class Aside:
    """The list of what was set aside."""

    def __init__(self, database: Database) -> None:
        """Work on a database."""
        self._rows = database.collection("aside")
        self._pieces = database.collection("aside_pieces")

    async def index(self) -> None:
        """Make the indexes that the list needs."""
        async with guard():
            await self._rows.create_index([("at", DESCENDING), ("_id", DESCENDING)], name="newest")
            await self._rows.create_index([("inbox", ASCENDING), ("at", DESCENDING)], name="by_inbox")

    async def put(self, inbox: str, external_id: str, reason: str, raw: bytes, summary: str, now: int) -> str:
        """Keep something; returning its id means durable. The same id of the same inbox twice is once."""
        id_ = aside_id(inbox, external_id)
        async with guard():
            if (await self._rows.update_one({"_id": id_}, {"$inc": {"times": 1}})).matched_count:
                return id_
            for number, start in enumerate(range(0, len(raw), PIECE)):
                piece = {"_id": f"{id_}:{number:05}", "data": raw[start : start + PIECE]}
                await self._pieces.replace_one({"_id": piece["_id"]}, piece, upsert=True)
            item = SetAside(
                id=id_,
                inbox=inbox,
                external_id=external_id,
                reason=reason,
                summary=summary[:500],
                size=len(raw),
                at=now,
            )
            try:
                await self._rows.insert_one(_document(item))
            except DuplicateKeyError:
                return id_  # another process was faster, with the same
        log.info("set_aside", inbox=inbox, reason=reason, size=len(raw))
        return id_

    async def get(self, id_: str) -> SetAside | None:
        """One thing, without its bytes."""
        async with guard():
            row = await self._rows.find_one({"_id": id_})
        return _item(row) if row else None

    async def raw(self, id_: str) -> AsyncIterator[bytes]:
        """Its bytes, piece by piece. Raises Unavailable, also in the middle."""
        number = 0
        while True:
            async with guard():
                row = await self._pieces.find_one({"_id": f"{id_}:{number:05}"})
            if row is None:
                return
            yield bytes(row["data"])
            number += 1

    async def page(
        self, *, before: tuple[int, str] | None = None, inbox: str = "", reason: str = "", limit: int = 50
    ) -> list[SetAside]:
        """The newest `limit` things, or those that came before (time in ms, id)."""
        query: dict[str, Any] = {name: value for name, value in (("inbox", inbox), ("reason", reason)) if value}
        if before is not None:
            at, id_ = before
            query["$or"] = [{"at": {"$lt": at}}, {"at": at, "_id": {"$lt": id_}}]
        async with guard():
            order = [("at", DESCENDING), ("_id", DESCENDING)]
            rows = await self._rows.find(query).sort(order).limit(limit).to_list()
        return [_item(row) for row in rows]

    async def refused(self, id_: str, trouble: str, now: int) -> None:
        """Note that running it again did not help."""
        change = {"$set": {"trouble": trouble, "tried_at": now}}
        async with guard():
            await self._rows.update_one({"_id": id_}, change)

    async def remove(self, id_: str, *, times: int | None = None) -> bool:
        """Remove it; with `times` only if it has not come again meanwhile. Whether it was removed."""
        query: dict[str, Any] = {"_id": id_} if times is None else {"_id": id_, "times": times}
        async with guard():
            if not (await self._rows.delete_one(query)).deleted_count:
                return False
            await self._pieces.delete_many(_pieces_of(id_))
        return True


def aside_id(inbox: str, external_id: str) -> str:
    """The id of what an inbox set aside: short and safe in addresses, whatever the provider's id looks like."""
    return sha256(f"{inbox}\0{external_id}".encode()).hexdigest()[:32]


def _pieces_of(id_: str) -> dict[str, Any]:
    # A range of the primary key: all "<id>:<n>" (";" follows ":").
    return {"_id": {"$gte": f"{id_}:", "$lt": f"{id_};"}}


def _document(item: SetAside) -> dict[str, Any]:
    fields: dict[str, Any] = msgspec.to_builtins(item)
    fields["_id"] = fields.pop("id")
    return fields


def _item(row: dict[str, Any]) -> SetAside:
    return msgspec.convert({**row, "id": row["_id"]}, SetAside)
