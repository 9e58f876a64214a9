"""Who listens to which recording: to move about in one is one listening, however many parts are asked for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from hub.clock import Clock

PAUSE_MS = 15 * 60_000
"""Whoever asks for nothing of a recording for so long and then comes back listens anew."""


@dataclass(slots=True)
class Listening:
    """When each agent asked for a part of each recording last (ms); what is long over is forgotten."""

    clock: Clock
    _asked: dict[tuple[str, str], int] = field(default_factory=dict)

    @contextmanager
    def to(self, agent: str, file: str) -> Iterator[bool]:
        """An agent asks for a recording, or for a part of it; whether that begins a listening.

        It has not begun where the block, in which that is recorded, fails.
        """
        now = self.clock.now()
        self._asked = {key: at for key, at in self._asked.items() if now - at < PAUSE_MS}
        fresh = (agent, file) not in self._asked
        self._asked[agent, file] = now
        try:
            yield fresh
        except BaseException:
            if fresh:
                self._asked.pop((agent, file), None)
            raise
