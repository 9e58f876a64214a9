"""Agents at work: status, presence and load; passwords and sessions are in `hub.store.accounts`.

Document of `agents`: the fields of `hub.model.config.Agent` with `_id`, beside what `hub.store.accounts` keeps.
"""

from dataclasses import asdict, dataclass
from typing import Any

from pymongo import ReturnDocument

from hub.model.config import Agent, Load
from hub.model.ids import AgentId, ConversationId
from hub.store.codec import decoded
from hub.store.database import Database, guard

_FIELDS = {
    "login": 1,
    "name": 1,
    "role": 1,
    "locale": 1,
    "languages": 1,
    "queues": 1,
    "skills": 1,
    "teams": 1,
    "maxima": 1,
    "phone": 1,
    "phone_ready": 1,
    "capacity": 1,
    "active": 1,
    "status": 1,
    "status_since": 1,
    "connected": 1,
    "gone_at": 1,
    "idle_since": 1,
    "offered_at": 1,
    "misses": 1,
    "load": 1,
    "epoch": 1,
}

_GONE = {"connected": False, "phone_ready": False}


@dataclass(frozen=True, slots=True)
class Agents:
    """The working side of the `agents` collection."""

    database: Database

    @property
    def _rows(self) -> Any:
        return self.database.collection("agents")

    async def all(self) -> list[Agent]:
        """Every agent."""
        async with guard():
            rows = await self._rows.find({}, _FIELDS).to_list()
        return [_agent(row) for row in rows]

    async def get(self, agent: AgentId) -> Agent | None:
        """One agent."""
        async with guard():
            row = await self._rows.find_one({"_id": agent}, _FIELDS)
        return _agent(row) if row else None

    async def reserve(self, agent: AgentId, item: Load, maximum: int | None, now: int) -> Agent | None:
        """Put an item on an agent's load if it fits; None when it does not, or the agent is not free for work.

        `maximum`: so many of its channel at once.

        One conditional write: used capacity is recounted from the live items inside it.
        """
        query = {
            "_id": agent,
            "active": True,
            "connected": True,
            "status": "online",
            "load.conversation": {"$ne": item.conversation},
            "$expr": {"$and": _room_for(item, maximum)},
        }
        return await self._change(query, {"$push": {"load": asdict(item)}, "$set": {"offered_at": now}})

    async def burden(self, agent: AgentId, item: Load) -> Agent | None:
        """Put an item on the load whatever it weighs (an agent picked it by hand)."""
        query = {"_id": agent, "load.conversation": {"$ne": item.conversation}}
        return await self._change(query, {"$push": {"load": asdict(item)}})

    async def burden_beside(self, seen: Agent, item: Load) -> Agent | None:
        """Put an item on the load if it is as it was when the agent was seen."""
        same = {"$setEquals": ["$load.conversation", [one.conversation for one in seen.load]]}
        return await self._change({"_id": seen.id, "$expr": same}, {"$push": {"load": asdict(item)}})

    async def weigh(self, agent: AgentId, item: Load) -> Agent | None:
        """Set what an item on the load costs."""
        query = {"_id": agent, "load.conversation": item.conversation}
        return await self._change(query, {"$set": {"load.$.cost": item.cost, "load.$.parked": item.parked}})

    async def release(
        self, agent: AgentId, conversation: ConversationId, fence: int, idle_since: int | None
    ) -> Agent | None:
        """Take an item off the load that was put on before the conversation's `fence`.

        Whoever hears late of a change takes nothing off that was put on since. Who had it is idle since then; None: it
        was only offered, and they have been idle for as long as before.
        """
        item = {"conversation": conversation, "fence": {"$not": {"$gte": fence}}}
        query = {"_id": agent, "load": {"$elemMatch": item}}
        idle = {"$set": {"idle_since": idle_since}} if idle_since is not None else {}
        return await self._change(query, {"$pull": {"load": item}, **idle})

    async def drop(self, agent: AgentId, seen: Load) -> Agent | None:
        """Take an item off the load that is still the one that was seen."""
        item = {"conversation": seen.conversation, "fence": seen.fence, "since": seen.since}
        return await self._change({"_id": agent, "load": {"$elemMatch": item}}, {"$pull": {"load": item}})

    async def set_presence(self, seen: Agent, agent: Agent) -> Agent | None:
        """Write what `hub.model.presence` decided of an agent as they were seen: status, socket, and since when.

        None when something of it has changed since.
        """
        change = {
            "status": agent.status,
            "status_since": agent.status_since,
            "idle_since": agent.idle_since,
            "connected": agent.connected,
            "gone_at": agent.gone_at,
            "misses": agent.misses,
            "phone_ready": agent.phone_ready,
        }
        same = {name: getattr(seen, name) for name in ("status", "status_since", "connected", "gone_at", "misses")}
        same["phone_ready"] = True if seen.phone_ready else {"$ne": True}
        return await self._change({"_id": agent.id, **same}, {"$set": change})

    async def all_gone(self, now: int) -> None:
        """A hub that starts has no sockets: whoever was connected is gone since now."""
        async with guard():
            await self._rows.update_many({"connected": True}, {"$set": _GONE | {"gone_at": now}})

    async def _change(self, query: dict[str, Any], change: dict[str, Any]) -> Agent | None:
        async with guard():
            row = await self._rows.find_one_and_update(
                query, change, projection=_FIELDS, return_document=ReturnDocument.AFTER
            )
        return _agent(row) if row else None


def _room_for(item: Load, maximum: int | None) -> list[dict[str, Any]]:
    room: list[dict[str, Any]] = [{"$lte": [{"$add": [{"$sum": "$load.cost"}, item.cost]}, "$capacity"]}]
    if maximum is not None:
        at_hand = {"$and": [{"$eq": ["$$this.channel", item.channel]}, {"$ne": ["$$this.parked", True]}]}
        same = {"$filter": {"input": "$load", "cond": at_hand}}
        room.append({"$lt": [{"$size": same}, maximum]})
    return room


def _agent(row: dict[str, Any]) -> Agent:
    row = dict(row)
    row["id"] = row.pop("_id")
    return decoded(row, Agent)
