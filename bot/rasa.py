"""The Rasa bot over HTTP: one turn is one call of our own channel (assistant/channel/hub_channel.py).

The bot is a separate process and everything it answers is checked (`bot.rasa_wire`): what doesn't fit the contract is a
`BotGarbageError`, never something a customer sees.
"""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import Self

import aiohttp

from bot.contract import (
    BotError,
    BotGarbageError,
    BotRefusedError,
    BotSlowError,
    BotStatus,
    BotUnavailableError,
    Reply,
    Turn,
)
from bot.rasa_wire import WireAnswer, WireReady, check_conversation, decode, reply, request

MAX_ANSWER_BYTES = 1024 * 1024
_RECONNECT_AFTER = 0.15


class RasaBot:
    """A `Bot` that is a Rasa server with our channel. Use as `async with RasaBot(url, token) as bot`."""

    def __init__(self, url: str, token: str, *, timeout: float = 5.0) -> None:
        """Args: url is the server's base; token the shared secret; timeout in seconds bounds any one call."""
        self._base = url.rstrip("/") + "/webhooks/hub"
        self._headers = {"Authorization": f"Bearer {token}"}
        self._timeout = aiohttp.ClientTimeout(total=timeout)
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        """Open the HTTP session."""
        # A fresh connection for each call: one that was kept open may be closed by the server in the very moment that
        # it is used, and a turn must not be sent twice.
        connector = aiohttp.TCPConnector(force_close=True, limit=0)
        self._session = aiohttp.ClientSession(connector=connector, timeout=self._timeout, headers=self._headers)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the HTTP session."""
        if self._session is not None:
            await self._session.close()

    async def turn(self, turn: Turn) -> Reply:
        """See `Bot.turn`."""
        body = request(turn)
        answer = decode(await self._post("/turn", body), WireAnswer)
        return reply(answer, turn.locale)

    async def forget(self, conversation: str) -> None:
        """See `Bot.forget`."""
        check_conversation(conversation)
        await self._post("/forget", {"sender": conversation})

    async def ready(self) -> BotStatus:
        """See `Bot.ready`."""
        try:
            answer = decode(await self._call("GET", "/", None), WireReady)
        except BotRefusedError:
            return BotStatus(available=False, detail="refused")
        except BotUnavailableError as error:
            return BotStatus(available=False, detail=str(error))
        except BotError as error:
            return BotStatus(available=False, detail=error.code)
        return BotStatus(available=True, detail="ok", model_id=answer.model_id)

    async def _post(self, path: str, body: dict[str, object]) -> bytes:
        try:
            return await self._call("POST", path, body)
        except BotUnavailableError as error:
            if str(error) != "unreachable":
                raise
        # Nothing was listening, so nothing ran: once more, the server may just be starting again.
        await asyncio.sleep(_RECONNECT_AFTER)
        return await self._call("POST", path, body)

    async def _call(self, method: str, path: str, body: dict[str, object] | None) -> bytes:
        if self._session is None:
            raise BotUnavailableError("not started")
        try:
            async with self._session.request(method, self._base + path, json=body, allow_redirects=False) as response:
                _check_status(response.status)
                return await _read(response)
        except aiohttp.ClientConnectorError as error:
            raise BotUnavailableError("unreachable") from error
        except TimeoutError as error:
            raise BotSlowError("no answer in time") from error
        except (aiohttp.ClientError, OSError) as error:
            raise BotGarbageError(f"broken answer: {type(error).__name__}") from error


def _check_status(status: int) -> None:
    match status:
        case 200:
            return
        case 503:
            raise BotUnavailableError("no_model")
        case 504:
            raise BotSlowError("the bot's own time limit")
        case 400 | 401 | 403 | 404:
            raise BotRefusedError(f"status {status}")
        case _:
            raise BotError(f"status {status}")


async def _read(response: aiohttp.ClientResponse) -> bytes:
    body = bytearray()
    async for chunk in response.content.iter_chunked(64 * 1024):
        body += chunk
        if len(body) > MAX_ANSWER_BYTES:
            raise BotGarbageError("answer too large")
    return bytes(body)
