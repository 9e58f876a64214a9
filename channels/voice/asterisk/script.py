"""Doing what the application says: one list of verbs after the other, until the call is over.

What an action hook answers takes the place of what was left; an empty answer goes on with it. A list that is over ends
the call. When the application is away for longer than it is asked again, the caller hears an apology.
"""

from collections.abc import Awaitable
from contextlib import suppress

import structlog

from channels.voice.asterisk import asking, dialling, prompts, queueing, talking
from channels.voice.asterisk.ari import AriError, AriLostError
from channels.voice.asterisk.exchange import Exchange
from channels.voice.asterisk.leg import Leg
from channels.voice.asterisk.verbs import (
    Answer,
    Conference,
    Config,
    Decline,
    Dequeue,
    Dial,
    Dtmf,
    Dub,
    Enqueue,
    Gather,
    Hangup,
    Hook,
    Leave,
    Listen,
    Pause,
    Play,
    Record,
    Redirect,
    Say,
    Tag,
    Transfer,
    Verb,
    Verbs,
)
from channels.voice.asterisk.webhook import HookError, Payload

_CAUSES = {486: 17, 600: 17, 480: 19, 404: 1, 403: 21, 603: 21, 503: 34}
"""Asterisk says a hang-up cause, from which it makes the SIP status again (603 comes out as 403)."""
_log = structlog.get_logger(__name__)
Next = Verbs | None
Lasting = Dial | Transfer | Enqueue | Dequeue | Conference


async def new(x: Exchange, leg: Leg) -> None:
    """A call that has come in: ask what to do with it."""
    facts = leg.facts
    sip = {"headers": {}, "method": "INVITE", "calledNumber": facts.callee, "callingNumber": facts.caller}
    await begin(x, leg, facts.hook, leg.payload(sip=sip, defaults={}))


async def begin(x: Exchange, leg: Leg, hook: Hook, payload: Payload) -> None:
    """Ask a hook for a script and do it, to the end of the call or until somebody breaks it off."""
    await guarded(x, leg, _begun(x, leg, hook, payload))


async def _begun(x: Exchange, leg: Leg, hook: Hook, payload: Payload) -> None:
    leg.change(doing=None)
    await _perform(x, leg, await x.application.ask(hook, payload))


async def guarded(x: Exchange, leg: Leg, work: Awaitable[None]) -> None:
    """Do something for a call; when it cannot be done, the caller is told and the call ends."""
    try:
        await work
    except HookError as error:
        _log.warning("gateway.application_failed", call=leg.sid, kind=error.kind)
        await _apologise(x, leg)
    except AriLostError:
        return  # whoever comes back takes it up again
    except AriError as error:
        _log.info("gateway.call_broke_off", call=leg.sid, status=error.status)
        await leg.hang_up()


async def _apologise(x: Exchange, leg: Leg) -> None:
    with suppress(AriError):
        await prompts.sorry(x, leg)
    await leg.hang_up()


async def _perform(x: Exchange, leg: Leg, row: Verbs) -> None:
    while row:
        verb, rest = row[0], row[1:]
        answer = await _do(x, leg, verb, rest)
        if leg.facts.doing is not None:
            leg.change(doing=None)
        row = answer or rest
        if isinstance(verb, Hangup | Decline):
            return
    await leg.hang_up()


async def _do(x: Exchange, leg: Leg, verb: Verb, rest: Verbs) -> Next:
    match verb:
        case Say() | Play() | Pause() | Dub() | Dtmf():
            return await _sound(x, leg, verb)
        case Gather():
            return await _told(x, leg, verb.action_hook, await asking.gather(x, leg, verb))
        case Listen():
            return await _told(x, leg, verb.action_hook, await asking.message(x, leg, verb))
        case Dial() | Transfer() | Enqueue() | Dequeue() | Conference():
            return await _told(x, leg, verb.action_hook, await _lasted(x, leg, verb, rest))
        case _:
            return await _plain(x, leg, verb)


async def _lasted(x: Exchange, leg: Leg, verb: Lasting, rest: Verbs, since: int | None = None) -> Payload:
    match verb:
        case Dial():
            return await dialling.dial(x, leg, verb, rest)
        case Transfer():
            return await dialling.transfer(x, leg, verb, rest)
        case Enqueue():
            return await queueing.enqueue(x, leg, verb, rest, since)
        case Dequeue():
            return await queueing.dequeue(x, leg, verb, rest)
        case Conference():
            return await talking.conference(x, leg, verb, rest)


async def wait_again(x: Exchange, leg: Leg, verb: Enqueue, rest: Verbs, since: int) -> None:
    """Stand in a line since then (ms since the epoch), and go on with what comes after."""
    await after(x, leg, verb, await queueing.enqueue(x, leg, verb, rest, since), rest)


async def after(x: Exchange, leg: Leg, verb: Lasting, told: Payload, rest: Verbs) -> None:
    """A verb that lasted is over: tell of it, and do what comes next."""
    leg.change(doing=None)
    await _perform(x, leg, await _told(x, leg, verb.action_hook, told) or rest)


async def _told(x: Exchange, leg: Leg, hook: Hook | None, payload: Payload) -> Next:
    return None if hook is None else await x.application.ask(hook, leg.payload(**payload))


async def _sound(x: Exchange, leg: Leg, verb: Say | Play | Pause | Dub | Dtmf) -> Next:
    match verb:
        case Say():
            await leg.pick_up()
            await prompts.say(x, leg, verb)
        case Play():
            await leg.pick_up()
            reason = "playCompleted" if await prompts.play(x, leg, verb) else "playFailed"
            return await _told(x, leg, verb.action_hook, {"reason": reason})
        case Pause():
            await prompts.pause(verb.length)
        case Dub():
            await prompts.dub(x, leg, verb)
        case Dtmf():
            await leg.pick_up()
            await x.ari.request("POST", f"channels/{leg.sid}/dtmf", dtmf=verb.dtmf[:64], duration=verb.duration)
    return None


async def _plain(x: Exchange, leg: Leg, verb: Verb) -> Next:
    match verb:
        case Answer():
            await leg.pick_up()
        case Redirect():
            return await x.application.ask(verb.action_hook, leg.payload())
        case Hangup():
            await leg.hang_up()
        case Decline():
            await leg.hang_up(_CAUSES.get(verb.status, 21))
        case Config():
            if verb.synthesizer is not None and verb.synthesizer.language:
                leg.language = verb.synthesizer.language
            if verb.record is not None:
                await record(x, leg, verb.record)
        case Tag():
            leg.change(tags=dict(verb.data))
        case Leave():
            pass  # there is nothing to leave outside of a line
        case _:
            raise AssertionError(type(verb).__name__)
    return None


async def record(x: Exchange, leg: Leg, wanted: Record) -> None:
    """Record the call's conversations from now on, or not; a running recording is changed at once."""
    state = {
        "startCallRecording": "on",
        "resumeCallRecording": "on",
        "pauseCallRecording": "paused",
        "stopCallRecording": "",
    }[wanted.action]
    leg.change(recording=state)
    room = leg.room
    if room is None:
        return
    if not state:
        await room.record_stop()
    elif room.recording:
        await room.record_pause(on=state == "paused")
    else:
        await x.tapes.begin(room, [leg])
