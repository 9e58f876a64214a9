"""An admin teaches the bot what it did not understand, puts the new version before customers, and takes it back."""

from __future__ import annotations

import asyncio
import re
import secrets

import pytest
from playwright.async_api import Page, expect

from tests.attacks.visitor import Visitor
from tests.browser.fixtures import BROWSER
from tests.browser.people import PATIENCE_MS, People
from tests.journeys.test_admin_journeys import admin_page, save

pytestmark = [*BROWSER, pytest.mark.timeout(900)]

QUESTION = "کارت هدیه برای تولد دوستم دارید؟"
SIBLINGS = (
    "کارت هدیه برای تولد مادرم دارید؟",
    "برای تولد دوستم کارت هدیه دارید؟",
    "کارت هدیه برای تولد دارید؟",
    "کارت هدیه برای تولد خواهرم دارید؟",
    "کارت هدیه برای تولد همکارم دارید؟",
)
ANSWER = "بله، کارت هدیه از صد هزار تومان داریم."
LOST = "منظورتان را درست نفهمیدم"
TRAINING_MS = 420_000
LOADING_MS = 180_000


async def ask(people: People, answer: str) -> None:
    """A new customer asks the question in the chat and hears this."""
    customer = await (await people.customer("fa")).come()
    await customer.say(QUESTION)
    await customer.sees(re.compile(answer))


async def others_ask(people: People) -> None:
    """Five customers ask much the same, one sentence each."""
    for text in SIBLINGS:
        async with people.stack.person() as browser:
            visitor = await Visitor.arrive(browser)
            async with visitor.socket() as (ws, _):
                await visitor.say(ws, text)


async def in_review(people: People) -> None:
    """All six wait to be looked at."""
    admin = await people.stack.staff("admin")
    async with asyncio.timeout(PATIENCE_MS / 1000):
        while True:
            groups = (await admin.call("GET", "/api/admin/bot/review")).json["groups"]
            if {QUESTION, *SIBLINGS} <= {row["text"] for group in groups for row in group["rows"]}:
                return
            await asyncio.sleep(0.1)


async def teach(people: People) -> Page:
    """The admin finds the six together and makes an intent with an answer of them, by keys."""
    page = await admin_page(people, "review")
    group = page.locator(".doubt").filter(has_text=QUESTION)
    await expect(group.locator(".doubt-rows > li")).to_have_count(1 + len(SIBLINGS), timeout=PATIENCE_MS)
    await expect(page.locator(".doubt:focus-within")).to_have_count(1)
    await group.focus()
    await page.keyboard.press("n")
    dialog = page.get_by_role("dialog")
    await dialog.locator("input[name=name]").fill("gift_card")
    await dialog.locator("textarea[name='answer.fa']").fill(ANSWER)
    await page.keyboard.press("Control+Enter")
    await expect(dialog).to_have_count(0, timeout=PATIENCE_MS)
    await expect(group).to_have_count(0)
    return page


async def train(people: People, page: Page) -> None:
    """Train and open the report."""
    await page.goto(f"{people.stack.hub}/desk/admin/versions")
    await page.locator("input[name=note]").fill("کارت هدیه")
    await expect(page.get_by_role("button", name="آموزش", exact=True)).to_be_enabled(timeout=PATIENCE_MS)
    await page.keyboard.press("Enter")
    await expect(page.locator(".training-run progress")).to_be_visible(timeout=PATIENCE_MS)
    row = page.locator(".table tbody tr").filter(has_text="کارت هدیه")
    await expect(row).to_contain_text("آماده", timeout=TRAINING_MS)
    await row.locator("a.row-link").click()
    await expect(page.get_by_text("چه به جای چه").first).to_be_visible()


async def activate(page: Page) -> None:
    """Give it all new conversations, whatever the conditions say, and wait until it has them."""
    await page.get_by_role("button", name="به کار انداختن…").click()
    dialog = page.get_by_role("dialog")
    reason = dialog.locator("textarea[name=reason]")
    await expect(dialog).to_be_visible()
    if await reason.count():
        await reason.fill("کارت هدیه باید پیش از عید پاسخ داشته باشد")
    await page.keyboard.press("Control+Enter")
    await expect(dialog).to_have_count(0, timeout=PATIENCE_MS)
    await expect(page.locator(".answering-now")).to_contain_text("نسخهٔ ۱", timeout=LOADING_MS)


async def pin(page: Page) -> None:
    """What was just taught becomes a test: the conversation, with what must be understood and answered from now on."""
    await page.goto(page.url.split("?")[0] + "?state=done")
    group = page.locator(".doubt").filter(has_text=QUESTION)
    await group.get_by_role("link", name="سنجاق به‌عنوان آزمون").first.click()
    await page.locator("input[name=name]").fill("کارت هدیه")
    await page.locator("select[name=intent-0]").select_option("gift_card")
    await page.locator("select[name=action-0]").select_option("utter_faq_gift_card")
    await page.keyboard.press("Control+s")
    await page.wait_for_url(re.compile(r"/stories/(?!new)"))


async def look_at_figures(people: People) -> None:
    """What the bot did not understand stands among its figures and leads to the conversations."""
    page = await admin_page(people, "figures")
    await page.locator("[data-figure=missed] button").click()
    await expect(page.locator(".stays [role=status]")).to_contain_text("فهمیده نشد")
    await page.locator(".stay a").first.click()
    await expect(page.locator(".timeline")).to_contain_text(LOST, timeout=PATIENCE_MS)


async def test_what_the_bot_failed_is_taught_answered_and_taken_back(people: People) -> None:
    await ask(people, LOST)
    await others_ask(people)
    await in_review(people)
    page = await teach(people)
    await pin(page)
    await train(people, page)
    await expect(page.locator(".runs .verdict.is-good")).to_have_count(1)
    await activate(page)
    await ask(people, ANSWER)

    await page.locator("input[name=try]").fill(QUESTION)
    await page.keyboard.press("Enter")
    await expect(page.locator(".try-theirs")).to_contain_text(ANSWER)
    await expect(page.locator(".try-note").first).to_contain_text("gift_card")

    await page.get_by_role("button", name="بازگشت به نسخهٔ خود محصول").click()
    await expect(page.locator(".answering-now")).to_contain_text("نسخهٔ خود محصول")
    await ask(people, LOST)
    await look_at_figures(people)


async def test_two_admins_at_one_intent_lose_nothing(people: People) -> None:
    mine = await admin_page(people, "intents/goodbye")
    theirs = await admin_page(people, "intents/goodbye")
    for page, words in ((theirs, "till we meet again then"), (mine, "farewell for now my friend")):
        await page.locator("textarea[name=more]").fill(words)
        await page.keyboard.press("Enter")
    await save(theirs)
    await mine.keyboard.press("Control+s")
    await expect(mine.locator(".clash")).to_contain_text("نمونه‌ها")
    for words in ("till we meet again then", "farewell for now my friend"):
        await expect(mine.locator(".sentences li").filter(has_text=words)).to_have_count(1)
    await save(mine)
    await theirs.reload()
    await expect(theirs.locator(".sentences li").filter(has_text="farewell for now my friend")).to_have_count(1)
    await mine.get_by_role("button", name="برگرداندن").click()
    await expect(mine.locator(".sentences li").filter(has_text="farewell for now my friend")).to_have_count(0)
    await expect(mine.locator(".sentences li").filter(has_text="till we meet again then")).to_have_count(1)


async def bot_admin(people: People) -> str:
    """A new colleague who teaches the bot and nothing else; the login."""
    login, password = f"b{secrets.token_hex(4)}", secrets.token_urlsafe(16)
    account = {"login": login, "name": "نیکا", "role": "bot_admin", "password": password}
    made = await (await people.stack.staff("admin")).call("POST", "/api/admin/agents", account)
    assert made.status == 201, made.body
    people.stack.passwords[login] = password
    return login


async def test_a_bot_admin_is_told_where_a_file_is_wrong_and_sees_nothing_else(people: People) -> None:
    page = await admin_page(people, "queues", await bot_admin(people))
    await expect(page.get_by_text("این بخش مخصوص مدیران است")).to_be_visible()
    await page.keyboard.press("g")
    await page.keyboard.press("b")
    await page.wait_for_url("**/admin/review")
    await page.locator(".admin-nav").get_by_role("link", name="منظورها").click()
    rows = b"text,intent,lang\nso long,goodbye,en\n<img src=x>,goodbye,en\n"
    await page.locator("input[type=file]").set_input_files({"name": "new.csv", "mimeType": "text/csv", "buffer": rows})
    refusal = page.locator(".traffic [role=alert]")
    place = refusal.get_by_text("new.csv:3")
    await expect(place).to_be_visible()
    assert ((await place.bounding_box()) or {}).get("width", 0) > 30, "not only for screen readers"
    await expect(refusal).to_contain_text("چیزی وارد نشد")
