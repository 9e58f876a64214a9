"""What has become of today's customers in line, queue by queue: counted from the store at start, then kept live.

Every stay that ends is kept in the store, so that a restart changes no figure; what a crash cut off is read again from
the timelines.
"""

import asyncio
from collections import defaultdict
from dataclasses import dataclass, field

import structlog

from hub.clock import Clock
from hub.errors import Unavailable
from hub.lanes import Appended
from hub.model.conversation import Conversation
from hub.model.fold import fold
from hub.model.ids import ConversationId
from hub.model.queues import ServiceTarget
from hub.model.stay import Stay, Tally, day_of, ended_stay
from hub.store.config import Config
from hub.store.conversations import Conversations
from hub.store.entries import Entries
from hub.store.stays import Stays

log = structlog.get_logger(__name__)

LATELY = 10_000
"""So many entries at most are newer than the newest stay that was kept before a crash."""
LOOK_BACK_MS = 60_000
PAGE = 1_000


@dataclass(slots=True)
class Today:
    """Counts stays. The day begins at midnight of the workplace's time zone."""

    store: Stays
    entries: Entries
    conversations: Conversations
    config: Config
    clock: Clock
    _tallies: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    _day: tuple[int, int] = (0, 0)
    _waiting: list[Stay] = field(default_factory=list)
    _wake: asyncio.Event = field(default_factory=asyncio.Event)
    _stale: bool = False

    async def load(self) -> None:
        """Keep what a crash cut off, then count the day."""
        newest = await self.store.newest()
        since = max(self.began(), newest - LOOK_BACK_MS) if newest is not None else self.began()
        for conversation in await self.entries.changed_hands_lately(since, LATELY):
            await self.store.record(await self._ended_since(since, conversation))
        await self._count()

    def began(self) -> int:
        """When the day began (ms)."""
        return self._today()[0]

    def tally(self, queue: str) -> Tally:
        """What the day has come to in a queue."""
        self._today()
        return self._tallies[queue]

    def on_appended(self, event: Appended) -> None:
        """Count a stay that ends."""
        stay = ended_stay(event.before, event.after, event.entry)
        if stay is None:
            return
        self._waiting.append(stay)
        self._wake.set()
        self._today()
        self._add(stay)

    def on_rules_changed(self, kind: str) -> None:
        """Another target or time zone: the day is counted anew."""
        if kind in {"queue", "workplace"}:
            self._stale = True
            self._wake.set()

    async def run(self) -> None:
        """Write what waits, for ever."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            await self.flush()
            if self._stale:
                self._stale = False
                await self._count()

    async def flush(self) -> None:
        """Write what waits now."""
        stays, self._waiting = self._waiting, []
        try:
            await self.store.record(stays)
        except Unavailable:
            log.warning("stays_late", waiting=len(stays))
            self._waiting = stays + self._waiting
            self._wake.set()
            raise

    async def _count(self) -> None:
        """Count from the store; what ends while it answers is counted, too."""
        self._day = day_of(self.clock.now(), self.config.workplace.time_zone)
        counts = await self.store.counts(self._day[0])
        self._tallies.clear()
        for one in counts:
            tally = self._tallies[one.queue]
            self._tallies[one.queue] = tally.and_also(one.outcome, one.seconds, self._target(one.queue), one.times)
        for stay in self._waiting:
            self._add(stay)

    def _add(self, stay: Stay) -> None:
        if self._day[0] <= stay.left_at < self._day[1]:
            tally = self._tallies[stay.queue]
            self._tallies[stay.queue] = tally.and_also(stay.outcome, stay.seconds, self._target(stay.queue))

    async def _ended_since(self, since: int, conversation: ConversationId) -> list[Stay]:
        row = await self.conversations.get(conversation)
        if row is None:
            return []
        state, stays = Conversation(header=row.state.header), []
        while page := await self.entries.after(conversation, state.last_seq, limit=PAGE):
            for entry in page:
                before, state = state, fold(state, entry)
                stay = ended_stay(before, state, entry)
                if stay is not None and stay.left_at >= since:
                    stays.append(stay)
        return stays

    def _today(self) -> tuple[int, int]:
        now = self.clock.now()
        if not self._day[0] <= now < self._day[1]:
            self._day = day_of(now, self.config.workplace.time_zone)
            self._tallies.clear()
        return self._day

    def _target(self, queue: str) -> ServiceTarget:
        known = self.config.queue(queue)
        return known.target if known else ServiceTarget()
