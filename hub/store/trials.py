"""Words to versions that no bot server has loaded, on their way to the trainer and back: `bot_trials`.

`_id`; `number` of the version; `body` of the turn; `at` (ms); `taken` by a trainer; once it is `done` also `answer`,
the bytes that the bot's server would have given, or `failure`, a code. Whoever asked takes the document away.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pymongo import ASCENDING, ReturnDocument

from hub.model.ids import new_id
from hub.store.database import Database, guard

KEPT_MS = 180_000
"""Nobody waits longer than this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What is asked of which version."""

    id: str
    number: int
    body: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What came of it."""

    answer: bytes = b""
    failure: str = ""


@dataclass(frozen=True, slots=True)
class Trials:
    """The questions."""

    database: Database

    @property
    def _rows(self) -> Any:
        return self.database.collection("bot_trials")

    async def ask(self, number: int, body: Mapping[str, object], now: int) -> str:
        """Ask; the id under which the answer comes."""
        row = {"_id": new_id(), "number": number, "body": dict(body), "at": now, "taken": False, "done": False}
        async with guard():
            await self._rows.insert_one(row)
        return str(row["_id"])

    async def claim(self, now: int) -> Trial | None:
        """The oldest one that nobody has; with it, those that nobody waits for any more go."""
        async with guard():
            row = await self._rows.find_one_and_update(
                {"taken": False, "at": {"$gte": now - KEPT_MS}},
                {"$set": {"taken": True}},
                sort=[("at", ASCENDING)],
                return_document=ReturnDocument.AFTER,
            )
            if row is None:
                return None
            await self._rows.delete_many({"at": {"$lt": now - KEPT_MS}})
        return Trial(id=row["_id"], number=row["number"], body=row["body"])

    async def answer(self, trial: str, heard: Heard) -> None:
        """Answer one, if it is still waited for."""
        change = {"done": True, "answer": heard.answer, "failure": heard.failure}
        async with guard():
            await self._rows.update_one({"_id": trial}, {"$set": change})

    async def take(self, trial: str) -> Heard | None:
        """Take the answer away, once it is there."""
        async with guard():
            row = await self._rows.find_one_and_delete({"_id": trial, "done": True})
        return Heard(answer=bytes(row["answer"]), failure=row["failure"]) if row else None

    async def drop(self, trial: str) -> None:
        """Nobody waits for it any more."""
        async with guard():
            await self._rows.delete_one({"_id": trial})
