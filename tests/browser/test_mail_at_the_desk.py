"""A customer's whole mail at the desk, in a real browser: it shows, nothing in it runs, nothing is loaded unasked."""

from __future__ import annotations

import pytest
from playwright.async_api import Route, expect

from channels.email.house import house
from channels.email.inbound.taking import Taking
from hub.model.config import Inbox
from hub.model.ids import InboxId, QueueId
from tests.browser.people import PATIENCE_MS
from tests.browser.test_channels_at_the_desk import Office, office  # noqa: F401 (a fixture)
from tests.channels.email.lab import SECRET, letter

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

HTML = """<p dir="rtl">فاکتور <b>پیوست</b> است.</p><img src="https://tracker.example/pixel.png" alt="logo">
<script>parent.document.title = "owned"; document.body.textContent = "owned"</script>
<a href="https://shop.example/1" onclick="parent.location = 'https://evil.example'">order</a>"""


async def test_the_whole_mail_is_one_click_away_and_harmless(office: Office) -> None:  # noqa: F811 (the fixture)
    hub, page = office.live.hub, office.page
    settings = {
        "address": "help@shop.example",
        "smtp_host": "127.0.0.1",
        "reply_token_secret": SECRET,
        "inbound": "lmtp",
    }
    await hub.config.create(
        Inbox(id=InboxId("help"), name="Help", channel="email", queue=QueueId("support"), settings=settings)
    )
    (box,) = house(hub.inlet.inboxes("email")).mailboxes
    await Taking(hub.inlet).take(box, letter("see the invoice", subject="Invoice 12", html=HTML))
    asked: list[str] = []

    async def tracked(route: Route) -> None:
        asked.append(route.request.url)
        await route.fulfill(status=204)

    await page.context.route("**/tracker.example/**", tracked)
    (conversation,) = await hub.database.collection("conversations").distinct("_id")
    await office.open(conversation, "see the invoice")
    await expect(page.locator(".mail-claimed")).to_be_visible()
    await page.locator(".mail .link").press("Enter")
    frame = page.frame_locator("iframe.mail-frame")
    await expect(frame.locator("b")).to_have_text("پیوست", timeout=PATIENCE_MS)
    await expect(frame.locator("a")).to_have_attribute("href", "https://shop.example/1")
    await expect(frame.locator("script")).to_have_count(0)
    assert await page.title() != "owned"
    assert asked == []
    async with page.expect_request("**/tracker.example/pixel.png"):
        await page.locator(".mail-pictures button").press("Enter")
    await expect(frame.locator("img")).to_have_attribute("src", "https://tracker.example/pixel.png")
    assert asked == ["https://tracker.example/pixel.png"]
