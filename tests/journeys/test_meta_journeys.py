"""Whole paths of WhatsApp and Messenger: the provider's webhook, the hub, and back to the provider."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest_asyncio

from bot.contract import BotStatus, Button, Reply, Say, Turn
from hub.model.config import Inbox
from hub.model.conversation import Conversation
from hub.model.entry import Author, Entry, text_part
from hub.model.ids import AgentId, ConversationId, InboxId, QueueId, new_id
from hub.store.database import Database
from tests.channels.meta_lab import OLD_SECRET, VERIFY
from tests.fakes.graph import APP_SECRET, TOKEN, FakeGraph, Refuse, signature
from tests.hub_server import AbsentBot, LiveHub, live_hub

NUMBER, PAGE, SARA = "1122334455667", "900100", "989121234567"


class Clerk(AbsentBot):
    """A bot that answers with two buttons."""

    async def turn(self, turn: Turn) -> Reply:
        """Always the same."""
        buttons = (Button(title="پیگیری سفارش", payload="/track"), Button(title="ساعت کار", payload="/hours"))
        return Reply(says=(Say(text="چه کمکی از من برمی‌آید؟", buttons=buttons),))

    async def ready(self) -> BotStatus:
        """Now."""
        return BotStatus(available=True, detail="ok")


@dataclass(slots=True)
class Street:
    """A hub with a WhatsApp number and a page, and the provider of both."""

    live: LiveHub
    graph: FakeGraph
    session: aiohttp.ClientSession

    async def tells(self, channel: str, body: object, secret: str = APP_SECRET) -> int:
        """The provider calls the webhook."""
        raw = json.dumps(body).encode()
        url = f"{self.live.url}/channels/{channel}/{channel}/webhook"
        async with self.session.post(url, data=raw, headers=signature(raw, secret)) as response:
            return response.status

    async def whatsapp(self, **lists: object) -> int:
        """Messages or statuses of our number."""
        value = {"metadata": {"phone_number_id": NUMBER}, "contacts": [{"wa_id": SARA, "profile": {"name": "Sara"}}]}
        change = {"field": "messages", "value": {**value, **lists}}
        body = {"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": [change]}]}
        return await self.tells("whatsapp", body)

    async def messenger(self, *events: dict[str, object]) -> int:
        """Events of a customer of our page."""
        around = {"sender": {"id": "6001"}, "recipient": {"id": PAGE}}
        entry = {"id": PAGE, "messaging": [{**around, **event} for event in events]}
        return await self.tells("messenger", {"object": "page", "entry": [entry]})

    async def took(self, count: int) -> list[dict[str, object]]:
        """Wait until the provider has got so many messages."""
        async with asyncio.timeout(15):
            while len(self.graph.sent) < count:
                await asyncio.sleep(0)
        return self.graph.sent

    async def conversation(self) -> Conversation:
        """The only one."""
        [row] = await self.live.hub.database.collection("conversations").find({}).to_list()
        return await self.live.hub.lanes.state(ConversationId(row["_id"]))

    async def entries(self) -> list[Entry]:
        """What the customer may see of it."""
        state = await self.conversation()
        return [one for one in await self.live.hub.entries.after(state.id, 0) if one.for_customer]

    async def until(self, true: Callable[[list[Entry]], bool]) -> list[Entry]:
        """Wait until the timeline is so."""
        async with asyncio.timeout(15):
            while not true(entries := await self.entries()):
                await asyncio.sleep(0)
        return entries


def text(id_: str, words: str) -> dict[str, object]:
    return {"from": SARA, "id": id_, "timestamp": "1790000000", "type": "text", "text": {"body": words}}


def status(id_: str, state: str, **more: object) -> dict[str, object]:
    return {"id": id_, "status": state, "timestamp": "1790000001", "recipient_id": SARA, **more}


@pytest_asyncio.fixture
async def street(no_task_left_behind: None, database: Database, tmp_path: Path) -> AsyncIterator[Street]:
    async with (
        FakeGraph() as graph,
        live_hub(database, tmp_path / "var", bot=Clerk()) as live,
        aiohttp.ClientSession() as session,
    ):
        graph.accounts[NUMBER] = {}
        secrets = {"app_secret": APP_SECRET, "app_secret_previous": OLD_SECRET, "verify_token": VERIFY}
        common = {"access_token": TOKEN, "api_base": graph.url, **secrets}
        for channel, account in (("whatsapp", {"phone_number_id": NUMBER}), ("messenger", {"page_id": PAGE})):
            inbox = Inbox(
                id=InboxId(channel),
                name=channel,
                channel=channel,
                queue=QueueId("support"),
                locale="fa",
                settings={**common, **account},
            )
            await live.hub.config.create(inbox)
        yield Street(live, graph, session)
        assert not graph.faults


async def test_a_customer_writes_by_whatsapp_and_sees_buttons_and_we_see_that_they_did(street: Street) -> None:
    for _ in range(3):
        assert await street.whatsapp(messages=[text("wamid.in", "سلام")]) == 200
    [sent] = await street.took(1)
    assert sent["to"] == SARA
    assert [one["reply"]["title"] for one in sent["interactive"]["action"]["buttons"]] == ["پیگیری سفارش", "ساعت کار"]
    await street.until(lambda entries: entries[-1].delivery == "sent")
    assert await street.whatsapp(statuses=[status("wamid.1", one) for one in ("read", "delivered", "sent")]) == 200
    entries = await street.entries()
    assert [one.author.kind for one in entries] == ["contact", "bot"]
    assert entries[-1].delivery == "read"


async def test_a_picture_comes_after_the_acknowledgement(street: Street) -> None:
    street.graph.media["555"] = ("image/png", b"just some words")
    image = {"id": "555", "mime_type": "image/png", "caption": "این است"}
    message = {"from": SARA, "id": "wamid.in", "timestamp": "1790000000", "type": "image", "image": image}
    assert await street.whatsapp(messages=[message]) == 200
    [first, *_] = await street.until(lambda entries: entries[0].parts[-1].file.state == "here")  # type: ignore[union-attr]
    assert first.parts[0].text == "این است"
    assert first.parts[-1].file is not None
    assert first.parts[-1].file.size == 15


async def test_an_agents_answer_that_the_provider_gave_up_on_later_is_failed_with_its_reason(street: Street) -> None:
    assert await street.whatsapp(messages=[text("wamid.in", "سلام")]) == 200
    await street.took(1)
    me = Author(kind="agent", id=AgentId("a-1"), name="Ali")
    state = await street.conversation()
    await street.live.hub.acts.take(state, me)
    said = await street.live.hub.acts.agent_writes(await street.conversation(), me, new_id(), text_part("در راه است"))
    await street.until(lambda entries: entries[-1].seq == said.entry.seq and entries[-1].delivery == "sent")
    name = f"wamid.{len(street.graph.sent)}"
    why = [{"code": 131026, "title": "Message undeliverable"}]
    assert await street.whatsapp(statuses=[status(name, "failed", errors=why)]) == 200
    entry = (await street.entries())[-1]
    assert (entry.delivery, entry.delivery_code) == ("failed", "bad_address")
    assert "131026" in (entry.delivery_reason or "")


async def test_what_breaks_off_is_in_doubt_and_not_sent_again(street: Street) -> None:
    street.graph.script.append("cut")
    assert await street.whatsapp(messages=[text("wamid.in", "سلام")]) == 200
    entries = await street.until(lambda entries: entries[-1].delivery == "uncertain")
    assert [one.author.kind for one in entries] == ["contact", "bot"]
    assert not street.graph.sent


async def test_a_limit_is_waited_for_and_the_message_goes_out(street: Street) -> None:
    street.graph.script.append(Refuse(130429, status=429, headers=(("Retry-After", "1"),)))
    assert await street.whatsapp(messages=[text("wamid.in", "سلام")]) == 200
    assert len(await street.took(1)) == 1


async def test_a_customer_of_the_page_is_answered_and_the_marks_reach_the_answer(street: Street) -> None:
    first = {"timestamp": 1_790_000_000_000, "message": {"mid": "m_in", "text": "سلام"}}
    assert await street.messenger(first, first) == 200
    [sent] = await street.took(1)
    assert [one["payload"] for one in sent["message"]["quick_replies"]] == ["/track", "/hours"]
    entries = await street.until(lambda entries: entries[-1].delivery == "sent")
    echo = {"mid": "m_1", "text": "…", "is_echo": True, "metadata": sent["message"]["metadata"]}
    assert await street.messenger({"sender": {"id": PAGE}, "recipient": {"id": "6001"}, "message": echo}) == 200
    assert await street.messenger({"read": {"watermark": entries[-1].at + 60_000}}) == 200
    entries = await street.entries()
    assert [one.author.kind for one in entries] == ["contact", "bot"]
    assert entries[-1].delivery == "read"
