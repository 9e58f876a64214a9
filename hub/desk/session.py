"""One desk's socket: auth with a one-time ticket, a snapshot, then commands and events."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Protocol

import structlog
from aiohttp import WSMsgType, web
from msgspec import DecodeError, ValidationError
from msgspec.json import Decoder

from channels.sockets import AGAIN, Allowance, FrameWriter, Silence, id_in, listen
from hub.desk.command_frames import Auth, Command, Ping, Read, Typing
from hub.desk.commands import Answer, Commands
from hub.desk.floor import Floor, encode
from hub.desk.frames import Bye, Failure, Pong, Result, StartOver
from hub.errors import HubError
from hub.model.config import Agent
from hub.model.ids import AgentId, ConversationId
from hub.staff import Staff

log = structlog.get_logger(__name__)

AUTH_SECONDS = 10
SILENCE_SECONDS = 35
MOST_PER_AGENT = 20
MAX_FRAME = 262_144

_decoder: Decoder[Command] = Decoder(Command)


class Tickets(Protocol):
    """Redeems one-time tickets."""

    async def redeem(self, ticket: str) -> AgentId | None:
        """The agent of a ticket, once; None when it is unknown, used or over."""


class DeskSession:
    """Serves one websocket until it closes."""

    def __init__(
        self,
        ws: web.WebSocketResponse,
        transport: asyncio.Transport | None,
        tickets: Tickets,
        staff: Staff,
        floor: Floor,
        commands: Commands,
        now: Callable[[], int],
        *,
        per_minute: int = 600,
    ) -> None:
        """Serve `ws` (over `transport`); `now` is the hub's clock (ms), `per_minute` the most commands."""
        self.agent = AgentId("")
        self._ws = ws
        self._tickets = tickets
        self._staff = staff
        self._floor = floor
        self._commands = commands
        self._now = now
        self._writer = FrameWriter(ws, transport, encode(StartOver(reason="too_slow")))
        self._allowance = Allowance(per_minute)
        self._shown: dict[ConversationId, int] = {}
        self._held: list[bytes] | None = None

    def push(self, frame: bytes) -> None:
        """Queue a frame; what happens while the snapshot is being made goes out after it."""
        if self._held is not None:
            self._held.append(frame)
        else:
            self._writer.push(frame)

    def show(self, conversation: ConversationId, seq: int, frame: bytes) -> None:
        """Queue an entry's frame, unless this desk has that number already."""
        if seq > self._shown.get(conversation, 0):
            self._shown[conversation] = seq
            self.push(frame)

    def has(self, conversation: ConversationId, seq: int) -> None:
        """This desk gets everything up to `seq` in an answer."""
        self._shown[conversation] = max(seq, self._shown.get(conversation, 0))

    def me(self) -> Agent:
        """Whose desk it is, as they are now. Raises `HubError` once they are gone or deactivated."""
        agent = self._staff.get(self.agent)
        if agent is None or not agent.active:
            raise HubError("This account is closed.", code="unauthorized")
        return agent

    def bye(self, reason: str, retry_after_ms: int | None = None) -> None:
        """Close politely, after what waits to be sent."""
        self._writer.finish(
            encode(Bye(reason=reason, retry_after_ms=retry_after_ms)), AGAIN if retry_after_ms else 1000
        )

    async def serve(self) -> None:
        """Authenticate, show the snapshot, then answer commands until either side leaves."""
        writer = asyncio.create_task(self._writer.run(), name="desk-writer")
        arrived = False
        try:
            if await self._authenticate():
                await self._staff.arrived(self.agent)
                arrived = True
                await self._snapshot()
                await listen(
                    self._ws, self._writer, self._hear, Silence(SILENCE_SECONDS, lambda: self.bye("silent", 500))
                )
        except HubError as error:
            self.bye(error.code, 2_000 if error.retryable else None)
        finally:
            self._floor.leave(self)
            self.bye("end")
            if arrived:
                await asyncio.shield(self._staff.left(self.agent, self))
            await asyncio.gather(writer, return_exceptions=True)

    async def _snapshot(self) -> None:
        self._held = []
        self._floor.join(self)
        ready = encode(await self._commands.looking.ready(self))
        held, self._held = self._held, None
        for frame in (ready, *held):
            self.push(frame)

    async def _authenticate(self) -> bool:
        try:
            message = await self._ws.receive(timeout=AUTH_SECONDS)
        except TimeoutError:
            self.bye("no_auth")
            return False
        frame = self._decode(message.data) if message.type is WSMsgType.TEXT else None
        if not isinstance(frame, Auth):
            self.bye("bad_frame")
            return False
        agent = await self._tickets.redeem(frame.ticket)
        if agent is None or self._staff.get(agent) is None:
            self.bye("unauthorized")
            return False
        if len(self._floor.desks_of(agent)) >= MOST_PER_AGENT:
            self.bye("too_many_desks", 30_000)
            return False
        self.agent = agent
        return True

    async def _hear(self, data: str | None) -> None:
        if data is None:
            self.push(encode(Failure(code="bad_frame", text="Frames are JSON text.")))
        elif (command := self._decode(data)) is not None:
            await self._obey(command)

    async def _obey(self, command: Command) -> None:
        match command:
            case Ping():
                self.push(encode(Pong(now=self._now())))
            case Auth():
                self.push(encode(Failure(code="bad_frame", text="You are signed in already.")))
            case Typing() | Read():
                await self._quietly(self._commands.signal(self, command))
            case _:
                await self._answer(command.id, self._commands.run(self, command))

    async def _answer(self, id_: int, work: Coroutine[None, None, Answer]) -> None:
        if not self._allowance.take():
            work.close()
            self.push(encode(Failure(code="too_fast", text="Please slow down.", id=id_, retry=True)))
            return
        try:
            data = await work
        except HubError as error:
            self.push(encode(Failure(code=error.code, text=error.text, id=id_, retry=error.retryable)))
        else:
            self.push(encode(Result(id=id_) if data is None else Result(id=id_, data=data)))

    async def _quietly(self, work: Awaitable[None]) -> None:
        try:
            await work
        except HubError as error:
            self.push(encode(Failure(code=error.code, text=error.text)))

    def _decode(self, data: str) -> Command | None:
        try:
            return _decoder.decode(data)
        except ValidationError as error:
            code = "unknown_type" if "$.type" in str(error) else "bad_frame"
            self.push(encode(Failure(code=code, text=str(error)[:200], id=id_in(data))))
        except (DecodeError, RecursionError, UnicodeError):
            self.push(encode(Failure(code="bad_frame", text="This is not a JSON frame.")))
        return None
