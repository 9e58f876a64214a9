"""Calls through a TwiML provider: from the attendant to the bot, to an agent's telephone, and to a message."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from channels.voice.speech.sound import read_wav
from hub.errors import Conflict
from hub.lanes import Appended
from hub.model.calendar import Calendar
from hub.model.config import Inbox
from hub.model.entry import Author
from hub.seed import QUEUE
from hub.store.database import Database
from tests.calls import PHONE, CallDesk, Clerk
from tests.fakes.twilio import Twilio, twilio
from tests.hub_server import live_hub

CALLER, ALI, SARA = "+989121234567", "+989351112233", "+989361112233"
OUTSIDE = "+982188776655"
SOUND = b"RIFF....WAVE of a message"
MENU = {
    "type": "menu",
    "text": {"en": "Orders 1, people 2."},
    "choices": {"1": "bot", "2": "line", "3": "offer"},
    "otherwise": "line",
}
FLOW = {
    "name": "f",
    "version": 1,
    "entry": {"node": "menu", "locale": "en"},
    "locales": ["en"],
    "nodes": {
        "menu": MENU,
        "bot": {"type": "bot", "then": "bye", "handoff": "line", "otherwise": "line"},
        "line": {"type": "queue", "queue": "", "patience": 600, "then": "message"},
        "message": {"type": "voicemail", "queue": "", "text": {"en": "Leave a message."}},
        "bye": {"type": "hangup"},
        "offer": {"type": "callback", "queue": "", "text": {"en": "Press 1."}, "declined": "line"},
    },
}


class TwimlHouse(CallDesk):
    """A hub with a number at a TwiML provider."""

    provider: Twilio


@pytest_asyncio.fixture
async def house(no_task_left_behind: None, database: Database, tmp_path: Path) -> AsyncIterator[TwimlHouse]:
    async with (
        live_hub(database, tmp_path / "var", bot=Clerk()) as live,
        twilio("https://calls.example:8443", live.url, inbox=PHONE) as provider,
    ):
        made = TwimlHouse(live=live)
        made.provider = provider
        live.hub.bus.on(Appended, made.on_appended)
        own = {**provider.settings, "flow": json.dumps(FLOW), "speech": True, "record": True}
        await live.hub.config.create(
            Inbox(
                id=PHONE,
                name="Telephone",
                channel="voice",
                queue=QUEUE,
                locale="en",
                calendar=Calendar(always_open=True),
                settings={**own, "music_url": "https://sounds.example/m.mp3"},
            )
        )
        await made.adopts()
        yield made


async def test_a_caller_asks_the_bot_then_speaks_with_an_agent_and_is_passed_on(house: TwimlHouse) -> None:
    provider = house.provider
    await house.comes("ali", ALI)
    caller = await provider.call(CALLER)
    assert "Orders 1" in caller.says
    await caller.keys("1")
    await caller.speaks("Where is order 1042?")
    assert "Order 1042 is on its way." in caller.says
    await caller.speaks("I want a person")
    assert caller.verbs[-1] == "Enqueue"
    call = await house.call()
    assert [one.tag for one in await caller.waits()][-1] == "Play"

    await house.accepts(call, "ali")
    ali = await provider.rung(ALI)
    await ali.tells("ringing", SequenceNumber="1")
    await ali.picks_up()
    await provider.when(lambda: caller.room)
    assert ali.room is not None
    assert ali.room.text == caller.sid
    await house.until(call, lambda state: state.call == "joined")

    await house.controls(call, "ali", "hold")
    await house.controls(call, "ali", "mute")
    room = f"Conferences/CF{caller.sid}/Participants"
    assert provider.asked[-2:] == [
        (f"{room}/{caller.sid}", {"Hold": "true", "HoldUrl": "https://sounds.example/m.mp3"}),
        (f"{room}/{ali.sid}", {"Muted": "true"}),
    ]
    await house.controls(call, "ali", "resume")
    with pytest.raises(Conflict):
        await house.controls(call, "ali", "send_on", "+442071838750")
    await house.controls(call, "ali", "send_on", OUTSIDE)
    await provider.when(lambda: caller.document.find("Dial/Number"))
    assert (caller.document.findtext("Dial/Number"), ali.over) == (OUTSIDE, True)
    provider.files["RE1"] = SOUND
    recording = {"RecordingUrl": f"{provider.account_url}/Recordings/RE1", "RecordingStatus": "completed"}
    told = ali.fields(RecordingDuration="9", **recording)
    assert await provider.post(ali.recorded_at, told) == (204, b"")
    assert await house.recording(call) == SOUND
    await caller.hangs_up()


async def test_an_agent_who_does_not_answer_is_passed_over_and_one_who_hangs_up_ends_the_call(
    house: TwimlHouse,
) -> None:
    provider = house.provider
    await house.comes("ali", ALI)
    caller = await provider.call(CALLER)
    await caller.keys("2")
    call = await house.call()
    await house.accepts(call, "ali")
    ali = await provider.rung(ALI)
    await house.comes("sara", SARA)
    await ali.hangs_up("no-answer")
    await house.accepts(call, "sara")
    sara = await provider.rung(SARA)
    await sara.picks_up()
    await house.until(call, lambda state: state.call == "joined")
    await sara.hangs_up()
    await provider.when(lambda: caller.over or None)
    await house.until(call, lambda state: state.ended_at is not None)
    assert [one for one in await house.happened(call) if one != "menu"][:5] == [
        "ringing",
        "agent_ringing",
        "agent_unreachable",
        "agent_ringing",
        "joined",
    ]


async def test_who_is_called_back_is_held_and_stays_with_a_number_that_was_asked(house: TwimlHouse) -> None:
    provider = house.provider
    caller = await provider.call(CALLER)
    await caller.keys("3")
    await caller.keys("1")
    call = await house.call()
    await caller.hangs_up()
    await house.until(call, lambda state: state.call == "callback" and state.owner.kind == "queue")
    await house.comes("ali", ALI)
    await house.accepts(call, "ali")
    ali = await provider.rung(ALI)
    await ali.picks_up()
    customer = await provider.rung(CALLER)
    assert customer.from_ == provider.settings["caller_id"]
    samples, rate = read_wav(await provider.fetched(ali.where("Conference", "waitUrl")))  # it rings meanwhile
    assert (len(samples), rate, max(samples[:8_000]) > 3_000, max(samples[8_000:])) == (40_000, 8_000, True, 0)
    await customer.picks_up()
    assert customer.where("Conference", "waitUrl") == ""
    await house.until(call, lambda state: state.call == "joined")
    assert [one.sid for one in provider.in_room(customer.sid)] == [ali.sid, customer.sid]
    await house.controls(call, "ali", "consult", OUTSIDE)
    outside = await provider.rung(OUTSIDE)
    await outside.picks_up()
    room = f"Conferences/CF{customer.sid}/Participants/{customer.sid}"
    assert (room, "true") in [(path, form.get("Hold")) for path, form in provider.asked]
    await house.controls(call, "ali", "complete")
    await provider.when(lambda: ali.over or None)
    assert [one.sid for one in provider.in_room(customer.sid)] == [customer.sid, outside.sid]
    await outside.hangs_up()
    await provider.when(lambda: customer.over or None)
    await house.until(call, lambda state: state.ended_at is not None)
    happened = await house.happened(call)
    assert [happened.count(one) for one in ("callback", "joined", "sent_on", "ended")] == [1, 1, 1, 2]


async def test_who_hangs_up_in_the_moment_of_the_acceptance_has_abandoned_the_line(house: TwimlHouse) -> None:
    await house.comes("ali", ALI)
    caller = await house.provider.call(CALLER)
    await caller.keys("2")
    call = await house.call()
    offered = await house.until(call, lambda state: state.owner.kind == "offer")
    await house.accepts(call, "ali")
    await house.provider.rung(ALI)
    await house.live.hub.acts.customer_ends(offered, Author(kind="contact", id=offered.header.contact))
    assert not (await house.live.hub.lanes.state(call)).open
    await house.live.hub.interval_log.flush()
    assert [one.fate for one in await house.live.hub.visits.ended_since(0)] == ["abandoned"]


async def test_a_call_whose_end_was_never_told_is_ended_by_the_providers_own_record(house: TwimlHouse) -> None:
    lost, live = await house.provider.call(CALLER), await house.provider.call("+989121234568")
    await lost.keys("2")
    await live.keys("2")
    calls = [await house.call(number) for number in (1, 2)]
    lost.over = True
    for _ in range(2):
        await house.live.hub.lost_calls.sweep(house.live.hub.clock.now() + 120_000)
    over = await house.until(calls[0], lambda state: not state.open)
    assert (over.call, (await house.happened(calls[0])).count("ended")) == ("over", 1)
    assert (await house.live.hub.lanes.state(calls[1])).open


async def test_extensions_are_not_rung_there_and_the_caller_waits_on(house: TwimlHouse) -> None:
    await house.comes("ali", "101")
    caller = await house.provider.call("anonymous")
    await caller.keys("2")
    call = await house.call()
    await house.accepts(call, "ali")
    await house.told(call, "phone_failed")
    assert caller.verbs == ["Enqueue"]
    assert not any(path == "Calls" for path, _ in house.provider.asked)


async def test_a_message_is_fetched_and_waits_for_somebody(house: TwimlHouse) -> None:
    provider = house.provider
    caller = await provider.call(CALLER)
    await caller.keys("2")
    call = await house.call()
    await caller.asks(caller.where("Enqueue", "action"), QueueResult="leave", QueueTime="600")
    assert caller.verbs == ["Say", "Record"]
    provider.files["RE2"] = SOUND
    url = f"{provider.account_url}/Recordings/RE2"
    await caller.asks(caller.where("Record", "action"), RecordingUrl=url, RecordingDuration="7", Digits="hangup")
    await caller.hangs_up()
    assert await house.recording(call) == SOUND
    await house.until(call, lambda state: state.call == "message" and state.owner.kind == "queue")
