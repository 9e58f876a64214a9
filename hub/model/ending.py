"""When the talk is over: its agent keeps the conversation a while, to write down how it ended. Pure."""

from dataclasses import replace

from hub.model.config import Workplace
from hub.model.conversation import Conversation
from hub.model.entry import Entry, Event
from hub.model.queues import Queue, WrapUp
from hub.model.said import resumed

NOT_GIVEN = "not_given"
"""The disposition of what had to have one and ran out of time without: lists and figures show it."""


def wrap_up_over(state: Conversation, rules: Workplace, queue: Queue | None) -> int | None:
    """Until when the agent may wrap up (ms); None when they don't."""
    if state.ended_at is None:
        return None
    after = queue.wrap_up if queue is not None else WrapUp()
    seconds = rules.wrap_up_seconds if after.mode == "none" else after.seconds
    return state.ended_at + seconds * (2 if state.extended else 1) * 1000


def customer_ended(state: Conversation, entry: Entry, event: Event) -> Conversation:
    """The customer left; their agent may write down how it ended."""
    return replace(state, ended_at=entry.at, ended_by="contact", waiting_since=None, unanswered_since=None)


def wrapped(state: Conversation, entry: Entry, event: Event) -> Conversation:
    """The talk is over for the agent, or how it ended is known; what follows takes its time."""
    return replace(
        state,
        status="open",
        snoozed_until=None,
        waiting_since=None,
        unanswered_since=None,
        pauses=resumed(state, entry.at),
        ended_at=state.ended_at or entry.at,
        ended_by=state.ended_by or "agent",
        disposition=event.disposition or state.disposition,
    )


def extended(state: Conversation, entry: Entry, event: Event) -> Conversation:
    """As much time again."""
    return replace(state, extended=True)
