"""The e-mail channel's bench: a mail server delivers to it by LMTP, another takes its mail by SMTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import ClassVar, Self

from tests.channels.email.lab import SARA, SECRET, Lab, email_lab, letter
from tests.contracts.bench import REFUSAL, WORDS, Bench, Mood, Outcome, Promise


class EmailBench(Bench):
    """A mailbox behind two mail servers."""

    name = package = "email"
    exempt: ClassVar = {
        Promise.AUTHENTIC: "anybody may write a mail in anybody's name: senders are claimed until DMARC says otherwise",
        Promise.LIMITED: "a mail server's 4xx never says for how long; the pauses are ours and grow to an hour",
    }

    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        self.channel, self.inlet = lab.channel, lab.inlet
        self.secrets = (SECRET,)
        self.address = SARA
        lab.configure("box")

    @classmethod
    @asynccontextmanager
    async def open(cls) -> AsyncIterator[Self]:
        async with email_lab() as lab:
            bench = cls(lab)
            async with lab.running():
                await lab.listening()
                yield bench

    async def deliver(self, id_: str) -> Outcome:
        return await self._bring(letter(WORDS, id_=f"{id_}@customer.example"))

    async def forge(self) -> list[Outcome]:
        return []

    async def garble(self) -> list[Outcome]:
        nobody = await self._bring(letter(WORDS), to="nobody@shop.example")
        bodies = (
            b"\r\n",
            b"\xff\xfe\x00\r\n",
            b"Subject: x\r\n\r\n",
            b"From: \r\n" * 3_000 + b"\r\n",
            b"x" * 2_500_000,
        )
        return [nobody, *[await self._bring(one) for one in bodies]]

    def set_mood(self, mood: Mood) -> None:
        self.lab.post.answers = {"DATA": f"550 5.7.0 {REFUSAL}"} if mood is Mood.REFUSES else {}
        self.lab.post.mood = "hangs" if mood is Mood.HANGS else "takes"

    def taken(self) -> list[str]:
        return [one.text.partition("\n")[0].strip() for one in self.lab.post.taken]

    async def _bring(self, raw: bytes, to: str = "box@shop.example") -> Outcome:
        ((code, _),) = (await self.lab.lmtp(raw, to)).values()
        match code // 100:
            case 2:
                return Outcome.STORED
            case 4:
                return Outcome.AGAIN
            case 5:
                return Outcome.REFUSED
            case _:
                return Outcome.BROKEN
