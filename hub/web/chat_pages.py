"""What the website chat needs of the web layer.

Its frame's page, the loader, uploads and downloads, a limit on new visitors.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence

from aiohttp import web

from channels.contract import ChannelError, File
from hub.errors import HubError
from hub.model.entry import File as StoredFile
from hub.model.ids import FileId
from hub.web.addresses import client_address
from hub.web.assets import Assets
from hub.web.context import WEB
from hub.web.limits import Buckets
from hub.web.pages import error_page, island, render
from hub.web.uploads import send_file, upload_field


class ChatPages:
    """The `Pages` of `channels.webchat.api`."""

    def __init__(self, assets: Assets, new_visitors: Buckets) -> None:
        """Serve pages from the built `assets`; `new_visitors` limits sessions per network address."""
        self._assets = assets
        self._new_visitors = new_visitors

    def frame(
        self, request: web.Request, *, title: str, origins: Sequence[str], config: Mapping[str, object]
    ) -> web.Response:
        """The page inside the frame; only `origins` may embed it."""
        entry = self._assets.entry("chat")
        if entry is None:
            return error_page(request, 503, "not_built")
        context = {
            "locale": config.get("default_locale", "en"),
            "dir": "rtl" if config.get("default_locale") == "fa" else "ltr",
            "title": title,
            "config": island(config),
            "script": entry.script,
            "styles": entry.styles,
        }
        response = render(request, "chat.html", context)
        ancestors = " ".join(origins) or "'none'"
        policy = response.headers["Content-Security-Policy"]
        response.headers["Content-Security-Policy"] = policy.replace(
            "frame-ancestors 'none'", f"frame-ancestors {ancestors}"
        )
        # The frame stands in another site's page: an opener policy of its own would mean nothing there.
        response.headers["Cross-Origin-Opener-Policy"] = "unsafe-none"
        return response

    def loader(self, request: web.Request) -> web.Response:
        """The script that a shop puts on its pages; it holds nothing of anybody, so any site may fetch it."""
        entry = self._assets.entry("loader")
        if entry is None:
            raise web.HTTPServiceUnavailable
        response = self._assets.respond(request, entry.script.removeprefix("/assets/"), cache="public, max-age=300")
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        return response

    async def upload(self, request: web.Request) -> tuple[str, AsyncIterator[bytes]]:
        """The name and bytes of the multipart field `file`."""
        try:
            return await upload_field(request)
        except HubError as error:
            raise ChannelError(error.code, error.text, status=error.status) from error

    async def download(self, request: web.Request, file: File, chunks: AsyncIterator[bytes]) -> web.StreamResponse:
        """A file as a harmless download."""
        stored = StoredFile(
            id=FileId(file.id),
            name=file.name,
            content_type=file.content_type,
            size=file.size,
            width=file.width,
            height=file.height,
        )
        return await send_file(request, stored, chunks)

    def allow_session(self, request: web.Request) -> None:
        """Count a new visitor against the network address. Raises `ChannelError("too_fast")`."""
        address = client_address(request, request.app[WEB].trusted)
        if self._new_visitors.take(address):
            raise ChannelError("too_fast", "Too many new visitors from your network.", status=429, retryable=True)
