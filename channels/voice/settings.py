"""What an admin sets for one telephone number (or several that come in under one webhook)."""

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct, convert

from channels.flows import Content
from channels.setup import SettingField
from channels.voice.default_flow import default_flow
from channels.voice.flow import Flow, read
from channels.voice.script import Locale

SHORTEST_SECRET = 16
JAMBONZ = ("dialect", "jambonz")
TWIML = ("dialect", "twiml")
SIMOTEL = ("dialect", "simotel")
RINGS = ("dialect", "jambonz|twiml")
"""Those that ring agents, and join callers with them, when the hub says so."""
_WAY = r"[A-Za-z0-9_-]{1,20}"
_WAY_OR_EXTENSION = r"(ext \d{1,20}|[A-Za-z0-9_-]{1,20})"
_WEB = r"https?://[^\s@]+"
FIELDS = (
    SettingField(name="dialect", kind="choice", choices=("jambonz", "twiml", "simotel"), default="jambonz"),
    SettingField(name="api_url", required=True, pattern=_WEB, longest=500, when=JAMBONZ),
    SettingField(name="account", default="peyk", pattern=r"[A-Za-z0-9-]{1,64}", longest=64, when=JAMBONZ),
    SettingField(name="api_key", kind="secret", required=True, when=JAMBONZ),
    SettingField(name="webhook_secret", kind="secret", required=True, when=JAMBONZ),
    SettingField(name="previous_webhook_secret", kind="secret", when=JAMBONZ),
    SettingField(name="account_sid", required=True, pattern=r"[A-Za-z0-9-]{1,64}", longest=64, when=TWIML),
    SettingField(name="auth_token", kind="secret", required=True, when=TWIML),
    SettingField(name="other_auth_token", kind="secret", when=TWIML),
    SettingField(name="public_url", pattern=_WEB, longest=300, when=TWIML),
    SettingField(name="twiml_url", default="https://api.twilio.com", pattern=_WEB, longest=300, when=TWIML),
    SettingField(name="user", default="peyk", pattern=r"[^\s:@]{1,64}", longest=64, when=SIMOTEL),
    SettingField(name="password", kind="secret", required=True, when=SIMOTEL),
    SettingField(name="networks", kind="list", pattern=r"[0-9a-fA-F.:]+(/\d{1,3})?", longest=50, when=SIMOTEL),
    SettingField(name="announcements", kind="list", pattern=r"[^=]{1,100}=.+", longest=500, when=SIMOTEL),
    SettingField(name="line_exit", default="1", pattern=_WAY, longest=20, when=SIMOTEL),
    SettingField(
        name="exits", kind="list", pattern=rf"[^=]{{1,100}}=\s*{_WAY_OR_EXTENSION}", longest=130, when=SIMOTEL
    ),
    SettingField(name="handoff_exit", pattern=_WAY_OR_EXTENSION, longest=30, when=SIMOTEL),
    SettingField(name="lines", kind="list", pattern=r"[^=]{1,100}=.{1,100}", longest=210, when=SIMOTEL),
    SettingField(name="simotel_url", pattern=_WEB, longest=300, when=SIMOTEL),
    SettingField(name="simotel_user", pattern=r"[^\s:@]{1,64}", longest=64, when=SIMOTEL),
    SettingField(name="simotel_password", kind="secret", when=SIMOTEL),
    SettingField(name="simotel_key", kind="secret", when=SIMOTEL),
    SettingField(name="extension_exit", default="8", pattern=_WAY, longest=20, when=SIMOTEL),
    SettingField(name="end_exit", default="9", pattern=_WAY, longest=20, when=SIMOTEL),
    SettingField(name="hub_speaks", kind="choice", choices=("fa", "all", "none"), default="fa", when=TWIML),
    SettingField(name="caller_id", pattern=r"\+?[0-9]{2,20}", longest=21, when=RINGS),
    SettingField(name="greeting_fa", longest=400),
    SettingField(name="greeting_en", longest=400),
    SettingField(name="flow_id", kind="flow"),
    SettingField(name="speech", kind="switch", default=False, when=RINGS),
    SettingField(name="record", kind="switch", default=False, when=RINGS),
    SettingField(name="missed", kind="switch", default=False, when=RINGS),
    SettingField(name="recording_mb", kind="number", default=250, least=10, most=2000),
    SettingField(name="browser_url", pattern=r"wss://[A-Za-z0-9.:\[\]-]+(/[^\s@;,]*)?", longest=300, when=JAMBONZ),
    SettingField(name="ring_seconds", kind="number", default=20, least=5, most=50, when=RINGS),
    SettingField(name="music_url", pattern=_WEB, longest=500, when=RINGS),
    SettingField(name="tts_vendor", longest=60, when=JAMBONZ),
    SettingField(name="stt_vendor", longest=60, when=JAMBONZ),
)


class VoiceSettings(Struct, frozen=True, kw_only=True):
    """Settings of an inbox of this channel.

    `dialect`: what the telephone system speaks. jambonz: `api_url`, `account`, `api_key` are its REST API;
    `webhook_secret` signs what it tells us, the previous one is good too while there is one. TwiML: `account_sid` and
    `auth_token` open its REST API at `twiml_url`, the token or the other one signs what it tells us, and the hub's
    address in it is `public_url`, unless that is the hub's own; the languages `hub_speaks` are played in the hub's
    voice, for want of another there. Simotel: `user`, `password` and `networks` say who may ask; `announcements` are
    lines `name=words`, what was uploaded there; `line_exit`, `exits` (lines `queue=way`), `handoff_exit` (for what the
    bot hands over), `extension_exit` and `end_exit` the ways out of its component, where `ext 601` is the extension or
    queue of that number; `lines` are its queues, `number=queue`; `simotel_url` is its API, for recordings, with
    `simotel_user` and `simotel_password`, with `simotel_key`, or with all of them. `caller_id`: what agents and
    customers who are rung see. `flow_id`: the auto attendant; without one, the bot listens after the greeting, then
    comes the line. `speech`: callers may speak to the bot, and say keys. `record`: conversations with people are
    recorded, unless their line says otherwise. `missed`: who hangs up in line is a task to call them. `recording_mb`:
    so large may a recording be (an hour has 58). `browser_url`: the secure websocket where agents' browsers are
    telephones. `ring_seconds`: so long does an agent's phone ring. `music_url`: for systems without music of their own.
    """

    dialect: Literal["jambonz", "twiml", "simotel"] = "jambonz"
    api_url: str = ""
    account: str = "peyk"
    api_key: str = ""
    webhook_secret: str = ""
    previous_webhook_secret: str = ""
    account_sid: str = ""
    auth_token: str = ""
    other_auth_token: str = ""
    public_url: str = ""
    twiml_url: str = "https://api.twilio.com"
    user: str = "peyk"
    password: str = ""
    networks: tuple[str, ...] = ()
    announcements: tuple[str, ...] = ()
    line_exit: str = "1"
    exits: tuple[str, ...] = ()
    handoff_exit: str = ""
    lines: tuple[str, ...] = ()
    simotel_url: str = ""
    simotel_user: str = ""
    simotel_password: str = ""
    simotel_key: str = ""
    extension_exit: str = "8"
    end_exit: str = "9"
    caller_id: str = ""
    hub_speaks: Literal["fa", "all", "none"] = "fa"
    greeting_fa: str = ""
    greeting_en: str = ""
    flow_id: str = ""
    speech: bool = False
    record: bool = False
    missed: bool = False
    recording_mb: int = 250
    browser_url: str = ""
    ring_seconds: int = 20
    music_url: str = ""
    tts_vendor: str = ""
    stt_vendor: str = ""
    locale: str = "fa"

    @property
    def most_recording(self) -> int:
        """How many bytes a recording may have."""
        return self.recording_mb * 1024 * 1024

    @property
    def secrets(self) -> tuple[str, ...]:
        """The secrets that sign webhooks now; one that can be guessed is none."""
        found = (self.webhook_secret, self.previous_webhook_secret)
        if self.dialect == "twiml":
            found = (self.auth_token, self.other_auth_token)
        if self.dialect == "simotel":
            found = (self.password, "")
        return tuple(one for one in found if len(one) >= SHORTEST_SECRET)

    @property
    def spoken_here(self) -> frozenset[Locale]:
        """The languages that the hub speaks itself, for a telephone system that has no voice for them."""
        here: Mapping[str, frozenset[Locale]] = {"fa": frozenset({"fa"}), "all": frozenset({"fa", "en"})}
        return here.get(self.hub_speaks, frozenset()) if self.dialect == "twiml" else frozenset()

    @property
    def by_itself(self) -> bool:
        """Whether the telephone system joins callers and agents, and the hub only follows."""
        return self.dialect == "simotel"


def voice_settings(raw: Mapping[str, object]) -> VoiceSettings:
    """The settings of an inbox; fields that nobody knows are ignored, wrong types raise `msgspec.ValidationError`."""
    return convert({name: value for name, value in raw.items() if value is not None}, VoiceSettings)


def flow_of(settings: VoiceSettings, named: Content | None) -> Flow:
    """The auto attendant of an inbox, given the flow that it names. Raises `BadFlow` for one that cannot be read."""
    if named is not None:
        return read(named)
    return default_flow(settings.greeting_fa, settings.greeting_en, "en" if settings.locale == "en" else "fa")
