"""One connection to a mailbox (RFC 3501, RFC 2177). IMAPClient blocks, so each connection has a thread of its own.

Nothing is changed on the server: mails are peeked at, never marked, moved or deleted.
"""

import asyncio
import logging
import socket
import ssl
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar

from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import IMAPClientError, LoginError

from channels.email.settings import EmailSettings

T = TypeVar("T")

logging.getLogger("imapclient").setLevel(logging.ERROR)  # below that it writes down what goes over the line

CONNECT_SECONDS = 10.0
READ_SECONDS = 60.0


class MailboxError(Exception):
    """The mailbox cannot be read: `code` is bad_login or folder_missing; anything else is an error of the line."""

    def __init__(self, code: str) -> None:
        """Say what is wrong."""
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class Selected:
    """The folder as it was opened: its generation (UIDVALIDITY), and the number that the next mail gets."""

    validity: int
    next: int


@dataclass(slots=True)
class Line:
    """A connection that is signed in, with the folder open. Its calls come one at a time."""

    settings: EmailSettings
    tls: ssl.SSLContext
    connect_seconds: float = CONNECT_SECONDS
    read_seconds: float = READ_SECONDS
    _client: Any = None
    _thread: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, thread_name_prefix="imap"))

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Selected]:
        """Connect for as long as the block lasts.

        Raises:
            MailboxError: It cannot be read.
            OSError: The server is not there, or the line is not secure.
            IMAPClientError: The server says something else than expected.
        """
        try:
            yield await self._run(self._connect)
            with suppress(OSError, IMAPClientError):
                await self._run(self._client.logout)
        finally:
            self._hang_up()

    async def newer(self, uid: int) -> list[int]:
        """The numbers of all mails after one, in order."""
        return await self._run(lambda: self._newer(uid))

    async def unseen(self, since: date) -> list[int]:
        """The numbers of unread mails that came on or after a day."""
        found = await self._run(lambda: self._client.search([b"UNSEEN", b"SINCE", since]))
        return sorted(found)

    async def size(self, uid: int) -> int | None:
        """How many bytes a mail has; None when it is gone."""
        found = await self._run(lambda: self._client.fetch([uid], [b"RFC822.SIZE"]))
        return int(found[uid][b"RFC822.SIZE"]) if uid in found else None

    async def mail(self, uid: int) -> bytes | None:
        """A whole mail; None when it is gone."""
        return await self._peek(uid, b"")

    async def head(self, uid: int) -> bytes | None:
        """The header of a mail; None when it is gone."""
        return await self._peek(uid, b"HEADER")

    async def wait(self, seconds: float, poll_seconds: float) -> None:
        """Return when something may have come, after so many seconds at the latest; without IDLE the clock decides."""
        if not self._client.has_capability("IDLE"):
            await asyncio.sleep(min(seconds, poll_seconds))
            await self._run(self._client.noop)
            return
        await self._run(self._client.idle)
        await self._readable(seconds)
        await self._run(self._client.idle_done)

    def _connect(self) -> Selected:
        settings = self.settings
        secure = settings.imap_tls == "tls"
        self._client = IMAPClient(
            settings.imap_host,
            port=settings.imap_port,
            use_uid=True,
            ssl=secure,
            ssl_context=self.tls if secure else None,
            timeout=SocketTimeout(self.connect_seconds, self.read_seconds),
        )
        if settings.imap_tls == "starttls":
            self._client.starttls(self.tls)
        try:
            self._client.login(settings.imap_user, settings.imap_password)
        except LoginError as error:
            raise MailboxError("bad_login") from error
        try:
            found = self._client.select_folder(settings.imap_folder, readonly=True)
        except IMAPClientError as error:
            if isinstance(error, IMAPClient.AbortError):
                raise
            raise MailboxError("folder_missing") from error
        return Selected(validity=int(found.get(b"UIDVALIDITY", 0)), next=int(found.get(b"UIDNEXT", 0)))

    def _newer(self, uid: int) -> list[int]:
        """Search until nothing came in meanwhile: what is announced with the answer is not announced again in IDLE."""
        while True:
            self._announced()
            found = self._client.search([b"UID", f"{uid + 1}:*".encode()])
            newer = sorted(one for one in found if one > uid)  # `n:*` names the last mail even when it is older
            if newer or not self._announced():
                return newer

    def _announced(self) -> bool:
        """Whether the server said, since the last look, that there are more mails."""
        return self._client._imap.untagged_responses.pop("EXISTS", None) is not None  # IMAPClient drops it

    async def _peek(self, uid: int, section: bytes) -> bytes | None:
        found = await self._run(lambda: self._client.fetch([uid], [b"BODY.PEEK[" + section + b"]"]))
        body = found.get(uid, {}).get(b"BODY[" + section + b"]")
        return bytes(body) if body is not None else None

    async def _readable(self, seconds: float) -> None:
        """Wait for the server without holding a thread."""
        loop, heard = asyncio.get_running_loop(), asyncio.Event()
        number = self._client.socket().fileno()
        loop.add_reader(number, heard.set)
        try:
            async with asyncio.timeout(seconds):
                await heard.wait()
        except TimeoutError:
            return
        finally:
            loop.remove_reader(number)

    async def _run(self, call: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, call)

    def _hang_up(self) -> None:
        """Break the line, also under a call that still waits in the thread."""
        if self._client is not None:
            with suppress(OSError, AttributeError):
                self._client.socket().shutdown(socket.SHUT_RDWR)
            with suppress(OSError, AttributeError):
                self._client.socket().close()
        self._thread.shutdown(wait=False, cancel_futures=True)


def yesterday(now: int) -> date:
    """The day before a time (ms)."""
    return (datetime.fromtimestamp(now / 1000, UTC) - timedelta(days=1)).date()
