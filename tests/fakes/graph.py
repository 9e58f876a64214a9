"""Meta's Graph API as WhatsApp, Messenger and Instagram use it: a real HTTP server that looks hard at what it is sent.

What it refuses to take stands in `faults`; a test that sends proper messages asserts that there are none.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import itertools
import json
import re
from collections import deque
from dataclasses import dataclass
from types import TracebackType
from typing import Literal, Self

from aiohttp import web

TOKEN = "EAAtokenOfTheFake"
APP_SECRET = "the-app-secret"


@dataclass(frozen=True, slots=True)
class Refuse:
    """Answer with an error of the API."""

    code: int
    sub: int = 0
    status: int = 400
    message: str = "(#%s) The fake refuses."
    headers: tuple[tuple[str, str], ...] = ()


Mood = Literal["hang", "cut", "garbage", "gateway", "silent", "empty"]


class FakeGraph:
    """Use as `async with FakeGraph() as graph`.

    Attributes:
        url: The base address.
        sent: The JSON bodies of messages that were taken, in order.
        faults: What was wrong with those that were not.
        script: What to do with the next calls that would send or upload, one each.
        uploads: (fields, file name, type, bytes) of what was uploaded.
        media: Files that may be read, by id: (type, bytes).
        places: Where the file of an id is said to lie, if not with us.
        accounts: What is known of our accounts, by id.
        asked: The paths that were read, with whether the token came along.
        arrived: Set whenever a call has arrived.
    """

    def __init__(self) -> None:
        self.url = ""
        self.sent: list[dict[str, object]] = []
        self.faults: list[str] = []
        self.script: deque[Refuse | Mood] = deque()
        self.uploads: list[tuple[dict[str, str], str, str, bytes]] = []
        self.media: dict[str, tuple[str, bytes]] = {}
        self.places: dict[str, str] = {}
        self.redirects: dict[str, str] = {}
        self.accounts: dict[str, dict[str, str]] = {}
        self.asked: list[tuple[str, bool]] = []
        self.marks: list[dict[str, object]] = []
        self.arrived = asyncio.Event()
        self._closing = asyncio.Event()
        self._numbers = itertools.count(1)
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=200 * 1024 * 1024)
        app.router.add_post("/v24.0/{account}/messages", self._messages)
        app.router.add_post("/v24.0/{account}/media", self._upload)
        app.router.add_post("/v24.0/{account}/message_attachments", self._upload)
        app.router.add_get("/v24.0/{id}", self._object)
        app.router.add_get("/files/{id}", self._file)
        app.router.add_get("/elsewhere/{id}", self._redirect)
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

    async def _messages(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        if "status" in body or "sender_action" in body:
            self.marks.append(body)
            return web.json_response({"success": True})
        self.arrived.set()
        if (answer := await self._scripted(request)) is not None:
            return answer
        account = request.match_info["account"]
        whatsapp = "messaging_product" in body
        fault = _whatsapp_fault(body) if whatsapp else _messenger_fault(body)
        if fault is None and whatsapp and account not in self.accounts:
            fault = "no such phone number id"
        if fault is not None:
            self.faults.append(fault)
            return _error(Refuse(100, message=fault))
        self.sent.append(body)
        number = next(self._numbers)
        if whatsapp:
            to = body.get("to") or body["recipient"]
            contact = {"input": to, ("wa_id" if "to" in body else "user_id"): to}
            message = {"id": f"wamid.{number}"}
            return web.json_response({"messaging_product": "whatsapp", "contacts": [contact], "messages": [message]})
        return web.json_response({"recipient_id": body["recipient"]["id"], "message_id": f"m_{number}"})

    async def _upload(self, request: web.Request) -> web.StreamResponse:
        fields: dict[str, str] = {}
        name = type_ = ""
        data = b""
        async for part in await request.multipart():
            if part.filename is not None:
                name, type_, data = part.filename, part.headers.get("Content-Type", ""), bytes(await part.read())
            else:
                fields[str(part.name)] = await part.text()
        if (answer := await self._scripted(request)) is not None:
            return answer
        if not name.isascii() or not data:
            self.faults.append("an upload without a plain name or without bytes")
            return _error(Refuse(100))
        self.uploads.append((fields, name, type_, data))
        id_ = str(700_000 + next(self._numbers))
        return web.json_response({"attachment_id": id_} if "message" in fields else {"id": id_})

    async def _object(self, request: web.Request) -> web.StreamResponse:
        if (answer := await self._scripted(request)) is not None:
            return answer
        id_ = request.match_info["id"]
        proof = request.query.get("appsecret_proof")
        if proof is not None and proof != hmac.new(APP_SECRET.encode(), TOKEN.encode(), hashlib.sha256).hexdigest():
            return _error(Refuse(100, message="Invalid appsecret_proof provided in the API argument"))
        if id_ in self.media or id_ in self.places:
            url = self.places.get(id_, f"{self.url}/files/{id_}")
            return web.json_response({"id": id_, "url": url, "messaging_product": "whatsapp"})
        if id_ in self.accounts:
            return web.json_response({"id": id_, **self.accounts[id_]})
        return _error(Refuse(100, 33, message=f"Unsupported get request. Object with ID '{id_}' does not exist"))

    async def _file(self, request: web.Request) -> web.StreamResponse:
        id_ = request.match_info["id"]
        self.asked.append((request.path, "Authorization" in request.headers))
        if id_ not in self.media:
            return web.Response(status=404)
        type_, data = self.media[id_]
        if request.query.get("lies"):  # says nothing of its length
            response = web.StreamResponse(headers={"Content-Type": type_})
            response.enable_chunked_encoding()
            await response.prepare(request)
            await response.write(data)
            return response
        return web.Response(body=data, content_type=type_)

    async def _redirect(self, request: web.Request) -> web.StreamResponse:
        raise web.HTTPFound(self.redirects[request.match_info["id"]])

    async def _scripted(self, request: web.Request) -> web.StreamResponse | None:
        """The refusal of a wrong token, or what the script says."""
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return _error(Refuse(190, 463, 401, message="Error validating access token"))
        match self.script.popleft() if self.script else None:
            case Refuse() as refusal:
                return _error(refusal)
            case "garbage":
                return web.Response(text="<html>Sorry, something went wrong.</html>", status=500)
            case "gateway":
                return web.Response(text="<html>Gateway time-out</html>", status=504)
            case "empty":
                return web.json_response({})
            case "silent":
                return web.Response(text="", status=200)
            case "hang":
                await self._closing.wait()
                return web.Response(status=500)
            case "cut":
                if request.transport is not None:
                    request.transport.abort()
                return web.Response(status=500)
            case _:
                return None


def _error(refusal: Refuse) -> web.Response:
    text = refusal.message.replace("%s", str(refusal.code))
    error = {"message": text, "type": "OAuthException", "code": refusal.code, "fbtrace_id": "A"}
    if refusal.sub:
        error["error_subcode"] = refusal.sub
    return web.json_response({"error": error}, status=refusal.status, headers=dict(refusal.headers))


def _whatsapp_fault(body: dict[str, object]) -> str | None:
    """What the Cloud API would not take about a message."""
    known = {"messaging_product", "recipient_type", "to", "recipient", "type", "biz_opaque_callback_data", "context"}
    type_ = body.get("type")
    content = body.get(str(type_))
    checks = {
        "unknown fields": set(body) <= known | {str(type_)},
        "messaging_product": body.get("messaging_product") == "whatsapp",
        "recipient_type": body.get("recipient_type") == "individual",
        "one recipient": ("to" in body) != ("recipient" in body),
        "to": "to" not in body or re.fullmatch(r"[0-9]{5,20}", str(body["to"])) is not None,
        "recipient": "recipient" not in body or re.match(r"[A-Z]{2}\.", str(body["recipient"])) is not None,
        "content": isinstance(content, dict),
    }
    fault = next((name for name, holds in checks.items() if not holds), None)
    if fault is not None or not isinstance(content, dict):
        return fault
    match type_:
        case "text":
            return None if 0 < len(content["body"]) <= 4_096 else "text.body"
        case "interactive":
            return _buttons_fault(content)
        case "image" | "audio" | "video" | "document" | "sticker":
            allowed = {"id", "filename", "caption"} if type_ == "document" else {"id", "caption"}
            return None if content.get("id") and set(content) <= allowed else "media"
        case "template":
            return _template_fault(content)
        case _:
            return f"type {type_}"


def _buttons_fault(content: dict[str, object]) -> str | None:
    text = content["body"]["text"]  # type: ignore[index]
    replies = [one["reply"] for one in content["action"]["buttons"]]  # type: ignore[index]
    titles = [one["title"] for one in replies]
    ids = [one["id"] for one in replies]
    holds = (
        content["type"] == "button"
        and 0 < len(text) <= 1_024
        and 0 < len(replies) <= 3
        and all(0 < len(one) <= 20 for one in titles)
        and all(0 < len(one) <= 256 for one in ids)
        and len(set(titles)) == len(set(ids)) == len(replies)
    )
    return None if holds else "interactive"


def _template_fault(content: dict[str, object]) -> str | None:
    if not content.get("name") or not content["language"]["code"]:  # type: ignore[index]
        return "template"
    for component in content.get("components", []):  # type: ignore[attr-defined]
        for one in component["parameters"]:
            text = one["text"]
            if component["type"] != "body" or not text or re.search(r"[\n\t]| {5}", text):
                return "template parameter"
    return None


def _messenger_fault(body: dict[str, object]) -> str | None:
    """What the Send API would not take about a message."""
    message = body.get("message")
    recipient = body.get("recipient")
    if not isinstance(message, dict) or not isinstance(recipient, dict) or not recipient.get("id"):
        return "recipient or message"
    if (
        not set(body) <= {"recipient", "message", "messaging_type"}
        or body.get("messaging_type", "RESPONSE") != "RESPONSE"
    ):
        return "unknown fields"
    if ("text" in message) == ("attachment" in message):
        return "either text or attachment"
    text = message.get("text", "x")
    instagram = "messaging_type" not in body
    if not text or (len(text.encode()) > 1_000 if instagram else len(text) > 2_000):
        return "text"
    replies = message.get("quick_replies", [])
    if len(replies) > 13 or not all(
        one["content_type"] == "text" and 0 < len(one["title"]) <= 20 and 0 < len(one["payload"]) <= 1_000
        for one in replies
    ):
        return "quick_replies"
    if len(message.get("metadata", "")) > 1_000 or (instagram and "metadata" in message):
        return "metadata"
    return None


def signature(raw: bytes, secret: str = APP_SECRET) -> dict[str, str]:
    """The header under which Meta sends a body."""
    return {"X-Hub-Signature-256": "sha256=" + hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()}


def signed_body(body: object, secret: str = APP_SECRET) -> tuple[bytes, dict[str, str]]:
    """A body as it is sent, with its header."""
    raw = json.dumps(body).encode()
    return raw, signature(raw, secret)
