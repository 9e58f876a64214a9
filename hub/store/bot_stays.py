"""Stays with the bot, as `hub.model.bot_stays` tells them apart: one document of `bot_stays` for each.

`_id` the stay's key, `conversation`, `fence`, `channel`, `lang`, `began`, `ended?`, `fate`, `reason`, `turns`
(`{seq, intent}`, in any order); counted from them `n_turns`, `n_missed` and `read` (`{intent, n}`, each intent once),
so that a figure is a sum. Writing a piece of news twice changes nothing. `_id` "walked": when (ms) every timeline that
there was had been looked at.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from pymongo import ASCENDING, DESCENDING, UpdateOne

from hub.model.bot_figures import Cell, IntentCell
from hub.model.bot_stays import NOT_UNDERSTOOD, BotStay
from hub.model.ids import ConversationId
from hub.store.database import Database, guard

_WALKED = "walked"
_COUNTED = "counted"
_ALIKE = ("lang", "channel", "fate", "reason")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which stays: begun from `since` until before `until` (ms), and each of the rest where it isn't empty."""

    since: int
    until: int
    lang: str = ""
    channel: str = ""
    fate: str = ""
    reason: str = ""
    intent: str = ""


@dataclass(frozen=True, slots=True)
class BotStays:
    """The collection."""

    database: Database

    @property
    def _rows(self) -> Any:
        return self.database.collection("bot_stays")

    async def index(self) -> None:
        """Every figure is of a span of time, its counts read from the index alone; a crash leaves some unended."""
        async with guard():
            await self._rows.create_index([("began", ASCENDING), ("_id", ASCENDING)], name="by_time")
            counted = ("began", *_ALIKE, "n_turns", "n_missed")
            await self._rows.create_index([(name, ASCENDING) for name in counted], name=_COUNTED)
            running = {"fate": "running"}
            await self._rows.create_index("conversation", partialFilterExpression=running, name="running")

    async def record(self, news: Sequence[BotStay]) -> None:
        """Write news, in any order."""
        updates = [update for one in news for update in _updates(one)]
        if updates:
            async with guard():
                await self._rows.bulk_write(updates, ordered=True)

    async def running(self) -> set[ConversationId]:
        """Whose stay has no end yet."""
        async with guard():
            rows = await self._rows.distinct("conversation", {"fate": "running"})
        return {ConversationId(one) for one in rows}

    async def walked(self) -> bool:
        """Whether all timelines from before have been looked at."""
        async with guard():
            return await self._rows.find_one({"_id": _WALKED}) is not None

    async def set_walked(self, now: int) -> None:
        """They have."""
        async with guard():
            await self._rows.update_one({"_id": _WALKED}, {"$set": {"at": now}}, upsert=True)

    async def cells(self, wanted: Wanted, zone: str) -> tuple[list[Cell], list[IntentCell]]:
        """The counts, by what stays have in common; `zone` says when a day begins."""
        day = {"$dateToString": {"date": {"$toDate": "$began"}, "format": "%Y-%m-%d", "timezone": zone}}
        key = {"day": day, **{name: f"${name}" for name in _ALIKE}}
        sums = {"stays": {"$sum": 1}, "turns": {"$sum": "$n_turns"}, "not_understood": {"$sum": "$n_missed"}}
        by_intent = {"intent": "$read.intent", "fate": "$fate"}
        intents: list[dict[str, Any]] = [
            {"$project": {"fate": 1, "read": 1}},
            {"$unwind": "$read"},
            {"$group": {"_id": by_intent, "stays": {"$sum": 1}, "turns": {"$sum": "$read.n"}}},
        ]
        stays, read = await asyncio.gather(
            self._aggregated(wanted, [{"$group": {"_id": key, **sums}}], hint=_COUNTED if not wanted.intent else None),
            self._aggregated(wanted, intents),
        )
        return msgspec.convert(stays, list[Cell]), msgspec.convert(read, list[IntentCell])

    async def page(self, wanted: Wanted, *, limit: int, after: tuple[int, str] | None = None) -> list[BotStay]:
        """Stays, the newest first, older than the one with this beginning and key."""
        query = _query(wanted)
        if after is not None:
            at, key = after
            query = {"$and": [query, {"$or": [{"began": {"$lt": at}}, {"began": at, "_id": {"$lt": key}}]}]}
        async with guard():
            order = [("began", DESCENDING), ("_id", DESCENDING)]
            rows = (
                await self._rows.find(query, dict.fromkeys(BotStay.__dataclass_fields__, 1))
                .sort(order)
                .limit(limit)
                .to_list()
            )
        return [msgspec.convert(row, BotStay) for row in rows]

    async def numbers(self, conversations: Collection[ConversationId]) -> dict[ConversationId, int]:
        """The short numbers of conversations, that people say."""
        rows = self.database.collection("conversations")
        async with guard():
            found = await rows.find({"_id": {"$in": list(conversations)}}, {"header.number": 1}).to_list()
        return {ConversationId(row["_id"]): row["header"]["number"] for row in found}

    async def _aggregated(
        self, wanted: Wanted, stages: Sequence[dict[str, Any]], hint: str | None = None
    ) -> list[dict[str, Any]]:
        options = {"hint": hint} if hint else {}
        async with guard():
            rows = await (await self._rows.aggregate([{"$match": _query(wanted)}, *stages], **options)).to_list()
        return [{**row.pop("_id"), **row} for row in rows]


def _query(wanted: Wanted) -> dict[str, Any]:
    query: dict[str, Any] = {"began": {"$gte": wanted.since, "$lt": wanted.until}}
    for name in _ALIKE:
        if value := getattr(wanted, name):
            query[name] = value
    if wanted.intent:
        query["turns.intent"] = wanted.intent
    return query


def _updates(news: BotStay) -> list[UpdateOne]:
    """An end closes a stay only where a customer had said something: where it was begun."""
    updates = []
    if news.turns or news.ended is None:
        begun = {
            name: {"$literal": getattr(news, name)} for name in ("conversation", "fence", "channel", "began", "lang")
        }
        turns = {"$literal": [msgspec.to_builtins(one) for one in news.turns]}
        state = {
            "fate": {"$ifNull": ["$fate", "running"]},
            "reason": {"$ifNull": ["$reason", ""]},
            "turns": {"$setUnion": [{"$ifNull": ["$turns", []]}, turns]},
        }
        updates.append(UpdateOne({"_id": news.key}, [{"$set": begun | state}, {"$set": _COUNTS}], upsert=True))
    if news.ended is not None:
        end = {"ended": news.ended, "fate": _fate(news.fate), "reason": {"$literal": news.reason}, "lang": news.lang}
        updates.append(UpdateOne({"_id": news.key}, [{"$set": end}]))
    return updates


def _of(intent: object) -> dict[str, Any]:
    """How many of a stay's turns were of an intent."""
    return {"$size": {"$filter": {"input": "$turns", "as": "turn", "cond": {"$eq": ["$$turn.intent", intent]}}}}


_DISTINCT = {"$setUnion": ["$turns.intent", []]}
_COUNTS = {
    "n_turns": {"$size": "$turns"},
    "n_missed": _of(NOT_UNDERSTOOD),
    "read": {"$map": {"input": _DISTINCT, "as": "one", "in": {"intent": "$$one", "n": _of("$$one")}}},
}


def _fate(fate: str) -> Any:
    """Who was `contained` by the bot's account is lost where the last turn was not understood, or none was read."""
    if fate != "contained":
        return fate
    latest = {"$eq": ["$$this.seq", {"$max": "$turns.seq"}]}
    last = {"$first": {"$filter": {"input": "$turns", "cond": latest}}}
    intent = {"$getField": {"field": "intent", "input": {"$ifNull": [last, {"intent": NOT_UNDERSTOOD}]}}}
    return {"$cond": [{"$eq": [intent, NOT_UNDERSTOOD]}, "lost", "contained"]}
