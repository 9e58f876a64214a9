"""What an admin sets for one bot, and how the messengers of Telegram's shape differ: data, not code."""

from dataclasses import dataclass
from hashlib import sha256
from ipaddress import ip_address
from typing import Literal
from urllib.parse import urlsplit

from msgspec import Struct, ValidationError, convert

from channels.contract import ChannelError, Configured
from channels.setup import SettingField

MEGABYTE = 1024 * 1024
_PORTS = frozenset({443, 80, 88, 8443})
"""Where Telegram calls webhooks (core.telegram.org/bots/api#setwebhook)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """How one messenger's bot API differs from the others. Sizes are in bytes, `base` has no trailing slash.

    `markup`: every text is read as Markdown, so what people write has to be escaped. `old_reply`: a reply is named by
    `reply_to_message_id`. `secret_header`: webhooks carry the secret that was set with them; where they don't, the
    webhook's path is what nobody can guess. `kept_seconds`: so long does the messenger keep updates for us.
    """

    name: str
    base: str
    markup: bool
    old_reply: bool
    secret_header: bool
    max_caption: int = 1_024
    max_callback: int = 64
    max_download: int = 20 * MEGABYTE
    max_photo: int = 10 * MEGABYTE
    kept_seconds: int = 86_400


TELEGRAM = Dialect(name="telegram", base="https://api.telegram.org", markup=False, old_reply=False, secret_header=True)
BALE = Dialect(name="bale", base="https://tapi.bale.ai", markup=True, old_reply=True, secret_header=False)
DIALECTS = {one.name: one for one in (TELEGRAM, BALE)}

FIELDS = (
    SettingField(name="dialect", kind="choice", choices=("telegram", "bale"), default="telegram", required=True),
    SettingField(name="token", kind="secret", required=True, pattern=r"[0-9]{3,20}:[A-Za-z0-9_-]{10,200}"),
    SettingField(name="mode", kind="choice", choices=("polling", "webhook"), default="polling", required=True),
    SettingField(name="secret", kind="generated"),
    SettingField(name="api_base", pattern=r"https?://[^\s/?#@]+(/[^\s?#@]*)?"),
)


class TelegramSettings(Struct, frozen=True):
    """Settings of an inbox of this channel; `api_base` is a bot API server of one's own, empty for the messenger's."""

    token: str
    dialect: Literal["telegram", "bale"] = "telegram"
    mode: Literal["polling", "webhook"] = "polling"
    secret: str = ""
    api_base: str | None = None

    @property
    def speaks(self) -> Dialect:
        """The messenger's dialect."""
        return DIALECTS[self.dialect]

    @property
    def base(self) -> str:
        """Where the bot API is, without a trailing slash."""
        return (self.api_base or self.speaks.base).rstrip("/")

    @property
    def header_secret(self) -> str:
        """What comes with every webhook; its letters are those that Telegram takes, whatever the secret's are."""
        return self._derived("header")

    @property
    def path(self) -> str:
        """The last step of the webhook's path: nobody can guess it where there is no header."""
        return "hook" if self.speaks.secret_header else self._derived("path")

    @property
    def cursor(self) -> str:
        """Where the next update's number is noted: each bot counts its own, and too high a number drops some."""
        return f"telegram.cursor.{self.dialect}.{self.token.partition(':')[0]}"

    def _derived(self, purpose: str) -> str:
        return sha256(f"peyk telegram {purpose}\0{self.secret}\0{self.token}".encode()).hexdigest()


def telegram_settings(inbox: Configured) -> TelegramSettings:
    """The settings of an inbox.

    Raises:
        ChannelError: `misconfigured`, without the values.
    """
    try:
        settings = convert(dict(inbox.settings), TelegramSettings)
    except ValidationError as error:
        raise ChannelError("misconfigured", f"The bot's settings are not complete: {error}") from error
    if not settings.token or urlsplit(settings.base).scheme not in {"http", "https"}:
        raise ChannelError("misconfigured", "The bot's settings are not complete: token or api_base.")
    return settings


def settings_or_none(inbox: Configured) -> TelegramSettings | None:
    """The settings of an inbox, None when they are not complete."""
    try:
        return telegram_settings(inbox)
    except ChannelError:
        return None


def reachable(settings: TelegramSettings, public_url: str) -> bool:
    """Whether the messenger can call the hub: a public https address, on one of the ports that Telegram calls.

    A bot API server of one's own stands in one's own network, and may call any address there.
    """
    if settings.api_base:
        return bool(public_url)
    url = urlsplit(public_url)
    host = url.hostname or ""
    if url.scheme != "https" or host == "localhost" or "." not in host.strip("."):
        return False
    try:
        return ip_address(host).is_global
    except ValueError:
        return (url.port or 443) in _PORTS or not settings.speaks.secret_header
