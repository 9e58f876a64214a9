"""The kill drill: the hub is killed at random instants and started again, then its database is stopped and continued.

At the end every acknowledged message is in the timeline once, in the order that every reader saw, and reached each
side once.
"""

import asyncio
import os
import random
import signal
import sys
import time
from collections.abc import Callable

from tests.drills.traffic import Traffic, judge
from tests.load.crowd import crowd
from tests.load.lab import Lab, Plan, lab

Say = Callable[[str], None]
LEAST_UP_SECONDS = 0.3
MOST_UP_SECONDS = 5.0


def tell(line: str) -> None:
    """Progress, beside the one line of JSON."""
    print(line, file=sys.stderr, flush=True)


async def kill(
    seconds: float, *, seed: int, customers: int = 24, agents: int = 3, say: Say = tell
) -> dict[str, object]:
    """The whole drill. `good` in the answer: nothing lost, doubled or reordered."""
    chance = random.Random(seed)
    async with lab(Plan(agents=tuple(f"agent-{n}" for n in range(agents)))) as running:
        async with crowd(running, customers) as everybody:
            async with Traffic(everybody, seed).running():
                say(f"{customers} customers and {agents} agents talk; seed {seed}")
                await _kills(running, 0.75 * seconds, chance, say)
                stops = await _stops(running, 0.25 * seconds, chance, say)
            say("calm; everything is read back")
            verdict = await judge(everybody)
            connects = sum(one.connects for one in [*everybody.customers, *everybody.agents])
        return {
            "drill": "kill",
            "seconds": seconds,
            "seed": seed,
            **verdict.as_dict(),
            "restarts": running.hub.starts - 1,
            "database_stops": stops,
            "longest_gap_ms": everybody.journal.longest_gap_ms(),
            "reconnects": connects,
            "good": verdict.good and running.hub.starts > 1,
        }


async def _kills(running: Lab, seconds: float, chance: random.Random, say: Say) -> None:
    """kill -9 at a random instant, start again at once, and so on. Some kills hit the start itself."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if chance.random() < 0.8:
            await running.hub.ready()
        await asyncio.sleep(chance.uniform(LEAST_UP_SECONDS, MOST_UP_SECONDS))
        running.hub.kill()
        say(f"kill -9 number {running.hub.starts}")
        running.hub.spawn()
    await running.hub.ready()


async def _stops(running: Lab, seconds: float, chance: random.Random, say: Say) -> int:
    """Stop the database and let it go on, until the time is over; at least once."""
    if running.mongod is None:
        return 0
    until, stops = time.monotonic() + seconds, 0
    while stops == 0 or time.monotonic() < until - 4:
        await asyncio.sleep(chance.uniform(0.2, 1.5))
        pause = chance.uniform(1.0, 6.0)
        say(f"the database stands still for {pause:.1f} s")
        os.kill(running.mongod.pid, signal.SIGSTOP)
        try:
            await asyncio.sleep(pause)
        finally:
            os.kill(running.mongod.pid, signal.SIGCONT)
        stops += 1
        await asyncio.sleep(2.0)
    return stops
