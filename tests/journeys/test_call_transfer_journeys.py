"""What agents do with a live call, and what becomes of callers who do not wait: by real SIP."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from channels.voice.asterisk.config_files import HOLD_TONES
from hub.errors import Conflict
from hub.seed import QUEUE
from hub.store.database import Database
from tests.asterisk import Asterisk, asterisk  # noqa: F401 (a fixture)
from tests.calls import CallHouse, call_house
from tests.phone import has, samples_of_wav

CALLER, ALI, SARA = 600.0, 1_100.0, 1_700.0
LINE: dict[str, Any] = {"type": "queue", "queue": ""}


def flow(**nodes: object) -> str:
    """An auto attendant in English that begins with the first of the nodes."""
    entry = {"node": next(iter(nodes)), "locale": "en"}
    return json.dumps({"name": "f", "version": 1, "entry": entry, "locales": ["en"], "nodes": nodes})


@pytest_asyncio.fixture
async def house(
    no_task_left_behind: None,
    database: Database,
    tmp_path: Path,
    asterisk: Asterisk,  # noqa: F811
) -> AsyncIterator[CallHouse]:
    """A number that leads to people at once, and records what they say."""
    async with call_house(database, tmp_path, asterisk, flow=flow(line=LINE), record=True) as made:
        yield made


async def test_a_caller_on_hold_hears_music_and_the_recording_comes_to_the_conversation(house: CallHouse) -> None:
    async with house.talking(CALLER, ALI) as (call, caller, ali):
        await ali.hears(CALLER)
        await house.controls(call, "ali", "hold")
        await house.until(call, lambda state: state.call == "held")
        await caller.hears(HOLD_TONES[1])
        await ali.hears_no_more(CALLER)
        await house.controls(call, "ali", "resume")
        await caller.hears(ALI)
        await house.controls(call, "ali", "hang_up")
        await caller.event("CALL_CLOSED")
        await ali.event("CALL_CLOSED")
        await house.until(call, lambda state: state.ended_at is not None)
    with pytest.raises(Conflict) as refused:
        await house.controls(call, "ali", "hold")
    assert refused.value.code == "not_live"
    sound = await house.recording(call)
    assert has(samples_of_wav(sound), CALLER)
    assert has(samples_of_wav(sound), ALI)
    assert [one for one in await house.happened(call) if one in {"held", "resumed"}] == ["held", "resumed"]


async def test_a_blind_transfer_rings_the_colleague_while_the_caller_hears_music(house: CallHouse) -> None:
    async with house.talking(CALLER, ALI) as (call, caller, ali):
        sara = await house.comes("sara", "102")
        async with house.phone("sara", tone=SARA, extension="102") as phone:
            await house.transfers(call, "ali", sara.id)
            await ali.event("CALL_CLOSED")
            await caller.hears(HOLD_TONES[0])
            await house.accepts(call, "sara")
            await phone.event("CALL_INCOMING")
            await phone.answer()
            await caller.hears(SARA)
            await phone.hears(CALLER)
            await caller.hang_up()
            await house.until(call, lambda state: state.ended_at is not None)
    assert house.agent("ali").load == ()


async def test_a_warm_transfer_lets_the_colleagues_speak_first(house: CallHouse) -> None:
    async with house.talking(CALLER, ALI) as (call, caller, ali):
        sara = await house.comes("sara", "102")
        async with house.phone("sara", tone=SARA, extension="102") as phone:
            await house.controls(call, "ali", "consult", sara.id)
            await phone.event("CALL_INCOMING")
            await phone.answer()
            await ali.hears(SARA)
            await phone.hears(ALI)
            await caller.hears(HOLD_TONES[0])
            await house.controls(call, "ali", "complete")
            after = await house.until(call, lambda state: state.owner.agent == sara.id)
            await ali.event("CALL_CLOSED")
            await caller.hears(SARA)
            await phone.hears(CALLER)
            assert (after.owner.kind, "CALL_CLOSED" in caller.events) == ("agent", False)
            await phone.hang_up()
            await caller.event("CALL_CLOSED")
            await house.until(call, lambda state: state.ended_at is not None)
    assert house.agent("ali").load == ()


async def test_calls_go_on_to_numbers_outside_only_where_an_admin_allows_it(house: CallHouse) -> None:
    async with house.talking(CALLER, ALI) as (call, caller, _):
        with pytest.raises(Conflict) as refused:
            await house.controls(call, "ali", "send_on", "+989121234567")
        assert refused.value.code == "not_allowed"
        await caller.hears(ALI)


async def test_a_message_that_is_left_is_a_task_of_the_line(
    no_task_left_behind: None,
    database: Database,
    tmp_path: Path,
    asterisk: Asterisk,  # noqa: F811
) -> None:
    message = {"type": "voicemail", "queue": "", "text": {"en": "Leave a message."}}
    async with call_house(database, tmp_path, asterisk, flow=flow(message=message)) as house:
        async with house.phone("caller", tone=CALLER) as caller:
            await caller.dial(house.number)
            call = await house.call()
            await caller.hears(1_000.0)
            await caller.hears_no_more(1_000.0)
            await asyncio.to_thread(house.seconds_recorded, 1.0)
            await caller.press("#")
            await caller.event("CALL_CLOSED")
        waiting = await house.until(
            call, lambda state: state.call in {"message", "over"} and state.queued_at is not None
        )
        assert (waiting.owner.kind, waiting.open) == ("queue", True)
        assert has(samples_of_wav(await house.recording(call)), CALLER)
        await house.comes("ali", "101")
        await house.accepts(call, "ali")
        held = await house.until(call, lambda state: state.owner.kind == "agent")
        assert not held.awaits_phone


async def test_who_hangs_up_after_the_tone_has_left_a_message_too(
    no_task_left_behind: None,
    database: Database,
    tmp_path: Path,
    asterisk: Asterisk,  # noqa: F811
) -> None:
    message = {"type": "voicemail", "queue": "", "text": {"en": "Leave a message."}}
    async with call_house(database, tmp_path, asterisk, flow=flow(message=message)) as house:
        async with house.phone("caller", tone=CALLER) as caller:
            await caller.dial(house.number)
            call = await house.call()
            await caller.hears(1_000.0)
            await caller.hears_no_more(1_000.0)
            await asyncio.to_thread(house.seconds_recorded, 1.0)
            await caller.hang_up()
        waiting = await house.until(call, lambda state: state.queued_at is not None)
        assert waiting.open
        assert has(samples_of_wav(await house.recording(call)), CALLER)


async def test_who_asks_to_be_called_back_keeps_the_place_and_is_called(
    no_task_left_behind: None,
    database: Database,
    tmp_path: Path,
    asterisk: Asterisk,  # noqa: F811
) -> None:
    callback = {"type": "callback", "queue": "", "text": {"en": "Press 1."}, "declined": "line"}
    shown = flow(callback=callback, line=LINE)
    async with call_house(database, tmp_path, asterisk, flow=shown, caller_id="02191000000") as house:
        async with house.phone("caller", tone=CALLER, extension="103") as caller:
            await caller.dial(house.number)
            call = await house.call()
            await caller.event("CALL_ESTABLISHED")
            await caller.hears_something()
            await caller.press("1")
            await caller.event("CALL_CLOSED")
            waiting = await house.until(call, lambda state: state.call == "callback" and state.owner.kind == "queue")
            assert waiting.open
            await house.comes("ali", "101")
            async with house.phone("ali", tone=ALI, extension="101") as ali:
                await house.accepts(call, "ali")
                await ali.event("CALL_INCOMING")
                await ali.answer()
                await caller.event("CALL_INCOMING")
                await caller.answer()
                await caller.hears(ALI)
                await ali.hears(CALLER)
                await house.until(call, lambda state: state.call == "joined")
                await ali.hang_up()
                await caller.event("CALL_CLOSED", times=2)
            await house.until(call, lambda state: state.ended_at is not None)
        await house.live.hub.interval_log.flush()
        assert [one.reason for one in await house.live.hub.visits.ended_since(0)] == ["callback"]


async def test_whom_nobody_comes_for_in_time_is_offered_a_callback_by_the_line_itself(
    no_task_left_behind: None,
    database: Database,
    tmp_path: Path,
    asterisk: Asterisk,  # noqa: F811
) -> None:
    async with call_house(database, tmp_path, asterisk, flow=flow(line=LINE)) as house:
        queue = house.live.hub.config.queue(QUEUE)
        assert queue is not None
        await house.live.hub.config.save(replace(queue, exit="callback", max_wait_seconds=1))
        async with house.phone("caller", tone=CALLER, extension="103") as caller:
            await caller.dial(house.number)
            call = await house.call()
            await house.told(call, "offer")
            await caller.press("1")
            await caller.event("CALL_CLOSED")
            waiting = await house.until(call, lambda state: state.deferred == "callback")
    assert (waiting.owner.kind, waiting.callback_to) == ("queue", "103")
