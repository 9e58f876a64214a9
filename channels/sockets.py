"""What every JSON websocket of ours needs: a bounded writer of its own, a command allowance, ids for refusals."""

import asyncio
import time
from collections.abc import Awaitable, Callable

from aiohttp import WSMsgType, web
from msgspec import DecodeError, ValidationError
from msgspec.json import Decoder

MOST_FRAMES = 1_024
MOST_BYTES = 4 * 1024 * 1024
STUCK_SECONDS = 10.0
FREE_BYTES = 32 * 1024
"""As long as less than this waits in the transport, a write does not (its own limit is 64 KiB)."""
CLOSE_SECONDS = 1.5
"""How long the other side may take to answer our close; it has heard it, so a drain need not wait longer."""
AGAIN = 1012
"""Close code: come back in a moment (RFC 6455 registry: service restart)."""


class FrameWriter:
    """Writes frames to a websocket in order.

    When the reader cannot keep up, what waits is dropped, `start_over` is sent instead, and the socket closes: the
    reader comes back and resumes by number, so nothing is lost.
    """

    __slots__ = ("_bytes", "_closing", "_idle", "_start_over", "_transport", "_waiting", "_ws")

    def __init__(self, ws: web.WebSocketResponse, transport: asyncio.Transport | None, start_over: bytes) -> None:
        """Write to `ws` over its `transport`; `start_over` is the frame for a reader that fell behind."""
        self._ws = ws
        self._transport = transport
        self._start_over = start_over
        # A list and a bare future: thousands of writers are idle, and an empty deque and event weigh 1 KB more.
        self._waiting: list[bytes] = []
        self._bytes = 0
        self._idle: asyncio.Future[None] | None = None
        self._closing: int | None = None

    @property
    def closing(self) -> bool:
        """Whether the last frame is said: nothing that still comes in is obeyed."""
        return self._closing is not None

    def push(self, frame: bytes) -> None:
        """Queue a frame. Never waits."""
        if self._closing is not None:
            return
        if len(self._waiting) >= MOST_FRAMES or self._bytes > MOST_BYTES:
            self._waiting.clear()
            self._close_after(self._start_over, AGAIN)
            return
        self._waiting.append(frame)
        self._bytes += len(frame)
        self._wake()

    def finish(self, frame: bytes, code: int = 1000) -> None:
        """Send a last frame, after what waits, and close."""
        if self._closing is None:
            self._close_after(frame, code)

    async def run(self) -> None:
        """Write until the socket closes; a reader that takes nothing for 10 s is cut off."""
        while True:
            await self._something()
            try:
                await self._write_all()
                if self._closing is not None:
                    async with asyncio.timeout(CLOSE_SECONDS):
                        await self._ws.close(code=self._closing)
                    return
            except (TimeoutError, ConnectionError):
                self._abort()
                return

    async def _something(self) -> None:
        """Wait until there is something to do."""
        if self._waiting or self._closing is not None:
            return
        self._idle = asyncio.get_running_loop().create_future()
        try:
            await self._idle
        finally:
            self._idle = None

    def _wake(self) -> None:
        if self._idle is not None and not self._idle.done():
            self._idle.set_result(None)

    async def _write_all(self) -> None:
        """Write what waits.

        A system call and a timer for each frame would cost more than the frame: while the reader keeps up, they go out
        together; only where a write may have to wait there is a timer.
        """
        transport = self._transport
        while self._waiting:
            if transport is not None and transport.get_write_buffer_size() < FREE_BYTES:
                if self._ws.closed or transport.is_closing():
                    raise ConnectionResetError
                transport.write(self._together())
                continue
            frame = self._waiting.pop(0)
            self._bytes -= len(frame)
            async with asyncio.timeout(STUCK_SECONDS):
                await self._ws.send_frame(frame, WSMsgType.TEXT)

    def _together(self) -> bytes:
        """As many frames as may go out at once, as bytes of the wire."""
        pieces: list[bytes] = []
        size = count = 0
        for frame in self._waiting:
            pieces += (text_header(len(frame)), frame)
            size += len(frame)
            count += 1
            if size >= FREE_BYTES:
                break
        del self._waiting[:count]
        self._bytes -= size
        return b"".join(pieces)

    def _close_after(self, frame: bytes, code: int) -> None:
        self._waiting.append(frame)
        self._closing = code
        self._wake()

    def _abort(self) -> None:
        self._closing = AGAIN
        if self._transport is not None:
            self._transport.abort()


def text_header(length: int) -> bytes:
    """The header of an unmasked, unfragmented text frame (RFC 6455, 5.2)."""
    if length < 126:
        return bytes((0x81, length))
    if length < 65_536:
        return b"\x81\x7e" + length.to_bytes(2, "big")
    return b"\x81\x7f" + length.to_bytes(8, "big")


class Silence:
    """Calls `gone` when nothing was heard for so many seconds. Hearing something costs one assignment, not a timer."""

    __slots__ = ("_gone", "_last", "_loop", "_seconds", "_timer")

    def __init__(self, seconds: float, gone: Callable[[], None]) -> None:
        """Begin to listen now."""
        self._loop = asyncio.get_running_loop()
        self._seconds = seconds
        self._gone = gone
        self._last = self._loop.time()
        self._timer = self._loop.call_later(seconds, self._look)

    def heard(self) -> None:
        """Something was heard."""
        self._last = self._loop.time()

    def stop(self) -> None:
        """Nobody waits any more."""
        self._timer.cancel()

    def _look(self) -> None:
        left = self._last + self._seconds - self._loop.time()
        if left > 0.001:
            self._timer = self._loop.call_later(left, self._look)
        else:
            self._gone()


async def listen(
    ws: web.WebSocketResponse, writer: FrameWriter, hear: Callable[[str | None], Awaitable[None]], silence: Silence
) -> None:
    """Pass on what comes until either side leaves: the text of each frame, None for one that is not text."""
    try:
        while not ws.closed:
            message = await ws.receive()
            silence.heard()
            if writer.closing or message.type not in {WSMsgType.TEXT, WSMsgType.BINARY}:
                return
            await hear(message.data if message.type is WSMsgType.TEXT else None)
    finally:
        silence.stop()


class Allowance:
    """A token bucket: `per_minute` on average, a quarter of that at once; 0 allows everything."""

    __slots__ = ("_at", "_left", "_most", "_rate")

    def __init__(self, per_minute: int) -> None:
        """Start full."""
        self._rate = per_minute / 60
        self._most = max(10.0, per_minute / 4)
        self._left = self._most
        self._at = time.monotonic()

    def take(self) -> bool:
        """Use one; False when there is none left."""
        if self._rate == 0:
            return True
        now = time.monotonic()
        self._left = min(self._most, self._left + (now - self._at) * self._rate)
        self._at = now
        if self._left < 1:
            return False
        self._left -= 1
        return True


def id_in(data: str) -> int | None:
    """The id of a frame that could not be read otherwise, so that its sender gets an answer."""
    try:
        found = Decoder(dict[str, object]).decode(data).get("id")
    except (DecodeError, ValidationError, RecursionError, UnicodeError):
        return None
    return found if isinstance(found, int) and abs(found) < 2**53 else None
