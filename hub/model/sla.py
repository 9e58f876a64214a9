"""Service-level clocks: what was promised to a customer, how much is left, and when somebody must hear of it. Pure.

A clock runs in the promise's business hours. It pauses only while nobody owes the customer anything: never while a
message of theirs is unanswered.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from hub.model.calendar import Calendar
from hub.model.conversation import Conversation

Promise = Literal["first_response", "next_response", "resolution", "offer_acceptance", "callback"]
ClockState = Literal["running", "paused", "met", "breached", "cancelled"]
Pauses = tuple[tuple[int, int | None], ...]
PROMISES: tuple[Promise, ...] = ("first_response", "next_response", "resolution", "offer_acceptance", "callback")


@dataclass(frozen=True, slots=True, kw_only=True)
class SlaPolicy:
    """A promise to some conversations: the first policy in `order` whose fields match counts (empty: all match).

    `targets` maps a promise to seconds of the named `calendar` (empty: of all hours); `warn_seconds`: so long before,
    in the same hours (of shorter targets nobody is warned). first_response counts from when a person was asked for,
    after each handoff; next_response from the oldest unanswered message, to words of a person; resolution until the
    end, less the pauses.
    """

    id: str
    name: str
    order: int = 0
    inboxes: tuple[str, ...] = ()
    queues: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    priority: int | None = None
    targets: Mapping[str, int] = field(default_factory=dict)
    calendar: str = ""
    warn_seconds: int = 300

    def covers(self, state: Conversation) -> bool:
        """Whether the promise is made to a conversation."""
        return (
            (not self.inboxes or state.header.inbox in self.inboxes)
            and (not self.queues or (state.queue or "") in self.queues)
            and (not self.channels or state.header.channel in self.channels)
            and (self.priority is None or state.priority >= self.priority)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SlaClock:
    """One promise: since when it runs and when it was kept, when it is due and warned of, and its state.

    All in ms. `ended` is None while it runs; `due` and `warn` are None while paused, or when it is never open;
    `warn` also where nobody is warned.
    """

    promise: Promise
    since: int
    ended: int | None
    due: int | None
    warn: int | None
    state: ClockState

    @property
    def name(self) -> str:
        """Names this run of the clock: a next_response has many."""
        return f"{self.promise}:{self.since}"

    @property
    def runs(self) -> bool:
        """Whether somebody still has to do something, in time or late."""
        return self.ended is None and self.state in {"running", "breached"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A warning or breach to tell of, at `at` (ms)."""

    at: int
    clock: SlaClock
    kind: Literal["warned", "breached"]


def clocks(state: Conversation, policy: SlaPolicy, calendar: Calendar, now: int) -> list[SlaClock]:
    """Every promise of a policy that has begun for a conversation, as of `now`."""
    found = [_clock(one, state, policy, calendar, now) for one in PROMISES if policy.targets.get(one)]
    return [one for one in found if one is not None]


def next_notice(state: Conversation, policy: SlaPolicy, calendar: Calendar, now: int) -> Notice | None:
    """The next warning or breach that nobody has heard of."""
    waiting: list[Notice] = []
    for clock in clocks(state, policy, calendar, now):
        if not clock.runs or clock.due is None or f"{clock.name}:breached" in state.sla_told:
            continue
        waiting.append(Notice(at=clock.due, clock=clock, kind="breached"))
        if clock.warn is not None and clock.due > now and f"{clock.name}:warned" not in state.sla_told:
            waiting.append(Notice(at=clock.warn, clock=clock, kind="warned"))
    return min(waiting, key=lambda one: one.at, default=None)


def most_urgent(found: Iterable[SlaClock]) -> SlaClock | None:
    """Of the clocks that are not over the one that is due first; one that stands still only when no other runs."""
    live = [one for one in found if one.ended is None and one.state in {"running", "paused", "breached"}]
    return min(live, key=lambda one: (one.due is None, one.due or 0), default=None)


def _clock(promise: Promise, state: Conversation, policy: SlaPolicy, calendar: Calendar, now: int) -> SlaClock | None:
    run = _run(promise, state)
    if run is None:
        return None
    since, ended = run
    pauses = state.pauses if promise == "resolution" else ()
    target = policy.targets[promise]
    due = _after(target, since, pauses, calendar)
    if pauses and pauses[-1][1] is None and (due is None or pauses[-1][0] < due):
        return SlaClock(promise=promise, since=since, ended=None, due=None, warn=None, state="paused")
    early = target - policy.warn_seconds
    warn = _after(early, since, pauses, calendar) if 0 < early < target else None
    done: ClockState
    if ended is not None:
        done = "met" if due is None or ended <= due else "breached"
    elif not state.open:
        done = "cancelled"
    else:
        done = "breached" if due is not None and due <= now else "running"
    return SlaClock(promise=promise, since=since, ended=ended, due=due, warn=warn, state=done)


def _after(seconds: int, since: int, pauses: Pauses, calendar: Calendar) -> int | None:
    """When so many open seconds have passed that lie in no pause."""
    due = calendar.add_open(since, seconds * 1000)
    for start, stop in pauses:
        if due is not None and start < due and stop is not None:
            due = calendar.add_open(due, calendar.open_between(start, stop))
    return due


def _run(promise: Promise, state: Conversation) -> tuple[int, int | None] | None:
    """Since when a promise runs and when it was kept; None when it has not begun."""
    match promise:
        case "first_response":
            return (state.asked_at, state.answered_at) if state.asked_at is not None else None
        case "next_response":
            begun = state.asked_at is None or state.answered_at is not None
            with_people = state.owner.kind in {"queue", "offer", "agent"}
            asks = state.unanswered_since if begun and with_people else None
            return (asks, None) if asks is not None else None
        case "resolution":
            return (state.people_since, state.resolved_at) if state.people_since is not None else None
        case "offer_acceptance":
            # Who comes back has an old place in line, but nobody was late with it before.
            return (max(state.queued_at, state.people_since or 0), None) if state.queued_at is not None else None
        case "callback":
            return (state.callback_at, None) if state.callback_at is not None else None
