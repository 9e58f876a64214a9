"""A caller's message comes as jambonz sends it: a greeting in text, then samples, over a real websocket."""

from __future__ import annotations

import asyncio
from array import array
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from math import pi, sin

import pytest
import pytest_asyncio
from aiohttp import ClientSession, ClientWebSocketResponse, WSMsgType, web
from aiohttp.test_utils import TestServer

from channels.voice.events import BadCall
from channels.voice.jambonz.sound import Message, take_message
from channels.voice.speech.sound import read_wav

TONE = array("h", (int(8_000 * sin(2 * pi * 440 * one / 8_000)) for one in range(1_600))).tobytes()
SILENCE = bytes(3_200)
GREETING = {"callSid": "c1", "sampleRate": 8_000, "mixType": "mono", "metadata": {"kind": "voicemail"}}


@dataclass
class Hub:
    """One socket and what came of it."""

    url: str = ""
    came: asyncio.Queue[Message | BadCall] = field(default_factory=asyncio.Queue)

    async def listen(self, request: web.Request) -> web.WebSocketResponse:
        try:
            socket, message = await take_message(request, longest=3, silence=1)
        except BadCall as error:
            self.came.put_nowait(error)
            return web.WebSocketResponse()
        self.came.put_nowait(message)
        return socket


@pytest_asyncio.fixture
async def hub() -> AsyncIterator[Hub]:
    made = Hub()
    app = web.Application()
    app.router.add_get("/voicemail", made.listen)
    async with TestServer(app) as server:
        made.url = str(server.make_url("/voicemail"))
        yield made


@pytest_asyncio.fixture
async def jambonz(hub: Hub) -> AsyncIterator[ClientWebSocketResponse]:
    async with ClientSession() as session, session.ws_connect(hub.url, protocols=("audio.drachtio.org",)) as socket:
        assert socket.protocol == "audio.drachtio.org"
        yield socket


async def test_a_message_lasts_until_the_caller_hangs_up(hub: Hub, jambonz: ClientWebSocketResponse) -> None:
    await jambonz.send_json(GREETING)
    for _ in range(5):
        await jambonz.send_bytes(TONE)
    await jambonz.send_json({"event": "dtmf", "dtmf": "1"})
    await jambonz.close()
    message = await hub.came.get()
    assert isinstance(message, Message)
    samples, rate = read_wav(message.sound)
    assert (message.call, message.seconds, len(samples), rate) == ("c1", 1.0, 8_000, 8_000)
    assert max(samples) > 7_000


async def test_who_is_silent_has_finished(hub: Hub, jambonz: ClientWebSocketResponse) -> None:
    await jambonz.send_json(GREETING)
    for piece in (TONE, SILENCE, TONE, *(SILENCE for _ in range(5))):
        await jambonz.send_bytes(piece)
    assert (await jambonz.receive()).type is WSMsgType.CLOSE
    message = await hub.came.get()
    assert isinstance(message, Message)
    assert message.seconds == pytest.approx(1.6)


async def test_nobody_speaks_for_longer_than_allowed(hub: Hub, jambonz: ClientWebSocketResponse) -> None:
    await jambonz.send_json(GREETING)
    for _ in range(20):
        await jambonz.send_bytes(TONE)
    assert (await jambonz.receive()).type is WSMsgType.CLOSE
    message = await hub.came.get()
    assert isinstance(message, Message)
    assert (message.seconds, read_wav(message.sound)[1]) == (3.0, 8_000)


@pytest.mark.parametrize(
    ("first", "code"),
    [
        ("{}", "not_a_call"),
        ("[", "unreadable"),
        ('{"callSid":"c1","sampleRate":16000}', "unreadable"),
        (TONE, "unreadable"),
        ('{"callSid":"c1"}', "empty"),
    ],
)
async def test_who_is_not_jambonz_is_not_recorded(
    hub: Hub, jambonz: ClientWebSocketResponse, first: str | bytes, code: str
) -> None:
    await (jambonz.send_str(first) if isinstance(first, str) else jambonz.send_bytes(first))
    await jambonz.close()
    refused = await hub.came.get()
    assert isinstance(refused, BadCall)
    assert refused.code == code
