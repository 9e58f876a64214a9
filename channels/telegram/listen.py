"""How updates come: the messenger calls the hub (webhook), or one process of all asks for them (long polling)."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeAlias

import structlog
from msgspec import Struct, convert, to_builtins

from channels.changes import next_change
from channels.contract import ChannelError, Configured, Inlet
from channels.tasks import end
from channels.telegram.api import BotApi
from channels.telegram.failures import ApiError, Refused
from channels.telegram.parse import UPDATES
from channels.telegram.raw import Json, identity, items, line, number, obj
from channels.telegram.settings import TelegramSettings, reachable, settings_or_none, telegram_settings

log = structlog.get_logger(__name__)

POLL_SECONDS = 25
LOOK_SECONDS = 300.0
"""How often a webhook is looked after."""
MOST_PAUSE = 60.0
FORGET_SECONDS = 6 * 86_400
"""After a week without updates their numbers begin anew at random, so a cursor that old means nothing."""

Take: TypeAlias = Callable[[Inlet, Configured, Json], Awaitable[None]]


class Cursor(Struct, frozen=True):
    """The next update to ask for; `at` is when the last one came (s since the epoch)."""

    offset: int = 0
    at: int = 0

    def current(self, now: float) -> int | None:
        """What to ask for now, None for whatever there is."""
        return self.offset if self.offset and now - self.at < FORGET_SECONDS else None


class Listening:
    """Attends to every inbox of the channel; `take` stores one update."""

    def __init__(self, api: BotApi, take: Take, webhook: Callable[[Configured, str], str]) -> None:
        """`webhook(inbox, base)` is the address to be called."""
        self._api = api
        self._take = take
        self._webhook = webhook

    async def run(self, inlet: Inlet) -> None:
        """Listen for all inboxes, as they are configured now, until cancelled."""
        attending: dict[str, tuple[Configured, asyncio.Task[None]]] = {}
        try:
            while True:
                async with next_change(inlet, "telegram") as change:
                    await self._settle(inlet, attending)
                    await change
        finally:
            await end([task for _, task in attending.values()])

    async def _settle(self, inlet: Inlet, attending: dict[str, tuple[Configured, asyncio.Task[None]]]) -> None:
        wanted = {one.id: one for one in inlet.inboxes("telegram")}
        stale = [id_ for id_, (inbox, _) in attending.items() if wanted.get(id_) != inbox]
        await end([attending.pop(id_)[1] for id_ in stale])
        for id_, inbox in wanted.items():
            if id_ not in attending:
                task = asyncio.create_task(self._attend(inlet, inbox), name=f"telegram-{id_}")
                attending[id_] = (inbox, task)
        self._api.keep_only([one for inbox in wanted.values() if (one := settings_or_none(inbox)) is not None])

    async def _attend(self, inlet: Inlet, inbox: Configured) -> None:
        """Serve one inbox for ever; its trouble is not the others'."""
        pause = 1.0
        while True:
            began = time.monotonic()
            try:
                settings = telegram_settings(inbox)
                async with inlet.alone(f"telegram.{inbox.id}"):
                    if settings.mode == "webhook" and reachable(settings, inlet.public_url):
                        await self._look_after(inlet, inbox, settings)
                    else:
                        await self._poll(inlet, inbox, settings)
            except ApiError as error:
                log.warning("telegram_trouble", inbox=inbox.id, kind=type(error).__name__, status=error.status)
                pause = max(pause, error.retry_after or 0.0)
            except ChannelError as error:
                log.warning("telegram_trouble", inbox=inbox.id, kind="ChannelError", code=error.code)
            except Exception as error:  # logged, and tried again; the other inboxes go on
                log.exception("telegram_trouble", inbox=inbox.id, kind=type(error).__name__)
            pause = 1.0 if time.monotonic() - began > MOST_PAUSE else pause
            await asyncio.sleep(pause)
            pause = min(pause * 2, MOST_PAUSE)

    async def _look_after(self, inlet: Inlet, inbox: Configured, settings: TelegramSettings) -> None:
        """Set the webhook, and set it again when somebody has moved it."""
        url = self._webhook(inbox, inlet.public_url)
        await self._set(settings, url)
        log.info("telegram_webhook_set", inbox=inbox.id)
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            info = obj(await self._api.call(settings, "getWebhookInfo"))
            if info.get("url") != url:
                log.warning("telegram_webhook_moved", inbox=inbox.id)
                await self._set(settings, url)
            elif waiting := number(info.get("pending_update_count")):
                log.info("telegram_webhook_waiting", inbox=inbox.id, waiting=waiting)

    async def _set(self, settings: TelegramSettings, url: str) -> None:
        wanted: dict[str, object] = {"url": url}
        if settings.speaks.secret_header:
            wanted |= {"secret_token": settings.header_secret, "allowed_updates": list(UPDATES)}
        await self._api.call(settings, "setWebhook", wanted)

    async def _poll(self, inlet: Inlet, inbox: Configured, settings: TelegramSettings) -> None:
        cursor = convert(dict(await inlet.recall(inbox.id, settings.cursor) or {}), Cursor)
        while True:
            began = time.monotonic()
            updates = await self._ask(settings, cursor)
            cursor = await self._take_all(inlet, inbox, settings, updates, cursor)
            if not updates and time.monotonic() - began < 1.0:
                await asyncio.sleep(1.0)  # a dialect that answers at once must not be asked without end

    async def _ask(self, settings: TelegramSettings, cursor: Cursor) -> list[Json]:
        """The next updates.

        Raises:
            ApiError: there are none to be had; also when somebody else asks with the same token.
        """
        wanted: dict[str, object] = {"timeout": POLL_SECONDS, "allowed_updates": list(UPDATES)}
        offset = cursor.current(time.time())
        if offset is not None:
            wanted["offset"] = offset
        try:
            answer = await self._api.call(settings, "getUpdates", wanted, read=POLL_SECONDS + 20.0)
        except Refused as refused:
            if refused.status != 409:
                raise
            if not line(obj(await self._api.call(settings, "getWebhookInfo")).get("url"), 500):
                raise
            await self._api.call(settings, "deleteWebhook")  # the admin chose to poll
            return []
        return [obj(one) for one in items(answer)]

    async def _take_all(
        self, inlet: Inlet, inbox: Configured, settings: TelegramSettings, updates: list[Json], cursor: Cursor
    ) -> Cursor:
        """Store updates in order; what is stored is never asked for again, whatever happens to the rest."""
        reached = cursor
        try:
            for update in updates:
                await self._take(inlet, inbox, update)
                if identity(update.get("update_id")):
                    reached = Cursor(number(update.get("update_id")) + 1, int(time.time()))
        finally:
            if reached != cursor:
                await inlet.note(inbox.id, settings.cursor, to_builtins(reached))
        return reached
