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
