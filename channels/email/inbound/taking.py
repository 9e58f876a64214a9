"""A mail that has come, whichever way, becomes a message, a report, or is set aside. Returning means durable."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace

import structlog

from channels.contract import ChannelError, Clue, File, Inlet, Part, ReportedState, Sender
from channels.email.house import Mailbox, house
from channels.email.inbound import letter as letters
from channels.email.inbound import reading
from channels.email.inbound.answering import reply
from channels.email.inbound.letter import Letter
from channels.email.mail import AutoKind
from channels.email.parse import derived_id
from channels.email.tokens import external_id, ours

log = structlog.get_logger(__name__)

MAX_MAIL = 35 * 1024 * 1024
"""Bytes of a mail as it comes."""
_PIECE = 256 * 1024
_REPORTED: dict[str, ReportedState] = {"failed": "failed", "delivered": "delivered"}
_TOO_LARGE = ("5.2.3", "5.3.4")


@dataclass(frozen=True, slots=True)
class Taking:
    """Takes mail in."""

    inlet: Inlet

    async def take(self, box: Mailbox, raw: bytes, recipients: Sequence[str] = (), *, again: bool = False) -> None:
        """Make of a mail what it is; the same mail twice is once.

        Args:
            box: The mailbox that got it.
            raw: The mail.
            recipients: Of its envelope, where that is known.
            again: An admin wants it to be a message, whoever or whatever wrote it.

        Raises:
            ChannelError: It is not durable (`retryable`), or cannot be a message although an admin asked for it.
        """
        letter = await self._read(box, raw, recipients)
        if letter is None or not letter.address:
            await self._aside(box, letter, raw, "unreadable", again=again)
        elif letters.is_loop(letter):
            await self._aside(box, letter, raw, "loop", again=again)
        elif again:
            await self._personal(letter, raw)
        else:
            await self._by_kind(letter, raw)

    async def surely(self, box: Mailbox, raw: bytes, recipients: Sequence[str] = ()) -> None:
        """Take a mail in; one on which we fail is set aside, so that it neither is lost nor stops those behind it.

        Raises:
            ChannelError: It is not durable.
        """
        try:
            await self.take(box, raw, recipients)
        except ChannelError:
            raise
        except Exception as error:  # noqa: BLE001 - see above
            log.error("mail_failed", inbox=box.inbox.id, error=type(error).__name__)  # noqa: TRY400 - a traceback may quote the mail
            await self._aside(box, None, raw, "unreadable", again=False)

    async def too_large(self, box: Mailbox, head: bytes, size: int) -> Letter | None:
        """Keep the head of a mail that is too large; who is to be told so, None when nobody should be."""
        letter = await self._read(box, head, ())
        name = letter.external_id if letter is not None else external_id(derived_id(head))
        summary = f"{_summary(letter)} ({size / 1024 / 1024:.0f} MB)"
        await self.inlet.set_aside(box.inbox.id, name, "too_large", head, summary)
        if (
            letter is None
            or not letter.address
            or letters.is_loop(letter)
            or letter.mail.auto.kind is not AutoKind.NONE
        ):
            return None
        return None if reply(letter).get("suppress") else letter

    async def _read(self, box: Mailbox, raw: bytes, recipients: Sequence[str]) -> Letter | None:
        everyone = house(self.inlet.inboxes("email"))
        try:
            return await asyncio.to_thread(letters.read, box, everyone, raw, recipients)
        except Exception as error:  # noqa: BLE001 - whatever it is, the mail must not be lost, nor stop those behind it
            log.error("mail_unreadable", inbox=box.inbox.id, error=type(error).__name__)  # noqa: TRY400 - a traceback may quote the mail
            return None

    async def _by_kind(self, letter: Letter, raw: bytes) -> None:
        auto = letter.mail.auto
        match auto.kind:
            case AutoKind.BOUNCE:
                await self._bounce(letter, raw)
            case AutoKind.COMPLAINT:
                await self._complaint(letter, raw)
            case AutoKind.AUTO_REPLY if auto.reason == "read_receipt":
                await self._read_receipt(letter, raw)
            case AutoKind.AUTO_REPLY:
                await self._automatic(letter, raw, "auto_reply")
            case AutoKind.LIST if not reading.has_signed_clue(letter):
                await self._automatic(letter, raw, "list")
            case _:
                await self._personal(letter, raw)

    async def _personal(self, letter: Letter, raw: bytes) -> None:
        if await self.inlet.known(reading.stub(letter)) is not None:
            return
        parts = [*reading.text_part(letter.mail), *await self._attached(letter)]
        left_out = len(letter.mail.attachments) - sum(part.type == "attachment" for part in parts)
        file = await self._kept(letter, "mail.eml", raw, "raw")
        if file is not None:
            parts.append(Part(type="mail", file=file, values=reading.values(letter, left_out=left_out)))
        try:
            await self.inlet.receive(reading.inbound(letter, parts))
        except ChannelError as error:
            if error.retryable or error.code == "not_found":
                raise
            await self._put(letter, raw, "refused")

    async def _automatic(self, letter: Letter, raw: bytes, kind: str) -> None:
        words = reading.text_part(letter.mail) or (Part(type="text", text=kind),)
        try:
            await self.inlet.receive(reading.inbound(letter, words, automatic=kind))
        except ChannelError as error:
            if error.retryable:
                raise
            await self._put(letter, raw, "automatic")

    async def _bounce(self, letter: Letter, raw: bytes) -> None:
        """A report counts for what we sent, and tells of it only what is final."""
        original = letters.returned(letter, raw)
        if original is None:
            await self._put(letter, raw, "automatic")
            return
        auto = letter.mail.auto
        state = _REPORTED.get(auto.action)
        if state is None:
            log.info("mail_delayed", inbox=letter.box.inbox.id, status=auto.status)
            return
        code = "bad_address" if auto.hard else "too_large" if auto.status in _TOO_LARGE else "rejected"
        failed = state == "failed"
        await self.inlet.report(
            letter.box.inbox.id,
            external_id(original),
            state,
            reason=f"{auto.status} {auto.reason}".strip() or None if failed else None,
            code=code if failed else None,
        )

    async def _read_receipt(self, letter: Letter, raw: bytes) -> None:
        original = letters.returned(letter, raw)
        if original is not None and b"displayed" in raw:
            await self.inlet.report(letter.box.inbox.id, external_id(original), "read")
        elif original is None:
            await self._put(letter, raw, "automatic")

    async def _complaint(self, letter: Letter, raw: bytes) -> None:
        """Somebody called our mail spam: that stands in their conversation, and no machine of ours writes again."""
        original = letters.returned(letter, raw)
        known = ours(original, letter.secrets) if original is not None else None
        complainant = letter.mail.auto.recipient.strip().lower()
        if known is not None and letters.is_address(complainant):
            event = reading.inbound(letter, (Part(type="text", text="complaint"),), automatic="complaint")
            who = Sender(address=complainant, everywhere=True)
            clue = Clue(why="reply", conversation=known.conversation)
            try:
                await self.inlet.receive(replace(event, sender=who, clues=(clue,)))
            except ChannelError as error:
                if error.retryable:
                    raise
            else:  # anybody with a mail of ours could name anybody: only who takes part in its conversation counts
                await self.inlet.note(letter.box.inbox.id, complaint_of(complainant), {"complained": True})
        await self._put(letter, raw, "automatic")

    async def _attached(self, letter: Letter) -> list[Part]:
        found = []
        for number, one in enumerate(reading.files(letter.mail)):
            file = await self._kept(letter, one.filename, one.content, f"file:{number}")
            if file is not None:
                found.append(Part(type="attachment", file=file))
        return found

    async def _kept(self, letter: Letter, name: str, data: bytes, key: str) -> File | None:
        """A file in the store; None where it is refused, for the raw mail has it."""
        key = f"mail:{letter.external_id}:{key}"
        try:
            return await self.inlet.store_file(letter.box.inbox.id, letter.address, name, _pieces(data), key=key)
        except ChannelError as error:
            if error.retryable or error.code == "not_found":
                raise
            log.info("file_refused", inbox=letter.box.inbox.id, code=error.code)
            return None

    async def _aside(self, box: Mailbox, letter: Letter | None, raw: bytes, reason: str, *, again: bool) -> None:
        if again:
            raise ChannelError(reason, "This mail cannot become a message.", status=409)
        if letter is not None:
            await self._put(letter, raw, reason)
            return
        await self.inlet.set_aside(box.inbox.id, external_id(derived_id(raw)), reason, raw, "")

    async def _put(self, letter: Letter, raw: bytes, reason: str) -> None:
        await self.inlet.set_aside(letter.box.inbox.id, letter.external_id, reason, raw, _summary(letter))


def complaint_of(address: str) -> str:
    """The name under which a complaint is noted."""
    return f"complaint:{external_id(address)}"


def _summary(letter: Letter | None) -> str:
    """One line for people."""
    if letter is None:
        return ""
    return f"{letter.mail.from_.address} · {letter.mail.subject}"[:300]


async def _pieces(data: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(data), _PIECE):
        yield data[start : start + _PIECE]
