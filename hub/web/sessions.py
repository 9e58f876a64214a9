"""Signing in and staying signed in.

The check of a password, sessions, CSRF tokens, and one-time tickets for the desk's socket.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from hub.clock import Clock
from hub.errors import Unauthorized
from hub.model.config import Agent
from hub.model.ids import AgentId
from hub.store.accounts import Accounts, Session, SessionStore, fold_login, token_hash
from hub.telemetry import LOGINS, SESSIONS_ENDED
from hub.web.limits import Failures, ThrottledError
from hub.web.passwords import Passwords

log = structlog.get_logger(__name__)

IDLE_MS = 8 * 3_600_000
"""A session without a request ends after so long."""
ABSOLUTE_MS = 12 * 3_600_000
"""Any session ends after so long."""
_TICKET_MS = 30_000
_MOST_TICKETS = 5_000
_TOUCH_MS = 60_000


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessEnded:
    """All sessions of an agent ended (or one of them, at sign-out): the agent's sockets must close now.

    A client whose other session still lives may come back with a new ticket. `reason`: logout, password, deactivated,
    role, expired.
    """

    agent: AgentId
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """Somebody who is signed in: the agent as stored now, and the session."""

    agent: Agent
    session: Session


class Doorkeeper:
    """Lets people in, recognises them, and sees them out."""

    def __init__(
        self,
        accounts: Accounts,
        sessions: SessionStore,
        passwords: Passwords,
        clock: Clock,
        *,
        signing_key: bytes,
        on_end: Callable[[AccessEnded], None],
    ) -> None:
        """Work with the given stores; `on_end` is told whenever an agent's sockets must close."""
        self._accounts = accounts
        self._sessions = sessions
        self._passwords = passwords
        self._clock = clock
        self._key = hashlib.sha256(b"peyk csrf\0" + signing_key).digest()
        self._on_end = on_end
        self._generations: dict[AgentId, int] = {}
        self._by_account = Failures(clock, allowed=20)
        self._by_address = Failures(clock, allowed=100)

    async def sign_in(self, login: str, password: str, address: str) -> tuple[str, Agent]:
        """Check a password and begin a session with an id of its own; return the session's token.

        An unknown login takes as long and says the same as a wrong password.

        Raises:
            Unauthorized: Login and password do not fit (`wrong_login`).
            ThrottledError: Too many wrong tries for this account or from this address; never for ever.
        """
        account = fold_login(login)[:200]
        self._refuse_if_waiting(account, address)
        credential = await self._accounts.by_login(login)
        known = credential is not None and credential.agent.active
        fits = await self._passwords.verify(credential.password if credential and known else None, password)
        # `is True`: a verifier that hands back anything else, such as a coroutine somebody forgot to await, lets
        # nobody in.
        if fits is not True or credential is None or not known:
            self._by_account.failed(account)
            self._by_address.failed(address)
            LOGINS.labels("refused").inc()
            raise Unauthorized("Login and password do not fit.", code="wrong_login")
        self._by_account.succeeded(account)
        LOGINS.labels("ok").inc()
        if self._passwords.is_outdated(credential.password):
            await self._accounts.rehash(credential.agent.id, credential.password, await self._passwords.hash(password))
        token, _ = await self.begin(credential.agent)
        return token, credential.agent

    async def confirm(self, agent: AgentId, password: str) -> None:
        """Check the own password again, before it is changed.

        Counts as a try. Raises Unauthorized (`wrong_password`).
        """
        self._refuse_if_waiting(f"own:{agent}", "")
        credential = await self._accounts.credential(agent)
        if credential is None or await self._passwords.verify(credential.password, password) is not True:
            self._by_account.failed(f"own:{agent}")
            raise Unauthorized("This is not your present password.", code="wrong_password", field="password.old")

    async def recognise(self, token: str | None) -> SignedIn | None:
        """The agent behind a session token, as stored at this moment; None for anybody else."""
        if not token or len(token) > 200:
            return None
        session = await self._sessions.find(token_hash(token))
        if session is None:
            return None
        now = self._clock.now()
        agent = await self._accounts.get(session.agent)
        if agent is None or agent.active is not True or agent.epoch != session.epoch:
            await self._sessions.end(session.id)
            return None
        if self.is_over(session):
            await self._end(session, "expired")
            return None
        if now - session.seen_at > _TOUCH_MS:
            await self._sessions.touch(session.id, now)
        return SignedIn(agent=agent, session=session)

    def is_over(self, session: Session) -> bool:
        """Whether a session's time is up: unused for too long, or simply too old."""
        now = self._clock.now()
        return now - session.seen_at > IDLE_MS or now - session.created_at > ABSOLUTE_MS

    async def expire(self, session: Session) -> None:
        """End a session whose time is up; its sockets close."""
        await self._end(session, "expired")

    async def begin(self, agent: Agent) -> tuple[str, Session]:
        """Begin a session for somebody who has just proved who they are; return its token and what is stored."""
        return await self._sessions.begin(agent, self._clock.now(), ABSOLUTE_MS)

    async def sign_out(self, session: Session) -> None:
        """End one session; the agent's sockets close, and those of another living session come back by themselves."""
        await self._end(session, "logout")

    async def ended(self, agent: AgentId, reason: str) -> None:
        """Clean up after the agent's epoch was raised: tell the sockets first, then remove what is left."""
        SESSIONS_ENDED.labels(reason).inc()
        self._tell(agent, reason)
        await self._sessions.end_all(agent)

    def generation(self, agent: AgentId) -> int:
        """Grows each time that the agent's sockets were told to close."""
        return self._generations.get(agent, 0)

    def csrf(self, secret: str) -> str:
        """The CSRF token that belongs to a session id (or to the random cookie of the login page)."""
        return hmac.new(self._key, secret.encode(), hashlib.sha256).hexdigest()

    def csrf_fits(self, secret: str, token: str | None) -> bool:
        """Whether a token belongs to the session, compared in constant time."""
        return bool(token) and token is not None and hmac.compare_digest(self.csrf(secret).encode(), token.encode())

    def _refuse_if_waiting(self, account: str, address: str) -> None:
        wait = max(self._by_account.wait(account), self._by_address.wait(address))
        if wait > 0:
            LOGINS.labels("throttled").inc()
            text = "Too many wrong tries; wait a little and try again."
            raise ThrottledError(text, code="too_many_tries", retry_after=wait)

    async def _end(self, session: Session, reason: str) -> None:
        await self._sessions.end(session.id)
        SESSIONS_ENDED.labels(reason).inc()
        self._tell(session.agent, reason)

    def _tell(self, agent: AgentId, reason: str) -> None:
        self._generations[agent] = self.generation(agent) + 1
        self._on_end(AccessEnded(agent=agent, reason=reason))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ticket:
    agent: AgentId
    session: str
    until: int


class Tickets:
    """One-time tickets that open the desk's socket: 256 random bits, good for 30 s and once.

    They live in this process, because a browser opens its socket where it just fetched its ticket; behind a balancer
    without affinity the socket is refused and the client asks again.
    """

    def __init__(self, doorkeeper: Doorkeeper, sessions: SessionStore, accounts: Accounts, clock: Clock) -> None:
        """Start without tickets."""
        self._doorkeeper = doorkeeper
        self._sessions = sessions
        self._accounts = accounts
        self._clock = clock
        self._tickets: OrderedDict[str, _Ticket] = OrderedDict()
        self._in_use: set[str] = set()

    def issue(self, who: SignedIn) -> str:
        """Make a ticket for somebody who is signed in."""
        ticket = secrets.token_urlsafe(32)
        until = self._clock.now() + _TICKET_MS
        self._tickets[token_hash(ticket)] = _Ticket(agent=who.agent.id, session=who.session.id, until=until)
        if len(self._tickets) > _MOST_TICKETS:
            self._tickets.popitem(last=False)
        return ticket

    async def redeem(self, ticket: str) -> AgentId | None:
        """Consume a ticket: the agent's id, or None if it is unknown, used, too old, or its session is over by now."""
        found = self._tickets.pop(token_hash(ticket), None) if len(ticket) <= 200 else None
        if found is None or found.until < self._clock.now():
            return None
        generation = self._doorkeeper.generation(found.agent)
        session = await self._sessions.find(found.session)
        agent = await self._accounts.get(found.agent)
        if session is None or agent is None or not agent.active or agent.epoch != session.epoch:
            return None
        # Who was sent away while we read would otherwise slip in behind the call that closes the sockets.
        if self._doorkeeper.generation(found.agent) != generation or self._doorkeeper.is_over(session):
            return None
        self._in_use.add(session.id)
        return agent.id

    async def end_expired(self) -> None:
        """End the sessions behind sockets whose time is up: a socket alone never asks again who it serves.

        An open desk counts as use, so a shift that is worked on the socket alone ends by its length, not by idleness.
        """
        for id_ in tuple(self._in_use):
            session = await self._sessions.find(id_)
            agent = await self._accounts.get(session.agent) if session is not None else None
            if session is None or agent is None or not agent.connected:
                self._in_use.discard(id_)
            elif self._doorkeeper.is_over(session):
                await self._doorkeeper.expire(session)
                self._in_use.discard(id_)
            else:
                await self._sessions.touch(id_, self._clock.now())
