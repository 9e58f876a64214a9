"""What the web layer works with: one object, made in `hub.app`, kept on the aiohttp application."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from pathlib import Path

from aiohttp import web

from bot.contract import Bot
from channels.contract import Inlet
from hub.channel_config import ChannelConfig
from hub.clock import Clock
from hub.model.ids import AgentId, ConversationId
from hub.model.rollout import Slot
from hub.store.accounts import Accounts, SessionStore
from hub.store.aside import Aside
from hub.store.audit import AuditTrail
from hub.store.bot_stays import BotStays
from hub.store.config import Config
from hub.store.database import Database
from hub.store.files import Files
from hub.store.flow_versions import FlowVersions
from hub.store.review import Review
from hub.store.rollouts import Rollouts
from hub.store.stories import Stories
from hub.store.studio import StudioStore
from hub.store.versions import Versions
from hub.training.studio import Studio
from hub.web.addresses import Network, networks, origin_of
from hub.web.assets import Assets
from hub.web.file_links import FileLinks
from hub.web.limits import Buckets
from hub.web.listening import Listening
from hub.web.passwords import Passwords
from hub.web.sessions import AccessEnded, Doorkeeper, Tickets
from hub.web.uploads import Uploads

MailPage = Callable[[bytes, bool], str]
"""Makes a page of a raw mail; the flag says whether pictures from elsewhere are shown."""


DIST = Path(__file__).parents[2] / "widget" / "dist"
REQUESTS_PER_SECOND = 50.0
REQUESTS_AT_ONCE = 400
"""Of one client address."""


@dataclass(frozen=True, kw_only=True)
class Web:
    """The parts. Each is made when it is first asked for, from what the hub gives.

    Attributes:
        base_url: How the world reaches the hub, without a trailing slash.
        signing_key: Secret from which CSRF tokens and links to files are made.
        trusted_proxies: Addresses or networks whose `X-Forwarded-For` is believed.
        files_url: Another address of the hub, at which strangers' files are downloaded; empty for none.
        channels: All channels, and inboxes with their secrets.
        inlet: The hub as channels see it.
        aside: What channels could not make a message of.
        mark: Puts a customer's message before who reviews the bot.
        bots: The bot of a slot.
        mail_page: Makes a harmless page of a mail.
        phone_socket: Where browsers register as telephones; empty where none does.
        agent_changed: Told when somebody's profile changed, so that the roster reads it again.
        access_ended: Told when somebody may no longer be here; it must close their sockets at once.
        last_admin: Held while an admin's rights are taken away, so that two at once cannot leave nobody.
    """

    base_url: str
    signing_key: bytes
    trusted_proxies: Sequence[str]
    files_url: str
    database: Database
    config: Config
    clock: Clock
    channels: ChannelConfig
    inlet: Callable[[], Inlet]
    aside: Aside
    mark: Callable[[ConversationId, int], Awaitable[bool]]
    bots: Callable[[Slot], Bot]
    mail_page: MailPage
    phone_socket: Callable[[], str]
    agent_changed: Callable[[AgentId], None]
    access_ended: Callable[[AccessEnded], None]
    last_admin: asyncio.Lock = field(default_factory=asyncio.Lock)

    @cached_property
    def origin(self) -> str:
        """The hub's own origin, as browsers send it."""
        return origin_of(self.base_url)

    @cached_property
    def trusted(self) -> Sequence[Network]:
        """Proxies whose `X-Forwarded-For` is believed."""
        return networks(self.trusted_proxies)

    @cached_property
    def accounts(self) -> Accounts:
        """Who may sign in."""
        return Accounts(self.database)

    @cached_property
    def sessions(self) -> SessionStore:
        """Who is signed in."""
        return SessionStore(self.database)

    @cached_property
    def passwords(self) -> Passwords:
        """Hashes and compares passwords."""
        return Passwords()

    @cached_property
    def doorkeeper(self) -> Doorkeeper:
        """Lets people in and sends them away."""
        return Doorkeeper(
            self.accounts,
            self.sessions,
            self.passwords,
            self.clock,
            signing_key=self.signing_key,
            on_end=self.access_ended,
        )

    @cached_property
    def tickets(self) -> Tickets:
        """One-time tickets for the desk's socket."""
        return Tickets(self.doorkeeper, self.sessions, self.accounts, self.clock)

    @cached_property
    def audit(self) -> AuditTrail:
        """What was done by whom."""
        return AuditTrail(self.database, self.clock)

    @cached_property
    def flow_versions(self) -> FlowVersions:
        """What was published of the flows of calls."""
        return FlowVersions(self.database)

    @cached_property
    def studio(self) -> Studio:
        """What the bot knows, and its versions."""
        return Studio(
            StudioStore(self.database),
            Versions(self.database),
            Rollouts(self.database),
            Stories(self.database),
            self.clock,
        )

    @cached_property
    def review(self) -> Review:
        """What the bot may have got wrong."""
        return Review(self.database)

    @cached_property
    def bot_stays(self) -> BotStays:
        """Stays with the bot, for its figures."""
        return BotStays(self.database)

    @cached_property
    def files(self) -> Files:
        """What was uploaded, and came."""
        return Files(self.database)

    @cached_property
    def uploads(self) -> Uploads:
        """Takes files in: capped, sniffed."""
        return Uploads(self.files, self.clock)

    @cached_property
    def file_links(self) -> FileLinks:
        """Links to files that are good for a minute."""
        return FileLinks(sha256(b"peyk files\0" + self.signing_key).digest(), self.clock, self.files_url)

    @cached_property
    def listening(self) -> Listening:
        """Who listens to which recording now."""
        return Listening(self.clock)

    @cached_property
    def assets(self) -> Assets:
        """The built browser parts."""
        return Assets(DIST)

    @cached_property
    def api_limit(self) -> Buckets:
        """Requests per client address."""
        return Buckets(self.clock, per_second=REQUESTS_PER_SECOND, burst=REQUESTS_AT_ONCE)

    @property
    def https(self) -> bool:
        """Whether browsers reach us over TLS: then cookies are Secure and carry the `__Host-` prefix."""
        return self.origin.startswith("https://")

    @property
    def session_cookie(self) -> str:
        """The session cookie's name."""
        return "__Host-peyk_session" if self.https else "peyk_session"

    @property
    def login_cookie(self) -> str:
        """The name of the cookie that the login form's CSRF token belongs to."""
        return "__Host-peyk_login" if self.https else "peyk_login"

    async def end_sessions(self, agent: AgentId) -> None:
        """Sign an agent out everywhere, because a supervisor says so."""
        await self.accounts.change(agent, {}, end_sessions=True)
        await self.doorkeeper.ended(agent, "supervisor")


WEB = web.AppKey("peyk_web", Web)
