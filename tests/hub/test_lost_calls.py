"""Which calls are asked for when nothing was heard of them for long."""

from __future__ import annotations

from dataclasses import replace

from hub.model.conversation import CallState, Header
from hub.model.ids import ContactId, ConversationId, InboxId
from hub.store.conversations import Conversations
from hub.store.database import Database


async def test_every_call_that_is_not_over_is_asked_for_three_in_it_or_two(database: Database) -> None:
    conversations = Conversations(database)
    calls: tuple[CallState, ...] = ("live", "ringing", "joined", "held", "consult", "conference", "callback", "over")
    for number, call in enumerate(calls):
        header = Header(
            id=ConversationId(call),
            number=number,
            inbox=InboxId("phone"),
            channel="voice",
            contact=ContactId("k"),
            address="+989121234567",
            created_at=0,
            thread=call,
        )
        state = await conversations.create(header, locale="fa", name="")
        assert state is not None
        await conversations.save([(replace(state, call=call, last_seq=1, last_at=5), None)])
    assert {row.state.call for row in await conversations.live_calls(quiet_since=5)} == set(calls[:6])
    assert await conversations.live_calls(quiet_since=4) == []
