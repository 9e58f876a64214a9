"""What other processes write, as the database tells of it: a nudge to look, and never the truth."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from pymongo.errors import PyMongoError

from hub.errors import Unavailable
from hub.model.ids import AgentId, ConversationId
from hub.store.database import Database


@dataclass(frozen=True, slots=True)
class EntryWritten:
    """A timeline has an entry of this number."""

    conversation: ConversationId
    seq: int


@dataclass(frozen=True, slots=True)
class AgentWritten:
    """An agent's row changed."""

    agent: AgentId


async def config_changes(database: Database) -> AsyncIterator[None]:
    """Once when it is sure to hear of everything from now on, then after each change of what admins decide.

    Raises `Unavailable`.
    """
    try:
        async with await database.watch([{"$match": {"ns.coll": "config"}}, {"$project": {"_id": 1}}]) as stream:
            yield
            async for _ in stream:
                yield
    except PyMongoError as error:
        raise Unavailable("The store tells of no changes now.") from error


async def changes(database: Database) -> AsyncIterator[EntryWritten | AgentWritten]:
    """Everything that is written from now on to timelines and agents, by whomever. Raises `Unavailable`."""
    watched = {"$match": {"ns.coll": {"$in": ["entries", "agents"]}, "operationType": {"$in": ["insert", "update"]}}}
    slim = {"$project": {"ns": 1, "documentKey": 1, "fullDocument.conversation": 1, "fullDocument.seq": 1}}
    try:
        async with await database.watch([watched, slim]) as stream:
            async for change in stream:
                if change["ns"]["coll"] == "agents":
                    yield AgentWritten(AgentId(change["documentKey"]["_id"]))
                elif (entry := change.get("fullDocument")) is not None:
                    yield EntryWritten(ConversationId(entry["conversation"]), int(entry["seq"]))
    except PyMongoError as error:
        raise Unavailable("The store tells of no changes now.") from error
