"""A raw mail to `Mail`. Pure, linear in the size of the mail, and it never raises: a mail is what strangers send."""

import hashlib
from dataclasses import replace

from channels.email import attachments, auto, bodies, rendering, visible
from channels.email.addresses import addresses
from channels.email.bodies import Bodies
from channels.email.charset import Decoder
from channels.email.headers import Headers, date, decode_words, ids, unfolded
from channels.email.limits import MAX_ADDRESSES, Problems
from channels.email.mail import Address, Mail
from channels.email.mime import Cutter, Part
from channels.email.visible import Split

_NOBODY = Address(name="", address="")
_DELIVERED = ("delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-forwarded-to", "x-delivered-to")
_SPAM = ("x-spam-flag", "x-spam-status", "x-ses-spam-verdict", "x-gm-spam", "x-ms-exchange-organization-scl")


def parse(raw: bytes, *, fallback_charset: str = "cp1252") -> Mail:
    """Take a mail apart.

    Args:
        raw: The mail as it came (RFC 5322), with any line ends.
        fallback_charset: For bytes that fit nothing else; `cp1256` suits inboxes of Persian and Arabic writers.
    """
    problems = Problems()
    decoder = Decoder(fallback=fallback_charset)
    if b"\n" not in raw and b"\r" in raw:
        raw = raw.replace(b"\r", b"\n")
    root = Cutter(decoder, problems).cut(raw)
    decoder.hint = _body_charset(root)
    chosen = bodies.choose(root)
    body = bodies.read(chosen, decoder, problems)
    files = attachments.attach(chosen.attached, body.html, decoder, problems)
    split = _split(body)
    fields = root.headers
    to, cc = (_all_addresses(fields, name, decoder) for name in ("to", "cc"))
    message_id = next(iter(ids(fields.text("message-id", decoder))), "")
    mail = Mail(
        subject=fields.text("subject", decoder),
        from_=_author(fields, decoder),
        to=to,
        cc=cc,
        reply_to=_all_addresses(fields, "reply-to", decoder),
        date=date(fields.text("date", decoder)),
        message_id=message_id or derived_id(raw),
        message_id_derived=not message_id,
        in_reply_to=next(iter(ids(fields.text("in-reply-to", decoder))), ""),
        references=ids(" ".join(_texts(fields, "references", decoder))),
        text=body.text,
        html=body.html,
        visible_text=split.visible,
        quoted_text=split.quoted,
        attachments=files,
        auto=auto.recognise(root, body.text, decoder, problems),
        no_automatic_answer=auto.suppresses(fields, decoder),
        delivered_to=_delivered_to(fields, (*to, *cc), decoder),
        authentication_results=_texts(fields, "authentication-results", decoder),
        spam_marks=tuple(f"{name}: {value}"[:200] for name in _SPAM for value in _texts(fields, name, decoder)),
        problems=(),
    )
    return _with_problems(mail, root, decoder, problems)


def derived_id(raw: bytes) -> str:
    """A stable id for a mail that has none: the same bytes, whatever their line ends, have the same id."""
    unified = raw.replace(b"\r\n", b"\n")
    return f"{hashlib.sha256(unified).hexdigest()[:40]}@derived.invalid"


def _body_charset(root: Part) -> str:
    return next(
        (part.type.get("charset") for part in root.walk() if part.main == "text" and part.type.get("charset")), ""
    )


def _split(body: Bodies) -> Split:
    """By the html where a program marked its quotes there, else by the lines of the text."""
    text = rendering.quoted_by_marks(body.lines) if rendering.has_marks(body.lines) else body.text
    return visible.split(text)


def _texts(fields: Headers, name: str, decoder: Decoder) -> tuple[str, ...]:
    return tuple(unfolded(decode_words(value, decoder)) for value in fields.all(name) if value)


def _all_addresses(fields: Headers, name: str, decoder: Decoder) -> tuple[Address, ...]:
    found = [address for value in fields.all(name) for address in addresses(value, decoder) if address.address]
    return tuple(found[:MAX_ADDRESSES])


def _author(fields: Headers, decoder: Decoder) -> Address:
    named = [address for value in fields.all("from") for address in addresses(value, decoder)]
    for name in ("sender", "reply-to", "return-path"):
        if any(address.address for address in named):
            break
        named = [*(address for address in addresses(fields.first(name), decoder) if address.address), *named]
    return next((address for address in named if address.address), named[0] if named else _NOBODY)


def _delivered_to(fields: Headers, shown: tuple[Address, ...], decoder: Decoder) -> tuple[str, ...]:
    traced = [address for name in _DELIVERED for value in fields.all(name) for address in addresses(value, decoder)]
    found = dict.fromkeys(address.address.lower() for address in (*shown, *traced) if address.address)
    return tuple(found)


def _with_problems(mail: Mail, root: Part, decoder: Decoder, problems: Problems) -> Mail:
    if not root.headers.has("from"):
        problems.note("no_from")
    if mail.message_id_derived:
        problems.note("no_message_id")
    if mail.date is None:
        problems.note("bad_date" if root.headers.has("date") else "no_date")
    if decoder.repaired:
        problems.note("bad_charset")
    if any(
        part.type.value in {"multipart/encrypted", "application/pkcs7-mime", "application/x-pkcs7-mime"}
        for part in root.walk()
    ):
        problems.note("encrypted")
    if not mail.text.strip() and not mail.html.strip():
        problems.note("no_text")
    return replace(mail, problems=tuple(problems.said))
