"""Puts the web layer on an application."""

from __future__ import annotations

from functools import partial

from aiohttp import web

from hub.web.context import WEB, Web
from hub.web.headers import add_headers
from hub.web.http import mount
from hub.web.middlewares import observe, refuse_at_the_door
from hub.web.pages import set_up_templates
from hub.web.routes import ROUTES


async def index(parts: Web) -> None:
    """Make the store's indexes; harmless when they are there."""
    await parts.accounts.index()
    await parts.sessions.index()
    await parts.files.index()
    await parts.review.index()
    await parts.flow_versions.index()
    await parts.bot_stays.index()


def attach(app: web.Application, parts: Web) -> None:
    """Add middlewares, headers, templates and routes to an application."""
    app[WEB] = parts
    app.middlewares.append(observe)
    app.middlewares.append(refuse_at_the_door)
    app.on_response_prepare.append(partial(add_headers, https=parts.https))
    set_up_templates(app)
    mount(app, ROUTES)


async def close(parts: Web) -> None:
    """Stop what runs in threads."""
    await parts.passwords.close()
