"""Which version answers whom: one document, `bot_rollout`, `_id` "now", and the fields of `Rollout`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import msgspec
from pymongo.errors import DuplicateKeyError

from hub.errors import Conflict
from hub.model.studio import Rollout
from hub.store.database import Database, guard


@dataclass(frozen=True, slots=True)
class Rollouts:
    """Reads and writes it; a writer must have seen the present one."""

    database: Database

    async def get(self) -> Rollout:
        """The present one."""
        async with guard():
            row = await self.database.collection("bot_rollout").find_one({"_id": "now"})
        if row is None:
            return Rollout()
        del row["_id"]
        return msgspec.convert(row, Rollout)

    async def put(self, rollout: Rollout) -> Rollout:
        """Store what was made of the present one. Raises Conflict (`changed_meanwhile`)."""
        fresh = replace(rollout, version=rollout.version + 1)
        rows = self.database.collection("bot_rollout")
        row: dict[str, Any] = {"_id": "now", **msgspec.to_builtins(fresh)}
        async with guard():
            try:
                done = await rows.replace_one(
                    {"_id": "now", "version": rollout.version}, row, upsert=not rollout.version
                )
            except DuplicateKeyError:
                done = None
        if done is None or not (done.matched_count or done.upserted_id):
            raise Conflict("Somebody else changed this meanwhile; look at it again.", code="changed_meanwhile")
        return fresh
