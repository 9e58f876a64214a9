"""Looking into versions over REST: what keeps the bot from being trained, what changed, and a talk with a version."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.contract import Entity, Guess, Handoff, HandoffReason, Reply, Say, Turn, Understood
from hub.errands import Errands
from hub.store.database import Database
from hub.store.trials import Heard, Trial, Trials
from hub.web import bot_tryout
from tests.hub.training.lab import project
from tests.hub.training.test_studio_store import finished
from tests.hub_server import AbsentBot, Answer, Browser, LiveHub, live_hub

BASE = "/api/admin/bot"


class Parrot(AbsentBot):
    """Counts what it heard in each conversation, and gives up at the word "person"."""

    def __init__(self) -> None:
        self.heard: dict[str, int] = {}

    async def turn(self, turn: Turn) -> Reply:
        self.heard[turn.conversation] = self.heard.get(turn.conversation, 0) + 1
        if turn.payload:
            return Reply(says=(Say(text=turn.payload),))
        if turn.texts == ("person",):
            return Reply(handoff=Handoff(reason=HandoffReason.REQUESTED))
        return Reply(
            says=(Say(text=f"{turn.locale} {self.heard[turn.conversation]}: {turn.texts[0]}"),),
            understood=Understood(
                intent="order",
                confidence=0.8,
                runner_up=Guess(intent="price", confidence=0.1),
                entities=(Entity(kind="order_number", value="12345"),),
            ),
        )

    async def forget(self, conversation: str) -> None:
        self.heard.pop(conversation, None)


@pytest_asyncio.fixture
async def talking(no_task_left_behind: None, database: Database, tmp_path: Path) -> AsyncIterator[LiveHub]:
    async with live_hub(database, tmp_path / "var", bot=Parrot()) as live:
        await live.hub.web.studio.replace_project(project())
        yield live


async def test_what_a_tried_version_does_leaves_nothing_behind(talking: LiveHub) -> None:
    hub = talking.hub
    errands = Errands(hub.acts, hub.lanes, hub.config, hub.tickets, hub.clock)
    assert await errands.register_ticket("try-admin-a", "name: Ali") == "T-0"
    assert (await errands.hours("try-admin-a")) is not None
    assert await hub.database.collection("tickets").count_documents({}) == 0


async def test_an_admin_talks_to_a_version_that_is_loaded_and_no_customer_sees_it(talking: LiveHub) -> None:
    async with talking.browser() as admin, talking.browser() as agent:
        await admin.sign_in("admin")
        await agent.sign_in("ali")
        words = {"text": "where is 12345", "locale": "en", "fresh": True}
        first = await admin.call("POST", BASE + "/versions/0/try", words)
        assert first.json == {
            "says": [{"text": "en 1: where is 12345", "buttons": [], "image": ""}],
            "handoff": "",
            "intent": "order",
            "confidence": 0.8,
            "runner_up": "price",
            "runner_up_confidence": 0.1,
            "entities": [{"entity": "order_number", "value": "12345"}],
        }
        again = await admin.call("POST", BASE + "/versions/0/try", words | {"fresh": False, "locale": "fa"})
        assert again.json["says"][0]["text"] == "fa 2: where is 12345"
        anew = await admin.call("POST", BASE + "/versions/0/try", words)
        assert anew.json["says"][0]["text"] == "en 1: where is 12345"
        gone = await admin.call("POST", BASE + "/versions/0/try", words | {"text": "person"})
        assert (gone.json["handoff"], gone.json["intent"]) == ("requested", "")
        pressed = await admin.call("POST", BASE + "/versions/0/try", words | {"payload": "/price"})
        assert pressed.json["says"][0]["text"] == "/price"
        assert (await admin.call("POST", BASE + "/versions/7/try", words)).status == 404
        assert (await admin.call("POST", BASE + "/versions/0/try", {"text": "", "locale": "en"})).status == 400
        assert (await agent.call("POST", BASE + "/versions/0/try", words)).status == 403


async def test_a_version_that_no_server_has_is_asked_through_the_trainer(
    talking: LiveHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = (await finished(talking.hub.versions)).number
    trials = Trials(talking.hub.database)

    async def trainer(heard: Heard) -> Trial:
        while (trial := await trials.claim(talking.hub.clock.now())) is None:
            await asyncio.sleep(0.01)
        await trials.answer(trial.id, heard)
        return trial

    async def asked(heard: Heard, words: dict[str, object]) -> tuple[Answer, Trial]:
        path = f"{BASE}/versions/{number}/try"
        return await asyncio.gather(admin.call("POST", path, words), trainer(heard))

    async with talking.browser() as admin:
        await admin.sign_in("admin")
        words = {"text": "کجاست", "locale": "fa", "fresh": True}
        answer = {"messages": [{"text": "Ten each."}], "intent": {"name": "price", "confidence": 0.9}}
        said, trial = await asked(Heard(answer=json.dumps(answer).encode()), words)
        assert (said.json["says"][0]["text"], said.json["intent"]) == ("Ten each.", "price")
        assert trial.number == number
        assert {key: trial.body[key] for key in ("texts", "locale", "fresh")} == {
            "texts": ["کجاست"],
            "locale": "fa",
            "fresh": True,
        }
        refused, _ = await asked(Heard(failure="memory"), words)
        assert refused.code == "not_loaded"
        monkeypatch.setattr(bot_tryout, "PATIENCE_SECONDS", 0.0)
        alone = await admin.call("POST", f"{BASE}/versions/{number}/try", words)
        assert alone.code == "try_slow"
        assert await trials.claim(talking.hub.clock.now()) is None


async def test_what_was_taught_since_another_version_is_shown(talking: LiveHub) -> None:
    async with talking.browser() as admin:
        await admin.sign_in("admin")
        first = (await admin.call("POST", BASE + "/versions", {})).json["number"]
        seen = (await admin.call("GET", BASE + "/intents/price")).json
        sentences = [*seen["sentences"][1:], {"text": "how dear is it", "lang": "en"}]
        gone = seen["sentences"][0]["text"]
        change = {"version": seen["version"], "sentences": sentences}
        assert (await admin.call("PATCH", BASE + "/intents/price", change)).status == 200
        second = (await admin.call("POST", BASE + "/versions", {})).json["number"]
        found = (await admin.call("GET", f"{BASE}/versions/{second}/diff?with={first}")).json
        taught = [{"name": "price", "added": ["how dear is it"], "removed": [gone]}]
        assert found == {"before": first, "intents": taught, "responses": [], "files": []}
        shipped = (await admin.call("GET", f"{BASE}/versions/{second}/diff")).json
        assert shipped["before"] == 0
        assert "config.yml" in shipped["files"]
        assert (await admin.call("GET", f"{BASE}/versions/{second}/diff?with={second}")).code == "bad_choice"
        assert (await admin.call("GET", f"{BASE}/versions/{second}/diff?with=99")).status == 404
        assert (await admin.call("GET", f"{BASE}/versions/{second}/diff?with=x")).status == 404


async def test_words_of_answers_and_marks_of_entities_are_a_part_of_what_changed(talking: LiveHub) -> None:
    async with talking.browser() as admin:
        await admin.sign_in("admin")
        first = (await admin.call("POST", BASE + "/versions", {})).json["number"]
        answer = (await admin.call("GET", BASE + "/responses/utter_price")).json
        was, said = answer["answers"]["en"]["text"], {"en": {"text": "Twenty each."}}
        change = {"version": answer["version"], "answers": said}
        assert (await admin.call("PATCH", BASE + "/responses/utter_price", change)).status == 200
        assert (await admin.call("GET", BASE + "/knowledge")).json["said"]["utter_price"] == ["Twenty each."]
        intent = (await admin.call("GET", BASE + "/intents/price")).json
        plain = intent["sentences"][0]
        dear = plain | {"marks": [{"start": 0, "end": 3, "entity": "order_number"}]}
        change = {"version": intent["version"], "sentences": [dear, *intent["sentences"][1:]]}
        assert (await admin.call("PATCH", BASE + "/intents/price", change)).status == 200
        second = (await admin.call("POST", BASE + "/versions", {})).json["number"]
        found = (await admin.call("GET", f"{BASE}/versions/{second}/diff?with={first}")).json
        assert found["responses"] == [{"name": "utter_price", "added": ["Twenty each."], "removed": [was]}]
        text = plain["text"]
        assert found["intents"] == [
            {"name": "price", "added": [f"[{text[:3]}](order_number){text[3:]}"], "removed": [text]}
        ]


async def test_what_keeps_it_from_being_trained_is_said_before_and_the_list_stays_readable(talking: LiveHub) -> None:
    async with talking.browser() as admin:
        await admin.sign_in("admin")
        whole = (await admin.call("GET", BASE + "/knowledge")).json
        assert (whole["problems"], whole["entities"]) == ([], ["order_number"])
        await _poor(admin)
        view = (await admin.call("GET", BASE + "/knowledge")).json
        assert [(one["place"], one["code"]) for one in view["problems"]] == [("intent poor", "too_few_examples")]
        assert "poor" in {one["name"] for one in view["intents"]}
        refused = await admin.call("POST", BASE + "/versions", {})
        assert (refused.status, refused.code, refused.json["error"]["field"]) == (
            400,
            "too_few_examples",
            "intent poor",
        )


async def _poor(admin: Browser) -> None:
    new = {"name": "poor", "sentences": [{"text": "only one of these", "lang": "en"}], "answers": {"en": "Yes."}}
    assert (await admin.call("POST", BASE + "/intents", new)).status == 201
