"""HTTP routes of a number at a Simotel (or at an old box with `CURL()`), which joins callers and agents by itself.

Under `/channels/voice/{inbox}/simotel/`, by POST (JSON or a form) or GET, with the user and password of the inbox, from
its networks: `smart` asks what a call does next and is answered in `ANSWER_SECONDS`, whatever hangs; `case` asks the
same and is answered with nothing but the way out, as plain text; `events` and `events/{name}` tell what happened, 204.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol

import structlog
from aiohttp import web
from msgspec.json import encode

from channels.bodies import whole_body
from channels.contract import ChannelError
from channels.voice.events import BadCall
from channels.voice.office import Office
from channels.voice.settings import VoiceSettings
from channels.voice.simotel import following, walking
from channels.voice.simotel.answers import InTime, Reply, question
from channels.voice.simotel.guard import permitted
from channels.voice.simotel.parse import parse
from channels.voice.wire import MAX_BODY

log = structlog.get_logger(__name__)

BODY_SECONDS = 0.3
_STATUS = {"too_large": 413}


class Door(Protocol):
    """What the routes need of the adapter."""

    def strike(self, request: web.Request) -> float:
        """Count a forged request against its network address; seconds to wait when there were too many."""

    async def settings(self, inbox: str) -> VoiceSettings:
        """The settings of an inbox of this channel. Raises `ChannelError` (`not_found`)."""

    def office(self, inbox: str, settings: VoiceSettings) -> Office:
        """An inbox at work. Raises `ChannelError`."""

    def turn(self, sid: str) -> AbstractAsyncContextManager[None]:
        """What happens to one call happens one after the other."""


class SimotelRoutes:
    """The routes."""

    def __init__(self, door: Door) -> None:
        """Answer through `door`."""
        self._door = door
        self._in_time = InTime()

    def routes(self) -> Sequence[web.RouteDef]:
        """All of them, by either method."""
        handlers: dict[str, Callable[[web.Request], Awaitable[web.Response]]] = {
            "smart": self._smart,
            "case": self._case,
            "events": self._events,
            "events/{name}": self._events,
        }
        base = "/channels/voice/{inbox}/simotel"
        return [
            web.route(method, f"{base}/{path}", self._answered(handler), name=None)
            for path, handler in handlers.items()
            for method in ("GET", "POST")
        ]

    def _answered(
        self, handler: Callable[[web.Request], Awaitable[web.Response]]
    ) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def answer(request: web.Request) -> web.Response:
            try:
                return await handler(request)
            except ChannelError as error:
                log.info("simotel_refused", code=error.code)
                body = encode({"ok": "0", "error": {"code": error.code, "text": error.text}})
                return web.Response(status=error.status, body=body, content_type="application/json")

        return answer

    async def _smart(self, request: web.Request) -> web.Response:
        reply = await self._walked(request)
        return web.Response(body=encode(reply), content_type="application/json", headers={"Cache-Control": "no-store"})

    async def _case(self, request: web.Request) -> web.Response:
        reply = await self._walked(request)
        return web.Response(text=walking.way_out(reply), headers={"Cache-Control": "no-store"})

    async def _walked(self, request: web.Request) -> Reply:
        """What a call does next; the way to people, which was ready before, where that is not known in time."""
        since = asyncio.get_running_loop().time()
        settings, body = await self._checked(request)
        try:
            asked = question(body, content_type=request.content_type, query=request.query_string)
        except BadCall as error:
            raise ChannelError(error.code, error.text, status=_STATUS.get(error.code, 400)) from error
        office = self._door.office(request.match_info["inbox"], settings)

        async def walk() -> Reply:
            async with self._door.turn(asked.call):
                return await walking.walk(office, asked)

        return await self._in_time.answer(walk, walking.to_people(settings), since=since)

    async def _events(self, request: web.Request) -> web.Response:
        settings, body = await self._checked(request)
        name, query = request.match_info.get("name", ""), request.query_string
        try:
            event = parse(body, content_type=request.content_type, query=query, path_event=name)
        except BadCall as error:
            raise ChannelError(error.code, error.text, status=_STATUS.get(error.code, 400)) from error
        if event is not None:
            async with self._door.turn(event.parent or event.call):
                await following.follow(self._door.office(request.match_info["inbox"], settings), event)
        return web.Response(status=204)

    async def _checked(self, request: web.Request) -> tuple[VoiceSettings, bytes]:
        """The settings of the inbox and the body, of somebody who may come in."""
        settings = await self._door.settings(request.match_info["inbox"])
        own = settings.dialect == "simotel"
        known = permitted(
            request.headers.get("Authorization"),
            request.remote,
            user=settings.user,
            password=next(iter(settings.secrets), ""),
            networks=settings.networks,
        )
        if not (own and known):
            if self._door.strike(request):
                raise ChannelError("too_fast", "Too many requests without the right password.", status=429)
            raise ChannelError("unsigned", "The user, the password or the network is not the right one.", status=401)
        return settings, await whole_body(request, most=MAX_BODY, seconds=BODY_SECONDS)
