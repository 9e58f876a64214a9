"""What admins do, what it leaves in the audit trail, and what is refused in words."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest_asyncio

from tests.hub_server import Browser, LiveHub

NEW = {"login": "reza", "name": "رضا نوری", "password": "a long enough one", "queues": ["support"]}


@pytest_asyncio.fixture
async def admin(live: LiveHub) -> AsyncIterator[Browser]:
    async with live.browser() as browser:
        await browser.sign_in("admin")
        yield browser


async def test_a_new_agent_can_sign_in_and_the_roster_knows_them(admin: Browser, live: LiveHub) -> None:
    made = await admin.call("POST", "/api/admin/agents", NEW)
    assert (made.status, made.json["role"], made.json["queues"]) == (201, "agent", ["support"])
    async with live.browser() as reza:
        await reza.sign_in("reza", "a long enough one")
    assert any(agent.login == "reza" for agent in live.hub.staff.agents)


async def test_a_bad_account_is_refused_in_words(admin: Browser) -> None:
    for change, code, field in [
        ({"login": "ALI"}, "exists", "login"),
        ({"login": "a b"}, "bad_text", "login"),
        ({"name": "  "}, "bad_length", "name"),
        ({"name": "x\u202eevil"}, "bad_text", "name"),
        ({"password": "short"}, "weak_password", "password"),
        ({"queues": ["nowhere"]}, "no_such_queue", "queues"),
        ({"role": "owner"}, "bad_field", "role"),
        ({"capacity": 10**9}, "bad_field", "capacity"),
        ({"colour": "red"}, "unknown_field", "colour"),
    ]:
        answer = await admin.call("POST", "/api/admin/agents", {**NEW, **change})
        assert answer.status in (400, 409)
        assert (answer.code, answer.json["error"].get("field")) == (code, field)


async def test_the_last_admin_cannot_be_lost(admin: Browser, live: LiveHub) -> None:
    me = (await admin.request("GET", "/api/me")).json["id"]
    for change in ({"role": "agent"}, {"active": False}):
        refused = await admin.call("PATCH", f"/api/admin/agents/{me}", change)
        assert (refused.status, refused.code) == (409, "last_admin")
    second = (await admin.call("POST", "/api/admin/agents", {**NEW, "role": "admin"})).json
    assert (await admin.call("PATCH", f"/api/admin/agents/{second['id']}", {"role": "agent"})).status == 200


async def test_queues_inboxes_canned_replies_and_settings_are_kept_as_set(admin: Browser, live: LiveHub) -> None:
    queue = await admin.call("POST", "/api/admin/queues", {"id": "vip", "name": "ویژه", "priority": 5})
    assert queue.status == 201
    changed = await admin.call("PATCH", "/api/admin/queues/vip", {"offer_seconds": 30})
    assert (changed.json["offer_seconds"], changed.json["priority"]) == (30, 5)
    calendar = {"time_zone": "Asia/Tehran", "week": {"sat": [["09:00", "17:00"]]}, "always_open": False}
    inbox = await admin.call(
        "PATCH",
        "/api/admin/inboxes/shop",
        {"bot_enabled": False, "queue": "vip", "origins": ["https://shop.example"], "calendar": calendar},
    )
    assert inbox.status == 200, inbox.body
    assert (inbox.json["bot_enabled"], inbox.json["origins"]) == (False, ["https://shop.example"])
    assert (await admin.call("DELETE", "/api/admin/queues/vip")).code == "in_use"
    canned = await admin.call("POST", "/api/admin/canned", {"shortcut": "/vip", "locale": "fa", "text": "سلام"})
    assert (canned.status, canned.json["shortcut"]) == (201, "vip")
    assert (await admin.call("DELETE", f"/api/admin/canned/{canned.json['id']}")).status == 204
    rules = await admin.call("PATCH", "/api/admin/settings", {"grace_seconds": 5, "dispositions": ["done"]})
    assert (rules.json["grace_seconds"], rules.json["dispositions"]) == (5, ["done"])
    await live.hub.config.load()  # what counts is what the store has
    stored = live.hub.config.inbox("shop")
    assert stored is not None
    assert (stored.bot_enabled, stored.calendar.always_open) == (False, False)
    assert live.hub.config.workplace.grace_seconds == 5


async def test_an_inbox_takes_only_what_makes_sense(admin: Browser) -> None:
    for change, code in [
        ({"origins": ["javascript:alert(1)"]}, "bad_origin"),
        ({"origins": ["https://shop.example/path"]}, "bad_origin"),
        ({"origins": ["https://shop.example; script-src *"]}, "bad_origin"),
        ({"accent": "red; background: url(//x)"}, "bad_colour"),
        ({"calendar": {"week": {"sat": [["17:00", "09:00"]]}}}, "windows_out_of_order"),
        ({"calendar": {"time_zone": "../../etc/passwd"}}, "no_such_time_zone"),
        ({"queue": "nowhere"}, "no_such_queue"),
        ({"brand": "Peyk"}, ""),
        ({}, "nothing_to_change"),
    ]:
        answer = await admin.call("PATCH", "/api/admin/inboxes/shop", change)
        assert (answer.status == 200) if not code else (answer.status == 400 and answer.code == code)


async def test_every_admin_act_is_in_the_trail_with_before_and_after(admin: Browser) -> None:
    await admin.call("PATCH", "/api/admin/queues/support", {"offer_seconds": 45})
    record = (await admin.request("GET", "/api/admin/audit")).json["records"][0]
    assert (record["action"], record["target"], record["actor_name"]) == (
        "queue.change",
        "queue:support",
        "مدیر سامانه",
    )
    assert record["changes"] == {"offer_seconds": [20, 45]}
    assert record["ip"] == "127.0.0.1"
    assert (await admin.request("GET", "/api/admin/audit/verify")).json == {"intact": True, "broken_at": None}


async def test_a_new_password_is_in_the_trail_but_not_its_words(admin: Browser, live: LiveHub) -> None:
    made = (await admin.call("POST", "/api/admin/agents", NEW)).json
    secret = "yet another sentence"
    await admin.call("PATCH", f"/api/admin/agents/{made['id']}", {"password": secret})
    trail = (await admin.request("GET", "/api/admin/audit")).body.decode()
    assert '"password":["***","***"]' in trail
    assert secret not in trail
    assert NEW["password"] not in trail
    assert "argon2" not in trail


async def test_two_admins_who_change_the_same_thing_never_overwrite_each_other(admin: Browser, live: LiveHub) -> None:
    fields = {"priority": 3, "offer_seconds": 33, "max_wait_seconds": 333, "name": "Three"}
    saved = await asyncio.gather(
        *(admin.call("PATCH", "/api/admin/queues/support", {name: value}) for name, value in fields.items())
    )
    after = live.hub.config.queues["support"]
    for answer, (name, value) in zip(saved, fields.items(), strict=True):
        refused = (answer.status, answer.json.get("error", {}).get("code")) == (409, "changed_meanwhile")
        assert (getattr(after, name) == value) != refused
