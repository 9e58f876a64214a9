"""From a mail to what the hub takes: who wrote, which conversation it answers, what is needed to answer. Pure."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from channels.contract import Clue, Inbound, Part, Sender
from channels.email import auto
from channels.email.addresses import addresses
from channels.email.charset import Decoder
from channels.email.headers import Headers, split
from channels.email.house import House, Mailbox, bare
from channels.email.limits import Problems
from channels.email.mail import Address, Attachment, AutoKind, Mail
from channels.email.parse import parse
from channels.email.tokens import (
    bare_subject,
    conversation_of,
    external_id,
    ids_within,
    is_mark,
    is_reply,
    ours,
    subject_digest,
)
from channels.email.trust import Trust, trust

MARK_HEADER = "x-peyk-mailbox"
"""Stands on everything we send, so that what comes back by way of a forwarding is known."""
MAX_FILES = 50
"""Attachments of one mail that become files of their own; the raw mail keeps all."""
MAX_REFERENCES = 20
MAX_COPIES = 10
_SMALL_PICTURE = 4_096
_SCANNED = 200_000
_ID = re.compile(r"[\x21-\x3b\x3d\x3f-\x7e]{1,250}")
_ADDRESS = re.compile(r"[^\s<>()\[\],;:\"\\@]{1,64}@[^\s<>()\[\],;:\"\\@]{1,190}")
_TAG = re.compile(r"\[#([0-9۰-۹٠-٩]{1,9})\]")
_SPAM = re.compile(r"x-spam-(?:flag|status): *yes|x-ses-spam-verdict: *fail", re.IGNORECASE)
_ENOUGH_LETTERS = 8


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


def sender(letter: Letter) -> Sender:
    """The author.

    One whom the domain disowns is somebody of this inbox alone: nobody's identity is merged with theirs.
    """
    believed = letter.trust
    return Sender(
        address=letter.address,
        name=letter.mail.from_.name[:80] or None,
        verified=believed is Trust.VERIFIED,
        everywhere=believed is not Trust.FAILED,
    )


def clues(letter: Letter) -> tuple[Clue, ...]:
    """Which conversation the mail answers, strongest first. A forged author's clues do not count."""
    if letter.trust is Trust.FAILED:
        return ()
    return tuple(dict.fromkeys((*_tokens(letter), *_answered(letter), *_referred(letter), *_tagged(letter))))


def has_signed_clue(letter: Letter) -> bool:
    """The mail answers what we wrote: a person does, also by way of a list."""
    return any(one.conversation is not None for one in clues(letter))


def stub(letter: Letter) -> Inbound:
    """Enough of the message to ask whether it is known."""
    return Inbound(inbox=letter.box.inbox.id, external_id=letter.external_id, sender=sender(letter), parts=())


def inbound(letter: Letter, parts: Sequence[Part], *, automatic: str | None = None) -> Inbound:
    """The message."""
    words = letter.mail.visible_text
    return Inbound(
        inbox=letter.box.inbox.id,
        external_id=letter.external_id,
        sender=sender(letter),
        parts=tuple(parts),
        sent_at=_sent_at(letter.mail),
        locale=language(f"{letter.mail.subject} {words}"),
        clues=clues(letter),
        thread=_thread(letter),
        reply=_reply(letter),
        automatic=automatic,
    )


def text_part(mail: Mail) -> tuple[Part, ...]:
    """What the author wrote now; a mail without words has its subject."""
    words = mail.visible_text.strip() or mail.subject.strip()
    return (Part(type="text", text=words),) if words else ()


def files(mail: Mail) -> tuple[Attachment, ...]:
    """Attachments that are worth a file: not the small pictures that programs draw signatures with."""
    found = [one for one in mail.attachments if one.size and not (one.inline and one.size < _SMALL_PICTURE)]
    return tuple(found[:MAX_FILES])


def values(letter: Letter, *, left_out: int = 0) -> dict[str, str]:
    """What stands around the words, for the screens; every value is text, empty ones are left out."""
    mail = letter.mail
    found = {
        "subject": mail.subject,
        "from": _shown((mail.from_,)),
        "to": _shown(mail.to),
        "cc": _shown(mail.cc),
        "reply_to": _shown(mail.reply_to),
        "date": mail.date.isoformat() if mail.date is not None else "",
        "verified": "true" if letter.trust is Trust.VERIFIED else "false",
        "trust": letter.trust.value,
        "auto": "" if mail.auto.kind is AutoKind.NONE else mail.auto.kind.value,
        "quoted": "1" if mail.quoted_text.strip() else "",
        "html": "1" if mail.html.strip() else "",
        "left_out": str(left_out) if left_out else "",
        "spam": "true" if is_spam(mail) else "",
        "problems": " ".join(mail.problems),
    }
    return {name: value[:900] for name, value in found.items() if value}


def is_spam(mail: Mail) -> bool:
    """A filter on the way took it for spam."""
    return any(_SPAM.match(one) for one in mail.spam_marks)


def is_address(text: str) -> bool:
    """An address that mail could be sent to."""
    return len(text) <= 254 and text.isprintable() and _ADDRESS.fullmatch(text) is not None


def language(text: str) -> str | None:
    """`fa` or `en` by the letters; None where there are too few to tell."""
    arabic = latin = 0
    for letter in text[:4_000]:
        if letter.isalpha():
            name = unicodedata.name(letter, "")
            arabic += name.startswith("ARABIC")
            latin += name.startswith("LATIN")
    if arabic + latin < _ENOUGH_LETTERS:
        return None
    return "fa" if arabic > latin else "en"


def _tokens(letter: Letter) -> Iterator[Clue]:
    for address in (*letter.recipients, *letter.mail.delivered_to):
        if letter.house.owns(address) and (found := conversation_of(address, letter.secrets)):
            yield Clue(why="token", conversation=found)


def _answered(letter: Letter) -> Iterator[Clue]:
    if letter.mail.in_reply_to:
        yield _named(letter, letter.mail.in_reply_to, "in_reply_to")


def _referred(letter: Letter) -> Iterator[Clue]:
    """References count for the same subject alone: people begin new questions by answering old mails."""
    subject = letter.mail.subject
    for one in reversed(letter.mail.references[-MAX_REFERENCES:]):
        known = ours(one, letter.secrets)
        same = known.subject == subject_digest(subject) if known is not None else is_reply(subject)
        if same:
            yield _named(letter, one, "references")


def _named(letter: Letter, message_id: str, why: str) -> Clue:
    known = ours(message_id, letter.secrets)
    if known is not None:
        return Clue(why=why, conversation=known.conversation)
    return Clue(why=why, external_id=external_id(message_id))


def _tagged(letter: Letter) -> Iterator[Clue]:
    for match in _TAG.finditer(letter.mail.subject[:500]):
        yield Clue(why="number", number=int(match[1]))


def _thread(letter: Letter) -> str:
    """The hub's name for the first mail of the thread; a mail that answers none begins one."""
    mail = letter.mail
    answers = mail.in_reply_to or any(one.why == "references" for one in clues(letter))
    if not answers or letter.trust is Trust.FAILED:
        return letter.external_id
    return external_id((*mail.references, mail.in_reply_to)[0])


def _reply(letter: Letter) -> dict[str, str]:
    """What an answer needs: Message-ID and References, subject, who else reads along, why no machine may answer."""
    mail = letter.mail
    chain = [*mail.references, *([mail.in_reply_to] if mail.in_reply_to and not mail.references else [])]
    chain += [] if mail.message_id_derived else [mail.message_id]
    good = [one for one in dict.fromkeys(chain) if _ID.fullmatch(one)]
    kept = good if len(good) <= MAX_REFERENCES else [good[0], *good[1 - MAX_REFERENCES :]]
    found = {
        "message_id": "" if mail.message_id_derived or not _ID.fullmatch(mail.message_id) else mail.message_id,
        "references": " ".join(kept),
        "subject": bare_subject(mail.subject)[:300],
        "to": _answer_to(letter),
        "cc": ", ".join(_copies(letter)),
        "suppress": auto.suppresses(letter.fields, Decoder()) or ("spam" if is_spam(mail) else ""),
    }
    return {name: value for name, value in found.items() if value}


def _answer_to(letter: Letter) -> str:
    """Another address that the author wants the answer at.

    It could lead our words to somebody who only claims to be the author. So it counts when the author is verified, when
    it is of the same domain, and for forms on websites, which write in the name of an address that nobody reads.
    """
    named = [one.address.strip().lower() for one in letter.mail.reply_to]
    wanted = next((one for one in named if is_address(one)), "")
    if wanted == letter.address or letter.house.owns(wanted) or letter.trust is Trust.FAILED:
        return ""
    near = wanted.rpartition("@")[2] == letter.address.rpartition("@")[2]
    unread = auto.suppresses(letter.fields, Decoder()) == "from"
    return wanted if near or unread or letter.trust is Trust.VERIFIED else ""


def _copies(letter: Letter) -> list[str]:
    shown = (one.address.strip().lower() for one in (*letter.mail.to, *letter.mail.cc))
    others = (
        one for one in shown if is_address(one) and not letter.house.owns(one) and bare(one) != bare(letter.address)
    )
    return list(dict.fromkeys(others))[:MAX_COPIES]


def _sent_at(mail: Mail) -> int | None:
    try:
        return round(mail.date.timestamp() * 1000) if mail.date is not None else None
    except (OverflowError, ValueError):
        return None


def _shown(people: Sequence[Address]) -> str:
    return ", ".join(f"{one.name} <{one.address}>" if one.name else one.address for one in people[:50])
