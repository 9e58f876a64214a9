"""A bot API that misbehaves on demand: a real HTTP server, with the API's own description as its judge."""

from __future__ import annotations

import asyncio
import contextlib
import enum
import itertools
import json
from collections import defaultdict, deque
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

import aiohttp
from aiohttp import web

from tests.fakes.bot_api_description import faults

TOKEN = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"
DATE = 1_790_000_000
MEGABYTE = 1024 * 1024


class Mood(enum.StrEnum):
    """How one call is answered."""

    HANG = "hang"  # taken, and never answered
    CUT = "cut"  # taken, and the line breaks before the answer
    PROXY = "proxy"  # 502 of something that is no bot API
    LATE = "late"  # 504 of it
    GARBAGE = "garbage"  # 200, and not JSON


@dataclass(frozen=True, slots=True)
class Refusal:
    """A refusal in the API's own form."""

    status: int
    said: str
    retry_after: int | None = None


@dataclass(frozen=True, slots=True)
class Called:
    """A call that arrived; values of `params` that are JSON have been read."""

    method: str
    params: dict[str, Any]
    files: dict[str, tuple[str, bytes]]


@dataclass(slots=True)
class FakeTelegram:
    """Use as `async with FakeTelegram() as fake`; read `fake.calls`, give updates by `post` or `queue`.

    Attributes:
        bale: Speaks Bale's dialect: other parameters, no secret header, message numbers per chat, 429 without a time.
        script: Answers for the next calls of a method, one each; `standing` ones hold after those.
        faults: What was wrong with the calls, by the API's description.
        hook: What `setWebhook` was given.
        hook_headers: With which headers the hub answered the update that was posted last.
    """

    bale: bool = False
    script: dict[str, deque[Refusal | Mood]] = field(default_factory=lambda: defaultdict(deque))
    standing: dict[str, Refusal | Mood] = field(default_factory=dict)
    calls: list[Called] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    hook: dict[str, Any] = field(default_factory=dict)
    hook_error: str = ""
    hook_headers: dict[str, str] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    claimed_sizes: dict[str, int] = field(default_factory=dict)
    waiting: list[dict[str, Any]] = field(default_factory=list)
    url: str = ""
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(100))
    _news: asyncio.Condition = field(default_factory=asyncio.Condition)
    _closing: asyncio.Event = field(default_factory=asyncio.Event)
    _runner: web.AppRunner | None = None
    _session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=60 * MEGABYTE)
        app.router.add_route("*", "/bot{token}/{method}", self._api)
        app.router.add_get("/file/bot{token}/{path:.+}", self._file)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        self._session = aiohttp.ClientSession()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.set()
        async with self._news:
            self._news.notify_all()
        if self._session is not None:
            await self._session.close()
        if self._runner is not None:
            await self._runner.cleanup()

    def message(self, chat: int = 42, **content: Any) -> dict[str, Any]:
        """An update with a message of a person in a private chat."""
        number = next(self._numbers)
        person = {"id": chat, "is_bot": False, "first_name": "سارا", "last_name": "Karimi", "language_code": "fa"}
        return {
            "update_id": 700_000_000 + number,
            "message": {
                "message_id": number,
                "from": person,
                "chat": {"id": chat, "type": "private", "first_name": "سارا"},
                "date": DATE + number,
                **content,
            },
        }

    def press(self, under: Called, data: str, chat: int = 42) -> dict[str, Any]:
        """An update with a press of a button under a message that the bot sent."""
        update = self.message(chat, text=under.params.get("text"), reply_markup=under.params.get("reply_markup"))
        shown = update.pop("message")
        query = {"id": f"40{shown['message_id']}", "from": shown["from"], "message": shown, "chat_instance": "-5"}
        return {**update, "callback_query": {**query, "data": data}}

    async def post(self, update: object, *, secret: str | None = None) -> int:
        """Call the webhook as the messenger does, or with another secret; the status of the hub's answer."""
        headers = {"Content-Type": "application/json"}
        token = self.hook.get("secret_token") if secret is None else secret
        if token:
            headers["X-Telegram-Bot-Api-Secret-Token"] = token
        body = update if isinstance(update, bytes) else json.dumps(update).encode()
        assert self._session is not None
        async with self._session.post(self.hook["url"], data=body, headers=headers) as response:
            await response.read()
            self.hook_headers = dict(response.headers)
            return response.status

    async def queue(self, *updates: dict[str, Any]) -> None:
        """Have updates for who polls."""
        async with self._news:
            self.waiting += updates
            self._news.notify_all()

    async def called(self, method: str, count: int = 1, seconds: float = 20) -> list[Called]:
        """Wait until a method was called so often."""

        def found() -> list[Called]:
            return [one for one in self.calls if one.method == method]

        async with asyncio.timeout(seconds), self._news:
            await self._news.wait_for(lambda: len(found()) >= count)
        return found()

    async def _api(self, request: web.Request) -> web.StreamResponse:
        if request.match_info["token"] != TOKEN:
            return _no(Refusal(401, "Unauthorized"))
        called, form, files = await _read(request)
        wrong = [] if self.bale else faults(called.method, form, {name: data for name, (_, data) in files.items()})
        async with self._news:
            self.faults += wrong
            self.calls.append(called)
            self._news.notify_all()
        if wrong:
            return _no(Refusal(400, f"Bad Request: {wrong[0]}"))
        scripted = self.script[called.method]
        answer = scripted.popleft() if scripted else self.standing.get(called.method)
        if answer is not None:
            return await self._scripted(answer, request)
        return await getattr(self, f"_{_snake(called.method)}", self._done)(called)

    async def _scripted(self, answer: Refusal | Mood, request: web.Request) -> web.StreamResponse:
        match answer:
            case Refusal():
                return _no(answer)
            case Mood.PROXY | Mood.LATE:
                return web.Response(status=502 if answer is Mood.PROXY else 504, text="<html>Bad Gateway</html>")
            case Mood.GARBAGE:
                return web.Response(text="<html>Sign in to the airport's network</html>")
            case Mood.CUT:
                assert request.transport is not None
                request.transport.abort()
            case _:
                await self._closing.wait()
        return web.Response(status=500)

    async def _done(self, called: Called) -> web.Response:
        return _yes(True)

    async def _get_me(self, called: Called) -> web.Response:
        return _yes({"id": 110201543, "is_bot": True, "first_name": "فروشگاه", "username": "shop_bot"})

    async def _set_webhook(self, called: Called) -> web.Response:
        self.hook = called.params
        return _yes(True)

    async def _delete_webhook(self, called: Called) -> web.Response:
        self.hook = {}
        return _yes(True)

    async def _get_webhook_info(self, called: Called) -> web.Response:
        info: dict[str, Any] = {"url": self.hook.get("url", ""), "has_custom_certificate": False}
        info["pending_update_count"] = len(self.waiting)
        if self.hook_error:
            info |= {"last_error_date": 4_000_000_000, "last_error_message": self.hook_error}
        return _yes(info)

    async def _get_updates(self, called: Called) -> web.Response:
        if self.hook.get("url"):
            return _no(Refusal(409, "Conflict: can't use getUpdates method while webhook is active"))
        offset = called.params.get("offset", 0)
        async with self._news:
            self.waiting = [one for one in self.waiting if one["update_id"] >= offset]
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(called.params.get("timeout", 0)):
                    await self._news.wait_for(lambda: self.waiting or self._closing.is_set())
            return _yes(self.waiting[:100])

    async def _get_file(self, called: Called) -> web.Response:
        id_ = called.params["file_id"]
        if id_ not in self.files:
            return _no(Refusal(400, "Bad Request: invalid file_id"))
        if self.claimed_sizes.get(id_, len(self.files[id_])) > 20 * MEGABYTE:
            return _no(Refusal(400, "Bad Request: file is too big"))
        return _yes({"file_id": id_, "file_unique_id": id_[:8], "file_path": f"documents/{id_} 1.bin"})

    async def _send(self, called: Called) -> web.Response:
        number = next(self._numbers)
        chat = called.params["chat_id"]
        content = {key: value for key, value in called.params.items() if key in {"text", "caption", "reply_markup"}}
        if self.bale:  # leaves out what a strict reader insists on
            return _yes({"message_id": number, "chat": {"id": chat}, "date": DATE + number, **content})
        me = {"id": 110201543, "is_bot": True, "first_name": "فروشگاه"}
        shown = {"message_id": number, "from": me, "chat": {"id": chat, "type": "private"}, "date": DATE + number}
        return _yes({**shown, **content})

    _send_message = _send_photo = _send_document = _send_voice = _send_video = _send_audio = _send

    async def _file(self, request: web.Request) -> web.StreamResponse:
        id_ = request.match_info["path"].removeprefix("documents/").removesuffix(" 1.bin")
        if request.match_info["token"] != TOKEN or id_ not in self.files:
            raise web.HTTPNotFound
        return web.Response(body=self.files[id_], content_type="application/octet-stream")


async def _read(request: web.Request) -> tuple[Called, dict[str, str], dict[str, tuple[str, bytes]]]:
    form: dict[str, str] = {}
    files: dict[str, tuple[str, bytes]] = {}
    for name, value in (await request.post()).items():
        if isinstance(value, web.FileField):
            files[name] = (value.filename, value.file.read())
        else:
            form[name] = str(value)
    params = {name: _value(value) for name, value in form.items()}
    for name in ("text", "caption"):
        if name in form:
            params[name] = form[name]
    return Called(request.match_info["method"], params, files), form, files


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _snake(method: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in method)


def _yes(result: object) -> web.Response:
    return web.json_response({"ok": True, "result": result})


def _no(refusal: Refusal) -> web.Response:
    answer: dict[str, Any] = {"ok": False, "error_code": refusal.status, "description": refusal.said}
    if refusal.retry_after is not None:
        answer["parameters"] = {"retry_after": refusal.retry_after}
    return web.json_response(answer, status=refusal.status)
