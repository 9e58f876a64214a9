"""Every clock of ten thousand random stories against a walk over every minute, with its own idea of what is owed."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from hub.model.calendar import Calendar
from hub.model.entry import EventType, Part
from hub.model.ids import AgentId, QueueId
from hub.model.sla import PROMISES, SlaPolicy, clocks
from tests.hub.model.test_calendar import MINUTE, random_calendar, random_start
from tests.hub.model.test_sla import Story

CALENDARS, STORIES, DAYS = 100, 100, 4
SARA = AgentId("sara")


@dataclass
class Run:
    """One run of a promise, counted minute by minute."""

    since: int
    target: int
    warning: int
    passed: int = 0
    warned: int | None = None
    due: int | None = None
    ended: int | None = None

    def count(self, minute: int, *, open_: bool) -> None:
        """A minute passes; both marks are reached at the end of one."""
        if open_ and self.due is None:
            self.passed += 1
            if self.passed >= self.warning and self.warned is None:
                self.warned = minute + MINUTE
            if self.passed >= self.target:
                self.due = minute + MINUTE


@dataclass
class Walk:
    """What is owed to the customer, kept by hand, and its clocks."""

    dice: random.Random
    now: int
    open_minutes: Callable[[int], bool]
    targets: dict[str, int]
    warning: int
    story: Story = field(default_factory=Story)
    owner: str = "none"
    people: int | None = None
    asked: int | None = None
    answered: int | None = None
    unanswered: int | None = None
    queued: int | None = None
    callback: int | None = None
    aside: bool = False
    runs: dict[str, Run] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.story.now = self.now
        if self.dice.random() < 0.5:
            self._event(EventType.OPENED)
            self.owner = "bot"
        else:
            self._event(EventType.OPENED, queue=QueueId("q"))
            self._asks()
            self._line()
        self.customer_writes()

    def pass_minutes(self, minutes: int) -> None:
        """Let time pass; the clocks count what is open."""
        self._settle()
        for _ in range(minutes):
            open_ = self.open_minutes(self.now)
            for promise, run in self.runs.items():
                if run.ended is None and not (promise == "resolution" and self.paused):
                    run.count(self.now, open_=open_)
            self.now += MINUTE
            self.story.now = self.now

    @property
    def paused(self) -> bool:
        return self.aside and self.unanswered is None

    def act(self) -> None:
        """Something happens that can."""
        acts: dict[str, list[Callable[[], None]]] = {
            "bot": [self.customer_writes, self.bot_answers, self.hands_off, self.hands_off, self.taken],
            "queue": [self.customer_writes, self.accepted, self.accepted, self.callback_wanted, self.resolved],
            "agent": [
                *(self.customer_writes, self.agent_writes, self.agent_writes, self.put_aside, self.put_aside),
                *(self.woken, self.returned, self.to_bot, self.resolved),
            ],
            "none": [self.reopened_by_customer, self.reopened_by_agent],
        }
        self.dice.choice(acts[self.owner])()

    def customer_writes(self, *parts: Part) -> None:
        self.story.writes("customer", 0, *parts)
        self.unanswered = self.unanswered if self.unanswered is not None else self.now
        self.aside = False

    def callback_wanted(self) -> None:
        self.customer_writes(Part(type="form_reply", form="callback", values={"phone": "0912"}))
        self.callback = self.now

    def bot_answers(self) -> None:
        self.story.writes("bot")
        self.unanswered = None

    def agent_writes(self) -> None:
        self.story.writes("agent")
        self.unanswered = None
        self.answered = self.answered if self.answered is not None else self.now

    def hands_off(self) -> None:
        self._event(EventType.HANDOFF, reason="asked")
        self._asks()
        self.unanswered = self.unanswered if self.unanswered is not None else self.now
        self._line()

    def taken(self) -> None:
        self._event(EventType.TAKEN, agent=SARA)
        self._held()

    def accepted(self) -> None:
        self._event(EventType.OFFERED, agent=SARA, until=self.now + MINUTE)
        self._event(EventType.ACCEPTED, agent=SARA)
        self._held()

    def put_aside(self) -> None:
        self._event(EventType.SNOOZED, agent=SARA, until=self.now + 10**9)
        self.aside = True

    def woken(self) -> None:
        self._event(EventType.WOKE)
        self.aside = False

    def returned(self) -> None:
        self._event(EventType.RETURNED, agent=SARA, reason="handed_back")
        self._line()

    def to_bot(self) -> None:
        self._event(EventType.TO_BOT, agent=SARA)
        self.owner, self.aside = "bot", False
        self.asked = self.answered = self.unanswered = self.queued = None

    def resolved(self) -> None:
        self._event(EventType.RESOLVED, agent=SARA)
        self._settle()
        for run in self.runs.values():
            run.ended = run.ended or self.now
        self.owner, self.aside, self.unanswered, self.queued = "none", False, None, None

    def reopened_by_customer(self) -> None:
        self._event(EventType.REOPENED, reason="customer")
        self.runs.clear()
        self.people = self.callback = None
        self._asks()
        self._line()
        self.customer_writes()

    def reopened_by_agent(self) -> None:
        self._event(EventType.REOPENED, agent=SARA)
        self.runs.clear()
        self.people = self.asked = self.answered = self.callback = None
        self._held()

    def _event(self, kind: EventType, **fields: Any) -> None:
        self.story.happens(kind, **fields)

    def _asks(self) -> None:
        self.people = self.people if self.people is not None else self.now
        self.asked, self.answered = self.now, None

    def _line(self) -> None:
        self.owner, self.queued, self.aside = "queue", self.now, False

    def _held(self) -> None:
        self.owner, self.queued, self.callback = "agent", None, None
        self.people = self.people if self.people is not None else self.now

    def _settle(self) -> None:
        """Which promises run now; one that begins at another instant is another run."""
        begins = {
            "first_response": self.asked,
            "next_response": self.unanswered,
            "resolution": self.people,
            "offer_acceptance": self.queued,
            "callback": self.callback,
        }
        for promise, since in begins.items():
            if since is None:
                self.runs.pop(promise, None)
            elif promise not in self.runs or self.runs[promise].since != since:
                target = self.targets[promise]
                self.runs[promise] = Run(since=since, target=target, warning=max(0, target - self.warning))
        if self.answered is not None and "first_response" in self.runs:
            self.runs["first_response"].ended = self.runs["first_response"].ended or self.answered

    def _shown(self) -> dict[str, Run]:
        """A further answer is promised by people, once a first one is given or none was asked for."""
        first_open = self.asked is not None and self.answered is None
        hidden = {"next_response"} if first_open or self.owner not in {"queue", "agent"} else set()
        return {promise: run for promise, run in self.runs.items() if promise not in hidden}

    def check(self, calendar: Calendar, horizon: int) -> None:
        """The clocks of the model say the same."""
        self._settle()
        policy = SlaPolicy(
            id="p",
            name="p",
            targets={promise: minutes * 60 for promise, minutes in self.targets.items()},
            warn_seconds=self.warning * 60,
        )
        found = {one.promise: one for one in clocks(self.story.state, policy, calendar, self.now)}
        assert set(found) == set(self._shown())
        for promise, run in self._shown().items():
            clock = found[promise]
            assert clock.since == run.since
            if promise == "resolution" and self.paused and run.due is None:
                assert (clock.state, clock.due) == ("paused", None)
                continue
            late = run.due is not None and run.due <= self.now
            if run.ended is not None:
                done = run.due is None or run.ended <= run.due
                answered = promise == "resolution" or (promise == "first_response" and self.answered is not None)
                assert clock.state == ("cancelled" if not answered else "met" if done else "breached")
            else:
                assert clock.state == ("breached" if late else "running")
            self._walk_on(run, horizon)
            assert clock.due == run.due or (run.due is None and (clock.due is None or clock.due >= horizon))
            if not 0 < run.warning < run.target:
                assert clock.warn is None
            elif run.warned is not None:
                assert clock.warn == run.warned

    def _walk_on(self, run: Run, horizon: int) -> None:
        minute = self.now if run.ended is None else run.ended
        while run.due is None and minute < horizon:
            run.count(minute, open_=self.open_minutes(minute))
            minute += MINUTE


def _opening_minutes(calendar: Calendar, start: int) -> Callable[[int], bool]:
    minutes = bytes(calendar.is_open(start + number * MINUTE) for number in range(DAYS * 1_440))
    return lambda at: bool(minutes[(at - start) // MINUTE])


def test_clocks_equal_a_walk_over_every_minute() -> None:
    dice = random.Random(5)
    seen: set[str] = set()
    for _ in range(CALENDARS):
        calendar, begin = random_calendar(dice), random_start(dice)
        open_minutes, horizon = _opening_minutes(calendar, begin), begin + DAYS * 1_440 * MINUTE
        for _ in range(STORIES):
            targets = {promise: dice.randint(1, 120) for promise in PROMISES}
            walk = Walk(dice, begin + dice.randint(0, 1_440) * MINUTE, open_minutes, targets, dice.randint(0, 30))
            for _ in range(dice.randint(2, 9)):
                walk.pass_minutes(dice.choice((0, 1, 5, 20, 40, 90)))
                walk.act()
            walk.pass_minutes(dice.randint(0, 60))
            walk.check(calendar, horizon)
            seen |= {promise for promise, run in walk.runs.items() if run.ended is None}
    assert seen == set(PROMISES)
