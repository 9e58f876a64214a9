"""Service-level clocks over whole stories, against a walk over every second of open time."""

import random
from dataclasses import replace

from hub.model.calendar import WEEKDAYS, Calendar
from hub.model.conversation import Conversation, Header
from hub.model.entry import SYSTEM, Author, Entry, Event, EventType, Part, text_part
from hub.model.fold import fold
from hub.model.ids import AgentId, ContactId, ConversationId, InboxId, QueueId
from hub.model.sla import SlaClock, SlaPolicy, clocks, next_notice

START = 1_774_000_000_000 // 60_000 * 60_000
MINUTE = 60_000
ALWAYS = Calendar()
POLICY = SlaPolicy(
    id="gold",
    name="gold",
    targets={"first_response": 600, "next_response": 300, "resolution": 7_200, "offer_acceptance": 60, "callback": 900},
    warn_seconds=60,
)
SARA = AgentId("sara")


class Story:
    """A conversation as things happen to it, one after another."""

    def __init__(self) -> None:
        header = Header(
            id=ConversationId("c"),
            number=1,
            inbox=InboxId("shop"),
            channel="webchat",
            contact=ContactId("p"),
            address="p",
            created_at=START,
        )
        self.state = Conversation(header=header)
        self.now = START

    def happens(self, kind: EventType, after: int = 0, **fields: object) -> None:
        event = replace(Event(type=kind), **fields)  # type: ignore[arg-type]  # the test names fields of Event
        self._add(SYSTEM, after, event=event)

    def writes(self, who: str, after: int = 0, *parts: Part) -> None:
        author = Author(kind="contact" if who == "customer" else "agent", id="x")  # type: ignore[arg-type]
        self._add(author, after, parts=parts or text_part("words"))

    def clock(self, promise: str, policy: SlaPolicy = POLICY, calendar: Calendar = ALWAYS) -> SlaClock | None:
        return next((one for one in clocks(self.state, policy, calendar, self.now) if one.promise == promise), None)

    def _add(self, author: Author, after: int, event: Event | None = None, parts: tuple[Part, ...] = ()) -> None:
        self.now += after * 1000
        entry = Entry(
            conversation=self.state.id,
            seq=self.state.last_seq + 1,
            at=self.now,
            author=author,
            kind="event" if event else "message",
            dedupe=str(self.state.last_seq),
            event=event,
            parts=parts,
        )
        self.state = fold(self.state, entry)


def held() -> Story:
    """A customer asked, waited ten seconds, and Sara took it."""
    story = Story()
    story.happens(EventType.OPENED, queue=QueueId("q"))
    story.writes("customer")
    story.happens(EventType.OFFERED, 5, agent=SARA, until=story.now + 20_000)
    story.happens(EventType.ACCEPTED, 5, agent=SARA)
    return story


def test_a_bot_alone_promises_nothing() -> None:
    story = Story()
    story.happens(EventType.OPENED)
    story.writes("customer")
    assert clocks(story.state, POLICY, ALWAYS, story.now + 10**9) == []


def test_the_first_response_counts_from_asking_for_a_person_and_is_kept_by_words_of_one() -> None:
    story = held()
    clock = story.clock("first_response")
    assert clock is not None
    assert (clock.since, clock.due, clock.state) == (START, START + 600_000, "running")
    story.writes("agent", 30)
    met = story.clock("first_response")
    assert met is not None
    assert met.state == "met"


def test_the_next_response_counts_from_the_oldest_unanswered_message() -> None:
    story = held()
    story.writes("agent", 10)
    assert story.clock("next_response") is None
    story.writes("customer", 60)
    asked = story.now
    story.writes("customer", 60)
    clock = story.clock("next_response")
    assert clock is not None
    assert (clock.since, clock.due) == (asked, asked + 300_000)
    story.writes("agent", 10)
    assert story.clock("next_response") is None


def test_parking_an_unanswered_customer_stops_no_clock() -> None:
    story = held()
    story.writes("agent", 10)
    story.writes("customer", 10)
    story.happens(EventType.SNOOZED, 10, agent=SARA, until=story.now + 10**7)
    resolution, reply = story.clock("resolution"), story.clock("next_response")
    assert resolution is not None
    assert reply is not None
    assert (resolution.state, reply.state) == ("running", "running")


def test_a_pause_while_nobody_owes_anything_moves_the_due_time_and_ends_with_the_customers_words() -> None:
    story = held()
    story.writes("agent", 10)
    story.happens(EventType.SNOOZED, 10, agent=SARA, until=story.now + 10**7)
    paused = story.clock("resolution")
    assert paused is not None
    assert (paused.state, paused.due) == ("paused", None)
    story.writes("customer", 3_600)
    resumed = story.clock("resolution")
    assert resumed is not None
    assert (resumed.state, resumed.due) == ("running", START + 7_200_000 + 3_600_000)


def test_nothing_runs_on_after_the_end() -> None:
    story = held()
    story.writes("agent", 10)
    story.writes("customer", 10)
    story.happens(EventType.RESOLVED, 10, agent=SARA)
    assert story.clock("next_response") is None
    resolution = story.clock("resolution")
    assert resolution is not None
    assert resolution.state == "met"
    assert next_notice(story.state, POLICY, ALWAYS, story.now + 10**9) is None


def test_the_promise_follows_the_policy_of_today() -> None:
    story = held()
    tight = replace(POLICY, targets={"first_response": 5})
    clock = story.clock("first_response", tight)
    assert clock is not None
    assert clock.state == "breached"


def test_a_callback_counts_from_the_wish_to_be_called() -> None:
    story = Story()
    story.happens(EventType.OPENED, queue=QueueId("q"))
    story.writes("customer")
    story.writes("customer", 60, Part(type="form_reply", form="callback", values={"phone": "0912"}))
    clock = story.clock("callback")
    assert clock is not None
    assert (clock.since, clock.due) == (story.now, story.now + 900_000)
    story.happens(EventType.OFFERED, 5, agent=SARA)
    story.happens(EventType.ACCEPTED, 5, agent=SARA)
    assert story.clock("callback") is None


def test_it_is_warned_once_and_told_once() -> None:
    story = held()
    first = next_notice(story.state, replace(POLICY, targets={"first_response": 600}), ALWAYS, story.now)
    assert first is not None
    at, clock, kind = first
    assert (at, kind) == (START + 540_000, "warned")
    story.happens(EventType.SLA, 530, reason=clock.promise, clock=clock.name, note="warned")
    second = next_notice(story.state, replace(POLICY, targets={"first_response": 600}), ALWAYS, story.now)
    assert second is not None
    assert (second[0], second[2]) == (START + 600_000, "breached")
    story.happens(EventType.SLA, 60, reason=clock.promise, clock=clock.name, note="breached")
    assert next_notice(story.state, replace(POLICY, targets={"first_response": 600}), ALWAYS, story.now) is None


def test_due_times_equal_a_walk_over_every_minute_with_pauses_and_calendars() -> None:
    dice = random.Random(5)
    for _ in range(10_000):
        calendar = _calendar(dice)
        story = held()
        story.writes("agent", 10)
        pauses = []
        for _ in range(dice.randint(0, 2)):
            story.happens(EventType.SNOOZED, dice.randint(1, 20) * 60, agent=SARA, until=story.now + 10**9)
            start = story.now
            story.happens(EventType.WOKE, dice.randint(1, 20) * 60)
            pauses.append((start, story.now))
        minutes = dice.randint(1, 40)
        clock = story.clock("resolution", replace(POLICY, targets={"resolution": minutes * 60}), calendar)
        assert clock is not None
        assert clock.due == _walked(calendar, START, minutes, pauses), (calendar, minutes, pauses)


def _calendar(dice: random.Random) -> Calendar:
    opens = dice.randint(0, 4)
    window = (f"{opens:02}:00", f"{dice.randint(20, 24):02}:00")
    zone = dice.choice(("Asia/Tehran", "Europe/Berlin", "America/New_York"))
    holidays = dice.choice(((), ("jalali:01-01",), ("2026-03-20",)))
    return Calendar(
        time_zone=zone, week=dict.fromkeys(WEEKDAYS, (window,)), holidays=holidays, always_open=dice.random() < 0.2
    )


def _walked(calendar: Calendar, start: int, minutes: int, pauses: list[tuple[int, int]]) -> int:
    """The end of the last minute of so many that were open and in no pause (which begin some seconds into one)."""
    left, at = minutes * MINUTE, start
    while left:
        step = MINUTE - at % MINUTE
        edges = [edge for pause in pauses for edge in pause if at < edge < at + step]
        step = min([step, *(edge - at for edge in edges)])
        paused = any(begins <= at < ends for begins, ends in pauses)
        if calendar.is_open(at) and not paused:
            step = min(step, left)
            left -= step
        at += step
    return at
