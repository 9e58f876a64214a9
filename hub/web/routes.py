"""Every address that the web layer answers, and who may use it.

The reference (`/openapi.json`) is made from this table.
"""

from __future__ import annotations

from channels.views import FileView
from hub.web import account, admin_agents, admin_audit, admin_config, admin_shapes, files, mails, ops
from hub.web.access import Permission
from hub.web.http import Route

PUBLIC, OWN, DESK = Permission.PUBLIC, Permission.OWN_ACCOUNT, Permission.USE_DESK
READ, WRITE, AUDIT = Permission.READ_ADMIN, Permission.WRITE_ADMIN, Permission.READ_AUDIT

PAGES = (
    Route(method="GET", path="/", handler=account.home, needs=PUBLIC, kind="page", summary="To the desk"),
    Route(method="GET", path="/login", handler=account.login_page, needs=PUBLIC, kind="page", summary="Sign-in form"),
    Route(
        method="POST",
        path="/login",
        handler=account.login,
        needs=PUBLIC,
        kind="page",
        form_csrf=True,
        summary="Sign in",
        errors=("wrong_login", "too_many_tries", "bad_csrf", "bad_form"),
    ),
    Route(
        method="POST",
        path="/logout",
        handler=account.logout,
        needs=PUBLIC,
        kind="page",
        form_csrf=True,
        summary="Sign out",
        errors=("bad_csrf",),
    ),
    Route(method="GET", path="/desk", handler=account.desk, needs=DESK, kind="page", summary="The agents' application"),
    # Every address of the application; its socket has a route of its own.
    Route(
        method="GET",
        path="/desk/{view:(?!socket$).*}",
        handler=account.desk,
        needs=DESK,
        kind="page",
        summary="The agents' application, at one of its views",
    ),
)

ACCOUNT = (
    Route(method="GET", path="/api/me", handler=account.me, needs=OWN, answer=account.Me, summary="Who is signed in"),
    Route(
        method="PATCH",
        path="/api/me",
        handler=account.change_me,
        needs=OWN,
        body=account.MeChange,
        answer=account.Me,
        summary="Change one's language or password",
        errors=("wrong_password", "weak_password", "nothing_to_change"),
    ),
    Route(
        method="POST",
        path="/api/desk/ticket",
        handler=account.ticket,
        needs=DESK,
        answer=account.Ticket,
        summary="One-time ticket for the desk's socket",
    ),
    Route(
        method="POST",
        path="/api/files",
        handler=files.upload,
        needs=DESK,
        answer=FileView,
        summary="Upload a file (multipart, field `file`)",
        errors=("too_large", "type_refused", "empty_file", "bad_form"),
    ),
    Route(
        method="GET",
        path="/files/{id}",
        handler=files.download,
        needs=Permission.READ_FILES,
        summary="A file",
        errors=("not_found",),
    ),
    Route(
        method="GET",
        path="/api/conversations/{conversation}/mail/{file}",
        handler=mails.whole,
        needs=Permission.READ_FILES,
        summary="A whole mail as an html page for a sandboxed frame (`pictures=1`: with pictures from elsewhere)",
        errors=("not_found",),
    ),
)

ADMIN = (
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
        errors=("exists", "weak_password", "no_such_queue"),
    ),
    Route(
        method="PATCH",
        path="/api/admin/agents/{id}",
        handler=admin_agents.change_agent,
        needs=WRITE,
        body=admin_agents.AgentChange,
        answer=admin_agents.AgentRecord,
        summary="Change an account",
        errors=("not_found", "exists", "last_admin", "weak_password", "no_such_queue"),
    ),
    Route(
        method="GET",
        path="/api/admin/queues",
        handler=admin_config.list_queues,
        needs=READ,
        answer=admin_shapes.QueueList,
        summary="All queues",
    ),
    Route(
        method="POST",
        path="/api/admin/queues",
        handler=admin_config.create_queue,
        needs=WRITE,
        status=201,
        body=admin_shapes.NewQueue,
        answer=admin_shapes.QueueRecord,
        summary="Make a queue",
        errors=("exists", "bad_id"),
    ),
    Route(
        method="PATCH",
        path="/api/admin/queues/{id}",
        handler=admin_config.change_queue,
        needs=WRITE,
        body=admin_shapes.QueueChange,
        answer=admin_shapes.QueueRecord,
        summary="Change a queue",
        errors=("not_found", "changed_meanwhile"),
    ),
    Route(
        method="DELETE",
        path="/api/admin/queues/{id}",
        handler=admin_config.delete_queue,
        needs=WRITE,
        status=204,
        summary="Delete a queue that nothing leads to",
        errors=("not_found", "in_use"),
    ),
    Route(
        method="GET",
        path="/api/admin/inboxes",
        handler=admin_config.list_inboxes,
        needs=READ,
        answer=admin_shapes.InboxList,
        summary="All inboxes",
    ),
    Route(
        method="PATCH",
        path="/api/admin/inboxes/{id}",
        handler=admin_config.change_inbox,
        needs=WRITE,
        body=admin_shapes.InboxChange,
        answer=admin_shapes.InboxRecord,
        summary="Change an inbox",
        errors=("not_found", "no_such_queue", "bad_origin", "bad_colour", "bad_calendar", "changed_meanwhile"),
    ),
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

OPS = (
    Route(
        method="GET", path="/healthz", handler=ops.alive, needs=PUBLIC, kind="open", answer=ops.Health, summary="Alive"
    ),
    Route(
        method="GET",
        path="/readyz",
        handler=ops.ready,
        needs=PUBLIC,
        kind="open",
        answer=ops.Health,
        summary="Ready: the store answers",
    ),
    Route(
        method="GET", path="/metrics", handler=ops.metrics, needs=PUBLIC, kind="open", summary="Figures for Prometheus"
    ),
    Route(
        method="GET",
        path="/openapi.json",
        handler=ops.description,
        needs=PUBLIC,
        kind="open",
        summary="This description",
    ),
    Route(
        method="GET",
        path="/assets/{name:[A-Za-z0-9._/-]+}",
        handler=ops.asset,
        needs=PUBLIC,
        kind="open",
        summary="Built browser parts",
    ),
    Route(
        method="GET",
        path="/robots.txt",
        handler=ops.robots,
        needs=PUBLIC,
        kind="open",
        summary="Not for search engines",
    ),
)

ROUTES = (*PAGES, *ACCOUNT, *ADMIN, *OPS)
