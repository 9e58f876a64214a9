"""What a Simotel tells of calls that it joins by itself: each becomes a conversation, and follows its caller.

What comes twice, late or out of order changes nothing more: a report of a call whose beginning was never told begins
and ends it, one that says who took it makes up for a telephone of which nothing was heard. Places that were reserved
and messages that were left are told of by number alone: they are the last call's of that number, while it is there.
"""

from dataclasses import replace
from typing import Literal
from zlib import crc32

from channels.calls import Happening, Recording
from channels.contract import ChannelError
from channels.voice import attendant, parse
from channels.voice.events import CallEvent, CallEventKind
from channels.voice.numbers import caller
from channels.voice.office import Office
from channels.voice.record import Record
from channels.voice.simotel.parse import BY_NUMBER
from channels.voice.simotel.walking import begin, pair

_BEGINS = frozenset({CallEventKind.RINGING, CallEventKind.QUEUE_LEFT, CallEventKind.ENDED})
_SCORES = range(1, 6)
_LONGEST_WAIT_MS = 12 * 3_600_000
"""A place that is said to be older is not believed."""


async def follow(office: Office, event: CallEvent) -> None:
    """Do what an event asks for. Raises `ChannelError` when nothing can be stored."""
    record = await _record_of(office, event)
    if record is not None and record.mode == "over" and _comes_too_late(office, event):
        record = await _record_of(office, replace(event, call=f"{BY_NUMBER[0]}{event.call}"))
    if record is None:
        return  # a call between extensions, or one that went out
    match event.kind:
        case CallEventKind.RINGING if event.leg == "callee" and record.mode == "callback":
            await office.records.keep_leg(record.call, event.call)
        case CallEventKind.AGENT_RINGING if record.mode == "live":
            await _happened(office, record, event, "agent_ringing", agent=event.callee)
        case CallEventKind.ANSWERED | CallEventKind.TRANSFERRED if record.mode == "live":
            await _joined(office, record, event)
        case CallEventKind.QUEUE_LEFT if event.reason == "bridged" and record.mode == "live":
            await _joined(office, record, event)
            if event.by in {"agent", "caller"}:
                await office.records.keep(replace(record, ended_by="agent" if event.by == "agent" else "caller"))
        case CallEventKind.QUEUE_JOINED:
            await _reserved(office, record, event)
        case CallEventKind.ENDED if event.leg == "caller":
            await _ended(office, record, event)
        case CallEventKind.VOICEMAIL if event.reason in {"", "success"}:
            await office.switchboard.to_line(record.call, queue=None, reason="voicemail")
            await _sound(office, record, event, "voicemail")
            await office.records.keep(replace(record, mode="callback" if record.mode == "callback" else "message"))
        case CallEventKind.DTMF if event.digits.isdecimal() and int(event.digits) in _SCORES:
            await _rated(office, record, int(event.digits))
        case _:
            pass


def _comes_too_late(office: Office, event: CallEvent) -> bool:
    """Whether the conversation of a call that is over takes no more what its caller has left: it begins another."""
    fetched = bool(event.recording) and bool(office.settings.simotel_url)
    return event.kind is CallEventKind.QUEUE_JOINED or (event.kind is CallEventKind.VOICEMAIL and not fetched)


async def _record_of(office: Office, event: CallEvent) -> Record | None:
    """The call that an event is of; one that it is the first to tell of begins."""
    name = event.parent or event.call
    record = await office.records.get(office.inbox, name)
    if record is not None:
        return record
    if event.kind is CallEventKind.RINGING and event.leg == "callee":
        return await office.records.call_of_number(office.inbox, caller(event.callee).address)
    by_number = event.call.startswith(BY_NUMBER)
    if by_number:
        record = await office.records.call_of_number(office.inbox, caller(event.caller).address)
        if record is not None and record.mode != "over":
            return record
    if by_number or (event.leg == "caller" and event.kind in _BEGINS and _comes_in(event)):
        await begin(office, event)
        return await office.records.get(office.inbox, event.call)
    return None


def _comes_in(event: CallEvent) -> bool:
    """Whether a report is of a call from outside; events that say so are."""
    return event.tags.get("type", "incoming") == "incoming"


async def _joined(office: Office, record: Record, event: CallEvent) -> None:
    await office.switchboard.taken(record.call, phone=event.callee, key=f"joined:{event.callee}")


async def _reserved(office: Office, record: Record, event: CallEvent) -> None:
    """The caller hung up, and has the place in the hub's line that they had in Simotel's."""
    if record.mode != "live":
        return
    line = dict(map(pair, office.settings.lines)).get(event.queue or "")
    now = office.now()
    since = max(min(event.at, now), now - _LONGEST_WAIT_MS) if event.at is not None else None
    await office.switchboard.to_line(record.call, queue=line, reason="callback", since=since)
    to = parse.call_back_to(record.call) or ""
    await office.switchboard.happened(record.call, Happening(what="callback", key="callback", values={"to": to}))
    await office.records.keep(replace(record, mode="callback"))


async def _ended(office: Office, record: Record, event: CallEvent) -> None:
    if record.mode == "callback" and event.call != record.call.sid:
        await _called_back(office, record, event)
        return
    await _sound(office, record, event, "recording")
    await attendant.ended(office, record, event)


async def _called_back(office: Office, record: Record, event: CallEvent) -> None:
    """Somebody has dialled the number at their telephone."""
    number = crc32(event.call.encode())
    if event.reason != "answered":
        told = Happening(what="not_reached", key=f"not_reached:{number}")
        await office.switchboard.happened(record.call, told)
        return
    await office.switchboard.taken(record.call, phone=event.caller, key=f"joined:{number}")
    await _sound(office, record, event, "recording")
    await office.switchboard.ended(record.call, by="", reason=event.reason, attempt=number)
    await office.records.keep(replace(record, mode="over"))


async def _sound(office: Office, record: Record, event: CallEvent, kind: Literal["recording", "voicemail"]) -> None:
    """A sound is fetched, where the inbox has Simotel's API; else its name is told."""
    if not event.recording:
        if kind == "voicemail":
            await _happened(office, record, event, kind)
        return
    if not office.settings.simotel_url:
        await _happened(office, record, event, kind, name=event.recording)
        return
    found = Recording(
        kind=kind,
        key=f"{kind}:{event.recording}",
        seconds=event.seconds or 0,
        source={"file": event.recording},
        most=office.settings.most_recording,
    )
    await office.switchboard.recorded(record.call, found)


async def _rated(office: Office, record: Record, score: int) -> None:
    call = record.call
    try:
        await office.inlet.rate(call.inbox, call.address, call.conversation, score, None)
    except ChannelError as error:
        if error.retryable:
            raise


async def _happened(
    office: Office,
    record: Record,
    event: CallEvent,
    what: Literal["agent_ringing", "recording", "voicemail"],
    **more: str,
) -> None:
    values = {name: value for name, value in more.items() if value}
    if event.seconds is not None:
        values["seconds"] = str(round(event.seconds))
    told = Happening(what=what, key=f"{what}:{event.callee}:{event.recording or ''}", values=values)
    await office.switchboard.happened(record.call, told)
