"""Hooks of a telephone system that come late, twice, out of order, forged or absurd; and what callers hear."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from channels.calls import Call, Phone
from channels.contract import ChannelError
from tests.channels.voice.desk_lab import CALLER, Lab, voice_lab

CALL = Call(inbox="box", sid="call-1", address=CALLER, conversation="c-call-1")
ALI = Phone(agent="a1", name="Ali", to="101", attempt=7)
LEG = {"call_sid": "leg-1", "direction": "outbound", "tag": {}, "customerData": {"token": "agent:call-1:7"}}


@pytest_asyncio.fixture
async def lab(no_task_left_behind: None) -> AsyncIterator[Lab]:
    async with voice_lab() as made:
        yield made


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
    wait = {"call_sid": "call-1", "queue_position": 0, "queue_time": 1}
    first = await lab.hook("wait", wait)
    assert [one["verb"] for one in first.verbs] == ["say", "pause"]
    assert "3" in first.verbs[0]["text"]
    assert "5" in first.verbs[0]["text"]
    assert [one["verb"] for one in (await lab.hook("wait", wait)).verbs] == ["pause"]
    lab.hub.place = 2
    assert "2" in (await lab.hook("wait", wait)).verbs[0]["text"]


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
    lab.configure(flow="{not json")
    assert [one["verb"] for one in (await lab.call()).verbs] == ["gather"]
    [inbox] = lab.inlet.inboxes("voice")
    codes = [one.code for one in await lab.channel.check(inbox, lab.inlet)]
    assert "bad_flow" in codes
