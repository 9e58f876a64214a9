"""A number at a Simotel: it is answered in time while the bot hangs, and its calls are whoever's picks up."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.contract import Reply, Turn
from channels.voice.simotel.parse import TEHRAN
from hub.lanes import Appended
from hub.model.calendar import Calendar
from hub.model.config import Inbox
from hub.seed import QUEUE
from hub.store.database import Database
from tests.calls import PHONE, CallDesk, Clerk
from tests.hub_server import live_hub

SOUND = b"ID3\x04 a conversation"
PASSWORD = "the-password-of-the-simotel-42"
CALL = {"unique_id": "1695.20", "src": "09121234567", "dst": "02191000000"}
ASKED = "Enter your order number."
FLOW = {
    "name": "f",
    "version": 1,
    "entry": {"node": "order", "locale": "en"},
    "locales": ["en"],
    "nodes": {
        "order": {
            "type": "collect",
            "text": {"en": ASKED},
            "name": "order",
            "least": 4,
            "most": 4,
            "then": "bot",
            "otherwise": "line",
        },
        "bot": {"type": "bot", "ask": {"en": "order {order}"}, "then": "bye", "handoff": "line", "otherwise": "line"},
        "line": {"type": "queue", "queue": ""},
        "bye": {"type": "hangup"},
    },
}


class Hanging(Clerk):
    """A bot that is asked, and never answers before it is let go."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()
        self.free = asyncio.Event()
        self.thinks = False

    async def turn(self, turn: Turn) -> Reply:
        """Hang."""
        self.thinks = True
        self.asked.set()
        await self.free.wait()
        self.thinks = False
        return await super().turn(turn)


@asynccontextmanager
async def simotel_api() -> AsyncIterator[str]:
    """Its API, which has one recording."""

    async def download(request: web.Request) -> web.Response:
        assert await request.json() == {"file": "r.mp3"}
        return web.Response(body=SOUND)

    app = web.Application()
    app.router.add_post("/api/v4/reports/audio/download", download)
    async with TestServer(app) as server:
        yield str(server.make_url(""))


async def test_a_simotel_is_answered_while_the_bot_hangs_and_the_agent_who_picks_up_has_the_call(
    no_task_left_behind: None, database: Database, tmp_path: Path
) -> None:
    bot = Hanging()
    async with (
        live_hub(database, tmp_path / "var", bot=bot) as live,
        aiohttp.ClientSession() as session,
        simotel_api() as api,
    ):
        house = CallDesk(live=live)
        live.hub.bus.on(Appended, house.on_appended)
        own = {
            "dialect": "simotel",
            "password": PASSWORD,
            "flow": json.dumps(FLOW),
            "announcements": [f"order={ASKED}"],
            "simotel_url": api,
        }
        await live.hub.config.create(
            Inbox(
                id=PHONE,
                name="Telephone",
                channel="voice",
                queue=QUEUE,
                locale="en",
                calendar=Calendar(always_open=True),
                settings=own,
            )
        )
        await house.adopts()
        await house.has_phone("ali", "101")
        await live.hub.web.accounts.change(house.agent("ali").id, {"active": False}, end_sessions=False)
        await live.hub.staff.refresh(house.agent("ali").id)
        await house.has_phone("sara", "101")  # who has the extension of a colleague who is gone

        async def posts(path: str, **fields: str) -> bytes:
            headers = {"Authorization": aiohttp.encode_basic_auth("peyk", PASSWORD)}
            url = f"{live.url}/channels/voice/{PHONE}/simotel/{path}"
            async with session.post(url, json={**CALL, **fields}, headers=headers) as answer:
                assert answer.status in {200, 204}
                return await answer.read()

        assert json.loads(await posts("smart")) == {"ok": "1", "commands": "GetData('order',8,4);"}
        answer = await posts("smart", data="1042")
        assert (bot.asked.is_set(), bot.thinks) == (True, True)  # it came while the bot still had its question
        assert json.loads(answer) == {"ok": "1", "commands": "Exit('1');"}

        call = await house.call()
        for _ in range(2):
            await posts("events", event_name="NewState", exten="101", state="Ringing")
            await posts("events/NewState", exten="101", state="InUse")
        sara = house.agent("sara").id
        await house.until(call, lambda state: state.owner.agent == sara and state.call == "joined")
        for _ in range(2):
            await posts(
                "events", event_name="Cdr", type="incoming", disposition="ANSWERED", billsec="61", record="r.mp3"
            )
        await house.until(call, lambda state: state.ended_at is not None)
        bot.free.set()
        assert await house.recording(call) == SOUND
        happened = await house.happened(call)

        other = {"unique_id": "1695.21", "src": "09129999999"}
        await posts("events", event_name="IncomingCall", number=other["src"], **other)
        entered = live.hub.clock.now() - 90_000
        reserved = {"event_name": "ReservedCallInFront", "queue_name": "1010", "caller_id": other["src"]}
        await posts(
            "events", **{**reserved, "unique_id": "", "date": str(datetime.fromtimestamp(entered / 1_000, TEHRAN))}
        )
        await posts("events", event_name="Cdr", type="incoming", disposition="NO ANSWER", **other)
        waits = await house.until(await house.call(2), lambda state: state.deferred == "callback")
        assert (await house.happened(waits.id))[-2:] == ["callback", "ended"]
        kept = await live.hub.lanes.state(waits.id)
        assert (kept.waits, kept.queued_at, kept.callback_to) == (True, entered, "+989129999999")
    assert [happened.count(one) for one in ("ringing", "agent_ringing", "joined", "recording", "ended")] == [1] * 5
