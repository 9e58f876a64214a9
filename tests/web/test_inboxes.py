"""Inboxes of any channel: opened, changed, tried and closed by admins; and no secret is ever seen again."""

from __future__ import annotations

import asyncio
import io
import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import structlog

from hub.errors import BadInput
from hub.model.config import Inbox
from hub.model.ids import InboxId, QueueId
from hub.telemetry import set_up_logging
from hub.vault import UnreadableError, Vault, is_sealed
from hub.web.channel_settings import checked, refuse_gaps
from tests.fakes.parrot import FIELDS, Parrot
from tests.hub_server import Browser, LiveHub

TOKEN = "squawk-0123456789-secret"
NEW = {"channel": "parrot", "name": "طوطی", "queue": "support", "settings": {"handle": "polly", "token": TOKEN}}


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    """Everything that is logged while the test runs, without the net of redaction by name."""
    root = logging.getLogger()
    kept, level = root.handlers[:], root.level
    stream = io.StringIO()
    set_up_logging(as_json=True, level=logging.DEBUG)
    root.handlers[0].setStream(stream)  # type: ignore[attr-defined]
    yield stream
    root.handlers[:] = kept
    root.setLevel(level)
    structlog.reset_defaults()


async def opened(admin: Browser, **settings: Any) -> Any:
    made = await admin.call("POST", "/api/admin/inboxes", {**NEW, "settings": {**NEW["settings"], **settings}})  # type: ignore[dict-item]
    assert made.status == 201, made.body
    return made.json


async def test_the_hub_says_what_a_channel_asks_for(admin: Browser) -> None:
    channels = {one["name"]: one for one in (await admin.call("GET", "/api/admin/channels")).json["channels"]}
    fields = {one["name"]: one for one in channels["parrot"]["fields"]}
    assert channels["webchat"]["fields"] == []
    assert (fields["token"]["kind"], fields["token"]["required"]) == ("secret", True)
    assert fields["door"]["when"] == ["way", "push"]
    assert (channels["parrot"]["features"], channels["parrot"]["max_text"]) == (["buttons"], 1_000)


async def test_an_inbox_is_opened_with_defaults_and_generated_secrets(admin: Browser, live: LiveHub) -> None:
    made = await opened(admin, way="push", door="north", port=8443, loud=True, words=["one", " two ", "one", ""])
    inbox, key = made["inbox"], made["shown"]["key"]
    assert list(made["shown"]) == ["key"]
    assert len(key) == 43
    assert inbox["settings"] == {
        "way": "push",
        "handle": "polly",
        "port": 8443,
        "loud": True,
        "words": ["one", "two"],
        "door": "north",
    }
    assert inbox["secrets"] == {"token": "set", "key": "set", "whisper": "set"}
    assert inbox["webhook"] == f"{live.url}/channels/parrot/{inbox['id']}"
    (configured,) = live.hub.channel_config.inboxes("parrot")
    assert configured.settings["token"] == TOKEN
    assert configured.settings["key"] == key
    settings = live.hub.channel_config.settings(inbox["id"])
    assert settings is not None
    assert (settings["channel"], settings["name"]) == ("parrot", "طوطی")
    assert live.hub.channel_config.settings("nowhere") is None


async def test_what_is_not_asked_for_is_neither_needed_nor_made(admin: Browser, live: LiveHub) -> None:
    made = await opened(admin)
    assert (made["shown"], made["inbox"]["webhook"]) == ({}, None)
    (configured,) = live.hub.channel_config.inboxes("parrot")
    assert set(configured.settings) == {"way", "handle", "token", "port", "loud", "whisper"}
    path = f"/api/admin/inboxes/{made['inbox']['id']}"
    refused = await admin.call("PATCH", path, {"settings": {"way": "push"}})
    assert (refused.code, refused.json["error"]["field"]) == ("missing_field", "settings.door")
    pushed = await admin.call("PATCH", path, {"settings": {"way": "push", "door": "north"}})
    assert pushed.json["secrets"]["key"] == "set"


@pytest.mark.parametrize(
    ("settings", "code", "field"),
    [
        ({"beak": "red"}, "unknown_field", "settings.beak"),
        ({"handle": None}, "missing_field", "settings.handle"),
        ({"token": "  "}, "missing_field", "settings.token"),
        ({"handle": "Polly 1"}, "bad_format", "settings.handle"),
        ({"handle": "x" * 21}, "bad_length", "settings.handle"),
        ({"handle": "a\u202eb"}, "bad_text", "settings.handle"),
        ({"handle": 7}, "bad_field", "settings.handle"),
        ({"token": "good\nSet-Cookie: x"}, "bad_text", "settings.token"),
        ({"token": "x" * 201}, "bad_length", "settings.token"),
        ({"port": 0}, "bad_number", "settings.port"),
        ({"port": True}, "bad_field", "settings.port"),
        ({"port": "99"}, "bad_field", "settings.port"),
        ({"loud": "yes"}, "bad_field", "settings.loud"),
        ({"way": "fly"}, "bad_choice", "settings.way"),
        ({"words": ["x" * 41]}, "bad_length", "settings.words"),
        ({"words": "one"}, "bad_field", "settings.words"),
        ({"whisper": "mine"}, "not_settable", "settings.whisper"),
        ({"way": "push"}, "missing_field", "settings.door"),
    ],
)
def test_each_setting_is_refused_in_words(settings: Any, code: str, field: str) -> None:
    given = {"handle": "polly", "token": TOKEN, **settings}
    with pytest.raises(BadInput) as refused:
        refuse_gaps(FIELDS, {name: value for name, value in checked(FIELDS, given).items() if value is not None})
    assert (refused.value.code, refused.value.field) == (code, field)
    assert TOKEN not in refused.value.text


async def test_an_inbox_needs_a_channel_a_queue_and_its_own_kind_of_settings(admin: Browser) -> None:
    for change, code in [
        ({"channel": "pigeon"}, "no_such_channel"),
        ({"queue": "nowhere"}, "no_such_queue"),
        ({"settings": {"token": {"sealed": "x"}}}, "bad_field"),
        ({"settings": {"token": "x"}}, "bad_format"),
        ({"settings": {"handle": "polly"}}, "missing_field"),
        ({"settings": {"token": 1.5}}, "bad_field"),
        ({"accent": "#0b7a75"}, "unknown_field"),
        ({"colour": "red"}, "unknown_field"),
    ]:
        answer = await admin.call("POST", "/api/admin/inboxes", {**NEW, **change})
        assert (answer.status, answer.code) == (400, code)
    chat = {"channel": "webchat", "name": "Second", "queue": "support", "brand": "Shop", "accent": "#0B7A75"}
    assert (await admin.call("POST", "/api/admin/inboxes", chat)).json["inbox"]["accent"] == "#0b7a75"


async def test_l04_no_secret_is_seen_again_in_store_trail_log_or_answer(
    logged: io.StringIO, live: LiveHub, admin: Browser
) -> None:
    made = await opened(admin, way="push", door="north")
    key, path = made["shown"]["key"], f"/api/admin/inboxes/{made['inbox']['id']}"
    second = "squawk-another-secret-77"
    answers = [
        await admin.call("PATCH", path, {"settings": {"token": second}}),
        await admin.call("POST", f"{path}/check", {}),
        await admin.call("POST", f"{path}/check", {"settings": {"token": "squawk-third-secret"}}),
        await admin.call("POST", f"{path}/check", {"settings": {"token": "squawk bad secret"}}),
        await admin.call("PATCH", path, {"settings": {"token": "squawk bad secret"}}),
        await admin.call("GET", "/api/admin/inboxes"),
        await admin.call("GET", "/api/admin/audit"),
    ]
    rotated = await admin.call("POST", f"{path}/rotate", {"field": "key"})
    async with admin.desk() as desk:
        frames = (await desk.receive()).data
    dump = ""
    for name in ("config", "audit"):
        dump += json.dumps(await live.hub.database.collection(name).find({}).to_list(), default=str)
    answers.append(await admin.call("GET", "/api/admin/audit"))
    text = dump + frames + logged.getvalue() + "".join(one.body.decode() for one in answers)
    assert "sealed" in dump
    assert '"parrot.token":["***","***"]' in answers[-1].body.decode()
    for secret in (TOKEN, second, key, rotated.json["shown"]["key"], "squawk-third-secret", "squawk bad secret"):
        assert secret not in text
    assert await live.hub.web.audit.verify() is None


async def test_what_changes_of_the_settings_is_in_the_trail(admin: Browser) -> None:
    made = await opened(admin)
    await admin.call("PATCH", f"/api/admin/inboxes/{made['inbox']['id']}", {"settings": {"port": 7, "words": ["a"]}})
    record, first = (await admin.call("GET", "/api/admin/audit")).json["records"][:2]
    assert record["changes"] == {"parrot.port": [None, 7], "parrot.words": [None, ["a"]]}
    assert (first["action"], first["changes"]["parrot.handle"]) == ("inbox.create", [None, "polly"])


async def test_a_connection_is_tried_with_unsaved_settings_over_the_saved_ones(
    admin: Browser, live: LiveHub, parrot: Parrot
) -> None:
    made = await opened(admin)
    path = f"/api/admin/inboxes/{made['inbox']['id']}"
    bad = (await admin.call("POST", f"{path}/check", {})).json["findings"]
    assert bad == [{"ok": False, "code": "bad_token", "field": "token", "detail": "GET /bot***/me: 401 <b>no</b>"}]
    good = (await admin.call("POST", f"{path}/check", {"settings": {"token": "good", "port": 5}})).json["findings"]
    assert [one["code"] for one in good] == ["ok", "sends_ok"]
    assert (parrot.tried[-1].settings["port"], parrot.tried[-1].settings["handle"]) == (5, "polly")
    (saved,) = live.hub.channel_config.inboxes("parrot")
    assert saved.settings["token"] == TOKEN
    assert (await admin.call("POST", f"{path}/check", {"settings": {"port": 0}})).code == "bad_number"
    assert (await admin.call("POST", "/api/admin/inboxes/nowhere/check", {})).status == 404


async def test_a_check_that_never_ends_says_so(admin: Browser, parrot: Parrot, monkeypatch: pytest.MonkeyPatch) -> None:
    async def silent(*_: object) -> Any:
        raise TimeoutError

    made = await opened(admin)
    monkeypatch.setattr(parrot, "check", silent)
    answer = await admin.call("POST", f"/api/admin/inboxes/{made['inbox']['id']}/check", {})
    assert [one["code"] for one in answer.json["findings"]] == ["timeout"]


async def test_a_secret_of_the_hub_is_made_anew_and_the_one_before_is_kept_for_a_while(
    admin: Browser, live: LiveHub
) -> None:
    made = await opened(admin, way="push", door="north")
    path, first = f"/api/admin/inboxes/{made['inbox']['id']}", made["shown"]["key"]
    second = (await admin.call("POST", f"{path}/rotate", {"field": "key"})).json["shown"]["key"]
    (configured,) = live.hub.channel_config.inboxes("parrot")
    assert first != second == configured.settings["key"]
    assert configured.settings["key_previous"] == first
    silent = await admin.call("POST", f"{path}/rotate", {"field": "whisper"})
    assert (silent.status, silent.json["shown"]) == (200, {})
    for field in ("token", "nothing"):
        assert (await admin.call("POST", f"{path}/rotate", {"field": field})).code == "unknown_field"


async def test_only_admins_change_inboxes_and_only_from_our_pages(admin: Browser, live: LiveHub) -> None:
    made = await opened(admin)
    path = f"/api/admin/inboxes/{made['inbox']['id']}"
    acts = [
        ("POST", "/api/admin/inboxes", NEW),
        ("PATCH", path, {"settings": {"port": 5}}),
        ("POST", f"{path}/check", {}),
        ("POST", f"{path}/rotate", {"field": "whisper"}),
        ("DELETE", path, None),
    ]
    for login in ("ali", "mina"):
        async with live.browser() as person:
            await person.sign_in(login)
            assert [(await person.call(*act)).status for act in acts] == [403] * 5
            looks = (await person.call("GET", "/api/admin/channels")).status
            assert looks == (200 if login == "mina" else 403)
    assert {(await admin.request(act[0], act[1], json=act[2])).code for act in acts} == {"bad_origin"}


async def test_an_inbox_closes_only_when_nobody_waits_in_it_and_its_conversations_stay_readable(
    admin: Browser, live: LiveHub, parrot: Parrot
) -> None:
    made = await opened(admin)
    path = f"/api/admin/inboxes/{made['inbox']['id']}"
    parrot.deaf = False
    (configured,) = live.hub.channel_config.inboxes("parrot")
    await parrot.rerun(configured, b"hello", live.hub.inlet)  # type: ignore[arg-type]
    assert (await admin.call("DELETE", path)).code == "open_conversations"
    async with admin.desk() as desk:
        await desk.receive_json()

        async def ask(**command: Any) -> Any:
            await desk.send_json({"id": 1, **command})
            while (frame := await desk.receive_json())["type"] not in {"result", "error"}:
                pass
            assert frame["type"] == "result", frame
            return frame.get("data")

        (said,) = parrot.receipts
        await ask(type="take", conversation=said.conversation)
        await ask(type="resolve", conversation=said.conversation, disposition="answered")
        async with asyncio.timeout(10):  # the store's projection follows the timeline in a moment
            while (closed := await admin.call("DELETE", path)).status == 409:
                await asyncio.sleep(0.02)
        assert closed.status == 204
        shown = await ask(type="open", conversation=said.conversation)
    assert "hello" in json.dumps(shown)
    assert (await admin.call("DELETE", path)).status == 404
    assert live.hub.channel_config.inboxes("parrot") == ()


async def test_a_lost_key_shows_and_the_secret_is_entered_again(admin: Browser, live: LiveHub) -> None:
    made = await opened(admin)
    inbox = live.hub.config.inbox(made["inbox"]["id"])
    assert inbox is not None
    foreign = Vault(["another-key-0123456789-abcdefghijklmnop"]).seal(f"{inbox.id}:token", TOKEN)
    await live.hub.config.save(replace(inbox, settings={**inbox.settings, "token": foreign}))
    listed = (await admin.call("GET", "/api/admin/inboxes")).json["inboxes"]
    record = next(one for one in listed if one["id"] == inbox.id)
    assert (record["secrets"]["token"], record["missing"]) == ("unreadable", ["token"])
    assert live.hub.channel_config.inboxes("parrot") == ()
    path = f"/api/admin/inboxes/{inbox.id}"
    assert (await admin.call("POST", f"{path}/check", {})).code == "secret_unreadable"
    assert (await admin.call("PATCH", path, {"settings": {"port": 5}})).status == 200
    again = await admin.call("PATCH", path, {"settings": {"token": TOKEN}})
    assert (again.json["secrets"]["token"], again.json["missing"]) == ("set", [])


async def test_channels_hear_of_every_change(admin: Browser, live: LiveHub) -> None:
    config = live.hub.channel_config
    waiting = asyncio.create_task(config.changed())
    await asyncio.sleep(0)
    await opened(admin)
    await waiting
    assert len(config.inboxes("parrot")) == 1


async def test_a_new_key_seals_anew_and_the_old_one_can_go(live: LiveHub, parrot: Parrot) -> None:
    old, new = "old-key-0123456789-abcdefghijklmnopqr", "new-key-0123456789-abcdefghijklmnopqr"
    own = live.hub.channel_config
    inbox = Inbox(id=InboxId("p"), name="p", channel="parrot", queue=QueueId("support"))
    sealed = replace(inbox, settings={"handle": "polly", "token": Vault([old]).seal("p:token", TOKEN)})
    await live.hub.config.create(sealed)
    own._vault = Vault([new, old])
    assert (await own.renew(), await own.renew()) == (1, 0)
    own._vault = Vault([new])
    stored = live.hub.config.inbox("p")
    assert stored is not None
    assert own.open(stored).configured.settings["token"] == TOKEN


def test_a_sealed_secret_opens_in_its_own_place_alone() -> None:
    vault = Vault(["old-key-0123456789-abcdefghijklmnopqr"])
    sealed = vault.seal("a:token", TOKEN)
    assert is_sealed(sealed)
    assert TOKEN not in str(sealed)
    assert vault.open("a:token", sealed) == TOKEN
    for place, stored in [("b:token", sealed), ("a:token", {"sealed": "x"}), ("a:token", TOKEN), ("a:token", None)]:
        with pytest.raises(UnreadableError):
            vault.open(place, stored)
