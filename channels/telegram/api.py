"""The bot API as this adapter uses it: calls, downloads, and errors in the hub's terms."""

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from typing import TYPE_CHECKING
from urllib.parse import quote

import aiohttp

from channels.contract import ChannelError, DeliveryError
from channels.telegram.failures import ApiError, Refused, Unsent, Unsure
from channels.telegram.raw import identity, obj
from channels.telegram.settings import TelegramSettings

if TYPE_CHECKING:
    from channels.telegram.wire import RawBot, Wire

READ_SECONDS = 30.0
_CHUNK = 64 * 1024
_DOWNLOAD = aiohttp.ClientTimeout(total=300, connect=15, sock_read=30)
_BLOCKED = ("blocked by the user", "user is deactivated", "can't initiate conversation", "bot was kicked")
_NO_CHAT = ("chat not found", "user not found", "peer_id_invalid", "user_id_invalid", "no such chat")


class BotApi:
    """All bots of this process; connections are shared, limits are each bot's own.

    The library comes with the first call: it weighs 16 MB, and most hubs have no bot.
    """

    def __init__(
        self,
        *,
        now: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        read_seconds: float = READ_SECONDS,
    ) -> None:
        """`now` and `sleep` are for tests of the limits; `read_seconds` is how long an answer may take."""
        self._wires: tuple[Wire, Wire] | None = None
        self._bots: dict[tuple[str, str], RawBot] = {}
        self._now = now
        self._sleep = sleep
        self._read = read_seconds

    async def call(
        self,
        settings: TelegramSettings,
        method: str,
        params: Mapping[str, object] | None = None,
        *,
        upload: tuple[str, tuple[str, bytes]] | None = None,
        read: float | None = None,
    ) -> object:
        """Call a method and return its result. `upload`: the parameter that is a file, as (name, bytes).

        Raises:
            ApiError: `Refused`, `Unsent` or `Unsure`; none holds the token.
        """
        given = {**(params or {}), **({upload[0]: upload[1]} if upload else {})}
        try:
            return await self._bot(settings).call(method, given, read=read or self._read)
        except ApiError as error:
            error.said = error.said.replace(settings.token, "…")
            raise

    async def download(self, settings: TelegramSettings, file_id: str) -> AsyncGenerator[bytes, None]:
        """The bytes of a file at the messenger.

        Raises:
            ChannelError: `too_large`, `unfetchable`, `unreachable` (try again); none holds the token.
        """
        try:
            found = obj(await self.call(settings, "getFile", {"file_id": file_id}))
        except ApiError as error:
            raise _unfetchable(error) from None
        path = identity(found.get("file_path"))
        if not path or path.startswith("/") or ".." in path.split("/"):
            raise ChannelError("unfetchable", "The messenger does not hand out this file.", status=404)
        url = f"{settings.base}/file/bot{settings.token}/{quote(path)}"
        left = settings.speaks.max_download
        try:
            async with (
                aiohttp.ClientSession(timeout=_DOWNLOAD, trust_env=True) as session,
                session.get(url, allow_redirects=False) as response,
            ):
                _check_found(response.status)
                async for chunk in response.content.iter_chunked(_CHUNK):
                    left -= len(chunk)
                    if left < 0:
                        raise ChannelError("too_large", "This file is larger than the messenger hands out.")
                    yield chunk
        except (aiohttp.ClientError, TimeoutError):
            raise ChannelError(
                "unreachable", "The messenger's files cannot be reached.", status=503, retryable=True
            ) from None

    def keep_only(self, all_: list[TelegramSettings]) -> None:
        """Forget bots that are no longer configured."""
        known = {(one.base, one.token) for one in all_}
        self._bots = {key: one for key, one in self._bots.items() if key in known}

    async def close(self) -> None:
        """Close the connections; a later call opens them again."""
        for wire in self._wires or ():
            await wire.shutdown()

    def _bot(self, settings: TelegramSettings) -> "RawBot":
        from channels.telegram.wire import Limiter, Wire, bot  # noqa: PLC0415 (see the class)

        if self._wires is None:
            sending = Wire(connection_pool_size=64, connect_timeout=10, write_timeout=30, pool_timeout=10)
            self._wires = sending, Wire(connection_pool_size=256, connect_timeout=10, pool_timeout=10)
        key = (settings.base, settings.token)
        if key not in self._bots:
            self._bots[key] = bot(settings.token, settings.base, *self._wires, Limiter(self._now, self._sleep))
        return self._bots[key]


def delivery_error(error: ApiError) -> DeliveryError:
    """Why a message was not taken, and whether trying again can help."""
    if isinstance(error, Unsure):
        return DeliveryError(error.said, retryable=False, code="unreachable", uncertain=True)
    if isinstance(error, Unsent):
        return DeliveryError(error.said, retryable=True, code="unreachable")
    if error.retry_after is not None:
        return DeliveryError(error.said, retryable=True, retry_after=error.retry_after, code="rate_limited")
    if error.status >= 500:
        return DeliveryError(error.said, retryable=True, code="unreachable")
    return DeliveryError(error.said, retryable=False, code=_code(error.status, error.said.lower()))


def _code(status: int, said: str) -> str:
    if any(words in said for words in _BLOCKED):
        return "blocked"
    if any(words in said for words in _NO_CHAT) or "migrated" in said or "upgraded" in said:
        return "bad_address"
    if status == 413 or "too big" in said or "too large" in said:
        return "too_large"
    if status in {401, 404}:
        return "misconfigured"
    return "not_allowed" if status == 403 else "rejected"


def _unfetchable(error: ApiError) -> ChannelError:
    if not isinstance(error, Refused) or error.retry_after is not None or error.status >= 500:
        return ChannelError("unreachable", error.said, status=503, retryable=True)
    code = "too_large" if "too big" in error.said.lower() else "unfetchable"
    return ChannelError(code, error.said, status=404)


def _check_found(status: int) -> None:
    if status == 200:
        return
    again = status == 429 or status >= 500
    raise ChannelError("unfetchable", f"The messenger answered {status} for this file.", status=502, retryable=again)
