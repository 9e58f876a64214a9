"""The agents' side of a call: their telephones ring, take the caller, and are let go."""

import secrets
from collections.abc import Awaitable
from dataclasses import replace
from typing import Literal

import structlog

from channels.calls import BrowserPhone, Call, Happening, Phone
from channels.contract import ChannelError
from channels.voice import calling_back, compose, parse
from channels.voice.events import CallEvent, CallEventKind
from channels.voice.office import Office
from channels.voice.record import AgentLeg, Record
from channels.voice.script import Hangup, Meet, Script
from channels.voice.system import CallApiError

log = structlog.get_logger(__name__)

JOINS = "X-Peyk-Joins"
"""With which conversation (id; fence) a leg joins who accepted it: their browser takes it without asking again."""
BROWSER_SECONDS = 600


async def ring(office: Office, record: Record, phone: Phone) -> None:
    """Ring whoever has accepted the call. Raises `ChannelError` (`phone_failed`) when nobody can be rung."""
    leg = record.leg
    if record.mode == "over":
        return
    if leg is not None and leg.phone.attempt == phone.attempt:
        if not leg.sid:  # the hub went away while it dialled
            await _rung(office, record, phone, before=True)
        return
    if leg is not None and leg.joined and leg.phone.agent == phone.agent:  # left to them by who had it
        await office.records.keep(replace(record, leg=replace(leg, phone=phone)))
        return
    if leg is not None and leg.joined:  # until the next one picks up, the caller waits
        await office.switchboard.happened(record.call, happening("parked", leg.phone))
    for one in (leg, record.aside):
        if one is not None:
            await let_go(office, one)
    record = await calling_back.stop(office, record)
    await office.switchboard.happened(record.call, happening("agent_ringing", phone))
    record = await office.records.keep(replace(record, leg=AgentLeg(phone=phone), aside=None, conferring=False))
    await _rung(office, record, phone, before=False)


async def _rung(office: Office, record: Record, phone: Phone, *, before: bool) -> None:
    """Dial, and keep the leg; `before`: unless it rings from before."""
    try:
        token = parse.leg_token(record.call, phone)
        found = await office.api.rung(parse.phone_target(phone), token=token) if before else None
        sid = found or await dial(office, record.call, phone)
    except CallApiError as error:
        log.warning("phone_not_rung", call=record.call.sid, uncertain=error.uncertain)
        if not error.uncertain:
            await office.records.keep(replace(record, leg=None))
        raise ChannelError("phone_failed", "The telephone system does not ring this telephone.", status=502) from error
    record = await office.records.keep(replace(record, leg=AgentLeg(phone=phone, sid=sid)))
    if record.mode == "live" and not record.lined:  # they left the line for an offer: back to where they are taken from
        await send_back(office, record)


async def dial(office: Office, call: Call, phone: Phone, *, aside: bool = False) -> str:
    """Ring a telephone; `aside`: not that of who has accepted the call. Returns the leg's id, raises `CallApiError`."""
    return await office.api.create_call(
        parse.phone_target(phone),
        office.hooks,
        token=parse.leg_token(call, phone, aside=aside),
        caller_id=office.settings.caller_id or call.address.removeprefix("anonymous:"),
        ring_seconds=office.settings.ring_seconds,
        headers={} if aside else {JOINS: f"{call.conversation};{phone.attempt}"},
    )


def happening(what: str, phone: Phone) -> Happening:
    """What happened by an agent's telephone, once for each time that it rang."""
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
            standing = await office.switchboard.standing(record.call)
            taken = replace(leg, sid=event.call, picked_up=True)
            tape = compose.tape(standing, office.settings)
            record = await office.records.keep(replace(record, leg=taken, tape=tape))
            return await _picked_up(office, record, leg)
        case CallEventKind.UNBRIDGED if leg.joined and event.by == "caller":
            await office.records.keep(replace(record, ended_by=record.ended_by or "caller"))
        case CallEventKind.UNBRIDGED if not leg.joined:
            await not_joined(office, record, "caller_not_there", blame=False)
        case CallEventKind.ENDED if not leg.joined:
            await not_joined(office, record, event.reason, blame=not leg.picked_up)
        case CallEventKind.ENDED:
            await _left(office, record, leg, event)
        case _:
            pass
    return (Hangup(),)


async def _picked_up(office: Office, record: Record, leg: AgentLeg) -> Script:
    """An agent's telephone was picked up: the caller comes to it, or is called back."""
    if record.mode == "callback" or (record.back and record.attempt == leg.phone.attempt):
        return await calling_back.dial(office, record, leg)
    if record.mode == "live" and not leg.joined:
        try:
            await office.api.bring(record.customer, office.hooks, token=compose.ROOM)
        except CallApiError as error:
            log.warning("caller_not_brought", call=record.call.sid, gone=error.gone)
            await not_joined(office, record, "caller_not_there", blame=False)
            return (Hangup(),)
    return compose.takes(record, leg)


def _is(leg: AgentLeg, event: CallEvent, attempt: int) -> bool:
    return leg.sid == event.call or (not leg.sid and leg.phone.attempt == attempt)


async def _left(office: Office, record: Record, leg: AgentLeg, event: CallEvent) -> None:
    """Who spoke with the caller has hung up: a colleague who is in the call keeps the caller, nobody else does."""
    aside = record.aside
    if aside is not None and aside.picked_up and aside.phone.agent:
        if not record.conferring:
            await unhold(office, record)
        record = replace(record, leg=replace(aside, joined=True), aside=None, conferring=False)
        await office.records.keep(record)
        await nobody_listens(office, record)
        await tape_goes_on(office, record)
        await office.switchboard.happened(record.call, Happening(what="resumed", key=f"left:{leg.sid}"))
        await office.switchboard.taken_over(record.call, aside.phone)
        return
    if aside is not None:
        await let_go(office, aside)
    by = record.ended_by or ("agent" if leg.phone.agent and event.by in {"caller", "caller_or_script"} else "")
    if record.mode == "live":
        alone = office.api.hang_up if record.back or record.onward else office.api.left_alone
        there = await _quietly(alone(record.customer), record.customer)
        by = by if there else record.ended_by
    await office.records.keep(replace(record, leg=None, aside=None, conferring=False, ended_by=by))


async def tape_goes_on(office: Office, record: Record) -> None:
    """Who has the caller now is recorded as their colleague was, also where that recording ends with the other leg."""
    leg = record.leg
    if leg is None or not office.api.tape_of_leg or record.tape not in {"on", "paused"}:
        return
    token = parse.leg_token(record.call, leg.phone)
    try:
        await office.api.record(leg.sid, "start", office.hooks, token=token)
        if record.tape == "paused":
            await office.api.record(leg.sid, "pause", office.hooks, token=token)
    except CallApiError as error:
        log.warning("tape_not_gone_on", call=record.call.sid, gone=error.gone)


async def nobody_listens(office: Office, record: Record) -> None:
    """Another agent has the caller: a supervisor who wants to hear them, too, says so, and that is recorded."""
    if record.ear is not None:
        await let_go(office, record.ear)


async def unhold(office: Office, record: Record) -> None:
    """Bring a caller back from the music, unless they have gone."""
    try:
        await office.api.hold(record.customer, on=False, room=record.customer)
    except CallApiError as error:
        log.info("not_brought_back", call=record.call.sid, gone=error.gone)


async def _told_aside(office: Office, record: Record, leg: AgentLeg, event: CallEvent) -> Script:
    """Something happened to the leg of a third."""
    match event.kind:
        case CallEventKind.CONTINUED:
            await office.records.keep(replace(record, aside=replace(leg, sid=event.call, picked_up=True)))
            return (Meet(token=parse.leg_token(record.call, leg.phone), room=record.customer),)
        case CallEventKind.ENDED:
            await office.records.keep(replace(record, aside=None, conferring=False))
            what: Literal["party_left", "held"] = "party_left" if record.conferring else "held"
            told = Happening(what=what, key=f"{what}:{leg.sid}", values={"agent": leg.phone.name})
            await office.switchboard.happened(record.call, told)
        case _:
            pass
    return (Hangup(),)


async def not_joined(office: Office, record: Record, reason: str, *, blame: bool) -> None:
    """Nobody picked up: the caller waits on, the next agent is asked."""
    if record.leg is None:
        return
    phone, record = record.leg.phone, await calling_back.stop(office, record)
    await office.records.keep(replace(record, leg=None))
    await office.switchboard.not_joined(record.call, phone, reason, blame=blame)


async def joined(office: Office, record: Record) -> None:
    """The caller was taken out of the line by the agent's leg, or has answered when called back."""
    leg = record.leg
    if leg is None or leg.joined:
        return
    joins = {"agent": leg.phone.name, "tape": record.tape}
    await office.switchboard.happened(record.call, replace(happening("joined", leg.phone), values=joins))
    await office.records.keep(replace(record, lined=False, leg=replace(leg, joined=True)))


async def brought(office: Office, record: Record) -> Script:
    """The caller asks where the agent is who takes them."""
    if record.leg is None:
        return compose.in_line(record)
    await joined(office, record)
    return (Meet(token=compose.ROOM, room=record.customer, ends=True),)


async def park(office: Office, record: Record) -> None:
    """The caller waits again (or is the bot's, or will be called anew), and whoever spoke with them is let go."""
    leg, spoke, live = record.leg, record.leg is not None and record.leg.joined, record.mode == "live"
    if record.mode not in {"live", "callback"}:
        return
    if leg is None:
        standing = await office.switchboard.standing(record.call)
        if live and record.lined and standing.owner == "bot":  # nobody is waited for any more
            await send_back(office, record)
        return
    if record.aside is not None:
        await let_go(office, record.aside)
    record = await calling_back.stop(office, record)
    record = await office.records.keep(replace(record, leg=None, aside=None, conferring=False))
    if spoke:
        await office.switchboard.happened(record.call, happening("parked", leg.phone))
    if spoke and live:
        await send_back(office, record)
    await let_go(office, leg)


async def send_back(office: Office, record: Record) -> None:
    """Break off what the caller does; they are asked for a script again, and come into the line."""
    await office.records.keep(replace(record, announces=None, before=None))
    try:
        await office.api.redirect(record.customer, office.hooks, token=compose.LINE)
    except CallApiError as error:
        log.warning("caller_not_sent_back", call=record.call.sid, gone=error.gone)


async def let_go(office: Office, leg: AgentLeg) -> None:
    """End an agent's leg."""
    if leg.sid:
        await end_quietly(office, leg.sid)


async def drop(office: Office, record: Record) -> None:
    """End the call."""
    if record.mode == "over" or record.onward:
        return
    if record.leg is not None:
        await let_go(office, record.leg)
    if record.aside is not None:
        await let_go(office, record.aside)
    await office.records.keep(await calling_back.stop(office, record))
    if record.mode == "live" and await end_quietly(office, record.customer):
        await office.records.keep(replace(record, ended_by=record.ended_by or "us"))


async def end_quietly(office: Office, sid: str) -> bool:
    """End a leg; whether it was still there, as far as is known."""
    return await _quietly(office.api.hang_up(sid), sid)


async def _quietly(ending: Awaitable[None], sid: str) -> bool:
    """Whether it was still there, as far as is known."""
    try:
        await ending
    except CallApiError as error:
        log.info("leg_not_ended", call=sid, gone=error.gone)
        return not error.gone
    return True


async def admit_browser(office: Office, agent: str, was: str) -> BrowserPhone:
    """A password for an agent's browser, good for some minutes. Raises `ChannelError`."""
    made = BrowserPhone(
        url=office.settings.browser_url,
        name=parse.browser_name(agent),
        login=was or secrets.token_urlsafe(16),
        password=secrets.token_urlsafe(24),
        seconds=BROWSER_SECONDS,
    )
    try:
        await office.api.admit_browser(made, was)
    except CallApiError as error:
        if error.taken:
            raise ChannelError("elsewhere", "Another browser is this agent's telephone.", status=409) from error
        raise ChannelError("phone_failed", "The telephone system lets no browser in.", status=502) from error
    return made
