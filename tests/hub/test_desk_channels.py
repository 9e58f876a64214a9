"""Agents of several channels: what one can't do is told, and what happened to a message is seen and decided on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from dataclasses import replace as changed
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from channels.contract import Capabilities, ChannelError, DeliveryError, Feature, File, Part
from hub.clock import HeldClock
from hub.model.config import Inbox
from hub.model.conversation import Conversation
from hub.model.entry import Author
from hub.model.ids import ConversationId, InboxId, QueueId, new_id
from hub.store.database import Database
from tests.fakes.channel import Post, letter
from tests.hub.test_people import Line
from tests.hub_server import LiveHub, live_hub

HOUR_MS = 3_600_000
PIGEONS = Capabilities(features=frozenset({Feature.TEMPLATES}), max_text=200, text_unit="utf16", window_seconds=3_600)
TEMPLATE = "order_here | fa | سلام {{1}}، سفارش شما رسید."
Frame = dict[str, Any]


@dataclass(slots=True)
class Loft:
    """A customer who wrote by a channel that carries words only, free ones for an hour; Ali has the conversation."""

    live: LiveHub
    post: Post
    clock: HeldClock
    conversation: ConversationId

    async def state(self) -> Conversation:
        return await self.live.hub.lanes.state(self.conversation)

    @asynccontextmanager
    async def desk(self, login: str = "ali") -> AsyncIterator[tuple[Line, Frame]]:
        """Somebody's desk with the conversation open, and its snapshot."""
        async with self.live.browser() as browser:
            await browser.sign_in(login)
            async with browser.desk() as ws:
                ready = await ws.receive_json(timeout=10)
                line = Line(ws)
                await line.ask("open", conversation=self.conversation)
                yield line, ready

    async def says(self, line: Line, **fields: object) -> Frame:
        return await line.ask("reply", conversation=self.conversation, client_id=new_id(), **fields)

    async def decides(self, line: Line, what: str, seq: int) -> Frame:
        return await line.ask(f"delivery.{what}", conversation=self.conversation, seq=seq)


async def hears(line: Line, kind: str, true: Callable[[Frame], bool]) -> Frame:
    """Wait for an event."""
    async with asyncio.timeout(15):
        while not ((frame := await line.next())["type"] == kind and true(frame)):
            pass
    return frame


@pytest_asyncio.fixture
async def loft(no_task_left_behind: None, database: Database, tmp_path: Path, clock: HeldClock) -> AsyncIterator[Loft]:
    post = Post(capabilities=PIGEONS)
    async with live_hub(database, tmp_path / "var", clock=clock, channels=(post,)) as live:
        hub = live.hub
        settings = {"templates": [TEMPLATE], "token": "very-secret"}
        await hub.config.create(
            Inbox(id=InboxId("loft"), name="Loft", channel="post", queue=QueueId("support"), settings=settings)
        )
        receipt = await hub.inlet.receive(letter("loft", "p1", "m-1"))
        made = Loft(live, post, clock, ConversationId(receipt.conversation))
        async with asyncio.timeout(15):
            while (await made.state()).owner.kind != "queue":
                await asyncio.sleep(0)
        ali = next(agent for agent in hub.staff.agents if agent.login == "ali")
        await hub.acts.take(await made.state(), Author(kind="agent", id=ali.id, name="ali"))
        await post.took(2)  # the line, and who has come
        yield made


async def test_the_desk_knows_what_each_channel_carries_and_no_secret(loft: Loft) -> None:
    async with loft.desk() as (line, ready):
        assert ready["channels"]["post"] == {
            "max_text": 200,
            "text_unit": "utf16",
            "templates": True,
            "window_seconds": 3_600,
        }
        assert ready["channels"]["webchat"]["attachments"]
        (template,) = ready["inboxes"]["loft"]["templates"]
        assert (template["name"], template["blanks"]) == ("order_here", ["1"])
        assert "very-secret" not in str(ready)
        opened = await line.ask("open", conversation=loft.conversation)
        assert opened["data"]["conversation"]["reply_until"] == loft.clock.now() + HOUR_MS
        inbox = loft.live.hub.config.inbox("loft")
        assert inbox is not None
        await loft.live.hub.config.save(changed(inbox, name="Dovecote"))
        await hears(line, "inboxes", lambda frame: bool(frame["inboxes"]["loft"]["name"] == "Dovecote"))


async def test_after_the_window_only_a_template_goes_out(loft: Loft) -> None:
    async with loft.desk() as (line, _):
        assert (await loft.says(line, text="بله؟"))["type"] == "result"
        await loft.post.took(3)
        loft.clock.advance(HOUR_MS + 1)
        assert (await loft.says(line, text="هستید؟"))["code"] == "window_closed"
        note = {"conversation": loft.conversation, "client_id": new_id(), "text": "later"}
        assert (await line.ask("note", **note))["type"] == "result"
        wrong = {"name": "order_here", "language": "fa", "values": []}
        assert (await loft.says(line, template=wrong))["code"] == "bad_template"
        right = {**wrong, "values": ["مریم"]}
        assert (await loft.says(line, template=right, text="and more"))["code"] == "bad_template"
        assert (await loft.says(line, template=right))["type"] == "result"
        (part,) = (await loft.post.took(4))[-1].parts
        assert part.text == "سلام مریم، سفارش شما رسید."
        assert part.values == {"name": "order_here", "language": "fa", "1": "مریم"}


async def test_a_file_that_the_channel_does_not_carry_is_refused(loft: Loft) -> None:
    async def words() -> AsyncIterator[bytes]:
        yield b"plain words"

    owner = (await loft.state()).owner.agent
    file = await loft.live.hub.web.uploads.store(words(), "a.txt", f"agent:{owner}")
    async with loft.desk() as (line, _):
        assert (await loft.says(line, text="here", files=[file.id]))["code"] == "no_files"


async def test_who_looks_on_sees_why_it_failed_and_tries_it_again(loft: Loft) -> None:
    loft.post.answers.append(DeliveryError("Forbidden: blocked", retryable=False, code="blocked"))
    async with loft.desk() as (line, _):
        seq = (await loft.says(line, text="are you there?"))["data"]["seq"]
        failed = await hears(line, "delivery", lambda frame: bool(frame["state"] == "failed"))
        assert (failed["seq"], failed["code"], failed["reason"]) == (seq, "blocked", "Forbidden: blocked")
        assert (await loft.decides(line, "settle", seq))["code"] == "too_late"
        assert (await loft.decides(line, "retry", seq))["type"] == "result"
        await hears(line, "delivery", lambda frame: bool(frame["state"] == "sent"))
        assert (await loft.decides(line, "retry", seq))["code"] == "too_late"
    assert loft.post.words.count("are you there?") == 1


async def test_when_the_next_try_is_stands_beside_what_waits(loft: Loft) -> None:
    busy = DeliveryError("421 busy", retryable=True, retry_after=60, code="unreachable")
    loft.post.answers.append(busy)
    async with loft.desk() as (line, _):
        seq = (await loft.says(line, text="soon"))["data"]["seq"]
        waits = await hears(line, "delivery", lambda frame: bool(frame.get("due")))
        assert (waits["state"], waits["code"], waits["due"]) == ("queued", "unreachable", loft.clock.now() + 60_000)
        opened = await line.ask("open", conversation=loft.conversation, after=seq - 1)
        (entry,) = opened["data"]["entries"]
        assert (entry["delivery"], entry["delivery_due"]) == ("queued", waits["due"])
        loft.clock.advance(60_000)
        await hears(line, "delivery", lambda frame: bool(frame["state"] == "sent"))


async def test_what_is_in_doubt_is_the_holders_to_decide(loft: Loft) -> None:
    doubt = DeliveryError("the line broke", retryable=False, uncertain=True)
    loft.post.answers.append(doubt)
    async with loft.desk() as (line, _):
        seq = (await loft.says(line, text="did you get this?"))["data"]["seq"]
        await hears(line, "delivery", lambda frame: bool(frame["state"] == "uncertain"))
        async with loft.desk("sara") as (other, _):
            sara = next(agent for agent in loft.live.hub.staff.agents if agent.login == "sara")
            assert sara.role == "agent"
            assert (await loft.decides(other, "settle", seq))["code"] == "not_yours"
        assert (await loft.decides(line, "settle", seq))["type"] == "result"
        await hears(line, "delivery", lambda frame: bool(frame["state"] == "sent"))
    assert "did you get this?" not in loft.post.words


async def test_an_attachment_that_was_lost_is_fetched_again_when_somebody_asks(loft: Loft) -> None:
    claimed = File(id="", name="words.txt", content_type="text/plain", size=9)
    part = Part(type="attachment", file=claimed, source={"key": "k"})
    loft.post.files["k"] = ChannelError("away", "It has gone.", status=410)
    async with loft.desk() as (line, _):
        receipt = await loft.live.hub.inlet.receive(letter("loft", "p1", "m-2", parts=(part,)))
        shown = await hears(line, "entry", lambda frame: bool(frame["entry"]["seq"] == receipt.seq))
        file = shown["entry"]["parts"][0]["file"]
        assert (file["state"], file["name"], "url" in file) == ("coming", "words.txt", False)
        await hears(line, "entry.changed", in_state("lost"))
        wanted = {"conversation": loft.conversation, "file": file["id"]}
        loft.post.files["k"] = b"just words"
        assert (await line.ask("file.retry", **wanted))["type"] == "result"
        here = await hears(line, "entry.changed", in_state(None))
        assert here["entry"]["parts"][0]["file"]["url"] == f"/files/{file['id']}"
        assert (await line.ask("file.retry", **wanted))["code"] == "too_late"


def in_state(state: str | None) -> Callable[[Frame], bool]:
    """Whether the attachment of a changed entry is in a state; None: here."""
    return lambda frame: bool(frame["entry"]["parts"][0]["file"].get("state") == state)


async def test_what_has_just_begun_stands_in_the_list(
    no_task_left_behind: None, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.lanes.ROLL_UP_SECONDS", 3.0)  # long after it is asked for
    post = Post()
    async with live_hub(database, tmp_path / "var", channels=(post,)) as live, live.browser() as browser:
        await live.hub.config.create(
            Inbox(id=InboxId("loft"), name="Loft", channel=post.name, queue=QueueId("support"), settings={})
        )
        told = await live.hub.inlet.receive(letter("loft", "u-1", "m-1", "Is it there?"))
        await browser.sign_in("ali")
        async with browser.desk() as ws:
            await ws.receive_json(timeout=10)
            listed = await Line(ws).ask("list", tab="all")
    assert [row["id"] for row in listed["data"]["rows"]] == [told.conversation]
