"""The route table: each route says what it is, who may use it and what its body is; `mount` enforces all three.

A handler never sees a request that its route does not allow: the wrapper finds the session, checks the permission,
the origin and the CSRF token, counts the request against its limit, and decodes the body first.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar
from urllib.parse import urlsplit

import msgspec
from aiohttp import web

from hub.errors import Forbidden, Unauthorized
from hub.store.audit import Deed
from hub.web.access import Permission, authorize
from hub.web.addresses import client_address
from hub.web.bodies import JSON_LIMIT, read_json
from hub.web.context import WEB, Web
from hub.web.limits import ThrottledError
from hub.web.sessions import SignedIn

B = TypeVar("B")

RULE = web.AppKey("peyk_routes", tuple[Any, ...])
_SAFE = frozenset({"GET", "HEAD"})
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One allowed request. `body` is decoded as the route's `body` type; `who` is set unless the route is public."""

    request: web.Request
    web: Web
    who: SignedIn | None
    body: object
    address: str

    @property
    def me(self) -> SignedIn:
        """Who is signed in. Raises Unauthorized on a public route without a session."""
        if self.who is None:
            raise Unauthorized("Sign in first.")
        return self.who

    def body_as(self, type_: type[B]) -> B:
        """The decoded body; a route that declares another type is a programming error."""
        if not isinstance(self.body, type_):
            raise TypeError(f"this route's body is {type(self.body).__name__}, not {type_.__name__}")
        return self.body

    def path(self, name: str) -> str:
        """A variable of the path."""
        return self.request.match_info[name]

    async def record(self, action: str, target: str, changes: dict[str, Sequence[object]] | None = None) -> None:
        """Write an audit record of what this caller did."""
        actor = self.who.agent.id if self.who else ""
        deed = Deed(actor=actor, action=action, target=target, ip=self.address, changes=changes or {})
        await self.web.audit.add(deed)


Answer = web.StreamResponse | msgspec.Struct | None
Handler = Callable[[Call], Awaitable[Answer]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One row of the table.

    Attributes:
        kind: `api` answers JSON and errors as JSON; `page` sends strangers to the login page; `open` is for machines
            and for links, and looks at no cookie.
        body: Type of the JSON body; None when the route takes none (or reads it itself, as uploads and forms do).
        answer: Type of the JSON answer, for the reference; None for 204 and for pages.
        body_limit: Most bytes of the body.
        form_csrf: The CSRF token is a form field, which the handler checks itself.
        errors: Codes that it may answer with, besides those that any route may.
    """

    method: Literal["GET", "POST", "PATCH", "DELETE"]
    path: str
    handler: Handler
    needs: Permission
    summary: str
    kind: Literal["api", "page", "open"] = "api"
    body: type[msgspec.Struct] | None = None
    answer: type[msgspec.Struct] | None = None
    status: int = 200
    body_limit: int = JSON_LIMIT
    form_csrf: bool = False
    errors: tuple[str, ...] = field(default_factory=tuple)


def mount(app: web.Application, routes: Sequence[Route]) -> None:
    """Add the routes, each behind its checks. GET also answers HEAD."""
    for route in routes:
        if route.method == "GET":
            app.router.add_get(route.path, _checked(route), allow_head=True)
        else:
            app.router.add_route(route.method, route.path, _checked(route))
    app[RULE] = (*app.get(RULE, ()), *routes)


def rule_of(handler: object) -> Route | None:
    """The row of the table behind a mounted handler; None for one that came in another way (a test looks for those)."""
    found = getattr(handler, "peyk_route", None)
    return found if isinstance(found, Route) else None


def same_origin(request: web.Request, origin: str) -> bool:
    """Whether the browser says that the request comes from our own pages. A missing Origin is a no."""
    return request.headers.getall("Origin", []) == [origin]


def _checked(route: Route) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def handle(request: web.Request) -> web.StreamResponse:
        return await _answer(route, request)

    handle.__name__ = getattr(route.handler, "__name__", "handle")
    handle.peyk_route = route  # type: ignore[attr-defined]
    return handle


async def _answer(route: Route, request: web.Request) -> web.StreamResponse:
    parts = request.app[WEB]
    address = client_address(request, parts.trusted)
    if route.kind != "open" and (wait := parts.api_limit.take(address)):
        raise ThrottledError("Too many requests from your address.", retry_after=wait)
    if route.kind == "page" and route.method == "GET" and (better := _own_address(request, parts.origin)):
        return web.Response(status=302, headers={"Location": better})
    cookie = request.cookies.get(parts.session_cookie) if route.kind != "open" else None
    who = await parts.doorkeeper.recognise(cookie)
    if route.needs is not Permission.PUBLIC:
        if who is None:
            if route.kind == "page":
                return web.Response(status=303, headers={"Location": "/login"})
            raise Unauthorized("Sign in first.")
        authorize(who.agent, route.needs)
    if route.method not in _SAFE:
        _refuse_forgery(route, request, parts, who)
    body = await read_json(request, route.body, limit=route.body_limit) if route.body is not None else None
    answer = await route.handler(Call(request=request, web=parts, who=who, body=body, address=address))
    return _response(answer, route.status)


def _own_address(request: web.Request, origin: str) -> str | None:
    """Where a person who typed another name of this machine should be: `localhost` is not the origin `127.0.0.1`."""
    own = urlsplit(origin)
    name, _, port = request.host.rpartition(":")
    if own.hostname not in _LOOPBACK or name.strip("[]") not in _LOOPBACK or name == own.hostname:
        return None
    return f"{origin}{request.path_qs}" if port == str(own.port) else None


def _refuse_forgery(route: Route, request: web.Request, parts: Web, who: SignedIn | None) -> None:
    """Cookies are sent by whatever page the browser is on: the origin and a token say that it was ours."""
    if not same_origin(request, parts.origin):
        raise Forbidden("This request does not come from our own pages.", code="bad_origin")
    if route.form_csrf:
        return
    if who is None or not parts.doorkeeper.csrf_fits(who.session.id, request.headers.get("X-CSRF-Token")):
        raise Forbidden("The CSRF token is missing or not of this session.", code="bad_csrf")


def _response(answer: Answer, status: int) -> web.StreamResponse:
    if isinstance(answer, web.StreamResponse):
        return answer
    if answer is None:
        return web.Response(status=204)
    return json_response(answer, status=status)


def json_response(answer: msgspec.Struct, *, status: int = 200) -> web.Response:
    """An answer as JSON."""
    return web.Response(body=msgspec.json.encode(answer), status=status, content_type="application/json")
