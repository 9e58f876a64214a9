"""An admin and a version in a real browser: it waits, goes on, is rolled back; its history; two admins at the gates."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from bot.contract import BotStatus, Reply, Say, Turn
from bot.training.stories import StoryRun
from channels.contract import Receipt
from hub.clock import SystemClock
from hub.model.ids import ConversationId, new_id
from hub.model.rollout import Rollout, Step
from hub.store.database import connect
from hub.store.embedded import Mongod
from hub.store.pin_runs import PinRuns
from hub.store.trials import Heard, Trials
from hub.training.slots import Slotted
from hub.up import browser_parts
from tests.browser.fixtures import missing
from tests.browser.people import PATIENCE_MS, Agent
from tests.browser.stack import ROOT, cache
from tests.fakes.channel import letter
from tests.hub.training.lab import project
from tests.hub.training.test_studio_store import finished
from tests.hub_server import AbsentBot, LiveHub, live_hub

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


class Talker(AbsentBot):
    """Answers everything."""

    async def turn(self, turn: Turn) -> Reply:
        return Reply(says=(Say(text="Ten each."),))

    async def ready(self) -> BotStatus:
        return BotStatus(available=True, detail="ok", model_id="id3")


@dataclass(slots=True)
class Desk:
    """A hub whose slots hold versions 1 and 2, version 3 ready, and an admin at the desk."""

    live: LiveHub
    page: Page

    async def open(self, path: str) -> None:
        await self.page.goto(f"{self.live.url}/desk/{path}")

    async def talk(self) -> Receipt:
        """A customer speaks with the bot."""
        hub = self.live.hub
        receipt = await hub.inlet.receive(letter("shop", new_id(), new_id(), "what does it cost"))
        async with asyncio.timeout(15):
            while (await hub.lanes.state(ConversationId(receipt.conversation))).bot_seq == 0:
                await asyncio.sleep(0)
        await hub.lanes.roll_up()
        return receipt


@pytest_asyncio.fixture(loop_scope="session")
async def desk(mongod_server: Mongod, browser: Browser, tmp_path: Path) -> AsyncIterator[Desk]:
    try:
        await asyncio.to_thread(
            browser_parts.build, ROOT / "widget", cache() / "tools", cache() / "logs", lambda _: None
        )
    except (RuntimeError, OSError) as error:
        missing(error)
    async with connect(mongod_server.uri, "b" + new_id().replace("-", "").replace("_", "").lower()) as database:
        async with live_hub(database, tmp_path / "var", bot=Talker()) as live:
            studio = live.hub.web.studio
            await studio.replace_project(project())
            for _ in range(3):
                await finished(studio.versions)
            context = await browser.new_context(locale="en-GB", viewport={"width": 1440, "height": 900})
            admin = Agent(await context.new_page(), live.url, "admin")
            await admin.sign_in(live.passwords["admin"])
            await admin.sit_down()
            if await admin.page.locator("html").get_attribute("lang") != "en":
                async with admin.page.expect_response("**/api/me"):
                    await admin.page.locator(".rail-language").click()
            yield Desk(live, admin.page)
            await context.close()
        await database.drop()


async def test_a_version_waits_is_hurried_and_rolled_back_and_tells_it_all(desk: Desk) -> None:
    hub, page, studio = desk.live.hub, desk.page, desk.live.hub.web.studio
    await desk.talk()
    receipt = await desk.talk()
    began = (await hub.lanes.state(ConversationId(receipt.conversation))).fence_at
    steps = (Step(at=0, slot="a"), Step(at=began, slot="b"))
    await studio.rollouts.put(Rollout(slots={"a": 1, "b": 2}, steps=steps))
    slots = Slotted({"a": Talker(), "b": Talker()}, studio.rollouts, studio.versions, SystemClock())

    await desk.open("admin/versions/3")
    answering = page.locator(".answering")
    await page.get_by_role("button", name="Activate…").click()
    await page.keyboard.press("Control+Enter")
    await expect(answering).to_contain_text("1 conversation still speaks with Version 1", timeout=PATIENCE_MS)
    await expect(answering.get_by_role("button", name="Roll back to Version 1")).to_be_enabled()
    await answering.get_by_role("button", name="Cancel").click()
    await expect(answering).not_to_contain_text("still speaks")
    await expect(answering.get_by_role("button", name="Roll back to Version 1")).to_be_enabled()

    await page.get_by_role("button", name="Activate…").click()
    await page.keyboard.press("Control+Enter")
    await page.get_by_role("button", name="Do not wait…").click()
    dialog = page.get_by_role("dialog")
    await dialog.locator("input[name=at_once]").check()
    await expect(dialog).to_contain_text("Do not wait: 1 conversation goes on with Version 2")
    await expect(dialog.get_by_role("button", name="Activate")).to_be_disabled()
    await dialog.locator("textarea[name=reason]").fill("prices changed this morning")
    await page.keyboard.press("Control+Enter")
    await expect(answering).to_contain_text("being loaded", timeout=PATIENCE_MS)
    await slots.look()
    await expect(answering.locator(".answering-now")).to_contain_text("Version 3 answers", timeout=PATIENCE_MS)
    await answering.get_by_role("button", name="Roll back to Version 2").click()
    await expect(answering.locator(".answering-now")).to_contain_text("Version 2 answers")
    lines = page.locator(".history li")
    await expect(lines).to_have_count(7, timeout=PATIENCE_MS)
    await expect(lines.nth(4)).to_contain_text("prices changed this morning")
    await expect(lines.nth(4)).to_contain_text("1 conversation went on with another version")
    await expect(lines.last).to_contain_text("rolled it back")


async def test_what_another_admin_saved_at_the_gates_is_shown(desk: Desk) -> None:
    page, store = desk.page, desk.live.hub.web.studio.store
    await desk.open("admin/versions")
    field = page.locator("input[name=max_broken]")
    await expect(field).to_have_value("3", timeout=PATIENCE_MS)
    gates = await store.gates()
    await store.write_gates(type(gates)(max_broken=7, version=gates.version))
    await field.fill("5")
    await page.keyboard.press("Control+s")
    await expect(page.locator(".clash")).to_contain_text("7")
    assert (await store.gates()).max_broken == 7


async def test_every_page_of_the_bot_stands_under_the_bot_in_the_rail(desk: Desk) -> None:
    for section in ("review", "talks", "entities", "stories", "figures"):
        await desk.open(f"admin/{section}")
        await expect(desk.page.locator(".rail .place[aria-current]")).to_contain_text("Bot")


async def test_a_version_that_no_server_has_can_be_tried(desk: Desk) -> None:
    page, trials = desk.page, Trials(desk.live.hub.database)
    await desk.open("admin/versions/3")
    await page.locator("input[name=try]").fill("what does it cost")
    await page.keyboard.press("Enter")
    await expect(page.locator(".try [role=status]")).to_contain_text("up to a minute")
    async with asyncio.timeout(15):
        while (trial := await trials.claim(desk.live.hub.clock.now())) is None:
            await asyncio.sleep(0.05)
    answer = {"messages": [{"text": "Ten each."}], "intent": {"name": "price", "confidence": 0.9}}
    await trials.answer(trial.id, Heard(answer=json.dumps(answer).encode()))
    await expect(page.locator(".try-theirs")).to_contain_text("Ten each.", timeout=PATIENCE_MS)


async def test_an_open_conversation_is_pinned_from_the_command_bar(desk: Desk) -> None:
    receipt = await desk.talk()
    page = desk.page
    await desk.open(f"all/{receipt.conversation}")
    await expect(page.locator(".timeline")).to_contain_text("Ten each.", timeout=PATIENCE_MS)
    await page.keyboard.press("Control+k")
    await page.keyboard.type("pin as a test")
    await page.keyboard.press("Enter")
    await expect(page.locator("input[name=name]")).to_be_visible(timeout=PATIENCE_MS)
    await page.locator("input[name=name]").fill("Prices")
    await page.keyboard.press("Control+s")
    await page.wait_for_url(re.compile(r"/stories/(?!new)"), timeout=PATIENCE_MS)
    (story,) = await desk.live.hub.web.studio.stories.all()
    assert (story.name, story.conversation) == ("Prices", receipt.conversation)
    assert story.turns[0].text == "what does it cost"

    await desk.open("admin/versions/3")
    await expect(page.locator(".findings .quiet")).to_have_text([re.compile("nothing to compare with")] * 2)
    await expect(page.locator(".findings .is-bad")).to_contain_text("changed since it was tried: 1")
    await page.get_by_role("button", name="Run the pinned conversations again").click()
    await expect(page.get_by_text("Running the pinned conversations…")).to_be_visible(timeout=PATIENCE_MS)
    queue = PinRuns(desk.live.hub.database)
    assert await queue.claim(1, 2) == 3
    await queue.finish(3, [StoryRun(id=story.id, name="Prices", passed=True, turns=())], {story.id: 1})
    await expect(page.locator(".findings .is-bad")).to_have_count(0, timeout=PATIENCE_MS)
    await expect(page.locator(".runs .verdict.is-good")).to_have_count(1)
