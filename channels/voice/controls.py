"""What the agent who speaks with a caller does with the call."""

from dataclasses import replace
from typing import Literal

import structlog

from channels.calls import Control, Happened, Happening, Phone
from channels.contract import ChannelError
from channels.voice import compose, parse, telephones
from channels.voice.office import Office
from channels.voice.record import AgentLeg, Record
from channels.voice.system import CallApiError

log = structlog.get_logger(__name__)

Tape = Literal["record", "record_pause", "record_resume"]
_TAPES: dict[Tape, tuple[str, Literal["on", "paused"], Literal["start", "pause", "resume"], Happened]] = {
    "record": ("off", "on", "start", "tape_on"),
    "record_pause": ("on", "paused", "pause", "tape_paused"),
    "record_resume": ("paused", "on", "resume", "tape_resumed"),
}
"""From which state of the tape, to which, by which action, and what the timeline says of it."""


async def control(office: Office, record: Record, control: Control, to: str, phone: Phone | None) -> Phone | None:
    """What the agent who speaks with the caller wants. Raises `ChannelError`."""
    leg = record.leg
    if record.mode == "over" or record.onward or leg is None or not leg.joined:
        raise ChannelError("not_live", "This call is not live.", status=409)
    try:
        match control:
            case "hold" | "resume":
                await _hold(office, record, on=control == "hold")
            case "mute" | "unmute":
                await office.api.mute(leg.sid, on=control == "mute", room=record.customer)
            case "hang_up":
                await _hang_up(office, record)
            case "send_on":
                await _send_on(office, record, leg, to)
            case "record" | "record_pause" | "record_resume":
                await _tape(office, record, leg, control)
            case _:
                return await _with_third(office, record, leg, control, phone)
    except CallApiError as error:
        code = "not_live" if error.gone else "phone_failed"
        raise ChannelError(code, "The telephone system did not do it.", status=409) from error
    return None


async def _with_third(
    office: Office, record: Record, leg: AgentLeg, control: Control, phone: Phone | None
) -> Phone | None:
    aside = record.aside
    match control:
        case "consult" if phone is not None and aside is None:
            await _consult(office, record, phone)
        case "conference" if aside is not None and aside.picked_up and not record.conferring:
            await _confer(office, record, aside)
        case "complete" if aside is not None and aside.picked_up:
            return await _complete(office, record, leg, aside)
        case "back":
            if aside is not None:
                await telephones.let_go(office, aside)
            await _hold(office, await office.records.keep(replace(record, aside=None, conferring=False)), on=False)
        case _:
            raise ChannelError("not_allowed", "This cannot be done with this call now.", status=409)
    return None


async def _hang_up(office: Office, record: Record) -> None:
    by_agent = replace(record, ended_by="agent")
    try:
        await office.api.hang_up(record.customer)
    except CallApiError as error:
        if error.uncertain:
            await office.records.keep(by_agent)
        raise
    await office.records.keep(by_agent)


async def _hold(office: Office, record: Record, *, on: bool) -> None:
    await office.api.hold(record.customer, on=on, room=record.customer)
    standing = await office.switchboard.standing(record.call)
    what: Literal["held", "resumed"] = "held" if on else "resumed"
    await office.switchboard.happened(record.call, Happening(what=what, key=f"{what}:{standing.seq}"))


async def _tape(office: Office, record: Record, leg: AgentLeg, control: Tape) -> None:
    """Begin to record, or be silent in it while something secret (a card number) is said."""
    before, after, action, what = _TAPES[control]
    if record.tape != before:
        raise ChannelError("not_allowed", "The recording does not stand so.", status=409)
    standing = await office.switchboard.standing(record.call)
    if control == "record" and standing.announced and not record.announced:
        for words in compose.recorded(record):
            await office.api.announce(record.customer, words, room=record.customer)
        record = replace(record, announced=True)
    await office.api.record(leg.sid, action, office.hooks, token=parse.leg_token(record.call, leg.phone))
    await office.records.keep(replace(record, tape=after))
    await office.switchboard.happened(record.call, Happening(what=what, key=f"{what}:{standing.seq}"))


async def _send_on(office: Office, record: Record, leg: AgentLeg, to: str) -> None:
    """To a number outside, which the agent may have dialled."""
    await office.records.keep(replace(record, onward=to, leg=None))
    try:
        await office.api.redirect(record.customer, office.hooks, token=compose.ONWARD)
    except CallApiError:  # they speak on
        await office.records.keep(record)
        raise
    told = Happening(what="sent_on", key=f"on:{leg.phone.attempt}", values={"to": to})
    await office.switchboard.happened(record.call, told)
    await telephones.let_go(office, leg)


async def _consult(office: Office, record: Record, phone: Phone) -> None:
    await _hold(office, record, on=True)
    sid = await telephones.dial(office, record.call, phone, aside=True)
    told = Happening(what="consulting", key=f"consulting:{sid}", values={"agent": phone.name})
    await office.switchboard.happened(record.call, told)
    await office.records.keep(replace(record, aside=AgentLeg(phone=phone, sid=sid)))


async def _confer(office: Office, record: Record, aside: AgentLeg) -> None:
    """All three hear each other."""
    await office.api.hold(record.customer, on=False, room=record.customer)
    await office.records.keep(replace(record, conferring=True))
    told = Happening(what="conference", key=f"conference:{aside.sid}", values={"agent": aside.phone.name})
    await office.switchboard.happened(record.call, told)


async def _complete(office: Office, record: Record, leg: AgentLeg, aside: AgentLeg) -> Phone:
    """The caller stays with the third; with one who is none of ours, the call is passed on."""
    await _hold(office, record, on=False)
    record = replace(record, aside=None, conferring=False)
    record = replace(record, leg=replace(aside, joined=True))
    await telephones.nobody_listens(office, record)
    if aside.phone.agent:
        await office.records.keep(record)
        await telephones.tape_goes_on(office, record)
    else:
        await _tape_ends(office, record, leg)
        await office.records.keep(replace(record, onward=aside.phone.to, tape=""))
        told = Happening(what="sent_on", key=f"on:{leg.phone.attempt}", values={"to": aside.phone.to})
        await office.switchboard.happened(record.call, told)
    await telephones.let_go(office, leg)
    return aside.phone


async def _tape_ends(office: Office, record: Record, leg: AgentLeg) -> None:
    """What is said to who is none of ours is not recorded."""
    if record.tape not in {"on", "paused"}:
        return
    try:
        await office.api.record(leg.sid, "stop", office.hooks, token=parse.leg_token(record.call, leg.phone))
    except CallApiError as error:
        log.warning("tape_not_ended", call=record.call.sid, gone=error.gone)
