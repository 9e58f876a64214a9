"""One call to a bot API: what was surely not taken, what may have been, and what the server said.

python-telegram-bot makes the requests; its objects are not used for the answers, because dialects leave out what it
insists on, and a message that was taken must not look like one that was not.
"""

import logging
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import Any, TypeAlias

from telegram import InputFile
from telegram.error import TelegramError
from telegram.ext import BaseRateLimiter, ExtBot
from telegram.request import BaseRequest, HTTPXRequest, RequestData

from channels.telegram.failures import ApiError, Refused, Unsent, Unsure
from channels.telegram.pace import Pace
from channels.telegram.raw import Json, decode, line, number, obj

for _name in ("httpx", "httpcore", "telegram"):  # they write addresses, which hold the token, and what people wrote
    logging.getLogger(_name).setLevel(logging.WARNING)

Answer: TypeAlias = bool | dict[str, Any] | list[dict[str, Any]]
PATIENCE = 3.0
"""So long does a call wait for its turn (s); what has to wait longer is for the hub to try again."""
_RETRY_SECONDS = 5.0
_MOST_RETRY_SECONDS = 86_400
_NOT_TAKEN = frozenset(
    ["ConnectError", "ConnectTimeout", "PoolTimeout", "ProxyError", "WriteError", "WriteTimeout", "UnsupportedProtocol"]
)
"""The HTTP client's errors after which the request cannot have arrived whole."""


class Carried(TelegramError):
    """A failure on its way through the library, which lets nothing else pass."""

    def __init__(self, failure: ApiError) -> None:
        """Carry a failure."""
        super().__init__(failure.said)
        self.failure = failure


class Wire(HTTPXRequest):
    """The HTTP client, with errors that say whether the request may have been taken."""

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Make the request; anything but a success raises `Carried`."""
        await self.initialize()  # opens it again after a shutdown
        try:
            status, payload = await super().do_request(
                url, method, request_data, read_timeout, write_timeout, connect_timeout, pool_timeout
            )
        except TelegramError as error:
            cause = type(error.__cause__).__name__
            lost = Unsent if cause in _NOT_TAKEN else Unsure
            raise Carried(lost(f"The messenger's server gave no answer ({cause}).")) from None
        answer = decode(payload)
        if answer is None or "ok" not in answer:
            raise Carried(_not_the_api(status))
        if answer["ok"] is not True or "result" not in answer:
            raise Carried(_refused(status, answer))
        return status, payload


def _refused(status: int, answer: Json) -> Refused:
    code = number(answer.get("error_code"), 999) or (status if status >= 400 else 400)
    said = line(answer.get("description"), 300) or f"The messenger answered {code}."
    asked = min(number(obj(answer.get("parameters")).get("retry_after")), _MOST_RETRY_SECONDS)
    retry_after = float(asked) or (_RETRY_SECONDS if code == 429 else None)
    return Refused(said, status=code, retry_after=retry_after)


def _not_the_api(status: int) -> ApiError:
    """An answer of something between us and the bot API: a proxy that gave up may have passed the request on."""
    said = f"The messenger's address answered {status}, not as a bot API does."
    if status == 429:
        return Refused(said, status=status, retry_after=_RETRY_SECONDS)
    if 300 <= status < 500 or status == 503:
        return Refused(said, status=status)
    return Unsure(said, status=status)


class Limiter(BaseRateLimiter[None]):
    """One bot's pace: each message waits its turn in its chat; a chat that was told to wait stops no other."""

    def __init__(self, now: Callable[[], float], sleep: Callable[[float], Awaitable[None]]) -> None:
        """`now` in seconds of a steady clock."""
        self._pace = Pace()
        self._now = now
        self._sleep = sleep

    async def initialize(self) -> None:
        """Nothing to begin."""

    async def shutdown(self) -> None:
        """Nothing to end."""

    async def process_request(
        self,
        callback: Callable[..., Coroutine[Any, Any, Answer]],
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: None,
    ) -> Answer:
        """Call when it is this chat's turn.

        Raises:
            Carried: the turn is too far off, as if the server had said so.
        """
        chat = str(data["chat_id"]) if endpoint.startswith("send") and "chat_id" in data else None
        if chat is None:
            return await callback(*args, **kwargs)
        passing = endpoint == "sendChatAction"  # takes no message's turn, and does not wait
        now = self._now()
        wait = self._pace.held(chat, now) if passing else self._pace.wait(chat, now, at_most=PATIENCE)
        if wait > (0.0 if passing else PATIENCE):
            raise Carried(Refused("Too many messages to this chat at once.", status=429, retry_after=wait))
        if wait > 0:
            await self._sleep(wait)
        try:
            return await callback(*args, **kwargs)
        except Carried as carried:
            if isinstance(carried.failure, Refused) and carried.failure.retry_after is not None:
                self._pace.hold(chat, self._now() + carried.failure.retry_after)
            raise


class RawBot(ExtBot[None]):
    """One bot, spoken to in plain JSON."""

    async def call(self, method: str, params: Mapping[str, object], *, read: float) -> object:
        """Call a method; `read` seconds may pass before the answer; a value that is a name and bytes is a file.

        Raises:
            ApiError: `Refused`, `Unsent` or `Unsure`.
        """
        given = {name: _file(value) if isinstance(value, tuple) else value for name, value in params.items()}
        try:
            answer: object = await self._post(method, given, read_timeout=read)
        except Carried as carried:
            raise carried.failure from None
        except TelegramError as error:
            raise Unsent(f"The request could not be made ({type(error).__name__}).") from None
        return answer


def _file(upload: tuple[str, bytes]) -> InputFile:
    name, data = upload
    return InputFile(data, filename=name)


def bot(settings_token: str, base: str, sending: Wire, listening: Wire, limiter: Limiter) -> RawBot:
    """A bot that needs no start and no end: its connections are those of the two wires."""
    return RawBot(
        settings_token,
        base_url=f"{base}/bot",
        base_file_url=f"{base}/file/bot",
        request=sending,
        get_updates_request=listening,
        rate_limiter=limiter,
    )
