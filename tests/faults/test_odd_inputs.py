"""F16, F21: a clock that jumps by days, and messages made to break whatever handles them."""

import asyncio
import contextlib
from pathlib import Path

from hub.store.embedded import Mongod
from tests.drills.traffic import Traffic, judge
from tests.faults.tools import libfaketime, own_database
from tests.load.client import Customer
from tests.load.crowd import Crowd, crowd
from tests.load.lab import Plan, lab
from tests.load.line import Cut, Refused

POISON: dict[str, dict[str, object]] = {
    "a time beyond every calendar": {"text": "hello", "sent_at": 10**30},
    "a time beyond 64 bits": {"text": "hello", "sent_at": 2**63},
    "a time before everything": {"text": "hello", "sent_at": -(10**20)},
    "nothing but NUL": {"text": "\x00"},
    "form values of odd names": {"form": "offline", "values": {"$where": "1", "a.b": "2"}},
    "a file that is no id": {"files": ["../../etc/passwd", "\x00"]},
    "a conversation that is no id": {"text": "hello", "conversation": "$ne"},
}

HALF_SURROGATE = rb'{"type": "send", "id": %d, "client_id": "poison-surrogate", "text": "\ud83d"}'


async def told_to_retry(customer: Customer, command: dict[str, object]) -> bool:
    try:
        await customer.ask(command)
    except Refused as error:
        return error.retry
    return False


async def acknowledged(everybody: Crowd, more: int) -> None:
    """Wait until so many more messages are."""
    goal = len(everybody.journal.acked) + more
    async with asyncio.timeout(60):
        while len(everybody.journal.acked) < goal:
            await asyncio.sleep(0.05)


async def test_f16_a_clock_that_jumps_by_three_days_moves_no_message(mongod_server: Mongod, tmp_path: Path) -> None:
    jump = tmp_path / "clock"
    jump.write_text("+0")
    fake = {
        "LD_PRELOAD": libfaketime(),
        "FAKETIME_TIMESTAMP_FILE": str(jump),
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "DONT_FAKE_MONOTONIC": "1",
    }
    plan = Plan(agents=("agent-0", "agent-1"), environment=fake, settings=own_database())
    async with lab(plan, uri=mongod_server.uri) as running, crowd(running, 6) as everybody:
        async with Traffic(everybody, 16).running():
            for days in ("+3d", "-3d", "+0"):
                await acknowledged(everybody, 15)
                jump.write_text(days)
                for line in everybody.customers[:3]:
                    line.cut()
            await acknowledged(everybody, 15)
        assert running.hub.starts == 1
        verdict = await judge(everybody)
        assert verdict.good, verdict


async def test_f21_a_poisonous_message_is_refused_alone_and_its_neighbours_go_on(mongod_server: Mongod) -> None:
    plan = Plan(settings=own_database())
    async with lab(plan, uri=mongod_server.uri) as running, crowd(running, 8) as everybody:
        poisoner = everybody.customers[0]
        async with Traffic(everybody, 21, per_second=20).running():
            for number, fields in enumerate(POISON.values()):
                command = {"type": "send", "client_id": f"poison-{number:06d}", **fields}
                for _ in range(3):
                    assert not await told_to_retry(poisoner, command), fields
            with contextlib.suppress(Cut):  # no JSON at all, so no id to answer to
                await poisoner.ask({}, seconds=0.5, raw=HALF_SURROGATE)
        assert not everybody.journal.refused
        assert running.hub.starts == 1
        assert all(one.connects == 1 for one in [*everybody.customers, *everybody.agents])
        log = running.hub.log.read_text()
        assert "lane_failed" not in log
        verdict = await judge(everybody)
        assert verdict.good, verdict
