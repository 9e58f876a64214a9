"""Agents' browsers as telephones: each has a password of its own for some minutes, in Asterisk's memory alone."""

import asyncio
import re

import msgspec
from aiohttp import web
from msgspec import Struct

from channels.voice.asterisk.ari import Ari, AriError, AriLostError
from channels.voice.asterisk.exchange import Exchange, Lease

PREFIX = "web-"
LONGEST_SECONDS = 3_600
TAKEN_UP_SECONDS = 600
"""So long is a password good that an earlier gateway let in: nobody knows since when."""
_NAME = re.compile(rf"{PREFIX}[A-Za-z0-9_-]{{1,80}}")
_WORD = re.compile(r"[A-Za-z0-9_-]{16,128}")
_KINDS = ("endpoint", "aor", "auth")
_ENDPOINT = {
    "webrtc": "yes",
    "dtls_auto_generate_cert": "yes",
    "context": "peyk-out",
    "disallow": "all",
    "allow": "alaw,ulaw",
    "dtmf_mode": "rfc4733",
    "allow_transfer": "no",
    "rewrite_contact": "yes",
    "rtp_timeout": "20",  # a laptop that dies says no goodbye; muted or on hold, a browser goes on sending
}


class Browser(Struct, frozen=True, kw_only=True):
    """A browser that may register for so many seconds; `was`: the login that it had, empty for one that comes new."""

    login: str
    password: str
    seconds: int
    was: str = ""


async def admit(request: web.Request, x: Exchange) -> web.Response:
    """Let a browser register under a name. 409 when another has the name meanwhile, which `was` does not."""
    name, asked = request.match_info["name"], msgspec.json.decode(await request.read(), type=Browser)
    if not (_NAME.fullmatch(name) and _WORD.fullmatch(asked.login) and _WORD.fullmatch(asked.password)):
        return web.json_response({"msg": "This is no name, login or password."}, status=400)
    has = x.browsers.get(name)
    if has is not None and asked.was and asked.was != has.login:
        return web.json_response({"msg": "Another browser has it."}, status=409)
    seconds = min(max(asked.seconds, 1), LONGEST_SECONDS)
    lease = x.browsers[name] = Lease(asked.login)
    await _push(x.ari, "auth", name, auth_type="userpass", username=asked.login, password=asked.password)
    await _push(x.ari, "aor", name, max_contacts="1", remove_existing="yes")
    await _push(x.ari, "endpoint", name, **_ENDPOINT, auth=name, aors=name, callerid=f"{name} <{name}>")
    x.spawn(_lapse(x, name, lease, seconds), f"browser:{name}")
    return web.Response(status=204)


async def _lapse(x: Exchange, name: str, lease: Lease, seconds: int) -> None:
    await asyncio.sleep(seconds)
    if x.browsers.get(name) is lease:
        del x.browsers[name]
        await _forget(x.ari, name)


async def take_up(x: Exchange) -> None:
    """Whoever was let in by an earlier gateway stays so, and may renew it: Asterisk has kept their passwords."""
    for one in await x.ari.read("endpoints/PJSIP", tuple[_Endpoint, ...]):
        if one.resource.startswith(PREFIX):
            await _take_up(x, one.resource)


async def _take_up(x: Exchange, name: str) -> None:
    try:
        kept = await x.ari.read(f"asterisk/config/dynamic/res_pjsip/auth/{name}", tuple[_Field, ...])
    except AriError as error:
        if error.status != 404:
            raise
        kept = ()
    login = next((one.value for one in kept if one.attribute == "username"), "")
    if not login:
        await _forget(x.ari, name)
        return
    lease = x.browsers[name] = Lease(login)
    x.spawn(_lapse(x, name, lease, TAKEN_UP_SECONDS), f"browser:{name}")


class _Field(Struct, frozen=True):
    attribute: str
    value: str


class _Endpoint(Struct, frozen=True):
    resource: str


async def _push(ari: Ari, kind: str, name: str, **fields: str) -> None:
    pairs = [{"attribute": key, "value": value} for key, value in fields.items()]
    await ari.request("PUT", f"asterisk/config/dynamic/res_pjsip/{kind}/{name}", {"fields": pairs})


async def _forget(ari: Ari, name: str) -> None:
    for kind in _KINDS:
        try:
            await ari.request("DELETE", f"asterisk/config/dynamic/res_pjsip/{kind}/{name}")
        except AriLostError:
            return
        except AriError as error:
            if error.status != 404:
                raise
