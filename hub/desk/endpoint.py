"""The desk's socket endpoint: exact origin, no compression, a few sockets per agent."""

from collections.abc import Callable
from dataclasses import dataclass, field

import structlog
from aiohttp import web

from hub.clock import Clock
from hub.desk.commands import Commands
from hub.desk.floor import Floor
from hub.desk.session import MAX_FRAME, DeskSession, Tickets
from hub.model.ids import AgentId
from hub.staff import Staff

log = structlog.get_logger(__name__)

MOST_SOCKETS = 500
PER_MINUTE = 600


@dataclass(slots=True)
class DeskEndpoint:
    """Accepts desks."""

    tickets: Tickets
    staff: Staff
    floor: Floor
    commands: Commands
    clock: Clock
    origins: Callable[[], frozenset[str]]
    per_minute: int = PER_MINUTE
    _open: set[DeskSession] = field(default_factory=set)
    _draining: bool = False

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """`GET /desk/socket`. 403 for a foreign origin, 503 while draining or full."""
        if request.headers.get("Origin") not in self.origins():
            raise web.HTTPForbidden(text="This page may not open the desk.")
        if self._draining or len(self._open) >= MOST_SOCKETS:
            raise web.HTTPServiceUnavailable(headers={"Retry-After": "1"})
        ws = web.WebSocketResponse(max_msg_size=MAX_FRAME, compress=False, autoping=True)
        await ws.prepare(request)
        session = DeskSession(
            ws,
            request.transport,
            self.tickets,
            self.staff,
            self.floor,
            self.commands,
            self.clock.now,
            per_minute=self.per_minute,
        )
        self._open.add(session)
        try:
            await session.serve()
        finally:
            self._open.discard(session)
        return ws

    def send_away(self, agent: AgentId, reason: str) -> None:
        """Close an agent's desks at once: signed out, deactivated, new role or password."""
        for session in tuple(self._open):
            if session.agent == agent:
                # Another session of theirs may live on: it comes back with a new ticket, the ended one finds it cannot.
                session.bye(reason, 250 if reason in {"logout", "expired"} else None)

    def drain(self) -> None:
        """Ask every desk to come back in a moment."""
        self._draining = True
        for session in tuple(self._open):
            session.bye("restart", 500)
