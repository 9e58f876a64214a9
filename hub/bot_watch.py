"""Whether the bot can serve, asked every two seconds, and why a new conversation cannot begin with it."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import structlog

from bot.contract import Bot, BotStatus
from hub.model.config import Inbox

log = structlog.get_logger(__name__)

ASK_SECONDS = 2.0


@dataclass(slots=True)
class BotWatch:
    """Knows the bot's state; `tell(available, detail)` hears of every change."""

    bot: Bot
    enabled: bool
    tell: Callable[[BotStatus], None]
    seen: bool = False
    """Whether it has ever answered since the start; until then it is still being trained or loaded."""
    status: BotStatus = field(default_factory=lambda: BotStatus(available=False, detail="starting"))

    def refuses(self, inbox: Inbox) -> str | None:
        """Why a new conversation of this inbox cannot begin with the bot; None when it can."""
        if not self.enabled or not inbox.bot_enabled:
            return "bot_off"
        return None if self.status.available else "bot_unavailable"

    async def run(self) -> None:
        """Ask for ever."""
        while True:
            await self.ask()
            await asyncio.sleep(ASK_SECONDS)

    async def ask(self) -> None:
        """Ask now."""
        status = await self.bot.ready() if self.enabled else BotStatus(available=False, detail="off")
        self.seen = self.seen or status.available
        if self.enabled and not self.seen:
            status = replace(status, detail="training")
        if status != self.status:
            log.info("bot_status", available=status.available, detail=status.detail)
            self.status = status
            self.tell(status)
