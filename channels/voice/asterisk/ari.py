"""One connection of an Asterisk to us: requests over its websocket, and its events.

Asterisk dials (an outbound websocket, 22.5 or later) and carries both: our REST requests with their answers, and what
happens. What is asked and what is waited for ends with the connection; who comes back starts from what Asterisk has.
"""

import asyncio
import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

import msgspec
import structlog
from aiohttp import WSMsgType, web
from msgspec import Struct

SECONDS = 10.0
_log = structlog.get_logger(__name__)
T = TypeVar("T")


class AriError(Exception):
    """Asterisk refused. `status` is HTTP's: 404 and 409 mostly mean that the channel is gone."""

    def __init__(self, status: int, text: str) -> None:
        """Say what it said."""
        super().__init__(f"{status} {text}")
        self.status = status


class AriLostError(Exception):
    """The connection has ended; whatever was under way has to be looked up again."""


class Party(Struct, frozen=True):
    """A name and a number of a caller."""

    name: str = ""
    number: str = ""


class Dialplan(Struct, frozen=True):
    """Where in the dialplan a channel was."""

    exten: str = ""
    app_data: str = ""


class Channel(Struct, frozen=True):
    """One leg as Asterisk has it; `protocol_id` is the Call-ID of SIP."""

    id: str
    name: str = ""
    state: str = ""
    protocol_id: str = ""
    caller: Party = Party()
    dialplan: Dialplan = Dialplan()


class Playback(Struct, frozen=True):
    """Something that is played."""

    id: str
    state: str = ""


class Recording(Struct, frozen=True):
    """Something that is recorded; seconds."""

    name: str
    state: str = ""
    duration: float = 0
    cause: str = ""


class Bridge(Struct, frozen=True):
    """Channels that hear one another."""

    id: str
    channels: tuple[str, ...] = ()


class Event(Struct, frozen=True):
    """What happens; the fields that we use of all kinds of it."""

    type: str
    application: str = ""
    args: tuple[str, ...] = ()
    channel: Channel | None = None
    playback: Playback | None = None
    recording: Recording | None = None
    digit: str = ""
    cause: int = 0
    cause_txt: str = ""
    tech_cause: int = 0

    @property
    def key(self) -> str:
        """What a wait for it is called: the type, and whom it is about."""
        if self.playback is not None:
            return f"{self.type}:{self.playback.id}"
        if self.recording is not None:
            return f"{self.type}:{self.recording.name}"
        return f"{self.type}:{self.channel.id if self.channel else ''}"


class _Answer(Struct, frozen=True):
    request_id: str
    status_code: int
    reason_phrase: str = ""
    message_body: str = ""


@dataclass(slots=True)
class Ari:
    """Requests and events over one websocket, of one application (`app`)."""

    socket: web.WebSocketResponse
    app: str
    _numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))
    _asked: dict[str, "asyncio.Future[_Answer]"] = field(default_factory=dict)
    _awaited: dict[str, set["asyncio.Future[Event]"]] = field(default_factory=dict)

    async def run(self, on_event: Callable[[Event], None]) -> None:
        """Read until the connection ends. Events are handed over in their order; who takes one must not wait."""
        try:
            async for message in self.socket:
                if message.type is WSMsgType.TEXT:
                    self._take(message.data, on_event)
        finally:
            for waiting in self._asked.values():
                if not waiting.done():
                    waiting.set_exception(AriLostError("Asterisk is gone."))
                    waiting.exception()  # looked at: who asked may be gone as well

    def _take(self, text: str, on_event: Callable[[Event], None]) -> None:
        try:
            if '"RESTResponse"' in text[:200]:
                answer = msgspec.json.decode(text, type=_Answer)
                if (waiting := self._asked.get(answer.request_id)) is not None and not waiting.done():
                    waiting.set_result(answer)
                return
            event = msgspec.json.decode(text, type=Event)
        except msgspec.DecodeError as error:
            _log.warning("gateway.unreadable_event", error=str(error)[:120])
            return
        for waits in self._awaited.get(event.key, ()):
            if not waits.done():
                waits.set_result(event)
        on_event(event)

    def expect(self, *keys: str) -> "asyncio.Future[Event]":
        """The first event with one of these keys (`Event.key`) from now on; ask before you request what causes it."""
        waits: asyncio.Future[Event] = asyncio.get_running_loop().create_future()
        for key in keys:
            self._awaited.setdefault(key, set()).add(waits)

        def forget(_: object) -> None:
            for key in keys:
                left = self._awaited.get(key, set())
                left.discard(waits)
                if not left:
                    self._awaited.pop(key, None)

        waits.add_done_callback(forget)
        return waits

    async def request(
        self, method: str, path: str, body: Mapping[str, object] | None = None, /, **query: object
    ) -> bytes:
        """Ask one thing; the answer's body (JSON).

        Raises:
            AriError: Asterisk refused.
            AriLostError: there is no connection, or no answer in time.
        """
        number = f"peyk-{next(self._numbers)}"
        asked: dict[str, object] = {
            "type": "RESTRequest",
            "transaction_id": number,
            "request_id": number,
            "method": method,
            "uri": path,
        }
        if query:
            asked["query_strings"] = [
                {"name": name, "value": _written(value)} for name, value in query.items() if value is not None
            ]
        if body is not None:
            asked |= {"content_type": "application/json", "message_body": msgspec.json.encode(body).decode()}
        return await self._answered(number, asked)

    async def _answered(self, number: str, asked: Mapping[str, object]) -> bytes:
        waiting: asyncio.Future[_Answer] = asyncio.get_running_loop().create_future()
        self._asked[number] = waiting
        try:
            await self.socket.send_str(msgspec.json.encode(asked).decode())
            async with asyncio.timeout(SECONDS):
                answer = await waiting
        except (ConnectionError, TimeoutError, RuntimeError) as error:
            raise AriLostError("Asterisk does not answer.") from error
        finally:
            self._asked.pop(number, None)
        if not 200 <= answer.status_code < 300:
            raise AriError(answer.status_code, answer.reason_phrase)
        return answer.message_body.encode()

    async def read(self, path: str, kind: type[T], **query: object) -> T:
        """Read something; see `request`."""
        return msgspec.json.decode(await self.request("GET", path, **query), type=kind)


def _written(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
