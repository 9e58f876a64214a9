"""A mail server that takes our mail, refuses it, or misbehaves, as it is told. Real SMTP on a real port."""

from __future__ import annotations

import asyncio
import email
import email.policy
import ssl
import warnings
from contextlib import suppress
from dataclasses import dataclass
from email.message import EmailMessage
from types import TracebackType
from typing import Any, Literal, Self

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

Stage = Literal["MAIL", "RCPT", "DATA"]


@dataclass(frozen=True, slots=True)
class Taken:
    """A mail that came in."""

    sender: str
    recipients: tuple[str, ...]
    raw: bytes

    @property
    def mail(self) -> EmailMessage:
        """As the standard library reads it."""
        found = email.message_from_bytes(self.raw, policy=email.policy.default)
        assert isinstance(found, EmailMessage)
        return found

    @property
    def text(self) -> str:
        """The plain words."""
        body = self.mail.get_body(("plain",))
        assert body is not None
        return str(body.get_content()).replace("\r\n", "\n")

    @property
    def html(self) -> str:
        """The html."""
        body = self.mail.get_body(("html",))
        assert body is not None
        return str(body.get_content())


class FakeSmtp:
    """Use as `async with FakeSmtp() as post`.

    Attributes:
        port: Where it listens.
        answers: What it says at a stage instead of taking: for the next mails, or (`refused`) for one recipient.
        mood: `hangs` and `drops` say what it does after the final dot of DATA; `deaf` never greets.
        taken: What came in, also what was not confirmed.
    """

    def __init__(
        self, *, user: str = "", password: str = "", tls: ssl.SSLContext | None = None, at_once: bool = False
    ) -> None:
        self.port = 0
        self.answers: dict[Stage, str] = {}
        self.refused: dict[str, str] = {}
        self.mood: Literal["takes", "hangs", "drops", "deaf"] = "takes"
        self.taken: list[Taken] = []
        self._user, self._password, self._tls, self._at_once = user, password, tls, at_once
        self._heard = asyncio.Condition()
        self._closing = asyncio.Event()
        self._open: list[SMTP] = []
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        await self.stop()

    async def start(self) -> None:
        """Listen, on the same port as before if there was one."""
        self._closing.clear()
        loop = asyncio.get_running_loop()
        context = self._tls if self._at_once else None
        self._server = await loop.create_server(self._protocol, "127.0.0.1", self.port, ssl=context)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Be gone."""
        assert self._server is not None
        self._closing.set()
        self._server.close()
        talking = []
        for one in self._open:
            if one.transport is not None:
                one.transport.close()
            task = getattr(one, "_handler_coroutine", None)
            if task is not None:
                task.cancel()
                talking.append(task)
        with suppress(asyncio.CancelledError):
            await asyncio.gather(*talking, return_exceptions=True)
        self._open.clear()

    async def took(self, count: int, seconds: float = 20) -> list[Taken]:
        """Wait until so many mails have come."""
        async with asyncio.timeout(seconds), self._heard:
            await self._heard.wait_for(lambda: len(self.taken) >= count)
        return self.taken

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, name: str, answers: list[str]
    ) -> Any:
        if self.mood == "deaf":
            await self._closing.wait()
        session.host_name = name  # type: ignore[assignment]
        return answers

    async def handle_MAIL(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any) -> str:
        if "MAIL" in self.answers:
            return self.answers["MAIL"]
        envelope.mail_from = address
        return "250 2.1.0 fine"

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any) -> str:
        if "RCPT" in self.answers or address in self.refused:
            return self.refused.get(address) or self.answers["RCPT"]
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 fine"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if "DATA" in self.answers:
            async with self._heard:
                self._heard.notify_all()
            return self.answers["DATA"]
        content = envelope.original_content or b""
        async with self._heard:
            self.taken.append(Taken(envelope.mail_from or "", tuple(envelope.rcpt_tos), content))
            self._heard.notify_all()
        if self.mood == "hangs":
            await self._closing.wait()
        if self.mood == "drops" and server.transport is not None:
            server.transport.close()
        return "250 2.0.0 taken"

    def _authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
    ) -> AuthResult:
        good = (data.login.decode(), data.password.decode()) == (self._user, self._password)
        return AuthResult(success=good, handled=False)

    def _protocol(self) -> SMTP:
        options: dict[str, Any] = {}
        if self._user:
            options |= {"authenticator": self._authenticate, "auth_required": True, "auth_require_tls": False}
        if self._tls is not None and not self._at_once:
            options["tls_context"] = self._tls
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # that passwords go over the line in the clear
            made = SMTP(self, hostname="fake", enable_SMTPUTF8=True, loop=asyncio.get_running_loop(), **options)
        self._open.append(made)
        return made
