"""What an admin sets for one telephone number (or several that come in under one webhook)."""

from collections.abc import Mapping

import msgspec
from msgspec import Struct, convert

from channels.setup import SettingField
from channels.voice.default_flow import default_flow
from channels.voice.flow import BadFlow, Flow, read

SHORTEST_SECRET = 16
FIELDS = (
    SettingField(name="api_url", required=True, pattern=r"https?://[^\s@]+", longest=500),
    SettingField(name="account", default="peyk", pattern=r"[A-Za-z0-9-]{1,64}", longest=64),
    SettingField(name="api_key", kind="secret", required=True),
    SettingField(name="webhook_secret", kind="secret", required=True),
    SettingField(name="previous_webhook_secret", kind="secret"),
    SettingField(name="caller_id", pattern=r"\+?[0-9]{2,20}", longest=21),
    SettingField(name="greeting_fa", longest=400),
    SettingField(name="greeting_en", longest=400),
    SettingField(name="flow", longest=100_000),
    SettingField(name="speech", kind="switch", default=False),
    SettingField(name="record", kind="switch", default=False),
    SettingField(name="ring_seconds", kind="number", default=20, least=5, most=50),
    SettingField(name="music_url", pattern=r"https?://[^\s@]+", longest=500),
    SettingField(name="outside_prefixes", kind="list", pattern=r"\+?[0-9]{1,15}", longest=16),
    SettingField(name="tts_vendor", longest=60),
    SettingField(name="stt_vendor", longest=60),
)


class VoiceSettings(Struct, frozen=True, kw_only=True):
    """Settings of an inbox of this channel.

    `api_url`, `account`, `api_key`: the telephone system's REST API. `webhook_secret` signs what it tells us; the
    previous one is good too while there is one. `caller_id`: the number that agents and customers who are rung see.
    `flow`: the auto attendant as JSON; without one, the bot listens after the greeting, then comes the line. `speech`:
    callers may speak to the bot, not only key. `record`: conversations with people are recorded. `ring_seconds`: so
    long does an agent's phone ring. `music_url`: for systems that have no music of their own. `outside_prefixes`:
    agents may pass calls on to numbers that begin so; to none without one.
    """

    api_url: str = ""
    account: str = "peyk"
    api_key: str = ""
    webhook_secret: str = ""
    previous_webhook_secret: str = ""
    caller_id: str = ""
    greeting_fa: str = ""
    greeting_en: str = ""
    flow: str = ""
    speech: bool = False
    record: bool = False
    ring_seconds: int = 20
    music_url: str = ""
    outside_prefixes: tuple[str, ...] = ()
    tts_vendor: str = ""
    stt_vendor: str = ""
    locale: str = "fa"

    @property
    def secrets(self) -> tuple[str, ...]:
        """The webhook secrets that are good now; one that can be guessed is none."""
        return tuple(one for one in (self.webhook_secret, self.previous_webhook_secret) if len(one) >= SHORTEST_SECRET)


def voice_settings(raw: Mapping[str, object]) -> VoiceSettings:
    """The settings of an inbox; fields that nobody knows are ignored, wrong types raise `msgspec.ValidationError`."""
    return convert({name: value for name, value in raw.items() if value is not None}, VoiceSettings)


def flow_of(settings: VoiceSettings) -> Flow:
    """The auto attendant of an inbox. Raises `BadFlow` for one that cannot be read."""
    if not settings.flow.strip():
        return default_flow(settings.greeting_fa, settings.greeting_en, "en" if settings.locale == "en" else "fa")
    try:
        return read(msgspec.json.decode(settings.flow))
    except msgspec.DecodeError as error:
        raise BadFlow(str(error)) from error
