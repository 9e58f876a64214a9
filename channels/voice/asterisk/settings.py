"""What an operator sets for the gateway and for the Asterisk beside it: one TOML file."""

import secrets
import tomllib
from collections.abc import Mapping
from pathlib import Path

import msgspec
from msgspec import Struct

SHORTEST_SECRET = 16


class GatewaySettingsError(ValueError):
    """The file cannot be used; the text says what is wrong in it."""


class Sip(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The telephone side, for `peyk voice-gateway config`.

    `bind`, `port`: where SIP over UDP is spoken. `websocket_port`: the browser softphone's secure websocket; 0 is none,
    `certificate` and `key` are its files. `trunk_host`: the provider's (its addresses are who may call in without a
    password), with `trunk_user` and `trunk_password` where it wants them. `external`: our public address behind NAT.
    `extensions`: passwords of the agents' devices by name. `rtp`: first and last port of sound.
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


class GatewaySettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All of it.

    `hub`: the voice inbox's webhook address. `secret` signs what the hub is told, `key` is what the hub shows when it
    asks. `listen`, `port`: where Asterisk's websocket and the hub's requests come in; `public`: how the hub reaches it.
    `asterisk`: Asterisk's HTTP server; `user` and `password` are good on both sides. `sounds` (what is said) is read,
    and `recordings` written, by Asterisk; `state` holds the calls that are live. `languages`: names of Asterisk's own.
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
