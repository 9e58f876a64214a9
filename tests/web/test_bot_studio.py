"""The training studio over REST, on a live hub: teach, import, export, train, activate, roll back, and who may."""

from __future__ import annotations

import io
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest_asyncio

from bot.training.project import examples_of, read_project
from hub.model.studio import begin
from hub.store.versions import Version
from tests.hub.training.lab import project
from tests.hub.training.test_studio_store import ready_version
from tests.hub_server import Browser, LiveHub

BASE = "/api/admin/bot"
HOSTILE = (("<img src=x>", "html"), ("[a](b)", "entity_markup"), ("${HOME}", "variable"), (" ", "empty_text"))
PASSWORD = "a long enough password"


@pytest_asyncio.fixture
async def teacher(live: LiveHub) -> AsyncIterator[Browser]:
    """A bot admin in front of a studio with a small project."""
    await live.hub.web.studio.replace_project(project())
    async with live.browser() as admin, live.browser() as browser:
        await admin.sign_in("admin")
        account = {"login": "nika", "name": "Nika", "role": "bot_admin", "password": PASSWORD}
        assert (await admin.call("POST", "/api/admin/agents", account)).status == 201
        await browser.sign_in("nika", PASSWORD)
        yield browser


async def audited(live: LiveHub) -> list[str]:
    return [one.deed.action for one in await live.hub.web.audit.page() if one.deed.action.startswith("bot.")]


async def test_a_bot_admin_teaches_and_nothing_else(live: LiveHub, teacher: Browser) -> None:
    assert (await teacher.call("GET", "/api/admin/queues")).status == 403
    assert (await teacher.call("GET", BASE + "/knowledge")).status == 200
    async with live.browser() as supervisor:
        await supervisor.sign_in("mina")
        assert (await supervisor.call("GET", BASE + "/knowledge")).status == 403


async def test_an_intent_with_an_answer_is_made_changed_and_removed(live: LiveHub, teacher: Browser) -> None:
    sentences = [{"text": "do you ship to Mars", "lang": "en"}, {"text": "به مريخ هم می‌فرستید؟", "lang": "fa"}]
    new = {"name": "mars", "sentences": sentences, "answers": {"en": "Not yet.", "fa": "هنوز نه."}}
    made = await teacher.call("POST", BASE + "/intents", new)
    assert made.status == 201, made.body
    assert made.json["sentences"][1]["text"] == "به مریخ هم می‌فرستید؟", "in the bot's one spelling"
    assert (await teacher.call("POST", BASE + "/intents", new)).code == "exists"
    state = {"version": made.json["version"], "sentences": [*made.json["sentences"], {"text": "Mars?", "lang": "en"}]}
    answers = {"answers": {"en": "No."}, "answer_version": made.json["answer_version"]}
    changed = await teacher.call("PATCH", BASE + "/intents/mars", state | answers)
    assert changed.json["answers"] == {"en": "No."}
    late = await teacher.call("PATCH", BASE + "/intents/mars", state)
    assert (late.status, late.code) == (409, "changed_meanwhile")
    overview = (await teacher.call("GET", BASE + "/knowledge")).json
    assert {"name": "mars", "faq": True, "version": 2, "fa": 1, "en": 2, "test": 0} in overview["intents"]
    seen = {"version": changed.json["version"]}
    assert (await teacher.call("DELETE", BASE + "/intents/price", {"version": 1})).code == "intent_used"
    assert (await teacher.call("DELETE", BASE + "/intents/mars", seen)).status == 204
    assert (await teacher.call("GET", BASE + "/intents/mars")).status == 404
    assert await audited(live) == ["bot.intent.delete", "bot.intent.change", "bot.intent.create"]


async def test_hostile_sentences_are_refused_with_their_place(teacher: Browser) -> None:
    seen = (await teacher.call("GET", BASE + "/intents/price")).json
    for text, code in (
        ("<img src=x>", "html"),
        ("[a](b)", "entity_markup"),
        ("${HOME}", "variable"),
        (" ", "empty_text"),
    ):
        state = {"version": seen["version"], "sentences": [*seen["sentences"], {"text": text, "lang": "en"}]}
        answer = await teacher.call("PATCH", BASE + "/intents/price", state)
        assert (answer.status, answer.code) == (400, code)
        assert answer.json["error"]["field"] == f"sentences.{len(seen['sentences'])}"
    assert (await teacher.call("POST", BASE + "/intents", {"name": "restart"})).code == "intent_keyword"
    assert (await teacher.call("GET", BASE + "/intents/price")).json == seen


async def test_responses_are_edited_in_both_languages(live: LiveHub, teacher: Browser) -> None:
    seen = (await teacher.call("GET", BASE + "/responses/utter_price")).json
    assert seen["answers"] == {"en": {"text": "Ten each.", "buttons": [], "image": ""}}
    buttons = [{"title": "سفارش", "payload": "/order"}]
    new = {"en": {"text": "Eleven."}, "fa": {"text": "یازده.", "buttons": buttons, "image": "https://x.example/a.png"}}
    change = {"version": seen["version"], "answers": new}
    after = await teacher.call("PATCH", BASE + "/responses/utter_price", change)
    assert after.json["answers"]["fa"] == new["fa"]
    assert (await teacher.call("PATCH", BASE + "/responses/utter_price", change)).code == "changed_meanwhile"
    bad = {"version": 2, "answers": {"en": {"text": "x", "buttons": [{"title": "x", "payload": "javascript:1"}]}}}
    assert (await teacher.call("PATCH", BASE + "/responses/utter_price", bad)).status == 400
    domain = (await live.hub.web.studio.project())[0]["domain.yml"]
    assert "یازده" in domain


async def upload(browser: Browser, name: str, raw: bytes) -> tuple[int, dict[str, object]]:
    headers = {"Origin": browser.url, "X-CSRF-Token": browser.csrf, "Content-Type": "application/octet-stream"}
    answer = await browser.request("POST", f"{BASE}/import?name={name}", data=raw, headers=headers)
    return answer.status, answer.json


async def test_a_set_is_imported_whole_or_not_at_all_and_comes_out_again(teacher: Browser, tmp_path: Path) -> None:
    good = "text,intent,lang\nhow dear,price,en\nhow cheap,price,en\nگران است,price,fa\n".encode()
    assert await upload(teacher, "new.csv", good) == (200, {"added": {"price": 3}})
    assert await upload(teacher, "new.csv", good) == (200, {"added": {"price": 0}})
    before = (await teacher.call("GET", BASE + "/knowledge")).json
    for name, raw, code in (
        ("bad.csv", good + b"fine,order,en\n<script>,price,en\n", "html"),
        ("bad.csv", "text,intent\nسلام,x\n".encode("cp1256"), "encoding"),
        ("bomb.yml", b"nlu: &a [*a]\n", "yaml_alias"),
        ("big.csv", b"x" * (11 * 1024**2), "too_large"),
    ):
        status, answer = await upload(teacher, name, raw)
        assert status in (400, 413)
        assert answer["error"]["code"] == code  # type: ignore[index]
    assert (await teacher.call("GET", BASE + "/knowledge")).json == before
    packed = await teacher.request("GET", BASE + "/export?as=zip")
    with zipfile.ZipFile(io.BytesIO(packed.body)) as archive:
        archive.extractall(tmp_path)
    texts = {one.text for one in examples_of(read_project(tmp_path))}
    assert {"how dear", "گران است"} <= texts
    table = (await teacher.request("GET", BASE + "/export?as=csv")).body.decode()
    assert "how dear,price,en,train" in table


async def made_ready(live: LiveHub, number: int, accuracy: float = 1.0) -> Version:
    versions = live.hub.versions
    assert await versions.claim("h", 1, 2) is not None
    version = ready_version(await versions.get(number), b"model%d" % number, "h", accuracy)
    await versions.finish(version, "h", b"model%d" % number)
    return await versions.get(number)


async def test_a_version_is_trained_judged_activated_and_rolled_back(live: LiveHub, teacher: Browser) -> None:
    made = await teacher.call("POST", BASE + "/versions", {"note": "first"})
    assert (made.status, made.json["state"], made.json["by_name"]) == (201, "queued", "Nika")
    number = made.json["number"]
    assert (await teacher.call("POST", f"{BASE}/versions/{number}/activate", {})).code == "not_ready"
    await made_ready(live, number, accuracy=0.5)
    report = (await teacher.call("GET", f"{BASE}/versions/{number}")).json
    assert report["version"]["accuracy"] == 0.5
    assert [one["name"] for one in report["gates"] if not one["passed"]] == ["accuracy"]
    assert (await teacher.call("POST", f"{BASE}/versions/{number}/activate", {"reason": "no"})).code == "gates"
    reason = {"reason": "the old one is even worse", "share": 50}
    loading = await teacher.call("POST", f"{BASE}/versions/{number}/activate", reason)
    assert loading.json["loading"] == number
    studio = live.hub.web.studio
    await studio.rollouts.put(begin(await studio.rollouts.get(), 5))
    assert (await teacher.call("GET", BASE + "/rollout")).json["slots"] == {"a": 0, "b": number}
    back = await teacher.call("POST", BASE + "/rollout/back")
    assert back.json["active"] == 0
    assert (await teacher.call("POST", BASE + "/rollout/back")).code == "nothing_before"
    assert await audited(live) == ["bot.roll_back", "bot.activate", "bot.train"]
    deeds = [one.deed for one in await live.hub.web.audit.page() if one.deed.action == "bot.activate"]
    assert deeds[0].changes["reason"][1] == "the old one is even worse"


async def test_a_training_is_stopped_and_gates_are_the_admins(teacher: Browser) -> None:
    number = (await teacher.call("POST", BASE + "/versions", {})).json["number"]
    assert (await teacher.call("POST", f"{BASE}/versions/{number}/stop")).status == 204
    assert (await teacher.call("GET", BASE + "/versions")).json["versions"][0]["state"] == "cancelled"
    assert (await teacher.call("POST", f"{BASE}/versions/{number}/stop")).status == 409
    gates = (await teacher.call("GET", BASE + "/gates")).json
    changed = await teacher.call("PATCH", BASE + "/gates", gates | {"min_accuracy": 0.9})
    assert changed.json["min_accuracy"] == 0.9
    assert (await teacher.call("PATCH", BASE + "/gates", gates | {"min_accuracy": 2})).status == 400


async def test_only_the_bots_servers_get_models_and_each_only_what_is_new(live: LiveHub, teacher: Browser) -> None:
    number = (await teacher.call("POST", BASE + "/versions", {})).json["number"]
    version = await made_ready(live, number)
    token = {"Authorization": "Bearer " + live.hub.settings.rasa_token.get_secret_value()}
    async with aiohttp.ClientSession() as rasa:

        async def asked(slot: str, **headers: str) -> tuple[int, bytes, str | None]:
            known = {name.replace("_", "-"): value for name, value in headers.items()}
            async with rasa.get(f"{live.url}/bot/models/{slot}", headers=known) as response:
                return response.status, await response.read(), response.headers.get("ETag")

        assert (await asked("b"))[0] == 401
        assert (await asked("b", Authorization="Bearer wrong"))[0] == 401
        assert (await asked("b", **token))[0] == 404
        await teacher.call("POST", f"{BASE}/versions/{number}/activate", {})
        status, body, etag = await asked("b", **token)
        assert (status, body) == (200, b"model%d" % number)
        assert version.made is not None
        assert etag == version.made.digest
        assert (await asked("b", If_None_Match=etag or "", **token))[0] == 304
        assert (await asked("a", **token))[0] == 404
        assert (await asked("zzz", **token))[0] == 404
        damage = {"$set": {"data": b"other"}}
        await live.hub.database.collection("bot_models.chunks").update_many({"data": b"model%d" % number}, damage)
        assert (await asked("b", **token))[0] == 503
