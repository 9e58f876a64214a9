"""The whole product as `./peyk up` runs it, on ports of its own and in a folder of its own, for browser tests.

Everything is real: `peyk up` with its private database, hub, demo shop and the trained Rasa bot. The bot's
environment and model come from a cache (`PEYK_TEST_VAR`, else the product's own `var/`), so that they are made once.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bot import environment
from hub.processes import command_line, die_with_parent
from hub.store.mongod_binary import find_mongod
from hub.up import browser_parts
from tests.hub_server import Browser
from tests.ports import free_port

ROOT = Path(__file__).parents[2]
NAMES = {"hub": r"hub\.cli serve", "shop": r"hub\.cli shop", "bot": r"rasa run|/rasa", "database": r"mongod"}


@dataclass(slots=True)
class Stack:
    """A running product.

    Attributes:
        hub: Where the hub is, without a trailing slash.
        shop: Where the demo shop is.
        passwords: Of the demo accounts, by login.
    """

    var: Path
    hub: str
    shop: str
    process: asyncio.subprocess.Process
    passwords: dict[str, str] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)
    _staff: dict[str, Browser] = field(default_factory=dict)
    _heard: asyncio.Condition = field(default_factory=asyncio.Condition)

    def pid(self, name: str) -> int:
        """The process id of a child: hub, shop, bot or database."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        for child in children:
            if re.search(NAMES[name], " ".join(command_line(int(child)))):
                return int(child)
        raise LookupError(f"no child is the {name}")

    def send_signal(self, name: str, number: signal.Signals) -> None:
        """Send a signal to a child."""
        os.kill(self.pid(name), number)

    async def hears(self, words: str, *, after: int = 0, seconds: float = 60) -> None:
        """Return when a line with these words stands on the terminal; `after` leaves out so many lines."""

        def heard() -> bool:
            return any(words in line for line in self.said[after:]) or self.process.returncode is not None

        async with asyncio.timeout(seconds), self._heard:
            await self._heard.wait_for(heard)
        assert any(words in line for line in self.said[after:]), "\n".join(self.said)

    async def listen(self) -> None:
        """Read the terminal until it ends."""
        assert self.process.stdout is not None
        async for line in self.process.stdout:
            async with self._heard:
                self.said.append(line.decode("utf-8", "replace").rstrip())
                self._heard.notify_all()
        await self.process.wait()
        async with self._heard:
            self._heard.notify_all()

    def person(self) -> Browser:
        """Somebody who uses the HTTP API."""
        return Browser(self.hub, self.passwords)

    async def staff(self, login: str) -> Browser:
        """Somebody of the staff at the HTTP API, signed in once for all tests."""
        if login not in self._staff:
            self._staff[login] = person = self.person()
            await person.sign_in(login)
        return self._staff[login]

    async def close(self) -> None:
        """Let go of the staff's connections."""
        for person in self._staff.values():
            await person.session.close()


def cache() -> Path:
    """The folder whose `tools` and `bot` are shared by all runs."""
    return Path(os.environ.get("PEYK_TEST_VAR") or ROOT / "var").resolve()


def prepare(*, bot: bool = True) -> None:
    """Install, build and train what is missing; without the `bot` only what people need.

    Raises RuntimeError (of some kind) with a sentence when a part can't be had.
    """
    find_mongod(cache() / "tools", lambda _: None)
    browser_parts.build(ROOT / "widget", cache() / "tools", cache() / "logs", lambda _: None)
    if not bot:
        return
    environment.install(cache(), lambda _: None)
    environment.train(cache(), lambda _: None)


@asynccontextmanager
async def running_stack(var: Path, *words: str) -> AsyncIterator[Stack]:
    """Start `peyk up` with its data below `var` and stop it at the end; `words` are further options."""
    for shared in (name for name in ("tools", "bot") if (cache() / name).exists()):
        (var / shared).symlink_to(cache() / shared)
    hub, shop, rasa, second = (str(free_port()) for _ in range(4))
    mine = {name: value for name, value in os.environ.items() if not name.startswith("PEYK_")}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "hub.cli", "up", "--no-build", "--port", hub, "--shop-port", shop, *words),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        cwd=ROOT,
        env={**mine, "PEYK_VAR_DIR": str(var), "PEYK_RASA_PORT": rasa, "PEYK_RASA_SECOND_PORT": second},
        start_new_session=True,
        preexec_fn=die_with_parent(signal.SIGTERM),
    )
    stack = Stack(var=var, hub=f"http://127.0.0.1:{hub}", shop=f"http://127.0.0.1:{shop}", process=process)
    listening = asyncio.create_task(stack.listen())
    try:
        await stack.hears("Ctrl-C stops everything", seconds=90)
        accounts = json.loads((var / "accounts.json").read_text())
        stack.passwords = {one["login"]: one["password"] for one in accounts}
        if "--no-bot" not in words:
            await stack.hears("the bot answers customers now", seconds=180)
        yield stack
    finally:
        await stack.close()
        if process.returncode is None:
            process.terminate()
        await asyncio.wait_for(listening, 60)


def chromium() -> str:
    """The browser to use. Raises RuntimeError when there is none."""
    from hub.up.command_test import chromium_on_path  # noqa: PLC0415 (only here)

    found = chromium_on_path()
    if found is None:
        raise RuntimeError("There is no Chromium on PATH (sudo apt-get install chromium).")
    return found


CHROMIUM_ARGS: Sequence[str] = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)
