"""How inboxes are configured, as adapters get it."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

from channels.contract import Configured
from hub.model.config import Inbox
from hub.store.config import Config


@dataclass(slots=True)
class ChannelConfig:
    """The configured inboxes."""

    config: Config
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        """Hear of changes."""
        self.config.on_change(self._on_change)

    def one(self, inbox: str) -> tuple[str, Configured] | None:
        """An inbox's channel and configuration."""
        known = self.config.inbox(inbox)
        return (known.channel, _configured(known)) if known is not None else None

    def inboxes(self, channel: str) -> tuple[Configured, ...]:
        """All inboxes of a channel."""
        return tuple(_configured(one) for one in self.config.inboxes.values() if one.channel == channel)

    def settings(self, inbox: str) -> Mapping[str, object] | None:
        """An inbox's settings with its name, locale and channel."""
        known = self.config.inbox(inbox)
        if known is None:
            return None
        return {**known.settings, "name": known.name, "locale": known.locale, "channel": known.channel}

    async def changed(self) -> None:
        """Return at the next change."""
        await self._changed.wait()

    def _on_change(self, kind: str) -> None:
        if kind == "inbox":
            self._changed.set()
            self._changed = asyncio.Event()


def _configured(inbox: Inbox) -> Configured:
    return Configured(id=inbox.id, name=inbox.name, locale=inbox.locale, settings=inbox.settings)
