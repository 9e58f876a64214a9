"""Conversations: rings, hold, transfers, supervisors; every tone is measured on the leg that hears it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from channels.voice.asterisk.config_files import HOLD_TONES
from tests.channels.voice.switch import Lab
from tests.phone import Phone, phone

CALLER, AGENT, THIRD = 600.0, 1_100.0, 1_700.0


@asynccontextmanager
async def conversation(line: Lab, folder: Path) -> AsyncIterator[tuple[Phone, Phone, str, str]]:
    """A caller (600 Hz) and an agent (1100 Hz) who hear each other, with the ids of their legs."""
    line.hub.scripts["call"] = [{"verb": "enqueue", "name": "support", "actionHook": "queue", "waitHook": "wait"}]
    line.hub.scripts["wait"] = [{"verb": "pause", "length": 60}]
    async with (
        phone(line.asterisk, folder / "a", tone=CALLER) as caller,
        phone(line.asterisk, folder / "b", tone=AGENT, extension="101") as agent,
    ):
        await caller.dial(f"sip:100@{line.asterisk.sip}")
        sid = (await line.hub.asked("wait"))["call_sid"]
        taken = await line.take(sid, agent, "101")
        await caller.hears(AGENT)
        await agent.hears(CALLER)
        yield caller, agent, sid, taken


async def test_a_caller_on_hold_hears_music_and_the_agent_silence(line: Lab, tmp_path: Path) -> None:
    async with conversation(line, tmp_path) as (caller, agent, sid, _):
        await line.change(sid, conf_hold_status="hold")
        await caller.hears(HOLD_TONES[0])
        await agent.hears_no_more(CALLER)
        await line.change(sid, conf_hold_status="unhold")
        await caller.hears(AGENT)
        await agent.hears(CALLER)


async def test_a_muted_agent_is_not_heard(line: Lab, tmp_path: Path) -> None:
    async with conversation(line, tmp_path) as (caller, _, _sid, taken):
        await line.change(taken, mute_status="mute")
        await caller.hears_no_more(AGENT)
        await line.change(taken, mute_status="unmute")
        await caller.hears(AGENT)


async def test_a_whisper_is_heard_by_the_agent_alone(line: Lab, tmp_path: Path) -> None:
    tone = line.tone_on_the_net(tmp_path, THIRD)
    async with conversation(line, tmp_path) as (caller, agent, _, taken):
        before = len(caller.heard())
        await line.change(taken, whisper={"verb": "play", "url": tone})
        await agent.hears(THIRD)
        await agent.hears_no_more(THIRD)
        assert not caller.ever_heard(THIRD, since=before)
        await caller.hears(AGENT)


async def test_a_caller_is_transferred_blindly(line: Lab, tmp_path: Path) -> None:
    async with (
        conversation(line, tmp_path) as (caller, agent, sid, _),
        phone(line.asterisk, tmp_path / "c", tone=THIRD, extension="102") as third,
    ):
        line.hub.scripts["continue"] = [
            {"verb": "dial", "target": [{"type": "user", "name": "102"}], "actionHook": "transfer", "timeout": 20}
        ]
        await line.change(sid, call_hook={"url": f"{line.hub.base}/continue", "method": "POST"})
        await agent.event("CALL_CLOSED")
        await third.event("CALL_INCOMING")
        await third.answer()
        await caller.hears(THIRD)
        await third.hears(CALLER)
        await third.hang_up()
        told = await line.hub.asked("transfer")
        await caller.event("CALL_CLOSED")
    assert (told["dial_call_status"], told["dial_sip_status"]) == ("completed", 200)


async def test_a_transfer_to_nobody_comes_back(line: Lab, tmp_path: Path) -> None:
    line.hub.scripts["call"] = [
        {"verb": "dial", "target": [{"type": "user", "name": "nobody"}], "actionHook": "connect", "timeout": 5}
    ]
    line.hub.scripts["connect"] = [{"verb": "hangup"}]
    async with phone(line.asterisk, tmp_path / "a", tone=CALLER) as caller:
        await caller.dial(f"sip:100@{line.asterisk.sip}")
        told = await line.hub.asked("connect")
        await caller.event("CALL_CLOSED")
    assert told["dial_call_status"] == "failed"


async def test_the_agent_speaks_with_the_third_before_the_caller_does(line: Lab, tmp_path: Path) -> None:
    """A warm transfer: hold the caller, bring the third into the same room, go."""
    async with (
        conversation(line, tmp_path) as (caller, agent, sid, taken),
        phone(line.asterisk, tmp_path / "c", tone=THIRD, extension="102") as third,
    ):
        await line.change(sid, conf_hold_status="hold")
        line.hub.scripts["third"] = [{"verb": "conference", "name": sid, "memberTag": "third"}]
        await line.ring("102", hook="third")
        await third.event("CALL_INCOMING")
        await third.answer()
        await third.hears(AGENT)
        await agent.hears(THIRD)
        await caller.hears(HOLD_TONES[0])
        await line.change(sid, conf_hold_status="unhold")
        await caller.hears(THIRD)
        await agent.hang_up()
        await line.hub.asked("status", call_sid=taken, call_status="completed")
        await third.hears(CALLER)
        await caller.hears(THIRD)
        await third.hang_up()
        assert (await line.hub.asked("queue"))["queue_result"] == "bridged"
        await caller.event("CALL_CLOSED")


async def test_who_takes_over_is_told_what_it_is_about(line: Lab, tmp_path: Path) -> None:
    line.hub.scripts["call"] = [
        {
            "verb": "transfer",
            "mode": "warm",
            "target": [{"type": "user", "name": "101"}],
            "actionHook": "transfer",
            "brief": {"text": "A customer with a late order."},
        }
    ]
    async with (
        phone(line.asterisk, tmp_path / "a", tone=CALLER) as caller,
        phone(line.asterisk, tmp_path / "b", tone=AGENT, extension="101") as agent,
    ):
        await caller.dial(f"sip:100@{line.asterisk.sip}")
        await agent.event("CALL_INCOMING")
        await caller.hears(HOLD_TONES[0])
        await agent.answer()
        await agent.hears_something()
        await agent.hears(CALLER)
        await caller.hears(AGENT)
        await agent.hang_up()
        told = await line.hub.asked("transfer")
    assert (told["transfer_result"], told["transfer_reason"]) == ("bridged", "completed")


async def test_of_two_who_ring_the_first_has_the_call_if_he_takes_it(line: Lab, tmp_path: Path) -> None:
    targets = [{"type": "user", "name": "101"}, {"type": "user", "name": "102"}]
    line.hub.scripts["call"] = [
        {"verb": "dial", "target": targets, "actionHook": "connect", "confirmHook": "confirm", "answerOnBridge": True}
    ]
    line.hub.scripts["confirm"] = [{"verb": "gather", "numDigits": 1, "timeout": 10, "actionHook": "confirmed"}]
    async with (
        phone(line.asterisk, tmp_path / "a", tone=CALLER) as caller,
        phone(line.asterisk, tmp_path / "b", tone=AGENT, extension="101") as first,
        phone(line.asterisk, tmp_path / "c", tone=THIRD, extension="102") as second,
    ):
        await caller.dial(f"sip:100@{line.asterisk.sip}")
        await first.event("CALL_INCOMING")
        await second.event("CALL_INCOMING")
        await first.answer()
        await line.hub.asked("confirm")
        assert "CALL_ESTABLISHED" not in caller.events
        await first.press("1")
        await caller.hears(AGENT)
        await second.event("CALL_CLOSED")
        assert "CALL_ESTABLISHED" not in second.events


async def test_a_caller_who_hangs_up_stops_the_ringing(line: Lab, tmp_path: Path) -> None:
    line.hub.scripts["call"] = [{"verb": "dial", "target": [{"type": "user", "name": "101"}], "answerOnBridge": True}]
    async with (
        phone(line.asterisk, tmp_path / "a", tone=CALLER) as caller,
        phone(line.asterisk, tmp_path / "b", tone=AGENT, extension="101") as agent,
    ):
        await caller.dial(f"sip:100@{line.asterisk.sip}")
        await agent.event("CALL_INCOMING")
        await caller.hang_up()
        await agent.event("CALL_CLOSED")
    assert await line.hub.asked("status", direction="inbound", call_status="no-answer")
    assert await line.hub.asked("status", direction="outbound", call_status="no-answer")


async def test_a_supervisor_listens_whispers_and_barges_in(line: Lab, tmp_path: Path) -> None:
    async with (
        conversation(line, tmp_path) as (caller, agent, sid, _),
        phone(line.asterisk, tmp_path / "c", tone=THIRD, extension="103") as supervisor,
    ):
        line.hub.scripts["listen"] = [
            {"verb": "conference", "name": sid, "joinMuted": True, "startConferenceOnEnter": False}
        ]
        watching = await line.ring("103", hook="listen")
        await supervisor.event("CALL_INCOMING")
        await supervisor.answer()
        await supervisor.hears(CALLER)
        await supervisor.hears(AGENT)
        assert not caller.ever_heard(THIRD)
        assert not agent.ever_heard(THIRD)
        await line.change(watching, conferenceParticipantAction={"action": "coach", "tag": "agent"})
        await line.change(watching, conferenceParticipantAction={"action": "unmute"})
        await agent.hears(THIRD)
        await supervisor.hears(CALLER)
        assert not caller.ever_heard(THIRD)
        await line.change(watching, conferenceParticipantAction={"action": "uncoach"})
        await caller.hears(THIRD)
        await agent.hears(THIRD)
        await supervisor.hang_up()
        await caller.hears(AGENT)


async def test_the_recording_is_silent_while_it_is_paused(line: Lab, tmp_path: Path) -> None:
    async with conversation(line, tmp_path) as (_, agent, sid, _taken):
        await line.change(sid, record={"action": "startCallRecording"})
        await line.seconds_recorded(1)
        await line.change(sid, record={"action": "pauseCallRecording"})
        await agent.hears(CALLER)
        await line.seconds_recorded(2)
        await line.change(sid, record={"action": "stopCallRecording"})
        told = await line.hub.asked("recording")
    assert await line.tones(told["recording_url"], CALLER, AGENT)
    assert await line.quiet_at_the_end(told["recording_url"])
