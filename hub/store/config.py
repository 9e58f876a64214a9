"""What admins decide, as stored: inboxes, queues, canned replies, the workplace's rules.

Read once and kept in memory, because every message needs some of it; every change goes through `save` or `remove`,
which store first, then update the memory, then tell the listeners.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import msgspec
from pymongo.errors import DuplicateKeyError

from hub.errors import Conflict, NotFound
from hub.model.calendar import Calendar
from hub.model.config import Canned, Inbox, NamedCalendar, Workplace
from hub.model.queues import Queue, Rules
from hub.model.sla import SlaPolicy
from hub.store.database import Database, guard

Thing = Inbox | Queue | Canned | Workplace | Rules | NamedCalendar | SlaPolicy
ThingT = TypeVar("ThingT", Inbox, Queue, Canned, Workplace, Rules, NamedCalendar, SlaPolicy)

_KINDS: dict[type[Thing], str] = {
    Inbox: "inbox",
    Queue: "queue",
    Canned: "canned",
    Workplace: "workplace",
    Rules: "rules",
    NamedCalendar: "calendar",
    SlaPolicy: "sla",
}
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

    async def load(self) -> None:
        """Read everything anew (at start, and when another process says that something changed)."""
        async with guard():
            found = await self._documents.find({}).to_list()
        self._values = {fields["_id"]: _value(fields) for fields in found}
        self._versions = {fields["_id"]: fields["version"] for fields in found}
        self._slas = None

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

    @property
    def rules(self) -> Rules:
        """Which line a conversation goes to."""
        return self._one(Rules, "") or Rules()

    async def create(self, thing: Thing) -> None:
        """Store something new. Raises Conflict (`exists`) when the id is taken."""
        key = key_of(thing)
        async with guard():
            try:
                await self._documents.insert_one(_document(thing, 1))
            except DuplicateKeyError as error:
                raise Conflict("There is one with this id already.", code="exists", field="id") from error
        self._remember(key, thing, 1)

    async def save(self, thing: Thing) -> None:
        """Store the new state of something.

        Raises Conflict when somebody changed it meanwhile, NotFound when it is gone.
        """
        key = key_of(thing)
        version = self._versions.get(key)
        if version is None:
            if isinstance(thing, Workplace | Rules):
                await self.create(thing)
                return
            raise NotFound("There is no such thing any more.")
        async with guard():
            written = await self._documents.replace_one({"_id": key, "version": version}, _document(thing, version + 1))
        if not written.matched_count:
            await self.load()
            raise Conflict(
                "Somebody else changed this meanwhile; look at it again.",
                code="changed_meanwhile",
            )
        self._remember(key, thing, version + 1)

    async def remove(self, thing: Thing) -> None:
        """Delete something; deleting it twice is the same as once."""
        key = key_of(thing)
        async with guard():
            await self._documents.delete_one({"_id": key})
        self._values.pop(key, None)
        self._versions.pop(key, None)
        self._tell(_KINDS[type(thing)])

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
    return f"{_KINDS[type(thing)]}:{'' if isinstance(thing, Workplace | Rules) else thing.id}"


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
