"""Supervisors move, hurry, take over and set a status; everybody else is refused, and all of it is in the audit log."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import ClientWebSocketResponse

from channels.contract import Inbound, Part, Sender
from hub.model.ids import ConversationId, QueueId, new_id
from hub.model.queues import Queue
from tests.hub_server import LiveHub


class Desk:
    """A desk's socket: commands with their answers."""

    def __init__(self, socket: ClientWebSocketResponse) -> None:
        self.socket = socket
        self.count = 0

    async def asks(self, **command: Any) -> dict[str, Any]:
        """Send a command; its answer."""
        self.count += 1
        await self.socket.send_json({"id": self.count, **command})
        async with asyncio.timeout(10):
            while (frame := await self.socket.receive_json()).get("id") != self.count:
                pass
        return dict(frame)


@pytest_asyncio.fixture
async def desks(live: LiveHub) -> AsyncIterator[dict[str, Desk]]:
    async with AsyncExitStack() as stack:
        opened = {}
        for login in ("ali", "mina"):
            browser = await stack.enter_async_context(live.browser())
            await browser.sign_in(login)
            opened[login] = Desk(await stack.enter_async_context(browser.desk()))
        yield opened


async def waiting(live: LiveHub, address: str) -> str:
    """A customer who waits."""

    receipt = await live.hub.inlet.receive(
        Inbound(
            inbox="shop", external_id=new_id(), sender=Sender(address=address), parts=(Part(type="text", text="x"),)
        )
    )
    return receipt.conversation


async def test_moving_and_hurrying_change_who_is_next(live: LiveHub, desks: dict[str, Desk]) -> None:
    await live.hub.config.create(Queue(id=QueueId("second"), name="second"))
    await live.hub.config.create(Queue(id=QueueId("mail"), name="mail", channels=("email",)))
    first, second = await waiting(live, "v1"), await waiting(live, "v2")
    mina = desks["mina"]
    assert "code" not in await mina.asks(type="prioritise", conversation=second, priority=5)
    assert [state.id for state in live.hub.router.line()] == [second, first]
    before = await live.hub.lanes.state(ConversationId(first))
    assert "code" not in await mina.asks(type="move", conversation=first, queue="second")
    after = await live.hub.lanes.state(ConversationId(first))
    assert (after.queue, after.queued_at) == ("second", before.queued_at)
    assert (await mina.asks(type="move", conversation=first, queue="mail"))["code"] == "queue_takes_none"
    assert (await mina.asks(type="move", conversation=first, queue="gone"))["code"] == "no_such_queue"
    assert (await mina.asks(type="prioritise", conversation=first, priority=11))["code"] == "bad_priority"


async def test_taking_over_and_setting_a_status(live: LiveHub, desks: dict[str, Desk]) -> None:
    ali = next(agent.id for agent in live.hub.staff.agents if agent.login == "ali")
    conversation = await waiting(live, "v1")
    await desks["ali"].asks(type="take", conversation=conversation)
    assert "code" not in await desks["mina"].asks(type="take.over", conversation=conversation)
    state = await live.hub.lanes.state(ConversationId(conversation))
    assert live.hub.staff.name(state.owner.agent) == "مینا کریمی"
    assert (await desks["mina"].asks(type="status.force", agent=ali, status="online"))["code"] == "not_at_work"
    await desks["ali"].asks(type="status", status="online")
    assert "code" not in await desks["mina"].asks(type="status.force", agent=ali, status="offline")
    assert live.hub.staff.roster[ali].status == "offline"
    page = await live.hub.web.audit.page(before=None, limit=20)
    assert {"conversation.take_over", "agent.force_status"} <= {record.deed.action for record in page}


@pytest.mark.parametrize(
    "command",
    [
        {"type": "move", "queue": "support"},
        {"type": "prioritise", "priority": 1},
        {"type": "take.over"},
        {"type": "status.force", "agent": "x", "status": "offline"},
    ],
)
async def test_agents_may_do_none_of_it(live: LiveHub, desks: dict[str, Desk], command: dict[str, Any]) -> None:
    conversation = await waiting(live, "v1")
    about = {} if command["type"] == "status.force" else {"conversation": conversation}
    assert (await desks["ali"].asks(**command, **about))["code"] == "forbidden"
