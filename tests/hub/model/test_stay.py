"""Stays in a line: every one ends once, in one of three ways, and days add up to a service level."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.errors import Conflict
from hub.model.conversation import Conversation, Header, check
from hub.model.entry import BOT, SYSTEM, Author, Entry, Event, EventType, text_part
from hub.model.fold import fold
from hub.model.ids import AgentId, ContactId, ConversationId, InboxId, QueueId
from hub.model.queues import ServiceTarget
from hub.model.stay import Outcome, Stay, Tally, day_of, ended_stay, in_line

HEADER = Header(
    id=ConversationId("c"),
    number=1,
    inbox=InboxId("shop"),
    channel="webchat",
    contact=ContactId("p"),
    address="v",
    created_at=0,
)
ALI, SALES, SUPPORT = AgentId("ali"), QueueId("sales"), QueueId("support")
CUSTOMER, MINA = Author(kind="contact", id="p"), Author(kind="agent", id="mina")
TARGET = ServiceTarget(percent=80, seconds=20, short_abandon_seconds=5)


class Story:
    """A conversation in a line, a millisecond at a time, with the stays that ended."""

    def __init__(self, queue: QueueId = SUPPORT) -> None:
        self.state = Conversation(header=HEADER)
        self.now = 0
        self.entered = 0
        self.stays: list[Stay] = []
        self.happens(Event(type=EventType.OPENED, queue=queue))
        self.writes()

    def happens(self, event: Event, by: Author = SYSTEM) -> None:
        check(self.state, event)
        self._add(Entry(**self._next(), author=by, kind="event", event=event))

    def writes(self) -> None:
        self._add(Entry(**self._next(), author=CUSTOMER, kind="message", parts=text_part("x")))

    def _next(self) -> dict[str, object]:
        self.now += 1
        return {"conversation": HEADER.id, "seq": self.state.last_seq + 1, "at": self.now, "dedupe": str(self.now)}

    def _add(self, entry: Entry) -> None:
        before, self.state = self.state, fold(self.state, entry)
        stay = ended_stay(before, self.state, entry)
        if stay is not None:
            self.stays.append(stay)
        again = in_line(before) and before.entered_at != self.state.entered_at
        if in_line(self.state) and (again or not in_line(before)):
            self.entered += 1


ENDINGS: list[tuple[Event, Author, Outcome]] = [
    (Event(type=EventType.TAKEN, agent=ALI), Author(kind="agent", id="ali"), "answered"),
    (Event(type=EventType.ASSIGNED, agent=ALI), MINA, "answered"),
    (Event(type=EventType.RESOLVED, reason="customer_ended"), CUSTOMER, "abandoned"),
    (Event(type=EventType.RESOLVED, reason="began_anew"), SYSTEM, "abandoned"),
    (Event(type=EventType.RESOLVED, reason="idle"), SYSTEM, "flow_out"),
    (Event(type=EventType.MOVED, queue=SALES), MINA, "flow_out"),
    (Event(type=EventType.OVERFLOWED, queue=SALES, reason="max_wait"), SYSTEM, "flow_out"),
    (Event(type=EventType.TO_BOT), BOT, "flow_out"),
]


@pytest.mark.parametrize(("event", "by", "outcome"), ENDINGS)
def test_each_way_out_of_a_line_is_one_of_three(event: Event, by: Author, outcome: Outcome) -> None:
    story = Story()
    story.happens(event, by)
    (stay,) = story.stays
    assert (stay.queue, stay.outcome, stay.seq) == (SUPPORT, outcome, story.state.last_seq)


def test_offers_that_come_and_go_belong_to_one_stay_that_begins_with_the_queue() -> None:
    story = Story()
    story.happens(Event(type=EventType.OFFERED, agent=ALI, until=9, reason="longest_idle"))
    story.happens(Event(type=EventType.EXPIRED, agent=ALI))
    story.happens(Event(type=EventType.OFFERED, agent=ALI, until=9, reason="longest_idle"))
    assert not story.stays
    story.happens(Event(type=EventType.ACCEPTED, agent=ALI))
    (stay,) = story.stays
    assert (stay.entered_at, stay.left_at, stay.outcome) == (1, 6, "answered")


def test_who_says_nothing_was_never_in_the_line() -> None:
    opened = Entry(
        conversation=HEADER.id,
        seq=1,
        at=1,
        dedupe="1",
        author=SYSTEM,
        kind="event",
        event=Event(type=EventType.OPENED, queue=SUPPORT),
    )
    state = fold(Conversation(header=HEADER), opened)
    closed = replace(opened, seq=2, at=9, dedupe="2", event=Event(type=EventType.RESOLVED, reason="customer_ended"))
    assert ended_stay(state, fold(state, closed), closed) is None


HAPPENINGS = [
    *(event for event, _, _ in ENDINGS),
    Event(type=EventType.OFFERED, agent=ALI, until=9, reason="longest_idle"),
    Event(type=EventType.ACCEPTED, agent=ALI),
    Event(type=EventType.DECLINED, agent=ALI),
    Event(type=EventType.RETURNED, agent=ALI, reason="handed_back"),
    Event(type=EventType.TRANSFERRED, agent=ALI, queue=SALES),
    Event(type=EventType.HANDOFF, queue=SUPPORT, reason="requested"),
    Event(type=EventType.REOPENED, queue=SUPPORT, reason="customer"),
    Event(type=EventType.MOVED, queue=SUPPORT),
]


@given(st.lists(st.sampled_from(HAPPENINGS), max_size=40))
def test_offered_is_answered_and_abandoned_and_flow_out_and_who_still_waits(happenings: list[Event]) -> None:
    story = Story()
    for event in happenings:
        try:
            story.happens(event, CUSTOMER if event.reason == "customer_ended" else SYSTEM)
        except Conflict:
            continue
    tally = Tally()
    for stay in story.stays:
        tally = tally.and_also(stay.outcome, stay.seconds, TARGET)
    assert story.entered == tally.offered + in_line(story.state)
    assert len({stay.seq for stay in story.stays}) == len(story.stays)


SPELLS = st.lists(st.tuples(st.sampled_from(["answered", "abandoned", "flow_out"]), st.integers(0, 60)), max_size=50)


@given(SPELLS)
def test_the_service_level_is_numbers_that_a_clerk_would_count(spells: list[tuple[Outcome, int]]) -> None:
    tally = Tally()
    for outcome, seconds in spells:
        tally = tally.and_also(outcome, seconds, TARGET)
    in_time = [one for one in spells if one[0] == "answered" and one[1] <= 20]
    counted = [one for one in spells if one[0] == "answered" or (one[0] == "abandoned" and one[1] > 5)]
    assert tally.service_level == (len(in_time), len(counted))
    assert tally.offered == len(spells)


@pytest.mark.parametrize(("ms", "seconds"), [(0, 0), (1, 1), (20_000, 20), (20_001, 21), (-5, 0)])
def test_a_begun_second_is_a_second(ms: int, seconds: int) -> None:
    stay = Stay(
        conversation="c", seq=1, queue="q", channel="webchat", entered_at=1_000, left_at=1_000 + ms, outcome="answered"
    )
    assert stay.seconds == seconds


@pytest.mark.parametrize("zone", ["Asia/Tehran", "Europe/Berlin", "America/Santiago", "UTC"])
@given(now=st.integers(1_600_000_000_000, 1_900_000_000_000))
def test_a_day_begins_at_midnight_of_the_zone_and_holds_the_moment(zone: str, now: int) -> None:
    begins, ends = day_of(now, zone)
    assert begins <= now < ends
    assert 23 * 3_600_000 <= ends - begins <= 25 * 3_600_000
    there = datetime.fromtimestamp(begins / 1000, ZoneInfo(zone))
    assert (there.hour, there.minute, there.second) in {(0, 0, 0), (1, 0, 0)}  # midnight may not exist
