"""Sentences that an admin should look at: one document of `bot_review` for each distinct masked text.

`_id` made of the text; `text`, `lang`, `state` (open, done, ignored), `reasons`, `times`, `guesses` (of the last time,
the surest first: `intent`, `confidence`), `places` ("<conversation>:<seq>", the last 20), `first_at`,
`last_at` (ms); once it was decided also `label` (the intent), `taught` (the sentence as it was corrected), `by`, `at`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Literal

import msgspec
from pymongo import ASCENDING, DESCENDING
from pymongo.errors import DuplicateKeyError

from hub.store.database import Database, guard

ReviewState = Literal["open", "done", "ignored"]
KEPT_PLACES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    """What a sentence may mean, `confidence` 0-1."""

    intent: str
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """A moment in which the bot may have been wrong: the masked text, what it made of it, and why we think so.

    `reason`: unsure, fallback, handed_off, rated_badly, rephrased, marked. `guesses`: the surest first.
    """

    text: str
    lang: str
    reason: str
    place: str
    at: int
    guesses: tuple[Guess, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewRow:
    """A sentence to look at; see the module's page."""

    id: str
    text: str
    lang: str
    state: ReviewState = "open"
    reasons: tuple[str, ...] = ()
    times: int = 0
    guesses: tuple[Guess, ...] = ()
    places: tuple[str, ...] = ()
    first_at: int = 0
    last_at: int = 0
    label: str = ""
    taught: str = ""
    by: str = ""
    at: int | None = None


@dataclass(frozen=True, slots=True)
class Review:
    """The list."""

    database: Database
    kept_places: int = field(default=KEPT_PLACES)

    @property
    def _rows(self) -> Any:
        return self.database.collection("bot_review")

    async def index(self) -> None:
        """The open ones, newest first; and what is taught already is found by its text."""
        async with guard():
            await self._rows.create_index([("state", ASCENDING), ("last_at", DESCENDING)], name="open")
            await self.database.collection("bot_intents").create_index("sentences.text", name="by_text")

    async def add(self, doubt: Doubt) -> bool:
        """Note a doubt; the same place for the same reason twice is once. False when the text is taught already."""
        taught = {"sentences.text": doubt.text}
        async with guard():
            if await self.database.collection("bot_intents").find_one(taught, {"_id": 1}) is not None:
                return False
            new = {"text": doubt.text, "state": "open", "first_at": doubt.at}
            seen = {
                "lang": doubt.lang,
                "last_at": doubt.at,
                "guesses": [msgspec.to_builtins(one) for one in doubt.guesses],
            }
            fresh = {"_id": review_id(doubt.text), "places": {"$ne": doubt.place}}
            change = {
                "$setOnInsert": new,
                "$set": seen,
                "$inc": {"times": 1},
                "$addToSet": {"reasons": doubt.reason},
                "$push": {"places": {"$each": [doubt.place], "$slice": -self.kept_places}},
            }
            try:
                await self._rows.update_one(fresh, change, upsert=True)
            except DuplicateKeyError:  # the same place once more, or another process in this very moment
                again = {"$addToSet": {"reasons": doubt.reason}}
                await self._rows.update_one({"_id": review_id(doubt.text), "places": doubt.place}, again)
        return True

    async def page(
        self, *, state: ReviewState = "open", reason: str = "", lang: str = "", intent: str = "", limit: int = 200
    ) -> list[ReviewRow]:
        """The newest rows of a state, filtered."""
        query: dict[str, Any] = {"state": state}
        query |= {
            name: value for name, value in (("reasons", reason), ("lang", lang), ("guesses.0.intent", intent)) if value
        }
        async with guard():
            rows = await self._rows.find(query).sort("last_at", DESCENDING).limit(limit).to_list()
        return [_row(one) for one in rows]

    async def some(self, ids: Sequence[str]) -> list[ReviewRow]:
        """Rows by their ids."""
        async with guard():
            rows = await self._rows.find({"_id": {"$in": list(ids)}}).to_list()
        return [_row(one) for one in rows]

    async def waiting(self) -> int:
        """How many are open."""
        async with guard():
            return int(await self._rows.count_documents({"state": "open"}))

    async def decide(
        self, ids: Sequence[str], state: ReviewState, *, label: str = "", taught: str = "", by: str, now: int
    ) -> int:
        """Close rows that are open, or open closed ones again; how many that were."""
        was = {"_id": {"$in": list(ids)}, "state": {"$ne": "open"} if state == "open" else "open"}
        change = {"$set": {"state": state, "label": label, "taught": taught, "by": by, "at": now}}
        async with guard():
            return int((await self._rows.update_many(was, change)).modified_count)


def review_id(text: str) -> str:
    """The id of a text's row."""
    return sha256(text.encode()).hexdigest()[:24]


def _row(row: dict[str, Any]) -> ReviewRow:
    row["id"] = row.pop("_id")
    if "guesses" not in row:  # kept before there were three of them
        pairs = ((row.get("intent"), row.get("confidence")), (row.get("runner_up"), row.get("runner_up_confidence")))
        row["guesses"] = [{"intent": intent, "confidence": sure} for intent, sure in pairs if intent]
    return msgspec.convert(row, ReviewRow)
