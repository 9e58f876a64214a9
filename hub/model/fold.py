"""How a conversation changes: the fold of its entries. Pure; never refuses what is stored."""

from collections.abc import Callable, Iterable
from dataclasses import replace

from hub.model.calling import CALL_AGAIN, called
from hub.model.conversation import NOBODY, Conversation, Owner
from hub.model.ending import customer_ended, extended, wrapped
from hub.model.entry import Entry, Event, EventType
from hub.model.said import paused, resumed, said


def fold_all(state: Conversation, entries: Iterable[Entry]) -> Conversation:
    """Fold entries in order; those the state has seen already are skipped."""
    for entry in entries:
        if entry.seq > state.last_seq:
            state = fold(state, entry)
    return state


def fold(state: Conversation, entry: Entry) -> Conversation:
    """The state after one more entry. Pure; never refuses what is stored."""
    if entry.event is None:
        # The most frequent step of all: one copy of the state, not three.
        words = said(state, entry) if entry.kind == "message" else {}
        return replace(state, last_seq=entry.seq, last_at=entry.at, **words)
    fence, at = (entry.seq, entry.at) if entry.moves_fence else (state.fence, state.fence_at)
    state = replace(state, last_seq=entry.seq, last_at=entry.at, fence=fence, fence_at=at)
    return _HAPPENINGS[entry.event.type](state, entry, entry.event)


def _opened(state: Conversation, entry: Entry, event: Event) -> Conversation:
    if event.queue is None:
        return replace(state, owner=Owner(kind="bot"))
    return _to_line(replace(_asked(state, entry), queue=event.queue, handoff_reason=event.reason), entry, event)


def _asked(state: Conversation, entry: Entry) -> Conversation:
    """A person is asked for: by the bot, or by a customer who comes back."""
    return replace(state, people_since=state.people_since or entry.at, asked_at=entry.at, answered_at=None)


def _to_line(state: Conversation, entry: Entry, event: Event, *, front: bool = False) -> Conversation:
    return replace(
        state,
        owner=Owner(kind="queue"),
        queued_at=event.since or entry.at,
        people_since=state.people_since or entry.at,
        pauses=resumed(state, entry.at),
        entered_at=entry.at,
        priority=state.priority if event.priority is None else event.priority,
        needs=event.needs or state.needs,
        last_agent=event.known_to or state.last_agent,
        front=front,
        passed={},
        reserved_for=None,
        form_at=None,
        exited=None,
        deferred=None,
        lines=(),
    )


def _handoff(state: Conversation, entry: Entry, event: Event) -> Conversation:
    state = replace(
        _asked(state, entry),
        queue=event.queue or state.queue,
        handoff_reason=event.reason,
        handoff_summary=event.summary,
        transfer_note=None,
        bot_seq=max(state.bot_seq, event.up_to or 0),
        waiting_since=state.waiting_since or entry.at,
        unanswered_since=state.unanswered_since or entry.at,
    )
    return _to_line(state, entry, event)


def _offered(state: Conversation, entry: Entry, event: Event) -> Conversation:
    owner = Owner(
        kind="offer",
        agent=event.agent,
        among=event.among,
        offer=f"{state.id}.{entry.seq}",
        until=event.until,
        auto=event.auto,
        why=event.reason,
    )
    return replace(state, owner=owner)


def _held(state: Conversation, entry: Entry, event: Event) -> Conversation:
    rings = state.call in {"live", "ringing", "callback"}  # the phone has yet to be picked up
    return replace(
        state,
        owner=Owner(kind="agent", agent=event.agent),
        last_agent=event.agent,
        left_at=None,
        left_place=None,
        people_since=state.people_since or entry.at,
        callback_at=None,
        queued_at=(state.queued_at or entry.at) if rings else None,
        entered_at=(state.entered_at or entry.at) if rings else None,
        front=False,
        passed={},
        reserved_for=None,
    )


def _assigned(state: Conversation, entry: Entry, event: Event) -> Conversation:
    woken = _woke(state, entry, event) if state.status == "waiting" else state
    again = replace(woken, call="callback") if event.reason == CALL_AGAIN else woken
    return _held(again, entry, event)


def _reopened(state: Conversation, entry: Entry, event: Event) -> Conversation:
    # The clocks begin anew.
    state = replace(
        state, people_since=None, asked_at=None, answered_at=None, callback_at=None, callback_to="", pauses=()
    )
    if event.agent is not None:
        opened = _held(state, entry, event)
    else:  # by the customer: to the line, and first to who knows the matter
        again = replace(_asked(state, entry), queue=event.queue or state.queue, handoff_reason="customer_reopened")
        opened = replace(_to_line(again, entry, event), reserved_for=state.last_agent)
    return replace(
        opened,
        status="open",
        disposition=None,
        resolved_at=None,
        ended_at=None,
        ended_by=None,
        extended=False,
    )


def _passed(state: Conversation, entry: Entry, event: Event) -> Conversation:
    passed = {**state.passed, event.agent: entry.at} if event.agent else state.passed
    others = tuple(one for one in state.owner.among if one != event.agent)
    if others and event.agent is not None:  # one of several declined: the others are still asked
        return replace(state, owner=replace(state.owner, among=others), passed=passed)
    return replace(state, owner=Owner(kind="queue"), passed=passed, reserved_for=None)


def _withdrawn(state: Conversation, entry: Entry, event: Event) -> Conversation:
    return replace(state, owner=Owner(kind="queue"), reserved_for=None)


def _returned(state: Conversation, entry: Entry, event: Event) -> Conversation:
    kept = ("queued_at", "entered_at", "deferred") if state.awaits_phone else ()
    place = {name: getattr(state, name) for name in kept}
    state = replace(
        state,
        queue=event.queue or state.queue,
        handoff_reason=event.reason,
        transfer_note=event.note,
        waiting_since=state.waiting_since or entry.at,
        status="open",
        snoozed_until=None,
    )
    state = _to_line(state, entry, event, front=event.front)
    return replace(state, passed={event.agent: entry.at} if event.agent else {}, **place)


def _transferred(state: Conversation, entry: Entry, event: Event) -> Conversation:
    return replace(_returned(state, entry, event), handoff_reason="transferred", reserved_for=event.to_agent)


def _moved(state: Conversation, entry: Entry, event: Event) -> Conversation:
    """On to another queue, with the place kept."""
    return replace(
        state,
        owner=Owner(kind="queue"),
        queue=event.queue or state.queue,
        entered_at=entry.at,
        passed={},
        reserved_for=None,
        exited=None,
        lines=(),
    )


def _overflowed(state: Conversation, entry: Entry, event: Event) -> Conversation:
    been = (*state.lines, state.queue) if state.queue is not None else state.lines
    return replace(_moved(state, entry, event), lines=been)


def _waited_out(state: Conversation, entry: Entry, event: Event) -> Conversation:
    return replace(state, exited=event.reason, form_at=state.form_at or entry.at)


def _prioritised(state: Conversation, entry: Entry, event: Event) -> Conversation:
    return replace(state, priority=event.priority or 0)


def _to_bot(state: Conversation, entry: Entry, event: Event) -> Conversation:
    return replace(
        state,
        owner=Owner(kind="bot"),
        queued_at=None,
        front=False,
        passed={},
        reserved_for=None,
        bot_seq=state.contact_seq,
        status="open",
        snoozed_until=None,
        waiting_since=None,
        asked_at=None,
        answered_at=None,
        unanswered_since=None,
        pauses=resumed(state, entry.at),
    )


def _resolved(state: Conversation, entry: Entry, event: Event) -> Conversation:
    waited = state.owner.kind in {"queue", "offer"}
    return replace(
        state,
        left_at=entry.at if waited else None,
        left_place=state.queued_at if waited else None,
        owner=NOBODY,
        status="resolved",
        queued_at=None,
        front=False,
        passed={},
        reserved_for=None,
        waiting_since=None,
        unanswered_since=None,
        pauses=resumed(state, entry.at),
        snoozed_until=None,
        disposition=event.disposition or state.disposition,
        callback_to="",
        resolved_at=entry.at,
    )


def _snoozed(state: Conversation, entry: Entry, event: Event) -> Conversation:
    owed = state.unanswered_since is not None  # no clock stands still while the customer waits for words
    pauses = state.pauses if owed else paused(state, entry.at)
    return replace(state, status="waiting", snoozed_until=event.until, pauses=pauses)


def _woke(state: Conversation, entry: Entry, event: Event) -> Conversation:
    # Whoever put it aside gets the whole time to answer again.
    return replace(
        state,
        status="open",
        snoozed_until=None,
        waiting_since=entry.at if state.waiting_since else None,
        pauses=resumed(state, entry.at),
    )


def _rated(state: Conversation, entry: Entry, event: Event) -> Conversation:
    return replace(state, rating=event.score)


def _bot_turn(state: Conversation, entry: Entry, event: Event) -> Conversation:
    return replace(state, bot_seq=max(state.bot_seq, event.up_to or 0))


def _spoke(state: Conversation, entry: Entry, event: Event) -> Conversation:
    return replace(state, locale=event.locale or state.locale)


def _erased(state: Conversation, entry: Entry, event: Event) -> Conversation:
    # What a projection repeats of the words goes with them, whenever it is written.
    return replace(
        state, last_text="", contact_name="", handoff_summary=None, transfer_note=None, callback_to="", reply={}
    )


def _sla(state: Conversation, entry: Entry, event: Event) -> Conversation:
    told = (*state.sla_told, f"{event.clock}:{event.note}")
    promise = f"{event.clock}".partition(":")[0]
    runs = [one.rpartition(":")[0] for one in told if one.startswith(f"{promise}:")]
    over = {f"{run}:" for run in runs} - {f"{max(runs)}:"}  # of each promise only the newest run is remembered
    return replace(state, sla_told=tuple(one for one in told if not one.startswith(tuple(over))))


def _noted(state: Conversation, entry: Entry, event: Event) -> Conversation:
    return state


_HAPPENINGS: dict[EventType, Callable[[Conversation, Entry, Event], Conversation]] = {
    EventType.OPENED: _opened,
    EventType.HANDOFF: _handoff,
    EventType.OFFERED: _offered,
    EventType.ACCEPTED: _held,
    EventType.DECLINED: _passed,
    EventType.EXPIRED: _passed,
    EventType.WITHDRAWN: _withdrawn,
    EventType.TAKEN: _held,
    EventType.RETURNED: _returned,
    EventType.TRANSFERRED: _transferred,
    EventType.TO_BOT: _to_bot,
    EventType.RESOLVED: _resolved,
    EventType.REOPENED: _reopened,
    EventType.SNOOZED: _snoozed,
    EventType.WOKE: _woke,
    EventType.CUSTOMER_ENDED: customer_ended,
    EventType.RATED: _rated,
    EventType.TICKET: _noted,
    EventType.ERASED: _erased,
    EventType.BOT_TURN: _bot_turn,
    EventType.LOCALE: _spoke,
    EventType.AUTOMATIC: _noted,
    EventType.OVERFLOWED: _overflowed,
    EventType.MOVED: _moved,
    EventType.WAITED_OUT: _waited_out,
    EventType.WRAPPED: wrapped,
    EventType.EXTENDED: extended,
    EventType.PRIORITISED: _prioritised,
    EventType.ASSIGNED: _assigned,
    EventType.SLA: _sla,
    EventType.CALL: called,
}
