"""The e-mail channel at work, with an inlet in memory, a mail server that takes its mail, and ways to write to it."""

from __future__ import annotations

import asyncio
import smtplib
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any

from channels.contract import Configured, File, Outbound, Part
from channels.email.adapter import EmailChannel
from channels.email.house import Mailbox, house
from hub.clock import HeldClock
from tests.fakes.inlet import FakeInlet
from tests.fakes.smtp import FakeSmtp
from tests.ports import free_port

NOON = 1_790_000_000_000
SECRET = "the-reply-secret-of-the-tests-0123456789"
SMTP_PASSWORD = "the-smtp-password-of-the-tests"
SARA = "sara@customer.example"


def letter(
    text: str = "سفارش من کجاست؟",
    *,
    sender: str = f"سارا <{SARA}>",
    to: str = "help@shop.example",
    subject: str = "سفارش",
    id_: str = "1@customer.example",
    html: str = "",
    files: Sequence[tuple[str, str, bytes]] = (),
    **fields: str,
) -> bytes:
    """A mail as a customer's program writes it. `files`: name, type, bytes. Keyword `in_reply_to` is `In-Reply-To`."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, to, subject
    mail["Date"] = "Mon, 21 Sep 2026 12:00:00 +0330"
    if id_:
        mail["Message-ID"] = f"<{id_}>"
    for name, value in fields.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    if html:
        mail.add_alternative(html, subtype="html")
    for name, kind, data in files:
        main, _, sub = kind.partition("/")
        mail.add_attachment(data, maintype=main, subtype=sub, filename=name)
    return mail.as_bytes()


@dataclass(slots=True)
class Lab:
    """The channel, and what is around it."""

    channel: EmailChannel
    inlet: FakeInlet
    post: FakeSmtp
    clock: HeldClock
    lmtp_port: int = field(default_factory=free_port)

    def configure(self, inbox: str = "help", **settings: Any) -> Configured:
        """Open a mailbox that mail is delivered to by LMTP, or change it."""
        defaults: dict[str, Any] = {
            "address": f"{inbox}@shop.example",
            "display_name": "فروشگاه",
            "inbound": "lmtp",
            "lmtp_port": self.lmtp_port,
            "smtp_host": "127.0.0.1",
            "smtp_port": self.post.port,
            "smtp_tls": "none",
            "reply_token_secret": SECRET,
        }
        return self.inlet.configure("email", inbox, **{**defaults, **settings})

    def box(self, inbox: str = "help") -> Mailbox:
        """A mailbox with its settings."""
        return next(one for one in house(self.inlet.inboxes("email")).mailboxes if one.inbox.id == inbox)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """The channel listens; wait for the port with `listening`."""
        task = asyncio.create_task(self.channel.run(self.inlet))
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def listening(self) -> None:
        """Wait until the LMTP port is open."""
        await open_port(self.lmtp_port)

    async def lmtp(self, raw: bytes, *recipients: str) -> dict[str, tuple[int, str]]:
        """Deliver a mail; what is said of each recipient."""
        return await asyncio.to_thread(deliver, self.lmtp_port, raw, recipients)

    def message(self, text: str = "امروز می‌رسد.", seq: int = 4, **more: Any) -> Outbound:
        """A message to the customer."""
        parts = more.pop("parts", None) or (Part(type="text", text=text),)
        usual: dict[str, Any] = {
            "inbox": "help",
            "conversation": "AbCdEfGhIjKlMnOpQr-_",
            "to": SARA,
            "key": f"say:{seq}",
            "seq": seq,
            "at": NOON,
            "author": "agent",
            "author_name": "علی",
            "number": 12,
            "reply": {"message_id": "1@customer.example", "references": "1@customer.example", "subject": "سفارش"},
        }
        return Outbound(parts=parts, **{**usual, **more})

    async def file(self, name: str, data: bytes, kind: str = "application/pdf") -> File:
        """A stored file."""

        async def chunks() -> AsyncIterator[bytes]:
            yield data

        stored = await self.inlet.store_file("help", SARA, name, chunks())
        file = File(id=stored.id, name=name, content_type=kind, size=len(data))
        self.inlet.files[stored.id] = (file, data)
        return file


async def open_port(port: int) -> None:
    """Wait until somebody listens."""
    async with asyncio.timeout(15):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.01)
            else:
                writer.close()
                return


def deliver(port: int, raw: bytes, recipients: Sequence[str]) -> dict[str, tuple[int, str]]:
    """Bring a mail by LMTP, as a mail server does; what is said of each recipient."""
    with smtplib.LMTP("127.0.0.1", port) as client:
        client.ehlo("mx.shop.example")
        client.mail("bounce@customer.example")
        answers = {}
        taken = []
        for one in recipients:
            code, said = client.rcpt(one)
            answers[one] = (code, said.decode())
            if code == 250:
                taken.append(one)
        if not taken:
            return answers
        client.putcmd("data")
        client.getreply()
        quoted = smtplib._quote_periods(smtplib._fix_eols(raw.decode("latin-1")).encode("latin-1"))  # type: ignore[attr-defined]
        client.send(quoted + (b"" if quoted.endswith(b"\r\n") else b"\r\n") + b".\r\n")
        for one in taken:
            code, said = client.getreply()
            answers[one] = (code, said.decode())
        return answers


@asynccontextmanager
async def email_lab(*, tls: ssl.SSLContext | None = None, **how: Any) -> AsyncIterator[Lab]:
    """The channel with one mailbox `help`."""
    clock = HeldClock(NOON)
    async with FakeSmtp(**how) as post:
        channel = EmailChannel(now=clock.now, tls=tls, answer_seconds=2, first_pause=0.02, max_mail=2_000_000)
        lab = Lab(channel, FakeInlet(), post, clock)
        lab.configure()
        yield lab
