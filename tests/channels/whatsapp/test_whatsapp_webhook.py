"""The provider's calls, over real HTTP: who may, what is stored before the 200, and what happens to nonsense."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
import structlog

from channels.meta import MAX_BODY
from channels.whatsapp.adapter import WhatsApp
from tests.channels.meta_lab import OLD_SECRET, VERIFY, Lab, configure, laboratory
from tests.fakes.graph import signature

NUMBER = "1122334455667"


@pytest_asyncio.fixture
async def lab(no_task_left_behind: None) -> AsyncIterator[Lab]:
    async with laboratory(WhatsApp(), NUMBER) as made:
        yield made


def text(id_: str, words: str = "hello", sender: str = "989121234567", **more: object) -> dict[str, object]:
    return {"from": sender, "id": id_, "timestamp": "1790000000", "type": "text", "text": {"body": words}, **more}


def status(id_: str, state: str, **more: object) -> dict[str, object]:
    return {"id": id_, "status": state, "timestamp": "1790000001", "recipient_id": "989121234567", **more}


def value(number: str = NUMBER, **lists: object) -> dict[str, object]:
    metadata = {"display_phone_number": "98210000", "phone_number_id": number}
    return {"field": "messages", "value": {"messaging_product": "whatsapp", "metadata": metadata, **lists}}


def batch(*changes: object) -> dict[str, object]:
    return {"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": list(changes)}]}


async def test_the_challenge_is_answered_only_to_who_knows_the_token(lab: Lab) -> None:
    asked = {"hub.mode": "subscribe", "hub.verify_token": VERIFY, "hub.challenge": "<b>1158201444</b>"}
    async with lab.session.get(lab.hook, params=asked) as response:
        assert (response.status, await response.text()) == (200, "<b>1158201444</b>")
        assert response.content_type == "text/plain"
    for wrong in ({"hub.verify_token": "x"}, {"hub.verify_token": ""}, {"hub.mode": "unsubscribe"}):
        async with lab.session.get(lab.hook, params={**asked, **wrong}) as response:
            assert response.status == 403
    lab.inlet.configure("whatsapp", "in1", phone_number_id=NUMBER, verify_token="")
    async with lab.session.get(lab.hook, params={**asked, "hub.verify_token": ""}) as response:
        assert response.status == 403


@pytest.mark.parametrize(
    "header",
    [
        {},
        {"X-Hub-Signature-256": ""},
        {"X-Hub-Signature-256": "sha256=" + "0" * 64},
        {"X-Hub-Signature-256": "sha256=" + "é" * 64},
        {"X-Hub-Signature": "sha1=" + "0" * 40},
    ],
)
async def test_without_a_right_signature_nothing_is_read(lab: Lab, header: dict[str, str]) -> None:
    raw = json.dumps(batch(value(messages=[text("wamid.1")]))).encode()
    async with lab.session.post(lab.hook, data=raw, headers=header) as response:
        assert response.status == 401
    assert not lab.inlet.received
    assert await lab.tell(raw) == 200
    assert len(lab.inlet.received) == 1


async def test_the_signature_is_over_the_raw_bytes(lab: Lab) -> None:
    body = batch(value(messages=[text("wamid.1", "سلام é")]))
    for raw in (json.dumps(body, indent=3).encode(), json.dumps(body, ensure_ascii=False).encode()):
        changed = raw.replace(b'"wamid.1"', b'"wamid.2"')
        async with lab.session.post(lab.hook, data=changed, headers=signature(raw)) as response:
            assert response.status == 401
        assert await lab.tell(raw) == 200


async def test_the_secret_of_before_the_change_is_still_good_and_no_secret_is_none(lab: Lab) -> None:
    body = batch(value(messages=[text("wamid.1")]))
    assert await lab.tell(body, OLD_SECRET) == 200
    lab.inlet.configure("whatsapp", "in1", phone_number_id=NUMBER, app_secret="", verify_token=VERIFY)
    assert await lab.tell(body, "") == 401


async def test_a_body_that_comes_three_times_is_stored_once(lab: Lab) -> None:
    body = batch(value(messages=[text("wamid.1")]))
    assert [await lab.tell(body) for _ in range(3)] == [200, 200, 200]
    assert [one.external_id for one in lab.inlet.received] == ["wamid.1"]


async def test_every_item_of_a_batch_is_taken_in_order_for_each_person(lab: Lab) -> None:
    messages = [text(f"wamid.{n}", str(n), sender=f"98912000000{n % 3}") for n in range(60)]
    statuses = [status(f"wamid.s{n}", "delivered") for n in range(40)]
    body = batch(
        value(messages=messages[:20]),
        value(messages=messages[20:], statuses=statuses[:1]),
        value(statuses=statuses[1:]),
    )
    body["entry"].append(batch(value(messages=[text("wamid.last")]))["entry"][0])  # type: ignore[attr-defined, index]
    assert await lab.tell(body) == 200
    assert {one.external_id for one in lab.inlet.received} == {f"wamid.{n}" for n in range(60)} | {"wamid.last"}
    assert {one.external_id for one in lab.inlet.reports} == {f"wamid.s{n}" for n in range(40)}
    for person in range(3):
        mine = [one.parts[0].text for one in lab.inlet.received if one.sender.address == f"98912000000{person}"]
        assert mine == [str(n) for n in range(60) if n % 3 == person]


async def test_one_bad_item_costs_nobody_else_and_is_set_aside_once(lab: Lab) -> None:
    bad: list[object] = [
        {"type": "text"},
        {"from": "989121234567", "type": "text", "text": {"body": "no id"}},
        "not an object",
        None,
        {**text("wamid.x"), "text": "not an object"},
        {**text("wamid.y"), "from": ["989121234567"]},
        {**text("wamid.z"), "timestamp": "yesterday"},
        {"id": "wamid.nobody", "type": "text", "text": {"body": "from nobody"}},
    ]
    body = batch(
        value(messages=[text("wamid.1"), *bad, text("wamid.2")], statuses=[{"id": 7}, status("wamid.3", "read")])
    )
    assert await lab.tell(body) == 200
    assert await lab.tell(body) == 200
    assert [one.external_id for one in lab.inlet.received] == ["wamid.1", "wamid.2"]
    assert {one.external_id for one in lab.inlet.reports} == {"wamid.3"}
    assert len(lab.inlet.aside) == len(bad) + 1
    assert {reason for reason, _ in lab.inlet.aside.values()} == {"unreadable"}


async def test_odd_entries_are_set_aside_and_odd_lists_are_passed(lab: Lab) -> None:
    body = batch(value(messages=[text("wamid.1")]), "odd", {"field": 7, "value": []}, value(messages={"a": 1}))
    body["entry"] += [None, 3, {"changes": "x"}]  # type: ignore[operator]
    assert await lab.tell(body) == 200
    assert len(lab.inlet.received) == 1
    assert len(lab.inlet.aside) == 1


async def test_what_was_set_aside_can_be_run_again(lab: Lab) -> None:
    assert await lab.tell(batch(value("999999", messages=[text("wamid.1")]))) == 200
    assert not lab.inlet.received
    [(reason, raw)] = lab.inlet.aside.values()
    assert reason == "no_inbox"
    with pytest.raises(Exception, match="another account"):
        await lab.channel.rerun(lab.inbox, raw, lab.inlet)
    mended = configure(lab.inlet, lab.channel, "999999")
    await lab.channel.rerun(mended, raw, lab.inlet)
    assert [one.external_id for one in lab.inlet.received] == ["wamid.1"]


async def test_a_batch_for_two_numbers_of_one_app_goes_to_two_inboxes(lab: Lab) -> None:
    configure(lab.inlet, lab.channel, "2222222", inbox="in2")
    body = batch(value(messages=[text("wamid.1")]), value("2222222", messages=[text("wamid.2", sender="989350000000")]))
    assert await lab.tell(body) == 200
    assert {(one.inbox, one.external_id) for one in lab.inlet.received} == {("in1", "wamid.1"), ("in2", "wamid.2")}


async def test_a_foreign_app_cannot_write_into_anothers_inbox(lab: Lab) -> None:
    lab.inlet.configure("whatsapp", "in2", phone_number_id="2222222", app_secret="of another app", verify_token="v")
    assert await lab.tell(batch(value("2222222", messages=[text("wamid.1")]))) == 200
    assert not lab.inlet.received
    lab.inlet.configure("whatsapp", "in2", phone_number_id=7, app_secret=["broken"])
    assert await lab.tell(batch(value(messages=[text("wamid.2")]))) == 200
    assert len(lab.inlet.received) == 1


async def test_a_body_of_three_megabytes_and_a_bit_is_refused(lab: Lab) -> None:
    whole = json.dumps(batch(value(messages=[text("wamid.1", "x")]))).encode()
    assert await lab.tell(whole + b" " * (MAX_BODY - len(whole))) == 200
    assert await lab.tell(whole + b" " * (MAX_BODY - len(whole) + 1)) == 413

    async def unsized() -> AsyncIterator[bytes]:
        for _ in range(50):
            yield b" " * 100_000

    async with lab.session.post(lab.hook, data=unsized(), headers=signature(b"")) as response:
        assert response.status == 413


async def test_a_body_that_never_ends_is_given_up(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("channels.meta.BODY_SECONDS", 0.1)
    gone = asyncio.Event()

    async def endless() -> AsyncIterator[bytes]:
        yield b"{"
        await gone.wait()

    async with lab.session.post(lab.hook, data=endless(), headers=signature(b"")) as response:
        gone.set()
        assert (response.status, response.headers.get("Retry-After")) == (408, None)


@pytest.mark.parametrize(
    "raw", [b"", b"{", b"[]", b'"x"', b"{}", b'{"entry": 3}', b"\xff\xfe{}", b'{"entry": [' + b"[" * 500_000]
)
async def test_malformed_bodies_are_400(lab: Lab, raw: bytes) -> None:
    assert await lab.tell(raw) == 400


async def test_half_a_character_in_a_name_costs_no_message(lab: Lab) -> None:
    contacts = [{"wa_id": "989121234567", "profile": {"name": "Sara \ud83d"}}]
    assert await lab.tell(batch(value(contacts=contacts, messages=[text("wamid.1")]))) == 200
    assert lab.inlet.received[0].sender.name == "Sara ?"


async def test_while_the_store_is_away_the_provider_is_asked_to_come_again(lab: Lab) -> None:
    body = batch(value(messages=[text("wamid.1")], statuses=[status("wamid.0", "sent")]))
    lab.inlet.down = True
    raw = json.dumps(body).encode()
    async with lab.session.post(lab.hook, data=raw, headers=signature(raw)) as response:
        assert response.status == 503
        assert int(response.headers["Retry-After"]) > 0
    lab.inlet.down = False
    assert await lab.tell(raw) == 200
    assert len(lab.inlet.received) == len(lab.inlet.reports) == 1


async def test_statuses_are_reported_in_whatever_order_they_come(lab: Lab) -> None:
    failed = status("wamid.9", "failed", errors=[{"code": 131047, "title": "Re-engagement message"}])
    unreachable = status("wamid.8", "failed", errors=[{"code": 131026, "message": "Message undeliverable"}])
    come = [status("wamid.1", one) for one in ("read", "sent", "delivered", "played", "deleted")]
    assert await lab.tell(batch(value(statuses=[*come, failed, unreachable, status("wamid.7", "failed")]))) == 200
    said = {}
    for one in lab.inlet.reports:
        said.setdefault(one.external_id, []).append((one.state, one.code, one.reason))
    assert [state for state, _, _ in said["wamid.1"]] == ["read", "sent", "delivered", "read"]
    assert said["wamid.9"] == [("failed", "window_closed", "131047: Re-engagement message")]
    assert said["wamid.8"] == [("failed", "bad_address", "131026: Message undeliverable")]
    assert said["wamid.7"] == [("failed", "rejected", None)]


async def test_an_unknown_inbox_is_404_and_another_channels_too(lab: Lab) -> None:
    lab.inlet.configure("telegram", "other")
    for inbox in ("nobody", "other"):
        async with lab.session.post(f"{lab.url}/channels/whatsapp/{inbox}/webhook", data=b"{}") as response:
            assert response.status == 404


async def test_nothing_that_was_said_and_nobodys_number_is_logged(lab: Lab) -> None:
    with structlog.testing.capture_logs() as logs:
        await lab.tell(batch(value(messages=[text("wamid.1", "my secret"), {**text("wamid.2"), "type": "reaction"}])))
        await lab.tell(batch(value(messages=[{**text("wamid.3", "my secret"), "text": 3}])), "wrong")
    assert {one["event"] for one in logs} == {"webhook_event_unused", "webhook_refused"}
    assert "secret" not in str(logs)
    assert "98912" not in str(logs)
