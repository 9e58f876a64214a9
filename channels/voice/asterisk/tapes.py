"""Recordings: which belongs to which call, and what the hub is told when one can be fetched."""

from dataclasses import dataclass, field
from urllib.parse import quote

from channels.voice.asterisk.ari import Ari, AriError, Recording
from channels.voice.asterisk.leg import Leg
from channels.voice.asterisk.room import Room
from channels.voice.asterisk.teller import Teller
from channels.voice.asterisk.webhook import Payload


@dataclass(slots=True, kw_only=True)
class Tapes:
    """`public` is where the hub fetches recordings, `hook` where it is told of them."""

    teller: Teller
    public: str
    account: str
    hook: str
    _running: dict[str, tuple[str, Payload]] = field(default_factory=dict)

    def url(self, name: str) -> str:
        """Where the hub fetches a recording (with its key)."""
        return f"{self.public}/v1/Accounts/{quote(self.account)}/Recordings/{quote(name)}"

    def about(self, recording: Recording) -> Payload:
        """What is told of one."""
        return {"recording_url": self.url(recording.name), "recording_duration": recording.duration}

    async def begin(self, room: Room, legs: "list[Leg]") -> None:
        """Record a room if one of those in it is to be recorded."""
        wanted = next((one for one in legs if one.facts.recording), None)
        if wanted is None or room.recording:
            return
        name = await room.record()
        self.belongs(name, wanted)
        if wanted.facts.recording == "paused":
            await room.record_pause(on=True)

    def belongs(self, name: str, leg: Leg) -> None:
        """Remember whose a running recording is."""
        leg.change(taped=name)
        self._running[name] = (leg.sid, leg.payload())

    async def found(self, ari: Ari, leg: Leg) -> None:
        """Look after the recording that a call had when the connection was lost."""
        name = leg.facts.taped
        if not name:
            return
        self._running[name] = (leg.sid, leg.payload())
        try:
            await ari.request("GET", f"recordings/live/{name}")
            if leg.room is not None:
                leg.room.recording = name
        except AriError:
            try:
                self.finished(await ari.read(f"recordings/stored/{name}", Recording))
            except AriError:
                del self._running[name]

    def finished(self, recording: Recording) -> None:
        """One is complete: the hub is told where it is."""
        if (found := self._running.pop(recording.name, None)) is not None:
            sid, payload = found
            self.teller.tell(sid, self.hook, {**payload, **self.about(recording)})
