"""Attack case I03 in a real browser: whatever a customer writes stays words on the agents' screen."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from playwright.async_api import Page, async_playwright

from tests.attacks.visitor import Visitor
from tests.hub_server import LiveHub

CHROMIUM = Path("/usr/bin/chromium")
TRAP = "https://evil.invalid/x"
PAYLOADS = (
    "<script>pwned()</script>",
    "<img src=x onerror=pwned()>",
    f"<img src={TRAP}>",
    "<svg onload=pwned()>",
    "<svg><animate onbegin=pwned() attributeName=x dur=1s>",
    "<math><mtext></mtext><mglyph><style><img src=x onerror=pwned()></style></mglyph></math>",
    '<noscript><p title="</noscript><img src=x onerror=pwned()>">',
    "<iframe srcdoc='<script>parent.pwned()</script>'></iframe>",
    "<iframe src=javascript:pwned()>",
    "<object data=javascript:pwned()>",
    "<a href=javascript:pwned()>click</a>",
    "javascript:pwned()",
    "JaVaScRiPt\t:pwned()",
    "data:text/html,<script>pwned()</script>",
    "[x](javascript:pwned())",
    f"![x]({TRAP})",
    f"<style>@import '{TRAP}';</style>",
    f"<link rel=stylesheet href={TRAP}>",
    "<form action=https://evil.invalid><input name=a></form>",
    "<form id=app><input name=innerHTML></form>",
    "<base href=https://evil.invalid/>",
    "<meta http-equiv=refresh content='0;url=https://evil.invalid'>",
    "<details open ontoggle=pwned()>",
    "<video><source onerror=pwned()>",
    "<body onload=pwned()>",
    "\"'><img src=x onerror=pwned()>",
    "</textarea><script>pwned()</script>",
    "</title><script>pwned()</script>",
    "<!--><script>pwned()</script>-->",
    "{{constructor.constructor('pwned()')()}}",
    "${pwned()}",
    "\u202e<script>)(denwp</script>",
    "<scr\u0000ipt>pwned()</scr\u0000ipt>",
    "\ufeff<script>pwned()</script>",
    "＜script＞pwned()＜/script＞",
    "<ScRiPt/x>pwned()</sCrIpT>",
    "__proto__",
    "constructor",
)

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="no browser on this machine"),
]


async def test_i03_no_words_of_a_customer_ever_run_or_load_anything(live: LiveHub) -> None:
    if live.hub.web.assets.entry("desk") is None:
        pytest.skip("the browser parts are not built")
    async with live.browser() as shopper:
        visitor = await Visitor.arrive(shopper)
        async with visitor.socket(page=f'{TRAP}"><script>pwned()</script>') as (ws, _):
            for payload in PAYLOADS:
                answer = await visitor.say(ws, payload)
                while answer.get("code") == "too_fast":
                    await asyncio.sleep(0.6)  # the product's own limit
                    answer = await visitor.say(ws, payload)
                assert answer["type"] == "result", payload
                conversation = answer["data"]["conversation"]
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=str(CHROMIUM))
        try:
            page = await browser.new_page()
            trapped = await _set_traps(page, live.url)
            await page.goto(f"{live.url}/login")
            await page.fill("input[name=login]", "ali")
            await page.fill("input[name=password]", live.passwords["ali"])
            await page.click("button")
            await page.goto(f"{live.url}/desk/c/{conversation}")
            await page.get_by_text("<img src=x onerror=pwned()>", exact=True).first.wait_for(timeout=15_000)
            assert not trapped
            assert page.url.startswith(live.url)
        finally:
            await browser.close()


async def _set_traps(page: Page, own: str) -> list[str]:
    """Collect every sign that something ran or was loaded from elsewhere."""
    trapped: list[str] = []
    await page.expose_function("pwned", lambda: trapped.append("a script ran"))
    page.on("dialog", lambda dialog: trapped.append("a dialog"))
    page.on("request", lambda request: trapped.append(request.url) if _foreign(request.url, own) else None)
    page.on("pageerror", lambda error: trapped.append(str(error)))
    return trapped


def _foreign(url: str, own: str) -> bool:
    return not url.startswith((own, own.replace("http", "ws", 1), "data:", "blob:"))
