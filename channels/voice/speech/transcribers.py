"""Libraries that listen. Each is loaded with the first thing that it hears, and only where it was chosen and installed.

They work in threads, one sound at a time each: recognisers keep state, and take all of a core.
"""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module
from math import exp
from pathlib import Path
from threading import Lock
from typing import Any, Literal

from channels.voice.script import Locale
from channels.voice.speech.port import SpeechError, Transcriber, Understood
from channels.voice.speech.sound import read_wav, resampled, sound_bytes

LONGEST_SECONDS = 120
MODEL_RATE = 16_000
_DIGITS = "public <digits> = (zero | one | two | three | four | five | six | seven | eight | nine)+;"


class _Once:
    """A recogniser that is made when it is first needed, and used by one thread at a time."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._made: Any = None

    def use(self, make: Callable[[], Any], act: Callable[[Any], Understood]) -> Understood:
        with self._lock:
            try:
                self._made = self._made or make()
                return act(self._made)
            except SpeechError:
                raise
            except Exception as error:
                raise SpeechError("failed", f"The recogniser failed: {type(error).__name__}.") from error


@dataclass(slots=True, kw_only=True)
class Pocketsphinx:
    """English by a small grammar (JSGF; the ten digits where none is given). Its model is inside its package."""

    grammar: str = _DIGITS
    _once: _Once = field(default_factory=_Once)

    async def hear(self, sound: Path, locale: Locale) -> Understood:
        """See `Transcriber`; there is no Persian (`unavailable`)."""
        if locale != "en":
            raise SpeechError("unavailable", "This recogniser knows English only.")
        return await asyncio.to_thread(self._once.use, self._made, lambda decoder: _sphinx(decoder, sound))

    def _made(self) -> Any:
        decoder = _library("pocketsphinx").Decoder(samprate=MODEL_RATE, lm=None, loglevel="FATAL")
        decoder.add_jsgf_string("words", f"#JSGF V1.0; grammar words; {self.grammar}")
        decoder.activate_search("words")
        return decoder


def _sphinx(decoder: Any, sound: Path) -> Understood:
    decoder.start_utt()
    decoder.process_raw(_samples(sound), full_utt=True)
    decoder.end_utt()
    found = decoder.hyp()
    if found is None or not found.hypstr:
        return Understood(text="", confidence=0.0)
    return Understood(text=found.hypstr, confidence=_share(decoder.get_logmath().exp(found.best_score)))


@dataclass(slots=True, kw_only=True)
class Vosk:
    """Vosk with a model's folder for the language."""

    model: Path
    _once: _Once = field(default_factory=_Once)

    async def hear(self, sound: Path, locale: Locale) -> Understood:
        """See `Transcriber`; the language is the model's."""
        return await asyncio.to_thread(self._once.use, self._made, lambda model: _vosk(model, sound))

    def _made(self) -> Any:
        return _library("vosk").Model(str(self.model))


def _vosk(model: Any, sound: Path) -> Understood:
    recogniser = _library("vosk").KaldiRecognizer(model, MODEL_RATE)
    recogniser.SetWords(True)
    recogniser.AcceptWaveform(_samples(sound))
    found = json.loads(recogniser.FinalResult())
    sure = [float(one["conf"]) for one in found.get("result", ())]
    return Understood(text=found.get("text", ""), confidence=_share(sum(sure) / len(sure)) if sure else 0.0)


@dataclass(slots=True, kw_only=True)
class Whisper:
    """faster-whisper with a model's folder, on the processor."""

    model: Path
    _once: _Once = field(default_factory=_Once)

    async def hear(self, sound: Path, locale: Locale) -> Understood:
        """See `Transcriber`."""
        return await asyncio.to_thread(self._once.use, self._made, lambda model: _whisper(model, sound, locale))

    def _made(self) -> Any:
        return _library("faster_whisper").WhisperModel(str(self.model), device="cpu", compute_type="int8")


def _whisper(model: Any, sound: Path, locale: Locale) -> Understood:
    _samples(sound)
    parts = list(model.transcribe(str(sound), language=locale, vad_filter=True)[0])
    sure = [exp(one.avg_logprob) for one in parts]
    text = " ".join(one.text.strip() for one in parts)
    return Understood(text=text, confidence=_share(sum(sure) / len(sure)) if sure else 0.0)


def chosen(name: Literal["", "pocketsphinx", "vosk", "whisper"], model: Path, grammar: str = "") -> Transcriber | None:
    """The listener of this name; None for no name."""
    match name:
        case "pocketsphinx":
            return Pocketsphinx(grammar=f"public <words> = {grammar};") if grammar else Pocketsphinx()
        case "vosk":
            return Vosk(model=model)
        case "whisper":
            return Whisper(model=model)
        case "":
            return None


def _library(name: str) -> Any:
    try:
        return import_module(name)
    except ImportError as error:
        raise SpeechError("unavailable", f"{name} is not installed.") from error


def _samples(sound: Path) -> bytes:
    """The samples as models want them. Raises `SpeechError` (`failed` where it is too long or no sound)."""
    try:
        samples, rate = read_wav(sound.read_bytes())
    except OSError as error:
        raise SpeechError("failed", "There is no such sound.") from error
    if len(samples) > rate * LONGEST_SECONDS:
        raise SpeechError("failed", f"Sound may last {LONGEST_SECONDS} s.")
    return sound_bytes(resampled(samples, rate, MODEL_RATE))


def _share(value: float) -> float:
    return min(max(float(value), 0.0), 1.0)
