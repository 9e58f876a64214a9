"""What "Test connection" finds: both servers are really asked."""

import asyncio
import ssl
from collections.abc import Sequence

from aiosmtplib import SMTPAuthenticationError, SMTPException, SMTPResponseException
from imapclient.exceptions import IMAPClientError
from msgspec import ValidationError

from channels.contract import Configured, DeliveryError
from channels.email.inbound.imap import Line, MailboxError
from channels.email.outbound.api import Post, where
from channels.email.outbound.compose import ascii_domain
from channels.email.outbound.signing import signed
from channels.email.settings import EmailSettings, email_settings
from channels.setup import Finding

SECONDS = 10.0
_PROBE = b"From: a@b.example\r\nTo: a@b.example\r\nSubject: x\r\nDate: Thu, 1 Jan 1970 00:00:00 +0000\r\n\r\nx\r\n"


async def findings(inbox: Configured, tls: ssl.SSLContext) -> Sequence[Finding]:
    """Try the settings; never raises."""
    try:
        settings = email_settings(inbox.settings)
        ascii_domain(settings.address)
    except (ValidationError, DeliveryError):
        return [_wrong("missing", "address")]
    missing = next((name for name in _needed(settings) if not getattr(settings, name)), None)
    if missing is not None:
        return [_wrong("missing", missing)]
    reads = _reads(settings, tls) if settings.inbound == "imap" else _listens(settings)
    both = await asyncio.gather(reads, _sends(settings, tls))
    return [*both, *_signs(settings)]


def _needed(settings: EmailSettings) -> tuple[str, ...]:
    imap = ("imap_host", "imap_user", "imap_password", "imap_folder") if settings.inbound == "imap" else ()
    return ("address", *imap, "smtp_host", "reply_token_secret")


async def _reads(settings: EmailSettings, tls: ssl.SSLContext) -> Finding:
    try:
        async with asyncio.timeout(2 * SECONDS):
            async with Line(settings, tls, connect_seconds=SECONDS, read_seconds=SECONDS).open():
                return Finding(ok=True, code="reads_ok", field="imap_host")
    except MailboxError as error:
        return _wrong(error.code, "imap_password" if error.code == "bad_login" else "imap_folder")
    except (OSError, IMAPClientError, ValueError, UnicodeError) as error:
        return _wrong(where(error), "imap_host")


async def _listens(settings: EmailSettings) -> Finding:
    """Whether our own reception is open."""
    try:
        async with asyncio.timeout(SECONDS):
            reader, writer = await asyncio.open_connection(settings.lmtp_host, settings.lmtp_port)
            greeting = await reader.readline()
            writer.close()
            await writer.wait_closed()
    except (OSError, ValueError, OverflowError) as error:
        return _wrong(where(error), "lmtp_port")
    if greeting.startswith(b"220"):
        return Finding(ok=True, code="reads_ok", field="lmtp_port")
    return _wrong("refused", "lmtp_port")


async def _sends(settings: EmailSettings, tls: ssl.SSLContext) -> Finding:
    try:
        async with Post(seconds=SECONDS, tls=tls).connected(settings):
            return Finding(ok=True, code="sends_ok", field="smtp_host")
    except SMTPAuthenticationError as error:
        return _wrong("bad_login", "smtp_password", _said(error))
    except SMTPResponseException as error:
        return _wrong("rejected", "smtp_host", _said(error))
    except (SMTPException, OSError, ValueError, OverflowError) as error:
        return _wrong(where(error), "smtp_host")


def _signs(settings: EmailSettings) -> Sequence[Finding]:
    if not settings.signs:
        return ()
    try:
        signed(_PROBE, settings)
    except DeliveryError:
        return [_wrong("misconfigured", "dkim_key")]
    return ()


def _said(error: SMTPResponseException) -> str:
    return f"{error.code} {' '.join(error.message.split())}"[:200]


def _wrong(code: str, field: str, detail: str = "") -> Finding:
    return Finding(ok=False, code=code, field=field, detail=detail)
