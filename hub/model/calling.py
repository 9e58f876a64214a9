"""What a telephone call changes about its conversation. Pure; a part of the fold."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from hub.model.conversation import CallState, Conversation
from hub.model.entry import Entry, Event

CALL_STATES: Mapping[str, CallState] = {
    "ringing": "live",
    "agent_ringing": "ringing",
    "agent_unreachable": "live",
    "joined": "joined",
    "held": "held",
    "consulting": "consult",
    "conference": "conference",
    "party_left": "joined",
    "resumed": "joined",
    "parked": "live",
    "callback": "callback",
    "voicemail": "message",
    "not_reached": "over",
    "dial_refused": "over",
    "ended": "over",
}
"""How a call stands after what happened to it; everything else changes nothing."""

CALL_AGAIN = "call_again"
"""Why an agent is given their own conversation once more: the customer could not be reached by phone."""


def called(state: Conversation, entry: Entry, event: Event) -> Conversation:
    """Something happened to a call (see `channels.calls.Happened`)."""
    what = event.reason or ""
    third = event.values.get("agent", "") if what in {"consulting", "conference"} else ""
    more = _MORE[what](state, entry, event) if what in _MORE else {}
    stands = _stands(state, what)
    kept = state.third if stands == state.call else third
    return replace(state, call=stands, third=kept, **more)


def _stands(state: Conversation, what: str) -> CallState:
    """Whoever has left a number or a message needs no line any more."""
    if what == "agent_unreachable" and state.deferred == "callback":
        return "callback"
    if what == "ended" and state.deferred is not None and state.waits:
        return state.call
    return CALL_STATES.get(what, state.call)


def _begun(state: Conversation, entry: Entry, event: Event) -> dict[str, Any]:
    """Whoever calls has asked for something, and the bot owes no answer to it yet."""
    return {"contact_seq": entry.seq, "contact_at": entry.at, "bot_seq": entry.seq}


def _joined(state: Conversation, entry: Entry, event: Event) -> dict[str, Any]:
    return {
        **_NOT_IN_LINE,
        "deferred": None,
        "waiting_since": None,
        "unanswered_since": None,
        "first_response_at": state.first_response_at or entry.at,
        "answered_at": state.answered_at or entry.at,
        "tape": event.values.get("tape", ""),
    }


def _parked(state: Conversation, entry: Entry, event: Event) -> dict[str, Any]:
    """An agent who was given a live call has yet to pick up."""
    waits = {"queued_at": entry.at, "entered_at": entry.at} if state.owner.kind == "agent" else {}
    return {**waits, "tape": ""}


def _left_number(state: Conversation, entry: Entry, event: Event) -> dict[str, Any]:
    left = {"deferred": state.deferred or "callback"} if state.in_line else {}
    return {**left, "callback_at": entry.at, "callback_to": event.values.get("to", "")}


def _left_message(state: Conversation, entry: Entry, event: Event) -> dict[str, Any]:
    return {"deferred": state.deferred or "voicemail"} if state.in_line else {}


_NOT_IN_LINE: Mapping[str, None] = {"queued_at": None, "entered_at": None}
_MORE: Mapping[str, Callable[[Conversation, Entry, Event], dict[str, Any]]] = {
    "ringing": _begun,
    "joined": _joined,
    "tape_on": lambda state, entry, event: {"tape": "on"},
    "tape_paused": lambda state, entry, event: {"tape": "paused"},
    "tape_resumed": lambda state, entry, event: {"tape": "on"},
    "ended": lambda state, entry, event: {"tape": ""},
    "parked": _parked,
    "callback": _left_number,
    "voicemail": _left_message,
    "not_reached": lambda state, entry, event: dict(_NOT_IN_LINE),
    "dial_refused": lambda state, entry, event: dict(_NOT_IN_LINE),
}
