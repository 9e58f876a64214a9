"""Where two things meet: reopening, forgetting, new rules, snoozing, leaving, and who may still look."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from channels.contract import ChannelError, File, Inbound, Part, Receipt, Sender, Signal
from hub.errors import Conflict, Unavailable
from hub.model.config import Agent
from hub.model.entry import Author
from hub.model.ids import ConversationId, QueueId, new_id
from hub.model.queues import Queue
from tests.hub.test_routing import Floor, floor  # noqa: F401 (a fixture)


class Eyes:
    """A desk that remembers what it was shown."""

    def __init__(self, floor: Floor, login: str) -> None:  # noqa: F811
        self.agent = floor.agent(login).id
        self.floor = floor
        self.frames: list[bytes] = []

    def push(self, frame: bytes) -> None:
        self.frames.append(frame)

    def show(self, conversation: ConversationId, seq: int, frame: bytes) -> None:
        self.frames.append(frame)

    def has(self, conversation: ConversationId, seq: int) -> None:
        pass

    def me(self) -> Agent:
        found = self.floor.hub.staff.get(self.agent)
        assert found is not None
        if not found.active:
            raise Conflict("closed")
        return found


def me(floor: Floor, login: str = "ali") -> Author:  # noqa: F811
    return Author(kind="agent", id=floor.agent(login).id, name=login)


async def closes(floor: Floor, receipt: Receipt) -> None:  # noqa: F811
    await floor.hub.acts.resolve(await floor.state(receipt), me(floor), disposition="answered", reason="agent")


async def test_a_customer_whose_older_conversation_is_opened_again_can_write_in_it(floor: Floor) -> None:  # noqa: F811
    older = await floor.writes("v1")
    await closes(floor, older)
    floor.clock.advance(1_000)
    newer = await floor.writes("v1")
    await closes(floor, newer)
    await floor.hub.acts.reopen(await floor.state(older), me(floor))
    again = await floor.writes("v1")
    assert again.conversation == older.conversation
    shown = await floor.hub.inlet.timeline("shop", "v1", None)
    assert shown is not None
    assert shown.state.conversation == older.conversation


async def test_one_that_is_opened_again_beside_a_newer_one_holds_up_no_projection(floor: Floor) -> None:  # noqa: F811
    older = await floor.writes("v1")
    await closes(floor, older)
    floor.clock.advance(1_000)
    newer = await floor.writes("v1")
    await floor.hub.acts.reopen(await floor.state(older), me(floor))  # the race that the desk's own check can lose
    other = await floor.writes("v2")
    async with asyncio.timeout(10):
        while not await rolled_up(floor, older, newer, other):
            await floor.hub.lanes.roll_up()
    assert (await floor.writes("v1")).conversation == newer.conversation


async def rolled_up(floor: Floor, *receipts: Receipt) -> bool:  # noqa: F811
    """Whether the stored projections are the conversations as they stand."""
    rows = [await floor.hub.conversations.get(ConversationId(receipt.conversation)) for receipt in receipts]
    return [row.state for row in rows if row] == [await floor.state(receipt) for receipt in receipts]


async def test_deadlines_that_are_set_already_follow_new_rules(floor: Floor) -> None:  # noqa: F811
    await floor.comes("ali")
    receipt = await floor.writes("v1")
    await floor.accepts(receipt, "ali")
    await floor.hub.config.save(replace(floor.hub.config.workplace, silent_seconds=60))
    floor.clock.advance(61_000)
    await floor.hub.lanes.roll_up()
    await floor.hub.deadlines.sweep(floor.clock.now())
    assert (await floor.state(receipt)).owner.kind == "queue"


async def test_whoever_snoozed_an_unanswered_customer_still_has_them_when_they_wake(floor: Floor) -> None:  # noqa: F811
    await floor.comes("ali")
    receipt = await floor.writes("v1")
    await floor.accepts(receipt, "ali")
    await floor.hub.acts.snooze(await floor.state(receipt), me(floor), floor.clock.now() + 3_600_000)
    floor.clock.advance(3_600_001)
    for _ in range(3):
        await floor.hub.lanes.roll_up()
        await floor.hub.deadlines.sweep(floor.clock.now())
    woken = await floor.state(receipt)
    assert (woken.status, woken.owner.agent) == ("open", floor.agent("ali").id)


async def test_what_wakes_while_its_agent_is_off_work_goes_to_the_line(floor: Floor) -> None:  # noqa: F811
    ali = await floor.comes("ali")
    receipt = await floor.writes("v1")
    await floor.accepts(receipt, "ali")
    await floor.hub.acts.snooze(await floor.state(receipt), me(floor), floor.clock.now() + 3_600_000)
    floor.clock.advance(1_000)
    await floor.hub.staff.choose(ali, "offline")
    await floor.hub.deadlines.sweep(floor.clock.now())
    assert (await floor.state(receipt)).owner.agent == ali
    await floor.writes("v1", "hello?")
    await floor.hub.deadlines.sweep(floor.clock.now())
    assert (await floor.state(receipt)).owner.kind == "queue"


async def test_what_somebody_off_work_takes_by_hand_is_theirs(floor: Floor) -> None:  # noqa: F811
    mina = floor.agent("mina").id
    await floor.hub.staff.arrived(mina)
    receipt = await floor.writes("v1")
    await floor.hub.acts.take(await floor.state(receipt), me(floor, "mina"))
    await floor.hub.deadlines.sweep(floor.clock.now())
    assert (await floor.state(receipt)).owner.agent == mina


async def test_a_customer_who_ended_is_not_put_in_line_when_their_agent_vanishes(floor: Floor) -> None:  # noqa: F811
    await floor.comes("ali")
    receipt = await floor.writes("v1")
    await floor.accepts(receipt, "ali")
    await floor.hub.inlet.end("shop", "v1", receipt.conversation)
    with pytest.raises(Conflict):
        await floor.hub.acts.send_back(await floor.state(receipt), me(floor), reason="handed_back")
    await floor.goes("ali")
    floor.clock.advance(31_000)
    await floor.hub.deadlines.sweep(floor.clock.now())
    assert not (await floor.state(receipt)).open
    assert "returned" not in await floor.events(receipt)


async def test_a_customer_who_ends_while_offered_is_nobodys_and_weighs_nothing(floor: Floor) -> None:  # noqa: F811
    await floor.comes("ali")
    receipt = await floor.writes("v1")
    await floor.offered(receipt, "ali")
    await floor.hub.inlet.end("shop", "v1", receipt.conversation)
    async with asyncio.timeout(10):
        while floor.agent("ali").load:
            await asyncio.sleep(0)
    assert floor.hub.router.places.in_order() == []
    with pytest.raises(ChannelError):
        await floor.hub.inlet.rate("shop", "v2", receipt.conversation, 5, None)
    await floor.hub.inlet.rate("shop", "v1", receipt.conversation, 5, None)
    await floor.hub.inlet.rate("shop", "v1", receipt.conversation, 2, "no")
    assert (await floor.state(receipt)).rating == 2


async def test_what_a_customer_had_erased_does_not_come_back_with_the_next_roll_up(floor: Floor) -> None:  # noqa: F811
    await floor.comes("ali")
    receipt = await floor.writes("v1", "my secret")
    await floor.offered(receipt, "ali")
    await floor.hub.inlet.rate("shop", "v1", receipt.conversation, 1, "my secret")
    await floor.hub.tickets.register(conversation=receipt.conversation, text="my secret", key="k", now=0)
    await floor.hub.inlet.forget("shop", "v1")
    await floor.hub.lanes.roll_up()
    row = await floor.hub.conversations.get(ConversationId(receipt.conversation))
    assert row is not None
    assert not row.state.open
    for name in ("entries", "conversations", "contacts", "tickets"):
        stored = await floor.hub.database.collection(name).find({}).to_list()
        assert stored
        assert "my secret" not in str(stored)


async def test_a_message_that_is_refused_leaves_no_ghost_in_line(floor: Floor) -> None:  # noqa: F811
    file = Part(type="attachment", file=File(id="nobodys", name="", content_type="", size=0))
    with pytest.raises(ChannelError):
        await floor.hub.inlet.receive(
            Inbound(inbox="shop", external_id=new_id(), sender=Sender(address="v1"), parts=(file,))
        )
    receipt = await floor.writes("v2")
    place = floor.hub.router.places.place(ConversationId(receipt.conversation))
    assert place is not None
    assert place[0] == 1
    assert len(floor.hub.router.places.in_order()) == 1


async def test_a_message_id_stands_for_the_same_words_also_after_the_end(floor: Floor) -> None:  # noqa: F811
    part = Part(type="text", text="first")
    sent = Inbound(inbox="shop", external_id=new_id(), sender=Sender(address="v1"), parts=(part,))
    receipt = await floor.hub.inlet.receive(sent)
    await closes(floor, receipt)
    assert (await floor.hub.inlet.receive(sent)).seq == receipt.seq
    with pytest.raises(ChannelError) as refused:
        await floor.hub.inlet.receive(replace(sent, parts=(Part(type="text", text="other"),)))
    assert refused.value.code == "reused_id"


async def test_whoever_left_an_address_gets_no_second_form_and_is_not_closed_over_the_holidays(floor: Floor) -> None:  # noqa: F811
    values = {"name": "Nima", "email": "nima@example.com", "message": "call me"}
    reply = (Part(type="form_reply", form="offline", values=values), Part(type="text", text="call me"))
    receipt = await floor.hub.inlet.receive(
        Inbound(inbox="shop", external_id=new_id(), sender=Sender(address="v1"), parts=reply)
    )
    for _ in range(14):
        floor.clock.advance(86_400_000)
        await floor.hub.lanes.roll_up()
        await floor.hub.deadlines.sweep(floor.clock.now())
    entries = await floor.hub.entries.after(ConversationId(receipt.conversation), 0)
    assert not [part for entry in entries for part in entry.parts if part.type == "form"]
    assert (await floor.state(receipt)).owner.kind == "queue"


async def test_who_may_not_see_a_conversation_any_more_stops_hearing_of_it(floor: Floor) -> None:  # noqa: F811
    await floor.hub.config.create(Queue(id=QueueId("vip"), name="VIP"))
    await floor.comes("ali")
    receipt = await floor.writes("v1")
    await floor.accepts(receipt, "ali")
    desk = Eyes(floor, "sara")
    floor.hub.floor.join(desk)
    floor.hub.floor.follow(desk, ConversationId(receipt.conversation))
    await floor.writes("v1", "for your eyes")
    assert any(b"for your eyes" in frame for frame in desk.frames)
    state = await floor.state(receipt)
    await floor.hub.acts.transfer(state, me(floor), agent=None, queue=QueueId("vip"), note=None)
    await floor.writes("v1", "for the others")
    assert not any(b"for the others" in frame for frame in desk.frames)
    floor.hub.floor.leave(desk)


async def test_a_desk_of_somebody_deactivated_spoils_no_colleagues_rows(floor: Floor) -> None:  # noqa: F811
    mina, sara = Eyes(floor, "mina"), Eyes(floor, "sara")
    for desk in (sara, mina):
        floor.hub.floor.join(desk)
    await floor.hub.web.accounts.change(sara.agent, {"active": False}, end_sessions=False)
    await floor.hub.staff.refresh(sara.agent)
    receipt = await floor.writes("v1")
    async with asyncio.timeout(10):
        while not any(b'"summary"' in frame for frame in mina.frames):
            await asyncio.sleep(0.01)
    assert not any(b'"summary"' in frame for frame in sara.frames)
    floor.hub.floor.follow(sara, ConversationId(receipt.conversation))
    assert floor.hub.floor.viewers(ConversationId(receipt.conversation), mina.agent)
    for desk in (sara, mina):
        floor.hub.floor.leave(desk)


async def test_a_store_that_is_away_is_told_to_the_customer_as_such(
    floor: Floor,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    receipt = await floor.writes("v1")

    async def away(*_: object) -> None:
        raise Unavailable("away")

    monkeypatch.setattr(type(floor.hub.reading), "contact", away)
    with pytest.raises(ChannelError) as refused:
        await floor.hub.inlet.signal("shop", "v1", Signal(type="read", conversation=receipt.conversation, seq=1))
    assert refused.value.retryable
