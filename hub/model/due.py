"""The one next deadline of a conversation that waits for us. Pure; the store keeps what this returns."""

from dataclasses import dataclass
from enum import StrEnum

from hub.model.config import PATIENCE_PER_CHANNEL, Workplace
from hub.model.conversation import Conversation
from hub.model.ending import wrap_up_over
from hub.model.queues import ExitKind, Queue

PHONE_SECONDS = 120
"""So long may the phone of who accepted a call ring, whatever the telephone system says."""


class DueKind(StrEnum):
    """What happens when the time has come."""

    BOT = "bot"
    OFFER = "offer"
    LINE = "line"
    SNOOZE = "snooze"
    SILENT = "silent"
    WRAP_UP = "wrap_up"
    PHONE = "phone"
    IDLE = "idle"
    SLA = "sla"


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """`at` (ms since the epoch) at which `kind` must be handled."""

    kind: DueKind
    at: int


def next_due(state: Conversation, rules: Workplace, queue: Queue | None) -> Due | None:
    """The next deadline of a conversation; None only when it is resolved (nobody waits then)."""
    match state.owner.kind:
        case "none":
            return None
        case "bot":
            if state.contact_seq > state.bot_seq:
                since = max(state.contact_at, state.fence_at)
                return Due(kind=DueKind.BOT, at=since + rules.bot_turn_seconds * 1000)
            return Due(kind=DueKind.IDLE, at=state.last_at + rules.bot_idle_seconds * 1000)
        case "offer":
            return Due(kind=DueKind.OFFER, at=state.owner.until or state.fence_at)
        case "queue":
            return _in_line(state, rules, queue)
        case "agent":
            return _with_agent(state, rules, queue)


def way_out(state: Conversation, queue: Queue | None, following: Queue | None) -> ExitKind:
    """Where it goes on for who waited too long in `queue`, whose exit is `following` if that is a line.

    A line that is gone, that was tried in this stay or that does not take such conversations is none; a voice that
    nobody can leave neither.
    """
    if queue is None:
        return "form"
    match queue.exit:
        case "queue":
            tried = {*state.lines, queue.id}
            goes = following is not None and following.id not in tried
            takes = following is not None and following.takes(state.header.channel, state.locale)
            return "queue" if goes and takes else "form"
        case "voicemail":
            return "voicemail" if state.header.channel == "voice" else "form"
        case other:
            return other


def _in_line(state: Conversation, rules: Workplace, queue: Queue | None) -> Due:
    entered = state.entered_at or state.queued_at or state.fence_at
    if state.exited is None and state.deferred is None and queue is not None:
        return Due(kind=DueKind.LINE, at=entered + queue.max_wait_seconds * 1000)
    # Who asked something is not closed unread over some holidays: it waits as long as anything may be put aside.
    patience = rules.snooze_max_days * 86_400 if state.contact_seq else rules.agent_idle_seconds
    return Due(kind=DueKind.IDLE, at=state.last_at + patience * 1000)


def _with_agent(state: Conversation, rules: Workplace, queue: Queue | None) -> Due:
    if (over := wrap_up_over(state, rules, queue)) is not None:
        return Due(kind=DueKind.WRAP_UP, at=over)
    if state.awaits_phone:
        return Due(kind=DueKind.PHONE, at=state.fence_at + PHONE_SECONDS * 1000)
    if state.snoozed_until is not None:
        return Due(kind=DueKind.SNOOZE, at=state.snoozed_until)
    if state.waiting_since is not None:
        since = max(state.waiting_since, state.fence_at)
        patience = rules.silent_seconds * PATIENCE_PER_CHANNEL.get(state.header.channel, 1)
        return Due(kind=DueKind.SILENT, at=since + patience * 1000)
    return Due(kind=DueKind.IDLE, at=state.last_at + rules.agent_idle_seconds * 1000)
