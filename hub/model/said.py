"""What words change about a conversation. Pure; a part of the fold."""

from typing import Any

from hub.model.contact import phone
from hub.model.conversation import Conversation
from hub.model.entry import Entry


def said(state: Conversation, entry: Entry) -> dict[str, Any]:
    """The fields that a message changes."""
    words = {"last_text": preview(entry), "last_author": entry.author.kind}
    match entry.author.kind:
        case "contact":
            return {**words, **_contact_said(state, entry), **_left(state, entry)}
        case "agent":
            return {**words, **_agent_said(state, entry), **_goes_on(state)}
        case "bot":
            return {**words, "bot_seq": max(state.bot_seq, entry.up_to or 0), **_ANSWERED}
        case "system":
            asks = any(part.type == "form" for part in entry.parts)
            return {"form_at": entry.at} if asks else {}


_ANSWERED = {"waiting_since": None, "unanswered_since": None}


def _agent_said(state: Conversation, entry: Entry) -> dict[str, Any]:
    return {
        **_ANSWERED,
        "first_response_at": state.first_response_at or entry.at,
        "answered_at": state.answered_at or entry.at,
        "pauses": paused(state, entry.at) if state.status == "waiting" else state.pauses,
    }


def _contact_said(state: Conversation, entry: Entry) -> dict[str, Any]:
    fields = {
        "contact_seq": entry.seq,
        "contact_at": entry.at,
        "contact_seqs": (*state.contact_seqs[-19:], entry.seq),
        "waiting_since": state.waiting_since or entry.at,
        "unanswered_since": state.unanswered_since or entry.at,
        "status": "open" if state.status == "waiting" else state.status,
        "pauses": resumed(state, entry.at),
        "snoozed_until": None if state.status == "waiting" else state.snoozed_until,
        "contact_name": _in_form(entry, "name") or state.contact_name,
        "reply": entry.reply or state.reply,
    }
    return fields | _goes_on(state)


def _goes_on(state: Conversation) -> dict[str, Any]:
    """Whoever has one more thing to say while the agent wraps up: the talk is not over."""
    if state.ended_by != "agent":
        return {}
    return {"ended_at": None, "ended_by": None, "extended": False, "disposition": None}


def _left(state: Conversation, entry: Entry) -> dict[str, Any]:
    """Who leaves a message or a number instead of waiting on."""
    form = next((part for part in entry.parts if part.type == "form_reply"), None)
    asked_number = state.exited == "callback" and state.deferred is None and state.owner.kind in {"queue", "offer"}
    number = phone(entry.text) if form is None and asked_number else None
    if form is None and number is None:
        return {}
    if number is None and form is not None and form.form == "callback":
        number = phone(form.values.get("phone", "")) or form.values.get("phone", "")
    fields: dict[str, Any] = {"form_at": entry.at}
    if number is not None:
        fields |= {"callback_at": entry.at, "callback_to": number}
    if state.owner.kind in {"queue", "offer"}:
        kind = "callback" if number is not None else "voicemail" if form and form.form == "voicemail" else "message"
        fields["deferred"] = state.deferred or kind
    return fields


def paused(state: Conversation, at: int) -> tuple[tuple[int, int | None], ...]:
    """The pauses, with one that runs from `at` if none does yet."""
    runs = bool(state.pauses) and state.pauses[-1][1] is None
    return state.pauses if runs else (*state.pauses, (at, None))


def resumed(state: Conversation, at: int) -> tuple[tuple[int, int | None], ...]:
    """The pauses, with the one that runs ended at `at`."""
    if not state.pauses or state.pauses[-1][1] is not None:
        return state.pauses
    return (*state.pauses[:-1], (state.pauses[-1][0], at))


def preview(entry: Entry) -> str:
    """The first words of a message for a list row, at most 120 characters on one line; a file's name in brackets."""
    words = " ".join(entry.text.split())
    if not words:
        words = next((f"[{part.file.name}]" for part in entry.parts if part.file), "")
    return words[:120]


def _in_form(entry: Entry, field: str) -> str:
    return next((part.values.get(field, "") for part in entry.parts if part.type == "form_reply"), "")
