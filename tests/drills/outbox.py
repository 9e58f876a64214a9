"""The verdict over what went out: what the store says that we sent, against what the receiver took. Pure."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass

Place = tuple[str, int]
"""A message: its conversation, and its number there."""


@dataclass(frozen=True, slots=True)
class Copy:
    """One copy that the receiver took: the id by which it recognises it, which message it is, what it says."""

    id: str
    place: Place
    body: bytes


@dataclass(slots=True)
class OutVerdict:
    """`out_lost`: never taken. `out_doubled`: second copies that the receiver could not recognise by their id, and what
    nobody sent. `overtaken`: first copies that came after a later message's. `uncertain`: an agent has to decide.
    """

    out_queued: int = 0
    out_delivered: int = 0
    out_lost: int = 0
    out_doubled: int = 0
    overtaken: int = 0
    uncertain: int = 0

    @property
    def good(self) -> bool:
        """Nothing lost, doubled or overtaken."""
        return not (self.out_lost or self.out_doubled or self.overtaken)

    def as_dict(self) -> dict[str, int]:
        """For the last line, where what was overtaken counts as reordered."""
        fields = asdict(self)
        del fields["overtaken"]
        return fields


def check_outbox(stored: Iterable[tuple[Place, str]], taken: Iterable[Copy]) -> OutVerdict:
    """Judge.

    Args:
        stored: Our messages with their delivery state.
        taken: What the receiver took, as it came.
    """
    states = dict(stored)
    ids: dict[Place, set[str]] = defaultdict(set)
    bodies: dict[str, set[bytes]] = defaultdict(set)
    last: dict[str, int] = {}
    found = OutVerdict(out_queued=len(states))
    for copy in taken:
        conversation, seq = copy.place
        if copy.place not in ids:
            found.overtaken += seq < last.get(conversation, 0)
            last[conversation] = max(seq, last.get(conversation, 0))
        ids[copy.place].add(copy.id)
        bodies[copy.id].add(copy.body)
    found.out_delivered = len(states.keys() & ids.keys())
    found.uncertain = sum(1 for state in states.values() if state == "uncertain")
    found.out_lost = len(states) - len(states.keys() & ids.keys())
    found.out_doubled = sum(len(one) - 1 for one in [*ids.values(), *bodies.values()]) + len(ids.keys() - states.keys())
    return found
