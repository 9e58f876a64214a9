"""Many sockets that say nothing: what they cost, and how quickly they are back when all of them drop at once."""

import asyncio
import time

from tests.bench.figures import in_ms
from tests.bench.inbound import go_first
from tests.load.client import Customer
from tests.load.crowd import Crowd, crowd, eventually
from tests.load.lab import Lab, Plan, lab
from tests.load.line import WIDGET_PAUSES

CALM_SECONDS = 5.0
MOST_IDLE_MB = 200
MOST_BACK_SECONDS = 30.0


async def idle(sockets: int) -> dict[str, object]:
    """Memory of the hub before and with `sockets` open chats."""
    async with lab(Plan()) as running:
        before = running.hub.rss_mb()
        began = time.perf_counter()
        async with crowd(running, sockets, greet=False) as everybody:
            took = time.perf_counter() - began
            await asyncio.sleep(CALM_SECONDS)
            cpu = running.hub.cpu_seconds()
            await asyncio.sleep(CALM_SECONDS)
            cpu = running.hub.cpu_seconds() - cpu
            rss = running.hub.rss_mb()
            up = sum(1 for one in everybody.customers if one.up.is_set())
            return {
                "bench": "idle",
                "sockets": up,
                "missed": sockets - up,
                "opened_per_s": round(sockets / took),
                "hub_rss_mb_before": round(before, 1),
                "hub_rss_mb": round(rss, 1),
                "kb_per_socket": round(1024 * (rss - before) / sockets, 1),
                "hub_cpu_percent": round(100 * cpu / CALM_SECONDS, 1),
                "good": rss <= MOST_IDLE_MB,
            }


async def reconnect(sockets: int, *, kill: bool, talkers: int = 50, first: bool = False) -> dict[str, object]:
    """Cut all sockets at once; with `kill` the hub dies, too. `talkers` customers have a conversation to resume."""
    async with lab(Plan()) as running, crowd(running, sockets, greet=False) as everybody:
        if first:
            go_first(running)
        for number, one in enumerate(everybody.customers[:talkers]):
            await one.send(f"{everybody.run}-talk-{number}", "hello")
        times, restart = await storm(running, everybody, kill=kill)
        missed = len(everybody.customers) - len(times)
        return {
            "bench": "reconnect",
            "sockets": sockets,
            "killed": kill,
            "hub_back_s": round(restart, 2),
            "all_back_s": round(max(times, default=0.0), 2),
            **in_ms(times),
            "missed": missed,
            "hub_rss_mb": round(running.hub.rss_mb(), 1),
            "good": not missed and max(times, default=0.0) <= MOST_BACK_SECONDS,
        }


async def storm(running: Lab, everybody: Crowd, *, kill: bool) -> tuple[list[float], float]:
    """Drop everybody at once; the seconds after which each was back, and after which the hub answered again."""
    counts = {one.name: one.connects for one in everybody.customers}
    began = time.perf_counter()
    if kill:
        running.hub.kill()
        running.hub.spawn()
    for one in everybody.customers:
        one.pauses = WIDGET_PAUSES
        one.up.clear()
        one.cut()
    times: list[float] = []

    async def back(customer: Customer) -> None:
        while customer.connects == counts[customer.name] or not customer.up.is_set():
            await customer.up.wait()
            await asyncio.sleep(0)
        times.append(time.perf_counter() - began)

    waiting = [asyncio.create_task(back(one)) for one in everybody.customers]
    restart = 0.0
    if kill:
        await running.hub.ready()
        restart = time.perf_counter() - began
    try:
        await eventually(lambda: len(times) == len(waiting), 2 * MOST_BACK_SECONDS, "some never came back")
    except TimeoutError:
        pass
    finally:
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
    return times, restart
