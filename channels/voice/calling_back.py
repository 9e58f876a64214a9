"""Customers who are called back: once the agent's telephone is picked up, the hub rings theirs.

From when they answer, their leg is the caller's of a call like any other: it waits, is held, and is passed on.
"""

from dataclasses import replace

import structlog

from channels.voice import compose, parse, telephones
from channels.voice.events import CallEvent, CallEventKind
from channels.voice.office import Office
from channels.voice.record import AgentLeg, Record
from channels.voice.script import Hangup, Meet, Say, Script
from channels.voice.system import CallApiError

log = structlog.get_logger(__name__)

RING_SECONDS = 40


async def dial(office: Office, record: Record, leg: AgentLeg) -> Script:
    """Ring the customer, for an agent whose telephone was picked up: they wait in the room for them.

    That it is tried is kept before: after a crash, a leg that was made is found instead of ringing them twice.
    """
    attempt = leg.phone.attempt
    if record.attempt != attempt or not record.back:
        before = record.attempt == attempt
        record = await office.records.keep(replace(record, back="", attempt=attempt, ended_by=""))
        try:
            back = await _rung(office, record, before=before)
        except CallApiError as error:
            log.warning("customer_not_rung", call=record.call.sid, uncertain=error.uncertain)
            await _not_reached(office, record, leg)
            return (Hangup(),)
        await office.records.keep_leg(record.call, back)
        record = await office.records.keep(replace(record, back=back))
    return compose.calls_back(record, leg)


async def _rung(office: Office, record: Record, *, before: bool) -> str:
    """The leg by which the customer is rung; `before`: it was tried. Raises `CallApiError`."""
    target, token = parse.target_of(record.call.address), parse.customer_token(record.call, record.attempt)
    if before and (found := await office.api.rung(target, token=token)) is not None:
        return found
    try:
        return await office.api.create_call(
            target,
            office.hooks,
            token=token,
            caller_id=office.settings.caller_id or record.called,
            ring_seconds=RING_SECONDS,
            once=True,
        )
    except CallApiError as error:
        if not error.uncertain or (found := await office.api.rung(target, token=token)) is None:
            raise
        return found


async def told(office: Office, record: Record, event: CallEvent, attempt: int) -> Script:
    """Something happened to the leg of a customer who has not answered yet."""
    leg = record.leg
    if leg is None or leg.phone.attempt != attempt or record.back not in {"", event.call}:
        return (Hangup(),)
    match event.kind:
        case CallEventKind.CONTINUED:
            return await _answered(office, replace(record, back=event.call, attempt=attempt))
        case CallEventKind.ENDED:
            await _not_reached(office, record, leg)
            await telephones.let_go(office, leg)
        case _:
            pass
    return (Hangup(),)


async def _answered(office: Office, record: Record) -> Script:
    """They speak with the agent, and hear before that it is recorded, unless they were told."""
    await office.records.keep_leg(record.call, record.back)
    standing = await office.switchboard.standing(record.call)
    tells: tuple[Say, ...] = compose.announcement(record, standing, office.settings, again=True)
    record = replace(compose.announced(record) if tells else record, mode="live")
    await telephones.joined(office, record)
    return (*tells, Meet(token=compose.ROOM, room=record.customer, ends=True))


async def _not_reached(office: Office, record: Record, leg: AgentLeg) -> None:
    await office.switchboard.happened(record.call, telephones.happening("not_reached", leg.phone))
    await office.records.keep(replace(record, leg=None, back=""))


async def stop(office: Office, record: Record) -> Record:
    """Ring a customer no longer who has not answered."""
    if record.mode != "callback":
        return record
    if back := record.back or await _forgotten(office, record):
        await telephones.end_quietly(office, back)
    return replace(record, back="")


async def _forgotten(office: Office, record: Record) -> str:
    """The leg of a customer whom a hub rang that died before it knew of it; "" where there is none."""
    if record.leg is None or record.leg.phone.attempt != record.attempt:
        return ""
    target, token = parse.target_of(record.call.address), parse.customer_token(record.call, record.attempt)
    try:
        return await office.api.rung(target, token=token) or ""
    except CallApiError as error:
        log.warning("customer_not_looked_for", call=record.call.sid, why=str(error))
        return ""
