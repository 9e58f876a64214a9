"""Bulk acts and removals in the studio with what they changed, so that the last one can be taken back.

`bot_acts`: `_id`, `kind` (import, label, remove, project), `by`, `at` (ms), `what` (the name of the file, intent or
thing), `sentences` (how many are new), `rows` (ids of the review list), `shelves`, `written`, `things`,
`undone`.
`bot_act_parts`, of the last act only: `act`, `part` (added: what is new; before: what was there), `shelf`, `thing`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import msgspec
from pymongo import DESCENDING
from pymongo.asynchronous.client_session import AsyncClientSession

from hub.errors import Conflict
from hub.store.database import Database, guard
from hub.store.shelves import KINDS, Shelf, Shelves, Thing

KEPT = 20
ActKind = Literal["import", "label", "remove", "project"]
Part = Literal["added", "before"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One of them; see the module's page.

    Of a project: `shelves`, those it took; `written`, the version that everything got; `things`, how many those were.
    """

    id: str
    kind: ActKind
    by: str
    at: int
    what: str
    sentences: int = 0
    rows: tuple[str, ...] = ()
    shelves: tuple[Shelf, ...] = ()
    written: int = 0
    things: int = 0
    undone: bool = False


@dataclass(frozen=True, slots=True)
class Acts:
    """The last `KEPT` of them. A `session` makes an act a part of that transaction."""

    database: Database

    @property
    def _rows(self) -> Any:
        return self.database.collection("bot_acts")

    @property
    def _parts(self) -> Any:
        return self.database.collection("bot_act_parts")

    async def add(
        self,
        act: Act,
        *,
        added: Mapping[Shelf, Sequence[Thing]] | None = None,
        before: Mapping[Shelf, Sequence[Thing]] | None = None,
        session: AsyncClientSession | None = None,
    ) -> None:
        """Keep one, and forget the oldest."""
        row = msgspec.to_builtins(act)
        row["_id"] = row.pop("id")
        parts = [
            {"act": act.id, "part": part, "shelf": shelf, "thing": msgspec.to_builtins(thing)}
            for part, shelves in (("added", added or {}), ("before", before or {}))
            for shelf, things in shelves.items()
            for thing in things
        ]
        async with guard():
            await self._rows.insert_one(row, session=session)
            await self._parts.delete_many({"act": {"$ne": act.id}}, session=session)
            if parts:
                await self._parts.insert_many(parts, session=session)
            newest = self._rows.find({}, {"_id": 1}, session=session).sort("at", DESCENDING)
            if old := await newest.skip(KEPT).to_list():
                await self._rows.delete_many({"_id": {"$in": [one["_id"] for one in old]}}, session=session)

    async def last(self) -> Act | None:
        """The newest one, unless it was taken back: there is one step back and no more."""
        async with guard():
            row = await self._rows.find_one({}, sort=[("at", DESCENDING), ("_id", DESCENDING)])
        if row is None or row["undone"] or "sentences" not in row:  # the last: kept as acts were before
            return None
        row["id"] = row.pop("_id")
        return msgspec.convert(row, Act)

    async def parts(self, act: str, part: Part) -> Shelves:
        """What an act added, or what was there before it, by shelf."""
        async with guard():
            rows = await self._parts.find({"act": act, "part": part}).to_list()
        found: dict[Shelf, list[Thing]] = {}
        for row in rows:
            shelf: Shelf = row["shelf"]
            found.setdefault(shelf, []).append(msgspec.convert(row["thing"], KINDS[shelf]))
        return found

    async def claim(self, act: str, session: AsyncClientSession | None = None) -> None:
        """Have one taken back by this caller alone. Raises Conflict (`undo_gone`)."""
        async with guard():
            done = await self._rows.update_one(
                {"_id": act, "undone": False}, {"$set": {"undone": True}}, session=session
            )
        if not done.modified_count:
            raise Conflict("This was taken back already.", code="undo_gone")
