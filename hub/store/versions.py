"""Versions of the bot: what each was made from, its training, its report, its model.

`bot_versions`: `_id` the number, and the fields of `Version`; in training also the lease, `holder` and `until` (ms).
What each was made from and its model: `hub.store.model_files`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import msgspec
from pymongo import ASCENDING, DESCENDING, ReturnDocument

from bot.training.data import Example
from bot.training.report import Change, Report
from bot.training.stories import Story, StoryRun
from hub.errors import Conflict, NotFound, Unavailable
from hub.model.studio import VersionEvent, VersionState
from hub.store.database import Database, guard, next_value
from hub.store.model_files import ModelFiles

MOST_TRIES = 3
KEPT_EVENTS = 200
LEFT_OVER_MS = 3_600_000
"""What no version names after so long never will be named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """The model of a version that is ready: its file in the store, Rasa's `id` of it, the file's SHA-256."""

    file: str
    id: str
    rasa_version: str
    digest: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One version of the bot.

    `stage`, `detail`, `done`, `of`: how far its training is. `failure`: why there is no model (`training`, `memory`,
    `time`, `disk`, `died`, ...) and `failure_text` in words. `base`: the version that its report is compared with.
    `pinned`: its model is kept for ever; `pruned`: its model is gone, all the rest is there. `history`: what was done
    with it since, the oldest first. `stories`: how the pinned conversations `pins` (id: version) went; `pins_wanted`:
    it is to be tried with them again, `pins_failure`: why that could not be done.
    """

    number: int
    state: VersionState
    by: str
    at: int
    note: str = ""
    tries: int = 0
    stage: str = ""
    detail: str = ""
    done: int = 0
    of: int = 0
    began_at: int | None = None
    ended_at: int | None = None
    stop: bool = False
    failure: str = ""
    failure_text: str = ""
    base: int = 0
    report: Report | None = None
    fixed: tuple[Change, ...] = ()
    broken: tuple[Change, ...] = ()
    stories: tuple[StoryRun, ...] = ()
    pins: Mapping[str, int] = field(default_factory=dict)
    pins_wanted: bool = False
    pins_failure: str = ""
    made: Made | None = None
    pinned: bool = False
    pruned: bool = False
    counts: Mapping[str, int] = field(default_factory=dict)
    history: tuple[VersionEvent, ...] = ()


class Snapshot(msgspec.Struct, frozen=True):
    """What a version is made from: the project's files by path, all examples, and the stories that it is tried with."""

    files: dict[str, str]
    examples: list[Example]
    stories: list[Story] = []


class LostLease(Conflict):
    """Somebody else trains this now, or it was cancelled: what was done is to be dropped."""

    code = "lost_lease"


@dataclass(frozen=True, slots=True)
class Versions:
    """The versions, and the queue of those that are to be trained."""

    database: Database

    @property
    def files(self) -> ModelFiles:
        """What versions were made from, and their models."""
        return ModelFiles(self.database)

    @property
    def _rows(self) -> Any:
        return self.database.collection("bot_versions")

    async def index(self) -> None:
        """What waits for training is found at once."""
        async with guard():
            await self._rows.create_index([("state", ASCENDING), ("_id", ASCENDING)], name="queue")

    async def add(self, snapshot: Snapshot, *, by: str, note: str, now: int, base: int) -> Version:
        """Queue a new version for training."""
        async with guard():
            number = await next_value(self.database, "bot_versions")
            await self.files.put(f"{number}.data", msgspec.json.encode(snapshot))
            counts = {"intents": len({one.intent for one in snapshot.examples}), "examples": len(snapshot.examples)}
            version = Version(number=number, state="queued", by=by, at=now, note=note, base=base, counts=counts)
            await self._rows.insert_one(_document(version))
        return version

    async def get(self, number: int) -> Version:
        """One version. Raises NotFound."""
        async with guard():
            row = await self._rows.find_one({"_id": number})
        if row is None:
            raise NotFound("There is no such version.")
        return _version(row)

    async def page(self, limit: int = 50) -> list[Version]:
        """The newest ones, the newest first, without the long lists of their reports."""
        long = ("report.errors", "report.per_intent", "report.confused", "fixed", "broken", "stories", "history")
        without = dict.fromkeys(long, 0)
        async with guard():
            rows = await self._rows.find({}, without).sort("_id", DESCENDING).limit(limit).to_list()
        for row in rows:
            if row.get("report") is not None:
                row["report"] |= {"errors": [], "per_intent": {}, "confused": []}
        return [_version(row) for row in rows]

    async def snapshot(self, number: int) -> Snapshot:
        """What a version is made from. Raises NotFound."""
        return msgspec.json.decode(await self.files.read(f"{number}.data"), type=Snapshot)

    async def model(self, version: Version) -> bytes:
        """A version's model. Raises NotFound; Unavailable (`model_damaged`) when it is not what was stored."""
        if version.made is None:
            raise NotFound("This version has no model.")
        raw = await self.files.read(version.made.file)
        if sha256(raw).hexdigest() != version.made.digest:
            raise Unavailable("The model's file is damaged.", code="model_damaged")
        return raw

    async def pin(self, number: int, pinned: bool) -> Version:
        """Keep a version's model for ever, or no longer. Raises NotFound."""
        async with guard():
            await self._rows.update_one({"_id": number}, {"$set": {"pinned": pinned}})
        return await self.get(number)

    async def sweep(self, now: int, held: Collection[int]) -> int:
        """Remove files that nobody needs: what a full disk or a crash left of them, after a while. How many."""
        async with guard():
            rows = await self._rows.find({}, {"made.file": 1}).to_list()
        kept = {f"{row['_id']}.data" for row in rows} | {row["made"]["file"] for row in rows if row.get("made")}
        return await self.files.sweep(now - LEFT_OVER_MS, kept, held)

    async def note(self, number: int, event: VersionEvent) -> None:
        """Write into a version's history; the one of the product has none."""
        pushed = {"$each": [msgspec.to_builtins(event)], "$slice": -KEPT_EVENTS}
        async with guard():
            await self._rows.update_one({"_id": number}, {"$push": {"history": pushed}})

    async def of_model(self, id_: str) -> bool:
        """Whether a model with this id (Rasa's), or with this digest, is or was a version's."""
        async with guard():
            return await self._rows.find_one({"$or": [{"made.id": id_}, {"made.digest": id_}]}, {"_id": 1}) is not None

    async def with_models(self) -> list[int]:
        """The numbers of the versions that have a model and are not pinned, the newest first."""
        having = {"state": "ready", "made": {"$ne": None}, "pinned": {"$ne": True}}
        async with guard():
            rows = await self._rows.find(having, {"_id": 1}).sort("_id", DESCENDING).to_list()
        return [row["_id"] for row in rows]

    async def take_model(self, number: int) -> Made | None:
        """Take the model off a version that is not pinned; None when there is none. Its file is still there."""
        mine = {"_id": number, "made": {"$ne": None}, "pinned": {"$ne": True}}
        async with guard():
            row = await self._rows.find_one_and_update(mine, {"$set": {"made": None, "pruned": True}})
        return _version(row).made if row else None

    async def give_model(self, number: int, made: Made) -> None:
        """Undo `take_model`."""
        async with guard():
            change = {"$set": {"made": msgspec.to_builtins(made), "pruned": False}}
            await self._rows.update_one({"_id": number}, change)

    async def drop_model(self, made: Made) -> None:
        """Remove the file of a model that was taken off."""
        await self.files.drop(made.file)

    async def claim(self, holder: str, now: int, until: int) -> Version | None:
        """Take the oldest version that nobody trains, until `until` (ms).

        One whose trainer died again and again is failed instead.
        """
        free = {"$or": [{"state": "queued"}, {"state": "training", "until": {"$lte": now}}]}
        change = {
            "$set": {"state": "training", "holder": holder, "until": until, "began_at": now},
            "$inc": {"tries": 1},
        }
        async with guard():
            row = await self._rows.find_one_and_update(
                free, change, sort=[("_id", ASCENDING)], return_document=ReturnDocument.AFTER
            )
        if row is None:
            return None
        version = _version(row)
        if version.tries > MOST_TRIES:
            await self.fail(version.number, holder, "died", "The trainer died again and again.", now)
            return None
        return version

    async def renew(self, number: int, holder: str, until: int, progress: Mapping[str, object]) -> None:
        """Keep the lease and say how far it is. Raises LostLease, also when the version is to be stopped."""
        await self._held(number, holder, {"until": until, **progress})

    async def finish(self, version: Version, holder: str, model: bytes) -> None:
        """Keep the model and the report of `version`. Raises LostLease when it is somebody else's by now."""
        if version.made is None:
            raise ValueError("a finished version has a model")
        await self.files.put(version.made.file, model)
        fields = _document(version)
        del fields["_id"]
        try:
            await self._held(version.number, holder, fields, unset=("holder", "until"))
        except LostLease:
            await self.files.drop(version.made.file)
            raise

    async def fail(self, number: int, holder: str, code: str, text: str, now: int) -> None:
        """Note why there is no model; `cancelled` when somebody stopped it. Raises LostLease."""
        state = "cancelled" if code == "cancelled" else "failed"
        fields = {"state": state, "failure": code, "failure_text": text, "ended_at": now}
        await self._held(number, holder, fields, unset=("holder", "until"), also_stopped=True)

    async def put_back(self, version: Version, holder: str) -> None:
        """Return it to the queue: the trainer ends, which is none of the version's tries. Raises LostLease."""
        fields = {"state": "queued", "tries": version.tries - 1}
        await self._held(version.number, holder, fields, unset=("holder", "until"))

    async def stop(self, number: int, now: int) -> None:
        """Cancel a training that waits or runs. Raises Conflict (`too_late`) when it does neither."""
        async with guard():
            waiting = {"_id": number, "state": "queued"}
            done = await self._rows.update_one(waiting, {"$set": {"state": "cancelled", "ended_at": now}})
            if not done.matched_count:
                done = await self._rows.update_one({"_id": number, "state": "training"}, {"$set": {"stop": True}})
        if not done.matched_count:
            raise Conflict("There is nothing to stop any more.")

    async def _held(
        self,
        number: int,
        holder: str,
        fields: Mapping[str, object],
        unset: tuple[str, ...] = (),
        *,
        also_stopped: bool = False,
    ) -> None:
        mine: dict[str, object] = {"_id": number, "holder": holder, "state": "training"}
        if not also_stopped:
            mine["stop"] = False
        change: dict[str, object] = {"$set": dict(fields)}
        if unset:
            change["$unset"] = dict.fromkeys(unset, "")
        async with guard():
            done = await self._rows.update_one(mine, change)
        if not done.matched_count:
            raise LostLease("This training is not ours any more.")


def _document(version: Version) -> dict[str, Any]:
    fields: dict[str, Any] = msgspec.to_builtins(version)
    fields["_id"] = fields.pop("number")
    return fields


def _version(row: dict[str, Any]) -> Version:
    row["number"] = row.pop("_id")
    return msgspec.convert(row, Version)
