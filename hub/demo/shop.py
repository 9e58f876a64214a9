"""The demo shop: a page on another origin, as a customer's own site is, and the order service that the bot asks.

`GET /` (Persian) and `GET /en` are under a strict content security policy: our chat has to live with it.
`GET /orders/{number}` answers JSON:

    {"number": "12345", "status": "preparing" | "shipped" | "delivered" | "cancelled" | "delayed",
     "items": ["..."], "eta": "2026-11-25" | null, "carrier": "..." | null, "tracking": "..." | null}

or 404 {"error": {"code": "not_found", "text": "..."}}. Item names are Persian; with `Accept-Language: en`, English.
"""

from __future__ import annotations

import datetime as dt
import json
import secrets
from pathlib import Path

import aiohttp_jinja2
import jinja2
from aiohttp import web

from hub.demo.goods import GOODS, NAMES, Locale, price
from hub.demo.orders import CARRIERS, ORDERS, DemoOrder
from hub.demo.words import WORDS

ROOT = Path(__file__).parents[2]
INBOX = "shop"
_HUB = web.AppKey("hub", str)


def make_app(hub_url: str) -> web.Application:
    """Make the shop; `hub_url` is how a browser reaches the hub whose chat stands on the page."""
    app = web.Application()
    app[_HUB] = hub_url.rstrip("/")
    aiohttp_jinja2.setup(
        app,
        loader=jinja2.FileSystemLoader(ROOT / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    app.add_routes(
        [
            web.get("/", _persian),
            web.get("/en", _english),
            web.get("/orders/{number}", _order),
            web.get("/vazirmatn.woff2", _font),
            web.get("/healthz", _health),
        ]
    )
    return app


def run(*, host: str, port: int, hub_url: str) -> None:
    """Serve the shop until SIGTERM or SIGINT."""
    web.run_app(make_app(hub_url), host=host, port=port, print=None, access_log=None)


async def _persian(request: web.Request) -> web.Response:
    return _page(request, "fa")


async def _english(request: web.Request) -> web.Response:
    return _page(request, "en")


def _page(request: web.Request, locale: Locale) -> web.Response:
    nonce = secrets.token_urlsafe(16)
    hub = request.app[_HUB]
    goods = [
        {
            "key": good.key,
            "tone": good.tone,
            "name": good.name[locale],
            "about": good.about[locale],
            "badge": good.badge[locale] if good.badge else None,
            "price": price(good.price, locale),
        }
        for good in GOODS
    ]
    context = {
        "locale": locale,
        "dir": "rtl" if locale == "fa" else "ltr",
        "nonce": nonce,
        "t": WORDS[locale],
        "goods": goods,
        "loader": f"{hub}/chat/{INBOX}/loader.js",
    }
    response = aiohttp_jinja2.render_template("demo_shop.html", request, context)
    response.headers.update(
        {
            "Content-Security-Policy": _policy(nonce, hub),
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "strict-origin-when-cross-origin",
            "Cache-Control": "no-store",
        }
    )
    return response


def _policy(nonce: str, hub: str) -> str:
    """As strict as a shop can be: one script by its nonce, no inline styles, one origin to frame."""
    return (
        f"default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; frame-src {hub}; "
        "font-src 'self'; img-src 'self' data:; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'"
    )


async def _order(request: web.Request) -> web.Response:
    order = ORDERS.get(request.match_info["number"])
    if order is None:
        return web.json_response(
            {"error": {"code": "not_found", "text": "There is no order with this number."}}, status=404
        )
    locale: Locale = "en" if request.headers.get("Accept-Language", "").lower().startswith("en") else "fa"
    return web.json_response(_view(order, locale), dumps=lambda body: json.dumps(body, ensure_ascii=False))


def _view(order: DemoOrder, locale: Locale) -> dict[str, object]:
    return {
        "number": order.number,
        "status": order.status,
        "items": [NAMES[item][locale] for item in order.items],
        "eta": order.eta(dt.datetime.now(dt.UTC).date()),
        "carrier": CARRIERS.get(order.carrier or "", order.carrier) if locale == "en" else order.carrier,
        "tracking": order.tracking,
    }


async def _font(request: web.Request) -> web.StreamResponse:
    """The Persian font from our own build: the page's policy allows no other origin."""
    found = sorted((ROOT / "widget" / "dist" / "assets").glob("Vazirmatn*.woff2"))
    if not found:
        raise web.HTTPNotFound
    return web.FileResponse(found[0], headers={"Content-Type": "font/woff2", "Cache-Control": "public, max-age=86400"})


async def _health(request: web.Request) -> web.Response:
    return web.Response(text="ok")
