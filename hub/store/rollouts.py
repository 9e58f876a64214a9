"""Which version answers whom: one document, `bot_rollout`, `_id` "now", and the fields of `Rollout`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import msgspec
from pymongo.errors import DuplicateKeyError

from hub.errors import Conflict
from hub.model.rollout import Rollout
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
        if row["pending"] is not None:  # from before a version could wait for its slot
            row["pending"].setdefault("number", row["slots"][row["pending"]["slot"]])
        return msgspec.convert(row, Rollout)

    async def talks(self) -> list[tuple[str, int]]:
        """The conversations that the bot has: their ids, and when each came to it (ms)."""
        with_bot, fields = {"state.owner.kind": "bot"}, {"state.fence_at": 1}
        async with guard():
            rows = await self.database.collection("conversations").find(with_bot, fields).to_list()
        return [(row["_id"], row["state"]["fence_at"]) for row in rows]

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
