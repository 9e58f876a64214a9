"""Attack cases L: logs, errors and the audit trail."""

from __future__ import annotations

import asyncio
import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from hub.store.audit import Deed
from hub.telemetry import set_up_logging
from tests.attacks.visitor import Visitor
from tests.hub_server import LiveHub


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    """Everything that is logged while the test runs, as the product writes it."""
    root = logging.getLogger()
    kept, level = root.handlers[:], root.level
    stream = io.StringIO()
    set_up_logging(as_json=True)
    root.handlers[0].setStream(stream)  # type: ignore[attr-defined]
    yield stream
    root.handlers[:] = kept
    root.setLevel(level)
    structlog.reset_defaults()


async def test_l01_no_word_password_or_token_stands_in_the_log(logged: io.StringIO, live: LiveHub) -> None:
    words = "my-card-number-is-6037"
    async with live.browser() as shopper, live.browser() as ali:
        visitor = await Visitor.arrive(shopper)
        await ali.sign_in("ali")
        await ali.try_sign_in("ali", "a-typed-password-xyz")
        ticket = await ali.ticket()
        async with visitor.socket() as (ws, _):
            await visitor.say(ws, words)
        session = next(cookie.value for cookie in ali.session.cookie_jar if cookie.key == "peyk_session")
        csrf = ali.csrf
    text = logged.getvalue()
    assert "hub_loaded" in text or "audit" in text
    for secret in (words, "a-typed-password-xyz", live.passwords["ali"], ticket, session, csrf, visitor.access):
        assert secret not in text
    structlog.get_logger("x").info("y", session_token="t", other=session, note=words)
    assert session not in logged.getvalue()


async def test_l01_what_is_stored_holds_no_token_and_no_password(live: LiveHub) -> None:
    async with live.browser() as ali:
        await ali.sign_in("ali")
        ticket = await ali.ticket()
        session = next(cookie.value for cookie in ali.session.cookie_jar if cookie.key == "peyk_session")
        dump = ""
        for name in ("agents", "sessions", "audit", "config"):
            rows = await live.hub.database.collection(name).find({}).to_list()
            dump += json.dumps(rows, default=str)
        for secret in (session, ticket, ali.csrf, *live.passwords.values()):
            assert secret not in dump
        assert "$argon2id$v=19$m=47104,t=1,p=1$" in dump


async def test_l02_a_bug_shows_as_a_number_not_as_a_trace(
    logged: io.StringIO, live: LiveHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(agent: object) -> None:
        raise ValueError("select secret from mongodb://root:hunter2@db/x")

    async with live.browser() as ali:
        await ali.sign_in("ali")
        monkeypatch.setattr(live.hub.web.accounts, "get", broken)
        answer = await ali.request("GET", "/api/me")
        page = await ali.request("GET", "/desk", headers={"Accept": "text/html"})
    assert answer.status == page.status == 500
    assert answer.json == {"error": {"code": "internal", "text": "Something went wrong on our side."}}
    for body in (answer.body, page.body):
        assert b"Traceback" not in body
        assert b"hunter2" not in body
        assert b"ValueError" not in body
    assert answer.headers["X-Request-Id"] in logged.getvalue()
    assert "ValueError" in logged.getvalue()
    assert "hunter2" not in logged.getvalue()


async def test_l03_editing_removing_or_reordering_the_trail_shows(live: LiveHub) -> None:
    trail, rows = live.hub.web.audit, live.hub.database.collection("audit")
    for number in range(5):
        await trail.add(Deed(actor="a", action="queue.change", target="queue:x", changes={"n": [number, number + 1]}))
    assert await trail.verify() is None
    last = (await trail.page(limit=1))[0].seq

    original = await rows.find_one({"_id": last - 2})
    assert original is not None
    await rows.update_one({"_id": last - 2}, {"$set": {"deed": original["deed"].replace("queue:x", "queue:y")}})
    assert await trail.verify() == last - 2
    await rows.replace_one({"_id": last - 2}, original)
    assert await trail.verify() is None

    await rows.update_one({"_id": last - 1}, {"$inc": {"at": 1}})
    assert await trail.verify() == last - 1
    await rows.update_one({"_id": last - 1}, {"$inc": {"at": -1}})

    await rows.delete_one({"_id": last - 3})
    assert await trail.verify() == last - 3


async def test_l03_who_did_what_when_and_from_where_is_known(live: LiveHub) -> None:
    async with live.browser() as admin:
        await admin.try_sign_in("admin", "a wrong password")
        await admin.sign_in("admin")
        await admin.call("POST", "/api/admin/canned", {"shortcut": "x", "locale": "fa", "text": "y"})
        await admin.call("POST", "/logout")
        await admin.sign_in("admin")
        records = (await admin.request("GET", "/api/admin/audit")).json["records"]
    actions = [record["action"] for record in records[:5]]
    assert actions == ["session.login", "session.logout", "canned.create", "session.login", "session.refused"]
    assert all(record["ip"] == "127.0.0.1" and record["at"] > 0 for record in records[:5])
    assert records[4]["actor"] == ""
    assert records[2]["changes"]["text"] == [None, "y"]


async def test_l03_two_writers_at_once_make_one_chain(live: LiveHub) -> None:
    deeds = [Deed(actor="a", action="x.y", target=str(number)) for number in range(12)]
    await asyncio.gather(*(live.hub.web.audit.add(deed) for deed in deeds))
    assert await live.hub.web.audit.verify() is None


async def test_l04_hashes_never_leave_through_the_api(live: LiveHub) -> None:
    async with live.browser() as admin:
        await admin.sign_in("admin")
        for path in ("/api/me", "/api/admin/agents", "/api/admin/audit", "/api/admin/inboxes", "/openapi.json"):
            body = (await admin.request("GET", path)).body
            assert b"argon2id$" not in body
            assert b'"epoch"' not in body
