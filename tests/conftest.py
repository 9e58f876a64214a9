"""Shared by all tests: a real database server, a database per test, a held clock, and no task left behind."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from hub.clock import HeldClock
from hub.model.ids import new_id
from hub.store.database import Database, connect
from hub.store.embedded import Mongod
from tests.asterisk import asterisk  # noqa: F401 (a fixture for everybody)
from tests.browser.fixtures import (  # noqa: F401 (same)
    browser,
    crew,
    house,
    keys,
    mortal,
    people,
    people_alone,
    playwright_driver,
    rules,
    stack,
    their_keys,
)
from tests.hub_server import LiveHub, live_hub
from tests.mongod import mongod_server  # noqa: F401 (a fixture for everybody)

NOON = 1_790_000_000_000
BROWSERS = ("tests/browser/", "tests/journeys/")


class ByFile(LoadScopeScheduling):
    """Several workers share the tests file by file. One has all the browser tests, for which the product runs once."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return "browser" if file.startswith(BROWSERS) else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByFile:
    """Share as above, whatever `--dist` says."""
    return ByFile(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes long begins first."""
    items.sort(key=lambda item: (not item.location[0].startswith(BROWSERS), item.get_closest_marker("slow") is None))


@pytest_asyncio.fixture
async def database(mongod_server: Mongod) -> AsyncIterator[Database]:  # noqa: F811 (the fixture itself)
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
    mine = asyncio.all_tasks() - before - {asyncio.current_task()}
    left = (
        (await asyncio.wait(mine, timeout=10.0))[1] if mine else set()
    )  # what was cancelled may still be on its way out
    assert not left, f"tasks left behind: {[task.get_coro() for task in left]}"


@pytest_asyncio.fixture
async def live(no_task_left_behind: None, database: Database, tmp_path: Path) -> AsyncIterator[LiveHub]:
    """A whole hub on a port of its own, freshly seeded."""
    async with live_hub(database, tmp_path / "var") as running_hub:
        yield running_hub
