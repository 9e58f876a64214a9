"""Many customers and a few agents, brought to the point where every conversation stands on an agent's screen."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from tests.load.client import Agent, Customer
from tests.load.journal import Journal
from tests.load.lab import PASSWORD, Lab


@dataclass(slots=True)
class Crowd:
    """Everybody. `run` makes the client ids of one run unlike those of any other."""

    lab: Lab
    customers: list[Customer]
    agents: list[Agent]
    journal: Journal
    run: str = field(default_factory=lambda: secrets.token_hex(4))

    def fresh_id(self, number: int) -> str:
        """A client id."""
        return f"{self.run}-{number:08d}"

    def agent_of(self, conversation: str) -> Agent | None:
        """Who has a conversation now."""
        return next((agent for agent in self.agents if conversation in agent.mine), None)

    def audience(self) -> dict[str, list[str]]:
        """Who must have seen everything: the customer and whoever has the conversation now."""
        found: dict[str, list[str]] = {}
        for customer in self.customers:
            if customer.conversation is not None:
                agent = self.agent_of(customer.conversation)
                found[customer.conversation] = [customer.name, *([agent.name] if agent else [])]
        return found

    async def served(self, seconds: float = 60.0) -> None:
        """Wait until every customer's conversation is open on an agent's screen."""
        await eventually(
            lambda: all(
                customer.conversation is not None and any(customer.conversation in a.opened for a in self.agents)
                for customer in self.customers
            ),
            seconds,
            "not every conversation reached an agent",
        )

    async def settled(self, seconds: float = 30.0, *, audience: Mapping[str, Collection[str]] | None = None) -> None:
        """Wait until everybody has seen what was acknowledged (or give up: the checker says what is missing).

        `audience`: who must have, by conversation, when it is not our own customers and their agents.
        """

        def quiet() -> bool:
            last = {key: view.last for key, view in self.journal.views.items()}
            readers = self.audience() if audience is None else audience
            return all(
                last.get((reader, ack.conversation), 0) >= ack.seq
                for ack in self.journal.acked.values()
                for reader in readers.get(ack.conversation, ())
            )

        try:
            await eventually(quiet, seconds, "not everything was seen")
        except TimeoutError:
            return


@asynccontextmanager
async def crowd(
    lab: Lab, customers: int, *, greet: bool = True, but: str | None = None, kind: type[Agent] = Agent
) -> AsyncIterator[Crowd]:
    """Bring the plan's agents (all `but` one) to their desks and `customers` into their conversations."""
    journal = Journal()
    agents = [kind(lab.target, login, PASSWORD, journal) for login in lab.plan.agents if login != but]
    visitors = [Customer(lab.target, f"customer-{n}", journal, address=address_of(n)) for n in range(customers)]
    everybody = Crowd(lab, visitors, agents, journal)
    try:
        async with asyncio.timeout(60):
            for agent in agents:  # one after the other: a password check is made to be slow
                await agent.start()
        await in_waves((customer.start() for customer in visitors), 50)
        if greet:
            await in_waves(
                (customer.send(f"{everybody.run}-hello-{n}", "hello") for n, customer in enumerate(visitors)), 50
            )
            await everybody.served()
        yield everybody
    finally:
        await asyncio.gather(*(one.stop() for one in [*visitors, *agents]))


def address_of(number: int) -> str:
    """An address of its own for each customer, as a trusted proxy reports it."""
    return f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"


async def in_waves(work: Iterable[Awaitable[object]], width: int) -> None:
    """Do things, `width` at a time."""
    gate = asyncio.Semaphore(width)

    async def one(each: Awaitable[object]) -> None:
        async with gate:
            await each

    await asyncio.gather(*(one(each) for each in work))


async def eventually(question: Callable[[], bool], seconds: float, words: str) -> None:
    """Wait until something holds. Raises TimeoutError with `words`."""
    try:
        async with asyncio.timeout(seconds):
            while not question():
                await asyncio.sleep(0.02)
    except TimeoutError:
        raise TimeoutError(words) from None
