"""F02: the hub is told to stop (SIGTERM) under load and started again: quickly, politely, and nothing goes missing."""

import asyncio
import random
import time

from tests.drills.kill import Say, tell
from tests.drills.traffic import Traffic, judge
from tests.load.crowd import crowd
from tests.load.lab import Plan, lab

MOST_SECONDS = 10.0
AGAIN = 1012


async def drain(
    seconds: float, *, seed: int, customers: int = 24, agents: int = 3, say: Say = tell
) -> dict[str, object]:
    """Stop and start until the time is over; how long the longest stop took, and how sockets were closed."""
    chance = random.Random(seed)
    times: list[float] = []
    statuses: set[int | None] = set()
    async with lab(Plan(agents=tuple(f"agent-{n}" for n in range(agents)))) as running:
        async with crowd(running, customers) as everybody:
            lines = [*everybody.customers, *everybody.agents]
            async with Traffic(everybody, seed).running():
                until = time.monotonic() + seconds
                while not times or time.monotonic() < until:
                    await asyncio.sleep(chance.uniform(0.5, 3.0))
                    status, took = await running.hub.terminate(MOST_SECONDS + 5)
                    say(f"SIGTERM: status {status} after {took:.1f} s")
                    times.append(took)
                    statuses.add(status)
                    if status is None:
                        running.hub.kill()
                    await running.hub.start()
            verdict = await judge(everybody)
            codes = [code for line in lines for code in line.close_codes]
        impolite = sum(1 for code in codes if code != AGAIN)
        return {
            "drill": "drain",
            "seconds": seconds,
            "seed": seed,
            **verdict.as_dict(),
            "drains": len(times),
            "longest_drain_s": round(max(times), 2),
            "closed_1012": len(codes) - impolite,
            "closed_otherwise": impolite,
            "longest_gap_ms": everybody.journal.longest_gap_ms(),
            "good": verdict.good and max(times) <= MOST_SECONDS and statuses == {0} and not impolite,
        }
