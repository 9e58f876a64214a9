"""Around every request, whoever answers it: an id, figures, refusals at the door, and errors as words."""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Awaitable, Callable

import msgspec
import structlog
from aiohttp import web

from channels.contract import ChannelError
from hub.errors import HubError
from hub.telemetry import REFUSED, REQUEST_SECONDS, REQUESTS
from hub.web.headers import REQUEST_ID
from hub.web.limits import ThrottledError
from hub.web.pages import error_page

log = structlog.get_logger(__name__)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
_METHODS = frozenset({"GET", "HEAD", "POST", "PATCH", "DELETE", "OPTIONS"})
_WORDS = {
    401: ("unauthorized", "Sign in first."),
    403: ("forbidden", "This is not allowed."),
    404: ("not_found", "There is nothing here."),
    405: ("bad_method", "This address does not take that method."),
    413: ("too_large", "The body is too large."),
    429: ("too_fast", "That was too often; wait a little."),
    503: ("unavailable", "Not now; try again in a moment."),
}


class ErrorWords(msgspec.Struct, frozen=True, omit_defaults=True):
    """What went wrong: a stable `code`, a sentence, and the `field` at fault where there is one."""

    code: str
    text: str
    field: str | None = None
    retry: bool = False


class ErrorBody(msgspec.Struct, frozen=True):
    """The body of every refusal."""

    error: ErrorWords


@web.middleware
async def observe(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Give the request an id, turn what it raises into an answer, and count it."""
    given = request.headers.get("X-Request-Id", "")
    request[REQUEST_ID] = given if _ID.fullmatch(given) else secrets.token_urlsafe(9)
    route = _route_name(request)
    started = time.perf_counter()
    with structlog.contextvars.bound_contextvars(request=request[REQUEST_ID]):
        response = await _with_errors(request, handler)
    REQUESTS.labels(request.method if request.method in _METHODS else "OTHER", route, str(response.status)).inc()
    if response.status != 101:
        REQUEST_SECONDS.labels(route).observe(time.perf_counter() - started)
    return response


@web.middleware
async def refuse_at_the_door(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse what no route of ours takes: compressed bodies, strange methods, NUL in the path."""
    if request.method not in _METHODS:
        REFUSED.labels("method").inc()
        raise web.HTTPMethodNotAllowed(request.method, sorted(_METHODS))
    if request.headers.get("Content-Encoding", "identity").strip().lower() != "identity":
        # A few kilobytes can unpack to gigabytes (CVE-2025-69223); nobody who talks to us needs it.
        REFUSED.labels("content_encoding").inc()
        return _refusal(request, 415, ErrorWords(code="bad_encoding", text="Send the body without Content-Encoding."))
    if "\0" in request.path:
        REFUSED.labels("path").inc()
        return _refusal(request, 400, ErrorWords(code="bad_path", text="The address makes no sense."))
    return await handler(request)


async def _with_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except HubError as error:
        words = ErrorWords(code=error.code, text=error.text, field=error.field, retry=error.retryable)
        response = _refusal(request, error.status, words)
        if isinstance(error, ThrottledError):
            response.headers["Retry-After"] = str(max(1, round(error.retry_after)))
        return response
    except ChannelError as error:
        return _refusal(request, error.status, ErrorWords(code=error.code, text=error.text, retry=error.retryable))
    except web.HTTPException as error:
        return error if error.status < 400 else _plain(request, error)
    except (ConnectionResetError, TimeoutError):
        return _refusal(request, 408, ErrorWords(code="timeout", text="The request came too slowly.", retry=True))
    except Exception:
        log.exception("request_failed", route=_route_name(request), method=request.method)
        return _refusal(request, 500, ErrorWords(code="internal", text="Something went wrong on our side."))


def _plain(request: web.Request, error: web.HTTPException) -> web.Response:
    """The framework's own refusals in our words."""
    code, text = _WORDS.get(error.status, ("bad_request", "This request makes no sense."))
    response = _refusal(request, error.status, ErrorWords(code=code, text=text))
    for name in ("Allow", "Retry-After"):
        if name in error.headers:
            response.headers[name] = error.headers[name]
    return response


def _refusal(request: web.Request, status: int, words: ErrorWords) -> web.Response:
    if _wants_page(request):
        return error_page(request, status, words.code)
    return web.Response(body=msgspec.json.encode(ErrorBody(words)), status=status, content_type="application/json")


def _wants_page(request: web.Request) -> bool:
    return "text/html" in request.headers.get("Accept", "") and not request.path.startswith("/api/")


def _route_name(request: web.Request) -> str:
    resource = request.match_info.route.resource
    return resource.canonical if resource is not None else "(none)"
