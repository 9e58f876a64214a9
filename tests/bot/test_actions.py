"""The action server, over HTTP as Rasa calls it, with a real order service behind it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.actions import Actions, describes
from bot.hours import OpeningHours, opening_hours
from bot.orders import HttpOrders

TOKEN = "a-token-between-hub-and-bot"


class Back:
    """What stands behind the actions: an order service, tickets, hours; each can be broken."""

    def __init__(self) -> None:
        self.order: object = {"number": "12345", "status": "shipped"}
        self.status = 200
        self.hang = False
        self.closing = asyncio.Event()
        self.asked: list[tuple[str, str]] = []
        self.tickets: dict[tuple[str, str], str] = {}
        self.broken = False

    async def serve(self, request: web.Request) -> web.Response:
        self.asked.append((request.match_info["number"], request.headers["Accept-Language"]))
        if self.hang:
            await self.closing.wait()
        if isinstance(self.order, str):
            return web.Response(status=self.status, text=self.order)
        return web.json_response(self.order, status=self.status)

    async def register_ticket(self, conversation: str, text: str) -> str:
        if self.broken:
            raise RuntimeError("no store")
        return self.tickets.setdefault((conversation, text), str(7001 + len(self.tickets)))

    async def hours(self, conversation: str) -> OpeningHours:
        if self.broken:
            raise RuntimeError("no store")
        return opening_hours(week={}, time_zone="UTC", at=0, always_open=True)


@pytest.fixture
async def back() -> Back:
    return Back()


@pytest.fixture
async def client(back: Back) -> AsyncIterator[TestClient[web.Request, web.Application]]:
    shop = web.Application()
    shop.router.add_get("/orders/{number}", back.serve)
    shop_server = TestServer(shop)
    await shop_server.start_server()
    async with HttpOrders(str(shop_server.make_url("/orders")), timeout=2) as orders:
        actions = Actions(token=TOKEN, orders=orders, register_ticket=back.register_ticket, opening_hours=back.hours)
        app = web.Application()
        app.router.add_post("/bot/actions", actions.handle)
        async with TestClient(TestServer(app)) as running:
            yield running
    back.closing.set()
    await shop_server.close()


async def run(
    client: TestClient[web.Request, web.Application],
    action: str,
    slots: Mapping[str, object] | None = None,
    events: list[dict[str, object]] | None = None,
) -> dict[str, Any]:
    tracker = {"slots": slots or {}, "latest_message": {"text": "x"}, "events": events or []}
    body = {"next_action": action, "sender_id": "c-1", "tracker": tracker, "version": "3.6.21", "domain": {}}
    async with client.post("/bot/actions", json=body, headers={"Authorization": f"Bearer {TOKEN}"}) as response:
        assert response.status == 200
        answer: dict[str, Any] = await response.json()
        return answer


def said(answer: dict[str, Any]) -> list[str]:
    return [
        response.get("text") or response.get("response") or str(response["custom"]) for response in answer["responses"]
    ]


FORGET_NUMBER = {"event": "slot", "name": "order_number", "value": None}


async def test_an_order_is_told_in_persian_with_a_jalali_date(client: Any, back: Back) -> None:
    back.order = {
        "number": "12345",
        "status": "shipped",
        "items": ["کفش", "کوله"],
        "eta": "2026-11-25",
        "carrier": "پست پیشتاز",
        "tracking": "PK-77",
    }
    answer = await run(client, "action_order_status", {"order_number": "12345", "lang": "fa"})
    text, follow_up = said(answer)
    for part in ("سفارش ۱۲۳۴۵", "کفش", "کوله", "پست پیشتاز", "چهارشنبه ۴ آذر", "PK-77"):
        assert part in text
    assert follow_up == "utter_did_it_help"
    assert answer["events"] == [FORGET_NUMBER, {"event": "slot", "name": "last_order", "value": "12345"}]
    assert back.asked == [("12345", "fa")]


async def test_an_order_is_told_in_english(client: Any, back: Back) -> None:
    back.order = {"number": "12345", "status": "delayed", "items": [{"title": "Jacket"}], "eta": "2026-12-01"}
    answer = await run(client, "action_order_status", {"order_number": "12345", "lang": "en"})
    text, follow_up = said(answer)
    assert "delayed" in text
    assert "Tuesday 1 December" in text
    assert follow_up == "utter_offer_person"


async def test_persian_digits_find_the_order_too(client: Any, back: Back) -> None:
    await run(client, "action_order_status", {"order_number": "۱۲۳۴۵", "lang": "fa"})
    assert back.asked == [("12345", "fa")]


async def test_an_unknown_order_is_said_honestly(client: Any, back: Back) -> None:
    back.status = 404
    text, follow_up = said(await run(client, "action_order_status", {"order_number": "99999", "lang": "en"}))
    assert "couldn't find" in text
    assert follow_up == "utter_offer_person"


@pytest.mark.parametrize("number", ["../admin", "12", "123456789", "12345/../../x", "", None, {"a": 1}])
async def test_what_is_no_number_never_reaches_the_shop(client: Any, back: Back, number: object) -> None:
    answer = await run(client, "action_order_status", {"order_number": number, "lang": "en"})
    assert said(answer) == ["utter_order_number_unclear"]
    assert back.asked == []


@pytest.mark.parametrize(
    ("status", "order"),
    [
        (500, "oops"),
        (302, "elsewhere"),
        (200, "not json"),
        (200, {"number": "12345", "status": "lost in space"}),
        (200, {"number": "12345", "status": "shipped", "eta": "soon"}),
        (200, "x" * 100_000),
    ],
)
async def test_a_broken_order_service_is_said_honestly(client: Any, back: Back, status: int, order: object) -> None:
    back.status, back.order = status, order
    text, follow_up = said(await run(client, "action_order_status", {"order_number": "12345", "lang": "fa"}))
    assert "دسترسی ندارم" in text
    assert follow_up == "utter_offer_person"


async def test_a_slow_order_service_is_not_waited_for(client: Any, back: Back) -> None:
    back.hang = True
    text, _ = said(await run(client, "action_order_status", {"order_number": "12345", "lang": "en"}))
    assert "can't reach the order system" in text


async def test_a_value_from_the_shop_cannot_turn_the_sentence_around(client: Any, back: Back) -> None:
    back.order = {"number": "12345", "status": "shipped", "tracking": "\u202eEVIL\u0000" + "x" * 500}
    text, _ = said(await run(client, "action_order_status", {"order_number": "12345", "lang": "fa"}))
    assert "\u202e" not in text
    assert "\u0000" not in text
    assert len(text) < 300


async def test_a_complaint_gets_its_number_once(client: Any, back: Back) -> None:
    slots = {"complaint_text": "the shoe is broken", "lang": "en"}
    first = await run(client, "action_register_complaint", slots)
    again = await run(client, "action_register_complaint", slots)
    assert "7001" in said(first)[0]
    assert said(first) == said(again)
    assert said(first)[1] == "utter_offer_person"
    assert first["events"] == [{"event": "slot", "name": "complaint_text", "value": None}]
    assert back.tickets == {("c-1", "the shoe is broken"): "7001"}


async def test_a_complaint_that_cannot_be_registered_goes_to_a_person(client: Any, back: Back) -> None:
    back.broken = True
    answer = await run(client, "action_register_complaint", {"complaint_text": "خراب است", "lang": "fa"})
    assert answer["responses"][1] == {"custom": {"type": "handoff", "reason": "complaint"}}


async def test_hours_are_told_or_a_person_is_offered(client: Any, back: Back) -> None:
    assert said(await run(client, "action_opening_hours", {"lang": "fa"}))[0] == "الان پاسخگو هستیم.\nهر روز: شبانه‌روزی"
    back.broken = True
    assert said(await run(client, "action_opening_hours", {"lang": "fa"})) == ["utter_offer_person"]


@pytest.mark.parametrize(
    ("text", "asked", "kept"),
    [
        ("/complaint", None, False),
        ("شکایت دارم", None, False),
        ("سلام، می‌خواستم یه شکایت ثبت کنم", None, False),
        ("I want to make a complaint", None, False),
        ("the product arrived broken", None, True),
        ("جنسی که فرستادید خرابه", None, True),
        ("خرابه", "complaint_text", True),
        ("/complaint", "complaint_text", False),
    ],
)
async def test_a_complaint_needs_words_of_its_own(client: Any, text: str, asked: str | None, kept: bool) -> None:
    answer = await run(client, "validate_complaint_form", {"complaint_text": text, "requested_slot": asked})
    assert answer["events"] == [{"event": "slot", "name": "complaint_text", "value": text if kept else None}]


async def test_an_empty_complaint_makes_way_for_other_wishes(client: Any) -> None:
    assert (await run(client, "validate_complaint_form", {"complaint_text": None}))["events"] == []


@pytest.mark.parametrize(
    ("action", "asked", "answer"),
    [
        ("action_answer_yes", "utter_offer_person", "utter_handoff"),
        ("action_answer_yes", "utter_no_order_number", "utter_handoff"),
        ("action_answer_yes", "utter_did_it_help", "utter_glad"),
        ("action_answer_yes", None, "utter_glad"),
        ("action_answer_no", "utter_did_it_help", "utter_offer_person"),
        ("action_answer_no", "utter_offer_person", "utter_anything_else"),
        ("action_answer_no", None, "utter_anything_else"),
    ],
)
async def test_yes_and_no_mean_what_was_asked_last(client: Any, action: str, asked: str | None, answer: str) -> None:
    events: list[dict[str, object]] = [{"event": "bot", "metadata": {"utter_action": "utter_greet"}}]
    if asked:
        events.append({"event": "bot", "text": "?", "metadata": {"utter_action": asked}})
    events.append({"event": "user", "text": "yes"})
    assert said(await run(client, action, {}, events)) == [answer]


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ({}, b"{}", 401),
        ({"Authorization": "Bearer wrong"}, b"{}", 401),
        ({"Authorization": "Bearer \u00e9"}, b"{}", 401),
        ({"Authorization": TOKEN}, b"{}", 401),
        ({"Authorization": f"Bearer {TOKEN}"}, b"{}", 400),
        ({"Authorization": f"Bearer {TOKEN}"}, b"\xff", 400),
        ({"Authorization": f"Bearer {TOKEN}"}, b'{"next_action":1}', 400),
        ({"Authorization": f"Bearer {TOKEN}"}, b'{"next_action":"rm","sender_id":"c","tracker":{}}', 404),
    ],
)
async def test_strangers_and_nonsense_are_refused(
    client: Any, headers: dict[str, str], body: bytes, status: int
) -> None:
    async with client.post("/bot/actions", data=body, headers=headers) as response:
        assert response.status == status


def test_a_description_is_more_than_the_announcement() -> None:
    assert describes("سایز اشتباه ارسال کردید")
    assert not describes("یه شکایت دارم لطفا")


async def test_a_form_of_the_studio_is_judged_registered_and_forgotten(client: Any, back: Back) -> None:
    check = {"kind": "number", "least": 1, "most": 9}
    domain = {
        "forms": {"form_table": {"required_slots": ["table_seats"]}},
        "slots": {"table_seats": {"type": "text", "mappings": [{"type": "from_text", "check": check}]}},
    }

    async def outcome(action: str, said: str) -> dict[str, Any]:
        slots = {"table_seats": said, "requested_slot": "table_seats", "lang": "en"}
        body = {"next_action": action, "sender_id": "c", "tracker": {"slots": slots}, "domain": domain}
        headers = {"Authorization": f"Bearer {TOKEN}"}
        async with client.post("/bot/actions", json=body, headers=headers) as response:
            answer: dict[str, Any] = await response.json()
            return answer

    slot = {"event": "slot", "name": "table_seats"}
    good, bad = await outcome("validate_form_table", "we are 4"), await outcome("validate_form_table", "12")
    assert (good["events"], good["responses"]) == ([slot | {"value": "4"}], [])
    assert (bad["events"], said(bad)) == ([slot | {"value": None}], ["utter_wrong_table_seats"])
    assert "7001" in said(await outcome("action_form_ticket_table", "4"))[0]
    assert back.tickets == {("c", "seats: 4"): "7001"}
    assert (await outcome("action_form_end_table", "4"))["events"] == [slot | {"value": None}]
