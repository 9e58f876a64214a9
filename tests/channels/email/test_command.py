"""`peyk mail` as a person or a script calls it: a process of its own, no database."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.channels.email.mails import PLAIN, multipart


def _peyk(*words: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "hub.cli", "mail", *words]
    return subprocess.run(
        command, input=given, capture_output=True, check=False, timeout=60, env={"LC_ALL": "C", "PATH": ""}
    )


def test_parse_prints_a_line_a_mail(tmp_path: Path) -> None:
    one, two = tmp_path / "one.eml", tmp_path / "two.eml"
    one.write_bytes(PLAIN)
    two.write_bytes(multipart("Content-Type: text/plain; charset=utf-8\n\nسلام", "Content-Type: image/png\n\nx"))
    done = _peyk("parse", str(one), str(two), "--json")
    assert done.returncode == 0, done.stderr
    first, second = (json.loads(line) for line in done.stdout.decode().splitlines())
    assert first["file"] == str(one)
    assert first["from"] == {"name": "Maryam", "address": "maryam@example.com"}
    assert first["auto"] == {
        "kind": "none",
        "status": "",
        "reason": "",
        "hard": False,
        "action": "",
        "recipient": "",
        "original_message_id": "",
    }
    assert second["text"] == second["visible_text"] == "سلام"
    assert [set(each) for each in second["attachments"]] == [{"filename", "content_type", "size", "sha256", "inline"}]
    assert {
        "subject",
        "to",
        "cc",
        "date",
        "message_id",
        "in_reply_to",
        "references",
        "html",
        "quoted_text",
        "problems",
    } <= set(first)


def test_visible_splits_a_body() -> None:
    done = _peyk("visible", "-", "--json", given="باشه\n\nدر تاریخ ۱۴۰۴/۱۰/۱۵ ۱۰:۱۲ علی نوشت:\n> بله؟\n".encode())
    assert json.loads(done.stdout)["visible_text"] == "باشه"


def test_what_cannot_be_read_is_said_and_the_rest_is_done(tmp_path: Path) -> None:
    good = tmp_path / "good.eml"
    good.write_bytes(PLAIN)
    done = _peyk("parse", str(tmp_path / "none.eml"), str(good), "--json")
    assert done.returncode == 1
    assert b"none.eml" in done.stderr
    assert len(done.stdout.splitlines()) == 1
