"""HTTP routes of the voice channel: what a telephone system asks and tells, in the dialect of the inbox.

`POST /channels/voice/{inbox}/{hook}?token=`, a body of at most 256 KiB. jambonz: JSON, `Jambonz-Signature` over its raw
bytes, answered with a list of verbs. TwiML: a form, `X-Twilio-Signature` over the public address and the fields,
answered with a document. A hook that only tells is answered with 204. 401 unsigned, 404 no such inbox, hook or call,
400 nonsense, 413 too large, 503 not stored: ask again.

`GET /channels/voice/{inbox}/said/{token}`: what a document plays that the provider cannot say, a WAV file; 404 for an
address that was not signed here, or has ended. `GET /channels/voice/{inbox}/ring.wav`: how it sounds while it rings.
"""

from collections.abc import Sequence
from typing import Protocol, get_args

import structlog
from aiohttp import web
from msgspec.json import encode

from channels.bodies import whole_body
from channels.contract import ChannelError, Inlet
from channels.voice.dialects import Dialect
from channels.voice.events import BadCall, CallEvent
from channels.voice.script import HookKind, Script
from channels.voice.settings import VoiceSettings
from channels.voice.speech.sound import ringing
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

    def dialect(self, inbox: str, settings: VoiceSettings) -> Dialect:
        """What the telephone system of an inbox speaks."""

    async def hook(self, inbox: str, settings: VoiceSettings, kind: HookKind, event: CallEvent) -> Script:
        """What answers a hook; empty where nothing was asked. Raises `ChannelError`."""


class VoiceRoutes:
    """The routes."""

    def __init__(self, inlet: Inlet, door: Door) -> None:
        """Answer through `door`."""
        self._inlet = inlet
        self._door = door

    def routes(self) -> Sequence[web.RouteDef]:
        """One address for each kind of hook, and those of what the hub says itself."""
        return [
            web.post("/channels/voice/{inbox}/{hook}", self._answer),
            web.get("/channels/voice/{inbox}/said/{token}", self._said),
            web.get("/channels/voice/{inbox}/ring.wav", self._ring),
        ]

    async def _answer(self, request: web.Request) -> web.Response:
        try:
            return await self._hook(request)
        except ChannelError as error:
            log.info("voice_refused", code=error.code, hook=_hook_of(request))
            response = _json({"error": {"code": error.code, "text": error.text}}, status=error.status)
            if error.status in {429, 503}:
                response.headers["Retry-After"] = str(RETRY_SECONDS if error.status == 503 else 30)
            return response

    async def _said(self, request: web.Request) -> web.StreamResponse:
        """A sound that a script names; whoever asks for another has forged its address."""
        try:
            settings = await self._door.settings(request.match_info["inbox"])
            voice = self._door.dialect(request.match_info["inbox"], settings).voice
            place = voice.sound(request.match_info["token"]) if voice is not None else None
        except ChannelError as error:
            return _json({"error": {"code": error.code, "text": error.text}}, status=error.status)
        if place is None:
            status = 429 if self._door.strike(request) else 404
            return _json({"error": {"code": "not_found", "text": "There is no such sound."}}, status=status)
        headers = {"Content-Type": "audio/wav", "Cache-Control": "private, max-age=3600"}
        return web.FileResponse(place, headers=headers)

    async def _ring(self, request: web.Request) -> web.Response:
        headers = {"Cache-Control": "public, max-age=86400"}
        return web.Response(body=ringing(), content_type="audio/wav", headers=headers)

    async def _hook(self, request: web.Request) -> web.Response:
        inbox, kind = request.match_info["inbox"], _hook_of(request)
        settings = await self._door.settings(inbox)
        if kind is None:
            raise ChannelError("not_found", "There is no such hook.", status=404)
        body = await whole_body(request, most=MAX_BODY, seconds=BODY_SECONDS)
        dialect = self._door.dialect(inbox, settings)
        if not dialect.genuine(request, body, self._door.now()):
            if self._door.strike(request):
                raise ChannelError("too_fast", "Too many requests that are not signed.", status=429)
            raise ChannelError("unsigned", "This request is not signed as it must be.", status=401)
        try:
            event = dialect.read(kind, body, request.query.get("token"))
        except BadCall as error:
            raise ChannelError(error.code, error.text, status=_STATUS.get(error.code, 400)) from error
        script = await self._door.hook(inbox, settings, kind, event) if event is not None else ()
        return await dialect.answer(kind, script)


def _hook_of(request: web.Request) -> HookKind | None:
    return next((one for one in get_args(HookKind) if one == request.match_info["hook"]), None)


def _json(view: object, *, status: int = 200) -> web.Response:
    return web.Response(
        status=status, body=encode(view), content_type="application/json", headers={"Cache-Control": "no-store"}
    )
