"""Admins and the audit trail: read only."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from hub.errors import BadInput
from hub.web.http import Call


class AuditView(Struct, frozen=True):
    """One deed: `actor` (agent id, empty for the hub or a stranger), `changes`: field -> [before, after]."""

    seq: int
    at: int
    actor: str
    actor_name: str
    action: str
    target: str
    ip: str | None
    changes: dict[str, list[Any]]  # any JSON: what stood there before and after
    seal: str


class AuditPage(Struct, frozen=True):
    """Newest first. `before` for the next page, absent at the end."""

    records: list[AuditView]
    before: int | None


class AuditVerdict(Struct, frozen=True):
    """Whether every record is as it was written; `broken_at` is the first that is not."""

    intact: bool
    broken_at: int | None


_PAGE = 50


async def page(call: Call) -> AuditPage:
    """A page of the trail."""
    text = call.request.query.get("before")
    if text is not None and not (text.isascii() and text.isdigit() and len(text) <= 15):
        raise BadInput("`before` is a record's number.", code="bad_field", field="before")
    records = await call.web.audit.page(before=int(text) if text else None, limit=_PAGE)
    names = {agent.id: agent.name for agent in await call.web.accounts.all()}
    views = [
        AuditView(
            seq=record.seq,
            at=record.at,
            actor=record.deed.actor,
            actor_name=names.get(record.deed.actor, ""),  # type: ignore[call-overload]
            action=record.deed.action,
            target=record.deed.target,
            ip=record.deed.ip,
            changes={name: list(values) for name, values in record.deed.changes.items()},
            seal=record.seal,
        )
        for record in records
    ]
    return AuditPage(records=views, before=records[-1].seq if len(records) == _PAGE else None)


async def verify(call: Call) -> AuditVerdict:
    """Check the whole trail."""
    broken = await call.web.audit.verify()
    return AuditVerdict(intact=broken is None, broken_at=broken)
