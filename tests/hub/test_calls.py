"""What a telephone system tells of calls: ends that come late, and telephones by their numbers."""

from __future__ import annotations

import pytest

from channels.calls import Happening
from hub.model.dialling import Dialling
from tests.hub.caller import CALLER, calling
from tests.hub_server import LiveHub


async def test_the_end_of_the_call_in_which_they_asked_closes_nothing_once_it_may_not_be_dialled(
    live: LiveHub,
) -> None:
    async with calling(live) as caller:
        hub, call = caller.hub, caller.call
        await hub.calls.to_line(call, queue=None, reason="callback")
        await hub.calls.happened(call, Happening(what="callback", key="callback", values={"to": CALLER}))
        await hub.calls.ended(call, by="caller", reason="completed")
        assert (await caller.state()).call == "callback"
        await hub.config.save(Dialling(rules=(), otherwise=False))
        await caller.taken()
        assert (await caller.state()).call == "over"
        await hub.calls.ended(call, by="caller", reason="completed")
        state = await caller.state()
        assert (state.open, state.ended_at, state.callback_to) == (True, None, CALLER)


@pytest.mark.parametrize("told", ["09351112233", "00989351112233", "+989351112233"])
async def test_a_call_is_whose_telephone_took_it_however_its_number_is_written(live: LiveHub, told: str) -> None:
    async with calling(live) as caller:
        agent = await caller.ali("+989351112233")
        await caller.hub.calls.taken(caller.call, phone=told, key="joined")
        state = await caller.state()
        assert (state.owner.agent, state.call) == (agent.id, "joined")


async def test_a_call_that_a_strange_telephone_took_is_nobodys(live: LiveHub) -> None:
    async with calling(live) as caller:
        await caller.ali("+989351112233")
        await caller.hub.calls.taken(caller.call, phone="not a number", key="joined")
        state = await caller.state()
        assert (state.owner.agent, state.call) == (None, "joined")
