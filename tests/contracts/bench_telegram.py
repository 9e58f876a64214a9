"""Telegram's bench."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Self

from channels.telegram.adapter import Telegram
from channels.telegram.api import BotApi
from channels.telegram.settings import telegram_settings
from tests.channels.telegram.bench import SECRET, bench
from tests.channels.telegram.bench import Bench as Parts
from tests.contracts.bench import REFUSAL, WAIT_SECONDS, WORDS, Bench, Mood, Outcome, outcome_of
from tests.fakes import telegram
from tests.fakes.telegram import TOKEN, Refusal

CHAT = 987654321


class TelegramBench(Bench):
    """A bot of the fake messenger, which calls the webhook."""

    name = package = "telegram"

    def __init__(self, parts: Parts) -> None:
        self.fake = parts.fake
        self.channel, self.inlet = parts.adapter, parts.inlet
        self.secrets = (TOKEN, SECRET)
        self.address = str(CHAT)
        self.inlet.configured.clear()
        settings = self.inlet.configure("telegram", "box", **parts.settings)
        address = self.channel.webhook(settings, parts.url)
        secret = telegram_settings(settings).header_secret
        self.fake.hook = {"url": address, "secret_token": secret}

    @classmethod
    @asynccontextmanager
    async def open(cls) -> AsyncIterator[Self]:
        async def no_wait(_: float) -> None:
            """Messages are many here; how fast they may go is not asked."""

        adapter = Telegram(api=BotApi(sleep=no_wait, read_seconds=2))
        async with bench(adapter=adapter) as parts:
            yield cls(parts)

    async def deliver(self, id_: str) -> Outcome:
        return await self._post(self._update(id_))

    async def forge(self) -> list[Outcome]:
        secrets = ("", "w" * 64, SECRET, TOKEN)
        outcomes = [await self._post(self._update("m-1"), secret=one) for one in secrets]
        genuine, self.fake.hook["url"] = self.fake.hook["url"], self.fake.hook["url"] + "x"
        outcomes.append(await self._post(self._update("m-1")))
        self.fake.hook["url"] = genuine
        return outcomes

    async def garble(self) -> list[Outcome]:
        chat = {"id": CHAT, "type": "private"}
        bodies = (b"", b"\xff", b"null", b"[" * 100_000, {"message": 1}, {"update_id": [], "message": {"chat": {}}})
        more = ({"callback_query": {"id": {}, "message": {"chat": chat}, "data": 7}}, {"edited_message": {"chat": []}})
        return [await self._post(body) for body in (*bodies, *more)]

    def set_mood(self, mood: Mood) -> None:
        answers: dict[Mood, Refusal | telegram.Mood] = {
            Mood.REFUSES: Refusal(400, f"Bad Request: {REFUSAL}"),
            Mood.LIMITS: Refusal(429, f"Too Many Requests: retry after {WAIT_SECONDS}", WAIT_SECONDS),
            Mood.HANGS: telegram.Mood.HANG,
        }
        self.fake.standing = {"sendMessage": answers[mood]} if mood in answers else {}

    def taken(self) -> list[str]:
        return [one.params["text"] for one in self.fake.calls if one.method == "sendMessage"]

    def _update(self, id_: str) -> dict[str, Any]:
        number = 1_000 + int(id_.rpartition("-")[2])
        update = self.fake.message(CHAT, text=WORDS)
        return {"update_id": number, "message": {**update["message"], "message_id": number, "date": 1_790_000_000}}

    async def _post(self, body: object, secret: str | None = None) -> Outcome:
        status = await self.fake.post(body, secret=secret)
        return outcome_of(status, self.fake.hook_headers)
