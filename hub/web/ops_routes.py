"""Health, figures, the description and what browsers load."""

from __future__ import annotations

from hub.web import ops
from hub.web.access import Permission
from hub.web.http import Route

PUBLIC = Permission.PUBLIC

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
