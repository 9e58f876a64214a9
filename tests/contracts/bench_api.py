"""The API channel's bench."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Self

from tests.channels.api.lab import SECRET, Lab, Reply, api_lab
from tests.contracts.bench import REFUSAL, WAIT_SECONDS, WORDS, Bench, Mood, Outcome, outcome_of


class ApiBench(Bench):
    """Another system that signs, and a callback server."""

    name = package = "api"

    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        self.channel, self.inlet = lab.channel, lab.inlet
        self.secrets = (SECRET,)
        self.address = "customer-09121234567"
        lab.configure(inbox="box")

    @classmethod
    @asynccontextmanager
    async def open(cls) -> AsyncIterator[Self]:
        async with api_lab() as lab:
            yield cls(lab)

    async def deliver(self, id_: str) -> Outcome:
        return _outcome(await self._post(self._body(), id_=id_))

    async def forge(self) -> list[Outcome]:
        raw = json.dumps(self._body()).encode()
        unsigned = await self.lab.raw("POST", "/channels/api/box/messages", raw)
        wrong = await self._post(self._body(), secret="w" * 40)
        other = await self._post(self._body(), headers={"webhook-signature": "v1,AAAA"})
        return [_outcome(one) for one in (unsigned, wrong, other)]

    async def garble(self) -> list[Outcome]:
        bodies = (b"", b"\xff", b"null", b"[" * 100_000, {"sender": 1}, {**self._body(), "text": {"$gt": ""}})
        return [_outcome(await self._post(body)) for body in bodies]

    def set_mood(self, mood: Mood) -> None:
        status = {Mood.TAKES: 200, Mood.REFUSES: 422, Mood.LIMITS: 429, Mood.HANGS: 0}
        self.lab.other.status = status[mood]
        self.lab.other.answer = REFUSAL.encode() if mood is Mood.REFUSES else b""
        self.lab.other.headers = {"Retry-After": str(WAIT_SECONDS)} if mood is Mood.LIMITS else {}

    def taken(self) -> list[str]:
        return [one.json["parts"][0]["text"] for one in self.lab.other.taken]

    def _body(self) -> dict[str, Any]:
        return {"sender": {"id": self.address}, "text": WORDS}

    async def _post(self, body: object, **how: Any) -> Reply:
        return await self.lab.call("messages", body, inbox="box", **how)


def _outcome(reply: Reply) -> Outcome:
    return outcome_of(reply.status, reply.headers)
