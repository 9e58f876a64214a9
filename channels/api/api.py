"""HTTP routes of the API channel: what the other system calls."""

import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar
from urllib.parse import quote

import structlog
from aiohttp import web
from msgspec import ValidationError
from msgspec.json import encode

from channels.api import compose, parse
from channels.api.settings import ApiSettings, api_settings
from channels.api.shapes import (
    ConversationIn,
    MessageIn,
    Reported,
    ReportsIn,
    Stored,
    Uploaded,
    UploadIn,
    UploadTicket,
)
from channels.api.signing import UnsignedError, verified_id
from channels.bodies import whole_body
from channels.contract import ChannelError, File, Inbound, Inlet, Receipt
from channels.signatures import BadToken, same
from channels.views import FileUrl

log = structlog.get_logger(__name__)

T = TypeVar("T")
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

MAX_BODY = 1024 * 1024
MAX_FILE = 10 * 1024 * 1024
BODY_SECONDS = 15.0
RETRY_SECONDS = 2


class Door(Protocol):
    """What the routes need of the adapter."""

    def now(self) -> int:
        """Milliseconds since the epoch, UTC."""

    def strike(self, request: web.Request) -> float:
        """Count a forged request against its network address; seconds to wait when there were too many."""

    def upload_url(self, inlet: Inlet, inbox: str, upload: UploadIn, webhook_id: str) -> UploadTicket:
        """Where the bytes of a file go."""

    def upload_of(self, inbox: str, token: str) -> "Upload":
        """What an upload link was made for. Raises `BadToken`."""

    def file_url(self, inlet: Inlet, inbox: str, address: str) -> FileUrl:
        """Maker of links to files."""

    def file_address(self, inbox: str, file: str, token: str) -> str:
        """The customer for whom a file link was made. Raises `BadToken`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file that was announced: whose, its name, the announcement's id, and its digest or ""."""

    address: str
    name: str
    key: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed(Generic[T]):
    """A request that has been verified and read."""

    inbox: str
    settings: ApiSettings
    id: str
    body: T


class ApiRoutes:
    """The routes."""

    def __init__(self, inlet: Inlet, door: Door) -> None:
        """Answer with the hub's `inlet` behind."""
        self._inlet = inlet
        self._door = door

    def routes(self) -> Sequence[web.RouteDef]:
        """Messages, reports, conversations, files in and out."""
        base = "/channels/api/{inbox}"
        return [
            web.post(f"{base}/messages", _answering(self._message)),
            web.post(f"{base}/reports", _answering(self._reports)),
            web.post(f"{base}/conversations", _answering(self._conversation)),
            web.post(f"{base}/files", _answering(self._announce)),
            web.post(f"{base}/uploads", _answering(self._upload)),
            web.get(f"{base}/files/{{file}}", _answering(self._download)),
        ]

    async def _message(self, request: web.Request) -> web.Response:
        call = await self._signed(request, MessageIn)
        message = parse.inbound(call.body, inbox=call.inbox, webhook_id=call.id, private=call.settings.allow_private)
        inline = parse.contents(call.body)
        receipt = await self._inlet.known(message) if inline else None
        if receipt is None:
            if inline:
                message = parse.with_files(message, await self._stored(message, inline))
            receipt = await self._inlet.receive(message)
            return _json(_stored(message, receipt, duplicate=receipt.duplicate))
        return _json(_stored(message, receipt, duplicate=True))

    async def _stored(self, message: Inbound, inline: dict[int, tuple[str, bytes]]) -> dict[int, File]:
        address = message.sender.address
        return {
            n: await self._inlet.store_file(
                message.inbox, address, name, _once(data), key=f"message:{address}:{message.external_id}:{n}"
            )
            for n, (name, data) in inline.items()
        }

    async def _reports(self, request: web.Request) -> web.Response:
        call = await self._signed(request, ReportsIn)
        unknown = [
            one.id
            for one in call.body.reports
            if not await self._inlet.report(
                call.inbox,
                one.id,
                one.state,
                reason=parse.words(one.reason.encode("utf-8", "replace")) if one.reason else None,
                code=one.code if one.state == "failed" else None,
            )
        ]
        return _json(Reported(unknown=unknown))

    async def _conversation(self, request: web.Request) -> web.Response:
        call = await self._signed(request, ConversationIn)
        asked = call.body
        timeline = await self._inlet.timeline(
            call.inbox, asked.sender, asked.conversation, after=asked.after, before=asked.before
        )
        return _json(compose.conversation(timeline, self._door.file_url(self._inlet, call.inbox, asked.sender)))

    async def _announce(self, request: web.Request) -> web.Response:
        call = await self._signed(request, UploadIn)
        return _json(self._door.upload_url(self._inlet, call.inbox, call.body, call.id))

    async def _upload(self, request: web.Request) -> web.Response:
        inbox, _ = await self._inbox(request)
        try:
            upload = self._door.upload_of(inbox, request.query.get("t", ""))
        except BadToken as error:
            raise UnsignedError("bad_link", str(error)) from error
        if (request.content_length or 0) > MAX_FILE:
            raise ChannelError("too_large", f"A file has at most {MAX_FILE} bytes.", status=413)
        chunks = _measured(request, upload.sha256)
        file = await self._inlet.store_file(inbox, upload.address, upload.name, chunks, key=upload.key)
        return _json(Uploaded(file=file.id, name=file.name, content_type=file.content_type, size=file.size))

    async def _download(self, request: web.Request) -> web.StreamResponse:
        inbox, _ = await self._inbox(request)
        file = request.match_info["file"]
        try:
            address = self._door.file_address(inbox, file, request.query.get("t", ""))
        except BadToken as error:
            raise ChannelError("not_found", str(error), status=404) from error
        found, chunks = await self._inlet.open_file(inbox, address, file)
        return await _send_file(request, found, chunks)

    async def _signed(self, request: web.Request, type_: type[T]) -> Signed[T]:
        inbox, settings = await self._inbox(request)
        body = await whole_body(request, most=MAX_BODY, seconds=BODY_SECONDS, instead="; upload larger files")
        try:
            id_ = verified_id(request.headers, settings.secrets, body, now=self._door.now())
        except UnsignedError as error:
            if self._door.strike(request):
                raise ChannelError("too_fast", "Too many requests that are not signed.", status=429) from error
            raise
        return Signed(inbox=inbox, settings=settings, id=id_, body=parse.decoded(body, type_))

    async def _inbox(self, request: web.Request) -> tuple[str, ApiSettings]:
        inbox = request.match_info["inbox"]
        raw = await self._inlet.inbox_settings(inbox)
        if raw is None or raw.get("channel") != "api":
            raise ChannelError("not_found", "There is no such inbox.", status=404)
        try:
            return inbox, api_settings(raw)
        except ValidationError as error:
            raise ChannelError("unavailable", "This inbox is not set up.", status=503, retryable=True) from error


def _answering(handler: Handler) -> Handler:
    """Refusals as `{"error": {"code", "text"}}`, with `Retry-After` where trying again helps."""

    async def answer(request: web.Request) -> web.StreamResponse:
        try:
            return await handler(request)
        except ChannelError as error:
            inbox = None if error.code == "not_found" else request.match_info["inbox"]  # else it may be anybody's words
            log.info("api_refused", code=error.code, inbox=inbox)
            return _refused(error)

    return answer


def _refused(error: ChannelError) -> web.Response:
    status = 503 if error.retryable and error.status < 500 and error.status not in {408, 429} else error.status
    response = web.Response(
        status=status,
        body=encode({"error": {"code": error.code, "text": error.text}}),
        content_type="application/json",
    )
    if status in {429, 503}:
        response.headers["Retry-After"] = str(RETRY_SECONDS if status == 503 else 30)
    return response


async def _measured(request: web.Request, sha256: str) -> AsyncIterator[bytes]:
    """The bytes of an upload; an error at their end when they are not the announced ones, so that nothing is kept."""
    digest, size = hashlib.sha256(), 0
    async for chunk in request.content.iter_chunked(64 * 1024):
        digest.update(chunk)
        size += len(chunk)
        if size > MAX_FILE:
            raise ChannelError("too_large", f"A file has at most {MAX_FILE} bytes.", status=413)
        yield chunk
    if sha256 and not same(digest.hexdigest(), sha256):
        raise ChannelError("bad_file", "These are not the bytes that were announced.")


async def _once(data: bytes) -> AsyncIterator[bytes]:
    yield data


async def _send_file(request: web.Request, file: File, chunks: AsyncIterator[bytes]) -> web.StreamResponse:
    """A file as a download, whatever it is: never shown, never run, never sniffed."""
    response = web.StreamResponse(
        headers={
            "Content-Type": file.content_type,
            "Content-Length": str(file.size),
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(file.name, safe='')}",
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
            "Cache-Control": "private, no-store",
        }
    )
    await response.prepare(request)
    if request.method != "HEAD":
        async for chunk in chunks:
            await response.write(chunk)
    await response.write_eof()
    return response


def _stored(message: Inbound, receipt: Receipt, *, duplicate: bool) -> Stored:
    return Stored(
        id=message.external_id,
        conversation=receipt.conversation,
        seq=receipt.seq,
        at=receipt.at,
        duplicate=duplicate,
    )


def _json(view: object) -> web.Response:
    return web.Response(body=encode(view), content_type="application/json", headers={"Cache-Control": "no-store"})
