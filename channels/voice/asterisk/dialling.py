"""`dial` and `transfer`: a ring, and the conversation that comes of it."""

import asyncio

from channels.tasks import end
from channels.voice.asterisk import prompts
from channels.voice.asterisk.exchange import Exchange
from channels.voice.asterisk.journal import Doing
from channels.voice.asterisk.leg import Leg, now_ms
from channels.voice.asterisk.queueing import queued
from channels.voice.asterisk.ringing import Rang, ring
from channels.voice.asterisk.room import Room
from channels.voice.asterisk.talking import conference_told, meet, talk
from channels.voice.asterisk.verbs import Conference, Dequeue, Dial, Enqueue, Say, Transfer, Verbs
from channels.voice.asterisk.webhook import Payload


async def dial(x: Exchange, leg: Leg, verb: Dial, rest: Verbs) -> Payload:
    """Ring, and speak to the end; the caller hears ringing meanwhile."""
    if not verb.answer_on_bridge:
        await leg.pick_up()
    ringing = asyncio.create_task(_ringing(leg), name=f"ringing:{leg.sid}")
    try:
        rang = await ring(x, leg, verb.target, verb.timeout, verb.caller_id, verb.confirm_hook, verb.headers)
    finally:
        await end([ringing])
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


def outcome(x: Exchange, verb: Enqueue | Dequeue | Dial | Transfer | Conference, doing: Doing) -> Payload:
    """What is told of a conversation that has come to its end."""
    match verb:
        case Enqueue():
            return queued(x, verb, doing.waited, "bridged")
        case Dequeue():
            return {"dequeue_result": "complete"}
        case Dial():
            return {"dial_call_status": "completed", "dial_sip_status": 200, "dial_call_sid": doing.child}
        case Transfer():
            return {"transfer_result": "bridged", "transfer_reason": "completed", "dial_call_sid": doing.child}
        case Conference():
            return conference_told(x, verb.name)
