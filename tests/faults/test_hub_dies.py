"""F01, F02, F03, F18: the hub is killed, told to stop, killed before it acknowledges; everybody comes back at once."""

import asyncio

from hub.store.embedded import Mongod
from tests.bench.sockets import storm
from tests.drills.drain import drain
from tests.drills.kill import kill
from tests.drills.traffic import Traffic, judge
from tests.faults.tools import own_database
from tests.load.crowd import crowd, eventually
from tests.load.lab import Plan, lab


def quiet(line: str) -> None:
    """No progress."""


async def test_f01_killed_again_and_again_nothing_is_lost_doubled_or_reordered() -> None:
    found = await kill(12, seed=20_01, customers=8, agents=2, say=quiet)
    assert found["good"], found


async def test_f02_told_to_stop_under_load_it_finishes_what_it_accepted_within_ten_seconds() -> None:
    found = await drain(4, seed=20_02, customers=8, agents=2, say=quiet)
    assert found["good"], found


async def test_f03_killed_between_durable_and_acknowledged_the_retry_is_the_same_message(mongod_server: Mongod) -> None:
    plan = Plan(agents=("agent-0",), settings=own_database())
    async with lab(plan, uri=mongod_server.uri) as running, crowd(running, 4) as everybody:
        for passes in (1, 2, 5):
            running.hub.kill()
            running.hub.extra["PEYK_FAILPOINT"] = f"after_commit:{passes}"
            await running.hub.start()
            async with Traffic(everybody, passes, per_second=10).running():
                await eventually(lambda: not running.hub.alive(), 20, "the hub did not die at the failpoint")
                del running.hub.extra["PEYK_FAILPOINT"]
                await running.hub.start()
                await asyncio.sleep(0.5)
        verdict = await judge(everybody)
        assert verdict.good, verdict
        assert running.hub.starts == 7


async def test_f18_when_everybody_reconnects_at_once_everybody_is_back(mongod_server: Mongod) -> None:
    async with (
        lab(Plan(settings=own_database()), uri=mongod_server.uri) as running,
        crowd(running, 300, greet=False) as everybody,
    ):
        for number, customer in enumerate(everybody.customers[:20]):
            await customer.send(f"{everybody.run}-talk-{number}", "hello")
        times, _ = await storm(running, everybody, kill=True)
        assert len(times) == 300
        verdict = await judge(everybody)
        assert verdict.good, verdict
