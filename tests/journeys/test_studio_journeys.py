"""An admin teaches the bot what it did not understand; customers get the answer until it is rolled back."""

from __future__ import annotations

import re

from playwright.async_api import Page, expect

from tests.browser.fixtures import BROWSER
from tests.browser.people import Customer, People
from tests.journeys.test_admin_journeys import admin_page

pytestmark = BROWSER

ASKED = "gift vouchers for my nephew"
SIBLINGS = (
    "do you have gift vouchers",
    "I want to buy a gift voucher",
    "can I give a voucher as a present",
    "vouchers for my niece please",
    "gift voucher for a friend",
)
ANSWER = "Vouchers start at ten euros."


async def new_customer(people: People) -> Customer:
    return await (await people.customer("en")).come()


async def teach(page: Page, people: People) -> None:
    await page.goto(f"{people.stack.hub}/desk/admin/intents/new:")
    await page.get_by_label("نام").fill("gift_vouchers")
    english = page.get_by_label("انگلیسی")
    await english.first.fill("\n".join(SIBLINGS))
    await english.last.fill(ANSWER)
    await page.get_by_role("button", name="ذخیره").click()
    await page.wait_for_url(re.compile("/intents/gift_vouchers$"))


async def review(page: Page, people: People) -> None:
    await page.goto(f"{people.stack.hub}/desk/admin/review")
    group = page.locator(".review-group", has_text=ASKED)
    await group.get_by_label("قصد دیگر").select_option("gift_vouchers")
    await expect(group).to_have_count(0)


async def activate(page: Page, people: People) -> None:
    await page.goto(f"{people.stack.hub}/desk/admin/versions")
    await page.get_by_role("button", name="آموزش نسخهٔ تازه").click()
    newest = page.locator(".version").first
    await expect(newest).to_contain_text("درست", timeout=150_000)
    await newest.get_by_role("link").click()
    await expect(page.locator(".gates li")).to_have_count(3)
    await page.get_by_role("button", name="به کار بینداز").click()
    await page.wait_for_url(re.compile("/versions$"))
    await expect(page.locator(".version").first.locator(".tag-strong")).to_be_visible(timeout=90_000)


async def test_what_the_bot_did_not_understand_is_taught_activated_and_rolled_back(people: People) -> None:
    before = await new_customer(people)
    await before.say(ASKED)
    await before.hears(re.compile(r"\w"))

    page = await admin_page(people, "review")
    await expect(page.locator(".review-group", has_text=ASKED)).to_be_visible()
    await teach(page, people)
    await review(page, people)
    await activate(page, people)

    taught = await new_customer(people)
    await taught.say(ASKED)
    await taught.hears(ANSWER)

    await page.get_by_role("button", name="برگشت").click()
    await expect(page.locator(".rollout")).to_contain_text("نسخهٔ همراه پیک")
    after = await new_customer(people)
    await after.say(ASKED)
    await after.hears(re.compile(r"\w"))
    await expect((await after.all(".bubble")).filter(has_text=ANSWER)).to_have_count(0)


async def test_an_agent_marks_what_the_bot_should_have_understood(people: People) -> None:
    agent = await (await people.agent("ali")).online()
    customer = await new_customer(people)
    await customer.ask_for_a_person()
    await agent.accept()
    asked = "do you repair old umbrellas"
    await customer.say(asked)
    await agent.sees(asked)
    await agent.away_from_fields()
    await agent.key("Control+k")
    await agent.page.locator(".command-field input").fill("ربات باید آخرین پیام را می‌فهمید")
    await agent.page.keyboard.press("Enter")
    await expect(agent.page.locator(".toast").last).to_contain_text("نشان شد")
    page = await admin_page(people, "review")
    await expect(page.locator(".review-group", has_text=asked)).to_contain_text("همکاری نشانش کرد")


async def test_a_data_set_is_imported_whole_or_refused_with_its_place(people: People) -> None:
    page = await admin_page(people, "intents")
    good = b"text,intent,lang\nmay I send it back,return_policy,en\nhow do I send it back please,return_policy,en\n"
    for name, raw, said in (
        ("bad.csv", good + b"<script>,return_policy,en\n", "bad.csv:4"),
        ("good.csv", good, "۲ جملهٔ تازه"),
    ):
        await page.locator("input[type=file]").set_input_files({"name": name, "mimeType": "text/csv", "buffer": raw})
        await expect(page.locator(".toast").last).to_contain_text(said)
