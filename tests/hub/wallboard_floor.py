"""A call centre for tests of the wallboard and of what supervisors do: customers, agents, a clock moved by hand."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

from channels.contract import Inbound, Part, Receipt, Sender
from hub.clock import HeldClock
from hub.errors import StaleFence
from hub.model.config import Agent
from hub.model.conversation import Conversation
from hub.model.entry import Author, EventType
from hub.model.ids import AgentId, ConversationId, QueueId, new_id
from hub.model.queues import Queue
from tests.desk_socket import DeskSocket
from tests.hub_server import LiveHub


class CallCentre:
    """A hub with a second queue, and people."""

    def __init__(self, live: LiveHub, clock: HeldClock) -> None:
        self.live, self.hub, self.clock = live, live.hub, clock

    async def open(self) -> CallCentre:
        await self.hub.config.create(Queue(id=QueueId("sales"), name="Sales", channels=("webchat",)))
        return self

    def agent(self, login: str) -> Agent:
        return next(agent for agent in self.hub.staff.agents if agent.login == login)

    async def comes(self, login: str, status: str = "online") -> AgentId:
        agent = self.agent(login).id
        await self.hub.staff.arrived(agent)
        await self.hub.staff.choose(agent, status)
        return agent

    async def writes(self, address: str) -> Receipt:
        part = Part(type="text", text="سلام")
        return await self.hub.inlet.receive(
            Inbound(inbox="shop", external_id=new_id(), sender=Sender(address=address), parts=(part,))
        )

    async def waits(self, address: str) -> Conversation:
        """A customer who is in the line."""
        return await self.until(await self.writes(address), lambda state: state.owner.kind == "queue")

    async def until(self, receipt: Receipt | Conversation, true: Callable[[Conversation], bool]) -> Conversation:
        id_ = ConversationId(receipt.conversation) if isinstance(receipt, Receipt) else receipt.id
        async with asyncio.timeout(10):
            while not true(state := await self.hub.lanes.state(id_)):
                await asyncio.sleep(0)
        return state

    async def offered(self, receipt: Receipt | Conversation, login: str) -> Conversation:
        agent = self.agent(login).id
        return await self.until(receipt, lambda state: state.owner.kind == "offer" and state.owner.agent == agent)

    async def accepts(self, receipt: Receipt | Conversation, login: str) -> Conversation:
        state = await self.offered(receipt, login)
        me = Author(kind="agent", id=self.agent(login).id, name=login)
        await self.hub.acts.answer_offer(state.owner.offer or "", me, EventType.ACCEPTED)
        return await self.hub.lanes.state(state.id)

    async def leaves(self, receipt: Receipt | Conversation) -> None:
        while (state := await self.until(receipt, lambda state: bool(state.last_seq))).open:
            with suppress(StaleFence):
                await self.hub.acts.customer_ends(state, Author(kind="contact", id=state.header.contact))
                return

    async def audited(self, action: str) -> list[dict[str, Any]]:
        records = await self.hub.web.audit.page(limit=50)
        return [dict(record.deed.changes) for record in records if record.deed.action == action]

    @asynccontextmanager
    async def desk(self, login: str) -> AsyncIterator[DeskSocket]:
        async with self.live.browser() as browser:
            await browser.sign_in(login)
            async with browser.desk() as ws:
                socket = DeskSocket(ws)
                assert (await socket.next())["type"] == "ready"
                yield socket
