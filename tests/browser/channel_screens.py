"""Pictures of what channels bring: an admin opens inboxes, an agent answers where not everything arrives."""

from __future__ import annotations

import json
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from playwright.async_api import Page, expect

from tests.browser.people import PATIENCE_MS, Agent, Locale, sweep
from tests.channels.api.lab import signed_by
from tests.fakes.callback import Callback
from tests.fakes.telegram import TOKEN, FakeTelegram, Mood, Refusal

if TYPE_CHECKING:
    from tests.browser.screens import Studio

WORDS: dict[Locale, dict[str, str]] = {
    "fa": {
        "bot": "ربات فروشگاه",
        "app": "برنامهٔ وفاداری",
        "first": "نیلوفر",
        "last": "شریفی",
        "person": "می‌خواهم با یک نفر صحبت کنم",
        "asks": "کد تخفیف SPRING-20 را نمی‌پذیرد. چه کنم؟",
        "hello": "سلام خانم شریفی. کد برای سفارش‌های بالای ۵۰۰ هزار تومان است.",
        "lost": "برای شما کد دیگری ساختم: WELCOME-10",
        "doubt": "تا پایان هفته کار می‌کند.",
        "later": "اگر باز هم نشد، همین‌جا بنویسید.",
        "mobile": "نیلوفر شریفی",
        "points": "امتیاز خرید دیروزم هنوز ثبت نشده.",
        "reason": "در گفتگو گفت که همان شمارهٔ اشتراک را دارد.",
    },
    "en": {
        "bot": "Shop bot",
        "app": "Loyalty app",
        "first": "Nora",
        "last": "Whitfield",
        "person": "talk to a person please",
        "asks": "The voucher SPRING-20 isn’t accepted. What can I do?",
        "hello": "Hello Nora. It is for orders above 50 euros.",
        "lost": "I have made another one for you: WELCOME-10",
        "doubt": "It works until the end of the week.",
        "later": "If it still fails, write to us here.",
        "mobile": "Nora Whitfield",
        "points": "The points of yesterday’s order are still missing.",
        "reason": "She told me the same membership number in both.",
    },
}
BLOCKED = Refusal(403, "Forbidden: bot was blocked by the user")
BUSY = Refusal(429, "Too Many Requests: retry after 35", 35)


@dataclass(slots=True)
class Channels:
    """The messenger, the other system, and the inboxes that lead to them."""

    studio: Studio
    fakes: dict[Locale, FakeTelegram]
    other: Callback
    apps: dict[Locale, tuple[str, str]]

    async def shoot(self, locale: Locale) -> None:
        """All of it in one language."""
        await self.inboxes(locale)
        await self.aside(locale)
        await self.conversation(locale)

    async def inboxes(self, locale: Locale) -> None:
        """An admin opens a bot and an inbox for a program, and hears what works."""
        page = (await self.studio.staff("admin", locale)).page
        await self._at(page, "inboxes/new")
        await self.studio.take(page, "admin-channels", (locale, "light"), 1440)
        await self._bot(page, locale)
        await self._program(page, locale)
        await self._at(page, "inboxes")
        await expect(page.locator("tbody tr")).to_have_count(1 + 2 * len(self.apps))
        await self.studio.take(page, "admin-inboxes", (locale, "light" if locale == "fa" else "dark"), 1440, 360)
        await page.context.close()

    async def _bot(self, page: Page, locale: Locale) -> None:
        fake = self.fakes[locale]
        await self._at(page, "inboxes/new:telegram:telegram")
        token = page.locator("[name='telegram.token']")
        await token.fill("110201543:not the token")
        await token.blur()
        await self.studio.take(page, "admin-telegram-new", (locale, "dark" if locale == "fa" else "light"), 360)
        await token.fill(TOKEN)
        await page.locator("input[name$='telegram.mode']").last.check(force=True)
        await page.locator("details.more summary").click()
        await page.locator("[name='telegram.api_base']").fill(fake.url)
        await page.locator("[name=name]").fill(WORDS[locale]["bot"])
        await self._open(page)
        await fake.called("setWebhook")
        await expect(page.locator(".findings")).to_be_visible(timeout=PATIENCE_MS)
        await self.studio.take(page, "admin-telegram", (locale, "light"), 1440)
        fake.standing["getMe"] = Refusal(401, "Unauthorized")
        await page.locator(".test-row button").click()
        await expect(page.locator(".findings .is-bad")).to_be_visible(timeout=PATIENCE_MS)
        await self._to(page, ".findings")
        await self.studio.take(page, "admin-telegram-wrong", (locale, "dark"), 768)
        del fake.standing["getMe"]
        await page.locator("button.button-warn").last.click()
        await expect(page.locator(".dialog")).to_be_visible()
        await self.studio.take(page, "admin-inbox-delete", (locale, "light"), 360)
        await page.keyboard.press("Escape")

    async def _program(self, page: Page, locale: Locale) -> None:
        await self._at(page, "inboxes/new:api")
        await page.locator("[name='api.callback_url']").fill(self.other.url)
        await page.locator("details.more summary").click()
        await page.locator("details.more [role=switch]").click()
        await page.locator("[name=name]").fill(WORDS[locale]["app"])
        inbox = await self._open(page)
        await expect(page.locator(".snippet")).to_have_count(2)
        self.apps[locale] = inbox, await page.locator(".snippet code").nth(1).inner_text()
        await expect(page.locator(".findings")).to_be_visible(timeout=PATIENCE_MS)
        await self.studio.take(page, "admin-api", (locale, "light"), 768)

    async def _open(self, page: Page) -> str:
        """Save the form of a new inbox; its id."""
        await page.locator("form .button-main").last.click()
        await page.wait_for_url(re.compile(r"/inboxes/(?!new)[^/]+$"), timeout=PATIENCE_MS)
        return page.url.rpartition("/")[2]

    async def aside(self, locale: Locale) -> None:
        """What could not become a message."""
        page = (await self.studio.staff("admin", locale)).page
        await self._at(page, "aside")
        if locale == "fa":
            await self.studio.take(page, "admin-aside-empty", (locale, "light"), 768)
        assert await self.fakes[locale].post(b'{"update_id": 700000311, "message": {') == 200
        await self._at(page, "aside")
        await self.studio.take(page, "admin-aside", (locale, "light"), 1440)
        await self.studio.take(page, "admin-aside", (locale, "dark"), 360)
        await page.context.close()

    async def conversation(self, locale: Locale) -> None:
        """An agent answers in the messenger, which refuses, is silent, and asks for patience; then merges two."""
        words = WORDS[locale]
        await self._app_says(locale, words["points"])
        desk = await self.studio.staff("ali" if locale == "fa" else "sara", locale)
        await desk.online()
        await self._says(locale, words["person"])
        await expect(desk.offer).to_contain_text(words["first"], timeout=PATIENCE_MS)
        await desk.accept()
        await self._says(locale, words["asks"])
        await desk.sees(words["asks"])
        await desk.reply(words["hello"])
        await expect(desk.timeline.locator(".delivery.is-sent").last).to_be_visible(timeout=PATIENCE_MS)
        for answer, text, state in (
            (BLOCKED, words["lost"], ".is-failed"),
            (Mood.CUT, words["doubt"], ".is-uncertain"),
            (BUSY, words["later"], ".is-queued.is-said"),
        ):
            self.fakes[locale].script["sendMessage"].append(answer)
            await desk.reply(text)
            await expect(desk.timeline.locator(f".delivery{state}").last).to_be_visible(timeout=PATIENCE_MS)
        await desk.away_from_fields()
        await self.studio.take(desk.page, "desk-delivery", (locale, "light"), 1440, 360)
        await self.studio.take(desk.page, "desk-delivery", (locale, "dark"), 768)
        await self._merge(desk, locale)
        await desk.close()
        await desk.page.context.close()
        await sweep(self.studio.product)

    async def _merge(self, desk: Agent, locale: Locale) -> None:
        await desk.key("Control+k")
        await desk.page.keyboard.type("merge" if locale == "en" else "ادغام با")
        await desk.page.keyboard.press("Enter")
        await expect(desk.dialog.locator("input")).to_be_visible()
        await desk.page.keyboard.type(WORDS[locale]["mobile"])
        await self.studio.take(desk.page, "desk-merge-choose", (locale, "light"), 768)
        await desk.page.keyboard.press("Enter")
        await desk.dialog.locator("textarea").fill(WORDS[locale]["reason"])
        await self.studio.take(desk.page, "desk-merge", (locale, "light"), 1440, 360)
        await desk.dialog.locator("textarea").press("Control+Enter")
        await expect(desk.dialog).to_have_count(0)
        await expect(desk.page.locator(".toast")).to_be_visible()
        await self.studio.take(desk.page, "desk-merged", (locale, "dark"), 1440, toasts=True)

    async def _says(self, locale: Locale, text: str) -> None:
        """The person writes to the bot of a language."""
        words, chat = WORDS[locale], {"fa": 183402517, "en": 5310998204}[locale]
        person = {"id": chat, "is_bot": False, "first_name": words["first"], "last_name": words["last"]}
        update = self.fakes[locale].message(chat, text=text, **{"from": {**person, "language_code": locale}})
        assert await self.fakes[locale].post(update) == 200

    async def _app_says(self, locale: Locale, text: str) -> None:
        """The same person in the other system."""
        inbox, secret = self.apps[locale]
        what = {"sender": {"id": "member-20417", "name": WORDS[locale]["mobile"]}, "text": text, "locale": locale}
        body, id_ = json.dumps(what).encode(), f"first-{locale}"
        headers = signed_by(secret, id_, time.time_ns() // 1_000_000, body)
        async with self.studio.product.person() as system:
            said = await system.request("POST", f"/channels/api/{inbox}/messages", data=body, headers=headers)
        assert said.status == 200, said.body

    async def _at(self, page: Page, place: str) -> None:
        await page.goto(f"{self.studio.product.hub}/desk/admin/{place}")
        await expect(page.locator(".admin-host h1, .admin-host h2").first).to_be_visible()
        await expect(page.locator(".admin-host .skeleton")).to_have_count(0)

    async def _to(self, page: Page, selector: str) -> None:
        await page.locator(selector).first.scroll_into_view_if_needed()


@asynccontextmanager
async def channels_of(studio: Studio) -> AsyncIterator[Channels]:
    """A messenger and another system until the block ends."""
    async with FakeTelegram() as first, FakeTelegram() as second, Callback() as other:
        yield Channels(studio=studio, fakes={"fa": first, "en": second}, other=other, apps={})
