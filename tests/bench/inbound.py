"""Customers write, an agent's screen shows it: how many a second, how quickly, at what cost.

Latency is from the moment a message was to be sent (open loop: its place in the schedule, so that a slow hub cannot
hide by slowing the generator) to its frame on the agent's screen, both on the clock of the load process.
"""

import asyncio
import gc
import itertools
import os
import time
from dataclasses import dataclass, field
from pathlib import Path

from tests.bench.figures import in_ms
from tests.load.checker import check
from tests.load.client import Customer
from tests.load.crowd import Crowd, crowd
from tests.load.lab import Lab, Plan, cpu_seconds, lab

WARM_SECONDS = 2.0
TEXT = "Where is my order 12345? It should have come yesterday."


@dataclass(slots=True)
class Load:
    """What was to be sent when; filled while it runs."""

    due: dict[str, float] = field(default_factory=dict)
    tasks: set[asyncio.Task[object]] = field(default_factory=set)
    numbers: "itertools.count[int]" = field(default_factory=itertools.count)


async def open_loop(crowd: Crowd, load: Load, rate: float, seconds: float) -> None:
    """Send `rate` messages a second by the clock, whatever the hub does."""
    began = time.perf_counter()
    turns = itertools.cycle(crowd.customers)
    for number in range(round(rate * seconds)):
        due = began + number / rate
        pause = due - time.perf_counter()
        if pause > 0:
            await asyncio.sleep(pause)
        elif number % 64 == 0:
            await asyncio.sleep(0)
        client_id = crowd.fresh_id(next(load.numbers))
        load.due[client_id] = due
        task = asyncio.create_task(next(turns).send(client_id, TEXT))
        load.tasks.add(task)
        task.add_done_callback(load.tasks.discard)


async def closed_loop(crowd: Crowd, load: Load, seconds: float) -> None:
    """Every customer sends the next message as soon as the last one is acknowledged."""
    until = time.perf_counter() + seconds

    async def write(customer: Customer) -> None:
        while time.perf_counter() < until:
            client_id = crowd.fresh_id(next(load.numbers))
            load.due[client_id] = time.perf_counter()
            await customer.send(client_id, TEXT)

    await asyncio.gather(*(write(customer) for customer in crowd.customers))


async def drive(crowd: Crowd, load: Load, rate: float | None, seconds: float) -> None:
    """One of the two loops, and the answers to what it sent."""
    if rate is None:
        await closed_loop(crowd, load, seconds)
    else:
        await open_loop(crowd, load, rate, seconds)
    if load.tasks:
        await asyncio.gather(*load.tasks)


async def measure(lab: Lab, everybody: Crowd, rate: float | None, seconds: float) -> dict[str, object]:
    """Warm up, measure, judge."""
    seen: dict[str, float] = {}
    for agent in everybody.agents:
        agent.sights = seen
    await drive(everybody, Load(), rate, WARM_SECONDS)
    gc.collect()
    gc.freeze()
    load = Load(numbers=itertools.count(10_000_000))
    before, machine = _used(lab), machine_cpu_seconds()
    began = time.perf_counter()
    await drive(everybody, load, rate, seconds)
    took = time.perf_counter() - began
    cpu, mongo, own = (after - one for after, one in zip(_used(lab), before, strict=True))
    others = machine_cpu_seconds() - machine - cpu - mongo - own
    await everybody.settled(10)
    sent = len(load.due)
    shown = [seen[one] - due for one, due in load.due.items() if one in seen]
    acked = [
        everybody.journal.acked_at[one] - due for one, due in load.due.items() if one in everybody.journal.acked_at
    ]
    verdict = check(everybody.journal, await lab.kept(), everybody.audience())
    return {
        "bench": "inbound",
        "conversations": len(everybody.customers),
        "rate": rate,
        "seconds": round(took, 2),
        "acked_per_s": round(len(acked) / took, 1),
        "delivered_per_s": round(len(shown) / took, 1),
        **in_ms(shown),
        "ack_p50_ms": in_ms(acked)["p50_ms"],
        "ack_p99_ms": in_ms(acked)["p99_ms"],
        "hub_rss_mb": round(lab.hub.rss_mb(), 1),
        "cpu_us_per_msg": round(1e6 * cpu / max(1, sent)),
        "hub_cpu_percent": round(100 * cpu / took),
        "mongod_cpu_percent": round(100 * mongo / took),
        "load_cpu_percent": round(100 * own / took),
        "others_cpu_percent": round(100 * max(0.0, others) / took),
        "lost": verdict.lost,
        "doubled": verdict.doubled,
        "reordered": verdict.reordered,
        **({"why": verdict.why} if verdict.why else {}),
    }


async def inbound(
    conversations: int, seconds: float, rate: float | None, agents: int, *, first: bool = False
) -> dict[str, object]:
    """The whole bench, with a hub and a database of its own."""
    plan = Plan(agents=tuple(f"agent-{n}" for n in range(agents)))
    async with lab(plan) as running, crowd(running, conversations) as everybody:
        if first:
            go_first(running)
        return await measure(running, everybody, rate, seconds)


def go_first(lab: Lab) -> None:
    """Have the kernel run hub, database and this process before others (root only). See sched(7), autogroup."""
    for pid in (lab.hub.pid, lab.mongod.pid if lab.mongod else 0, os.getpid()):
        if pid:
            os.setpriority(os.PRIO_PROCESS, pid, -20)
            group = Path(f"/proc/{pid}/autogroup")
            if group.exists():
                group.write_text("-20")


def _used(lab: Lab) -> tuple[float, float, float]:
    """CPU seconds of hub, database and this process so far."""
    return lab.hub.cpu_seconds(), cpu_seconds(lab.mongod.pid) if lab.mongod else 0.0, time.process_time()


def machine_cpu_seconds() -> float:
    """CPU time that anybody on this machine has used. Source: proc(5), first line of stat."""
    user, nice, system, _, _, irq, soft, *_ = (int(one) for one in Path("/proc/stat").read_text().split()[1:9])
    return (user + nice + system + irq + soft) / os.sysconf("SC_CLK_TCK")
