"""What an operator sets for the gateway and for the Asterisk beside it: one TOML file."""

import secrets
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

from channels.voice.script import Locale
from channels.voice.speech.port import SpeechError
from channels.voice.speech.programs import speakers

SHORTEST_SECRET = 16


class GatewaySettingsError(ValueError):
    """The file cannot be used; the text says what is wrong in it."""


class Sip(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The telephone side, for `peyk voice-gateway config`.

    `bind`, `port`: where SIP over UDP is spoken. `websocket_port`: a secure websocket of its own for browsers, with the
    files `certificate` and `key`; 0 is none: then a TLS proxy passes them on to Asterisk's HTTP server, path `/ws`.
    `trunk_host`: the provider's (its addresses are who may call in without a password), with `trunk_user` and
    `trunk_password` where it wants them. `external`: our public address behind NAT. `extensions`: passwords of the
    agents' devices by name. `rtp`: first and last port of sound. `silence`: seconds without any sound, not even that
    of a quiet room, after which a telephone or line has died and is hung up on; 0: never.
    """

    bind: str = "0.0.0.0"  # noqa: S104 (telephones are elsewhere)
    port: int = 5060
    websocket_port: int = 0
    certificate: str = ""
    key: str = ""
    trunk_host: str = ""
    trunk_user: str = ""
    trunk_password: str = ""
    external: str = ""
    local_networks: tuple[str, ...] = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")
    extensions: Mapping[str, str] = {}
    rtp: tuple[int, int] = (10_000, 20_000)
    silence: int = 60


class GatewaySettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All of it.

    `hub`: the voice inbox's webhook address. `secret` signs what the hub is told, `key` is what the hub shows when it
    asks. `listen`, `port`: where Asterisk's websocket and the hub's requests come in; `public`: how the hub reaches it.
    `asterisk`: Asterisk's HTTP server; `user` and `password` are good on both sides. `sounds` (what is said) is read,
    and `recordings` written, by Asterisk; `state` holds the calls that are live. `languages`: names of Asterisk's own.
    `espeak`: the program that speaks; `piper` speaks the languages that have a model of its own in `voices`.
    `listener`: who understands callers, with the folder of its model; pocketsphinx knows English by a `grammar` (JSGF,
    digits without one). Without a listener they key.
    """

    hub: str = ""
    secret: str = ""
    key: str = ""
    account: str = "peyk"
    application: str = "voice"
    app: str = "peyk"
    listen: str = "127.0.0.1"
    port: int = 8089
    public: str = "http://127.0.0.1:8089"
    asterisk: str = "http://127.0.0.1:8088"
    user: str = "peyk"
    password: str = ""
    sounds: Path = Path("var/voice/sounds")
    state: Path = Path("var/voice/calls")
    espeak: str = "espeak-ng"
    piper: str = "piper"
    voices: Mapping[Locale, Path] = {}
    listener: Literal["", "pocketsphinx", "vosk", "whisper"] = ""
    listener_model: Path = Path()
    grammar: str = ""
    sip: Sip = Sip()


def read_settings(path: Path) -> GatewaySettings:
    """The settings in a file.

    Raises:
        GatewaySettingsError: it is not there, no TOML, or says something that is no setting.
    """
    try:
        raw = tomllib.loads(path.read_text())
        settings = msgspec.convert(raw, GatewaySettings, dec_hook=lambda kind, value: kind(value))
    except FileNotFoundError as error:
        raise GatewaySettingsError(f"{path} is missing; `peyk voice-gateway config DIR` writes one.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as error:
        raise GatewaySettingsError(f"{path}: {error}") from error
    for name in ("secret", "key", "password"):
        if len(getattr(settings, name)) < SHORTEST_SECRET:
            raise GatewaySettingsError(f"{path}: {name} needs at least {SHORTEST_SECRET} characters.")
    if not settings.hub.startswith(("http://", "https://")):
        raise GatewaySettingsError(f"{path}: hub is the webhook address that the hub shows for the voice inbox.")
    try:
        speakers(settings.voices)
    except SpeechError as error:
        raise GatewaySettingsError(f"{path}: {error}") from error
    return settings


def first_settings(path: Path) -> None:
    """Write a file with new secrets, where there is none."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    names = ("secret", "key", "password")
    made = "".join(f'{name} = "{secrets.token_urlsafe(24)}"\n' for name in names)
    path.touch(mode=0o600)
    path.write_text(f'hub = "http://127.0.0.1:8080"\n{made}\n[sip]\nport = 5060\n\n[sip.extensions]\n')
