"""What brings legs together: lines, rings, conferences."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import uuid4

import structlog

from channels.voice.asterisk import asking, prompts, verbs
from channels.voice.asterisk.ari import AriError
from channels.voice.asterisk.exchange import Exchange
from channels.voice.asterisk.journal import Doing, Facts
from channels.voice.asterisk.leg import Leg, now_ms
from channels.voice.asterisk.lines import Waiting
from channels.voice.asterisk.room import Member, Room
from channels.voice.asterisk.verbs import (
    Conference,
    Dequeue,
    Dial,
    Enqueue,
    Gather,
    Hook,
    Leave,
    Pause,
    Play,
    Say,
    Tag,
    Target,
    Transfer,
    Verbs,
)
from channels.voice.asterisk.webhook import HookError, Payload

LONGEST_RING = 120.0
_SHORTEST_ROUND = 1.0
"""A line's hook is asked no more often than this, whatever it answers."""
_LONGEST_BACK_OFF = 30.0
_log = structlog.get_logger(__name__)


# Lines


async def enqueue(x: Exchange, leg: Leg, verb: Enqueue, rest: Verbs, since: int | None = None) -> Payload:
    """Wait until somebody takes the call and the conversation is over, or the wait hook says `leave`."""
    await leg.pick_up()
    back = since is not None
    since = since or now_ms()
    leg.does(verb, rest, since=since)
    waiting = x.lines.join(verb.name, leg.sid, verb.priority, since)
    if not back:
        line_event(x, leg, waiting, "join")
    await leg.music(on=True)
    entertained = asyncio.create_task(_entertain(x, leg, verb, waiting), name=f"wait:{leg.sid}")
    try:
        room = await waiting.over
    finally:
        entertained.cancel()
    seconds = (now_ms() - since) // 1000
    await leg.silence()
    if room is None:
        await leg.music(on=False)
        return queued(x, verb, seconds, "leave")
    leg.does(verb, rest, since=since, room=room.name)
    await leg.music(on=False)
    await talk(x, leg, room)
    return queued(x, verb, seconds, "bridged")


def queued(x: Exchange, verb: Enqueue, seconds: int, result: str) -> Payload:
    """What is told of a wait."""
    sid = f"queue:{x.settings.account}:{verb.name}"
    return {"queue_sid": sid, "queue_time": seconds, "queue_result": result}


def line_event(x: Exchange, leg: Leg, waiting: Waiting, event: str, reason: str = "", by: str = "") -> None:
    """Tell that somebody has come to a line or left it."""
    told: dict[str, object] = {"event": event, "queue": waiting.line, "length": x.lines.length(waiting.line)}
    told["join_time"] = waiting.since
    if event == "leave":
        told |= {"leave_time": now_ms(), "leave_reason": reason}
    if by:
        told["dequeuer"] = by
    x.teller.tell(leg.sid, x.application.hook("queue_events"), leg.payload(**told))


async def _entertain(x: Exchange, leg: Leg, verb: Enqueue, waiting: Waiting) -> None:
    """Ask again and again what the caller hears; between it, and when nothing comes, there is the music."""
    if verb.wait_hook is None:
        return
    back_off = _SHORTEST_ROUND
    while True:
        began = asyncio.get_running_loop().time()
        try:
            row = await x.application.ask(verb.wait_hook, _wait_payload(x, leg, waiting))
            if not row:
                return
            await _entertained(x, leg, row, waiting)
            back_off = _SHORTEST_ROUND
        except HookError as error:
            _log.warning("gateway.line_goes_on_with_music", call=leg.sid, kind=error.kind)
            await asyncio.sleep(back_off)
            back_off = min(back_off * 2, _LONGEST_BACK_OFF)
        took = asyncio.get_running_loop().time() - began
        await asyncio.sleep(max(_SHORTEST_ROUND - took, 0))


def _wait_payload(x: Exchange, leg: Leg, waiting: Waiting) -> Payload:
    told: dict[str, object] = {
        "call_sid": leg.sid,
        "call_id": leg.facts.sip_call,
        "queue_sid": f"queue:{x.settings.account}:{waiting.line}",
        "queue_time": (now_ms() - waiting.since) // 1000,
        "queue_size": x.lines.length(waiting.line),
        "queue_position": x.lines.place(waiting),
    }
    return told | ({"customerData": dict(leg.facts.tags)} if leg.facts.tags else {})


async def _entertained(x: Exchange, leg: Leg, row: Verbs, waiting: Waiting) -> None:
    if not all(isinstance(one, Say | Play | Pause | Leave | Tag) for one in row):
        raise HookError("nonsense", "This verb cannot be done in a line.")
    for verb in row:
        match verb:
            case Say():
                await prompts.say(x, leg, verb)
            case Play():
                await prompts.play(x, leg, verb)
            case Pause():
                await prompts.pause(verb.length)
            case Tag():
                leg.change(tags=dict(verb.data))
            case _:
                if x.lines.leave(leg.sid) is not None:
                    line_event(x, leg, waiting, "leave", "dequeued")
                    waiting.over.set_result(None)
                return


async def dequeue(x: Exchange, leg: Leg, verb: Dequeue, rest: Verbs) -> Payload:
    """Speak with a caller from a line, to the end."""
    await leg.pick_up()
    waiting = await x.lines.take(verb.name, verb.call_sid, verb.timeout or 0.001)
    if waiting is None or (caller := x.legs.get(waiting.sid)) is None:
        return {"dequeue_result": "timeout"}
    line_event(x, caller, waiting, "leave", "dequeued", leg.sid)
    if verb.beep:
        await leg.play(await x.sounds.beep())
    room = await meet(x, caller, leg)
    leg.does(verb, rest, since=now_ms(), room=room.name)
    waiting.over.set_result(room)
    await talk(x, leg, room)
    return {"dequeue_result": "complete"}


# Rooms


async def meet(x: Exchange, caller: Leg, callee: Leg) -> Room:
    """A room for two, which belongs to both before they are in it: who hangs up now ends it."""
    room = x.room(caller.sid, pair=True)
    await room.open()
    for leg, tag in ((caller, "caller"), (callee, "agent")):
        room.members[leg.sid] = Member(sid=leg.sid, tag=tag, over=asyncio.get_running_loop().create_future())
        leg.room = room
    return room


async def talk(x: Exchange, leg: Leg, room: Room) -> None:
    """Go into a room where one is expected, and stay until it is over."""
    member = room.members.get(leg.sid)
    if member is None:
        leg.room = None
        return
    await room.enter(member)
    await x.tapes.begin(room, [x.legs[one] for one in room.members if one in x.legs])
    await member.over
    leg.room = None


async def conference(x: Exchange, leg: Leg, verb: Conference, rest: Verbs) -> Payload:
    """Speak with everybody in a room, to the end. A conversation of two is a room as well, under its caller's id."""
    await leg.pick_up()
    room = x.room(verb.name, pair=False)
    if not room.members:
        await room.open()
    member = Member(
        sid=leg.sid,
        tag=verb.member_tag,
        supervises=bool(verb.speak_only_to) or not verb.start_conference_on_enter,
        ends_it=verb.end_conference_on_exit,
        coaches=verb.speak_only_to,
        over=asyncio.get_running_loop().create_future(),
    )
    leg.room = room
    leg.does(verb, rest, since=now_ms(), room=room.name)
    await room.enter(member, muted=verb.join_muted)
    _conference_event(x, leg, verb, room, "join")
    await x.tapes.begin(room, [leg])
    await member.over
    leg.room = None
    if verb.join_muted:
        await leg.quietly("DELETE", f"channels/{leg.sid}/mute", direction="in")
    _conference_event(x, leg, verb, room, "leave")
    return _conference_told(x, room)


def _conference_told(x: Exchange, room: Room) -> dict[str, object]:
    return {"conference_sid": f"conf:{x.settings.account}:{room.name}", "friendly_name": room.name}


def _conference_event(x: Exchange, leg: Leg, verb: Conference, room: Room, event: str) -> None:
    if verb.status_hook is not None and event in verb.status_events:
        told = leg.payload(**_conference_told(x, room), event=event, members=len(room.members))
        x.teller.tell(leg.sid, verbs.address(verb.status_hook), told)


def outcome(x: Exchange, verb: Enqueue | Dequeue | Dial | Transfer | Conference, doing: Doing) -> Payload:
    """What is told of a conversation that has come to its end."""
    match verb:
        case Enqueue():
            return queued(x, verb, (now_ms() - doing.since) // 1000, "bridged")
        case Dequeue():
            return {"dequeue_result": "complete"}
        case Dial():
            return {"dial_call_status": "completed", "dial_sip_status": 200, "dial_call_sid": doing.child}
        case Transfer():
            return {"transfer_result": "bridged", "transfer_reason": "completed", "dial_call_sid": doing.child}
        case Conference():
            return {"conference_sid": f"conf:{x.settings.account}:{verb.name}", "friendly_name": verb.name}


# Rings


@dataclass(frozen=True, slots=True, kw_only=True)
class Rang:
    """How a ring ended: who picked up, or why nobody did; `status` and `sip_status` as `dial` tells them."""

    child: Leg | None
    sid: str
    status: str
    sip_status: int


async def dial(x: Exchange, leg: Leg, verb: Dial, rest: Verbs) -> Payload:
    """Ring, and speak to the end; the caller hears ringing meanwhile."""
    if not verb.answer_on_bridge:
        await leg.pick_up()
    ringing = asyncio.create_task(_ringing(leg), name=f"ringing:{leg.sid}")
    try:
        rang = await ring(x, leg, verb.target, verb.timeout, verb.caller_id, verb.confirm_hook, verb.headers)
    finally:
        ringing.cancel()
    await leg.silence()
    if rang.child is None:
        return _dialled(rang)
    await leg.pick_up()
    room = await meet(x, leg, rang.child)
    leg.does(verb, rest, since=now_ms(), room=room.name, child=rang.sid)
    rang.child.run(follow(x, rang.child, room))
    limit = verb.time_limit or None
    try:
        async with asyncio.timeout(limit):
            await talk(x, leg, room)
    except TimeoutError:
        await room.leave(leg.sid)
        leg.room = None
    return _dialled(rang)


def _dialled(rang: Rang) -> Payload:
    return {"dial_call_status": rang.status, "dial_sip_status": rang.sip_status, "dial_call_sid": rang.sid}


async def _ringing(leg: Leg) -> None:
    if leg.facts.answered is None:
        await leg.quietly("POST", f"channels/{leg.sid}/ring")
    else:
        await leg.play("tone:ring")


async def follow(x: Exchange, child: Leg, room: Room) -> None:
    """The one who was rung has no script: it speaks, and its call ends with that."""
    await talk(x, child, room)
    await child.hang_up()


async def transfer(x: Exchange, leg: Leg, verb: Transfer, rest: Verbs) -> Payload:
    """Hand the call on: music while it rings and while the other one is told what it is about."""
    await leg.pick_up()
    await leg.music(on=True)
    rang = await ring(x, leg, verb.target, verb.timeout, verb.caller_id, None, {})
    if rang.child is not None and verb.mode == "warm" and verb.brief is not None:
        await prompts.say(x, rang.child, Say(text=verb.brief.text, synthesizer=verb.brief.synthesizer))
    if rang.child is None or rang.child.ended.is_set():
        await leg.music(on=False)
        reasons = {"no-answer": "no-answer", "busy": "busy", "completed": "declined"}
        return _transferred(rang, "failed", reasons.get(rang.status, "error"))
    room = await meet(x, leg, rang.child)
    leg.does(verb, rest, since=now_ms(), room=room.name, child=rang.sid)
    rang.child.run(follow(x, rang.child, room))
    await leg.music(on=False)
    await talk(x, leg, room)
    return _transferred(rang, "bridged", "completed")


def _transferred(rang: Rang, result: str, reason: str) -> Payload:
    told = {"transfer_result": result, "transfer_reason": reason, "sip_status": rang.sip_status}
    return {**told, "dial_call_sid": rang.sid} if rang.sid else told


async def ring(
    x: Exchange,
    parent: Leg,
    targets: Sequence[Target],
    seconds: float,
    caller_id: str,
    confirm: Hook | None,
    headers: Mapping[str, str],
) -> Rang:
    """Ring all at once; the first who picks up (and confirms) has it, the others stop ringing."""
    legs = [
        call(x, one, seconds, caller_id or parent.facts.caller, parent=parent.sid, headers={**headers, **one.headers})
        for one in targets
    ]
    parent.children |= {one.sid for one in legs}
    picked = {
        asyncio.create_task(_picked_up(x, leg, one.confirm_hook or confirm), name=f"ring:{leg.sid}"): leg
        for leg, one in zip(legs, targets, strict=True)
    }
    winner: Leg | None = None
    try:
        left = set(picked)
        while left and winner is None:
            done, left = await asyncio.wait(left, return_when=asyncio.FIRST_COMPLETED)
            winner = next((picked[task] for task in done if task.result()), None)
    finally:
        for task in picked:
            task.cancel()
    parent.children.clear()
    for leg in legs:
        if leg is not winner and not leg.ended.is_set():
            await leg.hang_up(26)
    if winner is not None:
        return Rang(child=winner, sid=winner.sid, status="completed", sip_status=200)
    last = legs[-1].facts if legs else None
    if last is None:
        return Rang(child=None, sid="", status="failed", sip_status=480)
    return Rang(child=None, sid=last.sid, status=last.status, sip_status=last.sip_status)


async def _picked_up(x: Exchange, leg: Leg, confirm: Hook | None) -> bool:
    if not await leg.answered:
        return False
    if confirm is None:
        return True
    try:
        row = await x.application.ask(confirm, leg.payload())
        while row:
            row = await _confirmed(x, leg, row)
    except (HookError, AriError):
        await leg.hang_up()
    return not leg.ended.is_set() and not leg.cut


async def _confirmed(x: Exchange, leg: Leg, row: Verbs) -> Verbs:
    """What is said to who picked up; what comes back is done next."""
    for place, verb in enumerate(row):
        match verb:
            case Say():
                await prompts.say(x, leg, verb)
            case Play():
                await prompts.play(x, leg, verb)
            case Pause():
                await prompts.pause(verb.length)
            case Gather():
                told = await asking.gather(x, leg, verb)
                if verb.action_hook is not None:
                    after = await x.application.ask(verb.action_hook, leg.payload(**told))
                    return after or row[place + 1 :]
            case verbs.Hangup():
                await leg.hang_up()
                return ()
            case _:
                raise HookError("nonsense", "This verb cannot be done before the call is taken.")
    return ()


def call(
    x: Exchange,
    target: Target,
    seconds: float,
    caller_id: str,
    *,
    parent: str = "",
    hook: str = "",
    status_hook: str = "",
    tags: Mapping[str, object] | None = None,
    headers: Mapping[str, str] | None = None,
    name: str = "",
) -> Leg:
    """Ring somebody; how it fares is told to the hub, and `answered` says whether anybody picked up."""
    facts = Facts(
        sid=f"peyk-{uuid4().hex}",
        direction="outbound",
        caller=caller_id,
        callee=target.number or target.name or target.sip_uri,
        parent=parent,
        hook=hook,
        status_hook=status_hook or x.application.hook("status"),
        began=now_ms(),
        tags=tags or {},
    )
    leg = x.add(facts)
    x.teller.tell(leg.sid, facts.status_hook, leg.payload())
    x.spawn(_originate(x, leg, target, seconds, name, headers or {}), f"originate:{leg.sid}")
    return leg


async def _originate(
    x: Exchange, leg: Leg, target: Target, seconds: float, name: str, headers: Mapping[str, str]
) -> None:
    shown = f'"{name}" <{leg.facts.caller}>' if name else leg.facts.caller
    try:
        await x.ari.request(
            "POST",
            f"channels/{leg.sid}",
            {"variables": {f"PJSIP_HEADER(add,{key})": value for key, value in headers.items()}},
            endpoint=endpoint(x, target),
            app=x.ari.app,
            appArgs="leg",
            callerId=shown.replace("\x00", ""),
            timeout=round(min(max(seconds, 1), LONGEST_RING)),
            originator=leg.facts.parent or None,
        )
    except AriError as error:
        _log.warning("gateway.not_dialled", call=leg.sid, status=error.status)
        if not leg.ended.is_set():
            leg.is_over(cause=20, sip_status=480, reason="There is no such device.")
            x.legs.pop(leg.sid, None)


def endpoint(x: Exchange, target: Target) -> str:
    """How Asterisk names whom to ring: a device by its name, numbers and addresses through the trunk."""
    trunk = target.trunk or "trunk"
    match target.type:
        case "user":
            return f"PJSIP/{target.name.partition('@')[0]}"
        case "phone":
            return f"PJSIP/{target.number}@{trunk}"
        case "sip":
            address = target.sip_uri if target.sip_uri.startswith(("sip:", "sips:")) else f"sip:{target.sip_uri}"
            return f"PJSIP/{trunk}/{address}"
