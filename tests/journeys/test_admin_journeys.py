"""What admins decide on the screens, and that it is so afterwards."""

from __future__ import annotations

import re
import secrets
from typing import TYPE_CHECKING

from playwright.async_api import expect

from tests.browser.fixtures import BROWSER, House, closed_now
from tests.browser.people import People
from tests.browser.stack import Stack

if TYPE_CHECKING:
    from playwright.async_api import Page

pytestmark = BROWSER


async def admin_page(people: People, path: str, login: str = "admin") -> Page:
    """Somebody at one place of the admin part."""
    agent = await people.agent(login)
    await agent.page.goto(f"{people.stack.hub}/desk/admin/{path}")
    await expect(agent.page.locator(".admin h1").last).to_be_visible()
    return agent.page


async def save(page: Page) -> None:
    """Save with the keys and wait until the hub has it."""
    async with page.expect_response(lambda answer: answer.request.method in {"PATCH", "PUT", "POST"}) as saved:
        await page.keyboard.press("Control+s")
    assert (await saved.value).ok
    await expect(page.locator(".toast").last).to_contain_text("ذخیره شد")


async def test_a_new_colleague_signs_in_with_the_password_shown_once_until_deactivated(people: People) -> None:
    login = f"n{secrets.token_hex(4)}"
    page = await admin_page(people, "people/new")
    await page.locator("input[name=name]").fill("نرگس تازه‌وارد")
    await page.locator("input[name=login]").fill("ali")
    await page.keyboard.press("Control+s")
    await expect(page.get_by_text("این نام قبلاً گرفته شده است.")).to_be_visible()
    await page.locator("input[name=login]").fill(login)
    await page.keyboard.press("Control+s")
    password = await page.locator(".secret-word").inner_text()
    await page.get_by_role("button", name="رونوشت گرفتم").click()
    await page.wait_for_url(re.compile(r"/people/(?!new)"))
    await expect(page.get_by_text(password)).to_have_count(0)

    people.stack.passwords[login] = password
    newcomer = await admin_page(people, "people", login)
    await expect(newcomer.get_by_text("این بخش مخصوص مدیران است")).to_be_visible()

    await page.get_by_role("button", name="غیرفعال کردن…").click()
    confirm = page.get_by_role("button", name="غیرفعال کن", exact=True)
    await expect(confirm).to_be_disabled()
    await page.get_by_role("dialog").locator("input").fill(login)
    await confirm.click()
    await expect(page.get_by_role("button", name="فعال کردن دوباره")).to_be_visible()
    await newcomer.goto(f"{people.stack.hub}/desk")
    await expect(newcomer).to_have_url(re.compile("/login"))


async def test_two_admins_who_change_the_same_field_are_told(people: People, house: House) -> None:
    await house.settings(grace_seconds=31, silent_seconds=601)
    first, second = await admin_page(people, "rules"), await admin_page(people, "rules")
    await first.locator("input[name=grace_seconds]").fill("۴۰")
    await first.locator("input[name=silent_seconds]").fill("۷۰۰")
    await second.locator("input[name=grace_seconds]").fill("50")
    await save(first)
    await second.keyboard.press("Control+s")
    await expect(second.get_by_text("در این فاصله کس دیگری هم همین را عوض کرده")).to_be_visible()
    await expect(second.locator(".clash-choice")).to_have_text([re.compile("۵۰"), re.compile("۴۰")])
    await second.locator(".clash-choice").first.click()
    await save(second)
    admin = await people.stack.staff("admin")
    rules = (await admin.call("GET", "/api/admin/settings")).json
    assert (rules["grace_seconds"], rules["silent_seconds"]) == (50, 700)


async def test_business_hours_as_people_write_them(people: People, house: House) -> None:
    await house.inbox(calendar=closed_now())
    page = await admin_page(people, "inboxes/shop")
    await page.locator(".weekday .switch").first.click()
    until = page.get_by_label("شنبه، تا", exact=True)
    await until.fill("۸")
    await until.blur()
    await expect(page.get_by_text("پایان پیش از آغاز است.")).to_be_visible()
    await until.fill("۲۰۳۰")
    await until.blur()
    await expect(until).to_have_value("۲۰:۳۰")
    await page.get_by_role("button", name="افزودن ساعت به شنبه").click()
    await page.get_by_label(re.compile("افزودن تاریخ")).fill("۱۴۰۶/۱/۱")
    await page.keyboard.press("Enter")
    await expect(page.locator(".changes")).to_contain_text("۰۹:۰۰ تا ۲۰:۳۰، ۲۱:۳۰ تا ۲۴:۰۰")
    await expect(page.locator(".changes")).to_contain_text("یکشنبه ۱ فروردین ۱۴۰۶")
    await save(page)
    admin = await people.stack.staff("admin")
    inboxes = (await admin.call("GET", "/api/admin/inboxes")).json["inboxes"]
    calendar = next(one for one in inboxes if one["id"] == "shop")["calendar"]
    assert calendar["week"]["sat"] == [["09:00", "20:30"], ["21:30", "24:00"]]
    assert calendar["holidays"] == ["2027-03-21"]


async def test_nobody_loses_unsaved_changes_by_going_elsewhere(people: People) -> None:
    page = await admin_page(people, "queues/support")
    question = page.get_by_role("dialog", name="بدون ذخیره می‌روید؟")
    routing = page.get_by_role("list", name="مسیریابی").get_by_role("link")
    await expect(routing).to_have_text([re.compile(one) for one in ("صف‌ها", "قاعده‌ها", "ساعت‌ها", "تعهدها")])
    icons = await page.locator(".admin-nav a > svg:first-child").evaluate_all("all => all.map((one) => one.innerHTML)")
    assert len(icons) == len(set(icons)) > 20
    await page.locator("input[name=name]").fill("نامی دیگر")
    for leave in (page.locator(".admin-nav a").first, page.locator(".rail .place").first):
        await leave.click()
        await question.get_by_role("button", name="می‌مانم").click()
        await expect(page.locator("input[name=name]")).to_have_value("نامی دیگر")
    await page.locator(".admin-nav a").first.click()
    await question.get_by_role("button", name="رفتن بدون ذخیره").click()
    await expect(page).to_have_url(re.compile("/desk/admin/people$"))


async def test_a_supervisor_looks_and_changes_nothing(people: People, stack: Stack) -> None:
    page = await admin_page(people, "queues/support", "mina")
    await expect(page.get_by_text("تغییر دادن با مدیر است")).to_be_visible()
    await expect(page.locator("input[name=name]")).not_to_be_editable()
    await expect(page.locator(".save-bar")).to_have_count(0)
    await expect(page.locator(".admin-nav a[href$=audit]")).to_have_count(0)
    await page.goto(f"{stack.hub}/desk/admin/audit")
    await expect(page.get_by_text("این بخش مخصوص مدیران است")).to_be_visible()
