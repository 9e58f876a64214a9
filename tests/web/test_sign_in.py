"""Signing in, staying in, being sent away."""

from __future__ import annotations

import stat

from tests.hub_server import LiveHub


async def test_an_agent_signs_in_and_sees_who_they_are(live: LiveHub) -> None:
    async with live.browser() as ali:
        await ali.sign_in("ali")
        me = (await ali.request("GET", "/api/me")).json
        assert (me["login"], me["role"], me["locale"]) == ("ali", "agent", "fa")


async def test_a_stranger_is_sent_to_the_login_page_and_the_api_says_401(live: LiveHub) -> None:
    async with live.browser() as stranger:
        page = await stranger.request("GET", "/desk")
        assert (page.status, page.headers["Location"]) == (303, "/login")
        assert (await stranger.request("GET", "/api/me")).status == 401


async def test_the_session_cookie_is_for_the_browser_alone(live: LiveHub) -> None:
    async with live.browser() as ali:
        answer = await ali.try_sign_in("ali", live.passwords["ali"])
        cookie = next(one for one in answer.headers.getall("Set-Cookie") if one.startswith("peyk_session="))
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
        assert "Path=/" in cookie


async def test_signing_out_ends_the_session_on_the_server_too(live: LiveHub) -> None:
    async with live.browser() as ali:
        await ali.sign_in("ali")
        token = next(cookie.value for cookie in ali.session.cookie_jar if cookie.key == "peyk_session")
        assert (await ali.call("POST", "/logout")).status == 303
        stolen = await ali.request("GET", "/api/me", headers={"Cookie": f"peyk_session={token}"})
        assert stolen.status == 401


async def test_the_login_page_speaks_both_languages_and_works_without_scripts(live: LiveHub) -> None:
    async with live.browser() as stranger:
        fa = await stranger.request("GET", "/login", headers={"Accept-Language": "fa-IR,fa;q=0.9"})
        en = await stranger.request("GET", "/login", headers={"Accept-Language": "de,en;q=0.9"})
        assert b'lang="fa" dir="rtl"' in fa.body
        assert "گذرواژه".encode() in fa.body
        assert b'lang="en" dir="ltr"' in en.body
        assert b"<script" not in fa.body


async def test_seeded_passwords_are_generated_and_kept_private(live: LiveHub) -> None:
    path = live.hub.settings.accounts_file
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert set(live.passwords) == {"ali", "sara", "mina", "admin"}
    assert len(set(live.passwords.values())) == 4
    assert all(len(password) >= 20 for password in live.passwords.values())


async def test_a_new_password_keeps_this_browser_and_ends_the_others(live: LiveHub) -> None:
    async with live.browser() as here, live.browser() as elsewhere:
        await here.sign_in("ali")
        await elsewhere.sign_in("ali")
        change = {"password": {"old": live.passwords["ali"], "new": "a much better sentence"}}
        assert (await here.call("PATCH", "/api/me", change)).status == 200
        assert (await here.request("GET", "/api/me")).status == 200
        assert (await elsewhere.request("GET", "/api/me")).status == 401
        async with live.browser() as later:
            await later.sign_in("ali", "a much better sentence")


async def test_a_wrong_present_password_and_a_weak_new_one_are_refused_in_words(live: LiveHub) -> None:
    async with live.browser() as ali:
        await ali.sign_in("ali")
        wrong = await ali.call("PATCH", "/api/me", {"password": {"old": "not it, sorry", "new": "a better sentence"}})
        weak = await ali.call("PATCH", "/api/me", {"password": {"old": live.passwords["ali"], "new": "1234567890"}})
        assert (wrong.status, wrong.code) == (401, "wrong_password")
        assert (weak.status, weak.code) == (400, "weak_password")


async def test_a_person_who_types_localhost_lands_where_signing_in_works(live: LiveHub) -> None:
    async with live.browser() as visitor:
        port = live.url.rpartition(":")[2]
        sent = await visitor.request("GET", "/login?locale=fa", headers={"Host": f"localhost:{port}"})
        assert (sent.status, sent.headers["Location"]) == (302, f"{live.url}/login?locale=fa")
        for host in ("evil.example", f"evil.example:{port}", "localhost:1", "localhost"):
            assert (await visitor.request("GET", "/login", headers={"Host": host})).status == 200
