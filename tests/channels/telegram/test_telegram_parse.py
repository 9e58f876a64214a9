"""Updates by their traps: each file of `tests/payloads/telegram` is one, with what has to be understood of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.contract import Configured, Part
from channels.telegram import parse
from channels.telegram.raw import decode
from channels.telegram.settings import DIALECTS, TELEGRAM

PAYLOADS = sorted((Path(__file__).parents[2] / "payloads" / "telegram").glob("*.json"))
INBOX = Configured(id="shop", name="Shop", locale="fa", settings={})


def seen(part: Part) -> dict[str, Any]:
    """A part as the payload files write it."""
    shown: dict[str, Any] = {"type": part.type}
    shown |= {name: value for name in ("text", "payload") if (value := getattr(part, name)) is not None}
    shown |= {name: dict(value) for name in ("values", "source") if (value := getattr(part, name))}
    if part.file is not None:
        assert part.file.id == ""
        file = {"name": part.file.name, "content_type": part.file.content_type, "size": part.file.size}
        shown |= file | {name: value for name in ("width", "height") if (value := getattr(part.file, name))}
    return shown


@pytest.mark.parametrize("path", PAYLOADS, ids=lambda path: path.stem)
def test_an_update_is_understood(path: Path) -> None:
    payload = json.loads(path.read_text())
    heard = parse.heard(payload["update"], INBOX, DIALECTS[payload["dialect"]])
    message = heard.message
    got: dict[str, Any] = {"ignored": heard.ignored, "press": heard.press, "album": heard.album}
    got["too_large"] = heard.too_large
    if message is not None:
        got |= {"external_id": message.external_id, "address": message.sender.address, "name": message.sender.name}
        got |= {"locale": message.locale, "sent_at": message.sent_at, "edits": message.edits}
        got |= {"context": dict(message.context), "reply": dict(message.reply)}
        got["parts"] = [seen(part) for part in message.parts]
    expected = payload["heard"]
    assert {name: got.get(name) for name in expected} == expected
    assert (message is None) == bool(expected.get("ignored"))


def test_a_letter_that_is_no_letter_loses_no_message() -> None:
    raw = (
        b'{"update_id":1,"message":{"message_id":1,"date":1,"chat":{"id":42,"type":"private"},"text":"ab\\ud83d \xff"}}'
    )
    update = decode(raw)
    assert update is not None
    message = parse.heard(update, INBOX, TELEGRAM).message
    assert message is not None
    assert message.parts[0].text == "ab? �"


@pytest.mark.parametrize(
    "raw", [b"", b"[]", b"{", b"[" * 100_000, b'{"a":' * 50_000, b"\xff\xfe", b"null", b"9" * 6_000]
)
def test_what_is_no_update_is_none(raw: bytes) -> None:
    assert decode(raw) is None


def test_an_album_is_one_message_in_the_order_it_was_sent() -> None:
    updates = [_picture(number, caption="دو عکس" if number == 7 else None) for number in (9, 7, 8)]
    heard = parse.album(updates, INBOX, TELEGRAM)
    assert heard is not None
    assert heard.message is not None
    assert heard.message.external_id == "42.7.1790000000.album"
    assert [part.text or part.source["file_id"] for part in heard.message.parts] == ["دو عکس", "p7", "p8", "p9"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=12,
)
NAMES = st.sampled_from(
    ["text", "caption", "photo", "document", "sticker", "location", "venue", "contact", "poll", "chat", "from", "date"]
)


@settings(max_examples=200, deadline=None)
@given(kind=st.sampled_from(parse.UPDATES), body=st.dictionaries(NAMES, JSON, max_size=6), inner=JSON)
def test_nothing_that_comes_raises(kind: str, body: dict[str, Any], inner: object) -> None:
    chat = {"chat": {"id": 42, "type": "private"}}
    parse.heard(
        {"update_id": inner, kind: {**chat, **body, "message": {**chat, **body}, "data": inner}}, INBOX, TELEGRAM
    )
    parse.album([{kind: {**chat, **body}}, {"message": {**chat, "text": "x"}}], INBOX, TELEGRAM)


def _picture(number: int, caption: str | None) -> dict[str, Any]:
    picture = {"photo": [{"file_id": f"p{number}", "width": 1, "height": 1}], "media_group_id": "1"}
    words = {"caption": caption} if caption else {}
    chat = {"chat": {"id": 42, "type": "private"}, "message_id": number, "date": 1_790_000_000}
    return {"update_id": number, "message": {**chat, **picture, **words}}
