"""A speaker that says everything once: sound is kept by what is said, in a folder of bounded size."""

import asyncio
import os
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from channels.tasks import end
from channels.voice.script import Locale
from channels.voice.speech.port import SpeechError
from channels.voice.speech.prepare import spoken
from channels.voice.speech.programs import Program

AT_ONCE = 2
_KEY = re.compile(r"[0-9a-f]{64}")
KEEP_SECONDS = 3_600
"""What was asked for less than so long ago is kept, however full the folder is: it may be playing."""


@dataclass(slots=True, kw_only=True)
class KeptSpeech:
    """`Speech` by a program for each language. The folder is its own; `most` is in bytes."""

    programs: Mapping[Locale, Program]
    folder: Path
    most: int = 256 * 1024 * 1024
    _size: int | None = None
    _saying: dict[str, asyncio.Task[Path]] = field(default_factory=dict)
    _turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    async def say(self, text: str, locale: Locale, voice: str = "") -> Path:
        """See `Speech`. Who asks for what is being said already waits for the same; nobody's leaving ends it."""
        words = spoken(text, locale)
        if not words:
            raise SpeechError("empty", "There is nothing in it that can be said.")
        key = sha256("\x00".join((self.programs[locale].name, locale, voice, words)).encode()).hexdigest()
        place = self.folder / key[:2] / f"{key}.wav"
        if await asyncio.to_thread(_touched, place):
            return place
        if (task := self._saying.get(key)) is None:
            task = asyncio.create_task(self._made(place, words, locale, voice), name=f"speech:{key[:8]}")
            self._saying[key] = task
            task.add_done_callback(lambda done: self._done(key, done))
        return await asyncio.shield(task)

    def kept(self, key: str) -> Path | None:
        """The file that was made with this name; None where it is not there (any more), or this is none."""
        place = self.folder / key[:2] / f"{key}.wav"
        return place if _KEY.fullmatch(key) and place.is_file() else None

    async def close(self) -> None:
        """Stop what is being said."""
        await end(list(self._saying.values()))

    def _done(self, key: str, task: asyncio.Task[Path]) -> None:
        self._saying.pop(key, None)
        if not task.cancelled():
            task.exception()  # whoever waited has it; nobody may have

    async def _made(self, place: Path, words: str, locale: Locale, voice: str) -> Path:
        async with self._turns:
            sound = await self.programs[locale].sound(words, locale, voice)
        await asyncio.to_thread(self._keep, place, sound)
        return place

    def _keep(self, place: Path, sound: bytes) -> None:
        """Write it whole or not at all; then make room."""
        place.parent.mkdir(parents=True, exist_ok=True)
        part = place.with_suffix(f".{os.getpid()}.part")
        part.write_bytes(sound)
        part.replace(place)
        known = self._size
        self._size = known + len(sound) if known is not None else _size(self.folder)
        if self._size > self.most:
            self._size = _make_room(self.folder, self.most * 4 // 5)


def _touched(place: Path) -> bool:
    """Whether it is there; from now on it was used lately."""
    try:
        os.utime(place)
    except FileNotFoundError:
        return False
    return True


def _size(folder: Path) -> int:
    return sum(one.stat().st_size for one in folder.glob("*/*.wav"))


def _make_room(folder: Path, most: int) -> int:
    """Delete what was not used for longest until so many bytes are left; returns how many are."""
    files = sorted((one.stat().st_mtime, one.stat().st_size, one) for one in folder.glob("*/*.wav"))
    size = sum(one for _, one, _ in files)
    for used, length, place in files:
        if size <= most or used > time.time() - KEEP_SECONDS:
            break
        place.unlink(missing_ok=True)
        size -= length
    return size
