"""Programs that speak: espeak-ng, which every Debian has, and piper for the languages that have a model.

A program is run without a shell, is given the words by its standard input, and has so long to write so much sound.
"""

import asyncio
import os
import signal
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import msgspec
from msgspec import Struct

from channels.voice.script import Locale
from channels.voice.speech.port import SpeechError
from channels.voice.speech.sound import telephone_wav

SECONDS = 15.0
MOST_BYTES = 32 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """How a speaking program is called.

    `{voice}` in an argument becomes the voice's own name: one of `voices`, by name, else that of the language. Only an
    admin names voices. `rate` is given where bare samples come out, and not a WAV file.
    """

    arguments: tuple[str, ...]
    languages: Mapping[Locale, str]
    voices: Mapping[str, str]
    rate: int | None = None

    @property
    def name(self) -> str:
        """What tells its sound from that of another."""
        return repr((self.arguments, sorted(self.languages.items()), sorted(self.voices.items()), self.rate))

    async def sound(self, text: str, locale: Locale, voice: str = "") -> bytes:
        """A telephone's WAV of words that are ready to be spoken.

        Raises:
            SpeechError: `unavailable` (there is no such program), `timeout`, `failed`, `empty`.
        """
        chosen = self.voices.get(voice) or self.languages.get(locale)
        if chosen is None:
            raise SpeechError("unavailable", f"There is no voice for {locale}.")
        command = [one.replace("{voice}", chosen) for one in self.arguments]
        raw = await _run(command, text.replace("\x00", " ").strip().encode("utf-8", "replace") + b"\n")
        return await asyncio.to_thread(telephone_wav, raw, rate=self.rate)


def espeak(program: str = "espeak-ng", *, words_a_minute: int = 150) -> Program:
    """The voice that is always there; a robot's, but it reads Persian."""
    return Program(
        arguments=(program, "-v", "{voice}", "-s", str(words_a_minute), "--stdin", "--stdout"),
        languages={"fa": "fa", "en": "en-us"},
        voices={},
    )


class _Sound(Struct):
    sample_rate: int


class _Model(Struct):
    audio: _Sound


def piper(program: str, model: Path, locale: Locale) -> Program:
    """Piper with a model (`NAME.onnx`) of one language; its licence is GPL-3: it stays a program of its own.

    Raises:
        SpeechError: `unavailable`, the model or the description beside it (`NAME.onnx.json`) cannot be read.
    """
    try:
        with model.open("rb"):
            described = msgspec.json.decode(Path(f"{model}.json").read_bytes(), type=_Model)
    except (OSError, msgspec.DecodeError) as error:
        raise SpeechError("unavailable", f"{model} is no model of piper's: {error}") from error
    return Program(
        arguments=(program, "--model", "{voice}", "--output-raw"),
        languages={locale: str(model)},
        voices={},
        rate=described.audio.sample_rate,
    )


def speakers(
    models: Mapping[Locale, Path], *, espeak_program: str = "espeak-ng", piper_program: str = "piper"
) -> Mapping[Locale, Program]:
    """Who speaks which language: piper where there is a model of it, else espeak. Raises as `piper` does."""
    usual: dict[Locale, Program] = dict.fromkeys(("fa", "en"), espeak(espeak_program))
    return usual | {locale: piper(piper_program, model, locale) for locale, model in models.items()}


async def _run(command: list[str], words: bytes) -> bytes:
    try:
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError as error:
        raise SpeechError("unavailable", f"{command[0]} cannot be run.") from error
    assert process.stdin is not None
    process.stdin.write(words)  # some kilobytes: they go out while the sound comes in
    process.stdin.close()
    try:
        async with asyncio.timeout(SECONDS):
            sound = await _take(process)
            await process.wait()
    except TimeoutError as error:
        raise SpeechError("timeout", f"{command[0]} did not finish in {SECONDS} s.") from error
    finally:
        await _end(process)
    if process.returncode:
        raise SpeechError("failed", f"{command[0]} ended with {process.returncode}.")
    return sound


async def _end(process: asyncio.subprocess.Process) -> None:
    """Kill it and what it has started. What it wrote is read to the end: asyncio waits for its pipes as well."""
    if process.returncode is None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        assert process.stdout is not None
        while await process.stdout.read(65_536):
            pass
        await process.wait()


async def _take(process: asyncio.subprocess.Process) -> bytes:
    assert process.stdout is not None
    sound = bytearray()
    while piece := await process.stdout.read(65_536):
        sound += piece
        if len(sound) > MOST_BYTES:
            raise SpeechError("failed", "The sound has no end.")
    return bytes(sound)
