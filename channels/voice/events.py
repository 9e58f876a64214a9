"""What happened to a call, in no provider's words.

Providers tell things twice, late and out of order: `CallEvent.key` is the same each time the same thing is told.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal


class CallEventKind(StrEnum):
    """What can happen to a call."""

    RINGING = "call.ringing"
    ANSWERED = "call.answered"
    DTMF = "call.dtmf"
    SPEECH = "call.speech"
    SILENCE = "call.silence"
    QUEUE_JOINED = "call.queue_joined"
    QUEUE_LEFT = "call.queue_left"
    QUEUE_WAITS = "call.queue_waits"
    AGENT_RINGING = "call.agent_ringing"
    BRIDGED = "call.bridged"
    UNBRIDGED = "call.unbridged"
    HELD = "call.held"
    RESUMED = "call.resumed"
    TRANSFERRED = "call.transferred"
    RECORDING_READY = "call.recording_ready"
    VOICEMAIL = "call.voicemail"
    CONTINUED = "call.continued"
    ENDED = "call.ended"


Leg = Literal["caller", "callee"]
By = Literal["", "agent", "caller", "us", "caller_or_script"]
Provider = Literal["jambonz", "twiml", "simotel"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What a recogniser understood; `confidence` from 0 to 1."""

    text: str
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CallEvent:
    """One thing that happened to one leg of a call.

    `call` is the provider's id of the leg, `parent` that of the caller's leg where this is another. `at` is in ms since
    the epoch, None when the provider does not say. `seq` orders what is told of one leg, None when the provider has no
    order. `token` is that of the step whose outcome this is. `caller` and `callee` are as the provider wrote them.

    `reason` is the provider's own word (a queue result, a dial status), lower case. `seconds`: how long it took (wait,
    a call, a recording). `by`: who ended the leg, as far as the telephone system tells: its far end (`caller`), the
    `agent`, we (`us`), or the far end unless its script was over (`caller_or_script`); of a conversation that is over,
    `caller`: the others went first. `queue`, `place` (from 1), `waiting` (how many there are).
    `recording`: the address of a recording or its name. `raw` is the body as it came, for the record; it and `digits`
    are in no log line.
    """

    kind: CallEventKind
    provider: Provider
    call: str
    leg: Leg = "caller"
    parent: str | None = None
    at: int | None = None
    seq: int | None = None
    token: str | None = None
    caller: str = ""
    callee: str = ""
    name: str = ""
    digits: str = field(default="", repr=False)
    heard: Heard | None = field(default=None, repr=False)
    reason: str = ""
    by: By = ""
    seconds: float | None = None
    queue: str | None = None
    place: int | None = None
    waiting: int | None = None
    recording: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    raw: bytes = field(default=b"", repr=False)

    @property
    def key(self) -> str:
        """The same for the same event of the same leg, however often it is told."""
        order = self.seq if self.seq is not None else self.token or self.reason
        return f"{self.provider}:{self.call}:{self.kind}:{order}"


class BadCall(ValueError):
    """What came cannot be understood. `code`: unreadable, too_large, not_a_call, empty; the text says what is wrong."""

    def __init__(self, code: str, text: str) -> None:
        """Say what is wrong, without repeating what came."""
        super().__init__(text)
        self.code = code
        self.text = text
