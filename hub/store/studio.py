"""What the bot knows; each document has the version that a writer must have seen.

`bot_intents`: `_id` the name, `sentences`, `faq`, `version`. `bot_responses`: `_id` the name, `variants`, `version`.
`bot_files`: `_id` the path, `text`, `version`. `bot_settings`: `_id` "gates", and the fields of `Gates`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeVar

import msgspec
from pymongo.errors import DuplicateKeyError

from hub.errors import Conflict
from hub.model.studio import Gates, Intent, Kept
from hub.store.database import Database, guard

Shelf = Literal["bot_intents", "bot_responses", "bot_files"]
T = TypeVar("T", Intent, Kept)


@dataclass(frozen=True, slots=True)
class StudioStore:
    """The three shelves. Writing with an old version raises Conflict (`changed_meanwhile`) and changes nothing."""

    database: Database

    async def empty(self) -> bool:
        """Whether nothing was ever put in."""
        async with guard():
            return await self.database.collection("bot_files").find_one({}, {"_id": 1}) is None

    async def intents(self) -> list[Intent]:
        """All intents, by name."""
        return await self._all("bot_intents", Intent)

    async def intent(self, name: str) -> Intent | None:
        """One intent."""
        return await self._one("bot_intents", name, Intent)

    async def responses(self) -> list[Kept]:
        """All responses, by name."""
        return await self._all("bot_responses", Kept)

    async def response(self, name: str) -> Kept | None:
        """One response."""
        return await self._one("bot_responses", name, Kept)

    async def files(self) -> list[Kept]:
        """All files, by path."""
        return await self._all("bot_files", Kept)

    async def file(self, name: str) -> Kept | None:
        """One file."""
        return await self._one("bot_files", name, Kept)

    async def write_intent(self, intent: Intent) -> Intent:
        """Store an intent over the version that it names (0: a new one); return it with its new version."""
        return await self._write("bot_intents", intent)

    async def write_response(self, response: Kept) -> Kept:
        """Store a response over the version that it names (0: a new one)."""
        return await self._write("bot_responses", response)

    async def write_file(self, file: Kept) -> Kept:
        """Store a file over the version that it names (0: a new one)."""
        return await self._write("bot_files", file)

    async def remove_intent(self, name: str, version: int) -> None:
        """Remove an intent of that version."""
        await self._remove("bot_intents", name, version)

    async def remove_response(self, name: str, version: int) -> None:
        """Remove a response of that version."""
        await self._remove("bot_responses", name, version)

    async def replace_all(self, intents: Sequence[Intent], responses: Sequence[Kept], files: Sequence[Kept]) -> None:
        """Put a whole project in place of what is there: all of it or nothing, in one transaction."""
        shelves: dict[Shelf, Sequence[Intent | Kept]] = {
            "bot_intents": intents,
            "bot_responses": responses,
            "bot_files": files,
        }
        async with guard(), self.database.transaction() as session:
            for shelf, things in shelves.items():
                rows = self.database.collection(shelf)
                top = 0
                async for row in rows.find({}, {"version": 1}, session=session):
                    top = max(top, row["version"])
                await rows.delete_many({}, session=session)
                if things:
                    # Above every old version: who still looks at the old state gets a conflict.
                    await rows.insert_many(
                        [_document(replace(one, version=top + 1)) for one in things], session=session
                    )

    async def gates(self) -> Gates:
        """What a version must be to be activated."""
        async with guard():
            row = await self.database.collection("bot_settings").find_one({"_id": "gates"})
        return msgspec.convert({key: value for key, value in row.items() if key != "_id"}, Gates) if row else Gates()

    async def write_gates(self, gates: Gates) -> None:
        """Change them."""
        async with guard():
            await self.database.collection("bot_settings").replace_one(
                {"_id": "gates"}, msgspec.to_builtins(gates), upsert=True
            )

    async def _all(self, shelf: Shelf, kind: type[T]) -> list[T]:
        async with guard():
            rows = await self.database.collection(shelf).find({}).sort("_id", 1).to_list()
        return [_thing(row, kind) for row in rows]

    async def _one(self, shelf: Shelf, name: str, kind: type[T]) -> T | None:
        async with guard():
            row = await self.database.collection(shelf).find_one({"_id": name})
        return _thing(row, kind) if row else None

    async def _write(self, shelf: Shelf, thing: T) -> T:
        fresh = replace(thing, version=thing.version + 1)
        rows = self.database.collection(shelf)
        async with guard():
            if thing.version == 0:
                try:
                    await rows.insert_one(_document(fresh))
                except DuplicateKeyError as error:
                    raise Conflict("There is one with this name already.", code="exists", field="name") from error
                return fresh
            seen = {"_id": thing.name, "version": thing.version}
            if not (await rows.replace_one(seen, _document(fresh))).matched_count:
                raise _changed()
        return fresh

    async def _remove(self, shelf: Shelf, name: str, version: int) -> None:
        async with guard():
            done = await self.database.collection(shelf).delete_one({"_id": name, "version": version})
        if not done.deleted_count:
            raise _changed()


def _changed() -> Conflict:
    return Conflict("Somebody else changed this meanwhile; look at it again.", code="changed_meanwhile")


def _document(thing: Intent | Kept) -> dict[str, Any]:
    fields: dict[str, Any] = msgspec.to_builtins(thing)
    fields["_id"] = fields.pop("name")
    return fields


def _thing(row: dict[str, Any], kind: type[T]) -> T:
    row["name"] = row.pop("_id")
    return msgspec.convert(row, kind)
