"""Taking files in and giving them out: streamed, capped, named by us, typed by their bytes, never run.

`Uploads.store` serves agents here and customers through the channels' inlet alike.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from urllib.parse import quote

from aiohttp import BodyPartReader, web

from hub.clock import Clock
from hub.errors import BadInput, HubError, TooLarge
from hub.model.entry import File
from hub.model.ids import ConversationId, FileId, new_id
from hub.store.files import CHUNK, Files
from hub.telemetry import UPLOADS
from hub.web.headers import SANDBOX
from hub.web.limits import Buckets, ThrottledError
from hub.web.names import file_name, foreign_file_name
from hub.web.sniff import HEAD_BYTES, Kind, sniff, sniff_foreign

MAX_BYTES = 10 * 1024 * 1024
MAX_FOREIGN_BYTES = 50 * 1024 * 1024
_SECONDS = 120.0

INLINE = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp", "audio/wav", "audio/mpeg"})
"""Types that a browser may show by itself; everything else is a download."""


class Uploads:
    """Stores files and answers with them."""

    def __init__(self, files: Files, clock: Clock) -> None:
        """Work with a store; each uploader may send 20 files at once, then one every 5 s."""
        self._files = files
        self._clock = clock
        self._limit = Buckets(clock, per_second=0.2, burst=20)

    async def store(self, chunks: AsyncIterator[bytes], name: str, uploader: str) -> File:
        """Store a file that somebody sends us; returning means durable.

        Args:
            chunks: Its bytes as they come.
            name: What the sender calls it; cleaned before it is kept.
            uploader: `agent:<id>` or `<inbox>:<address>`; who may send it in a message.

        Raises:
            TypeRefusedError: Its bytes are of a kind that is not taken.
            TooLarge: It has more bytes than allowed; nothing is kept.
            BadInput: It is empty, or came too slowly.
            ThrottledError: Too many files from this uploader.
        """
        if wait := self._limit.take(uploader):
            raise ThrottledError("Too many files at once; wait a little.", retry_after=wait)
        file = await self._take(FileId(new_id()), chunks, name, MAX_BYTES, sniff)
        await self._files.finish(file, uploader, self._clock.now())
        UPLOADS.labels("stored").inc()
        return file

    async def keep(
        self,
        id_: FileId,
        chunks: AsyncIterator[bytes],
        name: str,
        uploader: str,
        conversation: ConversationId | None = None,
        *,
        most: int = 0,
    ) -> File:
        """Store a file that a provider has taken already, of any kind, under an id of ours; the same id twice is once.

        It may have `most` bytes where that is said, and twice the time.

        Raises:
            TooLarge: It has more bytes than anything may have; nothing is kept.
            BadInput: It is empty, or came too slowly.
        """
        known = await self._files.get(id_)
        if known is not None:
            return known.file
        await self._files.drop_chunks(id_)  # what a try that died has left
        file = await self._take(
            id_, chunks, name, most or MAX_FOREIGN_BYTES, sniff_foreign, seconds=_SECONDS * (2 if most else 1)
        )
        await self._files.finish(file, uploader, self._clock.now(), conversation)
        UPLOADS.labels("stored").inc()
        return file

    async def _take(
        self,
        id_: FileId,
        chunks: AsyncIterator[bytes],
        name: str,
        cap: int,
        judge: Callable[[bytes, str], Kind],
        *,
        seconds: float = _SECONDS,
    ) -> File:
        try:
            async with asyncio.timeout(seconds):
                return await self._write(id_, chunks, name, cap, judge)
        except BaseException as error:
            UPLOADS.labels(error.code if isinstance(error, HubError) else "broken").inc()
            await asyncio.shield(self._files.drop_chunks(id_))
            if isinstance(error, TimeoutError):
                raise BadInput("The file came too slowly.", code="timeout") from error
            raise

    async def _write(
        self, id_: FileId, chunks: AsyncIterator[bytes], name: str, cap: int, judge: Callable[[bytes, str], Kind]
    ) -> File:
        pending = bytearray()
        kind: Kind | None = None
        size = number = 0
        async for chunk in chunks:
            size += len(chunk)
            if size > cap:
                raise TooLarge(f"A file may have at most {cap} bytes.")
            pending += chunk
            if kind is None and len(pending) >= HEAD_BYTES:
                kind = judge(bytes(pending[:HEAD_BYTES]), name)
            while kind is not None and len(pending) >= CHUNK:
                await self._files.add_chunk(id_, number, bytes(pending[:CHUNK]), self._clock.now())
                del pending[:CHUNK]
                number += 1
        if not size:
            raise BadInput("This file is empty.", code="empty_file")
        kind = kind or judge(bytes(pending), name)
        if pending:
            await self._files.add_chunk(id_, number, bytes(pending), self._clock.now())
        return File(
            id=id_,
            name=file_name(name, extension=kind.extension) if kind.extension else foreign_file_name(name),
            content_type=kind.content_type,
            size=size,
            width=kind.width,
            height=kind.height,
        )


async def upload_field(request: web.Request) -> tuple[str, AsyncIterator[bytes]]:
    """The part `file` of a multipart body: its name and its bytes as they come. Raises BadInput."""
    if request.content_type != "multipart/form-data":
        raise BadInput("Send the file as multipart/form-data.", code="wrong_type")
    try:
        part = await (await request.multipart()).next()
    except (ValueError, AssertionError, RuntimeError) as error:
        raise BadInput("This is not a form.", code="bad_form") from error
    if not isinstance(part, BodyPartReader) or part.name != "file":
        raise BadInput("The form needs one field named file.", code="bad_form", field="file")

    async def chunks() -> AsyncIterator[bytes]:
        try:
            while chunk := await part.read_chunk(64 * 1024):
                yield bytes(chunk)
        except (ValueError, AssertionError) as error:
            raise BadInput("This is not a form.", code="bad_form") from error

    return part.filename or "", chunks()


def file_headers(file: File) -> dict[str, str]:
    """Headers under which a stranger's file is harmless on our origin.

    No sniffing, no scripts, a download unless an image.
    """
    way = "inline" if file.content_type in INLINE else "attachment"
    plain = "".join(
        letter if letter.isascii() and letter.isprintable() and letter not in '"\\%' else "_" for letter in file.name
    )
    return {
        "Content-Type": file.content_type,
        "Content-Length": str(file.size),
        "Content-Disposition": f"{way}; filename=\"{plain}\"; filename*=UTF-8''{quote(file.name, safe='')}",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": SANDBOX,
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "private, max-age=3600, immutable",
    }


async def send_file(request: web.Request, file: File, chunks: AsyncIterator[bytes]) -> web.StreamResponse:
    """Answer a request with a file, or with the part that is asked for (RFC 9110, section 14)."""
    headers = {**file_headers(file), "Accept-Ranges": "bytes"}
    part = _wanted(request, file.size)
    if part is not None and not part:
        return web.Response(status=416, headers={"Content-Range": f"bytes */{file.size}"})
    if part is not None:
        headers["Content-Range"] = f"bytes {part.start}-{part.stop - 1}/{file.size}"
        headers["Content-Length"] = str(len(part))
    response = web.StreamResponse(status=200 if part is None else 206, headers=headers)
    await response.prepare(request)
    if request.method != "HEAD":
        async for chunk in chunks if part is None else _cut(chunks, part):
            await response.write(chunk)
    await response.write_eof()
    return response


def _wanted(request: web.Request, size: int) -> range | None:
    """The bytes that are asked for; none of them when they lie beyond the file, None for the whole of it."""
    if request.method != "GET" or "Range" not in request.headers:
        return None
    try:
        asked = request.http_range
    except ValueError:  # nonsense, or several parts: the whole is a right answer to that
        return None
    return range(size)[asked]


async def _cut(chunks: AsyncIterator[bytes], part: range) -> AsyncIterator[bytes]:
    at = 0
    async for chunk in chunks:
        piece = chunk[max(0, part.start - at) : max(0, part.stop - at)]
        at += len(chunk)
        if piece:
            yield piece
        if at >= part.stop:
            return
