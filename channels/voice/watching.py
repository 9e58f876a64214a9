"""Supervisors in a call: their telephone rings, and they hear both, are heard by the agent alone, or by both."""

from dataclasses import replace
from typing import Literal

from channels.calls import Phone, Watch
from channels.contract import ChannelError
from channels.voice import parse, telephones
from channels.voice.events import CallEvent, CallEventKind
from channels.voice.jambonz.api import CallApiError
from channels.voice.office import Office
from channels.voice.record import AgentLeg, Record
from channels.voice.script import AGENT, Hangup, Meet, Script

Part = Literal["listen", "whisper", "barge"]
_STEPS: dict[Part, tuple[tuple[Literal["coach", "uncoach", "mute", "unmute"], str], ...]] = {
    "listen": (("mute", ""), ("uncoach", "")),
    "whisper": (("coach", AGENT), ("unmute", "")),
    "barge": (("uncoach", ""), ("unmute", "")),
}
"""In an order in which nobody is heard for a moment who should not be."""


async def watch(office: Office, record: Record, watch: Watch, phone: Phone) -> None:
    """Do what a supervisor says. Raises `ChannelError`."""
    if record.mode != "live" or record.leg is None or not record.leg.joined:
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
        raise ChannelError("phone_failed", "The telephone system did not do it.", status=409) from error


async def _change(office: Office, record: Record, ear: AgentLeg, part: Part) -> None:
    if ear.picked_up:
        for action, tag in _STEPS[part]:
            await office.api.take_part(ear.sid, action, tag)
    await office.records.keep(replace(record, watch=part))


async def told(office: Office, record: Record, ear: AgentLeg, event: CallEvent) -> Script:
    """Something happened to a supervisor's leg."""
    match event.kind:
        case CallEventKind.CONTINUED if record.leg is not None and record.leg.joined:
            await office.records.keep(replace(record, ear=replace(ear, picked_up=True)))
            return (Meet(token=parse.leg_token(record.call, ear.phone), room=record.call.sid, watch=record.watch),)
        case CallEventKind.ENDED:
            await office.records.keep(replace(record, ear=None))
        case _:
            pass
    return (Hangup(),)
