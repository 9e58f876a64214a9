"""One desk takes nothing from its socket: do the others notice?

Phases with and without the stalled desk alternate in one run (A B B A ...), so that both meet the same machine.
"""

import asyncio
import contextlib
import itertools
import socket
import statistics
from collections.abc import AsyncIterator

from websockets.asyncio.client import ClientConnection
from websockets.exceptions import WebSocketException

from tests.bench.figures import in_ms, percentile
from tests.bench.inbound import Load, drive, go_first
from tests.load.client import Agent
from tests.load.crowd import Crowd, crowd
from tests.load.frames import encode
from tests.load.journal import Journal
from tests.load.lab import PASSWORD, Lab, Plan, lab

MOST_RATIO = 1.2
PHASES = (False, True, True, False, False, True, True, False)


class StalledDesk:
    """A desk that opens every conversation and then reads nothing; cut off, it comes back and does so again."""

    def __init__(self, lab: Lab, login: str, conversations: list[str], receive_buffer: int | None = 4_096) -> None:
        self.cuts = 0
        self.stalling = asyncio.Event()
        self._agent = Agent(lab.target, login, PASSWORD, Journal())
        self._conversations = conversations
        self._receive_buffer = receive_buffer

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            with contextlib.suppress(WebSocketException, OSError):
                ws = await self._agent.dial()
                try:
                    await self._stall(ws)
                finally:
                    ws.transport.abort()
                    self.cuts += 1
            await asyncio.sleep(0.2)

    async def _stall(self, ws: ClientConnection) -> None:
        for number, conversation in enumerate(self._conversations):
            await ws.send(encode({"type": "open", "id": number, "conversation": conversation}), text=True)
            await ws.recv()
        raw = ws.transport.get_extra_info("socket")
        if self._receive_buffer is not None:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, self._receive_buffer)
        ws.transport.pause_reading()
        self.stalling.set()
        while True:  # a paused transport does not hear the other side go; a ping every second that cannot be sent tells
            await asyncio.sleep(1.0)
            await ws.send(encode({"type": "ping"}), text=True)


async def stalled(rate: float, seconds: float, *, first: bool = False) -> dict[str, object]:
    """p99 of everybody else with one stalled desk, over p99 without."""
    plan = Plan(agents=("agent-0", "agent-1", "stalled"))
    async with lab(plan) as running:
        if first:
            go_first(running)
        return await pairs(running, rate, seconds)


async def pairs(running: Lab, rate: float, seconds: float, phases: tuple[bool, ...] = PHASES) -> dict[str, object]:
    """All phases, and the figures."""
    async with crowd(running, 32, but="stalled") as everybody:
        seen: dict[str, float] = {}
        for agent in everybody.agents:
            agent.sights = seen
        numbers = itertools.count()
        await drive(everybody, Load(numbers=numbers), rate, 2.0)
        quiet: list[list[float]] = []
        loud: list[list[float]] = []
        cuts = 0
        for with_stalled in phases:
            async with _company(running, everybody, with_stalled) as desk:
                load = Load(numbers=numbers)
                await drive(everybody, load, rate, seconds)
                await everybody.settled(5)
            (loud if with_stalled else quiet).append([seen[one] - due for one, due in load.due.items() if one in seen])
            cuts += desk.cuts if desk else 0
            missed = sum(1 for one in load.due if one not in seen)
    without, beside = ([percentile(phase, 0.99) for phase in side] for side in (quiet, loud))
    ratio = statistics.median(beside) / statistics.median(without)
    return {
        "bench": "stalled",
        "rate": rate,
        "without": in_ms([one for phase in quiet for one in phase]),
        "beside": in_ms([one for phase in loud for one in phase]),
        "p99_ratio": round(ratio, 2),
        "cut_off": cuts,
        "missed": missed,
        "good": ratio <= MOST_RATIO and not missed,
    }


@contextlib.asynccontextmanager
async def _company(running: Lab, everybody: Crowd, wanted: bool) -> AsyncIterator[StalledDesk | None]:
    if not wanted:
        yield None
        return
    conversations = [one.conversation for one in everybody.customers if one.conversation is not None]
    desk = StalledDesk(running, "stalled", conversations)
    task = asyncio.create_task(desk.run())
    try:
        await asyncio.wait_for(desk.stalling.wait(), 10)
        yield desk
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
