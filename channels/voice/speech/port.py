"""What the voice channel needs of speech, whoever does it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from channels.voice.script import Locale

RATE = 8_000
"""Samples a second of all sound here: what a telephone carries. 16 bits, one channel."""


class SpeechError(Exception):
    """Nothing was said or understood. `code`: unavailable, timeout, failed, empty; the text is for the log."""

    def __init__(self, code: str, text: str) -> None:
        """Say what happened, without the words that were to be spoken."""
        super().__init__(text)
        self.code = code


class Speech(Protocol):
    """Somebody who speaks."""

    async def say(self, text: str, locale: Locale, voice: str = "") -> Path:
        """A WAV file (8 kHz, 16 bits, mono) of a text as people write it. Raises `SpeechError`.

        The file is the speaker's own: it is not to be changed, and stays at least until an hour after it was asked for.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Understood:
    """What was said, and how sure that is (0 to 1); "" when nothing was."""

    text: str
    confidence: float


class Transcriber(Protocol):
    """Somebody who listens."""

    async def hear(self, sound: Path, locale: Locale) -> Understood:
        """The words in a WAV file. Raises `SpeechError`."""
