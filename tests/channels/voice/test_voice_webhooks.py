"""Hooks of a telephone system that come late, twice, out of order, forged or absurd; and what callers hear."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from dataclasses import replace

import aiohttp
import pytest
import pytest_asyncio

from channels.calls import Call, Phone
from channels.contract import ChannelError
from channels.voice.phrases import phrase
from channels.voice.speech.sound import read_wav
from tests.channels.voice.desk_lab import CALLER, Answer, Lab, voice_lab

CALL = Call(inbox="box", sid="call-1", address=CALLER, conversation="c-call-1")
ALI = Phone(agent="a1", name="Ali", to="101", attempt=7)
RECORDED = phrase("recorded", "fa")
LEG = {"call_sid": "leg-1", "direction": "outbound", "tag": {}, "customerData": {"token": "agent:call-1:7"}}


@pytest_asyncio.fixture
async def lab(no_task_left_behind: None) -> AsyncIterator[Lab]:
    async with voice_lab() as made:
        yield made


def said_in(answer: Answer) -> str:
    """What the caller hears of an answer."""
    return " ".join(one.get("text", "") for one in answer.verbs)


async def in_line(lab: Lab) -> str:
    """A caller who asked for a person waits; the token of the line."""
    token = (await lab.call()).token
    lab.hub.owner = "queue"
    answer = await lab.hook("collect", keyed("0"), token=token)
    assert [one["verb"] for one in answer.verbs] == ["enqueue"]
    return answer.token


def keyed(digits: str, sid: str = "call-1") -> dict[str, object]:
    return {"call_sid": sid, "reason": "dtmfDetected", "digits": digits}


async def test_a_call_that_is_told_twice_is_one_call_and_hears_the_same(lab: Lab) -> None:
    first, second = await lab.call(), await lab.call()
    assert first.body == second.body
    assert len(lab.hub.began) == 1
    assert [one["verb"] for one in first.verbs] == ["gather"]


async def test_anonymous_callers_are_served_and_nobody_before_or_after(lab: Lab) -> None:
    for sid, caller in (("c-1", "anonymous"), ("c-2", "Restricted"), ("c-3", ""), ("c-4", "+266696687")):
        assert (await lab.call(sid, caller)).status == 200
    senders = [one.sender for one in lab.hub.began]
    assert len({one.address for one in senders}) == 4
    assert not any(one.everywhere or one.verified for one in senders)


async def test_a_known_number_is_the_same_person_in_every_inbox(lab: Lab) -> None:
    await lab.call("c-1", "09121234567")
    await lab.call("c-2", "00989121234567")
    assert {(one.sender.address, one.sender.everywhere) for one in lab.hub.began} == {(CALLER, True)}


async def test_a_late_answer_changes_nothing_and_hears_what_is_asked_now(lab: Lab) -> None:
    token = (await lab.call()).token
    now = await lab.hook("collect", keyed("5"), token=token)
    late = await lab.hook("collect", keyed("9"), token=token)
    assert late.body == now.body
    assert [one.parts[0].text for one in lab.inlet.received] == ["5"]


@pytest.mark.parametrize("kind", ["collect", "queue", "wait", "status", "queue_events", "recording", "continue"])
async def test_an_unknown_call_is_refused(lab: Lab, kind: str) -> None:
    body = {"call_sid": "nobody", "event": "join", "join_time": 1, "call_status": "ringing"}
    assert (await lab.hook(kind, body)).status == 404
    assert (await lab.hook("no-such-hook", body)).status == 404
    assert (await lab.hook(kind, body, inbox="elsewhere")).status == 404


async def test_an_end_that_overtakes_its_beginning_is_kept_for_it(lab: Lab) -> None:
    assert (await lab.hook("status", {"call_sid": "call-1", "call_status": "completed"})).status == 404
    assert [one["verb"] for one in (await lab.call()).verbs] == ["hangup"]
    assert lab.hub.began == []


async def test_nothing_reopens_a_call_that_is_over(lab: Lab) -> None:
    await in_line(lab)
    over = {"call_sid": "call-1", "call_status": "completed", "call_termination_by": "caller"}
    for _ in range(2):
        assert (await lab.hook("status", over)).status == 204
    assert (await lab.hook("status", {"call_sid": "call-1", "call_status": "ringing"})).status == 204
    assert {by for _, by in lab.hub.over} == {"caller"}
    await lab.channel.join(CALL, ALI)
    assert lab.api.asked == []


@pytest.mark.parametrize("token", ["", "line", "exit", "room"])
async def test_what_comes_of_a_question_after_the_end_is_said_to_nobody(lab: Lab, token: str) -> None:
    asked = (await lab.call()).token
    await lab.hook("status", {"call_sid": "call-1", "call_status": "completed"})
    kind, body = ("continue", {"call_sid": "call-1"}) if token else ("collect", keyed("5"))
    assert (await lab.hook(kind, body, token=token or asked)).verbs == [{"verb": "hangup"}]
    assert (lab.inlet.received, lab.hub.lines) == ([], [])


async def test_whatever_order_hooks_come_in_and_however_often_it_is_one_call_that_ends_once(lab: Lab) -> None:
    """A hundred shuffles of all that is told of a call; the caller, the agent and the report at once."""
    chance = random.Random(4)
    for number in range(100):
        sid, leg, phone = f"c-{number}", f"agent:c-{number}:7", replace(ALI, attempt=7)
        lab.hub.owner = "bot"
        token = (await lab.call(sid)).token
        lab.hub.owner = "queue"
        await lab.hook("collect", keyed("0", sid), token=token)
        await lab.channel.join(replace(CALL, sid=sid, conversation=f"c-{sid}"), phone)
        legs = {"call_sid": f"leg-{number + 1}", "direction": "outbound", "customerData": {"token": leg}}
        left = {"call_sid": sid, "event": "leave", "leave_time": 5, "leave_reason": "dequeued", "queue": "q"}
        told: list[tuple[str, dict[str, object], str]] = [
            ("status", {"call_sid": sid, "call_status": "in-progress"}, ""),
            ("collect", keyed("0", sid), token),
            ("queue_events", {"call_sid": sid, "event": "join", "join_time": 1, "queue": "q"}, ""),
            ("continue", legs, leg),
            ("status", {**legs, "call_status": "in-progress"}, ""),
            ("queue_events", left, ""),
            ("queue", {"call_sid": sid, "queue_result": "bridged"}, "2"),
            ("status", {**legs, "call_status": "completed"}, ""),
            ("status", {"call_sid": sid, "call_status": "completed", "call_termination_by": "caller"}, ""),
        ]
        told += chance.sample(told, 5)
        chance.shuffle(told)
        for kind, body, one in told:
            assert (await lab.hook(kind, body, token=one)).status in {200, 204}
        assert [call.sid for call, _ in lab.hub.over if call.sid == sid]
    assert len(lab.hub.began) == 100
    assert lab.channel.live == 0


async def test_ten_megabytes_and_a_flood_of_keys_disturb_nobody(lab: Lab) -> None:
    token = (await lab.call()).token
    assert (await lab.hook("collect", b"x" * (10 << 20), token=token)).status == 413
    flood = await lab.hook("collect", keyed("1" * 100_000), token=token)
    assert flood.status == 200
    assert max(len(one.parts[0].text or "") for one in lab.inlet.received) <= 64
    odd = {"call_sid": "call-2", "from": '"\x00Robert\'); DROP" <sip:x@y>', "to": "\x00", "caller_name": "a\x00\u202eb"}
    assert (await lab.hook("call", odd)).status == 200
    assert (await lab.call("call-3")).status == 200


async def test_too_many_forged_requests_are_slowed_down_and_the_signed_are_not(lab: Lab) -> None:
    statuses = [(await lab.hook("call", {"call_sid": "x"}, headers={})).status for _ in range(62)]
    assert set(statuses[:60]) == {401}
    assert statuses[-1] == 429
    assert (await lab.call()).status == 200


async def test_who_waits_hears_the_place_once_and_again_when_it_is_better(lab: Lab) -> None:
    await in_line(lab)
    lab.hub.place, lab.hub.wait_minutes = 3, 5
    wait = {"call_sid": "call-1", "queue_position": 0}
    first = await lab.hook("wait", {**wait, "queue_time": 1})
    assert [one["verb"] for one in first.verbs] == ["say", "pause"]
    assert "3" in first.verbs[0]["text"]
    assert "5" in first.verbs[0]["text"]
    assert [one["verb"] for one in (await lab.hook("wait", {**wait, "queue_time": 9})).verbs] == ["pause"]
    lab.hub.place = 2
    assert "2" in (await lab.hook("wait", {**wait, "queue_time": 19})).verbs[0]["text"]


async def test_whose_patience_is_over_leaves_a_message(lab: Lab) -> None:
    token = await in_line(lab)
    lab.clock.advance(601_000)
    assert (await lab.hook("wait", {"call_sid": "call-1"})).verbs == [{"verb": "leave"}]
    left = await lab.hook("queue", {"call_sid": "call-1", "queue_result": "leave"}, token=token)
    assert [one["verb"] for one in left.verbs] == ["say", "listen"]
    told = {"call_sid": "call-1", "recording_url": f"{lab.url}/v1/Accounts/peyk/Recordings/m1", "recording_duration": 7}
    thanks = await lab.hook("voicemail", told, token=left.token)
    assert [one["verb"] for one in thanks.verbs] == ["say", "hangup"]
    await lab.hook("voicemail", told, token=left.token)
    [recording] = lab.hub.recordings
    assert (recording.kind, recording.seconds) == ("voicemail", 7)


@pytest.mark.parametrize("first", ["the message", "the end"])
async def test_a_message_that_jambonz_streams_is_kept_and_fetched(lab: Lab, first: str) -> None:
    token = await in_line(lab)
    lab.clock.advance(601_000)
    listen = (await lab.hook("queue", {"call_sid": "call-1", "queue_result": "leave"}, token=token)).verbs[-1]
    login = aiohttp.encode_basic_auth(listen["wsAuth"]["username"], listen["wsAuth"]["password"])
    over = {"call_sid": "call-1", "call_status": "completed"}
    async with lab.session.ws_connect(listen["url"], headers={"Authorization": login}) as socket:
        await socket.send_json({"callSid": "call-1", "sampleRate": 8_000, "mixType": "mono"})
        await socket.send_bytes(b"\x10\x20" * 16_000)
        if first == "the end":
            await lab.hook("status", over)
    async with asyncio.timeout(15):
        await lab.hub.taped.wait()
    [left] = lab.hub.recordings
    assert (left.kind, left.seconds, lab.hub.lines[-1][1]) == ("voicemail", 2.0, "voicemail")
    (box,) = lab.inlet.configured["voice"]
    sound = b"".join([piece async for piece in lab.channel.fetch(box, left.source)])
    assert len(read_wav(sound)[0]) == 16_000


@pytest.mark.parametrize("login", [{}, {"Authorization": aiohttp.encode_basic_auth("peyk", "guessed")}])
async def test_nobody_else_leaves_messages(lab: Lab, login: dict[str, str]) -> None:
    await in_line(lab)
    async with lab.session.get(f"{lab.url}/channels/voice/box/voicemail", headers=login) as answer:
        assert answer.status == 401
    assert len(lab.strikes) == 1


@pytest.mark.parametrize("token", ["agent:call-1:7", "customer:call-1:7", "agent:call-1:7a"])
async def test_who_waits_by_a_token_of_somebody_else_is_answered(lab: Lab, token: str) -> None:
    await in_line(lab)
    assert (await lab.hook("wait", {"call_sid": "call-1"}, token=token)).status == 200


async def test_an_agents_phone_takes_the_caller_once_it_is_picked_up(lab: Lab) -> None:
    await in_line(lab)
    await lab.channel.join(CALL, ALI)
    [(path, asked)] = lab.api.asked
    assert (path, asked["to"]) == ("/v1/Accounts/peyk/Calls", {"type": "user", "name": "101"})
    await lab.channel.join(CALL, ALI)
    assert len(lab.api.asked) == 1
    taken = await lab.hook("continue", LEG, token="agent:call-1:7")
    assert [(one["verb"], one["callSid"]) for one in taken.verbs] == [("dequeue", "call-1")]
    left = {"call_sid": "call-1", "event": "leave", "leave_time": 5, "leave_reason": "dequeued", "queue": "c-call-1"}
    await lab.hook("queue_events", left)
    assert [one.what for one in lab.hub.told][-2:] == ["agent_ringing", "joined"]
    over = await lab.hook("queue", {"call_sid": "call-1", "queue_result": "bridged"}, token="2")
    assert over.verbs == [{"verb": "hangup"}]


@pytest.mark.parametrize(("status", "reason"), [("no-answer", "no-answer"), ("busy", "busy"), ("failed", "failed")])
async def test_a_phone_that_is_not_picked_up_gives_the_caller_back(lab: Lab, status: str, reason: str) -> None:
    await in_line(lab)
    await lab.channel.join(CALL, ALI)
    ended = {**LEG, "call_status": status}
    for _ in range(2):
        assert (await lab.hook("status", ended)).status in {200, 204}
    assert lab.hub.unjoined == [(ALI, reason, True)]
    late = await lab.hook("continue", LEG, token="agent:call-1:7")
    assert late.verbs == [{"verb": "hangup"}]


async def test_a_telephone_system_that_rings_nobody_is_an_error_without_blame(lab: Lab) -> None:
    await in_line(lab)
    lab.api.status = 500
    with pytest.raises(ChannelError) as refused:
        await lab.channel.join(CALL, ALI)
    assert refused.value.code == "phone_failed"
    assert lab.hub.unjoined == []


async def test_a_number_whose_flow_cannot_be_read_is_served_by_the_usual_one(lab: Lab) -> None:
    lab.configure(flow='{"nodes": 7}')
    assert [one["verb"] for one in (await lab.call()).verbs] == ["gather"]
    [inbox] = lab.inlet.inboxes("voice")
    codes = [one.code for one in await lab.channel.check(inbox, lab.inlet)]
    assert "bad_flow" in codes


async def test_who_is_given_back_to_the_bot_is_asked_by_it_and_not_left_with_the_music(lab: Lab) -> None:
    await in_line(lab)
    await lab.channel.park(CALL)
    assert lab.api.asked == []
    lab.hub.owner = "bot"
    await lab.channel.park(CALL)
    [(path, asked)] = lab.api.asked
    assert path == "/v1/Accounts/peyk/Calls/call-1"
    assert asked["call_hook"]["url"].endswith("/continue?token=line")
    again = await lab.hook("continue", {"call_sid": "call-1"}, token="line")
    assert [one["verb"] for one in again.verbs] == ["gather"]


async def test_who_is_recorded_hears_so_once_before_the_line(lab: Lab) -> None:
    lab.hub.recording, lab.hub.announced = "all", True
    token, lab.hub.owner = (await lab.call()).token, "queue"
    answers = [await lab.hook("collect", keyed("0"), token=token) for _ in range(2)]
    assert [one["verb"] for one in answers[0].verbs] == ["say", "enqueue"]
    assert answers[0].verbs[0]["text"] == RECORDED
    assert answers[0].body == answers[1].body
    waits = await lab.hook("wait", {"call_sid": "call-1", "queue_position": 1}, token=answers[0].token)
    assert RECORDED not in said_in(waits)
    await lab.channel.join(Call(inbox="box", sid="call-1", address=CALLER, conversation="c-call-1"), ALI)
    taken = await lab.hook("continue", LEG, token="agent:call-1:7")
    assert taken.verbs[0] == {"verb": "config", "record": {"action": "startCallRecording"}}


async def test_who_overflows_into_a_line_that_records_hears_so_while_they_wait(lab: Lab) -> None:
    token = await in_line(lab)
    lab.hub.recording, lab.hub.announced = "all", True
    said = [await lab.hook("wait", {"call_sid": "call-1", "queue_position": 1}, token=token) for _ in range(2)]
    assert [RECORDED in said_in(one) for one in said] == [True, False]


async def test_what_a_lost_answer_said_to_who_waits_is_said_again(lab: Lab) -> None:
    token = await in_line(lab)
    lab.hub.recording, lab.hub.announced, lab.hub.place = "all", True, 2
    lost, again, next_ = [
        await lab.hook("wait", {"call_sid": "call-1", "queue_position": 1, "queue_time": seconds}, token=token)
        for seconds in (4, 4, 15)
    ]
    assert RECORDED in said_in(lost)
    assert again.body == lost.body
    assert [one["verb"] for one in next_.verbs] == ["pause"]


async def test_who_waits_anew_hears_nothing_that_they_have_heard_in_another_line(lab: Lab) -> None:
    token = await in_line(lab)
    lab.hub.place = 2
    wait = {"call_sid": "call-1", "queue_position": 1, "queue_time": 0}
    assert [one["verb"] for one in (await lab.hook("wait", wait, token=token)).verbs] == ["say", "pause"]
    await lab.channel.join(CALL, ALI)
    await lab.hook("continue", LEG, token="agent:call-1:7")
    await lab.hook("queue_events", {"call_sid": "call-1", "event": "leave", "leave_reason": "dequeued", "queue": "q"})
    await lab.channel.park(CALL)
    await lab.hook("continue", {"call_sid": "call-1"}, token="line")
    assert [one["verb"] for one in (await lab.hook("wait", wait, token=token)).verbs] == ["pause"]


async def test_who_comes_back_to_the_line_hears_again_what_a_lost_answer_said(lab: Lab) -> None:
    token = await in_line(lab)
    lab.hub.recording, lab.hub.announced = "all", True
    back = [await lab.hook("continue", {"call_sid": "call-1"}, token="line") for _ in range(2)]
    assert [one["verb"] for one in back[0].verbs] == ["say", "enqueue"]
    assert back[1].body == back[0].body
    assert RECORDED not in said_in(await lab.hook("wait", {"call_sid": "call-1", "queue_time": 9}, token=token))


async def test_a_recording_of_an_hour_is_fetched_and_a_larger_one_than_allowed_is_not(lab: Lab) -> None:
    lab.api.files["long"] = bytes(58 * 1024 * 1024)
    source = {"url": f"{lab.api_url}/v1/Accounts/peyk/Recordings/long"}
    (box,) = lab.inlet.configured["voice"]
    assert sum([len(piece) async for piece in lab.channel.fetch(box, source)]) == 58 * 1024 * 1024
    lab.configure(recording_mb=50)
    (box,) = lab.inlet.configured["voice"]
    with pytest.raises(ChannelError) as refused:
        assert [piece async for piece in lab.channel.fetch(box, source)]
    assert refused.value.code == "too_large"
