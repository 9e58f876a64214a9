"""What each kind of message becomes, who wrote it, and every recorded body."""

from __future__ import annotations

import json
import random
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
import structlog
from msgspec import ValidationError

from channels.contract import Configured, Inbound
from channels.meta_events import Event, Passed, Reported, Said
from channels.whatsapp.adapter import WhatsApp
from channels.whatsapp.parse import events, items
from tests.channels.meta_lab import Lab, configure, damaged, laboratory

NUMBER = "1122334455667"
RECORDED = Path(__file__).parents[4] / "shared" / "acceptance" / "whatsapp" / "pywa-updates"
INBOX = Configured(id="in1", name="in1", locale="fa", settings={"phone_number_id": NUMBER})
needs_recordings = pytest.mark.skipif(
    not RECORDED.is_dir(), reason="the recorded bodies of others (../shared/acceptance/whatsapp) are not here"
)
CHOICE = {"id": "P", "title": "Yes"}
SARA = {"wa_id": "989121234567", "profile": {"name": "Sara"}, "user_id": "IR.77"}


def body(message: dict[str, object], contacts: list[object] | None = None, **more: object) -> dict[str, object]:
    whole = {"id": "wamid.1", "from": "989121234567", "timestamp": "1790000000", **message}
    value = {"metadata": {"phone_number_id": NUMBER}, "contacts": contacts or [SARA], "messages": [whole], **more}
    return {"object": "whatsapp_business_account", "entry": [{"changes": [{"field": "messages", "value": value}]}]}


def read(message: dict[str, object], contacts: list[object] | None = None) -> Event:
    [item] = items(body(message, contacts))
    [event] = events(item, INBOX)
    return event


def said(message: dict[str, object], contacts: list[object] | None = None) -> Inbound:
    event = read(message, contacts)
    assert isinstance(event, Said)
    return event.message


def test_who_wrote_what_and_when() -> None:
    one = said({"type": "text", "text": {"body": "سلام"}, "context": {"from": "98210000", "id": "wamid.0"}})
    assert (one.sender.address, one.sender.name, one.sender.everywhere) == ("989121234567", "Sara", True)
    assert (one.external_id, one.sent_at, one.parts[0].text) == ("wamid.1", 1_790_000_000_000, "سلام")
    assert one.clues[0].external_id == "wamid.0"
    assert one.reply == {"to": "989121234567", "message": "wamid.1"}


def test_a_name_that_stands_beside_somebody_else_is_not_the_senders() -> None:
    one = said({"type": "text", "text": {"body": "x"}, "from": "15550001111"})
    assert one.sender.name is None


@pytest.mark.parametrize(
    ("message", "type_", "payload", "text"),
    [
        ({"type": "button", "button": {"payload": "P", "text": "Yes"}}, "button", "P", "Yes"),
        ({"type": "button", "button": {"text": "Yes"}}, "button", "Yes", "Yes"),
        (
            {
                "type": "interactive",
                "interactive": {"type": "button_reply", "button_reply": {"id": "P", "title": "Yes"}},
            },
            "button",
            "P",
            "Yes",
        ),
        (
            {"type": "interactive", "interactive": {"type": "list_reply", "list_reply": {"id": "P", "title": "Yes"}}},
            "button",
            "P",
            "Yes",
        ),
    ],
)
def test_presses(message: dict[str, object], type_: str, payload: str, text: str) -> None:
    [part] = said(message).parts
    assert (part.type, part.payload, part.text) == (type_, payload, text)


def test_a_form_tells_its_values_and_not_its_token() -> None:
    told = {"flow_token": "x", "a.b$": "4", "n": 3, "list": ["x", "y"], "long": "x" * 5_000}
    reply = {"type": "nfm_reply", "nfm_reply": {"response_json": json.dumps(told), "name": "flow", "body": "Sent"}}
    [part] = said({"type": "interactive", "interactive": reply}).parts
    assert part.type == "form_reply"
    assert part.values == {"a_b_": "4", "n": "3", "list": '["x","y"]', "long": "x" * 1_000}
    reply["nfm_reply"]["response_json"] = "[" * 100_000  # type: ignore[index]
    assert said({"type": "interactive", "interactive": reply}).parts[0].values["response"].startswith("[[[")


@pytest.mark.parametrize("kind", ["image", "video", "audio", "document", "sticker"])
def test_files_are_named_by_their_id_and_fetched_later(kind: str) -> None:
    media = {"id": "555", "mime_type": "audio/ogg; codecs=opus", "caption": "look", "url": "https://evil.example"}
    words, part = said({"type": kind, kind: media}).parts
    assert (words.text, part.source) == ("look", {"media": "555"})
    assert part.file is not None
    assert (part.file.id, part.file.content_type) == ("", "audio/ogg")
    assert part.file.name.startswith(kind)


def test_places_cards_and_orders() -> None:
    [place] = said({"type": "location", "location": {"latitude": 35.7, "longitude": 51.4, "name": "Azadi"}}).parts
    assert (place.type, place.text, place.values) == ("location", "Azadi", {"latitude": "35.7", "longitude": "51.4"})
    cards = [{"name": {"formatted_name": "Ali"}, "phones": [{"phone": "+98 912"}]}, {"name": {"first_name": "Reza"}}]
    assert [part.text for part in said({"type": "contacts", "contacts": cards}).parts] == ["Ali +98 912", "Reza"]
    goods = [{"product_retailer_id": "SHOE", "quantity": 2, "item_price": 30, "currency": "IRR"}]
    order = said({"type": "order", "order": {"catalog_id": "1", "text": "fast", "product_items": goods}})
    assert order.parts[0].text == "fast\n2 × SHOE (30 IRR)"


@pytest.mark.parametrize("type_", ["reaction", "revoke", "system", "request_welcome"])
def test_what_is_of_no_use_is_counted(type_: str) -> None:
    assert read({"type": type_, type_: {"anything": 1}}) == Passed(kind=type_)


def test_a_message_in_a_group_is_not_one_to_us() -> None:
    assert read({"type": "text", "text": {"body": "x"}, "group_id": "g1"}) == Passed(kind="group_message")


@pytest.mark.parametrize(
    "message",
    [
        {"type": "unsupported", "errors": [{"code": 131051}], "unsupported": {"type": "poll"}},
        {"type": "interactive"},
        {"type": "hologram", "hologram": {}},
        {"type": "text", "text": {"body": "  "}},
        {"type": "image"},
    ],
)
def test_what_cannot_be_shown_is_said_to_have_come(message: dict[str, object]) -> None:
    assert "نشان داده نمی‌شود" in (said(message).parts[0].text or "")


def test_an_edit_replaces_what_it_names() -> None:
    inner = {"type": "text", "text": {"body": "better"}}
    one = said({"type": "edit", "id": "wamid.2", "edit": {"original_message_id": "wamid.1", "message": inner}})
    assert (one.external_id, one.edits, one.parts[0].text) == ("wamid.2", "wamid.1", "better")


@pytest.mark.parametrize(
    ("named", "contacts", "keys"),
    [
        ({"from": "989121234567"}, [SARA], ("IR.77", "989121234567")),
        ({"from": "989121234567", "from_user_id": "IR.77"}, [], ("IR.77", "989121234567")),
        ({"from": "IR.77"}, [], ("IR.77",)),
        ({"from": "", "from_user_id": "IR.77"}, [{"user_id": "IR.77", "profile": {"username": "sara"}}], ("IR.77",)),
        ({"from": ""}, [{"user_id": "IR.77"}], ("IR.77",)),
        ({"from": "IR.77", "from_user_id": "IR.77"}, [{"user_id": "IR.77", "wa_id": "989121234567"}], None),
    ],
)
def test_either_name_of_a_person_may_be_missing(
    named: dict[str, object], contacts: list[object], keys: tuple[str, ...] | None
) -> None:
    event = read({"type": "text", "text": {"body": "x"}, **named}, contacts or [{"profile": {}}])
    assert isinstance(event, Said)
    assert event.keys == (keys or ("IR.77", "989121234567"))


@pytest_asyncio.fixture
async def lab(no_task_left_behind: None) -> AsyncIterator[Lab]:
    async with laboratory(WhatsApp(), NUMBER) as made:
        yield made


PHONE, USER = {"from": "989121234567"}, {"from": "", "from_user_id": "IR.77"}
BOTH = {"from": "989121234567", "from_user_id": "IR.77"}


@pytest.mark.parametrize(
    ("order", "addresses"),
    [
        ([PHONE, BOTH, USER], ["989121234567"] * 3),
        ([BOTH, USER, PHONE], ["989121234567"] * 3),
        ([USER, BOTH, PHONE], ["IR.77"] * 3),
        ([PHONE, USER, BOTH, PHONE], ["989121234567", "IR.77", "IR.77", "989121234567"]),
    ],
)
async def test_either_name_finds_the_person(lab: Lab, order: list[dict[str, object]], addresses: list[str]) -> None:
    nobody = [{"profile": {}}, {"profile": {}}]
    for n, named in enumerate(order):
        message = {"type": "text", "text": {"body": "x"}, "id": f"wamid.{n}", **named}
        assert await lab.tell(body(message, nobody)) == 200  # type: ignore[arg-type]
    assert [one.sender.address for one in lab.inlet.received] == addresses
    assert [one.sender.everywhere for one in lab.inlet.received] == [one != "IR.77" for one in addresses]
    assert lab.inlet.received[-1].reply["to"] == (order[-1]["from"] or "IR.77")


def recordings() -> list[tuple[str, dict[str, object]]]:
    found = []
    for path in sorted(RECORDED.glob("*.json")):
        found += [(f"{path.stem}.{name}", one) for name, one in json.loads(path.read_text()).items()]
    return found


def number_in(whole: dict[str, object]) -> str:
    value = whole["entry"][0]["changes"][0]["value"]  # type: ignore[index]
    return str(value.get("metadata", {}).get("phone_number_id", NUMBER))


@needs_recordings
async def test_every_recorded_body_is_stored_reported_or_counted(lab: Lab) -> None:
    stored, told, counted = set(), set(), set()
    for name, whole in recordings():
        configure(lab.inlet, lab.channel, number_in(whole))
        lab.inlet.received.clear()
        lab.inlet.reports.clear()
        lab.inlet._stored.clear()
        with structlog.testing.capture_logs() as logs:
            assert await lab.tell(whole) == 200, name
        assert not lab.inlet.aside, name
        assert lab.inlet.received or lab.inlet.reports or logs, name
        stored |= {name} if lab.inlet.received else set()
        told |= {name} if lab.inlet.reports else set()
        counted |= {name} if logs else set()
    assert len(stored) + len(told) + len(counted) == len(recordings()) > 60
    assert {one.partition(".")[0] for one in told} == {"message_status"}
    assert {
        "message.text",
        "callback_button.quick_reply",
        "flow_completion.completion",
        "edited_message.image",
    } <= stored
    assert {"message.reaction", "deleted_message.revoke", "outgoing_message.text", "call_status.call_status"} <= counted


@needs_recordings
def test_no_damage_to_a_body_is_an_exception() -> None:
    dice = random.Random(7)
    seen = set()
    for _, whole in recordings() * 30:
        broken = damaged(whole, dice)
        for item in items(broken if isinstance(broken, dict) else {}):
            try:
                seen |= {type(one) for one in events(item, INBOX)}
            except (ValidationError, ValueError):
                seen.add(ValueError)
    assert seen == {Said, Reported, Passed, ValueError}
