"""Calls of a real telephone, through a real Asterisk, to an application that answers verbs: one caller alone."""

from __future__ import annotations

import asyncio
import io
import wave
from pathlib import Path

import pytest

from channels.voice.script import Locale
from channels.voice.speech.port import Understood
from tests.channels.voice.switch import Lab
from tests.phone import has, phone, samples_of_wav


async def test_a_caller_is_greeted_and_says_goodbye(line: Lab, tmp_path: Path) -> None:
    line.hub.scripts["call"] = [{"verb": "say", "text": "Welcome to the shop."}, {"verb": "hangup"}]
    async with phone(line.asterisk, tmp_path / "a", tone=500) as caller:
        await caller.dial(f"sip:100@{line.asterisk.sip}")
        await caller.event("CALL_ESTABLISHED")
        await caller.hears_something()
        await caller.event("CALL_CLOSED")
    told = await line.hub.asked("call")
    assert (told["direction"], told["to"], told["call_status"]) == ("inbound", "100", "trying")
    assert await line.hub.asked("status", call_status="in-progress")
    over = await line.hub.asked("status", call_status="completed")
    assert (over["call_sid"], over["call_termination_by"]) == (told["call_sid"], "jambonz")


async def test_keys_are_gathered_while_the_prompt_speaks(line: Lab, tmp_path: Path) -> None:
    long = "This is a very long greeting that nobody wants to hear to its end. " * 5
    line.hub.scripts["call"] = [
        {
            "verb": "gather",
            "actionHook": f"{line.hub.base}/collect?token=t1",
            "input": ["digits"],
            "maxDigits": 6,
            "finishOnKey": "#",
            "interDigitTimeout": 3,
            "timeout": 5,
            "say": {"text": long},
        }
    ]
    line.hub.scripts["collect"] = [{"verb": "say", "text": "Thank you."}]
    async with phone(line.asterisk, tmp_path / "a", tone=500) as caller:
        await caller.dial(f"sip:100@{line.asterisk.sip}")
        await caller.event("CALL_ESTABLISHED")
        await caller.hears_something()
        await caller.press("1042#")
        told = await line.hub.asked("collect")
        await caller.event("CALL_CLOSED")
    assert (told["reason"], told["digits"]) == ("dtmfDetected", "1042")


async def test_silence_is_an_answer_too(line: Lab, tmp_path: Path) -> None:
    line.hub.scripts["call"] = [{"verb": "gather", "actionHook": "collect", "input": ["digits"], "timeout": 0.5}]
    line.hub.scripts["collect"] = lambda told: [{"verb": "hangup"}]
    async with phone(line.asterisk, tmp_path / "a", tone=500) as caller:
        await caller.dial(f"sip:100@{line.asterisk.sip}")
        assert (await line.hub.asked("collect"))["reason"] == "timeout"
        await caller.event("CALL_CLOSED")


async def test_keys_are_in_no_log_line(line: Lab, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    gather = {"verb": "gather", "actionHook": "collect", "input": ["digits"], "numDigits": 5, "timeout": 5}
    line.hub.scripts["call"] = [gather]
    line.hub.scripts["collect"] = [{"verb": "hangup"}]
    async with phone(line.asterisk, tmp_path / "a", tone=500) as caller:
        await caller.dial(f"sip:100@{line.asterisk.sip}")
        await caller.event("CALL_ESTABLISHED")
        await caller.press("60378")
        assert (await line.hub.asked("collect"))["digits"] == "60378"
        await caller.event("CALL_CLOSED")
    said = capsys.readouterr()
    assert "gateway.call" in said.out + said.err
    assert "60378" not in said.out + said.err


class Ear:
    """A listener that knows one word: the tone of 600 Hz."""

    async def hear(self, sound: Path, locale: Locale) -> Understood:
        there = has(samples_of_wav(await asyncio.to_thread(sound.read_bytes)), 600)
        return Understood(text=f"six hundred {locale}" if there else "", confidence=0.8)


async def test_speech_is_heard_until_it_pauses(line: Lab, tmp_path: Path) -> None:
    await line.stop()
    await line.start(transcriber=Ear())
    gather = {"verb": "gather", "actionHook": "collect", "input": ["digits", "speech"], "timeout": 8}
    line.hub.scripts["call"] = [{**gather, "recognizer": {"vendor": "x", "language": "en-US"}}]
    line.hub.scripts["collect"] = [{"verb": "hangup"}]
    async with phone(line.asterisk, tmp_path / "a", tone=600, speaks=4) as caller:
        await caller.dial(f"sip:100@{line.asterisk.sip}")
        told = await line.hub.asked("collect")
        await caller.event("CALL_CLOSED")
    assert told["reason"] == "speechDetected"
    assert told["speech"]["alternatives"] == [{"transcript": "six hundred en", "confidence": 0.8}]


async def test_a_message_is_recorded_and_can_be_fetched(line: Lab, tmp_path: Path) -> None:
    line.hub.scripts["call"] = [
        {
            "verb": "listen",
            "url": "ws://127.0.0.1:1/voicemail",
            "actionHook": "voicemail",
            "maxLength": 30,
            "finishOnKey": "#",
            "playBeep": True,
        }
    ]
    line.hub.scripts["voicemail"] = [{"verb": "hangup"}]
    async with phone(line.asterisk, tmp_path / "a", tone=500) as caller:
        await caller.dial(f"sip:100@{line.asterisk.sip}")
        await caller.event("CALL_ESTABLISHED")
        await caller.hears_something()  # the beep
        await line.seconds_recorded(1.5)
        await caller.press("#")
        told = await line.hub.asked("voicemail")
        await caller.event("CALL_CLOSED")
    status, sound = await line.fetch(told["recording_url"])
    assert status == 200
    with wave.open(io.BytesIO(sound), "rb") as file:
        assert file.getframerate() == 8_000
        assert file.getnframes() > 8_000
    assert told["recording_duration"] >= 1


async def test_a_call_is_declined(line: Lab, tmp_path: Path) -> None:
    line.hub.scripts["call"] = [{"verb": "sip:decline", "status": 486, "reason": "Busy Here"}]
    async with phone(line.asterisk, tmp_path / "a", tone=500) as caller:
        await caller.dial(f"sip:100@{line.asterisk.sip}")
        await caller.event("CALL_CLOSED")
        assert "CALL_ESTABLISHED" not in caller.events
    assert await line.hub.asked("status", call_status="busy")


async def test_what_the_caller_is_tagged_with_comes_back(line: Lab, tmp_path: Path) -> None:
    line.hub.scripts["call"] = [
        {"verb": "tag", "data": {"order": "1042"}},
        {"verb": "dtmf", "dtmf": "12"},
        {"verb": "pause", "length": 0.1},
        {"verb": "redirect", "actionHook": "continue"},
    ]
    line.hub.scripts["continue"] = [{"verb": "hangup"}]
    async with phone(line.asterisk, tmp_path / "a", tone=500) as caller:
        await caller.dial(f"sip:100@{line.asterisk.sip}")
        await caller.event("CALL_CLOSED")
    assert (await line.hub.asked("continue"))["customerData"] == {"order": "1042"}
    assert (await line.hub.asked("status", call_status="completed"))["customerData"] == {"order": "1042"}
