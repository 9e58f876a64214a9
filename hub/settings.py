"""Settings: environment variables ``PEYK_*``, then ``var/settings.toml``, then defaults; secrets: ``var/secrets.json``.

A variable that nobody knows is refused with the name that was probably meant: a misspelt setting must not be silently
ignored.
"""

from __future__ import annotations

import difflib
import json
import os
import secrets
import tomllib
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import Annotated

from pydantic import Field, FilePath, HttpUrl, SecretStr, TypeAdapter, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

PREFIX = "PEYK_"
SHORTEST_SECRET = 32
PLACEHOLDERS = frozenset(
    {"changeme", "change-me", "secret", "password", "example", "placeholder", "todo", "xxx", "test", "default"}
)

_HTTP_URL: TypeAdapter[HttpUrl] = TypeAdapter(HttpUrl)


class SettingsError(ValueError):
    """A setting is unknown or unusable; the text names it and says what to write instead."""


class LogFormat(StrEnum):
    """How log lines look. ``auto``: for people on a terminal, JSON otherwise."""

    AUTO = "auto"
    JSON = "json"
    CONSOLE = "console"


class Settings(BaseSettings):
    """Everything that can be set from outside. Frozen; one object for the life of a process.

    Attributes:
        mongodb_uri: A replica set's connection string; None starts a private server under ``var_dir``.
        database: The database's name; the bot's conversations stand in ``<database>_rasa``.
        host: Address that the hub listens on. 127.0.0.1 keeps strangers out until a TLS proxy stands in front.
        port: Port of the hub.
        public_url: How browsers reach the hub; None means ``http://host:port``.
        files_url: Another name of the hub, at which agents download strangers' files; None means its own.
        shop_port: Port of the demo shop (another origin, as a customer's site is).
        var_dir: Folder of everything that is written: data, logs, tools, secrets.
        log_format: See ``LogFormat``.
        rasa_url: A bot server run elsewhere; None means the one that ``peyk up`` starts.
        rasa_port: Loopback port of the bot server that ``peyk up`` starts.
        rasa_second_url: The second bot server's address, where a new version is tried; None means ``peyk up``'s.
        rasa_second_port: Loopback port of the second bot server that ``peyk up`` starts when one is needed.
        rasa_token: Shared by the hub and the bot server.
        signing_key: Signs session and visitor tokens.
        secrets_key: Seals the secrets of inboxes; several with commas, the newest first, while one is being replaced.
        bot_enabled: False: every conversation goes to people at once.
        orders_url: The order service that the bot asks; None means the demo shop's.
        listener_en: Who writes down what was said in recordings of English calls: ``vosk:FOLDER`` or ``whisper:FOLDER``
            with the folder of a model, ``pocketsphinx`` (digits) or ``pocketsphinx:PHRASES``; None: nobody.
        listener_fa: The same for Persian calls, which pocketsphinx does not know.
        piper: The program that speaks to callers of TwiML providers, in the languages that have a model of its own.
        voice_en: Piper's model of English (``NAME.onnx``, with ``NAME.onnx.json``); None: espeak-ng speaks it.
        voice_fa: The same for Persian.
        trusted_proxies: Addresses or networks whose ``X-Forwarded-For`` is believed; in the environment: with commas.
        demo: Seed demo accounts, an inbox and a queue on an empty database.
        failpoint: Drills only: the process kills itself at this place (see ``hub.failpoint``).
    """

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid", hide_input_in_errors=True)

    mongodb_uri: SecretStr | None = None
    database: str = Field(default="peyk", pattern=r"^[a-z][a-z0-9_-]{0,37}$")
    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=1, le=65535)
    public_url: str | None = None
    files_url: str | None = None
    shop_port: int = Field(default=8081, ge=1, le=65535)
    var_dir: Path = Path("var")
    log_format: LogFormat = LogFormat.AUTO
    rasa_url: str | None = None
    rasa_port: int = Field(default=5005, ge=1, le=65535)
    rasa_second_url: str | None = None
    rasa_second_port: int = Field(default=5006, ge=1, le=65535)
    rasa_token: SecretStr
    signing_key: SecretStr
    secrets_key: SecretStr
    bot_enabled: bool = True
    orders_url: str | None = None
    listener_en: str | None = Field(default=None, pattern=r"^(pocketsphinx(:.+)?|(vosk|whisper):.+)$")
    listener_fa: str | None = Field(default=None, pattern=r"^(vosk|whisper):.+$")
    piper: str = "piper"
    voice_en: FilePath | None = None
    voice_fa: FilePath | None = None
    trusted_proxies: Annotated[tuple[str, ...], NoDecode] = ()
    demo: bool = True
    failpoint: str | None = Field(default=None, pattern=r"^[a-z_]+(:[1-9][0-9]{0,5})?$")

    @field_validator("trusted_proxies", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator("voice_en", "voice_fa")
    @classmethod
    def _is_described(cls, value: Path | None) -> Path | None:
        if value is not None and not Path(f"{value}.json").is_file():
            raise ValueError(f"beside it must be {value.name}.json")
        return value

    @field_validator("public_url", "files_url", "rasa_url", "rasa_second_url", "orders_url")
    @classmethod
    def _is_http(cls, value: str | None) -> str | None:
        if value is not None:
            _HTTP_URL.validate_python(value)
        return value.rstrip("/") if value else None

    @field_validator("rasa_token", "signing_key")
    @classmethod
    def _is_secret(cls, value: SecretStr) -> SecretStr:
        _refuse_weak(value.get_secret_value())
        return value

    @field_validator("secrets_key")
    @classmethod
    def _are_secrets(cls, value: SecretStr) -> SecretStr:
        for one in _listed(value):
            _refuse_weak(one)
        return value

    @property
    def secrets_keys(self) -> tuple[str, ...]:
        """The keys that seal inboxes' secrets, the newest first."""
        return _listed(self.secrets_key)

    @property
    def base_url(self) -> str:
        """How browsers reach the hub, without a trailing slash."""
        return self.public_url or f"http://{self.host}:{self.port}"

    @property
    def local_host(self) -> str:
        """How programs on this machine reach what listens on ``host``."""
        return "127.0.0.1" if self.host in {"0.0.0.0", "::", ""} else self.host  # noqa: S104 (compared, not bound)

    @property
    def shop_url(self) -> str:
        """The demo shop's address, without a trailing slash."""
        return f"http://{self.host}:{self.shop_port}"

    @property
    def bot_url(self) -> str:
        """The bot server's address, without a trailing slash."""
        return self.rasa_url or f"http://127.0.0.1:{self.rasa_port}"

    @property
    def second_bot_url(self) -> str:
        """The second bot server's address, without a trailing slash."""
        return self.rasa_second_url or f"http://127.0.0.1:{self.rasa_second_port}"

    @property
    def order_service(self) -> str:
        """The order service's address; orders are at ``<this>/<number>``."""
        return self.orders_url or f"http://127.0.0.1:{self.shop_port}/orders"

    @property
    def tools_dir(self) -> Path:
        """Folder of fetched programs."""
        return self.var_dir / "tools"

    @property
    def log_dir(self) -> Path:
        """Folder of the children's logs."""
        return self.var_dir / "logs"

    @property
    def accounts_file(self) -> Path:
        """JSON list of the demo accounts: ``login name role password``; mode 0600."""
        return self.var_dir / "accounts.json"


def load_settings(**given: object) -> Settings:
    """Read the settings; make missing secrets on first use.

    Args:
        given: Fields that override every other source (command line, tests).

    Raises:
        SettingsError: A variable, a key or a value that cannot be used, in words.
    """
    var_dir = Path(str(given.get("var_dir") or os.environ.get(PREFIX + "VAR_DIR") or "var"))
    refuse_unknown(os.environ)
    # The environment outranks the file: a key that stands in both is left to pydantic's own environment source.
    filed = {key: value for key, value in _from_file(var_dir).items() if PREFIX + key.upper() not in os.environ}
    kept = _kept_secrets(var_dir, _in_environment() | set(filed) | set(given))
    try:
        return Settings.model_validate({**kept, **filed, **given})
    except ValidationError as error:
        raise SettingsError(_in_words(error)) from None


def refuse_unknown(names: Iterable[str]) -> None:
    """Raise SettingsError if a ``PEYK_*`` name among ``names`` is not a setting, with the nearest one that is."""
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    for name in sorted(names):
        if name.upper().startswith(PREFIX) and name.upper() not in known:
            near = difflib.get_close_matches(name.upper(), known, n=1, cutoff=0.0)[0]
            raise SettingsError(f"There is no setting {name}. The nearest one is {near}. All of them: docs/operate.md")


def child_environment(settings: Settings) -> dict[str, str]:
    """Return an environment from which a child process reads exactly these settings."""
    values: dict[str, str] = {}
    for name in Settings.model_fields:
        value = getattr(settings, name)
        if isinstance(value, SecretStr):
            value = value.get_secret_value()
        if value not in (None, ()):
            values[PREFIX + name.upper()] = ",".join(value) if isinstance(value, tuple) else str(value)
    others = {name: value for name, value in os.environ.items() if not name.upper().startswith(PREFIX)}
    return {**others, **values}


def _listed(value: SecretStr) -> tuple[str, ...]:
    return tuple(part.strip() for part in value.get_secret_value().split(","))


def _refuse_weak(plain: str) -> None:
    if plain.lower().strip() in PLACEHOLDERS or len(set(plain)) < 8:
        raise ValueError("this is a placeholder, not a secret")
    if len(plain) < SHORTEST_SECRET:
        raise ValueError(f"a secret needs at least {SHORTEST_SECRET} characters; `openssl rand -hex 32` makes one")


def _from_file(var_dir: Path) -> dict[str, object]:
    path = var_dir / "settings.toml"
    try:
        return tomllib.loads(path.read_text()) if path.exists() else {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} is not valid TOML: {error}") from None


def _in_environment() -> set[str]:
    return {name for name in Settings.model_fields if PREFIX + name.upper() in os.environ}


def _kept_secrets(var_dir: Path, chosen: set[str]) -> dict[str, str]:
    """Secrets generated once and kept with mode 0600; those set outside are left alone."""
    wanted = {"signing_key", "rasa_token", "secrets_key"} - chosen
    if not wanted:
        return {}
    path = var_dir / "secrets.json"
    try:
        kept = json.loads(path.read_text()) if path.exists() else {}
    except ValueError:
        raise SettingsError(
            f"{path} is damaged. Put a copy back, or delete it to get new secrets: everybody has to sign in again, "
            "and an admin has to enter the inboxes' secrets again."
        ) from None
    if missing := {name for name in wanted if name not in kept}:
        kept |= {name: secrets.token_urlsafe(48) for name in missing}
        var_dir.mkdir(parents=True, exist_ok=True)
        _write_private(path, json.dumps(kept, indent=1))
    return {name: kept[name] for name in wanted}


def _write_private(path: Path, text: str) -> None:
    scratch = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as handle:
        handle.write(text)
        handle.flush()
        os.fsync(handle.fileno())
    scratch.replace(path)


def _in_words(error: ValidationError) -> str:
    lines = []
    for problem in error.errors(include_url=False, include_input=False):
        name = ".".join(str(part) for part in problem["loc"])
        if problem["type"] == "extra_forbidden":
            near = difflib.get_close_matches(name, list(Settings.model_fields), n=1, cutoff=0.0)[0]
            lines.append(f"There is no setting {name}. The nearest one is {near}.")
        else:
            lines.append(f"{PREFIX}{name.upper()}: {problem['msg'].removeprefix('Value error, ')}")
    return "\n".join(lines)
