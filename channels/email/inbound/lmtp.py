"""Mail from an own mail server by LMTP (RFC 2033): each recipient is answered for, and only when it is stored."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import structlog
from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session

from channels.contract import ChannelError, Inlet
from channels.email.house import House, Mailbox, house
from channels.email.inbound.taking import MAX_MAIL, Taking
from channels.tasks import end

log = structlog.get_logger(__name__)

MAX_RECIPIENTS = 100
_SILENT_SECONDS = 120.0
_UNKNOWN = "550 5.1.1 There is no such mailbox here"
_STORED = "250 2.0.0 Stored"
_LATER = "451 4.3.0 It cannot be stored now, please try again"
_GONE = "550 5.2.1 This mailbox is closed"

logging.getLogger("mail.log").disabled = True  # aiosmtpd writes down every line of every mail


class Server(LMTP):
    """The protocol as aiosmtpd speaks it, with what it leaves out of RFC 2033: an answer for each recipient."""

    line_length_limit = 1_000_000
    """Longer than RFC 5321 allows: what a mail server has taken is not sent back for its long lines."""

    async def push(self, status: Any) -> None:
        """Say it once for each recipient, when a whole mail is refused."""
        refused = isinstance(status, str) and status.startswith(("552 Error: Too much", "500 Line too long"))
        if refused and self.envelope is not None:
            status = "\r\n".join([status] * max(1, len(self.envelope.rcpt_tos)))
        await super().push(status)


@dataclass(slots=True, kw_only=True)
class Reception:
    """Listens at one address for all mailboxes that are set to it."""

    inlet: Inlet
    taking: Taking
    host: str
    port: int
    max_mail: int = MAX_MAIL
    _open: set[Server] = field(default_factory=set)

    async def listen(self) -> None:
        """Take mail in until cancelled. Raises OSError when the port is taken."""
        loop = asyncio.get_running_loop()
        server = await loop.create_server(self._server, self.host, self.port)
        log.info("lmtp_open", port=self.port)
        try:
            await asyncio.Event().wait()
        finally:
            server.close()
            await self._hang_up()

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Sequence[str]
    ) -> str:
        """Whether we have this mailbox."""
        if self._mailbox(address) is None:
            return _UNKNOWN
        if len(envelope.rcpt_tos) >= MAX_RECIPIENTS:
            return "452 4.5.3 Too many recipients at once"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Known"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Store the mail once for each mailbox, and answer for each recipient in turn."""
        raw = envelope.original_content or b""
        named: dict[str, list[str]] = {}
        boxes: dict[str, Mailbox] = {}
        for address in envelope.rcpt_tos:
            box = self._mailbox(address)
            if box is not None:
                boxes[box.inbox.id] = box
                named.setdefault(box.inbox.id, []).append(address)
        outcome = {id_: await self._store(box, raw, named[id_]) for id_, box in boxes.items()}
        answers = (self._mailbox(address) for address in envelope.rcpt_tos)
        return "\r\n".join(outcome.get(box.inbox.id, _LATER) if box is not None else _GONE for box in answers)

    async def handle_exception(self, error: Exception) -> str:
        """What went wrong with us is tried again."""
        log.error("lmtp_failed", kind=type(error).__name__)
        return _LATER

    async def _store(self, box: Mailbox, raw: bytes, recipients: Sequence[str]) -> str:
        try:
            await self.taking.surely(box, raw, recipients)
        except ChannelError as error:
            log.warning("lmtp_not_stored", inbox=box.inbox.id, code=error.code)
            return _LATER
        return _STORED

    def _mailbox(self, address: str) -> Mailbox | None:
        """The inbox of a recipient, of those that listen here."""
        here = tuple(one for one in house(self.inlet.inboxes("email")).mailboxes if self._is_here(one))
        return House(here).recipient(address)

    def _is_here(self, box: Mailbox) -> bool:
        settings = box.settings
        return settings.inbound == "lmtp" and (settings.lmtp_host, settings.lmtp_port) == (self.host, self.port)

    def _server(self) -> Server:
        loop = asyncio.get_running_loop()
        self._open = {one for one in self._open if one.transport is not None}
        made = Server(
            self,
            data_size_limit=self.max_mail,
            enable_SMTPUTF8=True,
            hostname="peyk",
            ident="Peyk",
            timeout=_SILENT_SECONDS,
            loop=loop,
        )
        self._open.add(made)
        return made

    async def _hang_up(self) -> None:
        """End what is open; a mail that is not answered for comes again."""
        talking = []
        for one in self._open:
            if one.transport is not None:
                one.transport.close()
            task = getattr(one, "_handler_coroutine", None)
            if task is not None:
                talking.append(task)
        await end(talking)
