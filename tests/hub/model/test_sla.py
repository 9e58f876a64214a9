"""Service-level clocks over whole stories. Against a walk over every minute: `test_sla_walk`."""

from dataclasses import replace

from hub.model.calendar import WEEKDAYS, Calendar
from hub.model.conversation import Conversation, Header
from hub.model.entry import SYSTEM, Author, Entry, Event, EventType, Part, text_part
from hub.model.fold import fold
from hub.model.ids import AgentId, ContactId, ConversationId, InboxId, QueueId
from hub.model.sla import Notice, SlaClock, SlaPolicy, clocks, most_urgent, next_notice

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
        author = Author(kind="contact" if who == "customer" else who, id="x")  # type: ignore[arg-type]  # agent, bot
        self._add(author, after, parts=parts or text_part("words"))

    def clock(self, promise: str, policy: SlaPolicy = POLICY, calendar: Calendar = ALWAYS) -> SlaClock | None:
        return next((one for one in clocks(self.state, policy, calendar, self.now) if one.promise == promise), None)

    def is_told(self, notice: Notice, after: int = 0) -> None:
        clock = notice.clock
        self.happens(EventType.SLA, after, reason=clock.promise, clock=clock.name, note=notice.kind)

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
    policy = replace(POLICY, targets={"first_response": 600})
    first = next_notice(story.state, policy, ALWAYS, story.now)
    assert first is not None
    assert (first.at, first.kind) == (START + 540_000, "warned")
    story.is_told(first, 530)
    second = next_notice(story.state, policy, ALWAYS, story.now)
    assert second is not None
    assert (second.at, second.kind) == (START + 600_000, "breached")
    story.is_told(second, 60)
    assert next_notice(story.state, policy, ALWAYS, story.now) is None


def test_what_was_told_stays_told_however_long_they_talk() -> None:
    story = held()
    story.writes("agent", 700)
    policy = replace(POLICY, targets={"first_response": 600, "next_response": 300})
    for _ in range(30):
        story.writes("customer", 10)
        for wait in (250, 60):
            notice = next_notice(story.state, policy, ALWAYS, story.now + wait * 1000)
            assert notice is not None
            assert notice.clock.promise == "next_response"
            story.is_told(notice, wait)
        story.writes("agent", 10)
        assert len(story.state.sla_told) <= 2
        assert story.state.open


def test_a_warning_comes_in_open_hours_too() -> None:
    story = held()
    calendar = Calendar(time_zone="UTC", week=dict.fromkeys(WEEKDAYS, (("09:00", "10:00"),)), always_open=False)
    clock = story.clock("first_response", replace(POLICY, targets={"first_response": 300}, warn_seconds=300), calendar)
    assert clock is not None
    assert clock.warn is None
    clock = story.clock("first_response", replace(POLICY, targets={"first_response": 360}, warn_seconds=300), calendar)
    assert clock is not None
    opening = calendar.next_opening(START)
    assert opening is not None
    assert (clock.warn, clock.due) == (opening + 60_000, opening + 360_000)


def test_putting_aside_and_waking_gives_no_new_time() -> None:
    story = held()
    story.writes("agent", 10)
    story.writes("customer", 10)
    asked = story.now
    story.happens(EventType.SNOOZED, 60, agent=SARA, until=story.now + 10**7)
    story.happens(EventType.WOKE, 60)
    clock = story.clock("next_response")
    assert clock is not None
    assert clock.since == asked


def test_an_answer_while_it_is_put_aside_begins_the_pause() -> None:
    story = held()
    story.happens(EventType.SNOOZED, 10, agent=SARA, until=story.now + 10**7)
    running = story.clock("resolution")
    assert running is not None
    assert running.state == "running"
    story.writes("agent", 10)
    paused = story.clock("resolution")
    assert paused is not None
    assert paused.state == "paused"


def test_a_pause_ends_when_it_goes_to_the_bot_or_is_resolved() -> None:
    for ending in (EventType.TO_BOT, EventType.RESOLVED):
        story = held()
        story.writes("agent", 10)
        story.happens(EventType.SNOOZED, 10, agent=SARA, until=story.now + 10**7)
        story.happens(ending, 10_000, agent=SARA)
        clock = story.clock("resolution")
        assert clock is not None
        assert clock.due == START + 7_200_000 + 10_000_000
        assert clock.state == ("met" if ending is EventType.RESOLVED else "running")


def test_each_handoff_asks_for_a_first_response_anew() -> None:
    story = held()
    story.writes("agent", 10)
    story.happens(EventType.TO_BOT, 10, agent=SARA)
    assert story.clock("first_response") is None
    story.writes("customer", 10)
    story.happens(EventType.HANDOFF, 10, reason="asked")
    clock, resolution = story.clock("first_response"), story.clock("resolution")
    assert clock is not None
    assert resolution is not None
    assert (clock.since, clock.state, resolution.since) == (story.now, "running", START)


def test_who_comes_back_after_the_end_has_new_clocks() -> None:
    story = held()
    story.writes("agent", 10)
    story.happens(EventType.RESOLVED, 10, agent=SARA)
    story.happens(EventType.REOPENED, 100_000, reason="customer")
    story.writes("customer")
    first, resolution = story.clock("first_response"), story.clock("resolution")
    assert first is not None
    assert resolution is not None
    assert (first.since, first.state, resolution.since) == (story.now, "running", story.now)


def test_what_an_agent_opens_again_owes_no_answer_to_nobody() -> None:
    story = held()
    story.writes("agent", 10)
    story.happens(EventType.RESOLVED, 10, agent=SARA)
    story.happens(EventType.REOPENED, 10, agent=SARA)
    assert {one.promise for one in clocks(story.state, POLICY, ALWAYS, story.now)} == {"resolution"}


def test_the_desk_shows_what_is_due_first() -> None:
    story = held()
    urgent = most_urgent(clocks(story.state, POLICY, ALWAYS, story.now))
    assert urgent is not None
    assert urgent.promise == "first_response"
    story.writes("agent", 10)
    story.happens(EventType.SNOOZED, 10, agent=SARA, until=story.now + 10**7)
    aside = most_urgent(clocks(story.state, POLICY, ALWAYS, story.now))
    assert aside is not None
    assert (aside.promise, aside.state) == ("resolution", "paused")
