"""From the bot to a person and to the end: the main path, and each way it may go wrong."""

from __future__ import annotations

import asyncio
import re

import pytest
from playwright.async_api import expect

from tests.browser.fixtures import BROWSER, House, Mortal
from tests.browser.people import PERSON, Locale, People

pytestmark = BROWSER


@pytest.mark.parametrize("locale", ["fa", "en"])
async def test_from_the_bot_to_an_agent_to_a_rating(people: People, locale: Locale) -> None:
    agent = await (await people.agent("ali")).online()
    customer = await (await people.customer(locale)).come()
    await customer.say("سفارش 12345 کجاست؟" if locale == "fa" else "where is my order 12345?")
    await customer.sees(re.compile("۱۲۳۴۵|12345"))
    await customer.ask_for_a_person()
    await expect(agent.offer).to_contain_text("خواست", timeout=15_000)
    await agent.accept()
    await agent.sees(PERSON[locale])
    await agent.sees_event("علی رضایی")
    await expect(await customer.presence()).to_contain_text("علی رضایی", timeout=15_000)

    await agent.composer.press_sequentially("سلام، الان بررسی می‌کنم")
    await expect((await customer.all(".typing")).filter(has_text="علی رضایی")).to_be_visible(timeout=15_000)
    await agent.reply("سلام، الان بررسی می‌کنم")
    await customer.sees("سلام، الان بررسی می‌کنم")
    await expect(agent.timeline.locator(".delivery.is-read").last).to_be_visible(timeout=15_000)

    await (await customer.all("#composer")).press_sequentially("ممنون")
    await expect(agent.timeline.locator(".typing .dots")).to_be_visible(timeout=15_000)
    await customer.page.keyboard.press("Enter")
    await agent.sees("ممنون")
    await expect((await customer.all(".row.mine")).filter(has_text="ممنون").locator(".ticks.read")).to_be_visible(
        timeout=15_000
    )

    await agent.close()
    chat = await customer.chat()
    stars = chat.locator(".rating .star")
    await expect(stars).to_have_count(5, timeout=15_000)
    await stars.nth(4).click()
    await chat.locator("#rate-comment").fill("عالی بود" if locale == "fa" else "great")
    await chat.locator(".rating button[type=submit]").click()
    await expect(chat.locator(".rating [role=status]")).to_be_visible(timeout=15_000)

    await agent.go("r")
    await agent.rows.first.click()
    await agent.sees_event(re.compile("۵"))
    await expect(agent.page.locator(".card .stars").first).to_be_visible()


async def test_the_agent_sees_what_the_bot_understood_and_why_it_handed_over(people: People) -> None:
    agent = await (await people.agent("ali")).online()
    customer = await (await people.customer("fa")).come()
    await customer.say("سفارش ۱۲۳۴۵ کجاست؟")
    await customer.sees("۱۲۳۴۵")
    await customer.ask_for_a_person()
    await agent.accept()
    await expect(agent.timeline.locator(".understood code", has_text="order_status").first).to_be_visible()
    await expect(agent.page.locator(".card .why")).to_be_visible()
    await expect(agent.page.locator(".card .intent code").first).to_have_text("talk_to_human")


async def test_the_place_in_line_is_shown_and_moves(people: People, house: House) -> None:
    agent = await (await people.agent("ali")).online()
    first, second, third = [await (await people.customer("fa")).come() for _ in range(3)]
    await first.ask_for_a_person()
    await agent.accept()
    await agent.away_from_fields()
    await agent.key("p")
    await agent.page.locator("[role=menuitemradio]").nth(-2).click()  # finish what I have
    await expect(agent.page.locator(".face-button .status-dot.is-away")).to_be_visible(timeout=15_000)
    other = await people.agent("sara")
    await second.ask_for_a_person()
    await expect(await second.all(".bar")).to_contain_text("نفر بعدی شمایید", timeout=15_000)
    await third.ask_for_a_person()
    await expect(await third.all(".bar")).to_contain_text("نفر ۲", timeout=15_000)
    await other.online()
    await other.accept()
    await expect(await third.all(".bar")).not_to_contain_text("نفر ۲", timeout=15_000)


async def test_an_offer_that_is_not_answered_goes_to_the_next_agent(people: People, house: House) -> None:
    await house.queue(offer_seconds=5)
    asleep = await (await people.agent("ali")).online()
    customer = await (await people.customer("fa")).come()
    await customer.ask_for_a_person()
    await expect(asleep.offer).to_be_visible(timeout=15_000)
    awake = await (await people.agent("sara")).online()
    await awake.accept()
    await expect(asleep.offer).to_have_count(0)
    await expect(asleep.page.locator(".banner.is-warn")).to_be_visible()
    await expect(asleep.page.locator(".face-button .status-dot.is-bad")).to_be_visible()
    await awake.sees_event("علی رضایی")
    await awake.reply("سلام، من سارا هستم")
    await customer.sees("سلام، من سارا هستم")
    await asleep.page.locator(".banner.is-warn button").click()
    await expect(asleep.page.locator(".face-button .status-dot.is-on")).to_be_visible(timeout=15_000)


async def test_a_declined_offer_goes_to_the_next_agent(people: People) -> None:
    one = await (await people.agent("ali")).online()
    customer = await (await people.customer("fa")).come()
    await customer.ask_for_a_person()
    await expect(one.offer).to_be_visible(timeout=15_000)
    two = await (await people.agent("sara")).online()
    await one.decline()
    await expect(two.offer).to_be_visible(timeout=15_000)
    await expect(one.offer).to_have_count(0)


async def test_the_offer_of_an_agent_whose_laptop_dies_returns_at_once(
    people: People, house: House, mortal: Mortal
) -> None:
    await house.queue(offer_seconds=60)
    doomed = await (await people.agent("ali", browser=mortal.browser)).online()
    customer = await (await people.customer("fa")).come()
    await customer.ask_for_a_person()
    await expect(doomed.offer).to_be_visible(timeout=15_000)
    other = await (await people.agent("sara")).online()
    mortal.kill()
    await expect(other.offer).to_be_visible(timeout=15_000)
    await other.accept()


async def test_the_conversations_of_an_agent_whose_laptop_dies_return_to_the_front(
    people: People, house: House, mortal: Mortal
) -> None:
    await house.settings(grace_seconds=2)
    doomed = await (await people.agent("ali", browser=mortal.browser)).online()
    customer = await (await people.customer("fa")).come()
    await customer.ask_for_a_person()
    await doomed.accept()
    await doomed.reply("سلام، یک لحظه")
    await customer.sees("سلام، یک لحظه")
    waiting = await (await people.customer("en")).come()
    mortal.kill()
    await waiting.ask_for_a_person()
    await customer.sees("ارتباط همکارمان قطع شد")
    await expect(await customer.all(".bar")).to_contain_text("نفر بعدی شمایید", timeout=15_000)
    await expect(await customer.all("form.form")).to_be_visible(timeout=15_000)  # nobody else is there
    other = await (await people.agent("sara")).online()
    await expect(other.offer).to_contain_text("قطع", timeout=15_000)
    await customer.say("هنوز هستم")
    await other.accept()
    await other.sees("هنوز هستم")
    await other.reply("سلام، من ادامه می‌دهم")
    await customer.sees("سلام، من ادامه می‌دهم")


async def test_two_agents_never_both_get_a_conversation(people: People, house: House) -> None:
    """Both take it by hand at the same moment."""
    customer = await (await people.customer("fa")).come()
    await customer.ask_for_a_person()
    ali, sara = await people.agent("ali"), await people.agent("sara")
    for agent in (ali, sara):
        await agent.go("q")
        await agent.rows.first.click()
        await expect(agent.page.locator(".readonly button")).to_be_enabled(timeout=15_000)
    await asyncio.gather(ali.key("m"), sara.key("m"))
    mine = [agent.page.locator(".pane-owner.is-mine") for agent in (ali, sara)]
    await expect(mine[0].or_(ali.page.locator(".pane-owner.is-agent"))).to_be_visible(timeout=15_000)
    await expect(mine[1].or_(sara.page.locator(".pane-owner.is-agent"))).to_be_visible(timeout=15_000)
    assert sorted([await mine[0].count(), await mine[1].count()]) == [0, 1]
