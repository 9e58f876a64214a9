"""What the hub says by itself to callers: all of it can be heard, and nothing that can only be read."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from channels.calls import Happening
from hub.model.entry import Author, EventType
from hub.model.ids import ConversationId
from hub.phrases import say
from hub.routing.courtesy import RETURNED
from tests.hub.caller import Caller, calling
from tests.hub_server import LiveHub


@pytest_asyncio.fixture
async def caller(live: LiveHub) -> AsyncIterator[Caller]:
    async with calling(live) as made:
        yield made


async def test_who_waits_for_nobody_hears_so_and_is_asked_for_nothing(caller: Caller) -> None:
    hub, call = caller.hub, caller.call
    await hub.calls.to_line(call, queue=None, reason="caller_asked")
    assert await caller.heard() == [say("en", "offline_form_call")]
    agent = await caller.taken()
    await hub.calls.happened(call, Happening(what="joined", key="joined", values={"agent": agent.name}))
    assert len(await caller.heard()) == 1, "they hear who has taken the call"
    await hub.acts.send_back(await caller.state(), Author(kind="system"), reason="agent_gone")
    assert (await caller.heard())[1:] == [say("en", "agent_lost_alone_call")]
    await hub.calls.happened(call, Happening(what="parked", key="parked"))
    await hub.calls.happened(call, Happening(what="voicemail", key="v", values={"seconds": "3"}))
    await hub.calls.ended(call, by="caller", reason="")
    assert len(await caller.heard()) == 2, "who has hung up hears nothing more"


@pytest.mark.parametrize("reason", ["voicemail", "callback"])
async def test_who_leaves_a_message_or_a_number_is_not_told_of_a_line(caller: Caller, reason: str) -> None:
    await caller.hub.calls.to_line(caller.call, queue=None, reason=reason)
    assert await caller.heard() == []
    entries = await caller.hub.entries.after(ConversationId(caller.call.conversation), 0)
    assert [one.event.reason for one in entries if one.event and one.event.type is EventType.HANDOFF] == [reason]


def test_every_form_has_words_for_who_sees_none() -> None:
    alone = {f"{one}_alone" for one in (*RETURNED.values(), "back_in_line")}
    for phrase in (*alone, "offline_form", "closed_form", "long_wait_form"):
        for locale in ("fa", "en"):
            assert say(locale, f"{phrase}_plain") != say(locale, f"{phrase}_call")
