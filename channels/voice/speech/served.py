"""The hub's own voice for a telephone system that has none for a language: sound that it fetches from the hub.

A sound is named by what is said and by whom; its address is signed, and ends by itself within two hours. It stays the
same for an hour, so that the telephone system may keep it.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import structlog

from channels.signatures import BadToken, sign, verify
from channels.voice.hooks import Hooks
from channels.voice.script import Locale, Play, Prompt, Say, Script, says_in, with_sounds
from channels.voice.speech.kept import KeptSpeech
from channels.voice.speech.port import SpeechError

log = structlog.get_logger(__name__)

SAY_SECONDS = 4.0
"""So long may a call wait for what is said for the first time; it goes on being made."""
_HOUR = 3_600_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """The voice at one inbox, for these `locales`. `secrets`: the inbox's, at least one; `now`: ms since the epoch."""

    speech: KeptSpeech
    hooks: Hooks
    secrets: Sequence[str]
    locales: frozenset[Locale]
    now: Callable[[], int]

    async def voiced(self, script: Script) -> Script:
        """The script with what is said in these languages played; the other side may try what cannot be said here."""
        words = [one for one in dict.fromkeys(says_in(script)) if one.locale in self.locales and one.text.strip()]
        found = await asyncio.gather(*(self.url(one) for one in words), return_exceptions=True)
        sounds = {say: Play(url=url) for say, url in zip(words, found, strict=True) if isinstance(url, str)}
        for error in (one for one in found if isinstance(one, BaseException)):
            if not isinstance(error, SpeechError | TimeoutError):
                raise error
            log.warning("not_said_here", code=getattr(error, "code", "late"))

        def sound(say: Say) -> Prompt:
            return sounds.get(say, say)

        return with_sounds(script, sound)

    async def url(self, say: Say) -> str:
        """Where the sound of it is. Raises `SpeechError`, or `TimeoutError`."""
        async with asyncio.timeout(SAY_SECONDS):
            name = (await self.speech.say(say.text, say.locale, say.voice)).stem
        ends = (self.now() // _HOUR + 2) * _HOUR
        return f"{self.hooks.base}/said/{sign(self._keys[0], self._purpose, {'sound': name}, expires_at=ends)}"

    def sound(self, token: str) -> Path | None:
        """The sound at an address that was made here; None for any other, or one that has ended."""
        for key in self._keys:
            with suppress(BadToken):
                return self.speech.kept(str(verify(key, self._purpose, token, now=self.now()).get("sound", "")))
        return None

    @property
    def _keys(self) -> Sequence[bytes]:
        return [one.encode() for one in self.secrets]

    @property
    def _purpose(self) -> str:
        return f"said:{self.hooks.base}"
