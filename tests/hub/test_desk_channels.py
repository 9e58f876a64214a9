"""Agents of several channels: what one can't do is told, and what happened to a message is seen and decided on."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest
import pytest_asyncio

from channels.contract import (
    Capabilities,
    Channel,
    DeliveryError,
    Feature,
    Inbound,
    Inlet,
    Outbound,
    Part,
    Sender,
    Sent,
)
from hub.clock import HeldClock
from hub.model.entry import Author, Draft, File
from hub.model.entry import Part as StoredPart
from hub.model.ids import ConversationId, FileId, InboxId, new_id
from hub.store.database import Database
from tests.attacks.visitor import until
from tests.hub.test_people import Line
from tests.hub.test_routing import Floor
from tests.hub_server import Browser, LiveHub, live_hub

WINDOW = 3_600
TEMPLATE = "order_here | fa | سلام {{1}}، سفارش شما رسید."


class Pigeons(Channel):
    """A channel that carries words only, and free ones for an hour."""

    name = "pigeons"
    capabilities = Capabilities(
        features=frozenset({Feature.TEMPLATES}), max_text=200, text_unit="utf16", window_seconds=WINDOW
    )

    async def send(self, message: Outbound, inlet: Inlet) -> Sent:
        """Nobody is ever found."""
        raise DeliveryError("no such loft", retryable=False, code="bad_address")


class Decisions:
    """What agents decided of messages on their way."""

    def __init__(self) -> None:
        self.made: list[tuple[str, str, int]] = []

    async def retry(self, conversation: ConversationId, seq: int) -> None:
        self.made.append(("retry", conversation, seq))

    async def settle(self, conversation: ConversationId, seq: int) -> None:
        self.made.append(("settle", conversation, seq))


class Loft:
    """A hub with pigeons, a customer who wrote by one, and an agent who has the conversation."""

    def __init__(self, floor: Floor, conversation: str) -> None:
        self.floor = floor
        self.hub = floor.hub
        self.conversation = ConversationId(conversation)
        self.decisions = Decisions()

    async def says(self, line: Line, **fields: object) -> dict[str, Any]:
        return await line.ask("reply", conversation=self.conversation, client_id=new_id(), **fields)


@asynccontextmanager
async def loft_of(floor: Floor) -> AsyncIterator[Loft]:
    hub = floor.hub
    hub.channels["pigeons"] = Pigeons()
    cast("dict[str, Capabilities]", hub.views.capabilities)["pigeons"] = Pigeons.capabilities
    shop = hub.config.inbox("shop")
    assert shop is not None
    settings = {"templates": [TEMPLATE], "token": "very-secret"}
    await hub.config.create(replace(shop, id=InboxId("loft"), name="Loft", channel="pigeons", settings=settings))
    receipt = await hub.inlet.receive(
        Inbound(
            inbox="loft",
            external_id=new_id(),
            sender=Sender(address="p1"),
            parts=(Part(type="text", text="سلام"),),
        )
    )
    loft = Loft(floor, receipt.conversation)
    hub.desk.commands.deliveries = loft.decisions
    ali = floor.agent("ali")
    await hub.acts.take(await floor.state(receipt), Author(kind="agent", id=ali.id, name="ali"))
    yield loft


@asynccontextmanager
async def desk_of(loft: Loft, live: LiveHub, login: str = "ali") -> AsyncIterator[tuple[Line, dict[str, Any]]]:
    async with Browser(live.url, live.passwords) as browser:
        await browser.sign_in(login)
        async with browser.desk() as ws:
            yield Line(ws), await ws.receive_json(timeout=10)


@pytest_asyncio.fixture
async def live_floor(
    no_task_left_behind: None, database: Database, tmp_path: Path, clock: HeldClock
) -> AsyncIterator[tuple[Floor, LiveHub]]:
    async with live_hub(database, tmp_path / "var", clock=clock) as live:
        yield Floor(live, clock), live


async def test_the_desk_knows_what_each_channel_carries_and_no_secret(live_floor: tuple[Floor, LiveHub]) -> None:
    street, live = live_floor
    async with loft_of(street) as loft, desk_of(loft, live) as (line, ready):
        assert ready["channels"]["pigeons"] == {
            "max_text": 200,
            "text_unit": "utf16",
            "templates": True,
            "window_seconds": WINDOW,
        }
        assert ready["channels"]["webchat"]["attachments"]
        (template,) = ready["inboxes"]["loft"]["templates"]
        assert (template["name"], template["holes"]) == ("order_here", 1)
        assert "very-secret" not in str(ready)
        opened = await line.ask("open", conversation=loft.conversation)
        assert opened["data"]["conversation"]["reply_until"] == street.clock.now() + WINDOW * 1000
        inbox = street.hub.config.inbox("loft")
        assert inbox is not None
        await street.hub.config.save(replace(inbox, name="Dovecote"))
        assert (await until(line.ws, "inboxes"))["inboxes"]["loft"]["name"] == "Dovecote"


async def test_after_the_window_only_a_template_goes_out(live_floor: tuple[Floor, LiveHub]) -> None:
    street, live = live_floor
    async with loft_of(street) as loft, desk_of(loft, live) as (line, _):
        assert (await loft.says(line, text="بله؟"))["type"] == "result"
        street.clock.advance(WINDOW * 1000 + 1)
        assert (await loft.says(line, text="هستید؟"))["code"] == "window_closed"
        note = {"conversation": loft.conversation, "client_id": new_id(), "text": "later"}
        assert (await line.ask("note", **note))["type"] == "result"
        wrong = {"name": "order_here", "language": "fa", "values": []}
        assert (await loft.says(line, template=wrong))["code"] == "bad_template"
        right = {**wrong, "values": ["مریم"]}
        assert (await loft.says(line, template=right, text="and more"))["code"] == "bad_template"
        stored = await loft.says(line, template=right)
        (entry,) = await street.hub.entries.after(loft.conversation, stored["data"]["seq"] - 1, limit=1)
        assert entry.text == "سلام مریم، سفارش شما رسید."
        assert entry.parts[0].values == {"name": "order_here", "language": "fa", "1": "مریم"}


async def test_a_file_that_the_channel_does_not_carry_is_refused(live_floor: tuple[Floor, LiveHub]) -> None:
    street, live = live_floor
    async with loft_of(street) as loft, desk_of(loft, live) as (line, _):

        async def words() -> AsyncIterator[bytes]:
            yield b"plain words"

        file = await street.hub.web.uploads.store(words(), "a.txt", f"agent:{street.agent('ali').id}")
        assert (await loft.says(line, text="here", files=[file.id]))["code"] == "no_files"


async def test_the_holder_decides_on_messages_in_doubt(live_floor: tuple[Floor, LiveHub]) -> None:
    street, live = live_floor
    async with loft_of(street) as loft:
        which = {"conversation": loft.conversation, "seq": 3}
        async with desk_of(loft, live) as (line, _):
            assert (await line.ask("delivery.retry", **which))["type"] == "result"
            assert (await line.ask("delivery.settle", **which))["type"] == "result"
        async with desk_of(loft, live, "sara") as (line, _):
            code = (await line.ask("delivery.retry", **which)).get("code")
            assert code == ("not_yours" if street.agent("sara").role == "agent" else None)
        assert loft.decisions.made[:2] == [("retry", loft.conversation, 3), ("settle", loft.conversation, 3)]


async def test_who_looks_on_sees_why_it_failed_and_when_it_is_tried_again(live_floor: tuple[Floor, LiveHub]) -> None:
    street, live = live_floor
    async with loft_of(street) as loft, desk_of(loft, live) as (line, _):
        await line.ask("open", conversation=loft.conversation)
        street.hub.floor.on_delivery(loft.conversation, 2, "queued", "421 busy", "unreachable", 1_790_000_009_000)
        while (event := await until(line.ws, "delivery"))["state"] != "queued":
            pass
        assert (event["code"], event["due"], event["reason"]) == ("unreachable", 1_790_000_009_000, "421 busy")


@pytest.mark.parametrize("state", ["coming", "lost"])
async def test_an_attachment_that_is_not_here_yet_is_shown_as_such(
    live_floor: tuple[Floor, LiveHub], state: str
) -> None:
    street, live = live_floor
    async with loft_of(street) as loft, desk_of(loft, live) as (line, _):
        await line.ask("open", conversation=loft.conversation)
        file = File(id=FileId("f1"), name="a.jpg", content_type="image/jpeg", size=9, state=cast("Any", state))
        contact = (await street.hub.lanes.state(loft.conversation)).header.contact
        outcome = await street.hub.lanes.append(
            Draft(
                conversation=loft.conversation,
                author=Author(kind="contact", id=contact),
                dedupe=new_id(),
                parts=(StoredPart(type="attachment", file=file),),
            )
        )
        while not (event := await until(line.ws, "entry"))["entry"].get("parts", [{}])[0].get("file"):
            pass
        shown = event["entry"]["parts"][0]["file"]
        assert (shown["state"], shown["name"]) == (state, "a.jpg")
        assert "url" not in shown
        here = replace(outcome.entry, parts=(StoredPart(type="attachment", file=replace(file, state="here")),))
        street.hub.floor.on_entry_changed(here)
        changed = await until(line.ws, "entry.changed")
        assert changed["entry"]["seq"] == outcome.entry.seq
        assert changed["entry"]["parts"][0]["file"]["url"] == "/files/f1"
