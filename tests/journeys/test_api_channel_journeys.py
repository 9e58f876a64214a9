"""A customer of another system, through the signed API channel, all the way to an agent and back."""

from __future__ import annotations

import json
import time

import pytest

from hub.model.calendar import Calendar
from hub.model.config import Inbox
from hub.model.ids import InboxId
from hub.seed import QUEUE
from tests.attacks.visitor import answer_to, until
from tests.channels.api.lab import SECRET, signed_by
from tests.fakes.callback import Callback
from tests.hub_server import Answer, Browser, LiveHub


@pytest.fixture
def now() -> int:
    """The time, in ms."""
    return time.time_ns() // 1_000_000


async def post(system: Browser, what: str, body: object, *, id_: str, at: int, secret: str = SECRET) -> Answer:
    """A request of the other system."""
    raw = json.dumps(body).encode()
    return await system.request("POST", f"/channels/api/app/{what}", data=raw, headers=signed_by(secret, id_, at, raw))


async def test_a_customer_of_an_app_writes_and_an_agent_answers(live: LiveHub, now: int) -> None:
    async with Callback() as other, live.browser() as system, live.browser() as ali:
        settings = {"callback_url": other.url, "secret": SECRET, "allow_private": True}
        inbox = Inbox(
            id=InboxId("app"),
            name="App",
            channel="api",
            queue=QUEUE,
            locale="en",
            calendar=Calendar(always_open=True),
            settings=settings,
        )
        await live.hub.config.create(inbox)
        await ali.sign_in("ali")
        async with ali.desk() as desk:
            await until(desk, "ready")
            await desk.send_json({"type": "status.set", "id": 1, "status": "online"})
            assert (await answer_to(desk, 1))["type"] == "result"
            hello = {"sender": {"id": "user-7", "name": "سارا"}, "text": "Where is my parcel?"}
            stored = await post(system, "messages", hello, id_="m-1", at=now)
            assert stored.status == 200, stored.body
            offer = (await until(desk, "offer"))["offer"]
            await desk.send_json({"type": "offer.accept", "id": 2, "offer": offer["id"]})
            assert (await answer_to(desk, 2))["type"] == "result"
            conversation = stored.json["conversation"]
            reply = {"conversation": conversation, "client_id": "reply-0001", "text": "It comes today."}
            await desk.send_json({"type": "reply", "id": 3, **reply})
            assert (await answer_to(desk, 3))["type"] == "result"
            taken = await other.says("It comes today.")
        assert taken.signed_with(SECRET)
        assert (taken.json["to"], taken.json["conversation"], taken.json["author"]) == ("user-7", conversation, "agent")
        again = await post(system, "messages", hello, id_="m-1", at=now)
        assert (again.json["duplicate"], again.json["seq"]) == (True, stored.json["seq"])
        other_words = await post(system, "messages", {**hello, "text": "Something else"}, id_="m-1", at=now)
        assert (other_words.status, other_words.code) == (409, "reused_id")
        forged = await post(system, "messages", hello, id_="m-2", at=now, secret="w" * 40)
        assert (forged.status, forged.code) == (401, "bad_signature")
        page = (await post(system, "conversations", {"sender": "user-7"}, id_="q-1", at=now)).json
        said = [entry["parts"][0].get("text") for entry in page["entries"]]
        assert [one for one in said if one in {hello["text"], "It comes today."}] == [hello["text"], "It comes today."]
        assert (page["owner"], page["entries"][0]["id"]) == ("agent", "m-1")
        stranger = await post(system, "conversations", {"sender": "u8", "conversation": conversation}, id_="q", at=now)
        assert (stranger.status, stranger.code) == (404, "not_found")
