"""A customer in Telegram: the bot, its buttons, a person; files both ways; what the messenger does not take."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from bot.contract import BotStatus, Button, Handoff, HandoffReason, Reply, Say, Turn
from channels.telegram.settings import telegram_settings
from hub.model.config import Inbox
from hub.model.entry import Entry
from hub.model.ids import ConversationId, InboxId, QueueId
from hub.store.database import Database
from tests.fakes.telegram import TOKEN, Called, FakeTelegram, Mood, Refusal
from tests.fakes.telemelya import relay, telemelya
from tests.hub_server import AbsentBot, LiveHub, live_hub

TRACK = "/track{" + '"order": "' + "ن" * 60 + '"}'


class Clerk(AbsentBot):
    """A bot that offers two choices; the second is a person."""

    def __init__(self) -> None:
        self.turns: list[Turn] = []

    async def turn(self, turn: Turn) -> Reply:
        self.turns.append(turn)
        if turn.payload == "/human":
            return Reply(handoff=Handoff(reason=HandoffReason.REQUESTED, summary="wants a person"))
        if turn.payload == TRACK:
            return Reply(says=(Say(text="سفارش شما در راه است."),))
        choices = (Button(title="پیگیری", payload=TRACK), Button(title="همکار انسانی", payload="/human"))
        return Reply(says=(Say(text="چه کمکی می‌خواهید؟", buttons=choices),))

    async def ready(self) -> BotStatus:
        return BotStatus(available=True, detail="ok")


@dataclass(slots=True)
class Shop:
    """The hub with a Telegram inbox, the messenger."""

    live: LiveHub
    fake: FakeTelegram
    clerk: Clerk

    async def gets(self, **content: Any) -> None:
        """A person writes."""
        assert await self.fake.post(self.fake.message(**content)) == 200

    async def said(self, words: str) -> Called:
        """Wait until the person was told this."""
        count = 1
        while True:
            calls = await self.fake.called("sendMessage", count)
            found = [one for one in calls if words in one.params["text"]]
            if found:
                return found[0]
            count = len(calls) + 1

    async def press(self, under: Called, title: str) -> None:
        """The person presses a button."""
        keys = [key for row in under.params["reply_markup"]["inline_keyboard"] for key in row]
        data = next(key["callback_data"] for key in keys if key["text"] == title)
        assert await self.fake.post(self.fake.press(under, data)) == 200

    async def entries(self, conversation: str) -> list[Entry]:
        return await self.live.hub.entries.after(ConversationId(conversation), 0)

    async def until(self, conversation: str, true: Callable[[Entry], bool]) -> Entry:
        """Wait until an entry is so."""
        async with asyncio.timeout(20):
            while True:
                found = [entry for entry in await self.entries(conversation) if true(entry)]
                if found:
                    return found[-1]
                await asyncio.sleep(0.01)

    async def until_all_is_sent(self, conversation: str) -> None:
        """Wait until somebody has come, and everything that we said is with the messenger."""
        async with asyncio.timeout(20):
            while True:
                ours = [one for one in await self.entries(conversation) if one.delivery is not None]
                if ours[-1].author.kind == "system" and all(one.delivery == "sent" for one in ours):
                    return
                await asyncio.sleep(0.01)


@pytest_asyncio.fixture
async def shop(no_task_left_behind: None, database: Database, tmp_path: Path) -> AsyncIterator[Shop]:
    clerk = Clerk()
    async with FakeTelegram() as fake, live_hub(database, tmp_path / "var", bot=clerk) as live:
        settings = {"token": TOKEN, "mode": "webhook", "secret": "s" * 32, "api_base": fake.url}
        inbox = Inbox(id=InboxId("tg"), name="Bot", channel="telegram", queue=QueueId("support"), settings=settings)
        await live.hub.config.create(inbox)
        await fake.called("setWebhook")
        yield Shop(live, fake, clerk)
        assert fake.faults == []


async def test_polling_stores_each_message_once(live: LiveHub) -> None:
    async with FakeTelegram() as fake:
        settings = {"token": TOKEN, "mode": "polling", "secret": "s" * 32, "api_base": fake.url}
        inbox = Inbox(id=InboxId("tg"), name="Bot", channel="telegram", queue=QueueId("support"), settings=settings)
        words = fake.message(text="سلام")
        await live.hub.config.create(inbox)
        await fake.queue(words)
        asked = await fake.called("getUpdates", 2)  # the second says that the first is stored
        assert asked[-1].params["offset"] == words["update_id"] + 1
        await fake.queue(fake.message(text="دوباره"))
        await fake.called("getUpdates", 3)
        found = await live.hub.intake.current("tg", "42")
        assert found is not None
        entries = await Shop(live, fake, Clerk()).entries(found.conversation)
        said = [_words(one) for one in entries if one.author.kind == "contact" and one.kind == "message"]
        assert said == ["سلام", "دوباره"]
        assert fake.faults == []


async def test_a_hub_that_is_started_again_polls_on_where_it_was(
    no_task_left_behind: None, database: Database, tmp_path: Path
) -> None:
    async with FakeTelegram() as fake:
        settings = {"token": TOKEN, "mode": "polling", "secret": "s" * 32, "api_base": fake.url}
        inbox = Inbox(id=InboxId("tg"), name="Bot", channel="telegram", queue=QueueId("support"), settings=settings)
        words = fake.message(text="one")
        async with live_hub(database, tmp_path / "var") as first:
            await first.hub.config.create(inbox)
            await fake.queue(words)
            await fake.called("getUpdates", 2)  # the second says that the first is stored
        asked = sum(1 for one in fake.calls if one.method == "getUpdates")
        await fake.queue(fake.message(text="two"))
        async with live_hub(database, tmp_path / "var") as second:
            polls = await fake.called("getUpdates", asked + 2)
            assert polls[asked].params["offset"] == words["update_id"] + 1
            found = await second.hub.intake.current("tg", "42")
            assert found is not None
            entries = await Shop(second, fake, Clerk()).entries(found.conversation)
            said = [_words(one) for one in entries if one.author.kind == "contact" and one.kind == "message"]
            assert said == ["one", "two"]


async def frame(desk: aiohttp.ClientWebSocketResponse, kind: str, **has: object) -> dict[str, Any]:
    """The next frame of a kind, with these fields."""
    async with asyncio.timeout(20):
        while True:
            got: dict[str, Any] = await desk.receive_json()
            if got["type"] == kind and all(got.get(name) == value for name, value in has.items()):
                return got


async def answered(desk: aiohttp.ClientWebSocketResponse, number: int, state: str) -> int:
    """The number of a reply, once it is stored and its delivery has come to a state, in whatever order that is told."""
    seq, states = None, set[tuple[int, str]]()
    async with asyncio.timeout(20):
        while seq is None or (seq, state) not in states:
            got: dict[str, Any] = await desk.receive_json()
            if got["type"] == "result" and got["id"] == number:
                seq = int(got["data"]["seq"])
            elif got["type"] == "delivery":
                states.add((got["seq"], got["state"]))
    return seq


async def takes_over(desk: aiohttp.ClientWebSocketResponse) -> str:
    """An agent comes online and accepts; the conversation."""
    await frame(desk, "ready")
    await desk.send_json({"type": "status.set", "id": 1, "status": "online"})
    offer = (await frame(desk, "offer"))["offer"]
    await desk.send_json({"type": "offer.accept", "id": 2, "offer": offer["id"]})
    await frame(desk, "result", id=2)
    conversation = str(offer["conversation"]["id"])
    await desk.send_json({"type": "open", "id": 3, "conversation": conversation})
    await frame(desk, "result", id=3)
    return conversation


async def test_an_admin_opens_a_bot_and_hears_what_works(live: LiveHub) -> None:
    async with FakeTelegram() as fake, live.browser() as admin:
        await admin.sign_in("admin")
        settings = {"dialect": "telegram", "token": TOKEN, "mode": "webhook", "api_base": fake.url}
        new = {"channel": "telegram", "name": "ربات", "queue": "support", "settings": settings}
        made = await admin.call("POST", "/api/admin/inboxes", new)
        assert made.status == 201, made.body
        assert TOKEN not in made.body.decode()
        [hook] = await fake.called("setWebhook")
        assert hook.params["url"] == made.json["inbox"]["webhook"]
        path = f"/api/admin/inboxes/{made.json['inbox']['id']}"
        tried = await admin.call("POST", f"{path}/check", {})
        assert [(one["code"], one["detail"]) for one in tried.json["findings"]] == [("ok", "@shop_bot")]
        assert await fake.post(fake.message(text="سلام")) == 200
        assert fake.faults == []


async def test_from_the_bots_keyboard_to_a_person(shop: Shop) -> None:
    await shop.gets(text="/start campaign-7")
    menu = await shop.said("چه کمکی")
    assert shop.clerk.turns[0].texts == ("سلام",)

    await shop.press(menu, "پیگیری")
    await shop.said("در راه است")
    assert shop.clerk.turns[1].payload == TRACK  # longer than a button carries

    await shop.gets(text="می‌خواهم با کسی حرف بزنم")
    await shop.fake.called("sendMessage", 3)
    await shop.press(menu, "همکار انسانی")
    async with shop.live.browser() as ali:
        await ali.sign_in("ali")
        async with ali.desk() as desk:
            conversation = await takes_over(desk)
            await desk.send_json({"type": "typing", "id": 4, "conversation": conversation, "on": True})
            await shop.fake.called("sendChatAction")
            reply = {"type": "reply", "conversation": conversation, "client_id": "reply-0001", "text": "سلام، علی هستم"}
            await desk.send_json({**reply, "id": 5})
            assert (await shop.said("علی هستم")).params["chat_id"] == 42

            photo = {"file_id": "p1", "file_unique_id": "u1", "width": 8, "height": 8, "file_size": 9}
            shop.fake.files["p1"] = b"not a jpg"
            await shop.gets(photo=[photo], caption="این شکسته")
            came = await shop.until(conversation, lambda one: _state(one) == "here")
            assert _words(came) == "این شکسته"

            form = aiohttp.FormData(quote_fields=False)
            form.add_field("file", b"%PDF-1.4 receipt", filename="رسید.pdf", content_type="application/pdf")
            headers = {"Origin": ali.url, "X-CSRF-Token": ali.csrf}
            file = (await ali.request("POST", "/api/files", data=form, headers=headers)).json
            await desk.send_json({**reply, "id": 6, "client_id": "reply-0002", "text": "رسید", "files": [file["id"]]})
            [sent] = await shop.fake.called("sendDocument")
            assert sent.files["document"] == ("رسید.pdf", b"%PDF-1.4 receipt")


async def test_an_album_and_an_edit_are_what_they_are_in_the_timeline(shop: Shop) -> None:
    album = [
        shop.fake.message(photo=[{"file_id": f"p{n}", "width": 8, "height": 8}], media_group_id="9") for n in (1, 2)
    ]
    for update in album:
        assert await shop.fake.post(update) == 200
    words = shop.fake.message(text="سفارش 1001")
    assert await shop.fake.post(words) == 200
    edited = {"update_id": 5, "edited_message": {**words["message"], "text": "سفارش 1002", "edit_date": 1_790_009_000}}
    assert [await shop.fake.post(one) for one in (edited, words, edited, album[0])] == [200] * 4
    found = await shop.live.hub.intake.current("tg", "42")
    assert found is not None
    entries = [one for one in await shop.entries(found.conversation) if one.author.kind == "contact"]
    pictures, first, second = [one for one in entries if one.kind == "message"]
    assert [part.type for part in pictures.parts] == ["attachment", "attachment"]
    assert [one.parts[0].text for one in (first, second)] == ["سفارش 1001", "سفارش 1002"]
    assert (first.edits, second.edits) == (None, first.seq)


async def test_what_the_messenger_does_not_take_is_seen_by_the_agent(shop: Shop) -> None:
    await shop.gets(text="سلام")
    menu = await shop.said("چه کمکی")
    await shop.press(menu, "همکار انسانی")
    async with shop.live.browser() as ali:
        await ali.sign_in("ali")
        async with ali.desk() as desk:
            conversation = await takes_over(desk)
            await shop.until_all_is_sent(conversation)  # the hub's own words: the line, and who has come
            expected: list[tuple[Refusal | Mood, str, str | None]] = [
                (Refusal(403, "Forbidden: bot was blocked by the user"), "failed", "blocked"),
                (Mood.CUT, "uncertain", "uncertain"),
            ]
            for number, (answer, state, code) in enumerate(expected, start=10):
                shop.fake.script["sendMessage"].append(answer)
                reply = {"type": "reply", "id": number, "conversation": conversation, "client_id": f"reply-00{number}"}
                await desk.send_json({**reply, "text": f"answer {number}"})
                seq = await answered(desk, number, state)
                entry = await shop.until(conversation, lambda one, seq=seq: one.seq == seq)
                assert (entry.delivery, entry.delivery_code) == (state, code)


@pytest.mark.timeout(600)  # the first time the peer is installed
async def test_the_whole_way_with_a_bot_server_that_is_not_ours(
    no_task_left_behind: None, database: Database, tmp_path: Path
) -> None:
    picture = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + b"\x00\x00\x00\x08" * 2 + b"\x08\x06\0\0\0" + b"\0" * 40
    clerk = Clerk()
    async with telemelya(TOKEN) as peer, live_hub(database, tmp_path / "var", bot=clerk) as live:
        settings = {"token": TOKEN, "mode": "webhook", "secret": "s" * 32, "api_base": peer.url}
        inbox = Inbox(id=InboxId("tg"), name="Bot", channel="telegram", queue=QueueId("support"), settings=settings)
        await live.hub.config.create(inbox)
        configured = live.hub.inlet.inboxes("telegram")[0]
        async with relay(live.url, telegram_settings(configured).header_secret) as public:
            await peer.hooked(f"{live.url}/channels/telegram/tg/hook", public)

            # The bot offers its choices, the customer presses one, and the buttons go.
            await peer.update(text="سلام")
            menu = (await peer.called("sendMessage"))[-1]
            payload = next(key["callback_data"] for row in _keys(menu) for key in row if key["text"] == "همکار انسانی")
            found = await live.hub.intake.current("tg", "42")
            assert found is not None
            shop = Shop(live, FakeTelegram(), clerk)
            said = await shop.until(found.conversation, lambda one: one.author.kind == "bot" and bool(one.refs))
            number = int(said.refs[0].rpartition(":")[2].split(".")[1])
            await peer.update(callback_data=payload, callback_message_id=number)
            assert (await peer.called("editMessageReplyMarkup"))[0]["reply_markup"] == {"inline_keyboard": []}

            # A person takes over; pictures go both ways.
            async with live.browser() as ali:
                await ali.sign_in("ali")
                async with ali.desk() as desk:
                    conversation = await takes_over(desk)
                    await peer.update(photo_file_id=await peer.upload("broken.png", picture), photo_caption="شکسته")
                    came = await shop.until(conversation, lambda one: _state(one) == "here")
                    assert _words(came) == "شکسته"
                    form = aiohttp.FormData()
                    form.add_field("file", picture, filename="label.png", content_type="image/png")
                    headers = {"Origin": ali.url, "X-CSRF-Token": ali.csrf}
                    file = (await ali.request("POST", "/api/files", data=form, headers=headers)).json
                    reply = {
                        "type": "reply",
                        "conversation": conversation,
                        "client_id": "reply-0001",
                        "text": "این است",
                    }
                    await desk.send_json({**reply, "id": 4, "files": [file["id"]]})
                    [photo] = await peer.called("sendPhoto")
                    assert await peer.media(photo["file_id"]) == picture
                    assert (await peer.called("sendMessage"))[-1]["text"] == "این است"


def _keys(menu: dict[str, Any]) -> list[list[dict[str, Any]]]:
    markup = menu["reply_markup"]
    return list((json.loads(markup) if isinstance(markup, str) else markup)["inline_keyboard"])


def _words(entry: Entry) -> str | None:
    return entry.parts[0].text if entry.parts else None


def _state(entry: Entry) -> str | None:
    """What became of the file of an entry."""
    file = entry.parts[-1].file if entry.parts else None
    return file.state if file is not None else None
