"""What comes of Asterisk's events, and of the calls that are found when it (or the gateway) comes back."""

import asyncio
from collections.abc import Mapping, Sequence

import structlog

from channels.tasks import end
from channels.voice.asterisk import dialling, queueing, script, verbs
from channels.voice.asterisk.ari import Bridge, Channel, Event
from channels.voice.asterisk.exchange import Exchange
from channels.voice.asterisk.journal import Doing, Facts
from channels.voice.asterisk.leg import Leg, now_ms
from channels.voice.asterisk.room import PREFIX, WAITING, Member, Room
from channels.voice.asterisk.verbs import Conference, Dequeue, Dial, Enqueue, Hook, Transfer, Verb
from channels.voice.wire import printable

GONE = "The telephone system was restarted."
_ENDS = frozenset({"completed", "failed", "busy", "no-answer"})
_log = structlog.get_logger(__name__)


def on_event(x: Exchange, event: Event) -> None:
    """Take one event; everything that needs an answer of Asterisk is done beside."""
    channel = event.channel
    if event.type == "RecordingFinished" and event.recording is not None:
        x.tapes.finished(event.recording)
    if channel is None:
        return
    leg = x.legs.get(channel.id)
    if event.type == "StasisStart":
        _started(x, event, channel, leg)
    elif leg is None:
        return
    elif event.type == "ChannelStateChange" and channel.state == "Ringing":
        leg.fares("ringing", 180)
    elif event.type == "ChannelDtmfReceived" and leg.on_digit is not None:
        leg.on_digit(event.digit)
    elif event.type == "ChannelDestroyed":
        x.leaving.append(x.legs.pop(leg.sid))
        x.spawn(ended(x, leg, cause=event.cause, sip_status=event.tech_cause), f"ended:{leg.sid}")


def _started(x: Exchange, event: Event, channel: Channel, leg: Leg | None) -> None:
    kind = event.args[0] if event.args else ""
    if kind == "leg" and leg is not None:
        leg.is_answered()
        if leg.facts.hook:
            leg.run(script.begin(x, leg, leg.facts.hook, leg.payload()))
    elif kind == "inbound" and leg is None and x.early is not None:
        x.early.append(channel)  # those who were here before have the places before it
    elif kind == "inbound" and leg is None:
        _called(x, channel)


def _called(x: Exchange, channel: Channel) -> None:
    leg = x.add(
        Facts(
            sid=channel.id,
            direction="inbound",
            caller=printable(channel.caller.number, 128) or "anonymous",
            callee=printable(channel.dialplan.exten, 128),
            name=printable(channel.caller.name, 128),
            sip_call=channel.protocol_id,
            hook=x.application.hook("call"),
            status_hook=x.application.hook("status"),
            began=now_ms(),
        )
    )
    _log.info("gateway.call", call=leg.sid)
    leg.run(script.new(x, leg))


async def ended(x: Exchange, leg: Leg, *, cause: int = 16, sip_status: int = 0, reason: str = "") -> None:
    """A channel is gone: what it did is broken off and told."""
    async with leg.turn:
        await leg.stop()
        x.legs.pop(leg.sid, None)
        x.leaving = [one for one in x.leaving if one is not leg]
        await leave(x, leg, "abandoned")
        last_words(x, leg)
        leg.is_over(cause=cause, sip_status=sip_status, reason=reason)
    _log.info("gateway.call_over", call=leg.sid, status=leg.facts.status)


async def leave(x: Exchange, leg: Leg, reason: str) -> None:
    """Take a leg, whose script does not run any more, out of everything that it is in."""
    waiting = x.lines.leave(leg.sid)
    if waiting is not None:
        queueing.line_event(x, leg, waiting, "leave", reason)
    children, leg.children = leg.children, set()
    for child in children:
        if child in x.legs:
            await x.legs[child].hang_up(26)
    await leg.release()


def last_words(x: Exchange, leg: Leg) -> None:
    """What is told of a line whose caller has hung up; nobody is left for the answer."""
    doing = leg.facts.doing
    if doing is None:
        return
    match _verb(doing):
        case Enqueue(action_hook=str() | verbs.HookObject() as hook) as verb:
            waited = doing.waited if doing.room else (now_ms() - doing.since) // 1000
            told = queueing.queued(x, verb, waited, "bridged" if doing.room else "hangup")
            x.teller.tell(leg.sid, verbs.address(hook), leg.payload(**told))
        case Dequeue(action_hook=str() | verbs.HookObject() as hook):
            x.teller.tell(leg.sid, verbs.address(hook), leg.payload(dequeue_result="hangup"))
        case _:
            pass


async def redirect(x: Exchange, leg: Leg, hook: Hook) -> None:
    """Break off what a leg does and ask a hook for its script."""
    async with leg.turn:
        await leg.stop()
        await leave(x, leg, "dequeued")
        if leg.sid in x.legs:
            leg.run(script.begin(x, leg, hook, leg.payload()))


# Coming back


async def take_up(x: Exchange) -> None:
    """Go on with the calls that are in the journal and in Asterisk; end those that are in one of them only."""
    known = [x.add(one) for one in x.journal.all() if one.sid not in x.legs]
    channels = {one.id: one for one in await x.ari.read("channels", list[Channel])}
    bridges = {one.id: one for one in await x.ari.read("bridges", list[Bridge])}
    if WAITING not in bridges:
        await x.ari.request("POST", f"bridges/{WAITING}", type="holding", name="waiting")
    for leg in known:
        if x.legs.get(leg.sid) is leg and (leg.sid not in channels or leg.facts.status in _ENDS):
            del x.legs[leg.sid]
            _over_unseen(x, leg)
    found = [leg for leg in known if x.legs.get(leg.sid) is leg]
    rooms = _rooms(x, found, bridges)
    for leg in found:
        await x.tapes.found(x.ari, leg)
        leg.run(_taken_up(x, leg, rooms))
    early, x.early = x.early or [], None
    waited = [one for one in channels.values() if one.dialplan.app_data == f"{x.ari.app},inbound"]
    for channel in (*waited, *early):
        if channel.id not in x.legs:
            _called(x, channel)  # it came while nobody was there
    for bridge in bridges.values():
        if bridge.id.startswith(PREFIX) and bridge.id.removeprefix(PREFIX) not in x.rooms:
            await x.ari.request("DELETE", f"bridges/{bridge.id}")
    _log.info("gateway.connected", calls=len(found))


def _over_unseen(x: Exchange, leg: Leg) -> None:
    if leg.facts.status in _ENDS:
        leg.tell_end()
        return
    leg.cut = True
    last_words(x, leg)
    leg.is_over(reason=GONE)


def _rooms(x: Exchange, legs: Sequence[Leg], bridges: Mapping[str, Bridge]) -> Mapping[str, Room]:
    """The rooms whose bridge is still there, with those of our legs who are in it."""
    here = {sid for one in bridges.values() for sid in one.channels if one.id.startswith(PREFIX)}
    held = set(bridges[WAITING].channels) if WAITING in bridges else set()
    inside = {}
    for leg in legs:
        doing = leg.facts.doing
        name = doing.room if doing else next((one.room for one in _doings(legs) if one.child == leg.sid), "")
        if not name or PREFIX + name not in bridges or leg.sid not in here | held:
            continue
        verb = _verb(doing) if doing else None
        room = x.room(name, pair=not isinstance(verb, Conference))
        room.members[leg.sid] = _member(leg, verb, held=leg.sid in held)
        leg.room = inside[leg.sid] = room
    for room in list(x.rooms.values()):
        room.pair = any(not isinstance(_verb(one), Conference) for one in _doings(legs) if one.room == room.name)
    return inside


def _doings(legs: Sequence[Leg]) -> list[Doing]:
    return [leg.facts.doing for leg in legs if leg.facts.doing is not None]


def _member(leg: Leg, verb: Verb | None, *, held: bool) -> Member:
    over = asyncio.get_running_loop().create_future()
    if isinstance(verb, Conference):
        supervises = bool(verb.speak_only_to) or not verb.start_conference_on_enter
        ends = verb.end_conference_on_exit
        return Member(sid=leg.sid, tag=verb.member_tag, supervises=supervises, ends_it=ends, held=held, over=over)
    tag = "caller" if isinstance(verb, Enqueue | Dial | Transfer) else "agent"
    return Member(sid=leg.sid, tag=tag, held=held, over=over)


async def _taken_up(x: Exchange, leg: Leg, rooms: Mapping[str, Room]) -> None:
    """What a leg does now: the line or the conversation it was in, else what the hub says anew."""
    doing, room = leg.facts.doing, rooms.get(leg.sid)
    if room is not None:
        await _still_talking(x, leg, room, doing)
    elif doing is not None and isinstance(verb := _verb(doing), Enqueue) and not doing.room:
        await script.guarded(x, leg, script.wait_again(x, leg, verb, verbs.read(doing.rest), doing.since))
    elif (leg.facts.hook and leg.facts.answered is not None) or leg.facts.direction == "inbound":
        await script.new(x, leg)
    elif not leg.facts.hook:
        await leg.hang_up()


async def _still_talking(x: Exchange, leg: Leg, room: Room, doing: Doing | None) -> None:
    member = room.members[leg.sid]
    talking = [one for one in room.members.values() if not one.supervises]
    if room.pair and len(talking) < 2:
        await room.leave(leg.sid)
    await member.over
    leg.room = None
    verb = _verb(doing) if doing else None
    if doing is None or not isinstance(verb, Enqueue | Dequeue | Dial | Transfer | Conference):
        await leg.hang_up()
        return
    told = dialling.outcome(x, verb, doing)
    await script.guarded(x, leg, script.after(x, leg, verb, told, verbs.read(doing.rest)))


def _verb(doing: Doing) -> Verb:
    return verbs.read([doing.verb])[0]


async def shut(x: Exchange) -> None:
    """The connection is over: nothing goes on here, and nothing is hung up."""
    await end([*x.tasks])
    for leg in (*x.legs.values(), *x.leaving):
        await leg.stop()
