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
from hub.model.dialling import Dialling, DialRule
from hub.model.entry import Author
from hub.model.ids import ConversationId
from hub.model.queues import RecordingPolicy, WrapUp
from hub.seed import QUEUE
from hub.store.database import Database
from tests.asterisk import Asterisk
from tests.calls import CallHouse, call_house
from tests.desk_socket import DeskSocket
from tests.phone import Phone, has, samples_of_wav

CALLER, ALI, SARA = 600.0, 1_100.0, 1_700.0
RINGING = 440.0
"""What whoever calls hears until somebody answers."""
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
    asterisk: Asterisk,
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


async def test_a_line_records_when_its_agent_says_so_and_not_what_is_secret(house: CallHouse) -> None:
    queue = house.live.hub.config.queue(QUEUE)
    assert queue is not None
    await house.live.hub.config.save(replace(queue, recording=RecordingPolicy(mode="on_demand", announced=True)))
    async with house.talking(CALLER, ALI) as (call, caller, ali):
        assert (await house.until(call, lambda state: state.tape != "")).tape == "off"
        with pytest.raises(Conflict, match="recording"):
            await house.controls(call, "ali", "record_pause")
        await house.controls(call, "ali", "record")
        await asyncio.to_thread(house.seconds_recorded, 4.0)
        await house.controls(call, "ali", "record_pause")
        await house.until(call, lambda state: state.tape == "paused")
        silent = house.bytes_recorded()
        await caller.hears(ALI)
        await asyncio.to_thread(house.seconds_recorded, 1.0)
        still = house.bytes_recorded()
        await house.controls(call, "ali", "record_resume")
        await asyncio.to_thread(house.seconds_recorded, 1.5)
        await caller.hang_up()
        ended = await house.until(call, lambda state: state.ended_at is not None)
        await ali.event("CALL_CLOSED")
    sound = samples_of_wav(await house.recording(call))
    before, secret, after = sound[: silent // 2], sound[silent // 2 + 1_600 : still // 2], sound[still // 2 :]
    assert has(before, CALLER)
    assert has(before, ALI)
    assert not has(secret, CALLER)
    assert not has(secret, ALI)
    assert has(after, CALLER)
    told = [one for one in await house.happened(call) if one.startswith("tape")]
    assert (told, ended.tape) == (["tape_on", "tape_paused", "tape_resumed"], "")


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


async def given_to_sara(house: CallHouse, call: ConversationId, ali: Phone, caller: Phone) -> None:
    """Ali asks Sara while the caller hears music, leaves the caller to her, and she hangs up."""
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
        assert after.owner.kind == "agent"
        await caller.hears(SARA)
        await phone.hears(CALLER)
        await phone.hang_up()
        await house.until(call, lambda state: state.ended_at is not None)


async def test_a_warm_transfer_lets_the_colleagues_speak_first(house: CallHouse) -> None:
    async with house.talking(CALLER, ALI) as (call, caller, ali):
        await given_to_sara(house, call, ali, caller)
        await ali.event("CALL_CLOSED")
        await caller.event("CALL_CLOSED")
    assert house.agent("ali").load == ()


async def test_three_hear_each_other_and_whoever_is_left_of_ours_keeps_the_caller(house: CallHouse) -> None:
    async with house.talking(CALLER, ALI) as (call, caller, ali):
        sara = await house.comes("sara", "102")
        async with house.phone("sara", tone=SARA, extension="102") as phone:
            await house.controls(call, "ali", "consult", sara.id)
            with pytest.raises(Conflict):
                await house.controls(call, "ali", "conference")
            await phone.event("CALL_INCOMING")
            await phone.answer()
            await ali.hears(SARA)
            await house.controls(call, "ali", "conference")
            together = await house.until(call, lambda state: state.call == "conference")
            assert together.third == sara.name
            for who, tones in ((caller, (ALI, SARA)), (ali, (CALLER, SARA)), (phone, (CALLER, ALI))):
                for tone in tones:
                    await who.hears(tone)
            await phone.hang_up()
            alone = await house.until(call, lambda state: state.call == "joined")
            await caller.hears(ALI)
            assert (alone.third, alone.owner.agent) == ("", house.agent("ali").id)
            await house.controls(call, "ali", "consult", sara.id)
            await phone.event("CALL_INCOMING", times=2)
            await phone.answer()
            await ali.hears(SARA)
            await house.controls(call, "ali", "conference")
            await caller.hears(SARA)
            await ali.hang_up()
            await house.until(call, lambda state: state.owner.agent == sara.id)
            await caller.hears(SARA)
            await phone.hears(CALLER)
            await caller.hang_up()
            await phone.event("CALL_CLOSED", times=2)
            await house.until(call, lambda state: state.ended_at is not None)
    assert house.agent("ali").load == ()


async def test_somebody_at_a_number_is_in_the_call_no_longer_than_we_are(house: CallHouse) -> None:
    async with (
        house.talking(CALLER, ALI) as (call, caller, ali),
        house.phone("outside", tone=SARA, extension="103") as outside,
    ):
        with pytest.raises(Conflict) as refused:
            await house.controls(call, "ali", "consult", "110")
        assert refused.value.code == "dial_refused"
        await house.controls(call, "ali", "consult", "103")
        await outside.event("CALL_INCOMING")
        await outside.answer()
        await ali.hears(SARA)
        await house.controls(call, "ali", "conference")
        await caller.hears(SARA)
        await outside.hears(CALLER)
        await ali.hang_up()
        await outside.event("CALL_CLOSED")
        await caller.event("CALL_CLOSED")
        await house.until(call, lambda state: state.ended_at is not None)


@pytest.mark.parametrize("first", ["caller", "outside"])
async def test_who_was_passed_on_after_asking_is_with_the_number_until_either_hangs_up(
    house: CallHouse, first: str
) -> None:
    async with (
        house.talking(CALLER, ALI) as (call, caller, ali),
        house.phone("outside", tone=SARA, extension="103") as outside,
    ):
        await house.controls(call, "ali", "consult", "103")
        await outside.event("CALL_INCOMING")
        await outside.answer()
        await outside.hears(ALI)
        await house.controls(call, "ali", "complete")
        await ali.event("CALL_CLOSED")
        await caller.hears(SARA)
        await outside.hears(CALLER)
        assert await house.recording(call)  # it ended with Ali
        goes, stays = (caller, outside) if first == "caller" else (outside, caller)
        await goes.hang_up()
        await stays.event("CALL_CLOSED")
        await house.until(call, lambda state: state.ended_at is not None)
    happened = await house.happened(call)
    assert (happened.count("sent_on"), happened.count("ended")) == (1, 1)


async def test_a_caller_is_sent_on_to_a_number_that_the_agent_may_dial(house: CallHouse) -> None:
    async with (
        house.talking(CALLER, ALI) as (call, caller, ali),
        house.phone("outside", tone=SARA, extension="103") as outside,
    ):
        for number, code in (("+979123456789", "dial_refused"), ("call me", "bad_number"), ("", "bad_number")):
            with pytest.raises(Conflict) as refused:
                await house.controls(call, "ali", "send_on", number)
            assert (refused.value.code, refused.value.field) == (code, "to")
        await caller.hears(ALI)
        await house.controls(call, "ali", "send_on", "۱۰۳")
        await ali.event("CALL_CLOSED")
        await outside.event("CALL_INCOMING")
        await outside.answer()
        await caller.hears(SARA)
        await outside.hears(CALLER)
        await outside.hang_up()
        await caller.event("CALL_CLOSED")
    records = await house.live.hub.web.audit.page(limit=50)
    dialled = [(one.deed.action, one.deed.changes["number"][1]) for one in records if "dial" in one.deed.action]
    assert dialled == [("call.dial", "103"), ("call.dial_refused", "+979123456789")]


async def test_a_call_that_is_over_keeps_its_agent_until_they_say_how_it_ended(house: CallHouse) -> None:
    queue = house.live.hub.config.queue(QUEUE)
    assert queue is not None
    after = WrapUp(mode="until_done", seconds=600, disposition_required=True)
    await house.live.hub.config.save(replace(queue, wrap_up=after))
    async with (
        house.talking(CALLER, ALI) as (call, caller, _),
        house.live.browser() as browser,
        house.phone("next", tone=SARA) as second,
    ):
        await browser.sign_in("ali")
        async with browser.desk() as ws:
            desk = DeskSocket(ws)
            await caller.hang_up()
            ended = await house.until(call, lambda state: state.ended_at is not None)
            assert (ended.owner.kind, ended.open, house.agent("ali").used) == ("agent", True, 100)
            await second.dial(house.number)
            waiting = await house.call(2)
            await house.until(waiting, lambda state: state.owner.kind == "queue")
            await second.hears(HOLD_TONES[0])
            assert (await house.live.hub.lanes.state(waiting)).owner.kind == "queue"
            assert (await desk.ask("resolve", conversation=call))["code"] == "disposition_required"
            done = await desk.ask("resolve", conversation=call, disposition="sale", note="Wants two.")
            assert done["type"] == "result"
            wrapped = await house.until(call, lambda state: not state.open)
            assert (wrapped.disposition, wrapped.owner.kind) == ("sale", "none")
            await house.until(waiting, lambda state: state.owner.kind == "offer")


async def test_a_message_that_is_left_is_a_task_of_the_line(
    no_task_left_behind: None,
    database: Database,
    tmp_path: Path,
    asterisk: Asterisk,
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
    asterisk: Asterisk,
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


async def test_a_live_call_given_to_a_colleague_whose_telephone_does_not_ring_is_back_in_line(house: CallHouse) -> None:
    async with house.talking(CALLER, ALI) as (call, _, ali):
        sara = await house.comes("sara", "109")
        state = await house.live.hub.lanes.state(call)
        await house.live.hub.acts.assign(state, Author(kind="agent", id=sara.id, name=sara.name), sara.id)
        await ali.event("CALL_CLOSED")
        waiting = await house.until(call, lambda state: state.owner.kind in {"queue", "offer"})
        assert (waiting.call, waiting.open) == ("live", True)


async def test_who_asks_to_be_called_back_keeps_the_place_and_is_called(
    no_task_left_behind: None,
    database: Database,
    tmp_path: Path,
    asterisk: Asterisk,
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
                await caller.hang_up()
                await house.until(call, lambda state: state.call == "over")
                await ali.event("CALL_CLOSED")
                await house.controls(call, "ali", "call_again")
                await ali.event("CALL_INCOMING", times=2)
                await ali.answer()
                await caller.event("CALL_INCOMING", times=2)
                await ali.hears(RINGING)
                await caller.answer()
                await caller.hears(ALI)
                await ali.hears(CALLER)
                await house.until(call, lambda state: state.call == "joined")
                await house.controls(call, "ali", "hold")
                await caller.hears(HOLD_TONES[0])
                await house.controls(call, "ali", "resume")
                await ali.hears(CALLER)
                await given_to_sara(house, call, ali, caller)
            await caller.event("CALL_CLOSED", times=3)
            await house.until(call, lambda state: state.ended_at is not None)
        happened = await house.happened(call)
        assert [happened.count(one) for one in ("callback", "not_reached", "joined", "ended")] == [1, 1, 1, 2]
        await house.live.hub.interval_log.flush()
        assert [one.reason for one in await house.live.hub.visits.ended_since(0)] == ["callback"]


async def test_who_gave_up_in_line_has_abandoned_it_and_is_called_by_who_comes_next(
    no_task_left_behind: None,
    database: Database,
    tmp_path: Path,
    asterisk: Asterisk,
) -> None:
    own = {"flow": flow(line=LINE), "missed": True, "caller_id": "02191000000"}
    async with call_house(database, tmp_path, asterisk, **own) as house:
        config = house.live.hub.config
        line = config.queues[QUEUE]
        await config.save(replace(line, target=replace(line.target, short_abandon_seconds=0)))
        async with house.phone("caller", tone=CALLER, extension="103") as caller:
            await caller.dial(house.number)
            call = await house.call()
            await house.until(call, lambda state: state.owner.kind == "queue")
            await caller.hears_something()
            await caller.hang_up()
            missed = await house.until(call, lambda state: state.call == "callback" and state.owner.kind == "queue")
            assert (missed.open, missed.callback_to) == (True, "103")
            await house.live.hub.interval_log.flush()
            assert [one.fate for one in await house.live.hub.visits.ended_since(0)][:1] == ["abandoned"]
            await house.comes("ali", "101")
            async with house.phone("ali", tone=ALI, extension="101") as ali:
                await house.accepts(call, "ali")
                await ali.event("CALL_INCOMING")
                await ali.answer()
                await caller.event("CALL_INCOMING")
                await caller.answer()
                await caller.hears(ALI)
                await house.controls(call, "ali", "hang_up")
                await caller.event("CALL_CLOSED", times=2)


async def test_whom_nobody_comes_for_in_time_is_offered_a_callback_by_the_line_itself(
    no_task_left_behind: None,
    database: Database,
    tmp_path: Path,
    asterisk: Asterisk,
) -> None:
    async with call_house(database, tmp_path, asterisk, flow=flow(line=LINE)) as house:
        queue = house.live.hub.config.queue(QUEUE)
        assert queue is not None
        await house.live.hub.config.save(replace(queue, exit="callback", max_wait_seconds=1))
        async with house.phone("caller", tone=CALLER, extension="103") as caller:
            await caller.dial(house.number)
            call = await house.call()
            await house.told(call, "offer")
            await house.takes_keys()  # a silence may be the one between the music and the question
            await caller.press("1")
            await caller.event("CALL_CLOSED")
            waiting = await house.until(call, lambda state: state.deferred == "callback")
        assert (waiting.owner.kind, waiting.callback_to) == ("queue", "103")
        nobody = DialRule(name="not ours", numbers=("103",), allow=False)
        await house.live.hub.config.save(Dialling(rules=(nobody,), otherwise=True))
        await house.comes("ali", "101")
        await house.accepts(call, "ali")
        refused = await house.until(call, lambda state: state.call == "over")
        assert (refused.owner.kind, refused.awaits_phone, refused.open) == ("agent", False, True)
        assert (await house.happened(call))[-1] == "dial_refused"
