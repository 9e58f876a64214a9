"""TwiML against its makers' own library: documents are built again with it, signatures are made and checked with it."""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from urllib.parse import urlencode
from xml.etree.ElementTree import fromstring

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator

from channels.voice.events import BadCall
from channels.voice.hooks import Hooks
from channels.voice.script import (
    HOOK_KINDS,
    Collect,
    Connect,
    Enqueue,
    HookKind,
    Leave,
    Meet,
    NotRenderable,
    Record,
    Say,
    Script,
    Target,
    Transfer,
)
from channels.voice.twiml.parse import parse
from channels.voice.twiml.render import render, render_wait
from channels.voice.twiml.signature import sign, verify
from channels.voice.wire import MAX_BODY, form
from tests.channels.voice.scripts import scripts
from tests.fakes.twilio import validated

HOOKS = Hooks(base="https://hub.example/channels/voice/in1/s3cret")
URL = "https://mycompany.com/myapp.php?foo=1&bar=2"
FIELDS = [
    ("CallSid", "CA1234567890ABCDE"),
    ("From", "+12349013030"),
    ("To", "+18005551212"),
    ("Caller", "+12349013030"),
    ("Digits", "1234"),
]
VECTOR = "0/KCTR6DLpKmkAf8muzZqo1nDgQ="
UNSAYABLE = ("pause", "resume", "stop")


@settings(deadline=None)
@given(scripts)
def test_whatever_can_be_scripted_is_twiml(script: Script) -> None:
    assume(not any(isinstance(one, Record) and one.action in UNSAYABLE for one in script))
    assume(not any(isinstance(one, Transfer) and one.mode == "warm" for one in script))
    assume(not any(isinstance(one, Meet) and one.watch == "whisper" and not one.beside for one in script))
    validated(render(script, HOOKS))


@pytest.mark.parametrize(
    "script",
    [
        (),
        (Record(action="pause"),),
        (Transfer(token="t", mode="warm", target=Target(kind="phone", to="+98")),),
        (Connect(token="c", targets=()),),
        (Meet(token="m", room="r", watch="whisper"),),
    ],
)
def test_what_cannot_be_said_is_told(script: Script) -> None:
    with pytest.raises(NotRenderable):
        render(script, HOOKS)


def test_no_words_leave_their_place() -> None:
    document = render((Say(text="</Say><Dial>1</Dial>\x00 & <می\u200cشود>"),), HOOKS)
    assert [(one.tag, one.text) for one in fromstring(document)] == [("Say", "</Say><Dial>1</Dial>  & <می\u200cشود>")]


def test_a_line_may_ask_while_it_waits() -> None:
    asked = fromstring(render_wait((Say(text="2nd"), Collect(token="cb")), HOOKS))
    assert [one.tag for one in asked] == ["Say", "Gather"]
    assert [one.tag for one in fromstring(render_wait((), HOOKS))] == ["Pause"]
    assert [one.tag for one in fromstring(render_wait((Leave(),), HOOKS))] == ["Leave"]
    with pytest.raises(NotRenderable):
        render_wait((Enqueue(token="e", name="q"),), HOOKS)


def body(**fields: str) -> bytes:
    return urlencode({"CallSid": "CA1", "From": "+989121234567", "To": "+982191000000", **fields}).encode()


@pytest.mark.parametrize(
    ("kind", "fields", "became", "reason"),
    [
        ("call", {"CallStatus": "ringing", "Direction": "inbound"}, "call.ringing", ""),
        ("status", {"CallStatus": "completed", "CallDuration": "61", "SequenceNumber": "3"}, "call.ended", "completed"),
        ("status", {"CallStatus": "ringing", "Direction": "outbound-dial"}, "call.agent_ringing", ""),
        ("status", {"CallStatus": "canceled", "ParentCallSid": "CA0"}, "call.ended", "canceled"),
        ("collect", {"Digits": "5201"}, "call.dtmf", ""),
        ("collect", {"SpeechResult": "سفارش", "Confidence": "0.8"}, "call.speech", ""),
        ("collect", {"Digits": ""}, "call.silence", "timeout"),
        ("connect", {"DialCallStatus": "no-answer"}, "call.unbridged", "no-answer"),
        ("confirm", {"ParentCallSid": "CA0"}, "call.answered", ""),
        ("confirm", {"ParentCallSid": "CA0", "Digits": "1"}, "call.dtmf", ""),
        ("queue", {"QueueResult": "leave", "QueueTime": "31"}, "call.queue_left", "leave"),
        ("wait", {"QueuePosition": "1", "CurrentQueueSize": "4"}, "call.queue_waits", ""),
        ("take", {"DialCallStatus": "completed", "DialCallDuration": "9"}, "call.unbridged", "completed"),
        ("voicemail", {"RecordingUrl": "https://r.example/1", "Digits": "hangup"}, "call.voicemail", ""),
        ("recording", {"RecordingSid": "RE1", "RecordingStatus": "completed"}, "call.recording_ready", "completed"),
        ("transfer", {"DialCallStatus": "busy"}, "call.transferred", "busy"),
        ("continue", {}, "call.continued", ""),
        (
            "transcript",
            {"TranscriptionEvent": "transcription-content", "TranscriptionData": '{"transcript":"سلام"}'},
            "call.speech",
            "transcript",
        ),
    ],
)
def test_what_a_provider_tells(kind: HookKind, fields: dict[str, str], became: str, reason: str) -> None:
    event = parse(kind, body(**fields), token="t1")
    assert event is not None
    assert (event.kind, event.reason, event.call) == (became, reason, "CA1")


def test_who_hung_up_while_recording_keyed_nothing() -> None:
    event = parse("voicemail", body(RecordingUrl="https://r.example/1", RecordingDuration="12", Digits="hangup"))
    assert event is not None
    assert (event.digits, event.seconds, event.recording) == ("", 12, "https://r.example/1")


def test_events_are_put_in_order_by_their_numbers() -> None:
    event = parse(
        "status", body(CallStatus="in-progress", SequenceNumber="2", Timestamp="Thu, 26 Nov 2026 09:00:00 +0000")
    )
    assert event is not None
    assert (event.seq, event.at) == (2, 1_795_683_600_000)
    assert event.key == "twiml:CA1:call.answered:2"


def test_what_is_of_no_use_is_no_event() -> None:
    assert parse("status", body(CallStatus="initiated")) is None
    assert parse("recording", body(RecordingStatus="in-progress")) is None
    assert parse("transcript", body(TranscriptionEvent="transcription-started")) is None
    assert parse("queue_events", body()) is None


@pytest.mark.parametrize(
    "raw",
    [b"x" * (MAX_BODY + 1), b"\x00" * 10_000_000, b"a=1&" * 1_000, b"\xff=\xff", b"", b"CallSid=", b"CallSid=%00"],
)
def test_nonsense_is_refused(raw: bytes) -> None:
    with pytest.raises(BadCall):
        parse("call", raw)


names = st.sampled_from(
    [
        *("CallSid", "CallStatus", "Digits", "SequenceNumber", "Timestamp", "QueuePosition", "Confidence"),
        *("SpeechResult", "TranscriptionEvent", "TranscriptionData", "CallDuration", "ParentCallSid"),
    ]
)
values = st.text(max_size=20) | st.sampled_from(
    ["transcription-content", "completed", "nan", "inf", "9" * 400, "[" * 9]
)


@settings(deadline=None)
@given(st.sampled_from(HOOK_KINDS), st.lists(st.tuples(names, values), max_size=9), st.binary(max_size=60), st.text())
def test_whatever_comes_is_an_event_or_a_clear_error(
    kind: HookKind, fields: list[tuple[str, str]], noise: bytes, token: str
) -> None:
    known = urlencode(fields, errors="replace").encode()
    for raw in (known, b"CallSid=CA1&" + known + noise, noise):
        with suppress(BadCall):
            parse(kind, raw, token=token)


def test_the_signature_of_the_documentation_is_known() -> None:
    assert sign(URL, FIELDS, "12345") == VECTOR
    assert RequestValidator("12345").validate(URL, dict(FIELDS), VECTOR)
    assert verify(URL, FIELDS, VECTOR, ["12345"])
    assert verify(URL, FIELDS[::-1], VECTOR, ["new one", "12345"])


@pytest.mark.parametrize(
    "signed_as", ["https://hub.example/v", "https://hub.example:443/v", "https://hub.example:8443/v"]
)
@pytest.mark.parametrize(
    "known_as", ["https://hub.example/v", "https://hub.example:443/v", "https://hub.example:8443/v"]
)
def test_a_port_may_be_signed_or_not(signed_as: str, known_as: str) -> None:
    made = RequestValidator("12345").compute_signature(signed_as, dict(FIELDS))
    assert verify(known_as, FIELDS, made, ["12345"]) == RequestValidator("12345").validate(known_as, dict(FIELDS), made)


@settings(deadline=None)
@given(st.lists(st.tuples(st.text(max_size=8), st.text(max_size=8)), max_size=6), st.text(min_size=1, max_size=20))
def test_signatures_are_those_of_the_library(fields: list[tuple[str, str]], secret: str) -> None:
    class Repeated(dict[str, list[str]]):
        def getlist(self, name: str) -> list[str]:
            return self[name]

    grouped = Repeated()
    for name, value in fields:
        grouped.setdefault(name, []).append(value)
    theirs = RequestValidator(secret)
    assert sign(URL, fields, secret) == theirs.compute_signature(URL, grouped)
    assert sign(URL, fields, secret, algorithm="sha256") == theirs.compute_signature(URL, grouped, "HMAC_SHA256")


@pytest.mark.parametrize(
    ("url", "fields", "header", "secrets"),
    [
        (URL, FIELDS, None, ["12345"]),
        (URL, FIELDS, "", ["12345"]),
        (URL, FIELDS, "é", ["12345"]),
        (URL, FIELDS, VECTOR[:-2] + "A=", ["12345"]),
        (URL, FIELDS, VECTOR, ["54321"]),
        (URL, FIELDS, VECTOR, []),
        (URL, FIELDS, sign(URL, FIELDS, ""), [""]),
        (URL, [*FIELDS, ("More", "")], VECTOR, ["12345"]),
        (URL.replace("https", "http"), FIELDS, VECTOR, ["12345"]),
        (URL + "1", FIELDS, VECTOR, ["12345"]),
        (URL.replace(".com/", ".com:8443/"), FIELDS, sign(URL.replace(".com/", ".com:1/"), FIELDS, "12345"), ["12345"]),
    ],
)
def test_who_is_not_the_provider_is_refused(
    url: str, fields: list[tuple[str, str]], header: str | None, secrets: list[str]
) -> None:
    assert not verify(url, fields, header, secrets)


def test_a_json_body_is_signed_by_its_digest() -> None:
    raw = json.dumps({"CallSid": "CA1"}).encode()
    url = f"https://hub.example/v?bodySHA256={hashlib.sha256(raw).hexdigest()}"
    made = RequestValidator("12345").compute_signature(url, {})
    assert RequestValidator("12345").validate(url, raw.decode(), made)
    assert verify(url, [], made, ["12345"], json_body=raw)
    assert not verify(url, [], made, ["12345"], json_body=raw + b" ")
    without = "https://hub.example/v"
    assert not verify(without, [], sign(without, [], "12345"), ["12345"], json_body=raw)


def test_a_shared_key_signs_with_the_stronger_hash() -> None:
    strong = RequestValidator("12345").compute_signature(URL, dict(FIELDS), "HMAC_SHA256")
    assert verify(URL, FIELDS, strong, ["12345"], settings="key=k1,algorithm=HMAC_SHA256")
    assert not verify(URL, FIELDS, strong, ["12345"])
    assert not verify(URL, FIELDS, VECTOR, ["12345"], settings="algorithm=MD5")


def test_a_repeated_field_is_kept() -> None:
    assert form(b"a=1&a=2&b=") == [("a", "1"), ("a", "2"), ("b", "")]
