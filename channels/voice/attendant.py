"""The caller's side of a call: what follows from what they do, given who has the conversation.

The hub decides who has a conversation; the flow decides what a caller is asked; this goes between the two. What a call
hears is made from its record, so who asks twice is told the same twice, and late answers change nothing.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

import structlog

from channels.calls import Call, EndedBy, Happening, Recording
from channels.contract import ChannelError, Outbound
from channels.voice import compose, flow_state, parse
from channels.voice.default_flow import default_flow, exit_flow
from channels.voice.events import CallEvent, CallEventKind
from channels.voice.flow import BadFlow, Flow, Queue, Voicemail
from channels.voice.flow_state import Around, AskBot, HandOn, KeepPlace, TakeMessage, ToQueue, Turn
from channels.voice.office import Office
from channels.voice.record import Before, Record
from channels.voice.runner import advance, begin
from channels.voice.script import Hangup, Leave, Script
from channels.voice.settings import flow_of

log = structlog.get_logger(__name__)

ANSWER_SECONDS = 6.0
"""So long may an answer take before the caller hears that it is being looked up; a provider waits ten."""


async def called(office: Office, event: CallEvent) -> Script:
    """A call has come in. Raises `ChannelError` when the hub cannot store it."""
    record = await office.records.known(office.inbox, event.call)
    if record == "over":
        return (Hangup(),)
    if record is None:
        record = await _begun(office, event)
    return compose.asked(record, office.settings)


async def _begun(office: Office, event: CallEvent) -> Record:
    flow = await _flow(office)
    locale = "en" if office.settings.locale == "en" else "fa"
    message = parse.beginning(office.inbox, event, locale)
    receipt = await office.switchboard.begin(message)
    call = Call(inbox=office.inbox, sid=event.call, address=message.sender.address, conversation=receipt.conversation)
    log.info("call_began", inbox=office.inbox, conversation=call.conversation, duplicate=receipt.duplicate)
    turn = begin(flow, event.callee, await _around(office, call))
    record = Record(call=call, called=event.callee, flow=flow, state=turn.state)
    return await follow(office, record, turn)


async def _flow(office: Office) -> Flow:
    """The one that the inbox names; the usual one serves callers of a number whose own cannot be read."""
    named = await office.switchboard.flow(office.settings.flow_id) if office.settings.flow_id else None
    try:
        return flow_of(office.settings, named)
    except BadFlow as error:
        log.warning("flow_unreadable", inbox=office.inbox, why=str(error)[:200])
        return default_flow()


async def answered(office: Office, record: Record, event: CallEvent) -> Script:
    """Something came of what a caller was asked: keys, words, silence, the end of a wait, of a transfer."""
    came = parse.heard(event)
    if came is None:
        return ()
    turn = advance(record.flow, record.state, came, await _around(office, record.call))
    if isinstance(came, flow_state.Polled) and record.state.phase == "bot_thinks":
        turn = await _after_bot(office, record) or turn
    record = await follow(office, record, turn, keys=event.digits)
    return compose.asked(record, office.settings)


async def follow(office: Office, record: Record, turn: Turn, *, keys: str = "") -> Record:
    """Do what a turn of the flow asks for, until it waits for the caller again."""
    while True:
        if turn.state.locale != record.state.locale or not record.heard:  # before the line: it may go by the language
            await office.switchboard.speak(record.call, turn.state.locale)
        if isinstance(turn.ask, ToQueue):  # both in one write, in this order
            before, record = record, replace(record, state=turn.state)
            _, record = await asyncio.gather(_walked(office, before, turn, keys), _to_line(office, record, turn.ask))
            return await office.records.keep(record)
        record = await _walked(office, record, turn, keys)
        match turn.ask:
            case AskBot(text=text):
                key = f"say:{record.state.turn}"
                if (after := await _ask_bot(office, record, text, key)) is None:
                    return await office.records.keep(record)
                record, turn = after
                continue
            case KeepPlace(queue=queue):
                record = await _call_back(office, record, queue)
            case HandOn(number=number):
                told = Happening(what="sent_on", key=f"on:{record.state.turn}", values={"to": number})
                await office.switchboard.happened(record.call, told)
            case TakeMessage() | ToQueue() | None:
                pass
        return await office.records.keep(record)


async def _walked(office: Office, record: Record, turn: Turn, keys: str) -> Record:
    """Where in the flow the caller has come to, for the timeline; what is secret is not told."""
    if turn.path:
        secret = getattr(record.flow.nodes.get(record.state.node), "secret", False)
        values = {"path": " > ".join(turn.path)} | ({"keys": keys} if keys and not secret else {})
        if turn.state.turn == 1 and office.settings.flow_id:
            values |= {"flow": record.flow.name, "version": str(record.flow.version)}
        told = Happening(what="menu", key=f"menu:{turn.state.turn}:{turn.state.moves}", values=values)
        await office.switchboard.happened(record.call, told)
    return replace(record, state=turn.state)


async def _ask_bot(office: Office, record: Record, text: str, key: str) -> tuple[Record, Turn] | None:
    """Put it to the bot; what became of it, None when that takes longer."""
    try:
        await office.inlet.receive(parse.words(record, text, key=key))
    except ChannelError as error:
        if error.code != "bad_text":
            raise
        said = flow_state.BotSaid(token=record.state.token, wants="failed")
        return record, advance(record.flow, record.state, said, await _around(office, record.call))
    await office.records.keep(record)
    return await _bot_said(office, record)


async def _after_bot(office: Office, record: Record) -> Turn | None:
    found = await _bot_said(office, record)
    if found is None:
        return None
    await office.records.keep(found[0])
    return found[1]


async def _bot_said(office: Office, record: Record) -> tuple[Record, Turn] | None:
    """Wait until the bot owes nothing or is not the one any more; None when that takes longer."""

    async def done() -> bool:
        standing = await office.switchboard.standing(record.call)
        return standing.owner != "bot" or standing.answered

    if not await office.news.until(record.call.conversation, done, ANSWER_SECONDS):
        return None
    standing = await office.switchboard.standing(record.call)
    record, said = await news_of(office, record)
    wants = {"bot": "more", "none": "nothing"}.get(standing.owner, "person")
    event = flow_state.BotSaid(token=record.state.token, texts=said, wants=wants)  # type: ignore[arg-type]
    return record, advance(record.flow, record.state, event, await _around(office, record.call))


async def news_of(office: Office, record: Record) -> tuple[Record, tuple[str, ...]]:
    """What was said to the customer since they heard something last, and the record of one who has heard it."""
    call = record.call
    page = await office.inlet.timeline(call.inbox, call.address, call.conversation, after=record.heard)
    entries: Sequence[Outbound] = [one for one in page.entries if one.seq > record.heard] if page else ()
    if not entries:
        return record, ()
    said, choices = compose.spoken(entries, record.state.locale)
    return replace(record, heard=entries[-1].seq, choices=choices if said else record.choices), said


async def _to_line(office: Office, record: Record, ask: ToQueue) -> Record:
    if office.settings.by_itself:  # its own line, of which it tells when somebody has taken the call
        return record
    reason = "caller_asked" if record.lined or record.since is None else "still_waiting"
    await office.switchboard.to_line(record.call, queue=ask.queue or None, reason=reason)
    record = replace(record, lined=True, since=office.now(), patience=ask.patience, before=None)
    standing = await office.switchboard.standing(record.call)
    if compose.announcement(record, standing, office.settings):
        return compose.announced(record)
    return record


async def _call_back(office: Office, record: Record, queue: str) -> Record:
    """The caller hangs up and keeps the place."""
    await office.switchboard.to_line(record.call, queue=queue or None, reason="callback")
    to = parse.call_back_to(record.call) or ""
    await office.switchboard.happened(record.call, Happening(what="callback", key="callback", values={"to": to}))
    return replace(record, mode="callback")


async def waits(office: Office, record: Record, seconds: float | None) -> Script:
    """A caller who is in line for so long is entertained; what was told after as many seconds may not have come."""
    old = record.before
    if old is not None and seconds is not None and seconds == old.seconds:
        record = replace(record, heard=old.heard, told=old.told, announced=old.announced)
    standing = await office.switchboard.standing(record.call)
    if standing.owner == "none":  # closed while nobody here could end the call
        return (Leave(),)
    if standing.owner == "agent":  # they are about to be joined: what was said of it comes too late to be heard
        await office.records.keep(replace(record, heard=standing.seq))
        return compose.waiting(record, standing, (), None, office.settings)
    heard, said = await news_of(office, record)
    tells = bool(compose.announcement(record, standing, office.settings))
    before = Before(seconds=seconds, heard=record.heard, told=record.told, announced=record.announced)
    heard = replace(heard, told=compose.told(record, standing), announced=record.announced or tells, before=before)
    script = compose.waiting(record, standing, said, _patience_left(office, record), office.settings)
    await office.records.keep(heard)
    return script


def _patience_left(office: Office, record: Record) -> float | None:
    node = record.flow.nodes.get(record.state.node)
    if record.patience is None or record.since is None or not isinstance(node, Queue):
        return None
    return record.patience - (office.now() - record.since) / 1000


async def offered(office: Office, record: Record, kind: Literal["callback", "voicemail"]) -> None:
    """Nobody came in time: the caller is led out of the telephone system's line, and keeps the place in the hub's."""
    if record.mode != "live" or not record.lined or record.leg is not None:
        return
    standing = await office.switchboard.standing(record.call)
    flow = exit_flow(kind, record.state.locale)
    turn = begin(flow, "", await _around(office, record.call))
    turn = replace(turn, state=replace(turn.state, turn=record.state.turn + 1))
    record = replace(record, flow=flow, state=turn.state, patience=None, lined=False, heard=standing.seq)
    await follow(office, record, turn)
    await office.api.redirect(record.customer, office.hooks, token=compose.EXIT)


async def left_line(office: Office, record: Record, event: CallEvent) -> Script:
    """The caller is out of the line: joined and done, gone, or to be asked something else."""
    match event.reason:
        case "leave" if (await office.switchboard.standing(record.call)).owner == "none":
            return (Hangup(),)
        case "leave":
            return await answered(office, replace(record, lined=False), event)
        case "bridged" | "hangup":
            return (Hangup(),)
        case "redirected" | "redirected-from-bridged":  # by us: they ask for what they were sent to
            return ()
        case _:
            return await back_to_line(office, record)


async def back_to_line(office: Office, record: Record) -> Script:
    """The caller waits (again); or speaks with the bot, where they were given back to it."""
    standing = await office.switchboard.standing(record.call)
    if standing.owner == "bot":
        record, said = await news_of(office, record)
        flow = default_flow(locale=record.state.locale)
        turn = begin(flow, "", await _around(office, record.call))
        turn = replace(turn, state=replace(turn.state, turn=record.state.turn + 1, extra=said))
        record = await follow(office, replace(record, flow=flow, state=turn.state, lined=False), turn)
        return compose.asked(record, office.settings)
    tells = compose.announcement(record, standing, office.settings, again=True)
    record = compose.announced(record) if tells else record
    await office.records.keep(replace(record, lined=True))
    return (*tells, *compose.in_line(record))


async def recorded(office: Office, record: Record, event: CallEvent) -> Record:
    """A sound of this call can be fetched; it is kept once, however often that is told."""
    if event.recording is None:
        return record
    kind: Literal["voicemail", "recording"] = "voicemail" if event.kind is CallEventKind.VOICEMAIL else "recording"
    found = Recording(
        kind=kind,
        key=f"{kind}:{event.recording}",
        seconds=event.seconds or 0,
        source={"url": event.recording},
        most=office.settings.most_recording,
    )
    if kind == "voicemail":
        return await left_message(office, record, found)
    await office.switchboard.recorded(record.call, found)
    return record


async def left_message(office: Office, record: Record, found: Recording) -> Record:
    """A message is a task for people."""
    node = record.flow.nodes.get(record.state.node)
    queue = node.queue if isinstance(node, Voicemail) else ""
    await office.switchboard.to_line(record.call, queue=queue or None, reason="voicemail")
    record = await office.records.keep(replace(record, mode="message"))
    await office.switchboard.recorded(record.call, found)
    return record


async def _around(office: Office, call: Call) -> Around:
    house = await office.switchboard.house(office.inbox)
    return Around(open_calendars=house.open, known_number=parse.call_back_to(call) is not None)


async def ended(office: Office, record: Record, event: CallEvent) -> Record:
    """The caller's leg is gone. Who waits to be called back, or has left a message, stays in the hub's line."""
    by = _ender(record, event)
    await office.switchboard.ended(record.call, by=by, reason=event.reason, attempt=record.attempt)
    mode = "over" if record.mode == "live" else record.mode
    if by == "caller" and await _missed(office, record):
        mode, record = "callback", replace(record, leg=None)
    log.info("call_over", inbox=office.inbox, conversation=record.call.conversation, by=by, reason=event.reason)
    return await office.records.keep(replace(record, mode=mode, lined=False))


def _ender(record: Record, event: CallEvent) -> EndedBy:
    """Who hung up; nobody knows when the caller may have, and the script was at its end as well."""
    if record.ended_by:
        return record.ended_by
    if event.by == "caller_or_script":
        return "" if record.state.phase == "over" and not record.back else "caller"
    return event.by


async def _missed(office: Office, record: Record) -> bool:
    """Whether who hung up in line is to be called back."""
    to, leg = parse.call_back_to(record.call), record.leg
    served = leg is not None and leg.joined
    if not office.settings.missed or record.mode != "live" or not record.lined or served or to is None:
        return False
    waited = (office.now() - record.since) / 1000 if record.since is not None else 0.0
    return await office.switchboard.missed(record.call, to=to, waited=waited)
