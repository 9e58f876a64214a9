"""Service-level clocks: what was promised to a customer, how much is left, and when somebody must hear of it. Pure.

A clock runs in the promise's business hours. It pauses only while nobody owes the customer anything: never while a
message of theirs is unanswered.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from hub.model.calendar import Calendar
from hub.model.conversation import Conversation

Promise = Literal["first_response", "next_response", "resolution", "offer_acceptance", "callback"]
ClockState = Literal["running", "paused", "met", "breached", "cancelled"]
PROMISES: tuple[Promise, ...] = ("first_response", "next_response", "resolution", "offer_acceptance", "callback")


@dataclass(frozen=True, slots=True, kw_only=True)
class SlaPolicy:
    """A promise to some conversations: the first policy in `order` whose fields match counts (empty: all match).

    `targets` maps a promise to seconds of the named `calendar` (empty: of all hours); `warn_seconds`: so long before.
    first_response counts from when a person was asked for, next_response from the oldest unanswered message.
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
    """One promise: since when it runs, when it is due and warned of (ms; None while paused or never), and its state."""

    promise: Promise
    since: int
    due: int | None
    warn: int | None
    state: ClockState

    @property
    def name(self) -> str:
        """Names this run of the clock: a next_response has many."""
        return f"{self.promise}:{self.since}"


def clocks(state: Conversation, policy: SlaPolicy, calendar: Calendar, now: int) -> list[SlaClock]:
    """Every promise of a policy that has begun for a conversation, as of `now`."""
    found = [_clock(one, state, policy, calendar, now) for one in PROMISES if policy.targets.get(one)]
    return [one for one in found if one is not None]


def next_notice(
    state: Conversation, policy: SlaPolicy, calendar: Calendar, now: int
) -> tuple[int, SlaClock, str] | None:
    """The next warning or breach that nobody has heard of: when (ms), of which clock, and which of the two."""
    waiting = []
    for clock in clocks(state, policy, calendar, now):
        if clock.due is None or clock.state not in {"running", "breached"}:
            continue
        if f"{clock.name}:breached" in state.sla_told:
            continue
        if clock.warn is not None and clock.due > now and f"{clock.name}:warned" not in state.sla_told:
            waiting.append((clock.warn, clock, "warned"))
        waiting.append((clock.due, clock, "breached"))
    return min(waiting, key=lambda one: one[0], default=None)


def _clock(promise: Promise, state: Conversation, policy: SlaPolicy, calendar: Calendar, now: int) -> SlaClock | None:
    run = _run(promise, state)
    if run is None:
        return None
    since, ended = run
    pauses = state.pauses if promise == "resolution" else ()
    due = calendar.add_open(since, policy.targets[promise] * 1000)
    for start, stop in pauses:
        if due is not None and start < due and stop is not None:
            due = calendar.add_open(due, calendar.open_between(start, stop))
    paused = bool(pauses) and pauses[-1][1] is None and (due is None or pauses[-1][0] < due)
    warn = None if due is None else max(since, due - policy.warn_seconds * 1000)
    if ended is not None:
        done: ClockState = "met" if due is None or ended <= due else "breached"
        return SlaClock(promise=promise, since=since, due=due, warn=warn, state=done)
    if paused:
        return SlaClock(promise=promise, since=since, due=None, warn=None, state="paused")
    if not state.open:
        return SlaClock(promise=promise, since=since, due=due, warn=warn, state="cancelled")
    late = due is not None and due <= now
    return SlaClock(promise=promise, since=since, due=due, warn=warn, state="breached" if late else "running")


def _run(promise: Promise, state: Conversation) -> tuple[int, int | None] | None:
    """Since when a promise runs and when it was kept; None when it has not begun."""
    asked = state.asked_at
    if asked is None:
        return None
    match promise:
        case "first_response":
            return asked, state.first_response_at
        case "next_response":
            due = state.first_response_at is not None and state.waiting_since is not None
            held = state.owner.kind in {"queue", "offer", "agent"}
            return (state.waiting_since or 0, None) if due and held else None
        case "resolution":
            return asked, state.resolved_at
        case "offer_acceptance":
            return (state.queued_at, None) if state.queued_at is not None else None
        case "callback":
            return (state.callback_at, None) if state.callback_at is not None else None
