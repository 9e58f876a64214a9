"""The voice channel's bench: a telephone system that signs, and a caller who speaks."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, ClassVar, Self

from tests.channels.voice.desk_lab import CALLER, KEY, SECRET, Answer, Lab, voice_lab
from tests.contracts.bench import WORDS, Bench, Mood, Outcome, Promise, outcome_of

_HEARD = "stored means sent: what is said is read from the timeline at the next hook, and nobody can refuse it"


class VoiceBench(Bench):
    """One call, whose caller says something at each question."""

    name = package = "voice"
    exempt: ClassVar[Mapping[Promise, str]] = {
        Promise.SENDS: _HEARD,
        Promise.REFUSED: _HEARD,
        Promise.LIMITED: _HEARD,
        Promise.HANGS: _HEARD,
    }

    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        self.channel, self.inlet = lab.channel, lab.inlet
        self.secrets = (SECRET, KEY)
        self.address = CALLER
        self._tokens: dict[str, str] = {}
        self._token = ""

    @classmethod
    @asynccontextmanager
    async def open(cls) -> AsyncIterator[Self]:
        async with voice_lab() as lab:
            bench = cls(lab)
            bench._token = (await lab.call()).token
            yield bench

    async def deliver(self, id_: str) -> Outcome:
        token = self._tokens.setdefault(id_, self._token)
        answer = await self.lab.hook("collect", self._speech(), token=token)
        self._token = answer.token or self._token
        return _outcome(answer)

    async def forge(self) -> list[Outcome]:
        wrong: list[dict[str, Any]] = [
            {"headers": {}},
            {"secret": "w" * 40},
            {"at": self.lab.clock.now() // 1000 - 301},
            {"headers": {"Jambonz-Signature": "t=1,v1=00"}},
        ]
        return [_outcome(await self.lab.hook("collect", self._speech(), token=self._token, **how)) for how in wrong]

    async def garble(self) -> list[Outcome]:
        bodies: tuple[object, ...] = (b"", b"\xff", b"null", b"[" * 100_000, {"call_sid": {"$gt": ""}}, {})
        return [_outcome(await self.lab.hook("collect", body, token=self._token)) for body in bodies]

    def set_mood(self, mood: Mood) -> None:
        assert mood is Mood.TAKES

    def taken(self) -> list[str]:
        return []

    def _speech(self) -> dict[str, Any]:
        heard = {"alternatives": [{"transcript": WORDS, "confidence": 0.9}]}
        return {"call_sid": "call-1", "from": CALLER, "reason": "speechDetected", "speech": heard}


def _outcome(answer: Answer) -> Outcome:
    return outcome_of(answer.status, answer.headers)
