"""Ringing devices and numbers: several at once, the first who takes the call has it."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import uuid4

import structlog

from channels.tasks import end
from channels.voice.asterisk import asking, prompts
from channels.voice.asterisk.ari import AriError
from channels.voice.asterisk.exchange import Exchange
from channels.voice.asterisk.journal import Facts
from channels.voice.asterisk.leg import Leg, now_ms
from channels.voice.asterisk.verbs import Gather, Hangup, Hook, Pause, Play, Say, Target, Verbs
from channels.voice.asterisk.webhook import HookError
from channels.voice.wire import printable

LONGEST_RING = 120.0
_ELSEWHERE = 26
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rang:
    """How a ring ended: who picked up, or why nobody did; `status` and `sip_status` as `dial` tells them."""

    child: Leg | None
    sid: str
    status: str
    sip_status: int


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
        await end(list(picked))
    parent.children.clear()
    for leg in legs:
        if leg is not winner and not leg.ended.is_set():
            await leg.hang_up(_ELSEWHERE)
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
            case Hangup():
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
    key: str = "",
) -> Leg:
    """Ring somebody; how it fares is told to the hub, and `answered` says whether anybody picked up."""
    facts = Facts(
        sid=f"peyk-{uuid4().hex}",
        direction="outbound",
        caller=printable(caller_id, 128),
        callee=target.number or target.name or target.sip_uri,
        parent=parent,
        hook=hook,
        status_hook=status_hook or x.application.hook("status"),
        began=now_ms(),
        tags=tags or {},
        key=key,
    )
    leg = x.add(facts)
    x.teller.tell(leg.sid, facts.status_hook, leg.payload())
    x.spawn(_originate(x, leg, target, seconds, headers or {}), f"originate:{leg.sid}")
    return leg


async def _originate(x: Exchange, leg: Leg, target: Target, seconds: float, headers: Mapping[str, str]) -> None:
    try:
        await x.ari.request(
            "POST",
            f"channels/{leg.sid}",
            {"variables": {f"PJSIP_HEADER(add,{key})": value for key, value in headers.items()}},
            endpoint=endpoint(x, target),
            app=x.ari.app,
            appArgs="leg",
            callerId=leg.facts.caller,
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
