"""Attack cases B: who may do what, generated from the route table."""

from __future__ import annotations

import json
import re

import pytest
from aiohttp import FormData

from hub.app import make_app
from hub.model.entry import Author
from hub.model.ids import ConversationId, QueueId
from hub.model.queues import Queue
from hub.web.access import GRANTS, Permission
from hub.web.http import Route, rule_of
from hub.web.routes import ROUTES
from tests.attacks.visitor import Visitor, answer_to
from tests.hub_server import Answer, Browser, LiveHub

ACTORS = {"nobody": None, "agent": "ali", "supervisor": "mina", "admin": "admin"}
CHANNELS_OWN = re.compile(r"/chat/|/desk/socket$|/bot/actions$|/bot/models/\{slot\}$|/channels/[a-z]+/\{inbox\}(/|$)")
"""Addresses that check for themselves: a customer's token, a one-time ticket, the bot's token, a provider's signature
(that no adapter takes what is forged is in `tests/contracts/test_channels.py`)."""


async def test_b01_every_route_has_a_rule_or_is_a_channels_own(live: LiveHub) -> None:
    app = make_app(live.hub)
    without = [
        route.resource.canonical
        for route in app.router.routes()
        if rule_of(route.handler) is None
        and route.resource is not None
        and not CHANNELS_OWN.match(route.resource.canonical)
    ]
    assert not without


@pytest.mark.parametrize("actor", ACTORS)
async def test_b01_every_role_may_exactly_what_the_table_says(live: LiveHub, actor: str) -> None:
    login = ACTORS[actor]
    permissions = GRANTS[actor] if login else frozenset({Permission.PUBLIC})
    async with live.browser() as browser:
        if login:
            await browser.sign_in(login)
        for route in ROUTES:
            if route.path == "/logout":
                continue
            answer = await _try(browser, route)
            allowed = route.needs in permissions
            if allowed:
                assert answer.status not in (401, 403), (actor, route.method, route.path, answer.body)
            elif login is None and route.kind == "page":
                assert answer.headers["Location"] == "/login", (actor, route.path)
            else:
                assert answer.status == (403 if login else 401), (actor, route.method, route.path)
                assert answer.code == ("forbidden" if login else "unauthorized")


async def test_b01_a_refused_admin_act_changed_nothing(live: LiveHub) -> None:
    async with live.browser() as ali:
        await ali.sign_in("ali")
        me = (await ali.request("GET", "/api/me")).json["id"]
        assert (await ali.call("PATCH", f"/api/admin/agents/{me}", {"role": "admin"})).status == 403
        assert (await ali.request("GET", "/api/me")).json["role"] == "agent"


async def test_b03_a_file_of_one_conversation_is_not_read_through_another(live: LiveHub) -> None:
    async with live.browser() as first, live.browser() as second:
        alice, mallory = await Visitor.arrive(first), await Visitor.arrive(second)
        url = (await _send_file(first, alice.access)).json["url"]
        file_id = url.split("/files/")[1].split("?")[0]
        token = (await _send_file(second, mallory.access)).json["url"].split("?t=")[1]
        assert (await second.request("GET", f"/chat/shop/files/{file_id}?t={token}")).status == 404
        async with mallory.socket() as (ws, _):
            stolen = await mallory.say(ws, "look", files=[file_id])
            assert stolen["code"] in ("bad_file", "not_found")


async def test_b04_a_customer_cannot_add_fields_to_a_message(live: LiveHub) -> None:
    for extra in [{"role": "admin"}, {"seq": 1}, {"author": "agent"}, {"_id": "x"}, {"direction": "out"}, {"at": 1}]:
        async with live.browser() as browser:
            visitor = await Visitor.arrive(browser)
            async with visitor.socket() as (ws, _):
                answer = await visitor.say(ws, "hello", **extra)
                assert (answer["type"], answer["code"]) == ("error", "bad_frame")
            assert await live.hub.database.collection("entries").count_documents({}) == 0


async def test_b04_an_agent_cannot_change_more_of_themselves_than_offered(live: LiveHub) -> None:
    for extra in [{"role": "admin"}, {"epoch": 0}, {"_id": "x"}, {"active": True}, {"capacity": 1000}]:
        async with live.browser() as ali:
            await ali.sign_in("ali")
            answer = await ali.call("PATCH", "/api/me", {"locale": "en", **extra})
            assert (answer.status, answer.code) == (400, "unknown_field")


async def test_b05_a_visitors_token_is_for_its_inbox_and_holds_enough_chance(live: LiveHub) -> None:
    async with live.browser() as browser:
        visitors = [await Visitor.arrive(browser) for _ in range(3)]
        assert len({visitor.visitor for visitor in visitors}) == 3
        assert all(len(visitor.visitor.removeprefix("v_")) >= 22 for visitor in visitors)  # 22 base64 letters: 132 bits
        forged = Visitor(browser, visitors[0].access[:-3] + "AAA", "")
        for bad in (forged, Visitor(browser, "", ""), Visitor(browser, "e30.e30.e30", "")):
            async with bad.socket() as (_, frame):
                assert (frame["type"], frame["reason"]) == ("bye", "unauthorized")


async def test_b05_notes_and_events_never_reach_the_customer(live: LiveHub) -> None:
    async with live.browser() as shopper, live.browser() as agents:
        visitor = await Visitor.arrive(shopper)
        await agents.sign_in("ali")
        async with visitor.socket() as (customer, _), agents.desk() as desk:
            conversation = (await visitor.say(customer, "I need help"))["data"]["conversation"]
            note = {"type": "note", "conversation": conversation, "client_id": "note-0001", "text": "a difficult one"}
            await desk.send_json({**note, "id": 1})
            stored = await answer_to(desk, 1)
            assert stored["type"] == "result", stored
            await visitor.say(customer, "are you there?")
            async with visitor.socket(conversation=conversation) as (_, welcome):
                shown = json.dumps(welcome)
        assert "I need help" in shown
        assert "difficult" not in shown
        assert "handoff" not in shown
        assert stored["data"]["seq"] not in [entry["seq"] for entry in welcome["entries"]]


async def test_b06_b07_lists_and_counts_tell_nothing_of_queues_that_an_agent_does_not_serve(live: LiveHub) -> None:
    await live.hub.config.create(Queue(id=QueueId("vip"), name="VIP"))
    async with live.browser() as shopper, live.browser() as ali, live.browser() as mina:
        waiting = []
        for words in ("for everybody", "for a few", "for a few, too"):
            visitor = await Visitor.arrive(shopper)
            async with visitor.socket() as (ws, _):
                waiting.append((await visitor.say(ws, words))["data"]["conversation"])
        for conversation in waiting[1:]:
            state = await live.hub.lanes.state(ConversationId(conversation))
            author = Author(kind="agent", id="mina", name="mina")
            await live.hub.acts.take(state, author)
            held = await live.hub.lanes.state(ConversationId(conversation))
            await live.hub.acts.transfer(held, author, agent=None, queue=QueueId("vip"), note=None)
        await live.hub.lanes.roll_up()
        for browser, login, seen in ((ali, "ali", waiting[:1]), (mina, "mina", waiting)):
            await browser.sign_in(login)
            async with browser.desk() as desk:
                for number, tab in enumerate(("all", "queue"), start=1):
                    await desk.send_json({"type": "list", "id": number, "tab": tab, "limit": 2})
                    page = (await answer_to(desk, number))["data"]
                    assert page["total"] == len(seen), (login, tab)
                    assert {row["id"] for row in page["rows"]} <= set(seen)
                await desk.send_json({"type": "list", "id": 9, "tab": "all", "queue": "vip"})
                assert (await answer_to(desk, 9))["code"] == "bad_frame"


async def _try(browser: Browser, route: Route) -> Answer:
    path = re.sub(r"\{\w+(:[^}]*)?\}", "nothing", route.path.replace("{view:(?!socket$).*}", "nothing"))
    if route.path.startswith("/api/files"):
        form = FormData()
        form.add_field("file", b"hello", filename="x.txt")
        headers = {"Origin": browser.url, "X-CSRF-Token": browser.csrf}
        return await browser.request("POST", path, data=form, headers=headers)
    if route.path == "/login" and route.method == "POST":
        return await browser.try_sign_in("", "")
    return await browser.call(route.method, path, {} if route.body is not None else None)


async def _send_file(browser: Browser, access: str) -> Answer:
    form = FormData()
    form.add_field("file", b"hello there", filename="x.txt")
    headers = {"Origin": browser.url, "Authorization": f"Bearer {access}"}
    return await browser.request("POST", "/chat/shop/files", data=form, headers=headers)
