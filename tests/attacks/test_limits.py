"""Attack cases D: bodies, floods and slow senders."""

from __future__ import annotations

import asyncio
import gzip
import json
import zlib
from urllib.parse import urlsplit

import pytest

from tests.attacks.visitor import Visitor, answer_to
from tests.hub_server import LiveHub

DEEP = b"[" * 100_000
ODD_BODIES = {
    "depth 100,000": b'{"name":' + DEEP,
    "closed depth": b'{"name":' + DEEP[:20_000] + b"]" * 20_000 + b"}",
    "a number of 60,000 digits": b'{"priority":' + b"9" * 60_000 + b"}",
    "a number beyond 64 bits": b'{"priority":1' + b"0" * 30 + b"}",
    "infinity": b'{"priority":1e99999}',
    "NaN": b'{"priority":NaN}',
    "a lone surrogate": b'{"name":"\\ud800x"}',
    "invalid UTF-8": b'{"name":"\xff"}',
    "UTF-16": '{"name":"x"}'.encode("utf-16"),
    "two values": b'{"name":"x"}{"name":"y"}',
    "nothing": b"",
    "not an object": b'"x"',
    "NUL": b'{"name":"a\\u0000b"}',
    "a proto": b'{"__proto__":{"name":"x"}}',
}


async def test_d01_packed_bodies_are_refused_unread(live: LiveHub) -> None:
    bomb = gzip.compress(b'{"name":"' + b"x" * 20_000_000 + b'"}')
    async with live.browser() as admin:
        await admin.sign_in("admin")
        for encoding, body in (
            ("gzip", bomb),
            ("deflate", zlib.compress(b"{}")),
            ("br", b"\x0b\x00"),
            ("gzip, gzip", bomb),
        ):
            headers = {
                "Origin": live.url,
                "X-CSRF-Token": admin.csrf,
                "Content-Type": "application/json",
                "Content-Encoding": encoding,
            }
            for path in ("/api/admin/queues", "/chat/shop/session", "/bot/actions"):
                answer = await admin.request("POST", path, data=body, headers=headers)
                assert answer.status in (400, 413, 415), (path, encoding)


async def test_d02_odd_json_is_a_bad_request_never_a_crash(live: LiveHub) -> None:
    async with live.browser() as admin:
        await admin.sign_in("admin")
        headers = {"Origin": live.url, "X-CSRF-Token": admin.csrf, "Content-Type": "application/json"}
        for name, body in ODD_BODIES.items():
            answer = await admin.request("PATCH", "/api/admin/queues/support", data=body, headers=headers)
            assert answer.status in (400, 413), (name, answer.body[:200])
            assert answer.code in ("bad_json", "bad_field", "bad_text", "unknown_field", "too_large"), name
        large = json.dumps({"name": "x" * 70_000}).encode()
        assert (await admin.request("PATCH", "/api/admin/queues/support", data=large, headers=headers)).status == 413


async def test_d02_a_key_named_twice_counts_once_and_the_last_one(live: LiveHub) -> None:
    async with live.browser() as admin:
        await admin.sign_in("admin")
        headers = {"Origin": live.url, "X-CSRF-Token": admin.csrf, "Content-Type": "application/json"}
        body = b'{"priority":1,"priority":2}'
        assert (await admin.request("PATCH", "/api/admin/queues/support", data=body, headers=headers)).json[
            "priority"
        ] == 2


async def test_d02_odd_frames_are_refused_and_the_socket_lives_on(live: LiveHub) -> None:
    texts = [body.decode() for body in ODD_BODIES.values() if body.isascii()]
    texts += ["{}", "null", "[]", '{"type":"nothing"}', '{"type":7}', '{"type":"send","id":1e400}']
    async with live.browser() as browser, live.browser() as agents:
        visitor = await Visitor.arrive(browser)
        await agents.sign_in("ali")
        async with visitor.socket() as (customer, _), agents.desk() as desk:
            for ws in (customer, desk):
                for text in (one for one in texts if len(one) < 60_000):
                    await ws.send_str(text)
                await ws.send_json({"type": "ping"})
                async with asyncio.timeout(10):
                    while (await ws.receive_json())["type"] != "pong":
                        pass


async def test_d02_numbers_beyond_the_stores_are_refused_in_words(live: LiveHub) -> None:
    huge = 10**30
    async with live.browser() as browser, live.browser() as agents:
        visitor = await Visitor.arrive(browser)
        await agents.sign_in("ali")
        async with visitor.socket() as (customer, _), agents.desk() as desk:
            conversation = (await visitor.say(customer, "hello"))["data"]["conversation"]
            await customer.send_json({"type": "before", "id": 90, "conversation": conversation, "seq": huge})
            await customer.send_json({"type": "read", "conversation": conversation, "seq": huge})
            assert (await answer_to(customer, 90))["type"] in ("result", "error")
            await desk.send_json({"type": "open", "id": 91, "conversation": conversation, "after": huge})
            assert (await answer_to(desk, 91))["type"] in ("result", "error")
            await desk.send_json({"type": "history", "id": 92, "conversation": conversation, "before": huge})
            assert (await answer_to(desk, 92))["type"] in ("result", "error")
            assert (await visitor.say(customer, "still here?"))["type"] == "result"
        async with visitor.socket(conversation=conversation, after=huge) as (_, welcome):
            assert welcome["type"] in ("welcome", "bye")


async def test_d03_idle_and_slow_connections_hold_up_nobody(live: LiveHub) -> None:
    parts = urlsplit(live.url)
    idle = [await asyncio.open_connection(parts.hostname, parts.port) for _ in range(300)]
    for _, writer in idle:
        writer.write(b"POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\nX-Slow: ")
    async with live.browser() as browser, asyncio.timeout(15):
        assert (await browser.request("GET", "/healthz")).status == 200
        assert (await browser.request("GET", "/readyz")).status == 200
    for _, writer in idle:
        writer.close()


@pytest.mark.parametrize("path", ["/chat/shop/socket", "/desk/socket"])
async def test_d03_a_socket_that_says_nothing_does_not_hold_up_the_end(live: LiveHub, path: str) -> None:
    headers = {"Origin": live.url}
    async with live.browser() as mallory, mallory.session.ws_connect(f"{live.url}{path}", headers=headers) as ws:
        live.hub.desk.drain()
        await live.hub.adapters.webchat.drain()
        frame = await ws.receive_json(timeout=15)
        assert (frame["type"], frame["reason"]) == ("bye", "restart")
        assert (await ws.receive(timeout=15)).type.name in {"CLOSE", "CLOSED", "CLOSING"}


@pytest.mark.parametrize(
    ("reading", "path"), [("hub.web.bodies", "/login"), ("channels.webchat.api", "/chat/shop/session")]
)
async def test_d03_a_body_that_never_ends_is_given_up(
    live: LiveHub, monkeypatch: pytest.MonkeyPatch, reading: str, path: str
) -> None:
    monkeypatch.setattr(f"{reading}.BODY_SECONDS", 0.2)
    parts = urlsplit(live.url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    head = f"POST {path} HTTP/1.1\r\nHost: {parts.netloc}\r\nOrigin: {live.url}\r\nContent-Length: 1000\r\n"
    writer.write(f"{head}Content-Type: application/x-www-form-urlencoded\r\n\r\nlogin=a".encode())
    async with asyncio.timeout(15):
        assert b" 408 " in await reader.readline()
        await reader.read()  # and it hangs up
    writer.close()


async def test_d03_headers_without_end_are_refused(live: LiveHub) -> None:
    parts = urlsplit(live.url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    writer.write(b"GET / HTTP/1.1\r\nHost: x\r\nX-Long: " + b"a" * 100_000 + b"\r\n\r\n")
    assert b" 400 " in await reader.readline()
    writer.close()


def time_stands_still(live: LiveHub, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is allowed more because the test took long."""
    clock = live.hub.web.clock
    now = clock.now()
    monkeypatch.setattr(type(clock), "now", lambda self: now)


async def test_d07_one_address_cannot_make_visitors_without_end(live: LiveHub, monkeypatch: pytest.MonkeyPatch) -> None:
    time_stands_still(live, monkeypatch)
    async with live.browser() as mallory:
        answers = [
            await mallory.request("POST", "/chat/shop/session", json={}, headers={"Origin": live.url})
            for _ in range(330)
        ]
        assert answers[0].status == 200
        assert answers[-1].status == 429
        assert answers[-1].code == "too_fast"


async def test_d07_one_address_cannot_ask_without_end(live: LiveHub, monkeypatch: pytest.MonkeyPatch) -> None:
    time_stands_still(live, monkeypatch)
    async with live.browser() as mallory:
        statuses = [(await mallory.request("GET", "/login")).status for _ in range(10)]
        assert set(statuses) == {200}
        for _ in range(400):
            live.hub.web.api_limit.take("127.0.0.1")
        refused = await mallory.request("GET", "/api/me")
        assert (refused.status, refused.code) == (429, "too_fast")
        assert int(refused.headers["Retry-After"]) >= 1
        assert (await mallory.request("GET", "/healthz")).status == 200  # whoever watches the hub still can


async def test_s03_an_address_is_believed_only_from_a_trusted_proxy(live: LiveHub) -> None:
    async with live.browser() as admin:
        await admin.sign_in("admin")
        await admin.call("PATCH", "/api/admin/queues/support", {"priority": 4}, X_Forwarded_For="6.6.6.6")
        record = (await admin.request("GET", "/api/admin/audit")).json["records"][0]
        assert record["ip"] == "127.0.0.1"
