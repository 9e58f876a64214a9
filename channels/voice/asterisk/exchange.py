"""What all calls of one connection to Asterisk share."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any

import structlog

from channels.voice.asterisk.ari import Ari, Channel
from channels.voice.asterisk.journal import Facts, Journal
from channels.voice.asterisk.leg import Leg
from channels.voice.asterisk.lines import Lines
from channels.voice.asterisk.room import Room
from channels.voice.asterisk.settings import GatewaySettings
from channels.voice.asterisk.sounds import Sounds
from channels.voice.asterisk.tapes import Tapes
from channels.voice.asterisk.teller import Teller
from channels.voice.asterisk.webhook import Application
from channels.voice.speech.port import Transcriber

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class Lease:
    """A browser's right to register, until it lapses; `login` is whose."""

    login: str


@dataclass(slots=True, kw_only=True)
class Exchange:
    """The parts, and who is there: `legs` by id, `rooms` by name, `browsers` that may register by theirs.

    `leaving`: legs whose channel is gone, and whose script is being broken off. `early`: channels that came in while
    the calls from before were being taken up; None once that is done.
    """

    settings: GatewaySettings
    ari: Ari
    application: Application
    sounds: Sounds
    journal: Journal
    teller: Teller
    tapes: Tapes
    transcriber: Transcriber | None = None
    legs: dict[str, Leg] = field(default_factory=dict)
    leaving: list[Leg] = field(default_factory=list)
    rooms: dict[str, Room] = field(default_factory=dict)
    lines: Lines = field(default_factory=Lines)
    browsers: dict[str, Lease] = field(default_factory=dict)
    tasks: set[asyncio.Task[None]] = field(default_factory=set)
    early: list[Channel] | None = field(default_factory=list)

    def add(self, facts: Facts) -> Leg:
        """A leg is there."""
        leg = Leg(
            ari=self.ari,
            journal=self.journal,
            teller=self.teller,
            account=self.settings.account,
            application=self.settings.application,
            api=f"{self.settings.public}/v1",
            facts=facts,
            answered=asyncio.get_running_loop().create_future(),
        )
        self.legs[leg.sid] = leg
        self.journal.keep(facts)
        return leg

    def room(self, name: str, *, pair: bool) -> Room:
        """The room of a name; a new one is not open yet."""
        if name not in self.rooms:
            self.rooms[name] = Room(ari=self.ari, name=name, pair=pair, on_empty=self._closed)
        return self.rooms[name]

    def spawn(self, work: Coroutine[Any, Any, None], name: str) -> None:
        """Do something beside the reading of events; it fails for itself alone."""
        task = asyncio.create_task(work, name=name)
        self.tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self.tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.warning("gateway.failed", task=task.get_name(), error=f"{type(error).__name__}: {error}"[:200])

    def _closed(self, room: Room) -> None:
        if self.rooms.get(room.name) is room:
            del self.rooms[room.name]
