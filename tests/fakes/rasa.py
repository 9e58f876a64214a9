"""A bot server that misbehaves on demand: a real HTTP server with our Rasa channel's paths (see hub_channel.py)."""

from __future__ import annotations

import asyncio
import contextlib
import enum
import json
from collections import deque
from types import TracebackType
from typing import Self

from aiohttp import web


class Mood(enum.StrEnum):
    """How the server answers a turn."""

    OK = "ok"
    SILENT = "silent"  # 200 with no message, Rasa's usual way to fail
    UNSURE = "unsure"  # says that it didn't understand
    HANDOFF = "handoff"
    HANG = "hang"  # never answers
    LATE = "late"  # answers properly when `release` is set
    DRIP = "drip"  # a byte now and then, never to the end
    GARBAGE = "garbage"  # 200, not JSON
    WRONG_SHAPE = "wrong_shape"  # JSON, not an answer
    NOT_TEXT = "not_text"  # invalid UTF-8
    HUGE = "huge"  # ten megabytes
    CUT = "cut"  # the connection ends in the middle
    ERROR = "error"  # 500
    NO_MODEL = "no_model"  # 503
    TOO_SLOW = "too_slow"  # 504, the channel's own time limit
    REDIRECT = "redirect"  # elsewhere


class FakeRasa:
    """Use as `async with FakeRasa() as fake`; set `fake.mood`, read `fake.turns` and `fake.forgotten`.

    Attributes:
        url: The server's base address.
        token: The bearer token it asks for.
        mood: How turns are answered from now on.
        moods: Moods for the next turns, one each, before `mood` holds again.
        turns: The bodies of the turns that arrived.
        forgotten: The senders that were forgotten.
        messages: What an OK answer says.
        arrived: Set whenever a turn has arrived.
        release: Set it to let LATE answers go.
    """

    def __init__(self, token: str = "a-token-of-the-fake") -> None:
        self.token = token
        self.mood = Mood.OK
        self.moods: deque[Mood] = deque()
        self.turns: list[dict[str, object]] = []
        self.forgotten: list[str] = []
        self.messages: list[dict[str, object]] = [
            {"text": "Hello!", "buttons": [{"title": "Menu", "payload": "/help"}]}
        ]
        self.arrived = asyncio.Event()
        self.release = asyncio.Event()
        self.url = ""
        self._closing = asyncio.Event()
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_post("/webhooks/hub/turn", self._turn)
        app.router.add_post("/webhooks/hub/forget", self._forget)
        app.router.add_get("/webhooks/hub/", self._ready)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.set()
        if self._runner is not None:
            await self._runner.cleanup()

    async def _ready(self, request: web.Request) -> web.StreamResponse:
        refused = self._refused(request)
        if refused is not None:
            return refused
        if self.mood in {Mood.OK, Mood.SILENT, Mood.UNSURE, Mood.HANDOFF}:
            return web.json_response({"model_id": "fake-model"})
        return await self._misbehave(self.mood, request)

    async def _forget(self, request: web.Request) -> web.StreamResponse:
        refused = self._refused(request)
        if refused is None:
            self.forgotten.append((await request.json())["sender"])
        return refused or web.json_response({})

    async def _turn(self, request: web.Request) -> web.StreamResponse:
        refused = self._refused(request)
        if refused is not None:
            return refused
        self.turns.append(await request.json())
        self.arrived.set()
        mood = self.moods.popleft() if self.moods else self.mood
        match mood:
            case Mood.OK:
                return web.json_response(self.answer())
            case Mood.SILENT:
                return web.json_response(self.answer(messages=[]))
            case Mood.UNSURE:
                unsure = [{"text": "I didn't get that."}]
                return web.json_response(self.answer(messages=unsure, intent="nlu_fallback", actions=["utter_default"]))
            case Mood.HANDOFF:
                return web.json_response(self.answer(messages=[{"custom": {"type": "handoff", "reason": "requested"}}]))
            case Mood.LATE:
                await self._until(self.release)
                return web.json_response(self.answer())
            case _:
                return await self._misbehave(mood, request)

    async def _misbehave(self, mood: Mood, request: web.Request) -> web.StreamResponse:
        match mood:
            case Mood.GARBAGE:
                return web.Response(text="<html>502 Bad Gateway</html>")
            case Mood.WRONG_SHAPE:
                return web.json_response([{"recipient_id": "x", "text": 7}])
            case Mood.NOT_TEXT:
                return web.Response(body=b'{"messages": [{"text": "\xff\xfe"}], "intent": {}}')
            case Mood.HUGE:
                return web.json_response(self.answer(messages=[{"text": "x" * 10_000_000}]))
            case Mood.ERROR:
                return web.Response(status=500, text="Traceback (most recent call last): ...")
            case Mood.NO_MODEL:
                return web.json_response({"error": "no_model"}, status=503)
            case Mood.TOO_SLOW:
                return web.json_response({"error": "too_slow"}, status=504)
            case Mood.REDIRECT:
                raise web.HTTPFound("http://127.0.0.1:9/elsewhere")
            case Mood.DRIP | Mood.CUT:
                return await self._piecemeal(mood, request)
            case _:
                await self._until(self._closing)
                return web.Response(status=500)

    async def _piecemeal(self, mood: Mood, request: web.Request) -> web.StreamResponse:
        body = json.dumps(self.answer()).encode()
        response = web.StreamResponse(headers={"Content-Length": str(len(body))})
        await response.prepare(request)
        with contextlib.suppress(ConnectionError):
            await response.write(body[:10])
            if mood is Mood.DRIP:
                for place in range(10, len(body) - 1):
                    await self._until(self._closing, 0.2)
                    await response.write(body[place : place + 1])
        if request.transport is not None:
            request.transport.abort()
        return response

    async def _until(self, event: asyncio.Event, at_most: float | None = None) -> None:
        """Wait for an event or the end of the test."""
        waits = [asyncio.create_task(one.wait()) for one in (event, self._closing)]
        try:
            await asyncio.wait(waits, timeout=at_most, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()

    def _refused(self, request: web.Request) -> web.Response | None:
        if request.headers.get("Authorization") == f"Bearer {self.token}":
            return None
        return web.json_response({"error": "unauthorized"}, status=401)

    def answer(
        self,
        *,
        messages: list[dict[str, object]] | None = None,
        intent: str = "greet",
        actions: list[str] | None = None,
    ) -> dict[str, object]:
        """A proper answer of the channel."""
        ranking = [
            {"name": intent, "confidence": 0.9},
            {"name": "help", "confidence": 0.05},
            {"name": "thanks", "confidence": 0.03},
        ]
        return {
            "messages": self.messages if messages is None else messages,
            "intent": ranking[0],
            "intent_ranking": ranking,
            "entities": [],
            "slots": {},
            "actions": ["utter_greet"] if actions is None else actions,
            "lang": "en",
            "model_id": "fake-model",
        }
