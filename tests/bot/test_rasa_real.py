"""The real assistant on a real Rasa server: journeys in both languages, attacks, and the held-out sentences."""

from __future__ import annotations

import os
import shutil
from collections import defaultdict
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio
import yaml

from bot.contract import Reply, Turn
from bot.environment import ASSISTANT, BotEnvironmentError, find_python310
from hub.store.embedded import Mongod
from tests.bot.assistant_lab import Lab, running_lab, var_dir
from tests.mongod import mongod_server  # noqa: F401 (a fixture)

pytestmark = [pytest.mark.rasa, pytest.mark.slow, pytest.mark.timeout(900), pytest.mark.asyncio(loop_scope="module")]

CONVERSATIONS = yaml.safe_load((ASSISTANT / "tests/conversations.yml").read_text(encoding="utf-8"))
WANTED_ACCURACY = 0.9


def _missing() -> str | None:
    if (var_dir() / "bot/install.stamp").exists():
        return None
    try:
        find_python310()
    except BotEnvironmentError as error:
        return str(error)
    free = shutil.disk_usage(var_dir().parent).free
    return None if free > 4 * 1024**3 else "less than 4 GB of disk are free for the bot's environment"


@pytest.fixture(scope="module")
def rasa_possible() -> None:
    """Skip with the reason where the bot can't be installed; fail where CI=true."""
    reason = _missing()
    if reason is None:
        return
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def lab(rasa_possible: None, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Lab]:
    async with running_lab(tmp_path_factory.mktemp("rasa") / "rasa.log") as running:
        yield running


def _turn(conversation: str, locale: str, step: dict[str, object]) -> Turn:
    said = step.get("say", [])
    texts = (said,) if isinstance(said, str) else tuple(said)
    return Turn(conversation=conversation, texts=texts, locale=locale, payload=step.get("press"))


def _check(step: dict[str, object], reply: Reply) -> None:
    heard = " | ".join(say.text or "" for say in reply.says)
    context = f"after {step.get('say') or step.get('press')!r}: {reply}"
    if "intent" in step:
        assert reply.understood is not None, context
        assert reply.understood.intent == step["intent"], context
    for fragment in step.get("says", []):
        assert fragment in heard, context
    offered = {button.payload for say in reply.says for button in say.buttons}
    assert set(step.get("payloads", [])) <= offered, context
    assert (reply.handoff.reason.value if reply.handoff else None) == step.get("handoff"), context


@pytest.mark.parametrize("conversation", CONVERSATIONS, ids=lambda conversation: conversation["name"])
async def test_conversation(lab: Lab, conversation: dict[str, object]) -> None:
    sender = f"journey-{CONVERSATIONS.index(conversation)}"
    for step in conversation["steps"]:
        _check(step, await lab.bot.turn(_turn(sender, conversation["locale"], step)))


async def test_a_complaint_is_registered_with_the_customers_own_words(lab: Lab) -> None:
    text = "سایز اشتباه ارسال کردید و هیچکس جواب نمی‌ده"
    reply = await lab.bot.turn(Turn(conversation="own-words", texts=(text,), locale="fa"))
    assert "ثبت شد" in reply.says[0].text
    assert lab.shop.tickets[("own-words", text)] == "7001"


async def test_the_agent_is_told_which_order_it_was_about(lab: Lab) -> None:
    await lab.bot.turn(Turn(conversation="summary", texts=("سفارش ۱۲۳۴۵ کجاست",), locale="fa"))
    reply = await lab.bot.turn(Turn(conversation="summary", texts=(), locale="fa", payload="/talk_to_human"))
    assert reply.handoff is not None
    assert reply.handoff.summary == "مشتری خواست با یک نفر صحبت کند. شمارهٔ سفارش: ۱۲۳۴۵."


async def test_forgetting_starts_afresh(lab: Lab) -> None:
    ask = Turn(conversation="forgetful", texts=("where is my order",), locale="en")
    await lab.bot.turn(ask)
    await lab.bot.forget("forgetful")
    reply = await lab.bot.turn(Turn(conversation="forgetful", texts=("yes",), locale="en"))
    assert "Glad" in reply.says[0].text  # inside the form, "yes" would ask for the number again


async def test_ready_tells_the_model(lab: Lab) -> None:
    status = await lab.bot.ready()
    assert status.available
    assert status.model_id


@pytest.mark.parametrize(
    ("headers", "path", "body", "status"),
    [
        ({}, "/turn", {"sender": "x", "texts": ["hi"], "locale": "en"}, 401),
        ({"Authorization": "Bearer wrong"}, "/turn", {"sender": "x", "texts": ["hi"], "locale": "en"}, 401),
        (None, "/turn", {"sender": "x/y", "texts": ["hi"], "locale": "en"}, 400),
        (None, "/turn", {"sender": "x", "texts": [], "locale": "en"}, 400),
        (None, "/turn", {"sender": "x", "texts": ["hi"], "locale": "de"}, 400),
        (None, "/turn", {"sender": "x", "texts": ["hi"] * 21, "locale": "en"}, 400),
        (None, "/turn", {"sender": "x", "texts": ["a" * 5000], "locale": "en"}, 400),
        (None, "/turn", {"sender": "x", "payload": "/restart", "locale": "en"}, 400),
        (None, "/turn", {"sender": "x", "payload": '/greet{"lang":"fa"}', "locale": "en"}, 400),
        (None, "/turn", ["nonsense"], 400),
        (None, "/forget", {}, 400),
    ],
)
async def test_the_channel_refuses(
    lab: Lab, headers: dict[str, str] | None, path: str, body: object, status: int
) -> None:
    given = {"Authorization": f"Bearer {lab.token}"} if headers is None else headers
    async with (
        aiohttp.ClientSession() as session,
        session.post(lab.url + "/webhooks/hub" + path, json=body, headers=given) as response,
    ):
        assert response.status == status


async def test_rasas_own_interfaces_are_closed(lab: Lab) -> None:
    async with aiohttp.ClientSession() as session:
        for path in ("/webhooks/rest/webhook", "/model/parse", "/conversations/x/tracker", "/status", "/domain"):
            async with session.get(lab.url + path) as response:
                assert response.status in {404, 405}, path


@pytest.mark.parametrize("locale", ["en", "fa"])
async def test_held_out_sentences_are_understood(lab: Lab, locale: str) -> None:
    right: dict[str, int] = defaultdict(int)
    wrong: list[str] = []
    rows = _held_out(locale)
    for number, (text, intent) in enumerate(rows):
        sender = f"held-out-{locale}-{number}"
        reply = await lab.rasa.turn(Turn(conversation=sender, texts=(text,), locale=locale))
        guessed = reply.understood.intent if reply.understood else None
        right[intent] += guessed == intent
        if guessed != intent:
            wrong.append(f"{text} | {intent} -> {guessed} {reply.understood.confidence:.2f}")
    accuracy = sum(right.values()) / len(rows)
    print(f"\nheld-out {locale}: {accuracy:.3f} of {len(rows)} understood\n  " + "\n  ".join(wrong))
    assert accuracy >= WANTED_ACCURACY


@pytest.mark.usefixtures("rasa_possible")
async def test_the_bot_remembers_a_conversation_over_its_own_restart(
    mongod_server: Mongod,  # noqa: F811 (the fixture)
    tmp_path: Path,
) -> None:
    ask = Turn(conversation="restart", texts=("سفارشم کجاست",), locale="fa")
    async with running_lab(tmp_path / "first.log", mongod_server.uri) as lab:
        assert "شمارهٔ سفارش" in (await lab.bot.turn(ask)).says[0].text
    async with running_lab(tmp_path / "second.log", mongod_server.uri) as lab:
        reply = await lab.bot.turn(Turn(conversation="restart", texts=("بله",), locale="fa"))
    # Outside the form, a "yes" would not be answered with the question for the number.
    assert "شمارهٔ سفارش" in reply.says[0].text


def _held_out(locale: str) -> list[tuple[str, str]]:
    data = yaml.safe_load((ASSISTANT / f"tests/nlu/{locale}.yml").read_text(encoding="utf-8"))
    return [
        (line.removeprefix("- ").strip(), block["intent"])
        for block in data["nlu"]
        for line in block["examples"].splitlines()
    ]
