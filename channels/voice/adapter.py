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

from channels.calls import Call, CallChannel, Control, Phone
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
from channels.voice import attendant, compose, parse, telephones
from channels.voice.api import VoiceRoutes
from channels.voice.events import CallEvent, CallEventKind
from channels.voice.flow import BadFlow
from channels.voice.flow_rules import Known, problems
from channels.voice.flow_text import preview
from channels.voice.hooks import Hooks
from channels.voice.jambonz.api import CallApiError, JambonzApi
from channels.voice.jambonz.render import Verb, Voices, render, render_wait
from channels.voice.office import News, Office
from channels.voice.record import Record, Records
from channels.voice.script import Hangup, HookKind, Script
from channels.voice.settings import FIELDS, VoiceSettings, flow_of, voice_settings

log = structlog.get_logger(__name__)

CAPABILITIES = Capabilities(features=frozenset({Feature.CALLS, Feature.MAILBOX, Feature.QUEUE_PLACE}), max_text=4_000)
MOST_RECORDING = 10 * 1024 * 1024
FETCH_SECONDS = 60.0


def system_now() -> int:
    """Milliseconds since the epoch, UTC."""
    return time.time_ns() // 1_000_000


class VoiceChannel(CallChannel):
    """The channel `voice`. What is said to a caller is read from the timeline, so stored means sent."""

    name = "voice"
    capabilities = CAPABILITIES
    fields = FIELDS

    def __init__(
        self,
        *,
        strike: Callable[[web.Request], float] = lambda _: 0.0,
        now: Callable[[], int] = system_now,
        outgoing: Callable[[], Outgoing] = lambda: Outgoing(private=True),
    ) -> None:
        """`strike` counts a forged request against its network address; seconds to wait when there were too many."""
        self.strike = strike
        self.now = now
        self._outgoing = outgoing
        self._news = News()
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._records: Records | None = None
        self._inlet: Inlet | None = None

    def routes(self, inlet: Inlet) -> Sequence[web.RouteDef]:
        """What the telephone system calls."""
        self._inlet, self._records = inlet, Records(inlet)
        return VoiceRoutes(inlet, self).routes()

    def webhook(self, inbox: Configured, base: str) -> str:
        """Where the telephone system asks; the gateway's setting `hub`."""
        return f"{base}/channels/voice/{inbox.id}"

    async def send(self, message: Outbound, inlet: Inlet) -> Sent:
        """There is something to be said; whoever waits for it reads it in the timeline."""
        self._news.changed(message.conversation)
        return Sent()

    async def signal(self, address: str, inbox: str, signal: Signal) -> None:
        """The conversation may have changed hands."""
        if signal.type == "state":
            self._news.changed(signal.conversation)

    # What the telephone system asks and tells

    async def hook(self, inbox: str, settings: VoiceSettings, kind: HookKind, event: CallEvent) -> list[Verb]:
        """The verbs that answer a hook; none where nothing was asked.

        Raises:
            ChannelError: the call is unknown (`not_found`), or nothing can be stored (`unavailable`).
        """
        office = self._office(inbox, settings)
        leg = parse.leg_of(event.tags.get("token", "") or event.token or "")
        sid = leg[0] if leg is not None else event.call
        async with self._turn(sid):
            script = await self._script(office, kind, event, sid, leg[1] if leg is not None else None)
        if not script:
            return []
        voices = Voices(tts_vendor=settings.tts_vendor, stt_vendor=settings.stt_vendor)
        return (render_wait if kind == "wait" else render)(script, office.hooks, voices)

    async def _script(self, office: Office, kind: HookKind, event: CallEvent, sid: str, attempt: int | None) -> Script:
        if kind == "call":
            return await attendant.called(office, event)
        record = await office.records.get(office.inbox, sid)
        if record is None and event.parent is not None:
            return await self._called_back(office, event, event.parent)
        if record is None:
            if event.kind is CallEventKind.ENDED and attempt is None:
                await office.records.never_began(office.inbox, sid)
            raise ChannelError("not_found", "There is no such call.", status=404)
        if attempt is not None and event.kind is not CallEventKind.RECORDING_READY:
            return await telephones.told(office, record, event, attempt)
        return await self._of_caller(office, kind, event, record)

    async def _called_back(self, office: Office, event: CallEvent, parent: str) -> Script:
        """Something happened to the leg by which an agent's leg calls a customer back."""
        sid = await office.records.call_of_leg(office.inbox, parent)
        if sid is None:
            raise ChannelError("not_found", "There is no such call.", status=404)
        async with self._turn(sid):
            record = await office.records.get(office.inbox, sid)
            if record is not None and event.kind is CallEventKind.ANSWERED:
                await telephones.joined(office, record)
        return ()

    async def _of_caller(self, office: Office, kind: HookKind, event: CallEvent, record: Record) -> Script:
        match kind:
            case "status" | "queue_events" | "recording":
                await self._told(office, kind, event, record)
                return ()
            case "wait":
                return await attendant.waits(office, record)
            case "queue":
                return await attendant.left_line(office, record, event)
            case "continue" | "connect" if event.token in {compose.LINE, compose.EXIT, compose.ONWARD}:
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
        return compose.sent_on(record, office.settings) if kind == "continue" else (Hangup(),)

    async def _told(self, office: Office, kind: HookKind, event: CallEvent, record: Record) -> None:
        """What nobody waits for an answer to."""
        leg = record.leg
        if event.kind is CallEventKind.ENDED:
            record = await attendant.ended(office, record, event)
            if leg is not None and not leg.joined and record.mode == "over":
                await telephones.let_go(office, leg)
        elif kind == "recording":
            await attendant.recorded(office, record, event)
        elif event.reason == "dequeued" and leg is not None and leg.picked_up:
            await telephones.joined(office, record)

    # What the hub asks

    async def join(self, call: Call, phone: Phone) -> None:
        """Ring the agent's phone and join it with the caller."""
        async with self._known(call) as (office, record):
            await telephones.ring(office, record, phone)

    async def offer(self, call: Call, kind: Literal["callback", "voicemail"]) -> None:
        """Nobody came in time."""
        async with self._known(call) as (office, record):
            with suppress(CallApiError):  # a caller who is gone, or waits on
                await attendant.offered(office, record, kind)

    async def park(self, call: Call) -> None:
        """The caller waits again."""
        async with self._known(call) as (office, record):
            await telephones.park(office, record)

    async def drop(self, call: Call) -> None:
        """End the call."""
        async with self._known(call) as (office, record):
            await telephones.drop(office, record)

    async def control(self, call: Call, control: Control, *, to: str = "", phone: Phone | None = None) -> Phone | None:
        """Do what the agent who speaks with the caller says."""
        async with self._known(call) as (office, record):
            return await telephones.control(office, record, control, to, phone)

    @asynccontextmanager
    async def _known(self, call: Call) -> AsyncIterator[tuple[Office, Record]]:
        """A call, while nothing else happens to it. Raises `ChannelError` (`not_found`)."""
        settings = await self.settings(call.inbox)
        async with self._turn(call.sid):
            office = self._office(call.inbox, settings)
            record = await office.records.get(call.inbox, call.sid)
            if record is None:
                raise ChannelError("not_found", "There is no such call.", status=404)
            yield office, record

    def _turn(self, sid: str) -> asyncio.Lock:
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

    def _office(self, inbox: str, settings: VoiceSettings) -> Office:
        if self._inlet is None or self._records is None:
            raise ChannelError("unavailable", "The hub is starting.", status=503, retryable=True)
        return Office(
            inbox=inbox,
            inlet=self._inlet,
            records=self._records,
            settings=settings,
            hooks=Hooks(base=f"{self._inlet.public_url}/channels/voice/{inbox}"),
            api=JambonzApi(settings.api_url, settings.account, settings.api_key, self._outgoing()),
            news=self._news,
            now=self.now,
        )

    # Files, and "Test connection"

    async def fetch(self, inbox: Configured, source: Mapping[str, str]) -> AsyncIterator[bytes]:
        """The sound of a recording, from the telephone system and nowhere else."""
        settings, url = voice_settings(inbox.settings), source.get("url", "")
        if not url.startswith(f"{settings.api_url.rstrip('/')}/"):
            raise ChannelError("not_found", "This recording is not at the telephone system.", status=404)
        headers = {"Authorization": f"Bearer {settings.api_key}"}
        pieces = self._outgoing().stream(url, most=MOST_RECORDING, seconds=FETCH_SECONDS, headers=headers)
        async for piece in pieces:
            yield piece

    async def check(self, inbox: Configured, inlet: Inlet) -> Sequence[Finding]:
        """Ask the telephone system whether the key is good, and the flow whether it may serve callers."""
        try:
            settings = voice_settings(inbox.settings)
        except ValidationError as error:
            return [Finding(ok=False, code="missing", detail=str(error))]
        found = [await self._reached(settings)]
        if not settings.secrets:
            found.append(Finding(ok=False, code="secret_too_short", field="webhook_secret"))
        return [*found, *await _flow_findings(inbox, settings, inlet)]

    async def _reached(self, settings: VoiceSettings) -> Finding:
        api = JambonzApi(settings.api_url, settings.account, settings.api_key, self._outgoing())
        try:
            await api.reach()
        except ChannelError as error:
            away = error.retryable
            return Finding(ok=False, code="unreachable" if away else "rejected", field="api_url", detail=error.text)
        return Finding(ok=True, code="reached", field="api_url")


async def _flow_findings(inbox: Configured, settings: VoiceSettings, inlet: Inlet) -> list[Finding]:
    try:
        flow = flow_of(settings)
    except BadFlow as error:
        return [Finding(ok=False, code="bad_flow", field="flow", detail=str(error)[:300])]
    house = await inlet.switchboard.house(inbox.id)
    known = Known(queues=house.queues | {""}, calendars=house.calendars)
    wrong = problems(flow, known)
    if wrong:
        return [Finding(ok=False, code="bad_flow", field="flow", detail=one.text(inbox.locale)) for one in wrong[:10]]
    return [
        Finding(ok=True, code="flow_good", field="flow", detail=preview(flow, "en" if inbox.locale == "en" else "fa"))
    ]
