"""A Simotel by real requests: what it tells makes and ends conversations, in whatever order and however often."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestServer

from channels.calls import Call
from channels.contract import ChannelError, Configured
from channels.voice.simotel.fastagi import listening
from channels.voice.simotel.parse import TEHRAN
from tests.channels.voice.desk_lab import CALLER, Lab, voice_lab

PASSWORD = "the-password-of-the-simotel-42"
MENU = {"type": "menu", "text": {"en": "Sales 1"}, "choices": {"1": "sales"}, "otherwise": "line", "retries": 1}
FLOW = {
    "name": "f",
    "version": 1,
    "entry": {"node": "menu", "locale": "en"},
    "locales": ["en"],
    "nodes": {
        "menu": MENU,
        "sales": {"type": "queue", "queue": "sales"},
        "line": {"type": "queue", "queue": ""},
    },
}
CALL = {"unique_id": "1695.1", "src": "09121234567", "dst": "02191000000"}
STORY: tuple[tuple[str, dict[str, str]], ...] = (
    ("IncomingCall", {"number": "09121234567", "entry_point": "02191000000"}),
    ("NewState", {"exten": "101", "state": "Ringing"}),
    ("NewState", {"exten": "101", "state": "InUse"}),
    ("CdrQueue", {**CALL, "dst": "101", "queue": "sales", "disposition": "ANSWERED", "wait": "7"}),
    ("NewState", {"exten": "101", "state": "Idle"}),
    ("Cdr", {**CALL, "type": "incoming", "disposition": "ANSWERED", "billsec": "61", "record": "r-1.wav"}),
)


class Simotel:
    """The other side."""

    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        self.auth = aiohttp.encode_basic_auth("peyk", PASSWORD)

    def configure(self, **more: object) -> None:
        """Set the inbox up."""
        own: dict[str, object] = {
            "user": "peyk",
            "password": PASSWORD,
            "networks": ["127.0.0.0/8"],
            "announcements": ["menu = Sales 1"],
            "exits": ["sales = 3"],
            "flow": json.dumps(FLOW),
        }
        self.lab.configure(dialect="simotel", **{**own, **more})

    async def get(self, path: str, **query: str) -> tuple[int, str]:
        """By GET."""
        target = f"{self.lab.url}/channels/voice/box/simotel/{path}"
        headers = {"Authorization": self.auth}
        async with self.lab.session.get(target, params=query, headers=headers) as answer:
            return answer.status, await answer.text()

    async def post(self, path: str, body: object) -> tuple[int, str]:
        """By POST."""
        target = f"{self.lab.url}/channels/voice/box/simotel/{path}"
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {"Authorization": self.auth}
        async with self.lab.session.post(target, data=data, headers=headers) as answer:
            return answer.status, await answer.text()

    async def smart(self, **more: str) -> Any:
        """What it is told to do."""
        status, text = await self.post("smart", {**CALL, "app_name": "peyk", **more})
        assert status == 200
        return json.loads(text)

    async def tells(self, name: str, fields: dict[str, str], call: str = "1695.1") -> None:
        """Of an event."""
        assert await self.post("events", {"event_name": name, "unique_id": call, **fields}) == (204, "")


@pytest_asyncio.fixture
async def simotel(no_task_left_behind: None) -> AsyncIterator[Simotel]:
    async with voice_lab() as lab:
        made = Simotel(lab)
        made.configure()
        yield made


async def test_a_caller_walks_the_flow_by_keys_and_goes_out_to_a_line(simotel: Simotel) -> None:
    assert (await simotel.smart())["commands"] == "GetData('menu',6,1);"
    assert (await simotel.smart(data="7"))["commands"] == "Exit('1');"  # what is said then was not uploaded
    assert (await simotel.smart(data="1"))["commands"] == "Exit('3');"
    assert simotel.lab.hub.lines == []
    [began] = simotel.lab.hub.began
    assert (began.sender.address, began.thread) == (CALLER, "1695.1")


async def test_an_old_box_asks_for_the_way_out_and_tells_by_get(simotel: Simotel) -> None:
    assert await simotel.get("case", **{**CALL, "app_name": "issabel"}) == (200, "")
    assert await simotel.get("case", **{**CALL, "data": "1"}) == (200, "3")
    assert (await simotel.get("events/Cdr", unique_id="1695.1", disposition="ANSWERED", billsec="9"))[0] == 204
    assert len(simotel.lab.hub.over) == 1


async def agi(port: int, script: str, **more: str) -> str:
    """What an Asterisk that asks by FastAGI is told; "" also if it is cut off."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    said = {"network_script": script, "uniqueid": CALL["unique_id"], "callerid": CALL["src"], "extension": CALL["dst"]}
    lines = [f"agi_{name}: {value}" for name, value in {**said, "dnid": "unknown", **more}.items()]
    writer.write(("\n".join(lines) + "\n\n").encode())
    try:
        answer = (await reader.readline()).decode()
        writer.write(b"200 result=1\n")
        assert await reader.read() == b""
    except ConnectionResetError:
        return ""
    finally:
        writer.close()
    return answer


async def test_an_old_box_asks_by_fastagi(simotel: Simotel) -> None:
    home = {"host": "127.0.0.1", "port": 0, "networks": ["127.0.0.0/8"]}
    async with listening(simotel.lab.url, "peyk", PASSWORD, **home) as port:
        assert await agi(port, "box") == 'SET VARIABLE WAY ""\n'
        assert await agi(port, "box", arg_1="1") == 'SET VARIABLE WAY "3"\n'
        assert await agi(port, "box/end", arg_1="ANSWERED", arg_2="9") == ""
        assert await agi(port, "..%2f..", uniqueid="other") == 'SET VARIABLE WAY ""\n'
        assert await agi(port, "box", junk="x" * 2_000) == ""
    assert [one.sender.address for one in simotel.lab.hub.began] == [CALLER]
    assert len(simotel.lab.hub.over) == 1
    async with listening(simotel.lab.url, "peyk", "wrong", **home) as port:
        assert await agi(port, "box", uniqueid="another") == 'SET VARIABLE WAY ""\n'
    async with listening(simotel.lab.url, "peyk", PASSWORD, **{**home, "networks": ["10.0.0.0/8"]}) as port:
        assert await agi(port, "box", uniqueid="stranger") == ""
    assert len(simotel.lab.hub.began) == 1


async def outcome(simotel: Simotel, call: str, events: Sequence[tuple[str, dict[str, str]]]) -> tuple[object, ...]:
    """What the hub knows of a call after these events."""
    hub = simotel.lab.hub
    for name, fields in events:
        await simotel.tells(name, {one: value for one, value in fields.items() if one != "unique_id"}, call)
    told = sorted(one.key for one in hub.told if one.what == "recording")
    over = {one.sid for one, _ in hub.over if one.sid == call}
    begun = [one.sender.address for one in hub.began if one.thread == call]
    return begun, over == {call}, bool(told)


async def test_whatever_order_it_is_told_in_it_is_one_call_that_began_and_ended(simotel: Simotel) -> None:
    for number, events in enumerate(itertools.permutations(STORY)):
        if number % 24:  # each beginning and each end, 30 of the 720
            continue
        twice = [*events[:3], *events, *events[-2:]]
        assert await outcome(simotel, f"c-{number}", twice) == ([CALLER], True, True)


@pytest.mark.parametrize(("hangup", "by"), [("agent", "agent"), ("caller", "caller"), ("", "")])
async def test_who_hung_up_is_what_the_report_of_the_line_says(simotel: Simotel, hangup: str, by: str) -> None:
    await outcome(simotel, "talk", [("CdrQueue", {**STORY[3][1], "hangup": hangup}), STORY[-1]])
    assert [ender for _, ender in simotel.lab.hub.over] == [by]


async def test_a_lost_end_and_a_lost_beginning_are_repaired_by_the_report(simotel: Simotel) -> None:
    assert await outcome(simotel, "only-report", [STORY[-1]]) == ([CALLER], True, True)
    await simotel.tells("Cdr", {"src": "101", "dst": "102", "type": "local", "disposition": "ANSWERED"}, "inside")
    await simotel.tells("NewState", {"exten": "102", "state": "InUse"}, "inside")
    assert [one.thread for one in simotel.lab.hub.began] == ["only-report"]
    await simotel.tells("CdrQueue", {**STORY[3][1]}, "no-telephone-told")
    assert simotel.lab.hub.told[-1].key == "joined:101"


@pytest.mark.parametrize("path", ["smart", "case", "events"])
async def test_who_is_not_the_simotel_is_refused_and_nonsense_disturbs_nobody(simotel: Simotel, path: str) -> None:
    assert (await simotel.post(path, b"x" * (10 << 20)))[0] == 413
    assert (await simotel.post(path, b"[1]"))[0] == 400
    assert (await simotel.post(path, {"event_name": "Cdr", "unique_id": "\x00"}))[0] == 400
    await simotel.smart()
    simotel.auth = aiohttp.encode_basic_auth("peyk", "wrong")
    assert (await simotel.post(path, {**CALL, "event_name": "Cdr"}))[0] == 401
    assert simotel.lab.hub.over == []
    simotel.auth = aiohttp.encode_basic_auth("peyk", PASSWORD)
    simotel.lab.configure(dialect="simotel", password=PASSWORD, networks=["10.0.0.0/8"])
    assert (await simotel.post(path, {**CALL, "event_name": "Cdr"}))[0] == 401
    simotel.lab.configure(dialect="simotel", password="guessed")
    simotel.auth = aiohttp.encode_basic_auth("peyk", "guessed")
    assert (await simotel.post(path, {**CALL, "event_name": "Cdr"}))[0] == 401
    simotel.lab.configure()
    assert (await simotel.post(path, {**CALL, "event_name": "Cdr"}))[0] == 401


async def test_the_hub_says_that_it_cannot_put_such_a_call_on_hold(simotel: Simotel) -> None:
    await simotel.smart()
    call = Call(inbox="box", sid="1695.1", address=CALLER, conversation="c-1695.1")
    with pytest.raises(ChannelError) as refused:
        await simotel.lab.channel.control(call, "hold")
    assert refused.value.code == "not_allowed"


async def test_what_is_asked_twice_in_a_moment_is_answered_twice_and_walked_once(simotel: Simotel) -> None:
    await simotel.tells("IncomingCall", STORY[0][1])
    first = await simotel.smart()
    simotel.lab.clock.advance(10_000)
    wrong = await simotel.smart(data="7")
    assert [await simotel.smart(data="7") for _ in range(3)] == [wrong] * 3
    [menu] = [one for one in simotel.lab.hub.told if one.what == "menu"]
    assert (first["commands"], menu.values["path"]) == ("GetData('menu',6,1);", "menu")
    simotel.lab.clock.advance(4_000)
    assert (await simotel.smart(data="7"))["commands"] == "Exit('1');"  # no more retries: the usual line
    assert [one.what for one in simotel.lab.hub.told].count("menu") == 2


async def test_a_place_that_was_reserved_is_called_back_from_that_place(simotel: Simotel) -> None:
    hub, clock = simotel.lab.hub, simotel.lab.clock
    simotel.configure(lines=["1010 = support"])
    await simotel.tells("IncomingCall", STORY[0][1])
    reserved = {"event_name": "ReservedCallInFront", "queue_name": "1010", "caller_id": "09121234567"}
    entered = datetime.fromtimestamp(clock.now() / 1_000 - 90, TEHRAN).replace(tzinfo=None)
    for _ in range(2):
        assert await simotel.post("events", {**reserved, "date": str(entered)}) == (204, "")
    await simotel.tells("Cdr", {**CALL, "disposition": "NO ANSWER"})
    assert (hub.lines, hub.waiting_since) == ([("support", "callback")], [clock.now() - 90_000])
    assert [one.values for one in hub.told if one.what == "callback"] == [{"to": CALLER}]
    for call, disposition in (("1700.1", "NO ANSWER"), ("1700.2", "ANSWERED")):
        await simotel.tells("OutgoingCall", {"number": "09121234567"}, call)
        report = {"src": "101", "dst": "09121234567", "type": "outgoing", "disposition": disposition}
        await simotel.tells("Cdr", report, call)
    assert [one.what for one in hub.told][-2:] == ["not_reached", "joined"]
    assert hub.told[-1].values == {"agent": "101"}
    assert len(hub.over) == 2
    assert len(hub.began) == 1


async def test_a_telephone_that_stops_ringing_late_takes_nobody_the_place_that_was_reserved(simotel: Simotel) -> None:
    await simotel.tells("IncomingCall", STORY[0][1])
    await simotel.tells("NewState", {"exten": "101", "state": "Ringing"})
    await simotel.tells("ReservedCallInFront", {"queue_name": "1010", "caller_id": "09121234567"})
    await simotel.tells("NewState", {"exten": "101", "state": "Idle"})
    assert [one.what for one in simotel.lab.hub.told] == ["menu", "agent_ringing", "callback"]


@pytest.mark.parametrize(
    ("name", "left"),
    [
        ("ReservedCallInFront", {"queue_name": "1010", "caller_id": "09121234567", "date": "2026-09-21 10:00:00"}),
        ("VoiceMail", {"number": "5555", "state": "SUCCESS", "filename": "m.wav", "caller": "09121234567"}),
    ],
)
@pytest.mark.parametrize("late", [False, True])
async def test_what_a_caller_leaves_is_a_task_also_when_the_report_overtakes_it(
    simotel: Simotel, name: str, left: dict[str, str], *, late: bool
) -> None:
    hub = simotel.lab.hub
    await simotel.tells("IncomingCall", STORY[0][1])
    report, reason = ("Cdr", {**CALL, "disposition": "NO ANSWER"}), "callback" if "caller_id" in left else "voicemail"
    for event, fields in (report, (name, left)) if late else ((name, left), report):
        await simotel.tells(event, fields)
    await simotel.tells(name, left)  # once more
    assert [one for _, one in hub.lines if one == reason]
    assert (len(hub.began), [one.what for one in hub.told].count(reason)) == (2 if late else 1, 1)


async def test_who_is_told_of_by_number_alone_and_is_unknown_begins_a_conversation(simotel: Simotel) -> None:
    message = {"id": "5fed", "number": "5555", "state": "SUCCESS", "filename": "m.wav", "caller": "09121234567"}
    for _ in range(2):
        assert await simotel.post("events", {"event_name": "VoiceMail", **message}) == (204, "")
    assert [(one.sender.address, one.thread) for one in simotel.lab.hub.began] == [(CALLER, "voicemail/5fed")]
    assert simotel.lab.hub.lines[0] == (None, "voicemail")


@pytest.mark.parametrize(
    ("settings", "line", "commands"),
    [
        ({}, "", "Exit('1');"),
        ({"handoff_exit": "7"}, "", "Exit('7');"),
        ({"handoff_exit": "ext 601"}, "", "SetExten('601'); Exit('8');"),
        ({"exits": ["billing = ext 602"], "handoff_exit": "7"}, "billing", "SetExten('602'); Exit('8');"),
        ({"exits": ["billing = ext 602"], "handoff_exit": "7"}, "other", "Exit('7');"),
    ],
)
async def test_what_the_bot_hands_over_goes_where_its_line_leads(
    simotel: Simotel, settings: dict[str, Any], line: str, commands: str
) -> None:
    simotel.configure(flow=json.dumps({**FLOW, "entry": {"node": "line", "locale": "en"}}), **settings)
    simotel.lab.hub.owner, simotel.lab.hub.queue = "queue", line
    assert (await simotel.smart())["commands"] == commands


async def test_recordings_are_fetched_by_name_from_the_simotel_alone(simotel: Simotel) -> None:
    asked: list[tuple[str | None, str | None, Any]] = []
    answers = [b'{"success": 0}', b"ID3-a-sound"]

    async def download(request: web.Request) -> web.Response:
        asked.append((request.headers.get("Authorization"), request.headers.get("X-APIKEY"), await request.json()))
        return web.Response(body=answers.pop(0))

    async def ping(request: web.Request) -> web.Response:
        return web.json_response({"success": 1}, status=200 if request.headers.get("X-APIKEY") == "k" else 401)

    app = web.Application()
    app.router.add_post("/api/v4/setting/ping/act", ping)
    app.router.add_post("/api/v4/reports/audio/download", download)
    async with TestServer(app) as server:
        api = {"simotel_user": "u", "simotel_password": "p", "simotel_key": "k"}
        simotel.configure(simotel_url=str(server.make_url("")), **api)
        for name, fields in (STORY[0], STORY[-1], STORY[-1]):
            await simotel.tells(name, {one: value for one, value in fields.items() if one != "unique_id"})
        [recording] = simotel.lab.hub.recordings
        assert (recording.kind, recording.seconds, recording.source) == ("recording", 61, {"file": "r-1.wav"})
        settings = (await simotel.lab.inlet.inbox_settings("box")) or {}
        inbox = Configured(id="box", name="", settings=settings, locale="en")

        async def fetched() -> bytes:
            return b"".join([one async for one in simotel.lab.channel.fetch(inbox, recording.source)])

        with pytest.raises(ChannelError) as early:
            await fetched()
        assert early.value.retryable
        assert await fetched() == b"ID3-a-sound"
        assert asked[-1] == (aiohttp.encode_basic_auth("u", "p"), "k", {"file": "r-1.wav"})
        [reached, *_] = await simotel.lab.channel.check(inbox, simotel.lab.inlet)
        assert (reached.ok, reached.field) == (True, "simotel_url")
        stranger = replace(inbox, settings={**settings, "simotel_key": "guessed"})
        assert not (await simotel.lab.channel.check(stranger, simotel.lab.inlet))[0].ok
