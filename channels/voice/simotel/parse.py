"""What a Simotel tells, as call events. Its tables and its samples disagree, and so do its versions.

Names of fields vary in case and spelling, numbers are strings or lose their quotes with their leading zero kept, the
event's name stands in the body, in the address (Rest2-Rest4), or, for a survey, in another field. Times are Tehran's,
without a zone (there is no summer time since 2022).
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

from channels.voice.events import BadCall, By, CallEvent, CallEventKind
from channels.voice.wire import MAX_BODY, Payload, decimal, form, json_object, keys, printable, text

TEHRAN = timezone(timedelta(hours=3, minutes=30))
_ENDERS: Mapping[str, By] = {"agent": "agent", "caller": "caller"}
_LOOSE_NUMBER = re.compile(r'"(?:[^"\\]|\\.)*+(?:"|\Z)|(?<![\w.+-])(\d[\d.]*+)(?![\w.+-])', re.DOTALL)
_SPELLINGS = {
    **dict.fromkeys(("cuid", "uniqueid", "call_id"), "unique_id"),
    **dict.fromkeys(("start_time", "start"), "starttime"),
    **dict.fromkeys(("end_time", "end"), "endtime"),
    **dict.fromkeys(("bill_sec", "answered_duration"), "billsec"),
    **dict.fromkeys(("extension", "ext"), "exten"),
    **dict.fromkeys(("queue_name",), "queue"),
    **dict.fromkeys(("file_name", "recording"), "filename"),
}
BY_NUMBER = ("voicemail/", "reserved/")
"""How the names of calls begin that are told of without an id: all that is known of them is the number."""
_FORMS = ("application/x-www-form-urlencoded", "multipart/")


def fields(body: bytes, *, content_type: str = "", query: str = "") -> Payload:
    """What was sent, by POST as JSON or as a form, or by GET; names in lower case and in one spelling.

    Raises:
        BadCall: `too_large` or `unreadable`.
    """
    if len(body) > MAX_BODY or len(query) > MAX_BODY:
        raise BadCall("too_large", f"A body may have {MAX_BODY} bytes.")
    if not body.strip():
        return _spelled(dict(form(query.encode())))
    if content_type.startswith(_FORMS):
        return _spelled(dict(form(body)))
    return _spelled(json_object(_quoted(body)))


def _quoted(body: bytes) -> bytes:
    """The same with quotes around numbers: one may begin with 0, and the id 1695.20 is not 1695.2."""
    try:
        loose = body.decode()
    except UnicodeDecodeError as error:
        raise BadCall("unreadable", "The body is no UTF-8.") from error
    return _LOOSE_NUMBER.sub(lambda found: f'"{found[1]}"' if found[1] else found[0], loose).encode()


def _spelled(payload: Payload) -> Payload:
    """One spelling for each name; where both are there, the right one counts."""
    lower = {name.lower().strip(): value for name, value in payload.items() if value is not None}
    other = {_SPELLINGS[name]: value for name, value in lower.items() if name in _SPELLINGS}
    return {**other, **{name: value for name, value in lower.items() if name not in _SPELLINGS}}


def parse(body: bytes, *, content_type: str = "", query: str = "", path_event: str = "") -> CallEvent | None:
    """What an event says; None for what we do not use. `path_event` is the name at the end of the address, if any.

    Raises:
        BadCall: it cannot be read, names no event, or says of no call.
    """
    payload = fields(body, content_type=content_type, query=query)
    name = text(payload, "event_name") or path_event or text(payload, "event")
    reader = _READERS.get(re.sub(r"[^a-z]", "", name.lower()))
    if not name:
        raise BadCall("unreadable", "There is no event_name.")
    return reader(payload, body or query.encode()) if reader else None


def _event(payload: Payload, kind: CallEventKind, raw: bytes, call: str = "") -> CallEvent:
    found = call or text(payload, "unique_id", longest=128)
    if not found:
        raise BadCall("not_a_call", "There is no unique_id.")
    return CallEvent(
        kind=kind,
        provider="simotel",
        call=found,
        parent=text(payload, "originated_call_id", longest=128) or None,
        caller=_number(payload, "src", "number", "caller", "participant", "caller_id"),
        callee=_number(payload, "dst", "exten", "entry_point", "outgoing_point"),
        queue=text(payload, "queue") or None,
        raw=raw,
    )


def _number(payload: Payload, *names: str) -> str:
    return next((found for name in names if (found := text(payload, name, longest=64))), "")


def _new_state(payload: Payload, raw: bytes) -> CallEvent | None:
    """An extension's: of use is only what it does with a call. Every extension is a leg of its own."""
    kinds = {
        "ringing": CallEventKind.AGENT_RINGING,
        "inuse": CallEventKind.ANSWERED,
        "idle": CallEventKind.ENDED,
    }
    state = text(payload, "state").lower()
    call, exten = text(payload, "unique_id", longest=128), text(payload, "exten", longest=64)
    if (kind := kinds.get(state)) is None or not call or not exten:
        return None
    leg = _event(payload, kind, raw, call=f"{call}/{exten}")
    return replace(leg, leg="callee", parent=call, callee=exten, reason=state)


def _incoming(payload: Payload, raw: bytes) -> CallEvent:
    return _event(payload, CallEventKind.RINGING, raw)


def _outgoing(payload: Payload, raw: bytes) -> CallEvent:
    """The customer is the one who is called."""
    found = _event(payload, CallEventKind.RINGING, raw)
    number = _number(payload, "number", "dst")
    return replace(found, leg="callee", caller=_number(payload, "exten", "src"), callee=number)


def _cdr(payload: Payload, raw: bytes) -> CallEvent:
    return replace(
        _event(payload, CallEventKind.ENDED, raw),
        at=_at(text(payload, "endtime")),
        reason=text(payload, "disposition").lower().replace(" ", "-"),
        seconds=decimal(payload, "billsec", "duration"),
        recording=text(payload, "record", longest=500) or None,
        tags={"type": text(payload, "type").lower() or "incoming"},
    )


def _cdr_queue(payload: Payload, raw: bytes) -> CallEvent:
    answered = text(payload, "disposition").upper() == "ANSWERED"
    return replace(
        _event(payload, CallEventKind.QUEUE_LEFT, raw),
        at=_at(text(payload, "answeredtime" if answered else "endtime")),
        reason="bridged" if answered else "abandoned",
        by=_ENDERS.get(text(payload, "hangup").lower(), ""),
        seconds=decimal(payload, "wait"),
        recording=text(payload, "record", longest=500) or None,
    )


def _transfer(payload: Payload, raw: bytes) -> CallEvent:
    found = _event(payload, CallEventKind.TRANSFERRED, raw)
    return replace(found, caller=_number(payload, "transferred_from"), callee=_number(payload, "transferred_to"))


def _voicemail(payload: Payload, raw: bytes) -> CallEvent:
    """It has an id of its own, and may say of no call."""
    call = text(payload, "unique_id", longest=128) or f"{BY_NUMBER[0]}{text(payload, 'id', 'filename', longest=100)}"
    if call == BY_NUMBER[0]:
        raise BadCall("not_a_call", "There is no id.")
    return replace(
        _event(payload, CallEventKind.VOICEMAIL, raw, call=call),
        caller=_number(payload, "caller", "src"),
        callee=_number(payload, "number"),
        at=_at(text(payload, "date")),
        reason=text(payload, "state").lower(),
        seconds=decimal(payload, "duration"),
        recording=text(payload, "filename", longest=500) or None,
    )


def _survey(payload: Payload, raw: bytes) -> CallEvent:
    """The caller keyed points after the call."""
    found = _event(payload, CallEventKind.DTMF, raw)
    return replace(found, at=_at(text(payload, "date")), digits=keys(payload, "point"), reason="survey")


def _reserved(payload: Payload, raw: bytes) -> CallEvent:
    """A caller hung up and keeps the place in line, to be called back."""
    who, when = _number(payload, "caller_id"), text(payload, "date")
    call = text(payload, "unique_id", longest=128) or f"{BY_NUMBER[1]}{who}/{when}"
    found = _event(payload, CallEventKind.QUEUE_JOINED, raw, call=call)
    return replace(found, caller=who, at=_at(when), reason="reserved")


def _at(stamp: str) -> int | None:
    """A time of Tehran, or one with a zone, in ms since the epoch; None for what is none."""
    plain = printable(stamp, 40).replace("/", "-")
    try:
        if plain.isdecimal() and plain.isascii() and len(plain) in {10, 13}:
            return int(plain) * (1_000 if len(plain) == 10 else 1)
        found = datetime.fromisoformat(plain)
        return int((found if found.tzinfo else found.replace(tzinfo=TEHRAN)).astimezone(UTC).timestamp() * 1_000)
    except (ValueError, OverflowError):
        return None


_READERS: Mapping[str, Callable[[Payload, bytes], CallEvent | None]] = {
    "newstate": _new_state,
    "incomingcall": _incoming,
    "outgoingcall": _outgoing,
    "cdr": _cdr,
    "cdrqueue": _cdr_queue,
    "transfer": _transfer,
    "voicemail": _voicemail,
    "survey": _survey,
    "reservedcallinfront": _reserved,
}
