"""What became of those who waited, and how well a line was served. Pure; shares are never averaged.

offered = answered + abandoned + flow-out. The service level leaves out who left at once, and who went elsewhere.
"""

from dataclasses import dataclass, replace

from hub.model.queues import ServiceTarget
from hub.model.visits import Visit


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """Counts of a line. `short`: those of the abandoned who left at once; `waited_ms`: of those answered."""

    answered: int = 0
    in_time: int = 0
    abandoned: int = 0
    short: int = 0
    flow_out: int = 0
    waited_ms: int = 0

    @property
    def level(self) -> float | None:
        """The share answered in time; None when nobody counts yet."""
        counted = self.answered + self.abandoned - self.short
        return self.in_time / counted if counted else None

    def with_(self, visit: Visit, target: ServiceTarget) -> "Service":
        """The counts with one more stay that has ended."""
        ms = (visit.end or visit.start) - visit.start
        match visit.fate:
            case "answered":
                return replace(
                    self,
                    answered=self.answered + 1,
                    in_time=self.in_time + (ms <= target.seconds * 1000),
                    waited_ms=self.waited_ms + ms,
                )
            case "abandoned":
                left_at_once = ms < target.short_abandon_seconds * 1000
                return replace(self, abandoned=self.abandoned + 1, short=self.short + left_at_once)
            case "flow_out":
                return replace(self, flow_out=self.flow_out + 1)
            case None:
                return self
