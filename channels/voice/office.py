"""What all calls of one inbox share while a hook of theirs is answered, and word of what the hub does meanwhile."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from channels.calls import Switchboard
from channels.contract import Inlet
from channels.voice.hooks import Hooks
from channels.voice.record import Records
from channels.voice.settings import VoiceSettings
from channels.voice.system import TelephoneSystem


@dataclass(slots=True)
class News:
    """Wakes those who wait for something to become of a conversation."""

    _waiting: dict[str, set[asyncio.Event]] = field(default_factory=lambda: defaultdict(set))

    def changed(self, conversation: str) -> None:
        """Somebody said something, or it changed hands."""
        for one in self._waiting.get(conversation, ()):
            one.set()

    async def until(self, conversation: str, done: Callable[[], Awaitable[bool]], seconds: float) -> bool:
        """Ask `done` now and after every change, for so long at most; whether it said yes."""
        event = asyncio.Event()
        self._waiting[conversation].add(event)
        try:
            async with asyncio.timeout(seconds):
                while not await done():
                    await event.wait()
                    event.clear()
        except TimeoutError:
            return False
        finally:
            self._waiting[conversation].discard(event)
            if not self._waiting[conversation]:
                del self._waiting[conversation]
        return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """One inbox at work. `now` is in ms since the epoch."""

    inbox: str
    inlet: Inlet
    records: Records
    settings: VoiceSettings
    hooks: Hooks
    api: TelephoneSystem
    news: News
    now: Callable[[], int]

    @property
    def switchboard(self) -> Switchboard:
        """The hub, as a channel of calls sees it."""
        return self.inlet.switchboard
