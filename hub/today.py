"""How well each line has been served since midnight; from the store at the start, and kept up with what happens."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from hub.clock import Clock
from hub.lanes import Appended
from hub.model.queues import ServiceTarget
from hub.model.service import Service, Wait, wait_ended
from hub.store.config import Config
from hub.store.intervals import Intervals


@dataclass(slots=True)
class Today:
    """The counts of the day, per line."""

    config: Config
    intervals: Intervals
    clock: Clock
    _since: int = 0
    _waits: dict[str, list[Wait]] = field(default_factory=lambda: defaultdict(list))
    _known: dict[str, tuple[int, ServiceTarget, Service]] = field(default_factory=dict)

    async def load(self) -> None:
        """Read what has been today."""
        self._since = self._midnight()
        self._waits.clear()
        for wait in await self.intervals.waits_since(self._since):
            self._waits[wait.queue].append(wait)

    def on_appended(self, event: Appended) -> None:
        """Count who has waited long enough."""
        wait = wait_ended(event.before, event.entry, event.after)
        if wait is not None:
            self._waits[wait.queue].append(wait)

    def service(self) -> Mapping[str, Service]:
        """Every line's counts by the targets of now; after midnight they begin anew."""
        midnight = self._midnight()
        if midnight != self._since:
            self._since = midnight
            self._known.clear()
            for queue, waits in self._waits.items():
                self._waits[queue] = [wait for wait in waits if wait.end >= midnight]
        return {queue.id: self._counted(queue.id, queue.target) for queue in self.config.queues.values()}

    def _counted(self, queue: str, target: ServiceTarget) -> Service:
        done, by, service = self._known.get(queue, (0, target, Service()))
        if by != target:
            done, service = 0, Service()
        for wait in self._waits[queue][done:]:
            service = service.with_(wait, target)
        self._known[queue] = (len(self._waits[queue]), target, service)
        return service

    def _midnight(self) -> int:
        zone = ZoneInfo(self.config.workplace.time_zone)
        local = datetime.fromtimestamp(self.clock.now() / 1000, UTC).astimezone(zone)
        return int(local.replace(hour=0, minute=0, second=0, microsecond=0).timestamp() * 1000)
