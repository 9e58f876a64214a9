"""Admins and the workplace: queues, canned replies, the rules of the house."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any, TypeVar

import msgspec
from msgspec import UNSET, Struct

from hub.call_flows import live_reviews, reader
from hub.errors import BadInput, Conflict, NotFound
from hub.model.config import Agent, Canned, Workplace
from hub.model.ids import QueueId, new_id
from hub.model.queues import Queue
from hub.routing.plan import cut_off, queue_problems, workplace_problems
from hub.store.config import Thing, key_of
from hub.web.admin_routing import refuse
from hub.web.admin_shapes import (
    CannedChange,
    CannedList,
    CannedRecord,
    NewCanned,
    NewQueue,
    QueueChange,
    QueueList,
    QueueRecord,
    WorkplaceChange,
    WorkplaceRecord,
)
from hub.web.diff import changes
from hub.web.http import Call
from hub.web.names import line, paragraph

T = TypeVar("T")

_SHORTCUT = re.compile(r"[^\s/<>\"']{1,32}")
_CODE = re.compile(r"[^\s:<>\"'&$]{1,40}")
_ID = re.compile(r"[a-z][a-z0-9-]{1,30}")


async def list_queues(call: Call) -> QueueList:
    """All queues."""
    return QueueList(queues=[_queue_record(queue) for queue in call.web.config.queues.values()])


async def create_queue(call: Call) -> QueueRecord:
    """Make a queue."""
    wanted = call.body_as(NewQueue)
    id_ = new_id() if wanted.id is UNSET else wanted.id
    if wanted.id is not UNSET and not _ID.fullmatch(id_):
        raise BadInput("An id is 2-31 small letters, digits and hyphens.", code="bad_id", field="id")
    queue = Queue(
        id=QueueId(id_),
        name=line(wanted.name, "name", longest=60),
        offer_seconds=wanted.offer_seconds,
        priority=wanted.priority,
        max_wait_seconds=wanted.max_wait_seconds,
    )
    await call.web.config.create(queue)
    record = _queue_record(queue)
    await call.record("queue.create", f"queue:{queue.id}", changes(None, record))
    return record


async def change_queue(call: Call) -> QueueRecord:
    """Change a queue."""
    before = found(call.web.config.queue(call.path("id")))
    fields = _given(call.body_as(QueueChange))
    if "name" in fields:
        fields["name"] = line(str(fields["name"]), "name", longest=60)
    for name in ("channels", "languages", "auto_accept"):
        if name in fields:
            fields[name] = tuple(dict.fromkeys(fields[name]))
    if "rings" in fields:
        fields["rings"] = tuple(fields["rings"])
    after = replace(before, **fields)
    config = call.web.config
    people = await call.web.accounts.all()
    found_here = queue_problems(after, config.queues, people, config.workplace, config.calendars)
    refuse(found_here + cut_off(after, before, config.queues, config.rules.rules))
    await _save(call, "queue.change", _queue_record(before), _queue_record(after), before, after)
    return _queue_record(after)


async def delete_queue(call: Call) -> None:
    """Delete a queue that nothing leads to."""
    config = call.web.config
    queue = found(config.queue(call.path("id")))
    used = [inbox.id for inbox in config.inboxes.values() if inbox.queue == queue.id]
    if used:
        raise Conflict(f"Inbox {used[0]} leads to this queue.", code="in_use")
    led = [other.id for other in config.queues.values() if other.exit == "queue" and other.exit_queue == queue.id]
    if led:
        raise Conflict(f"Queue {led[0]} overflows into this queue.", code="in_use")
    if any(rule.queue == queue.id for rule in config.rules.rules):
        raise Conflict("A rule leads to this queue.", code="in_use")
    if any(queue.id in sla.queues for sla in config.slas):
        raise Conflict("A promise names this queue.", code="in_use")
    if any(queue.id in agent.queues for agent in await call.web.accounts.all()):
        raise Conflict("There are agents in this queue.", code="in_use")
    if any(queue.id in one.queues for one in live_reviews(config, reader(call.web.channels.channels))):
        raise Conflict("A flow of calls names this queue.", code="in_use")
    await config.remove(queue)
    await call.record("queue.delete", f"queue:{queue.id}", changes(_queue_record(queue), None))


async def list_canned(call: Call) -> CannedList:
    """All canned replies."""
    return CannedList(canned=[_canned_record(canned) for canned in call.web.config.canned.values()])


async def create_canned(call: Call) -> CannedRecord:
    """Make a canned reply."""
    wanted = call.body_as(NewCanned)
    text = paragraph(wanted.text, "text", longest=4000)
    canned = Canned(id=new_id(), shortcut=_shortcut(wanted.shortcut), locale=wanted.locale, text=text)
    _refuse_twin(call, canned)
    await call.web.config.create(canned)
    await call.record("canned.create", f"canned:{canned.id}", changes(None, _canned_record(canned)))
    return _canned_record(canned)


async def change_canned(call: Call) -> CannedRecord:
    """Change a canned reply."""
    before = found(call.web.config.canned_reply(call.path("id")))
    fields = _given(call.body_as(CannedChange))
    if "shortcut" in fields:
        fields["shortcut"] = _shortcut(str(fields["shortcut"]))
    if "text" in fields:
        fields["text"] = paragraph(str(fields["text"]), "text", longest=4000)
    after = replace(before, **fields)
    _refuse_twin(call, after)
    await _save(call, "canned.change", _canned_record(before), _canned_record(after), before, after)
    return _canned_record(after)


async def delete_canned(call: Call) -> None:
    """Delete a canned reply."""
    canned = found(call.web.config.canned_reply(call.path("id")))
    await call.web.config.remove(canned)
    await call.record("canned.delete", f"canned:{canned.id}", changes(_canned_record(canned), None))


async def read_workplace(call: Call) -> WorkplaceRecord:
    """The rules of the house."""
    return _workplace_record(call.web.config.workplace)


async def change_workplace(call: Call) -> WorkplaceRecord:
    """Change the rules of the house."""
    before = call.web.config.workplace
    fields = _given(call.body_as(WorkplaceChange))
    for name in ("break_reasons", "dispositions"):
        if name in fields:
            fields[name] = _codes(fields[name], name)
    for name in ("skills", "teams"):
        if name in fields:
            fields[name] = tuple(dict.fromkeys(line(str(one), name, longest=40) for one in fields[name]))
    after = replace(before, **fields)
    people = await call.web.accounts.all()
    refuse(workplace_problems(after, before, people))
    _refuse_used(call, before, after, people)
    await _save(call, "settings.change", _workplace_record(before), _workplace_record(after), before, after)
    return _workplace_record(after)


async def _save(call: Call, action: str, was: Struct, becomes: Struct, before: Thing, after: Thing) -> None:
    difference = changes(was, becomes)
    if not difference:
        raise BadInput("Nothing to change.", code="nothing_to_change")
    never_saved = isinstance(before, Workplace) and before == Workplace()
    await call.web.config.save(after, made_of=None if never_saved else before)
    target = "workplace" if isinstance(after, Workplace) else key_of(after)
    await call.record(action, target, difference)


def _refuse_used(call: Call, before: Workplace, after: Workplace, people: list[Agent]) -> None:
    """Skills and teams that a ring, a rule or somebody has stay."""
    rings = [ring for queue in call.web.config.queues.values() for ring in queue.rings]
    needs = [*(need for ring in rings for need in ring.needs)]
    needs += [need for rule in call.web.config.rules.rules for need in rule.needs]
    skills = {need.skill for need in needs} | {skill for one in people for skill in one.skills}
    teams = {team for ring in rings for team in ring.teams} | {team for one in people for team in one.teams}
    for name, gone in (
        ("skills", set(before.skills) - set(after.skills)),
        ("teams", set(before.teams) - set(after.teams)),
    ):
        used = sorted(gone & (skills if name == "skills" else teams))
        if used:
            raise Conflict(f"{used[0]} is in use.", code="in_use", field=name)


def found(thing: T | None) -> T:
    """The thing that an address names. Raises NotFound."""
    if thing is None:
        raise NotFound("There is no such thing.")
    return thing


def _given(wanted: Struct) -> dict[str, Any]:
    """The fields that the client named."""
    fields = {name: getattr(wanted, name) for name in wanted.__struct_fields__}
    return {name: value for name, value in fields.items() if value is not UNSET}


def _shortcut(text: str) -> str:
    shortcut = line(text, "shortcut", longest=33).removeprefix("/")
    if not _SHORTCUT.fullmatch(shortcut):
        raise BadInput("A shortcut is one word of at most 32 characters.", code="bad_shortcut", field="shortcut")
    return shortcut


def _codes(values: object, field: str) -> tuple[str, ...]:
    words = [line(str(value), field, longest=40) for value in values] if isinstance(values, list) else []
    if any(not _CODE.fullmatch(word) for word in words):
        raise BadInput("Write each as one word; use _ for spaces.", code="bad_text", field=field)
    return tuple(dict.fromkeys(words))


def _refuse_twin(call: Call, canned: Canned) -> None:
    for other in call.web.config.canned.values():
        if other.id != canned.id and (other.shortcut, other.locale) == (canned.shortcut, canned.locale):
            raise Conflict("There is a reply with this shortcut already.", code="exists", field="shortcut")


def _queue_record(queue: Queue) -> QueueRecord:
    return msgspec.convert(msgspec.to_builtins(queue), QueueRecord)


def _canned_record(canned: Canned) -> CannedRecord:
    return msgspec.convert(msgspec.to_builtins(canned), CannedRecord)


def _workplace_record(workplace: Workplace) -> WorkplaceRecord:
    return msgspec.convert(msgspec.to_builtins(workplace), WorkplaceRecord)
