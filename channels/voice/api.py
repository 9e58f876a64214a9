"""HTTP routes of the voice channel: what a telephone system asks and tells, in the jambonz dialect.

`POST /channels/voice/{inbox}/{hook}?token=`: a JSON body of at most 256 KiB, `Jambonz-Signature` over its raw bytes. A
hook that asks is answered with a list of verbs, one that only tells with 204. 401 unsigned, 404 no such inbox, hook or
call, 400 nonsense, 413 too large, 503 not stored: ask again.
"""

from collections.abc import Sequence
from typing import Protocol, get_args

import structlog
from aiohttp import web
from msgspec.json import encode

from channels.bodies import whole_body
from channels.contract import ChannelError, Inlet
from channels.voice.events import BadCall, CallEvent
from channels.voice.jambonz.parse import parse
from channels.voice.jambonz.render import Verb
from channels.voice.jambonz.signature import Unsigned, verify
from channels.voice.script import HookKind
from channels.voice.settings import VoiceSettings
from channels.voice.wire import MAX_BODY

log = structlog.get_logger(__name__)

BODY_SECONDS = 8.0
RETRY_SECONDS = 2
_STATUS = {"too_large": 413}


class Door(Protocol):
    """What the routes need of the adapter."""

    def now(self) -> int:
        """Milliseconds since the epoch, UTC."""

    def strike(self, request: web.Request) -> float:
        """Count a forged request against its network address; seconds to wait when there were too many."""

    async def settings(self, inbox: str) -> VoiceSettings:
        """The settings of an inbox of this channel. Raises `ChannelError` (`not_found`)."""

    async def hook(self, inbox: str, settings: VoiceSettings, kind: HookKind, event: CallEvent) -> list[Verb]:
        """The verbs that answer a hook. Raises `ChannelError`."""


class VoiceRoutes:
    """The routes."""

    def __init__(self, inlet: Inlet, door: Door) -> None:
        """Answer through `door`."""
        self._inlet = inlet
        self._door = door

    def routes(self) -> Sequence[web.RouteDef]:
        """One address for each kind of hook."""
        return [web.post("/channels/voice/{inbox}/{hook}", self._answer)]

    async def _answer(self, request: web.Request) -> web.Response:
        try:
            return await self._hook(request)
        except ChannelError as error:
            log.info("voice_refused", code=error.code, hook=_hook_of(request))
            response = _json({"error": {"code": error.code, "text": error.text}}, status=error.status)
            if error.status in {429, 503}:
                response.headers["Retry-After"] = str(RETRY_SECONDS if error.status == 503 else 30)
            return response

    async def _hook(self, request: web.Request) -> web.Response:
        inbox, kind = request.match_info["inbox"], _hook_of(request)
        settings = await self._door.settings(inbox)
        if kind is None:
            raise ChannelError("not_found", "There is no such hook.", status=404)
        body = await whole_body(request, most=MAX_BODY, seconds=BODY_SECONDS)
        self._check(request, body, settings)
        try:
            event = parse(kind, body, token=request.query.get("token"))
        except BadCall as error:
            raise ChannelError(error.code, error.text, status=_STATUS.get(error.code, 400)) from error
        if event is None:
            return web.Response(status=204)
        verbs = await self._door.hook(inbox, settings, kind, event)
        return _json(verbs) if verbs else web.Response(status=204)

    def _check(self, request: web.Request, body: bytes, settings: VoiceSettings) -> None:
        headers = request.headers.getall("Jambonz-Signature", [])
        try:
            verify(body, headers[0] if len(headers) == 1 else None, settings.secrets, now=self._door.now())
        except Unsigned as error:
            if self._door.strike(request):
                raise ChannelError("too_fast", "Too many requests that are not signed.", status=429) from error
            raise ChannelError("unsigned", "This request is not signed as it must be.", status=401) from error


def _hook_of(request: web.Request) -> HookKind | None:
    return next((one for one in get_args(HookKind) if one == request.match_info["hook"]), None)


def _json(view: object, *, status: int = 200) -> web.Response:
    return web.Response(
        status=status, body=encode(view), content_type="application/json", headers={"Cache-Control": "no-store"}
    )
