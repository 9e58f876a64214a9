"""Versions of the flows of calls: written once, never changed.

`flow_versions`: `_id` "<flow>:<number>", and the fields of `FlowVersion`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import msgspec
from pymongo import DESCENDING
from pymongo.errors import DuplicateKeyError

from hub.model.flows import FlowVersion
from hub.store.database import Database, guard

_WITHOUT_CONTENT = {"content": 0}


@dataclass(frozen=True, slots=True)
class FlowVersions:
    """The collection `flow_versions`."""

    database: Database

    @property
    def _rows(self) -> Any:
        return self.database.collection("flow_versions")

    async def index(self) -> None:
        """Make the index by which a flow's versions are found, newest first."""
        async with guard():
            await self._rows.create_index([("flow", 1), ("number", DESCENDING)], unique=True, name="newest")

    async def add(self, version: FlowVersion) -> FlowVersion:
        """Keep a version under the next free number, whatever `number` it has; return it with that."""
        while True:
            newest = await self.all(version.flow, most=1)
            numbered = replace(version, number=newest[0].number + 1 if newest else 1)
            row = {"_id": f"{numbered.flow}:{numbered.number}", **msgspec.to_builtins(numbered)}
            row["content"] = {**numbered.content, "version": numbered.number}
            try:
                async with guard():
                    await self._insert(row)
            except _Taken:
                continue
            return replace(numbered, content=row["content"])

    async def _insert(self, row: dict[str, Any]) -> None:
        try:
            await self._rows.insert_one(row)
        except DuplicateKeyError as error:
            raise _Taken from error

    async def get(self, flow: str, number: int) -> FlowVersion | None:
        """One version, None when there is none."""
        async with guard():
            row = await self._rows.find_one({"_id": f"{flow}:{number}"})
        return _version(row) if row else None

    async def all(self, flow: str, *, most: int = 200) -> list[FlowVersion]:
        """The versions of a flow without their content, newest first."""
        async with guard():
            rows = self._rows.find({"flow": flow}, _WITHOUT_CONTENT).sort("number", DESCENDING).limit(most)
            return [_version(row) for row in await rows.to_list()]

    async def forget(self, flow: str) -> None:
        """Delete the versions of a flow that is deleted."""
        async with guard():
            await self._rows.delete_many({"flow": flow})


class _Taken(Exception):
    """Another version has this number."""


def _version(row: dict[str, Any]) -> FlowVersion:
    return msgspec.convert({name: value for name, value in row.items() if name != "_id"}, FlowVersion)
