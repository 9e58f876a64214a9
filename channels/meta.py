"""What WhatsApp, Messenger and Instagram share on the way in: the signature, the challenge, and whole batches.

A body holds many items, of several accounts and people, in no order, more than once. Each is taken on its own: what
cannot be read is set aside, what is of no use is counted, and the provider is told that all is well only when
everything else is stored. Only when the store is away does it get a 503, and sends the whole body again.
"""

import asyncio
import hashlib
import hmac
import json
import re
from collections.abc import Iterable, Sequence
from typing import Protocol

import structlog
from aiohttp import web
from msgspec import DecodeError, Struct, ValidationError
from msgspec.json import decode, encode

from channels.bodies import whole_body
from channels.contract import ChannelError, Configured, Inbound, Inlet
from channels.meta_events import Body, Event, Item, Passed, Reported, Said, Until, dicts, list_of
from channels.setup import SettingField
from channels.signatures import same

log = structlog.get_logger(__name__)

MAX_BODY = 3 * 1024 * 1024
BODY_SECONDS = 15.0
AT_ONCE = 16
RETRY_SECONDS = 5
_KIND = re.compile(r"[a-z][a-z_]{0,39}")


class MetaSettings(Struct, frozen=True, kw_only=True):
    """What all three ask for. `app_secret_previous` is still good while a new secret is being put in place."""

    access_token: str = ""
    app_secret: str = ""
    app_secret_previous: str = ""
    verify_token: str = ""
    api_base: str = "https://graph.facebook.com"
    graph_version: str = "v24.0"

    @property
    def secrets(self) -> tuple[str, ...]:
        """The secrets that a signature may be made with."""
        return tuple(one for one in (self.app_secret, self.app_secret_previous) if one)


FIELDS = (
    SettingField(name="access_token", kind="secret", required=True, longest=1_000, pattern=r"[\x21-\x7e]+"),
    SettingField(name="app_secret", kind="secret", required=True, longest=200, pattern=r"[\x21-\x7e]+"),
    SettingField(name="app_secret_previous", kind="secret", longest=200, pattern=r"[\x21-\x7e]*"),
    SettingField(name="verify_token", kind="generated", shown=True),
    SettingField(name="api_base", default="https://graph.facebook.com", pattern=r"https?://[^\s/?#@]+"),
    SettingField(name="graph_version", default="v24.0", pattern=r"v[0-9]{1,3}\.[0-9]", longest=8),
)
"""What an admin fills in on all three, after the account's own id."""


class Dialect(Protocol):
    """What an adapter knows of its own bodies."""

    name: str

    def account(self, inbox: Configured) -> str:
        """The id that an inbox has at the provider."""

    def settings(self, inbox: Configured) -> MetaSettings:
        """The settings of an inbox."""

    def items(self, body: Body) -> Iterable[Item]:
        """Cut a batch into its items. Takes whatever there is."""

    def events(self, item: Item, inbox: Configured) -> Sequence[Event]:
        """What an item says. Raises `ValidationError` or `ValueError` when it is nonsense."""

    async def place(self, said: Said, inlet: Inlet) -> Inbound:
        """The message with its sender's address as the hub knows it."""


def signed(raw: bytes, header: str | None, secrets: Iterable[str]) -> bool:
    """Whether `X-Hub-Signature-256` was made over these bytes with one of the secrets.

    developers.facebook.com, "Webhooks: validating payloads": `sha256=` and the hex HMAC-SHA256 of the raw body.
    """
    if header is None or len(header) != 71 or not header.isascii() or not header.startswith("sha256="):
        return False
    made = [hmac.new(one.encode(), raw, hashlib.sha256).hexdigest() for one in secrets if one]
    return sum(same(header[7:], one) for one in made) > 0  # all are compared: the time does not tell which one it was


class Webhook:
    """The routes of one of the three channels."""

    def __init__(self, dialect: Dialect, inlet: Inlet) -> None:
        """Serve all inboxes of the dialect's channel."""
        self._dialect = dialect
        self._inlet = inlet

    def routes(self) -> list[web.RouteDef]:
        """The one address that the provider calls, with GET to verify and with POST to tell."""
        path = f"/channels/{self._dialect.name}/{{inbox}}/webhook"
        return [web.get(path, self._verify, allow_head=False), web.post(path, self._tell)]

    async def take(self, raw: bytes, inbox: Configured, mine: Sequence[Configured]) -> None:
        """Take in every item of a body that came to `inbox` and may be for any of `mine`.

        Raises:
            ChannelError: `bad_body`, or retryable when not everything could be stored now.
        """
        body = _decoded(raw)
        if len(dicts(body["entry"])) != len(list_of(body["entry"])):
            odd = Item(account=None, kind="entry", data=None, body=body)
            await self._set_aside(inbox, odd, "unreadable", "")
        by_account = {self._dialect.account(one): one for one in (*mine, inbox)}
        lines: dict[str, list[tuple[Configured, Item, Event]]] = {}
        for item in self._dialect.items(body):
            target = by_account.get(item.account) if item.account else inbox
            for event in await self._events(item, target, inbox):
                lines.setdefault(_line(event), []).append((target or inbox, item, event))
        gate = asyncio.Semaphore(AT_ONCE)
        ended = await asyncio.gather(*(self._in_order(line, gate) for line in lines.values()), return_exceptions=True)
        for error in ended:
            if error is not None:
                raise error

    async def again(self, raw: bytes, inbox: Configured) -> None:
        """Take in what had been set aside. Raises `ChannelError` when it still cannot be read."""
        for item in self._dialect.items(_decoded(raw)):
            if item.account and item.account != self._dialect.account(inbox):
                raise ChannelError("refused", "This message is for another account than this inbox has.")
            try:
                events = self._dialect.events(item, inbox)
            except (ValidationError, ValueError, RecursionError) as error:
                raise ChannelError("unreadable", str(error)[:200]) from error
            for event in events:
                await self._obey(event, inbox)

    async def _verify(self, request: web.Request) -> web.Response:
        inbox = self._inbox(request)
        token = self._dialect.settings(inbox).verify_token
        query = request.query
        right = bool(token) and same(query.get("hub.verify_token", ""), token)
        if query.get("hub.mode") != "subscribe" or not right:
            raise web.HTTPForbidden(text="The verify token is another one.")
        return web.Response(text=query.get("hub.challenge", "")[:200], headers={"X-Content-Type-Options": "nosniff"})

    async def _tell(self, request: web.Request) -> web.Response:
        inbox = self._inbox(request)
        try:
            await self._told(request, inbox)
        except ChannelError as error:
            away = error.retryable and error.status != 408
            again = {"Retry-After": str(RETRY_SECONDS)} if away else {}
            return web.Response(status=503 if away else error.status, text=error.text, headers=again)
        return web.Response(text="EVENT_RECEIVED")

    async def _told(self, request: web.Request, inbox: Configured) -> None:
        raw = await whole_body(request, most=MAX_BODY, seconds=BODY_SECONDS)
        headers = request.headers.getall("X-Hub-Signature-256", [])
        header = headers[0] if len(headers) == 1 else None
        if not signed(raw, header, self._secrets(inbox)):  # a stranger costs us one inbox's secrets, not all
            log.warning("webhook_refused", channel=self._dialect.name, inbox=inbox.id)
            raise web.HTTPUnauthorized(text="The signature is missing or wrong.")
        mine = [one for one in self._inlet.inboxes(self._dialect.name) if signed(raw, header, self._secrets(one))]
        await self.take(raw, inbox, mine)

    def _inbox(self, request: web.Request) -> Configured:
        wanted = request.match_info["inbox"]
        for one in self._inlet.inboxes(self._dialect.name):
            if one.id == wanted:
                return one
        raise web.HTTPNotFound

    def _secrets(self, inbox: Configured) -> tuple[str, ...]:
        try:
            return self._dialect.settings(inbox).secrets
        except ValidationError:  # one inbox that is badly set up must not cost the others their messages
            return ()

    async def _events(self, item: Item, target: Configured | None, inbox: Configured) -> Sequence[Event]:
        """What an item says; a message that nobody can read, or that is for no inbox of ours, is set aside."""
        if target is None:
            if item.message:
                await self._set_aside(inbox, item, "no_inbox", "")
            return [Passed(kind="other_account")]
        try:
            return self._dialect.events(item, target)
        except (ValidationError, ValueError, RecursionError) as error:
            await self._set_aside(target, item, "unreadable", str(error)[:200])
            return [Passed(kind="unreadable")]

    async def _in_order(self, line: Sequence[tuple[Configured, Item, Event]], gate: asyncio.Semaphore) -> None:
        """One person's events, one after the other; what the hub refuses for good is set aside."""
        for inbox, item, event in line:
            try:
                async with gate:
                    await self._obey(event, inbox)
            except ChannelError as error:
                if error.retryable:
                    raise
                await self._set_aside(inbox, item, "refused", error.text)

    async def _obey(self, event: Event, inbox: Configured) -> None:
        match event:
            case Said():
                await self._inlet.receive(await self._dialect.place(event, self._inlet))
            case Reported():
                await self._inlet.report(inbox.id, event.external_id, event.state, reason=event.reason, code=event.code)
            case Until():
                await self._inlet.report_until(inbox.id, event.address, event.at, event.state)
            case Passed():
                kind = event.kind if _KIND.fullmatch(event.kind) else "other"
                log.info("webhook_event_unused", channel=self._dialect.name, inbox=inbox.id, kind=kind)

    async def _set_aside(self, inbox: Configured, item: Item, reason: str, summary: str) -> None:
        raw = encode(item.body)
        name = f"{item.kind}:{hashlib.sha256(raw).hexdigest()[:32]}"
        await self._inlet.set_aside(inbox.id, name, reason, raw, summary)


def _line(event: Event) -> str:
    """What must stay in order among itself."""
    match event:
        case Said():
            return f"said:{event.message.inbox}:{event.message.sender.address}"
        case Reported():
            return f"report:{event.external_id}"
        case Until():
            return f"until:{event.address}"
        case Passed():
            return "passed"


def _decoded(raw: bytes) -> Body:
    try:
        body = decode(raw)
    except (DecodeError, RecursionError, UnicodeError):
        body = _mended(raw)
    if not isinstance(body, dict) or not isinstance(body.get("entry"), list):
        raise ChannelError("bad_body", "This is not a body of this API.")
    return body


def _mended(raw: bytes) -> object:
    """The same with halves of characters replaced: a name that was cut in the middle of one must not cost a batch."""
    try:
        return decode(json.dumps(json.loads(raw), ensure_ascii=False, allow_nan=False).encode(errors="replace"))
    except (ValueError, RecursionError, DecodeError) as error:
        raise ChannelError("bad_body", "This is not JSON.") from error
