"""Signing in and out, one's own account, and the ticket for the desk's socket."""

from __future__ import annotations

import math
import secrets
from typing import Annotated, Literal
from urllib.parse import parse_qs

from aiohttp import web
from msgspec import UNSET, Meta, Struct, UnsetType

from hub.errors import BadInput, HubError, Unauthorized
from hub.model.config import Agent
from hub.store.accounts import Session
from hub.store.audit import Deed
from hub.web.bodies import read_limited
from hub.web.headers import MICROPHONE
from hub.web.http import Call, json_response
from hub.web.limits import ThrottledError
from hub.web.page_texts import TEXTS
from hub.web.pages import LOCALE_COOKIE, LOCALES, error_page, in_digits, island, locale_of, render

_FORM_LIMIT = 8 * 1024
_YEAR = 31_536_000
HIDDEN = "***"
"""Stands in audit records for what may not be read there."""

Password = Annotated[str, Meta(max_length=1024)]


class Me(Struct, frozen=True):
    """Who is signed in. `csrf` goes into the header `X-CSRF-Token` of every request that changes something."""

    id: str
    login: str
    name: str
    role: str
    locale: str
    csrf: str


class PasswordChange(Struct, frozen=True, forbid_unknown_fields=True):
    """The present password and the new one (10-256 characters)."""

    old: Password
    new: Password


class MeChange(Struct, frozen=True, forbid_unknown_fields=True):
    """What one may change of oneself. A new password ends all other sessions and this one gets a new id."""

    locale: Literal["fa", "en"] | UnsetType = UNSET
    password: PasswordChange | UnsetType = UNSET


class Ticket(Struct, frozen=True):
    """Opens the desk's socket once, within 30 s."""

    ticket: str


async def home(call: Call) -> web.Response:
    """The address without a path."""
    return redirect("/desk")


async def login_page(call: Call) -> web.Response:
    """The form; who is signed in already goes on to the desk."""
    if call.who is not None:
        return redirect("/desk")
    return _form(call)


async def login(call: Call) -> web.StreamResponse:
    """Check the form; on success the browser gets a session of its own and goes to the desk."""
    name = ""
    try:
        fields = await _fields(call.request)
        name = fields["login"]
        cookie = call.request.cookies.get(call.web.login_cookie, "")
        if not cookie or not call.web.doorkeeper.csrf_fits(cookie, fields.get("csrf")):
            raise BadInput("The form is too old.", code="bad_csrf")
        token, agent = await call.web.doorkeeper.sign_in(name, fields["password"], call.address)
    except HubError as error:
        await _note_refusal(call, error)
        return _form(call, error=error, login=name)
    deed = Deed(actor=agent.id, action="session.login", target=f"agent:{agent.id}", ip=call.address)
    await call.web.audit.add(deed)
    response = redirect("/desk")
    set_session(call, response, token)
    response.del_cookie(call.web.login_cookie, path="/", secure=call.web.https, httponly=True, samesite="Lax")
    return response


async def logout(call: Call) -> web.Response:
    """End this session; its sockets close."""
    if call.who is not None:
        given = call.request.headers.get("X-CSRF-Token") or (await _fields(call.request, ())).get("csrf")
        if not call.web.doorkeeper.csrf_fits(call.who.session.id, given):
            raise Unauthorized("The CSRF token is missing or not of this session.", code="bad_csrf")
        await call.web.doorkeeper.sign_out(call.who.session)
        await call.record("session.logout", f"agent:{call.who.agent.id}")
    response = redirect("/login")
    response.del_cookie(call.web.session_cookie, path="/", secure=call.web.https, httponly=True, samesite="Lax")
    return response


async def desk(call: Call) -> web.Response:
    """The shell of the agents' application."""
    agent = call.me.agent
    entry = call.web.assets.entry("desk")
    if entry is None:
        return error_page(call.request, 503, "not_built")
    config = {
        "csrf": call.web.doorkeeper.csrf(call.me.session.id),
        "me": {"id": agent.id, "name": agent.name, "role": agent.role, "locale": agent.locale},
        "locale": agent.locale,
        "public_url": call.web.origin,
    }
    context = {"locale": agent.locale, "script": entry.script, "styles": entry.styles, "config": island(config)}
    response = render(call.request, "desk.html", context, socket=call.web.phone_socket())
    response.headers["Permissions-Policy"] = MICROPHONE
    return response


async def me(call: Call) -> Me:
    """Who is signed in."""
    return _me(call, call.me.agent, call.me.session)


async def change_me(call: Call) -> web.Response | Me:
    """Change one's language or password; a new password ends every session and begins a new one for this browser."""
    wanted = call.body_as(MeChange)
    parts, agent = call.web, call.me.agent
    fields: dict[str, object] = {}
    if wanted.locale is not UNSET:
        fields["locale"] = wanted.locale
    if wanted.password is not UNSET:
        await parts.doorkeeper.confirm(agent.id, wanted.password.old)
        fields["password"] = await parts.passwords.hash(wanted.password.new)
    if not fields:
        raise BadInput("Nothing to change.", code="nothing_to_change")
    changed = await parts.accounts.change(agent.id, fields, end_sessions="password" in fields)
    await call.record("account.change", f"agent:{agent.id}", {name: [HIDDEN, HIDDEN] for name in fields})
    parts.agent_changed(agent.id)
    if "password" not in fields:
        return _me(call, changed, call.me.session)
    await parts.doorkeeper.ended(agent.id, "password")
    token, session = await parts.doorkeeper.begin(changed)
    response = json_response(_me(call, changed, session))
    set_session(call, response, token)
    return response


async def ticket(call: Call) -> Ticket:
    """A one-time ticket for the desk's socket."""
    return Ticket(ticket=call.web.tickets.issue(call.me))


def set_session(call: Call, response: web.StreamResponse, token: str) -> None:
    """Give the browser its session. A session cookie: the server decides how long it counts."""
    response.set_cookie(call.web.session_cookie, token, path="/", secure=call.web.https, httponly=True, samesite="Lax")


def redirect(path: str) -> web.Response:
    """Send the browser to a page of ours, with GET."""
    return web.Response(status=303, headers={"Location": path})


def _me(call: Call, agent: Agent, session: Session) -> Me:
    csrf = call.web.doorkeeper.csrf(session.id)
    return Me(id=agent.id, login=agent.login, name=agent.name, role=agent.role, locale=agent.locale, csrf=csrf)


def _form(call: Call, *, error: HubError | None = None, login: str = "") -> web.Response:
    """The login page with a fresh CSRF token; the words of an error never say whether the account exists."""
    request, parts = call.request, call.web
    locale = locale_of(request)
    cookie = request.cookies.get(parts.login_cookie, "")
    if not 20 <= len(cookie) <= 100:
        cookie = secrets.token_urlsafe(24)
    context = {
        "locale": locale,
        "csrf": parts.doorkeeper.csrf(cookie),
        "error": _words(locale, error) if error else None,
        "login": login[:100],
    }
    response = render(request, "login.html", context, status=error.status if error else 200)
    if isinstance(error, ThrottledError):
        response.headers["Retry-After"] = str(math.ceil(error.retry_after))
    response.set_cookie(parts.login_cookie, cookie, path="/", secure=parts.https, httponly=True, samesite="Lax")
    if request.query.get("locale") in LOCALES:
        response.set_cookie(LOCALE_COOKIE, locale, path="/", max_age=_YEAR, secure=parts.https, samesite="Lax")
    return response


def _words(locale: str, error: HubError) -> str:
    words = TEXTS[locale].get(f"login_{error.code}") or TEXTS[locale]["login_bad_form"]
    seconds = math.ceil(error.retry_after) if isinstance(error, ThrottledError) else 0
    return words.replace("{seconds}", in_digits(locale, seconds))


async def _fields(request: web.Request, required: tuple[str, ...] = ("login", "password")) -> dict[str, str]:
    """The fields of a form, each once. Raises BadInput for anything else."""
    if request.content_type != "application/x-www-form-urlencoded":
        if not required and not request.can_read_body:
            return {}
        raise BadInput("This is not a form.", code="bad_form")
    try:
        text = (await read_limited(request, _FORM_LIMIT)).decode("ascii")
        fields = parse_qs(text, keep_blank_values=True, strict_parsing=bool(text), errors="strict", max_num_fields=10)
    except (ValueError, UnicodeDecodeError) as error:
        raise BadInput("This is not a form.", code="bad_form") from error
    if any(len(values) > 1 for values in fields.values()) or not all(fields.get(name, [""])[0] for name in required):
        raise BadInput("The form is not complete.", code="bad_form")
    return {name: values[0] for name, values in fields.items()}


async def _note_refusal(call: Call, error: HubError) -> None:
    """A refused try is recorded without the name that was typed: people type passwords there."""
    if error.code in ("wrong_login", "too_many_tries"):
        await call.record("session.refused", error.code)
