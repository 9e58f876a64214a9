"""Versions of the bot: what each was made from, its training, its report, its model.

`bot_versions`: `_id` the number, and the fields of `Version`; in training also the lease, `holder` and `until` (ms).
GridFS `bot_models`: `<number>.data` (JSON: files and examples) and `<number>.<holder>.model` (Rasa's archive).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import msgspec
from gridfs.errors import NoFile
from pymongo import ASCENDING, DESCENDING, ReturnDocument

from bot.training.data import Example
from bot.training.report import Change, Report
from hub.errors import Conflict, NotFound, Unavailable
from hub.model.studio import VersionState
from hub.store.database import Database, guard, next_value

MOST_TRIES = 3


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
    made: Made | None = None
    counts: Mapping[str, int] = field(default_factory=dict)


class Snapshot(msgspec.Struct, frozen=True):
    """What a version is made from: the project's files by path, and all examples."""

    files: dict[str, str]
    examples: list[Example]


class LostLease(Conflict):
    """Somebody else trains this now, or it was cancelled: what was done is to be dropped."""

    code = "lost_lease"


@dataclass(frozen=True, slots=True)
class Versions:
    """The versions, and the queue of those that are to be trained."""

    database: Database

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
            await self._put(f"{number}.data", msgspec.json.encode(snapshot))
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
        without = {"report.errors": 0, "report.per_intent": 0, "report.confused": 0, "fixed": 0, "broken": 0}
        async with guard():
            rows = await self._rows.find({}, without).sort("_id", DESCENDING).limit(limit).to_list()
        for row in rows:
            if row.get("report") is not None:
                row["report"] |= {"errors": [], "per_intent": {}, "confused": []}
        return [_version(row) for row in rows]

    async def snapshot(self, number: int) -> Snapshot:
        """What a version is made from. Raises NotFound."""
        return msgspec.json.decode(await self._file(f"{number}.data"), type=Snapshot)

    async def model(self, version: Version) -> bytes:
        """A version's model. Raises NotFound; Unavailable (`model_damaged`) when it is not what was stored."""
        if version.made is None:
            raise NotFound("This version has no model.")
        raw = await self._file(version.made.file)
        if sha256(raw).hexdigest() != version.made.digest:
            raise Unavailable("The model's file is damaged.", code="model_damaged")
        return raw

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
        async with guard():
            await self._put(version.made.file, model)
        fields = _document(version)
        del fields["_id"]
        try:
            await self._held(version.number, holder, fields, unset=("holder", "until"))
        except LostLease:
            async with guard():
                await self._drop(version.made.file)
            raise

    async def fail(self, number: int, holder: str, code: str, text: str, now: int) -> None:
        """Note why there is no model; `cancelled` when somebody stopped it. Raises LostLease."""
        state = "cancelled" if code == "cancelled" else "failed"
        fields = {"state": state, "failure": code, "failure_text": text, "ended_at": now}
        await self._held(number, holder, fields, unset=("holder", "until"), also_stopped=True)

    async def put_back(self, number: int, holder: str) -> None:
        """Return it to the queue: the trainer ends. Raises LostLease."""
        await self._held(number, holder, {"state": "queued"}, unset=("holder", "until"))

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

    async def _put(self, name: str, raw: bytes) -> None:
        await self._drop(name)
        await self.database.bucket("bot_models").upload_from_stream(name, raw)

    async def _drop(self, name: str) -> None:
        bucket = self.database.bucket("bot_models")
        async for old in bucket.find({"filename": name}):
            await bucket.delete(old._id)

    async def _file(self, name: str) -> bytes:
        async with guard():
            try:
                return bytes(await (await self.database.bucket("bot_models").open_download_stream_by_name(name)).read())
            except NoFile:
                raise NotFound("There is no such file.") from None


def _document(version: Version) -> dict[str, Any]:
    fields: dict[str, Any] = msgspec.to_builtins(version)
    fields["_id"] = fields.pop("number")
    return fields


def _version(row: dict[str, Any]) -> Version:
    row["number"] = row.pop("_id")
    return msgspec.convert(row, Version)
