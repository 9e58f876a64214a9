"""The voice channel: a call is a conversation, and the telephone system asks what it does next (`api.py`)."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Literal
from weakref import WeakValueDictionary

import structlog
from aiohttp import web
from msgspec import ValidationError

from channels.calls import BrowserPhone, Call, CallChannel, Control, Phone, Watch
from channels.contract import (
    Capabilities,
    ChannelError,
    Configured,
    Feature,
    Inlet,
    Outbound,
    Sent,
    Signal,
)
from channels.outgoing import Outgoing
from channels.setup import Finding
from channels.voice import attendant, calling_back, checking, compose, controls, parse, telephones, watching
from channels.voice.api import VoiceRoutes
from channels.voice.dialects import DIALECTS, Dialect
from channels.voice.events import CallEvent, CallEventKind
from channels.voice.flow_desk import VoiceFlows
from channels.voice.hooks import Hooks, hooks_of
from channels.voice.jambonz.listening import ListenRoutes
from channels.voice.numbers import dialable
from channels.voice.office import News, Office
from channels.voice.record import Record, Records
from channels.voice.script import Hangup, HookKind, Script
from channels.voice.settings import FIELDS, VoiceSettings, voice_settings
from channels.voice.simotel.api import SimotelRoutes
from channels.voice.speech.kept import KeptSpeech
from channels.voice.speech.served import Served
from channels.voice.system import CallApiError

log = structlog.get_logger(__name__)

CAPABILITIES = Capabilities(features=frozenset({Feature.CALLS, Feature.MAILBOX, Feature.QUEUE_PLACE}), max_text=4_000)
SENT = frozenset({compose.LINE, compose.EXIT, compose.ONWARD, compose.ROOM})
"""Tokens of callers whom the hub has sent somewhere."""


def system_now() -> int:
    """Milliseconds since the epoch, UTC."""
    return time.time_ns() // 1_000_000


class VoiceChannel(CallChannel):
    """The channel `voice`. What is said to a caller is read from the timeline, so stored means sent."""

    name = "voice"
    capabilities = CAPABILITIES
    fields = FIELDS
    flows = VoiceFlows()

    def __init__(
        self,
        *,
        strike: Callable[[web.Request], float] = lambda _: 0.0,
        now: Callable[[], int] = system_now,
        outgoing: Callable[[], Outgoing] = lambda: Outgoing(private=True),
        speech: KeptSpeech | None = None,
    ) -> None:
        """`strike` counts a forged request against its network address; seconds to wait when there were too many.

        `speech`: the hub's own voice.
        """
        self.strike = strike
        self.now = now
        self._outgoing = outgoing
        self._speech = speech
        self._news = News()
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._records: Records | None = None
        self._inlet: Inlet | None = None

    def routes(self, inlet: Inlet) -> Sequence[web.RouteDef]:
        """What the telephone system calls."""
        self._inlet, self._records = inlet, Records(inlet)
        return [*VoiceRoutes(inlet, self).routes(), *ListenRoutes(self).routes(), *SimotelRoutes(self).routes()]

    @property
    def live(self) -> int:
        """How many calls are live."""
        return self._records.live if self._records is not None else 0

    def webhook(self, inbox: Configured, base: str) -> str:
        """Where the telephone system asks; the gateway's setting `hub`. A TwiML provider's own is that of its calls."""
        public = str(inbox.settings.get("public_url") or base).rstrip("/")
        hooks = hooks_of(inbox.id, public)
        match inbox.settings.get("dialect"):
            case "twiml":
                return hooks.url("call")
            case "simotel":
                return f"{hooks.base}/simotel"
            case _:
                return hooks.base

    async def send(self, message: Outbound, inlet: Inlet) -> Sent:
        """There is something to be said; whoever waits for it reads it in the timeline."""
        self._news.changed(message.conversation)
        return Sent()

    async def signal(self, address: str, inbox: str, signal: Signal) -> None:
        """The conversation may have changed hands."""
        if signal.type == "state":
            self._news.changed(signal.conversation)

    # What the telephone system asks and tells

    def dialect(self, inbox: str, settings: VoiceSettings) -> Dialect:
        """What the telephone system of an inbox speaks."""
        public = settings.public_url.rstrip("/") or (self._inlet.public_url if self._inlet is not None else "")
        hooks = hooks_of(inbox, public)
        return DIALECTS[settings.dialect](settings, hooks, self._voice(settings, hooks))

    def _voice(self, settings: VoiceSettings, hooks: Hooks) -> Served | None:
        """The hub's own, where an inbox wants it."""
        if self._speech is None or not settings.secrets or not settings.spoken_here:
            return None
        return Served(
            speech=self._speech,
            hooks=hooks,
            secrets=settings.secrets,
            locales=settings.spoken_here,
            now=self.now,
        )

    async def hook(self, inbox: str, settings: VoiceSettings, kind: HookKind, event: CallEvent) -> Script:
        """What answers a hook; empty where nothing was asked.

        Raises:
            ChannelError: the call is unknown (`not_found`), or nothing can be stored (`unavailable`).
        """
        office = self.office(inbox, settings)
        leg = parse.leg_of(event.tags.get("token", "") or event.token or "")
        sid = leg.sid if leg is not None else await office.records.call_of(inbox, event.call)
        async with self.turn(sid):
            return await self._script(office, kind, event, sid, leg)

    async def _script(
        self, office: Office, kind: HookKind, event: CallEvent, sid: str, leg: parse.Leg | None
    ) -> Script:
        if kind == "call":
            return await attendant.called(office, event)
        record = await office.records.get(office.inbox, sid)
        if record is None:
            return await self._of_nobody(office, event, sid, leg)
        if record.ear is not None and record.ear.sid == event.call:
            return await watching.told(office, record, record.ear, event)
        if leg is not None and kind != "wait" and event.kind is not CallEventKind.RECORDING_READY:
            if not leg.customer:
                return await telephones.told(office, record, event, leg.attempt)
            if record.mode == "callback" or (kind == "continue" and parse.leg_of(event.token or "") == leg):
                return await calling_back.told(office, record, event, leg.attempt)
        return await self._of_caller(office, kind, event, record)

    async def _of_nobody(self, office: Office, event: CallEvent, sid: str, leg: parse.Leg | None) -> Script:
        """A call that is not known, unless it is the leg of a caller who was passed on."""
        if event.parent is not None and await office.records.get(office.inbox, event.parent):
            return ()
        if event.kind is CallEventKind.ENDED and leg is None:
            await office.records.never_began(office.inbox, sid)
        raise ChannelError("not_found", "There is no such call.", status=404)

    async def _of_caller(self, office: Office, kind: HookKind, event: CallEvent, record: Record) -> Script:
        match kind:
            case "status" | "queue_events" | "recording":
                await self._told(office, kind, event, record)
                return ()
            case "wait":
                return await attendant.waits(office, record, event.seconds)
            case _ if record.mode == "over" and kind != "voicemail":
                return (Hangup(),)
            case "queue":
                return await attendant.left_line(office, record, event)
            case "continue" | "connect" | "take" if event.token in SENT:
                return await self._sent(office, kind, event.token, record)
            case _:
                if kind == "voicemail":
                    record = await attendant.recorded(office, record, event)
                return await attendant.answered(office, record, event)

    async def _sent(self, office: Office, kind: HookKind, to: str | None, record: Record) -> Script:
        """The caller was sent somewhere by the hub, and asks what there is."""
        if to == compose.LINE:
            return await attendant.back_to_line(office, record)
        if to == compose.EXIT:
            return compose.asked(record, office.settings)
        if kind != "continue":
            return (Hangup(),)
        if to == compose.ROOM:
            return await telephones.brought(office, record)
        return compose.sent_on(record, office.settings)

    async def _told(self, office: Office, kind: HookKind, event: CallEvent, record: Record) -> None:
        """What nobody waits for an answer to."""
        leg, live = record.leg, record.mode == "live"
        dialled = record.mode == "callback" and record.attempt
        if event.kind is CallEventKind.ENDED and (dialled or event.call != record.customer):
            return  # the call in which they asked to be called back
        if event.kind is CallEventKind.ENDED:
            record = await attendant.ended(office, record, event)
            if leg is not None and live and (record.onward or not leg.joined):
                await telephones.let_go(office, leg)
            for other in (record.aside, record.ear):
                if other is not None:
                    await telephones.let_go(office, other)
        elif kind == "recording":
            await attendant.recorded(office, record, event)
        elif event.reason == "dequeued" and leg is not None and leg.picked_up:
            await telephones.joined(office, record)

    # What the hub asks

    def number(self, text: str) -> str | None:
        """A number as it would be dialled."""
        return dialable(text)

    async def join(self, call: Call, phone: Phone) -> None:
        """Ring the agent's phone and join it with the caller."""
        async with self._known(call) as (office, record):
            if not office.settings.by_itself:
                await telephones.ring(office, record, phone)

    async def offer(self, call: Call, kind: Literal["callback", "voicemail"]) -> None:
        """Nobody came in time."""
        async with self._known(call) as (office, record):
            if office.settings.by_itself:
                return
            with suppress(CallApiError):  # a caller who is gone, or waits on
                await attendant.offered(office, record, kind)

    async def park(self, call: Call) -> None:
        """The caller waits again."""
        async with self._known(call) as (office, record):
            if not office.settings.by_itself:
                await telephones.park(office, record)

    async def drop(self, call: Call) -> None:
        """End the call."""
        async with self._known(call) as (office, record):
            if not office.settings.by_itself:
                await telephones.drop(office, record)

    async def confirm(self, call: Call) -> None:
        """End a call of which the telephone system (or we) know no more; tell ends of its legs that were never told."""
        office = self.office(call.inbox, await self.settings(call.inbox))
        async with self.turn(call.sid):
            record = await office.records.get(call.inbox, call.sid)
            by_itself = office.settings.by_itself
            if record.mode == "over" if record is not None else not by_itself:
                attempt = record.attempt if record is not None else 0
                await office.switchboard.ended(call, by="us", reason="lost", attempt=attempt)
            if record is None or by_itself:
                return
            for sid, leg in parse.legs(record):
                try:
                    fate = await office.api.fate(sid)
                except CallApiError as error:
                    log.info("call_not_confirmed", conversation=call.conversation, why=str(error))
                    continue
                if fate is not None:
                    log.warning("call_end_was_lost", inbox=call.inbox, conversation=call.conversation, reason=fate)
                    event = CallEvent(kind=CallEventKind.ENDED, provider="jambonz", call=sid, reason=fate)
                    await self._script(office, "status", event, call.sid, leg)
                    return

    async def control(self, call: Call, control: Control, *, to: str = "", phone: Phone | None = None) -> Phone | None:
        """Do what the agent who speaks with the caller says."""
        async with self._known(call) as (office, record):
            if office.settings.by_itself:
                raise ChannelError(
                    "not_allowed", "Do this at the telephone: the system joins calls itself.", status=409
                )
            return await controls.control(office, record, control, to, phone)

    async def watch(self, call: Call, watch: Watch, phone: Phone) -> None:
        """Let a supervisor hear a call, or change how they are in it."""
        async with self._known(call) as (office, record):
            await watching.watch(office, record, watch, phone)

    async def watched(self, call: Call) -> None:
        """Tell again how a supervisor is in a call."""
        async with self._known(call) as (office, record):
            await watching.told_again(office, record)

    def browser_url(self, settings: Mapping[str, object]) -> str:
        """Where browsers of an inbox register as telephones; empty where they cannot."""
        return str(settings.get("browser_url") or "")

    async def browser_phone(self, inbox: str, agent: str, was: str) -> BrowserPhone:
        """Let an agent's browser be a telephone."""
        return await telephones.admit_browser(self.office(inbox, await self.settings(inbox)), agent, was)

    @asynccontextmanager
    async def _known(self, call: Call) -> AsyncIterator[tuple[Office, Record]]:
        """A call, while nothing else happens to it. Raises `ChannelError` (`not_found`)."""
        settings = await self.settings(call.inbox)
        async with self.turn(call.sid):
            office = self.office(call.inbox, settings)
            record = await office.records.get(call.inbox, call.sid)
            if record is None:
                raise ChannelError("not_found", "There is no such call.", status=404)
            yield office, record

    def turn(self, sid: str) -> asyncio.Lock:
        """What happens to one call happens one after the other."""
        lock = self._turns.get(sid)
        if lock is None:
            lock = self._turns[sid] = asyncio.Lock()
        return lock

    async def settings(self, inbox: str) -> VoiceSettings:
        """The settings of an inbox of ours. Raises `ChannelError` (`not_found`)."""
        raw = await self._inlet.inbox_settings(inbox) if self._inlet is not None else None
        if raw is None or raw.get("channel") != self.name:
            raise ChannelError("not_found", "There is no such inbox.", status=404)
        try:
            return voice_settings(raw)
        except ValidationError as error:
            raise ChannelError("not_found", "This inbox is not set up.", status=404) from error

    def office(self, inbox: str, settings: VoiceSettings) -> Office:
        """An inbox at work. Raises `ChannelError` (`unavailable`)."""
        if self._inlet is None or self._records is None:
            raise ChannelError("unavailable", "The hub is starting.", status=503, retryable=True)
        dialect = self.dialect(inbox, settings)
        return Office(
            inbox=inbox,
            inlet=self._inlet,
            records=self._records,
            settings=settings,
            hooks=dialect.hooks,
            api=dialect.system(self._outgoing()),
            news=self._news,
            now=self.now,
        )

    # Files, and "Test connection"

    async def fetch(self, inbox: Configured, source: Mapping[str, str]) -> AsyncIterator[bytes]:
        """The sound of a recording, from the telephone system and nowhere else, or as it was streamed to us."""
        if (kept := source.get("kept")) and self._inlet is not None:
            _, pieces = await self._inlet.open_file(inbox.id, source.get("address", ""), kept)
            async for piece in pieces:
                yield piece
            return
        settings = voice_settings(inbox.settings)
        system = self.dialect(inbox.id, settings).system(self._outgoing())
        async for piece in system.sound(source, most=settings.most_recording):
            yield piece

    async def check(self, inbox: Configured, inlet: Inlet) -> Sequence[Finding]:
        """Ask the telephone system whether the key is good, and the flow whether it may serve callers."""
        try:
            settings = voice_settings(inbox.settings)
        except ValidationError as error:
            return [Finding(ok=False, code="missing", detail=str(error))]
        dialect = self.dialect(inbox.id, settings)
        return await checking.findings(inbox, settings, dialect.system(self._outgoing()), dialect.voice, inlet)
