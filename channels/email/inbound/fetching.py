"""Following a mailbox by IMAP: each mail once, in order, and the cursor moves only over what is stored."""

import asyncio
import ssl
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final

import structlog
from imapclient.exceptions import IMAPClientError
from msgspec import Struct, ValidationError, convert, to_builtins

from channels.contract import ChannelError, Inlet
from channels.email.house import Mailbox
from channels.email.inbound.imap import Line, MailboxError, Selected, yesterday
from channels.email.inbound.letter import Letter
from channels.email.inbound.taking import MAX_MAIL, Taking
from channels.email.outbound.api import where

log = structlog.get_logger(__name__)

IDLE_SECONDS: Final = (5.0, 60.0, 540.0)
"""How long a wait lasts, by how many went by in silence: what came in between search and wait is seen soon, and a line
behind address translation stays open (RFC 2177 asks for less than 29 minutes)."""
POLL_SECONDS = 60.0
FIRST_PAUSE = 1.0
LONGEST_PAUSE = 300.0
GOOD_SECONDS = 30.0
"""A line that held so long was a good one."""
LOGIN_PAUSE = 60.0
"""A mailbox whose password is wrong is not knocked at more often, lest it be locked."""

Notify = Callable[[Mailbox, Letter, int], Awaitable[None]]


class Cursor(Struct, frozen=True):
    """How far a mailbox has been read: the folder's generation (UIDVALIDITY), and the last mail (UID)."""

    validity: int = 0
    uid: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetching:
    """Follows mailboxes.

    `notify` tells a sender that a mail was too large. `tls` checks certificates. `first_pause`: seconds before the
    first try after a failure, then twice as long each time.
    """

    inlet: Inlet
    taking: Taking
    notify: Notify
    now: Callable[[], int]
    tls: ssl.SSLContext = field(default_factory=ssl.create_default_context)
    first_pause: float = FIRST_PAUSE
    max_mail: int = MAX_MAIL
    idle_seconds: tuple[float, ...] = IDLE_SECONDS

    async def follow(self, box: Mailbox) -> None:
        """Read a mailbox until cancelled; its trouble is not the others'."""
        pause = self.first_pause
        while True:
            began = time.monotonic()
            try:
                async with self.inlet.alone(f"imap:{box.inbox.id}"):
                    await self._session(box)
            except MailboxError as error:
                log.warning("mailbox_trouble", inbox=box.inbox.id, code=error.code)
                pause = max(pause, min(LOGIN_PAUSE, 60 * self.first_pause))
            except ChannelError as error:
                log.warning("mailbox_trouble", inbox=box.inbox.id, code=error.code)
            except (OSError, IMAPClientError) as error:
                log.warning("mailbox_trouble", inbox=box.inbox.id, code=where(error), kind=type(error).__name__)
            except Exception as error:  # noqa: BLE001 - logged, and tried again; the other mailboxes go on
                log.error("mailbox_trouble", inbox=box.inbox.id, kind=type(error).__name__)  # noqa: TRY400 - a traceback may quote a mail
            pause = self.first_pause if time.monotonic() - began > GOOD_SECONDS else pause
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    async def _session(self, box: Mailbox) -> None:
        line = Line(box.settings, self.tls)
        async with line.open() as selected:
            cursor = await self._cursor(box, line, selected)
            log.info("mailbox_open", inbox=box.inbox.id)
            silent = 0
            while True:
                news = await line.newer(cursor.uid)
                for uid in news:
                    cursor = await self._one(box, line, cursor, uid)
                silent = 0 if news else silent + 1
                if not news:
                    await line.wait(self.idle_seconds[min(silent, len(self.idle_seconds)) - 1], POLL_SECONDS)

    async def _cursor(self, box: Mailbox, line: Line, selected: Selected) -> Cursor:
        """Where to go on.

        A mailbox that was never read begins with what is unread since yesterday. One whose numbers were given anew is
        read from its start: the hub knows each mail by its Message-ID.
        """
        noted = await self.inlet.recall(box.inbox.id, _name(box))
        try:
            cursor = convert(dict(noted), Cursor) if noted is not None else None
        except ValidationError:
            cursor = None
        if cursor is None:
            unseen = await line.unseen(yesterday(self.now()))
            first = unseen[0] if unseen else selected.next
            return await self._note(box, Cursor(selected.validity, max(first - 1, 0)))
        if cursor.validity != selected.validity:
            log.warning("mailbox_renumbered", inbox=box.inbox.id)
            return await self._note(box, Cursor(selected.validity, 0))
        return cursor

    async def _one(self, box: Mailbox, line: Line, cursor: Cursor, uid: int) -> Cursor:
        size = await line.size(uid)
        if size is not None and size > self.max_mail:
            await self._too_large(box, await line.head(uid) or b"", size)
        elif size is not None and (raw := await line.mail(uid)) is not None:
            await self.taking.surely(box, raw)
        return await self._note(box, Cursor(cursor.validity, uid))

    async def _too_large(self, box: Mailbox, head: bytes, size: int) -> None:
        letter = await self.taking.too_large(box, head, size)
        if letter is not None:
            await self.notify(box, letter, self.max_mail)

    async def _note(self, box: Mailbox, cursor: Cursor) -> Cursor:
        await self.inlet.note(box.inbox.id, _name(box), to_builtins(cursor))
        return cursor


def _name(box: Mailbox) -> str:
    """Each mailbox and folder has a cursor of its own: an inbox may be pointed at another one."""
    settings = box.settings
    return f"imap:{settings.imap_host}:{settings.imap_user}:{settings.imap_folder}"
