"""What callers hear, as Asterisk's media addresses: spoken text, files from the network, Asterisk's own sounds."""

import asyncio
import math
import re
import time
from array import array
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import aiohttp

from channels.voice.script import Locale
from channels.voice.speech.port import RATE, Speech, SpeechError
from channels.voice.speech.sound import sound_bytes, telephone_wav

FRESH_SECONDS = 3_600
MOST_BYTES = 64 * 1024 * 1024
_ASTERISKS_OWN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_/-]{0,100}")
_PERSIAN = re.compile(r"[\u0600-\u06ff]")


class SoundError(Exception):
    """It cannot be heard; the text is for the log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sounds:
    """`folder` is one that Asterisk reads, under the same name."""

    speech: Speech
    session: aiohttp.ClientSession
    folder: Path

    async def spoken(self, text: str, language: str = "", voice: str = "") -> str:
        """A text. Raises `SoundError`."""
        try:
            place = await self.speech.say(text, locale_of(language, text), voice)
        except SpeechError as error:
            raise SoundError(str(error)) from error
        return media(place)

    async def fetched(self, url: str) -> str:
        """A WAV file at an address (kept for an hour), or the name of one of Asterisk's own. Raises `SoundError`."""
        if not url.startswith(("http://", "https://")):
            if not _ASTERISKS_OWN.fullmatch(url) or ".." in url:
                raise SoundError("This is neither an address nor the name of a sound.")
            return f"sound:{url}"
        place = self.folder / "fetched" / f"{sha256(url.encode()).hexdigest()}.wav"
        if not place.exists() or place.stat().st_mtime < time.time() - FRESH_SECONDS:
            sound = await self._get(url)
            await asyncio.to_thread(_keep, place, sound)
        return media(place)

    async def beep(self) -> str:
        """What says that one may speak."""
        place = self.folder / "beep.wav"
        if not place.exists():
            await asyncio.to_thread(_keep, place, tones(1_000, level=8_000, seconds=0.4))
        return media(place)

    async def _get(self, url: str) -> bytes:
        try:
            async with self.session.get(url, timeout=aiohttp.ClientTimeout(total=10)) as answer:
                answer.raise_for_status()
                raw = await answer.content.read(MOST_BYTES)
                while not answer.content.at_eof() and len(raw) < MOST_BYTES:
                    raw += await answer.content.read(MOST_BYTES - len(raw))
            return await asyncio.to_thread(telephone_wav, raw)
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise SoundError(f"The sound cannot be fetched: {type(error).__name__}.") from error
        except SpeechError as error:
            raise SoundError(str(error)) from error


def tones(*pitches: float, level: int, seconds: float = 1.0) -> bytes:
    """A WAV file of tones (Hz) one after the other, each swelling and fading."""
    samples = array("h")
    for pitch in pitches:
        for number in range(round(RATE * seconds)):
            swell = math.sin(math.pi * number / (RATE * seconds)) ** 2
            samples.append(round(level * swell * math.sin(2 * math.pi * pitch * number / RATE)))
    return telephone_wav(sound_bytes(samples), rate=RATE)


def locale_of(language: str, text: str = "") -> Locale:
    """The language of a verb, else what its letters tell."""
    if language:
        return "fa" if language.lower().startswith("fa") else "en"
    return "fa" if _PERSIAN.search(text) else "en"


def media(place: Path) -> str:
    """How Asterisk names a file: without its ending."""
    return f"sound:{place.resolve().with_suffix('')}"


def _keep(place: Path, sound: bytes) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    part = place.with_suffix(".part")
    part.write_bytes(sound)
    part.replace(place)
