"""The agents' side of a call: their telephones ring, take the caller, and are let go."""

from dataclasses import replace
from typing import Literal

import structlog

from channels.calls import Call, Control, Happening, Phone
from channels.contract import ChannelError
from channels.voice import compose, parse
from channels.voice.events import CallEvent, CallEventKind
from channels.voice.jambonz.api import CallApiError
from channels.voice.numbers import dialable
from channels.voice.office import Office
from channels.voice.record import AgentLeg, Record
from channels.voice.script import Hangup, Meet, Script

log = structlog.get_logger(__name__)


async def ring(office: Office, record: Record, phone: Phone) -> None:
    """Ring whoever has accepted the call. Raises `ChannelError` (`phone_failed`) when nobody can be rung."""
    leg = record.leg
    if record.mode == "over" or (leg is not None and leg.phone.attempt == phone.attempt):
        return
    if leg is not None and leg.joined and leg.phone.agent == phone.agent:  # left to them by who had it
        await office.records.keep(replace(record, leg=replace(leg, phone=phone)))
        return
    if leg is not None:
        await let_go(office, leg)
    await office.switchboard.happened(record.call, _told("agent_ringing", phone))
    record = await office.records.keep(replace(record, leg=AgentLeg(phone=phone)))
    try:
        sid = await _dial(office, record.call, phone)
    except CallApiError as error:
        log.warning("phone_not_rung", call=record.call.sid, uncertain=error.uncertain)
        if not error.uncertain:
            await office.records.keep(replace(record, leg=None))
        raise ChannelError("phone_failed", "The telephone system does not ring this telephone.", status=502) from error
    await office.records.keep(replace(record, leg=AgentLeg(phone=phone, sid=sid)))
    if record.mode == "callback":
        await office.records.keep_leg(record.call, sid)
    if record.mode == "live" and not record.lined:  # they left the line for an offer: back to where they are taken from
        await send_back(office, record)


async def _dial(office: Office, call: Call, phone: Phone, *, aside: bool = False) -> str:
    return await office.api.create_call(
        parse.target_of(phone.to),
        office.hooks,
        token=parse.leg_token(call, phone, aside=aside),
        caller_id=office.settings.caller_id or call.address.removeprefix("anonymous:"),
        ring_seconds=office.settings.ring_seconds,
    )


def _told(what: str, phone: Phone) -> Happening:
    return Happening(what=what, key=f"{what}:{phone.attempt}", values={"agent": phone.name})  # type: ignore[arg-type]


async def told(office: Office, record: Record, event: CallEvent, attempt: int) -> Script:
    """Something happened to an agent's leg."""
    if record.mode == "over":
        return (Hangup(),)
    if record.aside is not None and _is(record.aside, event, attempt):
        return await _told_aside(office, record, record.aside, event)
    leg = record.leg
    if leg is None or not _is(leg, event, attempt):
        return (Hangup(),)
    match event.kind:
        case CallEventKind.CONTINUED:
            await office.records.keep(replace(record, leg=replace(leg, sid=event.call, picked_up=True)))
            return compose.picked_up(record, leg, office.settings)
        case CallEventKind.UNBRIDGED if not leg.joined and record.mode == "callback":
            await office.switchboard.happened(record.call, _told("not_reached", leg.phone))
            await office.records.keep(replace(record, leg=None))
        case CallEventKind.UNBRIDGED if not leg.joined:
            await not_joined(office, record, "caller_not_there", blame=False)
        case CallEventKind.ENDED if not leg.joined:
            await not_joined(office, record, event.reason, blame=not leg.picked_up)
        case CallEventKind.ENDED:
            await office.records.keep(replace(record, leg=None))
            if record.mode == "callback":
                call, attempt = record.call, leg.phone.attempt
                await office.switchboard.ended(call, by="us", reason=event.reason, attempt=attempt)
        case _:
            pass
    return (Hangup(),)


def _is(leg: AgentLeg, event: CallEvent, attempt: int) -> bool:
    return leg.sid == event.call or (not leg.sid and leg.phone.attempt == attempt)


async def _told_aside(office: Office, record: Record, leg: AgentLeg, event: CallEvent) -> Script:
    """Something happened to the leg of a colleague who is asked for advice."""
    match event.kind:
        case CallEventKind.CONTINUED:
            await office.records.keep(replace(record, aside=replace(leg, sid=event.call, picked_up=True)))
            return (Meet(token=parse.leg_token(record.call, leg.phone), room=record.call.sid),)
        case CallEventKind.ENDED:
            await office.records.keep(replace(record, aside=None))
            await office.switchboard.happened(record.call, Happening(what="held", key=f"held:{leg.sid}"))
        case _:
            pass
    return (Hangup(),)


async def not_joined(office: Office, record: Record, reason: str, *, blame: bool) -> None:
    """Nobody picked up: the caller waits on, the next agent is asked."""
    if record.leg is None:
        return
    phone = record.leg.phone
    await office.records.keep(replace(record, leg=None))
    await office.switchboard.not_joined(record.call, phone, reason, blame=blame)


async def joined(office: Office, record: Record) -> None:
    """The caller was taken out of the line by the agent's leg, or has picked up when called back."""
    leg = record.leg
    if leg is None or leg.joined:
        return
    await office.switchboard.happened(record.call, _told("joined", leg.phone))
    await office.records.keep(replace(record, lined=False, leg=replace(leg, joined=True)))


async def park(office: Office, record: Record) -> None:
    """The caller waits again, and whoever spoke with them is let go."""
    leg, spoke = record.leg, record.leg is not None and record.leg.joined
    if record.mode != "live" or leg is None:
        return
    record = await office.records.keep(replace(record, leg=None))
    if spoke:
        await office.switchboard.happened(record.call, _told("parked", leg.phone))
        await send_back(office, record)
    await let_go(office, leg)


async def send_back(office: Office, record: Record) -> None:
    """Break off what the caller does; they are asked for a script again, and come into the line."""
    try:
        await office.api.redirect(record.call.sid, office.hooks, token=compose.LINE)
    except CallApiError as error:
        log.warning("caller_not_sent_back", call=record.call.sid, gone=error.gone)


async def let_go(office: Office, leg: AgentLeg) -> None:
    """End an agent's leg."""
    if leg.sid:
        await _quietly_end(office, leg.sid)


async def drop(office: Office, record: Record) -> None:
    """End the call."""
    if record.mode == "over":
        return
    if record.leg is not None:
        await let_go(office, record.leg)
    if record.aside is not None:
        await let_go(office, record.aside)
    if record.mode == "live" and not record.onward:
        await _quietly_end(office, record.call.sid)


async def _quietly_end(office: Office, sid: str) -> None:
    try:
        await office.api.hang_up(sid)
    except CallApiError as error:
        log.info("leg_not_ended", call=sid, gone=error.gone)


async def control(office: Office, record: Record, control: Control, to: str, phone: Phone | None) -> Phone | None:
    """What the agent who speaks with the caller wants. Raises `ChannelError`."""
    leg = record.leg
    if record.mode == "over" or leg is None or not leg.joined:
        raise ChannelError("not_live", "This call is not live.", status=409)
    try:
        match control:
            case "hold" | "resume":
                await _hold(office, record, on=control == "hold")
            case "mute" | "unmute":
                await office.api.mute(leg.sid, on=control == "mute")
            case "hang_up":
                await office.api.hang_up(record.call.sid)
            case "send_on":
                await _send_on(office, record, leg, to)
            case "consult" if phone is not None:
                await _consult(office, record, phone)
            case "complete" if record.aside is not None and record.aside.picked_up:
                return await _complete(office, record, leg, record.aside)
            case "back":
                if record.aside is not None:
                    await let_go(office, record.aside)
                await _hold(office, await office.records.keep(replace(record, aside=None)), on=False)
            case _:
                raise ChannelError("not_allowed", "This cannot be done with this call now.", status=409)
    except CallApiError as error:
        code = "not_live" if error.gone else "phone_failed"
        raise ChannelError(code, "The telephone system did not do it.", status=409) from error
    return None


async def _hold(office: Office, record: Record, *, on: bool) -> None:
    await office.api.hold(record.call.sid, on=on)
    standing = await office.switchboard.standing(record.call)
    what: Literal["held", "resumed"] = "held" if on else "resumed"
    await office.switchboard.happened(record.call, Happening(what=what, key=f"{what}:{standing.seq}"))


async def _send_on(office: Office, record: Record, leg: AgentLeg, to: str) -> None:
    """To a number outside, where an admin allows it."""
    number = dialable(to)
    if number is None or not any(number.startswith(dialed) for dialed in office.settings.outside_prefixes):
        raise ChannelError("not_allowed", "Calls may not be passed on to this number.", status=409)
    record = await office.records.keep(replace(record, onward=number, leg=None))
    await office.api.redirect(record.call.sid, office.hooks, token=compose.ONWARD)
    told = Happening(what="sent_on", key=f"on:{leg.phone.attempt}", values={"to": number})
    await office.switchboard.happened(record.call, told)
    await let_go(office, leg)


async def _consult(office: Office, record: Record, phone: Phone) -> None:
    if record.aside is not None:
        raise ChannelError("not_allowed", "A colleague is being asked already.", status=409)
    await _hold(office, record, on=True)
    sid = await _dial(office, record.call, phone, aside=True)
    told = Happening(what="consulting", key=f"consulting:{sid}", values={"agent": phone.name})
    await office.switchboard.happened(record.call, told)
    await office.records.keep(replace(record, aside=AgentLeg(phone=phone, sid=sid)))


async def _complete(office: Office, record: Record, leg: AgentLeg, aside: AgentLeg) -> Phone:
    """The caller stays with the colleague."""
    await _hold(office, record, on=False)
    await office.records.keep(replace(record, leg=replace(aside, joined=True), aside=None))
    await let_go(office, leg)
    return aside.phone
