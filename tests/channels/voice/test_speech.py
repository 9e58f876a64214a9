"""What is written is said as a person would say it, by a real speaker, once; and a real listener understands digits."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
import wave
from array import array
from collections.abc import AsyncIterator
from dataclasses import replace
from math import pi, sin
from pathlib import Path

import pytest
import pytest_asyncio
from hypothesis import given, settings
from hypothesis import strategies as st
from num2words import num2words

from channels.voice.speech import programs
from channels.voice.speech.kept import KEEP_SECONDS, KeptSpeech
from channels.voice.speech.numerals import LARGEST, cardinal, ordinal
from channels.voice.speech.port import RATE, SpeechError
from channels.voice.speech.prepare import LONGEST, spoken
from channels.voice.speech.programs import Program, espeak, speakers
from channels.voice.speech.sound import read_wav, resampled, telephone_wav
from channels.voice.speech.transcribers import Pocketsphinx, Vosk, Whisper

needs_espeak = pytest.mark.skipif(
    shutil.which("espeak-ng") is None and os.environ.get("CI") != "true", reason="espeak-ng is not installed"
)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("کد ۵۲۰۱", "کد پنج، دو، صفر، یک"),
        ("۱۴۰۳/۰۵/۱۲", "دوازدهم مرداد هزار و چهارصد و سه"),
        ("1403-1-1", "یکم فروردین هزار و چهارصد و سه"),
        ("2026-11-26", "بیست و ششم نوامبر دو هزار و بیست و شش"),
        ("1404/12/30", "یک، چهار، صفر، چهار، یک، دو، سه، صفر"),
        ("ساعت ۱۴:۳۰", "ساعت چهارده و سی دقیقه"),
        ("ساعت 9:00", "ساعت نه"),
        ("۱۲۵٬۰۰۰ تومان", "صد و بیست و پنج هزار تومان"),
        ("1,250,000 ﷼", "یک میلیون و دویست و پنجاه هزار ریال"),
        ("سفارش ۱۲۵٬۰۰۰ تومانی", "سفارش صد و بیست و پنج هزار تومانی"),
        ("۳٫۰۵", "سه ممیز صفر پنج"),
        ("٪۲۵ و ۲۵٪", "% بیست و پنج و بیست و پنج درصد"),
        ("نفر ۳م، ۵مین، ۳۰ام", "نفر سوم، پنجمین، سی\u200cام"),
        ("09121234567", "صفر، نه، یک، دو، یک، دو، سه، چهار، پنج، شش، هفت"),
        ("+98 21 9100 1000", "صفر، صفر، نه، هشت، دو، یک، نه، یک، صفر، صفر، یک، صفر، صفر، صفر"),
        ("AB-12", "A، B، یک، دو"),
        ("9-17", "نه تا هفده"),
        ("دمای -5", "دمای منفی پنج"),
        ("شما نفر ۳ هستید؛ حدود ۵ دقیقه.", "شما نفر سه هستید؛ حدود پنج دقیقه."),
        ("می\u200cشود 😀 https://a.example/1", "می\u200cشود لینک"),
        ("يك", "یک"),
    ],
)
def test_persian_is_said_as_people_say_it(text: str, said: str) -> None:
    assert spoken(text, "fa") == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Order 5201", "Order five, two, zero, one"),
        ("2026-11-26", "November twenty-sixth, two thousand and twenty-six"),
        ("1403/05/12", "the twelfth of Mordad one thousand four hundred and three"),
        ("at 14:05", "at fourteen oh five"),
        ("at 10:00", "at ten o'clock"),
        ("You are 3rd; about 5 minutes", "You are third; about five minutes"),
        ("$12.50", "twelve point five zero dollars"),
        ("1,000 rials", "one thousand rials"),
        ("25%", "twenty-five percent"),
        ("AB-1234", "A, B, one, two, three, four"),
        (
            "6037991234567890",
            "six, zero, three, seven, nine, nine, one, two, three, four, five, six, seven, eight, nine, zero",
        ),
        ("2026-13-45", "two, zero, two, six, one, three, four, five"),
        ("007", "zero, zero, seven"),
    ],
)
def test_english_is_said_as_people_say_it(text: str, said: str) -> None:
    assert spoken(text, "en") == said


@settings(deadline=None)
@given(st.text(max_size=200) | st.from_regex(r"[0-9۰-۹,./:%$+ A-Zک-]{0,40}"), st.sampled_from(["fa", "en"]))
def test_no_digit_is_left_to_the_speaker(text: str, locale: str) -> None:
    assert not any(one.isdecimal() for one in spoken(text, locale))


def test_a_flood_of_digits_is_prepared_in_time() -> None:
    assert len(spoken("1" * 1_000_000, "fa").split("، ")) == LONGEST
    for text in ("1-" * 5_000, "0 " * 5_000, "1," * 5_000, "A1-" * 5_000, "+1 " * 5_000, "کد " * 5_000):
        spoken(text, "fa")


@settings(deadline=None)
@given(st.integers(0, LARGEST))
def test_numbers_have_the_words_that_others_give_them(number: int) -> None:
    assert cardinal(number, "fa") == num2words(number, lang="fa")
    assert cardinal(number, "en") == num2words(number).replace(",", "")


@settings(deadline=None)
@given(st.integers(1, 99_999))
def test_ordinals_have_the_words_that_others_give_them(number: int) -> None:
    assert ordinal(number, "en") == num2words(number, to="ordinal").replace(",", "")
    theirs = num2words(number, lang="fa", to="ordinal")
    assert ordinal(number, "fa") == (f"{theirs[:-1]}\u200cام" if theirs.endswith("سیم") else theirs)


def tone(hertz: float, rate: int, seconds: float = 0.5) -> array[int]:
    return array("h", (int(10_000 * sin(2 * pi * hertz * one / rate)) for one in range(int(rate * seconds))))


def power(samples: array[int], hertz: float, rate: int) -> float:
    """Goertzel, relative to a full tone of that height."""
    turn = 2 * pi * hertz / rate
    real = sum(one * sin(turn * at) for at, one in enumerate(samples))
    imaginary = sum(one * sin(turn * at + pi / 2) for at, one in enumerate(samples))
    return 2 * (real**2 + imaginary**2) ** 0.5 / len(samples) / 10_000


def test_a_telephone_carries_what_it_can_and_nothing_else_comes_of_it() -> None:
    heard = resampled(tone(1_000, 22_050), 22_050, RATE)
    assert len(heard) == 4_000
    assert power(heard, 1_000, RATE) == pytest.approx(1, abs=0.05)
    too_high = resampled(tone(6_000, 22_050), 22_050, RATE)
    assert power(too_high, 2_000, RATE) < 0.02  # its mirror image
    assert power(resampled(tone(1_000, RATE), RATE, 16_000), 1_000, 16_000) == pytest.approx(1, abs=0.05)
    assert resampled(array("h", [7] * 9), RATE, RATE) == array("h", [7] * 9)


@pytest.mark.parametrize("raw", [b"", b"RIFF", b"x" * 100, b"RIFF" + b"data" * 30, b"\x00" * 10_000])
def test_what_is_no_sound_is_refused(raw: bytes) -> None:
    with pytest.raises(SpeechError):
        telephone_wav(raw)


@pytest_asyncio.fixture
async def speaker(tmp_path: Path) -> AsyncIterator[KeptSpeech]:
    made = KeptSpeech(programs=speakers({}), folder=tmp_path / "said")
    yield made
    await made.close()


def facts(place: Path) -> tuple[int, int, int]:
    with wave.open(str(place)) as file:
        return file.getframerate(), file.getsampwidth(), file.getnchannels()


@needs_espeak
@pytest.mark.parametrize(("text", "locale"), [("سفارش شما ارسال شد.", "fa"), ("Your order is on its way.", "en")])
async def test_words_become_sound_for_a_telephone(speaker: KeptSpeech, text: str, locale: str) -> None:
    place = await speaker.say(text, locale)
    assert facts(place) == (RATE, 2, 1)
    samples, rate = read_wav(place.read_bytes())
    assert 0.8 < len(samples) / rate < 5
    assert max(samples) > 2_000


@needs_espeak
async def test_the_same_is_said_once_and_kept(speaker: KeptSpeech) -> None:
    places = await asyncio.gather(*(speaker.say("سلام", "fa") for _ in range(8)))
    assert len(set(places)) == 1
    made = places[0].stat().st_ino
    assert (await speaker.say("سلام", "fa")).stat().st_ino == made
    assert await speaker.say("سلام", "fa", "no such voice") != places[0]


@needs_espeak
async def test_words_are_no_orders_to_the_program(speaker: KeptSpeech, tmp_path: Path) -> None:
    for text in ("--version", "-w /etc/passwd", f"$(touch {tmp_path}/x)", "a\x00b", "; ls", "[[h@l'oU]]", "<speak>"):
        assert facts(await speaker.say(text, "en"))[0] == RATE
    assert not (tmp_path / "x").exists()
    with pytest.raises(SpeechError):
        await speaker.say("😀 \x00", "fa")


@needs_espeak
async def test_the_folder_stays_within_its_size_and_keeps_what_may_be_playing(speaker: KeptSpeech) -> None:
    speaker.most = 1
    first = await speaker.say("یک", "fa")
    second = await speaker.say("دو", "fa")
    assert first.exists()
    os.utime(first, (0, 0))
    assert second.stat().st_mtime > KEEP_SECONDS
    await speaker.say("سه", "fa")
    assert not first.exists()
    assert second.exists()
    assert (await speaker.say("یک", "fa")).exists()


@needs_espeak
async def test_who_leaves_early_does_not_spoil_it_for_others(speaker: KeptSpeech) -> None:
    first = asyncio.create_task(speaker.say("یک جمله‌ی بلندتر برای گفتن", "fa"))
    second = asyncio.create_task(speaker.say("یک جمله‌ی بلندتر برای گفتن", "fa"))
    await asyncio.sleep(0)
    first.cancel()
    assert (await second).exists()


def speaks(script: str, **more: object) -> Program:
    return replace(
        Program(arguments=(sys.executable, "-c", script, "{voice}"), languages={"fa": "x"}, voices={"loud": "y"}),
        **more,
    )


async def test_a_program_that_gives_bare_samples_is_one_too() -> None:
    bare = speaks("import sys; sys.stdin.read(); sys.stdout.buffer.write(bytes(44100))", rate=22_050)
    samples, rate = read_wav(await bare.sound("سلام", "fa"))
    assert (len(samples), rate) == (8_000, RATE)


async def test_the_voice_is_one_that_was_configured() -> None:
    told = speaks("import sys; sys.stdout.buffer.write(b'ab' * ord(sys.argv[1]))", rate=RATE)
    lengths = {voice: len(read_wav(await told.sound("x", "fa", voice))[0]) for voice in ("", "loud", "../../x", "-h")}
    assert lengths == {"": ord("x"), "loud": ord("y"), "../../x": ord("x"), "-h": ord("x")}


@pytest.mark.parametrize(
    ("program", "code"),
    [
        (espeak("/nowhere/espeak-ng"), "unavailable"),
        (speaks("raise SystemExit(3)"), "failed"),
        (speaks("print('no sound')"), "failed"),
        (speaks("", rate=RATE), "empty"),
        (speaks("import os\nwhile True: os.write(1, bytes(65536))", rate=RATE), "failed"),
    ],
)
async def test_a_program_that_does_not_speak(program: Program, code: str) -> None:
    with pytest.raises(SpeechError) as failed:
        await program.sound("سلام", "fa")
    assert failed.value.code == code


PIPER = """#!{python}
import sys, wave
assert sys.argv[1::2] == ["--model", "--output-raw"], sys.argv
assert sys.argv[2] == {model!r} and sys.stdin.read().strip()
sys.stdout.buffer.write(bytes(16_000 * 2))
"""


async def test_a_language_that_has_a_model_is_spoken_by_piper(tmp_path: Path) -> None:
    model, program = tmp_path / "fa_IR-x-low.onnx", tmp_path / "piper"
    model.write_bytes(b"onnx")
    program.write_text(PIPER.format(python=sys.executable, model=str(model)))
    program.chmod(0o700)
    with pytest.raises(SpeechError) as failed:
        speakers({"fa": model}, piper_program=str(program))
    assert failed.value.code == "unavailable"
    (tmp_path / "fa_IR-x-low.onnx.json").write_text('{"audio": {"sample_rate": 16000}, "speakers": 1}')
    made = speakers({"fa": model}, piper_program=str(program))
    samples, rate = read_wav(await made["fa"].sound("سلام", "fa"))
    assert (len(samples), rate) == (RATE, RATE)
    assert made["en"] == espeak()


async def test_a_program_that_hangs_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs, "SECONDS", 0.2)
    with pytest.raises(SpeechError) as failed:
        await speaks("import time; time.sleep(60)").sound("سلام", "fa")
    assert failed.value.code == "timeout"


@needs_espeak
async def test_digits_that_were_spoken_are_understood(tmp_path: Path) -> None:
    voice = replace(espeak(words_a_minute=140), languages={"en": "en-us+f5"})
    said = tmp_path / "said.wav"
    said.write_bytes(await voice.sound("five two zero one", "en"))
    heard = await Pocketsphinx().hear(said, "en")
    assert heard.text == "five two zero one"
    assert 0 < heard.confidence <= 1


async def test_a_listener_says_what_it_cannot_do(tmp_path: Path) -> None:
    sound = tmp_path / "a.wav"
    sound.write_bytes(telephone_wav(bytes(1_600), rate=RATE))
    listener = Pocketsphinx()
    assert (await listener.hear(sound, "en")).text == ""
    for broken, locale, code in (
        (listener.hear(sound, "fa"), "fa", "unavailable"),
        (listener.hear(tmp_path / "none.wav", "en"), "en", "failed"),
        (Vosk(model=tmp_path).hear(sound, "fa"), "fa", "unavailable"),
        (Whisper(model=tmp_path).hear(sound, "fa"), "fa", "unavailable"),
    ):
        with pytest.raises(SpeechError) as failed:
            await broken
        assert (failed.value.code, locale) == (code, locale)
