"""Admins edit what the bot knows: entities marked by keys, lists and patterns that find them."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.browser.fixtures import BROWSER
from tests.browser.people import People
from tests.journeys.test_admin_journeys import admin_page, save

pytestmark = [*BROWSER, pytest.mark.timeout(120)]


async def test_an_entity_is_made_marked_by_keys_and_found_by_a_list(people: People) -> None:
    page = await admin_page(people, "entities")
    await page.get_by_role("button", name="مورد تازه").click()
    dialog = page.get_by_role("dialog")
    await dialog.locator("input[name=name]").fill("city")
    await page.keyboard.press("Control+Enter")
    await page.get_by_role("button", name="افزودن فهرست").click()
    await dialog.locator("textarea[name=values]").fill("تهران\nتبريز")
    await page.keyboard.press("Control+Enter")
    values = page.locator("textarea[name=values]")
    await expect(values).to_have_value("تهران\nتبریز")
    await values.fill("تهران\n<b>قم</b>")
    await page.keyboard.press("Control+s")
    await expect(page.locator(".entry-problem")).to_contain_text("سطر ۲")
    await values.fill("تهران\nقم")
    await save(page)

    await page.goto(f"{people.stack.hub}/desk/admin/intents/shipping")
    await page.locator("textarea[name=more]").fill("به تهران هم می‌فرستید؟")
    await page.keyboard.press("Enter")
    await page.locator(".sentence-text").first.click()
    await expect(page.locator(".marker .insert").first).to_contain_text("city")
    box = page.locator(".marker textarea")
    await box.focus()
    await box.evaluate("area => area.setSelectionRange(3, 8)")
    await page.keyboard.press("Alt+1")
    await expect(page.locator(".marker .marks")).to_contain_text("تهران")
    await box.evaluate("area => area.setSelectionRange(0, 8)")
    await page.keyboard.press("Alt+2")
    await expect(page.locator(".marker [role=alert]")).to_contain_text("هم‌پوشانی")
    await expect(page.locator(".changes ins")).to_contain_text("تهران = city")
    await save(page)
    await page.reload()
    await expect(page.locator(".sentences mark").first).to_contain_text("تهران")
    await page.goto(f"{people.stack.hub}/desk/admin/entities/entity:city")
    await expect(page.locator(".readings")).to_contain_text("هم می‌فرستید؟")


async def test_a_question_and_a_form_are_made_without_rules(people: People) -> None:
    page = await admin_page(people, "talks")
    await page.get_by_role("button", name="پرسش تازه").click()
    dialog = page.get_by_role("dialog")
    await dialog.locator("input[name=name]").fill("gift_wrap")
    await dialog.locator("textarea[name=questions]").fill("کادو هم می‌پیچید؟\ndo you wrap gifts?")
    await dialog.locator("textarea[name='answer.fa']").fill("بله، رایگان.")
    await dialog.locator("textarea[name='answer.en']").fill("Yes, free of charge.")
    await page.keyboard.press("Control+Enter")
    await expect(page.locator("textarea[name=en]")).to_have_value("Yes, free of charge.")
    await expect(page.locator(".sentences > li")).to_have_count(2)

    admin = await people.stack.staff("admin")
    sentences = [{"text": f"به من زنگ بزنید {n}", "lang": "fa"} for n in range(3)]
    made = await admin.call("POST", "/api/admin/bot/intents", {"name": "callback", "sentences": sentences})
    assert made.status == 201, made.body
    await page.goto(f"{people.stack.hub}/desk/admin/talks/form:")
    await page.locator("input[name=name]").fill("callback")
    await page.locator("select[name=intent]").select_option("callback")
    await page.locator("input[name='slots.0.name']").fill("seats")
    await page.locator("textarea[name='slots.0.ask.fa']").fill("چند نفرید؟")
    await page.locator("select[name='slots.0.fill']").select_option("number")
    await page.locator("textarea[name='end.says.fa']").fill("${HOME}")
    await page.keyboard.press("Control+s")
    await expect(page.locator(".entry-problem").last).to_be_visible()
    await page.locator("textarea[name='end.says.fa']").fill("همکارم به شما زنگ می‌زند.")
    await page.keyboard.press("Control+s")
    await page.wait_for_url("**/talks/form%3Acallback")
    stored = (await admin.call("GET", "/api/admin/bot/forms/callback")).json
    assert (stored["slots"][0]["fill"], stored["end"]["kind"]) == ("number", "answer")
    assert (await admin.call("GET", "/api/admin/bot/knowledge")).json["problems"] == []


async def test_an_import_is_taken_back_after_a_reload(people: People) -> None:
    page = await admin_page(people, "intents")
    rows = b"text,intent,lang\nwhat are the opening times on nowruz,opening_hours,en\n"
    await page.locator("input[type=file]").set_input_files({"name": "n.csv", "mimeType": "text/csv", "buffer": rows})
    await expect(page.locator(".undo-bar")).to_contain_text("n.csv")
    await page.reload()
    await page.locator(".undo-bar button").click()
    await expect(page.locator(".undo-bar")).to_have_count(0)
    await page.goto(f"{people.stack.hub}/desk/admin/intents/opening_hours")
    await expect(page.locator(".sentences > li").first).to_be_visible()
    await expect(page.get_by_text("what are the opening times on nowruz")).to_have_count(0)


async def test_a_whole_project_is_put_in_place_on_the_screen_and_taken_back(people: People) -> None:
    page = await admin_page(people, "intents")
    admin = await people.stack.staff("admin")
    packed = (await admin.request("GET", "/api/admin/bot/export?as=zip")).body
    before = (await admin.call("GET", "/api/admin/bot/knowledge")).json["intents"]
    for name, raw in (("broken.zip", packed[:-40]), ("mine.zip", packed)):
        chosen = {"name": name, "mimeType": "application/zip", "buffer": raw}
        await page.locator("input[type=file]").set_input_files(chosen)  # type: ignore[arg-type]
        dialog = page.get_by_role("dialog")
        await expect(dialog.locator("button[type=submit]")).to_be_disabled()
        await dialog.locator("input").fill(name)
        await dialog.locator("button[type=submit]").click()
        if name == "broken.zip":
            await expect(page.locator(".traffic [role=alert]")).to_contain_text(name)
    await expect(page.locator(".undo-bar")).to_contain_text("mine.zip")
    await expect(page.locator(".traffic [role=alert]")).to_have_count(0)
    await page.locator(".undo-bar button").click()
    await expect(page.locator(".undo-bar")).to_have_count(0)
    after = (await admin.call("GET", "/api/admin/bot/knowledge")).json["intents"]
    assert [one["name"] for one in after] == [one["name"] for one in before]
