"""Who may sign in: credentials beside the agents' working side, and their sessions.

`agents` documents carry, besides the fields of `hub.model.config.Agent`, `folded` (the login in its comparable form,
unique) and `password` (an argon2id hash). `sessions` documents: `_id` (SHA-256 of the token that only the browser
has), `agent`, `epoch`, `created_at`, `seen_at` (ms), `expires` (date, for the server's own clean-up).

A session counts only while its `epoch` is the agent's. Whatever must end an agent's sessions raises the agent's epoch
in the same atomic write that makes the change, so there is no moment in which a deactivated agent's old session still
works.
"""

from __future__ import annotations

import hashlib
import secrets
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from hub.errors import Conflict, NotFound
from hub.model.config import Agent
from hub.model.ids import AgentId
from hub.store.agents import _FIELDS, _agent
from hub.store.database import Database, guard

IDENTITY_FIELDS = (
    *("login", "name", "role", "locale", "languages", "queues", "capacity", "active"),
    *("skills", "teams", "maxima", "phone"),
)
"""What an admin may change; everything else of an agent belongs to the hub."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """An agent with the hash of the password."""

    agent: Agent
    password: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A live session. `id` is the hash of its token; the token itself is nowhere in the store. Times in ms."""

    id: str
    agent: AgentId
    epoch: int
    created_at: int
    seen_at: int


def fold_login(login: str) -> str:
    """The form in which logins are compared: NFKC, case folded, no spaces around."""
    return unicodedata.normalize("NFKC", login).strip().casefold()


class Accounts:
    """The identity side of the `agents` collection."""

    def __init__(self, database: Database) -> None:
        """Work on a database."""
        self._rows = database.collection("agents")

    async def index(self) -> None:
        """Make the index that keeps logins unique."""
        async with guard():
            await self._rows.create_index("folded", unique=True, sparse=True, name="one_login")

    async def by_login(self, login: str) -> Credential | None:
        """The agent with this login, whatever its case."""
        async with guard():
            row = await self._rows.find_one({"folded": fold_login(login)}, {**_FIELDS, "password": 1})
        return Credential(agent=_agent(row), password=str(row["password"])) if row else None

    async def credential(self, agent: AgentId) -> Credential | None:
        """One agent with the password's hash."""
        async with guard():
            row = await self._rows.find_one({"_id": agent}, {**_FIELDS, "password": 1})
        return Credential(agent=_agent(row), password=str(row.get("password", ""))) if row else None

    async def get(self, agent: AgentId) -> Agent | None:
        """One agent."""
        async with guard():
            row = await self._rows.find_one({"_id": agent}, _FIELDS)
        return _agent(row) if row else None

    async def all(self) -> list[Agent]:
        """Every agent, by name."""
        async with guard():
            rows = await self._rows.find({}, _FIELDS).sort("name", 1).to_list()
        return [_agent(row) for row in rows]

    async def count_admins(self, *, besides: AgentId) -> int:
        """How many active admins there are without this one."""
        async with guard():
            return await self._rows.count_documents({"role": "admin", "active": True, "_id": {"$ne": besides}})

    async def is_empty(self) -> bool:
        """Whether nobody has an account yet."""
        async with guard():
            return await self._rows.find_one({}, {"_id": 1}) is None

    async def create(self, agent: Agent, password: str) -> Agent:
        """Store a new agent with the hash of its password. Raises Conflict (`exists`) when the login is taken."""
        row: dict[str, Any] = {name: _plain(getattr(agent, name)) for name in _FIELDS}
        row |= {"_id": agent.id, "folded": fold_login(agent.login), "password": password}
        async with guard():
            try:
                await self._rows.insert_one(row)
            except DuplicateKeyError as error:
                raise Conflict("This login is taken.", code="exists", field="login") from error
        return agent

    async def change(self, agent: AgentId, fields: Mapping[str, object], *, end_sessions: bool) -> Agent:
        """Set identity fields (and `password`, a hash); with `end_sessions` every session dies in the same write.

        Raises NotFound, and Conflict (`exists`) when a new login is taken.
        """
        unknown = set(fields) - {*IDENTITY_FIELDS, "password"}
        if unknown:
            raise ValueError(f"not an identity field: {sorted(unknown)}")
        setting = {name: _plain(value) for name, value in fields.items()}
        if "login" in fields:
            setting["folded"] = fold_login(str(fields["login"]))
        update: dict[str, Any] = {"$set": setting} if setting else {}
        if end_sessions:
            update["$inc"] = {"epoch": 1}
        async with guard():
            try:
                row = await self._rows.find_one_and_update(
                    {"_id": agent}, update, projection=_FIELDS, return_document=ReturnDocument.AFTER
                )
            except DuplicateKeyError as error:
                raise Conflict("This login is taken.", code="exists", field="login") from error
        if row is None:
            raise NotFound("There is no such agent.")
        return _agent(row)

    async def rehash(self, agent: AgentId, old: str, new: str) -> None:
        """Replace a hash by one of the same password with today's parameters, unless it changed meanwhile."""
        async with guard():
            await self._rows.update_one({"_id": agent, "password": old}, {"$set": {"password": new}})


class SessionStore:
    """The collection `sessions`."""

    def __init__(self, database: Database) -> None:
        """Work on a database."""
        self._rows = database.collection("sessions")

    async def index(self) -> None:
        """Make the indexes: by agent, and the server's clean-up of what expired."""
        async with guard():
            await self._rows.create_index("agent", name="by_agent")
            await self._rows.create_index("expires", expireAfterSeconds=0, name="expired")

    async def begin(self, agent: Agent, now: int, lifetime_ms: int) -> tuple[str, Session]:
        """Start a session; return its token (256 random bits, shown only here) and what is stored."""
        token = secrets.token_urlsafe(32)
        session = Session(id=token_hash(token), agent=agent.id, epoch=agent.epoch, created_at=now, seen_at=now)
        row = {
            "_id": session.id,
            "agent": agent.id,
            "epoch": agent.epoch,
            "created_at": now,
            "seen_at": now,
            "expires": datetime.fromtimestamp((now + lifetime_ms) / 1000, UTC),
        }
        async with guard():
            await self._rows.insert_one(row)
        return token, session

    async def find(self, id_: str) -> Session | None:
        """The session with this id, whether or not its time is up."""
        async with guard():
            row = await self._rows.find_one({"_id": id_})
        if row is None:
            return None
        return Session(
            id=row["_id"],
            agent=AgentId(row["agent"]),
            epoch=row["epoch"],
            created_at=row["created_at"],
            seen_at=row["seen_at"],
        )

    async def touch(self, id_: str, now: int) -> None:
        """Note that the session is in use."""
        async with guard():
            await self._rows.update_one({"_id": id_}, {"$max": {"seen_at": now}})

    async def end(self, id_: str) -> None:
        """End one session; ending it twice is the same as once."""
        async with guard():
            await self._rows.delete_one({"_id": id_})

    async def end_all(self, agent: AgentId) -> int:
        """Remove every session of an agent (their epoch is over already); return how many."""
        async with guard():
            return (await self._rows.delete_many({"agent": agent})).deleted_count


def token_hash(token: str) -> str:
    """What is stored of a token. It has 256 random bits: a plain SHA-256 cannot be searched."""
    return hashlib.sha256(token.encode()).hexdigest()


def _plain(value: object) -> object:
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    return value
