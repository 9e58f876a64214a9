"""For machines: alive, ready, figures, the API's description, and the built browser parts."""

from __future__ import annotations

import msgspec
from aiohttp import web
from msgspec import Struct

from hub.telemetry import metrics_page
from hub.web.http import Call


class Health(Struct, frozen=True):
    """`status`: ok."""

    status: str


async def alive(call: Call) -> Health:
    """The process answers; it says nothing about anything else."""
    return Health(status="ok")


async def ready(call: Call) -> Health:
    """The store answers too, so customers can be served. 503 otherwise."""
    await call.web.database.ping()
    return Health(status="ok")


async def metrics(call: Call) -> web.Response:
    """Figures in Prometheus' text format; they hold no ids and no words."""
    headers = {"Content-Type": "text/plain; version=0.0.4; charset=utf-8"}
    return web.Response(body=metrics_page(), headers=headers)


async def description(call: Call) -> web.Response:
    """This API as OpenAPI 3.1."""
    from hub.web.openapi import document  # noqa: PLC0415 (it reads the table that names this function)

    return web.Response(body=msgspec.json.encode(document()), content_type="application/json")


async def asset(call: Call) -> web.Response:
    """A built file under its hashed name."""
    return call.web.assets.respond(call.request, call.path("name"))


async def robots(call: Call) -> web.Response:
    """Nothing here is for search engines."""
    return web.Response(text="User-agent: *\nDisallow: /\n")
