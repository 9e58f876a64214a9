"""Callers who wait in a line, and the agents who take them: real telephones, a real Asterisk."""

from __future__ import annotations

from pathlib import Path

from channels.voice.asterisk.config_files import HOLD_TONES
from tests.channels.voice.switch import Lab
from tests.phone import phone

CALLER, AGENT, THIRD = 600.0, 1_100.0, 1_700.0
WAIT = [{"verb": "enqueue", "name": "support", "actionHook": "queue", "waitHook": "wait", "priority": 500}]


async def test_a_caller_waits_with_music_and_leaves(line: Lab, tmp_path: Path) -> None:
    line.hub.scripts |= {"call": WAIT, "wait": [{"verb": "pause", "length": 60}]}
    async with phone(line.asterisk, tmp_path / "a", tone=CALLER) as caller:
        await caller.dial(f"sip:100@{line.asterisk.sip}")
        told = await line.hub.asked("wait")
        assert (told["queue_position"], told["queue_size"]) == (0, 1)
        await caller.hears(HOLD_TONES[0])
        await caller.hang_up()
        left = await line.hub.asked("queue_events", event="leave")
    assert (left["leave_reason"], left["queue"], left["length"]) == ("abandoned", "support", 0)
    assert (await line.hub.asked("queue"))["queue_result"] == "hangup"
    assert (await line.hub.asked("status", call_status="completed"))["call_termination_by"] == "caller"


async def test_who_waits_hears_the_place_and_may_be_sent_on(line: Lab, tmp_path: Path) -> None:
    line.hub.scripts |= {
        "call": WAIT,
        "wait": lambda told: [{"verb": "say", "text": "You are next."}, {"verb": "leave"}],
        "queue": [{"verb": "say", "text": "Goodbye."}],
    }
    async with phone(line.asterisk, tmp_path / "a", tone=CALLER) as caller:
        await caller.dial(f"sip:100@{line.asterisk.sip}")
        await caller.event("CALL_CLOSED")
    assert (await line.hub.asked("queue"))["queue_result"] == "leave"


async def test_an_agent_takes_the_caller_and_both_hear_each_other(line: Lab, tmp_path: Path) -> None:
    line.hub.scripts |= {"call": [{"verb": "config", "record": {"action": "startCallRecording"}}, *WAIT]}
    line.hub.scripts |= {"wait": [{"verb": "pause", "length": 60}], "queue": [{"verb": "say", "text": "Goodbye."}]}
    async with (
        phone(line.asterisk, tmp_path / "a", tone=CALLER) as caller,
        phone(line.asterisk, tmp_path / "b", tone=AGENT, extension="101") as agent,
    ):
        await caller.dial(f"sip:100@{line.asterisk.sip}")
        waiting = await line.hub.asked("wait")
        taken = await line.take(waiting["call_sid"], agent, "101")
        await caller.hears(AGENT)
        await agent.hears(CALLER)
        leave = await line.hub.asked("queue_events", event="leave")
        assert (leave["leave_reason"], leave["dequeuer"]) == ("dequeued", taken)
        await agent.hang_up()
        assert (await line.hub.asked("queue"))["queue_result"] == "bridged"
        await caller.event("CALL_CLOSED")
        recorded = await line.hub.asked("recording")
    assert recorded["call_sid"] == waiting["call_sid"]
    assert await line.tones(recorded["recording_url"], CALLER, AGENT)
    assert (await line.hub.asked("status", call_sid=taken, call_status="completed"))["direction"] == "outbound"


async def test_an_agent_who_does_not_answer_leaves_the_caller_at_the_same_place(line: Lab, tmp_path: Path) -> None:
    line.hub.scripts |= {"call": WAIT, "wait": [{"verb": "pause", "length": 60}]}
    async with (
        phone(line.asterisk, tmp_path / "a", tone=CALLER) as caller,
        phone(line.asterisk, tmp_path / "b", tone=AGENT, extension="101") as agent,
    ):
        await caller.dial(f"sip:100@{line.asterisk.sip}")
        waiting = await line.hub.asked("wait")
        rung = await line.ring("101", seconds=1)
        await agent.event("CALL_INCOMING")
        assert await line.hub.asked("status", call_sid=rung, call_status="no-answer")
        assert not line.hub.all("queue_events", event="leave")
        await agent.event("CALL_CLOSED")
        await line.take(waiting["call_sid"], agent, "101")
        await caller.hears(AGENT)


async def test_an_agent_who_rings_is_let_go_when_the_call_is_ended(line: Lab, tmp_path: Path) -> None:
    async with phone(line.asterisk, tmp_path / "b", tone=AGENT, extension="101") as agent:
        rung = await line.ring("101", seconds=30)
        await agent.event("CALL_INCOMING")
        await line.hub.asked("status", call_sid=rung, call_status="ringing")
        await line.change(rung, call_status="completed")
        await agent.event("CALL_CLOSED")
    assert await line.hub.asked("status", call_sid=rung, call_status="no-answer")


async def test_nobody_waits_who_could_be_taken(line: Lab, tmp_path: Path) -> None:
    async with phone(line.asterisk, tmp_path / "b", tone=AGENT, extension="101") as agent:
        rung = await line.ring("101", call_sid="nobody")
        await agent.event("CALL_INCOMING")
        await agent.answer()
        assert (await line.hub.asked("take"))["dequeue_result"] == "timeout"
        await agent.event("CALL_CLOSED")
    assert await line.hub.asked("status", call_sid=rung, call_status="completed")


async def test_the_first_of_two_lines_by_priority(line: Lab, tmp_path: Path) -> None:
    line.hub.scripts["wait"] = [{"verb": "pause", "length": 60}]
    line.hub.scripts["call"] = lambda told: [{**WAIT[0], "priority": 1 if told["to"] == "200" else 500}]
    async with (
        phone(line.asterisk, tmp_path / "a", tone=CALLER) as caller,
        phone(line.asterisk, tmp_path / "b", tone=THIRD) as important,
    ):
        await caller.dial(f"sip:100@{line.asterisk.sip}")
        await line.hub.asked("wait")
        await important.dial(f"sip:200@{line.asterisk.sip}")
        second = await line.hub.asked("wait", times=2)
    assert (second["queue_position"], second["queue_size"]) == (0, 2)
