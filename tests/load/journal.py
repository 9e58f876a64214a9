"""What a load process knows at the end: what was sent and acknowledged, and what every reader saw, in order."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class Ack:
    """The server said: stored, as this number of this conversation."""

    conversation: str
    seq: int
    author: str


@dataclass(frozen=True, slots=True)
class Sight:
    """One entry that a reader was shown."""

    seq: int
    author: str
    client_id: str | None


@dataclass(slots=True)
class View:
    """One conversation on one screen. `sights` is what stands there now, `glitches` what should never have come."""

    sights: list[Sight] = field(default_factory=list)
    doubled: int = 0
    reordered: int = 0

    @property
    def last(self) -> int:
        """The number to resume after."""
        return self.sights[-1].seq if self.sights else 0

    def show(self, sight: Sight) -> None:
        """Add an entry below the last one; what comes again or too late is counted, and not shown."""
        if sight.seq > self.last:
            self.sights.append(sight)
        elif any(one.seq == sight.seq for one in reversed(self.sights)):
            self.doubled += 1
        else:
            self.reordered += 1

    def start_over(self, page: Iterable[Sight]) -> None:
        """Drop what is shown (the server said so) and show a page instead."""
        self.sights = list(page)

    def prepend(self, page: Iterable[Sight]) -> None:
        """Older entries, asked for by the reader."""
        self.sights = [*page, *self.sights]


@dataclass(slots=True)
class Journal:
    """Everything, for the checker.

    `sent`: client ids with the time of the first try; `acked`: what was acknowledged, with its time in `acked_at`
    (seconds, `time.perf_counter`). `views`: by reader and conversation. `refused`: ids that were refused for good.
    """

    sent: dict[str, float] = field(default_factory=dict)
    acked: dict[str, Ack] = field(default_factory=dict)
    acked_at: dict[str, float] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    views: dict[tuple[str, str], View] = field(default_factory=dict)

    def view(self, reader: str, conversation: str) -> View:
        """A reader's screen of a conversation."""
        return self.views.setdefault((reader, conversation), View())

    def longest_gap_ms(self) -> int:
        """The longest time between two acknowledgements."""
        times = sorted(self.acked_at.values())
        return round(1000 * max((after - before for before, after in pairwise(times)), default=0.0))
