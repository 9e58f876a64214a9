"""The verdict over a run. Pure: a journal and what the store holds in; numbers out. It has tests of its own."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from itertools import pairwise

from tests.load.journal import Journal, Sight


@dataclass(frozen=True, slots=True)
class Kept:
    """A message as the store holds it."""

    conversation: str
    seq: int
    author: str
    client_id: str | None


@dataclass(slots=True)
class Verdict:
    """`lost`: acknowledged and not stored, or not shown to a reader who must have it; `doubled`: stored or shown twice;
    `reordered`: numbers that did not grow, or an order that the store does not have. `why`: the first few, in words.
    """

    sent: int = 0
    acknowledged: int = 0
    stored: int = 0
    lost: int = 0
    doubled: int = 0
    reordered: int = 0
    why: list[str] = field(default_factory=list)

    @property
    def good(self) -> bool:
        """Nothing lost, doubled or reordered."""
        return not (self.lost or self.doubled or self.reordered)

    def as_dict(self) -> dict[str, object]:
        """For the last line; `why` only when there is something to tell."""
        fields = asdict(self)
        if not self.why:
            del fields["why"]
        return fields

    def complain(self, kind: str, words: str, times: int = 1) -> None:
        """Count something that must not be."""
        setattr(self, kind, getattr(self, kind) + times)
        if len(self.why) < 10:
            self.why.append(f"{kind}: {words}")


def check(journal: Journal, kept: Iterable[Kept], audience: Mapping[str, Iterable[str]]) -> Verdict:
    """Judge a run.

    Args:
        journal: What the clients know.
        kept: Every message of the conversations in question, in any order.
        audience: Who must have seen everything that was acknowledged: readers by conversation.
    """
    verdict = Verdict(sent=len(journal.sent), acknowledged=len(journal.acked))
    timelines: dict[str, list[Kept]] = defaultdict(list)
    for one in kept:
        timelines[one.conversation].append(one)
    for timeline in timelines.values():
        timeline.sort(key=lambda one: one.seq)
    _check_store(journal, timelines, verdict)
    for (reader, conversation), view in journal.views.items():
        _check_view(reader, view.sights, timelines[conversation], verdict)
        if view.doubled:
            verdict.complain("doubled", f"{reader} was shown {view.doubled} entries again", view.doubled)
        if view.reordered:
            verdict.complain("reordered", f"{reader} was shown {view.reordered} entries too late", view.reordered)
    _check_audience(journal, audience, verdict)
    return verdict


def _check_store(journal: Journal, timelines: Mapping[str, list[Kept]], verdict: Verdict) -> None:
    places: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for conversation, timeline in timelines.items():
        for seq, times in Counter(one.seq for one in timeline).items():
            if times > 1:
                verdict.complain("doubled", f"number {seq} of {conversation} is there {times} times", times - 1)
        for one in timeline:
            if one.client_id is not None:
                places[one.client_id].append((conversation, one.seq))
    verdict.stored = sum(1 for client_id in journal.sent if client_id in places)
    for client_id in journal.sent:
        extra = len(places.get(client_id, ())) - 1
        if extra > 0:
            verdict.complain("doubled", f"{client_id} is stored {extra + 1} times", extra)
    for client_id, ack in journal.acked.items():
        if (ack.conversation, ack.seq) not in places.get(client_id, ()):
            verdict.complain("lost", f"{client_id} was acknowledged as {ack.seq} and is not stored there")


def _check_view(reader: str, sights: list[Sight], timeline: list[Kept], verdict: Verdict) -> None:
    seqs = [one.seq for one in sights]
    wrong = sum(1 for before, after in pairwise(seqs) if after <= before)
    if wrong:
        verdict.complain("reordered", f"the numbers that {reader} sees do not grow", wrong)
    for client_id, times in Counter(one.client_id for one in sights if one.client_id).items():
        if times > 1:
            verdict.complain("doubled", f"{reader} sees {client_id} {times} times", times - 1)
    stored = {one.seq: one.client_id for one in timeline}
    for one in sights:
        if one.client_id is not None and stored.get(one.seq) != one.client_id:
            verdict.complain("reordered", f"{reader} sees {one.client_id} as {one.seq}; the store does not")


def _check_audience(journal: Journal, audience: Mapping[str, Iterable[str]], verdict: Verdict) -> None:
    # By number: a customer is not told the agent's client ids.
    seen = {key: {one.seq for one in view.sights} for key, view in journal.views.items()}
    for client_id, ack in journal.acked.items():
        for reader in audience.get(ack.conversation, ()):
            if ack.seq not in seen.get((reader, ack.conversation), ()):
                verdict.complain("lost", f"{reader} never saw {client_id} ({ack.seq} of {ack.conversation})")
