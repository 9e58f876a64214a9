"""The bot serves first: what a customer asks it in the chat, in both languages."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import expect

from tests.browser.fixtures import BROWSER
from tests.browser.people import Locale, People

pytestmark = BROWSER


@pytest.mark.parametrize(("locale", "greeting", "answer"), [("fa", "سلام", "سلام"), ("en", "hi there", "Hello")])
async def test_the_bot_greets_back(people: People, locale: Locale, greeting: str, answer: str) -> None:
    customer = await (await people.customer(locale)).come()
    await customer.say(greeting)
    await customer.hears(re.compile(answer, re.IGNORECASE))


@pytest.mark.parametrize(
    ("locale", "question", "answer"),
    [
        ("fa", "سفارش 12345 کجاست؟", "۱۲۳۴۵"),
        ("fa", "سفارش ۱۲۳۴۵ من کجاست؟", "۱۲۳۴۵"),
        ("en", "where is my order 12345", "12345"),
    ],
)
async def test_the_bot_says_where_an_order_is(people: People, locale: Locale, question: str, answer: str) -> None:
    customer = await (await people.customer(locale)).come()
    await customer.say(question)
    await customer.sees(re.compile(rf"{answer}.*0921400371560016823|{answer}.*۰۹۲۱۴۰۰۳۷۱۵۶۰۰۱۶۸۲۳", re.DOTALL))


@pytest.mark.parametrize(
    ("locale", "question", "number", "answer"),
    [("fa", "سفارشم کجاست؟", "۱۲۳۴۶", "۱۲۳۴۶"), ("en", "Where is my order?", "12346", "12346")],
)
async def test_the_bot_asks_for_the_number_it_was_not_told(
    people: People, locale: Locale, question: str, number: str, answer: str
) -> None:
    customer = await (await people.customer(locale)).come()
    await customer.say(question)
    await customer.hears(re.compile("شماره|number"))
    await customer.say(number)
    await customer.sees(re.compile(answer))


@pytest.mark.parametrize(
    ("locale", "greeting", "button", "answer"),
    [("fa", "سلام", "ساعت کاری", "شبانه|باز|۹"), ("en", "hello", "Opening hours", "open|hours")],
)
async def test_buttons_are_buttons_and_serve_once(
    people: People, locale: Locale, greeting: str, button: str, answer: str
) -> None:
    customer = await (await people.customer(locale)).come()
    await customer.say(greeting)
    chat = await customer.chat()
    offered = chat.get_by_role("button", name=button, exact=True)
    await expect(offered).to_be_enabled(timeout=15_000)
    await offered.press("Enter")
    await customer.sent(button)
    await customer.sees(re.compile(answer, re.IGNORECASE))
    await expect(offered).to_be_disabled()


@pytest.mark.parametrize(
    ("locale", "question", "answer"),
    [
        ("fa", "ساعت کاری شما چیه؟", "ساعت|شبانه|باز"),
        ("en", "when are you open?", "open|hours"),
        ("fa", "قیمت کفش چنده؟", "۱٬۸۹۰٬۰۰۰"),
        ("en", "how much are the shoes", "1,890,000"),
    ],
)
async def test_the_bot_knows_hours_and_prices(people: People, locale: Locale, question: str, answer: str) -> None:
    customer = await (await people.customer(locale)).come()
    await customer.say(question)
    await customer.sees(re.compile(answer, re.IGNORECASE))


@pytest.mark.parametrize(
    ("locale", "complaint", "answer"),
    [
        ("fa", "جنسی که فرستادید خرابه و کار نمی‌کنه", r"ثبت شد.*[۰-۹]{3,}|[۰-۹]{3,}.*ثبت شد"),
        ("en", "the shoes you sent are broken, I want to complain", r"registered under number [T\d-]{3,}"),
    ],
)
async def test_a_complaint_gets_a_ticket_number(people: People, locale: Locale, complaint: str, answer: str) -> None:
    customer = await (await people.customer(locale)).come()
    await customer.say(complaint)
    bubbles = await customer.all(".row.theirs .bubble")
    asked_or_done = bubbles.filter(has_text=re.compile(f"{answer}|چه شده|what happened", re.DOTALL))
    await expect(asked_or_done.first).to_be_visible(timeout=15_000)
    if not await bubbles.filter(has_text=re.compile(answer, re.DOTALL)).count():
        await customer.say(complaint)
    await customer.sees(re.compile(answer, re.DOTALL))


async def test_the_customer_changes_the_language_in_the_middle(people: People) -> None:
    customer = await (await people.customer("fa")).come()
    await customer.say("سلام")
    await customer.sees("دستیار خودکار")
    chat = await customer.chat()
    await chat.get_by_role("button", name="Show in English").click()
    await expect(chat.locator("html")).to_have_attribute("dir", "ltr")
    await customer.say("how much are the shoes")
    await customer.sees("1,890,000")
