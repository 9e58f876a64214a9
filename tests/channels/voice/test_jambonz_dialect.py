"""The jambonz dialect against its own makers' schemas, and against whoever is not jambonz."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from channels.voice.events import BadCall, CallEvent, CallEventKind, Heard
from channels.voice.hooks import Hooks
from channels.voice.jambonz.parse import parse
from channels.voice.jambonz.render import Verb, Voices, render, render_wait
from channels.voice.jambonz.signature import Unsigned, sign, verify
from channels.voice.script import (
    HOOK_KINDS,
    Collect,
    Connect,
    Enqueue,
    Hangup,
    HookKind,
    Leave,
    NotRenderable,
    Play,
    Say,
    Script,
    Target,
    Transfer,
    with_sounds,
)
from channels.voice.wire import MAX_BODY, MAX_DIGITS
from tests.channels.voice.scripts import scripts

SCHEMAS = Path(__file__).parents[3] / "widget/node_modules/@jambonz/schema"
needs_schemas = pytest.mark.skipif(
    not SCHEMAS.is_dir() and os.environ.get("CI") != "true",
    reason="the schemas of jambonz are a package of the widget's (npm ci there)",
)
HOOKS = Hooks(base="https://hub.example/channels/voice/in1/s3cret")
VOICES = Voices(tts_vendor="google", stt_vendor="google", voices={"en": "en-US-Wavenet-D"}, login=("peyk", "s3cret"))
NOW = 1_700_000_000_000
VECTOR = '{"call_sid":"c1","from":"علی","queue_time":5}'.encode()
SIGNATURE = "820d6fc8fa1b3a0f0dd16305b5f61c85f1e8d6312954aa612005d10e50ebe024"


@cache
def validator(name: str) -> Draft202012Validator:
    """One schema of theirs; keys that a verb does not have are refused, which theirs would let pass."""
    read = [json.loads(path.read_text()) for path in SCHEMAS.rglob("*.schema.json")]
    registry = Registry().with_resources((one["$id"], Resource.from_contents(one)) for one in read)
    wanted = next(one for one in read if one["$id"] == f"https://jambonz.org/schema/{name}")
    strict = {**wanted, "unevaluatedProperties": False} if name.startswith("verbs/") else wanted
    return Draft202012Validator(strict, registry=registry)


def check(verbs: list[Verb]) -> None:
    validator("jambonz-app").validate(verbs)
    for one in verbs:
        validator(f"verbs/{one['verb']}").validate(one)


def nested(verbs: list[Verb]) -> Iterator[Verb]:
    for one in verbs:
        for prompt in ("say", "play"):
            if isinstance(within := one.get(prompt), dict):
                yield {"verb": prompt, **within}


@needs_schemas
@settings(deadline=None)
@given(scripts, st.sampled_from([None, VOICES]))
def test_whatever_can_be_scripted_is_what_jambonz_takes(script: Script, voices: Voices | None) -> None:
    verbs = render(script, HOOKS, voices)
    check(verbs)
    check(list(nested(verbs)) or verbs)
    json.dumps(verbs)


@needs_schemas
@pytest.mark.parametrize(
    ("kind", "schema", "payload"),
    [
        ("call", "session-new", {"caller_name": 'O\'Neil "Bob"', "sip": {"method": "INVITE", "type": "request"}}),
        ("status", "call-status", {"call_status": "completed", "duration": 61, "call_termination_by": "caller"}),
        ("collect", "gather", {"reason": "dtmfDetected", "digits": "5201"}),
        ("collect", "gather", {"reason": "timeout"}),
        ("connect", "dial", {"dial_call_status": "no-answer", "dial_sip_status": 480, "dial_call_sid": "c2"}),
        ("queue", "enqueue", {"queue_sid": "queue:acc:sales", "queue_time": 31, "queue_result": "leave"}),
        ("wait", "enqueue-wait", {"queue_sid": "queue:acc:sales", "queue_time": 31, "queue_position": 0}),
        ("take", "dequeue", {"dequeue_result": "complete"}),
        ("voicemail", "listen", {"dial_call_duration": 12, "digits": "#"}),
        ("transfer", "transfer", {"transfer_result": "returned", "transfer_reason": "busy"}),
        ("transcript", "transcribe", {"speech": {"alternatives": [{"transcript": "سلام", "confidence": 0.9}]}}),
        ("continue", "session-redirect", {"caller_id": "+989121234567"}),
    ],
)
def test_what_jambonz_sends_is_understood(kind: HookKind, schema: str, payload: dict[str, object]) -> None:
    whole = {"call_sid": "c1", "direction": "inbound", "from": "09121234567", "to": "02191000000"} | payload
    validator(f"callbacks/{schema}").validate(whole)
    event = parse(kind, json.dumps(whole).encode(), token="t1")
    assert event is not None
    assert (event.call, event.token, event.leg) == ("c1", "t1", "callee" if kind == "take" else "caller")


def read(kind: HookKind, **payload: object) -> CallEvent:
    event = parse(kind, json.dumps({"call_sid": "c1", **payload}).encode())
    assert event is not None
    return event


def test_a_menu_in_two_languages_says_the_first_and_asks_with_the_last() -> None:
    menu = Collect(token="m", prompt=(Say(text="برای فارسی ۱"), Say(text="For English, 2", locale="en")))
    say, gather = render((menu,), HOOKS)
    assert (say["verb"], say["text"]) == ("say", "برای فارسی ۱")
    assert gather["say"] == {"text": "For English, 2"}
    assert gather["actionHook"] == f"{HOOKS.base}/collect?token=m"


def test_what_one_voice_says_is_asked_as_one_so_that_it_can_be_answered_early() -> None:
    [gather] = render((Collect(token="m", prompt=(Say(text="Wrong key."), Say(text="1 for\x00 sales"))),), HOOKS)
    assert gather["say"] == {"text": "Wrong key. 1 for  sales"}


def test_a_system_without_a_voice_plays_what_is_said() -> None:
    script = (Say(text="a"), Collect(token="m", prompt=(Say(text="b"),)))
    played = with_sounds(script, lambda say: Play(url=f"https://sounds.example/{say.text}.wav"))
    assert [one["verb"] for one in render(played, HOOKS)] == ["play", "gather"]
    assert "say" not in str(render(played, HOOKS))


def test_who_picked_up_hears_the_question_first() -> None:
    target = Target(kind="sip", to="sip:101@pbx.example")
    [dial] = render((Connect(token="c", targets=(target,), confirm=(Say(text="A call"),)),), HOOKS)
    assert dial["confirmHook"] == f"{HOOKS.base}/confirm?token=c"
    assert dial["target"] == [{"type": "sip", "sipUri": "sip:101@pbx.example"}]


def test_a_blind_transfer_is_said_in_a_verb_that_all_versions_know() -> None:
    target = Target(kind="phone", to="+982191000000")
    [blind] = render((Transfer(token="t", mode="blind", target=target),), HOOKS)
    [warm] = render((Transfer(token="t", mode="warm", target=target, introduction=(Say(text="Hi"),)),), HOOKS)
    assert (blind["verb"], warm["verb"], warm["brief"]) == ("dial", "transfer", {"text": "Hi"})


def test_an_empty_script_is_refused_for_it_would_drop_the_call() -> None:
    with pytest.raises(NotRenderable):
        render((), HOOKS)
    with pytest.raises(NotRenderable):
        render((Connect(token="c", targets=()),), HOOKS)


def test_music_in_line_never_ends_and_asks_for_nothing() -> None:
    assert render_wait((), HOOKS) == [{"verb": "pause", "length": 1}]
    assert [one["verb"] for one in render_wait((Say(text="2nd"), Leave()), HOOKS)] == ["say", "leave"]
    for wrong in (Collect(token="c"), Hangup(), Enqueue(token="e", name="q")):
        with pytest.raises(NotRenderable):
            render_wait((wrong,), HOOKS)


@pytest.mark.parametrize(
    ("payload", "kind", "leg"),
    [
        ({"call_status": "ringing", "direction": "inbound"}, "call.ringing", "caller"),
        ({"call_status": "early-media", "direction": "outbound"}, "call.agent_ringing", "callee"),
        ({"call_status": "in-progress", "parent_call_sid": "c0"}, "call.answered", "callee"),
        ({"call_status": "no-answer", "direction": "outbound"}, "call.ended", "callee"),
        ({"call_status": "completed", "duration": "61"}, "call.ended", "caller"),
    ],
)
def test_how_a_leg_fares(payload: dict[str, object], kind: str, leg: str) -> None:
    event = parse("status", json.dumps({"call_sid": "c1", **payload}).encode())
    assert event is not None
    assert (event.kind, event.leg) == (kind, leg)


def test_what_is_of_no_use_is_no_event_and_nonsense_is_an_error() -> None:
    assert parse("status", b'{"call_sid":"c1","call_status":"trying"}') is None
    assert parse("queue_events", b'{"call_sid":"c1","event":"other"}') is None
    assert parse("transcript", b'{"call_sid":"c1","speech_event":{"type":"x"}}') is None
    with pytest.raises(BadCall):
        parse("status", b'{"call_sid":"c1","call_status":"dancing"}')


def test_the_same_thing_told_twice_has_one_key() -> None:
    ended = {"call_status": "completed", "duration": 61}
    assert read("status", **ended).key == read("status", **ended).key
    said = {"speech": {"alternatives": [{"transcript": "one"}]}, "stt_start_time": "1"}
    later = {**said, "stt_start_time": "2"}
    assert read("transcript", **said).key == read("transcript", **said).key
    assert read("transcript", **said).key != read("transcript", **later).key


def test_a_place_in_line_counts_from_one() -> None:
    event = parse("wait", b'{"call_sid":"c1","queue_sid":"queue:acc:sales:fa","queue_position":0,"queue_size":"4"}')
    assert event is not None
    assert (event.place, event.waiting, event.queue) == (1, 4, "sales:fa")


def test_the_likeliest_words_are_heard() -> None:
    said = [{"transcript": "a", "confidence": 0.2}, {"transcript": "b", "confidence": 7}, "x", {"confidence": 1}]
    event = parse(
        "collect",
        json.dumps({"call_sid": "c1", "reason": "speechDetected", "speech": {"alternatives": said}}).encode(),
    )
    assert event is not None
    assert event.heard is not None
    assert (event.heard.text, event.heard.confidence) == ("b", 1.0)


def test_words_that_are_told_in_pieces_are_heard_as_one() -> None:
    pieces = [
        {"is_final": True, "alternatives": [{"transcript": "order", "confidence": 0.9}]},
        {"alternatives": [{"transcript": "won two", "confidence": 0.1}, {"transcript": "one two", "confidence": 0.7}]},
        "nonsense",
    ]
    event = read("collect", reason="speechDetected", speech={"is_final": True, "transcripts": pieces})
    assert event.kind is CallEventKind.SPEECH
    assert event.heard == Heard(text="order one two", confidence=0.7)
    assert read("collect", reason="speechDetected", speech={"transcripts": []}).kind is CallEventKind.SILENCE


def test_names_as_old_releases_spell_them_are_known() -> None:
    old = {"callSid": "c1", "callStatus": "in-progress", "parentCallSid": "c0", "from": "09121234567"}
    event = parse("status", json.dumps(old).encode())
    assert event is not None
    assert (event.kind, event.call, event.parent, event.leg) == (CallEventKind.ANSWERED, "c1", "c0", "callee")
    assert read("call", callSid="other", customerData={"a": "b"}).tags == {"a": "b"}


def test_keys_are_never_shown_and_a_flood_of_them_is_cut() -> None:
    event = parse("collect", json.dumps({"call_sid": "c1", "reason": "dtmfDetected", "digits": "۱2" * 30_000}).encode())
    assert event is not None
    assert event.digits == "12" * (MAX_DIGITS // 2)
    assert event.digits not in repr(event)
    assert event.kind is CallEventKind.DTMF


def test_names_with_quotes_and_nuls_are_text() -> None:
    event = parse("call", json.dumps({"call_sid": "c1", "caller_name": '"Bob" <x>\x00\n\u202e', "from": 912}).encode())
    assert event is not None
    assert (event.name, event.caller) == ('"Bob" <x>', "912")


hostile = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
names = st.sampled_from(
    ["call_sid", "call_status", "digits", "speech", "reason", "queue_sid", "queue_position", "customerData", "event"]
)


@settings(deadline=None)
@given(st.sampled_from(HOOK_KINDS), st.dictionaries(names, hostile, max_size=9), st.binary(max_size=60), st.text())
def test_whatever_comes_is_an_event_or_a_clear_error(
    kind: HookKind, payload: dict[str, object], noise: bytes, token: str
) -> None:
    for body in (json.dumps(payload).encode(), json.dumps({"call_sid": "c1"} | payload).encode() + noise, noise):
        with suppress(BadCall):
            parse(kind, body, token=token)


@pytest.mark.parametrize(
    "body",
    [b"[" * 100_000, b'{"a":' * 40_000, b"x" * (MAX_BODY + 1), b"\x00" * 10_000_000, b"[]", b"", b'"a"', b"\xff"],
)
def test_nonsense_is_refused(body: bytes) -> None:
    with pytest.raises(BadCall):
        parse("call", body)


def test_a_signature_that_was_made_elsewhere_is_known() -> None:
    header = f"t=1700000000,v1={SIGNATURE}"
    assert sign(VECTOR, "wh_secret", now=NOW) == header
    verify(VECTOR, header, ["wh_secret"], now=NOW)
    verify(VECTOR, header, ["new", "wh_secret"], now=NOW + 300_999)
    verify(VECTOR, f"t=1700000000, v1={'0' * 64}, v1={SIGNATURE}", ["wh_secret"], now=NOW)


@pytest.mark.parametrize(
    ("header", "code"),
    [
        (None, "missing"),
        ("", "missing"),
        ("nonsense", "malformed"),
        (f"v1={SIGNATURE}", "malformed"),
        (f"t=1700000000,t=1700000000,v1={SIGNATURE}", "malformed"),
        ("t=1700000000", "malformed"),
        (f"t=۱۷۰۰۰۰۰۰۰۰,v1={SIGNATURE}", "malformed"),
        ("t=1700000000," + "v1=0," * 9, "malformed"),
        ("t=1700000000,v1=é", "malformed"),
        (f"t=1700000000,v1={SIGNATURE[:-1]}0", "wrong"),
        (f"t=1699999000,v1={SIGNATURE}", "expired"),
        (f"t=1700000400,v1={SIGNATURE}", "expired"),
    ],
)
def test_who_is_not_jambonz_is_refused(header: str | None, code: str) -> None:
    with pytest.raises(Unsigned) as refused:
        verify(VECTOR, header, ["wh_secret"], now=NOW)
    assert refused.value.code == code


def test_a_secret_that_is_not_set_opens_nothing() -> None:
    with pytest.raises(Unsigned):
        verify(VECTOR, sign(VECTOR, "", now=NOW), ["", "wh_secret"], now=NOW)
    with pytest.raises(Unsigned):
        verify(VECTOR + b" ", sign(VECTOR, "wh_secret", now=NOW), ["wh_secret"], now=NOW)
