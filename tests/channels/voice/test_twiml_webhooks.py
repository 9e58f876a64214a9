"""Hooks of a TwiML provider by real requests: who may speak, and what the hub asks of it in return."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
import pytest_asyncio
from twilio.request_validator import RequestValidator
from yarl import URL

from channels.calls import Call, Phone
from channels.contract import ChannelError, Configured
from channels.voice.hooks import Hooks
from channels.voice.script import Say, Target
from channels.voice.speech.kept import KeptSpeech
from channels.voice.speech.programs import speakers
from channels.voice.speech.sound import read_wav
from channels.voice.system import CallApiError
from tests.channels.voice.desk_lab import CALLER, Lab, voice_lab
from tests.fakes.twilio import TOKEN, Leg, Twilio, twilio

ALI = Phone(agent="a1", name="Ali", to="+989351112233", attempt=7)
BOSS = Phone(agent="a2", name="Boss", to="+989361112233", attempt=7)
GOODBYE = {
    "name": "f",
    "version": 1,
    "entry": {"node": "end", "locale": "en"},
    "locales": ["en"],
    "nodes": {"end": {"type": "hangup", "text": {"en": "Goodbye."}}},
}
BOTH = {
    "name": "f",
    "version": 1,
    "entry": {"node": "hello", "locale": "fa"},
    "locales": ["fa", "en"],
    "nodes": {
        "hello": {"type": "say", "text": {"fa": "سلام", "en": "Hello"}, "then": "menu"},
        "menu": {
            "type": "menu",
            "text": {"fa": "برای پشتیبانی، کلید یک را بزنید.", "en": "Press 1."},
            "choices": {"1": "line"},
            "otherwise": "line",
            "retries": 2,
        },
        "line": {"type": "queue", "queue": ""},
    },
}
NEW = "another-auth-token-of-the-tests-1"


@pytest_asyncio.fixture
async def lab(no_task_left_behind: None, tmp_path: Path) -> AsyncIterator[tuple[Lab, Twilio]]:
    speech = KeptSpeech(programs=speakers({}), folder=tmp_path)
    async with voice_lab(speech) as made, twilio("https://calls.example", made.url, inbox="box") as provider:
        made.configure(**provider.settings)
        yield made, provider


async def posted(lab: Lab, *, signed_for: str, token: str, hook: str = "call", body: bytes | None = None) -> int:
    """A post whose signature is for an address, by a token."""
    fields = {"CallSid": "CA9", "From": CALLER, "To": "+982191000000", "CallStatus": "ringing"}
    signature = RequestValidator(token).compute_signature(f"{signed_for}/channels/voice/box/{hook}", fields)
    target, data = URL(f"{lab.url}/channels/voice/box/{hook}"), urlencode(fields).encode() if body is None else body
    headers = {"X-Twilio-Signature": signature, "Content-Type": "application/x-www-form-urlencoded"}
    async with lab.session.post(target, data=data, headers={**headers, "X-Forwarded-Host": signed_for}) as answer:
        return answer.status


@pytest.mark.parametrize(
    ("signed_for", "token", "status"),
    [
        ("https://calls.example", TOKEN, 200),
        ("https://calls.example:443", TOKEN, 200),
        ("https://calls.example:8443", TOKEN, 401),
        ("https://other.example", TOKEN, 401),
        ("https://calls.example", NEW, 200),
        ("https://calls.example", "stolen" + TOKEN, 401),
        ("https://calls.example", "", 401),
    ],
)
async def test_a_hook_is_signed_for_the_public_address_by_one_of_two_tokens(
    lab: tuple[Lab, Twilio], signed_for: str, token: str, status: int
) -> None:
    made, provider = lab
    made.configure(**provider.settings, other_auth_token=NEW)
    assert await posted(made, signed_for=signed_for, token=token) == status
    made.configure(**{**provider.settings, "auth_token": NEW})
    assert (await posted(made, signed_for="https://calls.example", token=TOKEN)) == 401


async def test_nonsense_is_refused_and_disturbs_nobody(lab: tuple[Lab, Twilio]) -> None:
    made, provider = lab
    caller = await provider.call('"\x00Robert\'); DROP" <sip:x@y>')
    assert await posted(made, signed_for="https://calls.example", token=TOKEN, body=b"x" * (10 << 20)) == 413
    assert await posted(made, signed_for="https://calls.example", token=TOKEN, body=b"\xff=1") == 401
    assert await posted(made, signed_for="https://calls.example", token=TOKEN, hook="status") == 404
    assert await posted(made, signed_for="https://calls.example", token=TOKEN, hook="no-such-hook") == 404
    plain = {"call_sid": caller.sid, "reason": "dtmfDetected", "digits": "1"}
    assert (await made.hook("collect", plain, token="1")).status == 401  # signed well, in another dialect
    await caller.keys("1" * 100_000)
    assert caller.verbs


async def in_talk(lab: Lab, provider: Twilio) -> tuple[Call, Leg, Leg]:
    """A caller and Ali, who speak in a room."""
    lab.hub.owner = "bot"
    caller = await provider.call(CALLER)
    lab.hub.owner = "queue"
    await caller.keys("0")
    call = Call(inbox="box", sid=caller.sid, address=CALLER, conversation=f"c-{caller.sid}")
    await lab.channel.join(call, ALI)
    ali = await provider.rung(ALI.to)
    await ali.picks_up()
    await provider.when(lambda: caller.room)
    return call, caller, ali


async def test_a_supervisor_whispers_to_the_agents_leg_then_speaks_to_both(lab: tuple[Lab, Twilio]) -> None:
    made, provider = lab
    call, caller, ali = await in_talk(made, provider)
    await made.channel.watch(call, "whisper", BOSS)
    boss = await provider.rung(BOSS.to)
    await boss.picks_up()
    assert boss.room is not None
    assert (boss.room.text, boss.room.attrib["coach"]) == (caller.sid, ali.sid)
    await made.channel.watch(call, "barge", BOSS)
    await made.channel.watch(call, "listen", BOSS)
    changes = [form for path, form in provider.asked if path == f"Conferences/CF{caller.sid}/Participants/{boss.sid}"]
    assert changes == [{"Coaching": "false"}, {"Muted": "false"}, {"Muted": "true"}, {"Coaching": "false"}]


async def test_an_agent_asks_a_colleague_who_then_has_the_caller(lab: tuple[Lab, Twilio]) -> None:
    made, provider = lab
    call, caller, ali = await in_talk(made, provider)
    await made.channel.control(call, "consult", phone=BOSS)
    boss = await provider.rung(BOSS.to)
    await boss.picks_up()
    assert await made.channel.control(call, "complete") == BOSS
    await provider.when(lambda: ali.over or None)
    held = [form["Hold"] for path, form in provider.asked if path.endswith(f"Participants/{caller.sid}")]
    assert (held, caller.over) == (["true", "false"], False)
    await caller.hangs_up()
    assert boss.verbs == ["Hangup"]


@pytest.mark.parametrize("paused", [False, True])
@pytest.mark.parametrize("leaves", ["complete", "hangs up"])
async def test_the_recording_goes_on_with_the_colleague_and_pauses_there(
    lab: tuple[Lab, Twilio], leaves: str, *, paused: bool
) -> None:
    made, provider = lab
    made.hub.recording = "all"
    call, _, ali = await in_talk(made, provider)
    if paused:
        await made.channel.control(call, "record_pause")
    await made.channel.control(call, "consult", phone=BOSS)
    boss = await provider.rung(BOSS.to)
    await boss.picks_up()
    if leaves == "complete":
        await made.channel.control(call, "complete")
    else:
        await ali.hangs_up()
    tapes = [form.get("Status", "start") for path, form in provider.asked if f"{boss.sid}/Recordings" in path]
    assert tapes == (["start", "paused"] if paused else ["start"])
    await made.channel.control(call, "record_resume" if paused else "record_pause")
    assert f"Calls/{boss.sid}/Recordings/Twilio.CURRENT" in [path for path, _ in provider.asked]


async def test_a_customer_whose_telephone_rings_already_is_found_by_the_number(lab: tuple[Lab, Twilio]) -> None:
    made, provider = lab
    await provider.call(CALLER)  # comes in from there
    api = made.channel.office("box", await made.channel.settings("box")).api
    customer, hooks = Target(kind="phone", to=CALLER), Hooks(base="https://calls.example/channels/voice/box")
    assert await api.rung(customer, token="t") is None
    one, two = [await api.create_call(customer, hooks, token="t", caller_id="+982191000000") for _ in range(2)]
    assert await api.rung(customer, token="t") == two
    for leg in (two, one):
        provider.legs[leg].over = True
    assert await api.rung(customer, token="t") is None


async def test_a_caller_who_went_while_the_telephone_rang_is_not_looked_for(lab: tuple[Lab, Twilio]) -> None:
    made, provider = lab
    caller = await provider.call(CALLER)
    made.hub.owner = "queue"
    await caller.keys("0")
    call = Call(inbox="box", sid=caller.sid, address=CALLER, conversation=f"c-{caller.sid}")
    await made.channel.join(call, ALI)
    ali = await provider.rung(ALI.to)
    caller.over = True
    await ali.picks_up()
    assert ali.verbs == ["Hangup"]
    assert made.hub.unjoined == [(ALI, "caller_not_there", False)]
    with pytest.raises(ChannelError) as refused:
        await made.channel.control(call, "hold")
    assert refused.value.code == "not_live"


@pytest.mark.parametrize(("act", "by"), [("ali", "agent"), ("caller", "caller"), ("desk", "agent"), ("hub", "us")])
async def test_the_timeline_says_who_hung_up(lab: tuple[Lab, Twilio], act: str, by: str) -> None:
    made, provider = lab
    call, caller, ali = await in_talk(made, provider)
    match act:
        case "ali" | "caller":
            await (ali if act == "ali" else caller).hangs_up()
        case "desk":
            await made.channel.control(call, "hang_up")
        case _:
            await made.channel.drop(call)
    await provider.when(lambda: made.hub.over or None)
    assert [ender for _, ender in made.hub.over] == [by]


async def test_who_hung_up_is_known_in_whatever_order_the_ends_are_told(lab: tuple[Lab, Twilio]) -> None:
    made, provider = lab
    _, caller, ali = await in_talk(made, provider)
    caller.over = ali.over = True
    await ali.asks(ali.where("Dial", "action"), DialCallStatus="completed")  # the room is over
    await ali.tells("completed")
    await caller.tells("completed")
    assert made.hub.over[-1][1] == "caller"
    _, caller, ali = await in_talk(made, provider)
    await ali.asks(ali.where("Dial", "action"), DialCallStatus="completed", CallStatus="completed")
    await ali.tells("completed")
    await provider.when(lambda: caller.over or None)
    assert made.hub.over[-1][1] == "agent"


@pytest.mark.parametrize("status", ["failed", "completed"])
async def test_where_nobody_knows_who_hung_up_nobody_is_named(lab: tuple[Lab, Twilio], status: str) -> None:
    made, provider = lab
    made.configure(**provider.settings, flow=json.dumps(GOODBYE))
    caller = await provider.call(CALLER)
    if status == "completed":
        assert caller.verbs == ["Say", "Hangup"]
    await caller.tells(status)
    assert made.hub.over[-1][1] == ""


async def sound(lab: Lab, url: str) -> bytes | None:
    """What a provider fetches that was told to play this; None when there is none."""
    async with lab.session.get(url.replace("https://calls.example", lab.url)) as answer:
        return await answer.read() if answer.status == 200 else None


async def test_persian_is_spoken_by_the_hub_and_played_from_a_signed_address(lab: tuple[Lab, Twilio]) -> None:
    made, provider = lab
    made.configure(**provider.settings, locale="fa", flow=json.dumps(BOTH))
    caller = await provider.call(CALLER)
    assert [one.tag for one in caller.document.iter()] == ["Response", "Gather", "Play", "Play"]
    url = [one.text or "" for one in caller.document.iter("Play")][-1]
    said = await sound(made, url)
    assert said is not None
    samples, rate = read_wav(said)
    assert (rate, len(samples) > rate / 2, max(samples) > 1_000) == (8_000, True, True)
    await caller.keys("9")
    assert url in [one.text for one in caller.document.iter("Play")]  # so the provider may keep it
    made.configure("other", **provider.settings)
    for wrong in (url[:-2] + "xx", url.replace("/box/", "/other/"), url.replace("/said/", "/said/..%2f..%2f")):
        assert await sound(made, wrong) is None
    made.clock.advance(3 * 3_600_000)
    assert await sound(made, url) is None


async def test_what_the_hub_cannot_say_is_left_to_the_provider(lab: tuple[Lab, Twilio], tmp_path: Path) -> None:
    made, provider = lab
    made.channel._speech = KeptSpeech(programs=speakers({}, espeak_program="no-such-program"), folder=tmp_path / "none")
    made.configure(**provider.settings, locale="fa")
    assert "Say" in [one.tag for one in (await provider.call(CALLER)).document.iter()]
    settings = (await made.inlet.inbox_settings("box")) or {}
    found = await made.channel.check(Configured(id="box", name="", locale="en", settings=settings), made.inlet)
    assert [(one.code, one.field) for one in found if not one.ok] == [("no_voice", "hub_speaks")]


async def test_a_recording_on_demand_is_announced_to_the_caller_alone(lab: tuple[Lab, Twilio]) -> None:
    made, provider = lab
    made.hub.recording, made.hub.announced = "on_demand", True
    call, caller, ali = await in_talk(made, provider)
    for control in ("record", "record_pause", "record_resume"):
        await made.channel.control(call, control)
    told, *tape = provider.asked[-4:]
    assert told[0] == f"Conferences/CF{caller.sid}/Participants/{caller.sid}"
    assert await sound(made, told[1]["AnnounceUrl"]) is not None
    assert [path for path, _ in tape] == [
        f"Calls/{ali.sid}/Recordings",
        *[f"Calls/{ali.sid}/Recordings/Twilio.CURRENT"] * 2,
    ]
    assert [form.get("Status") for _, form in tape] == [None, "paused", "in-progress"]


async def test_a_leg_is_held_and_told_in_the_room_of_its_call(lab: tuple[Lab, Twilio]) -> None:
    made, provider = lab
    _, caller, ali = await in_talk(made, provider)
    api = made.channel.office("box", await made.channel.settings("box")).api
    await api.hold(ali.sid, on=True, room=caller.sid)
    await api.announce(ali.sid, Say(text="سلام", locale="fa"), room=caller.sid)
    path = f"Conferences/CF{caller.sid}/Participants/{ali.sid}"
    assert [(one, *form) for one, form in provider.asked[-2:]] == [
        (path, "Hold"),
        (path, "AnnounceUrl", "AnnounceMethod"),
    ]
    with pytest.raises(CallApiError):
        await api.hold(ali.sid, on=True, room="nowhere")
