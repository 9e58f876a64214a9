"""What "Test connection" says of a bot."""

import time
from collections.abc import Sequence
from urllib.parse import urlsplit

from channels.contract import ChannelError, Configured
from channels.setup import Finding
from channels.telegram.api import BotApi
from channels.telegram.content import full_name
from channels.telegram.failures import ApiError
from channels.telegram.raw import Json, line, number, obj
from channels.telegram.settings import TelegramSettings, reachable, telegram_settings

RECENT_SECONDS = 3_600
ANSWER_SECONDS = 10.0


async def findings(api: BotApi, inbox: Configured, public_url: str, webhook: str) -> Sequence[Finding]:
    """What works and what is wrong: the token, the address, and where the messenger sends updates now.

    `webhook` is the address that it should call.
    """
    try:
        settings = telegram_settings(inbox)
    except ChannelError as error:
        return (Finding(ok=False, code="misconfigured", detail=error.text),)
    try:
        me = obj(await api.call(settings, "getMe", read=ANSWER_SECONDS))
        info = obj(await api.call(settings, "getWebhookInfo", read=ANSWER_SECONDS))
    except ApiError as error:
        return (_trouble(error),)
    name = line(me.get("username"))
    return (
        Finding(ok=True, code="ok", field="token", detail=f"@{name}" if name else full_name(me)),
        *_ways(settings, public_url),
        *_webhook(settings, info, webhook),
    )


def _trouble(error: ApiError) -> Finding:
    if error.status in {401, 403, 404}:
        return Finding(ok=False, code="bad_token", field="token", detail=error.said)
    return Finding(ok=False, code="unreachable", field="api_base", detail=error.said)


def _ways(settings: TelegramSettings, public_url: str) -> Sequence[Finding]:
    if settings.mode == "webhook" and not reachable(settings, public_url):
        return (Finding(ok=False, code="no_public_address", field="mode", detail=public_url),)
    return ()


def _webhook(settings: TelegramSettings, info: Json, ours: str) -> Sequence[Finding]:
    """Another's webhook gets the updates that should be ours; ours may fail, in the messenger's words."""
    url = line(info.get("url"), 500)
    if url and (settings.mode == "polling" or url != ours):
        host = urlsplit(url).hostname or "?"  # the rest of the address may be somebody's secret
        return (Finding(ok=False, code="webhook_elsewhere", field="mode", detail=host),)
    said = line(info.get("last_error_message"), 300)
    recent = time.time() - number(info.get("last_error_date")) < RECENT_SECONDS
    if url and said and recent:
        return (Finding(ok=False, code="webhook_error", field="mode", detail=said),)
    return ()
