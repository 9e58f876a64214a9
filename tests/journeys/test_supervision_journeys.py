"""Supervisors see the day as it goes and step in; the agents concerned see who did it. Without a bot: people alone."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Locator, expect

from tests.browser.fixtures import House
from tests.browser.line import own_line
from tests.browser.people import Agent, Customer, People

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300), pytest.mark.asyncio(loop_scope="session")]
PATIENCE = 15_000
MINA = "مینا کریمی"


async def leaves_word(crew: People, words: str) -> Customer:
    """A customer who comes while nobody takes new work, leaves a message and waits."""
    customer = await (await crew.customer("fa")).come()
    chat = await customer.chat()
    await chat.locator("#form-name").fill("مریم احمدی")
    await chat.locator("#form-email").fill("maryam@example.com")
    await chat.locator("#form-message").fill(words)
    await chat.locator("form.form button[type=submit]").click()
    await customer.sees("پیام‌تان رسید")
    return customer


class Board:
    """A wallboard on a supervisor's screen."""

    def __init__(self, desk: Agent) -> None:
        self.desk, self.page = desk, desk.page

    @classmethod
    async def of(cls, desk: Agent) -> Board:
        await desk.go("s")
        await expect(desk.page.locator(".board .sums")).to_be_visible(timeout=PATIENCE)
        return cls(desk)

    def queue(self, id_: str = "support") -> Locator:
        return self.page.locator(f".line-card[data-queue='{id_}']")

    async def waiting(self, count: int, id_: str = "support") -> None:
        await expect(self.queue(id_).locator(".line-waiting")).to_have_attribute(
            "data-waiting", str(count), timeout=PATIENCE
        )

    async def figure(self, name: str, id_: str = "support") -> int:
        return int(await self.queue(id_).locator(f"[data-figure={name}]").get_attribute("data-value") or 0)

    async def counts(self, name: str, figure: int) -> None:
        dd = self.queue().locator(f"[data-figure={name}]")
        await expect(dd).to_have_attribute("data-value", str(figure), timeout=PATIENCE)

    def person(self, name: str) -> Locator:
        return self.page.locator(".person").filter(has_text=name)

    async def opened(self, id_: str = "support") -> Locator:
        """The list of who waits in a queue, opened by keyboard."""
        name = self.queue(id_).locator(".line-name")
        if await name.get_attribute("aria-expanded") != "true":
            await name.focus()
            await self.page.keyboard.press("Enter")
        waits = self.page.locator(".waits")
        await expect(waits).to_be_visible(timeout=PATIENCE)
        return waits

    async def picks(self, *words: str) -> None:
        """Pick who said this."""
        waits = await self.opened()
        for one in words:
            await waits.locator(".wait", has_text=one).locator("input").check()

    async def chooses(self, word: str) -> None:
        """Choose in the question that is open, by keyboard."""
        await expect(self.desk.dialog).to_be_visible(timeout=PATIENCE)
        await self.page.keyboard.type(word)
        await self.page.keyboard.press("Enter")
        await expect(self.desk.dialog).to_have_count(0)

    async def does(self, name: str, action: str) -> None:
        """Choose something in the menu of a colleague."""
        await self.person(name).locator(".person-more button").click()
        await self.page.get_by_role("menuitem", name=action).click()


async def test_the_board_shows_live_who_waits_is_answered_and_leaves(crew: People) -> None:
    mina = await crew.agent("mina")
    board = await Board.of(mina)
    answered, left = await board.figure("answered"), await board.figure("abandoned")
    await board.waiting(0)
    await expect(board.page.locator(".board .empty")).to_be_visible()
    ali = await (await crew.agent("ali")).online()
    first = await crew.writes("نفر اول")
    await board.waiting(1)
    await expect(board.queue().locator(".line-oldest")).to_be_visible()
    await expect(board.person("علی رضایی").locator(".held.is-offered")).to_be_visible(timeout=PATIENCE)
    await ali.accept()
    await board.counts("answered", answered + 1)
    await expect(board.person("علی رضایی").locator(".held.is-active")).to_be_visible(timeout=PATIENCE)
    await board.waiting(0)
    await expect(await first.presence()).to_contain_text("علی رضایی", timeout=PATIENCE)
    second = await crew.writes("نفر دوم")
    await board.waiting(1)
    await second.leave()
    await board.waiting(0)
    await board.counts("abandoned", left + 1)
    share = board.queue().locator(".level-share")
    await share.focus()
    await expect(board.queue().locator(".level-how")).to_be_visible()
    await expect(board.queue().locator(".level-how")).to_contain_text("رفته")


async def test_who_is_made_urgent_is_offered_next(crew: People) -> None:
    board = await Board.of(await crew.agent("mina"))
    await leaves_word(crew, "عجله ندارم")
    await leaves_word(crew, "خیلی فوری است")
    await board.waiting(2)
    await board.picks("خیلی فوری است")
    await board.page.locator(".wait-bar button", has_text="اولویت").click()
    await board.page.get_by_role("menuitem", name="فوری").click()
    first = board.page.locator(".wait").first
    await expect(first).to_contain_text("خیلی فوری است", timeout=PATIENCE)
    await expect(first.locator(".chip.is-urgent")).to_be_visible()
    ali = await (await crew.agent("ali")).online()
    await expect(ali.offer).to_contain_text("خیلی فوری است", timeout=PATIENCE)
    await expect(ali.offer).to_contain_text("چرا شما")
    await ali.accept()
    await ali.sees_event(MINA)


async def test_several_are_moved_at_once_and_go_to_who_serves_that_line(crew: People, rules: House) -> None:
    await rules.line("sales", "فروش")
    ali = await (await crew.agent("ali")).online()
    board = await Board.of(await crew.agent("mina"))
    for words in ("یک", "دو"):
        await crew.writes(f"خرید {words}")
    await expect(ali.offer).to_be_visible(timeout=PATIENCE)
    await board.waiting(2)
    waiting = await board.opened()
    await expect(waiting.locator(".wait")).to_have_count(2, timeout=PATIENCE)
    await waiting.get_by_role("checkbox", name="گزینش همه").check()
    await board.page.locator(".wait-bar button", has_text="بردن").click()
    await board.chooses("فروش")
    await board.waiting(2, "sales")
    await board.waiting(0)
    await expect(ali.offer).to_have_count(0, timeout=PATIENCE)
    await expect(ali.page.locator(".toast", has_text=MINA).first).to_be_visible(timeout=PATIENCE)
    boss = await (await crew.agent("mina")).online()
    await expect(boss.offer).to_contain_text("خرید", timeout=PATIENCE)


async def test_a_supervisor_takes_over_and_the_agent_sees_who(crew: People) -> None:
    ali = await (await crew.agent("ali")).online()
    customer = await crew.writes("کمک")
    await ali.accept()
    mina = await crew.agent("mina")
    board = await Board.of(mina)
    await board.person("علی رضایی").locator(".held").click()
    await board.page.get_by_role("menuitem", name="به دست گرفتن").click()
    await expect(ali.page.locator(".toast", has_text=MINA)).to_be_visible(timeout=PATIENCE)
    await expect(ali.page.locator(".readonly")).to_contain_text(MINA, timeout=PATIENCE)
    await expect(await customer.presence()).to_contain_text(MINA, timeout=PATIENCE)
    await expect(board.person(MINA).locator(".held.is-active")).to_be_visible(timeout=PATIENCE)
    await mina.go("i")
    await mina.rows.first.click()
    await mina.reply("سلام، از این به بعد با من")
    await customer.sees("سلام، از این به بعد با من")


async def test_forced_offline_the_offer_goes_to_the_next_and_the_agent_sees_who(crew: People) -> None:
    ali = await (await crew.agent("ali")).online()
    await crew.writes("سلام")
    await expect(ali.offer).to_be_visible(timeout=PATIENCE)
    board = await Board.of(await crew.agent("mina"))
    sara = await (await crew.agent("sara")).online()
    await board.does("علی رضایی", "آفلاین کردن")
    await expect(sara.offer).to_be_visible(timeout=PATIENCE)
    await expect(ali.offer).to_have_count(0)
    await expect(ali.page.locator(".toast", has_text=MINA)).to_be_visible(timeout=PATIENCE)
    await expect(ali.page.locator(".face-button .status-dot.is-off")).to_be_visible(timeout=PATIENCE)


async def test_not_responding_is_seen_and_ended_by_a_supervisor(crew: People, rules: House) -> None:
    await rules.queue(offer_seconds=5)
    ali = await (await crew.agent("ali")).online()
    await crew.writes("سلام")
    await expect(ali.offer).to_be_visible(timeout=PATIENCE)
    board = await Board.of(await crew.agent("mina"))
    await expect(ali.page.locator(".standing.is-warn")).to_be_visible(timeout=PATIENCE)
    await expect(board.person("علی رضایی").locator(".person-name .is-bad")).to_be_visible(timeout=PATIENCE)
    await board.does("علی رضایی", "بازگشت به کار")
    await expect(ali.page.locator(".standing")).to_have_count(0, timeout=PATIENCE)


async def test_who_finishes_current_gets_no_new_offer_and_keeps_what_they_have(crew: People) -> None:
    ali = await (await crew.agent("ali")).online()
    await crew.writes("اول")
    await ali.accept()
    await expect(ali.page.locator(".rail-room")).to_have_text(re.compile("۱ / ۴"), timeout=PATIENCE)
    await ali.away_from_fields()
    await ali.key("p")
    await expect(ali.page.locator(".menu-head")).to_contain_text("۱ از ۴")
    await ali.page.get_by_role("menuitemradio", name="فقط گفتگوهای فعلی").click()
    await expect(ali.page.locator(".standing")).to_contain_text("گفتگوی تازه نمی‌آید", timeout=PATIENCE)
    board = await Board.of(await crew.agent("mina"))
    await leaves_word(crew, "دوم")
    await board.waiting(1)
    sara = await (await crew.agent("sara")).online()
    await expect(sara.offer).to_contain_text("دوم", timeout=PATIENCE)
    await expect(ali.offer).to_have_count(0)
    await ali.reply("هنوز با شما هستم")
    await ali.key("Escape")
    await ali.away_from_fields()
    await ali.key("o")
    await expect(ali.page.locator(".standing")).to_have_count(0, timeout=PATIENCE)


async def test_a_line_given_out_in_order_says_so_instead_of_offering_to_take(crew: People, rules: House) -> None:
    await rules.queue(pick=False)
    ali = await crew.agent("ali")
    await leaves_word(crew, "به نوبت")
    await ali.go("q")
    await ali.rows.first.click()
    await expect(ali.page.locator(".readonly")).to_contain_text("به نوبت", timeout=PATIENCE)
    await expect(ali.page.locator(".readonly button")).to_have_count(0)


async def test_the_board_is_live_again_after_the_line_was_cut(crew: People) -> None:
    async with own_line() as line:
        board = await Board.of(await crew.agent("mina", line=line))
        await board.waiting(0)
        line.cut()
        await expect(board.page.locator(".banner.is-link")).to_be_visible(timeout=PATIENCE)
        await leaves_word(crew, "در تاریکی")
        line.mend()
        await board.waiting(1)
        await leaves_word(crew, "در روشنایی")
        await board.waiting(2)


async def test_somebody_is_signed_out_after_a_question(crew: People) -> None:
    ali = await crew.agent("ali")
    board = await Board.of(await crew.agent("mina"))
    await board.does("علی رضایی", "خارج کردن")
    await expect(board.desk.dialog).to_be_visible()
    await board.desk.dialog.locator(".button-danger").click()
    await expect(ali.page.locator(".banner.is-bad")).to_be_visible(timeout=PATIENCE)
    crew.keys.pop("ali")


async def test_agents_have_no_wallboard(crew: People) -> None:
    ali = await crew.agent("ali")
    await expect(ali.page.locator(".rail .place")).to_have_count(2)
    await ali.page.goto(f"{ali.hub}/desk/team")
    await expect(ali.page.locator(".board")).to_have_count(0)
