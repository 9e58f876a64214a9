"""From the hub's messages to mails. Pure: the same message is the same mail at each try, but for its boundaries."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, select_autoescape

from channels.contract import DeliveryError, File, Outbound
from channels.email.house import Mailbox
from channels.email.inbound.letter import MARK_HEADER, is_address
from channels.email.settings import MAX_FILES, EmailSettings
from channels.email.tokens import bare_subject, mark, message_id, reply_address
from channels.email.words import AUTOMATIC, CONVERSATION, said

AUTOMATIC_AUTHORS = frozenset({"bot", "system"})
_TEMPLATES = Path(__file__).parents[3] / "templates" / "mail"
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]+")
_MAIN_TYPES = frozenset({"application", "audio", "image", "text", "video"})
_IDS = frozenset({"message-id", "in-reply-to", "references"})


class MailPolicy(EmailPolicy):
    """The standard's policy for SMTP, which would encode a Message-ID that is longer than a line."""

    def fold(self, name: str, value: str) -> str:
        """A header field, one Message-ID a line."""
        if name.lower() in _IDS:
            return f"{name}: " + "\r\n ".join(str(value).split()) + "\r\n"
        return str(super().fold(name, value))

    def fold_binary(self, name: str, value: str) -> bytes:
        """The same, as bytes."""
        return self.fold(name, value).encode("ascii") if name.lower() in _IDS else super().fold_binary(name, value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Composed:
    """A mail, ready to go out. `others` read along and may be refused without harm; `utf8`: needs SMTPUTF8."""

    message_id: str
    sender: str
    to: str
    others: tuple[str, ...]
    raw: bytes
    utf8: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Enclosed:
    """A file with its bytes."""

    file: File
    data: bytes


def make_environment(folder: Path = _TEMPLATES) -> Environment:
    """The templates of mails; html escapes what is put in, text does not."""
    return Environment(loader=FileSystemLoader(folder), autoescape=select_autoescape(["html"]))


def name_of(message: Outbound, settings: EmailSettings) -> str:
    """The Message-ID of a message, without brackets."""
    return message_id(
        settings.reply_token_secret,
        conversation=message.conversation,
        seq=message.seq,
        key=message.key,
        subject=subject_of(message),
        host=host_of(settings.domain),
    )


def subject_of(message: Outbound) -> str:
    """`Re: ` and the subject that the customer wrote; else the conversation's number."""
    bare = one_line(bare_subject(message.reply.get("subject", "")))
    return f"Re: {bare}" if bare else said(CONVERSATION, message.locale).format(number=f"[#{message.number}]")


def compose(message: Outbound, box: Mailbox, files: Sequence[Enclosed], environment: Environment) -> Composed:
    """Make the mail of a message.

    Raises:
        DeliveryError: `bad_address`, `too_large`, or `rejected` where no mail can be made of it.
    """
    if sum(len(one.data) for one in files) > MAX_FILES:
        raise DeliveryError("The attachments are too large for one mail.", retryable=False, code="too_large")
    to, others = recipients(message)
    settings = box.settings
    utf8 = not "".join((settings.address, to, *others)).isascii()
    mail = EmailMessage(policy=MailPolicy(linesep="\r\n", utf8=utf8))
    id_ = name_of(message, settings)
    try:
        _head(mail, message, box, id_)
        mail["To"] = _mailbox("", to)
        if others:
            mail["Cc"] = [_mailbox("", one) for one in others]
        _fill(mail, message, settings, environment)
        for one in files:
            _enclose(mail, one)
        raw = mail.as_bytes()
    except (ValueError, UnicodeError, LookupError) as error:
        raise DeliveryError("No mail can be made of this message.", retryable=False, code="rejected") from error
    return Composed(message_id=id_, sender=ascii_domain(settings.address), to=to, others=others, raw=raw, utf8=utf8)


def recipients(message: Outbound) -> tuple[str, tuple[str, ...]]:
    """To whom a message goes, and who reads along: only what a person of ours writes goes to others, too.

    Raises:
        DeliveryError: `bad_address`.
    """
    wanted = message.reply.get("to", "") or message.to
    if not is_address(wanted):
        raise DeliveryError("This is no mail address.", retryable=False, code="bad_address")
    to = ascii_domain(wanted)
    if message.author in AUTOMATIC_AUTHORS:
        return to, ()
    named = (one.strip() for one in message.reply.get("cc", "").split(","))
    return to, tuple(ascii_domain(one) for one in named if is_address(one) and one.lower() != to.lower())


def ascii_domain(address: str) -> str:
    """An address with its domain as DNS has it (RFC 5890)."""
    local, at, domain = address.strip().rpartition("@")
    try:
        return f"{local}{at}{domain.encode('idna').decode('ascii')}"
    except UnicodeError as error:
        raise DeliveryError("This is no mail address.", retryable=False, code="bad_address") from error


def one_line(text: str) -> str:
    """Text that can be part of a header: whatever would end a line is a space."""
    return _CONTROL.sub(" ", text.encode("utf-8", "replace").decode()).strip()


def direction(text: str, locale: str) -> str:
    """How a text runs: by its first letter, else as its language does."""
    for letter in text:
        match unicodedata.bidirectional(letter):
            case "R" | "AL":
                return "rtl"
            case "L":
                return "ltr"
            case _:
                continue
    return "rtl" if locale == "fa" else "ltr"


def _head(mail: EmailMessage, message: Outbound, box: Mailbox, id_: str) -> None:
    settings = box.settings
    mail["Date"] = datetime.fromtimestamp(message.at / 1000, UTC)
    mail["From"] = _mailbox(one_line(settings.display_name or box.inbox.name), ascii_domain(settings.address))
    tagged = reply_address(settings.address, settings.reply_token_secret, message.conversation)
    if tagged is not None:
        mail["Reply-To"] = _mailbox(one_line(settings.display_name or box.inbox.name), ascii_domain(tagged))
    mail["Subject"] = subject_of(message)
    mail["Message-ID"] = f"<{id_}>"
    answered, chain = message.reply.get("message_id", ""), message.reply.get("references", "").split()
    if answered:
        mail["In-Reply-To"] = one_line(f"<{answered}>")
    if chain:
        mail["References"] = one_line(" ".join(f"<{one}>" for one in chain))
    mail[MARK_HEADER.title()] = mark(settings.reply_token_secret, message.inbox)
    if message.author in AUTOMATIC_AUTHORS:
        mail["Auto-Submitted"] = "auto-replied"  # RFC 3834 5
        mail["X-Auto-Response-Suppress"] = "All"


def _fill(mail: EmailMessage, message: Outbound, settings: EmailSettings, environment: Environment) -> None:
    text = "\n\n".join(part.text for part in message.parts if part.type == "text" and part.text)
    values: Mapping[str, object] = {
        "locale": message.locale,
        "dir": direction(text, message.locale),
        "subject": subject_of(message),
        "text": text,
        "paragraphs": [
            {"dir": direction(one, message.locale), "lines": one.splitlines()}
            for one in re.split(r"\n\s*\n", text)
            if one.strip()
        ],
        "author": message.author_name if message.author == "agent" else None,
        "signature": settings.signature.splitlines(),
        "note": said(AUTOMATIC, message.locale) if message.author == "bot" else None,
    }
    mail.set_content(environment.get_template("message.txt").render(values) + "\n")
    mail.add_alternative(environment.get_template("message.html").render(values), subtype="html")


def _enclose(mail: EmailMessage, enclosed: Enclosed) -> None:
    main, _, sub = enclosed.file.content_type.partition("/")
    if main not in _MAIN_TYPES or not re.fullmatch(r"[a-z0-9.+-]{1,100}", sub):
        main, sub = "application", "octet-stream"
    mail.add_attachment(enclosed.data, maintype=main, subtype=sub, filename=one_line(enclosed.file.name) or "file")


def _mailbox(name: str, address: str) -> Address:
    local, _, domain = address.rpartition("@")
    return Address(display_name=name, username=local, domain=domain)


def host_of(domain: str) -> str:
    """The name that we go by: the mailbox's domain as DNS has it."""
    return ascii_domain(f"x@{domain}").partition("@")[2] if domain else "localhost"
