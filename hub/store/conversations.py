"""Conversations: an unchanging header, and the projection of the timeline (`state`, `due_at`, `due_kind`).

Document: `{_id, header: {...}, state: {...}, due_at?, due_kind?, open_key?, agent_read, contact_read, labels, drafts}`.
`open_key` (inbox and address) is unique, so that a customer has one open conversation however many first messages race.
The projection is written only forwards: a write carries a higher `state.last_seq` than what it replaces.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pymongo import ASCENDING, DESCENDING, UpdateOne
from pymongo.errors import BulkWriteError, DuplicateKeyError

from hub.model.conversation import LIVE, Conversation, Header
from hub.model.due import Due
from hub.model.ids import AgentId, ContactId, ConversationId, new_id
from hub.model.queues import Told
from hub.store.codec import conversation_fields, decoded, document
from hub.store.database import Database, guard, next_value


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """What lies beside the timeline: how far each side has read, labels, an agent's draft."""

    agent_read: int = 0
    contact_read: int = 0
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A conversation with its marks, as lists show it; `told`: what its customer heard last of the line."""

    state: Conversation
    marks: Marks
    told: Told | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What somebody who serves some queues alone may see, beside their own conversations.

    Attributes:
        queues: The queues that they serve.
        all_queues: Every queue there is; a conversation whose queue is none of them waits in its inbox's.
        inboxes: Those whose own queue they serve.
    """

    queues: Collection[str]
    all_queues: Collection[str]
    inboxes: Collection[str]


_DUPLICATE = 11000

TABS: dict[str, dict[str, Any]] = {
    "mine": {"state.status": "open", "state.owner.kind": "agent"},
    "queue": {"state.owner.kind": {"$in": ["queue", "offer"]}},
    "all": {"state.status": {"$ne": "resolved"}, "state.contact_seq": {"$gt": 0}},
    "snoozed": {"state.status": "waiting"},
    "resolved": {"state.status": "resolved"},
}
_MINE = {"mine", "snoozed"}


@dataclass(frozen=True, slots=True)
class Conversations:
    """The `conversations` collection."""

    database: Database

    @property
    def _rows(self) -> Any:
        return self.database.collection("conversations")

    async def index(self) -> None:
        """Make the indexes that lists, deadlines and the one-open-conversation rule need."""
        async with guard():
            await self._rows.create_index("open_key", unique=True, sparse=True, name="one_open")
            await self._rows.create_index("header.number", unique=True)
            await self._rows.create_index([("due_at", ASCENDING)], sparse=True)
            await self._rows.create_index([("header.contact", ASCENDING), ("header.created_at", DESCENDING)])
            await self._rows.create_index([("header.inbox", ASCENDING), ("header.address", ASCENDING)])
            await self._rows.create_index([("state.status", ASCENDING), ("state.last_at", DESCENDING)])
            await self._rows.create_index([("state.owner.kind", ASCENDING), ("state.last_at", DESCENDING)])
            await self._rows.create_index(
                [("state.owner.agent", ASCENDING), ("state.last_at", DESCENDING)],
                sparse=True,
            )
            await self._rows.create_index([("state.owner.among", ASCENDING)], sparse=True)
            await self._rows.create_index("state.call", partialFilterExpression={"state.call": {"$gt": ""}})

    async def next_number(self) -> int:
        """The next short number that people say."""
        async with guard():
            return await next_value(self.database, "conversation")

    async def create(self, header: Header, *, locale: str, name: str = "") -> Conversation | None:
        """Begin a conversation; None when the address has an open one already."""
        state = Conversation(header=header, locale=locale, contact_name=name)
        row = {
            "_id": header.id,
            "header": document(header),
            "open_key": open_key(header),
            "agent_read": 0,
            "contact_read": 0,
            **conversation_fields(state),
        }
        async with guard():
            try:
                await self._rows.insert_one(row)
            except DuplicateKeyError:
                return None
        return state

    async def get(self, conversation: ConversationId) -> Row | None:
        """One conversation as its projection stands."""
        async with guard():
            row = await self._rows.find_one({"_id": conversation})
        return _row(row) if row else None

    async def load(self, conversation: ConversationId) -> Conversation | None:
        """One conversation's projection, perhaps behind its timeline."""
        row = await self.get(conversation)
        return row.state if row else None

    async def owner_of(self, conversation: str) -> tuple[str, str] | None:
        """The (inbox, address) whose conversation this is; None when there is none."""
        row = await self.get(ConversationId(conversation))
        return (row.state.header.inbox, row.state.header.address) if row else None

    async def current(self, inbox: str, address: str, thread: str = "") -> Row | None:
        """The open conversation of an address (in a thread); its newest when none is open."""
        query = {"header.inbox": inbox, "header.address": address, **({"header.thread": thread} if thread else {})}
        # One question, because every visitor who connects asks it: who has no `open_key` sorts behind who has one.
        order = [("open_key", DESCENDING), ("header.created_at", DESCENDING)]
        async with guard():
            row = await self._rows.find_one(query, sort=order)
        return _row(row) if row else None

    async def of_contact(self, contact: ContactId, *, limit: int = 20) -> list[Row]:
        """A contact's conversations, newest first."""
        async with guard():
            rows = (
                await self._rows.find({"header.contact": contact})
                .sort("header.created_at", DESCENDING)
                .limit(limit)
                .to_list()
            )
        return [_row(row) for row in rows]

    async def save(self, states: Sequence[tuple[Conversation, Due | None]]) -> None:
        """Write projections, forwards only.

        One that was opened again while its customer had begun another goes without the key, and holds up no neighbour.
        """
        if not states:
            return
        async with guard():
            try:
                await self._rows.bulk_write([_projection(state, due) for state, due in states], ordered=False)
            except BulkWriteError as error:
                second = [_projection(*states[index], current=False) for index in _taken(error)]
                await self._rows.bulk_write(second, ordered=False)

    async def numbered(self, number: int) -> Row | None:
        """The conversation with a number that people say."""
        async with guard():
            row = await self._rows.find_one({"header.number": number})
        return _row(row) if row else None

    async def of_address(self, inbox: str, address: str, *, limit: int = 20) -> list[ConversationId]:
        """An address's conversations in an inbox, newest first."""
        query = {"header.inbox": inbox, "header.address": address}
        async with guard():
            rows = await self._rows.find(query, {"_id": 1}).sort("header.created_at", DESCENDING).limit(limit).to_list()
        return [ConversationId(row["_id"]) for row in rows]

    async def without_due(self) -> list[ConversationId]:
        """Open conversations that nothing would ever happen to by itself: there must be none."""
        query = {"state.status": {"$ne": "resolved"}, "state.last_seq": {"$gt": 0}, "due_at": {"$exists": False}}
        async with guard():
            rows = await self._rows.find(query, {"_id": 1}).to_list()
        return [ConversationId(row["_id"]) for row in rows]

    async def claim_due(self, now: int, lease_ms: int, *, limit: int) -> list[ConversationId]:
        """Conversations whose deadline has come, most overdue first, for this process alone to do what is due.

        Nobody is given one of them again, also not this process, until its deadline changes or the lease is over.
        """
        free = {"$or": [{"$ne": ["$due_claim.at", "$due_at"]}, {"$lte": ["$due_claim.until", now]}]}
        due, me = {"due_at": {"$lte": now}, "$expr": free}, new_id()
        claim = [{"$set": {"due_claim": {"at": "$due_at", "until": now + lease_ms, "by": me}}}]
        async with guard():
            rows = await self._rows.find(due, {"_id": 1}).sort("due_at", ASCENDING).limit(limit).to_list()
            ids = [row["_id"] for row in rows]
            claimed = await self._rows.update_many({"_id": {"$in": ids}, **due}, claim) if ids else None
            if claimed is not None and claimed.modified_count < len(ids):  # another process was faster
                mine = await self._rows.find({"_id": {"$in": ids}, "due_claim.by": me}, {"_id": 1}).to_list()
                ids = [row["_id"] for row in mine]
        return [ConversationId(one) for one in ids]

    async def correct_due(self, states: Sequence[tuple[Conversation, Due | None]]) -> None:
        """Set the deadlines of exactly these states again: the rules changed, or a projection had fallen behind."""
        updates = [
            UpdateOne(
                {"_id": state.id, "state.last_seq": {"$lte": state.last_seq}},
                {"$set": _due_fields(due)} if due else {"$unset": {"due_at": "", "due_kind": ""}},
            )
            for state, due in states
        ]
        if updates:
            async with guard():
                await self._rows.bulk_write(updates, ordered=False)

    async def unresolved(self, *, kind: str | None = None) -> list[Row]:
        """All open conversations, or those with an owner of one kind."""
        query: dict[str, Any] = {"state.owner.kind": kind} if kind else {"state.status": {"$ne": "resolved"}}
        async with guard():
            rows = await self._rows.find(query).to_list()
        return [_row(row) for row in rows]

    async def ids(self) -> list[ConversationId]:
        """Every conversation that there is."""
        async with guard():
            rows = await self._rows.find({}, {"_id": 1}).to_list()
        return [ConversationId(row["_id"]) for row in rows]

    async def live_calls(self, *, quiet_since: int) -> list[Row]:
        """Open conversations whose call is not over, and to whose timeline nothing was added since a time (ms)."""
        query = {
            "state.call": {"$in": sorted(LIVE)},
            "state.last_at": {"$lte": quiet_since},
            "state.status": {"$ne": "resolved"},
        }
        async with guard():
            rows = await self._rows.find(query).to_list()
        return [_row(row) for row in rows]

    async def last_seqs(self, conversations: Sequence[ConversationId]) -> dict[ConversationId, int]:
        """Up to which number each projection has seen its timeline."""
        async with guard():
            rows = await self._rows.find({"_id": {"$in": list(conversations)}}, {"state.last_seq": 1}).to_list()
        return {ConversationId(row["_id"]): row["state"]["last_seq"] for row in rows}

    async def remember_told(self, told: Mapping[ConversationId, Told]) -> None:
        """Keep what customers heard of their place and wait."""
        updates = [UpdateOne({"_id": one}, {"$set": {"told": document(what)}}) for one, what in told.items()]
        async with guard():
            await self._rows.bulk_write(updates, ordered=False)

    async def held_by(self, agent: AgentId) -> list[Row]:
        """Conversations that an agent has or is offered."""
        async with guard():
            asked = [{"state.owner.agent": agent}, {"state.owner.among": agent}]
            rows = await self._rows.find({"$or": asked}).to_list()
        return [_row(row) for row in rows]

    async def page(
        self, tab: str, agent: AgentId, *, sight: Sight | None, before: tuple[int, str] | None, limit: int
    ) -> tuple[list[Row], int]:
        """Rows of a tab, newest activity first, and the tab's size (counted to 1,000).

        Neither tells of a conversation that is out of the agent's `sight`; None sees everything.
        """
        query = [TABS[tab]]
        if tab in _MINE:
            query.append({"state.owner.agent": agent})
        if sight is not None:
            query.append(_in_sight(agent, sight))
        order = [("state.last_at", DESCENDING), ("_id", DESCENDING)]
        async with guard():
            rows = await self._rows.find({"$and": [*query, _after(before)]}).sort(order).limit(limit).to_list()
            total = await self._rows.count_documents({"$and": query}, limit=1_000)
        return [_row(row) for row in rows], total

    async def mark_read(self, marks: Sequence[tuple[ConversationId, str, int]]) -> None:
        """Raise read marks: (conversation, "agent_read" or "contact_read", seq)."""
        updates = [UpdateOne({"_id": one}, {"$max": {field: seq}}) for one, field, seq in marks]
        if updates:
            async with guard():
                await self._rows.bulk_write(updates, ordered=False)

    async def set_labels(self, conversation: ConversationId, labels: Sequence[str]) -> None:
        """Replace the labels."""
        async with guard():
            await self._rows.update_one({"_id": conversation}, {"$set": {"labels": list(labels)}})

    async def erase(self, conversations: Sequence[ConversationId]) -> None:
        """Blank what projections and drafts repeat of what was said."""
        blank = {
            "$set": {
                "state.last_text": "",
                "state.contact_name": "",
                "state.handoff_summary": None,
                "state.transfer_note": None,
                "state.callback_to": "",
                "state.reply": {},
            },
            "$unset": {"drafts": ""},
        }
        async with guard():
            await self._rows.update_many({"_id": {"$in": list(conversations)}}, blank)

    async def save_draft(self, conversation: ConversationId, agent: AgentId, text: str, *, note: bool) -> None:
        """Keep an agent's unfinished text; an empty one removes it."""
        field = f"drafts.{agent}"
        change = {"$set": {field: {"text": text, "note": note}}} if text else {"$unset": {field: ""}}
        async with guard():
            await self._rows.update_one({"_id": conversation}, change)

    async def draft(self, conversation: ConversationId, agent: AgentId) -> tuple[str, bool] | None:
        """An agent's unfinished text, and whether it is a note."""
        async with guard():
            row = await self._rows.find_one({"_id": conversation}, {f"drafts.{agent}": 1})
        kept = (row or {}).get("drafts", {}).get(agent)
        return (kept["text"], kept["note"]) if kept else None

    async def of_contacts(self, contacts: Sequence[ContactId], *, limit: int = 20) -> list[Row]:
        """The conversations of all contacts that are one person, newest first."""
        query = {"header.contact": {"$in": list(contacts)}}
        async with guard():
            rows = await self._rows.find(query).sort("header.created_at", DESCENDING).limit(limit).to_list()
        return [_row(row) for row in rows]


def _after(place: tuple[int, str] | None) -> dict[str, Any]:
    """What comes behind a place of a list, newest activity first."""
    if place is None:
        return {}
    at, last = place
    return {"$or": [{"state.last_at": {"$lt": at}}, {"state.last_at": at, "_id": {"$lt": last}}]}


def _in_sight(agent: AgentId, sight: Sight) -> dict[str, Any]:
    """The same as `may_see` of the desk, as a question to the store."""
    return {
        "$or": [
            {"state.owner.agent": agent},
            {"state.owner.among": agent},
            {"state.last_agent": agent},
            {"state.queue": {"$in": list(sight.queues)}},
            {"state.queue": {"$nin": list(sight.all_queues)}, "header.inbox": {"$in": list(sight.inboxes)}},
        ]
    }


def open_key(header: Header) -> str:
    """The key of which there may be one open conversation."""
    thread = f"\x1f{header.thread}" if header.thread else ""
    return f"{header.inbox}\x1f{header.address}{thread}"


def _taken(error: BulkWriteError) -> list[int]:
    """Where the only trouble was that the address has an open conversation already. Raises `error` for any other."""
    details = error.details or {}
    failures = details.get("writeErrors", [])
    if details.get("writeConcernErrors") or not failures or any(one["code"] != _DUPLICATE for one in failures):
        raise error
    return [one["index"] for one in failures]


def _projection(state: Conversation, due: Due | None, *, current: bool = True) -> UpdateOne:
    change: dict[str, Any] = {"$set": {**conversation_fields(state), **_due_fields(due)}}
    unset = {} if due else {"due_at": "", "due_kind": ""}
    if state.open and current:
        change["$set"]["open_key"] = open_key(state.header)
    else:
        unset["open_key"] = ""
    if unset:
        change["$unset"] = unset
    return UpdateOne({"_id": state.id, "state.last_seq": {"$lt": state.last_seq}}, change)


def _due_fields(due: Due | None) -> dict[str, Any]:
    return {"due_at": due.at, "due_kind": due.kind.value} if due else {}


def _row(row: dict[str, Any]) -> Row:
    state = decoded({**row["state"], "header": row["header"]}, Conversation)
    marks = Marks(
        agent_read=row.get("agent_read", 0),
        contact_read=row.get("contact_read", 0),
        labels=tuple(row.get("labels", ())),
    )
    told = row.get("told")
    return Row(state=state, marks=marks, told=decoded(told, Told) if told is not None else None)
