"""The whole of a customer's mail, as a page for the desk's sandboxed frame."""

from __future__ import annotations

import asyncio

from aiohttp import web

from hub.errors import NotFound
from hub.model.ids import FileId
from hub.web.access import FileObject, Permission, authorize
from hub.web.http import Call

_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src {images}; frame-ancestors 'self'; base-uri 'none'; "
    "form-action 'none'; sandbox allow-popups allow-popups-to-escape-sandbox"
)


async def whole(call: Call) -> web.Response:
    """A stored mail of a conversation; with `pictures=1` also pictures from elsewhere."""
    stored = await call.web.files.get(FileId(call.path("file")))
    if stored is None or stored.conversation is None or stored.conversation != call.path("conversation"):
        raise NotFound("There is no such mail.")
    target = FileObject(id=stored.file.id, uploader=stored.uploader, conversation=stored.conversation)
    authorize(call.me.agent, Permission.READ_FILES, target)
    pictures = call.request.query.get("pictures") == "1"
    headers = mail_headers(pictures=pictures)
    if call.request.method == "HEAD":
        return web.Response(content_type="text/html", charset="utf-8", headers=headers)
    raw = b"".join([chunk async for chunk in call.web.files.read(stored.file.id)])
    page = await asyncio.to_thread(call.web.mail_page, raw, pictures)
    return web.Response(text=page, content_type="text/html", charset="utf-8", headers=headers)


def mail_headers(*, pictures: bool) -> dict[str, str]:
    """Headers under which a stranger's html is harmless on our origin, also when it is opened by itself."""
    images = "data: https: http:" if pictures else "data:"
    return {
        "Content-Security-Policy": _POLICY.format(images=images),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "private, no-store",
    }
