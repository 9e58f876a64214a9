"""Shared by all tests: a real database server, a database per test, a held clock, and no task left behind."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from hub.clock import HeldClock
from hub.model.ids import new_id
from hub.store.database import Database, connect
from hub.store.embedded import Mongod
from tests.mongod import mongod_server as mongod_server  # a fixture for everybody

NOON = 1_790_000_000_000


@pytest_asyncio.fixture
async def database(mongod_server: Mongod) -> AsyncIterator[Database]:
    """A database of its own, dropped afterwards."""
    name = "t" + "".join(letter for letter in new_id().lower() if letter.isalnum())
    async with connect(mongod_server.uri, name) as opened:
        yield opened
        await opened.drop()


@pytest.fixture
def clock() -> HeldClock:
    """A clock that moves only when told to."""
    return HeldClock(NOON)


@pytest_asyncio.fixture
async def no_task_left_behind() -> AsyncIterator[None]:
    """A task that outlives its test is a leak in the product or in the test: both fail it."""
    before = asyncio.all_tasks()
    yield
    await asyncio.sleep(0)
    left = [task for task in asyncio.all_tasks() - before if not task.done() and task is not asyncio.current_task()]
    assert not left, f"tasks left behind: {[task.get_coro() for task in left]}"
