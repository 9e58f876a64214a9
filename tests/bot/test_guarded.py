"""The guard: whatever the bot does, a reply comes in time; a broken bot is left alone; loops end at a person."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from bot.contract import BotError, BotStatus, BotUnavailableError, HandoffReason, Reply, Say, Turn, Understood
from bot.guarded import Breaker, GuardedBot
from bot.rasa import RasaBot
from tests.fakes.rasa import FakeRasa, Mood

HELLO = Reply(says=(Say(text="Hello!"),), understood=Understood(intent="greet", confidence=0.9))
UNSURE = Reply(says=(Say(text="Pardon?"),), understood=Understood(intent="nlu_fallback", confidence=0.5))


def turn(conversation: str = "c-1", *texts: str) -> Turn:
    return Turn(conversation=conversation, texts=texts or ("hi",), locale="en")


class ManualClock:
    """A monotonic clock that moves when told."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


class ScriptedBot:
    """A bot whose next answers are given: replies, exceptions, or coroutines to await."""

    def __init__(self, *script: Reply | BaseException | Callable[[], Awaitable[Reply]]) -> None:
        self.script = list(script)
        self.asked: list[Turn] = []
        self.at_once = self.most_at_once = 0

    async def turn(self, asked: Turn) -> Reply:
        self.asked.append(asked)
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            step = self.script.pop(0) if len(self.script) > 1 else self.script[0]
            if isinstance(step, BaseException):
                raise step
            return step if isinstance(step, Reply) else await step()
        finally:
            self.at_once -= 1

    async def forget(self, conversation: str) -> None:
        raise BotUnavailableError("unreachable")

    async def ready(self) -> BotStatus:
        return BotStatus(available=True, detail="ok")


def reason(reply: Reply) -> HandoffReason | None:
    return reply.handoff.reason if reply.handoff else None


# ---- trouble is a handoff with its reason ------------------------------------------------------------------------


@pytest.fixture
async def fake() -> AsyncIterator[FakeRasa]:
    async with FakeRasa() as server:
        yield server


@pytest.fixture
async def guarded(fake: FakeRasa) -> AsyncIterator[GuardedBot]:
    async with RasaBot(fake.url, fake.token) as client:
        bot = GuardedBot(client, deadline=1)
        yield bot
        await bot.aclose()


@pytest.mark.parametrize(
    ("mood", "expected"),
    [
        (Mood.HANG, HandoffReason.BOT_SLOW),
        (Mood.DRIP, HandoffReason.BOT_SLOW),
        (Mood.LATE, HandoffReason.BOT_SLOW),
        (Mood.TOO_SLOW, HandoffReason.BOT_SLOW),
        (Mood.SILENT, HandoffReason.BOT_SILENT),
        (Mood.NO_MODEL, HandoffReason.BOT_UNAVAILABLE),
        (Mood.GARBAGE, HandoffReason.BOT_ERROR),
        (Mood.WRONG_SHAPE, HandoffReason.BOT_ERROR),
        (Mood.HUGE, HandoffReason.BOT_ERROR),
        (Mood.CUT, HandoffReason.BOT_ERROR),
        (Mood.ERROR, HandoffReason.BOT_ERROR),
        (Mood.HANDOFF, HandoffReason.REQUESTED),
        (Mood.OK, None),
    ],
)
async def test_f10_every_misbehaviour_is_a_handoff_within_the_deadline(
    fake: FakeRasa, guarded: GuardedBot, mood: Mood, expected: HandoffReason | None
) -> None:
    fake.mood = mood
    async with asyncio.timeout(5):  # the deadline is 1 s; who misses it in these moods waits for ever
        reply = await guarded.turn(turn())
    assert reason(reply) is expected
    if expected is not None:
        assert reply.says == ()
        assert reply.handoff is not None
        assert reply.handoff.summary


async def test_f10_nothing_listens_at_all() -> None:
    async with FakeRasa() as gone:
        url = gone.url
    async with RasaBot(url, "a-token") as client:
        assert reason(await GuardedBot(client).turn(turn())) is HandoffReason.BOT_UNAVAILABLE


async def test_an_answer_after_the_deadline_goes_nowhere(fake: FakeRasa, guarded: GuardedBot) -> None:
    fake.moods.append(Mood.LATE)
    assert reason(await guarded.turn(turn())) is HandoffReason.BOT_SLOW
    fake.release.set()
    reply = await guarded.turn(turn("c-2"))
    assert reply.handoff is None
    assert len(fake.turns) == 2


async def test_a_bot_that_ignores_its_cancellation_cannot_hold_the_deadline() -> None:
    let_go = asyncio.Event()

    async def stubborn() -> Reply:
        while not let_go.is_set():
            try:
                await let_go.wait()
            except asyncio.CancelledError:
                continue
        return HELLO

    guard = GuardedBot(ScriptedBot(stubborn), deadline=0.05)
    assert reason(await guard.turn(turn())) is HandoffReason.BOT_SLOW
    let_go.set()
    await guard.aclose()


@pytest.mark.parametrize("error", [ValueError("a bug"), BotError("odd"), asyncio.CancelledError()])
async def test_a_bug_in_the_bot_is_a_handoff(error: BaseException) -> None:
    assert reason(await GuardedBot(ScriptedBot(error)).turn(turn())) is HandoffReason.BOT_ERROR


async def test_our_own_cancellation_passes_through() -> None:
    entered = asyncio.Event()

    async def hang() -> Reply:
        entered.set()
        await asyncio.Event().wait()
        return HELLO

    guard = GuardedBot(ScriptedBot(hang), deadline=5)
    task = asyncio.create_task(guard.turn(turn()))
    await entered.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert guard.breaker is Breaker.CLOSED


async def test_forgetting_and_ready_never_raise() -> None:
    guard = GuardedBot(ScriptedBot(HELLO))
    await guard.forget("c-1")
    assert (await guard.ready()).available


# ---- circuit breaker -----------------------------------------------------------------------------------------------


async def test_f10_the_circuit_opens_after_five_failures_and_asks_no_more(fake: FakeRasa, guarded: GuardedBot) -> None:
    fake.mood = Mood.ERROR
    for number in range(5):
        assert reason(await guarded.turn(turn(f"c-{number}"))) is HandoffReason.BOT_ERROR
    assert guarded.breaker is Breaker.OPEN
    assert reason(await guarded.turn(turn("c-9"))) is HandoffReason.BOT_UNAVAILABLE
    assert len(fake.turns) == 5
    assert (await guarded.ready()).detail == "resting"
    assert guarded.counters.opened == 1


async def test_a_success_between_failures_keeps_the_circuit_closed() -> None:
    bad = BotError("odd")
    guard = GuardedBot(ScriptedBot(bad, bad, bad, bad, HELLO, bad, bad, bad, bad, HELLO))
    for number in range(10):
        await guard.turn(turn(f"c-{number}"))
    assert guard.breaker is Breaker.CLOSED


async def test_f10_after_the_rest_one_turn_tries_and_the_others_still_go_to_people() -> None:
    clock, hold, entered = ManualClock(), asyncio.Event(), asyncio.Event()

    async def probe() -> Reply:
        entered.set()
        await hold.wait()
        return HELLO

    bot = ScriptedBot(*[BotError("odd")] * 5, probe, HELLO)
    guard = GuardedBot(bot, now=clock)
    for number in range(5):
        await guard.turn(turn(f"c-{number}"))
    clock.seconds += 29.9
    assert guard.breaker is Breaker.OPEN
    clock.seconds += 0.1
    assert guard.breaker is Breaker.HALF_OPEN
    trying = asyncio.create_task(guard.turn(turn("probe")))
    await entered.wait()
    assert reason(await guard.turn(turn("other"))) is HandoffReason.BOT_UNAVAILABLE
    hold.set()
    assert (await trying).handoff is None
    assert guard.breaker is Breaker.CLOSED
    assert (await guard.turn(turn("other-2"))).handoff is None


async def test_a_failed_try_starts_the_rest_again() -> None:
    clock = ManualClock()
    guard = GuardedBot(ScriptedBot(BotError("odd")), now=clock)
    for number in range(5):
        await guard.turn(turn(f"c-{number}"))
    clock.seconds += 30
    assert reason(await guard.turn(turn("probe"))) is HandoffReason.BOT_ERROR
    assert guard.breaker is Breaker.OPEN
    clock.seconds += 29
    assert guard.breaker is Breaker.OPEN


async def test_a_try_that_is_cancelled_leaves_the_place_free() -> None:
    clock, entered = ManualClock(), asyncio.Event()

    async def hang() -> Reply:
        entered.set()
        await asyncio.Event().wait()
        return HELLO

    guard = GuardedBot(ScriptedBot(*[BotError("odd")] * 5, hang, HELLO), now=clock)
    for number in range(5):
        await guard.turn(turn(f"c-{number}"))
    clock.seconds += 30
    task = asyncio.create_task(guard.turn(turn("probe")))
    await entered.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert (await guard.turn(turn("next"))).handoff is None


# ---- one at a time, bounded ----------------------------------------------------------------------------------------


async def test_one_turn_at_a_time_per_conversation_in_order() -> None:
    async def slow() -> Reply:
        await asyncio.sleep(0)
        return HELLO

    bot = ScriptedBot(slow)
    guard = GuardedBot(bot)
    await asyncio.gather(*(guard.turn(turn("c-1", str(number))) for number in range(5)))
    assert bot.most_at_once == 1
    assert [asked.texts for asked in bot.asked] == [(str(number),) for number in range(5)]


async def test_different_conversations_run_together_up_to_the_bound() -> None:
    hold, full = asyncio.Event(), asyncio.Event()
    bot: ScriptedBot

    async def wait() -> Reply:
        if bot.at_once == 3:
            full.set()
        await hold.wait()
        return HELLO

    bot = ScriptedBot(wait)
    guard = GuardedBot(bot, at_once=3)
    tasks = [asyncio.create_task(guard.turn(turn(f"c-{number}"))) for number in range(8)]
    await full.wait()
    hold.set()
    assert all(reply.handoff is None for reply in await asyncio.gather(*tasks))
    assert bot.most_at_once == 3


async def test_waiting_in_line_counts_into_the_deadline_but_not_as_the_bots_failure() -> None:
    entered = asyncio.Event()

    async def hang() -> Reply:
        entered.set()
        await asyncio.Event().wait()
        return HELLO

    guard = GuardedBot(ScriptedBot(hang), deadline=0.2)
    first = asyncio.create_task(guard.turn(turn()))
    await entered.wait()
    replies = await asyncio.gather(first, *(guard.turn(turn()) for _ in range(8)))
    assert {reason(reply) for reply in replies} <= {HandoffReason.BOT_SLOW}
    assert guard.counters.failures["bot_slow"] <= 2


async def test_nothing_is_kept_of_finished_turns() -> None:
    guard = GuardedBot(ScriptedBot(BotError("odd")), failures_to_open=10_000)
    await asyncio.gather(*(guard.turn(turn(f"c-{number}")) for number in range(100)))
    assert not guard._lines
    assert not guard._memories
    assert not guard._running


# ---- misses and loops ----------------------------------------------------------------------------------------------


async def test_the_second_miss_in_a_row_is_a_handoff() -> None:
    guard = GuardedBot(ScriptedBot(UNSURE))
    assert (await guard.turn(turn())).handoff is None
    reply = await guard.turn(turn())
    assert reason(reply) is HandoffReason.LOW_CONFIDENCE
    assert reply.says == ()
    assert reply.understood == UNSURE.understood


async def test_misses_of_other_conversations_and_before_an_answer_do_not_count() -> None:
    guard = GuardedBot(ScriptedBot(UNSURE, UNSURE, HELLO, UNSURE))
    assert (await guard.turn(turn("a"))).handoff is None
    assert (await guard.turn(turn("b"))).handoff is None
    assert (await guard.turn(turn("a"))).handoff is None
    assert (await guard.turn(turn("a"))).handoff is None


async def test_after_a_handoff_counting_starts_again() -> None:
    guard = GuardedBot(ScriptedBot(UNSURE))
    outcomes = [reason(await guard.turn(turn())) for _ in range(4)]
    assert outcomes == [None, HandoffReason.LOW_CONFIDENCE] * 2


async def test_the_same_answer_three_times_is_a_loop() -> None:
    guard = GuardedBot(ScriptedBot(HELLO))
    outcomes = [reason(await guard.turn(turn())) for _ in range(3)]
    assert outcomes == [None, None, HandoffReason.BOT_LOOPING]


async def test_forgetting_ends_the_count() -> None:
    guard = GuardedBot(ScriptedBot(UNSURE))
    await guard.turn(turn())
    await guard.forget("c-1")
    assert (await guard.turn(turn())).handoff is None


async def test_what_happened_is_counted_and_observed() -> None:
    seen: list[str] = []
    guard = GuardedBot(ScriptedBot(HELLO, BotError("odd")), observe=lambda outcome, seconds: seen.append(outcome))
    await guard.turn(turn("a"))
    await guard.turn(turn("b"))
    assert seen == ["say", "bot_error"]
    assert guard.counters.turns == 2
    assert guard.counters.handoffs == {"bot_error": 1}
    assert guard.counters.failures == {"bot_error": 1}
