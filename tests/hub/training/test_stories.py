"""Pinned conversations: made from real ones, masked; edited over REST; a version that fails one is not activated."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from bot.contract import BotStatus, Button, Handoff, HandoffReason, Reply, Say, Turn
from bot.contract import Understood as Read
from bot.training.stories import Expected, Story, Told, run_of
from channels.contract import Part
from hub.clock import HeldClock
from hub.model.studio import Kept
from hub.store.database import Database
from hub.store.pin_runs import PinRuns
from hub.training.knowledge import Knowledge
from hub.training.pinning import actions_of, response_named
from tests.hub.house import House
from tests.hub.training.lab import project
from tests.hub.training.test_studio_store import ready_version
from tests.hub_server import AbsentBot, live_hub

BASE = "/api/admin/bot"


def test_a_story_fails_at_the_turn_that_is_not_as_expected() -> None:
    turns = (
        Expected(text="a", lang="en", intent="price", action="utter_price"),
        Expected(text="b", lang="en", action="utter_order"),
        Expected(text="c", lang="en"),
    )
    story = Story(id="s", name="s", turns=turns)
    good = Told(intent="price", confidence=0.9, actions=("utter_price",))
    other = Told(intent="order", confidence=0.9, actions=("order_form", "utter_order"))
    assert run_of(story, [good, other, good]).passed
    failed = run_of(story, [good, good, good])
    assert (failed.passed, [one.passed for one in failed.turns]) == (False, [True, False, True])
    assert not run_of(story, [good, other]).passed, "not told to its end"
    assert not run_of(story, [good, other, good], "no such payload").passed


def test_what_the_bot_said_is_known_by_the_words_of_its_responses() -> None:
    responses = [
        Kept(name="utter_late", variants=({"text": "Order {order_number} comes (late)."}, {"text": "دیر می‌آید."})),
        Kept(name="utter_card", variants=({"custom": {"kind": "card"}},)),
    ]
    assert response_named("Order 12345 comes (late).", responses) == "utter_late"
    assert response_named("دیر می‌آید.", responses) == "utter_late"
    assert response_named("Order 12345 comes late.", responses) == ""
    asked = [Kept(name="utter_ring", variants=({"text": "We ring {who} in {city} in {time} in {day}."},))]
    assert response_named("We ring Ali in Qom in an hour in May.", asked) == "utter_ring"
    assert response_named("We ring Ali in Qom in May.", asked) == ""
    assert response_named("We ring " + " in " * 20_000, asked) == "", "and not after hours"


class Clerk(AbsentBot):
    """Answers a price with a button, a press with an order, and gives up on the rest."""

    async def turn(self, turn: Turn) -> Reply:
        if turn.payload:
            return Reply(says=(Say(text="It is on its way."),), understood=Read(intent="order", confidence=1.0))
        if "cost" in turn.texts[-1]:
            say = Say(text="Ten each.", buttons=(Button(title="My order", payload="/order"),))
            return Reply(says=(say,), understood=Read(intent="price", confidence=0.9))
        return Reply(handoff=Handoff(reason=HandoffReason.LOW_CONFIDENCE))

    async def ready(self) -> BotStatus:
        return BotStatus(available=True, detail="ok", model_id="m")


def test_an_action_with_settings_may_be_expected_by_its_name() -> None:
    domain = "actions:\n- action_pay: {send_domain: true}\n- validate_x\nforms: {order_form: {}}\n"
    known = Knowledge(intents=(), responses=(Kept(name="utter_a"),), files=(Kept(name="domain.yml", text=domain),))
    assert actions_of(known) == ["action_pay", "order_form", "utter_a"]


async def test_a_conversation_is_pinned_edited_and_holds_a_version_back(
    no_task_left_behind: None, database: Database, tmp_path: Path, clock: HeldClock
) -> None:
    async with live_hub(database, tmp_path / "var", clock=clock, bot=Clerk()) as live, live.browser() as admin:
        studio, house = live.hub.web.studio, House(live, clock)
        await studio.replace_project(project())
        await admin.sign_in("admin")
        receipt = await house.writes("v1", "what does it cost, mail me at ali@mail.example")
        await house.until(receipt, lambda state: state.bot_seq >= state.contact_seq > 0)
        await house.writes_to("shop", "v1", Part(type="button", text="My order", payload="/order"))
        await house.until(receipt, lambda state: state.bot_seq >= state.contact_seq > 2)
        await house.writes("v1", "بی‌ربط ۰۹۱۲۳۴۵۶۷۸۹")
        await house.until(receipt, lambda state: state.owner.kind == "queue")
        draft = (await admin.call("GET", f"{BASE}/story?conversation={receipt.conversation}")).json
        assert draft["turns"] == [
            {
                "text": "what does it cost, mail me at name@example.com",
                "lang": "en",
                "intent": "price",
                "action": "utter_price",
                "payload": "",
            },
            {"text": "My order", "lang": "en", "intent": "order", "action": "utter_order", "payload": "/order"},
            {"text": "بی‌ربط 00000000000", "lang": "fa", "intent": "", "action": "", "payload": ""},
        ]
        assert (await admin.call("GET", f"{BASE}/story?conversation=none")).status == 404

        story = {"name": "Prices", "turns": draft["turns"], "conversation": receipt.conversation}
        for wrong in ({"intent": "none"}, {"action": "utter_none"}, {"text": "<b>x</b>"}, {"text": " "}):
            turns = [draft["turns"][0], {**draft["turns"][1], **wrong}]
            refused = await admin.call("POST", f"{BASE}/stories", {**story, "turns": turns})
            assert refused.json["error"]["field"] == f"turns.1.{next(iter(wrong))}"
        made = (await admin.call("POST", f"{BASE}/stories", story)).json
        change = {"version": 1, "name": "Prices, then order", "turns": made["turns"][:2]}
        assert (await admin.call("PATCH", f"{BASE}/stories/{made['id']}", change)).status == 200
        assert (await admin.call("PATCH", f"{BASE}/stories/{made['id']}", change)).code == "changed_meanwhile"
        listed = (await admin.call("GET", f"{BASE}/stories")).json
        assert [(one["name"], one["version"], len(one["turns"])) for one in listed["stories"]] == [
            ("Prices, then order", 2, 2)
        ]
        assert {"utter_price", "order_form"} <= set(listed["actions"])

        number = (await admin.call("POST", f"{BASE}/versions", {})).json["number"]
        (pinned,) = (await studio.versions.snapshot(number)).stories
        version = await studio.versions.claim("h", 1, clock.now() + 1)
        assert version is not None
        failed = run_of(pinned, [Told(intent="order", confidence=0.8, actions=())] * 2)
        await studio.versions.finish(replace(ready_version(version, b"model", "h"), stories=(failed,)), "h", b"model")
        report = (await admin.call("GET", f"{BASE}/versions/{number}")).json
        assert [one["name"] for one in report["gates"] if not one["passed"]] == ["stories", "untold"]
        gate = next(one for one in report["gates"] if one["name"] == "stories")
        assert gate == {"name": "stories", "passed": False, "figure": 1.0, "wanted": 0.0, "compared": True}
        assert [one["passed"] for one in report["stories"][0]["turns"]] == [False, False]
        assert (await admin.call("POST", f"{BASE}/versions/{number}/activate", {})).code == "gates"
        reason = {"reason": "prices are answered by hand this week"}
        assert (await admin.call("POST", f"{BASE}/versions/{number}/activate", reason)).status == 200
        deeds = [one.deed for one in await live.hub.web.audit.page()]
        kept = next(one for one in deeds if one.action == "bot.activate")
        assert kept.changes["reason"] == (None, reason["reason"]) or kept.changes["reason"] == [None, reason["reason"]]

        queue, told = PinRuns(database), run_of(pinned, [Told(intent="price", confidence=1, actions=("utter_price",))])
        assert (await admin.call("POST", f"{BASE}/versions/{number}/stories")).json["pins_wanted"]
        assert await queue.claim(clock.now(), clock.now() + 9) == number
        assert await queue.claim(clock.now(), clock.now() + 9) is None, "somebody is at it"
        assert await queue.claim(clock.now() + 9, clock.now() + 20) == number, "who died at it"
        await queue.finish(number, [replace(told, passed=True)], {pinned.id: pinned.version})
        report = (await admin.call("GET", f"{BASE}/versions/{number}")).json
        assert [one["name"] for one in report["gates"] if not one["passed"]] == []
        again = {"version": 2, "name": "Prices", "turns": made["turns"][:1]}
        assert (await admin.call("PATCH", f"{BASE}/stories/{made['id']}", again)).status == 200
        report = (await admin.call("GET", f"{BASE}/versions/{number}")).json
        assert [(one["name"], one["figure"]) for one in report["gates"] if not one["passed"]] == [("untold", 1)]
        await queue.want(number)
        await queue.finish(number, (), {}, "memory")
        view = (await admin.call("GET", f"{BASE}/versions/{number}")).json["version"]
        assert (view["pins_wanted"], view["pins_failure"]) == (False, "memory")

        seen = {"version": 3}
        assert (await admin.call("DELETE", f"{BASE}/stories/{made['id']}", seen)).status == 204
        assert (await admin.call("DELETE", f"{BASE}/stories/{made['id']}", seen)).status == 404
