"""The bodies of requests that somebody outside sends: so long and so slow, and no more."""

import asyncio

from aiohttp import web

from channels.contract import ChannelError


async def whole_body(request: web.Request, *, most: int, seconds: float, instead: str = "") -> bytes:
    """A request's body, of at most `most` bytes within so many `seconds`.

    `instead`: what else whoever sends more could do, for the error's text.

    Raises:
        ChannelError: `too_large` (413), before more than that is kept; `timeout` (408, retryable).
    """
    too_large = ChannelError("too_large", f"A body has at most {most} bytes{instead}.", status=413)
    if (request.content_length or 0) > most:
        raise too_large
    body = bytearray()
    try:
        async with asyncio.timeout(seconds):
            async for chunk in request.content.iter_any():
                body += chunk
                if len(body) > most:
                    raise too_large
    except TimeoutError as error:
        raise ChannelError("timeout", "The body came too slowly.", status=408, retryable=True) from error
    return bytes(body)
