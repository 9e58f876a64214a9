"""What the bot may have got wrong reaches the admins masked and once, is labelled with its siblings, can be undone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio

from bot.contract import BotStatus, Guess, Handoff, HandoffReason, Reply, Say, Turn, Understood
from channels.contract import Receipt
from hub.clock import HeldClock
from hub.model.entry import BOT, Entry
from hub.model.entry import Understood as Kept
from hub.model.ids import ConversationId
from hub.store.database import Database
from hub.training.doubts import SOON_MS, reason_of
from hub.training.rephrased import rephrased
from hub.training.similar import groups
from tests.attacks.visitor import Visitor
from tests.hub.house import House
from tests.hub.training.lab import project
from tests.hub_server import AbsentBot, Browser, LiveHub, live_hub

BASE = "/api/admin/bot/review"


def test_siblings_stand_together_and_strangers_apart() -> None:
    english = ["where is my parcel", "hello", "where is my parcel?", "my parcel where is it"]
    assert groups([*english, "سفارشم کجاست", "سفارش‌م کجاست؟"]) == [[0, 2, 3], [1], [4, 5]]


@pytest.mark.parametrize(
    ("understood", "reason"),
    [
        (Kept(intent="a", confidence=0.95, runner_up="b", runner_up_confidence=0.02), ""),
        (Kept(intent="a", confidence=0.6, runner_up="b", runner_up_confidence=0.1), "unsure"),
        (Kept(intent="a", confidence=0.8, runner_up="b", runner_up_confidence=0.75), "unsure"),
        (Kept(intent="nlu_fallback", confidence=0.7), "fallback"),
        (None, ""),
    ],
)
def test_a_turn_is_a_doubt_when_the_bot_was_not_sure(understood: Kept | None, reason: str) -> None:
    entry = Entry(
        conversation=ConversationId("c"), seq=1, at=1, author=BOT, kind="message", dedupe="d", understood=understood
    )
    assert reason_of(entry) == reason


class UnsureBot(AbsentBot):
    """Understands nothing, and gives up at the word "person"."""

    async def turn(self, turn: Turn) -> Reply:
        guess = Understood(
            intent="nlu_fallback",
            confidence=0.4,
            runner_up=Guess(intent="price", confidence=0.3),
            others=(Guess(intent="greet", confidence=0.2), Guess(intent="thanks", confidence=0.1)),
        )
        if "person" in turn.texts[-1]:
            return Reply(handoff=Handoff(reason=HandoffReason.LOW_CONFIDENCE), understood=guess)
        return Reply(says=(Say(text="I did not understand."),), understood=guess)

    async def ready(self) -> BotStatus:
        return BotStatus(available=True, detail="ok", model_id="m")


@dataclass(frozen=True)
class Desk:
    """The hub, and an admin and an agent in front of it."""

    live: LiveHub
    admin: Browser
    agent: Browser

    async def says(self, *texts: str) -> None:
        async with self.live.browser() as browser:
            visitor = await Visitor.arrive(browser)
            async with visitor.socket() as (ws, _):
                for text in texts:
                    await visitor.say(ws, text)

    async def rows(self, true: Callable[[list[dict[str, object]]], bool]) -> list[list[dict[str, object]]]:
        """The groups of open rows, once they are as wanted."""
        async with asyncio.timeout(10):
            while True:
                found = (await self.admin.call("GET", BASE)).json["groups"]
                if true([row for group in found for row in group["rows"]]):
                    return [group["rows"] for group in found]
                await asyncio.sleep(0.02)


@pytest_asyncio.fixture
async def desk(no_task_left_behind: None, database: Database, tmp_path: Path) -> AsyncIterator[Desk]:
    async with (
        live_hub(database, tmp_path / "var", bot=UnsureBot()) as live,
        live.browser() as admin,
        live.browser() as ali,
    ):
        await live.hub.web.studio.replace_project(project())
        await admin.sign_in("admin")
        await ali.sign_in("ali")
        yield Desk(live, admin, ali)


async def test_what_the_bot_does_not_understand_is_labelled_with_its_siblings_and_can_be_taken_back(desk: Desk) -> None:
    await desk.says("how dear is the blue one 09123456789")
    await desk.says("how dear is the blue one 09129999999")
    await desk.says("how dear is the red one")
    await desk.says("a person please, I am lost")
    groups_ = await desk.rows(lambda rows: len(rows) == 3 and sum(int(str(row["times"])) for row in rows) == 4)
    by_text = {str(row["text"]): row for group in groups_ for row in group}
    twice = by_text["how dear is the blue one 00000000000"]
    assert (twice["times"], twice["lang"]) == (2, "en")
    assert twice["guesses"] == [
        {"intent": "price", "confidence": 0.3},
        {"intent": "greet", "confidence": 0.2},
        {"intent": "thanks", "confidence": 0.1},
    ]
    assert len(twice["places"]) == 2  # type: ignore[arg-type]
    assert by_text["a person please, I am lost"]["reasons"] == ["handed_off"]
    dear = next(group for group in groups_ if twice in group)
    assert {row["text"] for row in dear} == {"how dear is the blue one 00000000000", "how dear is the red one"}
    ids = [row["id"] for row in dear]
    done = await desk.admin.call("POST", BASE + "/label", {"ids": ids, "intent": "price"})
    assert done.json == {"decided": 2, "waiting": 1, "masked": 0}
    taught = (await desk.admin.call("GET", "/api/admin/bot/intents/price")).json["sentences"]
    assert "how dear is the red one" in {one["text"] for one in taught}
    await desk.says("how dear is the red one")
    await desk.says("and something quite different")
    await desk.rows(
        lambda rows: {row["text"] for row in rows} == {"a person please, I am lost", "and something quite different"}
    )
    assert (await desk.admin.call("POST", BASE + "/reopen", {"ids": ids})).json["waiting"] == 4
    taught = (await desk.admin.call("GET", "/api/admin/bot/intents/price")).json["sentences"]
    assert "how dear is the red one" not in {one["text"] for one in taught}
    assert (await desk.admin.call("POST", BASE + "/ignore", {"ids": ids})).json["waiting"] == 2
    assert (await desk.admin.call("POST", BASE + "/ignore", {"ids": ["nothing"]})).status == 404


async def test_a_single_sentence_is_corrected_before_it_is_taught(desk: Desk) -> None:
    await desk.says("teh numbre is 00000 pls")
    ((row,),) = await desk.rows(lambda rows: len(rows) == 1)
    marks = [{"start": 14, "end": 19, "entity": "order_number"}]
    label = {"ids": [row["id"]], "intent": "number", "text": "the number is 00000", "marks": marks}
    bad = label | {"text": "<b>", "marks": []}
    assert (await desk.admin.call("POST", BASE + "/label", bad)).code == "html"
    assert (await desk.admin.call("POST", BASE + "/label", label)).json["decided"] == 1
    taught = (await desk.admin.call("GET", "/api/admin/bot/intents/number")).json["sentences"]
    assert [one["marks"] for one in taught if one["text"] == "the number is 00000"] == [
        [marks[0] | {"value": "", "role": "", "group": ""}]
    ]
    assert (await desk.agent.call("GET", BASE)).status == 403


async def test_personal_data_in_a_correction_is_masked_and_it_is_told(desk: Desk) -> None:
    await desk.says("how dear is teh blu one")
    ((row,),) = await desk.rows(lambda rows: len(rows) == 1)
    label = {"ids": [row["id"]], "intent": "price", "text": "how dear is the blue one, 0912 345 6789"}
    done = await desk.admin.call("POST", BASE + "/label", label)
    assert done.json == {"decided": 1, "waiting": 0, "masked": 1}
    taught = (await desk.admin.call("GET", "/api/admin/bot/intents/price")).json["sentences"]
    assert "how dear is the blue one, 0000 000 0000" in {one["text"] for one in taught}
    (deed, *_) = await desk.live.hub.web.audit.page()
    assert (deed.deed.action, deed.deed.changes["masked"]) == ("bot.review.done", [None, 1])


async def test_of_two_admins_who_label_the_same_sentence_the_second_is_told(desk: Desk) -> None:
    await desk.says("how dear is the blue one")
    ((row,),) = await desk.rows(lambda rows: len(rows) == 1)
    intents = ("price", "order", "number")
    labels = [{"ids": [row["id"]], "intent": intent} for intent in intents]
    answers = await asyncio.gather(*(desk.admin.call("POST", BASE + "/label", one) for one in labels))
    assert sorted(one.status for one in answers) == [200, 409, 409]
    late = await desk.admin.call("POST", BASE + "/label", labels[0])
    assert (late.status, late.code) == (409, "changed_meanwhile")
    known = [(await desk.admin.call("GET", f"/api/admin/bot/intents/{one}")).json["sentences"] for one in intents]
    under = [any(one["text"] == row["text"] for one in sentences) for sentences in known]
    assert under == [one.status == 200 for one in answers]


async def test_an_agent_marks_a_message(desk: Desk) -> None:
    await desk.says("what a day", "please help")
    rows = await desk.rows(lambda rows: any("what a day" in str(row["text"]) for row in rows))
    place = next(str(row["places"][0]) for group in rows for row in group)  # type: ignore[index]
    conversation, _, seq = place.rpartition(":")
    mark = {"conversation": conversation, "seq": int(seq)}
    assert (await desk.agent.call("POST", "/api/desk/mark", mark)).status == 204
    await desk.rows(lambda rows: any("marked" in row["reasons"] for row in rows))  # type: ignore[operator]
    assert (await desk.agent.call("POST", "/api/desk/mark", mark | {"seq": 9999})).status == 404


async def test_nothing_hostile_becomes_a_row(desk: Desk) -> None:
    await desk.says("<script>alert(1)</script>")
    await desk.says("[x](y) ${HOME}")
    await desk.says("only this one")
    (group,) = await desk.rows(bool)
    assert [row["text"] for row in group] == ["only this one"]


SAID_AGAIN = (
    ("where is my parcel", "where is my parcel??", True),
    ("where is my parcel", "my parcel, where has it got to", True),
    ("how do I return these shoes", "I said I want to return the shoes", True),
    ("سفارش من کجاست", "سفارشم کجاست؟", True),
    ("چطور کفش را برگردانم", "گفتم می‌خواهم کفش را برگردانم", True),
    ("هزينه ارسال چقدر است", "هزینه‌ی ارسال چقدره", True),
    ("where is my parcel", "what does the blue one cost", False),
    ("where is the shop", "where is the parcel", False),
    ("سفارش من کجاست", "قیمت کفش چند است", False),
    ("hello", "hello", False),
    ("بله", "بله", False),
    ("12345", "12345", False),
)


@pytest.mark.parametrize(("first", "second", "again"), SAID_AGAIN)
def test_nearly_the_same_again_is_told_from_something_else(first: str, second: str, again: bool) -> None:
    assert rephrased(first, second) is again
    assert rephrased(second, first) is again


class SureBot(UnsureBot):
    """Takes everything for a question about prices, and never doubts it."""

    async def turn(self, turn: Turn) -> Reply:
        return Reply(says=(Say(text="Ten each."),), understood=Understood(intent="price", confidence=0.99))


async def test_what_is_said_again_after_an_answer_or_rated_badly_is_looked_at_though_the_bot_was_sure(
    no_task_left_behind: None, database: Database, tmp_path: Path, clock: HeldClock
) -> None:
    async with live_hub(database, tmp_path / "var", clock=clock, bot=SureBot()) as live:
        house, review = House(live, clock), live.hub.web.review

        async def says(address: str, text: str) -> Receipt:
            receipt = await house.writes(address, text)
            await house.until(receipt, lambda state: state.bot_seq >= state.contact_seq >= receipt.seq)
            return receipt

        await says("v1", "how do I return these shoes")
        await says("v1", "the shoes, how can I return them?")
        await says("v1", "what does the blue one cost")
        await says("v2", "how do I return these shoes, number two")
        clock.advance(SOON_MS + 1)
        await says("v2", "how do I return these shoes, number two")
        rated = await says("v3", "nobody ever answers me here")
        await house.leaves(rated)
        await live.hub.inlet.rate("shop", "v3", ConversationId(rated.conversation), 1, None)
        async with asyncio.timeout(10):
            while len(rows := await review.page()) < 2:
                await asyncio.sleep(0.02)
        assert {one.text: (one.reasons, one.guesses[0].intent) for one in rows} == {
            "how do I return these shoes": (("rephrased",), "price"),
            "nobody ever answers me here": (("rated_badly",), "price"),
        }
