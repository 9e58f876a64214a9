"""An admin opens an inbox on the screens: chooses the channel, fills in the form, tests it, deletes it again."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio
from playwright.async_api import expect

from hub.model.ids import new_id
from hub.settings import load_settings
from hub.store.database import connect
from hub.store.embedded import Mongod
from hub.up import browser_parts
from tests.browser.fixtures import missing
from tests.browser.people import PATIENCE_MS
from tests.fakes.parrot import Parrot
from tests.hub_server import LiveHub, live_hub

if TYPE_CHECKING:
    from playwright.async_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240), pytest.mark.asyncio(loop_scope="session")]
TOKEN = "squawk-0123456789-secret"


@dataclass(frozen=True, slots=True)
class Office:
    """A hub with a parrot, and its admin's page."""

    live: LiveHub
    parrot: Parrot
    page: Page

    async def to(self, path: str) -> None:
        """Go to a place of the admin part."""
        await self.page.goto(f"{self.live.url}/desk/admin/{path}")
        await expect(self.page.locator(".admin h1").last).to_be_visible()


@pytest_asyncio.fixture(loop_scope="session")
async def office(mongod_server: Mongod, browser: Browser, tmp_path: Path) -> AsyncIterator[Office]:
    settings = load_settings()
    try:
        await asyncio.to_thread(
            browser_parts.build, browser_parts.WIDGET, settings.tools_dir, settings.log_dir, lambda _: None
        )
    except (RuntimeError, OSError) as error:
        missing(error)
    name = "t" + "".join(letter for letter in new_id().lower() if letter.isalnum())
    async with connect(mongod_server.uri, name) as database:
        async with live_hub(database, tmp_path / "var") as live:
            parrot = Parrot()
            live.hub.channels[parrot.name] = parrot
            context = await browser.new_context(
                viewport={"width": 1280, "height": 900},
                reduced_motion="reduce",
                permissions=["clipboard-read", "clipboard-write"],
            )
            context.set_default_timeout(PATIENCE_MS)
            page = await context.new_page()
            await page.goto(f"{live.url}/login?locale=fa")
            await page.locator("input[name=login]").fill("admin")
            await page.locator("input[name=password]").fill(live.passwords["admin"])
            await page.keyboard.press("Enter")
            await page.wait_for_url(re.compile("/desk"))
            yield Office(live, parrot, page)
            await context.close()
        await database.drop()


async def test_an_inbox_is_opened_tried_corrected_and_deleted(office: Office) -> None:
    page = office.page
    await office.to("inboxes")
    await page.get_by_role("link", name="افزودن صندوق").click()
    await page.get_by_role("link", name="parrot").click()

    # What is missing or wrong is said at its field, before anything is sent.
    await page.keyboard.press("Control+s")
    await expect(page.get_by_text("این را پر کنید.")).to_have_count(2)
    await page.locator("input[name='parrot.handle']").fill("Polly 1")
    await page.locator("input[name='parrot.token']").fill(f"  {TOKEN} ")
    await page.get_by_role("radio", name="push").check()
    await page.locator("input[name='parrot.door']").fill("north")
    await expect(page.get_by_text("این شبیه چیزی نیست که این‌جا خواسته شده.")).to_be_visible()
    await page.locator("input[name='parrot.handle']").fill("polly")
    await page.locator("input[name=name]").fill("طوطی فروشگاه")
    await page.keyboard.press("Control+s")

    # It is open: the connection is tried at once, and what the provider must know can be copied, this once.
    await expect(page.get_by_role("heading", name="طوطی فروشگاه")).to_be_visible()
    await expect(page.locator(".findings")).to_contain_text("ارائه‌دهنده این توکن را نمی‌پذیرد")
    await expect(page.locator(".findings")).to_contain_text("GET /bot***/me: 401 <b>no</b>")
    (configured,) = office.live.hub.channel_config.inboxes("parrot")
    key = str(configured.settings["key"])
    await page.get_by_role("button", name="رونوشت: نشانی وب‌هوک").click()
    webhook = f"{office.live.url}/channels/parrot/{configured.id}"
    await page.wait_for_function("async words => await navigator.clipboard.readText() === words", arg=webhook)
    await expect(page.get_by_text(key)).to_be_visible()
    await page.reload()
    await expect(page.get_by_text(webhook)).to_be_visible()
    assert key not in await page.content()
    assert TOKEN not in await page.content()

    # A better token is tried before it is saved.
    await page.get_by_role("button", name="جایگزینی token").click()
    await expect(page.locator("input[name='parrot.token']")).to_be_focused()
    await page.keyboard.type("good")
    await page.get_by_role("button", name="آزمایش اتصال").click()
    await expect(page.locator(".test-verdict")).to_have_text("همه‌چیز کار می‌کند.")
    await expect(page.locator(".changes")).to_contain_text("یکی تازه")
    await expect(page.locator(".changes")).not_to_contain_text("good")
    await page.keyboard.press("Control+s")
    await expect(page.locator(".toast").last).to_contain_text("ذخیره شد")
    (configured,) = office.live.hub.channel_config.inboxes("parrot")
    assert configured.settings["token"] == "good"

    # A secret of the hub's own is made anew and shown once.
    await page.get_by_role("button", name="ساختن دوباره… key").click()
    await page.get_by_role("button", name="یکی تازه بساز").click()
    fresh = await page.locator(".secret-word").inner_text()
    await page.get_by_role("button", name="رونوشت گرفتم").click()
    (configured,) = office.live.hub.channel_config.inboxes("parrot")
    assert (configured.settings["key"], configured.settings["key_previous"]) == (fresh, key)

    await page.get_by_role("button", name="حذف این صندوق…").click()
    await page.get_by_role("dialog").locator("input").fill("طوطی فروشگاه")
    await page.get_by_role("button", name="حذف صندوق", exact=True).click()
    await page.wait_for_url(re.compile("/inboxes$"))
    await expect(page.get_by_text("طوطی فروشگاه", exact=True)).to_have_count(0)
    assert office.live.hub.channel_config.inboxes("parrot") == ()


async def test_what_was_set_aside_is_run_again_or_discarded(office: Office) -> None:
    page, hub = office.page, office.live.hub
    async with office.live.browser() as admin:
        await admin.sign_in("admin")
        settings = {"handle": "polly", "token": "good"}
        body = {"channel": "parrot", "name": "طوطی", "queue": "support", "settings": settings}
        inbox = (await admin.call("POST", "/api/admin/inboxes", body)).json["inbox"]["id"]
    await office.to("aside")
    await expect(page.get_by_text("چیزی کنار گذاشته نشده")).to_be_visible()
    now = hub.clock.now()
    await hub.aside.put(inbox, "1", "unreadable", b"hello", "from <script>alert(1)</script> polly", now)
    await hub.aside.put(inbox, "2", "loop", b"round and round", "from itself", now + 1)
    await page.reload()
    rows = page.locator(".aside-item")
    await expect(rows.nth(1)).to_contain_text("from <script>alert(1)</script> polly")
    await expect(rows.nth(0)).to_contain_text("دور خودش می‌چرخید")

    async with page.expect_download() as started:
        await rows.nth(1).get_by_role("link", name="دریافت فایل").click()
    saved = await (await started.value).path()
    assert await asyncio.to_thread(saved.read_bytes) == b"hello"

    await rows.nth(1).get_by_role("button", name="اجرای دوباره").click()
    await expect(rows.nth(1)).to_contain_text("هنوز خوانده نمی‌شود.")
    office.parrot.deaf = False
    await rows.nth(1).get_by_role("button", name="اجرای دوباره").click()
    await expect(rows).to_have_count(1)
    assert len(office.parrot.receipts) == 1

    await rows.nth(0).get_by_role("button", name="دور ریختن…").click()
    await page.get_by_role("dialog").locator("input").fill("دور")
    await page.get_by_role("button", name="دور بریز", exact=True).click()
    await expect(page.get_by_text("چیزی کنار گذاشته نشده")).to_be_visible()


async def test_a_second_website_chat_is_opened_and_gets_its_site(office: Office) -> None:
    page = office.page
    await office.to("inboxes/new")
    await page.get_by_role("link", name="گفتگوی سایت").click()
    await page.locator("input[name='chat.brand']").fill("فروش")
    await page.keyboard.press("Control+s")
    await expect(page.get_by_role("heading", name="گفتگوی سایت")).to_be_visible()
    await page.get_by_label("افزودن سایت").fill("Sales.example/")
    await page.keyboard.press("Enter")
    await page.keyboard.press("Control+s")
    await expect(page.locator(".toast").last).to_contain_text("ذخیره شد")
    (made,) = [one for one in office.live.hub.config.inboxes.values() if one.id != "shop"]
    assert made.settings == {"brand": "فروش", "accent": "#0b7a75", "origins": ["https://sales.example"]}
