"""An admin says who is asked for a line: skills, rings, a circle that is refused, and trying it out before saving."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from playwright.async_api import expect

from tests.browser.fixtures import BROWSER, House
from tests.browser.people import People
from tests.journeys.test_admin_journeys import admin_page, save

if TYPE_CHECKING:
    from playwright.async_api import Page

pytestmark = BROWSER


async def test_a_line_gets_a_ring_and_tells_who_would_get_the_next_customer(crew: People) -> None:
    page = await admin_page(crew, "rules")
    skills = page.get_by_role("group", name="مهارت‌ها")
    await skills.get_by_role("textbox").fill("billing")
    await skills.get_by_role("textbox").press("Enter")
    await expect(skills.get_by_text("billing")).to_be_visible()
    await save(page)

    await page.goto(f"{crew.stack.hub}/desk/admin/queues/support")
    await page.get_by_role("button", name="افزودن حلقه").click()
    ring = page.locator(".ring-card")
    await expect(ring).to_have_count(1)
    await ring.get_by_label("billing").select_option("4")
    await page.keyboard.press("Control+s")
    await expect(page.get_by_text("در این حلقه کسی نیست")).to_be_visible()

    await page.get_by_role("button", name="به چه کسی می‌رسد؟").click()
    await expect(page.get_by_text("حتی اگر همه سر کار باشند و چیزی در دست نداشته باشند، به هیچ‌کس")).to_be_visible()
    await expect(page.locator(".tryout-people li").first).to_contain_text("مهارتی کم دارد: billing ≥ ۴")
    await ring.get_by_label("billing").select_option("0")
    await page.get_by_role("button", name="به چه کسی می‌رسد؟").click()
    await expect(page.get_by_text("اکنون به کسی نمی‌رسد؛ مشتری منتظر می‌ماند.")).to_be_visible()
    await ring.get_by_label("billing").select_option("4")

    # Rings change places by keys: who is asked moves, and takes the times of the new place.
    await page.get_by_role("button", name="افزودن حلقه").click()
    await page.get_by_role("button", name="بالا بردن حلقهٔ ۲").press("Enter")
    await expect(ring.nth(1).get_by_label("billing")).to_have_value("4")
    await page.get_by_role("button", name="حذف حلقهٔ ۱").click()
    await expect(ring).to_have_count(1)

    # Another hour than now can be asked for, written as people write it.
    await page.get_by_label("در چه ساعتی").select_option("other")
    await page.get_by_label("ساعت", exact=True).fill("۲۵")
    await expect(page.get_by_text("ساعت را مانند ۱۸:۳۰")).to_be_visible()
    await page.get_by_label("ساعت", exact=True).fill("۱۸:۳۰")
    await page.get_by_role("button", name="به چه کسی می‌رسد؟").click()
    await expect(page.locator(".tryout-people li")).not_to_have_count(0)

    await ring.get_by_label("billing").select_option("0")
    await save(page)
    await page.get_by_role("button", name="حذف حلقهٔ ۱").click()
    await save(page)
    await expect(page.get_by_text("بدون حلقه، از همهٔ همکاران این صف پرسیده می‌شود.")).to_be_visible()


async def test_a_line_cannot_lead_back_to_itself(crew: People) -> None:
    page = await admin_page(crew, "queues/new")
    await page.locator("input[name=name]").fill("صف دوم")
    await page.keyboard.press("Control+s")
    await page.wait_for_url("**/queues/*")
    exit_kind, next_line = page.get_by_label("پس از آن"), page.get_by_label("صف بعدی")
    await exit_kind.select_option("queue")
    await next_line.select_option("support")
    await save(page)

    await page.goto(f"{crew.stack.hub}/desk/admin/queues/support")
    await exit_kind.select_option("queue")
    await next_line.select_option(label="صف دوم")
    await page.keyboard.press("Control+s")
    await expect(page.get_by_text("صف‌ها دور می‌زنند.")).to_be_visible()


async def test_skills_of_everybody_stand_side_by_side_and_costs_are_data(crew: People) -> None:
    page = await admin_page(crew, "rules")
    skills = page.get_by_role("group", name="مهارت‌ها")
    await skills.get_by_role("textbox").fill("matrix")
    await skills.get_by_role("textbox").press("Enter")
    await page.get_by_role("textbox", name="واحدهای هر گفتگو: ایمیل").fill("۷")
    chat = page.get_by_role("textbox", name="واحدهای هر گفتگو: گفتگوی سایت")
    nobody = page.get_by_text("هیچ‌کس هرگز یکی از این‌ها را نمی‌تواند بپذیرد: گفتگوی سایت (۱۰۱)")
    usual = await chat.input_value()
    await chat.fill("۱۰۱")
    await expect(nobody).to_be_visible()
    await chat.fill(usual)
    await expect(nobody).to_have_count(0)
    await save(page)

    await page.goto(f"{crew.stack.hub}/desk/admin/skills")
    await expect(page.get_by_role("columnheader", name="matrix")).to_contain_text("هیچ‌کس ندارد")
    cell = page.get_by_label("علی رضایی: matrix")
    await cell.focus()
    await page.keyboard.press("4")
    await page.keyboard.press("ArrowDown")
    await expect(cell).not_to_be_focused()
    await page.keyboard.press("ArrowUp")
    await expect(cell).to_be_focused()
    await save(page)
    await page.reload()
    await expect(cell).to_have_value("4")
    await cell.select_option("0")
    await save(page)

    await page.goto(f"{crew.stack.hub}/desk/admin/queues/support")
    await page.get_by_role("group", name="زبان‌ها").get_by_label("انگلیسی").check()
    await page.get_by_role("textbox", name="پاسخ به‌موقع، از هر صد نفر").fill("101")
    await page.keyboard.press("Control+s")
    await expect(page.get_by_text("عددی درست از ۱ تا ۱۰۰.")).to_be_visible()
    await page.get_by_role("textbox", name="پاسخ به‌موقع، از هر صد نفر").fill("90")
    await page.get_by_role("group", name="زبان‌ها").get_by_label("انگلیسی").uncheck()
    await save(page)


async def test_a_rule_is_written_tried_out_saved_and_leads_where_it_says(crew: People) -> None:
    page = await admin_page(crew, "routes")
    await page.get_by_role("button", name="افزودن قاعده").click()
    card = page.locator(".ring-card")
    await page.keyboard.press("Control+s")
    await expect(page.get_by_text("هر قاعده نام و اولویتی")).to_be_visible()
    await card.get_by_label("نام قاعدهٔ ۱").fill("ویژه‌ها")
    attribute = card.get_by_role("textbox", name="مانند vip = yes, gold")
    await attribute.fill("vip")
    await attribute.press("Enter")
    await expect(card.get_by_text("این‌گونه بنویسید: vip = yes")).to_be_visible()
    await attribute.fill("vip = yes، gold")
    await attribute.press("Enter")
    await card.get_by_label("فوری‌تر به اندازهٔ").fill("۵")
    await card.get_by_label("به صف", exact=True).select_option("support")
    await page.get_by_role("textbox", name="آنچه از مشتری می‌دانیم").fill("vip = gold")
    await page.get_by_role("button", name="به چه کسی می‌رسد؟").click()
    await expect(page.get_by_text("«ویژه‌ها» تعیین می‌کند")).to_be_visible()
    await expect(page.locator(".tryout-people li").first).to_contain_text("خیر")
    await page.get_by_role("textbox", name="آنچه از مشتری می‌دانیم").fill("vip = no")
    await expect(page.get_by_text("«ویژه‌ها» تعیین می‌کند")).to_have_count(0)
    await save(page)
    await page.reload()
    await expect(card.get_by_text("vip = yes یا gold")).to_be_visible()
    await card.get_by_role("button", name="ویژه‌ها", expanded=False).click()
    await expect(card.get_by_text("vip = yes, gold")).to_be_visible()
    await expect(card.get_by_label("به صف", exact=True)).to_have_value("support")
    await page.get_by_role("button", name="حذف ویژه‌ها").click()
    await save(page)
    await expect(page.get_by_text("بدون قاعده، هر گفتگو به صف صندوق خودش می‌رود.")).to_be_visible()


async def test_rules_move_with_the_keys_and_a_refusal_stands_at_its_place(crew: People, rules: House) -> None:
    await rules.settings(skills=["billing", "juggling"])
    page = await admin_page(crew, "routes")
    cards = page.locator(".ring-card")
    for name in ("یکم", "دوم"):
        await page.get_by_role("button", name="افزودن قاعده").click()
        await cards.last.locator("input").first.fill(name)
    await page.keyboard.press("Alt+ArrowUp")
    await expect(cards.first.locator("input").first).to_have_value("دوم")
    await expect(cards.first.get_by_role("button", name="پایین بردن دوم")).to_be_focused()
    await page.keyboard.press("Alt+ArrowDown")
    await expect(cards.last.locator("input").first).to_have_value("دوم")
    await cards.last.get_by_label("juggling").select_option("5")
    await page.keyboard.press("Control+s")
    await expect(cards.last.get_by_text("هیچ‌کس این مهارت را در این سطح ندارد.")).to_be_visible()
    await expect(page.get_by_text("هیچ‌کس این مهارت را در این سطح ندارد.")).to_have_count(1)
    await page.get_by_role("button", name="حذف دوم").click()
    await page.get_by_role("button", name="حذف یکم").click()


async def test_hours_get_a_name_a_yearly_holiday_and_a_queue(crew: People) -> None:
    page = await admin_page(crew, "calendars/new")
    await page.locator("input[name=name]").fill("دفتر")
    open_days = page.locator(".weekday .switch input:checked")
    await page.get_by_role("button", name="افزودن ساعت به شنبه").click()
    second = page.get_by_label("شنبه، از", exact=True).last
    await second.fill("۱۶")
    await second.blur()
    await page.keyboard.press("Control+s")
    await expect(page.locator(".weekday .entry-problem")).to_be_visible()
    await second.fill("۱۸")
    await second.blur()
    await expect(page.locator(".weekday .entry-problem")).to_have_count(0)
    for left in range(4, -1, -1):
        await page.locator(".weekday .switch:has(input:checked)").first.click()
        await expect(open_days).to_have_count(left)
    await page.keyboard.press("Control+s")
    await expect(page.get_by_text("دست‌کم یک روز را باز کنید")).to_be_visible()
    await page.locator(".weekday .switch").first.click()
    await page.get_by_role("switch", name="هر سال").check()
    await page.get_by_label(re.compile("افزودن تاریخ")).fill("۱/۱")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("۱ فروردین، هر سال")).to_be_visible()
    await page.keyboard.press("Control+s")
    await page.wait_for_url("**/calendars/hours-*")
    kept = page.url.rpartition("/")[2]

    await page.goto(f"{crew.stack.hub}/desk/admin/queues/support")
    hours = page.get_by_label("ساعت کاری", exact=True)
    await hours.select_option(kept)
    await save(page)
    await page.goto(f"{crew.stack.hub}/desk/admin/calendars/{kept}")
    await delete(page, "حذف این ساعت‌ها…", "دفتر")
    await expect(page.get_by_role("dialog").get_by_role("alert")).to_be_visible()
    await page.goto(f"{crew.stack.hub}/desk/admin/queues/support")
    await hours.select_option("")
    await save(page)
    await page.goto(f"{crew.stack.hub}/desk/admin/calendars/{kept}")
    await delete(page, "حذف این ساعت‌ها…", "دفتر")
    await expect(page).to_have_url(re.compile("/admin/calendars$"))


async def test_a_promise_needs_a_target_and_says_to_whom(crew: People) -> None:
    page = await admin_page(crew, "slas/new")
    await page.locator("input[name=name]").fill("طلایی")
    await page.keyboard.press("Control+s")
    await expect(page.get_by_text("دست‌کم یک قول بدهید.")).to_be_visible()
    await page.get_by_label("نخستین پاسخ یک همکار", exact=True).check()
    within = page.get_by_role("textbox", name="نخستین پاسخ یک همکار، ظرف")
    await within.fill("۰")
    await page.keyboard.press("Control+s")
    await expect(page.get_by_text(re.compile("از ۱ ثانیه تا"))).to_be_visible()
    await within.fill("۷")
    await page.get_by_role("group", name="کسانی که در این صف‌ها هستند").get_by_role("checkbox").first.check()
    await page.keyboard.press("Control+s")
    await page.wait_for_url("**/slas/sla-*")
    kept = page.url
    await page.goto(f"{crew.stack.hub}/desk/admin/slas")
    await expect(page.get_by_role("row", name=re.compile("طلایی"))).to_contain_text("نخستین پاسخ یک همکار ۷ دقیقه")
    await page.goto(kept)
    await delete(page, "حذف این تعهد…", "طلایی")
    await expect(page).to_have_url(re.compile("/admin/slas$"))


async def test_a_queue_says_what_follows_a_conversation(crew: People, rules: House) -> None:
    await rules.queue(exit="callback")
    page = await admin_page(crew, "queues/support")
    await page.get_by_label("جمع‌بندی", exact=True).select_option("until_done")
    longest = page.get_by_role("textbox", name="دست‌بالا")
    await longest.fill("۰")
    await page.keyboard.press("Control+s")
    await expect(page.get_by_text(re.compile("از ۵ ثانیه تا"))).to_be_visible()
    await longest.fill("۳")
    await page.get_by_role("switch", name="نتیجهٔ گفتگو لازم است").check()
    await page.get_by_label("پس از آن").select_option("voicemail")
    await save(page)
    await page.reload()
    await expect(longest).to_have_value("۳")
    await expect(page.get_by_label("پس از آن")).to_have_value("voicemail")
    await expect(page.get_by_role("switch", name="نتیجهٔ گفتگو لازم است")).to_be_checked()
    await page.get_by_label("جمع‌بندی", exact=True).select_option("none")
    await page.get_by_role("switch", name="نتیجهٔ گفتگو لازم است").uncheck()
    await save(page)


async def test_somebody_has_a_maximum_of_their_own_and_some_capacity(crew: People) -> None:
    page = await admin_page(crew, "people")
    await page.get_by_role("link", name="علی رضایی").click()
    most = page.get_by_role("textbox", name=re.compile("هم‌زمان: گفتگوی سایت"))
    units = page.locator("input[name=capacity]")
    await units.fill("۰")
    await page.keyboard.press("Control+s")
    await expect(page.get_by_text("به‌جایش حساب را غیرفعال کنید.")).to_be_visible()
    await units.fill("۲۰")
    await expect(page.get_by_text("برای یکی از این‌ها هم کم است: گفتگوی سایت (۲۵)")).to_be_visible()
    await units.fill("۱۰۰")
    await most.fill("۲")
    await save(page)
    await page.reload()
    await expect(most).to_have_value("۲")
    await most.fill("")
    await save(page)


async def delete(page: Page, ask: str, name: str) -> None:
    """Ask for the end of a record, type its name, and mean it."""
    await page.get_by_role("button", name=ask).click()
    await page.get_by_role("dialog").locator("input").fill(name)
    await page.keyboard.press("Enter")
