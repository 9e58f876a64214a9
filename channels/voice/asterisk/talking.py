"""Conversations: the room for two, conferences, and staying in one until it is over."""

import asyncio

from channels.tasks import end
from channels.voice.asterisk import verbs
from channels.voice.asterisk.exchange import Exchange
from channels.voice.asterisk.leg import Leg, now_ms
from channels.voice.asterisk.room import Member, Room
from channels.voice.asterisk.verbs import Conference, Verbs
from channels.voice.asterisk.webhook import Payload


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
    room.expect(member)
    if not member.supervises:
        await _company(leg, room)
    if not member.over.done():
        await room.enter(member, muted=verb.join_muted)
        _conference_event(x, leg, verb, room, "join")
        await x.tapes.begin(room, [leg])
    await member.over
    leg.room = None
    if verb.join_muted:
        await leg.quietly("DELETE", f"channels/{leg.sid}/mute", direction="in")
    _conference_event(x, leg, verb, room, "leave")
    return conference_told(x, room.name)


async def _company(leg: Leg, room: Room) -> None:
    """Whoever is the first in a room hears that it rings somewhere, until somebody comes."""
    if room.company.is_set():
        return
    ringing = asyncio.create_task(leg.play("tone:ring"), name=f"ringing:{leg.sid}")
    try:
        await room.company.wait()
    finally:
        await end([ringing])
        await leg.silence()


def conference_told(x: Exchange, name: str) -> dict[str, object]:
    """What is told of a room."""
    return {"conference_sid": f"conf:{x.settings.account}:{name}", "friendly_name": name}


def _conference_event(x: Exchange, leg: Leg, verb: Conference, room: Room, event: str) -> None:
    if verb.status_hook is not None and event in verb.status_events:
        told = leg.payload(**conference_told(x, room.name), event=event, members=len(room.members))
        x.teller.tell(leg.sid, verbs.address(verb.status_hook), told)
