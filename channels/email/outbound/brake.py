"""No loops, ever: how many automatic mails may go to one address in a time, and within one conversation.

A machine that answers ours in a way that no header gives away is stopped by these numbers alone. The counts live in
this process's memory: a restart begins anew, which lets a loop run a few mails longer and no more.
"""

from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field

Limits = tuple[tuple[int, int], ...]
"""So many in so many minutes; each pair holds by itself."""

IN_CONVERSATION: Limits = ((10, 10), (15, 30), (25, 60), (50, 180), (100, 600))
TO_ADDRESS: Limits = ((30, 10), (60, 30), (120, 60), (240, 180), (360, 600))
ONCE_A_DAY: Limits = ((1, 1_440),)
_REMEMBERED = 20_000


@dataclass(slots=True)
class Brake:
    """Counts automatic mails; the same mail tried again counts once."""

    now: Callable[[], int]
    _sent: "OrderedDict[str, deque[tuple[int, str]]]" = field(default_factory=OrderedDict)

    def take(self, who: str, mail: str, limits: Limits) -> bool:
        """Count a mail to `who`; false when there were too many."""
        now, longest = self.now(), max(minutes for _, minutes in limits) * 60_000
        times = self._sent.setdefault(who, deque())
        self._sent.move_to_end(who)
        while times and times[0][0] <= now - longest:
            times.popleft()
        if any(known == mail for _, known in times):
            return True
        for most, minutes in limits:
            if sum(at > now - minutes * 60_000 for at, _ in times) >= most:
                return False
        times.append((now, mail))
        if len(self._sent) > _REMEMBERED:
            self._sent.popitem(last=False)
        return True
