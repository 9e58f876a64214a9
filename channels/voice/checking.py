"""What "Test connection" of a number finds: the key, the secret, and whether its flow may serve callers."""

from collections.abc import Sequence

from channels.contract import ChannelError, Configured, Inlet
from channels.setup import Finding
from channels.voice.flow import BadFlow
from channels.voice.flow_rules import Known, problems
from channels.voice.flow_text import preview
from channels.voice.phrases import phrase
from channels.voice.script import Say
from channels.voice.settings import VoiceSettings, flow_of
from channels.voice.speech.port import SpeechError
from channels.voice.speech.served import Served
from channels.voice.system import TelephoneSystem

_SECRET = {"twiml": "auth_token", "simotel": "password"}


async def findings(
    inbox: Configured, settings: VoiceSettings, system: TelephoneSystem, voice: Served | None, inlet: Inlet
) -> Sequence[Finding]:
    """Ask the telephone system whether the key is good, the flow whether it may serve callers, the voice to speak."""
    asked = not settings.by_itself or settings.simotel_url
    found = [await _reached(settings, system)] if asked else []
    if not settings.secrets:
        field = _SECRET.get(settings.dialect, "webhook_secret")
        found.append(Finding(ok=False, code="secret_too_short", field=field))
    return [*found, *await _voice_findings(voice), *await _flow_findings(inbox, settings, inlet)]


async def _reached(settings: VoiceSettings, system: TelephoneSystem) -> Finding:
    field = {"twiml": "twiml_url", "simotel": "simotel_url"}.get(settings.dialect, "api_url")
    try:
        await system.reach()
    except ChannelError as error:
        away = error.retryable
        return Finding(ok=False, code="unreachable" if away else "rejected", field=field, detail=error.text)
    return Finding(ok=True, code="reached", field=field)


async def _voice_findings(voice: Served | None) -> list[Finding]:
    if voice is None:
        return []
    try:
        for locale in voice.locales:
            await voice.url(Say(text=phrase("one_moment", locale), locale=locale))
    except (SpeechError, TimeoutError) as error:
        return [Finding(ok=False, code="no_voice", field="hub_speaks", detail=str(error))]
    return []


async def _flow_findings(inbox: Configured, settings: VoiceSettings, inlet: Inlet) -> list[Finding]:
    named = await inlet.switchboard.flow(settings.flow_id) if settings.flow_id else None
    try:
        flow = flow_of(settings, named)
    except BadFlow as error:
        return [Finding(ok=False, code="bad_flow", field="flow_id", detail=str(error)[:300])]
    house = await inlet.switchboard.house(inbox.id)
    known = Known(queues=house.queues | {""}, calendars=house.calendars)
    wrong = problems(flow, known)
    if wrong:
        return [
            Finding(ok=False, code="bad_flow", field="flow_id", detail=one.text(inbox.locale)) for one in wrong[:10]
        ]
    return [
        Finding(
            ok=True,
            code="flow_good",
            field="flow_id",
            detail=preview(flow, "en" if inbox.locale == "en" else "fa", house),
        )
    ]
