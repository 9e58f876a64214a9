"""What became of those who waited, and how well a line was served. Pure; shares are never averaged.

offered = answered + abandoned + flow-out. The service level leaves out who left at once, and who went elsewhere.
"""

from dataclasses import dataclass, replace
from typing import Literal

from hub.model.conversation import Conversation
from hub.model.entry import Entry, EventType
from hub.model.queues import ServiceTarget

Outcome = Literal["answered", "abandoned", "flow_out"]
_ELSEWHERE = frozenset({EventType.OVERFLOWED, EventType.MOVED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """A stay in a line that has ended: since when (ms, the place; in this line after an overflow), until, and how."""

    conversation: str
    queue: str
    start: int
    end: int
    outcome: Outcome


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

    def with_(self, wait: Wait, target: ServiceTarget) -> "Service":
        """The counts with one more."""
        ms = wait.end - wait.start
        match wait.outcome:
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


def wait_ended(before: Conversation, entry: Entry, after: Conversation) -> Wait | None:
    """The stay in a line that ends with an entry; None when none does."""
    if not before.waits or not before.contact_seq or entry.event is None:
        return None
    if after.waits and entry.event.type not in _ELSEWHERE:
        return None
    if after.owner.kind == "agent":
        outcome: Outcome = "answered"
    elif not after.waits and entry.author.kind == "contact":
        outcome = "abandoned"
    else:
        outcome = "flow_out"
    start = before.entered_at if (before.entered_at or 0) > (before.queued_at or 0) else before.queued_at
    return Wait(conversation=after.id, queue=before.queue or "", start=start or entry.at, end=entry.at, outcome=outcome)
