"""Agents of several channels in a real browser: they merge and take back, and try again what failed; by keys."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from channels.contract import DeliveryError, Part, Sender
from hub.model.config import Inbox
from hub.model.entry import Author
from hub.model.ids import ConversationId, InboxId, QueueId, new_id
from hub.store.database import connect
from hub.store.embedded import Mongod
from hub.up import browser_parts
from tests.browser.fixtures import missing
from tests.browser.people import PATIENCE_MS, Agent
from tests.browser.stack import ROOT, cache
from tests.fakes.channel import Post, letter
from tests.hub_server import LiveHub, live_hub

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


@dataclass(slots=True)
class Office:
    """A hub with a mailbox, and Ali at his desk."""

    live: LiveHub
    post: Post
    page: Page

    async def open(self, conversation: str, shows: str) -> None:
        await self.page.goto(f"{self.live.url}/desk/all/{conversation}")
        await expect(self.page.locator(".timeline")).to_contain_text(shows, timeout=PATIENCE_MS)

    async def command(self, words: str) -> None:
        """Have the command bar do something."""
        await self.page.keyboard.press("Control+k")
        await self.page.keyboard.type(words)
        await self.page.keyboard.press("Enter")


@pytest_asyncio.fixture(loop_scope="session")
async def office(mongod_server: Mongod, browser: Browser, tmp_path: Path) -> AsyncIterator[Office]:
    try:
        await asyncio.to_thread(
            browser_parts.build, ROOT / "widget", cache() / "tools", cache() / "logs", lambda _: None
        )
    except (RuntimeError, OSError) as error:
        missing(error)
    post = Post(name="email")
    async with connect(mongod_server.uri, "b" + new_id().replace("-", "").replace("_", "").lower()) as database:
        async with live_hub(database, tmp_path / "var", channels=(post,)) as live:
            await live.hub.config.create(
                Inbox(id=InboxId("mail"), name="Mail", channel="email", queue=QueueId("support"), locale="en")
            )
            context = await browser.new_context(locale="en-GB", viewport={"width": 1440, "height": 900})
            ali = Agent(await context.new_page(), live.url, "ali")
            await ali.sign_in(live.passwords["ali"])
            await ali.sit_down()
            if await ali.page.locator("html").get_attribute("lang") != "en":
                async with ali.page.expect_response("**/api/me"):
                    await ali.page.locator(".rail-language").click()
            yield Office(live, post, ali.page)
            await context.close()
        await database.drop()


async def test_an_agent_merges_two_contacts_by_keys_and_takes_it_back(office: Office) -> None:
    inlet = office.live.hub.inlet
    known = Sender(address="Emma@Example.com", name="Emma Lindqvist", verified=True)
    mail = await inlet.receive(letter("mail", "Emma@Example.com", "m-1", "The invoice is missing.", sender=known))
    values = {"name": "Emma", "email": "emma@example.com"}
    form = Part(type="form_reply", form="offline", values=values, text="Please call me back.")
    chat = await inlet.receive(letter("shop", "v1", "c-1", parts=(form,)))
    await office.open(chat.conversation, "Please call me back.")
    card = office.page.locator(".card")
    await expect(card.locator(".same-one")).to_contain_text("emma@example.com")
    await office.command("merge with")
    await expect(office.page.locator(".dialog input[role=combobox]")).to_be_focused()
    await office.page.keyboard.type("Lindqvist")
    await expect(office.page.locator("[role=option]", has_text="Lindqvist").first).to_be_visible()
    await office.page.keyboard.press("Enter")
    await expect(office.page.locator(".dialog textarea")).to_have_value("Same e-mail emma@example.com")
    await office.page.locator(".dialog textarea").press("Control+Enter")
    await expect(card).to_contain_text("Merged contacts")
    await expect(card.locator(".earlier-list")).to_contain_text("The invoice is missing.")
    await office.page.locator(".toast-action").press("Enter")
    await expect(card).not_to_contain_text("Merged contacts")
    await expect(card).to_contain_text("Same person?")
    assert (await inlet.timeline("mail", "Emma@Example.com", mail.conversation)) is not None


async def test_what_failed_is_said_in_words_and_tried_again(office: Office) -> None:
    hub = office.live.hub
    receipt = await hub.inlet.receive(letter("mail", "omid@example.com", "m-1", "Was I charged twice?"))
    ali = next(agent for agent in hub.staff.agents if agent.login == "ali")
    async with asyncio.timeout(15):
        while (state := await hub.lanes.state(ConversationId(receipt.conversation))).owner.kind != "queue":
            await asyncio.sleep(0)
    await hub.acts.take(state, Author(kind="agent", id=ali.id, name="ali"))
    await office.open(receipt.conversation, "Was I charged twice?")
    await expect(office.page.locator(".composer.is-aside")).to_have_count(0)
    await office.post.said("is here now")  # how many notices came before depends on how long he took
    office.post.answers.append(DeliveryError("550 no such user", retryable=False, code="bad_address"))
    await office.page.locator(".composer textarea").fill("No, only once.")
    await office.page.keyboard.press("Control+Enter")
    failed = office.page.locator(".delivery.is-failed")
    await expect(failed).to_contain_text("the address doesn’t exist", timeout=PATIENCE_MS)
    await expect(failed).to_contain_text("550 no such user")
    await failed.locator("button").press("Enter")
    await expect(failed).to_have_count(0)
    await expect(office.page.locator(".delivery.is-sent").last).to_be_visible()
    assert office.post.words[-1] == "No, only once."
