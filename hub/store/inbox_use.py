"""What still leads to an inbox."""

from __future__ import annotations

from hub.store.database import Database, guard

_MOST = 1_000


async def open_conversations(database: Database, inbox: str) -> int:
    """How many conversations of an inbox are not resolved, counted to 1,000."""
    query = {"header.inbox": inbox, "state.status": {"$ne": "resolved"}}
    async with guard():
        return await database.collection("conversations").count_documents(query, limit=_MOST)
