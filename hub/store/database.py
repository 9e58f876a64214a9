"""The connection: one client, time-outs everywhere, majority and journal for every write."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from bson.errors import BSONError
from bson.raw_bson import RawBSONDocument
from gridfs import AsyncGridFSBucket
from pymongo import AsyncMongoClient, ReturnDocument, WriteConcern
from pymongo.asynchronous.change_stream import AsyncDatabaseChangeStream
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import (
    AutoReconnect,
    NetworkTimeout,
    NotPrimaryError,
    PyMongoError,
    ServerSelectionTimeoutError,
)
from pymongo.read_concern import ReadConcern

from hub.errors import BadInput, Unavailable

Document = Mapping[str, Any]
Collection = AsyncCollection[dict[str, Any]]

SELECT_MS = 2_000
SOCKET_MS = 4_000
DURABLE = WriteConcern(w="majority", j=True, wtimeout=3_000)


class Database:
    """A database whose collections write durably and read what is durable.

    A failing or silent server shows as `Unavailable` within `SOCKET_MS` (see `guard`).
    """

    def __init__(self, database: AsyncDatabase[dict[str, Any]], concern: WriteConcern = DURABLE) -> None:
        """Wrap a driver's database."""
        self._database = database
        self._concern = concern
        self._collections: dict[str, Collection] = {}

    @property
    def name(self) -> str:
        """The database's name."""
        return self._database.name

    def collection(self, name: str) -> Collection:
        """A collection with majority reads and journaled majority writes."""
        known = self._collections.get(name)
        if known is None:
            majority = ReadConcern("majority" if self._concern is DURABLE else "local")
            known = self._database.get_collection(name, write_concern=self._concern, read_concern=majority)
            self._collections[name] = known
        return known

    async def insert(self, name: str, rows: Sequence[RawBSONDocument]) -> Document:
        """Insert documents in order in one durable command that stops at the first refusal; return the server's answer.

        The answer may carry `writeErrors` and `writeConcernError`: both count. The driver's bulk machinery around the
        same command costs twice what the command does, and every message goes through here.

        Raises:
            PyMongoError: The command as a whole failed; some of the documents may be stored.
        """
        command = {"insert": name, "documents": rows, "ordered": True, "writeConcern": self._concern.document}
        try:
            return await self._database.command(command)
        except (NetworkTimeout, ServerSelectionTimeoutError):
            raise  # it has waited long enough
        except (NotPrimaryError, AutoReconnect):
            # Once more, as the driver's retryable writes do: what was stored after all shows as a duplicate.
            return await self._database.command(command)

    def bucket(self, name: str) -> AsyncGridFSBucket:
        """Large files by name."""
        return AsyncGridFSBucket(self._database, bucket_name=name, write_concern=self._concern)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncClientSession]:
        """Writes with the yielded session happen together or not at all."""
        async with self._database.client.start_session() as session, await session.start_transaction():
            yield session

    async def watch(self, pipeline: Sequence[Document]) -> AsyncDatabaseChangeStream[dict[str, Any]]:
        """A change stream over the whole database; use it in `async with`."""
        return await self._database.watch(pipeline)

    async def ping(self) -> None:
        """Raise `Unavailable` unless the store answers now."""
        try:
            await self._database.command("ping", maxTimeMS=1_000)
        except PyMongoError as error:
            raise Unavailable("The store does not answer.") from error

    async def drop(self) -> None:
        """Remove the whole database (tests, `up --reset`)."""
        await self._database.client.drop_database(self._database.name)


@asynccontextmanager
async def connect(uri: str, name: str, *, throwaway: bool = False) -> AsyncIterator[Database]:
    """Open the database `name` at `uri` (a replica set member or list) and close it at the end.

    `throwaway`: for a simulation's data, which nobody misses after a crash.
    """
    client: AsyncMongoClient[dict[str, Any]] = AsyncMongoClient(
        uri,
        serverSelectionTimeoutMS=SELECT_MS,
        connectTimeoutMS=SELECT_MS,
        socketTimeoutMS=SOCKET_MS,
        retryWrites=True,
        maxPoolSize=32,
        appname="peyk",
    )
    try:
        yield Database(client.get_database(name), WriteConcern(w=1, j=False) if throwaway else DURABLE)
    finally:
        await client.close()


@asynccontextmanager
async def guard() -> AsyncIterator[None]:
    """Turn a driver's failure into `Unavailable`, so that callers need not know the driver."""
    try:
        yield
    except PyMongoError as error:
        raise Unavailable("The store cannot confirm this now; nothing was acknowledged.") from error
    except (OverflowError, BSONError) as error:
        raise BadInput("A number or text is beyond what can be kept.") from error


async def next_value(database: Database, counter: str) -> int:
    """The next value of a named counter, from 1."""
    row: dict[str, Any] | None = await database.collection("counters").find_one_and_update(
        {"_id": counter},
        {"$inc": {"value": 1}},
        upsert=True,
        return_document=ReturnDocument.AFTER,
    )
    return int((row or {})["value"])
