"""What an admin sets for one mailbox."""

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct, convert

from channels.contract import Capabilities, Feature
from channels.setup import SettingField

MAX_FILES = 20 * 1024 * 1024
"""Bytes of all attachments of a mail; in transit they are a third longer."""
CAPABILITIES = Capabilities(
    features=frozenset({Feature.ATTACHMENTS}),
    max_text=200_000,
    max_attachment=MAX_FILES,
    live=False,
    give_up_seconds=172_800,
    resend=True,
    together=True,
)

Security = Literal["tls", "starttls", "none"]

_SECURITY = ("tls", "starttls", "none")
_ADDRESS = r"[^\s@<>(),;:\"\\]{1,40}@[A-Za-z0-9\u0080-\uffff.-]{1,190}"
_HOST = r"[A-Za-z0-9.:_-]{1,253}"
_IMAP = ("inbound", "imap")
_LMTP = ("inbound", "lmtp")

FIELDS = (
    SettingField(name="address", required=True, pattern=_ADDRESS),
    SettingField(name="display_name", longest=80),
    SettingField(name="inbound", kind="choice", choices=("imap", "lmtp"), default="imap"),
    SettingField(name="imap_host", required=True, pattern=_HOST, when=_IMAP),
    SettingField(name="imap_port", kind="number", least=1, default=993, when=_IMAP),
    SettingField(name="imap_tls", kind="choice", choices=_SECURITY, default="tls", when=_IMAP),
    SettingField(name="imap_user", required=True, when=_IMAP),
    SettingField(name="imap_password", kind="secret", required=True, when=_IMAP),
    SettingField(name="imap_folder", default="INBOX", when=_IMAP),
    SettingField(name="lmtp_host", pattern=_HOST, default="127.0.0.1", when=_LMTP),
    SettingField(name="lmtp_port", kind="number", least=1, default=8024, when=_LMTP),
    SettingField(name="smtp_host", required=True, pattern=_HOST),
    SettingField(name="smtp_port", kind="number", least=1, default=587),
    SettingField(name="smtp_tls", kind="choice", choices=_SECURITY, default="starttls"),
    SettingField(name="smtp_user"),
    SettingField(name="smtp_password", kind="secret"),
    SettingField(name="reply_token_secret", kind="generated"),
    SettingField(name="authserv_id", pattern=_HOST),
    SettingField(name="dkim_selector", pattern=r"[A-Za-z0-9._-]{1,63}"),
    SettingField(name="dkim_domain", pattern=r"[A-Za-z0-9.-]{1,253}"),
    SettingField(name="dkim_key", kind="secret", longest=8_000),
    SettingField(name="signature", longest=1_000),
)


class EmailSettings(Struct, frozen=True):
    """Settings of an inbox of this channel.

    `inbound`: mail is fetched by IMAP, or an own mail server delivers it by LMTP to `lmtp_host`:`lmtp_port`, where all
    inboxes with the same listen together. `reply_token_secret` signs reply addresses and Message-IDs. `authserv_id`
    names the server whose `Authentication-Results` are believed (RFC 8601); without it every sender is only claimed.
    DKIM signs when key, selector and domain are there.
    """

    address: str = ""
    display_name: str = ""
    inbound: Literal["imap", "lmtp"] = "imap"
    imap_host: str = ""
    imap_port: int = 993
    imap_tls: Security = "tls"
    imap_user: str = ""
    imap_password: str = ""
    imap_folder: str = "INBOX"
    lmtp_host: str = "127.0.0.1"
    lmtp_port: int = 8024
    smtp_host: str = ""
    smtp_port: int = 587
    smtp_tls: Security = "starttls"
    smtp_user: str = ""
    smtp_password: str = ""
    reply_token_secret: str = ""
    authserv_id: str = ""
    dkim_selector: str = ""
    dkim_domain: str = ""
    dkim_key: str = ""
    signature: str = ""

    @property
    def local(self) -> str:
        """What stands before the @."""
        return self.address.rpartition("@")[0]

    @property
    def domain(self) -> str:
        """What stands behind the @, in lower case."""
        return self.address.rpartition("@")[2].lower()

    @property
    def signs(self) -> bool:
        """Whether outgoing mail gets a DKIM signature of ours."""
        return bool(self.dkim_key and self.dkim_selector and self.dkim_domain)


def email_settings(raw: Mapping[str, object]) -> EmailSettings:
    """The settings of an inbox; fields that nobody knows are ignored, wrong types raise `msgspec.ValidationError`."""
    return convert({name: value for name, value in raw.items() if value is not None}, EmailSettings)
