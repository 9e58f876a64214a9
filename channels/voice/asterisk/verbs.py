"""The verbs of the jambonz dialect that a plain Asterisk can do (schemas: npm `@jambonz/schema`, `verbs/`).

Fields that are not named here are ignored; a verb that jambonz knows and we do not do is left out with a log line
(`transcribe`, `message`, `alert`, the vendors' own); anything else makes the whole answer nonsense.
"""

from collections.abc import Mapping
from typing import Literal

import msgspec
import structlog
from msgspec import Struct

_log = structlog.get_logger(__name__)
_NOT_DONE = frozenset({"transcribe", "message", "alert", "sip:refer", "sip:request", "rest:dial"})


class HookObject(Struct, frozen=True, kw_only=True):
    """A hook that is written out."""

    url: str


Hook = str | HookObject


def address(hook: Hook) -> str:
    """Where a hook is."""
    return hook if isinstance(hook, str) else hook.url


class Synthesizer(Struct, frozen=True, kw_only=True):
    """Who speaks; `language` as in "fa-IR"."""

    language: str = ""
    voice: str = ""


class Base(Struct, frozen=True, kw_only=True, tag_field="verb", rename="camel"):
    """Any verb."""


class Answer(Base, frozen=True, kw_only=True, tag="answer"):
    """Pick up."""


class Say(Base, frozen=True, kw_only=True, tag="say"):
    """Speak; of several texts one is chosen."""

    text: str | tuple[str, ...]
    loop: int | str = 1
    synthesizer: Synthesizer | None = None


class Play(Base, frozen=True, kw_only=True, tag="play"):
    """Play a file from an address, or one that Asterisk has."""

    url: str | tuple[str, ...]
    loop: int | str = 1
    action_hook: Hook | None = None


class PromptSay(Struct, frozen=True, kw_only=True, rename="camel"):
    """What a gather says."""

    text: str | tuple[str, ...]
    loop: int | str = 1
    synthesizer: Synthesizer | None = None


class PromptPlay(Struct, frozen=True, kw_only=True, rename="camel"):
    """What a gather plays."""

    url: str | tuple[str, ...]
    loop: int | str = 1


class Recognizer(Struct, frozen=True, kw_only=True):
    """Who listens."""

    language: str = ""


class Gather(Base, frozen=True, kw_only=True, tag="gather"):
    """Ask for keys, speech or both; seconds. `timeout` 0 waits for ever."""

    action_hook: Hook | None = None
    input: tuple[str, ...] = ("digits",)
    finish_on_key: str = ""
    num_digits: int | None = None
    min_digits: int = 1
    max_digits: int | None = None
    inter_digit_timeout: float = 3
    timeout: float = 5
    speech_timeout: float = 1
    listen_during_prompt: bool = True
    dtmf_bargein: bool = True
    bargein: bool = False
    recognizer: Recognizer | None = None
    say: PromptSay | None = None
    play: PromptPlay | None = None


class Target(Struct, frozen=True, kw_only=True, rename="camel"):
    """Whom to ring."""

    type: Literal["phone", "sip", "user"]
    number: str = ""
    sip_uri: str = ""
    name: str = ""
    trunk: str = ""
    headers: Mapping[str, str] = {}
    confirm_hook: Hook | None = None


class Dial(Base, frozen=True, kw_only=True, tag="dial"):
    """Ring all targets and speak with the first that picks up."""

    target: tuple[Target, ...]
    action_hook: Hook | None = None
    confirm_hook: Hook | None = None
    answer_on_bridge: bool = False
    caller_id: str = ""
    headers: Mapping[str, str] = {}
    timeout: float = 30
    time_limit: float = 0


class Brief(Struct, frozen=True, kw_only=True):
    """What the one who takes over hears first."""

    text: str
    synthesizer: Synthesizer | None = None


class Transfer(Base, frozen=True, kw_only=True, tag="transfer"):
    """Hand this call on; the caller hears music until somebody has it."""

    target: tuple[Target, ...]
    mode: Literal["blind", "warm"] = "blind"
    action_hook: Hook | None = None
    caller_id: str = ""
    timeout: float = 30
    brief: Brief | None = None


class Enqueue(Base, frozen=True, kw_only=True, tag="enqueue"):
    """Wait in a line."""

    name: str
    action_hook: Hook | None = None
    wait_hook: Hook | None = None
    priority: int = 999


class Dequeue(Base, frozen=True, kw_only=True, tag="dequeue"):
    """Speak with somebody who waits in a line: `callSid`, or whoever is first."""

    name: str
    action_hook: Hook | None = None
    timeout: float = 0
    beep: bool = False
    call_sid: str = ""


class Leave(Base, frozen=True, kw_only=True, tag="leave"):
    """Leave the line or the conference."""


class Conference(Base, frozen=True, kw_only=True, tag="conference"):
    """Speak with everybody who is in a room."""

    name: str
    action_hook: Hook | None = None
    member_tag: str = ""
    speak_only_to: str = ""
    join_muted: bool = False
    beep: bool = False
    start_conference_on_enter: bool = True
    end_conference_on_exit: bool = False
    status_hook: Hook | None = None
    status_events: tuple[str, ...] = ()


class Room(Conference, frozen=True, kw_only=True, tag="room"):
    """The new name of a conference."""


class Pause(Base, frozen=True, kw_only=True, tag="pause"):
    """Silence, in seconds."""

    length: float


class Redirect(Base, frozen=True, kw_only=True, tag="redirect"):
    """Ask for another script."""

    action_hook: Hook


class Hangup(Base, frozen=True, kw_only=True, tag="hangup"):
    """End the call."""


class Decline(Base, frozen=True, kw_only=True, tag="sip:decline"):
    """Do not take the call."""

    status: int
    reason: str = ""


class Record(Struct, frozen=True, kw_only=True):
    """What becomes of the recording of this call."""

    action: Literal["startCallRecording", "stopCallRecording", "pauseCallRecording", "resumeCallRecording"]


class Config(Base, frozen=True, kw_only=True, tag="config"):
    """Settings of this call."""

    record: Record | None = None
    synthesizer: Synthesizer | None = None
    recognizer: Recognizer | None = None


class Dtmf(Base, frozen=True, kw_only=True, tag="dtmf"):
    """Send keys; `duration` of each in ms."""

    dtmf: str
    duration: int = 100


class Tag(Base, frozen=True, kw_only=True, tag="tag"):
    """Data that comes back with each hook."""

    data: Mapping[str, object]


class DubSay(Struct, frozen=True, kw_only=True):
    """What a track says."""

    text: str
    synthesizer: Synthesizer | None = None


class Dub(Base, frozen=True, kw_only=True, tag="dub"):
    """Sound for this leg alone, beside everything else. Tracks have no name of their own here: they just play."""

    action: str
    track: str = ""
    play: str = ""
    say: str | DubSay = ""


class Listen(Base, frozen=True, kw_only=True, tag="listen"):
    """Record what the caller says: `max_length` and `timeout` (of silence) in seconds."""

    url: str
    action_hook: Hook | None = None
    finish_on_key: str = ""
    max_length: int = 0
    timeout: int = 0
    play_beep: bool = False


class Stream(Listen, frozen=True, kw_only=True, tag="stream"):
    """The new name of `listen`."""


Verb = (
    Answer
    | Say
    | Play
    | Gather
    | Dial
    | Transfer
    | Enqueue
    | Dequeue
    | Leave
    | Conference
    | Room
    | Pause
    | Redirect
    | Hangup
    | Decline
    | Config
    | Dtmf
    | Tag
    | Dub
    | Listen
    | Stream
)
Verbs = tuple[Verb, ...]


class BadVerbsError(ValueError):
    """The application's answer is no list of verbs; the text says where, and never what was to be said."""


def read(raw: object) -> Verbs:
    """The verbs of an answer. Raises `BadVerbsError`."""
    listed = raw if isinstance(raw, list) else [raw]
    found: list[Verb] = []
    for one in listed:
        name = one.get("verb") if isinstance(one, dict) else None
        if name in _NOT_DONE or (isinstance(name, str) and name.endswith("_s2s")):
            _log.warning("gateway.verb_not_done", verb=name)
            continue
        try:
            found.append(msgspec.convert(one, Verb))
        except msgspec.ValidationError as error:
            raise BadVerbsError(str(error)) from error
    return tuple(found)


def plain(verb: Verb) -> dict[str, object]:
    """A verb as data, from which `read` makes the same again."""
    return dict(msgspec.to_builtins(verb))
