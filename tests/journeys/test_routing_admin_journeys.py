"""An admin says who is asked for a line: skills, rings, a circle that is refused, and trying it out before saving."""

from __future__ import annotations

from playwright.async_api import expect

from tests.browser.fixtures import BROWSER
from tests.browser.people import People
from tests.journeys.test_admin_journeys import admin_page, save

pytestmark = BROWSER


async def test_a_line_gets_a_ring_and_tells_who_would_get_the_next_customer(people: People) -> None:
    page = await admin_page(people, "rules")
    skills = page.get_by_role("group", name="مهارت‌ها")
    await skills.get_by_role("textbox").fill("billing")
    await skills.get_by_role("textbox").press("Enter")
    await expect(skills.get_by_text("billing")).to_be_visible()
    await save(page)

    await page.goto(f"{people.stack.hub}/desk/admin/queues/support")
    await page.get_by_role("button", name="افزودن حلقه").click()
    ring = page.locator(".ring-card")
    await expect(ring).to_have_count(1)
    await ring.get_by_label("billing").select_option("4")
    await page.keyboard.press("Control+s")
    await expect(page.get_by_text("در یکی از حلقه‌ها کسی نیست")).to_be_visible()

    await page.get_by_role("button", name="به چه کسی می‌رسد؟").click()
    await expect(page.get_by_text("اکنون به کسی نمی‌رسد؛ مشتری منتظر می‌ماند.")).to_be_visible()
    await expect(page.locator(".tryout-people li")).not_to_have_count(0)

    await ring.get_by_label("billing").select_option("0")
    await save(page)
    await page.get_by_role("button", name="برداشتن حلقهٔ ۱").click()
    await save(page)
    await expect(page.get_by_text("بدون حلقه، از همهٔ همکاران این صف پرسیده می‌شود.")).to_be_visible()


async def test_a_line_cannot_lead_back_to_itself(people: People) -> None:
    page = await admin_page(people, "queues/new")
    await page.locator("input[name=name]").fill("صف دوم")
    await page.keyboard.press("Control+s")
    await page.wait_for_url("**/queues/*")
    exit_kind, next_line = page.get_by_label("پس از آن"), page.get_by_label("صف بعدی")
    await exit_kind.select_option("queue")
    await next_line.select_option("support")
    await save(page)

    await page.goto(f"{people.stack.hub}/desk/admin/queues/support")
    await exit_kind.select_option("queue")
    await next_line.select_option(label="صف دوم")
    await page.keyboard.press("Control+s")
    await expect(page.get_by_text("صف‌ها دور می‌زنند.")).to_be_visible()


async def test_skills_of_everybody_stand_side_by_side_and_costs_are_data(people: People) -> None:
    page = await admin_page(people, "rules")
    skills = page.get_by_role("group", name="مهارت‌ها")
    await skills.get_by_role("textbox").fill("matrix")
    await skills.get_by_role("textbox").press("Enter")
    await page.get_by_role("textbox", name="واحدهای هر گفتگو: ایمیل").fill("۷")
    await save(page)

    await page.goto(f"{people.stack.hub}/desk/admin/skills")
    await expect(page.get_by_role("columnheader", name="matrix")).to_contain_text("هیچ‌کس ندارد")
    cell = page.get_by_label("علی رضایی: matrix")
    await cell.select_option("4")
    await save(page)
    await page.reload()
    await expect(cell).to_have_value("4")
    await cell.select_option("0")
    await save(page)

    await page.goto(f"{people.stack.hub}/desk/admin/queues/support")
    await page.get_by_role("group", name="زبان‌ها").get_by_label("انگلیسی").check()
    await page.get_by_role("textbox", name="پاسخ به‌موقع، از هر صد نفر").fill("101")
    await page.keyboard.press("Control+s")
    await expect(page.get_by_text("عددی درست از ۱ تا ۱۰۰.")).to_be_visible()
    await page.get_by_role("textbox", name="پاسخ به‌موقع، از هر صد نفر").fill("90")
    await page.get_by_role("group", name="زبان‌ها").get_by_label("انگلیسی").uncheck()
    await save(page)


async def test_a_rule_is_written_saved_and_leads_where_it_says(people: People) -> None:
    page = await admin_page(people, "routes")
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
    await save(page)
    await page.reload()
    await expect(card.get_by_text("vip = yes, gold")).to_be_visible()
    await expect(card.get_by_label("به صف", exact=True)).to_have_value("support")
    await page.get_by_role("button", name="حذف ویژه‌ها").click()
    await save(page)
    await expect(page.get_by_text("بدون قاعده، هر گفتگو به صف صندوق خودش می‌رود.")).to_be_visible()
