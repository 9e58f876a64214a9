"""Tickets: registered complaints with a number that the customer can name."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pymongo.errors import DuplicateKeyError

from hub.store.database import Database, guard, next_value


@dataclass(frozen=True, slots=True)
class Tickets:
    """The `tickets` collection: `{_id, number, conversation, text, created_at}`."""

    database: Database

    @property
    def _rows(self) -> Any:
        return self.database.collection("tickets")

    async def register(self, *, conversation: str, text: str, key: str, now: int) -> str:
        """Register a complaint once per `key`; returns its number, like "T-1042"."""
        async with guard():
            known = await self._rows.find_one({"_id": key})
            if known is None:
                number = 1000 + await next_value(self.database, "ticket")
                known = {
                    "_id": key,
                    "number": f"T-{number}",
                    "conversation": conversation,
                    "text": text[:4000],
                    "created_at": now,
                }
                try:
                    await self._rows.insert_one(known)
                except DuplicateKeyError:
                    known = await self._rows.find_one({"_id": key})
        return str((known or {})["number"])

    async def erase(self, conversations: Sequence[str]) -> None:
        """Blank the words of complaints; their numbers stay."""
        async with guard():
            await self._rows.update_many({"conversation": {"$in": list(conversations)}}, {"$set": {"text": ""}})
