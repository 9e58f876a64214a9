"""The adapter against a bot API server that is not ours."""

from __future__ import annotations

import asyncio

import aiohttp
import pytest

from channels.telegram.settings import telegram_settings
from tests.channels.telegram.bench import Bench, attachment, bench, buttons, outbound, text
from tests.fakes.telegram import TOKEN
from tests.fakes.telemelya import relay, telemelya

PICTURE = bytes(range(256)) * 400


@pytest.mark.timeout(600)  # the first time the peer is installed
async def test_a_chat_with_a_bot_of_a_foreign_server(no_task_left_behind: None) -> None:
    async with bench() as made, telemelya(TOKEN) as peer, relay(made.url, secret_of(made)) as public:
        made.inlet.url = public
        made.configure(api_base=peer.url)
        inbox = made.inlet.inboxes("telegram")[0]
        running = asyncio.create_task(made.adapter.run(made.inlet))
        try:
            async with asyncio.timeout(20):
                while not await _set(peer.url):
                    await asyncio.sleep(0.05)
            assert [one.code for one in await made.adapter.check(inbox, made.inlet)] == ["ok"]

            await peer.update(text="سلام")
            file_id = await peer.upload("broken.jpg", PICTURE)
            await peer.update(photo_file_id=file_id, photo_caption="شکسته")
            words, picture = made.inlet.received
            assert words.parts[0].text == "سلام"
            assert [part.type for part in picture.parts] == ["text", "attachment"]
            fetched = [chunk async for chunk in made.adapter.fetch(inbox, picture.parts[1].source)]
            assert b"".join(fetched) == PICTURE

            sent = await made.adapter.send(outbound(text("کدام؟"), buttons(("پیگیری", "/track"))), made.inlet)
            assert sent.external_id is not None
            number = int(sent.external_id.split(".")[1])
            await peer.update(callback_data="/track", callback_message_id=number)
            assert made.inlet.received[-1].parts[0].payload == "/track"

            part = attachment(made.inlet, "label.jpg", "image/jpeg", PICTURE, width=8, height=8)
            await made.adapter.send(outbound(part), made.inlet)
            called = await peer.responses()
            assert [one["method"] for one in called] == [
                "sendMessage",
                "answerCallbackQuery",
                "editMessageReplyMarkup",
                "sendPhoto",
            ]
            assert called[0]["text"] == "کدام؟"
            assert called[2]["reply_markup"] == {"inline_keyboard": []}
            assert await peer.media(called[3]["file_id"]) == PICTURE
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)


def secret_of(made: Bench) -> str:
    """What the messenger proves itself with."""
    return telegram_settings(made.inlet.inboxes("telegram")[0]).header_secret


async def _set(url: str) -> bool:
    """Whether the webhook is set at the peer."""
    async with aiohttp.ClientSession() as session, session.post(f"{url}/bot{TOKEN}/getWebhookInfo") as response:
        return bool((await response.json())["result"]["url"])
