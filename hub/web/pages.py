"""Pages made on the server: rendered with autoescape, under a policy with a fresh nonce, in the reader's language."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import aiohttp_jinja2
import jinja2
from aiohttp import web
from markupsafe import Markup

from hub.web.context import WEB
from hub.web.headers import new_nonce, page_policy
from hub.web.page_texts import TEXTS

FOLDER = Path(__file__).parents[2] / "templates"
LOCALES = ("fa", "en")
LOCALE_COOKIE = "peyk_locale"

_PERSIAN_DIGITS = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")


def set_up_templates(app: web.Application) -> None:
    """Make the templates known to the application; channels render theirs through `aiohttp_jinja2` too."""
    aiohttp_jinja2.setup(
        app,
        loader=jinja2.FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def render(
    request: web.Request, template: str, context: Mapping[str, object], *, status: int = 200, socket: str = ""
) -> web.Response:
    """Render a page. The template gets `nonce`, `locale`, `dir`, `t` (the page's texts), `font` and the context.

    Its scripts may connect to us and to `socket`.
    """
    nonce = new_nonce()
    locale = str(context.get("locale") or locale_of(request))
    font = request.app[WEB].assets.font() if WEB in request.app else None
    shared = {
        "nonce": nonce,
        "locale": locale,
        "dir": "rtl" if locale == "fa" else "ltr",
        "t": TEXTS[locale],
        "font": font,
    }
    response = aiohttp_jinja2.render_template(template, request, {**shared, **context}, status=status)
    response.headers["Content-Security-Policy"] = page_policy(nonce, socket)
    response.headers["Vary"] = "Accept-Language, Cookie"
    return response


def locale_of(request: web.Request) -> str:
    """The reader's language: chosen in the address, kept in a cookie, or preferred by the browser.

    English otherwise.
    """
    for choice in (request.query.get("locale"), request.cookies.get(LOCALE_COOKIE)):
        if choice in LOCALES:
            return choice
    preferred = request.headers.get("Accept-Language", "")[:200].lower().split(",")
    for language in preferred:
        code = language.strip()[:2]
        if code in LOCALES:
            return code
    return "en"


def island(value: Mapping[str, object]) -> Markup:
    """JSON for a `<script type="application/json">`: nothing in it can end the element or begin another."""
    text = json.dumps(value, ensure_ascii=True, separators=(",", ":"))
    return Markup(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))  # noqa: S704


def error_page(request: web.Request, status: int, code: str) -> web.Response:
    """A page that says in words what went wrong and what can be done."""
    locale = locale_of(request)
    texts = TEXTS[locale]
    words = texts.get(f"error_{code}") or texts.get(f"error_{status}") or texts["error_other"]
    return render(request, "error.html", {"locale": locale, "status": status, "words": words}, status=status)


def in_digits(locale: str, number: int) -> str:
    """A number in the language's own digits."""
    return str(number).translate(_PERSIAN_DIGITS) if locale == "fa" else str(number)
