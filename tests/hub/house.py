"""A floor with an open hand on its plan: lines, rules and agents are what a test says, a desk remembers its frames."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest_asyncio

from channels.contract import Inbound, Part, Receipt, Sender
from hub.clock import HeldClock
from hub.desk.command_frames import Command
from hub.model.config import Inbox
from hub.model.entry import Author, EventType
from hub.model.ids import AgentId, InboxId, QueueId, new_id
from hub.model.queues import Queue, Rule, Rules
from hub.phrases import say
from hub.store.database import Database
from tests.fakes.channel import Post
from tests.hub.test_edges import Eyes
from tests.hub.test_routing import Floor
from tests.hub_server import live_hub

SUPPORT = QueueId("support")


class House(Floor):
    """Everything that an admin can turn."""

    async def plan(self, id_: str = "support", **changes: Any) -> QueueId:
        """A line as it is from now on."""
        known = self.hub.config.queue(id_)
        if known is None:
            await self.hub.config.create(Queue(id=QueueId(id_), name=id_, **changes))
        else:
            await self.hub.config.save(replace(known, **changes))
        return QueueId(id_)

    async def rules(self, *rules: Rule) -> None:
        await self.hub.config.save(Rules(rules=rules))

    async def profile(self, login: str, **changes: Any) -> AgentId:
        """What an agent knows and serves."""
        agent = self.agent(login).id
        await self.hub.database.collection("agents").update_one({"_id": agent}, {"$set": changes})
        await self.hub.staff.refresh(agent)
        return agent

    async def inbox(self, channel: str, queue: str = "support") -> None:
        """An inbox named as its channel."""
        await self.hub.config.create(Inbox(id=InboxId(channel), name=channel, channel=channel, queue=QueueId(queue)))

    async def writes_to(self, inbox: str, address: str, *parts: Part, locale: str | None = None) -> Receipt:
        return await self.hub.inlet.receive(
            Inbound(
                inbox=inbox,
                external_id=new_id(),
                sender=Sender(address=address),
                parts=parts or (Part(type="text", text="hi"),),
                locale=locale,
            )
        )

    async def passes(self, seconds: float) -> None:
        """Time goes by, and what is due is done."""
        await self.hub.lanes.roll_up()
        self.clock.advance(round(seconds * 1000))
        await self.hub.deadlines.sweep(self.clock.now())
        self.hub.router._wake.set()

    async def ends(self, receipt: Receipt, login: str = "ali") -> None:
        state = await self.state(receipt)
        await self.hub.acts.resolve(state, self.author(login), disposition="answered", reason="agent")

    async def leaves(self, receipt: Receipt) -> None:
        """The customer ends it."""
        state = await self.state(receipt)
        await self.hub.inlet.end(state.header.inbox, state.header.address, state.id)

    def author(self, login: str) -> Author:
        return Author(kind="agent", id=self.agent(login).id, name=login)

    async def declines(self, receipt: Receipt, login: str) -> None:
        state = await self.offered(receipt, login)
        await self.hub.acts.answer_offer(state.owner.offer or "", self.author(login), EventType.DECLINED)

    def desk(self, login: str) -> Desk:
        """A desk that is open from now on."""
        desk = Desk(self, login)
        self.hub.floor.join(desk)
        return desk

    async def told(self, receipt: Receipt, phrase: str) -> None:
        """Wait until the customer has heard one of the hub's sentences."""
        words = say((await self.state(receipt)).locale, phrase)
        async with asyncio.timeout(10):
            while words not in await self.heard(receipt):
                await asyncio.sleep(0)


class Desk(Eyes):
    """An agent's desk: what it was shown, and what it asks."""

    def seen(self, type_: str) -> list[dict[str, Any]]:
        frames = [json.loads(frame) for frame in self.frames]
        return [frame for frame in frames if frame["type"] == type_]

    async def shown(self, type_: str, count: int = 1) -> list[dict[str, Any]]:
        """Wait for so many frames of a type."""
        async with asyncio.timeout(10):
            while len(found := self.seen(type_)) < count:
                await asyncio.sleep(0)
        return found

    async def asks(self, command: Command) -> Any:
        return await self.floor.hub.desk.commands.run(self, command)


@pytest_asyncio.fixture
async def house(
    no_task_left_behind: None, database: Database, tmp_path: Path, clock: HeldClock
) -> AsyncIterator[House]:
    async with live_hub(database, tmp_path / "var", clock=clock, channels=[Post()]) as live:
        yield House(live, clock)
