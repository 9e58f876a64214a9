"""Customers who are called back, calls whose end is lost, and lines that were closed: seams of the voice channel."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import pytest_asyncio

from channels.calls import Call, Phone
from channels.contract import ChannelError
from channels.voice.phrases import phrase
from tests.channels.voice.desk_lab import CALLER, Answer, Lab, voice_lab

CALL = Call(inbox="box", sid="call-1", address=CALLER, conversation="c-call-1")
ALI = Phone(agent="a1", name="Ali", to="101", attempt=7)
SARA = Phone(agent="a2", name="Sara", to="102", attempt=9)
MINA = Phone(agent="s1", name="Mina", to="103", attempt=8)
TOKEN = "agent:call-1:7"
LEG = {"call_sid": "leg-1", "direction": "outbound", "customerData": {"token": TOKEN}}
BACK = "leg-2"
CUSTOMERS = "customer:call-1:7"
CUSTOMER = {"call_sid": BACK, "direction": "outbound", "customerData": {"token": CUSTOMERS}}
FLOW = {
    "name": "f",
    "version": 1,
    "entry": {"node": "offer", "locale": "en"},
    "locales": ["en"],
    "nodes": {
        "offer": {"type": "callback", "queue": "", "text": {"en": "Press 1."}, "declined": "line"},
        "line": {"type": "queue", "queue": "", "text": {"en": "Wait."}},
    },
}


@pytest_asyncio.fixture
async def lab(no_task_left_behind: None) -> AsyncIterator[Lab]:
    async with voice_lab() as made:
        yield made


async def waits_for_the_customer(lab: Lab, caller: str = CALLER) -> None:
    """A caller leaves the number; Ali accepts."""
    lab.configure(flow=json.dumps(FLOW))
    token = (await lab.call(caller=caller)).token
    await lab.hook("collect", {"call_sid": "call-1", "reason": "dtmfDetected", "digits": "1"}, token=token)
    await lab.hook("status", {"call_sid": "call-1", "call_status": "completed"})
    lab.hub.owner = "agent"
    await lab.channel.join(CALL, ALI)


async def dialled(lab: Lab) -> None:
    """The same; Ali picks up, and the customer's telephone rings."""
    await waits_for_the_customer(lab)
    meets = (await lab.hook("continue", LEG, token=TOKEN)).verbs[-1]
    assert (meets["verb"], meets["name"]) == ("conference", BACK)
    assert lab.api.asked[-1][1]["to"] == {"type": "phone", "number": CALLER}


async def called_back(lab: Lab) -> Answer:
    """The same, and the customer answers."""
    await dialled(lab)
    answered = await lab.hook("continue", CUSTOMER, token=CUSTOMERS)
    assert (answered.verbs[-1]["name"], answered.verbs[-1]["endConferenceOnExit"]) == (BACK, True)
    assert lab.hub.told[-1].what == "joined"
    return answered


def _last(lab: Lab, asked: int = 1) -> list[str]:
    return [path.rpartition("/")[2] for path, _ in lab.api.asked[-asked:]]


async def test_whoever_was_called_back_is_held_passed_on_and_listened_to_like_any_caller(lab: Lab) -> None:
    await called_back(lab)
    await lab.channel.control(CALL, "hold")
    assert _last(lab) == [BACK]
    await lab.channel.control(CALL, "resume")
    await lab.channel.watch(CALL, "listen", MINA)
    ear = {**LEG, "call_sid": "leg-5"}
    listens = await lab.hook("continue", ear, token=f"agent:call-1:{MINA.attempt}a")
    assert listens.verbs[-1]["name"] == BACK
    await lab.channel.control(CALL, "consult", phone=SARA)
    meets = await lab.hook("continue", {**LEG, "call_sid": "leg-7"}, token=f"agent:call-1:{SARA.attempt}a")
    assert meets.verbs[-1]["name"] == BACK
    await lab.channel.control(CALL, "back")
    await lab.channel.control(CALL, "send_on", to="+982188776655")
    assert _last(lab, 2) == [BACK, "leg-1"]
    goes = await lab.hook("continue", CUSTOMER, token="onward")
    assert goes.verbs[0]["target"] == [{"type": "phone", "number": "+982188776655"}]


async def test_a_call_back_ends_once_by_the_customers_leg_alone(lab: Lab) -> None:
    await called_back(lab)
    before = len(lab.hub.over)
    await lab.hook("status", {"call_sid": "call-1", "call_status": "completed"})  # the first call's, once more
    assert len(lab.hub.over) == before
    await lab.channel.control(CALL, "hang_up")
    assert _last(lab) == [BACK]
    await lab.hook("status", {**CUSTOMER, "call_status": "completed"}, token=CUSTOMERS)
    assert lab.hub.over[before:] == [(CALL, "agent")]


@pytest.mark.parametrize(
    ("caller", "to"),
    [("103", {"type": "user", "name": "103"}), ("88776655", {"type": "phone", "number": "88776655"})],
)
async def test_who_called_from_the_own_town_is_called_back_there(lab: Lab, caller: str, to: dict[str, str]) -> None:
    await waits_for_the_customer(lab, caller)
    await lab.hook("continue", LEG, token=TOKEN)
    assert lab.api.asked[-1][1]["to"] == to


@pytest.mark.parametrize("leg", [{"to": CALLER}, {"to": "someone", "customer_data": {"token": CUSTOMERS}}])
async def test_a_hub_that_dies_while_it_dials_rings_the_customer_once(lab: Lab, leg: dict[str, object]) -> None:
    await waits_for_the_customer(lab)
    lab.api.on_asked = lambda: setattr(lab.inlet, "down", True)
    assert (await lab.hook("continue", LEG, token=TOKEN)).status == 503
    rung, lab.inlet.down = len(lab.api.asked), False
    other = {"call_sid": "else", "direction": "outbound", "to": CALLER, "customer_data": {"token": "other"}}
    lab.api.files["Calls"] = json.dumps([other, {"call_sid": BACK, "direction": "outbound", **leg}]).encode()
    meets = (await lab.hook("continue", LEG, token=TOKEN)).verbs[-1]
    assert ((meets["verb"], meets["name"]), len(lab.api.asked)) == (("conference", BACK), rung)
    answered = await lab.hook("continue", CUSTOMER, token=CUSTOMERS)
    assert answered.verbs[-1]["name"] == BACK


async def test_a_customer_who_was_rung_by_a_hub_that_died_is_rung_no_longer_for_an_agent_who_hangs_up(lab: Lab) -> None:
    await waits_for_the_customer(lab)
    lab.api.on_asked = lambda: setattr(lab.inlet, "down", True)
    assert (await lab.hook("continue", LEG, token=TOKEN)).status == 503
    lab.api.on_asked, lab.inlet.down = (lambda: None), False
    lab.api.files["Calls"] = json.dumps([CUSTOMER]).encode()
    await lab.hook("status", {**LEG, "call_status": "completed"}, token=TOKEN)
    assert (_last(lab), lab.hub.unjoined[-1][0]) == ([BACK], ALI)


async def test_a_hub_that_dies_before_it_dials_rings_the_customer_afterwards(lab: Lab) -> None:
    await waits_for_the_customer(lab)
    lab.api.on_asked, lab.api.status = (lambda: setattr(lab.inlet, "down", True)), 500
    assert (await lab.hook("continue", LEG, token=TOKEN)).status == 503
    lab.api.on_asked, lab.api.status, lab.inlet.down = (lambda: None), 201, False
    assert (await lab.hook("continue", LEG, token=TOKEN)).verbs[-1]["name"] == f"leg-{len(lab.api.asked)}"


@pytest.mark.parametrize("rings", [True, False])
async def test_a_hub_that_dies_while_it_dials_the_agent_rings_them_once(lab: Lab, *, rings: bool) -> None:
    token = (await lab.call()).token
    lab.hub.owner = "queue"
    await lab.hook("collect", {"call_sid": "call-1", "reason": "dtmfDetected", "digits": "0"}, token=token)
    lab.api.on_asked = lambda: setattr(lab.inlet, "down", True)
    with pytest.raises(ChannelError):
        await lab.channel.join(CALL, ALI)
    lab.api.on_asked, lab.inlet.down = (lambda: None), False
    there = {"call_sid": "leg-1", "direction": "outbound", "customerData": {"token": TOKEN}}
    lab.api.files["Calls"] = json.dumps([there] if rings else []).encode()
    for _ in range(2):
        await lab.channel.join(CALL, ALI)
    assert len(lab.api.asked) == (1 if rings else 2)
    leg = {**LEG, "call_sid": f"leg-{len(lab.api.asked)}"}
    assert (await lab.hook("continue", leg, token=TOKEN)).verbs[-1]["verb"] == "dequeue"


async def test_an_agent_who_hangs_up_leaves_nobody_alone_in_the_room(lab: Lab) -> None:
    await called_back(lab)
    await lab.hook("status", {**LEG, "call_status": "completed"}, token=TOKEN)
    assert _last(lab) == [BACK]


async def test_who_does_not_answer_when_called_back_is_not_reached_and_may_be_called_again(lab: Lab) -> None:
    await dialled(lab)
    await lab.hook("status", {**CUSTOMER, "call_status": "no-answer"}, token=CUSTOMERS)
    assert (lab.hub.told[-1].what, _last(lab)) == ("not_reached", ["leg-1"])
    again = replace(ALI, attempt=12)
    await lab.channel.join(CALL, again)
    await lab.hook("continue", {**LEG, "call_sid": "leg-4", "customerData": {"token": "agent:call-1:12"}})
    assert lab.api.asked[-1][1]["tag"] == {"token": "customer:call-1:12"}
    late = await lab.hook("continue", CUSTOMER, token=CUSTOMERS)
    assert late.verbs == [{"verb": "hangup"}]


async def test_the_first_call_ends_once_also_when_that_is_told_late_of_who_was_not_reached(lab: Lab) -> None:
    await dialled(lab)
    await lab.hook("status", {**CUSTOMER, "call_status": "busy"}, token=CUSTOMERS)
    before = len(lab.hub.over)
    await lab.hook("status", {"call_sid": "call-1", "call_status": "completed"})
    assert len(lab.hub.over) == before


async def test_an_agent_who_hangs_up_first_stops_the_ringing(lab: Lab) -> None:
    await dialled(lab)
    await lab.hook("status", {**LEG, "call_status": "completed"}, token=TOKEN)
    assert _last(lab) == [BACK]
    assert lab.hub.unjoined[-1][0] == ALI


async def test_who_was_called_back_and_is_given_on_waits_in_line_for_the_next(lab: Lab) -> None:
    await called_back(lab)
    await lab.channel.park(CALL)
    assert (_last(lab, 2), lab.hub.told[-1].what) == ([BACK, "leg-1"], "parked")
    lab.hub.owner = "queue"
    waits = await lab.hook("continue", CUSTOMER, token="line")
    assert waits.verbs[-1]["verb"] == "enqueue"
    assert (await lab.hook("wait", {"call_sid": BACK})).status == 200
    await lab.channel.join(CALL, SARA)
    takes = await lab.hook("continue", {**LEG, "call_sid": "leg-5"}, token=f"agent:call-1:{SARA.attempt}")
    assert takes.verbs[-1]["callSid"] == BACK


async def test_who_asks_twice_what_to_do_is_told_the_same(lab: Lab) -> None:
    answered = await called_back(lab)
    assert (await lab.hook("continue", CUSTOMER, token=CUSTOMERS)).verbs == answered.verbs
    meets = await lab.hook("continue", LEG, token=TOKEN)
    assert (meets.verbs[-1]["verb"], meets.verbs[-1]["name"]) == ("conference", BACK)
    assert [one.what for one in lab.hub.told].count("joined") == 1


@pytest.mark.parametrize("first", ["customer", "third"])
async def test_nobody_is_left_alone_once_a_call_was_passed_on_to_a_number(lab: Lab, first: str) -> None:
    lab.hub.recording = "all"
    await called_back(lab)
    third = Phone(agent="", name="+982188776655", to="+982188776655", attempt=ALI.attempt)
    await lab.channel.watch(CALL, "listen", MINA)
    ear = f"leg-{len(lab.api.asked)}"
    await lab.hook("continue", {**LEG, "call_sid": ear}, token=f"agent:call-1:{MINA.attempt}a")
    await lab.channel.control(CALL, "consult", phone=third)
    outside = {**LEG, "call_sid": f"leg-{len(lab.api.asked)}"}
    await lab.hook("continue", outside, token=f"{TOKEN}a")
    assert await lab.channel.control(CALL, "complete") == third
    assert _last(lab, 3) == [ear, "leg-1", "leg-1"]  # what is said from now on is not ours to hear
    assert lab.api.asked[-2][1] == {"record": {"action": "stopCallRecording"}}
    await lab.hook("status", {**LEG, "call_sid": ear, "call_status": "completed"})
    await lab.hook("status", {**LEG, "call_status": "completed"}, token=TOKEN)
    for refused in (lab.channel.watch(CALL, "listen", MINA), lab.channel.control(CALL, "hold")):
        with pytest.raises(ChannelError):
            await refused
    if first == "customer":
        await lab.hook("status", {**CUSTOMER, "call_status": "completed"}, token=CUSTOMERS)
        assert _last(lab) == [outside["call_sid"]]
    else:
        await lab.hook("status", {**outside, "call_status": "completed"}, token=f"{TOKEN}a")
        assert _last(lab) == [BACK]


async def test_a_telephone_rings_no_longer_for_a_caller_who_gave_up(lab: Lab) -> None:
    lab.configure(missed=True)
    lab.hub.misses, lab.hub.owner = True, "queue"
    token = (await lab.call()).token
    await lab.hook("collect", {"call_sid": "call-1", "reason": "dtmfDetected", "digits": "0"}, token=token)
    await lab.channel.join(CALL, ALI)
    await lab.hook("status", {"call_sid": "call-1", "call_status": "completed", "call_termination_by": "caller"})
    assert _last(lab) == ["leg-1"]
    assert (await lab.hook("continue", LEG, token=TOKEN)).verbs == [{"verb": "hangup"}]
    assert len(lab.api.asked) == 2  # the customer is not rung by who did not accept that


async def test_a_call_that_is_given_to_another_waits_until_they_pick_up(lab: Lab) -> None:
    token = (await lab.call()).token
    await lab.hook("collect", {"call_sid": "call-1", "reason": "dtmfDetected", "digits": "0"}, token=token)
    await lab.channel.join(CALL, ALI)
    await lab.hook("continue", LEG, token=TOKEN)
    await lab.hook("queue_events", {"call_sid": "call-1", "event": "leave", "leave_reason": "dequeued", "queue": "q"})
    await lab.channel.join(CALL, SARA)
    assert [one.what for one in lab.hub.told][-3:] == ["joined", "parked", "agent_ringing"]


@pytest.mark.parametrize("leaves", ["complete", "hangs up"])
async def test_a_supervisor_hears_nobody_but_the_agent_who_was_recorded_as_heard(lab: Lab, leaves: str) -> None:
    token, lab.hub.owner = (await lab.call()).token, "queue"
    await lab.hook("collect", {"call_sid": "call-1", "reason": "dtmfDetected", "digits": "0"}, token=token)
    await lab.channel.join(CALL, ALI)
    await lab.hook("continue", LEG, token=TOKEN)
    await lab.hook("queue_events", {"call_sid": "call-1", "event": "leave", "leave_reason": "dequeued", "queue": "q"})
    await lab.channel.watch(CALL, "listen", MINA)
    await lab.hook("continue", {**LEG, "call_sid": "leg-2"}, token=f"agent:call-1:{MINA.attempt}a")
    await lab.channel.control(CALL, "consult", phone=SARA)
    await lab.hook("continue", {**LEG, "call_sid": "leg-4"}, token=f"agent:call-1:{SARA.attempt}a")
    if leaves == "complete":
        assert await lab.channel.control(CALL, "complete") == SARA
    else:
        await lab.hook("status", {**LEG, "call_status": "completed"})
        assert lab.hub.takers == [SARA.agent]
    ended = [path.rpartition("/")[2] for path, asked in lab.api.asked if asked.get("call_status") == "completed"]
    assert "leg-2" in ended


async def test_who_is_called_back_hears_before_all_else_that_it_is_recorded(lab: Lab) -> None:
    lab.hub.recording, lab.hub.announced = "all", True
    answered = await called_back(lab)
    assert phrase("recorded", "en") in answered.verbs[0]["text"]
    assert (await lab.hook("continue", CUSTOMER, token=CUSTOMERS)).verbs == answered.verbs  # the answer was lost
    await lab.channel.park(CALL)
    lab.hub.owner = "queue"
    assert [one["verb"] for one in (await lab.hook("continue", CUSTOMER, token="line")).verbs] == ["enqueue"]


async def test_the_lost_end_of_a_call_back_is_found_by_the_customers_leg(lab: Lab) -> None:
    await called_back(lab)
    before = len(lab.hub.over)
    lab.api.files[BACK] = b'{"call_status": "in-progress"}'
    await lab.channel.confirm(CALL)
    assert len(lab.hub.over) == before
    lab.api.files[BACK] = b'{"call_status": "completed"}'
    await lab.channel.confirm(CALL)
    assert len(lab.hub.over) == before + 1


async def test_a_lost_no_answer_is_found_by_the_customers_leg(lab: Lab) -> None:
    await dialled(lab)
    lab.api.files[BACK] = b'{"call_status": "no-answer"}'
    await lab.channel.confirm(CALL)
    assert (lab.hub.told[-1].what, _last(lab)) == ("not_reached", ["leg-1"])


async def test_whom_an_agent_left_without_a_word_of_it_is_not_alone_for_ever(lab: Lab) -> None:
    await called_back(lab)
    lab.api.files["leg-1"] = b'{"call_status": "completed"}'
    await lab.channel.confirm(CALL)
    assert _last(lab) == [BACK]


async def test_a_call_of_which_nothing_was_kept_is_over(lab: Lab) -> None:
    await lab.channel.confirm(CALL)
    assert lab.hub.over == [(CALL, "us")]
    lab.configure(dialect="simotel", password="a-password-that-is-long")
    await lab.channel.confirm(replace(CALL, sid="call-2"))
    assert len(lab.hub.over) == 1


async def test_a_caller_whose_conversation_was_closed_is_not_left_with_the_music(lab: Lab) -> None:
    token = (await lab.call()).token
    await lab.hook("collect", {"call_sid": "call-1", "reason": "dtmfDetected", "digits": "0"}, token=token)
    lab.hub.owner = "none"
    assert (await lab.hook("wait", {"call_sid": "call-1"})).verbs == [{"verb": "leave"}]
    out = await lab.hook("queue", {"call_sid": "call-1", "queue_result": "leave"}, token="2")
    assert out.verbs == [{"verb": "hangup"}]


async def test_who_chooses_a_language_comes_into_line_with_it(lab: Lab) -> None:
    choice = {"type": "language", "text": {"en": "1."}, "choices": {"1": "en", "2": "fa"}, "then": "line"}
    locales = {"locales": ["fa", "en"], "entry": {"node": "choice", "locale": "fa"}}
    line = {"type": "queue", "queue": "", "text": {"en": "Wait.", "fa": "صبر کنید."}}
    lab.configure(flow=json.dumps({**FLOW, **locales, "nodes": {"choice": choice, "line": line}}))
    token = (await lab.call()).token
    await lab.hook("collect", {"call_sid": "call-1", "reason": "dtmfDetected", "digits": "1"}, token=token)
    assert lab.hub.lined_in == ["en"]


async def test_a_call_that_cannot_be_sent_on_goes_on_and_its_end_is_told(lab: Lab) -> None:
    token = (await lab.call()).token
    lab.hub.owner = "queue"
    await lab.hook("collect", {"call_sid": "call-1", "reason": "dtmfDetected", "digits": "0"}, token=token)
    await lab.channel.join(CALL, ALI)
    await lab.hook("continue", LEG, token=TOKEN)
    await lab.hook("queue_events", {"call_sid": "call-1", "event": "leave", "leave_reason": "dequeued", "queue": "q"})
    lab.api.status = 500
    with pytest.raises(ChannelError):
        await lab.channel.control(CALL, "send_on", to="+982188776655")
    lab.api.status = 201
    await lab.channel.control(CALL, "hold")
    assert lab.hub.told[-1].what == "held"
