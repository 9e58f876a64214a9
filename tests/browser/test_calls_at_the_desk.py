"""An agent with a desk in a real browser and a real telephone: offer, call bar, hold, colleague, recording, wrap-up."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from hub.model.ids import new_id
from hub.store.database import connect
from hub.store.embedded import Mongod
from hub.up import browser_parts
from tests.asterisk import Asterisk
from tests.browser.fixtures import missing
from tests.browser.people import PATIENCE_MS, Agent
from tests.browser.stack import ROOT, cache
from tests.calls import CallHouse, call_house
from tests.phone import Phone

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

CALLER, ALI, SARA = 600.0, 1_100.0, 1_700.0
FLOW = {
    "name": "f",
    "version": 1,
    "entry": {"node": "line", "locale": "en"},
    "locales": ["en"],
    "nodes": {"line": {"type": "queue", "queue": ""}},
}


@dataclass(slots=True)
class Office:
    """A house with a number, Ali at his desk with a telephone, Sara with one, and a caller."""

    house: CallHouse
    page: Page
    caller: Phone
    ali: Phone
    sara: Phone

    async def bar(self, words: str) -> None:
        """Wait until the call bar says so."""
        await expect(self.page.locator(".call-state")).to_contain_text(words, timeout=PATIENCE_MS)

    async def press(self, label: str) -> None:
        """A button of the bar."""
        await self.page.locator(".call-acts").get_by_role("button", name=label, exact=True).click()


@pytest_asyncio.fixture(loop_scope="session")
async def office(
    mongod_server: Mongod,
    browser: Browser,
    tmp_path: Path,
    asterisk: Asterisk,
) -> AsyncIterator[Office]:
    try:
        await asyncio.to_thread(
            browser_parts.build, ROOT / "widget", cache() / "tools", cache() / "logs", lambda _: None
        )
    except (RuntimeError, OSError) as error:
        missing(error)
    name = "b" + new_id().replace("-", "").replace("_", "").lower()
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(connect(mongod_server.uri, name))
        house = await stack.enter_async_context(
            call_house(database, tmp_path, asterisk, flow=json.dumps(FLOW), record=True)
        )
        context = await browser.new_context(locale="en-GB", viewport={"width": 1440, "height": 900})
        agent = Agent(await context.new_page(), house.live.url, "ali")
        await agent.sign_in(house.live.passwords["ali"])
        await agent.sit_down()
        if await agent.page.locator("html").get_attribute("lang") != "en":
            async with agent.page.expect_response("**/api/me"):
                await agent.page.locator(".rail-language").click()
        phones = [
            await stack.enter_async_context(house.phone(who, tone=tone, extension=extension))
            for who, tone, extension in (("c", CALLER, ""), ("a", ALI, "101"), ("s", SARA, "102"))
        ]
        await house.has_phone("ali", "101")
        await agent.online()
        yield Office(house, agent.page, *phones)
        await context.close()


async def test_a_call_is_taken_held_shared_ended_and_listened_to(office: Office) -> None:
    page, house = office.page, office.house
    await office.caller.dial(house.number)
    await expect(page.locator(".offer")).to_be_visible(timeout=PATIENCE_MS)
    await page.keyboard.press("a")
    await office.bar("Your phone rings")
    await office.ali.event("CALL_INCOMING")
    await office.ali.answer()
    await office.bar("On the phone")
    await expect(page.locator(".composer")).to_have_class("composer is-aside is-note ")
    await office.press("Mute")
    await office.press("Unmute")
    await office.press("Hold")
    await office.bar("On hold")
    await office.press("Resume")
    await office.bar("On the phone")
    await house.comes("sara", "102")
    await expect(page.locator(".call-tape")).to_have_text("Being recorded")
    await office.press("Pause recording")
    await expect(page.locator(".call-tape")).to_have_text("Recording paused")
    await office.press("Resume recording")
    sara = house.agent("sara").name
    await office.press("Ask somebody")
    await page.get_by_role("menuitem", name=sara).click()
    await office.bar(f"You speak with {sara}")
    await office.sara.event("CALL_INCOMING")
    await office.sara.answer()
    await office.ali.hears(SARA)
    await office.press("Talk all three")
    await office.bar("All together")
    await office.caller.hears(SARA)
    await office.press(f"Let {sara} go")
    await office.sara.event("CALL_CLOSED")
    await office.bar("On the phone")
    await office.caller.hears(ALI)
    await office.press("Send on to a number")
    await page.get_by_label("Telephone number").fill("۱۱۰")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("Your role may not dial this number")).to_be_visible()
    await page.keyboard.press("Escape")
    await office.press("Hang up")
    await office.caller.event("CALL_CLOSED")
    await office.bar("The call is over")
    await expect(page.locator(".call-sum")).to_contain_text("Talked")
    await expect(page.locator("audio")).to_be_attached(timeout=PATIENCE_MS)
    sound = page.locator("audio").first
    await sound.evaluate("one => one.play()")
    await sound.evaluate("one => new Promise(done => one.currentTime > 0 ? done() : (one.ontimeupdate = done))")
    await expect(page.locator(".call-acts")).to_have_count(0)
    call = await house.call()
    [file] = [part.file.id for one in await house.entries(call) for part in one.parts if part.file is not None]
    values = {"file": file, "locale": "en", "outcome": "written"}
    said, state = "five <b>two</b> zero one", await house.live.hub.lanes.state(call)
    await house.live.hub.acts.call_happens(state, "transcript", f"transcript:{file}", values, note=said)
    await expect(page.locator(".sound-words")).to_contain_text(f"Written down by a machine, English{said}")
