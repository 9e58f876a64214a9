"""Handing a mail to a mail server (RFC 5321), and what its answers mean."""

import asyncio
import re
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from imaplib import IMAP4
from typing import Final

import structlog
from aiosmtplib import (
    SMTP,
    SMTPAuthenticationError,
    SMTPConnectError,
    SMTPException,
    SMTPRecipientRefused,
    SMTPResponseException,
    SMTPServerDisconnected,
    SMTPTimeoutError,
)

from channels.contract import DeliveryError
from channels.email.outbound.compose import Composed, host_of
from channels.email.settings import EmailSettings

log = structlog.get_logger(__name__)

PAUSES: Final = (60.0, 300.0, 900.0, 3_600.0)
"""Seconds between tries; the last one from then on."""
_ENHANCED = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
_BAD_ADDRESS = ("5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1")
_TOO_LARGE = ("5.2.3", "5.3.4")
_CREDENTIALS = (530, 534, 535, 538)


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """Hands mails to servers. `seconds` is the time for each answer; `tls` checks certificates."""

    seconds: float = 60.0
    tls: ssl.SSLContext = field(default_factory=ssl.create_default_context)

    async def hand_over(self, settings: EmailSettings, mail: Composed, *, attempt: int = 0) -> None:
        """Give a mail to the inbox's mail server, once.

        Raises:
            DeliveryError: it was not taken, or (`uncertain`) nobody knows.
        """
        sent_out = False
        try:
            async with self.connected(settings) as client:
                options = ["SMTPUTF8"] if mail.utf8 else []
                await client.mail(mail.sender, options=options, encoding="utf-8" if mail.utf8 else "ascii")
                await client.rcpt(mail.to, encoding="utf-8" if mail.utf8 else "ascii")
                await self._others(client, mail)
                sent_out = True
                await client.data(mail.raw)
        except SMTPResponseException as error:
            raise refusal(error, attempt) from error
        except (SMTPException, OSError, ValueError) as error:
            raise trouble(error, attempt, uncertain=sent_out) from error

    @asynccontextmanager
    async def connected(self, settings: EmailSettings) -> AsyncIterator[SMTP]:
        """A connection to the inbox's mail server, secured and signed in."""
        client = SMTP(
            hostname=settings.smtp_host,
            port=settings.smtp_port,
            use_tls=settings.smtp_tls == "tls",
            start_tls=settings.smtp_tls == "starttls",
            username=settings.smtp_user or None,
            password=settings.smtp_password or None,
            tls_context=None if settings.smtp_tls == "none" else self.tls,
            local_hostname=host_of(settings.domain),
            timeout=self.seconds,
        )
        try:
            await client.connect()
            yield client
            await _goodbye(client)
        finally:
            client.close()

    async def _others(self, client: SMTP, mail: Composed) -> None:
        for one in mail.others:
            try:
                await client.rcpt(one, encoding="utf-8" if mail.utf8 else "ascii")
            except SMTPRecipientRefused as error:
                log.info("copy_refused", code=error.code)


def refusal(error: SMTPResponseException, attempt: int = 0) -> DeliveryError:
    """What an answer of the server means (RFC 5321 4.2.1, RFC 3463)."""
    reason = f"{error.code} {' '.join(error.message.split())}"[:300]
    match = _ENHANCED.search(error.message)
    status = match[1] if match is not None else ""
    if error.code < 500 and error.code >= 400:
        busy = error.code == 421 or status.startswith("4.7.")
        return DeliveryError(
            reason, retryable=True, retry_after=pause(attempt), code="rate_limited" if busy else "unreachable"
        )
    if isinstance(error, SMTPAuthenticationError) or error.code in _CREDENTIALS:
        return DeliveryError(reason, retryable=False, code="misconfigured")
    if status in _BAD_ADDRESS:
        return DeliveryError(reason, retryable=False, code="bad_address")
    if status in _TOO_LARGE or (error.code == 552 and not status):
        return DeliveryError(reason, retryable=False, code="too_large")
    return DeliveryError(reason, retryable=False, code="rejected")


def trouble(error: Exception, attempt: int = 0, *, uncertain: bool = False) -> DeliveryError:
    """What it means that there was no answer. `uncertain`: the mail had gone out."""
    again = pause(attempt)
    if uncertain and isinstance(error, SMTPServerDisconnected | SMTPTimeoutError | OSError):
        reason = "The mail server broke off before it confirmed."
        return DeliveryError(reason, retryable=True, retry_after=again, code="unreachable", uncertain=True)
    match where(error):
        case "bad_certificate":
            reason = "The mail server's certificate is not good."
            return DeliveryError(reason, retryable=True, retry_after=again, code="misconfigured")
        case "tls_failed":
            reason = "No secure connection to the mail server."
            return DeliveryError(reason, retryable=True, retry_after=again, code="misconfigured")
        case "timeout":
            reason = "The mail server did not answer in time."
            return DeliveryError(reason, retryable=True, retry_after=again, code="unreachable")
        case "unreachable":
            reason = "The mail server cannot be reached."
            return DeliveryError(reason, retryable=True, retry_after=again, code="unreachable")
        case _:
            return DeliveryError("The mail server cannot take this mail.", retryable=False, code="rejected")


def where(error: BaseException) -> str:
    """What stands between us and a server: bad_certificate, tls_failed, timeout, unreachable, else refused."""
    causes = list(_causes(error))
    if any(isinstance(one, ssl.SSLCertVerificationError) for one in causes):
        return "bad_certificate"
    if any(isinstance(one, ssl.SSLError) for one in causes) or "STARTTLS" in str(error):
        return "tls_failed"
    if any(isinstance(one, TimeoutError | asyncio.TimeoutError) for one in causes):
        return "timeout"
    if any(isinstance(one, OSError | SMTPServerDisconnected | SMTPConnectError | IMAP4.abort) for one in causes):
        return "unreachable"
    return "refused"


def pause(attempt: int) -> float:
    """How long until the next try, in seconds: by the number of tries so far, never longer than an hour."""
    return PAUSES[min(attempt, len(PAUSES) - 1)]


def _causes(error: BaseException | None) -> list[BaseException]:
    found: list[BaseException] = []
    while error is not None and error not in found:
        found.append(error)
        error = error.__cause__ or error.__context__
    return found


async def _goodbye(client: SMTP) -> None:
    """Part politely; the mail is taken, whatever comes of it."""
    try:
        await client.quit(timeout=2)
    except (SMTPException, OSError):
        return
