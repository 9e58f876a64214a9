"""The audit trail: who did what, when and from where. Records are added, never changed; each one seals all before it.

A record's seal is SHA-256 over the seal before it and the record's own canonical JSON, so that editing, removing or
reordering records in the database shows at `verify`. (Cutting off the newest ones shows only against a seal that was
noted elsewhere: the hub logs each one.)
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import msgspec
import structlog
from pymongo import DESCENDING
from pymongo.errors import DuplicateKeyError

from hub.clock import Clock
from hub.store.database import Database, guard

log = structlog.get_logger()

FIRST_SEAL = "0" * 64
_TRIES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """What is to be recorded.

    Attributes:
        actor: The agent's id; empty for the hub itself or a stranger at the login page.
        action: Dotted, like `agent.update` or `session.login`.
        target: What it was done to, like `queue:support`.
        ip: The client's address, where a person did it.
        changes: Field -> [before, after], already freed of secrets.
    """

    actor: str
    action: str
    target: str
    ip: str | None = None
    changes: Mapping[str, Sequence[object]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRecord:
    """A stored deed under its number. `at` in ms; `seal` covers this record and, through `before`, all earlier ones."""

    seq: int
    at: int
    deed: Deed
    before: str
    seal: str = ""


class AuditTrail:
    """The collection `audit`: `_id` is the number, the rest the record's fields."""

    def __init__(self, database: Database, clock: Clock) -> None:
        """Work on a database; nothing is read yet."""
        self._records = database.collection("audit")
        self._clock = clock

    async def add(self, deed: Deed) -> AuditRecord:
        """Store a deed at the end; returns when it is durable. Raises Unavailable."""
        async with guard():
            for _ in range(_TRIES):
                record = await self._next(deed)
                try:
                    await self._records.insert_one(_document(record))
                except DuplicateKeyError:
                    continue  # another process was faster: seal on top of its record
                log.info(
                    "audit",
                    seq=record.seq,
                    action=deed.action,
                    actor=deed.actor,
                    seal=record.seal[:16],
                )
                return record
        raise RuntimeError("the audit trail is written faster than it can be sealed")

    async def page(self, *, before: int | None = None, limit: int = 50) -> list[AuditRecord]:
        """The newest `limit` records below number `before`, newest first."""
        wanted = {"_id": {"$lt": before}} if before is not None else {}
        async with guard():
            found = await self._records.find(wanted).sort("_id", DESCENDING).limit(limit).to_list()
        return [_record(fields) for fields in found]

    async def verify(self) -> int | None:
        """Check the whole trail; return the number of the first record that is missing or not as it was written."""
        expected, seal = 1, FIRST_SEAL
        async with guard():
            async for fields in self._records.find({}).sort("_id", 1):
                try:
                    record = _record(fields)
                except msgspec.ValidationError:
                    return expected
                if record.seq != expected or record.before != seal or sealed(record) != record:
                    return expected
                expected, seal = expected + 1, record.seal
        return None

    async def _next(self, deed: Deed) -> AuditRecord:
        last = await self._records.find_one({}, sort=[("_id", DESCENDING)])
        seq, before = (last["_id"] + 1, last["seal"]) if last else (1, FIRST_SEAL)
        return sealed(AuditRecord(seq=seq, at=self._clock.now(), deed=deed, before=before))


def sealed(record: AuditRecord) -> AuditRecord:
    """The record with the seal that belongs to its contents."""
    bare = msgspec.json.encode(replace(record, seal=""), order="sorted")
    return replace(record, seal=hashlib.sha256(bare).hexdigest())


def _document(record: AuditRecord) -> dict[str, object]:
    fields: dict[str, object] = msgspec.to_builtins(record)
    fields["_id"] = fields.pop("seq")
    # As text: a document's own key order and number types must not change what was sealed.
    fields["deed"] = msgspec.json.encode(record.deed).decode()
    return fields


def _record(fields: dict[str, object]) -> AuditRecord:
    try:
        deed = msgspec.json.decode(str(fields["deed"]), type=Deed)
    except (msgspec.DecodeError, KeyError) as error:
        raise msgspec.ValidationError("damaged deed") from error
    return msgspec.convert({**fields, "seq": fields["_id"], "deed": deed}, AuditRecord)
