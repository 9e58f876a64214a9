"""Callers, by real SIP, through a real Asterisk and its gateway, to the hub, its bot and its agents."""

from __future__ import annotations

import asyncio
import io
import json
import time
import wave
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio

from bot.contract import Reply, Say, Turn
from channels.voice.asterisk.config_files import HOLD_TONES
from channels.voice.speech.programs import espeak
from hub.model.entry import Author
from hub.seed import QUEUE
from hub.store.database import Database
from tests.asterisk import Asterisk
from tests.calls import CallHouse, Clerk, call_house
from tests.phone import Phone, spans

CALLER, ALI, SARA = 600.0, 1_100.0, 1_700.0
FLOW = {
    "name": "shop",
    "version": 1,
    "entry": {"node": "menu", "locale": "en"},
    "locales": ["en"],
    "nodes": {
        "menu": {
            "type": "menu",
            "text": {"en": "1 for orders, 2 for people."},
            "choices": {"1": "number", "2": "line"},
            "otherwise": "line",
        },
        "number": {
            "type": "collect",
            "text": {"en": "Your order number."},
            "name": "order",
            "most": 4,
            "then": "status",
            "otherwise": "line",
        },
        "status": {
            "type": "bot",
            "ask": {"en": "Where is order {order}?"},
            "then": "bye",
            "handoff": "line",
            "otherwise": "line",
        },
        "line": {"type": "queue", "queue": ""},
        "bye": {"type": "hangup", "text": {"en": "Goodbye."}},
    },
}


class Listener(Clerk):
    """A bot that repeats what it was told in words."""

    async def turn(self, turn: Turn) -> Reply:
        """Repeat it."""
        if " " in turn.texts[-1]:
            return Reply(says=(Say(text=f"You said: {turn.texts[-1]}."),))
        return await super().turn(turn)


@pytest_asyncio.fixture
async def house(
    no_task_left_behind: None,
    database: Database,
    tmp_path: Path,
    asterisk: Asterisk,
) -> AsyncIterator[CallHouse]:
    """A call centre whose number has an auto attendant."""
    async with call_house(database, tmp_path, asterisk, flow=json.dumps(FLOW)) as made:
        yield made


async def test_a_caller_asks_the_bot_then_people_and_speaks_with_an_agent(house: CallHouse) -> None:
    await house.comes("ali", "101")
    async with (
        house.phone("caller", tone=CALLER) as caller,
        house.phone("ali", tone=ALI, extension="101") as ali,
    ):
        await caller.dial(house.number)
        await caller.event("CALL_ESTABLISHED")
        call = await house.call()
        await caller.hears_something()
        await caller.press("1")
        await house.told(call, "number")
        await house.takes_keys()
        await caller.press("1042")
        await house.told(call, "Order 1042 is on its way.")
        await house.takes_keys()
        await caller.press("0#")
        await house.until(call, lambda state: state.owner.kind == "offer")
        await house.accepts(call, "ali")
        await ali.event("CALL_INCOMING")
        await ali.answer()
        await house.until(call, lambda state: state.call == "joined")
        await caller.hears(ALI)
        await ali.hears(CALLER)
        await ali.hang_up()
        await caller.event("CALL_CLOSED")
        over = await house.until(call, lambda state: state.ended_at is not None)
    assert (over.call, over.owner.kind) == ("over", "agent")
    assert await house.happened(call) == ["ringing", "menu", "menu", "menu", "menu", "agent_ringing", "joined", "ended"]


async def test_a_caller_says_what_they_want_to_the_bot_and_keys_work_all_the_same(
    database: Database,
    tmp_path: Path,
    asterisk: Asterisk,
) -> None:
    voice = replace(espeak(words_a_minute=140), languages={"en": "en-us+f5"})
    for name, words in (("one", "one"), ("order", "where is my order")):
        with wave.open(io.BytesIO(await voice.sound(words, "en"))) as sound:
            frames = sound.readframes(sound.getnframes())
        with wave.open(str(tmp_path / f"{name}.wav"), "wb") as sound:
            sound.setparams((1, 2, 8_000, 0, "NONE", ""))
            sound.writeframes(bytes(32_000) + frames + bytes(16_000 * 60))  # two seconds to make up one's mind
    hears = {"listener": "pocketsphinx", "grammar": "one | where is my order | give me a person"}
    nodes = {
        "menu": {"type": "menu", "text": {"en": "One."}, "choices": {"1": "bot"}, "otherwise": "line"},
        "bot": {"type": "bot", "text": {"en": "Yes?"}, "then": "line", "handoff": "line", "otherwise": "line"},
        "line": {"type": "queue", "queue": ""},
    }
    spoken = {**FLOW, "entry": {"node": "menu", "locale": "en"}, "nodes": nodes}
    own = {"speech": True, "flow": json.dumps(spoken)}
    async with (
        call_house(database, tmp_path, asterisk, bot=Listener(), gateway=hears, **own) as house,
        house.phone("caller", tone=CALLER, speaks=0) as caller,
    ):
        await caller.dial(house.number)
        call = await house.call()
        await caller.hears_something()
        await caller.hears_silence()
        asked = len(caller.heard())
        await caller.plays(tmp_path / "one.wav")
        await house.told(call, "'path': 'bot'")
        await caller.hears_something(since=asked)
        await caller.hears_silence()
        await caller.plays(tmp_path / "order.wav")
        await house.told(call, "You said: where is my order.")
        await house.takes_keys()
        await caller.press("0#")
        await house.until(call, lambda state: state.owner.kind == "queue")
        await caller.hang_up()
        await house.until(call, lambda state: not state.open)


async def test_intervals_are_those_of_the_telephones_to_the_second(house: CallHouse) -> None:
    async with (
        house.phone("caller", tone=CALLER) as caller,
        house.phone("ali", tone=ALI, extension="101") as ali,
    ):
        answered = await established(caller, house)  # a moment in each state, so that each can be measured
        call = await house.call()
        await caller.hears_something()
        await passes()
        await caller.press("2")
        await house.until(call, lambda state: state.owner.kind == "queue")
        in_line = now()
        await passes()
        await house.comes("ali", "101")
        await house.accepts(call, "ali")
        await ali.event("CALL_INCOMING")
        await passes()
        await ali.answer()
        await caller.hears(ALI)
        await house.controls(call, "ali", "hold")
        await caller.hears(HOLD_TONES[1])
        await passes()
        await house.controls(call, "ali", "resume")
        await caller.hears(ALI)
        await passes()
        await caller.hang_up()
        await ali.event("CALL_CLOSED")
        over = await house.until(call, lambda state: state.ended_at is not None)
        await passes()
        me = Author(kind="agent", id=house.agent("ali").id, name="Ali")
        await house.live.hub.acts.resolve(over, me, disposition=None, reason="done")
        closed = now()
        (spoke, stopped), (spoke_again, stopped_again) = spans(caller.heard(), ALI)
    await house.live.hub.interval_log.flush()
    rows = await house.live.hub.interval_log.store.of(call)
    kinds = ["bot", "queued", "offered", "offered", "active", "hold", "active", "wrap_up"]
    assert [row["kind"] for row in rows] == kinds
    ivr, line, offer, ring, talk, hold, talk_again, wrap_up = (row["end"] - row["start"] for row in rows)
    told, heard = [ivr, line + offer, ring, talk, hold, talk_again, wrap_up], ali.times
    assert told == [
        pytest.approx(ms, abs=1_000)
        for ms in (
            in_line - answered,
            heard["CALL_INCOMING"] - in_line,
            heard["CALL_ESTABLISHED"] - heard["CALL_INCOMING"],
            stopped - spoke,
            spoke_again - stopped,
            stopped_again - spoke_again,
            closed - heard["CALL_CLOSED"],
        )
    ]


async def established(caller: Phone, house: CallHouse) -> int:
    """Call, and when the call stood by the telephone's own word."""
    await caller.dial(house.number)
    await caller.event("CALL_ESTABLISHED")
    return caller.times["CALL_ESTABLISHED"]


def now() -> int:
    """Milliseconds since the epoch."""
    return time.time_ns() // 1_000_000


async def passes() -> None:
    """Time that is measured."""
    await asyncio.sleep(1.2)


async def test_who_hangs_up_in_line_has_abandoned_it_and_at_once_is_told_apart(house: CallHouse) -> None:
    async with house.phone("caller", tone=CALLER) as caller:
        await caller.dial(house.number)
        await caller.event("CALL_ESTABLISHED")
        call = await house.call()
        await caller.press("2")
        await house.until(call, lambda state: state.owner.kind == "queue")
        await caller.hang_up()
        over = await house.until(call, lambda state: not state.open)
    assert (over.call, over.left_place is not None) == ("over", True)
    await house.live.hub.interval_log.flush()
    [visit] = await house.live.hub.visits.ended_since(0)
    assert visit.fate == "abandoned"
    today = house.live.hub.today.service()[QUEUE]
    assert (today.abandoned, today.short, today.answered) == (1, 1, 0)


async def test_a_phone_that_nobody_picks_up_leaves_the_caller_at_the_old_place_for_the_next_agent(
    database: Database,
    tmp_path: Path,
    asterisk: Asterisk,
) -> None:
    async with call_house(database, tmp_path, asterisk, flow=json.dumps(FLOW), ring_seconds=5) as house:
        await house.comes("ali", "101")
        async with (
            house.phone("caller", tone=CALLER) as caller,
            house.phone("ali", tone=ALI, extension="101") as ali,
            house.phone("sara", tone=SARA, extension="102") as sara,
        ):
            await caller.dial(house.number)
            await caller.event("CALL_ESTABLISHED")
            call = await house.call()
            await caller.press("2")
            await house.accepts(call, "ali")
            first = await house.until(call, lambda state: state.awaits_phone)
            await ali.event("CALL_INCOMING")
            await house.comes("sara", "102")
            await house.until(call, lambda state: state.owner.kind == "offer")
            await house.accepts(call, "sara")
            second = await house.until(call, lambda state: state.awaits_phone)
            assert second.queued_at == first.queued_at
            assert house.agent("ali").status == "not_responding"
            await sara.event("CALL_INCOMING")
            await sara.answer()
            await caller.hears(SARA)
            await caller.hang_up()
            await sara.event("CALL_CLOSED")
            await house.until(call, lambda state: state.ended_at is not None)
        assert (await house.happened(call))[-5:] == [
            "agent_ringing",
            "agent_unreachable",
            "agent_ringing",
            "joined",
            "ended",
        ]
        await house.live.hub.interval_log.flush()
        assert [one.fate for one in await house.live.hub.visits.ended_since(0)] == ["answered"]


async def test_who_hangs_up_while_the_agents_phone_rings_lets_it_go(house: CallHouse) -> None:
    await house.comes("ali", "101")
    async with (
        house.phone("caller", tone=CALLER) as caller,
        house.phone("ali", tone=ALI, extension="101") as ali,
    ):
        await caller.dial(house.number)
        await caller.event("CALL_ESTABLISHED")
        call = await house.call()
        await caller.press("2")
        await house.accepts(call, "ali")
        await ali.event("CALL_INCOMING")
        await caller.hang_up()
        await ali.event("CALL_CLOSED")
        over = await house.until(call, lambda state: not state.open)
    assert over.call == "over"
    assert house.agent("ali").status == "online"
