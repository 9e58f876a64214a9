"""The REST API as OpenAPI 3.1, made from the route table and its types."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from hub.web.access import GRANTS, Permission
from hub.web.http import Route
from hub.web.middlewares import ErrorBody
from hub.web.routes import ROUTES


def document() -> dict[str, Any]:
    """The whole description, ready to be written as JSON."""
    types = [type_ for route in ROUTES for type_ in (route.body, route.answer) if type_ is not None]
    _, schemas = msgspec.json.schema_components([*types, ErrorBody], ref_template="#/components/schemas/{name}")
    paths: dict[str, dict[str, Any]] = {}
    for route in ROUTES:
        paths.setdefault(_path(route.path), {})[route.method.lower()] = _operation(route)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Peyk",
            "version": "1",
            "description": "The REST API of the hub. Every refusal has the body `ErrorBody`. Times are in ms since the "
            "epoch, UTC. Requests that change something need the hub's own Origin and the header X-CSRF-Token.",
        },
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {"session": {"type": "apiKey", "in": "cookie", "name": "peyk_session"}},
        },
    }


def _operation(route: Route) -> dict[str, Any]:
    roles = [role for role, permissions in GRANTS.items() if route.needs in permissions]
    public = route.needs is Permission.PUBLIC
    made: dict[str, Any] = {
        "summary": route.summary,
        "description": "Public." if public else f"Roles: {', '.join(roles)}.",
        "x-permission": route.needs.value,
        "security": [] if public else [{"session": []}],
        "responses": {str(route.status): _answer(route), "default": _json("A refusal.", ErrorBody)},
    }
    if route.errors:
        made["x-error-codes"] = list(route.errors)
    if names := re.findall(r"\{(\w+)", route.path):
        made["parameters"] = [
            {"name": one, "in": "path", "required": True, "schema": {"type": "string"}} for one in names
        ]
    if route.body is not None:
        made["requestBody"] = {"required": True, "content": _json("", route.body)["content"]}
    return made


def _answer(route: Route) -> dict[str, Any]:
    return _json(route.summary, route.answer) if route.answer is not None else {"description": route.summary}


def _json(text: str, type_: type[msgspec.Struct]) -> dict[str, Any]:
    schema = {"$ref": f"#/components/schemas/{type_.__name__}"}
    return {"description": text, "content": {"application/json": {"schema": schema}}}


def _path(path: str) -> str:
    return re.sub(r"\{(\w+):[^/]*\}", r"{\1}", path)
