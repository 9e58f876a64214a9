"""An admin makes a flow of calls by keys: a problem is mended, it is tried, published, called, gone back from."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, expect

from hub.model.ids import new_id
from hub.store.database import connect
from hub.store.embedded import Mongod
from hub.up import browser_parts
from tests import hub_server
from tests.browser.fixtures import missing
from tests.browser.people import PATIENCE_MS, Agent
from tests.browser.stack import ROOT, cache
from tests.browser.test_looks import faults
from tests.web.test_call_flows import NUMBER, called

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


@dataclass(slots=True)
class Bench:
    """The editor in a browser, and the admin's requests beside it."""

    page: Page
    admin: hub_server.Browser

    def card(self, name: str) -> Locator:
        """The card of a step."""
        return self.page.locator(f"[data-step='{name}']")

    async def save(self) -> None:
        """Save by keys."""
        await self.page.keyboard.press("Control+s")
        await expect(self.page.locator(".save-bar")).to_have_count(0)

    async def publish(self, note: str) -> None:
        """Publish with a note."""
        await self.page.get_by_role("button", name="انتشار", exact=True).click()
        await self.page.get_by_label("چه چیزی تازه است").fill(note)
        await self.page.keyboard.press("Enter")
        await expect(self.page.get_by_role("dialog")).to_have_count(0)


@pytest_asyncio.fixture(loop_scope="session")
async def bench(mongod_server: Mongod, browser: Browser, tmp_path: Path) -> AsyncIterator[Bench]:
    try:
        await asyncio.to_thread(
            browser_parts.build, ROOT / "widget", cache() / "tools", cache() / "logs", lambda _: None
        )
    except (RuntimeError, OSError) as error:
        missing(error)
    name = "e" + new_id().replace("-", "").replace("_", "").lower()
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(connect(mongod_server.uri, name))
        live = await stack.enter_async_context(hub_server.live_hub(database, tmp_path / "var"))
        admin = await stack.enter_async_context(live.browser())
        await admin.sign_in("admin")
        context = await browser.new_context(
            locale="fa-IR", viewport={"width": 1440, "height": 900}, reduced_motion="reduce"
        )
        context.set_default_timeout(PATIENCE_MS)
        agent = Agent(await context.new_page(), live.url, "admin")
        await agent.sign_in(live.passwords["admin"])
        await agent.sit_down()
        yield Bench(agent.page, admin)
        await context.close()
        await database.drop()


async def test_a_flow_is_made_mended_tried_published_called_and_gone_back_from(bench: Bench) -> None:
    page, admin = bench.page, bench.admin
    await page.goto(f"{admin.url}/desk/admin/flows/new")
    await page.get_by_label("نام جریان").fill("پذیرش")
    await page.keyboard.press("Control+s")
    await page.wait_for_url(lambda url: "/flows/" in url and not url.endswith("/new"))
    publish = page.get_by_role("button", name="انتشار", exact=True)
    await expect(publish).to_be_enabled()

    # Callers come in at a menu that says nothing and leads nowhere: that is said beside it, and it is not published.
    await page.get_by_label("تماس‌گیرندگان از اینجا وارد می‌شوند", exact=True).select_option("\0menu")
    menu = bench.card("منو")
    await expect(menu.locator(".entry-problem").first).to_be_visible()
    await expect(menu).to_contain_text("«منو» هیچ گزینه‌ای ندارد.")
    await expect(publish).to_be_disabled()
    await menu.locator(".route-fold").press("Enter")
    await menu.get_by_label("آنچه گفته می‌شود: فارسی").fill("برای پشتیبانی یک را فشار دهید.")
    await menu.get_by_label("آنچه گفته می‌شود: انگلیسی").fill("For support press one.")
    for key, target in (("1", "صف"), ("2", "ربات")):
        await menu.get_by_role("button", name="افزودن کلید").click()
        await menu.get_by_label(f"کلید {key} می‌رود به").select_option(target)
    await menu.get_by_label("اگر چیزی نگوید یا فهمیده نشود").select_option("منو")
    await expect(menu).to_contain_text("دور خود می‌چرخد")
    assert await faults(page) == []
    await menu.get_by_label("اگر چیزی نگوید یا فهمیده نشود").select_option("خداحافظی")
    await expect(page.locator(".flow-problems")).to_have_count(0)
    await menu.get_by_label("نام گام").fill("منوی اصلی")
    await menu.get_by_label("نام گام").press("Enter")
    await expect(bench.card("منوی اصلی")).to_be_visible()

    # A caller who presses 1 waits in the line, at any hour; nobody is called for that.
    trial = page.get_by_role("log")
    await expect(trial).to_contain_text("برای پشتیبانی یک را فشار دهید.")
    await page.get_by_role("button", name="فشردن 1").press("Enter")
    await expect(trial).to_contain_text("در صف منتظر می‌ماند")
    await expect(page.locator(".flow-preview")).to_contain_text("منوی اصلی")

    await bench.save()
    await bench.publish("نخستین")
    await expect(page.locator(".page-lead")).to_contain_text("نسخهٔ ۱")
    flow = page.url.rpartition("/")[2]
    number = {"channel": "voice", "name": "Shop", "queue": "support", "locale": "en"}
    opened = await admin.call("POST", "/api/admin/inboxes", {**number, "settings": {**NUMBER, "flow_id": flow}})
    inbox = opened.json["inbox"]["id"]
    assert "برای پشتیبانی یک" in await called(admin, inbox, "call-1")

    # Somebody else changes another step meanwhile: both stand. Then the new menu answers, and the old one again.
    seen = (await admin.call("GET", f"/api/admin/flows/{flow}")).json
    seen["draft"]["nodes"]["خداحافظی"]["text"] = {"fa": "روز خوش.", "en": "Have a nice day."}
    theirs = {"revision": seen["revision"], "draft": seen["draft"]}
    assert (await admin.call("PATCH", f"/api/admin/flows/{flow}", theirs)).status == 200
    await bench.card("منوی اصلی").get_by_label("آنچه گفته می‌شود: فارسی").fill("برای پشتیبانی یک، برای ربات دو.")
    await bench.save()
    await expect(bench.card("خداحافظی")).to_contain_text("روز خوش.")
    await bench.publish("با ربات")
    await expect(page.locator(".page-lead")).to_contain_text("نسخهٔ ۲")
    assert "برای ربات دو" in await called(admin, inbox, "call-2")
    await page.get_by_role("button", name="نسخهٔ ۱ چه فرقی دارد").click()
    await expect(page.get_by_role("dialog")).to_contain_text("برای ربات دو")
    assert await faults(page) == []
    await page.get_by_role("button", name="دوباره همین").click()
    await expect(page.locator(".page-lead")).to_contain_text("نسخهٔ ۱")
    assert "برای پشتیبانی یک را" in await called(admin, inbox, "call-3")
