"""People in front of real browsers: customers on the shop's page, agents at the desk. Locators stand here, once."""

from __future__ import annotations

import asyncio
import contextlib
import re
import secrets
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

from playwright.async_api import Browser, BrowserContext, Frame, Locator, Page, StorageState, expect

from tests.browser.line import Line
from tests.browser.stack import Stack

Locale = Literal["fa", "en"]
CHAT = re.compile(r"/chat/shop/app\b")
END = {"fa": re.compile("پایان"), "en": re.compile("End")}
PERSON = {"fa": "می‌خواهم با یک نفر صحبت کنم", "en": "Talk to a person"}
# Waits are for what must come, never for how long it usually takes; a slow machine gets its time.
PATIENCE_MS = 15_000


@dataclass(slots=True)
class Customer:
    """A customer: a page of the shop with the chat in it."""

    page: Page
    shop: str
    locale: Locale = "fa"

    async def visit(self) -> None:
        """Open the shop's page."""
        await self.page.goto(self.shop + ("/" if self.locale == "fa" else "/en"))

    async def open(self) -> None:
        """Open the chat from a button of the page and wait until one can write."""
        await self.page.locator("button[data-peyk-open]").first.click()
        await expect((await self.chat()).locator("#composer, form.form").first).to_be_visible(timeout=PATIENCE_MS)

    async def come(self) -> Customer:
        """Visit and open."""
        await self.visit()
        await self.open()
        return self

    async def chat(self) -> Frame:
        """The chat's frame."""
        found = next((frame for frame in self.page.frames if CHAT.search(frame.url)), None)
        if found is not None:
            return found
        return await self.page.wait_for_event(
            "framenavigated", lambda frame: bool(CHAT.search(frame.url)), timeout=PATIENCE_MS
        )

    async def reload(self) -> None:
        """Reload the page and open the chat again."""
        await self.page.reload()
        await self.open()

    async def write(self, text: str) -> None:
        """Type a message without sending it."""
        await (await self.chat()).locator("#composer").fill(text)

    async def say(self, text: str) -> None:
        """Send a message."""
        await self.write(text)
        await self.page.keyboard.press("Enter")

    async def press(self, title: str) -> None:
        """Press a button of the bot."""
        await (await self.chat()).locator(".chip:enabled", has_text=title).last.click()

    async def ask_for_a_person(self) -> None:
        """Say that a person is wanted."""
        await self.say(PERSON[self.locale])

    async def all(self, selector: str) -> Locator:
        """Something in the chat."""
        return (await self.chat()).locator(selector)

    async def sees(self, text: str | re.Pattern[str], *, seconds: float = PATIENCE_MS / 1000) -> None:
        """The other side's bubbles or the hub's lines say this, exactly once."""
        await expect((await self.all(".row.theirs .bubble, .system")).filter(has_text=text)).to_have_count(
            1, timeout=seconds * 1000
        )

    async def hears(self, text: str | re.Pattern[str], *, seconds: float = PATIENCE_MS / 1000) -> None:
        """The newest words of the other side are these."""
        await expect((await self.all(".row.theirs .bubble")).last).to_contain_text(text, timeout=seconds * 1000)

    async def sent(self, text: str) -> None:
        """My message stands there once and the hub has it."""
        mine = (await self.all(".row.mine")).filter(has_text=text)
        await expect(mine).to_have_count(1, timeout=PATIENCE_MS)
        await expect(mine).not_to_have_class(re.compile(r"\bsending\b|\bfailed\b"), timeout=PATIENCE_MS)

    async def leave(self) -> None:
        """End the chat."""
        chat = await self.chat()
        await chat.locator(".menu-button").click()
        await chat.get_by_role("menuitem", name=END[self.locale]).click()
        await chat.locator(".confirm .solid").click()

    async def words(self) -> list[str]:
        """Everything that is on the screen, line by line."""
        return [one.strip() for one in await (await self.all(".bubble, .system")).all_inner_texts()]

    async def presence(self) -> Locator:
        """The line in the chat's head that says who is there."""
        return await self.all(".presence")


@dataclass(slots=True)
class Agent:
    """Somebody at the desk. Everything is done by keys, as they do it."""

    page: Page
    hub: str
    login: str = ""
    _answered_at: int = 0

    async def sign_in(self, password: str) -> None:
        """Through the login page."""
        await self.page.goto(self.hub + "/login")
        await self.page.locator("input[name=login]").fill(self.login)
        await self.page.locator("input[name=password]").fill(password)
        await self.page.keyboard.press("Enter")
        await self.page.wait_for_url("**/desk**", timeout=PATIENCE_MS)

    async def sit_down(self) -> None:
        """Open the desk and wait until it is live."""
        await self.page.goto(self.hub + "/desk")
        await expect(self.page.locator(".face-button")).to_be_visible(timeout=PATIENCE_MS)

    async def key(self, key: str) -> None:
        """Press a key with the focus on no field."""
        await self.page.keyboard.press(key)

    async def away_from_fields(self) -> None:
        """Take the focus out of the composer."""
        await self.page.evaluate("document.activeElement instanceof HTMLElement && document.activeElement.blur()")

    async def online(self) -> Agent:
        """Go online."""
        await self.away_from_fields()
        await self.key("o")
        await expect(self.page.locator(".face-button .status-dot.is-on")).to_be_visible(timeout=PATIENCE_MS)
        return self

    @property
    def offer(self) -> Locator:
        """The offer on the screen."""
        return self.page.locator(".offer")

    async def accept(self) -> None:
        """Accept what is offered, by its key, and wait until one can answer."""
        await expect(self.offer).to_be_visible(timeout=PATIENCE_MS)
        await self.away_from_fields()
        await self._answer("a")
        await expect(self.composer).to_be_visible(timeout=PATIENCE_MS)
        await expect(self.page.locator(".pane-owner.is-mine")).to_be_visible(timeout=PATIENCE_MS)

    async def decline(self) -> None:
        """Pass on what is offered, by its key."""
        await expect(self.offer).to_be_visible(timeout=PATIENCE_MS)
        await self.away_from_fields()
        await self._answer("d")

    async def _answer(self, key: str) -> None:
        # Nobody is as quick as a test: an answer within half a second after the last one is taken for its echo.
        await self.page.wait_for_function("last => Date.now() - last > 600", arg=self._answered_at)
        await self.key(key)
        self._answered_at = await self.page.evaluate("Date.now()")

    async def go(self, place: str) -> None:
        """Go to a place by its two keys: inbox, queue, all, snoozed (z), resolved."""
        await self.away_from_fields()
        await self.key("g")
        await self.key(place)

    @property
    def composer(self) -> Locator:
        """Where replies and notes are written."""
        return self.page.locator(".composer textarea")

    async def reply(self, text: str) -> None:
        """Send a reply."""
        await self.composer.fill(text)
        await self.page.keyboard.press("Control+Enter")
        await expect(self.composer).to_have_value("", timeout=PATIENCE_MS)

    async def note(self, text: str) -> None:
        """Write a private note."""
        await self.composer.focus()
        await self.page.keyboard.press("Tab")
        await expect(self.page.locator(".composer.is-note")).to_be_visible()
        await self.composer.fill(text)
        await self.page.keyboard.press("Control+Enter")
        await expect(self.page.locator(".group.is-note").filter(has_text=text)).to_have_count(1, timeout=PATIENCE_MS)
        await self.composer.focus()
        await self.page.keyboard.press("Tab")
        await expect(self.page.locator(".composer.is-note")).to_have_count(0)

    @property
    def timeline(self) -> Locator:
        """The messages of the open conversation."""
        return self.page.locator(".timeline")

    @property
    def rows(self) -> Locator:
        """The rows of the list."""
        return self.page.locator(".list .row")

    async def sees(self, text: str | re.Pattern[str], *, times: int = 1) -> None:
        """Bubbles of the open conversation say this so often."""
        await expect(self.timeline.locator(".bubble").filter(has_text=text)).to_have_count(times, timeout=PATIENCE_MS)

    async def sees_event(self, text: str | re.Pattern[str]) -> None:
        """The open conversation has an event that says this."""
        fold = self.timeline.locator(".event-fold")
        while await fold.count():
            await fold.first.click()
        await expect(self.timeline.locator(".event").filter(has_text=text).first).to_be_visible(timeout=PATIENCE_MS)

    async def close_talk(self) -> None:
        """End the talk of the open conversation, as its key does it."""
        await self.away_from_fields()
        await self.key("e")

    async def close(self, disposition: int = 1) -> None:
        """Close the open conversation with the n-th disposition."""
        await self.close_talk()
        await expect(self.dialog).to_be_visible()
        await self.key(str(disposition))
        await expect(self.dialog.locator("input:checked")).to_have_count(1)
        await self.key("Enter")
        await expect(self.dialog).to_have_count(0)

    @property
    def dialog(self) -> Locator:
        """What is open over the desk."""
        return self.page.locator(".dialog")

    async def words(self) -> list[str]:
        """All bubbles of the open conversation."""
        return [one.strip() for one in await self.timeline.locator(".bubble").all_inner_texts()]


@dataclass(slots=True)
class People:
    """Makes people, each in a browser context of their own, and lets them go at the end of a test."""

    stack: Stack
    browser: Browser
    keys: dict[str, StorageState]
    contexts: AsyncExitStack = field(default_factory=AsyncExitStack)
    faults: list[str] = field(default_factory=list)

    async def customer(self, locale: Locale = "fa", *, line: Line | None = None, **options: Any) -> Customer:
        """A new customer, who is not on the page yet."""
        context = await self.context(line=line, locale="fa-IR" if locale == "fa" else "en-GB", **options)
        return Customer(await context.new_page(), self.stack.shop, locale)

    async def writes(self, words: str) -> Customer:
        """A new customer who has written."""
        customer = await (await self.customer("fa")).come()
        await customer.say(words)
        await customer.sent(words)
        return customer

    async def agent(
        self, login: str, *, line: Line | None = None, browser: Browser | None = None, **options: Any
    ) -> Agent:
        """Somebody of the staff at their desk, not online yet."""
        options.setdefault("viewport", {"width": 1440, "height": 900})
        context = await self.context(line=line, browser=browser, storage_state=await self.key(login), **options)
        agent = Agent(await context.new_page(), self.stack.hub, login)
        await agent.sit_down()
        return agent

    async def context(
        self, *, line: Line | None = None, browser: Browser | None = None, **options: Any
    ) -> BrowserContext:
        """A browser context that lives as long as the test; uncaught errors of its pages fail the test."""
        if line is not None:
            options["proxy"] = {"server": line.server}
        options.setdefault("reduced_motion", "reduce")
        context = await (browser or self.browser).new_context(**options)
        self.contexts.push_async_callback(_closed, context)
        context.set_default_timeout(PATIENCE_MS)
        context.on("weberror", lambda error: self.faults.append(str(error.error)))
        return context

    async def key(self, login: str) -> StorageState:
        """The cookie of an account; signed in once through the login page."""
        if login not in self.keys:
            context = await self.browser.new_context()
            agent = Agent(await context.new_page(), self.stack.hub, login)
            await agent.sign_in(self.stack.passwords[login])
            self.keys[login] = await context.storage_state()
            await context.close()
        return self.keys[login]


async def _closed(context: BrowserContext) -> None:
    # Its browser may have been killed in the test.
    with contextlib.suppress(Exception):
        await context.close()


@asynccontextmanager
async def people_of(stack: Stack, browser: Browser, keys: dict[str, StorageState]) -> AsyncIterator[People]:
    """People until the block ends; then the shop is swept: nobody waits, nobody is at work."""
    people = People(stack, browser, keys)
    try:
        async with people.contexts:
            yield people
    finally:
        await sweep(stack)
    assert not people.faults, people.faults


async def sweep(stack: Stack) -> None:
    """Everybody goes home and every open conversation is closed, as a supervisor would do it."""
    async with asyncio.timeout(60):
        await _sweep(stack)
        while await _somebody_waits(stack):  # lists follow what happens in a moment; the figures know it at once
            await _sweep(stack)


async def _somebody_waits(stack: Stack) -> bool:
    async with (await stack.staff("mina")).desk() as ws:
        return any(line["waiting"] for line in (await ws.receive_json(timeout=10))["queues"])


async def _sweep(stack: Stack) -> None:
    async with (await stack.staff("mina")).desk() as ws:
        ready = await ws.receive_json(timeout=10)
    at_work = [one["login"] for one in await _accounts(stack) if one["id"] in _busy(ready["agents"])]
    for login in [*at_work, "mina"]:
        async with (await stack.staff(login)).desk() as ws:
            mine = [row["id"] for row in (await ws.receive_json(timeout=10))["mine"]]
            await _ask(ws, type="status.set", status="offline")
            if login == "mina":
                for tab in ("all", "snoozed"):
                    mine += [row["id"] for row in (await _ask(ws, type="list", tab=tab, limit=100))["data"]["rows"]]
            for conversation in dict.fromkeys(mine):
                await _ask(ws, type="take", conversation=conversation)
                await _ask(ws, type="wake", conversation=conversation)
                await _ask(ws, type="resolve", conversation=conversation, disposition="answered")


async def _accounts(stack: Stack) -> list[dict[str, Any]]:
    return list((await (await stack.staff("admin")).call("GET", "/api/admin/agents")).json["agents"])


def _busy(agents: list[dict[str, Any]]) -> set[str]:
    return {one["id"] for one in agents if one["status"] != "offline" or one.get("load")}


async def _ask(ws: Any, **command: Any) -> dict[str, Any]:
    """A command to the desk's socket and its answer, also when it is refused."""
    number = secrets.randbelow(2**30) + 1
    await ws.send_json({"id": number, **command})
    while True:
        frame: dict[str, Any] = await ws.receive_json(timeout=10)
        if frame.get("id") == number and frame["type"] in {"result", "error"}:
            return frame
