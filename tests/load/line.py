"""A websocket that comes back: reconnects with full jitter, answers by id, heartbeats."""

import asyncio
import contextlib
import random
from abc import ABC, abstractmethod

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidHandshake, WebSocketException

from channels.tasks import end
from tests.load.frames import Event, decode, encode

PING_SECONDS = 15.0
PAUSES = (0.05, 2.0)
"""First and longest pause between two tries, seconds: hastier than a browser."""
WIDGET_PAUSES = (0.5, 30.0)
"""What the chat in a browser does (widget/src/wire/backoff.ts)."""
PING = encode({"type": "ping"}).decode()


class Refused(Exception):
    """The server answered a command with an error. `retry`: the same command may succeed later."""

    def __init__(self, code: str, text: str, *, retry: bool) -> None:
        super().__init__(f"{code}: {text}")
        self.code = code
        self.retry = retry


class Cut(Exception):
    """The line broke before the answer came."""


class Line(ABC):
    """One client's line to the hub. Subclasses say where to connect, what to say first, and what to do with events."""

    def __init__(self, name: str, *, pauses: tuple[float, float] = PAUSES) -> None:
        self.name = name
        self.connects = 0
        self.close_codes: list[int | None] = []
        self.byes: list[str] = []
        self.up = asyncio.Event()
        self.pauses = pauses
        self._ws: ClientConnection | None = None
        self._waiting: dict[int, asyncio.Future[Event]] = {}
        self._next_id = 0
        self._task: asyncio.Task[None] | None = None
        self._hint: float | None = None

    @abstractmethod
    async def dial(self) -> ClientConnection:
        """Connect and say the first frame."""

    @abstractmethod
    def heard(self, event: Event) -> None:
        """An event came (answers to commands do not come here)."""

    @abstractmethod
    def is_welcome(self, event: Event) -> bool:
        """Whether this event says that the line is up."""

    @abstractmethod
    def welcomed(self, event: Event) -> None:
        """The line is up: take the snapshot, before any later event is heard."""

    @abstractmethod
    async def greeted(self, event: Event) -> None:
        """After `welcomed`: whatever has to be asked before the line counts as up."""

    def dismissed(self, event: Event) -> None:
        """The hub said good-bye."""
        self.byes.append(event.reason)

    async def start(self) -> None:
        """Connect, and stay connected; returns when the line is up for the first time."""
        self._task = asyncio.create_task(self._stay(), name=f"line-{self.name}")
        await self.up.wait()

    async def stop(self) -> None:
        """Hang up for good."""
        task, self._task = self._task, None
        if task is not None:
            await end([task])

    def cut(self) -> None:
        """Break the line as a dead network does: no closing handshake."""
        if self._ws is not None:
            self._ws.transport.abort()

    async def ask(self, command: dict[str, object], *, seconds: float = 15.0, raw: bytes | None = None) -> Event:
        """Send a command (or `raw`, with %d for the id) and wait for its answer. Raises `Refused`, `Cut`."""
        ws = self._ws
        if ws is None:
            raise Cut
        self._next_id += 1
        number = self._next_id
        answer: asyncio.Future[Event] = asyncio.get_running_loop().create_future()
        self._waiting[number] = answer
        try:
            await ws.send(encode({**command, "id": number}) if raw is None else raw % number, text=True)
            async with asyncio.timeout(seconds):
                event = await answer
        except (WebSocketException, ConnectionError, TimeoutError) as error:
            raise Cut from error
        finally:
            self._waiting.pop(number, None)
        if event.type == "error":
            raise Refused(event.code, event.text, retry=event.retry)
        return event

    async def ask_patiently(self, command: dict[str, object]) -> Event:
        """Ask on this very line, again after a refusal that may be retried. Raises `Refused`, `Cut`."""
        for attempt in range(50):
            try:
                return await self.ask(command)
            except Refused as error:
                if not error.retry:
                    raise
                await asyncio.sleep(jitter(attempt, self.pauses))
        raise Cut

    async def insist(self, command: dict[str, object], *, seconds: float = 120.0) -> Event:
        """Ask until it is answered, through cuts and refusals that may be retried: what a client's send queue does."""
        attempt = 0
        async with asyncio.timeout(seconds):
            while True:
                await self.up.wait()
                try:
                    return await self.ask(command)
                except Refused as error:
                    if not error.retry:
                        raise
                except Cut:
                    attempt = min(attempt, 2)
                await asyncio.sleep(jitter(attempt, self.pauses))
                attempt += 1

    async def say(self, command: dict[str, object]) -> None:
        """Send a frame that has no answer. Lost when the line is down."""
        if self._ws is not None:
            with contextlib.suppress(WebSocketException, ConnectionError):
                await self._ws.send(encode(command), text=True)

    async def _stay(self) -> None:
        attempt = 0
        while True:
            came_up = False
            with contextlib.suppress(OSError, InvalidHandshake, WebSocketException, TimeoutError, Cut):
                self._ws = await self.dial()
                try:
                    came_up = await self._live(self._ws)
                finally:
                    await self._hang_up(self._ws)
            attempt = 0 if came_up else attempt + 1
            hint, self._hint = self._hint, None
            await asyncio.sleep(hint if hint is not None else jitter(attempt, self.pauses))

    async def _live(self, ws: ClientConnection) -> bool:
        greeting: asyncio.Task[None] | None = None
        pinging = asyncio.create_task(_ping(ws), name=f"ping-{self.name}")
        try:
            async for raw in ws:
                event = decode(raw)
                if event.type in {"result", "error"} and event.id in self._waiting:
                    answer = self._waiting[event.id]
                    if not answer.done():
                        answer.set_result(event)
                elif greeting is None and self.is_welcome(event):
                    self.connects += 1
                    self.welcomed(event)
                    greeting = asyncio.create_task(self._greet(event), name=f"greet-{self.name}")
                elif event.type == "bye":
                    self._hint = random.uniform(0, (event.retry_after_ms or 0) / 1000)
                    self.dismissed(event)
                else:
                    self.heard(event)
        finally:
            self.up.clear()
            pinging.cancel()
            if greeting is not None:
                greeting.cancel()
            await asyncio.gather(pinging, *([greeting] if greeting else []), return_exceptions=True)
        return greeting is not None

    async def _greet(self, event: Event) -> None:
        try:
            await self.greeted(event)
        except (Cut, Refused):
            self.cut()
            return
        self.up.set()

    async def _hang_up(self, ws: ClientConnection) -> None:
        self._ws = None
        for answer in self._waiting.values():
            if not answer.done():
                answer.set_exception(Cut())
        self._waiting.clear()
        ws.transport.abort()
        with contextlib.suppress(WebSocketException, ConnectionError):
            await ws.wait_closed()
        self.close_codes.append(ws.close_code)


async def _ping(ws: ClientConnection) -> None:
    with contextlib.suppress(WebSocketException, ConnectionError):
        while True:
            await asyncio.sleep(random.uniform(0.5, 1.0) * PING_SECONDS)
            await ws.send(PING)


def jitter(attempt: int, pauses: tuple[float, float]) -> float:
    """Full jitter: between nothing and the first pause doubled at each attempt, capped by the longest."""
    first, longest = pauses
    return random.random() * min(longest, first * 2.0 ** min(attempt, 20))


async def open_socket(url: str, origin: str, headers: dict[str, str] | None = None) -> ClientConnection:
    """A websocket without compression and without the library's own pings (the protocols have theirs)."""
    return await connect(
        url,
        origin=origin,  # type: ignore[arg-type]
        additional_headers=headers,
        compression=None,
        ping_interval=None,
        open_timeout=30,
        close_timeout=1,
        max_size=16 * 1024 * 1024,
        max_queue=1024,
        proxy=None,
    )
