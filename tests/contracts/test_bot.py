"""What every `Bot` promises, whoever it is: the client alone, and the client under its guard."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.contract import Bot, BotError, HandoffReason, Reply, Turn
from bot.guarded import GuardedBot
from bot.rasa import RasaBot
from tests.fakes.rasa import FakeRasa, Mood

TURN = Turn(conversation="c-1", texts=("hello",), locale="en")


@pytest.fixture
async def fake() -> AsyncIterator[FakeRasa]:
    async with FakeRasa() as server:
        yield server


@pytest.fixture(params=["rasa", "guarded"])
async def bot(request: pytest.FixtureRequest, fake: FakeRasa) -> AsyncIterator[Bot]:
    async with RasaBot(fake.url, fake.token, timeout=2) as client:
        yield client if request.param == "rasa" else GuardedBot(client, deadline=1)


async def test_a_turn_is_answered_in_full(bot: Bot) -> None:
    reply = await bot.turn(TURN)
    assert [say.text for say in reply.says] == ["Hello!"]
    assert [(button.title, button.payload) for button in reply.says[0].buttons] == [("Menu", "/help")]
    assert reply.handoff is None
    assert reply.locale == "en"
    assert reply.understood is not None
    assert (reply.understood.intent, reply.understood.confidence) == ("greet", 0.9)
    assert reply.understood.runner_up is not None
    assert reply.understood.runner_up.intent == "help"
    assert [guess.intent for guess in reply.understood.others] == ["thanks"]


async def test_a_handoff_names_its_reason_and_has_a_summary(bot: Bot, fake: FakeRasa) -> None:
    fake.mood = Mood.HANDOFF
    reply = await bot.turn(TURN)
    assert reply.handoff is not None
    assert reply.handoff.reason is HandoffReason.REQUESTED
    assert reply.handoff.summary


async def test_a_pressed_button_is_a_payload(bot: Bot, fake: FakeRasa) -> None:
    await bot.turn(Turn(conversation="c-1", texts=(), locale="fa", payload="/help"))
    assert fake.turns[0]["payload"] == "/help"
    assert fake.turns[0]["texts"] == []


async def test_ready_names_the_model(bot: Bot) -> None:
    status = await bot.ready()
    assert (status.available, status.detail, status.model_id) == (True, "ok", "fake-model")


@pytest.mark.parametrize(
    ("mood", "detail"), [(Mood.NO_MODEL, "no_model"), (Mood.GARBAGE, "bot_garbage"), (Mood.ERROR, "bot_error")]
)
async def test_ready_never_raises(bot: Bot, fake: FakeRasa, mood: Mood, detail: str) -> None:
    fake.mood = mood
    status = await bot.ready()
    assert (status.available, status.detail) == (False, detail)


async def test_forgetting_reaches_the_server(bot: Bot, fake: FakeRasa) -> None:
    await bot.forget("c-1")
    assert fake.forgotten == ["c-1"]


@pytest.mark.parametrize(
    "mood",
    [
        *(Mood.GARBAGE, Mood.WRONG_SHAPE, Mood.NOT_TEXT, Mood.HUGE, Mood.CUT, Mood.ERROR, Mood.NO_MODEL),
        *(Mood.TOO_SLOW, Mood.REDIRECT, Mood.HANG, Mood.DRIP),
    ],
)
async def test_bot_trouble_is_a_bot_error_or_a_handoff_and_nothing_else(bot: Bot, fake: FakeRasa, mood: Mood) -> None:
    fake.mood = mood
    outcome: Reply | BotError
    try:
        outcome = await bot.turn(TURN)
    except BotError as error:
        outcome = error
    if isinstance(bot, GuardedBot):
        assert isinstance(outcome, Reply)
        assert outcome.handoff is not None
        assert outcome.says == ()
    else:
        assert isinstance(outcome, BotError)
        assert len(fake.turns) == 1  # a turn that may have run is never sent twice


@pytest.mark.parametrize("conversation", ["", "a/b", "سلام", "a" * 129, "a b", "../x"])
async def test_an_id_that_the_server_would_mangle_never_leaves(bot: Bot, fake: FakeRasa, conversation: str) -> None:
    turn = Turn(conversation=conversation, texts=("hi",), locale="en")
    if isinstance(bot, GuardedBot):
        assert (await bot.turn(turn)).handoff is not None
    else:
        with pytest.raises(BotError):
            await bot.turn(turn)
    assert fake.turns == []
