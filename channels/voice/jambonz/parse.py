"""What jambonz tells and asks, as call events (schemas: npm `@jambonz/schema`, `callbacks/`).

Keys are snake_case on the wire; those in camelCase, as old releases and examples have them, are read as well. The
place in a queue counts from 0 there. Everything but the call's id may be missing, and nothing is believed to have the
type that it should have.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import cast
from zlib import crc32

from channels.voice.events import BadCall, By, CallEvent, CallEventKind, Heard, Leg
from channels.voice.script import HookKind
from channels.voice.wire import (
    Payload,
    call_id,
    decimal,
    json_object,
    keys,
    part,
    printable,
    share,
    short_texts,
    text,
    whole,
)

_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
ENDS = frozenset({"completed", "failed", "busy", "no-answer"})
LONGEST_WORDS = 2_000
_ENDERS: Mapping[str, By] = {"caller": "caller", "jambonz": "us"}


def parse(kind: HookKind, body: bytes, *, token: str | None = None) -> CallEvent | None:
    """What a hook says; None for what we know and do not use. `token` is that of the hook's address.

    Raises:
        BadCall: it is no JSON object, too large, or says of no call.
    """
    payload = _spelled(json_object(body))
    return _READERS[kind](payload, _base(payload, token, body))


def _spelled(payload: Payload) -> Payload:
    """In snake_case; where both are there, that counts."""
    return {_HUMP.sub("_", name).lower(): value for name, value in payload.items()} | dict(payload)


def _base(payload: Payload, token: str | None, raw: bytes) -> CallEvent:
    return CallEvent(
        kind=CallEventKind.RINGING,
        provider="jambonz",
        call=call_id(payload, "call_sid"),
        leg="callee" if text(payload, "parent_call_sid") or text(payload, "direction") == "outbound" else "caller",
        parent=text(payload, "parent_call_sid") or None,
        token=printable(token, 128) if token else None,
        caller=text(payload, "from"),
        callee=text(payload, "to"),
        tags=short_texts({**part(payload, "customer_data"), **part(payload, "customerData")}),
        raw=raw,
    )


def _call(payload: Payload, base: CallEvent) -> CallEvent:
    return replace(base, kind=CallEventKind.RINGING, name=text(payload, "caller_name"))


def _status(payload: Payload, base: CallEvent) -> CallEvent | None:
    status = text(payload, "call_status")
    if status in ENDS:
        by, seconds = _ENDERS.get(text(payload, "call_termination_by"), ""), decimal(payload, "duration")
        return replace(base, kind=CallEventKind.ENDED, by=by, reason=status, seconds=seconds)
    if status == "in-progress":
        return replace(base, kind=CallEventKind.ANSWERED)
    if status in {"ringing", "early-media"}:
        return replace(base, kind=CallEventKind.AGENT_RINGING if base.leg == "callee" else CallEventKind.RINGING)
    if status in {"trying", "queued"}:
        return None
    raise BadCall("unreadable", "This call status is unknown.")


def _collect(payload: Payload, base: CallEvent) -> CallEvent:
    reason = text(payload, "reason")
    if digits := keys(payload, "digits"):
        return replace(base, kind=CallEventKind.DTMF, digits=digits, reason=reason)
    heard = _heard(payload)
    if reason == "speechDetected" and heard is not None:
        return replace(base, kind=CallEventKind.SPEECH, heard=heard, reason=reason)
    return replace(base, kind=CallEventKind.SILENCE, reason=reason or "timeout")


def _heard(payload: Payload) -> Heard | None:
    """What was said; some recognisers tell it in several pieces."""
    speech = part(payload, "speech")
    pieces = speech.get("transcripts")
    if not isinstance(pieces, list):
        return _best(speech)
    found = [_best(cast("Payload", one)) for one in pieces[:16] if isinstance(one, dict)]
    said = [one for one in found if one is not None]
    if not said:
        return None
    return Heard(
        text=" ".join(one.text for one in said)[:LONGEST_WORDS], confidence=min(one.confidence for one in said)
    )


def _best(piece: Payload) -> Heard | None:
    alternatives = piece.get("alternatives")
    if not isinstance(alternatives, list):
        return None
    found = (_alternative(cast("Payload", one)) for one in alternatives[:16] if isinstance(one, dict))
    return max((one for one in found if one.text), key=lambda one: one.confidence, default=None)


def _alternative(one: Payload) -> Heard:
    return Heard(text=text(one, "transcript", longest=LONGEST_WORDS), confidence=share(one, "confidence"))


def _connect(payload: Payload, base: CallEvent) -> CallEvent:
    return replace(base, kind=CallEventKind.UNBRIDGED, reason=text(payload, "dial_call_status") or "failed")


def _confirm(payload: Payload, base: CallEvent) -> CallEvent:
    """The first time the leg was picked up and asks what to say to it; then it has keyed something, or not."""
    base = replace(base, leg="callee")
    return _collect(payload, base) if "reason" in payload else replace(base, kind=CallEventKind.ANSWERED)


def _queue(payload: Payload, base: CallEvent) -> CallEvent:
    return replace(
        base,
        kind=CallEventKind.QUEUE_LEFT,
        reason=text(payload, "queue_result") or "error",
        queue=_queue_name(payload),
        seconds=decimal(payload, "queue_time"),
    )


def _queue_events(payload: Payload, base: CallEvent) -> CallEvent | None:
    base = replace(base, queue=text(payload, "queue"), waiting=whole(payload, "length"))
    match text(payload, "event"):
        case "join":
            at = whole(payload, "join_time")
            return replace(base, kind=CallEventKind.QUEUE_JOINED, at=at, seq=at)
        case "leave":
            at, reason = whole(payload, "leave_time"), text(payload, "leave_reason")
            return replace(base, kind=CallEventKind.QUEUE_LEFT, at=at, seq=at, reason=reason)
        case _:
            return None


def _wait(payload: Payload, base: CallEvent) -> CallEvent:
    place = whole(payload, "queue_position")
    return replace(
        base,
        kind=CallEventKind.QUEUE_WAITS,
        queue=_queue_name(payload),
        seconds=decimal(payload, "queue_time"),
        place=None if place is None else max(place, 0) + 1,
        waiting=whole(payload, "queue_size"),
    )


def _queue_name(payload: Payload) -> str:
    """The name in `queue:<account>:<name>`."""
    return text(payload, "queue_sid").split(":", 2)[-1]


def _take(payload: Payload, base: CallEvent) -> CallEvent:
    return replace(base, kind=CallEventKind.UNBRIDGED, leg="callee", reason=text(payload, "dequeue_result") or "hangup")


def _voicemail(payload: Payload, base: CallEvent) -> CallEvent:
    return replace(_recording(payload, base), kind=CallEventKind.VOICEMAIL, digits=keys(payload, "digits"))


def _recording(payload: Payload, base: CallEvent) -> CallEvent:
    """Our own gateway has the file; jambonz itself has sent the sound to the websocket."""
    return replace(
        base,
        kind=CallEventKind.RECORDING_READY,
        recording=text(payload, "recording_url", longest=2_000) or None,
        seconds=decimal(payload, "recording_duration", "dial_call_duration"),
    )


def _transfer(payload: Payload, base: CallEvent) -> CallEvent:
    reason = text(payload, "transfer_result", "dial_call_status") or "failed"
    return replace(base, kind=CallEventKind.TRANSFERRED, reason=reason)


def _transcript(payload: Payload, base: CallEvent) -> CallEvent | None:
    speech = part(payload, "speech")
    heard = _heard(payload)
    if heard is None or speech.get("is_final") is False:
        return None
    leg: Leg = "callee" if whole(speech, "channel_tag") == 2 else "caller"
    told = repr((leg, heard.text, text(payload, "stt_start_time")))  # there is no other order in it
    return replace(base, kind=CallEventKind.SPEECH, heard=heard, leg=leg, seq=crc32(told.encode()), reason="transcript")


def _continue(_payload: Payload, base: CallEvent) -> CallEvent:
    return replace(base, kind=CallEventKind.CONTINUED)


_READERS: Mapping[HookKind, Callable[[Payload, CallEvent], CallEvent | None]] = {
    "call": _call,
    "status": _status,
    "continue": _continue,
    "collect": _collect,
    "connect": _connect,
    "confirm": _confirm,
    "queue": _queue,
    "queue_events": _queue_events,
    "wait": _wait,
    "take": _take,
    "voicemail": _voicemail,
    "recording": _recording,
    "transfer": _transfer,
    "transcript": _transcript,
}
