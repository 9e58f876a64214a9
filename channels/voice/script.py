"""What a call does next, in no provider's words: a script is a row of steps, and each dialect renders it.

Whoever writes a script knows nothing of verbs, XML or channels; whoever renders one decides nothing. Times are in
seconds. A step whose outcome comes back (collected digits, the end of a leg) carries a `token` that comes back with it:
an answer with another token than the call's present one is late, and changes nothing.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, get_args

Locale = Literal["fa", "en"]
TargetKind = Literal["phone", "sip", "user"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Pick up. Without it a dialect picks up at the first step that needs sound."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Say:
    """Speak. `text` is as people write it; numbers and dates in it are prepared for the ear by the speaker."""

    text: str
    locale: Locale = "fa"
    voice: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Play:
    """Play a recording, `loop` times; `url` is an http(s) address or a name that the telephone system knows."""

    url: str
    loop: int = 1


Prompt = Say | Play


@dataclass(frozen=True, slots=True, kw_only=True)
class Collect:
    """Ask and listen, for keys, for speech or for both; silence comes back as an outcome too.

    `timeout`: so long may the caller say nothing after the prompt; `digit_timeout`: so long between two keys. It ends
    at `max_digits` keys, at `finish_key` (may be empty) or at a pause in the speech. `hints`: words that are likely.
    `secret`: what is keyed is never stored nor logged (a card number).
    """

    token: str
    prompt: tuple[Prompt, ...] = ()
    digits: bool = True
    speech: bool = False
    min_digits: int = 1
    max_digits: int = 1
    finish_key: str = "#"
    timeout: float = 6
    digit_timeout: float = 3
    hints: tuple[str, ...] = ()
    locale: Locale = "fa"
    secret: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Whom to ring: a phone number (E.164), a SIP address, or a registered device ("user", an extension)."""

    kind: TargetKind
    to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Connect:
    """Ring all targets at once and join the first that picks up, for `timeout` seconds of ringing.

    `confirm`: who picked up hears it first, alone, and takes the call with a key. `caller_id`: the number shown.
    """

    token: str
    targets: tuple[Target, ...]
    timeout: float = 20
    caller_id: str = ""
    record: bool = False
    confirm: tuple[Prompt, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Enqueue:
    """Wait in a line. The dialect asks again and again what to play meanwhile. A smaller `priority` comes first."""

    token: str
    name: str
    priority: int = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Take:
    """Join this (agent's) call with one given call that waits in a line."""

    token: str
    call: str
    queue: str


AGENT = "agent"
"""What whoever speaks with a caller is called in their room."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Meet:
    """Speak with everybody in a room; a conversation of two is a room as well, under its caller's call.

    `watch`: as a supervisor, who keeps nobody's room open; one who whispers is heard by the leg `beside` them.
    `ends`: the room is over when this call leaves it. `rings`: who is alone in it hears that it rings somewhere.
    """

    token: str
    room: str
    watch: Literal["", "listen", "whisper", "barge"] = ""
    beside: str = ""
    ends: bool = False
    rings: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Leave:
    """Leave the line; the script goes on with what the outcome of `Enqueue` asks for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """Record the call from here on, stop, or hold the recording while something secret is said.

    `token` comes back with the recording.
    """

    action: Literal["start", "stop", "pause", "resume"]
    token: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Voicemail:
    """Record what the caller says until silence, `finish_key` or `longest` seconds."""

    token: str
    longest: int = 120
    silence: int = 4
    finish_key: str = "#"
    beep: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """Hand the call on. Blind: it is gone; warm: the two who stay speak first, `introduction` is what they hear."""

    token: str
    mode: Literal["blind", "warm"]
    target: Target
    caller_id: str = ""
    timeout: float = 20
    introduction: tuple[Prompt, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcribe:
    """Begin or stop to write down what is said, beside everything else."""

    on: bool = True
    locale: Locale = "fa"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """Data that comes back with everything that is told of this call from now on."""

    data: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """Silence."""

    seconds: float = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Redirect:
    """Ask for a new script; `token` comes along."""

    token: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Hangup:
    """End the call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reject:
    """Do not take a call that has not been picked up."""

    reason: Literal["busy", "rejected"] = "rejected"


Step = (
    Answer
    | Say
    | Play
    | Collect
    | Connect
    | Enqueue
    | Take
    | Meet
    | Leave
    | Record
    | Voicemail
    | Transfer
    | Transcribe
    | Tag
    | Pause
    | Redirect
    | Hangup
    | Reject
)
Script = tuple[Step, ...]

HookKind = Literal[
    "call",
    "status",
    "continue",
    "collect",
    "connect",
    "confirm",
    "queue",
    "queue_events",
    "wait",
    "take",
    "voicemail",
    "recording",
    "transfer",
    "transcript",
]
"""What a telephone system asks or tells: a new call, how a leg fares, or the outcome of a step."""
HOOK_KINDS: tuple[HookKind, ...] = get_args(HookKind)


class NotRenderable(ValueError):
    """This step cannot be said in this dialect; the text tells which and why."""


def together(prompts: Sequence[Prompt]) -> tuple[Prompt, ...]:
    """The same prompts, with what one voice says one after the other made one."""
    found: list[Prompt] = []
    for one in prompts:
        last = found[-1] if found else None
        if isinstance(one, Say) and isinstance(last, Say) and (one.locale, one.voice) == (last.locale, last.voice):
            found[-1] = replace(last, text=f"{last.text} {one.text}")
        else:
            found.append(one)
    return tuple(found)


def says_in(script: Script) -> Iterator[Say]:
    """Everything that is said in it."""
    for step in script:
        match step:
            case Say():
                yield step
            case Collect():
                yield from (one for one in step.prompt if isinstance(one, Say))
            case Connect():
                yield from (one for one in step.confirm if isinstance(one, Say))
            case Transfer():
                yield from (one for one in step.introduction if isinstance(one, Say))
            case _:
                pass


def with_sounds(script: Script, sound: Callable[[Say], Prompt]) -> Script:
    """The script with what is said changed: played instead, for a system that has no voice of its own."""

    def heard(prompts: Sequence[Prompt]) -> tuple[Prompt, ...]:
        return tuple(sound(one) if isinstance(one, Say) else one for one in prompts)

    def changed(step: Step) -> Step:
        match step:
            case Say():
                return sound(step)
            case Collect():
                return replace(step, prompt=heard(step.prompt))
            case Connect():
                return replace(step, confirm=heard(step.confirm))
            case Transfer():
                return replace(step, introduction=heard(step.introduction))
            case _:
                return step

    return tuple(changed(step) for step in script)
