"""One browser tab's socket: phases, commands, and a bounded writer of its own."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Protocol

import structlog
from aiohttp import WSMsgType, web
from msgspec import DecodeError, ValidationError
from msgspec.json import Decoder, Encoder

from channels.contract import ChannelError, Desk, Inlet, Outbound, Signal
from channels.signatures import BadToken
from channels.sockets import AGAIN, Allowance, FrameWriter, Silence, id_in, listen
from channels.views import FileUrl
from channels.webchat import compose, parse
from channels.webchat.frames import (
    Before,
    Bye,
    Command,
    End,
    EntryEvent,
    Event,
    Failure,
    Forget,
    Hello,
    Page,
    Ping,
    Pong,
    Rate,
    Read,
    Result,
    Send,
    SendResult,
    SetLocale,
    StartOver,
    Typing,
)
from channels.webchat.settings import ChatSettings

log = structlog.get_logger(__name__)

HELLO_SECONDS = 10
SILENCE_SECONDS = 65
TYPING_MS = 2_000

_decoder: Decoder[Command] = Decoder(Command)
_encoder = Encoder()


class Visitors(Protocol):
    """What a socket needs of its adapter."""

    def who(self, inbox: str, token: str) -> str:
        """The visitor of an access token. Raises `BadToken`."""

    def join(self, socket: "Socket") -> None:
        """Send this visitor's events to the socket from now on."""

    def leave(self, socket: "Socket") -> None:
        """Stop."""

    def file_url(self, inbox: str, visitor: str) -> FileUrl:
        """Maker of short-lived links to files."""


class Socket:
    """Serves one websocket until it closes."""

    def __init__(
        self,
        ws: web.WebSocketResponse,
        transport: asyncio.Transport | None,
        inbox: str,
        settings: ChatSettings,
        visitors: Visitors,
        inlet: Inlet,
        now: Callable[[], int],
    ) -> None:
        """Serve `ws` (over `transport`) for `inbox`; `now` is the hub's clock in ms."""
        self.inbox = inbox
        self.visitor = ""
        self.desk: Desk | None = None
        """Who was there when this tab was last told; None before it was."""
        self._ws = ws
        self._visitors = visitors
        self._inlet = inlet
        self._now = now
        self._allowance = Allowance(settings.messages_per_minute)
        self._writer = FrameWriter(ws, transport, encode(StartOver(reason="too_slow")))
        self._shown: dict[str, int] = {}
        self._held: list[tuple[Outbound | None, bytes]] | None = []
        self._locale: str | None = None
        self._page: str | None = None
        self._typed_at = 0

    async def serve(self) -> None:
        """Say hello, then answer commands until either side leaves."""
        writer = asyncio.create_task(self._writer.run(), name="webchat-writer")
        try:
            if await self._greet():
                await listen(
                    self._ws, self._writer, self._hear, Silence(SILENCE_SECONDS, lambda: self.bye("silent", 1_000))
                )
        except BadToken:
            self.bye("unauthorized")
        except ChannelError as error:
            self.bye(error.code, 2_000)
        finally:
            self._visitors.leave(self)
            self.bye("end")
            await asyncio.gather(writer, return_exceptions=True)

    def show(self, message: Outbound, frame: bytes) -> None:
        """Pass on an entry, once and in order; before the welcome is out, hold it back."""
        if self._held is not None:
            self._held.append((message, frame))
        elif message.seq > self._shown.get(message.conversation, 0):
            self._shown[message.conversation] = message.seq
            self.push(frame)

    def tell(self, frame: bytes) -> None:
        """Pass on what is short-lived; before the welcome is out, hold it back, too."""
        if self._held is not None:
            self._held.append((None, frame))
        else:
            self.push(frame)

    def push(self, frame: bytes) -> None:
        """Queue a frame."""
        self._writer.push(frame)

    async def _greet(self) -> bool:
        try:
            message = await self._ws.receive(timeout=HELLO_SECONDS)
        except TimeoutError:
            self.bye("no_hello", 1_000)
            return False
        frame = self._decode(message.data) if message.type is WSMsgType.TEXT else None
        if not isinstance(frame, Hello):
            self.bye("bad_frame")
            return False
        self.visitor = self._visitors.who(self.inbox, frame.token)
        self._locale, self._page = frame.locale, frame.page
        self._visitors.join(self)
        await self._welcome(frame)
        return True

    async def _welcome(self, hello: Hello) -> None:
        start_over, after = False, hello.after if hello.conversation is not None else 0
        try:
            timeline = await self._inlet.timeline(self.inbox, self.visitor, hello.conversation, after=after)
        except ChannelError as error:
            if error.code != "not_found":
                raise
            start_over, after = True, 0  # a number of another conversation says nothing about this one
            timeline = await self._inlet.timeline(self.inbox, self.visitor, None)
        urls = self._visitors.file_url(self.inbox, self.visitor)
        desk = self.desk = await self._inlet.desk(self.inbox)
        frame = compose.welcome(
            self.visitor, self._now(), desk, timeline, after=after, start_over=start_over, file_url=urls
        )
        if timeline is not None:
            self._shown[timeline.state.conversation] = max([after, *(one.seq for one in timeline.entries)])
        self.push(encode(frame))
        held, self._held = self._held or [], None
        for message, sent in held:
            if message is None:
                self.push(sent)
            else:
                self.show(message, sent)

    async def _hear(self, data: str | None) -> None:
        if data is None:
            self.push(encode(Failure(code="bad_frame", text="Frames are JSON text.")))
        elif (command := self._decode(data)) is not None:
            await self._obey(command)

    def _decode(self, data: str) -> Command | None:
        try:
            return _decoder.decode(data)
        except ValidationError as error:
            code = "unknown_type" if "Invalid value" in str(error) and "$.type" in str(error) else "bad_frame"
            self.push(encode(Failure(code=code, text=str(error)[:200], id=id_in(data))))
        except (DecodeError, RecursionError, UnicodeError):
            self.push(encode(Failure(code="bad_frame", text="This is not a JSON frame.")))
        return None

    async def _obey(self, command: Command) -> None:
        match command:
            case Ping():
                self.push(encode(Pong(now=self._now())))
            case Send():
                await self._answer(command.id, self._send(command), limited=True)
            case Typing() | Read():
                await self._signal(command)
            case Before():
                await self._answer(command.id, self._before(command), limited=False)
            case Rate():
                work = self._inlet.rate(self.inbox, self.visitor, command.conversation, command.score, command.comment)
                await self._answer(command.id, _nothing(work), limited=True)
            case End():
                work = self._inlet.end(self.inbox, self.visitor, command.conversation)
                await self._answer(command.id, _nothing(work), limited=True)
            case SetLocale():
                self._locale = command.locale
                work = self._inlet.set_locale(self.inbox, self.visitor, command.locale)
                await self._answer(command.id, _nothing(work), limited=True)
            case Forget():
                await self._answer(command.id, _nothing(self._inlet.forget(self.inbox, self.visitor)), limited=True)
                self.bye("forgotten")
            case Hello():
                self.push(encode(Failure(code="bad_frame", text="You have said hello already.")))

    async def _answer(self, id_: int, work: Coroutine[None, None, SendResult | Page | None], *, limited: bool) -> None:
        if limited and not self._allowance.take():
            work.close()
            self.push(
                encode(Failure(code="too_fast", text="Please slow down.", id=id_, retry=True, retry_after_ms=3_000))
            )
            return
        try:
            data = await work
        except ChannelError as error:
            self.push(encode(Failure(code=error.code, text=error.text, id=id_, retry=error.retryable)))
        else:
            self.push(encode(Result(id=id_) if data is None else Result(id=id_, data=data)))

    async def _send(self, frame: Send) -> SendResult:
        message = parse.inbound(frame, inbox=self.inbox, visitor=self.visitor, locale=self._locale, page=self._page)
        receipt = await self._inlet.receive(message)
        self._typed_at = 0  # whoever goes on typing after a message is typing anew
        return SendResult(conversation=receipt.conversation, seq=receipt.seq, at=receipt.at)

    async def _before(self, frame: Before) -> Page:
        timeline = await self._inlet.timeline(self.inbox, self.visitor, frame.conversation, before=frame.seq)
        urls = self._visitors.file_url(self.inbox, self.visitor)
        if timeline is None:
            return Page(entries=[], more=False)
        return Page(entries=[compose.entry_view(entry, urls) for entry in timeline.entries], more=timeline.more)

    async def _signal(self, command: Typing | Read) -> None:
        now = self._now()
        if isinstance(command, Typing):
            if command.on and now - self._typed_at < TYPING_MS:
                return
            self._typed_at = now
            signal = Signal(type="typing", conversation=command.conversation, on=command.on)
        else:
            signal = Signal(type="read", conversation=command.conversation, seq=command.seq)
        try:
            await self._inlet.signal(self.inbox, self.visitor, signal)
        except ChannelError as error:
            self.push(encode(Failure(code=error.code, text=error.text)))

    def bye(self, reason: str, retry_after_ms: int | None = None) -> None:
        """Close politely, after what waits to be sent."""
        self._writer.finish(
            encode(Bye(reason=reason, retry_after_ms=retry_after_ms)), AGAIN if retry_after_ms else 1000
        )


async def _nothing(work: Awaitable[None]) -> None:
    await work


def encode(frame: Event | EntryEvent) -> bytes:
    """A frame as JSON."""
    return _encoder.encode(frame)
