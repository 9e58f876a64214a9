"""What the bot knows; each document has the version that a writer must have seen.

`bot_intents`: `_id` the name, `sentences`, `faq`, `version`. `bot_responses`: `_id` the name, `variants`, `version`.
`bot_files`: `_id` the path, `text`, `version`. `bot_terms`: `_id` `<kind>:<name>`, `values`, `version`.
`bot_forms`: `_id` the name, `intent`, `slots`, `end`, `version`.
`bot_settings`: `_id` "gates", and the fields of `Gates`; "terms", once terms were taken out of the files.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

import msgspec
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.errors import DuplicateKeyError, OperationFailure

from hub.errors import Conflict, Unavailable
from hub.model.studio import Form, Gates, Intent, Kept, Term
from hub.store.acts import Act, Acts
from hub.store.database import Database, guard
from hub.store.shelves import Shelf, Shelves, Thing, document, key_of, thing_of

T = TypeVar("T", bound=Thing)
WRITE_CONFLICT = 112
"""MongoDB's code: another transaction has changed the same document."""
SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Things by shelf that are written over the versions that they name (0: new ones), put back, and removed.

    `undoes`: the id of the act that is taken back by this, empty for none.
    """

    writes: Shelves = field(default_factory=dict)
    restored: Shelves = field(default_factory=dict)
    removed: Shelves = field(default_factory=dict)
    undoes: str = ""


@dataclass(frozen=True, slots=True)
class StudioStore:
    """The shelves. Writing with an old version raises Conflict (`changed_meanwhile`) and changes nothing."""

    database: Database

    async def empty(self) -> bool:
        """Whether nothing was ever put in."""
        async with guard():
            return await self.database.collection("bot_files").find_one({}, {"_id": 1}) is None

    async def intents(self) -> list[Intent]:
        """All intents, by name."""
        return await self._all("bot_intents")

    async def intent(self, name: str) -> Intent | None:
        """One intent."""
        return await self._one("bot_intents", name, Intent)

    async def responses(self) -> list[Kept]:
        """All responses, by name."""
        return await self._all("bot_responses")

    async def response(self, name: str) -> Kept | None:
        """One response."""
        return await self._one("bot_responses", name, Kept)

    async def files(self) -> list[Kept]:
        """All files, by path."""
        return await self._all("bot_files")

    async def file(self, name: str) -> Kept | None:
        """One file."""
        return await self._one("bot_files", name, Kept)

    async def terms(self) -> list[Term]:
        """All kinds of entities, synonyms, patterns and lists, by name."""
        return await self._all("bot_terms")

    async def term(self, name: str) -> Term | None:
        """One of them."""
        return await self._one("bot_terms", name, Term)

    async def forms(self) -> list[Form]:
        """All forms, by name."""
        return await self._all("bot_forms")

    async def form(self, name: str) -> Form | None:
        """One form."""
        return await self._one("bot_forms", name, Form)

    async def write_form(self, form: Form) -> Form:
        """Store a form over the version that it names (0: a new one)."""
        return await self._write("bot_forms", form)

    async def terms_taken(self) -> bool:
        """Whether terms were ever taken out of the project's files."""
        async with guard():
            return await self.database.collection("bot_settings").find_one({"_id": "terms"}) is not None

    async def write_intent(self, intent: Intent) -> Intent:
        """Store an intent over the version that it names (0: a new one); return it with its new version."""
        return await self._write("bot_intents", intent)

    async def write_response(self, response: Kept) -> Kept:
        """Store a response over the version that it names (0: a new one)."""
        return await self._write("bot_responses", response)

    async def write_term(self, term: Term) -> Term:
        """Store a term over the version that it names (0: a new one)."""
        return await self._write("bot_terms", term)

    async def change(
        self, change: Change, act: Act | None = None, *, added: Shelves | None = None, before: Shelves | None = None
    ) -> None:
        """Do all of a change or nothing, in one transaction; keep the act that can be taken back with its parts.

        Raises:
            Conflict: `changed_meanwhile`; `exists`, for a thing that is new or restored; `undo_gone`.
        """
        async with self._transaction() as session:
            for shelf, thing in _each(change.writes):
                await self._write(shelf, thing, session)
            for shelf, thing in _each(change.restored):
                await self._insert(shelf, thing, session)
            for shelf, thing in _each(change.removed):
                await self._remove(shelf, key_of(thing), thing.version, session)
            if change.undoes:
                await Acts(self.database).claim(change.undoes, session)
            if act is not None:
                await Acts(self.database).add(act, added=added, before=before, session=session)

    async def replace_all(self, shelves: Shelves, act: Act | None = None, undoes: Act | None = None) -> None:
        """Put other things on these shelves in place of what is there: all of it or nothing, in one transaction.

        `act`: kept with what was there, so that it can be taken back. `undoes`: the act that is taken back by this.

        Raises:
            Conflict: `undo_changed`: something is not as the act left it; `undo_gone`; `changed_meanwhile`.
        """
        async with self._transaction() as session:
            was: Shelves = {shelf: await self._all(shelf, session) for shelf in shelves}
            if undoes is not None:
                _refuse_changed(was, undoes)
                await Acts(self.database).claim(undoes.id, session)
            # Above every old version: who still looks at the old state gets a conflict.
            top = max((one.version for _, one in _each(was)), default=0) + 1
            for shelf, things in shelves.items():
                rows = self.database.collection(shelf)
                await rows.delete_many({}, session=session)
                if things:
                    await rows.insert_many([document(replace(one, version=top)) for one in things], session=session)
            if "bot_terms" in shelves:
                taken = {"_id": "terms"}
                await self.database.collection("bot_settings").replace_one(taken, taken, upsert=True, session=session)
            if act is not None:
                made = replace(act, written=top, things=sum(map(len, shelves.values())), shelves=tuple(shelves))
                await Acts(self.database).add(made, before=was, session=session)

    async def gates(self) -> Gates:
        """What a version must be to be activated."""
        async with guard():
            row = await self.database.collection("bot_settings").find_one({"_id": "gates"})
        return msgspec.convert({key: value for key, value in row.items() if key != "_id"}, Gates) if row else Gates()

    async def write_gates(self, gates: Gates) -> Gates:
        """Change them over the version that was seen."""
        fresh = replace(gates, version=gates.version + 1)
        seen = {"_id": "gates", "version": gates.version or {"$in": [0, None]}}
        rows, row = self.database.collection("bot_settings"), msgspec.to_builtins(fresh)
        async with guard():
            try:
                done = await rows.replace_one(seen, {"_id": "gates", **row}, upsert=not gates.version)
            except DuplicateKeyError:
                raise changed_meanwhile() from None
        if not (done.matched_count or done.upserted_id):
            raise changed_meanwhile()
        return fresh

    async def _all(self, shelf: Shelf, session: AsyncClientSession | None = None) -> list[Any]:
        async with guard():
            rows = await self.database.collection(shelf).find({}, session=session).sort("_id", 1).to_list()
        return [thing_of(row, shelf) for row in rows]

    async def _one(self, shelf: Shelf, name: str, kind: type[T]) -> T | None:
        async with guard():
            row = await self.database.collection(shelf).find_one({"_id": name})
        found = thing_of(row, shelf) if row else None
        return found if isinstance(found, kind) else None

    async def _write(self, shelf: Shelf, thing: T, session: AsyncClientSession | None = None) -> T:
        if thing.version == 0:
            return await self._insert(shelf, thing, session)
        fresh = replace(thing, version=thing.version + 1)
        seen = {"_id": key_of(thing), "version": thing.version}
        async with guard():
            done = await self.database.collection(shelf).replace_one(seen, document(fresh), session=session)
        if not done.matched_count:
            raise changed_meanwhile()
        return fresh

    async def _insert(self, shelf: Shelf, thing: T, session: AsyncClientSession | None = None) -> T:
        """A new one, or one that was removed: above its old version, for whoever still looks at an older one."""
        fresh = replace(thing, version=thing.version + 1)
        async with guard():
            try:
                await self.database.collection(shelf).insert_one(document(fresh), session=session)
            except DuplicateKeyError as error:
                raise Conflict("There is one with this name already.", code="exists", field="name") from error
        return fresh

    async def _remove(self, shelf: Shelf, name: str, version: int, session: AsyncClientSession | None = None) -> None:
        async with guard():
            seen = {"_id": name, "version": version}
            done = await self.database.collection(shelf).delete_one(seen, session=session)
        if not done.deleted_count:
            raise changed_meanwhile()

    @asynccontextmanager
    async def _transaction(self) -> AsyncIterator[AsyncClientSession]:
        """One of another writer that comes first shows as Conflict (`changed_meanwhile`)."""
        async with guard():
            try:
                async with self.database.transaction() as session:
                    yield session
            except OperationFailure as error:
                if error.code != WRITE_CONFLICT:
                    raise
                raise changed_meanwhile() from error
            except Unavailable as error:
                if not (isinstance(error.__cause__, OperationFailure) and error.__cause__.code == WRITE_CONFLICT):
                    raise
                raise changed_meanwhile() from error


def changed_meanwhile() -> Conflict:
    """The refusal of a write over a version that is not there any more."""
    return Conflict("Somebody else changed this meanwhile; look at it again.", code="changed_meanwhile")


def _each(shelves: Shelves) -> Iterator[tuple[Shelf, Thing]]:
    return ((shelf, thing) for shelf, things in shelves.items() for thing in things)


def _refuse_changed(now: Shelves, act: Act) -> None:
    """Raise Conflict that names what is not as the act left it."""
    changed = [
        f"{shelf.removeprefix('bot_')}: {key_of(one)}" for shelf, one in _each(now) if one.version != act.written
    ]
    if changed or sum(map(len, now.values())) != act.things:
        what = ", ".join(changed[:SHOWN]) or "something was removed"
        raise Conflict(f"Somebody changed this since: {what}.", code="undo_changed")
