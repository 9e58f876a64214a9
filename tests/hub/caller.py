"""A call at a whole hub, whose telephone system says yes to everything."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from aiohttp import web

from channels.calls import Call
from channels.voice.events import CallEvent, CallEventKind
from hub.model.calendar import Calendar
from hub.model.config import Agent
from hub.model.conversation import Conversation
from hub.model.entry import Author
from hub.model.ids import ConversationId, InboxId
from tests.hub_server import LiveHub

CALLER = "+989121234567"


class Caller:
    """A call of a number that is always open, at a telephone system that rings every telephone."""

    def __init__(self, live: LiveHub) -> None:
        self.hub = live.hub

    async def calls(self, api_url: str) -> None:
        """It comes in."""
        hub, shop = self.hub, next(iter(self.hub.config.inboxes.values()))
        number = replace(
            shop, id=InboxId("tel"), name="Tel", channel="voice", locale="en", calendar=Calendar(always_open=True)
        )
        own = {"api_url": api_url, "api_key": "k" * 16, "webhook_secret": "w" * 16}
        await hub.config.create(replace(number, settings=own))
        came = CallEvent(kind=CallEventKind.RINGING, provider="jambonz", call="c", caller=CALLER, callee="100")
        await hub.adapters.voice.hook("tel", await hub.adapters.voice.settings("tel"), "call", came)
        [row] = [one for one in await hub.conversations.unresolved() if one.state.header.inbox == "tel"]
        self.call = Call(inbox="tel", sid="c", address=CALLER, conversation=row.state.id)

    async def heard(self) -> list[str]:
        """What was said to the caller, once everything that was begun is done."""
        await self.hub.courtesy.pool.drained()
        entries = await self.hub.entries.after(ConversationId(self.call.conversation), 0)
        return [one.text for one in entries if one.for_customer]

    async def state(self) -> Conversation:
        """How its conversation stands."""
        return await self.hub.lanes.state(ConversationId(self.call.conversation))

    async def ali(self, phone: str = "101") -> Agent:
        """Whose telephone this is."""
        agent = next(one for one in self.hub.staff.agents if one.login == "ali")
        await self.hub.web.accounts.change(agent.id, {"phone": phone}, end_sessions=False)
        await self.hub.staff.refresh(agent.id)
        return agent

    async def taken(self) -> Agent:
        """By Ali, at a telephone."""
        agent = await self.ali()
        await self.hub.acts.take(await self.state(), Author(kind="agent", id=agent.id, name=agent.name))
        await self.hub.calls.pool.drained()
        return agent


@asynccontextmanager
async def calling(live: LiveHub) -> AsyncIterator[Caller]:
    """Somebody calls, until the block ends."""

    async def ring(request: web.Request) -> web.Response:
        return web.json_response({"sid": "leg"}, status=201)

    app = web.Application()
    app.router.add_route("*", "/{any:.*}", ring)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        made = Caller(live)
        await made.calls(f"http://127.0.0.1:{runner.addresses[0][1]}")
        yield made
    finally:
        await runner.cleanup()
