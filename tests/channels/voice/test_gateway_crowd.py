"""Many callers at once, and callers with odd names, by sipp: each is told of exactly once."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.channels.voice.switch import Lab
from tests.phone import phone
from tests.sipp import sipp

WAIT = [{"verb": "enqueue", "name": "support", "actionHook": "queue", "waitHook": "wait", "priority": 500}]
CALLS = 20


async def test_of_all_who_call_and_give_up_each_is_told_once(line: Lab, tmp_path: Path) -> None:
    line.hub.scripts |= {"call": WAIT, "wait": [{"verb": "pause", "length": 60}]}
    assert await sipp(line.asterisk, tmp_path, "caller", calls=CALLS, hold=3_000, name="caller") == 0
    await line.hub.asked("status", times=CALLS, call_status="completed")
    offered = {one["call_sid"] for one in line.hub.all("call")}
    assert len(line.hub.all("call")) == len(offered) == CALLS
    for hook, fields in (
        ("queue_events", {"event": "join"}),
        ("queue_events", {"event": "leave", "leave_reason": "abandoned"}),
        ("queue", {"queue_result": "hangup"}),
        ("status", {"call_status": "completed"}),
    ):
        told = line.hub.all(hook, **fields)
        assert len(told) == CALLS
        assert {one["call_sid"] for one in told} == offered
    assert line.gateway is not None
    async with asyncio.timeout(15):
        while line.gateway.journal.all():
            await asyncio.sleep(0.02)


@pytest.mark.parametrize("name", ['"a\\"b\\\\"', "''", '"<script>"', '"علی"', '"x\x01\x7f"', '"' + "n" * 900 + '"'])
async def test_a_name_is_only_a_name(line: Lab, tmp_path: Path, name: str) -> None:
    line.hub.scripts |= {"call": WAIT, "wait": [{"verb": "pause", "length": 60}]}
    await sipp(line.asterisk, tmp_path, "caller", calls=1, hold=50, name=name)
    assert await sipp(line.asterisk, tmp_path, "caller", calls=1, hold=50, name="plain") == 0
    await line.hub.asked("status", call_status="completed", caller_name="plain")
    for told in line.hub.all("call"):
        assert len(told["caller_name"]) <= 128
        assert told["caller_name"].isprintable()


async def test_a_flood_of_keys_disturbs_no_other_call(line: Lab, tmp_path: Path) -> None:
    ask = [{"verb": "gather", "actionHook": "collect", "input": ["digits"], "maxDigits": 20, "finishOnKey": "#"}]
    line.hub.scripts |= {"call": ask, "collect": ask}
    async with (
        phone(line.asterisk, tmp_path / "flood", tone=600) as flood,
        phone(line.asterisk, tmp_path / "other", tone=600) as other,
    ):
        await flood.dial(f"sip:100@{line.asterisk.sip}")
        first = await line.hub.asked("call")
        await other.dial(f"sip:100@{line.asterisk.sip}")
        second = await line.hub.asked("call", times=2)
        for one in (flood, other):
            await one.event("CALL_ESTABLISHED")
        await flood.press("1234567890*" * 20)
        await other.press("7#")
        await line.hub.asked("collect", call_sid=second["call_sid"], digits="7")
        await line.hub.asked("collect", call_sid=first["call_sid"])
        await flood.hang_up()
        await line.hub.asked("status", call_sid=first["call_sid"], call_status="completed")
    assert max(len(one["digits"]) for one in line.hub.all("collect", call_sid=first["call_sid"])) <= 20
