"""What a TwiML provider tells and asks, as call events (form posts; twilio.com/docs/voice/twiml)."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from email.utils import parsedate_to_datetime

import msgspec

from channels.voice.events import BadCall, By, CallEvent, CallEventKind, Heard, Leg
from channels.voice.script import HookKind
from channels.voice.wire import Payload, call_id, decimal, form, keys, printable, share, text, whole

ENDS = frozenset({"completed", "busy", "failed", "no-answer", "canceled"})


def parse(kind: HookKind, body: bytes, *, token: str | None = None) -> CallEvent | None:
    """What a hook says; None for what we know and do not use. `token` is that of the hook's address.

    Raises:
        BadCall: it is no form, too large, says of no call, or what it says of it is unknown.
    """
    payload: Payload = dict(form(body))
    return _READERS[kind](payload, _base(payload, token, body))


def _base(payload: Payload, token: str | None, raw: bytes) -> CallEvent:
    parent = text(payload, "ParentCallSid") or None
    leg: Leg = "callee" if parent or text(payload, "Direction").startswith("outbound") else "caller"
    return CallEvent(
        kind=CallEventKind.RINGING,
        provider="twiml",
        call=call_id(payload, "CallSid"),
        leg=leg,
        parent=parent,
        at=_at(text(payload, "Timestamp")),
        seq=whole(payload, "SequenceNumber"),
        token=printable(token, 128) if token else None,
        caller=text(payload, "From"),
        callee=text(payload, "To"),
        name=text(payload, "CallerName"),
        raw=raw,
    )


def _at(stamp: str) -> int | None:
    """An RFC 2822 date in ms since the epoch."""
    try:
        return int(parsedate_to_datetime(stamp).timestamp() * 1000) if stamp else None
    except (ValueError, OverflowError):
        return None


def _call(_payload: Payload, base: CallEvent) -> CallEvent:
    return base


def _continue(_payload: Payload, base: CallEvent) -> CallEvent:
    return replace(base, kind=CallEventKind.CONTINUED)


def _status(payload: Payload, base: CallEvent) -> CallEvent | None:
    status = text(payload, "CallStatus").lower()
    if status in ENDS:
        by: By = "caller_or_script" if status in {"completed", "canceled"} else ""
        seconds = decimal(payload, "CallDuration")
        return replace(base, kind=CallEventKind.ENDED, reason=status, by=by, seconds=seconds)
    if status in {"in-progress", "answered"}:
        return replace(base, kind=CallEventKind.ANSWERED)
    if status == "ringing":
        return replace(base, kind=CallEventKind.AGENT_RINGING if base.leg == "callee" else CallEventKind.RINGING)
    if status in {"queued", "initiated"}:
        return None
    raise BadCall("unreadable", "This call status is unknown.")


def _collect(payload: Payload, base: CallEvent) -> CallEvent:
    if digits := keys(payload, "Digits"):
        return replace(base, kind=CallEventKind.DTMF, digits=digits)
    if words := text(payload, "SpeechResult", longest=2_000):
        heard = Heard(text=words, confidence=share(payload, "Confidence"))
        return replace(base, kind=CallEventKind.SPEECH, heard=heard)
    return replace(base, kind=CallEventKind.SILENCE, reason="timeout")


def _dialled(payload: Payload, base: CallEvent) -> CallEvent:
    """Those whom a leg was with are gone, where it is still there itself."""
    there = text(payload, "CallStatus").lower() == "in-progress"
    return replace(
        base,
        kind=CallEventKind.UNBRIDGED,
        by="caller" if there else "",
        reason=text(payload, "DialCallStatus").lower() or "failed",
        seconds=decimal(payload, "DialCallDuration"),
        recording=text(payload, "RecordingUrl", longest=2_000) or None,
    )


def _transfer(payload: Payload, base: CallEvent) -> CallEvent:
    return replace(_dialled(payload, base), kind=CallEventKind.TRANSFERRED)


def _take(payload: Payload, base: CallEvent) -> CallEvent:
    return replace(_dialled(payload, base), leg="callee")


def _confirm(payload: Payload, base: CallEvent) -> CallEvent:
    """The first time the leg was picked up and asks what to say to it; then it has keyed something, or not."""
    base = replace(base, leg="callee")
    return _collect(payload, base) if "Digits" in payload else replace(base, kind=CallEventKind.ANSWERED)


def _queue(payload: Payload, base: CallEvent) -> CallEvent:
    reason, seconds = text(payload, "QueueResult").lower() or "error", decimal(payload, "QueueTime")
    return replace(base, kind=CallEventKind.QUEUE_LEFT, reason=reason, seconds=seconds)


def _queue_events(_payload: Payload, _base: CallEvent) -> None:
    """There are none in this dialect."""


def _wait(payload: Payload, base: CallEvent) -> CallEvent:
    return replace(
        base,
        kind=CallEventKind.QUEUE_WAITS,
        place=whole(payload, "QueuePosition"),
        waiting=whole(payload, "CurrentQueueSize"),
        seconds=decimal(payload, "QueueTime"),
    )


def _recorded(payload: Payload, base: CallEvent) -> CallEvent:
    return replace(
        base,
        recording=text(payload, "RecordingUrl", longest=2_000) or None,
        seconds=decimal(payload, "RecordingDuration"),
        reason=text(payload, "RecordingStatus").lower(),
    )


def _voicemail(payload: Payload, base: CallEvent) -> CallEvent:
    """`Digits` is "hangup" when the caller hung up: those are no keys."""
    return replace(_recorded(payload, base), kind=CallEventKind.VOICEMAIL, digits=keys(payload, "Digits"))


def _recording(payload: Payload, base: CallEvent) -> CallEvent | None:
    if text(payload, "RecordingStatus").lower() not in {"completed", ""}:
        return None
    return replace(_recorded(payload, base), kind=CallEventKind.RECORDING_READY)


def _transcript(payload: Payload, base: CallEvent) -> CallEvent | None:
    if text(payload, "TranscriptionEvent") != "transcription-content" or text(payload, "Final").lower() == "false":
        return None
    try:
        said = msgspec.json.decode(text(payload, "TranscriptionData", longest=8_000), type=_Said)
    except (msgspec.MsgspecError, RecursionError, ValueError) as error:
        raise BadCall("unreadable", "The transcript is no JSON.") from error
    leg: Leg = "callee" if text(payload, "Track") == "outbound_track" else "caller"
    heard = Heard(text=printable(said.transcript, 2_000), confidence=share({"_": said.confidence}, "_"))
    seq = whole(payload, "SequenceId")
    return replace(base, kind=CallEventKind.SPEECH, heard=heard, leg=leg, seq=seq, reason="transcript")


class _Said(msgspec.Struct):
    transcript: str
    confidence: float = 0.0


_READERS: Mapping[HookKind, Callable[[Payload, CallEvent], CallEvent | None]] = {
    "call": _call,
    "status": _status,
    "continue": _continue,
    "collect": _collect,
    "connect": _dialled,
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
