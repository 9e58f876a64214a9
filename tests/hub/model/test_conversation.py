"""The conversation's state machine, driven at random by writers who may hold stale fences."""

from dataclasses import replace

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from hub.errors import Conflict
from hub.model.config import Workplace
from hub.model.conversation import Conversation, Header, check
from hub.model.due import next_due
from hub.model.entry import BOT, SYSTEM, Author, Entry, EntryKind, Event, EventType, Part, text_part
from hub.model.fold import fold, fold_all
from hub.model.ids import AgentId, ContactId, ConversationId, InboxId, QueueId
from hub.model.queues import Queue
from hub.model.visits import visit_of, visits_of
from hub.routing.choose import Plan, in_order

HEADER = Header(
    id=ConversationId("c"),
    number=1,
    inbox=InboxId("shop"),
    channel="webchat",
    contact=ContactId("p"),
    address="v",
    created_at=0,
)
AGENTS = [AgentId("ali"), AgentId("sara")]
QUEUE = Queue(id=QueueId("support"), name="support")


class Timeline(RuleBasedStateMachine):
    """A timeline as the store keeps it: numbers are unique, a writer whose fence is stale is refused."""

    def __init__(self) -> None:
        super().__init__()
        self.state = Conversation(header=HEADER)
        self.entries: list[Entry] = []
        self.fences = [0]
        self.now = 0

    def write(
        self,
        author: Author,
        *,
        event: Event | None = None,
        fence: int | None = None,
        up_to: int | None = None,
        parts: tuple[Part, ...] = text_part("x"),
    ) -> bool:
        """What the lane does with a draft: check the fence, check the event, number it, fold it."""
        if fence is not None and fence != self.state.fence:
            return False
        if event is not None:
            try:
                check(self.state, event)
            except Conflict:
                return False
        self.now += 1
        kind: EntryKind = "event" if event else "message"
        entry = Entry(
            conversation=HEADER.id,
            seq=self.state.last_seq + 1,
            at=self.now,
            author=author,
            kind=kind,
            dedupe=str(self.now),
            parts=() if event else parts,
            event=event,
            up_to=up_to,
        )
        before = self.state
        self.state = fold(before, entry)
        self.entries.append(entry)
        if self.state.fence != before.fence:
            self.fences.append(self.state.fence)
        return True

    @initialize(bot=st.booleans())
    def open(self, bot: bool) -> None:
        assert self.write(SYSTEM, event=Event(type=EventType.OPENED, queue=None if bot else QUEUE.id), fence=0)

    @rule()
    def customer_writes(self) -> None:
        assert self.write(Author(kind="contact", id="p"))

    @rule(form=st.sampled_from(["offline", "callback"]))
    def customer_leaves_a_message(self, form: str) -> None:
        assert self.write(Author(kind="contact", id="p"), parts=(Part(type="form_reply", form=form),))

    @rule(data=st.data())
    def bot_speaks_with_any_fence_it_ever_saw(self, data: st.DataObject) -> None:
        fence = data.draw(st.sampled_from(self.fences))
        spoke = self.write(BOT, fence=fence, up_to=self.state.contact_seq)
        if spoke and self.state.owner.kind != "bot":
            # Nobody has the current fence without being the owner: the bot reads both together.
            self.entries.pop()
            self.state = fold_all(Conversation(header=HEADER), self.entries)

    @rule(agent=st.sampled_from(AGENTS), kind=st.sampled_from(list(EventType)), data=st.data())
    def anything_happens(self, agent: AgentId, kind: EventType, data: st.DataObject) -> None:
        fence = data.draw(st.sampled_from(self.fences))
        other = data.draw(st.sampled_from([None, *AGENTS]))
        event = Event(
            type=kind,
            agent=agent,
            to_agent=other,
            queue=QUEUE.id,
            until=self.now + 20,
            reason="x",
            score=5,
            disposition="answered",
        )
        self.write(SYSTEM, event=event, fence=fence)

    def teardown(self) -> None:
        """Every stay in line that began has ended once, or is the one that lasts."""
        found = list(visits_of(self.state, self.entries))
        begun = [one.key for one in found if one.end is None]
        ended = [one.key for one in found if one.end is not None]
        assert len(set(begun)) == len(begun)
        assert len(set(ended)) == len(ended)
        now = visit_of(self.state)
        assert set(begun) - set(ended) == ({now.key} if now is not None else set())
        assert set(ended) <= set(begun)
        assert all(one.fate is not None and one.end >= one.start for one in found if one.end is not None)

    @invariant()
    def exactly_one_owner(self) -> None:
        owner = self.state.owner
        assert (owner.agent is not None) == (owner.kind in {"offer", "agent"})
        assert (owner.offer is not None) == (owner.kind == "offer")

    @invariant()
    def resolved_means_nobody_owns_it(self) -> None:
        if self.state.last_seq:
            assert (self.state.owner.kind == "none") == (self.state.status == "resolved")

    @invariant()
    def whoever_waits_has_one_next_deadline(self) -> None:
        due = next_due(self.state, Workplace(), QUEUE)
        assert (due is None) == (self.state.owner.kind == "none")

    @invariant()
    def the_fence_only_grows(self) -> None:
        assert self.fences == sorted(set(self.fences))
        assert self.state.fence <= self.state.last_seq

    @invariant()
    def numbers_strictly_increase(self) -> None:
        numbers = [entry.seq for entry in self.entries]
        assert numbers == sorted(set(numbers))

    @invariant()
    def who_waits_keeps_a_place(self) -> None:
        if self.state.owner.kind in {"queue", "offer"}:
            assert self.state.queued_at is not None

    @invariant()
    def no_clock_stands_still_while_the_customer_waits_or_nothing_is_put_aside(self) -> None:
        stands = bool(self.state.pauses) and self.state.pauses[-1][1] is None
        may = self.state.status == "waiting" and self.state.unanswered_since is None
        assert stands == may or (may and self.state.ended_at is not None)
        ended = [edge for start, stop in self.state.pauses for edge in (start, stop) if edge is not None]
        assert ended == sorted(ended)

    @invariant()
    def no_bot_word_follows_a_change_of_hands(self) -> None:
        holder = "none"
        for entry in self.entries:
            if entry.event is not None and entry.moves_fence:
                state = fold_all(Conversation(header=HEADER), self.entries[: self.entries.index(entry) + 1])
                holder = state.owner.kind
            if entry.author.kind == "bot" and entry.kind == "message":
                assert holder == "bot"

    @precondition(lambda self: len(self.entries) > 3)
    @rule(cut=st.integers(min_value=0, max_value=3))
    def folding_in_pieces_is_folding_at_once(self, cut: int) -> None:
        part = fold_all(Conversation(header=HEADER), self.entries[:cut])
        assert fold_all(part, self.entries) == self.state
        assert fold_all(self.state, self.entries) == self.state


TestTimeline = Timeline.TestCase
TestTimeline.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)


class Driver:
    """Folds a story, step by step."""

    def __init__(self) -> None:
        self.state = Conversation(header=HEADER)
        self.now = 1_000

    def happen(self, kind: EventType, **fields: object) -> Conversation:
        event = Event(type=kind, **fields)  # type: ignore[arg-type]
        check(self.state, event)
        return self._add("event", SYSTEM, event, ())

    def say(self, author: str) -> Conversation:
        return self._add("message", Author(kind=author), None, text_part("words"))  # type: ignore[arg-type]

    def _add(self, kind: EntryKind, author: Author, event: Event | None, parts: tuple[Part, ...]) -> Conversation:
        self.now += 1_000
        entry = Entry(
            conversation=HEADER.id,
            seq=self.state.last_seq + 1,
            at=self.now,
            author=author,
            kind=kind,
            dedupe=str(self.now),
            event=event,
            parts=parts,
        )
        self.state = fold(self.state, entry)
        return self.state


@pytest.fixture
def story() -> Driver:
    driver = Driver()
    driver.happen(EventType.OPENED, queue=QUEUE.id)
    driver.say("contact")
    return driver


def test_an_expired_offer_returns_to_the_same_place_in_line(story: Driver) -> None:
    place = story.state.queued_at
    story.happen(EventType.OFFERED, agent="ali", until=9)
    after = story.happen(EventType.EXPIRED, agent="ali")
    assert after.owner.kind == "queue"
    assert after.queued_at == place
    assert "ali" in after.passed


def test_two_agents_never_both_get_it(story: Driver) -> None:
    story.happen(EventType.OFFERED, agent="ali", until=9)
    with pytest.raises(Conflict):
        check(story.state, Event(type=EventType.ACCEPTED, agent=AgentId("sara")))
    story.happen(EventType.ACCEPTED, agent="ali")
    with pytest.raises(Conflict):
        check(story.state, Event(type=EventType.TAKEN, agent=AgentId("sara")))


def test_a_conversation_of_a_gone_agent_returns_to_the_front(story: Driver) -> None:
    story.happen(EventType.OFFERED, agent="ali", until=9)
    story.happen(EventType.ACCEPTED, agent="ali")
    returned = story.happen(EventType.RETURNED, agent="ali", reason="agent_gone", front=True)
    newcomer = replace(returned, front=False, queued_at=0)
    plan = Plan(queues={"support": Queue(id=QueueId("support"), name="")}, rules=Workplace(), agents={})
    assert in_order([newcomer, returned], plan, 0) == [returned, newcomer]
    assert returned.waiting_since is not None


def test_a_customer_wakes_a_snoozed_conversation(story: Driver) -> None:
    story.happen(EventType.OFFERED, agent="ali", until=9)
    story.happen(EventType.ACCEPTED, agent="ali")
    assert story.happen(EventType.SNOOZED, agent="ali", until=99_000).status == "waiting"
    woken = story.say("contact")
    assert (woken.status, woken.snoozed_until) == ("open", None)


def test_a_resolved_conversation_lets_nothing_happen_but_reopening(story: Driver) -> None:
    story.happen(EventType.RESOLVED, disposition="answered")
    for kind in (EventType.OFFERED, EventType.TAKEN, EventType.RETURNED, EventType.TO_BOT, EventType.RESOLVED):
        with pytest.raises(Conflict):
            check(story.state, Event(type=kind, agent=AgentId("ali")))
    assert story.happen(EventType.REOPENED, agent="ali").owner.agent == "ali"
