"""Admins and what channels set aside: look at it, download it, run it again, discard it."""

from __future__ import annotations

import re

import msgspec
from aiohttp import web

from channels.contract import ChannelError
from hub.errors import BadInput, Conflict, HubError
from hub.store.aside import SetAside
from hub.web.admin_config import found
from hub.web.headers import SANDBOX
from hub.web.http import Call
from hub.web.inbox_shapes import AsidePage, AsideRecord

_PAGE = 50
_CURSOR = re.compile(r"([0-9]{1,15})\.([0-9a-f]{32})")


class RefusedAgainError(HubError):
    """The channel refused it once more, with the channel's own code and words."""

    status = 409


async def page(call: Call) -> AsidePage:
    """A page of the list."""
    asked = call.request.query
    items = await call.web.aside.page(
        before=_cursor(asked.get("before")), inbox=asked.get("inbox", ""), reason=asked.get("reason", ""), limit=_PAGE
    )
    more = f"{items[-1].at}.{items[-1].id}" if len(items) == _PAGE else None
    return AsidePage(items=[msgspec.convert(one, AsideRecord, from_attributes=True) for one in items], before=more)


async def raw(call: Call) -> web.StreamResponse:
    """What came, byte by byte; a download whatever it is, because a stranger wrote it."""
    item = await _item(call)
    response = web.StreamResponse(
        headers={
            "Content-Type": "application/octet-stream",
            "Content-Length": str(item.size),
            "Content-Disposition": f'attachment; filename="aside-{item.id[:12]}.bin"',
            "Content-Security-Policy": SANDBOX,
            "Cross-Origin-Resource-Policy": "same-origin",
        }
    )
    await response.prepare(call.request)
    if call.request.method != "HEAD":
        async for piece in call.web.aside.raw(item.id):
            await response.write(piece)
    await response.write_eof()
    return response


async def rerun(call: Call) -> None:
    """Give it to its channel once more; it leaves the list when it became a message."""
    item = await _item(call)
    inbox = call.web.config.inbox(item.inbox)
    channel = call.web.channels.channels.get(inbox.channel) if inbox is not None else None
    if inbox is None or channel is None:
        raise Conflict("Its inbox is not there any more.", code="no_such_inbox")
    data = b"".join([piece async for piece in call.web.aside.raw(item.id)])
    try:
        await channel.rerun(call.web.channels.opened(inbox).configured, data, call.web.inlet())
    except ChannelError as error:
        await call.web.aside.refused(item.id, error.code, call.web.clock.now())
        raise RefusedAgainError(error.text, code=error.code) from error
    # What came aside once more while it was run is still there for somebody to look at.
    if not await call.web.aside.remove(item.id, times=item.times) and await call.web.aside.get(item.id):
        await call.web.aside.refused(item.id, item.reason, call.web.clock.now())
        raise Conflict("It was set aside again.", code="still_aside")
    await call.record("aside.rerun", f"aside:{item.id}", {"inbox": [item.inbox, item.inbox]})


async def discard(call: Call) -> None:
    """Remove it for good."""
    item = await _item(call)
    await call.web.aside.remove(item.id)
    await call.record("aside.discard", f"aside:{item.id}", {"inbox": [item.inbox, None], "reason": [item.reason, None]})


async def _item(call: Call) -> SetAside:
    return found(await call.web.aside.get(call.path("id")))


def _cursor(text: str | None) -> tuple[int, str] | None:
    if text is None:
        return None
    fits = _CURSOR.fullmatch(text)
    if fits is None:
        raise BadInput("`before` is what a page gave.", code="bad_field", field="before")
    return int(fits[1]), fits[2]
