"""Supervisors in a call: their telephone rings, and they hear both, are heard by the agent alone, or by both."""

from dataclasses import replace
from typing import Literal

import structlog

from channels.calls import Phone, Watch
from channels.contract import ChannelError
from channels.voice import parse, telephones
from channels.voice.events import CallEvent, CallEventKind
from channels.voice.office import Office
from channels.voice.record import AgentLeg, Record
from channels.voice.script import Hangup, Meet, Script
from channels.voice.system import CallApiError, Part

log = structlog.get_logger(__name__)

Hears = Literal["listen", "whisper", "barge"]
_STEPS: dict[Hears, tuple[Part, ...]] = {
    "listen": ("mute", "uncoach"),
    "whisper": ("coach", "unmute"),
    "barge": ("uncoach", "unmute"),
}
"""In an order in which nobody is heard for a moment who should not be."""


async def watch(office: Office, record: Record, watch: Watch, phone: Phone) -> None:
    """Do what a supervisor says. Raises `ChannelError`."""
    if record.mode != "live" or record.onward or record.leg is None or not record.leg.joined:
        raise ChannelError("not_live", "Nobody speaks with this caller now.", status=409)
    ear = record.ear
    if ear is not None and ear.phone.agent != phone.agent:
        raise ChannelError("taken", "Another supervisor is in this call.", status=409)
    try:
        if watch == "leave":
            if ear is not None:
                await office.api.hang_up(ear.sid)
        elif ear is None:
            sid = await telephones.dial(office, record.call, phone, aside=True)
            await office.records.keep(replace(record, ear=AgentLeg(phone=phone, sid=sid), watch=watch))
        else:
            await _change(office, record, ear, watch)
    except CallApiError as error:
        if error.gone and ear is not None:
            await office.records.keep(replace(record, ear=None))
            await office.switchboard.watched(record.call, ear.phone, "leave")
        raise ChannelError("phone_failed", "The telephone system did not do it.", status=409) from error


async def _change(office: Office, record: Record, ear: AgentLeg, watch: Hears) -> None:
    agent = record.leg.sid if record.leg is not None else ""
    if ear.picked_up:
        for part in _STEPS[watch]:
            await office.api.take_part(ear.sid, part, room=record.customer, agent=agent)
        await office.switchboard.watched(record.call, ear.phone, watch)
    await office.records.keep(replace(record, watch=watch))


async def told(office: Office, record: Record, ear: AgentLeg, event: CallEvent) -> Script:
    """Something happened to a supervisor's leg."""
    match event.kind:
        case CallEventKind.CONTINUED if record.leg is not None and record.leg.joined:
            await office.records.keep(replace(record, ear=replace(ear, picked_up=True)))
            await office.switchboard.watched(record.call, ear.phone, record.watch)
            token, room = parse.leg_token(record.call, ear.phone), record.customer
            return (Meet(token=token, room=room, watch=record.watch, beside=record.leg.sid),)
        case CallEventKind.ENDED:
            await office.records.keep(replace(record, ear=None))
            await office.switchboard.watched(record.call, ear.phone, "leave")
        case _:
            pass
    return (Hangup(),)


async def told_again(office: Office, record: Record) -> None:
    """Tell how a supervisor is in a call, unless they have left it while nobody heard of that."""
    ear = record.ear
    if ear is None or not ear.picked_up:
        return
    try:
        gone = await office.api.fate(ear.sid) is not None
    except CallApiError as error:
        log.info("ear_not_confirmed", conversation=record.call.conversation, why=str(error))
        gone = False
    if gone:
        await office.records.keep(replace(record, ear=None))
    else:
        await office.switchboard.watched(record.call, ear.phone, record.watch)
