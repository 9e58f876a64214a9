"""What becomes of calls when the hub, the gateway or Asterisk is away."""

from __future__ import annotations

import signal
from pathlib import Path

from channels.voice.asterisk.config_files import HOLD_TONES
from tests.channels.voice.switch import Lab
from tests.phone import phone

CALLER, AGENT = 600.0, 1_100.0
WAIT = [{"verb": "enqueue", "name": "support", "actionHook": "queue", "waitHook": "wait", "priority": 500}]


async def test_a_hub_that_answers_nonsense_is_apologised_for(line: Lab, tmp_path: Path) -> None:
    line.hub.scripts["call"] = [{"verb": "no such verb"}]
    async with phone(line.asterisk, tmp_path / "a", tone=CALLER) as caller:
        await caller.dial(f"sip:100@{line.asterisk.sip}")
        await caller.hears_something()
        await caller.event("CALL_CLOSED")
    assert await line.hub.asked("status", call_status="completed")


async def test_a_hub_that_is_away_for_a_moment_is_asked_again(line: Lab, tmp_path: Path) -> None:
    line.hub.scripts["call"] = [{"verb": "say", "text": "Welcome."}]
    await line.hub.stop()
    async with phone(line.asterisk, tmp_path / "a", tone=CALLER) as caller:
        await caller.dial(f"sip:100@{line.asterisk.sip}")
        await caller.event("CALL_RINGING")
        await line.hub.start()
        await caller.event("CALL_ESTABLISHED")
        await caller.hears_something()
        await caller.event("CALL_CLOSED")
    assert await line.hub.asked("status", call_status="completed")


async def test_who_waits_goes_on_waiting_while_the_hub_is_away(line: Lab, tmp_path: Path) -> None:
    line.hub.scripts |= {"call": WAIT, "wait": [{"verb": "pause", "length": 1}]}
    async with phone(line.asterisk, tmp_path / "a", tone=CALLER) as caller:
        await caller.dial(f"sip:100@{line.asterisk.sip}")
        await line.hub.asked("wait")
        line.hub.status = 400
        await line.hub.asked("wait", times=len(line.hub.all("wait")) + 2)
        await caller.hears(HOLD_TONES[1])
        line.hub.status = 200
        line.hub.scripts["wait"] = [{"verb": "leave"}]
        await line.hub.asked("queue")
        await caller.event("CALL_CLOSED")


async def test_a_gateway_that_is_killed_drops_nobody(line: Lab, tmp_path: Path) -> None:
    line.hub.scripts |= {"call": WAIT, "wait": [{"verb": "pause", "length": 60}], "queue": [{"verb": "hangup"}]}
    async with (
        phone(line.asterisk, tmp_path / "a", tone=CALLER) as first,
        phone(line.asterisk, tmp_path / "b", tone=CALLER) as second,
        phone(line.asterisk, tmp_path / "c", tone=AGENT, extension="101") as agent,
        phone(line.asterisk, tmp_path / "d", tone=CALLER) as late,
    ):
        await first.dial(f"sip:100@{line.asterisk.sip}")
        talking = await line.hub.asked("wait")
        await second.dial(f"sip:100@{line.asterisk.sip}")
        waiting = await line.hub.asked("wait", times=2)
        taken = await line.take(talking["call_sid"], agent, "101")
        await first.hears(AGENT)
        await line.stop()
        await second.hears(HOLD_TONES[0])
        await first.hears(AGENT)
        await late.dial(f"sip:100@{line.asterisk.sip}")
        await late.event("CALL_RINGING")
        await line.start()
        again = await line.hub.asked("wait", times=2, call_sid=waiting["call_sid"])
        assert again["queue_position"] == 0
        assert again["queue_time"] >= waiting["queue_time"]
        called = await line.hub.asked("call", times=3)
        assert (await line.hub.asked("wait", call_sid=called["call_sid"]))["queue_position"] == 1
        await agent.hears(CALLER)
        await agent.hang_up()
        assert (await line.hub.asked("queue", call_sid=talking["call_sid"]))["queue_result"] == "bridged"
        assert await line.hub.asked("status", call_sid=taken, call_status="completed")
        await first.event("CALL_CLOSED")
        assert "CALL_CLOSED" not in second.events


async def test_whoever_is_rung_with_a_key_is_rung_once_until_the_end_is_told(line: Lab, tmp_path: Path) -> None:
    async with phone(line.asterisk, tmp_path / "a", tone=AGENT, extension="101") as agent:
        first = await line.ring("101", Idempotency_Key="customer:c:7")
        await agent.event("CALL_INCOMING")
        await line.stop()
        await line.start()
        assert await line.ring("101", Idempotency_Key="customer:c:7") == first
        line.hub.status = 503
        await agent.hang_up()
        await agent.event("CALL_CLOSED")
        assert await line.ring("101", Idempotency_Key="customer:c:7") == first
        line.hub.status = 200
        await line.hub.asked("status", call_sid=first, call_termination_by="caller")
        assert agent.events.count("CALL_INCOMING") == 1
        assert await line.ring("101", Idempotency_Key="customer:c:8") != first
        await agent.event("CALL_INCOMING", times=2)


async def test_a_process_that_is_killed_has_lost_nothing(line: Lab, tmp_path: Path) -> None:
    line.hub.scripts |= {"call": WAIT, "wait": [{"verb": "pause", "length": 60}], "queue": [{"verb": "hangup"}]}
    await line.stop()
    async with phone(line.asterisk, tmp_path / "a", tone=CALLER) as caller:
        async with line.process():
            await caller.dial(f"sip:100@{line.asterisk.sip}")
            waiting = await line.hub.asked("wait")
        async with line.process() as process:
            again = await line.hub.asked("wait", times=2)
            assert (again["call_sid"], again["queue_position"]) == (waiting["call_sid"], 0)
            await line.change(waiting["call_sid"], call_status="completed")
            await caller.event("CALL_CLOSED")
            assert await line.hub.asked("status", call_status="completed")
            process.terminate()
            assert await process.wait() == 0
    assert len(line.hub.all("call")) == 1


async def test_a_call_that_ended_meanwhile_is_told(line: Lab, tmp_path: Path) -> None:
    line.hub.scripts |= {"call": WAIT, "wait": [{"verb": "pause", "length": 60}]}
    async with phone(line.asterisk, tmp_path / "a", tone=CALLER) as caller:
        await caller.dial(f"sip:100@{line.asterisk.sip}")
        waiting = await line.hub.asked("wait")
        await line.stop()
        await caller.hang_up()
        await caller.event("CALL_CLOSED")
    await line.start()
    over = await line.hub.asked("status", call_sid=waiting["call_sid"], call_status="completed")
    assert over["sip_reason"]
    assert (await line.hub.asked("queue"))["queue_result"] == "hangup"


async def test_the_calls_of_an_asterisk_that_dies_are_over(line: Lab, tmp_path: Path) -> None:
    line.hub.scripts |= {"call": WAIT, "wait": [{"verb": "pause", "length": 60}]}
    async with phone(line.asterisk, tmp_path / "a", tone=CALLER) as caller:
        await caller.dial(f"sip:100@{line.asterisk.sip}")
        waiting = await line.hub.asked("wait")
        line.asterisk.stop(signal.SIGKILL)
        line.asterisk.start()
        over = await line.hub.asked("status", seconds=40, call_sid=waiting["call_sid"], call_status="completed")
    assert over["sip_reason"] == "The telephone system was restarted."
    async with phone(line.asterisk, tmp_path / "b", tone=CALLER) as caller:
        await caller.dial(f"sip:100@{line.asterisk.sip}")
        await line.hub.asked("wait", times=2)
        await caller.hears(HOLD_TONES[0])
