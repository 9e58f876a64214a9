"""What is known of the calls that are live, in a file each: it outlives the gateway, and Asterisk.

A file goes when the end of its call has been told. So a gateway that starts knows which of Asterisk's channels are
whose and what they were doing, and which calls have ended unseen.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import quote

import msgspec
import structlog
from msgspec import Struct

_log = structlog.get_logger(__name__)
Status = Literal["trying", "ringing", "in-progress", "completed", "failed", "busy", "no-answer"]


class Doing(Struct, frozen=True, kw_only=True):
    """A verb that lasts (a line, a conversation), and what comes after it.

    `since`: ms since the epoch. `room`: where the call is heard, "" while it waits. `waited`: seconds in a line before
    it. `child`: the leg that was rung.
    """

    verb: dict[str, object]
    rest: list[dict[str, object]] = []
    since: int
    room: str = ""
    waited: int = 0
    child: str = ""


class Facts(Struct, frozen=True, kw_only=True):
    """One call. Its id is that of Asterisk's channel; times are ms since the epoch. `key`: that of who had it made."""

    sid: str
    direction: Literal["inbound", "outbound"]
    caller: str
    callee: str
    name: str = ""
    sip_call: str = ""
    parent: str = ""
    hook: str = ""
    status_hook: str = ""
    began: int
    answered: int | None = None
    status: Status = "trying"
    sip_status: int = 100
    tags: Mapping[str, object] = {}
    doing: Doing | None = None
    recording: Literal["", "on", "paused"] = ""
    taped: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Journal:
    """The files of one gateway, and beside them which call was made with which key."""

    folder: Path
    _made: dict[str, str] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        """Know the keys of the calls that were there before."""
        for facts in self.all():
            self._index(facts)

    def keep(self, facts: Facts) -> None:
        """Write it whole, or not at all."""
        place = self._place(facts.sid)
        part = place.with_suffix(".part")
        part.write_bytes(msgspec.json.encode(facts))
        part.replace(place)
        self._index(facts)

    def forget(self, facts: Facts) -> None:
        """It has ended, and that was told."""
        self._place(facts.sid).unlink(missing_ok=True)
        if self.made(facts.key) == facts.sid:
            del self._made[facts.key]

    def all(self) -> list[Facts]:
        """What was kept; a file that cannot be read is left out, and deleted."""
        self.folder.mkdir(parents=True, exist_ok=True)
        found = []
        for path in sorted(self.folder.glob("*.json")):
            try:
                found.append(msgspec.json.decode(path.read_bytes(), type=Facts))
            except (msgspec.DecodeError, msgspec.ValidationError) as error:
                _log.warning("gateway.unreadable_call", file=path.name, error=str(error)[:120])
                path.unlink(missing_ok=True)
        return sorted(found, key=lambda one: one.began)

    def made(self, key: str) -> str | None:
        """The call that was made with a key, until its end has been told."""
        return self._made.get(key)

    def _index(self, facts: Facts) -> None:
        if facts.key:
            self._made[facts.key] = facts.sid

    def _place(self, sid: str) -> Path:
        return self.folder / f"{quote(sid, safe='')}.json"
