"""Telegram bots and their kin: webhooks and polling in, calls of the bot API out."""

import asyncio
import json
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import replace
from hashlib import sha256

import structlog
from aiohttp import web

from channels.contract import (
    Capabilities,
    Channel,
    ChannelError,
    Configured,
    DeliveryError,
    Feature,
    Inbound,
    Inlet,
    Outbound,
    Sent,
    Signal,
)
from channels.setup import Finding
from channels.signatures import same
from channels.tasks import together
from channels.telegram import compose, parse
from channels.telegram.albums import GATHER_SECONDS, Albums
from channels.telegram.api import BotApi, delivery_error
from channels.telegram.checking import findings
from channels.telegram.failures import ApiError, Refused
from channels.telegram.listen import Listening
from channels.telegram.payloads import note_name
from channels.telegram.raw import Json, decode, identity, items, obj
from channels.telegram.settings import FIELDS, MEGABYTE, TelegramSettings, settings_or_none, telegram_settings
from channels.telegram.words import words

log = structlog.get_logger(__name__)

MAX_BODY = MEGABYTE
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 (the header's name)
COURTESY_SECONDS = 4.0
"""So long may what nobody waits for take: the answer to a press, a notice, "is typing"."""
CAPABILITIES = Capabilities(
    features=frozenset({Feature.BUTTONS, Feature.ATTACHMENTS, Feature.TYPING}),
    max_text=compose.MAX_TEXT,
    text_unit="utf16",
    max_attachment=50 * MEGABYTE,
    max_buttons=24,
    max_button_title=60,
)


class Telegram(Channel):
    """The channel `telegram`: Telegram and Bale."""

    name = "telegram"
    capabilities = CAPABILITIES
    fields = FIELDS

    def __init__(self, *, api: BotApi | None = None, gather_seconds: float = GATHER_SECONDS) -> None:
        """An album is whole when no picture of it has come for `gather_seconds`."""
        self._api = api or BotApi()
        self._albums = Albums(self._store_album, gather_seconds=gather_seconds)
        self._listening = Listening(self._api, self.take, self._address)
        self._inlet: Inlet | None = None

    def routes(self, inlet: Inlet) -> Sequence[web.RouteDef]:
        """The webhook."""
        self._inlet = inlet

        async def hook(request: web.Request) -> web.StreamResponse:
            return await self._hook(request, inlet)

        return [web.post("/channels/telegram/{inbox}/{path}", hook)]

    async def run(self, inlet: Inlet) -> None:
        """Gather albums, look after webhooks, poll."""
        self._inlet = inlet
        try:
            await together(telegram_albums=self._albums.run(inlet), telegram_listening=self._listening.run(inlet))
        finally:
            await self._api.close()

    def webhook(self, inbox: Configured, base: str) -> str | None:
        """The address that the messenger calls; for a dialect without a secret header it is a secret itself."""
        return self._address(inbox, base) if settings_or_none(inbox) else None

    async def check(self, inbox: Configured, inlet: Inlet) -> Sequence[Finding]:
        """Ask the messenger who the bot is and where its updates go."""
        return await findings(self._api, inbox, inlet.public_url, self.webhook(inbox, inlet.public_url) or "")

    async def take(self, inlet: Inlet, inbox: Configured, update: Json) -> None:
        """Store what an update says; returning means durable.

        Raises:
            ChannelError: it could not be stored now; the messenger has to keep it.
        """
        try:
            await self._take(inlet, inbox, update)
        except ChannelError:
            raise
        except Exception as error:
            if isinstance(error, OSError) or getattr(error, "retryable", False):
                raise  # it is not this update's fault, so it can wait
            log.exception("telegram_update_failed", inbox=inbox.id, kind=type(error).__name__)
            raw = json.dumps(update).encode()
            await inlet.set_aside(inbox.id, f"raw.{sha256(raw).hexdigest()}", "unreadable", raw, type(error).__name__)

    async def _take(self, inlet: Inlet, inbox: Configured, update: Json) -> None:
        heard = parse.heard(update, inbox, telegram_settings(inbox).speaks)
        if heard.message is None:
            log.info("telegram_ignored", inbox=inbox.id, why=heard.ignored)
        elif heard.album is not None:
            await self._albums.add(inlet, inbox, heard.album, heard.message.external_id, update)
        else:
            await self._albums.settle(inlet, inbox, heard.message.sender.address)
            await self._store(inlet, inbox, heard, update)
        if heard.press is not None:
            await self._acknowledge(inbox, heard, heard.press)

    async def rerun(self, inbox: Configured, raw: bytes, inlet: Inlet) -> None:
        """Take in what had been set aside. Raises `ChannelError`."""
        kept = decode(raw)
        if kept is None:
            raise ChannelError("unreadable", "This is still not an update of a bot.")
        updates = [obj(one) for one in items(kept.get("album"))] or [kept]
        dialect = telegram_settings(inbox).speaks
        whole = parse.album(updates, inbox, dialect) if "album" in kept else parse.heard(kept, inbox, dialect)
        if whole is None or whole.message is None:
            raise ChannelError("unreadable", "There is no message in this update.")
        await inlet.receive(await self._unfolded(inlet, whole.message))

    async def send(self, message: Outbound, inlet: Inlet) -> Sent:
        """Make the one call that sends a message. Raises `DeliveryError`."""
        settings = self._sending_settings(message.inbox, inlet)
        wanted = compose.call(message, settings.speaks)
        if wanted is None:
            return Sent()
        try:
            for data, payload in (wanted.payloads or {}).items():
                await inlet.note(message.inbox, note_name(data) or data, {"payload": payload})
            upload = await self._upload(message, wanted, inlet)
        except ChannelError as error:
            raise DeliveryError(error.text, retryable=error.retryable, code="rejected") from error
        while True:
            try:
                result = obj(await self._api.call(settings, wanted.method, wanted.params, upload=upload))
            except ApiError as error:
                other = compose.plainer(wanted, error.said) if isinstance(error, Refused) else None
                if other is None:
                    raise delivery_error(error) from None
                upload = (other.upload, upload[1]) if upload and other.upload else None
                wanted = other
                continue
            return Sent(external_id=parse.message_id(message.to, result) if result.get("message_id") else None)

    async def signal(self, address: str, inbox: str, signal: Signal) -> None:
        """Show "is typing"."""
        configured = self._configured(inbox, self._inlet) if self._inlet else None
        if signal.type == "typing" and signal.on and signal.who in {"bot", "agent"} and configured is not None:
            with_typing = {"chat_id": identity(address), "action": "typing"}
            await self._courtesy(configured, "sendChatAction", with_typing)

    async def fetch(self, inbox: Configured, source: Mapping[str, str]) -> AsyncGenerator[bytes, None]:
        """The bytes of a file at the messenger. Raises `ChannelError`."""
        async with aclosing(self._api.download(telegram_settings(inbox), source.get("file_id", ""))) as chunks:
            async for chunk in chunks:
                yield chunk

    async def _hook(self, request: web.Request, inlet: Inlet) -> web.StreamResponse:
        inbox = self._configured(request.match_info["inbox"], inlet)
        settings = settings_or_none(inbox) if inbox else None
        if inbox is None or settings is None:
            raise web.HTTPNotFound
        _check_caller(request, settings)
        raw = await _body(request)
        update = decode(raw) if len(raw) <= MAX_BODY else None
        try:
            if update is None:
                await self._set_aside_unreadable(inlet, inbox, raw)
            else:
                await self.take(inlet, inbox, update)
        except ChannelError as error:
            log.warning("telegram_not_stored", inbox=inbox.id, code=error.code)
            raise web.HTTPServiceUnavailable(headers={"Retry-After": "2"}) from error
        return web.Response()

    async def _set_aside_unreadable(self, inlet: Inlet, inbox: Configured, raw: bytes) -> None:
        """What the messenger has signed and we can't read; a refusal would stop everything behind it."""
        reason = "too_large" if len(raw) > MAX_BODY else "unreadable"
        await inlet.set_aside(inbox.id, f"raw.{sha256(raw).hexdigest()}", reason, raw, "")

    async def _store_album(self, inlet: Inlet, inbox: Configured, updates: Sequence[Json]) -> None:
        whole = parse.album(updates, inbox, telegram_settings(inbox).speaks)
        if whole is not None:
            await self._store(inlet, inbox, whole, {"album": list(updates)})

    async def _store(self, inlet: Inlet, inbox: Configured, heard: parse.Heard, raw: Json) -> None:
        """Store a message; one that the hub will never take is set aside for an admin."""
        assert heard.message is not None
        try:
            receipt = await inlet.receive(await self._unfolded(inlet, heard.message))
        except ChannelError as error:
            if error.retryable:
                raise
            log.warning("telegram_refused", inbox=inbox.id, code=error.code)
            kept = json.dumps(raw).encode()
            await inlet.set_aside(inbox.id, heard.message.external_id, "refused", kept, error.code)
            return
        if heard.too_large and not receipt.duplicate:
            dialect = telegram_settings(inbox).speaks
            text = words(heard.locale, "tell_too_large", megabytes=dialect.max_download // MEGABYTE)
            notice = compose.notice(heard.message.sender.address, text, dialect)
            await self._courtesy(inbox, notice.method, notice.params)

    async def _unfolded(self, inlet: Inlet, message: Inbound) -> Inbound:
        """A pressed button whose payload did not fit comes back whole."""
        first = message.parts[0]
        name = note_name(first.payload or "") if first.type == "button" else None
        noted = await inlet.recall(message.inbox, name) if name else None
        payload = noted.get("payload") if noted else None
        if not isinstance(payload, str):
            return message
        return replace(message, parts=(replace(first, payload=payload), *message.parts[1:]))

    async def _upload(
        self, message: Outbound, wanted: compose.Call, inlet: Inlet
    ) -> tuple[str, tuple[str, bytes]] | None:
        if wanted.file is None or wanted.upload is None:
            return None
        file, chunks = await inlet.open_file(message.inbox, message.to, wanted.file.id)
        data = bytearray()
        async for chunk in chunks:
            data += chunk
            if len(data) > CAPABILITIES.max_attachment:
                raise DeliveryError("This file is too large for the messenger.", retryable=False, code="too_large")
        return wanted.upload, (file.name.replace('"', "'") or "file", bytes(data))

    async def _acknowledge(self, inbox: Configured, heard: parse.Heard, press: str) -> None:
        """End the button's waiting, and take the buttons away, so that nobody chooses twice by mistake."""
        await self._courtesy(inbox, "answerCallbackQuery", {"callback_query_id": press})
        if heard.message is not None and heard.under:
            gone = {"chat_id": heard.message.sender.address, "message_id": heard.under}
            await self._courtesy(inbox, "editMessageReplyMarkup", {**gone, "reply_markup": {"inline_keyboard": []}})

    async def _courtesy(self, inbox: Configured, method: str, params: Mapping[str, object]) -> None:
        """A call that nobody waits for: it may fail."""
        try:
            async with asyncio.timeout(COURTESY_SECONDS):
                await self._api.call(telegram_settings(inbox), method, params)
        except (ApiError, ChannelError, TimeoutError) as error:
            log.info("telegram_courtesy_failed", inbox=inbox.id, method=method, kind=type(error).__name__)

    def _sending_settings(self, inbox: str, inlet: Inlet) -> TelegramSettings:
        configured = self._configured(inbox, inlet)
        if configured is None:
            raise DeliveryError("There is no such inbox any more.", retryable=False, code="misconfigured")
        try:
            return telegram_settings(configured)
        except ChannelError as error:
            raise DeliveryError(error.text, retryable=False, code="misconfigured") from error

    def _configured(self, inbox: str, inlet: Inlet) -> Configured | None:
        return next((one for one in inlet.inboxes(self.name) if one.id == inbox), None)

    def _address(self, inbox: Configured, base: str) -> str:
        return f"{base}/channels/telegram/{inbox.id}/{telegram_settings(inbox).path}"


def _check_caller(request: web.Request, settings: TelegramSettings) -> None:
    """The messenger knows the secret that was set with the webhook, or the path that only it was told."""
    path = request.match_info["path"].encode("utf-8", "surrogateescape")
    good = same(path, settings.path.encode())
    if settings.speaks.secret_header:
        given = request.headers.getall(SECRET_HEADER, [])
        first = next(iter(given), "").encode("utf-8", "surrogateescape")
        good = same(first, settings.header_secret.encode()) and good and len(given) == 1
    if not good:
        raise web.HTTPUnauthorized


async def _body(request: web.Request) -> bytes:
    """The body, a little over `MAX_BODY` at most."""
    raw = bytearray()
    async for chunk in request.content.iter_chunked(65_536):
        raw += chunk
        if len(raw) > MAX_BODY:
            break
    return bytes(raw)
