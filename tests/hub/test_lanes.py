"""Lanes over a real database: order, durability, duplicates, races, and a projection that equals its timeline."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import pytest_asyncio

from hub.acts import Acts
from hub.bus import Bus
from hub.clock import SystemClock
from hub.errors import Conflict, NotFound, StaleFence
from hub.lanes import Appended, Lanes
from hub.model.config import Workplace
from hub.model.conversation import Conversation, Header
from hub.model.due import next_due
from hub.model.entry import BOT, Author, Draft, EventType, text_part
from hub.model.fold import fold_all
from hub.model.ids import AgentId, ContactId, ConversationId, InboxId, QueueId, new_id
from hub.model.queues import Place, Queue
from hub.store.conversations import Conversations
from hub.store.database import Database
from hub.store.entries import Entries

CUSTOMER = Author(kind="contact", id="p")
QUEUE = Queue(id=QueueId("support"), name="support")


async def _as_wanted(state: Conversation, queue: QueueId | None, intent: str | None) -> Place:
    return Place(queue=queue)


class Shop:
    """A conversation and the lanes of one or more hub processes that write to it."""

    def __init__(self, database: Database) -> None:
        self.entries = Entries(database)
        self.conversations = Conversations(database)

    @asynccontextmanager
    async def process(self) -> AsyncIterator[tuple[Lanes, Acts, list[Appended]]]:
        """The lanes of one more hub process."""
        bus, told = Bus(), list[Appended]()
        bus.on(Appended, told.append)
        lanes = Lanes(self.entries, self.conversations, bus, SystemClock(), lambda s: next_due(s, Workplace(), QUEUE))
        async with lanes.running():
            yield lanes, Acts(lanes, SystemClock(), lambda channel: True, lambda channel: True, _as_wanted), told

    async def begin(self) -> Conversation:
        """A new conversation, not yet opened."""
        number = await self.conversations.next_number()
        header = Header(
            id=ConversationId(new_id()),
            number=number,
            inbox=InboxId("shop"),
            channel="webchat",
            contact=ContactId("p"),
            address=new_id(),
            created_at=0,
        )
        state = await self.conversations.create(header, locale="fa")
        assert state is not None
        return state


@pytest_asyncio.fixture
async def shop(database: Database) -> Shop:
    made = Shop(database)
    await made.entries.index()
    await made.conversations.index()
    return made


def words(state: Conversation, key: str, text: str = "x") -> Draft:
    return Draft(conversation=state.id, author=CUSTOMER, dedupe=key, parts=text_part(text), client_id=key)


async def test_a_burst_is_stored_once_each_in_the_order_in_which_it_came(shop: Shop) -> None:
    state = await shop.begin()
    async with shop.process() as (lanes, acts, told):
        await acts.open(state, queue=QUEUE.id, reason="bot_off")
        outcomes = await asyncio.gather(*(lanes.append(words(state, f"k{n:03}")) for n in range(100)))
    numbers = [outcome.entry.seq for outcome in outcomes]
    assert numbers == sorted(set(numbers))
    stored = await shop.entries.after(state.id, 0)
    assert [entry.client_id for entry in stored if entry.client_id] == [f"k{n:03}" for n in range(100)]
    assert [event.entry.seq for event in told] == [entry.seq for entry in stored]


async def test_the_same_draft_twice_is_one_entry_and_answers_with_the_same_number(shop: Shop) -> None:
    state = await shop.begin()
    async with shop.process() as (lanes, acts, _):
        await acts.open(state, queue=QUEUE.id, reason="bot_off")
        first = await lanes.append(words(state, "same"))
        again = await asyncio.gather(*(lanes.append(words(state, "same")) for _ in range(50)))
    assert {outcome.entry.seq for outcome in again} == {first.entry.seq}
    assert all(outcome.duplicate for outcome in again)


async def test_a_hundred_repeated_drafts_between_new_ones_cost_no_commit_each(shop: Shop) -> None:
    state = await shop.begin()
    async with shop.process() as (lanes, acts, _):
        await acts.open(state, queue=QUEUE.id, reason="bot_off")
        await asyncio.gather(*(lanes.append(words(state, f"old{n}")) for n in range(100)))
        before = lanes.batches
        keys = [f"{age}{n}" for n in range(100) for age in ("old", "new")]
        outcomes = await asyncio.gather(*(lanes.append(words(state, key)) for key in keys))
    assert lanes.batches - before == 2
    assert [outcome.duplicate for outcome in outcomes] == [key.startswith("old") for key in keys]
    stored = [entry.client_id for entry in await shop.entries.after(state.id, 0)]
    assert stored[101:] == [f"new{n}" for n in range(100)]


async def test_two_processes_writing_one_conversation_keep_one_order(shop: Shop) -> None:
    state = await shop.begin()
    async with shop.process() as (one, acts, _), shop.process() as (two, _, _):
        await acts.open(state, queue=QUEUE.id, reason="bot_off")
        work = [lanes.append(words(state, f"{name}{n}")) for n in range(20) for name, lanes in (("a", one), ("b", two))]
        outcomes = await asyncio.gather(*work, return_exceptions=True)
        # Whoever lost too many races was told so, and may try the same draft again.
        for key, outcome in zip([f"{name}{n}" for n in range(20) for name in "ab"], outcomes, strict=True):
            if isinstance(outcome, BaseException):
                await one.append(words(state, key))
    stored = await shop.entries.after(state.id, 0)
    assert [entry.seq for entry in stored] == sorted({entry.seq for entry in stored})
    assert len([entry for entry in stored if entry.client_id]) == 40
    for name in "ab":
        mine = [entry.client_id for entry in stored if (entry.client_id or "").startswith(name)]
        acknowledged = [f"{name}{n}" for n in range(20)]
        assert sorted(mine, key=lambda key: int((key or "a0")[1:])) == acknowledged


async def test_of_two_agents_who_take_at_the_same_time_one_wins_also_across_processes(shop: Shop) -> None:
    for _ in range(10):
        state = await shop.begin()
        async with shop.process() as (one, acts_one, _), shop.process() as (two, acts_two, _):
            await acts_one.open(state, queue=QUEUE.id, reason="bot_off")
            seen_one, seen_two = await one.state(state.id), await two.state(state.id)
            results = await asyncio.gather(
                acts_one.take(seen_one, Author(kind="agent", id="ali")),
                acts_two.take(seen_two, Author(kind="agent", id="sara")),
                return_exceptions=True,
            )
        assert sum(isinstance(result, Conflict) for result in results) == 1
        taken = [e for e in await shop.entries.after(state.id, 0) if e.event and e.event.type is EventType.TAKEN]
        assert len(taken) == 1


async def test_the_bot_cannot_speak_after_a_person_took_over_in_another_process(shop: Shop) -> None:
    state = await shop.begin()
    async with shop.process() as (one, acts_one, _), shop.process() as (two, acts_two, _):
        await acts_one.open(state, queue=None, reason=None)
        await one.append(words(state, "question"))
        bot_view = await one.state(state.id)
        await acts_two.take(await two.state(state.id), Author(kind="agent", id="ali"))
        with pytest.raises(StaleFence):
            await acts_one.bot_says(bot_view, text_part("late"), up_to=2, index=0, understood=None)
    stored = await shop.entries.after(state.id, 0)
    assert not [entry for entry in stored if entry.author == BOT]


async def test_an_event_that_the_state_does_not_allow_is_refused_and_not_stored(shop: Shop) -> None:
    state = await shop.begin()
    async with shop.process() as (lanes, acts, _):
        await acts.open(state, queue=QUEUE.id, reason="bot_off")
        opened = await lanes.state(state.id)
        with pytest.raises(Conflict):
            await acts.send_back(opened, CUSTOMER, reason="agent_gone")
        await acts.offer(opened, [AgentId("ali")], until=1, reason="longest_idle")
        with pytest.raises(StaleFence):
            await acts.offer(opened, [AgentId("sara")], until=1, reason="longest_idle")
        lost = Draft(conversation=ConversationId("nowhere"), author=CUSTOMER, dedupe="k2", parts=text_part("x"))
        with pytest.raises(NotFound):
            await lanes.append(lost)
    assert len(await shop.entries.after(state.id, 0)) == 2


async def test_the_projection_equals_the_timeline_and_a_lost_roll_up_is_made_good(shop: Shop) -> None:
    state = await shop.begin()
    async with shop.process() as (lanes, acts, _):
        await acts.open(state, queue=QUEUE.id, reason="bot_off")
        for n in range(5):
            await lanes.append(words(state, f"k{n}", f"words {n}"))
    row = await shop.conversations.get(state.id)
    assert row is not None
    assert row.state == fold_all(Conversation(header=state.header), await shop.entries.after(state.id, 0))
    # A process that dies before its roll-up leaves the projection behind; the next one folds the tail.
    async with shop.process() as (_, _, _):
        pass
    tail = await shop.entries.after(state.id, 0)
    behind = fold_all(Conversation(header=state.header), tail[:2])
    await shop.conversations.database.collection("conversations").update_one(
        {"_id": state.id}, {"$set": {"state.last_seq": behind.last_seq}}
    )
    async with shop.process() as (lanes, _, _):
        assert (await lanes.state(state.id)).last_seq == tail[-1].seq


async def test_an_address_has_one_open_conversation_however_many_first_messages_race(shop: Shop) -> None:
    state = await shop.begin()
    others = await asyncio.gather(
        *(
            shop.conversations.create(
                Header(
                    id=ConversationId(new_id()),
                    number=1_000 + n,
                    inbox=state.header.inbox,
                    channel="webchat",
                    contact=ContactId("p"),
                    address=state.header.address,
                    created_at=0,
                ),
                locale="fa",
            )
            for n in range(10)
        )
    )
    assert others == [None] * 10
