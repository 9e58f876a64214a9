"""What the hub asks for of its own accord: the part of jambonz' REST API that makes and changes calls.

Beside it, ours alone: a call is made once with the same `Idempotency-Key`, `GET` and `DELETE Recordings/{name}` (WAV,
8 kHz), `POST Browsers/{name}` (who may register over the websocket), and `GET Queues`.
"""

from collections.abc import Awaitable, Callable
from typing import Literal

import aiohttp
import msgspec
import structlog
from aiohttp import web
from msgspec import Struct

from channels.signatures import same
from channels.voice.asterisk import browsers, prompts, ringing, script, switchboard, verbs
from channels.voice.asterisk.ari import AriError, AriLostError
from channels.voice.asterisk.exchange import Exchange
from channels.voice.asterisk.leg import Leg
from channels.voice.asterisk.verbs import Hook, Play, Record, Say, Target

_log = structlog.get_logger(__name__)
_LONGEST_KEY = 256


class NewCall(Struct, frozen=True, kw_only=True, rename={"from_": "from"}):
    """A call to make."""

    from_: str
    to: Target
    call_hook: Hook
    call_status_hook: Hook | None = None
    timeout: float = 60
    headers: dict[str, str] = {}
    tag: dict[str, object] = {}


class Action(Struct, frozen=True, kw_only=True):
    """What becomes of a leg in a conference."""

    action: Literal["tag", "untag", "coach", "uncoach", "mute", "unmute", "hold", "unhold"]
    tag: str = ""


class Update(Struct, frozen=True, kw_only=True):
    """Changes of a live call; the first that is there is done."""

    call_hook: Hook | None = None
    child_call_hook: Hook | None = None
    call_status: Literal["completed", "no-answer"] | None = None
    mute_status: Literal["mute", "unmute"] | None = None
    conf_mute_status: Literal["mute", "unmute"] | None = None
    conf_hold_status: Literal["hold", "unhold"] | None = None
    whisper: dict[str, object] | list[dict[str, object]] | None = None
    record: Record | None = None
    action: Action | None = msgspec.field(default=None, name="conferenceParticipantAction")


Handler = Callable[[web.Request, Exchange], Awaitable[web.StreamResponse]]


def routes(exchange: Callable[[], Exchange | None], account: str, key: str) -> list[web.RouteDef]:
    """The routes. Without a connection to Asterisk everything is 503; without the key, 401."""

    def guarded(handler: Handler) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def handle(request: web.Request) -> web.StreamResponse:
            if not same(request.headers.get("Authorization", "").removeprefix("Bearer "), key):
                return _no(401, "Unauthorized")
            if request.match_info["account"] != account:
                return _no(404, "There is no such account.")
            if (x := exchange()) is None:
                return _no(503, "There is no connection to Asterisk.")
            return await _answered(handler, request, x)

        return handle

    base = "/v1/Accounts/{account}"
    return [
        web.post(f"{base}/Calls", guarded(_create)),
        web.get(f"{base}/Calls", guarded(_calls)),
        web.get(f"{base}/Calls/{{sid}}", guarded(_call)),
        web.post(f"{base}/Calls/{{sid}}", guarded(_update)),
        web.get(f"{base}/Queues", guarded(_queues)),
        web.post(f"{base}/Browsers/{{name}}", guarded(browsers.admit)),
        web.get(f"{base}/Recordings/{{name}}", guarded(_recording)),
        web.delete(f"{base}/Recordings/{{name}}", guarded(_forget)),
    ]


def _no(status: int, text: str) -> web.Response:
    return web.json_response({"msg": text}, status=status)


async def _answered(handler: Handler, request: web.Request, x: Exchange) -> web.StreamResponse:
    try:
        return await handler(request, x)
    except (msgspec.DecodeError, verbs.BadVerbsError) as error:
        return _no(400, str(error))
    except AriLostError:
        return _no(503, "There is no connection to Asterisk.")
    except AriError as error:
        return _no(404 if error.status in {404, 409} else 500, "The call is over, or Asterisk refused.")


async def _create(request: web.Request, x: Exchange) -> web.Response:
    asked = msgspec.json.decode(await request.read(), type=NewCall)
    key = request.headers.get("Idempotency-Key", "")[:_LONGEST_KEY]
    if (made := x.journal.made(key)) is not None:
        return web.json_response({"sid": made})
    leg = ringing.call(
        x,
        asked.to,
        asked.timeout,
        asked.from_,
        hook=verbs.address(asked.call_hook),
        status_hook=verbs.address(asked.call_status_hook or ""),
        tags=asked.tag,
        headers=asked.headers,
        key=key,
    )
    return web.json_response({"sid": leg.sid}, status=201)


async def _calls(_: web.Request, x: Exchange) -> web.Response:
    return web.json_response([dict(leg.payload()) for leg in x.legs.values()])


async def _call(request: web.Request, x: Exchange) -> web.Response:
    leg = x.legs.get(request.match_info["sid"])
    return web.json_response(dict(leg.payload())) if leg is not None else _no(404, "There is no such call.")


async def _queues(_: web.Request, x: Exchange) -> web.Response:
    return web.json_response([{"name": one, "length": x.lines.length(one)} for one in x.lines.names()])


async def _update(request: web.Request, x: Exchange) -> web.Response:
    asked = msgspec.json.decode(await request.read(), type=Update)
    leg = x.legs.get(request.match_info["sid"])
    if leg is None:
        return _no(404, "There is no such call.")
    return web.Response(status=202) if await _done(x, leg, asked) else _no(400, "Nothing of this can be done now.")


async def _done(x: Exchange, leg: Leg, asked: Update) -> bool:
    muted = asked.mute_status or asked.conf_mute_status
    if asked.call_hook is not None:
        await switchboard.redirect(x, leg, asked.call_hook)
    elif asked.child_call_hook is not None:
        child = _partner(x, leg)
        if child is None:
            return False
        await switchboard.redirect(x, child, asked.child_call_hook)
    elif asked.call_status is not None:
        await leg.hang_up()
    elif muted is not None:
        await x.ari.request("POST" if muted == "mute" else "DELETE", f"channels/{leg.sid}/mute", direction="in")
    elif asked.whisper is not None:
        _whisper(x, leg, asked.whisper)
    elif asked.record is not None:
        await script.record(x, leg, asked.record)
    else:
        return await _in_room(leg, asked)
    return True


def _partner(x: Exchange, leg: Leg) -> Leg | None:
    """The leg that this one speaks with."""
    room = leg.room
    others = [one.sid for one in room.members.values() if one.sid != leg.sid and not one.supervises] if room else []
    return x.legs.get(others[0]) if others else None


def _whisper(x: Exchange, leg: Leg, raw: object) -> None:
    row = verbs.read(raw)
    if not all(isinstance(one, Say | Play) for one in row):
        raise verbs.BadVerbsError("Only say and play can be whispered.")
    for verb in row:
        if isinstance(verb, Say | Play):
            x.spawn(prompts.whisper(x, leg, verb), f"whisper:{leg.sid}")


async def _in_room(leg: Leg, asked: Update) -> bool:
    room, action = leg.room, asked.action
    if room is None or leg.sid not in room.members:
        return False
    held = asked.conf_hold_status or (action.action if action and action.action in {"hold", "unhold"} else None)
    if held is not None:
        await room.hold(leg.sid, on=held == "hold")
    elif action is not None:
        member = room.members[leg.sid]
        match action.action:
            case "tag" | "untag":
                member.tag = action.tag if action.action == "tag" else ""
            case "coach" | "uncoach":
                await room.coach(leg.sid, action.tag if action.action == "coach" else "")
            case _:
                await room.mute(leg.sid, on=action.action == "mute")
    else:
        return False
    return True


async def _recording(request: web.Request, x: Exchange) -> web.StreamResponse:
    url = f"{x.settings.asterisk}/ari/recordings/stored/{_name(request)}/file"
    headers = {"Authorization": aiohttp.encode_basic_auth(x.settings.user, x.settings.password)}
    async with x.application.session.get(url, headers=headers) as found:
        if found.status != 200:
            return _no(404, "There is no such recording.")
        answer = web.StreamResponse(headers={"Content-Type": "audio/wav"})
        answer.content_length = found.content_length
        await answer.prepare(request)
        async for piece in found.content.iter_chunked(65_536):
            await answer.write(piece)
        await answer.write_eof()
        return answer


async def _forget(request: web.Request, x: Exchange) -> web.Response:
    await x.ari.request("DELETE", f"recordings/stored/{_name(request)}")
    return web.Response(status=204)


def _name(request: web.Request) -> str:
    name = request.match_info["name"]
    return name if name.replace("-", "").isalnum() else "-"
