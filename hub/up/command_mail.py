"""`peyk mail`: take mails apart on the command line, without a hub or a database."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from channels.email import visible
from channels.email.charset import Decoder
from channels.email.html import clean
from channels.email.mail import Address, Attachment, Mail
from channels.email.parse import parse

Shown = dict[str, object]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """One sub-command per question."""
    questions = parser.add_subparsers(dest="question", required=True, metavar="question")
    whole = questions.add_parser("parse", help="take raw mails apart")
    lines = questions.add_parser(
        "visible", help="split plain text bodies: what was written now, what is quoted or signed"
    )
    for each in (whole, lines):
        each.add_argument("files", nargs="+", metavar="FILE", help="a file; - is standard input")
        each.add_argument("--json", action="store_true", help="one JSON object a line, a line a file")
    score = questions.add_parser("score", help="measure on sets of mails with expectations beside them")
    score.add_argument("directory", type=Path, metavar="DIR")
    score.add_argument("--json", action="store_true", help="one JSON object")
    score.add_argument("--misses", action="store_true", help="name every miss on standard error")


def main(arguments: argparse.Namespace) -> int:
    """Answer; status 1 if a file could not be read."""
    if arguments.question == "score":
        from tests.channels.email.score import main as score  # noqa: PLC0415 (an installed peyk has no tests)

        return score(arguments.directory, as_json=arguments.json, misses=arguments.misses)
    show = shown_mail if arguments.question == "parse" else shown_body
    return _each(arguments.files, show, as_json=arguments.json)


def shown_mail(raw: bytes) -> Shown:
    """A raw mail as JSON shows it; its html is harmless, with the pictures of the mail as `cid:`."""
    mail = parse(raw)
    return {
        "subject": mail.subject,
        "from": _address(mail.from_),
        "to": [_address(each) for each in mail.to],
        "cc": [_address(each) for each in mail.cc],
        "reply_to": [_address(each) for each in mail.reply_to],
        "date": mail.date.isoformat() if mail.date else None,
        "message_id": mail.message_id,
        "message_id_derived": mail.message_id_derived,
        "in_reply_to": mail.in_reply_to,
        "references": list(mail.references),
        "text": mail.text,
        "html": clean(mail.html).html if mail.html else "",
        "visible_text": mail.visible_text,
        "quoted_text": mail.quoted_text,
        "attachments": [_attachment(each) for each in mail.attachments],
        "auto": _auto(mail),
        "delivered_to": list(mail.delivered_to),
        "problems": list(mail.problems),
    }


def shown_body(raw: bytes) -> Shown:
    """A plain text body as JSON shows it."""
    split = visible.split(Decoder().decode(raw))
    return {"visible_text": split.visible, "quoted_text": split.quoted}


def _each(files: Iterable[str], show: Callable[[bytes], Shown], *, as_json: bool) -> int:
    status = 0
    for name in files:
        try:
            raw = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
        except OSError as error:
            print(f"{name}: {error.strerror}", file=sys.stderr)
            status = 1
            continue
        shown = {"file": name, **show(raw)}
        text = json.dumps(shown, ensure_ascii=False) if as_json else _readable(shown)
        # In bytes: the terminal's encoding is no concern of a mail's.
        sys.stdout.buffer.write(text.encode("utf-8", "replace") + b"\n")
        sys.stdout.buffer.flush()
    return status


def _readable(shown: Shown) -> str:
    return "\n".join(f"{name}: {value}" for name, value in shown.items() if value not in ("", [], None)) + "\n"


def _address(address: Address) -> Shown:
    return {"name": address.name, "address": address.address}


def _attachment(attachment: Attachment) -> Shown:
    return {
        "filename": attachment.filename,
        "content_type": attachment.content_type,
        "size": attachment.size,
        "sha256": attachment.sha256,
        "inline": attachment.inline,
    }


def _auto(mail: Mail) -> Shown:
    auto = mail.auto
    return {
        "kind": auto.kind.value,
        "status": auto.status,
        "reason": auto.reason,
        "hard": auto.hard,
        "action": auto.action,
        "recipient": auto.recipient,
        "original_message_id": auto.original_message_id,
    }
