"""What a caller or an agent hears, made from what the hub has to say. Pure."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from channels.calls import Standing
from channels.contract import Outbound
from channels.voice import script as steps
from channels.voice.hearing import script_of
from channels.voice.parse import leg_token, target_of
from channels.voice.phrases import phrase
from channels.voice.record import AgentLeg, Record
from channels.voice.script import Locale, Play, Say, Script, Step
from channels.voice.settings import VoiceSettings

WAIT_SECONDS = 10.0
LINE = "line"
"""The token with which a caller is sent back to the line."""
EXIT = "exit"
"""The token of a caller who is led out of the line, to be offered something else."""
ONWARD = "onward"
"""The token of a call that an agent has passed on to a number outside."""
ROOM = "room"
"""The token of a caller who is brought to the agent that takes them."""
MOST_CHOICES = 9


def asked(record: Record, settings: VoiceSettings) -> Script:
    """What the caller hears and is asked now, in the flow."""
    script = script_of(record.flow, record.state)
    told = recorded(record) if record.announces == record.state.turn else ()
    return tuple(
        one
        for step in script
        for one in (*(told if isinstance(step, steps.Enqueue) else ()), _own(step, record, settings))
    )


def _own(step: Step, record: Record, settings: VoiceSettings) -> Step:
    """A line of the telephone system's is one caller's alone: who is next is for the hub to say."""
    match step:
        case steps.Enqueue():
            return replace(step, name=record.call.conversation)
        case steps.Collect(speech=True):
            return replace(step, speech=settings.speech)
        case _:
            return step


def recorded(record: Record) -> tuple[Say, ...]:
    """That the call is recorded."""
    locale = record.state.locale
    return (Say(text=phrase("recorded", locale), locale=locale),)


def tape(standing: Standing, settings: VoiceSettings) -> Literal["", "off", "on"]:
    """Whether a conversation is recorded from its beginning, or can be, by its line's policy."""
    match standing.recording:
        case "inbox":
            return "on" if settings.record else ""
        case "all":
            return "on"
        case "on_demand":
            return "off"
        case "none":
            return ""


def announcement(
    record: Record, standing: Standing, settings: VoiceSettings, *, again: bool = False
) -> tuple[Say, ...]:
    """What the caller has to hear before they are recorded; `again`: also if they should have heard it just now."""
    heard = record.announced and not (again and record.announces == record.state.turn)
    return recorded(record) if standing.announced and not heard and tape(standing, settings) == "on" else ()


def announced(record: Record) -> Record:
    """That of a caller who hears it now."""
    return replace(record, announced=True, announces=record.state.turn)


def in_line(record: Record) -> Script:
    """Back to the line."""
    return (steps.Enqueue(token=record.state.token, name=record.call.conversation),)


def waiting(
    record: Record, standing: Standing, said: Sequence[str], left: float | None, settings: VoiceSettings
) -> Script:
    """What somebody in line hears: news, the place where it is another now, music. `left`: seconds of patience."""
    if left is not None and left <= 0 and standing.owner in {"queue", "offer"}:
        return (steps.Leave(),)
    locale = record.state.locale
    words = [*said, *_place(record, standing, locale)]
    says = (*announcement(record, standing, settings), *(Say(text=one, locale=locale) for one in words))
    if settings.music_url:
        return (*says, Play(url=settings.music_url))
    return (*says, steps.Pause(seconds=min(WAIT_SECONDS, max(left, 1.0)) if left is not None else WAIT_SECONDS))


def told(record: Record, standing: Standing) -> tuple[int, int | None] | None:
    """The place and wait that a caller knows once `waiting` has been heard."""
    return (standing.place, standing.wait_minutes) if standing.place is not None else record.told


def _place(record: Record, standing: Standing, locale: Locale) -> tuple[str, ...]:
    """Place and wait, when either is another than what they heard."""
    if standing.place is None or standing.owner == "agent" or told(record, standing) == record.told:
        return ()
    if standing.wait_minutes is None:
        return (phrase("place", locale).format(place=standing.place),)
    return (phrase("place_and_wait", locale).format(place=standing.place, minutes=standing.wait_minutes),)


def spoken(entries: Sequence[Outbound], locale: Locale) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
    """The words of messages to the customer, and the choices in the last of them as (title, payload)."""
    said: list[str] = []
    choices: tuple[tuple[str, str], ...] = ()
    for entry in entries:
        if entry.author not in {"bot", "system"}:
            continue
        choices = ()
        for part in entry.parts:
            if part.type == "text" and part.text:
                said.append(part.text)
            if part.type == "buttons":
                choices = tuple((one.title, one.payload) for one in part.buttons[:MOST_CHOICES])
                said += [phrase("choice", locale).format(key=n, title=one[0]) for n, one in enumerate(choices, 1)]
    return tuple(said), choices


def takes(record: Record, leg: AgentLeg) -> Script:
    """What an agent's telephone does once it is picked up: take the caller out of the line."""
    token = leg_token(record.call, leg.phone)
    return (*_taped(record, token), steps.Take(token=token, call=record.customer, queue=record.call.conversation))


def calls_back(record: Record, leg: AgentLeg) -> Script:
    """The same where the customer is being called back: wait for them to answer."""
    token = leg_token(record.call, leg.phone)
    return (*_taped(record, token), steps.Meet(token=token, room=record.customer, rings=True))


def _taped(record: Record, token: str) -> Script:
    return (steps.Record(action="start", token=token),) if record.tape == "on" else ()


def sent_on(record: Record, settings: VoiceSettings) -> Script:
    """The caller goes on to a number outside."""
    shown = settings.caller_id
    return (steps.Connect(token=ONWARD, targets=(target_of(record.onward),), caller_id=shown), steps.Hangup())
