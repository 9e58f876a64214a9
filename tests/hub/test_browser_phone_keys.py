"""Who gets a password for a telephone in the browser, and what their page may do."""

from __future__ import annotations

from dataclasses import replace

from channels.calls import BROWSER, BrowserPhone
from hub.model.config import Workplace
from hub.model.ids import InboxId
from hub.routing.choose import crowded
from tests.desk_socket import DeskSocket
from tests.hub_server import LiveHub

URL = "wss://desk.example/sip"
NOBODY = "http://127.0.0.1:9"


async def refusal(live: LiveHub, login: str = "ali") -> str:
    """What a desk hears that wants to be a telephone."""
    async with live.browser() as browser:
        await browser.sign_in(login)
        async with browser.desk() as ws:
            return str((await DeskSocket(ws).ask("phone"))["code"])


async def has_phone(live: LiveHub, phone: str) -> None:
    ali = next(one for one in live.hub.staff.agents if one.login == "ali")
    await live.hub.web.accounts.change(ali.id, {"phone": phone}, end_sessions=False)
    await live.hub.staff.refresh(ali.id)


async def number(live: LiveHub, **settings: object) -> None:
    shop = live.hub.config.inbox("shop")
    assert shop is not None
    own = {"api_url": NOBODY, "api_key": "k", "webhook_secret": "w" * 16, **settings}
    await live.hub.config.create(replace(shop, id=InboxId("tel"), name="Tel", channel="voice", settings=own))


async def test_only_who_has_the_browser_for_a_telephone_gets_a_password(live: LiveHub) -> None:
    await number(live)
    for phone in ("", "101"):
        await has_phone(live, phone)
        assert await refusal(live) == "not_allowed"
    await has_phone(live, BROWSER)
    assert await refusal(live) == "no_browser_phone"


async def test_a_telephone_system_that_is_away_is_named(live: LiveHub) -> None:
    await number(live, browser_url=URL)
    await has_phone(live, BROWSER)
    assert await refusal(live) == "phone_failed"


async def test_calls_are_offered_while_a_desk_is_the_telephone_and_rings(live: LiveHub) -> None:
    await has_phone(live, BROWSER)

    def reason() -> str | None:
        return crowded("voice", next(one for one in live.hub.staff.agents if one.login == "ali"), Workplace())

    async with live.browser() as browser:
        await browser.sign_in("ali")
        async with browser.desk() as ws:
            desk = DeskSocket(ws)
            await desk.ask("status.set", status="online")
            assert reason() == "phone_not_ready"
            await desk.ask("phone.ready", ready=True)
            assert reason() is None
            async with browser.desk() as other:
                await DeskSocket(other).ask("phone.ready", ready=True)
                await desk.ask("phone.ready", ready=False)
                assert reason() is None
            await desk.ask("phone.ready", ready=True)
        async with browser.desk() as ws:
            await DeskSocket(ws).ask("phone.ready", ready=False)
            assert reason() == "phone_not_ready"


async def test_the_desk_may_listen_and_connect_there_and_nowhere_else(live: LiveHub) -> None:
    async with live.browser() as browser:
        await browser.sign_in("ali")
        before = (await browser.request("GET", "/desk")).headers
        await number(live, browser_url=URL)
        after = (await browser.request("GET", "/desk")).headers
        login = (await browser.request("GET", "/login?locale=en")).headers
    assert "connect-src 'self';" in before["Content-Security-Policy"]
    assert f"connect-src 'self' {URL};" in after["Content-Security-Policy"]
    assert "microphone=(self)" in after["Permissions-Policy"]
    assert "microphone=()" in login["Permissions-Policy"]


def test_a_password_is_in_no_line_that_shows_it() -> None:
    made = BrowserPhone(url=URL, name="web-a", login="login", password="the-password", seconds=600)
    assert "the-password" not in repr(made)
