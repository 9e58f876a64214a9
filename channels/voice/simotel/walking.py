"""What a call at a Simotel does next, from the flow of its number: announcements, digits, and the way out.

Only what was uploaded to the Simotel can be said there. What cannot be said leads to people, as does an end of the flow
that the Simotel does not know.

A Simotel numbers nothing, so a question that comes twice is known by what it says: the same digits at the same
component within `AGAIN_MS`, in which nobody hears a prompt and keys anew, are answered as before, and lead no further.
"""

from dataclasses import replace

from channels.calls import Standing
from channels.contract import ChannelError
from channels.voice import attendant
from channels.voice.events import CallEvent, CallEventKind
from channels.voice.flow import Callback, Queue, Voicemail
from channels.voice.hearing import script_of
from channels.voice.office import Office
from channels.voice.record import Record
from channels.voice.script import Enqueue, NotRenderable, Prompt, Say, Script
from channels.voice.settings import VoiceSettings
from channels.voice.simotel.answers import Exits, Question, Reply, to_commands

AGAIN_MS = 1_500
"""Simotel waits a second for an answer; whoever asks once more does so by then, or just after."""
_HANDED_OVER = frozenset({"queue", "offer", "agent"})
_HANDOFF = "\x00handoff"


def to_people(settings: VoiceSettings) -> Reply:
    """The way to the usual line."""
    return to_commands((Enqueue(token="", name=""),), exits_of(settings), lambda _: None)


def way_out(reply: Reply) -> str:
    """Where a reply leads, as the number of the way; "" where it asks something first."""
    _, found, way = reply.get("commands", "").rpartition("Exit('")
    return way.partition("'")[0] if found else ""


def exits_of(settings: VoiceSettings) -> Exits:
    """The ways out that an admin has drawn in Simotel, lines by their ids."""
    lines = {line: way for line, way in map(pair, settings.exits) if line and way}
    own = {"": settings.line_exit, _HANDOFF: settings.handoff_exit or settings.line_exit}
    return Exits(extension=settings.extension_exit, end=settings.end_exit, queues={**own, **lines})


async def walk(office: Office, asked: Question) -> Reply:
    """Take the call to where its answer leads. Raises `ChannelError` when nothing can be stored."""
    record = await office.records.get(office.inbox, asked.call)
    event = CallEvent(
        kind=CallEventKind.RINGING,
        provider="simotel",
        call=asked.call,
        caller=asked.source,
        callee=asked.destination,
    )
    now = (asked.app, asked.data, office.now())
    if record is None:
        await begin(office, event)
    elif record.mode == "live" and not _asked_before(record, now):
        kind = CallEventKind.DTMF if asked.data else CallEventKind.SILENCE
        told = replace(event, kind=kind, token=record.state.token, digits=asked.data)
        await attendant.answered(office, replace(record, asked=now), told)
    found = await office.records.get(office.inbox, asked.call)
    if found is None:
        raise ChannelError("not_found", "This call is over.", status=404)
    if found.asked is None:
        found = await office.records.keep(replace(found, asked=now))
    return _said(found, office.settings, await office.switchboard.standing(found.call))


async def begin(office: Office, event: CallEvent) -> None:
    """A call has come in; some things will be told of its number alone."""
    await attendant.called(office, event)
    record = await office.records.get(office.inbox, event.call)
    if record is not None:
        await office.records.keep_number(record.call)


def _asked_before(record: Record, now: tuple[str, str, int]) -> bool:
    """Whether this was asked just now, or is the first question of a call that its events have begun."""
    app, data, at = now
    if record.asked is None:
        return not data
    return record.asked[:2] == (app, data) and at - record.asked[2] <= AGAIN_MS


def _said(record: Record, settings: VoiceSettings, standing: Standing) -> Reply:
    if isinstance(record.flow.nodes.get(record.state.node), Callback | Voicemail):
        return to_people(settings)  # they have lines and mailboxes of their own there
    named = {_plain(words): name for name, words in map(pair, settings.announcements)}

    def announcement(prompt: Prompt) -> str | None:
        return named.get(_plain(prompt.text)) if isinstance(prompt, Say) else prompt.url

    try:
        script = _to_line(script_of(record.flow, record.state), record, settings, standing)
        return to_commands(script, exits_of(settings), announcement)
    except NotRenderable:
        return to_people(settings)


def _to_line(script: Script, record: Record, settings: VoiceSettings, standing: Standing) -> Script:
    """What the bot has handed over goes where the hub's line leads there, unless the flow itself names another."""
    node = record.flow.nodes.get(record.state.node)
    if not isinstance(node, Queue) or node.queue or standing.owner not in _HANDED_OVER:
        return script
    name = standing.queue if standing.queue in exits_of(settings).queues and standing.queue else _HANDOFF
    return tuple(replace(one, name=name) if isinstance(one, Enqueue) else one for one in script)


def pair(line: str) -> tuple[str, str]:
    """What stands before and after the first `=`."""
    name, _, rest = line.partition("=")
    return name.strip(), rest.strip()


def _plain(words: str) -> str:
    return " ".join(words.split())
