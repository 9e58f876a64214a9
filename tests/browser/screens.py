"""`peyk screens`: pictures of the main states for docs/screens: 360, 768, 1440 px, light and dark, Persian and English.

A real product is started, people talk in it, and their screens are photographed. Look at every picture before a change
lands.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import tempfile
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import Any, Literal

from playwright.async_api import BrowserContext, Page, async_playwright, expect

from hub.model.ids import new_id
from tests.browser.channel_screens import channels_of
from tests.browser.flow_screens import flows
from tests.browser.people import Agent, Customer, Locale, People, people_of, sweep
from tests.browser.stack import CHROMIUM_ARGS, ROOT, Stack, chromium, prepare, running_stack

Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
LANGUAGES: tuple[Locale, ...] = ("fa", "en")
WIDTHS = {1440: 900, 768: 1024, 360: 740}
LOOKS: tuple[tuple[Locale, Scheme], ...] = (("fa", "light"), ("fa", "dark"), ("en", "light"), ("en", "dark"))
TO_WEBP = """async png => {
  const image = new Image();
  image.src = "data:image/png;base64," + png;
  await image.decode();
  const canvas = Object.assign(document.createElement("canvas"), { width: image.width, height: image.height });
  canvas.getContext("2d").drawImage(image, 0, 0);
  return canvas.toDataURL("image/webp", 0.86).split(",")[1];
}"""

LEFT = (
    ("رضا کاظمی", "fa", "سلام، کاپشنی که سفارش دادم کی می‌رسد؟ فقط تا پنجشنبه خانه‌ام."),
    ("Hannah Fischer", "en", "Do the walking shoes run small? I usually wear 39."),
    ("نگار صادقی", "fa", "هدفون یک طرفش صدا ندارد، چطور باید برگردانم؟"),
    ("Omid Tavakoli", "en", "I was charged twice for order 20017."),
)
"""Who has left a message: name, language, words."""

TALKS: dict[Locale, dict[str, str]] = {
    "fa": {
        "name": "مریم احمدی",
        "email": "maryam@example.com",
        "before": "فاکتور خرید هفتهٔ پیش را برایم می‌فرستید؟",
        "order": "سفارش ۱۲۳۴۵ من کجاست؟",
        "more": "ممنون",
        "want": "می‌شود نشانی تحویل را عوض کنم؟",
        "hello": "سلام خانم احمدی، وقت بخیر. بله، بسته هنوز به پیک سپرده نشده و می‌شود عوضش کرد.",
        "ask": "نشانی تازه را همین‌جا بنویسید تا همین حالا ثبتش کنم.",
        "address": "خیابان ولیعصر، کوچهٔ ناهید، پلاک ۱۲، واحد ۳",
        "note": "مشتری قدیمی؛ نشانی را در سامانهٔ پست هم عوض کن. @سارا محمدی",
        "done": "ثبت شد. فردا بین ۱۰ تا ۱۴ به دستتان می‌رسد.",
        "thanks": "عالی، خیلی ممنون از پیگیری‌تان",
    },
    "en": {
        "name": "Emma Lindqvist",
        "email": "emma@example.com",
        "before": "Could you send me last week's invoice?",
        "order": "Where is my order 12345?",
        "more": "Thanks!",
        "want": "Can I still change the delivery address?",
        "hello": "Hello Emma. Yes, the parcel hasn't been handed to the courier yet, so we can change it.",
        "ask": "Write the new address here and I'll register it right away.",
        "address": "12 Nahid Lane, Valiasr Street, Tehran, flat 3",
        "note": "Regular customer. Change it with the post as well.",
        "done": "Done. It reaches you tomorrow between 10 and 14.",
        "thanks": "Perfect, thank you so much",
    },
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where to, and which."""
    parser.add_argument("--into", type=Path, default=ROOT / "docs" / "screens", help="folder of the pictures")
    parser.add_argument("--only", default="", help="only pictures whose names contain this")
    parser.add_argument("--every", action="store_true", help="each state light and dark and at all widths, to look at")
    parser.add_argument("--channels", action="store_true", help="only what channels bring")


def main(arguments: argparse.Namespace) -> int:
    """Take all pictures; prints their names and sizes."""
    asyncio.run(_main(arguments.into, arguments.only, every=arguments.every, channels=arguments.channels))
    return 0


async def _main(into: Path, only: str, *, every: bool, channels: bool) -> None:
    await asyncio.to_thread(prepare)
    await asyncio.to_thread(into.mkdir, parents=True, exist_ok=True)
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        running = await stack.enter_async_context(running_stack(Path(folder)))
        playwright = await stack.enter_async_context(async_playwright())
        browser = await playwright.chromium.launch(executable_path=chromium(), args=[*CHROMIUM_ARGS])
        stack.push_async_callback(browser.close)
        people = await stack.enter_async_context(people_of(running, browser, {}))
        converter = await (await browser.new_context()).new_page()
        studio = Studio(people=people, product=running, into=into, only=only, converter=converter, every=every)
        if not channels:
            await studio.shoot_all()
        async with channels_of(studio) as scenes:
            for locale in LANGUAGES:
                await scenes.shoot(locale)


@dataclass(slots=True)
class Studio:
    """Brings people into position and takes their pictures."""

    people: People
    product: Stack
    into: Path
    only: str
    converter: Page
    every: bool = False
    desks: dict[Locale, Agent] = field(default_factory=dict)

    async def shoot_all(self) -> None:
        """Every state, one after the other."""
        await self.doors()
        await self.forms()
        for locale in LANGUAGES:
            await self.sit_down(locale)
        await self.nothing_to_do()
        for locale in LANGUAGES:
            await self.conversation(locale)
        await self.lead()

    async def take(
        self, page: Page, name: str, look: tuple[Locale, Scheme], *widths: int, toasts: bool = False
    ) -> None:
        """Photograph a page at some widths (all when none is named), without the toasts that happen to stand there."""
        for scheme, width in product(SCHEMES, WIDTHS) if self.every else product([look[1]], widths or WIDTHS):
            title = f"{name}-{look[0]}-{scheme}-{width}"
            if self.only not in title:
                continue
            if not toasts:
                await page.evaluate("document.querySelectorAll('.toast-close').forEach(it => it.click())")
            await page.mouse.move(0, 0)
            await page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            await page.set_viewport_size({"width": width, "height": WIDTHS[width]})
            # Two frames: what the new width moves has moved.
            await page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
            await page.evaluate("() => document.fonts.ready.then(() => true)")
            png = await page.screenshot(animations="disabled", caret="hide")
            webp = base64.b64decode(await self.converter.evaluate(TO_WEBP, base64.b64encode(png).decode()))
            await asyncio.to_thread((self.into / f"{title}.webp").write_bytes, webp)
            print(f"{title}.webp  {len(webp) // 1024} kB", flush=True)
        await page.set_viewport_size({"width": 1440, "height": 900})

    async def context(self, locale: Locale, **options: Any) -> BrowserContext:
        """A browser that prefers a language."""
        language = "fa-IR" if locale == "fa" else "en-GB"
        size = {"width": 1440, "height": 900}
        return await self.people.context(locale=language, timezone_id="Asia/Tehran", viewport=size, **options)

    async def customer(self, locale: Locale) -> Customer:
        """A customer with the chat open."""
        context = await self.context(locale)
        return await Customer(await context.new_page(), self.product.shop, locale).come()

    async def doors(self) -> None:
        """The login page, and the chat before anything is said."""
        for look in LOOKS:
            page = await (await self.context(look[0])).new_page()
            await page.goto(f"{self.product.hub}/login?locale={look[0]}")
            await self.take(page, "login", look, 360 if look[1] == "dark" else 1440)
            await page.context.close()
            if look[1] == "light":
                customer = await self.customer(look[0])
                await expect((await customer.chat()).locator(".welcome .chip").first).to_be_visible()
                await self.take(customer.page, "chat-welcome", look, 360, 1440)
                await customer.page.context.close()

    async def forms(self) -> None:
        """Nobody is there: the form."""
        for look in (LOOKS[0], LOOKS[3]):
            customer = await self.customer(look[0])
            await customer.ask_for_a_person()
            chat = await customer.chat()
            await expect(chat.locator("form.form")).to_be_visible()
            await chat.locator("#form-email").fill("maryam@")
            await chat.locator("form.form button[type=submit]").click()
            await chat.locator("#form-name").blur()
            await self.take(customer.page, "chat-form", look, 360)
            await customer.page.context.close()
        await sweep(self.product)

    async def visitors(self) -> None:
        """Some have left a message and wait in line."""
        for number, (name, locale, words) in enumerate(LEFT):
            async with self.product.person() as visitor:
                session = (await visitor.call("POST", "/chat/shop/session", {"locale": locale})).json
                url, headers = f"{self.product.hub}/chat/shop/socket", {"Origin": self.product.hub}
                async with visitor.session.ws_connect(url, headers=headers) as ws:
                    await ws.send_json({"type": "hello", "token": session["access"], "locale": locale})
                    person = "گفتگو با همکار" if locale == "fa" else "talk to a person please"
                    values = {"name": name, "email": f"guest{number}@example.com", "message": words}
                    await _send(ws, 1, text=person)
                    while (await ws.receive_json(timeout=15)).get("state", {}).get("owner") != "queue":
                        pass
                    await _send(ws, 2, form="offline", values=values)
                    await _send(ws, 3, text=words)

    async def sit_down(self, locale: Locale) -> None:
        """A desk in a language."""
        desk = await self.staff("ali" if locale == "fa" else "sara", locale)
        self.desks[locale] = desk

    async def staff(self, login: str, locale: Locale) -> Agent:
        """Somebody at their desk, who was asked about notifications before and wants no sound."""
        context = await self.context(locale, storage_state=await self.people.key(login))
        await context.add_init_script(
            "try { localStorage['peyk.desk.notify'] = '\"no\"'; localStorage['peyk.desk.sound'] = 'false' } catch {}"
        )
        desk = Agent(await context.new_page(), self.product.hub, login)
        await desk.sit_down()
        if await desk.page.locator("html").get_attribute("lang") != locale:
            await desk.page.locator(".rail-language").click()
            await expect(desk.page.locator("html")).to_have_attribute("lang", locale)
        return desk

    async def nothing_to_do(self) -> None:
        """The desk before work."""
        for locale, desk in self.desks.items():
            await self.take(desk.page, "desk-empty", (locale, "light"), 1440)

    async def line(self, desk: Agent, locale: Locale) -> None:
        """Who waits."""
        await desk.page.goto(f"{self.product.hub}/desk/queue")
        await expect(desk.rows.first).to_be_visible()
        await self.take(desk.page, "desk-queue", (locale, "light"), 768 if locale == "en" else 360)

    async def conversation(self, locale: Locale) -> None:
        """From the bot to the rating, on both sides."""
        talk, desk = TALKS[locale], self.desks[locale]
        customer = await self.customer(locale)
        await self._earlier(customer, desk, talk)
        chat = await customer.chat()
        await customer.say(talk["order"])
        await expect(chat.locator(".row.theirs .chip:enabled").first).to_be_visible()
        await self.take(customer.page, "chat-bot", (locale, "light" if locale == "fa" else "dark"), 360)
        await customer.say(talk["more"])
        await expect(chat.locator(".row.theirs .bubble").nth(2)).to_be_visible()
        await desk.online()
        await customer.ask_for_a_person()
        await expect(chat.locator(".bar")).to_be_visible()
        await customer.say(talk["want"])
        await customer.sent(talk["want"])
        await self.take(customer.page, "chat-line", (locale, "light" if locale == "fa" else "dark"), 360)
        await expect(desk.offer).to_contain_text(talk["name"])
        await self.take(desk.page, "desk-offer", (locale, "light"), 1440)
        await self.take(desk.page, "desk-offer", (locale, "dark"), 360)
        await desk.accept()
        await self._company(desk, locale)
        for key in ("hello", "ask"):
            await desk.reply(talk[key])
        await customer.sees(talk["ask"])
        await customer.say(talk["address"])
        await desk.sees(talk["address"])
        await desk.note(talk["note"])
        await desk.reply(talk["done"])
        await customer.sees(talk["done"])
        await customer.say(talk["thanks"])
        await desk.sees(talk["thanks"])
        await expect(desk.timeline.locator(".delivery.is-read").last).to_be_visible()
        await desk.away_from_fields()
        await self._both(desk.page, "desk", locale)
        await self._both(customer.page, "chat", locale)
        await self._over_the_desk(desk, locale)
        await desk.close()
        await expect(chat.locator(".rating .star").first).to_be_visible()
        await chat.locator(".rating .star").nth(4).click()
        await expect(chat.locator(".rating .star.on")).to_have_count(5)
        await self.take(customer.page, "chat-rating", (locale, "light" if locale == "en" else "dark"), 360)
        await self.line(desk, locale)
        await customer.page.context.close()
        await desk.page.context.close()
        await sweep(self.product)

    async def _over_the_desk(self, desk: Agent, locale: Locale) -> None:
        """What comes over the desk: canned replies, dialogs, the command bar."""
        await desk.composer.fill("/")
        await expect(desk.page.locator(".complete-item").first).to_be_visible()
        await self.take(desk.page, "desk-canned", (locale, "light"), 1440)
        await desk.composer.fill("")
        if locale == "en":
            return
        looks: tuple[tuple[str, str, Scheme], ...] = (
            ("t", "desk-transfer", "dark"),
            ("e", "desk-close", "light"),
            ("?", "desk-keys", "light"),
            ("Control+k", "desk-commands", "dark"),
        )
        for key, name, scheme in looks:
            await desk.away_from_fields()
            await desk.key(key)
            await expect(desk.dialog).to_be_visible()
            await self.take(desk.page, name, (locale, scheme), 360 if key == "e" else 1440)
            await desk.key("Escape")
            await expect(desk.dialog).to_have_count(0)

    async def _earlier(self, customer: Customer, desk: Agent, talk: dict[str, str]) -> None:
        """The customer has been here before: then we know the name."""
        await customer.ask_for_a_person()
        chat = await customer.chat()
        form = chat.locator("form.form")
        await expect(form).to_be_visible()
        await chat.locator("#form-name").fill(talk["name"])
        await chat.locator("#form-email").fill(talk["email"])
        await chat.locator("#form-message").fill(talk["before"])
        await form.locator("button[type=submit]").click()
        await expect(form).to_have_count(0)
        await desk.go("q")
        await desk.rows.filter(has_text=talk["name"]).click()
        await desk.key("m")
        await expect(desk.page.locator(".pane-owner.is-mine")).to_be_visible()
        await desk.reply("✓")
        await desk.close()
        await chat.locator(".rating .star").nth(3).click()
        await chat.locator(".composer .solid").click()

    async def _both(self, page: Page, name: str, locale: Locale, *widths: int) -> None:
        for scheme in SCHEMES:
            await self.take(page, name, (locale, scheme), *widths)

    async def _company(self, desk: Agent, locale: Locale) -> None:
        """Others come: some wait in line, two are taken along."""
        await desk.away_from_fields()
        await desk.key("p")
        await (
            desk.page.locator("[role=menuitemradio]").nth(-2).click()
        )  # finish what I have, so that no offer covers it
        await expect(desk.page.locator(".face-button .status-dot.is-away")).to_be_visible()
        back = desk.page.url
        await self.visitors()
        for name in [name for name, language, _ in LEFT if language == locale][:2]:
            await desk.page.goto(f"{self.product.hub}/desk/queue")
            await desk.rows.filter(has_text=name).click()
            await expect(desk.page.locator(".readonly button")).to_be_enabled()
            await desk.key("m")
            await expect(desk.page.locator(".pane-owner.is-mine")).to_be_visible()
        await desk.page.goto(back)
        await expect(desk.composer).to_be_visible()

    async def lead(self) -> None:
        """The team and the admin part."""
        for locale in LANGUAGES:
            page = (await self.staff("admin", locale)).page
            await page.goto(f"{self.product.hub}/desk/team")
            await expect(page.locator(".face-button")).to_be_visible()
            await self.take(page, "team", (locale, "light"), 1440)
            places: tuple[tuple[str, Scheme, int], ...] = (
                ("people", "light", 1440),
                ("inboxes/shop", "light", 768),
                ("rules", "dark", 360),
                ("audit", "dark", 1440),
                ("review", "light", 1440),
                ("intents", "dark", 768),
                ("versions", "light", 1440),
                ("figures", "light", 1440),
            )
            for section, scheme, width in places[:: 1 if locale == "fa" else 2]:
                await page.goto(f"{self.product.hub}/desk/admin/{section}")
                await expect(page.locator(".admin-host h1, .admin-host h2").first).to_be_visible()
                name = "webchat" if "/" in section else section
                await self.take(page, f"admin-{name}", (locale, scheme), width)
            await flows(self, page, locale)
            await page.context.close()


async def _send(ws: Any, number: int, **message: object) -> None:
    await ws.send_json({"type": "send", "id": number, "client_id": new_id(), **message})
    while (await ws.receive_json(timeout=15)).get("id") != number:
        pass
