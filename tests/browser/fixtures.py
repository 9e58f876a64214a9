"""Fixtures of the browser tests: the stack, one Chromium, and people. Known to all tests through `tests/conftest.py`.

They share one event loop; a module that uses them says `pytestmark = BROWSER`.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio

from hub.model.calendar import WEEKDAYS

if TYPE_CHECKING:
    from playwright.async_api import Browser, Playwright, StorageState

    from tests.browser.people import People
    from tests.browser.stack import Stack

BROWSER = [
    pytest.mark.browser,
    pytest.mark.rasa,
    pytest.mark.timeout(420),
    pytest.mark.asyncio(loop_scope="session"),
]


def missing(why: object) -> None:
    """A part can't be had: fail where everything has to be there, skip elsewhere."""
    if os.environ.get("CI") == "true":
        pytest.fail(str(why))
    pytest.skip(str(why))


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def stack(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stack]:
    """The product, as `./peyk up` runs it."""
    from tests.browser.stack import prepare, running_stack  # noqa: PLC0415 (other tests need none of this)

    try:
        await asyncio.to_thread(prepare)
    except (RuntimeError, OSError) as error:
        missing(error)
    async with running_stack(tmp_path_factory.mktemp("stack")) as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def people_alone(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stack]:
    """The product without a bot: whoever writes is in the line."""
    from tests.browser.stack import prepare, running_stack  # noqa: PLC0415

    try:
        await asyncio.to_thread(prepare, bot=False)
    except (RuntimeError, OSError) as error:
        missing(error)
    async with running_stack(tmp_path_factory.mktemp("people"), "--no-bot") as running:
        yield running


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def playwright_driver() -> AsyncIterator[Playwright]:
    """Playwright itself."""
    from playwright.async_api import async_playwright, expect  # noqa: PLC0415

    from tests.browser.people import PATIENCE_MS  # noqa: PLC0415

    expect.set_options(timeout=PATIENCE_MS)
    async with async_playwright() as driver:
        yield driver


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser(playwright_driver: Playwright) -> AsyncIterator[Browser]:
    """One Chromium for all."""
    async with launched(playwright_driver) as running:
        yield running


@pytest.fixture(scope="session")
def keys() -> dict[str, StorageState]:
    """Cookies of who has signed in before."""
    return {}


@pytest_asyncio.fixture(loop_scope="session")
async def people(stack: Stack, browser: Browser, keys: dict[str, StorageState]) -> AsyncIterator[People]:
    """Customers and agents of this test."""
    from tests.browser.people import people_of  # noqa: PLC0415

    async with people_of(stack, browser, keys) as everybody:
        yield everybody


@pytest.fixture(scope="module")
def their_keys() -> dict[str, StorageState]:
    """Cookies of who has signed in before where people are alone."""
    return {}


@pytest_asyncio.fixture(loop_scope="session")
async def crew(people_alone: Stack, browser: Browser, their_keys: dict[str, StorageState]) -> AsyncIterator[People]:
    """Customers and agents of this test, without a bot."""
    from tests.browser.people import people_of  # noqa: PLC0415

    async with people_of(people_alone, browser, their_keys) as everybody:
        yield everybody


@pytest_asyncio.fixture(loop_scope="session")
async def rules(people_alone: Stack) -> AsyncIterator[House]:
    """The admin's rules where people are alone; what a test changes is put back."""
    changed = House(await people_alone.staff("admin"))
    async with changed.undo:
        yield changed


@pytest_asyncio.fixture(loop_scope="session")
async def house(stack: Stack) -> AsyncIterator[House]:
    """The admin's rules; what a test changes is put back."""
    rules = House(await stack.staff("admin"))
    async with rules.undo:
        yield rules


def closed_now() -> dict[str, Any]:
    """Hours that are over now and begin in some days, on no Saturday."""
    today = datetime.now(ZoneInfo("Asia/Tehran")).weekday()
    day = next(WEEKDAYS[(today + days) % 7] for days in (3, 4) if WEEKDAYS[(today + days) % 7] != "sat")
    return {"time_zone": "Asia/Tehran", "week": {day: [["00:00", "00:01"]]}, "holidays": [], "always_open": False}


class House:
    """Changes rules of the house until the end of a test."""

    def __init__(self, admin: Any) -> None:
        self._admin = admin
        self.undo = AsyncExitStack()

    async def line(self, id_: str, name: str, **fields: Any) -> None:
        """A further queue; it is deleted at the end."""
        made = await self._admin.call("POST", "/api/admin/queues", {"id": id_, "name": name, **fields})
        assert made.status < 300, made.body
        self.undo.push_async_callback(self._admin.call, "DELETE", f"/api/admin/queues/{made.json['id']}")

    async def settings(self, **fields: Any) -> None:
        """Change the workplace."""
        await self._change("/api/admin/settings", fields)

    async def queue(self, **fields: Any) -> None:
        """Change the queue of the demo."""
        await self._change("/api/admin/queues/support", fields)

    async def agent(self, login: str, **fields: Any) -> None:
        """Change somebody's profile."""
        known = (await self._admin.call("GET", "/api/admin/agents")).json["agents"]
        await self._change(f"/api/admin/agents/{next(one['id'] for one in known if one['login'] == login)}", fields)

    async def inbox(self, **fields: Any) -> None:
        """Change the inbox of the demo."""
        await self._change("/api/admin/inboxes/shop", fields)

    async def canned(self, shortcut: str, text: str, locale: str = "fa") -> None:
        """Make a canned reply."""
        body = {"shortcut": shortcut, "text": text, "locale": locale}
        made = await self._admin.call("POST", "/api/admin/canned", body)
        assert made.status < 300, made.body
        self.undo.push_async_callback(self._admin.call, "DELETE", f"/api/admin/canned/{made.json['id']}")

    async def _change(self, path: str, fields: dict[str, Any]) -> None:
        before = await self._read(path)
        put = await self._admin.call("PATCH", path, fields)
        assert put.status == 200, put.body
        self.undo.push_async_callback(self._admin.call, "PATCH", path, {name: before[name] for name in fields})

    async def _read(self, path: str) -> dict[str, Any]:
        folder, _, name = path.rpartition("/")
        whole = (await self._admin.call("GET", path if name == "settings" else folder)).json
        if name == "settings":
            return dict(whole)
        return dict(next(one for one in next(iter(whole.values())) if one["id"] == name))


@asynccontextmanager
async def launched(driver: Playwright, *words: str) -> AsyncIterator[Browser]:
    """A Chromium process."""
    from tests.browser.stack import CHROMIUM_ARGS, chromium  # noqa: PLC0415

    try:
        program = chromium()
    except RuntimeError as error:
        missing(error)
        raise
    running = await driver.chromium.launch(executable_path=program, args=[*CHROMIUM_ARGS, *words])
    try:
        yield running
    finally:
        if running.is_connected():
            await running.close()


class Mortal:
    """A Chromium of its own that can be killed like a laptop whose battery dies."""

    def __init__(self, browser: Browser, mark: str) -> None:
        self.browser = browser
        self._mark = mark

    def kill(self) -> None:
        """`kill -9` to the browser and everything it started; only those that carry our own mark."""
        for folder in Path("/proc").iterdir():
            if not folder.name.isdigit():
                continue
            try:
                words = (folder / "cmdline").read_bytes()
            except OSError:
                continue
            if self._mark.encode() in words:
                os.kill(int(folder.name), signal.SIGKILL)


@pytest_asyncio.fixture(loop_scope="session")
async def mortal(playwright_driver: Playwright) -> AsyncIterator[Mortal]:
    """A browser for an agent whose laptop dies."""
    mark = f"--peyk-mark={secrets.token_hex(8)}"
    async with launched(playwright_driver, mark) as running:
        yield Mortal(running, mark)
