"""Agents' files over HTTP, and customers' files for the channels' inlet."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from hashlib import sha256
from typing import NoReturn

from aiohttp import web

from channels.contract import ChannelError
from channels.contract import File as ChannelFile
from channels.views import file_view
from hub.errors import HubError, NotFound
from hub.fetching import Fetch
from hub.model.entry import File
from hub.model.ids import ConversationId, FileId
from hub.store.files import Files
from hub.web.access import FileObject, Permission, authorize
from hub.web.http import Call, json_response
from hub.web.uploads import INLINE, Uploads, send_file, upload_field

OF_CALLS = "call:"
"""Who uploads recordings, of whatever kind of sound; whoever listens to one is noted in the audit trail."""


async def upload(call: Call) -> web.Response:
    """Store an agent's file (multipart field `file`); it is nobody else's until it is sent in a conversation."""
    name, chunks = await upload_field(call.request)
    file = await call.web.uploads.store(chunks, name, f"agent:{call.me.agent.id}")
    return json_response(file_view(file, lambda one: f"/files/{one}"))


async def download(call: Call) -> web.StreamResponse:
    """A file that this agent may see: a picture at once, anything else by a link that looks at no cookie."""
    stored = await call.web.files.get(FileId(call.path("id")))
    if stored is None:
        raise NotFound("There is no such file.")
    target = FileObject(id=stored.file.id, uploader=stored.uploader, conversation=stored.conversation)
    authorize(call.me.agent, Permission.READ_FILES, target)
    if stored.uploader.startswith(OF_CALLS):
        with call.web.listening.to(call.me.agent.id, stored.file.id) as begins:
            if begins:
                await call.record("recording.listen", f"conversation:{stored.conversation}")
    if stored.file.content_type in INLINE:
        return await send_file(call.request, stored.file, call.web.files.read(stored.file.id))
    return web.Response(status=303, headers={"Location": call.web.file_links.make(stored.file.id)})


async def linked(call: Call) -> web.StreamResponse:
    """A file by its link, for whoever has it."""
    stored = await call.web.files.get(call.web.file_links.file(call.path("token")))
    if stored is None:
        raise NotFound("There is no such file.")
    return await send_file(call.request, stored.file, call.web.files.read(stored.file.id))


class Fetched:
    """Stores attachments that were fetched from their provider."""

    def __init__(self, uploads: Uploads) -> None:
        """Work with the hub's uploads."""
        self._uploads = uploads

    async def keep(self, chunks: AsyncIterator[bytes], fetch: Fetch) -> File:
        """Store a fetched file under its reserved id, bound to its conversation."""
        return await self._uploads.keep(
            fetch.file, chunks, fetch.name, fetch.uploader, fetch.conversation, most=fetch.most
        )


OwnerOf = Callable[[str], Awaitable[tuple[str, str] | None]]
"""Finds the (inbox, address) whose conversation this is; None when there is no such conversation."""


class CustomerFiles:
    """Customers' files, checked against the customer's own uploads and conversations. Speaks the channels' errors."""

    def __init__(self, uploads: Uploads, files: Files, owner_of: OwnerOf) -> None:
        """Work with the hub's uploads; `owner_of` reads the conversation as stored."""
        self._uploads = uploads
        self._files = files
        self._owner_of = owner_of

    async def store(self, inbox: str, address: str, name: str, chunks: AsyncIterator[bytes]) -> ChannelFile:
        """Store a file that a customer sends. Raises ChannelError (too_large, type_refused, too_fast, empty_file)."""
        try:
            return _for_channel(await self._uploads.store(chunks, name, f"{inbox}:{address}"))
        except HubError as error:
            _refuse(error)

    async def keep(self, inbox: str, address: str, name: str, chunks: AsyncIterator[bytes], key: str) -> ChannelFile:
        """Store what a provider has taken already; the same key is stored once. Raises ChannelError."""
        uploader = f"{inbox}:{address}"
        id_ = FileId(sha256(f"{uploader}\x1f{key}".encode()).hexdigest()[:20])
        try:
            return _for_channel(await self._uploads.keep(id_, chunks, name, uploader))
        except HubError as error:
            _refuse(error)

    async def open(self, inbox: str, address: str, file: str) -> tuple[ChannelFile, AsyncIterator[bytes]]:
        """Read a file that the customer uploaded or was sent. Raises ChannelError (`not_found`, `unavailable`)."""
        try:
            stored = await self._files.get(FileId(file))
            if stored is not None and stored.uploader != f"{inbox}:{address}":
                owner = await self._owner_of(stored.conversation) if stored.conversation else None
                stored = stored if owner == (inbox, address) else None
        except HubError as error:
            _refuse(error)
        if stored is None:
            raise ChannelError("not_found", "There is no such file.", status=404)
        return _for_channel(stored.file), self._files.read(stored.file.id)

    async def erase(self, conversation: str) -> None:
        """Delete the files of a conversation and everything that its customer uploaded."""
        await self._files.erase(ConversationId(conversation))
        owner = await self._owner_of(conversation)
        if owner is not None:
            await self._files.erase_uploads(f"{owner[0]}:{owner[1]}")


def _for_channel(file: File) -> ChannelFile:
    return ChannelFile(
        id=file.id,
        name=file.name,
        content_type=file.content_type,
        size=file.size,
        width=file.width,
        height=file.height,
    )


def _refuse(error: HubError) -> NoReturn:
    raise ChannelError(error.code, error.text, status=error.status, retryable=error.retryable) from error
