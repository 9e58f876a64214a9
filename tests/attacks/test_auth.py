"""Attack cases A: signing in, sessions, and being sent away."""

from __future__ import annotations

import asyncio
import re
import threading
from unittest.mock import AsyncMock, Mock

import aiohttp
import pytest
from argon2 import PasswordHasher, extract_parameters
from yarl import URL

from hub.settings import SettingsError, load_settings
from tests.hub_server import Browser, LiveHub

WRONG = "certainly not the password"


async def test_a01_login_takes_a_form_and_nothing_else(live: LiveHub) -> None:
    for password in [{"$ne": ""}, ["x"], 7, None, {"$gt": ""}]:
        async with live.browser() as mallory:
            csrf = await mallory.login_csrf()
            body = {"login": "admin", "password": password, "csrf": csrf}
            answer = await mallory.request("POST", "/login", json=body, headers={"Origin": live.url})
            assert answer.status == 400
            assert (await mallory.request("GET", "/api/me")).status == 401


async def test_a01_operators_in_form_fields_are_not_fields(live: LiveHub) -> None:
    for form in ["login=admin&password[$ne]=1", "login[$gt]=&password[$gt]=", "login=a&login=b&password=x"]:
        async with live.browser() as mallory:
            body = f"{form}&csrf={await mallory.login_csrf()}"
            headers = {"Origin": live.url, "Content-Type": "application/x-www-form-urlencoded"}
            assert (await mallory.request("POST", "/login", data=body, headers=headers)).status == 400


@pytest.mark.parametrize(
    "verdict",
    [
        AsyncMock(return_value=None),
        AsyncMock(return_value=0),
        AsyncMock(return_value="yes"),
        AsyncMock(return_value=Mock()),
    ],
)
async def test_a02_only_a_true_true_lets_anybody_in(
    live: LiveHub, verdict: AsyncMock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(live.hub.web.passwords), "verify", verdict)
    async with live.browser() as mallory:
        assert (await mallory.try_sign_in("admin", "anything at all")).status == 401


async def test_a03_an_unknown_user_looks_and_takes_like_a_known_one(
    live: LiveHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What takes the time is the hash: each is checked against one that costs the same."""
    verify, checked = PasswordHasher.verify, list[str]()

    def watched(self: PasswordHasher, hash: str | bytes, password: str | bytes) -> bool:  # noqa: A002 (its own name)
        checked.append(str(hash))
        return verify(self, hash, password)

    monkeypatch.setattr(PasswordHasher, "verify", watched)
    async with live.browser() as mallory:
        assert await _refused(mallory, "admin") == await _refused(mallory, "nobody")
    one, other = checked
    assert one != other
    assert extract_parameters(one) == extract_parameters(other)


async def test_a04_too_many_wrong_passwords_wait_but_never_lock(live: LiveHub, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = live.hub.web.clock
    now = clock.now()
    monkeypatch.setattr(type(clock), "now", lambda self: now)
    async with live.browser() as mallory:
        for _ in range(20):
            assert (await mallory.try_sign_in("ali", WRONG)).status == 401
        waiting = await mallory.try_sign_in("ali", live.passwords["ali"])
        assert waiting.status == 429
        assert int(waiting.headers["Retry-After"]) >= 1
        assert (await mallory.try_sign_in("sara", WRONG)).status == 401  # others are not held up
        now += 300_000
        assert (await mallory.try_sign_in("ali", live.passwords["ali"])).status == 303


async def test_a04_one_address_that_tries_many_accounts_waits_too(
    live: LiveHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(live.hub.web.passwords), "verify", AsyncMock(return_value=False))
    clock = live.hub.web.clock
    now = clock.now()
    monkeypatch.setattr(type(clock), "now", lambda self: now)
    async with live.browser() as mallory:
        statuses = [(await mallory.try_sign_in(f"user{n}", WRONG)).status for n in range(101)]
        assert statuses[:100] == [401] * 100
        assert statuses[100] == 429


async def test_a05_twenty_logins_at_once_do_not_hold_up_the_hub(live: LiveHub, monkeypatch: pytest.MonkeyPatch) -> None:
    """While hashes are reckoned, at most two at a time and none of them by the loop, others are answered."""
    verify, answered, at_work, most = PasswordHasher.verify, threading.Event(), list[int](), list[int]()

    def slow(self: PasswordHasher, hash: str | bytes, password: str | bytes) -> bool:  # noqa: A002 (its own name)
        at_work.append(threading.get_ident())
        most.append(len(at_work))
        try:
            assert answered.wait(20)
            return verify(self, hash, password)
        finally:
            at_work.remove(threading.get_ident())

    monkeypatch.setattr(PasswordHasher, "verify", slow)
    async with live.browser() as browser:
        csrf = await browser.login_csrf()
        form = {"login": "ali", "password": WRONG, "csrf": csrf}
        logins = [
            asyncio.create_task(browser.request("POST", "/login", data=form, headers={"Origin": live.url}))
            for _ in range(20)
        ]
        async with asyncio.timeout(15):
            while len(at_work) < 2:
                await asyncio.sleep(0)
            assert (await browser.request("GET", "/healthz")).status == 200
        assert not any(task.done() for task in logins)
        answered.set()
        assert {(await task).status for task in logins} <= {401, 429}
    assert max(most) == 2


async def test_a06_a_session_that_somebody_planted_is_not_the_one_after_login(live: LiveHub) -> None:
    planted = "A" * 43
    async with live.browser() as victim:
        victim.session.cookie_jar.update_cookies({"peyk_session": planted}, URL(live.url))
        await victim.sign_in("ali")
        tokens = {cookie.value for cookie in victim.session.cookie_jar if cookie.key == "peyk_session"}
        assert planted not in tokens
    async with live.browser() as mallory:
        answer = await mallory.request("GET", "/api/me", headers={"Cookie": f"peyk_session={planted}"})
        assert answer.status == 401


@pytest.mark.parametrize("change", [{"active": False}, {"role": "supervisor"}, {"password": "somebody reset this"}])
async def test_a07_requests_and_open_sockets_die_at_once(live: LiveHub, change: dict[str, object]) -> None:
    async with live.browser() as admin, live.browser() as ali:
        await admin.sign_in("admin")
        await ali.sign_in("ali")
        id_ = (await ali.request("GET", "/api/me")).json["id"]
        async with ali.desk() as ws:
            assert (await ws.receive_json())["type"] == "ready"
            assert (await admin.call("PATCH", f"/api/admin/agents/{id_}", change)).status == 200
            await _closed(ws)
        assert (await ali.request("GET", "/api/me")).status == 401


async def test_a07_signing_out_closes_the_socket(live: LiveHub) -> None:
    async with live.browser() as ali:
        await ali.sign_in("ali")
        async with ali.desk() as ws:
            assert (await ws.receive_json())["type"] == "ready"
            await ali.call("POST", "/logout")
            await _closed(ws)


async def test_a07_a_session_that_is_too_old_loses_its_socket_too(
    live: LiveHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with live.browser() as ali:
        await ali.sign_in("ali")
        async with ali.desk() as ws:
            assert (await ws.receive_json())["type"] == "ready"
            clock = live.hub.web.clock
            later = clock.now() + 12 * 3_600_000 + 1
            monkeypatch.setattr(type(clock), "now", lambda self: later)
            await live.hub.web.tickets.end_expired()
            await _closed(ws)
        assert (await ali.request("GET", "/api/me")).status == 401


async def test_a08_a_ticket_does_not_outlive_its_agents_access(live: LiveHub) -> None:
    async with live.browser() as admin, live.browser() as ali:
        await admin.sign_in("admin")
        await ali.sign_in("ali")
        ticket = await ali.ticket()
        id_ = (await ali.request("GET", "/api/me")).json["id"]
        await admin.call("PATCH", f"/api/admin/agents/{id_}", {"active": False})
        assert await live.hub.web.tickets.redeem(ticket) is None


async def test_a08_whoever_is_sent_away_while_redeeming_stays_out(
    live: LiveHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with live.browser() as ali:
        await ali.sign_in("ali")
        ticket, parts = await ali.ticket(), live.hub.web
        id_ = (await ali.request("GET", "/api/me")).json["id"]
        genuine = parts.accounts.get

        async def read_then_lose(agent: str) -> object:
            stored = await genuine(agent)  # type: ignore[arg-type]
            await parts.doorkeeper.ended(id_, "deactivated")
            return stored

        monkeypatch.setattr(parts.accounts, "get", read_then_lose)
        assert await parts.tickets.redeem(ticket) is None


@pytest.mark.parametrize("secret", ["changeme", "secret", "short", "a" * 64])
def test_a13_a_known_or_weak_secret_does_not_start(secret: str, tmp_path: object) -> None:
    with pytest.raises(SettingsError):
        load_settings(signing_key=secret, var_dir=tmp_path)


async def _refused(browser: Browser, login: str) -> bytes:
    """What the page says, without what is new each time."""
    form = {"login": login, "password": WRONG, "csrf": await browser.login_csrf()}
    answer = await browser.request("POST", "/login", data=form, headers={"Origin": browser.url})
    return re.sub(rb'nonce="[^"]+"|value="[^"]*"', b"", answer.body)


async def _closed(ws: aiohttp.ClientWebSocketResponse) -> None:
    async with asyncio.timeout(15):
        while (await ws.receive()).type not in (
            aiohttp.WSMsgType.CLOSE,
            aiohttp.WSMsgType.CLOSED,
            aiohttp.WSMsgType.CLOSING,
        ):
            pass
