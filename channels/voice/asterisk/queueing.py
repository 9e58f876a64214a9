"""Waiting in a line, and taking somebody out of one."""

import asyncio

import structlog

from channels.tasks import end
from channels.voice.asterisk import prompts
from channels.voice.asterisk.exchange import Exchange
from channels.voice.asterisk.leg import Leg, now_ms
from channels.voice.asterisk.lines import Waiting
from channels.voice.asterisk.talking import meet, talk
from channels.voice.asterisk.verbs import Dequeue, Enqueue, Leave, Pause, Play, Say, Tag, Verbs
from channels.voice.asterisk.webhook import HookError, Payload

_SHORTEST_ROUND = 1.0
"""A line's hook is asked no more often than this (s), whatever it answers."""
_LONGEST_BACK_OFF = 30.0
_log = structlog.get_logger(__name__)


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
        await end([entertained])
    seconds = (now_ms() - since) // 1000
    await leg.silence()
    if room is None:
        await leg.music(on=False)
        return queued(x, verb, seconds, "leave")
    leg.does(verb, rest, since=since, room=room.name, waited=seconds)
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
