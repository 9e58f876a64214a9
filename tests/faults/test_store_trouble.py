"""F06, F08, F09: the store cannot confirm, is slow, is full. Only what is durable is acknowledged."""

import asyncio
import contextlib
import itertools
import signal
import time

import pytest

from tests.bench.figures import percentile
from tests.bench.inbound import Load, drive
from tests.drills.traffic import judge
from tests.faults.tools import injected, needs
from tests.load.client import Customer
from tests.load.crowd import crowd
from tests.load.lab import Plan, lab
from tests.load.line import Cut, Refused
from tests.load.replicas import replicas

MOST_SECONDS = 6.5


async def refused(customer: Customer, client_id: str) -> float:
    """Send once; it must be refused as something to be tried again. How long that took."""
    began = time.monotonic()
    command = {"type": "send", "client_id": client_id, "conversation": customer.conversation, "text": "hello?"}
    with pytest.raises(Refused) as caught:
        await customer.ask(command)
    assert caught.value.code == "unavailable"
    assert caught.value.retry
    return time.monotonic() - began


async def test_f06_without_a_majority_no_message_and_no_duplicate_is_acknowledged() -> None:
    async with replicas() as three, lab(Plan(), uri=three.uri) as running, crowd(running, 3) as everybody:
        one = everybody.customers[0]
        primary = await three.primary()
        others = [port for port in three.members if port != primary]
        three.signal(others, signal.SIGSTOP)
        try:
            # The second try meets the entry of the first one: stored on the primary, durable nowhere.
            times = [await refused(one, f"{everybody.run}-minority") for _ in range(3)]
            assert max(times) <= MOST_SECONDS
            assert running.hub.alive()
        finally:
            three.signal(others, signal.SIGCONT)
        ack = await one.send(f"{everybody.run}-minority", "hello?")
        assert ack is not None
        verdict = await judge(everybody)
        assert verdict.good, verdict
        kept = [message for message in await running.kept() if message.client_id == f"{everybody.run}-minority"]
        assert len(kept) == 1


async def test_f08_a_slow_disk_makes_it_slower_and_nothing_else() -> None:
    needs("strace")
    async with lab(Plan(agents=("agent-0", "agent-1"))) as running, crowd(running, 16) as everybody:
        assert running.mongod is not None
        load = Load(numbers=itertools.count())
        with injected(running.mongod.pid, "fdatasync:delay_enter=50000"):
            await drive(everybody, load, 60, 5)
        await everybody.settled()
        waits = [everybody.journal.acked_at[one] - due for one, due in load.due.items()]
        assert percentile(waits, 0.5) >= 0.05
        assert max(waits) <= 15
        assert not everybody.journal.refused
        verdict = await judge(everybody)
        assert verdict.good, verdict


async def test_f09_a_full_disk_is_answered_by_try_again_and_all_goes_on_when_there_is_room() -> None:
    needs("strace")
    async with lab(Plan()) as running, crowd(running, 4) as everybody:
        assert running.mongod is not None
        sending: list[asyncio.Task[object]] = []
        with contextlib.suppress(ProcessLookupError), injected(running.mongod.pid, "pwrite64,ftruncate:error=ENOSPC"):
            for number, customer in enumerate(everybody.customers):
                sending.append(asyncio.create_task(customer.send(f"{everybody.run}-full-{number}", "still there?")))
            # The server ends itself rather than write half a page: what runs it would start it again.
            await asyncio.wait_for(running.mongod.wait(), 60)
        assert not any(task.done() for task in sending), "acknowledged without room on the disk"
        with contextlib.suppress(Cut):
            assert await refused(everybody.customers[0], f"{everybody.run}-again-1") <= MOST_SECONDS
        assert running.hub.alive()
        assert running.hub.starts == 1
        await running.mongod.start()
        await asyncio.wait_for(asyncio.gather(*sending), 60)
        await everybody.served()
        verdict = await judge(everybody)
        assert verdict.good, verdict
