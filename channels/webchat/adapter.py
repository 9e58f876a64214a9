"""The website chat: routes, sockets by visitor, and what goes out to them."""

import asyncio
import secrets
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Literal, Protocol

import structlog
from aiohttp import WSCloseCode, web

from channels.contract import (
    Capabilities,
    Channel,
    Feature,
    Inlet,
    Outbound,
    Sent,
    Signal,
)
from channels.signatures import BadToken, sign, verify
from channels.views import FileUrl
from channels.webchat import compose
from channels.webchat.api import ChatApi, Pages
from channels.webchat.frames import DeskEvent, EntryEvent, StateEvent, TypingEvent
from channels.webchat.settings import ChatSettings, chat_settings
from channels.webchat.socket import Socket, encode

log = structlog.get_logger(__name__)

ACCESS_MS = 15 * 60_000
REFRESH_MS = 180 * 86_400_000
FILE_MS = 12 * 3_600_000
MAX_FRAME = 65_536
DESK_SECONDS = 3.0
CAPABILITIES = Capabilities(
    features=frozenset(
        {
            Feature.BUTTONS,
            Feature.FORMS,
            Feature.ATTACHMENTS,
            Feature.TYPING,
            Feature.READ_MARKS,
            Feature.QUEUE_PLACE,
            Feature.MAILBOX,
        }
    ),
    max_text=4_000,
    max_attachment=10 * 1024 * 1024,
)


class AddressOf(Protocol):
    """Finds the network address of a request, trusting the proxies that the hub trusts."""

    def __call__(self, request: web.Request) -> str:
        """The client's address."""


class WebChat(Channel):
    """The channel `webchat`."""

    name = "webchat"
    capabilities = CAPABILITIES

    def __init__(
        self, *, key: bytes, own_origins: Callable[[], frozenset[str]], pages: Pages, address_of: AddressOf
    ) -> None:
        """Sign tokens with `key`.

        Accept sockets from pages of `own_origins` (the hub's own, which host the chat's frame).
        """
        self._key = key
        self._own_origins = own_origins
        self._pages = pages
        self._address_of = address_of
        self._sockets: dict[tuple[str, str], set[Socket]] = defaultdict(set)
        self._open: set[Socket] = set()
        self._per_address: dict[tuple[str, str], int] = defaultdict(int)
        self._draining = False

    def routes(self, inlet: Inlet) -> Sequence[web.RouteDef]:
        """The chat's page, session, files and socket."""
        api = ChatApi(inlet=inlet, tokens=self, pages=self._pages, own_origins=self._own_origins)

        async def socket(request: web.Request) -> web.StreamResponse:
            return await self._socket(request, inlet)

        return [*api.routes(), web.get("/chat/{inbox}/socket", socket)]

    async def run(self, inlet: Inlet) -> None:
        """Tell open tabs when people come and go."""
        while True:
            await asyncio.sleep(DESK_SECONDS)
            for inbox in {inbox for inbox, _ in self._sockets}:
                await self._tell_desk(inlet, inbox)

    async def send(self, message: Outbound, inlet: Inlet) -> Sent:
        """Pass an entry to the visitor's open tabs; who has none fetches it on return."""
        sockets = self._sockets.get((message.inbox, message.to))
        if sockets:
            view = compose.entry_view(message, self.file_url(message.inbox, message.to))
            frame = encode(EntryEvent(conversation=message.conversation, entry=view))
            for socket in tuple(sockets):
                socket.show(message, frame)
        return Sent()

    async def signal(self, address: str, inbox: str, signal: Signal) -> None:
        """Show typing, read marks and the state in the visitor's open tabs."""
        sockets = self._sockets.get((inbox, address))
        frame = _signal_frame(signal) if sockets else None
        if sockets and frame is not None:
            for socket in tuple(sockets):
                socket.tell(frame)

    async def drain(self) -> None:
        """Ask every tab to come back in a moment, spread over two seconds."""
        self._draining = True
        for socket in tuple(self._open):  # also those that have not said hello
            socket.bye("restart", 250 + secrets.randbelow(1_750))

    @property
    def open_sockets(self) -> int:
        """How many tabs are connected."""
        return sum(len(group) for group in self._sockets.values())

    def who(self, inbox: str, token: str) -> str:
        """The visitor of an access token. Raises `BadToken`."""
        claims = verify(self._key, "chat-access", token, now=_now())
        if claims["inbox"] != inbox:
            raise BadToken("This token is for another inbox.")
        return str(claims["visitor"])

    def refreshed(self, inbox: str, token: str) -> str | None:
        """The visitor of a refresh token, None when it is not (or no longer) good."""
        try:
            claims = verify(self._key, "chat-refresh", token, now=_now())
        except BadToken:
            return None
        return str(claims["visitor"]) if claims["inbox"] == inbox else None

    def issue(self, inbox: str, visitor: str) -> tuple[str, str, int]:
        """Access token, refresh token, and when the access ends (ms)."""
        expires = _now() + ACCESS_MS
        claims = {"inbox": inbox, "visitor": visitor}
        access = sign(self._key, "chat-access", claims, expires_at=expires)
        refresh = sign(self._key, "chat-refresh", claims, expires_at=_now() + REFRESH_MS)
        return access, refresh, expires

    def file_url(self, inbox: str, visitor: str) -> FileUrl:
        """Maker of links that open one file for some hours."""

        def url(file: str) -> str:
            claims = {"inbox": inbox, "visitor": visitor, "file": file}
            token = sign(self._key, "chat-file", claims, expires_at=_now() + FILE_MS)
            return f"/chat/{inbox}/files/{file}?t={token}"

        return url

    def file_visitor(self, inbox: str, file: str, token: str) -> str:
        """The visitor for whom a file link was made. Raises `BadToken`."""
        claims = verify(self._key, "chat-file", token, now=_now())
        if (claims["inbox"], claims["file"]) != (inbox, file):
            raise BadToken("This link is for another file.")
        return str(claims["visitor"])

    def join(self, socket: Socket) -> None:
        """Send this visitor's events to the socket from now on."""
        self._sockets[socket.inbox, socket.visitor].add(socket)

    def leave(self, socket: Socket) -> None:
        """Stop sending to it."""
        group = self._sockets.get((socket.inbox, socket.visitor))
        if group is not None:
            group.discard(socket)
            if not group:
                del self._sockets[socket.inbox, socket.visitor]

    async def _tell_desk(self, inlet: Inlet, inbox: str) -> None:
        desk = await inlet.desk(inbox)
        frame = encode(DeskEvent(desk=compose.desk_view(desk)))
        for (of, _), group in list(self._sockets.items()):
            for socket in tuple(group) if of == inbox else ():
                if socket.desk not in {None, desk}:
                    socket.desk = desk
                    socket.push(frame)

    async def _socket(self, request: web.Request, inlet: Inlet) -> web.StreamResponse:
        inbox = request.match_info["inbox"]
        raw = await inlet.inbox_settings(inbox)
        if raw is None or raw.get("channel") != self.name:
            raise web.HTTPNotFound
        settings = chat_settings(raw)
        if request.headers.get("Origin") not in self._own_origins():
            raise web.HTTPForbidden(text="This page may not open the chat.")
        key = (inbox, self._address_of(request))
        if self._draining:
            raise web.HTTPServiceUnavailable(headers={"Retry-After": "1"})
        if settings.sockets_per_address and self._per_address[key] >= settings.sockets_per_address:
            raise web.HTTPTooManyRequests(text="Too many connections.", headers={"Retry-After": "30"})
        self._per_address[key] += 1
        try:
            return await self._serve(request, inbox, settings, inlet)
        finally:
            self._per_address[key] -= 1
            if not self._per_address[key]:
                del self._per_address[key]

    async def _serve(
        self, request: web.Request, inbox: str, settings: ChatSettings, inlet: Inlet
    ) -> web.WebSocketResponse:
        ws = web.WebSocketResponse(max_msg_size=MAX_FRAME, compress=False, autoping=True)
        await ws.prepare(request)
        socket = Socket(ws, request.transport, inbox, settings, self, inlet, _now)
        self._open.add(socket)
        try:
            await socket.serve()
        finally:
            self._open.discard(socket)
        if not ws.closed:
            await ws.close(code=WSCloseCode.GOING_AWAY)
        return ws


def _signal_frame(signal: Signal) -> bytes | None:
    match signal.type:
        case "typing" if signal.who in {"bot", "agent"}:
            who: Literal["bot", "agent"] = "bot" if signal.who == "bot" else "agent"
            return encode(TypingEvent(conversation=signal.conversation, who=who, on=signal.on, name=signal.name))
        case "state" if signal.state is not None:
            return encode(StateEvent(state=compose.state_view(signal.state)))
        case _:
            return None


def _now() -> int:
    return time.time_ns() // 1_000_000
