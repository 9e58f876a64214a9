"""Calls whose end was never told: the telephone system is asked for its own record of them."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import structlog

from channels.calls import CallChannel
from channels.contract import Channel, ChannelError
from hub.clock import Clock
from hub.phones import call_of
from hub.store.conversations import Conversations

log = structlog.get_logger(__name__)

EVERY_SECONDS = 60.0
QUIET_MS = 60_000
"""So long has nothing been added to the timeline of a live call that is asked for."""


@dataclass(frozen=True, slots=True)
class LostCalls:
    """Looks after them, in every process: ending a call twice changes nothing."""

    conversations: Conversations
    channels: Callable[[], Mapping[str, Channel]]
    clock: Clock

    async def run(self) -> None:
        """For ever."""
        while True:
            await asyncio.sleep(EVERY_SECONDS)
            await self.sweep(self.clock.now())

    async def sweep(self, now: int) -> None:
        """Ask for all that have been quiet until now (ms)."""
        for row in await self.conversations.live_calls(quiet_since=now - QUIET_MS):
            channel = self.channels().get(row.state.header.channel)
            if not isinstance(channel, CallChannel) or not row.state.header.thread:
                continue
            try:
                await channel.confirm(call_of(row.state))
            except ChannelError as error:
                log.info("call_not_asked_for", conversation=row.state.id, code=error.code)
