"""The caller's side of a call: what follows from what they do, given who has the conversation.

The hub decides who has a conversation; the flow decides what a caller is asked; this goes between the two. What a call
hears is made from its record, so who asks twice is told the same twice, and late answers change nothing.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

import structlog

from channels.calls import Call, Happening, Recording
from channels.contract import ChannelError, Outbound
from channels.voice import compose, flow_state, parse
from channels.voice.default_flow import default_flow, exit_flow
from channels.voice.events import CallEvent, CallEventKind
from channels.voice.flow import BadFlow, Flow, Queue, Voicemail
from channels.voice.flow_state import Around, AskBot, HandOn, KeepPlace, TakeMessage, ToQueue, Turn
from channels.voice.office import Office
from channels.voice.record import Record
from channels.voice.runner import advance, begin
from channels.voice.script import Hangup, Script
from channels.voice.settings import flow_of

log = structlog.get_logger(__name__)

ANSWER_SECONDS = 6.0
"""So long may an answer take before the caller hears that it is being looked up; a provider waits ten."""


async def called(office: Office, event: CallEvent) -> Script:
    """A call has come in. Raises `ChannelError` when the hub cannot store it."""
    record = await office.records.get(office.inbox, event.call)
    if record is None:
        if await office.records.over_before_it_began(office.inbox, event.call):
            return (Hangup(),)
        record = await _begun(office, event)
    return compose.asked(record, office.settings)


async def _begun(office: Office, event: CallEvent) -> Record:
    flow = _flow(office)
    locale = "en" if office.settings.locale == "en" else "fa"
    message = parse.beginning(office.inbox, event, locale)
    receipt = await office.switchboard.begin(message)
    call = Call(inbox=office.inbox, sid=event.call, address=message.sender.address, conversation=receipt.conversation)
    turn = begin(flow, event.callee, await _around(office, call))
    record = Record(call=call, called=event.callee, flow=flow, state=turn.state)
    return await follow(office, record, turn)


def _flow(office: Office) -> Flow:
    """The inbox's own; the usual one serves callers of a number whose own cannot be read."""
    try:
        return flow_of(office.settings)
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
        record = await _walked(office, record, turn, keys)
        match turn.ask:
            case AskBot(text=text):
                key = f"say:{record.state.turn}"
                if (after := await _ask_bot(office, record, text, key)) is None:
                    return await office.records.keep(record)
                record, turn = after
                continue
            case ToQueue():
                record = await _to_line(office, record, turn.ask)
            case KeepPlace(queue=queue):
                record = await _call_back(office, record, queue)
            case HandOn(number=number):
                told = Happening(what="sent_on", key=f"on:{record.state.turn}", values={"to": number})
                await office.switchboard.happened(record.call, told)
            case TakeMessage() | None:
                pass
        return await office.records.keep(record)


async def _walked(office: Office, record: Record, turn: Turn, keys: str) -> Record:
    """Where in the flow the caller has come to, for the timeline; what is secret is not told."""
    if turn.state.locale != record.state.locale or not record.heard:
        await office.switchboard.speak(record.call, turn.state.locale)
    if turn.path:
        secret = getattr(record.flow.nodes.get(record.state.node), "secret", False)
        values = {"path": " > ".join(turn.path)} | ({"keys": keys} if keys and not secret else {})
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
    reason = "caller_asked" if record.lined or record.since is None else "still_waiting"
    await office.switchboard.to_line(record.call, queue=ask.queue or None, reason=reason)
    since = office.now()
    return replace(record, lined=True, since=since, patience=ask.patience)


async def _call_back(office: Office, record: Record, queue: str) -> Record:
    """The caller hangs up and keeps the place."""
    await office.switchboard.to_line(record.call, queue=queue or None, reason="callback")
    to = parse.call_back_to(record.call) or ""
    await office.switchboard.happened(record.call, Happening(what="callback", key="callback", values={"to": to}))
    return replace(record, mode="callback")


async def waits(office: Office, record: Record) -> Script:
    """A caller in line is entertained."""
    standing = await office.switchboard.standing(record.call)
    if standing.owner == "agent":  # they are about to be joined: what was said of it comes too late to be heard
        await office.records.keep(replace(record, heard=standing.seq))
        return compose.waiting(record, standing, (), None, office.settings)
    heard, said = await news_of(office, record)
    heard = replace(heard, told=compose.told(record, standing))
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
    await office.api.redirect(record.call.sid, office.hooks, token=compose.EXIT)


async def left_line(office: Office, record: Record, event: CallEvent) -> Script:
    """The caller is out of the line: joined and done, gone, or to be asked something else."""
    match event.reason:
        case "leave":
            return await answered(office, replace(record, lined=False), event)
        case "bridged" | "hangup":
            return (Hangup(),)
        case _:
            return await back_to_line(office, record)


async def back_to_line(office: Office, record: Record) -> Script:
    """The caller waits (again)."""
    await office.records.keep(replace(record, lined=True))
    return compose.in_line(record)


async def recorded(office: Office, record: Record, event: CallEvent) -> Record:
    """A sound of this call can be fetched; it is kept once, however often that is told."""
    if event.recording is None:
        return record
    kind: Literal["voicemail", "recording"] = "voicemail" if event.kind is CallEventKind.VOICEMAIL else "recording"
    found = Recording(
        kind=kind, key=f"{kind}:{event.recording}", seconds=event.seconds or 0, source={"url": event.recording}
    )
    if kind == "voicemail":
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
    by: Literal["caller", "us"] = "us" if event.name == "jambonz" else "caller"
    await office.switchboard.ended(record.call, by=by, reason=event.reason)
    mode = "over" if record.mode == "live" else record.mode
    return await office.records.keep(replace(record, mode=mode, lined=False))
