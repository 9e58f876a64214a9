"""Attack case I03: hostile words, names, forms, file names, bot answers, canned replies stay words everywhere.

What would give a fault away: a script that runs, a request to anywhere else, a violation of the page's own policy (then
only the policy would have held), an element that the words made.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio
from playwright.async_api import Browser, Frame, Page, StorageState, expect

from bot.contract import BotStatus, Button, Handoff, HandoffReason, Reply, Say, Turn
from hub.model.ids import InboxId, new_id
from hub.store.database import connect
from hub.store.embedded import Mongod
from hub.up.browser_parts import build
from tests.attacks.corpus import EVERYTHING, EVIL, PAYLOADS, plain
from tests.browser.fixtures import BROWSER, missing
from tests.browser.people import Agent
from tests.browser.stack import ROOT, cache
from tests.hub_server import AbsentBot, LiveHub, live_hub

pytestmark = BROWSER
NAMES = [one for one in PAYLOADS if len(one) < 60][:8]
FILE_NAMES = [one.replace("/", "∕") for one in PAYLOADS if "\n" not in one and "\t" not in one][:10]
TYPED = PAYLOADS[::16]
AT_ONCE = 5
WATCH = """
window.peykViolations = [];
document.addEventListener("securitypolicyviolation", it =>
  window.peykViolations.push(it.violatedDirective + " " + it.blockedURI));
"""
TELLTALE = "script,iframe,object,embed,base,meta,link,style,math,video,audio,template,marquee,[onerror],[onload]"
MADE = """([boxes, telltale]) => [...document.querySelectorAll(boxes)].flatMap(box =>
  [...box.querySelectorAll(telltale)].map(it => it.outerHTML.slice(0, 120)))"""

BACK_TO_THE_BEGINNING = """async ([box, more, begin]) => {
  const there = () => begin ? document.querySelector(more)?.textContent === begin : !document.querySelector(more);
  for (let n = 0; !there(); n++) {
    if (n > 3000) throw new Error("there is always more");
    document.querySelector(box).scrollTop = n % 2;
    document.querySelector(more)?.click();
    await new Promise(done => setTimeout(done, 20));
  }
}"""


class Echo(AbsentBot):
    """A bot that says whatever it is told, also on its buttons; it hands over when asked for a person."""

    async def turn(self, turn: Turn) -> Reply:
        says = tuple(
            Say(text=text, buttons=(Button(title=text[:80], payload="/x"),))
            for text in turn.texts or ("?",)
            if text != "person"
        )
        asked = Handoff(reason=HandoffReason.REQUESTED, summary=PAYLOADS[12]) if "person" in turn.texts else None
        return Reply(says=says, handoff=asked)

    async def ready(self) -> BotStatus:
        return BotStatus(available=True, detail="ok")


@pytest.fixture(scope="session")
def browser_parts() -> None:
    """The built browser parts; all this needs of what `prepare` of the stack makes."""
    try:
        build(ROOT / "widget", cache() / "tools", cache() / "logs", lambda _: None)
    except (RuntimeError, OSError) as error:
        missing(error)


@pytest_asyncio.fixture(loop_scope="session")
async def echoing(mongod_server: Mongod, browser_parts: None, tmp_path: Path) -> AsyncIterator[LiveHub]:
    """A whole hub with the echoing bot."""
    name = "t" + "".join(letter for letter in new_id().lower() if letter.isalnum())
    async with connect(mongod_server.uri, name) as database:
        async with live_hub(database, tmp_path / "var", bot=Echo()) as running:
            config = running.hub.web.config
            inbox = config.inboxes[InboxId("shop")]
            # So many messages in a minute are what the product's own limit is for.
            await config.save(replace(inbox, settings={**inbox.settings, "messages_per_minute": 0}))
            yield running
        await database.drop()


async def trapped(page: Page, hub: str) -> list[str]:
    """Set the traps; what they catch comes into the list."""
    caught: list[str] = []
    await page.expose_function("pwned", lambda: caught.append("a script ran"))
    await page.add_init_script(WATCH)
    page.on("dialog", lambda dialog: caught.append("a dialog: " + dialog.message))
    page.on("pageerror", lambda error: caught.append(f"an error: {error}"))
    own = (hub, hub.replace("http", "ws", 1), "data:", "blob:")
    page.on("request", lambda it: None if it.url.startswith(own) else caught.append("a request: " + it.url))
    return caught


async def nothing_happened(place: Page | Frame, caught: list[str], words: str) -> None:
    """No trap was sprung and the words made no element."""
    assert caught == []
    assert await place.evaluate("window.peykViolations") == []
    assert await place.evaluate(MADE, [words, TELLTALE]) == []


async def test_i03_hostile_words_stay_words_everywhere(echoing: LiveHub, browser: Browser) -> None:
    assert len(EVERYTHING) >= 200
    await _names_and_canned(echoing)
    session, conversation = await _everything_is_said(echoing)
    context = await browser.new_context(reduced_motion="reduce", storage_state=_kept(echoing.url, session))
    try:
        chat, desk = await context.new_page(), await context.new_page()
        caught = [*[await trapped(page, echoing.url) for page in (chat, desk)]]
        await chat.goto(f"{echoing.url}/chat/shop/app?locale=fa")
        await _in_the_chat(chat)
        await nothing_happened(chat, caught[0], ".log")
        await _at_the_desk(echoing, desk, conversation)
        await nothing_happened(desk, caught[1], ".timeline, .list, .card")
        await chat.reload()
        await expect(chat.locator(".row.theirs").last).to_be_visible()
        await nothing_happened(chat, caught[0], ".log")
    finally:
        await context.close()


async def _in_the_chat(page: Page) -> None:
    """Everything that was said is there; some more is typed, files are sent, the form is filled."""
    await expect(page.locator(".row.mine").last).to_be_visible()
    await page.evaluate(BACK_TO_THE_BEGINNING, [".log", ".older", ""])
    for side in (".row.mine .bubble", ".row.theirs .bubble"):
        await all_words_stand_there(page, side)
    for payload in TYPED:
        await page.locator("#composer").fill(payload)
        await page.keyboard.press("Enter")
        await expect(page.locator("#composer")).to_have_value("")
    for start in range(0, len(FILE_NAMES), AT_ONCE):
        names = FILE_NAMES[start : start + AT_ONCE]
        files = [{"name": f"{name}.txt", "mimeType": "text/plain", "buffer": b"nothing"} for name in names]
        await page.locator("input[type=file]").set_input_files(files)  # type: ignore[arg-type]
        await expect(page.locator(".tray li")).to_have_count(len(names))
        await page.locator(".composer button[type=submit]").click()
    await page.locator("#composer").fill("person")
    await page.keyboard.press("Enter")
    await expect(page.locator("form.form")).to_be_visible(timeout=60_000)
    await expect(page.locator(".row.sending")).to_have_count(0, timeout=60_000)
    await page.locator("#form-name").fill(PAYLOADS[12])
    await page.locator("#form-email").fill("<svg/onload=pwned()>@example.com")
    await page.locator("#form-message").fill("\n".join(PAYLOADS[:20]))
    await page.locator("form.form button[type=submit]").click()


async def all_words_stand_there(page: Page, bubbles: str) -> None:
    """Each payload is read in some bubble, letter by letter."""
    shown = "\n".join(plain(words) for words in await page.locator(bubbles).all_text_contents())
    assert not [words for words in EVERYTHING if plain(words) not in shown]


async def _at_the_desk(hub: LiveHub, page: Page, conversation: str) -> None:
    """Look at everything that a customer can have a hand in."""
    agent = Agent(page, hub.url, "ali")
    await agent.sign_in(hub.passwords["ali"])
    await expect(page.locator(".face-button")).to_be_visible()
    await agent.online()
    await agent.accept()
    await agent.composer.fill("/hostile")
    await expect(page.locator(".complete-item").first).to_be_visible()
    await agent.key("Enter")
    await agent.key("Control+Enter")
    await agent.go("q")
    await expect(agent.rows.first).to_be_visible()
    for number in range(min(4, await agent.rows.count())):
        await agent.rows.nth(number).click()
        await expect(page.locator(".pane-title")).to_be_visible()
    await page.goto(f"{hub.url}/desk/c/{conversation}")
    await expect(page.locator(".timeline .bubble").last).to_be_visible()
    await page.evaluate(BACK_TO_THE_BEGINNING, [".timeline", ".timeline .older", "گفتگو از این‌جا شروع شد"])
    await all_words_stand_there(page, ".timeline .bubble")
    await agent.key("Control+k")
    await expect(agent.dialog).to_be_visible()


async def _everything_is_said(hub: LiveHub) -> tuple[dict[str, object], str]:
    """A visitor says everything, as fast as it goes.

    Returns the session with which a browser is this visitor, and the conversation.
    """
    async with hub.browser() as visitor:
        session: dict[str, object] = (await visitor.call("POST", "/chat/shop/session", {})).json
        headers = {"Origin": hub.url}
        async with visitor.session.ws_connect(f"{hub.url}/chat/shop/socket", headers=headers) as ws:
            await ws.send_json({"type": "hello", "token": session["access"]})
            for number, words in enumerate(EVERYTHING):
                await ws.send_json({"type": "send", "id": number, "client_id": new_id(), "text": words})
            echoes: list[str] = []
            answered: list[str] = []
            async with asyncio.timeout(120):
                while len(answered) < len(EVERYTHING) or plain(EVERYTHING[-1]) not in echoes:
                    frame = await ws.receive_json()
                    assert frame["type"] != "error", frame
                    answered += [frame["data"]["conversation"]] if frame["type"] == "result" else []
                    if frame["type"] == "entry" and frame["entry"]["author"] == "bot":
                        echoes += [plain(part["text"]) for part in frame["entry"]["parts"] if "text" in part]
    return session, answered[0]


def _kept(url: str, session: dict[str, object]) -> StorageState:
    """The storage of a browser that has been here with this session."""
    kept = {"name": "peyk:shop:visitor", "value": json.dumps(session)}
    return {"cookies": [], "origins": [{"origin": url, "localStorage": [kept]}]}


async def _names_and_canned(hub: LiveHub) -> None:
    """Customers with hostile names wait in line; a hostile canned reply."""
    async with hub.browser() as admin:
        await admin.sign_in("admin")
        canned = {"shortcut": "hostile", "locale": "fa", "text": "\n".join(PAYLOADS[:30])[:3900]}
        assert (await admin.call("POST", "/api/admin/canned", canned)).status < 300
    for name in NAMES:
        async with hub.browser() as visitor:
            session = (await visitor.call("POST", "/chat/shop/session", {})).json
            headers = {"Origin": hub.url}
            async with visitor.session.ws_connect(f"{hub.url}/chat/shop/socket", headers=headers) as ws:
                await ws.send_json(
                    {"type": "hello", "token": session["access"], "page": EVIL + "?<script>pwned()</script>"}
                )
                await _say(ws, 1, text="person")
                values = {"name": name, "email": "a@example.com", "message": name}
                await _say(ws, 2, form="offline", values=values)


async def _say(ws: aiohttp.ClientWebSocketResponse, number: int, **message: object) -> None:
    await ws.send_str(json.dumps({"type": "send", "id": number, "client_id": new_id(), **message}))
    while True:
        frame = await ws.receive_json(timeout=15)
        if frame.get("id") == number:
            assert frame["type"] == "result", frame
            return
