"""The training studio over REST, on a live hub: teach, import, export, train, activate, roll back, and who may."""

from __future__ import annotations

import asyncio
import io
import zipfile
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio

from bot.environment import model_path
from bot.training.project import examples_of, read_project
from bot.training.report import judge
from hub.model.rollout import begin
from hub.store.versions import Version
from tests.bot.bad_sets import BAD_SETS
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


async def test_odd_days_are_refused(teacher: Browser) -> None:
    for odd in ("days=0000019999999", "days=0", "days=93", "day=9999-12-31", "day=yesterday", "before=1"):
        assert (await teacher.call("GET", f"{BASE}/stays?{odd}")).code == "bad_choice", odd
    assert (await teacher.call("GET", f"{BASE}/stays?day=0001-01-01")).status == 200


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
        ("no such \uffff character", "encoding"),
    ):
        state = {"version": seen["version"], "sentences": [*seen["sentences"], {"text": text, "lang": "en"}]}
        answer = await teacher.call("PATCH", BASE + "/intents/price", state)
        assert (answer.status, answer.code) == (400, code)
        assert answer.json["error"]["field"] == f"sentences.{len(seen['sentences'])}"
    for said in ("a\u2028- b", "a\nintent: b", "}{", "[a](b)", "\x85"):
        mark = {"start": 0, "end": 3, "entity": "order_number", "value": said}
        hostile = {"text": "two things", "lang": "en", "marks": [mark]}
        state = {"version": seen["version"], "sentences": [hostile]}
        assert (await teacher.call("PATCH", BASE + "/intents/price", state)).code == "entity_value", said
    overlapping = [{"start": 0, "end": 5, "entity": "a"}, {"start": 4, "end": 9, "entity": "b"}]
    state = {"version": seen["version"], "sentences": [{"text": "two things", "lang": "en", "marks": overlapping}]}
    assert (await teacher.call("PATCH", BASE + "/intents/price", state)).code == "entity_overlap"
    assert (await teacher.call("POST", BASE + "/intents", {"name": "restart"})).code == "intent_keyword"
    assert (await teacher.call("GET", BASE + "/intents/price")).json == seen


async def test_typed_and_imported_sentences_are_masked_and_it_is_said(live: LiveHub, teacher: Browser) -> None:
    rows = [
        {"text": "ring me at 0912 345 6789", "lang": "en"},
        {"text": "order 12345 please", "lang": "en", "marks": [{"start": 6, "end": 11, "entity": "order_number"}]},
    ]
    made = (await teacher.call("POST", BASE + "/intents", {"name": "ring", "sentences": rows})).json
    assert ([one["text"] for one in made["sentences"]], made["masked"]) == (
        ["ring me at 0000 000 0000", "order 12345 please"],
        1,
    )
    more = "text,intent\nmy mail is ali at gmail dot com,price\ncard 6037991112345678,price\nhow dear,price\n"
    _, answer = await upload(teacher, "more.csv", more.encode())
    assert answer == {"added": {"price": 3}, "values": 0, "masked": 2}
    price = (await teacher.call("GET", BASE + "/intents/price")).json
    assert {"my mail is name@example.com", "card 0000000000000000"} <= {one["text"] for one in price["sentences"]}
    (deed, *_) = await live.hub.web.audit.page()
    assert deed.deed.changes["masked"] == [None, 2]


async def test_responses_are_edited_in_both_languages(live: LiveHub, teacher: Browser) -> None:
    seen = (await teacher.call("GET", BASE + "/responses/utter_price")).json
    assert seen["answers"] == {"en": {"text": "Ten each.", "buttons": [], "image": ""}}
    buttons = [{"title": "سفارش", "payload": "/order"}]
    new = {"en": {"text": "Eleven."}, "fa": {"text": "یازده.", "buttons": buttons, "image": "https://x.example/a.png"}}
    change = {"version": seen["version"], "answers": new}
    after = await teacher.call("PATCH", BASE + "/responses/utter_price", change)
    assert after.json["answers"]["fa"] == new["fa"]
    assert (await teacher.call("PATCH", BASE + "/responses/utter_price", change)).code == "changed_meanwhile"
    songs = {"name": "AddToPlaylist", "sentences": [{"text": f"add song {n}", "lang": "en"} for n in range(2)]}
    assert (await teacher.call("POST", BASE + "/intents", songs)).status == 201
    other = {
        "version": 2,
        "answers": new | {"en": {"text": "x", "buttons": [{"title": "x", "payload": "/AddToPlaylist"}]}},
    }
    assert (await teacher.call("PATCH", BASE + "/responses/utter_price", other)).status == 200
    bad = {"version": 3, "answers": {"en": {"text": "x", "buttons": [{"title": "x", "payload": "javascript:1"}]}}}
    assert (await teacher.call("PATCH", BASE + "/responses/utter_price", bad)).status == 400
    domain = (await live.hub.web.studio.project())[0]["domain.yml"]
    assert "یازده" in domain


async def test_an_intents_words_are_saved_without_its_buttons_getting_lost_or_half_of_it_written(
    live: LiveHub, teacher: Browser
) -> None:
    rows = [{"text": f"do you ship to Mars {n}", "lang": "en"} for n in range(2)]
    new = {"name": "mars", "sentences": rows, "answers": {"en": "Not yet.", "fa": "هنوز نه."}}
    made = (await teacher.call("POST", BASE + "/intents", new)).json
    button = {"title": "Price", "payload": "/price"}
    said = {"en": {"text": "Not yet.", "buttons": [button], "image": "https://x.example/a.png"}}
    answer = {"version": made["answer_version"], "answers": said}
    hostile = {"en": {"text": "x", "buttons": [button | {"title": "${HOME}"}]}}
    path = BASE + "/responses/utter_faq_mars"
    assert (await teacher.call("PATCH", path, answer | {"answers": hostile})).code == "variable"
    assert (await teacher.call("PATCH", path, answer)).status == 200
    stale = {"version": 1, "answer_version": 1, "sentences": rows[:1], "answers": {"en": "No."}}
    assert (await teacher.call("PATCH", BASE + "/intents/mars", stale)).code == "changed_meanwhile"
    seen = (await teacher.call("GET", BASE + "/intents/mars")).json
    assert (seen["version"], len(seen["sentences"])) == (1, 2), "nothing was written"
    fresh = stale | {"answer_version": seen["answer_version"]}
    assert (await teacher.call("PATCH", BASE + "/intents/mars", fresh)).json["answers"] == {"en": "No."}
    assert (await teacher.call("GET", path)).json["answers"] == {"en": said["en"] | {"text": "No."}}
    (deed, *_) = await live.hub.web.audit.page()
    assert deed.deed.changes["answers"] == [{"en": "Not yet."}, {"en": "No."}]


async def upload(browser: Browser, name: str, raw: bytes, *, to: str = "import") -> tuple[int, dict[str, object]]:
    headers = {"Origin": browser.url, "X-CSRF-Token": browser.csrf, "Content-Type": "application/octet-stream"}
    answer = await browser.request("POST", f"{BASE}/{to}?name={name}", data=raw, headers=headers)
    return answer.status, answer.json


async def test_a_set_is_imported_whole_or_not_at_all_and_comes_out_again(teacher: Browser, tmp_path: Path) -> None:
    good = "text,intent,lang\nhow dear,price,en\nhow cheap,price,en\nگران است,price,fa\n".encode()
    assert await upload(teacher, "new.csv", good) == (200, {"added": {"price": 3}, "values": 0, "masked": 0})
    assert await upload(teacher, "new.csv", good) == (200, {"added": {"price": 0}, "values": 0, "masked": 0})
    before = (await teacher.call("GET", BASE + "/knowledge")).json
    for name, raw, code in (
        ("bad.csv", good + b"fine,order,en\n<script>,price,en\n", "html"),
        ("one.csv", good + b"all alone,hermit,en\n", "too_few_examples"),
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


def zipped(files: Mapping[str, str | bytes], top: str = "") -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(top + name, text)
    return packed.getvalue()


async def test_a_whole_project_goes_out_comes_back_and_is_taken_back(live: LiveHub, teacher: Browser) -> None:
    packed = (await teacher.request("GET", BASE + "/export?as=zip")).body
    before = (await teacher.call("GET", BASE + "/knowledge")).json
    tel = "nlu:\n- intent: price\n  examples: |\n    - how dear is 0912 345 6789\n"
    other = zipped(project() | {"data/nlu/more.yml": tel, "credentials.yml": "rest:\n", "README.md": "x"}, "my bot/")
    assert await upload(teacher, "other.zip", other, to="project") == (200, {"intents": 3, "masked": 1})
    price = (await teacher.call("GET", BASE + "/intents/price")).json
    assert "how dear is 0000 000 0000" in {one["text"] for one in price["sentences"]}
    stale = {"version": 1, "sentences": price["sentences"]}
    assert (await teacher.call("PATCH", BASE + "/intents/price", stale)).code == "changed_meanwhile"
    act = (await teacher.call("GET", BASE + "/undo")).json["act"]
    assert (act["kind"], act["what"], act["by_name"]) == ("project", "other.zip", "Nika")
    assert (await teacher.call("POST", BASE + "/undo", {"id": act["id"]})).status == 200
    assert (await teacher.request("GET", BASE + "/export?as=zip")).status == 200
    assert (await upload(teacher, "back.zip", packed, to="project"))[0] == 200
    after = (await teacher.call("GET", BASE + "/knowledge")).json
    assert [one | {"version": 0} for one in after["intents"]] == [one | {"version": 0} for one in before["intents"]]
    assert (await audited(live))[:3] == ["bot.project", "bot.undo", "bot.project"]


async def test_a_bad_project_is_refused_with_the_place_and_changes_nothing(live: LiveHub, teacher: Browser) -> None:
    before = (await teacher.call("GET", BASE + "/knowledge")).json
    files, keyword = project(), "nlu:\n- intent: restart\n  examples: |\n    - a\n    - b\n"
    twice = io.BytesIO(zipped(files))
    with zipfile.ZipFile(twice, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr("domain.yml", files["domain.yml"])
    for raw, code, place in (
        (b"no archive", "bad_zip", "p.zip"),
        (zipped(files)[:-40], "bad_zip", "p.zip"),
        (twice.getvalue(), "bad_zip", "domain.yml"),
        (zipped(files | {"data/../../evil.yml": "a: b"}), "bad_zip", "data/../../evil.yml"),
        (zipped(files | {"data/a.yml": "a: b", "data/a.yml/b.yml": "a: b"}), "bad_zip", "p.zip"),
        (zipped({"domain.yml": files["domain.yml"]}), "not_project", "p.zip"),
        (zipped(files | {f"data/{n}.yml": "" for n in range(600)}), "too_many_files", "p.zip"),
        (zipped(files | {"data/big.yml": b"#" * (11 * 1024**2)}), "too_large", "data/big.yml"),
        (zipped(files | {f"data/{n}.yml": b"#" * (9 * 1024**2) for n in range(5)}), "too_large", "p.zip"),
        (zipped(files | {"data/x.yml": "a: &a [*a]"}), "yaml_alias", "data/x.yml:1"),
        (zipped(files | {"data/x.yml": "سلام".encode("cp1256")}), "encoding", "data/x.yml:1"),
        (zipped(files | {"data/old.md": "## intent:price\n- how dear\n"}, "my bot/"), "old_rasa", "data/old.md:1"),
        (zipped(files | {"data/x.yml": keyword}), "intent_keyword", "data/x.yml:4"),
    ):
        status, answer = await upload(teacher, "p.zip", raw, to="project")
        error = answer["error"]
        assert (status, error["code"], error["field"]) == (400, code, place)  # type: ignore[index]
    assert (await upload(teacher, "p.zip", b"x" * (11 * 1024**2), to="project"))[0] == 413
    assert (await teacher.call("GET", BASE + "/knowledge")).json == before
    async with live.browser() as supervisor:
        await supervisor.sign_in("mina")
        assert (await upload(supervisor, "p.zip", zipped(files), to="project"))[0] == 403


async def test_entities_synonyms_patterns_and_lists_are_edited(live: LiveHub, teacher: Browser) -> None:
    words = BASE + "/words"
    assert (await teacher.call("POST", words, {"kind": "entity", "name": "city"})).status == 201
    cities = {"kind": "lookup", "name": "city", "values": ["تهران", "تبريز", "تهران"]}
    assert (await teacher.call("POST", words, cities)).json["values"] == ["تهران", "تبریز"]
    assert (await teacher.call("POST", words, cities)).code == "exists"
    pattern = (await teacher.call("GET", words + "/regex/order_number")).json
    for value, code in (("(a+)+$", "regex_slow"), ("(", "regex_invalid"), ("a*", "regex_empty"), ("${A}", "variable")):
        wrong = {"version": pattern["version"], "values": ["[0-9]{5,8}", value]}
        answer = await teacher.call("PATCH", words + "/regex/order_number", wrong)
        assert (answer.status, answer.code, answer.json["error"]["field"]) == (400, code, "values.1")
    good = {"version": pattern["version"], "values": ["[0-9]{4,8}"]}
    assert (await teacher.call("PATCH", words + "/regex/order_number", good)).status == 200
    assert (await teacher.call("PATCH", words + "/regex/order_number", good)).code == "changed_meanwhile"
    half = {"kind": "synonym", "name": "24/7 ☎", "values": ["<b>"]}
    assert (await teacher.call("POST", words, half)).code == "html"
    assert (await teacher.call("POST", words, half | {"values": ["round the clock"]})).status == 201
    synonym = (await teacher.call("GET", words + "/synonym/24%2F7%20%E2%98%8E")).json
    assert synonym["values"] == ["round the clock"]
    entity = (await teacher.call("GET", words + "/entity/order_number")).json
    assert {one["intent"] for one in entity["sentences"]} == {"number"}
    assert "domain.yml:10" in entity["used"]
    assert (await teacher.call("DELETE", words + "/entity/order_number", {"version": 1})).code == "entity_used"
    listed = {(one["kind"], one["name"]): one for one in (await teacher.call("GET", words)).json["terms"]}
    number = listed["entity", "order_number"]
    assert (number["fa"], number["en"], number["regex"]) == (10, 10, 1)
    rasa = "nlu:\n- synonym: Tehran\n  examples: |\n    - THR\n- lookup: city\n  examples: |\n    - Qom\n"
    assert await upload(teacher, "more.yml", rasa.encode()) == (200, {"added": {}, "values": 2, "masked": 0})
    slow = rasa + "- regex: city\n  examples: |\n    - (\\w+\\s?)*!\n"
    status, refused = await upload(teacher, "slow.yml", slow.encode())
    assert (status, refused["error"]["code"]) == (400, "regex_slow")  # type: ignore[index]
    assert refused["error"]["field"] == "slow.yml:10"  # type: ignore[index]
    files, _ = await live.hub.web.studio.project()
    assert "Qom" in files["data/nlu/studio_words.yml"]


async def test_a_form_is_made_changed_and_refused_with_its_place(teacher: Browser) -> None:
    sentences = [{"text": f"ring me back {n}", "lang": "en"} for n in range(3)]
    assert (await teacher.call("POST", BASE + "/intents", {"name": "callback", "sentences": sentences})).status == 201
    who = {"name": "who", "fill": "text", "ask": {"en": "Your name?", "fa": "نامتان؟"}, "check": "", "least": 2}
    end = {"kind": "handoff", "says": {"en": "A colleague rings you."}, "queue": "support"}
    form = {"name": "callback", "intent": "callback", "slots": [who], "end": end}
    for wrong, code, place in (
        ({"intent": "price"}, "form_intent_taken", "form callback"),
        ({"slots": [who, who]}, "form_slot_twice", "slots.1.name"),
        ({"slots": [who | {"ask": {"en": " "}}]}, "empty_text", "slots.0.ask"),
        ({"slots": [who | {"ask": {"en": "${HOME}"}}]}, "variable", "slots.0.ask.en"),
        ({"end": {"kind": "action", "action": "rm"}}, "form_action", "end.action"),
        ({"name": "Zwölf"}, "form_name", "name"),
    ):
        answer = await teacher.call("POST", BASE + "/forms", form | wrong)
        assert (answer.status, answer.code, answer.json["error"]["field"]) == (400, code, place)
    made = await teacher.call("POST", BASE + "/forms", form)
    assert made.status == 201, made.body
    assert (await teacher.call("POST", BASE + "/forms", form)).code == "exists"
    changed = await teacher.call("PATCH", BASE + "/forms/callback", made.json | {"end": end | {"queue": ""}})
    assert changed.json["end"]["queue"] == ""
    assert (await teacher.call("PATCH", BASE + "/forms/callback", made.json)).code == "changed_meanwhile"
    assert (await teacher.call("DELETE", BASE + "/intents/callback", {"version": 1})).code == "intent_used"
    assert (await teacher.call("GET", BASE + "/forms")).json["forms"] == [changed.json]
    assert (await teacher.call("DELETE", BASE + "/forms/callback", {"version": 2})).status == 204


async def test_nothing_of_a_bad_set_is_imported_and_its_place_is_told(teacher: Browser) -> None:
    before = (await teacher.call("GET", BASE + "/knowledge")).json
    for name, raw, place, code in BAD_SETS:
        status, answer = await upload(teacher, name, raw)
        error = answer["error"]
        assert (status, error["code"], error["field"]) == (400, code, place)  # type: ignore[index]
    assert (await upload(teacher, "large.csv", b"x" * 50 * 1024**2))[0] == 413
    assert (await teacher.call("GET", BASE + "/knowledge")).json == before
    assert (await teacher.call("GET", BASE + "/words")).json["terms"][0]["name"] == "order_number"
    assert (await teacher.call("GET", BASE + "/undo")).json == {"act": None}


async def test_an_import_is_taken_back_but_not_what_others_changed_since(live: LiveHub, teacher: Browser) -> None:
    assert (await teacher.call("GET", BASE + "/undo")).json == {"act": None}
    before = (await teacher.call("GET", BASE + "/intents/price")).json["sentences"]
    rasa = (
        "nlu:\n- intent: price\n  examples: |\n    - how dear\n    - how cheap\n"
        "- intent: brand_new\n  examples: |\n    - never heard\n    - or seen\n"
        "- lookup: city\n  examples: |\n    - Qom\n"
    )
    assert (await upload(teacher, "new.yml", rasa.encode()))[0] == 200
    assert (await upload(teacher, "again.yml", rasa.encode()))[0] == 200, "which changes nothing and is no step"
    price = (await teacher.call("GET", BASE + "/intents/price")).json
    for one in price["sentences"]:
        one["split"] = "test" if one["text"] == "how cheap" else one["split"]
    change = {"version": price["version"], "sentences": price["sentences"]}
    assert (await teacher.call("PATCH", BASE + "/intents/price", change)).status == 200
    act = (await teacher.call("GET", BASE + "/undo")).json["act"]
    assert (act["kind"], act["what"], act["by_name"], act["sentences"]) == ("import", "new.yml", "Nika", 4)
    both = await asyncio.gather(*(teacher.call("POST", BASE + "/undo", {"id": act["id"]}) for _ in range(2)))
    assert sorted(one.status for one in both) == [200, 409]
    assert next(one.json for one in both if one.status == 200) == {"gone": 4, "kept": 1}
    after = (await teacher.call("GET", BASE + "/intents/price")).json["sentences"]
    assert [one["text"] for one in after] == [*(one["text"] for one in before), "how cheap"]
    assert (await teacher.call("GET", BASE + "/intents/brand_new")).status == 404
    assert (await teacher.call("GET", BASE + "/words/lookup/city")).status == 404
    assert (await teacher.call("POST", BASE + "/undo", {"id": act["id"]})).code == "undo_gone"
    assert (await audited(live))[0] == "bot.undo"


async def test_a_question_that_was_removed_comes_back_with_its_answer(teacher: Browser) -> None:
    rows = [{"text": f"do you ship to Mars {n}", "lang": "en"} for n in range(2)]
    new = {"name": "mars", "sentences": rows, "answers": {"en": "Not yet.", "fa": "هنوز نه."}}
    made = (await teacher.call("POST", BASE + "/intents", new)).json
    assert (await teacher.call("DELETE", BASE + "/intents/mars", {"version": 1})).status == 204
    assert (await teacher.call("GET", BASE + "/responses/utter_faq_mars")).status == 404
    act = (await teacher.call("GET", BASE + "/undo")).json["act"]
    assert (act["kind"], act["what"], act["by_name"]) == ("remove", "mars", "Nika")
    assert (await teacher.call("POST", BASE + "/undo", {"id": act["id"]})).json == {"gone": 2, "kept": 0}
    back = (await teacher.call("GET", BASE + "/intents/mars")).json
    assert back == made | {"version": 2, "answer_version": 2}


async def made_ready(live: LiveHub, number: int, accuracy: float = 1.0) -> Version:
    versions = live.hub.versions
    assert await versions.claim("h", 1, 2) is not None
    version = ready_version(await versions.get(number), b"model%d" % number, "h", accuracy)
    await versions.finish(version, "h", b"model%d" % number)
    return await versions.get(number)


async def test_a_version_that_nothing_was_tested_on_has_no_accuracy(live: LiveHub, teacher: Browser) -> None:
    number = (await teacher.call("POST", BASE + "/versions", {})).json["number"]
    versions = live.hub.versions
    assert await versions.claim("h", 1, 2) is not None
    untested = judge([], [], n_train=9, train_seconds=1.0, peak_mb=1)
    version = replace(ready_version(await versions.get(number), b"m", "h"), report=untested)
    await versions.finish(version, "h", b"m")
    shown = (await teacher.call("GET", f"{BASE}/versions/{number}")).json
    assert (shown["version"]["accuracy"], shown["version"]["macro_f1"], shown["version"]["n_test"]) == (None, None, 0)
    assert [one["passed"] for one in shown["gates"] if one["name"] == "accuracy"] == [False]


async def test_a_report_names_the_intents_of_which_it_tested_nothing(live: LiveHub, teacher: Browser) -> None:
    sentences = [{"text": f"do you have gift cards {n}", "lang": "en"} for n in range(3)]
    gift = {"name": "gift_card", "sentences": sentences, "answers": {"en": "Yes."}}
    assert (await teacher.call("POST", BASE + "/intents", gift)).status == 201
    number = (await teacher.call("POST", BASE + "/versions", {})).json["number"]
    await made_ready(live, number)
    assert (await teacher.call("GET", f"{BASE}/versions/{number}")).json["untested"] == ["gift_card"]


async def test_a_version_is_trained_judged_activated_and_rolled_back(live: LiveHub, teacher: Browser) -> None:
    made = await teacher.call("POST", BASE + "/versions", {"note": "first"})
    assert (made.status, made.json["state"], made.json["by_name"]) == (201, "queued", "Nika")
    number = made.json["number"]
    assert (await teacher.call("POST", f"{BASE}/versions/{number}/activate", {})).code == "not_ready"
    await made_ready(live, number, accuracy=0.5)
    assert (await teacher.call("PATCH", f"{BASE}/versions/{number}", {"pinned": True})).json["pinned"]
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
    assert await audited(live) == ["bot.roll_back", "bot.activate", "bot.version.pin", "bot.train"]
    deeds = [one.deed for one in await live.hub.web.audit.page() if one.deed.action == "bot.activate"]
    assert deeds[0].changes["reason"][1] == "the old one is even worse"


async def test_a_training_is_stopped_and_gates_are_the_admins(live: LiveHub, teacher: Browser) -> None:
    number = (await teacher.call("POST", BASE + "/versions", {})).json["number"]
    assert (await teacher.call("POST", f"{BASE}/versions/{number}/stop")).status == 204
    assert (await teacher.call("GET", BASE + "/versions")).json["versions"][0]["state"] == "cancelled"
    assert (await teacher.call("POST", f"{BASE}/versions/{number}/stop")).status == 409
    gates = (await teacher.call("GET", BASE + "/gates")).json
    changed = await teacher.call("PATCH", BASE + "/gates", gates | {"min_accuracy": 0.9})
    assert (changed.json["min_accuracy"], changed.json["version"]) == (0.9, gates["version"] + 1)
    late = await teacher.call("PATCH", BASE + "/gates", gates | {"max_broken": 500})
    assert (late.status, late.code) == (409, "changed_meanwhile")
    assert (await teacher.call("GET", BASE + "/gates")).json == changed.json
    assert (await audited(live))[0] == "bot.gates.change"
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
        assert (await asked("a", If_None_Match=etag or "", **token))[0] == 404, "it keeps what it has"
        own = model_path(live.hub.settings.var_dir)
        own.parent.mkdir(parents=True, exist_ok=True)
        own.write_bytes(b"the product's own")
        status, body, mark = await asked("a", If_None_Match=etag or "", **token)
        assert (status, body) == (200, b"the product's own"), "a server that had another one goes back to it"
        assert (await asked("a", If_None_Match=mark or "", **token))[0] == 404
        damage = {"$set": {"data": b"other"}}
        await live.hub.database.collection("bot_models.chunks").update_many({"data": b"model%d" % number}, damage)
        assert (await asked("b", **token))[0] == 503
