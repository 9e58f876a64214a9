"""Step 5 on a channel whose provider can refuse, be in doubt and answer late; receipts in any order."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio

from channels.contract import DeliveryError
from hub.clock import HeldClock
from hub.errors import Conflict
from hub.model.config import Inbox
from hub.model.conversation import Conversation
from hub.model.entry import Author, Entry, text_part
from hub.model.ids import AgentId, ConversationId, InboxId, QueueId, new_id
from hub.store.database import Database
from tests.fakes.channel import LETTERS, TALK, Post, letter
from tests.hub_server import LiveHub, live_hub


class Office:
    """A hub with a post office, a customer who has written, and an agent who has the conversation."""

    def __init__(self, live: LiveHub, post: Post, clock: HeldClock, conversation: ConversationId, me: Author) -> None:
        self.hub = live.hub
        self.post = post
        self.clock = clock
        self.conversation = conversation
        self.me = me

    async def state(self) -> Conversation:
        return await self.hub.lanes.state(self.conversation)

    async def says(self, text: str) -> Entry:
        return (await self.hub.acts.agent_writes(await self.state(), self.me, new_id(), text_part(text))).entry

    async def entry(self, seq: int) -> Entry:
        return (await self.hub.entries.after(self.conversation, seq - 1, limit=1))[0]

    async def until(self, seq: int, true: Callable[[Entry], bool]) -> Entry:
        async with asyncio.timeout(30):
            while not true(entry := await self.entry(seq)):
                await asyncio.sleep(0)
        return entry

    async def dies(self) -> None:
        """Nothing that is being delivered goes on, as if the process had ended."""
        for task in tuple(self.hub.delivery.pool._tasks):
            task.cancel()
        async with asyncio.timeout(30):
            while self.conversation in self.hub.delivery._queues:
                await asyncio.sleep(0)

    async def becomes(self, seq: int, state: str) -> Entry:
        return await self.until(seq, lambda entry: entry.delivery == state)


async def office(live: LiveHub, post: Post, clock: HeldClock) -> Office:
    hub = live.hub
    await hub.config.create(Inbox(id=InboxId("post"), name="Post", channel="post", queue=QueueId("support")))
    receipt = await hub.inlet.receive(letter("post", "sara", "m-1"))
    me = Author(kind="agent", id=AgentId("a-1"), name="Ali")
    async with asyncio.timeout(30):
        while (await hub.lanes.state(ConversationId(receipt.conversation))).owner.kind != "queue":
            await asyncio.sleep(0)
    await hub.acts.take(await hub.lanes.state(ConversationId(receipt.conversation)), me)
    made = Office(live, post, clock, ConversationId(receipt.conversation), me)
    await post.took(2)  # the line, and who has come
    return made


@pytest_asyncio.fixture
async def at(no_task_left_behind: None, database: Database, tmp_path: Path, clock: HeldClock) -> AsyncIterator[Office]:
    post = Post()
    async with live_hub(database, tmp_path / "var", clock=clock, channels=(post,)) as live:
        yield await office(live, post, clock)


async def test_a_reply_goes_out_once_and_its_receipts_only_move_it_forward(at: Office) -> None:
    entry = await at.says("سفارش شما در راه است.")
    sent = await at.becomes(entry.seq, "sent")
    ref = sent.refs[0].partition(":")[2]
    inlet = at.hub.inlet
    assert await inlet.report("post", ref, "read")
    assert await inlet.report("post", ref, "delivered")  # late
    assert await inlet.report("post", ref, "failed", reason="too late")
    assert (await at.entry(entry.seq)).delivery == "read"
    assert (await at.hub.reading.marks(at.conversation)).contact_read == entry.seq
    assert at.post.words.count("سفارش شما در راه است.") == 1


async def test_a_receipt_that_comes_before_its_message_is_known_counts(at: Office) -> None:
    at.post.answers.append("early-1")
    assert not await at.hub.inlet.report("post", "early-1", "delivered")
    entry = await at.says("hello")
    await at.becomes(entry.seq, "delivered")


@pytest.mark.parametrize(
    ("first", "second", "counts"),
    [("read", "delivered", "read"), ("delivered", "read", "read"), ("delivered", "failed", "delivered")],
)
async def test_of_two_early_receipts_the_better_one_counts(at: Office, first: str, second: str, counts: str) -> None:
    at.post.answers.append("early-1")
    for state in (first, second):
        assert not await at.hub.inlet.report("post", "early-1", state, reason=state)
    entry = await at.says("hello")
    found = await at.becomes(entry.seq, counts)
    assert found.delivery_reason == counts


async def test_of_early_receipts_that_come_at_once_the_best_one_counts(at: Office) -> None:
    states = ("sent", "delivered", "read", "failed", "read", "delivered")
    for n in range(10):
        await asyncio.gather(*(at.hub.inlet.report("post", f"early-{n}", state) for state in states))
        kept = await at.hub.notes.take_receipt(f"post:early-{n}")
        assert kept is not None
        assert kept.state == "read"


async def test_what_the_provider_does_not_take_now_is_tried_again_and_holds_back_what_follows(at: Office) -> None:
    at.post.answers.append(DeliveryError("slow down", retryable=True, retry_after=60, code="rate_limited"))
    first, second = await at.says("one"), await at.says("two")
    waiting = await at.until(first.seq, lambda entry: entry.delivery_due is not None)
    assert waiting.delivery == "queued"
    assert waiting.delivery_due == at.clock.now() + 60_000
    assert (await at.entry(second.seq)).delivery == "queued"
    at.clock.advance(60_000)
    await at.becomes(second.seq, "sent")
    assert at.post.words[-2:] == ["one", "two"]


async def test_a_refusal_is_shown_with_the_providers_words_and_can_be_tried_again(at: Office) -> None:
    at.post.answers.append(DeliveryError("bot was blocked by the user", retryable=False, code="blocked"))
    entry = await at.says("are you there?")
    failed = await at.becomes(entry.seq, "failed")
    assert (failed.delivery_code, failed.delivery_reason) == ("blocked", "bot was blocked by the user")
    await at.hub.delivery.retry(at.conversation, entry.seq)
    again = await at.becomes(entry.seq, "sent")
    assert (again.delivery_code, again.delivery_reason) == (None, None)
    with pytest.raises(Conflict):
        await at.hub.delivery.retry(at.conversation, entry.seq)


async def test_who_is_never_taken_is_given_up(at: Office) -> None:
    at.post.answers.extend(DeliveryError("away", retryable=True, retry_after=1) for _ in range(2))
    entry = await at.says("one")
    await at.until(entry.seq, lambda one: one.delivery_due is not None)
    at.clock.advance(86_400_000)
    failed = await at.becomes(entry.seq, "failed")
    assert failed.delivery_code == "gave_up"


async def test_a_message_that_may_have_arrived_is_left_to_an_agent(at: Office) -> None:
    at.post.answers.append(DeliveryError("connection lost", retryable=True, uncertain=True))
    at.post.answers.append(DeliveryError("connection lost", retryable=True, uncertain=True))
    first = await at.says("one")
    second = await at.says("two")
    await at.becomes(first.seq, "uncertain")
    await at.becomes(second.seq, "uncertain")
    assert "one" not in at.post.words
    await at.hub.delivery.settle(at.conversation, first.seq)
    await at.hub.delivery.retry(at.conversation, second.seq)
    await at.becomes(second.seq, "sent")
    assert (await at.entry(first.seq)).delivery == "sent"
    with pytest.raises(Conflict):
        await at.hub.delivery.settle(at.conversation, first.seq)
    assert at.post.words[-1] == "two"
    assert "one" not in at.post.words


@pytest.mark.parametrize(("capabilities", "state"), [(TALK, "uncertain"), (LETTERS, "sent")])
async def test_a_hub_that_died_while_sending_sends_again_only_where_the_receiver_can_tell(
    at: Office, capabilities: object, state: str
) -> None:
    at.post.hold = asyncio.Event()
    entry = await at.says("one")
    rows = at.hub.database.collection("entries")
    async with asyncio.timeout(30):
        while not await rows.find_one({"_id": entry.dedupe, "sending": {"$exists": True}}):
            await asyncio.sleep(0)
    at.post.capabilities = replace(at.post.capabilities, resend=capabilities is LETTERS)
    await at.dies()
    at.post.hold = None
    await at.hub.delivery.resume()
    await at.becomes(entry.seq, state)
    assert at.post.words.count("one") == (1 if state == "sent" else 0)


async def test_a_long_answer_goes_out_in_pieces_and_goes_on_where_it_was_cut_off(at: Office) -> None:
    text = " ".join(f"این جملهٔ شمارهٔ {n} است." for n in range(20))
    at.post.answers.extend((None, DeliveryError("away", retryable=True, retry_after=5)))
    entry = await at.says(text)
    await at.until(entry.seq, lambda one: one.delivery_due is not None)
    at.clock.advance(5_000)
    await at.becomes(entry.seq, "sent")
    pieces = [message for message in at.post.sent if message.seq == entry.seq]
    assert " ".join("".join(part.text or "" for part in piece.parts) for piece in pieces) == text
    assert len({piece.key for piece in pieces}) == len(pieces) > 2
    assert all(len("".join(part.text or "" for part in piece.parts)) <= TALK.max_text for piece in pieces)


async def test_a_receipt_of_the_first_piece_does_not_keep_the_others_back(at: Office) -> None:
    text = " ".join(f"Sentence number {n}." for n in range(20))
    at.post.answers.extend(("first-piece", DeliveryError("away", retryable=True, retry_after=5)))
    entry = await at.says(text)
    await at.until(entry.seq, lambda one: one.delivery_due is not None)
    assert await at.hub.inlet.report("post", "first-piece", "delivered")
    assert (await at.entry(entry.seq)).delivery == "queued"
    at.clock.advance(5_000)
    await at.becomes(entry.seq, "delivered")
    pieces = [message for message in at.post.sent if message.seq == entry.seq]
    assert " ".join("".join(part.text or "" for part in piece.parts) for piece in pieces) == text


async def test_what_the_provider_took_and_then_lost_is_sent_again_when_an_agent_says_so(at: Office) -> None:
    at.post.answers.append("lost-1")
    entry = await at.says("one")
    await at.becomes(entry.seq, "sent")
    assert await at.hub.inlet.report("post", "lost-1", "failed", reason="no such phone")
    await at.hub.delivery.retry(at.conversation, entry.seq)
    await at.becomes(entry.seq, "sent")
    assert at.post.words.count("one") == 2


async def test_what_waits_twice_is_sent_once(at: Office) -> None:
    at.post.answers.append(DeliveryError("slow down", retryable=True, retry_after=60))
    entry = await at.says("one")
    waiting = await at.until(entry.seq, lambda one: one.delivery_due is not None)
    await at.hub.delivery.resume()  # as after a start, while the message is on its way
    second = await at.says("two")
    assert waiting.delivery_due is not None
    at.clock.advance(60_000)
    await at.becomes(second.seq, "sent")
    assert at.post.words[-2:] == ["one", "two"]
    assert at.post.words.count("one") == 1


async def test_after_a_start_nothing_overtakes_what_was_queued_before(at: Office) -> None:
    at.post.answers.append(DeliveryError("slow down", retryable=True, retry_after=3_600))
    first = await at.says("one")
    await at.until(first.seq, lambda one: one.delivery_due is not None)
    await at.dies()
    at.hub.delivery._resumed.clear()
    second = await at.says("two")
    await at.hub.delivery.resume()
    before = len(at.post.sent)
    await at.hub.inlet.receive(letter("post", "omid", "m-1"))
    await at.post.took(before + 1)  # what goes to others is not held up
    assert (await at.entry(first.seq)).delivery == "queued"  # the provider has asked for an hour
    at.clock.advance(3_600_000)
    await at.becomes(second.seq, "sent")
    assert [word for word in at.post.words if word in {"one", "two"}] == ["one", "two"]


async def test_after_the_window_nothing_is_even_tried(at: Office) -> None:
    at.post.capabilities = replace(TALK, window_seconds=86_400)
    at.clock.advance(86_400_001)
    entry = await at.says("too late")
    failed = await at.becomes(entry.seq, "failed")
    assert failed.delivery_code == "window_closed"
    assert "too late" not in at.post.words


async def test_a_watermark_moves_everything_before_it(at: Office) -> None:
    first, second = await at.says("one"), await at.says("two")
    await at.becomes(second.seq, "sent")
    await at.hub.inlet.report_until("post", "sara", at.clock.now(), "read")
    assert [(await at.entry(one.seq)).delivery for one in (first, second)] == ["read", "read"]


async def test_what_is_queued_and_forgotten_is_found_again(at: Office) -> None:
    entry = await at.says("one")
    await at.becomes(entry.seq, "sent")
    async with asyncio.timeout(30):
        while at.conversation in at.hub.delivery._queues:
            await asyncio.sleep(0)
    rows = at.hub.database.collection("entries")
    await rows.update_one(
        {"_id": entry.dedupe}, {"$set": {"delivery": "queued"}, "$unset": {"pieces": "", "sending": ""}}
    )
    await at.hub.delivery._find_queued()
    await at.becomes(entry.seq, "sent")
    assert at.post.words.count("one") == 2


async def test_an_adapter_that_breaks_holds_up_nothing(at: Office) -> None:
    at.post.answers.append(ValueError("a bug"))
    first, second = await at.says("one"), await at.says("two")
    await at.becomes(second.seq, "sent")
    assert (await at.entry(first.seq)).delivery == "uncertain"
