"""Simotel: its samples and its tables, whatever else comes, and answers that are in time."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from contextlib import suppress
from urllib.parse import urlencode

import pytest
import pytest_asyncio
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.voice.events import BadCall
from channels.voice.script import (
    Answer,
    Collect,
    Connect,
    Enqueue,
    Hangup,
    NotRenderable,
    Pause,
    Play,
    Prompt,
    Reject,
    Say,
    Script,
    Tag,
    Target,
    Transfer,
    Voicemail,
)
from channels.voice.simotel.answers import (
    ANSWER_SECONDS,
    Exits,
    InTime,
    Reply,
    question,
    to_commands,
)
from channels.voice.simotel.guard import permitted
from channels.voice.simotel.parse import fields, parse
from channels.voice.wire import MAX_BODY

EXITS = Exits(queues={"sales": "3"})
NAMES = {"سلام": "welcome", "شماره": "number"}


def event(**payload: object) -> bytes:
    return json.dumps({"unique_id": "1695.1", **payload}).encode()


@pytest.mark.parametrize(
    ("body", "kind", "call", "reason"),
    [
        (
            event(event_name="NewState", exten="101", state="Ringing", direction="in"),
            "call.agent_ringing",
            "1695.1/101",
            "ringing",
        ),
        (event(event_name="newstate", Exten=101, State="INUSE"), "call.answered", "1695.1/101", "inuse"),
        (event(event_name="NewState", exten="101", state="Idle"), "call.ended", "1695.1/101", "idle"),
        (
            b'{"event_name":"IncomingCall","number":"09121234567","entry_point":"x","cuid":"1695.2"}',
            "call.ringing",
            "1695.2",
            "",
        ),
        (event(event_name="OutgoingCall", number="09121234567", outgoing_point="t1"), "call.ringing", "1695.1", ""),
        (
            event(event_name="Cdr", disposition="NO ANSWER", duration="12", billsec="0"),
            "call.ended",
            "1695.1",
            "no-answer",
        ),
        (
            event(event_name="CdrQueue", disposition="ANSWERED", wait="31", queue="700"),
            "call.queue_left",
            "1695.1",
            "bridged",
        ),
        (event(event_name="CdrQueue", disposition="NO ANSWER", wait=31), "call.queue_left", "1695.1", "abandoned"),
        (event(event_name="Transfer", transferred_from="101", transferred_to="102"), "call.transferred", "1695.1", ""),
        (event(event="Survey", point="4", queue="700"), "call.dtmf", "1695.1", "survey"),
        (
            b'{"event_name":"VoiceMail","id":"7","state":"SUCCESS","filename":"a.wav"}',
            "call.voicemail",
            "voicemail/7",
            "success",
        ),
        (
            b'{"event_name":"ReservedCallInFront","event":"x","queue_name":"700","caller_id":"0912","date":"d"}',
            "call.queue_joined",
            "reserved/0912/d",
            "reserved",
        ),
    ],
)
def test_what_a_simotel_tells(body: bytes, kind: str, call: str, reason: str) -> None:
    found = parse(body)
    assert found is not None
    assert (found.kind, found.call, found.reason) == (kind, call, reason)


def test_numbers_that_lost_their_quotes_keep_their_zero() -> None:
    loose = (
        b'{"event_name":"IncomingCall","number":09121234567,"text":"a \\" 0123","unique_id":1695.20,"entry_point":021}'
    )
    found = parse(loose)
    assert found is not None
    assert (found.caller, found.callee, found.call) == ("09121234567", "021", "1695.20")
    assert fields(loose)["text"] == 'a " 0123'


def test_the_name_of_an_event_may_stand_in_the_address_and_the_rest_in_a_form() -> None:
    form = urlencode({"Disposition": "ANSWERED", "CUID": "1695.3", "record": "r.wav", "EndTime": "2026-11-26 12:30:00"})
    for sent in (
        {"body": form.encode(), "content_type": "application/x-www-form-urlencoded"},
        {"body": b"", "query": form},
    ):
        found = parse(path_event="Cdr", **sent)
        assert found is not None
        assert (found.call, found.recording, found.at) == ("1695.3", "r.wav", 1_795_683_600_000)


@pytest.mark.parametrize(
    "stamp", ["2026-11-26 12:30:00", "2026/11/26 12:30:00", "2026-11-26T09:00:00+00:00", "1795683600"]
)
def test_times_are_those_of_tehran(stamp: str) -> None:
    found = parse(event(event_name="Cdr", disposition="BUSY", endtime=stamp))
    assert found is not None
    assert found.at == 1_795_683_600_000


def test_what_is_of_no_use_is_no_event() -> None:
    assert parse(event(event_name="TrunkNewState", state="up")) is None
    assert parse(event(event_name="NewState", exten="101", state="Pause")) is None
    assert parse(b'{"event_name":"NewState","exten":"101","state":"Idle"}') is None


def test_the_same_event_of_two_phones_is_two() -> None:
    first, second = (parse(event(event_name="NewState", exten=one, state="Ringing")) for one in ("101", "102"))
    assert first is not None
    assert second is not None
    assert (first.parent, first.leg, first.key != second.key) == ("1695.1", "callee", True)


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"[]", b"{", b"\xff", b"{}", b'{"event_name":"Cdr"}', b"x" * (MAX_BODY + 1), b"\x00" * 10_000_000),
        *(b"[" * 100_000, b'"' + b'\\"' * 100_000, b"0" * 200_000, b'{"a":' * 40_000),
    ],
)
def test_nonsense_is_refused(body: bytes) -> None:
    with pytest.raises(BadCall):
        parse(body)


names = st.sampled_from(
    [*("event_name", "event", "unique_id", "CUID", "state", "exten", "point", "date", "endtime", "wait", "Queue")]
)
values = (
    st.text(max_size=12)
    | st.integers()
    | st.sampled_from(["Cdr", "CdrQueue", "Survey", "NewState", "Idle"])
    | st.none()
)


@settings(deadline=None)
@given(st.dictionaries(names, values), st.binary(max_size=40), st.text(max_size=20))
def test_whatever_comes_is_an_event_or_a_clear_error(payload: dict[str, object], noise: bytes, path: str) -> None:
    for body in (json.dumps(payload).encode(), noise, b'{"event_name":"Cdr","unique_id":"1",' + noise):
        with suppress(BadCall):
            parse(body, path_event=path)
        with suppress(BadCall):
            parse(b"", query=body.decode(errors="replace"), path_event=path)
        with suppress(BadCall):
            question(body)


def test_a_question_holds_the_digits_that_were_keyed() -> None:
    asked = question(b'{"src":09121234567,"dst":"700","data":"5201","unique_id":"1695.1","app_name":"orders"}')
    assert (asked.source, asked.destination, asked.data, asked.app) == ("09121234567", "700", "5201", "orders")
    assert "5201" not in repr(asked)
    with pytest.raises(BadCall):
        question(b'{"src":"1"}')


def commands(*script: object) -> str:
    def named(prompt: Prompt) -> str | None:
        return prompt.url if isinstance(prompt, Play) else NAMES.get(prompt.text)

    steps: Script = script  # type: ignore[assignment]
    return to_commands(steps, EXITS, named)["commands"]


def test_a_script_becomes_commands() -> None:
    asked = Collect(token="t", prompt=(Say(text="سلام"), Say(text="شماره")), max_digits=8, timeout=9.6)
    assert commands(Answer(), Tag(), asked, Hangup()) == "PlayAnnouncement('welcome'); GetData('number',10,8);"
    number = Target(kind="phone", to="+989121234567")
    assert commands(Connect(token="c", targets=(number,))) == "SetExten('09121234567'); Exit('1');"
    assert (
        commands(Transfer(token="t", mode="blind", target=Target(kind="user", to="101")))
        == "SetExten('101'); Exit('1');"
    )
    assert commands(Play(url="ad"), Enqueue(token="q", name="sales")) == "PlayAnnouncement('ad'); Exit('3');"
    assert commands(Pause(seconds=2), Reject()) == "MusicOnHold('default',2); Exit('9');"


@pytest.mark.parametrize(
    "step",
    [
        Say(text="nobody recorded this"),
        Play(url="a'); Exit('1"),
        Play(url=""),
        Collect(token="t"),
        Collect(token="t", prompt=(Say(text="سلام"),), digits=False, speech=True),
        Enqueue(token="q", name="support"),
        Connect(token="c", targets=()),
        Connect(token="c", targets=(Target(kind="sip", to="sip:a@b"),)),
        Voicemail(token="v"),
        Transfer(token="t", mode="warm", target=Target(kind="user", to="101")),
        Answer(),
    ],
)
def test_what_a_simotel_cannot_do_is_told(step: object) -> None:
    with pytest.raises(NotRenderable):
        commands(step)


@pytest.mark.parametrize("wrong", ["12;", "sip:a", "", "۱۰۱"])
def test_what_is_no_number_is_not_dialled(wrong: str) -> None:
    with pytest.raises(NotRenderable):
        commands(Transfer(token="t", mode="blind", target=Target(kind="phone", to=wrong)))


def case(way: str) -> Reply:
    return {"ok": "1", "case": way}


@pytest_asyncio.fixture
async def in_time(no_task_left_behind: None) -> AsyncIterator[InTime]:
    made = InTime(seconds=0.05)
    yield made
    await made.close()


async def test_an_answer_that_is_there_is_given(in_time: InTime) -> None:
    async def quick() -> Reply:
        return case("2")

    assert await in_time.answer(quick, case("9")) == case("2")


async def test_while_the_bot_hangs_the_caller_goes_the_safe_way(in_time: InTime) -> None:
    """A bot that takes the connection and says nothing; it is a real one, and so is the connection."""
    gone = asyncio.Event()

    async def silent(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await gone.wait()
        writer.close()

    async with await asyncio.start_server(silent, "127.0.0.1", 0) as bot:
        port = bot.sockets[0].getsockname()[1]

        async def ask() -> Reply:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            try:
                return case((await reader.read()).decode())
            finally:
                writer.close()

        assert await in_time.answer(ask, case("9")) == case("9")
        gone.set()


async def test_not_even_one_that_will_not_stop_holds_up_the_answer(in_time: InTime) -> None:
    release = asyncio.Event()

    async def stubborn() -> Reply:
        while not release.is_set():
            with suppress(asyncio.CancelledError):
                await release.wait()
        return case("2")

    assert await in_time.answer(stubborn, case("9")) == case("9")
    release.set()


async def test_a_bot_that_fails_leads_the_safe_way(in_time: InTime) -> None:
    async def broken() -> Reply:
        raise ConnectionError

    assert await in_time.answer(broken, case("9")) == case("9")


async def test_time_that_is_gone_already_counts(in_time: InTime) -> None:
    async def never() -> Reply:
        await asyncio.Event().wait()
        raise AssertionError

    patient = InTime(seconds=3_600)
    since = asyncio.get_running_loop().time() - 3_600
    assert await patient.answer(never, case("9"), since=since) == case("9")
    await patient.close()


def test_the_answer_is_there_before_simotel_gives_up() -> None:
    assert InTime().seconds == ANSWER_SECONDS == 0.7


def basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


@pytest.mark.parametrize(
    ("header", "remote", "networks", "right"),
    [
        (basic("pbx", "pässword"), "10.0.0.5", ["10.0.0.0/24"], True),
        (basic("pbx", "pässword"), "10.0.0.5", [], True),
        (basic("pbx", "pässword"), "10.0.1.5", ["10.0.0.0/24"], False),
        (basic("pbx", "pässword"), None, ["10.0.0.0/24"], False),
        (basic("pbx", "pässword"), "10.0.0.5", ["nonsense"], False),
        (basic("pbx", "wrong"), "10.0.0.5", [], False),
        (basic("other", "pässword"), "10.0.0.5", [], False),
        ("Basic %%%", "10.0.0.5", [], False),
        ("Bearer x", "10.0.0.5", [], False),
        (None, "10.0.0.5", [], False),
    ],
)
def test_who_may_come_in(header: str | None, remote: str | None, networks: list[str], right: bool) -> None:
    assert permitted(header, remote, user="pbx", password="pässword", networks=networks) is right


def test_no_password_lets_nobody_in() -> None:
    assert not permitted(basic("", ""), "10.0.0.5", user="", password="", networks=[])
