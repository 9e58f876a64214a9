"""Admins and time: named business hours, and the promises that are kept within them."""

from __future__ import annotations

import re
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from hub.call_flows import live_reviews, reader
from hub.errors import BadInput, Conflict
from hub.model.config import NamedCalendar
from hub.model.sla import PROMISES, SlaPolicy
from hub.store.config import Thing, key_of
from hub.web.admin_config import found
from hub.web.calendars import CalendarView, calendar_of, calendar_view
from hub.web.diff import changes
from hub.web.http import Call
from hub.web.names import line

Text = Annotated[str, Meta(max_length=200)]
Texts = Annotated[list[Text], Meta(max_length=100)]
Seconds = Annotated[int, Meta(ge=1, le=31_536_000)]
_ID = re.compile(r"[a-z][a-z0-9-]{1,30}")


class CalendarRecord(Struct, frozen=True, forbid_unknown_fields=True):
    """Business hours that rules and promises name by `id`; `open` and `next_opening` (ms) are as of now."""

    id: Text
    name: Text
    calendar: CalendarView
    open: bool | None = None
    next_opening: int | None = None


class CalendarList(Struct, frozen=True):
    """All named business hours."""

    calendars: list[CalendarRecord]


class SlaRecord(Struct, frozen=True, forbid_unknown_fields=True):
    """A promise, as `hub.model.sla.SlaPolicy`. `targets` maps first_response, next_response, ... to seconds."""

    id: Text
    name: Text
    order: Annotated[int, Meta(ge=0, le=1000)] = 0
    inboxes: Texts = []
    queues: Texts = []
    channels: Texts = []
    priority: Annotated[int, Meta(ge=-10, le=10)] | None = None
    targets: dict[Text, Seconds] = {}
    calendar: Text = ""
    warn_seconds: Annotated[int, Meta(ge=0, le=604_800)] = 300


class SlaList(Struct, frozen=True):
    """All promises, in order."""

    slas: list[SlaRecord]


async def list_calendars(call: Call) -> CalendarList:
    """All named business hours."""
    named = call.web.config.named_calendars.values()
    return CalendarList(calendars=[_calendar(one, call.web.clock.now()) for one in named])


async def put_calendar(call: Call) -> CalendarRecord:
    """Make or change business hours."""
    wanted = call.body_as(CalendarRecord)
    now = call.web.clock.now()
    calendar = calendar_of(wanted.calendar, now)
    named = NamedCalendar(id=_id(call, wanted.id), name=line(wanted.name, "name", longest=60), calendar=calendar)
    before = call.web.config.calendar(named.id)
    await _put(call, before, named, _calendar(before, now) if before else None, _calendar(named, now))
    return _calendar(named, now)


async def delete_calendar(call: Call) -> None:
    """Delete business hours that nothing names."""
    config = call.web.config
    calendar = found(config.calendar(call.path("id")))
    if any(rule.when.calendar == calendar.id for rule in config.rules.rules):
        raise Conflict("A rule names these hours.", code="in_use")
    if any(queue.calendar == calendar.id for queue in config.queues.values()):
        raise Conflict("A queue names these hours.", code="in_use")
    if any(sla.calendar == calendar.id for sla in config.slas):
        raise Conflict("A promise names these hours.", code="in_use")
    if any(rule.calendar == calendar.id for rule in config.dialling.rules):
        raise Conflict("A rule of dialling names these hours.", code="in_use")
    if any(calendar.id in one.calendars for one in live_reviews(config, reader(call.web.channels.channels))):
        raise Conflict("A flow of calls names these hours.", code="in_use")
    await config.remove(calendar)
    await call.record("calendar.delete", key_of(calendar), changes(_calendar(calendar, 0), None))


async def list_slas(call: Call) -> SlaList:
    """All promises, in order."""
    return SlaList(slas=[_sla(one) for one in call.web.config.slas])


async def put_sla(call: Call) -> SlaRecord:
    """Make or change a promise."""
    wanted = call.body_as(SlaRecord)
    config = call.web.config
    unknown = set(wanted.targets) - set(PROMISES)
    if unknown or not wanted.targets:
        raise BadInput(f"A promise is one of {', '.join(PROMISES)}.", code="bad_target", field="targets")
    if wanted.calendar and config.calendar(wanted.calendar) is None:
        raise BadInput("There are no such hours.", code="no_such_calendar", field="calendar")
    if any(config.queue(queue) is None for queue in wanted.queues):
        raise BadInput("There is no such queue.", code="no_such_queue", field="queues")
    if any(config.inbox(inbox) is None for inbox in wanted.inboxes):
        raise BadInput("There is no such inbox.", code="no_such_inbox", field="inboxes")
    if not set(wanted.channels) <= set(call.web.channels.channels):
        raise BadInput("This hub has no such channel.", code="no_such_channel", field="channels")
    fields = msgspec.structs.asdict(wanted) | {
        "id": _id(call, wanted.id),
        "name": line(wanted.name, "name", longest=60),
    }
    policy = msgspec.convert(fields, SlaPolicy)
    before = config.sla(policy.id)
    await _put(call, before, policy, _sla(before) if before else None, _sla(policy))
    return _sla(policy)


async def delete_sla(call: Call) -> None:
    """Delete a promise; what was told stays told."""
    policy = found(call.web.config.sla(call.path("id")))
    await call.web.config.remove(policy)
    await call.record("sla.delete", key_of(policy), changes(_sla(policy), None))


async def _put(call: Call, before: Thing | None, after: Thing, was: Struct | None, becomes: Struct) -> None:
    difference = changes(was, becomes)
    if not difference:
        raise BadInput("Nothing to change.", code="nothing_to_change")
    if before is None:
        await call.web.config.create(after)
    else:
        await call.web.config.save(after)
    kind = key_of(after).partition(":")[0]
    await call.record(f"{kind}.{'change' if before else 'create'}", key_of(after), difference)


def _id(call: Call, id_: str) -> str:
    if call.path("id") != id_ or not _ID.fullmatch(id_):
        raise BadInput("An id is 2-31 small letters, digits and hyphens.", code="bad_id", field="id")
    return id_


def _calendar(one: NamedCalendar, now: int) -> CalendarRecord:
    view, open_now = calendar_view(one.calendar), one.calendar.is_open(now)
    following = None if open_now else one.calendar.next_opening(now)
    return CalendarRecord(id=one.id, name=one.name, calendar=view, open=open_now, next_opening=following)


def _sla(policy: SlaPolicy) -> SlaRecord:
    return msgspec.convert(msgspec.to_builtins(policy), SlaRecord)
