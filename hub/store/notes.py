r"""Small things kept for adapters and between processes: cursors, early receipts, leases.

`notes`: `_id` "<inbox>\x1f<name>", `value`, `until` (a date, where the store forgets it then). `receipts`: `_id`
"<inbox>:<external id>", `state`, `reason`, `code`, `at` (a date; the store forgets it after two days). `leases`: `_id`
the name, `holder`, `until` (ms).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from pymongo.errors import DuplicateKeyError

from hub.model.delivery import before
from hub.model.entry import DeliveryState
from hub.store.database import Database, guard

_TWO_DAYS = 2 * 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlyReceipt:
    """What a provider said of a message before we knew under which name it has it."""

    state: DeliveryState
    reason: str | None = None
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Notes:
    """The collections `notes`, `receipts` and `leases`."""

    database: Database

    def _rows(self, name: str) -> Any:
        return self.database.collection(name)

    async def index(self) -> None:
        """Have early receipts forgotten, and notes whose time is over."""
        async with guard():
            await self._rows("notes").create_index("until", expireAfterSeconds=0, sparse=True, name="until")
            await self._rows("receipts").create_index("at", expireAfterSeconds=_TWO_DAYS, name="two_days")

    async def read(self, inbox: str, name: str) -> Mapping[str, object] | None:
        """What was kept under a name."""
        async with guard():
            row = await self._rows("notes").find_one({"_id": f"{inbox}\x1f{name}"})
        return dict(row["value"]) if row else None

    async def write(self, inbox: str, name: str, value: Mapping[str, object], *, days: int | None = None) -> None:
        """Keep it, durably; for so many `days` from now on."""
        change: dict[str, object] = {"$set": {"value": dict(value)}}
        if days is not None:
            change = {"$set": {"value": dict(value), "until": datetime.now(UTC) + timedelta(days=days)}}
        async with guard():
            await self._rows("notes").update_one({"_id": f"{inbox}\x1f{name}"}, change, upsert=True)

    async def keep_receipt(self, ref: str, receipt: EarlyReceipt) -> None:
        """Keep a receipt that came before its message was known; a better one replaces it, a worse one does not."""
        worse = {"_id": ref, "state": {"$in": list(before(receipt.state))}}
        row = {
            "state": receipt.state,
            "reason": receipt.reason,
            "code": receipt.code,
        }
        change = {"$set": row, "$currentDate": {"at": True}}  # the store forgets by its own clock
        async with guard():
            try:
                await self._rows("receipts").update_one(worse, change, upsert=True)
            except DuplicateKeyError:  # there is one that is as good, or one that has come in this very moment
                await self._rows("receipts").update_one(worse, change)

    async def take_receipt(self, ref: str) -> EarlyReceipt | None:
        """The receipt that came early, once."""
        async with guard():
            row = await self._rows("receipts").find_one_and_delete({"_id": ref})
        return EarlyReceipt(state=row["state"], reason=row["reason"], code=row["code"]) if row else None

    async def lease(self, name: str, holder: str, now: int, until: int) -> bool:
        """Take or renew a lease; false while somebody else holds it."""
        free = {"_id": name, "$or": [{"holder": holder}, {"until": {"$lte": now}}]}
        async with guard():
            try:
                await self._rows("leases").update_one(free, {"$set": {"holder": holder, "until": until}}, upsert=True)
            except DuplicateKeyError:
                return False
        return True

    async def release(self, name: str, holder: str) -> None:
        """Give a lease back."""
        async with guard():
            await self._rows("leases").delete_one({"_id": name, "holder": holder})
