"""What channels set aside: kept once, whole, for admins to see, download, run again and discard."""

from __future__ import annotations

import pytest
import pytest_asyncio

from hub.store.aside import PIECE, Aside
from hub.store.database import Database
from tests.conftest import NOON
from tests.fakes.parrot import Parrot
from tests.hub_server import Browser, LiveHub


@pytest_asyncio.fixture
async def inbox(admin: Browser) -> str:
    settings = {"handle": "polly", "token": "good"}
    body = {"channel": "parrot", "name": "Parrot", "queue": "support", "settings": settings}
    return str((await admin.call("POST", "/api/admin/inboxes", body)).json["inbox"]["id"])


async def listed(admin: Browser, query: str = "") -> list[str]:
    return [one["id"] for one in (await admin.call("GET", f"/api/admin/aside{query}")).json["items"]]


async def test_the_same_is_kept_once_and_whole(database: Database) -> None:
    aside = Aside(database)
    await aside.index()
    raw = bytes(range(256)) * (2 * PIECE // 256) + b"end"
    first = await aside.put("mail", "<a/b@c>", "unreadable", raw, "from x", NOON)
    assert await aside.put("mail", "<a/b@c>", "unreadable", raw, "from x", NOON) == first
    assert await aside.put("other", "<a/b@c>", "loop", b"", "y", NOON) != first
    assert b"".join([piece async for piece in aside.raw(first)]) == raw
    item = await aside.get(first)
    assert item is not None
    assert (item.times, item.size, item.external_id, item.at) == (2, len(raw), "<a/b@c>", NOON)
    assert not await aside.remove(first, times=1)
    assert await aside.remove(first, times=2)
    assert await database.collection("aside_pieces").count_documents({}) == 0
    assert await aside.get(first) is None


async def test_pages_are_by_inbox_and_reason_newest_first(admin: Browser, live: LiveHub) -> None:
    made = [await live.hub.aside.put("a", str(number), "unreadable", b"x", "s", NOON) for number in range(60)]
    other = await live.hub.aside.put("b", "0", "loop", b"x", "s", NOON)
    first = (await admin.call("GET", "/api/admin/aside?inbox=a")).json
    rest = (await admin.call("GET", f"/api/admin/aside?inbox=a&before={first['before']}")).json
    found = [one["id"] for one in [*first["items"], *rest["items"]]]
    assert len(first["items"]) == 50
    assert rest["before"] is None
    assert sorted(found) == sorted(made)
    assert await listed(admin, "?reason=loop") == [other]
    assert (await admin.call("GET", "/api/admin/aside?before=1")).code == "bad_field"


async def test_it_is_downloaded_as_it_came_and_never_shown_by_the_browser(admin: Browser, live: LiveHub) -> None:
    raw = b"<script>alert(1)</script>\r\n\x00\xff"
    id_ = await live.hub.aside.put("a", "1", "unreadable", raw, "s", NOON)
    answer = await admin.request("GET", f"/api/admin/aside/{id_}/raw")
    assert answer.body == raw
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


async def test_run_again_it_becomes_a_message_and_leaves_the_list(
    admin: Browser, live: LiveHub, parrot: Parrot, inbox: str
) -> None:
    id_ = await live.hub.aside.put(inbox, "1", "unreadable", b"hello", "s", NOON)
    refused = await admin.call("POST", f"/api/admin/aside/{id_}/rerun")
    assert (refused.status, refused.code) == (409, "unreadable")
    (item,) = (await admin.call("GET", "/api/admin/aside")).json["items"]
    assert (item["trouble"], item["tried_at"] is not None) == ("unreadable", True)
    parrot.deaf = False
    assert (await admin.call("POST", f"/api/admin/aside/{id_}/rerun")).status == 204
    assert len(parrot.receipts) == 1
    assert await listed(admin) == []
    assert (await admin.call("POST", f"/api/admin/aside/{id_}/rerun")).status == 404


async def test_what_is_set_aside_again_while_it_runs_is_not_lost(
    admin: Browser, live: LiveHub, parrot: Parrot, inbox: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def aside_again(*_: object) -> None:
        await live.hub.aside.put(inbox, "1", "unreadable", b"hello", "s", NOON)

    id_ = await live.hub.aside.put(inbox, "1", "unreadable", b"hello", "s", NOON)
    monkeypatch.setattr(parrot, "rerun", aside_again)
    assert (await admin.call("POST", f"/api/admin/aside/{id_}/rerun")).code == "still_aside"
    assert await listed(admin) == [id_]


async def test_without_its_inbox_it_can_only_be_kept_or_discarded(admin: Browser, live: LiveHub) -> None:
    id_ = await live.hub.aside.put("gone", "1", "unreadable", b"hello", "s", NOON)
    assert (await admin.call("POST", f"/api/admin/aside/{id_}/rerun")).code == "no_such_inbox"
    assert (await admin.call("DELETE", f"/api/admin/aside/{id_}")).status == 204
    assert await listed(admin) == []
    record = (await admin.call("GET", "/api/admin/audit")).json["records"][0]
    assert (record["action"], record["target"]) == ("aside.discard", f"aside:{id_}")


async def test_agents_see_none_of_it_and_supervisors_only_the_list(admin: Browser, live: LiveHub) -> None:
    id_ = await live.hub.aside.put("a", "1", "unreadable", b"hello", "s", NOON)
    acts = [
        ("GET", "/api/admin/aside"),
        ("GET", f"/api/admin/aside/{id_}/raw"),
        ("POST", f"/api/admin/aside/{id_}/rerun"),
        ("DELETE", f"/api/admin/aside/{id_}"),
    ]
    for login, statuses in (("ali", [403] * 4), ("mina", [200, 403, 403, 403])):
        async with live.browser() as person:
            await person.sign_in(login)
            assert [(await person.call(*act)).status for act in acts] == statuses
    assert (await admin.call("POST", "/api/admin/aside/nothing/rerun")).status == 404
