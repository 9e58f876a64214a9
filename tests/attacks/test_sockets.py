"""Attack cases W: sockets, cross-site requests and frames around our pages."""

from __future__ import annotations

import asyncio
import json
from contextlib import AsyncExitStack

import pytest

from hub.desk.session import MOST_PER_AGENT
from hub.model.ids import new_id
from tests.attacks.raw_socket import PING, TEXT, raw_socket
from tests.attacks.visitor import Visitor, answer_to, until
from tests.hub_server import LiveHub

SOCKETS = ["/desk/socket", "/chat/shop/socket"]


def _evil(url: str) -> list[str | None]:
    host = url.removeprefix("http://")
    return [
        None,
        "null",
        "https://evil.example",
        f"https://{host}",
        f"{url}.evil.example",
        f"{url}0",
        "http://localhost:1",
        "",
    ]


@pytest.mark.parametrize("path", SOCKETS)
async def test_w01_a_foreign_page_cannot_open_a_socket(live: LiveHub, path: str) -> None:
    for origin in _evil(live.url):
        async with raw_socket(live.url, path, origin=origin) as ws:
            assert ws.status == 403, origin
    async with raw_socket(live.url, path, origin=live.url) as ws:
        assert ws.status == 101


async def test_w02_the_desk_opens_by_a_fresh_ticket_only_and_by_each_once(live: LiveHub) -> None:
    async with live.browser() as ali:
        await ali.sign_in("ali")
        used = await ali.ticket()
        assert await live.hub.web.tickets.redeem(used) is not None
        for ticket in ("", "x", "A" * 43, "A" * 100_000, used):
            url = f"{live.url}/desk/socket"
            async with ali.session.ws_connect(url, headers={"Origin": live.url}) as ws:
                await ws.send_json({"type": "auth", "ticket": ticket})
                frame = await ws.receive_json(timeout=15)
                assert (frame["type"], frame["reason"]) == ("bye", "unauthorized")


async def test_w02_an_old_ticket_opens_nothing(live: LiveHub, monkeypatch: pytest.MonkeyPatch) -> None:
    async with live.browser() as ali:
        await ali.sign_in("ali")
        ticket, clock = await ali.ticket(), live.hub.web.clock
        later = clock.now() + 30_001
        monkeypatch.setattr(type(clock), "now", lambda self: later)
        assert await live.hub.web.tickets.redeem(ticket) is None


@pytest.mark.parametrize(("path", "limit"), [("/desk/socket", 262_144), ("/chat/shop/socket", 65_536)])
async def test_w03_an_oversize_frame_closes_with_1009(live: LiveHub, path: str, limit: int) -> None:
    async with raw_socket(live.url, path, origin=live.url) as ws:
        ws.send(TEXT, b"x" * (limit + 1))
        assert await ws.close_code() in (1009, 1006)
    await _alive(live)


@pytest.mark.parametrize("path", SOCKETS)
async def test_w03_broken_frames_close_the_socket_and_nothing_else(live: LiveHub, path: str) -> None:
    cases = {
        "invalid utf-8": (TEXT, b"\xff\xfe\xfd", {}),
        "reserved bits": (TEXT, b"{}", {"rsv": 4}),
        "unknown opcode": (0x3, b"{}", {}),
        "a long control frame": (PING, b"x" * 126, {}),
        "a fragmented control frame": (PING, b"x", {"fin": False}),
    }
    for name, (opcode, payload, how) in cases.items():
        async with raw_socket(live.url, path, origin=live.url) as ws:
            ws.send(opcode, payload, **how)
            assert await ws.close_code() in (1000, 1002, 1006, 1007), name
    await _alive(live)


@pytest.mark.parametrize("path", SOCKETS)
async def test_w03_a_message_of_a_thousand_pieces_and_a_flood_of_pings_hurt_nobody(live: LiveHub, path: str) -> None:
    async with raw_socket(live.url, path, origin=live.url) as ws:
        ws.send(TEXT, b" ", fin=False)
        for _ in range(998):
            ws.send(0, b" ", fin=False)
        ws.send(0, b" ")
        assert await ws.close_code() in (1000, 1002, 1006)  # spaces are no frame of ours
    async with raw_socket(live.url, path, origin=live.url) as ws:
        for _ in range(2_000):
            ws.send(PING, b"")
        await ws.writer.drain()
        await _alive(live)


async def test_w04_messages_faster_than_the_limit_are_refused_not_stored(live: LiveHub) -> None:
    async with live.browser() as browser:
        visitor = await Visitor.arrive(browser)
        async with visitor.socket() as (ws, _):
            codes = [(await visitor.say(ws, f"message {n}")).get("code", "stored") for n in range(101)]
        assert codes[0] == "stored"
        assert "too_fast" in codes
        stored = await live.hub.database.collection("entries").count_documents(
            {"author.kind": "contact", "kind": "message"}
        )
        assert stored == codes.count("stored")


async def test_w04_one_agent_has_a_limited_number_of_desks(live: LiveHub) -> None:
    async with live.browser() as ali, AsyncExitStack() as stack:
        await ali.sign_in("ali")
        for _ in range(MOST_PER_AGENT):
            ws = await stack.enter_async_context(ali.desk())
            assert (await ws.receive_json())["type"] == "ready"
        one_more = await stack.enter_async_context(ali.desk())
        assert await one_more.receive_json() == {"type": "bye", "reason": "too_many_desks", "retry_after_ms": 30_000}


async def test_w04_one_address_has_a_limited_number_of_sockets(live: LiveHub) -> None:
    async with live.browser() as browser:
        url = f"{live.url}/chat/shop/socket"
        opened = [await browser.session.ws_connect(url, headers={"Origin": live.url}) for _ in range(100)]
        async with raw_socket(live.url, "/chat/shop/socket", origin=live.url) as one_more:
            assert one_more.status == 429
        await asyncio.gather(*(ws.close() for ws in opened))


async def test_w05_a_foreign_conversation_is_as_if_it_did_not_exist(live: LiveHub) -> None:
    async with live.browser() as first, live.browser() as second:
        alice, mallory = await Visitor.arrive(first), await Visitor.arrive(second)
        async with alice.socket() as (ws, _):
            conversation = (await alice.say(ws, "my secret order"))["data"]["conversation"]
        async with mallory.socket(conversation=conversation) as (ws, welcome):
            assert "secret" not in json.dumps(welcome)
            assert "state" not in welcome
            for number, name in enumerate((conversation, "c-that-is-not-there"), start=1):
                await ws.send_json({"type": "before", "id": number, "conversation": name, "seq": 999})
            answers = [await answer_to(ws, 1), await answer_to(ws, 2)]
            assert {(one["code"], one["text"]) for one in answers} == {("not_found", answers[0]["text"])}
            for command in ({"type": "rate", "score": 1}, {"type": "end"}):
                await ws.send_json({**command, "id": 9, "conversation": conversation})
                assert (await answer_to(ws, 9))["code"] == "not_found"
            refused = await mallory.say(ws, "me too", conversation=conversation)
            assert refused["code"] == "not_found"


@pytest.mark.parametrize("path", SOCKETS)
async def test_w06_compression_is_not_agreed_to(live: LiveHub, path: str) -> None:
    offer = "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n"
    async with raw_socket(live.url, path, origin=live.url, extra=offer) as ws:
        assert ws.status == 101
        assert "permessage-deflate" not in ws.head


async def test_w07_the_same_client_id_is_one_message(live: LiveHub) -> None:
    async with live.browser() as browser:
        visitor = await Visitor.arrive(browser)
        client_id = new_id()
        async with visitor.socket() as (ws, _):
            for number in (1, 2, 3):
                await ws.send_json({"type": "send", "id": number, "client_id": client_id, "text": "once"})
            seqs = {(await answer_to(ws, number))["data"]["seq"] for number in (1, 2, 3)}
            assert len(seqs) == 1
            await ws.send_json({"type": "send", "id": 4, "client_id": client_id, "text": "something else"})
            assert (await answer_to(ws, 4))["code"] == "reused_id"


async def test_w08_a_foreign_page_cannot_make_a_browser_do_anything(live: LiveHub) -> None:
    async with live.browser() as admin:
        await admin.sign_in("admin")
        body = {"login": "evil", "name": "evil", "password": "a long enough one", "role": "admin"}
        text = json.dumps(body)
        token = {"X-CSRF-Token": admin.csrf}
        tries: list[dict[str, object]] = [
            {"json": body, "headers": token},
            {"json": body, "headers": {"Origin": live.url}},
            {"json": body, "headers": {"Origin": live.url, "X-CSRF-Token": "0" * 64}},
            {"data": text, "headers": {"Origin": "https://evil.example", "Content-Type": "text/plain", **token}},
            {"data": {"login": "evil"}, "headers": {"Origin": "https://evil.example"}},
            *(
                {"json": body, "headers": {"Origin": origin, **token}}
                for origin in _evil(live.url)
                if origin is not None
            ),
        ]
        for one in tries:
            answer = await admin.request("POST", "/api/admin/agents", **one)
            assert answer.status == 403, one
            assert answer.code in ("bad_origin", "bad_csrf")
        plain = {"Origin": live.url, "Content-Type": "text/plain", **token}
        assert (await admin.request("POST", "/api/admin/agents", data=text, headers=plain)).status == 415
        assert not [agent for agent in live.hub.staff.agents if agent.login == "evil"]
        logout = await admin.request("POST", "/logout", headers={"Origin": "https://evil.example"})
        assert logout.status == 403
        assert (await admin.request("GET", "/api/me")).status == 200


async def test_w08_the_token_of_one_session_is_nothing_to_another(live: LiveHub) -> None:
    async with live.browser() as ali, live.browser() as sara:
        await ali.sign_in("ali")
        await sara.sign_in("sara")
        sara.csrf = ali.csrf
        assert (await sara.call("POST", "/api/desk/ticket")).code == "bad_csrf"


async def test_w08_a_login_form_of_a_foreign_page_is_refused(live: LiveHub) -> None:
    async with live.browser() as victim:
        form = {"login": "ali", "password": live.passwords["ali"], "csrf": await victim.login_csrf()}
        foreign = await victim.request("POST", "/login", data=form, headers={"Origin": "https://evil.example"})
        tokenless = await victim.request(
            "POST", "/login", data={**form, "csrf": "0" * 64}, headers={"Origin": live.url}
        )
        assert (foreign.status, tokenless.status) == (403, 400)


async def test_w09_no_answer_lets_a_foreign_page_read(live: LiveHub) -> None:
    async with live.browser() as ali:
        await ali.sign_in("ali")
        for path in ("/api/me", "/desk", "/login", "/metrics", "/openapi.json"):
            answer = await ali.request("GET", path, headers={"Origin": "https://evil.example"})
            assert not [name for name in answer.headers if name.lower().startswith("access-control-")]


async def test_w10_our_pages_stand_in_nobodys_frame_and_the_chat_in_its_own_sites_only(live: LiveHub) -> None:
    async with live.browser() as admin:
        await admin.sign_in("admin")
        for path in ("/login", "/desk", "/nothing"):
            answer = await admin.request("GET", path, headers={"Accept": "text/html"})
            assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"], path
            assert answer.headers["X-Frame-Options"] == "DENY"
        await admin.call("PATCH", "/api/admin/inboxes/shop", {"origins": ["https://shop.example"]})
        chat = await admin.request("GET", "/chat/shop/app?locale=fa", headers={"Accept": "text/html"})
        if chat.status == 503:
            pytest.skip("the browser parts are not built")
        assert "frame-ancestors https://shop.example;" in chat.headers["Content-Security-Policy"]
        assert "X-Frame-Options" not in chat.headers


async def _alive(live: LiveHub) -> None:
    async with live.browser() as other:
        visitor = await Visitor.arrive(other)
        async with visitor.socket() as (ws, welcome):
            assert welcome["type"] == "welcome"
            await ws.send_json({"type": "ping"})
            assert (await until(ws, "pong"))["now"] > 0
