"""Pinned conversations: one document of `bot_stories` for each, `_id` its id, and the fields of `Story`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, cast

from pymongo import ASCENDING

from bot.training.stories import Story
from hub.errors import Conflict, NotFound
from hub.store.database import Database, guard
from hub.store.shelves import document, thing_of


@dataclass(frozen=True, slots=True)
class Stories:
    """The collection. Writing over another version than the present one raises Conflict (`changed_meanwhile`)."""

    database: Database

    @property
    def _rows(self) -> Any:
        return self.database.collection("bot_stories")

    async def all(self) -> list[Story]:
        """All of them, the oldest first."""
        async with guard():
            rows = await self._rows.find({}).sort([("at", ASCENDING), ("_id", ASCENDING)]).to_list()
        return [_story(row) for row in rows]

    async def get(self, id_: str) -> Story:
        """One story. Raises NotFound."""
        async with guard():
            row = await self._rows.find_one({"_id": id_})
        if row is None:
            raise NotFound("There is no such story.")
        return _story(row)

    async def count(self) -> int:
        """How many there are."""
        async with guard():
            return int(await self._rows.count_documents({}))

    async def add(self, story: Story) -> Story:
        """Keep a new one."""
        fresh = replace(story, version=1)
        async with guard():
            await self._rows.insert_one(document(fresh))
        return fresh

    async def write(self, story: Story) -> Story:
        """Put a story in place of the version that it names."""
        fresh = replace(story, version=story.version + 1)
        async with guard():
            seen = {"_id": story.id, "version": story.version}
            done = await self._rows.replace_one(seen, document(fresh))
        if not done.matched_count:
            await self._refuse(story.id)
        return fresh

    async def remove(self, id_: str, version: int) -> None:
        """Take a story of that version away."""
        async with guard():
            done = await self._rows.delete_one({"_id": id_, "version": version})
        if not done.deleted_count:
            await self._refuse(id_)

    async def _refuse(self, id_: str) -> None:
        await self.get(id_)
        raise Conflict("Somebody changed this meanwhile.", code="changed_meanwhile")


def _story(row: dict[str, Any]) -> Story:
    return cast("Story", thing_of(row, "bot_stories"))
