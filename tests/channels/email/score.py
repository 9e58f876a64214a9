"""How well mails are read, in figures, on sets of other projects' mails (not part of this repository).

A set is a folder. What is measured depends on what stands beside the mails: `expected.json` with bounces or visible
replies, or one JSON parse tree per mail. Every file counts for exceptions, time and sound text.
"""

from __future__ import annotations

import difflib
import json
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from channels.email import rendering, visible
from channels.email.html import clean
from channels.email.mail import Mail
from channels.email.parse import parse

SLOW = 2.0
MAILS = {".eml", ".msg", ".box", ".txt"}


@dataclass(slots=True)
class Figures:
    """Counts: name of a question to (right, asked), and the names of files that missed it."""

    right: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    asked: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    missed: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    slowest: float = 0.0

    def ask(self, question: str, right: bool, name: str) -> None:
        self.asked[question] += 1
        self.right[question] += right
        if not right:
            self.missed[question].append(name)

    def shown(self) -> dict[str, object]:
        counts = {name: f"{self.right[name]}/{self.asked[name]}" for name in sorted(self.asked)}
        shares = {name: round(self.right[name] / self.asked[name], 4) for name in sorted(self.asked)}
        return {"shares": shares, "counts": counts, "slowest_seconds": round(self.slowest, 3)}


def measure(directory: Path) -> Figures:
    """Ask every question of every mail under `directory`."""
    figures = Figures()
    for path in sorted(directory.rglob("*")):
        if path.is_file() and (path.suffix in MAILS or _looks_like_mail(path)):
            _robust(path, figures)
    for path in sorted(directory.rglob("*.eml")):
        if path.parent.name == "malformed":
            continue  # torture: it must be survived, and every reader reads it differently
        if (tree := path.with_suffix(".json")).exists():
            _against_tree(path, tree, figures)
    for path in sorted(directory.rglob("expected.json")):
        _against_expectations(path, json.loads(path.read_text(encoding="utf-8")), figures)
    return figures


def main(directory: Path, *, as_json: bool, misses: bool) -> int:
    """Print the figures; status 1 if a mail raised, was slow or gave unsound text."""
    figures = measure(directory)
    shown = figures.shown()
    print(json.dumps(shown, ensure_ascii=False) if as_json else json.dumps(shown, ensure_ascii=False, indent=2))
    if misses:
        for question, names in figures.missed.items():
            print(f"{question}: {' '.join(names)}", file=sys.stderr)
    return int(any(figures.missed[question] for question in ("no_exception", "fast", "sound")))


def _looks_like_mail(path: Path) -> bool:
    return path.suffix != ".json" and b"\nSubject:" in path.read_bytes()[:4_000]


def _robust(path: Path, figures: Figures) -> None:
    name = f"{path.parent.name}/{path.name}"
    started = time.perf_counter()
    try:
        mail = parse(path.read_bytes())
        html = clean(mail.html).html
    except Exception as error:  # noqa: BLE001 (what is measured)
        figures.ask("no_exception", False, f"{name} ({error!r})")
        return
    seconds = time.perf_counter() - started
    figures.slowest = max(figures.slowest, seconds)
    figures.ask("no_exception", True, name)
    figures.ask("fast", seconds < SLOW, name)
    figures.ask("sound", all(_sound(text) for text in (*_texts(mail), html)), name)


def _texts(mail: Mail) -> Iterator[str]:
    yield from (mail.subject, mail.text, mail.visible_text, mail.quoted_text, mail.message_id, mail.from_.name)
    yield from (attachment.filename for attachment in mail.attachments)


def _sound(text: str) -> bool:
    return "\0" not in text and not any("\ud800" <= letter <= "\udfff" for letter in text)


def _against_tree(path: Path, tree: Path, figures: Figures) -> None:
    expected = json.loads(tree.read_text(encoding="utf-8"))
    mail = parse(path.read_bytes())
    name = f"{path.parent.name}/{path.name}"
    fields = {
        each["name"]: each["value"]
        for each in reversed(expected["parts"][0]["headers"])
        if isinstance(each["name"], str)
    }
    subject = fields.get("subject")
    if isinstance(subject, dict) and "Text" in subject:
        figures.ask("subject", _same(mail.subject, subject["Text"]), name)
    sender = list(_addresses(fields.get("from")))
    if sender:
        figures.ask("sender", mail.from_.address.lower() == sender[0].lower(), name)
    body = "\n".join(_body(expected["parts"][index]["body"]) for index in expected["text_body"])
    if body.strip():
        figures.ask("body", similarity(_known(mail.text, body), _known(body, body)) >= 0.9, name)
    figures.ask("attachment_count", len(mail.attachments) == len(expected["attachments"]), name)


def _addresses(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("address"), str):
            yield value["address"]
        for each in value.values():
            yield from _addresses(each)
    elif isinstance(value, list):
        for each in value:
            yield from _addresses(each)


def _body(body: Any) -> str:
    if "Html" in body:
        return rendering.plain(rendering.render(body["Html"]))
    return str(body.get("Text", ""))


def similarity(left: str, right: str) -> float:
    """How alike two texts are, spaces aside: 1 is the same."""
    left, right = _plain(left)[:20_000], _plain(right)[:20_000]
    if left == right:
        return 1.0
    return difflib.SequenceMatcher(None, left.split(), right.split(), autojunk=False).ratio()


def _known(text: str, expected: str) -> str:
    """Where the reference could not read a letter, only the others are compared."""
    return "".join(letter for letter in text if letter.isascii()) if "\ufffd" in expected else text


def _same(text: str, expected: str) -> bool:
    return _plain(_known(text, expected)) == _plain(_known(expected, expected))


def _plain(text: str) -> str:
    return " ".join(text.split())


def _against_expectations(path: Path, expected: dict[str, Any], figures: Figures) -> None:
    for name, wanted in expected.items():
        file = path.parent / name
        if not file.exists():
            continue
        ask = _kind(wanted)
        ask(file, wanted, figures)


def _kind(wanted: Any) -> Callable[[Path, Any, Figures], None]:
    if isinstance(wanted, dict):
        return _reply
    return _bounce if "hard_bounce" in wanted[0] else _replies


def _bounce(file: Path, wanted: list[dict[str, Any]], figures: Figures) -> None:
    auto = parse(file.read_bytes()).auto
    figures.ask("bounce_hard", any(each["hard_bounce"] == auto.hard for each in wanted), file.name)
    figures.ask("bounce_status", any(each["status"] == auto.status for each in wanted), file.name)
    figures.ask("bounce_status_class", any(each["status"][:1] == auto.status[:1] for each in wanted), file.name)
    figures.ask("bounce_reason", any(each["reason"] == auto.reason for each in wanted), file.name)


def _reply(file: Path, wanted: dict[str, Any], figures: Figures) -> None:
    started = time.perf_counter()
    shown = visible.split(file.read_text(encoding="utf-8", errors="replace")).visible
    seconds = time.perf_counter() - started
    right = (
        shown == wanted.get("reply_equals", shown)
        and all(each in shown for each in wanted.get("reply_contains", []))
        and all(each not in shown for each in wanted.get("reply_lacks", []))
        and seconds <= wanted.get("max_seconds", SLOW)
    )
    figures.ask("visible_reply", right, f"{file.parent.name}/{file.name}")


def _replies(file: Path, wanted: list[dict[str, Any]], figures: Figures) -> None:
    """The checks on the first reply of a thread; those on how a thread is cut up are not ours."""
    shown = visible.split(file.read_text(encoding="utf-8", errors="replace")).visible
    checks = [check for test in wanted for check in test["checks"] if check["target"] == "mail.replies[0].body"]
    if checks:
        right = all(
            {
                "==": shown.strip() == check["value"].strip(),
                "in": check["value"] in shown,
                "not in": check["value"] not in shown,
            }[check["op"]]
            for check in checks
        )
        figures.ask("visible_reply_in_many_languages", right, file.name)
