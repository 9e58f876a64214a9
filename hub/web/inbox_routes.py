"""Inboxes, their channels, and what could not become a message."""

from __future__ import annotations

from hub.web import admin_aside, admin_inboxes, inbox_shapes
from hub.web.access import Permission
from hub.web.calendars import CALENDAR_ERRORS
from hub.web.http import Route

READ, WRITE = Permission.READ_ADMIN, Permission.WRITE_ADMIN

SETTINGS_ERRORS = (
    *("no_such_flow", "unknown_field", "missing_field", "not_settable", "bad_text", "bad_length", "bad_format"),
    *("bad_number", "bad_choice", "bad_field"),
)

INBOXES = (
    Route(
        method="GET",
        path="/api/admin/channels",
        handler=admin_inboxes.list_channels,
        needs=READ,
        answer=inbox_shapes.ChannelList,
        summary="All channels that an inbox can be opened for, with the settings they ask for",
    ),
    Route(
        method="GET",
        path="/api/admin/inboxes",
        handler=admin_inboxes.list_inboxes,
        needs=READ,
        answer=inbox_shapes.InboxList,
        summary="All inboxes; secrets are never shown",
    ),
    Route(
        method="POST",
        path="/api/admin/inboxes",
        handler=admin_inboxes.create_inbox,
        needs=WRITE,
        status=201,
        body=inbox_shapes.NewInbox,
        answer=inbox_shapes.InboxMade,
        summary="Open an inbox; secrets that the provider must know are shown in this answer alone",
        errors=("no_such_channel", "no_such_queue", "bad_origin", "bad_colour", *SETTINGS_ERRORS),
    ),
    Route(
        method="PATCH",
        path="/api/admin/inboxes/{id}",
        handler=admin_inboxes.change_inbox,
        needs=WRITE,
        body=inbox_shapes.InboxChange,
        answer=inbox_shapes.InboxRecord,
        summary="Change an inbox",
        errors=(
            *("not_found", "no_such_queue", "bad_origin", "bad_colour", *CALENDAR_ERRORS),
            *("changed_meanwhile", "nothing_to_change", *SETTINGS_ERRORS),
        ),
    ),
    Route(
        method="DELETE",
        path="/api/admin/inboxes/{id}",
        handler=admin_inboxes.delete_inbox,
        needs=WRITE,
        status=204,
        summary="Close an inbox that has no open conversation; the others stay readable",
        errors=("not_found", "open_conversations"),
    ),
    Route(
        method="POST",
        path="/api/admin/inboxes/{id}/check",
        handler=admin_inboxes.check_inbox,
        needs=WRITE,
        body=inbox_shapes.InboxTrial,
        answer=inbox_shapes.InboxFindings,
        summary="Test connection: try the saved settings, or unsaved ones over them, for real",
        errors=("not_found", "secret_unreadable", *SETTINGS_ERRORS),
    ),
    Route(
        method="POST",
        path="/api/admin/inboxes/{id}/rotate",
        handler=admin_inboxes.rotate_secret,
        needs=WRITE,
        body=inbox_shapes.SecretChoice,
        answer=inbox_shapes.InboxMade,
        summary="Make one of the hub's own secrets anew",
        errors=("not_found", "unknown_field", "changed_meanwhile"),
    ),
    Route(
        method="GET",
        path="/api/admin/aside",
        handler=admin_aside.page,
        needs=READ,
        answer=inbox_shapes.AsidePage,
        summary="What could not become a message, newest first (`?inbox=&reason=&before=`)",
    ),
    Route(
        method="GET",
        path="/api/admin/aside/{id}/raw",
        handler=admin_aside.raw,
        needs=WRITE,
        summary="What was set aside, as it came, to download",
        errors=("not_found",),
    ),
    Route(
        method="POST",
        path="/api/admin/aside/{id}/rerun",
        handler=admin_aside.rerun,
        needs=WRITE,
        status=204,
        summary="Try again to make a message of it",
        errors=("not_found", "still_aside", "no_such_inbox"),
    ),
    Route(
        method="DELETE",
        path="/api/admin/aside/{id}",
        handler=admin_aside.discard,
        needs=WRITE,
        status=204,
        summary="Discard what was set aside",
        errors=("not_found",),
    ),
)
