"""What admins decide, as stored: inboxes, queues, canned replies, the workplace's rules.

Read once and kept in memory, because every message needs some of it; every change goes through `save` or `remove`,
which store first, then update the memory, then tell the listeners. `refresh` takes in what another process changed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import msgspec
from pymongo.errors import DuplicateKeyError

from hub.errors import Conflict, NotFound
from hub.model.calendar import Calendar
from hub.model.config import Canned, Inbox, NamedCalendar, Workplace
from hub.model.dialling import Dialling
from hub.model.flows import CallFlow
from hub.model.queues import Queue, Rules
from hub.model.sla import SlaPolicy
from hub.store.database import Database, guard

Thing = Inbox | Queue | Canned | Workplace | Rules | Dialling | NamedCalendar | SlaPolicy | CallFlow
ThingT = TypeVar("ThingT", Inbox, Queue, Canned, Workplace, Rules, Dialling, NamedCalendar, SlaPolicy, CallFlow)

_KINDS: dict[type[Thing], str] = {
    Inbox: "inbox",
    Queue: "queue",
    Canned: "canned",
    Workplace: "workplace",
    Rules: "rules",
    Dialling: "dialling",
    NamedCalendar: "calendar",
    SlaPolicy: "sla",
    CallFlow: "flow",
}
_Single = Workplace | Rules | Dialling
"""Things of which there is one."""
_TYPES = {kind: type_ for type_, kind in _KINDS.items()}


class Config:
    """The collection `config`: `_id` "kind:id", `kind`, `version`, `value` (the dataclass's fields).

    Two admins who change the same thing at once never overwrite each other: the later one gets `Conflict`.
    """

    def __init__(self, database: Database) -> None:
        """Work on a database; call `load` before reading."""
        self._documents = database.collection("config")
        self._values: dict[str, Thing] = {}
        self._versions: dict[str, int] = {}
        self._slas: tuple[SlaPolicy, ...] | None = None
        self._listeners: list[Callable[[str], None]] = []
        self._one_at_a_time = asyncio.Lock()
        """A reading that a write overtakes would leave the older value in memory."""

    async def load(self) -> None:
        """Read everything anew; nobody is told."""
        async with guard():
            found = await self._documents.find({}).to_list()
        self._values = {fields["_id"]: _value(fields) for fields in found}
        self._versions = {fields["_id"]: fields["version"] for fields in found}
        self._slas = None

    async def refresh(self) -> None:
        """Read everything anew, and tell of what another process changed."""
        async with self._one_at_a_time:
            await self._read_anew()

    def on_change(self, listener: Callable[[str], None]) -> None:
        """Have `listener` called with the kind ("inbox", "queue", ...) after each stored change."""
        self._listeners.append(listener)

    def inbox(self, id_: str) -> Inbox | None:
        """One inbox, None when there is none."""
        return self._one(Inbox, id_)

    def queue(self, id_: str) -> Queue | None:
        """One queue, None when there is none."""
        return self._one(Queue, id_)

    def queue_for(self, queue: str | None, inbox: str) -> Queue | None:
        """The line in which a conversation waits: its queue; its inbox's while it has none or that is deleted."""
        known = self.queue(queue or "")
        if known is None and (source := self.inbox(inbox)) is not None:
            known = self.queue(source.queue)
        return known or next(iter(self.queues.values()), None)

    def canned_reply(self, id_: str) -> Canned | None:
        """One canned reply, None when there is none."""
        return self._one(Canned, id_)

    @property
    def inboxes(self) -> Mapping[str, Inbox]:
        """All inboxes by id."""
        return {value.id: value for value in self._values.values() if isinstance(value, Inbox)}

    @property
    def queues(self) -> Mapping[str, Queue]:
        """All queues by id."""
        return {value.id: value for value in self._values.values() if isinstance(value, Queue)}

    @property
    def canned(self) -> Mapping[str, Canned]:
        """All canned replies by id."""
        return {value.id: value for value in self._values.values() if isinstance(value, Canned)}

    @property
    def workplace(self) -> Workplace:
        """The rules of the house; defaults until an admin changes them."""
        return self._one(Workplace, "") or Workplace()

    def calendar(self, id_: str) -> NamedCalendar | None:
        """Business hours by name, None when there are none."""
        return self._one(NamedCalendar, id_)

    @property
    def calendars(self) -> Mapping[str, Calendar]:
        """All named business hours by id."""
        return {value.id: value.calendar for value in self._values.values() if isinstance(value, NamedCalendar)}

    @property
    def named_calendars(self) -> Mapping[str, NamedCalendar]:
        """All business hours with their names."""
        return {value.id: value for value in self._values.values() if isinstance(value, NamedCalendar)}

    def sla(self, id_: str) -> SlaPolicy | None:
        """One promise, None when there is none."""
        return self._one(SlaPolicy, id_)

    @property
    def slas(self) -> tuple[SlaPolicy, ...]:
        """All promises, in their order; kept sorted, because each entry asks for them."""
        if self._slas is None:
            found = [value for value in self._values.values() if isinstance(value, SlaPolicy)]
            self._slas = tuple(sorted(found, key=lambda one: (one.order, one.id)))
        return self._slas

    def flow(self, id_: str) -> CallFlow | None:
        """One flow of calls, None when there is none."""
        return self._one(CallFlow, id_)

    @property
    def flows(self) -> Mapping[str, CallFlow]:
        """All flows of calls by id."""
        return {value.id: value for value in self._values.values() if isinstance(value, CallFlow)}

    @property
    def rules(self) -> Rules:
        """Which line a conversation goes to."""
        return self._one(Rules, "") or Rules()

    @property
    def dialling(self) -> Dialling:
        """Which numbers people may have dialled; the usual rules until an admin changes them."""
        return self._one(Dialling, "") or Dialling()

    async def create(self, thing: Thing) -> None:
        """Store something new. Raises Conflict (`exists`) when the id is taken."""
        async with self._one_at_a_time, guard():
            try:
                await self._documents.insert_one(_document(thing, 1))
            except DuplicateKeyError as error:
                raise Conflict("There is one with this id already.", code="exists", field="id") from error
            self._remember(key_of(thing), thing, 1)

    async def save(self, thing: Thing, *, made_of: Thing | None = None) -> None:
        """Store the new state of something; `made_of`: the state to which a change was applied.

        Raises Conflict when somebody changed it meanwhile, NotFound when it is gone.
        """
        key = key_of(thing)
        version = self._versions.get(key)
        if made_of is not None and self._values.get(key) != made_of:
            raise _changed()
        if version is None:
            if isinstance(thing, _Single):
                await self.create(thing)
                return
            raise NotFound("There is no such thing any more.")
        seen = {"_id": key, "version": version}
        async with self._one_at_a_time, guard():
            written = await self._documents.replace_one(seen, _document(thing, version + 1))
            if not written.matched_count:
                await self._read_anew()
                raise _changed()
            self._remember(key, thing, version + 1)

    async def remove(self, thing: Thing) -> None:
        """Delete something; deleting it twice is the same as once."""
        key = key_of(thing)
        async with self._one_at_a_time, guard():
            await self._documents.delete_one({"_id": key})
            self._values.pop(key, None)
            self._versions.pop(key, None)
            self._tell(_KINDS[type(thing)])

    async def _read_anew(self) -> None:
        before = self._values
        await self.load()
        changed = {key for key in before.keys() | self._values.keys() if before.get(key) != self._values.get(key)}
        for kind in sorted({key.partition(":")[0] for key in changed}):
            self._tell(kind)

    def _remember(self, key: str, thing: Thing, version: int) -> None:
        self._values[key] = thing
        self._versions[key] = version
        self._tell(_KINDS[type(thing)])

    def _tell(self, kind: str) -> None:
        self._slas = None
        for listener in self._listeners:
            listener(kind)

    def _one(self, type_: type[ThingT], id_: str) -> ThingT | None:
        found = self._values.get(f"{_KINDS[type_]}:{id_}")
        return found if isinstance(found, type_) else None


def key_of(thing: Thing) -> str:
    """The `_id` under which a thing is stored, like "queue:support"."""
    return f"{_KINDS[type(thing)]}:{'' if isinstance(thing, _Single) else thing.id}"


def _changed() -> Conflict:
    return Conflict("Somebody else changed this meanwhile; look at it again.", code="changed_meanwhile")


def _document(thing: Thing, version: int) -> dict[str, Any]:
    # Every field, also false and empty ones: what an admin switched off must not come back as a default.
    return {
        "_id": key_of(thing),
        "kind": _KINDS[type(thing)],
        "version": version,
        "value": msgspec.to_builtins(thing),
    }


def _value(fields: dict[str, Any]) -> Thing:
    return msgspec.convert(fields["value"], _TYPES[fields["kind"]])
