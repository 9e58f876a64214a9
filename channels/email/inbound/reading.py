"""From a mail to what the hub takes: who wrote, what, and which conversation it answers. Pure."""

import re
import unicodedata
from collections.abc import Iterator, Sequence

from channels.contract import Clue, Inbound, Part, Sender
from channels.email.inbound.answering import MAX_REFERENCES, reply
from channels.email.inbound.letter import Letter, is_spam
from channels.email.mail import Address, Attachment, AutoKind, Mail
from channels.email.tokens import (
    conversation_of,
    external_id,
    is_reply,
    ours,
    subject_digest,
)
from channels.email.trust import Trust

MAX_FILES = 50
"""Attachments of one mail that become files of their own; the raw mail keeps all."""
_SMALL_PICTURE = 4_096
_TAG = re.compile(r"\[#([0-9۰-۹٠-٩]{1,9})\]")
_ENOUGH_LETTERS = 8


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
        reply=reply(letter),
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


def _sent_at(mail: Mail) -> int | None:
    try:
        return round(mail.date.timestamp() * 1000) if mail.date is not None else None
    except (OverflowError, ValueError):
        return None


def _shown(people: Sequence[Address]) -> str:
    return ", ".join(f"{one.name} <{one.address}>" if one.name else one.address for one in people[:50])
