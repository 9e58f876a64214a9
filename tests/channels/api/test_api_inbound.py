"""What another system sends us: who may, what it says, and that it is there once."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
from typing import Any

import pytest
from multidict import CIMultiDict

from channels.api.signing import signature
from channels.contract import ChannelError, Inbound, Receipt
from tests.channels.api.lab import NOON, OLD_SECRET, SECRET, Lab, api_lab
from tests.fakes.inlet import FakeInlet, Report

HELLO = {"sender": {"id": "user-7", "name": "سارا"}, "text": "سلام"}
FIVE_MINUTES = 300_000


async def test_a_signed_message_is_stored_before_it_is_answered(lab: Lab) -> None:
    answer = await lab.call("messages", {**HELLO, "id": "m-1", "locale": "fa-IR", "page": "/cart", "sent_at": NOON})
    assert answer.status == 200
    assert answer.json == {"id": "m-1", "conversation": "c-user-7", "seq": 1, "at": 0, "duplicate": False}
    (message,) = lab.inlet.received
    assert (message.external_id, message.inbox, message.locale, message.sent_at) == ("m-1", "desk", "fa", NOON)
    assert (message.sender.address, message.sender.name, message.sender.verified) == ("user-7", "سارا", False)
    assert [(part.type, part.text) for part in message.parts] == [("text", "سلام")]
    assert message.context == {"page": "/cart"}


async def test_a_pressed_button_and_a_verified_sender(lab: Lab) -> None:
    body = {"sender": {"id": "u", "verified": True}, "button": {"payload": "/track", "title": "Track"}}
    assert (await lab.call("messages", body)).status == 200
    (message,) = lab.inlet.received
    assert message.sender.verified
    assert [(part.type, part.text, part.payload) for part in message.parts] == [("button", "Track", "/track")]


async def test_the_same_id_twice_is_stored_once_whatever_the_body(lab: Lab) -> None:
    first = await lab.call("messages", HELLO, id_="evt-1")
    again = await lab.call("messages", HELLO, id_="evt-1")
    other = await lab.call("messages", {**HELLO, "text": "not what it was"}, id_="evt-1")
    assert [one.json["duplicate"] for one in (first, again, other)] == [False, True, True]
    assert [one.parts[0].text for one in lab.inlet.received] == ["سلام"]


async def test_the_id_in_the_body_counts_when_each_try_has_a_webhook_id_of_its_own(lab: Lab) -> None:
    for n in range(3):
        assert (await lab.call("messages", {**HELLO, "id": "m-1"}, id_=f"try-{n}")).status == 200
    assert len(lab.inlet.received) == 1


class Conflicting(FakeInlet):
    """An inlet that knows every id with other words."""

    async def receive(self, message: Inbound) -> Receipt:
        raise ChannelError("reused_id", "This message id was used for another message.", status=409)


async def test_an_id_that_the_hub_knows_with_other_words_is_a_conflict() -> None:
    async with api_lab(Conflicting()) as lab:
        answer = await lab.call("messages", HELLO)
    assert (answer.status, answer.code) == (409, "reused_id")


@pytest.mark.parametrize("shift", [-FIVE_MINUTES - 1_000, FIVE_MINUTES + 1_000])
async def test_c04_a_replay_outside_the_window_is_refused(lab: Lab, shift: int) -> None:
    answer = await lab.call("messages", HELLO, at=NOON + shift)
    assert (answer.status, answer.code) == (401, "stale")
    assert lab.inlet.received == []


@pytest.mark.parametrize("shift", [-FIVE_MINUTES, FIVE_MINUTES])
async def test_a_clock_that_is_five_minutes_off_still_works(lab: Lab, shift: int) -> None:
    assert (await lab.call("messages", HELLO, at=NOON + shift)).status == 200


async def test_c04_a_captured_request_that_is_played_again_stays_one_message(lab: Lab) -> None:
    body = json.dumps(HELLO).encode()
    headers = {
        "webhook-id": "evt-9",
        "webhook-timestamp": str(NOON // 1000),
        "webhook-signature": signature(SECRET, "evt-9", NOON // 1000, body),
    }
    for _ in range(3):
        assert (await lab.raw("POST", "/channels/api/desk/messages", body, headers)).status == 200
    lab.clock.advance(FIVE_MINUTES + 1_000)
    assert (await lab.raw("POST", "/channels/api/desk/messages", body, headers)).code == "stale"
    assert len(lab.inlet.received) == 1


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({"webhook-signature": "v1,AAAA"}, "bad_signature"),
        ({"webhook-signature": ""}, "bad_signature"),
        ({"webhook-signature": "v1," + "é" * 40}, "bad_signature"),
        ({"webhook-signature": "v1a," + "A" * 44}, "bad_signature"),
        ({"webhook-id": "another-id"}, "bad_signature"),
        ({"webhook-id": "with.dot"}, "unsigned"),
        ({"webhook-id": "x" * 201}, "unsigned"),
        ({"webhook-timestamp": str(NOON // 1000 + 1)}, "bad_signature"),
        ({"webhook-timestamp": "soon"}, "unsigned"),
        ({"webhook-timestamp": "١٧٩٠"}, "unsigned"),
        ({"webhook-timestamp": "-1"}, "unsigned"),
        ({"webhook-timestamp": "9" * 12}, "stale"),
    ],
)
async def test_what_is_not_signed_by_the_secret_is_refused(lab: Lab, headers: dict[str, str], code: str) -> None:
    answer = await lab.call("messages", HELLO, headers=headers)
    assert (answer.status, answer.code) == (401, code)
    assert lab.inlet.received == []


async def test_c04_another_secret_an_altered_body_and_missing_or_doubled_headers_are_refused(lab: Lab) -> None:
    assert (await lab.call("messages", HELLO, secret="x" * 40)).code == "bad_signature"
    path = "/channels/api/desk/messages"
    assert (await lab.raw("POST", path, json.dumps(HELLO).encode())).code == "unsigned"
    body = json.dumps(HELLO).encode()
    good = {
        "webhook-id": "e",
        "webhook-timestamp": str(NOON // 1000),
        "webhook-signature": signature(SECRET, "e", NOON // 1000, body),
    }
    assert (await lab.raw("POST", path, body + b" ", good)).code == "bad_signature"
    for name, value in good.items():
        doubled = CIMultiDict(good)
        doubled.add(name, value)
        assert (await lab.raw("POST", path, body, doubled)).code == "unsigned"
    assert lab.inlet.received == []
    assert (await lab.raw("POST", path, body, good)).status == 200


async def test_while_secrets_change_both_are_good_and_several_signatures_may_come(lab: Lab) -> None:
    assert (await lab.call("messages", HELLO, secret=OLD_SECRET)).status == 401
    lab.configure(previous_secret=OLD_SECRET)
    assert (await lab.call("messages", HELLO, secret=OLD_SECRET)).status == 200
    assert (await lab.call("messages", HELLO)).status == 200
    body = json.dumps(HELLO).encode()
    signatures = [signature(one, "e", NOON // 1000, body) for one in ("q" * 40, SECRET)]
    headers = {
        "webhook-id": "e",
        "webhook-timestamp": str(NOON // 1000),
        "webhook-signature": " ".join(signatures),
    }
    assert (await lab.raw("POST", "/channels/api/desk/messages", body, headers)).status == 200


@pytest.mark.parametrize("secret", ["", "too-short"])
async def test_an_inbox_without_a_real_secret_takes_nothing(lab: Lab, secret: str) -> None:
    lab.configure(secret=secret)
    assert (await lab.call("messages", HELLO, secret=secret)).status == 401


async def test_c04_an_inbox_that_is_not_ours_is_not_there(lab: Lab) -> None:
    lab.inlet.configure("webchat", "shop", secret=SECRET)
    for inbox in ("shop", "nowhere"):
        answer = await lab.call("messages", HELLO, inbox=inbox)
        assert (answer.status, answer.code) == (404, "not_found")


async def test_c04_who_keeps_sending_forged_requests_is_told_to_wait(lab: Lab) -> None:
    answers = [await lab.call("messages", HELLO, secret="x" * 40) for _ in range(21)]
    assert [one.status for one in answers] == [401] * 20 + [429]
    assert answers[-1].headers["Retry-After"] == "30"
    assert (await lab.call("messages", HELLO)).status == 200  # the true one is not locked out


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "bad_json"),
        (b"{", "bad_json"),
        (b"\xff\xfe", "bad_json"),
        (b"[" * 200_000, "bad_field"),
        (b'{"sender": {"id": "u"}, "text": "\\ud800"}', "bad_json"),
        (b"[]", "bad_field"),
        (b"null", "bad_field"),
        ({"text": "hi"}, "missing_field"),
        ({**HELLO, "role": "admin"}, "unknown_field"),
        ({**HELLO, "sender": {"id": "u", "everywhere": True}}, "unknown_field"),
        ({**HELLO, "sender": {"id": {"$gt": ""}}}, "bad_field"),
        ({**HELLO, "sender": {"id": ""}}, "bad_field"),
        ({**HELLO, "sender": {"id": "u\n"}}, "bad_field"),
        ({**HELLO, "sender": {"id": "u" * 121}}, "bad_field"),
        ({**HELLO, "id": "m 1"}, "bad_field"),
        ({**HELLO, "text": 5}, "bad_field"),
        ({**HELLO, "text": "x" * 16_001}, "bad_field"),
        ({**HELLO, "sent_at": -1}, "bad_field"),
        ({**HELLO, "sent_at": 1e300}, "bad_field"),
        ({**HELLO, "text": " \n "}, "bad_text"),
        ({"sender": {"id": "u"}}, "bad_text"),
        ({**HELLO, "button": {"payload": "/x"}}, "bad_text"),
        ({**HELLO, "attachments": [{}]}, "bad_file"),
        ({**HELLO, "attachments": [{"file": "f", "url": "https://a.example/"}]}, "bad_file"),
        ({**HELLO, "attachments": [{"content": "not base64!"}]}, "bad_field"),
        ({**HELLO, "attachments": [{"url": "file:///etc/passwd"}]}, "bad_url"),
        ({**HELLO, "attachments": [{"url": "https://u:p@a.example/"}]}, "bad_url"),
        ({**HELLO, "attachments": [{"file": "f"}] * 11}, "bad_field"),
    ],
)
async def test_nonsense_is_a_clear_400_and_nothing_is_stored(lab: Lab, body: Any, code: str) -> None:
    answer = await lab.call("messages", body)
    assert (answer.status, answer.code) == (400, code)
    assert lab.inlet.received == []


async def test_a_body_over_a_megabyte_is_refused_declared_or_not(lab: Lab) -> None:
    big = json.dumps({**HELLO, "text": "x" * 1_048_576}).encode()
    assert (await lab.call("messages", big)).code == "too_large"

    async def undeclared() -> Any:
        for at in range(0, len(big), 65_536):
            yield big[at : at + 65_536]

    async with lab.session.post(f"{lab.url}/channels/api/desk/messages", data=undeclared()) as answer:
        assert answer.status == 413


@pytest.mark.parametrize("what", ["messages", "reports"])
async def test_when_the_store_is_down_nothing_is_acknowledged(lab: Lab, what: str) -> None:
    bodies = {"messages": HELLO, "reports": {"reports": [{"id": "x", "state": "read"}]}}
    lab.inlet.down = True
    answer = await lab.call(what, bodies[what], id_="evt")
    assert (answer.status, answer.code, answer.headers["Retry-After"]) == (503, "unavailable", "2")
    lab.inlet.down = False
    assert (await lab.call(what, bodies[what], id_="evt")).status == 200


async def test_many_at_once_are_each_there_once(lab: Lab) -> None:
    await asyncio.gather(*(lab.call("messages", {**HELLO, "id": f"m-{n % 10}"}) for n in range(40)))
    assert sorted(one.external_id for one in lab.inlet.received) == sorted(f"m-{n}" for n in range(10))


async def test_small_files_come_along_and_large_ones_by_address(lab: Lab) -> None:
    attachments = [
        {"url": "https://files.example/a.pdf", "name": "a.pdf", "content_type": "application/pdf"},
        {"content": base64.b64encode(b"small").decode(), "name": "b.txt"},
    ]
    body = {"sender": {"id": "u"}, "attachments": attachments, "id": "m-1"}
    assert (await lab.call("messages", body)).status == 200
    assert (await lab.call("messages", body)).json["duplicate"] is True
    (message,) = lab.inlet.received
    far, near = message.parts
    assert (far.source, far.file and (far.file.id, far.file.name)) == (
        {"url": "https://files.example/a.pdf"},
        ("", "a.pdf"),
    )
    assert near.source == {}
    assert near.file is not None
    assert lab.inlet.files[near.file.id][1] == b"small"
    assert len(lab.inlet.files) == 1


async def test_a_file_is_announced_uploaded_and_named_in_a_message(lab: Lab) -> None:
    data = b"%PDF-1.7 " + bytes(300_000)
    announced = {"sender": "u", "name": "صورتحساب.pdf", "sha256": hashlib.sha256(data).hexdigest()}
    ticket = (await lab.call("files", announced)).json
    bad = await lab.raw("POST", ticket["url"], b"other bytes")
    assert (bad.status, bad.code) == (400, "bad_file")
    assert lab.inlet.files == {}
    stored = await lab.raw("POST", ticket["url"], data)
    assert (stored.status, stored.json["name"], stored.json["size"]) == (200, "صورتحساب.pdf", len(data))
    body = {"sender": {"id": "u"}, "attachments": [{"file": stored.json["file"]}]}
    assert (await lab.call("messages", body)).status == 200
    assert (lab.inlet.received[0].parts[0].file or "") != ""


async def test_an_upload_link_is_for_one_inbox_and_a_quarter_of_an_hour(lab: Lab) -> None:
    lab.inlet.configure("api", "second", secret=SECRET)
    url = str((await lab.call("files", {"sender": "u", "name": "a"})).json["url"])
    assert (await lab.raw("POST", url.replace("/desk/", "/second/"), b"x")).status == 401
    assert (await lab.raw("POST", url[:-2] + "xx", b"x")).status == 401
    assert (await lab.raw("POST", url.partition("?")[0], b"x")).status == 401
    lab.clock.advance(15 * 60_000)
    assert (await lab.raw("POST", url, b"x")).code == "bad_link"


async def test_an_upload_over_ten_megabytes_is_refused(lab: Lab) -> None:
    url = str((await lab.call("files", {"sender": "u", "name": "a"})).json["url"])
    assert (await lab.raw("POST", url, bytes(10 * 1024 * 1024 + 1))).code == "too_large"
    assert lab.inlet.files == {}


async def test_reports_are_passed_on_one_by_one(lab: Lab) -> None:
    reports = [
        {"id": "say:c-1:4", "state": "delivered"},
        {"id": "their-9", "state": "failed", "reason": "number\u202e is\n gone", "code": "bad_address"},
    ]
    answer = await lab.call("reports", {"reports": reports})
    assert (answer.status, answer.json) == (200, {"unknown": []})
    assert lab.inlet.reports == [
        Report("desk", "say:c-1:4", "delivered"),
        Report("desk", "their-9", "failed", "number is gone", "bad_address"),
    ]


@pytest.mark.parametrize(
    "body",
    [
        {"reports": []},
        {"reports": [{"id": "x", "state": "sent"}]},
        {"reports": [{"id": "x", "state": "read", "code": "made_up"}]},
        {"reports": [{"id": "x", "state": "read"}] * 101},
        {},
    ],
)
async def test_reports_that_say_nothing_we_know_are_refused(lab: Lab, body: object) -> None:
    assert (await lab.call("reports", body)).status == 400
    assert lab.inlet.reports == []


async def test_a_customer_without_a_conversation_has_an_empty_one(lab: Lab) -> None:
    answer = await lab.call("conversations", {"sender": "u", "after": 3})
    assert (answer.status, answer.json) == (200, {"entries": []})
