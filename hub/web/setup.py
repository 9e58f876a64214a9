"""Puts the web layer together; `hub.app` calls `make_web` once and `attach` on its application."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256
from pathlib import Path

from aiohttp import web

from bot.contract import Bot
from channels.contract import Inlet
from hub.channel_config import ChannelConfig
from hub.clock import Clock
from hub.errors import Conflict, NotFound
from hub.model.ids import AgentId, ConversationId
from hub.model.studio import Slot
from hub.store.accounts import Accounts, SessionStore
from hub.store.aside import Aside
from hub.store.audit import AuditTrail
from hub.store.config import Config
from hub.store.database import Database
from hub.store.files import Files
from hub.store.review import Review
from hub.store.rollouts import Rollouts
from hub.store.studio import StudioStore
from hub.store.versions import Versions
from hub.training.studio import Studio
from hub.web.addresses import networks
from hub.web.assets import Assets
from hub.web.context import WEB, MailPage, Web
from hub.web.file_links import FileLinks
from hub.web.headers import add_headers
from hub.web.http import mount, origin_of
from hub.web.limits import Buckets
from hub.web.middlewares import observe, refuse_at_the_door
from hub.web.pages import set_up_templates
from hub.web.passwords import Passwords
from hub.web.routes import ROUTES
from hub.web.sessions import AccessEnded, Doorkeeper, SessionRules, Tickets
from hub.web.uploads import MAX_BYTES, Uploads

DIST = Path(__file__).parents[2] / "widget" / "dist"


@dataclass(frozen=True, slots=True, kw_only=True)
class WebOptions:
    """What differs between places.

    Attributes:
        base_url: How browsers reach the hub; its origin is the only one that may change anything.
        signing_key: Secret from which CSRF tokens and links to files are made.
        trusted_proxies: Addresses or networks whose `X-Forwarded-For` is believed.
        dist: The built browser parts.
        password_kib: Memory of one password hash.
        files_url: Another address of the hub, at which strangers' files are downloaded; empty for none.
        requests_per_second: Per client address, with eight times as many at once.
    """

    base_url: str
    signing_key: bytes
    trusted_proxies: tuple[str, ...] = ()
    dist: Path = DIST
    password_kib: int = 46 * 1024
    max_file: int = MAX_BYTES
    files_url: str = ""
    requests_per_second: float = 50.0
    rules: SessionRules = field(default_factory=SessionRules)


def no_bot(slot: Slot) -> Bot:
    """Where no bot is, none can be tried out."""
    raise Conflict(f"There is no bot in slot {slot}.", code="not_loaded")


async def nobody_marks(conversation: ConversationId, seq: int) -> bool:
    """Where no conversations are, none of their messages can be marked."""
    raise NotFound("There is no such message.")


def make_web(
    database: Database,
    config: Config,
    clock: Clock,
    options: WebOptions,
    *,
    channels: ChannelConfig,
    inlet: Callable[[], Inlet],
    aside: Aside,
    on_access_ended: Callable[[AccessEnded], None] = lambda ended: None,
    on_agent_changed: Callable[[AgentId], None] = lambda agent: None,
    phone_socket: Callable[[], str] = str,
    mark: Callable[[ConversationId, int], Awaitable[bool]] = nobody_marks,
    bots: Callable[[Slot], Bot] = no_bot,
    mail_page: MailPage = lambda raw, pictures: "",
) -> Web:
    """Make the parts. `on_access_ended` must close the agent's sockets at once; call `close` at the end."""
    accounts, sessions, files = Accounts(database), SessionStore(database), Files(database)
    passwords = Passwords(memory_kib=options.password_kib)
    doorkeeper = Doorkeeper(
        accounts,
        sessions,
        passwords,
        clock,
        signing_key=options.signing_key,
        rules=options.rules,
        on_end=on_access_ended,
    )
    rate = options.requests_per_second
    return Web(
        origin=origin_of(options.base_url),
        base_url=options.base_url.rstrip("/"),
        trusted=networks(options.trusted_proxies),
        clock=clock,
        database=database,
        accounts=accounts,
        sessions=sessions,
        passwords=passwords,
        doorkeeper=doorkeeper,
        tickets=Tickets(doorkeeper, sessions, accounts, clock),
        audit=AuditTrail(database, clock),
        config=config,
        channels=channels,
        inlet=inlet,
        aside=aside,
        studio=Studio(StudioStore(database), Versions(database), Rollouts(database), clock),
        review=Review(database),
        mark=mark,
        bots=bots,
        files=files,
        uploads=Uploads(files, clock, max_bytes=options.max_file),
        file_links=FileLinks(sha256(b"peyk files\0" + options.signing_key).digest(), clock, options.files_url),
        assets=Assets(options.dist),
        api_limit=Buckets(clock, per_second=rate, burst=int(rate * 8)),
        mail_page=mail_page,
        agent_changed=on_agent_changed,
        phone_socket=phone_socket,
        last_admin=asyncio.Lock(),
    )


async def index(parts: Web) -> None:
    """Make the store's indexes; harmless when they are there."""
    await parts.accounts.index()
    await parts.sessions.index()
    await parts.files.index()
    await parts.review.index()


def attach(app: web.Application, parts: Web) -> None:
    """Add middlewares, headers, templates and routes to an application."""
    app[WEB] = parts
    app.middlewares.append(observe)
    app.middlewares.append(refuse_at_the_door)
    app.on_response_prepare.append(partial(add_headers, https=parts.https))
    set_up_templates(app)
    mount(app, ROUTES)


async def close(parts: Web) -> None:
    """Stop what runs in threads."""
    await parts.passwords.close()
