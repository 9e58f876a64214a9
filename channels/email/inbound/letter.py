"""A mail as one of our mailboxes got it, and whether it is one of our own. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from channels.email.addresses import addresses
from channels.email.charset import Decoder
from channels.email.headers import Headers, split
from channels.email.house import House, Mailbox
from channels.email.limits import Problems
from channels.email.mail import Mail
from channels.email.parse import parse
from channels.email.tokens import external_id, ids_within, is_mark, ours
from channels.email.trust import Trust, trust

MARK_HEADER = "x-peyk-mailbox"
"""Stands on everything we send, so that what comes back by way of a forwarding is known."""
_SCANNED = 200_000
_ADDRESS = re.compile(r"[^\s<>()\[\],;:\"\\@]{1,64}@[^\s<>()\[\],;:\"\\@]{1,190}")
_SPAM = re.compile(r"x-spam-(?:flag|status): *yes|x-ses-spam-verdict: *fail", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A mail as one of our mailboxes got it."""

    box: Mailbox
    house: House
    mail: Mail
    fields: Headers
    recipients: tuple[str, ...] = ()
    """Of the envelope, where that is known (LMTP)."""

    @property
    def external_id(self) -> str:
        """The hub's name for it."""
        return external_id(self.mail.message_id)

    @property
    def address(self) -> str:
        """The author's address; empty where there is none that could be answered."""
        found = self.mail.from_.address.strip().lower()
        return found if is_address(found) else ""

    @property
    def trust(self) -> Trust:
        """How far the author can be believed."""
        named = sum(len(addresses(value, Decoder())) for value in self.fields.all("from"))
        return trust(self.address, named, self.mail.authentication_results, self.box.settings.authserv_id)

    @property
    def secrets(self) -> tuple[str, ...]:
        """What our names may be signed with."""
        return self.house.secrets(self.box.settings)


def read(box: Mailbox, house: House, raw: bytes, recipients: Sequence[str] = ()) -> Letter:
    """Take a mail apart."""
    charset = "cp1256" if box.inbox.locale == "fa" else "cp1252"
    mail = parse(raw, fallback_charset=charset)
    fields, _ = split(raw, Problems())
    return Letter(box=box, house=house, mail=mail, fields=fields, recipients=tuple(recipients))


def is_loop(letter: Letter) -> bool:
    """Whether we wrote it ourselves."""
    mail = letter.mail
    return (
        letter.house.owns(mail.from_.address)
        or ours(mail.message_id, letter.secrets) is not None
        or is_mark(letter.fields.text(MARK_HEADER, Decoder()), letter.secrets)
    )


def returned(letter: Letter, raw: bytes) -> str | None:
    """Our Message-ID in a report on a delivery, a complaint or a receipt: only who got our mail can name it."""
    mail = letter.mail
    named = (mail.auto.original_message_id, mail.in_reply_to, *reversed(mail.references))
    quoted = (mail.text[:_SCANNED], raw[:_SCANNED].decode("ascii", "replace"))
    candidates = (*named, *(one for text in quoted for one in ids_within(text)))
    return next((one for one in candidates if ours(one, letter.secrets) is not None), None)


def is_spam(mail: Mail) -> bool:
    """A filter on the way took it for spam."""
    return any(_SPAM.match(one) for one in mail.spam_marks)


def is_address(text: str) -> bool:
    """An address that mail could be sent to."""
    return len(text) <= 254 and text.isprintable() and _ADDRESS.fullmatch(text) is not None
