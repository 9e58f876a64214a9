"""Accounts, canned replies, the rules of the house and the audit trail."""

from __future__ import annotations

from hub.web import admin_agents, admin_audit, admin_config, admin_shapes
from hub.web.access import Permission
from hub.web.http import Route

READ, WRITE, AUDIT = Permission.READ_ADMIN, Permission.WRITE_ADMIN, Permission.READ_AUDIT

AGENTS = (
    Route(
        method="GET",
        path="/api/admin/agents",
        handler=admin_agents.list_agents,
        needs=READ,
        answer=admin_agents.AgentList,
        summary="All accounts",
    ),
    Route(
        method="POST",
        path="/api/admin/agents",
        handler=admin_agents.create_agent,
        needs=WRITE,
        status=201,
        body=admin_agents.NewAgent,
        answer=admin_agents.AgentRecord,
        summary="Make an account",
        errors=("exists", "weak_password", "no_such_queue", "unknown_skill", "unknown_team", "no_capacity"),
    ),
    Route(
        method="PATCH",
        path="/api/admin/agents/{id}",
        handler=admin_agents.change_agent,
        needs=WRITE,
        body=admin_agents.AgentChange,
        answer=admin_agents.AgentRecord,
        summary="Change an account",
        errors=(
            *("not_found", "exists", "last_admin", "weak_password", "no_such_queue"),
            *("unknown_skill", "unknown_team", "no_capacity", "nothing_to_change"),
        ),
    ),
)

HOUSE = (
    Route(
        method="GET",
        path="/api/admin/canned",
        handler=admin_config.list_canned,
        needs=READ,
        answer=admin_shapes.CannedList,
        summary="All canned replies",
    ),
    Route(
        method="POST",
        path="/api/admin/canned",
        handler=admin_config.create_canned,
        needs=WRITE,
        status=201,
        body=admin_shapes.NewCanned,
        answer=admin_shapes.CannedRecord,
        summary="Make a canned reply",
        errors=("exists", "bad_shortcut"),
    ),
    Route(
        method="PATCH",
        path="/api/admin/canned/{id}",
        handler=admin_config.change_canned,
        needs=WRITE,
        body=admin_shapes.CannedChange,
        answer=admin_shapes.CannedRecord,
        summary="Change a canned reply",
        errors=("not_found", "exists", "bad_shortcut", "changed_meanwhile"),
    ),
    Route(
        method="DELETE",
        path="/api/admin/canned/{id}",
        handler=admin_config.delete_canned,
        needs=WRITE,
        status=204,
        summary="Delete a canned reply",
        errors=("not_found",),
    ),
    Route(
        method="GET",
        path="/api/admin/settings",
        handler=admin_config.read_workplace,
        needs=READ,
        answer=admin_shapes.WorkplaceRecord,
        summary="The rules of the house",
    ),
    Route(
        method="PATCH",
        path="/api/admin/settings",
        handler=admin_config.change_workplace,
        needs=WRITE,
        body=admin_shapes.WorkplaceChange,
        answer=admin_shapes.WorkplaceRecord,
        summary="Change the rules of the house",
        errors=("changed_meanwhile",),
    ),
    Route(
        method="GET",
        path="/api/admin/audit",
        handler=admin_audit.page,
        needs=AUDIT,
        answer=admin_audit.AuditPage,
        summary="The audit trail, newest first (`?before=`)",
    ),
    Route(
        method="GET",
        path="/api/admin/audit/verify",
        handler=admin_audit.verify,
        needs=AUDIT,
        answer=admin_audit.AuditVerdict,
        summary="Check that the audit trail is as it was written",
    ),
)
