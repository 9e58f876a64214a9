"""The dialects that are spoken by webhook: who may speak, what is understood, how it is answered, whom the hub asks."""

from collections.abc import Callable, Mapping
from typing import Protocol

from aiohttp import web
from msgspec.json import encode

from channels.outgoing import Outgoing
from channels.voice.events import BadCall, CallEvent
from channels.voice.hooks import Hooks
from channels.voice.jambonz import listening
from channels.voice.jambonz import parse as jambonz_events
from channels.voice.jambonz import render as jambonz_verbs
from channels.voice.jambonz import signature as jambonz_signature
from channels.voice.jambonz.api import JambonzApi
from channels.voice.script import HookKind, Script
from channels.voice.settings import VoiceSettings
from channels.voice.simotel.system import SimotelSystem
from channels.voice.speech.served import Served
from channels.voice.system import TelephoneSystem
from channels.voice.twiml import parse as twiml_events
from channels.voice.twiml import render as twiml_documents
from channels.voice.twiml import signature as twiml_signature
from channels.voice.twiml.api import TwimlApi
from channels.voice.wire import form

TOLD = frozenset({"status", "queue_events", "recording", "transcript"})
"""Hooks that only tell: nobody waits for a script."""


class Dialect(Protocol):
    """One of them, for one inbox. `voice`: the hub's own, for what the telephone system cannot say."""

    hooks: Hooks
    voice: Served | None

    def genuine(self, request: web.Request, body: bytes, now: int) -> bool:
        """Whether the telephone system sent this; `now` in ms since the epoch."""

    def read(self, kind: HookKind, body: bytes, token: str | None) -> CallEvent | None:
        """What a hook says; None for what we do not use. Raises `BadCall`."""

    async def answer(self, kind: HookKind, script: Script) -> web.Response:
        """The script as the telephone system wants it. Raises `NotRenderable`."""

    def system(self, outgoing: Outgoing) -> TelephoneSystem:
        """Whom the hub asks."""


class Jambonz:
    """Signed JSON, answered with verbs; an answer without any is none (204)."""

    def __init__(self, settings: VoiceSettings, hooks: Hooks, voice: Served | None = None) -> None:
        """For an inbox."""
        self._settings = settings
        self.hooks = hooks
        self.voice = voice

    def genuine(self, request: web.Request, body: bytes, now: int) -> bool:
        """Whether one of the two secrets signed it, just now."""
        headers = request.headers.getall("Jambonz-Signature", [])
        try:
            jambonz_signature.verify(body, headers[0] if len(headers) == 1 else None, self._settings.secrets, now=now)
        except jambonz_signature.Unsigned:
            return False
        return True

    def read(self, kind: HookKind, body: bytes, token: str | None) -> CallEvent | None:
        """What a hook says."""
        return jambonz_events.parse(kind, body, token=token)

    async def answer(self, kind: HookKind, script: Script) -> web.Response:
        """Verbs."""
        if not script:
            return web.Response(status=204)
        own, secret = self._settings, next(iter(self._settings.secrets), "")
        login = (listening.USER, listening.password(secret, self.hooks)) if secret else None
        voices = jambonz_verbs.Voices(tts_vendor=own.tts_vendor, stt_vendor=own.stt_vendor, login=login)
        render = jambonz_verbs.render_wait if kind == "wait" else jambonz_verbs.render
        return _fresh(encode(render(script, self.hooks, voices)), "application/json")

    def system(self, outgoing: Outgoing) -> TelephoneSystem:
        """Its REST API."""
        return JambonzApi(self._settings.api_url, self._settings.account, self._settings.api_key, outgoing)


class Twiml:
    """Signed forms, answered with XML; the signature is over the address as the inbox knows it."""

    def __init__(self, settings: VoiceSettings, hooks: Hooks, voice: Served | None = None) -> None:
        """For an inbox."""
        self._settings = settings
        self.hooks = hooks
        self.voice = voice

    def genuine(self, request: web.Request, body: bytes, now: int) -> bool:
        """Whether one of the two tokens signed it for this address."""
        headers = request.headers.getall(twiml_signature.SIGNATURE_HEADER, [])
        try:
            fields = form(body)
        except BadCall:
            return False
        return twiml_signature.verify(
            self.hooks.public + request.raw_path,
            fields,
            headers[0] if len(headers) == 1 else None,
            self._settings.secrets,
            settings=request.headers.get(twiml_signature.SETTINGS_HEADER),
        )

    def read(self, kind: HookKind, body: bytes, token: str | None) -> CallEvent | None:
        """What a hook says."""
        return twiml_events.parse(kind, body, token=token)

    async def answer(self, kind: HookKind, script: Script) -> web.Response:
        """A document; an empty one where there is nothing to do."""
        if kind in TOLD:
            return web.Response(status=204)
        if not script:
            return _fresh(twiml_documents.NOTHING, "text/xml")
        render = twiml_documents.render_wait if kind == "wait" else twiml_documents.render
        script = await self.voice.voiced(script) if self.voice is not None else script
        return _fresh(render(script, self.hooks), "text/xml")

    def system(self, outgoing: Outgoing) -> TelephoneSystem:
        """Its REST API."""
        own = self._settings
        return TwimlApi(own.twiml_url, own.account_sid, own.auth_token, own.music_url, self.voice, outgoing)


class Simotel:
    """It has routes of its own (`simotel.api`): none of these hooks is its."""

    def __init__(self, settings: VoiceSettings, hooks: Hooks, voice: Served | None = None) -> None:
        """For an inbox."""
        self._settings = settings
        self.hooks = hooks
        self.voice = voice

    def genuine(self, request: web.Request, body: bytes, now: int) -> bool:
        """Never."""
        return False

    def read(self, kind: HookKind, body: bytes, token: str | None) -> CallEvent | None:
        """Nothing."""
        raise BadCall("unreadable", "Simotel has routes of its own.")

    async def answer(self, kind: HookKind, script: Script) -> web.Response:
        """Nothing."""
        return web.Response(status=204)

    def system(self, outgoing: Outgoing) -> TelephoneSystem:
        """Whom recordings are asked of."""
        own = self._settings
        return SimotelSystem(own.simotel_url, own.simotel_user, own.simotel_password, own.simotel_key, outgoing)


DIALECTS: Mapping[str, Callable[[VoiceSettings, Hooks, Served | None], Dialect]] = {
    "jambonz": Jambonz,
    "twiml": Twiml,
    "simotel": Simotel,
}


def _fresh(body: bytes, content_type: str) -> web.Response:
    return web.Response(body=body, content_type=content_type, headers={"Cache-Control": "no-store"})
