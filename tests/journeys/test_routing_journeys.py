"""What an admin set up for a line is what customers and agents live through. Without a bot: people alone."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import expect

from tests.browser.fixtures import House
from tests.browser.people import Customer, People

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300), pytest.mark.asyncio(loop_scope="session")]
PATIENCE = 15_000
NEXT = "نفر بعدی شمایید"
SECOND = "نفر ۲"


async def bar(customer: Customer, words: str) -> None:
    """The customer is told this about the wait."""
    await expect(await customer.all(".bar")).to_contain_text(words, timeout=PATIENCE)


async def comes_back(customer: Customer, words: str) -> None:
    """Whoever ended the chat begins another."""
    await (await customer.chat()).locator(".composer .solid").click(timeout=PATIENCE)
    await customer.say(words)
    await customer.sent(words)


async def test_who_knows_the_matter_is_asked_first_and_then_everybody(crew: People, rules: House) -> None:
    await rules.settings(skills=["billing"])
    await rules.agent("sara", skills={"billing": 4})
    needs = [{"skill": "billing", "level": 3}]
    await rules.queue(rings=[{"until_seconds": 6, "needs": needs}, {"until_seconds": 60}], offer_seconds=60)
    ali = await (await crew.agent("ali")).online()
    sara = await (await crew.agent("sara")).online()
    await crew.writes("صورتحساب من")
    await expect(sara.offer).to_be_visible(timeout=PATIENCE)
    await expect(ali.offer).to_have_count(0)
    await sara.decline()
    await expect(ali.offer).to_be_visible(timeout=PATIENCE)  # the second ring
    await ali.accept()
    await ali.sees_event("سارا")


async def test_a_line_in_which_nobody_comes_leads_to_the_next(crew: People, rules: House) -> None:
    await rules.line("second", "خط دوم")
    await rules.agent("sara", queues=["second"])
    await rules.agent("ali", queues=["support"])
    await rules.queue(exit="queue", exit_queue="second", max_wait_seconds=10, offer_seconds=60)
    ali = await (await crew.agent("ali")).online()
    sara = await (await crew.agent("sara")).online()
    customer = await crew.writes("کسی هست؟")
    await ali.decline()
    await expect(sara.offer).to_be_visible(timeout=2 * PATIENCE)
    await sara.accept()
    await expect(await customer.presence()).to_contain_text("سارا", timeout=PATIENCE)
    await sara.sees_event("به صف بعدی")


async def test_who_leaves_the_line_and_comes_back_has_the_old_place(crew: People, rules: House) -> None:
    await rules.agent("ali", capacity=25)
    ali = await (await crew.agent("ali")).online()
    await crew.writes("نفر نخست")
    await ali.accept()
    returning, patient = await crew.writes("زود می‌آیم"), await crew.writes("صبر می‌کنم")
    await bar(returning, NEXT)
    await bar(patient, SECOND)
    await returning.leave()
    await bar(patient, NEXT)
    await comes_back(returning, "برگشتم")
    await bar(returning, NEXT)
    await bar(patient, SECOND)


async def test_who_served_a_customer_last_is_asked_first(crew: People, rules: House) -> None:
    await rules.queue(preferred_seconds=60, offer_seconds=60)
    ali = await (await crew.agent("ali")).online()
    customer = await crew.writes("بار نخست")
    await ali.accept()
    await ali.close()
    sara = await (await crew.agent("sara")).online()  # idle for longer than ali, who has just finished
    await comes_back(customer, "بار دوم")
    await expect(ali.offer).to_contain_text("بار دوم", timeout=PATIENCE)
    await expect(ali.offer).to_contain_text("شما را می‌شناسد")
    await expect(sara.offer).to_have_count(0)


async def test_after_the_talk_there_is_time_to_write_down_how_it_ended(crew: People, rules: House) -> None:
    await rules.queue(wrap_up={"mode": "until_done", "seconds": 120, "disposition_required": True})
    ali = await (await crew.agent("ali")).online()
    customer = await crew.writes("یک پرسش کوتاه")
    await ali.accept()
    await ali.reply("بفرمایید")
    await ali.close_talk()
    wrap_up = ali.page.locator(".wrap-up")
    await expect(wrap_up).to_be_visible(timeout=PATIENCE)
    await expect(wrap_up.get_by_role("timer")).to_contain_text(re.compile("[۰-۹]+:[۰-۹]{2}"))
    await expect((await customer.chat()).locator(".composer .solid")).to_be_visible(timeout=PATIENCE)  # over, for them
    await wrap_up.get_by_role("button", name="وقت بیشتر").click()
    await expect(wrap_up.get_by_role("button", name="وقت بیشتر")).to_have_count(0, timeout=PATIENCE)
    await ali.close()
    await expect(wrap_up).to_have_count(0, timeout=PATIENCE)
    await ali.go("r")
    await expect(ali.rows.filter(has_text="بفرمایید")).to_be_visible(timeout=PATIENCE)


async def test_a_fixed_wrap_up_keeps_its_agent_until_it_is_over(crew: People, rules: House) -> None:
    await rules.queue(wrap_up={"mode": "fixed", "seconds": 10})
    await rules.agent("ali", capacity=25)
    ali = await (await crew.agent("ali")).online()
    await crew.writes("نفر یک")
    await ali.accept()
    await crew.writes("نفر دو")
    await ali.close_talk()
    wrap_up = ali.page.locator(".wrap-up")
    await expect(wrap_up).to_be_visible(timeout=PATIENCE)
    await ali.close()
    await expect(wrap_up).to_contain_text("ثبت شد", timeout=PATIENCE)
    await expect(ali.offer).to_contain_text("نفر دو", timeout=2 * PATIENCE)  # when the time is over
