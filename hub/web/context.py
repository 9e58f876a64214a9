"""What the web layer works with: one object, made in `hub.app`, kept on the aiohttp application."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from aiohttp import web

from bot.contract import Bot
from channels.contract import Inlet
from hub.channel_config import ChannelConfig
from hub.clock import Clock
from hub.model.ids import AgentId, ConversationId
from hub.model.studio import Slot
from hub.store.accounts import Accounts, SessionStore
from hub.store.aside import Aside
from hub.store.audit import AuditTrail
from hub.store.config import Config
from hub.store.database import Database
from hub.store.files import Files
from hub.store.review import Review
from hub.training.studio import Studio
from hub.web.addresses import Network
from hub.web.assets import Assets
from hub.web.file_links import FileLinks
from hub.web.limits import Buckets
from hub.web.passwords import Passwords
from hub.web.sessions import Doorkeeper, Tickets
from hub.web.uploads import Uploads

MailPage = Callable[[bytes, bool], str]
"""Makes a page of a raw mail; the flag says whether pictures from elsewhere are shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Web:
    """The parts.

    Attributes:
        origin: The hub's own origin, as browsers send it.
        base_url: How the world reaches the hub, without a trailing slash.
        trusted: Proxies whose `X-Forwarded-For` is believed.
        channels: All channels, and inboxes with their secrets.
        inlet: The hub as channels see it.
        aside: What channels could not make a message of.
        studio: What the bot knows, and its versions.
        review: What the bot may have got wrong.
        mark: Puts a customer's message there.
        bots: The bot of a slot.
        api_limit: Requests per client address.
        last_admin: Held while an admin's rights are taken away, so that two at once cannot leave nobody.
        mail_page: Makes a harmless page of a mail.
        phone_socket: Where browsers register as telephones; empty where none does.
        agent_changed: Told when somebody's profile changed, so that the roster reads it again.
    """

    origin: str
    base_url: str
    trusted: Sequence[Network]
    clock: Clock
    database: Database
    accounts: Accounts
    sessions: SessionStore
    passwords: Passwords
    doorkeeper: Doorkeeper
    tickets: Tickets
    audit: AuditTrail
    config: Config
    channels: ChannelConfig
    inlet: Callable[[], Inlet]
    aside: Aside
    studio: Studio
    review: Review
    mark: Callable[[ConversationId, int], Awaitable[bool]]
    bots: Callable[[Slot], Bot]
    files: Files
    uploads: Uploads
    file_links: FileLinks
    assets: Assets
    api_limit: Buckets
    mail_page: MailPage
    agent_changed: Callable[[AgentId], None]
    phone_socket: Callable[[], str]
    last_admin: asyncio.Lock

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
