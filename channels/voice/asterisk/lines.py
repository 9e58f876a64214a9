"""Who waits in which line, and where. Pure bookkeeping; places count from 0, a smaller priority comes first."""

import asyncio
from dataclasses import dataclass, field

from channels.voice.asterisk.room import Room

Outcome = Room | None
"""Where a caller goes on: into a room with who took the call, or (None) on with the script."""


@dataclass(slots=True, kw_only=True)
class Waiting:
    """A caller in a line, since so many ms since the epoch. `over` is told where the caller goes on."""

    sid: str
    line: str
    priority: int
    since: int
    over: "asyncio.Future[Outcome]"


@dataclass(slots=True)
class Lines:
    """All lines of one gateway."""

    _lines: dict[str, list[Waiting]] = field(default_factory=dict)
    _seekers: set["asyncio.Future[None]"] = field(default_factory=set)

    def join(self, line: str, sid: str, priority: int, since: int) -> Waiting:
        """Stand in a line; who stood there before (another gateway's life) gets the same place."""
        waiting = Waiting(
            sid=sid, line=line, priority=priority, since=since, over=asyncio.get_running_loop().create_future()
        )
        row = self._lines.setdefault(line, [])
        row.append(waiting)
        row.sort(key=lambda one: (one.priority, one.since))
        for seeker in list(self._seekers):
            if not seeker.done():
                seeker.set_result(None)
        return waiting

    def leave(self, sid: str) -> Waiting | None:
        """Go out of the line; who went and from which, None when it is in none."""
        for name, row in self._lines.items():
            for waiting in row:
                if waiting.sid == sid:
                    row.remove(waiting)
                    if not row:
                        del self._lines[name]
                    return waiting
        return None

    def length(self, line: str) -> int:
        """How many wait."""
        return len(self._lines.get(line, ()))

    def place(self, waiting: Waiting) -> int:
        """From 0."""
        return self._lines[waiting.line].index(waiting)

    def names(self) -> list[str]:
        """The lines in which somebody waits."""
        return sorted(self._lines)

    async def take(self, line: str, sid: str, seconds: float) -> Waiting | None:
        """Take one given caller, or the first, out of a line; None when nobody comes in so many seconds."""
        try:
            async with asyncio.timeout(seconds):
                while (found := self._find(line, sid)) is None:
                    seeker: asyncio.Future[None] = asyncio.get_running_loop().create_future()
                    self._seekers.add(seeker)
                    try:
                        await seeker
                    finally:
                        self._seekers.discard(seeker)
        except TimeoutError:
            return None
        return self.leave(found.sid)

    def _find(self, line: str, sid: str) -> Waiting | None:
        return next((one for one in self._lines.get(line, ()) if not sid or one.sid == sid), None)
