"""Customers and agents who talk until told to stop, and the judgement over what they saw."""

import asyncio
import itertools
import random
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.load.checker import Verdict, check
from tests.load.client import Agent, Customer
from tests.load.crowd import Crowd, in_waves


class Traffic:
    """Everybody writes at random moments, `per_second` messages each on average."""

    def __init__(self, crowd: Crowd, seed: int, per_second: float = 4.0) -> None:
        self.crowd = crowd
        self._random = random.Random(seed)
        self._per_second = per_second
        self._over = asyncio.Event()
        self._numbers = itertools.count()
        self._run = secrets.token_hex(6)
        self._sending: set[asyncio.Task[object]] = set()

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Traffic"]:
        """Talk for the length of the block, then wait until every message has its answer."""
        writers = [asyncio.create_task(self._write(one)) for one in self.crowd.customers]
        writers += [asyncio.create_task(self._reply(one)) for one in self.crowd.agents]
        try:
            yield self
            self._over.set()
            await asyncio.gather(*writers)
        finally:
            for task in [*writers, *self._sending]:
                task.cancel()
            await asyncio.gather(*writers, *self._sending, return_exceptions=True)

    async def _write(self, customer: Customer) -> None:
        while await self._pause(self._per_second):
            await customer.send(self._id(), "Where is my order 12345?")

    async def _reply(self, agent: Agent) -> None:
        while await self._pause(2 * self._per_second):
            if agent.mine:
                await agent.reply(self._random.choice(sorted(agent.mine)), self._id(), "I am looking into it.")

    async def _pause(self, per_second: float) -> bool:
        try:
            async with asyncio.timeout(self._random.expovariate(per_second)):
                await self._over.wait()
        except TimeoutError:
            return True
        return False

    def _id(self) -> str:
        return f"{self._run}-{next(self._numbers)}"


async def judge(crowd: Crowd) -> Verdict:
    """Let things settle, read everything back through a fresh client and from the store, and compare."""
    await crowd.settled()
    readers = await _fresh_readers(crowd)
    audience = crowd.audience()
    try:
        for reader in readers:
            if reader.conversation is not None:
                audience.setdefault(reader.conversation, []).append(reader.name)
        return check(crowd.journal, await crowd.lab.kept(), audience)
    finally:
        await asyncio.gather(*(reader.stop() for reader in readers))


async def _fresh_readers(crowd: Crowd) -> list[Customer]:
    readers = []
    for customer in crowd.customers:
        if customer.conversation is None:
            continue
        reader = Customer(crowd.lab.target, f"fresh-{customer.name}", crowd.journal)
        reader.refresh = customer.refresh
        readers.append(reader)
    async with asyncio.timeout(60):
        await in_waves((reader.start() for reader in readers), 20)
    return readers
