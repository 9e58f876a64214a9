"""Step 1 for messages of foreign providers: clues, strangers, edits, machines, late files, numbered choices."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio

from bot.contract import BotStatus, Button, Reply, Say, Turn
from channels.contract import ChannelError, Clue, File, Inbound, Part, Receipt, Sender
from hub.clock import HeldClock
from hub.fetching import Fetching
from hub.model.config import Inbox
from hub.model.conversation import Conversation
from hub.model.entry import SYSTEM, Entry
from hub.model.ids import ConversationId, FileId, InboxId, QueueId
from hub.store.database import Database
from tests.fakes.channel import LETTERS, Post, letter
from tests.hub_server import AbsentBot, LiveHub, live_hub


class Clerk(AbsentBot):
    """A bot that offers two choices and remembers what it was asked."""

    def __init__(self) -> None:
        self.turns: list[Turn] = []

    async def turn(self, turn: Turn) -> Reply:
        self.turns.append(turn)
        buttons = (Button(title="پیگیری سفارش", payload="/track"), Button(title="ساعت کار", payload="/hours"))
        return Reply(says=(Say(text="first"), Say(text="second", buttons=buttons)))

    async def ready(self) -> BotStatus:
        return BotStatus(available=True, detail="ok")


@dataclass(slots=True)
class Mailroom:
    live: LiveHub
    post: Post
    clerk: Clerk
    clock: HeldClock

    async def gets(self, message: Inbound) -> Receipt:
        return await self.live.hub.inlet.receive(message)

    async def state(self, receipt: Receipt) -> Conversation:
        return await self.live.hub.lanes.state(ConversationId(receipt.conversation))

    async def entries(self, receipt: Receipt) -> list[Entry]:
        return await self.live.hub.entries.after(ConversationId(receipt.conversation), 0)

    async def file(self, receipt: Receipt, state: str) -> Entry:
        """Wait until the message's attachment has come to a state."""
        async with asyncio.timeout(30):
            while True:
                entry = next(one for one in await self.entries(receipt) if one.seq == receipt.seq)
                if entry.parts[-1].file is not None and entry.parts[-1].file.state == state:
                    return entry
                await asyncio.sleep(0)


@pytest_asyncio.fixture
async def room(
    no_task_left_behind: None, database: Database, tmp_path: Path, clock: HeldClock
) -> AsyncIterator[Mailroom]:
    post, clerk = Post(capabilities=LETTERS), Clerk()
    async with live_hub(database, tmp_path / "var", clock=clock, bot=clerk, channels=(post,)) as live:
        for inbox in ("sales", "help"):
            await live.hub.config.create(Inbox(id=InboxId(inbox), name=inbox, channel="post", queue=QueueId("support")))
        yield Mailroom(live, post, clerk, clock)


SARA = Sender(address="sara@example.com", name="سارا", everywhere=True)
EVE = Sender(address="eve@example.com", everywhere=True)


def mail(inbox: str, external_id: str, *clues: Clue, sender: Sender = SARA, **more: object) -> Inbound:
    return letter(inbox, sender.address, external_id, sender=sender, clues=clues, thread=external_id, **more)


async def test_an_answer_finds_its_conversation_and_says_why(room: Mailroom) -> None:
    first = await room.gets(mail("help", "<1@x>"))
    other = await room.gets(mail("help", "<2@x>"))
    assert other.conversation != first.conversation
    answer = await room.gets(mail("help", "<3@x>", Clue(why="in_reply_to", external_id="<1@x>")))
    assert answer.conversation == first.conversation
    assert (await room.entries(answer))[-1].matched in {"in_reply_to", None}
    stored = next(one for one in await room.entries(answer) if one.seq == answer.seq)
    assert stored.matched == "in_reply_to"


async def test_c06_a_stranger_with_a_true_clue_gets_a_conversation_of_their_own(room: Mailroom) -> None:
    first = await room.gets(mail("help", "<1@x>"))
    clues = (Clue(why="reply_token", conversation=first.conversation), Clue(why="references", external_id="<1@x>"))
    stolen = await room.gets(mail("help", "<2@x>", *clues, sender=EVE))
    assert stolen.conversation != first.conversation
    entry = next(one for one in await room.entries(stolen) if one.seq == stolen.seq)
    assert entry.matched == "stranger"


async def test_one_mail_in_two_of_our_mailboxes_is_one_conversation(room: Mailroom) -> None:
    both = await asyncio.gather(room.gets(mail("help", "<1@x>")), room.gets(mail("sales", "<1@x>")))
    assert both[0].conversation == both[1].conversation
    assert sorted(one.duplicate for one in both) == [False, True]


async def test_an_answer_to_a_closed_conversation_opens_it_again_in_the_line(room: Mailroom) -> None:
    first = await room.gets(mail("help", "<1@x>"))
    await room.live.hub.acts.resolve(await room.state(first), SYSTEM, disposition=None, reason="idle")
    again = await room.gets(mail("help", "<2@x>", Clue(why="reply_token", conversation=first.conversation)))
    state = await room.state(again)
    assert again.conversation == first.conversation
    assert (state.status, state.owner.kind) == ("open", "queue")


async def test_a_machine_wakes_nobody_and_begins_nothing(room: Mailroom) -> None:
    first = await room.gets(mail("help", "<1@x>"))
    await room.live.hub.acts.resolve(await room.state(first), SYSTEM, disposition=None, reason="idle")
    clue = Clue(why="in_reply_to", external_id="<1@x>")
    away = await room.gets(mail("help", "<2@x>", clue, automatic="auto_reply"))
    assert away.conversation == first.conversation
    state = await room.state(away)
    assert (state.status, state.waiting_since) == ("resolved", None)
    with pytest.raises(ChannelError, match="begins no conversation"):
        await room.gets(mail("help", "<3@x>", automatic="list"))


async def test_an_edit_names_what_it_replaces(room: Mailroom) -> None:
    first = await room.gets(letter("help", "u-1", "m-1", "whree is it"))
    second = await room.gets(letter("help", "u-1", "m-1:edit:1", "where is it", edits="m-1"))
    entry = next(one for one in await room.entries(second) if one.seq == second.seq)
    assert entry.edits == first.seq


async def test_no_customer_edits_what_we_said(room: Mailroom) -> None:
    first = await room.gets(letter("help", "u-1", "m-1", "hello"))
    async with asyncio.timeout(30):
        while not (ours := [one for one in await room.entries(first) if one.author.kind == "bot" and one.refs]):
            await asyncio.sleep(0.01)
    name = ours[0].refs[0].removeprefix("help:")
    await room.gets(letter("help", "u-1", "m-2", "I owe you nothing", edits=name))
    assert [one.edits for one in await room.entries(first)] == [None] * len(await room.entries(first))


async def test_an_address_cannot_run_over_into_anothers_message_id(room: Mailroom) -> None:
    pairs = [("a", "b:c"), ("a:b", "c"), ("a%3Ab", "c")]
    found = [await room.gets(letter("help", address, id_, "hello")) for address, id_ in pairs]
    assert [one.duplicate for one in found] == [False] * 3
    assert len({one.conversation for one in found}) == 3


async def test_what_was_erased_and_comes_again_is_a_copy_and_stays_erased(room: Mailroom) -> None:
    first = await room.gets(letter("help", "u-1", "m-1", "my secret"))
    await room.live.hub.inlet.forget("help", "u-1")
    again = await room.gets(letter("help", "u-1", "m-1", "my secret"))
    assert (again.duplicate, again.conversation, again.seq) == (True, first.conversation, first.seq)
    assert "my secret" not in str(await room.entries(first))


async def test_one_id_with_other_words_is_a_conflict_also_where_addresses_mean_the_same_everywhere(
    room: Mailroom,
) -> None:
    await room.gets(mail("help", "<1@x>", text="first"))
    with pytest.raises(ChannelError) as refused:
        await room.gets(mail("sales", "<1@x>", text="second"))
    assert refused.value.code == "reused_id"


async def test_copies_of_a_mail_take_turns_and_leave_nothing_behind(room: Mailroom) -> None:
    letters_ = [mail(inbox, "<1@x>") for inbox in ("help", "sales") * 5]
    found = await asyncio.gather(*(room.gets(one) for one in letters_))
    assert len({one.conversation for one in found}) == 1
    assert sum(not one.duplicate for one in found) == 1
    assert not room.live.hub.intake._arriving


async def test_a_number_chooses_what_was_offered_as_a_numbered_line(room: Mailroom) -> None:
    first = await room.gets(letter("help", "u-1", "m-1"))
    await room.post.took(1)
    assert room.post.words[-1].splitlines()[-2:] == ["۱. پیگیری سفارش", "۲. ساعت کار"]
    await room.gets(letter("help", "u-1", "m-2", "۲"))
    await room.post.took(2)
    assert room.clerk.turns[-1].payload == "/hours"
    assert [one.author.kind for one in await room.entries(first) if one.kind == "message"][-1] == "bot"


async def test_what_the_bot_says_in_one_turn_is_one_letter(room: Mailroom) -> None:
    await room.gets(letter("help", "u-1", "m-1"))
    await room.post.took(1)
    assert room.post.words[0].startswith("first\nsecond")


def photo(key: str) -> tuple[Part, ...]:
    file = File(id="", name="../\u202egnp.exe", content_type="image/png", size=3)
    return (Part(type="text", text="look"), Part(type="attachment", file=file, source={"key": key}))


async def test_an_attachment_comes_after_the_acknowledgement(room: Mailroom) -> None:
    room.post.files["k"] = b"just some words"
    receipt = await room.gets(letter("help", "u-1", "m-1", parts=photo("k")))
    entry = await room.file(receipt, "here")
    file = entry.parts[-1].file
    assert file is not None
    assert (file.content_type, file.size) == ("text/plain", 15)
    assert ".." not in file.name
    stored = await room.live.hub.web.files.get(FileId(file.id))
    assert stored is not None
    assert stored.conversation == receipt.conversation
    again = await room.gets(letter("help", "u-1", "m-1", parts=photo("k")))
    assert again.duplicate


async def test_an_attachment_that_cannot_be_had_is_lost_and_its_message_says_so(room: Mailroom) -> None:
    room.post.files["k"] = ChannelError("gone", "It has expired.", status=410)
    await room.file(await room.gets(letter("help", "u-1", "m-1", parts=photo("k"))), "lost")


@pytest.mark.parametrize(("code", "retryable"), [("away", True), ("timeout", False)])
async def test_an_attachment_is_asked_for_again_while_that_can_help(room: Mailroom, code: str, retryable: bool) -> None:
    room.post.files["k"] = ChannelError(code, "Later.", status=503, retryable=retryable)
    receipt = await room.gets(letter("help", "u-1", "m-1", parts=photo("k")))
    fetches = room.live.hub.database.collection("fetches")
    async with asyncio.timeout(30):
        while not await fetches.find_one({"tries": 1, "due": room.clock.now() + Fetching.pauses[0] * 1000}):
            await asyncio.sleep(0)
    room.post.files["k"] = b"words"
    room.clock.advance(Fetching.pauses[0] * 1000)
    await room.file(receipt, "here")
