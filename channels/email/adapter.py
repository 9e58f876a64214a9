"""The e-mail channel: mailboxes are followed or delivered to, answers go out by the mailbox's own server."""

import asyncio
import ssl
import time
from collections.abc import Callable, Coroutine, Hashable, Mapping, Sequence
from dataclasses import replace
from functools import partial

import structlog

from channels.changes import next_change
from channels.contract import (
    Channel,
    ChannelError,
    Configured,
    DeliveryError,
    Inlet,
    Outbound,
    Part,
    Sent,
    Signal,
)
from channels.email.checking import findings
from channels.email.house import Mailbox, house
from channels.email.inbound.answering import reply
from channels.email.inbound.fetching import FIRST_PAUSE, Fetching
from channels.email.inbound.letter import Letter
from channels.email.inbound.lmtp import Reception
from channels.email.inbound.taking import MAX_MAIL, Taking, complaint_of
from channels.email.outbound.api import Post
from channels.email.outbound.brake import IN_CONVERSATION, ONCE_A_DAY, TO_ADDRESS, Brake
from channels.email.outbound.compose import (
    AUTOMATIC_AUTHORS,
    Composed,
    Enclosed,
    compose,
    make_environment,
    recipients,
)
from channels.email.outbound.signing import signed
from channels.email.settings import CAPABILITIES, FIELDS, MAX_FILES
from channels.email.tokens import external_id
from channels.email.words import TOO_LARGE, said
from channels.setup import Finding
from channels.tasks import end

log = structlog.get_logger(__name__)

AT_ONCE = 4
"""Mails of one inbox on their way at the same time."""
Work = Callable[[], Coroutine[None, None, None]]


def system_now() -> int:
    """Milliseconds since the epoch, UTC."""
    return time.time_ns() // 1_000_000


class EmailChannel(Channel):
    """The channel `email`."""

    name = "email"
    capabilities = CAPABILITIES
    fields = FIELDS

    def __init__(
        self,
        *,
        now: Callable[[], int] = system_now,
        tls: ssl.SSLContext | None = None,
        answer_seconds: float = 60.0,
        first_pause: float = FIRST_PAUSE,
        max_mail: int = MAX_MAIL,
    ) -> None:
        """Work by a clock; `tls` checks servers' certificates, by the system's authorities when there is none.

        `answer_seconds`: how long a mail server may take for each answer. `first_pause`: seconds before a mailbox that
        failed is tried again, twice as long each time. `max_mail`: bytes of a mail that is taken.
        """
        self._now = now
        self._tls = tls or ssl.create_default_context()
        self._post = Post(seconds=answer_seconds, tls=self._tls)
        self._first_pause = first_pause
        self._max_mail = max_mail
        self._environment = make_environment()
        self._brake = Brake(now)
        self._doors: dict[str, asyncio.Semaphore] = {}

    async def run(self, inlet: Inlet) -> None:
        """Follow every mailbox and listen for mail servers, as inboxes are configured now, until cancelled."""
        at_work: dict[Hashable, asyncio.Task[None]] = {}
        try:
            while True:
                async with next_change(inlet, self.name) as change:
                    await self._settle(self._wanted(inlet), at_work)
                    await change
        finally:
            await end(at_work.values())

    async def send(self, message: Outbound, inlet: Inlet) -> Sent:
        """Hand one message to the inbox's mail server, once; the hub tries again, under the same Message-ID."""
        if not message.parts:
            return Sent()
        box = _box(message.inbox, inlet)
        await self._may_go(message, inlet)
        files = await _enclosed(message, inlet)
        mail = await asyncio.to_thread(self._made, message, box, files)
        async with self._doors.setdefault(box.inbox.id, asyncio.Semaphore(AT_ONCE)):
            await self._post.hand_over(box.settings, mail, attempt=message.attempt)
        return Sent(external_id=external_id(mail.message_id))

    async def signal(self, address: str, inbox: str, signal: Signal) -> None:
        """Nobody waits at the other end."""

    async def check(self, inbox: Configured, inlet: Inlet) -> Sequence[Finding]:
        """Sign in at both servers."""
        return await findings(inbox, self._tls)

    async def rerun(self, inbox: Configured, raw: bytes, inlet: Inlet) -> None:
        """Make a message of a mail that had been set aside. Raises `ChannelError`."""
        box = next((one for one in house([inbox]).mailboxes), None)
        if box is None:
            raise ChannelError("not_found", "The inbox is not set up.", status=404)
        await Taking(inlet).take(box, raw, again=True)

    def _made(self, message: Outbound, box: Mailbox, files: Sequence[Enclosed]) -> Composed:
        mail = compose(message, box, files, self._environment)
        return replace(mail, raw=signed(mail.raw, box.settings)) if box.settings.signs else mail

    async def _may_go(self, message: Outbound, inlet: Inlet) -> None:
        """Machines answer neither machines nor without end. People may always write."""
        if message.author not in AUTOMATIC_AUTHORS:
            return
        to, _ = recipients(message)
        if why := message.reply.get("suppress"):
            raise _not_allowed(f"The mail asks that no machine answers it ({why}).")
        if await inlet.recall(message.inbox, complaint_of(to)) is not None:
            raise _not_allowed("The recipient has complained about our mail.")
        few = self._brake.take(f"{message.conversation} {to}", message.key, IN_CONVERSATION)
        if not (few and self._brake.take(to, message.key, TO_ADDRESS)):
            raise _not_allowed("Too many automatic answers in a short time: this may be another machine.")

    async def _notify(self, box: Mailbox, letter: Letter, limit: int) -> None:
        """Tell a sender, once a day, that a mail was too large. It is a courtesy: nothing depends on it."""
        if not self._brake.take(f"too large {letter.address}", letter.external_id, ONCE_A_DAY):
            return
        locale = box.inbox.locale
        words = said(TOO_LARGE, locale).format(size=limit // 1024 // 1024)
        notice = Outbound(
            inbox=box.inbox.id,
            conversation="too-large",
            to=letter.address,
            key=letter.external_id,
            seq=0,
            at=self._now(),
            author="system",
            author_name=None,
            parts=(Part(type="text", text=words),),
            locale=locale,
            reply=reply(letter),
        )
        try:
            await self._post.hand_over(box.settings, await asyncio.to_thread(self._made, notice, box, ()))
        except DeliveryError as error:
            log.info("notice_not_sent", inbox=box.inbox.id, code=error.code)

    def _wanted(self, inlet: Inlet) -> Mapping[Hashable, Work]:
        """What should be at work now: each mailbox that is followed, each address that is listened at."""
        taking = Taking(inlet)
        fetching = Fetching(
            inlet=inlet,
            taking=taking,
            notify=self._notify,
            now=self._now,
            tls=self._tls,
            first_pause=self._first_pause,
            max_mail=self._max_mail,
        )
        work: dict[Hashable, Work] = {}
        for box in house(inlet.inboxes(self.name)).mailboxes:
            settings = box.settings
            if settings.inbound == "imap" and settings.imap_host:
                work["imap", box.inbox.id, settings] = partial(fetching.follow, box)
            elif settings.inbound == "lmtp":
                place = settings.lmtp_host, settings.lmtp_port
                work["lmtp", *place] = partial(self._receive, inlet, taking, *place)
        return work

    async def _receive(self, inlet: Inlet, taking: Taking, host: str, port: int) -> None:
        reception = Reception(inlet=inlet, taking=taking, host=host, port=port, max_mail=self._max_mail)
        pause = self._first_pause
        while True:
            try:
                await reception.listen()
            except OSError:
                log.warning("lmtp_closed", port=port)
            await asyncio.sleep(pause)
            pause = min(pause * 2, 60.0)

    async def _settle(self, wanted: Mapping[Hashable, Work], at_work: dict[Hashable, asyncio.Task[None]]) -> None:
        await end([at_work.pop(one) for one in list(at_work) if one not in wanted])
        for one, work in wanted.items():
            if one not in at_work:
                at_work[one] = asyncio.create_task(work(), name=f"email-{one[0] if isinstance(one, tuple) else one}")


def _box(inbox: str, inlet: Inlet) -> Mailbox:
    found = next((one for one in house(inlet.inboxes("email")).mailboxes if one.inbox.id == inbox), None)
    if found is None or not found.settings.smtp_host:
        raise DeliveryError("The inbox is not set up.", retryable=False, code="misconfigured")
    return found


async def _enclosed(message: Outbound, inlet: Inlet) -> list[Enclosed]:
    files = [part.file for part in message.parts if part.type == "attachment" and part.file is not None]
    if sum(one.size for one in files) > MAX_FILES:
        raise DeliveryError("The attachments are too large for one mail.", retryable=False, code="too_large")
    found = []
    for one in files:
        try:
            file, chunks = await inlet.open_file(message.inbox, message.to, one.id)
            found.append(Enclosed(file=file, data=b"".join([chunk async for chunk in chunks])))
        except ChannelError as error:
            raise DeliveryError("An attachment cannot be read.", retryable=error.retryable) from error
    return found


def _not_allowed(reason: str) -> DeliveryError:
    return DeliveryError(reason, retryable=False, code="not_allowed")
