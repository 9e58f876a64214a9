"""The addresses of the flows of calls."""

from __future__ import annotations

from hub.web import admin_flows, flow_shapes
from hub.web.access import Permission
from hub.web.http import Route

READ, WRITE = Permission.READ_ADMIN, Permission.WRITE_ADMIN
BASE = "/api/admin/flows"
FLOW = BASE + "/{id}"
CONTENT_ERRORS = ("bad_flow", "bad_text", "bad_length", "exists")
REVISION_ERRORS = ("not_found", "changed_meanwhile", "nothing_to_change")

FLOWS = (
    Route(
        method="GET",
        path=BASE,
        handler=admin_flows.list_flows,
        needs=READ,
        answer=flow_shapes.FlowList,
        summary="All flows of calls",
    ),
    Route(
        method="POST",
        path=BASE,
        handler=admin_flows.create_flow,
        needs=WRITE,
        status=201,
        body=flow_shapes.NewFlow,
        answer=flow_shapes.FlowRecord,
        body_limit=admin_flows.FLOW_LIMIT,
        summary="Make a flow; it begins with the one of numbers without a flow",
        errors=CONTENT_ERRORS,
    ),
    Route(
        method="POST",
        path=BASE + "/review",
        handler=admin_flows.review_flow,
        needs=READ,
        body=flow_shapes.FlowDraft,
        answer=flow_shapes.ReviewView,
        body_limit=admin_flows.FLOW_LIMIT,
        summary="What is wrong with a flow as it is written, and what callers meet, as text",
        errors=("bad_flow",),
    ),
    Route(
        method="POST",
        path=BASE + "/trial",
        handler=admin_flows.try_flow,
        needs=READ,
        body=flow_shapes.FlowTrial,
        answer=flow_shapes.TrialView,
        body_limit=admin_flows.FLOW_LIMIT,
        summary="Walk through a flow as it is written, at some hour, with these keys; nobody is called",
        errors=("bad_flow",),
    ),
    Route(
        method="GET",
        path=FLOW,
        handler=admin_flows.read_flow,
        needs=READ,
        answer=flow_shapes.FlowRecord,
        summary="A flow with its draft and its versions",
        errors=("not_found",),
    ),
    Route(
        method="PATCH",
        path=FLOW,
        handler=admin_flows.change_flow,
        needs=WRITE,
        body=flow_shapes.FlowChange,
        answer=flow_shapes.FlowRecord,
        body_limit=admin_flows.FLOW_LIMIT,
        summary="Change the draft of a flow, or its name",
        errors=(*REVISION_ERRORS, *CONTENT_ERRORS),
    ),
    Route(
        method="POST",
        path=FLOW + "/publish",
        handler=admin_flows.publish_flow,
        needs=WRITE,
        body=flow_shapes.FlowPublication,
        answer=flow_shapes.FlowRecord,
        summary="Lead callers through the draft from now on",
        errors=(*REVISION_ERRORS, "flow_problems", "bad_text"),
    ),
    Route(
        method="POST",
        path=FLOW + "/return",
        handler=admin_flows.return_to_version,
        needs=WRITE,
        body=flow_shapes.FlowReturn,
        answer=flow_shapes.FlowRecord,
        summary="Lead callers through an earlier version again",
        errors=("not_found", "nothing_to_change", "flow_problems"),
    ),
    Route(
        method="GET",
        path=FLOW + "/versions/{number}",
        handler=admin_flows.read_version,
        needs=READ,
        answer=flow_shapes.VersionRecord,
        summary="A version with its content",
        errors=("not_found",),
    ),
    Route(
        method="DELETE",
        path=FLOW,
        handler=admin_flows.delete_flow,
        needs=WRITE,
        status=204,
        summary="Delete a flow that no number names",
        errors=("not_found", "in_use"),
    ),
)
