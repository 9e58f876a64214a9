"""The voice gateway: a plain Asterisk on one side, the hub on the other, in the jambonz dialect.

Where it deviates from jambonz:

* a call's id is Asterisk's channel id; `sbc_callid`, `trace_id` and the trunk's fields are not told;
* the application is asked again four times when it cannot be reached or answers 5xx (jambonz: once only); in the end
  the caller hears an apology. In a line the music goes on instead, also after an empty wait document;
* `listen` records into a file and tells `recording_url` and `recording_duration` (s) to its action hook; no sound goes
  to its websocket, and `timeout` is the silence that ends it. `config.record` and the `record` update record the
  conversations (not the menus before) into a file, of which the hook `recording` is told;
* every conversation of two is a conference as well, by the name of the caller's `call_sid`, its members tagged `caller`
  and `agent`: a third enters it with `conference`, a supervisor listens, coaches and barges in, and `conf_hold_status`
  takes any leg out to the music. It is over when one is left who does not supervise;
* `sip:decline` with 603 is heard as 403; telephones may not transfer by themselves (REFER): the hub does that;
* `gather` knows speech where a transcriber is set; a `dub` track has no name, it plays and is over;
* not done: `transcribe`, `message`, `alert`, `sip:refer`, `amd`, the vendors' own verbs; waiting for a conference to
  start; `listen_status`.

One Asterisk is connected at a time, under one application's name; another one that connects takes its place.
"""

import asyncio
import binascii
from base64 import b64decode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import aiohttp
import structlog
from aiohttp import web

from channels.signatures import same
from channels.voice.asterisk import browsers, rest, switchboard
from channels.voice.asterisk.ari import SECONDS, Ari, AriError, AriLostError, Event
from channels.voice.asterisk.exchange import Exchange
from channels.voice.asterisk.journal import Journal
from channels.voice.asterisk.settings import GatewaySettings
from channels.voice.asterisk.sounds import Sounds
from channels.voice.asterisk.tapes import Tapes
from channels.voice.asterisk.teller import Teller
from channels.voice.asterisk.webhook import Application
from channels.voice.speech.kept import KeptSpeech
from channels.voice.speech.port import Speech, Transcriber
from channels.voice.speech.programs import speakers
from channels.voice.speech.transcribers import chosen

_PING_SECONDS = 20.0
_BOOT_SECONDS = 0.1
_AGAIN_SECONDS = 2.0
_log = structlog.get_logger(__name__)


@dataclass(slots=True, kw_only=True)
class Gateway:
    """One running gateway; `exchange` is there while an Asterisk is connected."""

    settings: GatewaySettings
    application: Application
    sounds: Sounds
    journal: Journal
    teller: Teller
    transcriber: Transcriber | None
    exchange: Exchange | None = None
    _socket: web.WebSocketResponse | None = None
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    def listener(self) -> web.Application:
        """What Asterisk and the hub connect to."""
        app = web.Application(client_max_size=262_144)
        app.add_routes(rest.routes(lambda: self.exchange, self.settings.account, self.settings.key))
        app.router.add_get("/ari", self._ari)
        app.router.add_get("/health", self._health)
        return app

    async def _health(self, _: web.Request) -> web.Response:
        x = self.exchange
        told = {"connected": x is not None, "calls": len(x.legs) if x else 0}
        return web.json_response(told, status=200 if x is not None else 503)

    async def _ari(self, request: web.Request) -> web.StreamResponse:
        if not _is_ours(request.headers.get("Authorization", ""), self.settings):
            return web.Response(status=401)
        socket = web.WebSocketResponse(protocols=("ari",), heartbeat=_PING_SECONDS, max_msg_size=1 << 22)
        await socket.prepare(request)
        if self._socket is not None:
            _log.warning("gateway.replaced")
            await self._socket.close()
        self._socket = socket
        async with self._turn:
            await self._connected(socket)
        return socket

    async def _connected(self, socket: web.WebSocketResponse) -> None:
        """Serve one connection to its end. Whatever it knew is made anew from the journal and Asterisk by the next."""
        ari = Ari(socket, self.settings.app)
        settings, teller = self.settings, self.teller
        hook = self.application.hook("recording")
        x = Exchange(
            settings=settings,
            ari=ari,
            application=self.application,
            sounds=self.sounds,
            journal=self.journal,
            teller=teller,
            tapes=Tapes(teller=teller, public=settings.public, account=settings.account, hook=hook),
            transcriber=self.transcriber,
        )
        registered = ari.expect("ApplicationRegistered:")
        taking_up = asyncio.create_task(self._take_up(x, registered), name="voice-take-up")
        try:
            await ari.run(lambda event: switchboard.on_event(x, event))
        finally:
            self.exchange = None
            taking_up.cancel()
            await switchboard.shut(x)
            _log.info("gateway.disconnected")

    async def _take_up(self, x: Exchange, registered: "asyncio.Future[Event]") -> None:
        """Asterisk answers nothing before it has said that the application is registered.

        Whatever goes wrong, the connection is given up: Asterisk dials again, and a new one starts from what is there.
        """
        try:
            async with asyncio.timeout(SECONDS):
                await registered
            await _booted(x.ari)
            await browsers.take_up(x)
            await switchboard.take_up(x)
            self.exchange = x
        except Exception as error:  # noqa: BLE001 (served by nobody, silently, it would strand every caller)
            expected = isinstance(error, (AriError, AriLostError, TimeoutError))
            _log.error("gateway.not_taken_up", error=repr(error), exc_info=not expected)
            await asyncio.sleep(_AGAIN_SECONDS)
            await x.ari.socket.close()

    async def close(self) -> None:
        """Leave the calls as they are: whoever starts next goes on with them."""
        if self._socket is not None:
            await self._socket.close()


async def _booted(ari: Ari) -> None:
    """Wait until an Asterisk that has just been started has loaded everything; until then it refuses with 503."""
    while True:
        try:
            await ari.request("GET", "asterisk/ping")
        except AriError as error:
            if error.status != 503:
                raise
            await asyncio.sleep(_BOOT_SECONDS)
        else:
            return


def _is_ours(header: str, settings: GatewaySettings) -> bool:
    try:
        given = b64decode(header.removeprefix("Basic "), validate=True).decode()
    except (binascii.Error, ValueError):
        return False
    return same(given, f"{settings.user}:{settings.password}")


@asynccontextmanager
async def gateway(
    settings: GatewaySettings, *, speech: Speech | None = None, transcriber: Transcriber | None = None
) -> AsyncIterator[Gateway]:
    """A gateway that listens; leaving it drops no call.

    Raises:
        SpeechError: a voice of the settings cannot be used.
    """
    programs = speakers(settings.voices, espeak_program=settings.espeak, piper_program=settings.piper)
    voice = KeptSpeech(programs=programs, folder=settings.sounds / "said")
    settings.sounds.mkdir(parents=True, exist_ok=True)
    settings.state.mkdir(parents=True, exist_ok=True)
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:
        application = Application(session=session, base=settings.hub.rstrip("/"), secret=settings.secret)
        made = Gateway(
            settings=settings,
            application=application,
            sounds=Sounds(speech=speech or voice, session=session, folder=settings.sounds),
            journal=Journal(settings.state),
            teller=Teller(application),
            transcriber=transcriber or chosen(settings.listener, settings.listener_model, settings.grammar),
        )
        runner = web.AppRunner(made.listener(), access_log=None, shutdown_timeout=1.0)
        await runner.setup()
        site = web.TCPSite(runner, settings.listen, settings.port)
        try:
            await site.start()
            _log.info("gateway.ready", port=settings.port)
            yield made
        finally:
            await site.stop()  # first: Asterisk dials again at once
            await made.close()
            await runner.cleanup()
            await made.teller.close()
            await voice.close()
