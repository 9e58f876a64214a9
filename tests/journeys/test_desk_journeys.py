"""What agents do with conversations, and what customers see of it."""

from __future__ import annotations

import re
import time
from pathlib import Path

from playwright.async_api import expect

from tests.browser.fixtures import BROWSER, House, closed_now
from tests.browser.people import Agent, Customer, People
from tests.browser.stack import Stack

pytestmark = BROWSER
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360f8cf50"
    "0f0003860180c4a5ce4f0000000049454e44ae426082"
)


async def talking(people: People, login: str = "ali") -> tuple[Agent, Customer]:
    """An agent and a customer who talk to each other."""
    agent = await (await people.agent(login)).online()
    customer = await (await people.customer("fa")).come()
    await customer.ask_for_a_person()
    await agent.accept()
    return agent, customer


async def fill_form(customer: Customer, message: str) -> None:
    """Fill and send the offline form."""
    chat = await customer.chat()
    await chat.locator("#form-name").fill("مریم احمدی")
    await chat.locator("#form-email").fill("maryam@example.com")
    await chat.locator("#form-message").fill(message)
    await chat.locator("form.form button[type=submit]").click()


async def test_with_nobody_online_a_form_becomes_a_conversation(people: People) -> None:
    customer = await (await people.customer("fa")).come()
    await customer.ask_for_a_person()
    await customer.sees("الان کسی برای پاسخ‌گویی نیست")
    await expect(await customer.presence()).to_contain_text("الان کسی اینجا نیست")
    await fill_form(customer, "لطفاً دربارهٔ سفارش ۱۲۳۴۵ تماس بگیرید")
    await customer.sees("پیام‌تان رسید")
    await expect(await customer.all("form.form")).to_have_count(0)
    agent = await (await people.agent("ali")).online()
    await agent.accept()
    await agent.sees(re.compile("maryam@example.com"))
    await agent.sees(re.compile("لطفاً دربارهٔ سفارش ۱۲۳۴۵ تماس بگیرید"))
    await expect(agent.page.locator(".pane-title h1")).to_contain_text("مریم احمدی")
    await agent.reply("سلام خانم احمدی")
    await customer.sees("سلام خانم احمدی")


async def test_the_form_says_what_is_missing_and_keeps_what_was_typed(people: People) -> None:
    customer = await (await people.customer("fa")).come()
    await customer.ask_for_a_person()
    chat = await customer.chat()
    await chat.locator("#form-message").fill("پیام من")
    await chat.locator("#form-email").fill("not an address")
    await chat.locator("form.form button[type=submit]").click()
    await expect(chat.locator("#form-name-problem")).not_to_be_empty()
    await expect(chat.locator("#form-email-problem")).not_to_be_empty()
    await expect(chat.locator("#form-name")).to_be_focused()
    await expect(chat.locator("#form-message")).to_have_value("پیام من")


async def test_outside_business_hours_a_form_becomes_a_conversation(people: People, house: House) -> None:
    await house.inbox(calendar=closed_now())
    customer = await (await people.customer("fa")).come()
    await customer.ask_for_a_person()
    await customer.sees("بیرون از ساعت کاری")
    await fill_form(customer, "فردا زنگ بزنید")
    await customer.sees("پیام‌تان رسید")
    agent = await (await people.agent("ali")).online()
    await agent.accept()
    await agent.sees(re.compile("فردا زنگ بزنید"))


async def test_a_transfer_to_a_colleague_goes_with_its_note(people: People) -> None:
    giver, customer = await talking(people)
    taker = await (await people.agent("sara")).online()
    await giver.reply("الان وصلتان می‌کنم")
    await giver.away_from_fields()
    await giver.key("t")
    await giver.dialog.locator("input").first.fill("سارا")
    await expect(giver.dialog.get_by_role("option").filter(has_text="سارا")).to_have_attribute(
        "aria-disabled", "false"
    )  # she is there
    await giver.key("Enter")
    await giver.dialog.locator("textarea").fill("فقط تأیید آدرس مانده")
    await giver.key("Control+Enter")
    await expect(taker.offer).to_contain_text("فقط تأیید آدرس مانده", timeout=15_000)
    await taker.accept()
    await taker.sees_event("فقط تأیید آدرس مانده")
    await taker.sees("الان وصلتان می‌کنم")
    await customer.sees("به همکاری وصل می‌کنم")
    await taker.reply("سلام، ادامه با من")
    await customer.sees("سلام، ادامه با من")
    assert not [word for word in await customer.words() if "تأیید آدرس" in word]


async def test_handed_back_to_the_bot_the_bot_serves_again(people: People) -> None:
    agent, customer = await talking(people)
    await agent.page.locator(".pane-actions .menu-anchor > button").click()
    await agent.page.get_by_role("menuitem", name="برگرداندن به ربات").click()
    await agent.dialog.locator(".dialog-foot .button-main").click()
    await customer.sees("دستیار ما دوباره در خدمت شماست")
    await customer.say("سفارش 12345 کجاست؟")
    await customer.sees(re.compile("۱۲۳۴۵"))


async def test_handed_back_to_the_queue_the_customer_is_first_in_line(people: People) -> None:
    agent, customer = await talking(people)
    sara = await people.agent("sara")
    await agent.away_from_fields()
    await agent.key("p")
    await agent.page.locator("[role=menuitemradio]").nth(-2).click()  # finish what I have
    await agent.key("h")
    await agent.dialog.locator("textarea").fill("نوبت من تمام شد")
    await agent.key("Control+Enter")
    await customer.sees("جای شما در ابتدای صف محفوظ است")
    await sara.online()
    await sara.accept()
    await sara.sees_event("نوبت من تمام شد")


async def test_a_snoozed_conversation_wakes_when_the_customer_writes(people: People) -> None:
    agent, customer = await talking(people)
    await agent.away_from_fields()
    await agent.key("z")
    await agent.dialog.locator(".option").first.click()
    await agent.go("z")
    await expect(agent.rows).to_have_count(1, timeout=15_000)
    await customer.say("برگشتم")
    await customer.sent("برگشتم")
    await expect(agent.rows).to_have_count(0, timeout=15_000)
    await agent.go("i")
    await expect(agent.rows.first).to_contain_text("برگشتم", timeout=15_000)


async def test_a_snoozed_conversation_wakes_at_its_time(people: People, stack: Stack) -> None:
    agent, customer = await talking(people)
    await customer.say("ساعت بعد جواب بدهید")
    await agent.sees("ساعت بعد جواب بدهید")
    conversation = agent.page.url.rstrip("/").rsplit("/", 1)[1]
    async with stack.person() as ali:
        await ali.sign_in("ali")
        async with ali.desk() as ws:
            until = int(time.time() * 1000) + 8_000
            await ws.send_json({"type": "snooze", "id": 1, "conversation": conversation, "until": until})
            await expect(agent.page.locator(".readonly")).to_be_visible(timeout=15_000)
    await expect(agent.page.locator(".readonly")).to_have_count(0, timeout=30_000)
    await expect(agent.page.locator(".pane-owner.is-mine")).to_be_visible()
    await agent.reply("ساعت شد")
    await customer.sees("ساعت شد")


async def test_a_private_note_never_reaches_the_customer(people: People) -> None:
    agent, customer = await talking(people)
    frames: list[str] = []
    customer.page.on("websocket", lambda ws: ws.on("framereceived", lambda data: frames.append(str(data))))
    await customer.reload()
    await agent.note("مشتری بدحساب است")
    await agent.reply("این را می‌بینید")
    await customer.sees("این را می‌بینید")
    assert not [word for word in await customer.words() if "بدحساب" in word]
    assert frames
    assert not [frame for frame in frames if "بدحساب" in frame]
    await customer.reload()
    await customer.sees("این را می‌بینید")
    assert not [frame for frame in frames if "بدحساب" in frame]


async def test_a_canned_reply_is_found_by_its_shortcut_and_filled_in(people: People) -> None:
    agent, customer = await talking(people)
    await agent.composer.focus()
    await agent.composer.press_sequentially("/salam")
    await expect(agent.page.locator(".complete-item").first).to_contain_text("salam")
    await agent.key("Enter")
    await expect(agent.composer).to_have_value(re.compile("من علی رضایی هستم"))
    await agent.key("Control+Enter")
    await customer.sees("من علی رضایی هستم")
    assert not [word for word in await customer.words() if "{{" in word]


async def test_files_go_both_ways(people: People, tmp_path: Path) -> None:
    picture, invoice = tmp_path / "عکس کفش.png", tmp_path / "فاکتور.txt"
    picture.write_bytes(PIXEL)
    invoice.write_text("جمع: ۱٬۸۹۰٬۰۰۰ تومان")
    agent, customer = await talking(people)
    await (await customer.all("input[type=file]")).set_input_files(picture)
    await customer.page.keyboard.press("Enter")
    await expect(agent.timeline.locator(".bubble img, .bubble .file").first).to_be_visible(timeout=15_000)
    shown = agent.timeline.locator(".bubble img")
    await expect(shown).to_have_count(1)
    assert await shown.evaluate("async it => { await it.decode(); return it.naturalWidth }") == 1
    await agent.page.locator(".composer input[type=file]").set_input_files(invoice)
    await expect(agent.page.locator(".attached progress")).to_have_count(0, timeout=15_000)
    await agent.composer.focus()
    await agent.key("Control+Enter")
    link = (await customer.all(".row.theirs a.file")).filter(has_text="فاکتور.txt")
    await expect(link).to_be_visible(timeout=15_000)
    async with customer.page.expect_download() as download:
        await link.evaluate("it => { it.removeAttribute('target'); it.click() }")
    await (await download.value).save_as(tmp_path / "downloaded")
    assert (tmp_path / "downloaded").read_bytes() == invoice.read_bytes()


async def test_a_refused_file_is_said_in_words(people: People, tmp_path: Path) -> None:
    bad = tmp_path / "page.html"
    bad.write_text("<script>alert(1)</script>")
    customer = await (await people.customer("fa")).come()
    await (await customer.all("input[type=file]")).set_input_files(bad)
    await expect(await customer.all(".composer .problem")).to_contain_text("page.html")


async def test_the_customer_ends_the_chat_and_begins_another(people: People) -> None:
    agent, customer = await talking(people)
    await agent.reply("سلام")
    await customer.sees("سلام")
    chat = await customer.chat()
    await chat.locator(".menu-button").click()
    await chat.get_by_role("menuitem", name="پایان گفتگو").click()
    await chat.locator("[role=alertdialog] .solid").click()
    await agent.sees_event(re.compile("مشتری"))
    await expect(chat.locator(".composer .solid")).to_be_visible(timeout=15_000)
    await chat.locator(".composer .solid").click()
    await customer.say("سلام دوباره")
    await customer.sees("دستیار خودکار")
    await expect(agent.composer).to_have_count(0, timeout=15_000)  # the one that has ended is closed
    await agent.page.get_by_role("tab", name=re.compile("^همه")).click()
    await expect(
        agent.rows.filter(has_text="دستیار خودکار").or_(agent.rows.filter(has_text="سلام دوباره")).first
    ).to_be_visible(timeout=15_000)


async def test_an_agent_sees_the_customers_earlier_conversations(people: People) -> None:
    agent, customer = await talking(people)
    await agent.reply("گفتگوی نخست")
    await customer.sees("گفتگوی نخست")
    await agent.close()
    chat = await customer.chat()
    await chat.locator(".composer .solid").click(timeout=15_000)
    await customer.ask_for_a_person()
    await agent.accept()
    await expect(agent.page.locator(".earlier-list button")).to_have_count(1, timeout=15_000)
    await agent.page.locator(".earlier-list button").click()
    await agent.sees("گفتگوی نخست")


async def test_everything_an_agent_needs_is_done_by_keys_alone(people: People, stack: Stack) -> None:
    context = await people.context(viewport={"width": 1280, "height": 800})
    agent = Agent(await context.new_page(), stack.hub, "ali")
    await agent.page.goto(stack.hub + "/login")
    await agent.page.keyboard.type("ali")
    await agent.key("Tab")
    await agent.page.keyboard.type(stack.passwords["ali"])
    await agent.key("Enter")
    await expect(agent.page.locator(".face-button")).to_be_visible(timeout=15_000)
    await agent.online()
    customer = await (await people.customer("fa")).come()
    await customer.ask_for_a_person()
    await agent.accept()
    await agent.key("r")
    await expect(agent.composer).to_be_focused()
    await agent.page.keyboard.type("سلام")
    await agent.key("Control+Enter")
    await customer.sees("سلام")
    await agent.key("Escape")
    await agent.key("n")
    await expect(agent.page.locator(".composer.is-note textarea")).to_be_focused()
    await agent.page.keyboard.type("یادداشت با کلید")
    await agent.key("Control+Enter")
    await expect(agent.timeline.locator(".group.is-note")).to_have_count(1, timeout=15_000)
    await agent.key("Escape")
    await agent.key("Control+k")
    await expect(agent.page.locator(".command-field input")).to_be_focused()
    await agent.key("Escape")
    await agent.key("?")
    await expect(agent.dialog).to_be_visible()
    await agent.key("Escape")
    await expect(agent.dialog).to_have_count(0)
    await agent.close(disposition=2)
    await expect(await customer.all(".rating")).to_be_visible(timeout=15_000)


async def test_a_customer_needs_no_mouse(people: People) -> None:
    customer = await people.customer("fa")
    await customer.visit()
    page = customer.page
    for _ in range(60):
        await page.keyboard.press("Tab")
        if await page.evaluate("document.activeElement?.hasAttribute('data-peyk-open')"):
            break
    await page.keyboard.press("Enter")
    chat = await customer.chat()
    await expect(chat.locator("#composer")).to_be_focused(timeout=15_000)
    await page.keyboard.type("سلام")
    await page.keyboard.press("Enter")
    await customer.sees("دستیار خودکار")
    chip = chat.get_by_role("button", name="قیمت‌ها")
    await expect(chip).to_be_enabled()
    for _ in range(20):
        await page.keyboard.press("Shift+Tab")
        if await chip.evaluate("it => it === document.activeElement"):
            break
    await page.keyboard.press("Enter")
    await customer.sees("۱٬۸۹۰٬۰۰۰")
    await page.keyboard.press("Escape")
    await expect(page.locator("body")).to_be_visible()
    await chat.wait_for_function(
        "!(document.hasFocus() && document.activeElement === document.getElementById('composer'))"
    )
