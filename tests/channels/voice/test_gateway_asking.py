"""What callers key in moments that no telephone can be made to hit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import cast

from channels.voice.asterisk.asking import gather
from channels.voice.asterisk.exchange import Exchange
from channels.voice.asterisk.leg import Leg
from channels.voice.asterisk.verbs import Gather


@dataclass
class Hasty:
    """Somebody who keys before we know that their call is answered."""

    sid: str = "hasty"
    on_digit: Callable[[str], None] | None = None

    async def pick_up(self) -> None:
        if self.on_digit is not None:
            self.on_digit("6")


async def test_a_key_in_the_moment_of_the_answer_counts() -> None:
    told = await gather(
        cast("Exchange", SimpleNamespace(transcriber=None)), cast("Leg", Hasty()), Gather(num_digits=1, timeout=0.1)
    )
    assert told == {"reason": "dtmfDetected", "digits": "6"}
