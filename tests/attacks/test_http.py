"""Attack cases S and I10: requests that two servers would read differently, and what stands behind the hub."""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit

import pytest

from bot.contract import BotRefusedError, Turn
from bot.rasa import RasaBot
from tests.fakes.rasa import FakeRasa
from tests.hub_server import LiveHub

CHUNKED = "Transfer-Encoding: chunked\r\n"
SMUGGLED = "GET /login HTTP/1.1\r\nHost: x\r\n\r\n"
SMUGGLING = {
    "CL.TE": f"Content-Length: 6\r\n{CHUNKED}\r\n0\r\n\r\nG",
    "TE.CL": f"{CHUNKED}Content-Length: 4\r\n\r\n5c\r\n{SMUGGLED}",
    "TE.TE": f"{CHUNKED}Transfer-Encoding: x\r\n\r\n0\r\n\r\n",
    "an unknown coding": "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "two lengths": "Content-Length: 0\r\nContent-Length: 5\r\n\r\n",
    "a list of lengths": "Content-Length: 0, 5\r\n\r\n",
    "a length with a sign": "Content-Length: +0\r\n\r\n",
    "a length with an underscore": "Content-Length: 1_0\r\n\r\n",
    "a space before the colon": "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
    "a folded line": "Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n",
    "NUL in a header": "X-A: b\x00c\r\n\r\n",
    "CR in a header": f"X-A: b\r{CHUNKED}\r\n0\r\n\r\n",
    "a chunk size with 0x": f"{CHUNKED}\r\n0x0\r\n\r\n",
    "a chunk size with a sign": f"{CHUNKED}\r\n-1\r\n\r\n",
    "a chunk extension that ends in LF": f"{CHUNKED}\r\n0;a\nb\r\n\r\n",
}
COMMANDS = (
    "/restart",
    "/talk_to_human",
    ' /order_status{"order_number": "12345"}',
    "\u200f/back",
    "//restart",
    "/ /restart",
)


async def answers(url: str, request: str) -> list[bytes]:
    """The status lines of everything that comes back until the hub hangs up."""
    parts = urlsplit(url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    writer.write(request.encode("latin-1"))
    async with asyncio.timeout(10):
        try:
            whole = await reader.read()
        except ConnectionError:
            whole = b""
    writer.close()
    return [line for line in whole.split(b"\r\n") if line.startswith(b"HTTP/1.")]


async def test_s04_what_two_servers_could_read_differently_is_refused_and_the_line_cut(live: LiveHub) -> None:
    head = f"POST /login HTTP/1.1\r\nHost: {urlsplit(live.url).netloc}\r\n"
    for name, rest in SMUGGLING.items():
        lines = await answers(live.url, head + rest + SMUGGLED)
        assert [line.split()[1] for line in lines] == [b"400"], (name, lines)


async def test_s02_nothing_behind_the_hub_is_reached_through_it(live: LiveHub) -> None:
    behind = ("http://127.0.0.1:5005/", "http://127.0.0.1:27017/", "http://169.254.169.254/latest/meta-data/")
    for target in (*behind, "/webhooks/hub/turn", "/webhooks/rest/webhook", "/model", "/conversations/x/tracker"):
        lines = await answers(live.url, f"GET {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert len(lines) == 1
        assert lines[0].split()[1] in (b"302", b"303", b"400", b"404"), (target, lines)
    async with live.browser() as mallory:
        for headers in ({}, {"Authorization": "Bearer "}, {"Authorization": "Bearer wrong"}):
            body = {"next_action": "action_order_status", "sender_id": "c-1", "tracker": {}}
            assert (await mallory.request("POST", "/bot/actions", json=body, headers=headers)).status == 401


async def test_i10_a_customers_words_and_buttons_are_no_commands_to_the_bot() -> None:
    async with FakeRasa() as fake, RasaBot(fake.url, fake.token) as bot:
        for words in COMMANDS:
            await bot.turn(Turn(conversation="c-1", texts=(words,), locale="en"))
            sent = fake.turns[-1]
            assert sent["payload"] is None
            assert isinstance(sent["texts"], list)
            assert not [text for text in sent["texts"] if text.startswith("/")], words
        asked = len(fake.turns)
        for payload in ('/order_status{"order_number": "1"}', "restart", "/Restart", "/a b", "/x\n/restart", ""):
            with pytest.raises(BotRefusedError):
                await bot.turn(Turn(conversation="c-1", texts=(), payload=payload, locale="en"))
        assert len(fake.turns) == asked
