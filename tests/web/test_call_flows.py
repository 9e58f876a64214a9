"""Flows of calls: drafted, refused while something is wrong, published in versions, gone back to; and calls follow."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import time
from dataclasses import replace
from typing import Any

from channels.flows import House, Trial
from channels.voice.flow_desk import VoiceFlows
from hub.call_flows import adopt, reader
from hub.model.ids import InboxId
from tests.hub_server import Answer, Browser, LiveHub

SECRET = "the-webhook-secret-of-the-tests-42"
NUMBER = {"api_url": "http://127.0.0.1:1", "api_key": "the-bearer-key-of-the-tests-4242", "webhook_secret": SECRET}
FLOWS = "/api/admin/flows"


def menu(en: str) -> dict[str, Any]:
    """A menu of one key, in a flow that may be published."""
    return {
        "entry": {"node": "menu", "locale": "en"},
        "nodes": {
            "menu": {
                "type": "menu",
                "text": {"fa": "برای پشتیبانی ۱", "en": en},
                "choices": {"1": "line"},
                "otherwise": "bye",
            },
            "line": {"type": "queue", "queue": "support"},
            "bye": {"type": "hangup"},
        },
    }


async def made(admin: Browser, name: str = "Front desk") -> Any:
    answer = await admin.call("POST", FLOWS, {"name": name})
    assert answer.status == 201, answer.body
    return answer.json


async def drafted(admin: Browser, flow: Any, draft: object, **more: object) -> Answer:
    return await admin.call("PATCH", f"{FLOWS}/{flow['id']}", {"revision": flow["revision"], "draft": draft, **more})


async def published(admin: Browser, flow: Any, draft: object, note: str = "") -> Any:
    saved = (await drafted(admin, flow, draft)).json
    answer = await admin.call("POST", f"{FLOWS}/{flow['id']}/publish", {"revision": saved["revision"], "note": note})
    assert answer.status == 200, answer.body
    return answer.json


async def hook(admin: Browser, inbox: str, kind: str, body: dict[str, object], token: str = "") -> str:
    """What the number answers a signed hook with."""
    raw, at = json.dumps(body).encode(), int(time.time())
    mac = hmac.digest(SECRET.encode(), f"{at}.".encode() + raw, hashlib.sha256).hex()
    target = f"/channels/voice/{inbox}/{kind}" + (f"?token={token}" if token else "")
    headers = {"Jambonz-Signature": f"t={at},v1={mac}"}
    answer = await admin.request("POST", target, data=raw, headers=headers)
    assert answer.status == 200, answer.body
    return answer.body.decode()


async def called(admin: Browser, inbox: str, sid: str) -> str:
    return await hook(admin, inbox, "call", {"call_sid": sid, "from": "+989121234567", "to": "100"})


async def test_a_new_flow_is_that_of_numbers_without_one_and_callers_hear_what_was_published(
    admin: Browser, live: LiveHub
) -> None:
    flow = await made(admin)
    assert (flow["version"], flow["unpublished"]) == (0, True)
    assert flow["draft"]["nodes"]["ربات"]["type"] == "bot"
    settings = {**NUMBER, "flow_id": flow["id"]}
    number = {"channel": "voice", "name": "Shop", "queue": "support", "locale": "en", "settings": settings}
    early = await admin.call("POST", "/api/admin/inboxes", number)
    assert (early.status, early.code) == (400, "no_such_flow")

    flow = await published(admin, flow, menu("Press 1 for help"), "first")
    inbox = (await admin.call("POST", "/api/admin/inboxes", number)).json["inbox"]["id"]
    first = await called(admin, inbox, "call-1")
    assert "Press 1 for help" in first

    flow = await published(admin, flow, menu("Press 1 for a person"), "clearer")
    assert [one["note"] for one in flow["versions"]] == ["clearer", "first"]
    again = await hook(
        admin,
        inbox,
        "collect",
        {"call_sid": "call-1", "reason": "timeout"},
        re.findall(r"token=([\w%:.-]+)", first)[-1],
    )
    assert "Press 1 for help" in again, "a call keeps the version with which it began"
    assert "Press 1 for a person" in await called(admin, inbox, "call-2")

    rows = await live.hub.conversations.unresolved(kind="bot")
    events = [one.event for row in rows for one in await live.hub.entries.after(row.state.id, 0)]
    assert {one.values["version"] for one in events if one is not None and "flow" in one.values} == {"1", "2"}

    back = await admin.call("POST", f"{FLOWS}/{flow['id']}/return", {"version": 1})
    assert (back.json["version"], back.json["unpublished"]) == (1, True)
    assert back.json["draft"]["nodes"]["menu"]["text"]["en"] == "Press 1 for a person", "the draft is not lost"
    assert "Press 1 for help" in await called(admin, inbox, "call-3")
    old = (await admin.call("GET", f"{FLOWS}/{flow['id']}/versions/2")).json
    assert old["content"]["nodes"]["menu"]["text"]["en"] == "Press 1 for a person"

    assert (await admin.call("DELETE", f"{FLOWS}/{flow['id']}")).code == "in_use"
    assert (await admin.call("DELETE", "/api/admin/queues/support")).code == "in_use"
    deeds = (await admin.call("GET", "/api/admin/audit")).json["records"]
    assert [one["action"] for one in deeds if one["target"] == f"flow:{flow['id']}"][:2] == [
        "flow.return",
        "flow.publish",
    ]


async def test_a_flow_that_stood_in_an_inbox_becomes_one_that_admins_keep(admin: Browser, live: LiveHub) -> None:
    hub = live.hub
    shop = next(iter(hub.config.inboxes.values()))
    for id_, text in (("tel", json.dumps(menu("Press 1 as ever"))), ("odd", "{not json"), ("none", " ")):
        await hub.config.create(
            replace(shop, id=InboxId(id_), name="Tel", channel="voice", locale="en", settings={**NUMBER, "flow": text})
        )
    for _ in range(2):
        await adopt(hub.config, reader(hub.channels), hub.web.flow_versions, hub.clock.now())
    [flow] = (await admin.call("GET", FLOWS)).json["flows"]
    assert (flow["name"], flow["version"], flow["unpublished"], flow["numbers"]) == ("Tel", 1, False, ["tel"])
    assert len((await admin.call("GET", f"{FLOWS}/{flow['id']}")).json["versions"]) == 1
    settings = {one.id: one.settings for one in hub.config.inboxes.values()}
    assert settings[InboxId("tel")] == {**NUMBER, "flow_id": flow["id"]}
    assert settings[InboxId("none")] == NUMBER
    assert settings[InboxId("odd")]["flow"] == "{not json"
    assert "Press 1 as ever" in await called(admin, "tel", "call-1")
    assert '"gather"' in await called(admin, "odd", "call-2")


async def test_nothing_wrong_is_published_and_nobody_overwrites_anybody(admin: Browser) -> None:
    flow = await made(admin)
    draft = menu("Press 1")
    draft["nodes"]["menu"]["otherwise"] = "nowhere"
    saved = (await drafted(admin, flow, draft)).json
    publish = f"{FLOWS}/{flow['id']}/publish"
    refused = await admin.call("POST", publish, {"revision": saved["revision"]})
    assert (refused.status, refused.code) == (400, "flow_problems")
    reviewed = (await admin.call("POST", f"{FLOWS}/review", {"content": saved["draft"]})).json
    assert "صف «پشتیبانی»" in reviewed["preview_fa"]
    found = reviewed["problems"]
    assert ("unknown_node", "menu") in {(one["code"], one["step"]) for one in found}
    assert all(one["fa"] and one["en"] for one in found)

    stale = await drafted(admin, flow, menu("Mine"))
    assert (stale.status, stale.code) == (409, "changed_meanwhile")
    assert (await admin.call("POST", publish, {"revision": flow["revision"]})).code == "changed_meanwhile"
    assert (await admin.call("GET", f"{FLOWS}/{flow['id']}")).json["draft"] == saved["draft"]
    assert (await admin.call("POST", FLOWS, {"name": "Front desk"})).code == "exists"


async def test_what_is_no_flow_is_refused_in_words(admin: Browser) -> None:
    flow = await made(admin)
    for wrong in ({}, {"entry": {"node": "a"}, "nodes": {"a": {"type": "rocket"}}}, {**menu("x"), "nodes": []}):
        assert (await drafted(admin, flow, wrong)).code == "bad_flow"
    odd = menu("x")
    odd["nodes"] = {**odd["nodes"], "a\x00b": {"type": "hangup"}}
    assert (await drafted(admin, flow, odd)).status == 400
    big = menu("x" * 600_000)
    assert (await drafted(admin, flow, big)).status == 413
    for path in ("versions/99", "versions/-1", f"versions/{'9' * 400}", "versions/x"):
        assert (await admin.call("GET", f"{FLOWS}/{flow['id']}/{path}")).status == 404


async def test_a_trial_presses_keys_at_an_hour(admin: Browser) -> None:
    content = {**menu("Press 1"), "name": "x", "version": 0}
    content["nodes"]["door"] = {"type": "hours", "calendar": "inbox", "open": "menu", "closed": "bye"}
    content["entry"] = {"node": "door", "locale": "en"}
    asked = {"content": content, "came": [{"kind": "silence"}, {"kind": "keys", "text": "1"}]}
    stages = (await admin.call("POST", f"{FLOWS}/trial", {**asked, "hours": "open"})).json["stages"]
    assert [(one["step"], one["awaits"]) for one in stages] == [("menu", "keys"), ("menu", "keys"), ("line", "line")]
    assert stages[0]["path"] == ["door", "menu"]
    assert (stages[0]["keys"], stages[2]["to"]) == (["1"], "support")
    assert stages[1]["heard"][-1] == {"text": "Press 1", "locale": "en"}
    closed = (await admin.call("POST", f"{FLOWS}/trial", {**asked, "hours": "closed"})).json["stages"]
    assert {(one["step"], one["awaits"]) for one in closed} == {("bye", "nothing")}


def test_a_review_names_what_a_flow_needs() -> None:
    house = House(queues=frozenset({"support"}), calendars=frozenset({"inbox"}), open=frozenset())
    flows = VoiceFlows()
    begun = flows.review(flows.start("en"), house)
    assert (begun.problems, begun.queues) == ((), frozenset())
    assert flows.review(begun.content, house) == begun
    assert flows.walk(begun.content, house, Trial())[0].awaits == "words"
