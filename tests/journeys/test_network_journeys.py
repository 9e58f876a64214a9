"""Nothing is lost and nothing is doubled: reloads, cut lines, two tabs, a hub that is killed, a bot that dies."""

from __future__ import annotations

import asyncio
import contextlib
import re
import signal
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Page, expect

from tests.browser.fixtures import BROWSER, House
from tests.browser.line import own_line
from tests.browser.people import Agent, Customer, People
from tests.browser.stack import Stack
from tests.desk_socket import DeskSocket

pytestmark = BROWSER
LINE = "در صف گفتگو"


async def talking(people: People, agent: Agent, customer: Customer) -> None:
    """Bring the two together."""
    await agent.online()
    await customer.come()
    await customer.ask_for_a_person()
    await agent.accept()


@contextlib.asynccontextmanager
async def without_reload(*pages: Page) -> AsyncIterator[None]:
    """Nobody may have to reload."""
    for page in pages:
        await page.evaluate("window.peykTest = 'still here'")
    yield
    for page in pages:
        assert await page.evaluate("window.peykTest") == "still here"


async def seconds_until_handed_over(agent: Agent, stack: Stack) -> float:
    """How long the customer waited for the bot, by the hub's own clock: what two browsers take is not counted."""
    conversation = agent.page.url.rstrip("/").rsplit("/", 1)[1]
    async with (await stack.staff("mina")).desk() as ws:
        opened = await DeskSocket(ws).ask("open", conversation=conversation)
    entries = opened["data"]["entries"]
    handed = next(one for one in entries if one.get("event", {}).get("type") == "handoff")
    asked = [one["at"] for one in entries if one["author"] == "contact" and one["seq"] < handed["seq"]]
    return float(handed["at"] - asked[-1]) / 1000


async def test_a_customer_who_reloads_while_sending_sends_once(people: People) -> None:
    async with own_line() as line:
        agent = await people.agent("ali")
        customer = await people.customer("fa", line=line)
        await talking(people, agent, customer)
        line.hush()
        await customer.say("پیام نیمه‌راه")
        await expect((await customer.all(".row.mine.sending")).filter(has_text="پیام نیمه‌راه")).to_be_visible()
        line.mend()
        await customer.reload()
        await customer.sent("پیام نیمه‌راه")
        await agent.sees("پیام نیمه‌راه")
        await customer.say("پیام بعدی")
        await agent.sees("پیام بعدی")
        assert (await agent.words()).count("پیام نیمه‌راه") == 1


async def test_a_reload_keeps_the_conversation(people: People) -> None:
    agent, customer = await people.agent("ali"), await people.customer("fa")
    await talking(people, agent, customer)
    await agent.reply("پیش از بازخوانی")
    await customer.sees("پیش از بازخوانی")
    before = await customer.words()
    await customer.reload()
    await customer.sees("پیش از بازخوانی")
    assert await customer.words() == before
    await agent.page.reload()
    await agent.sees("پیش از بازخوانی")
    await agent.reply("پس از بازخوانی")
    await customer.sees("پس از بازخوانی")


async def test_what_is_written_while_the_customers_line_is_cut_arrives_once_and_in_order(people: People) -> None:
    async with own_line() as line:
        agent, customer = await people.agent("ali"), await people.customer("fa", line=line)
        await talking(people, agent, customer)
        async with without_reload(customer.page, agent.page):
            line.cut()
            await expect(await customer.all(".bar.warn")).to_be_visible(timeout=15_000)
            for n in range(1, 4):
                await customer.say(f"پیام {n} بی‌اتصال")
            await agent.reply("پاسخ هنگام قطعی")
            line.mend()
            # Not to wait for the next try by itself; it may have come back in this very moment.
            await (await customer.all("body")).evaluate("body => body.querySelector('.bar.warn button')?.click()")
            for n in range(1, 4):
                await customer.sent(f"پیام {n} بی‌اتصال")
                await agent.sees(f"پیام {n} بی‌اتصال")
            await customer.sees("پاسخ هنگام قطعی")
            await expect(await customer.all(".bar.warn")).to_have_count(0, timeout=15_000)
        said = [word for word in await agent.words() if "بی‌اتصال" in word]
        assert said == [f"پیام {n} بی‌اتصال" for n in range(1, 4)]


@pytest.mark.slow
async def test_a_line_that_is_dead_for_thirty_seconds_on_either_side_loses_nothing(
    people: People, house: House
) -> None:
    """Thirty real seconds in which nothing passes and nobody is told, for a customer and for an agent at once."""
    await house.settings(grace_seconds=90)
    async with own_line() as customers_line, own_line() as agents_line:
        ali, first = await people.agent("ali", line=agents_line), await people.customer("fa")
        await talking(people, ali, first)
        sara, second = await people.agent("sara"), await people.customer("en", line=customers_line)
        await talking(people, sara, second)
        async with without_reload(ali.page, first.page, sara.page, second.page):
            agents_line.hush()
            customers_line.hush()
            silence = asyncio.create_task(asyncio.sleep(30))  # the very thing that is tested
            await first.say("آیا آنجا هستید؟")
            await second.say("are you there?")
            await sara.reply("yes, I am here")
            await first.sent("آیا آنجا هستید؟")
            await silence
            agents_line.mend()
            customers_line.mend()
            await ali.sees("آیا آنجا هستید؟")
            await sara.sees("are you there?")
            await second.sent("are you there?")
            await second.sees("yes, I am here")
            await expect(ali.page.locator(".banner.is-link")).to_have_count(0, timeout=45_000)
            await ali.reply("بله، برگشتم")
            await first.sees("بله، برگشتم")


async def test_two_tabs_of_a_customer_show_the_same_conversation(people: People) -> None:
    agent, customer = await people.agent("ali"), await people.customer("fa")
    await talking(people, agent, customer)
    other = Customer(await customer.page.context.new_page(), customer.shop)
    await other.come()
    await customer.say("از زبانهٔ اول")
    await other.sent("از زبانهٔ اول")
    await other.say("از زبانهٔ دوم")
    await customer.sent("از زبانهٔ دوم")
    await agent.reply("به هر دو")
    await customer.sees("به هر دو")
    await other.sees("به هر دو")
    await agent.sees("از زبانهٔ اول")
    await agent.sees("از زبانهٔ دوم")
    assert await customer.words() == await other.words()


async def test_the_hub_is_killed_and_nobody_reloads_and_nothing_is_lost_or_doubled(
    people: People, stack: Stack
) -> None:
    agent, customer = await people.agent("ali"), await people.customer("fa")
    await talking(people, agent, customer)
    await agent.reply("پیش از مرگ")
    await customer.sees("پیش از مرگ")
    said = len(stack.said)
    async with without_reload(agent.page, customer.page):
        stack.send_signal("hub", signal.SIGKILL)
        for n in range(1, 4):
            await customer.say(f"هنگام خاموشی {n}")
        await stack.hears("the hub is back", after=said)
        for n in range(1, 4):
            await customer.sent(f"هنگام خاموشی {n}")
            await agent.sees(f"هنگام خاموشی {n}")
        await expect(agent.page.locator(".banner.is-link")).to_have_count(0, timeout=30_000)
        await agent.reply("پس از برگشت")
        await customer.sees("پس از برگشت")
        await customer.sees("پیش از مرگ")
    said_by_customer = [word for word in await agent.words() if "خاموشی" in word]
    assert said_by_customer == [f"هنگام خاموشی {n}" for n in range(1, 4)]


async def test_when_the_bot_is_killed_the_customer_gets_the_line_within_five_seconds(
    people: People, stack: Stack
) -> None:
    agent = await (await people.agent("ali")).online()
    customer = await (await people.customer("fa")).come()
    await customer.say("سلام")
    await customer.sees("دستیار خودکار")
    said = len(stack.said)
    stack.send_signal("bot", signal.SIGKILL)
    await customer.say("سفارش 12345 کجاست؟")
    await customer.sees(LINE)
    await agent.accept()
    assert await seconds_until_handed_over(agent, stack) < 5
    await agent.reply("من اینجا هستم")
    await customer.sees("من اینجا هستم")
    await expect(agent.page.locator(".banner.is-quiet")).to_be_visible(timeout=30_000)
    await stack.hears("the bot is back", after=said, seconds=240)
    await expect(agent.page.locator(".banner.is-quiet")).to_have_count(0, timeout=60_000)
    other = await (await people.customer("fa")).come()
    await other.say("سلام")
    await other.sees("دستیار خودکار")


async def test_when_the_bot_hangs_the_customer_gets_the_line_and_no_late_answer(people: People, stack: Stack) -> None:
    agent = await (await people.agent("ali")).online()
    customer = await (await people.customer("fa")).come()
    stack.send_signal("bot", signal.SIGSTOP)
    try:
        await customer.say("سفارش 12345 کجاست؟")
        await customer.sees(LINE)
        await agent.accept()
        assert await seconds_until_handed_over(agent, stack) < 10  # the bot has four of them
        await agent.reply("جواب آدمیزاد")
        await customer.sees("جواب آدمیزاد")
        await expect(agent.page.locator(".banner.is-quiet")).to_be_visible(timeout=30_000)
    finally:
        stack.send_signal("bot", signal.SIGCONT)
    await expect(agent.page.locator(".banner.is-quiet")).to_have_count(0, timeout=60_000)
    # The bot has answered somebody else by now: whatever it had to say here would have come before.
    other = await (await people.customer("fa")).come()
    await other.say("سلام")
    await other.sees("دستیار خودکار")
    words = await customer.words()
    assert not [word for word in words[words.index("جواب آدمیزاد") + 1 :] if re.search("۱۲۳۴۵", word)]
