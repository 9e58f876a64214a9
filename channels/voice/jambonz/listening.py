"""What callers leave on a plain jambonz: it streams their messages to the hub, which keeps them.

`GET /channels/voice/{inbox}/voicemail?token=`, a websocket, with the user and password that the hub gave in `listen`.
"""

import hashlib
import hmac
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol

import structlog
from aiohttp import encode_basic_auth, web

from channels.calls import Recording
from channels.contract import ChannelError
from channels.signatures import same
from channels.voice import attendant
from channels.voice.events import BadCall
from channels.voice.hooks import Hooks
from channels.voice.jambonz.sound import Message, take_message
from channels.voice.office import Office
from channels.voice.script import Voicemail
from channels.voice.settings import VoiceSettings

log = structlog.get_logger(__name__)

USER = "peyk"
LONGEST = 600


def password(secret: str, hooks: Hooks) -> str:
    """With what jambonz comes to the websocket of an inbox; made of the secret that signs its webhooks."""
    return hmac.new(secret.encode(), f"listen:{hooks.base}".encode(), hashlib.sha256).hexdigest()


class Door(Protocol):
    """What the route needs of the adapter."""

    def strike(self, request: web.Request) -> float:
        """Count a forged request against its network address; seconds to wait when there were too many."""

    async def settings(self, inbox: str) -> VoiceSettings:
        """The settings of an inbox of this channel. Raises `ChannelError` (`not_found`)."""

    def office(self, inbox: str, settings: VoiceSettings) -> Office:
        """An inbox at work. Raises `ChannelError`."""

    def turn(self, sid: str) -> AbstractAsyncContextManager[None]:
        """What happens to one call happens one after the other."""


class ListenRoutes:
    """The route."""

    def __init__(self, door: Door) -> None:
        """Listen for `door`."""
        self._door = door

    def routes(self) -> Sequence[web.RouteDef]:
        """It alone."""
        return [web.get("/channels/voice/{inbox}/voicemail", self._listen)]

    async def _listen(self, request: web.Request) -> web.StreamResponse:
        try:
            settings = await self._door.settings(request.match_info["inbox"])
            office = self._door.office(request.match_info["inbox"], settings)
        except ChannelError as error:
            return web.Response(status=error.status)
        if settings.dialect != "jambonz" or not _permitted(request, settings, office.hooks):
            return web.Response(status=429 if self._door.strike(request) else 401)
        try:
            socket, message = await take_message(request, longest=LONGEST, silence=Voicemail(token="").silence)
        except BadCall as error:
            log.info("no_message", code=error.code)
            return web.Response(status=400)
        sid = await office.records.call_of(office.inbox, message.call)
        async with self._door.turn(sid):
            await _keep(office, sid, message, request.query.get("token", ""))
        return socket


def _permitted(request: web.Request, settings: VoiceSettings, hooks: Hooks) -> bool:
    given = request.headers.get("Authorization", "")
    wanted = [encode_basic_auth(USER, password(one, hooks)) for one in settings.secrets]
    return sum(same(given, one) for one in wanted) > 0


async def _keep(office: Office, sid: str, message: Message, token: str) -> None:
    record = await office.records.get(office.inbox, sid)
    if record is None:
        log.warning("message_of_nobody", inbox=office.inbox, call=sid)
        return

    async def sound() -> AsyncIterator[bytes]:
        yield message.sound

    address = record.call.address
    file = await office.inlet.store_file(office.inbox, address, "voicemail.wav", sound(), key=f"{sid}:{token}")
    left = Recording(
        kind="voicemail",
        key=f"voicemail:{file.id}",
        seconds=message.seconds,
        source={"kept": file.id, "address": address},
        most=office.settings.most_recording,
    )
    await attendant.left_message(office, record, left)
