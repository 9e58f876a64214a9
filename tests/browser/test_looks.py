"""What everybody can use: no serious accessibility fault, nothing that jumps, nothing cut off, in both languages."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Frame, Page, expect

from tests.browser.fixtures import BROWSER, House
from tests.browser.people import Agent, Locale, People
from tests.browser.stack import ROOT, Stack

pytestmark = BROWSER
AXE = ROOT / "widget/node_modules/axe-core/axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WATCH_SHIFTS = """() => {
  window.peykShifts = [];
  const inside = (rect, box) => box && rect.left >= box.left && rect.right <= box.right;
  const place = ({ node, currentRect: rect }) => {  // what has been replaced since has no node: its place tells
    const own = (node instanceof Element ? node : node?.parentElement)?.closest('.list-pane');
    const box = document.querySelector('.list-pane')?.getBoundingClientRect();
    return (own || (!node && inside(rect, box)) ? 'list ' : 'pane ') + node?.nodeName;
  };
  new PerformanceObserver(list => {
    for (const one of list.getEntries()) window.peykShifts.push([one.value, one.sources.map(place)]);
  }).observe({ type: "layout-shift" });
}"""
ADMIN = (
    *("people", "skills", "queues", "queues/support", "routes", "calendars", "calendars/new", "slas", "slas/new"),
    *("inboxes", "inboxes/new", "flows", "flows/new", "aside", "canned", "rules", "audit", "account"),
    *("review", "intents", "intents/order_status", "responses", "responses/utter_greet", "versions"),
    *("stories", "stories/new", "figures"),
)
LONG = "Kundenzufriedenheitsbeauftragtenabteilungsleiterstellvertret"


ABOVE = """([upper, lower]) => {
  const [above, below] = [upper, lower].map(one => document.querySelector(one).getBoundingClientRect());
  return above.bottom <= below.top;
}"""
CALM = """() => Promise.allSettled(document.getAnimations()
  .filter(it => it.effect?.getComputedTiming().iterations !== Infinity).map(it => it.finished))"""


async def faults(place: Page | Frame) -> list[str]:
    """What axe-core finds that is serious or critical: rule and where. What is still fading in has no colour yet."""
    await place.evaluate(CALM)
    await place.evaluate(AXE.read_text())
    found: dict[str, Any] = await place.evaluate(
        "rules => axe.run(document, { runOnly: rules, resultTypes: ['violations'] })", RULES
    )
    return [
        f"{one['id']}: {json.dumps([node['target'] for node in one['nodes']][:4], ensure_ascii=False)}"
        for one in found["violations"]
        if one["impact"] in {"serious", "critical"}
    ]


async def speak(agent: Agent, locale: Locale) -> None:
    """Put the desk into a language."""
    if await agent.page.locator("html").get_attribute("lang") != locale:
        await agent.page.locator(".rail-language").click()
        await expect(agent.page.locator("html")).to_have_attribute("lang", locale)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("locale", ["fa", "en"])
async def test_axe_finds_nothing_serious_in_the_chat(people: People, locale: Locale, scheme: str) -> None:
    customer = await (await people.customer(locale, color_scheme=scheme)).come()
    chat = await customer.chat()
    assert await faults(chat) == []
    await customer.say("سلام" if locale == "fa" else "hello")
    await expect(chat.locator(".chip:enabled").first).to_be_visible()
    await chat.locator(".menu-button").click()
    assert await faults(chat) == []
    await customer.page.keyboard.press("Escape")
    await customer.ask_for_a_person()
    await expect(chat.locator("form.form")).to_be_visible()
    await chat.locator("form.form button[type=submit]").click()
    assert await faults(chat) == []
    assert await faults(customer.page) == []


@pytest.mark.parametrize("locale", ["fa", "en"])
async def test_axe_finds_nothing_serious_at_the_login(people: People, stack: Stack, locale: Locale) -> None:
    page = await (await people.context()).new_page()
    await page.goto(f"{stack.hub}/login?locale={locale}")
    assert await faults(page) == []
    await page.locator("input[name=login]").fill("nobody")
    await page.locator("input[name=password]").fill("wrong password")
    await page.keyboard.press("Enter")
    await expect(page.locator("[role=alert]")).to_be_visible()
    assert await faults(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("locale", ["fa", "en"])
async def test_axe_finds_nothing_serious_at_the_desk(people: People, locale: Locale, scheme: str) -> None:
    agent = await (await people.agent("ali", color_scheme=scheme)).online()
    await speak(agent, locale)
    try:
        assert await faults(agent.page) == []
        customer = await (await people.customer(locale)).come()
        await customer.say("سفارش 12345 کجاست؟")
        await expect((await customer.all(".row.theirs")).first).to_be_visible()
        await customer.ask_for_a_person()
        await expect(agent.offer).to_be_visible()
        assert await faults(agent.page) == []
        await agent.accept()
        await agent.reply("سلام")
        await agent.note("یادداشت")
        assert await faults(agent.page) == []
        for key in ("e", "t", "z", "?", "Control+k"):
            await agent.away_from_fields()
            await agent.key(key)
            await expect(agent.dialog).to_be_visible()
            assert await faults(agent.page) == [], key
            await agent.key("Escape")
            await expect(agent.dialog).to_have_count(0)
    finally:
        await speak(agent, "fa")


@pytest.mark.parametrize("locale", ["fa", "en"])
async def test_axe_finds_nothing_serious_in_the_admin_part(people: People, stack: Stack, locale: Locale) -> None:
    agent = await people.agent("admin")
    await speak(agent, locale)
    try:
        for section in ADMIN:
            await agent.page.goto(f"{stack.hub}/desk/admin/{section}")
            await expect(agent.page.locator(".admin-host h1, .admin-host h2").first).to_be_visible()
            assert await faults(agent.page) == [], section
    finally:
        await agent.page.goto(f"{stack.hub}/desk")
        await speak(agent, "fa")


async def test_nothing_moves_while_messages_arrive(people: People) -> None:
    agent = await (await people.agent("ali")).online()
    customer = await (await people.customer("fa")).come()
    await customer.ask_for_a_person()
    await agent.accept()
    await agent.reply("آماده‌ام")
    await customer.sees("آماده‌ام")
    chat = await customer.chat()
    # Each side is watched while the other one writes: what grows under one's own hands is meant to.
    await chat.evaluate(WATCH_SHIFTS)
    for n in range(8):
        await agent.reply(f"پاسخ {n} " + "که گاهی بلند است و به سطر بعد می‌رود " * (n % 3))
        await customer.sees(f"پاسخ {n}")
    shifts = await chat.evaluate("window.peykShifts")
    assert sum(value for value, _ in shifts) == 0, shifts
    await agent.page.evaluate(WATCH_SHIFTS)
    for n in range(8):
        await customer.say(f"پرسش {n} " + "که گاهی بلند است و به سطر بعد می‌رود " * (n % 3))
        await agent.sees(f"پرسش {n}")
    shifts = await agent.page.evaluate("window.peykShifts")
    # In the row of the list the last words change; in the conversation nothing may move at all.
    assert not [one for one in shifts if not all(source.startswith("list ") for source in one[1])], shifts
    assert sum(value for value, _ in shifts) < 0.01, shifts


async def _fits(place: Page | Frame) -> None:
    wide = await place.evaluate(
        """() => [document.documentElement, ...document.querySelectorAll('body, .admin-main, .board, .line-card')]
          .map(it => it.scrollWidth - it.clientWidth)"""
    )
    assert max(wide) <= 0, (place.url, wide)


@pytest.mark.parametrize("locale", ["fa", "en"])
async def test_nothing_scrolls_sideways_on_a_phone(people: People, stack: Stack, house: House, locale: Locale) -> None:
    await house.line("long", LONG)
    await house.settings(skills=[LONG[:40]], teams=[LONG[:40]])
    await house.agent("sara", name=LONG)
    phone: dict[str, Any] = {"viewport": {"width": 360, "height": 740}}
    customer = await (await people.customer(locale, **phone)).come()
    await customer.say("سلام" if locale == "fa" else "hello")
    chat = await customer.chat()
    await expect(chat.locator(".chip:enabled").first).to_be_visible()
    await customer.say("https://example.com/" + "بسیاربلند" * 40 + "x" * 200)
    await _fits(chat)
    await _fits(customer.page)
    await customer.ask_for_a_person()
    await expect(chat.locator("form.form")).to_be_visible()
    await _fits(chat)

    admin = await people.agent("admin", **phone)
    await speak_small(admin, locale)
    try:
        await _fits(admin.page)
        for place in ("", "/all", "/queue", "/team", "/admin/queues/long", *(f"/admin/{section}" for section in ADMIN)):
            await admin.page.goto(f"{stack.hub}/desk{place}")
            await expect(admin.page.locator(".rail")).to_be_visible()
            await expect(admin.page.locator(".face-button")).to_be_visible()
            await _fits(admin.page)
        await admin.page.goto(f"{stack.hub}/desk/all")
        await admin.rows.first.click()
        await expect(admin.timeline).to_be_visible()
        await _fits(admin.page)
    finally:
        await admin.page.goto(f"{stack.hub}/desk")
        await speak_small(admin, "fa")
    await admin.page.goto(f"{stack.hub}/login?locale={locale}")
    await _fits(admin.page)


async def test_toasts_stand_above_what_one_answers_with_on_a_phone(people: People, house: House) -> None:
    await house.queue(wrap_up={"mode": "until_done", "seconds": 120, "disposition_required": True})
    agent = await (await people.agent("ali", viewport={"width": 360, "height": 740})).online()
    customer = await (await people.customer("fa")).come()
    await customer.ask_for_a_person()
    await agent.accept()
    await agent.close_talk()
    bar, toast = agent.page.locator(".wrap-up"), agent.page.locator(".toast")
    await bar.get_by_role("button", name="وقت بیشتر").click()
    await expect(toast).to_be_visible()
    await agent.page.wait_for_function(ABOVE, arg=[".toast", ".wrap-up"])  # the bar grows and shrinks with its words
    await bar.get_by_role("button").last.click()
    await expect(agent.dialog).to_be_visible()


async def speak_small(agent: Agent, locale: Locale) -> None:
    """The language on a phone: from the menu."""
    if await agent.page.locator("html").get_attribute("lang") != locale:
        await agent.page.locator(".rail-tools .menu-anchor > button").click()
        await agent.page.locator(".rail-tools [role=menuitem]").nth(3).click()
        await expect(agent.page.locator("html")).to_have_attribute("lang", locale)


async def test_the_launcher_has_a_name_and_says_what_is_new(people: People) -> None:
    customer = await people.customer("fa")
    # The launcher lives in a closed shadow root; for this look it is opened.
    await customer.page.add_init_script(
        "const attach = Element.prototype.attachShadow;"
        "Element.prototype.attachShadow = function (how) { return attach.call(this, { ...how, mode: 'open' }); };"
    )
    await customer.visit()
    launcher = customer.page.get_by_role("button", name="باز کردن گفتگو")
    await launcher.click()
    chat = await customer.chat()
    await expect(chat.locator("#composer")).to_be_visible()
    await customer.ask_for_a_person()
    await expect(chat.locator("form.form")).to_be_visible()
    assert await faults(customer.page) == []
    await chat.get_by_role("button", name="بستن گفتگو").click()
    agent = await (await people.agent("ali")).online()
    await agent.accept()
    await agent.reply("کسی آمد")
    await expect(customer.page.get_by_role("button", name="پیام تازه")).to_be_visible()


async def test_axe_is_there() -> None:
    assert await asyncio.to_thread(Path(AXE).exists), "npm ci in widget/"
