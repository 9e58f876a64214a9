"""How well each line has been served since midnight; from the store at the start, and kept up with what happens."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from hub.clock import Clock
from hub.lanes import Appended
from hub.model.queues import ServiceTarget
from hub.model.service import Service
from hub.model.visits import Visit, visits_in
from hub.store.config import Config
from hub.store.visits import Visits


@dataclass(slots=True)
class Today:
    """The counts of the day, per line."""

    config: Config
    visits: Visits
    clock: Clock
    _since: int = 0
    _ended: dict[str, list[Visit]] = field(default_factory=lambda: defaultdict(list))
    _known: dict[str, tuple[int, ServiceTarget, Service]] = field(default_factory=dict)

    async def load(self) -> None:
        """Read what has been today."""
        self._since = self._midnight()
        self._ended.clear()
        for visit in await self.visits.ended_since(self._since):
            self._ended[visit.queue].append(visit)

    def on_appended(self, event: Appended) -> None:
        """Count who waits no more."""
        for visit in visits_in(event.before, event.after, event.entry):
            if visit.end is not None:
                self._ended[visit.queue].append(visit)

    def began(self) -> int:
        """When the day began (ms)."""
        return self._midnight()

    def service(self) -> Mapping[str, Service]:
        """Every line's counts by the targets of now; after midnight they begin anew."""
        midnight = self._midnight()
        if midnight != self._since:
            self._since = midnight
            self._known.clear()
            for queue, visits in self._ended.items():
                self._ended[queue] = [visit for visit in visits if (visit.end or 0) >= midnight]
        return {queue.id: self._counted(queue.id, queue.target) for queue in self.config.queues.values()}

    def _counted(self, queue: str, target: ServiceTarget) -> Service:
        done, by, service = self._known.get(queue, (0, target, Service()))
        if by != target:
            done, service = 0, Service()
        for visit in self._ended[queue][done:]:
            service = service.with_(visit, target)
        self._known[queue] = (len(self._ended[queue]), target, service)
        return service

    def _midnight(self) -> int:
        zone = ZoneInfo(self.config.workplace.time_zone)
        local = datetime.fromtimestamp(self.clock.now() / 1000, UTC).astimezone(zone)
        return int(local.replace(hour=0, minute=0, second=0, microsecond=0).timestamp() * 1000)
