"""`peyk up`: build, start, watch and stop everything, in this order: browser parts, database, hub, shop, bot.

The hub serves as soon as it is up; the bot is installed and trained beside it, and until it answers, people serve.
Ctrl-C or SIGTERM: the hub drains, then the bot, the shop and the database stop. A second one hurries.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import sys
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from hub.processes import allow_open_files, end_descendants, free_port, port_holder
from hub.settings import Settings, child_environment
from hub.store.embedded import Mongod, MongodOptions
from hub.up import browser_parts
from hub.up.accounts import accounts_table
from hub.up.bot_service import run_bot
from hub.up.lock import only_one_up
from hub.up.progress import Progress
from hub.up.services import Service, ServiceSpec, Supervised, answers, first_of, keep_running, stop_and_say

DRAIN_SECONDS = 10.0


class UpError(RuntimeError):
    """`peyk up` cannot go on; the text says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UpOptions:
    """What the command line asked for.

    Attributes:
        build: Build the browser parts if their sources changed.
        reset: Delete the data first.
    """

    build: bool = True
    reset: bool = False


async def up(settings: Settings, options: UpOptions, progress: Progress) -> None:
    """Run Peyk until Ctrl-C or SIGTERM.

    Raises:
        AlreadyRunningError: Another `peyk up` uses the same folder.
        UpError, ServiceError, MongodError, ToolError: It cannot start; what was started is stopped again.
    """
    stop, hurry = _on_signals(progress)
    with only_one_up(settings.var_dir):
        await _refuse_taken_ports(settings, progress)
        ports = {name: free_port(getattr(settings, name)) for name in ("rasa_port", "rasa_second_port")}
        settings = settings.model_copy(update=ports)
        allow_open_files()
        if options.reset:
            delete_data(settings.var_dir)
        async with AsyncExitStack() as stack:
            stack.callback(end_descendants)  # last of all: an npm or uv that is still at work in a thread
            work = asyncio.ensure_future(_start_and_watch(stack, settings, options, progress, hurry))
            await first_of(stop.wait(), work)
            progress.say("\nStopping: conversations are finished first (Ctrl-C again: at once).")
    progress.say("Everything is stopped.")


def delete_data(var_dir: Path) -> None:
    """Start empty: delete conversations, accounts and logs. Tools, the bot's environment and its models are kept."""
    for folder in ("mongo", "logs", "files"):
        shutil.rmtree(var_dir / folder, ignore_errors=True)
    (var_dir / "accounts.json").unlink(missing_ok=True)


def hub_service(settings: Settings, uri: str, hurry: asyncio.Event) -> Service:
    """Return the hub as a child process that uses the database at ``uri``."""
    chosen = settings.model_copy(update={"mongodb_uri": SecretStr(uri)})
    spec = ServiceSpec(
        name="hub",
        command=[sys.executable, "-m", "hub.cli", "serve"],
        environment=child_environment(chosen),
        log=settings.log_dir / "hub.log",
        ready=answers(f"http://{settings.local_host}:{settings.port}/readyz"),
        drain_seconds=DRAIN_SECONDS,
    )
    return Service(spec, hurry)


def shop_service(settings: Settings, hurry: asyncio.Event) -> Service:
    """Return the demo shop (another origin, and the order service) as a child process."""
    spec = ServiceSpec(
        name="demo shop",
        command=[sys.executable, "-m", "hub.cli", "shop"],
        environment=child_environment(settings),
        log=settings.log_dir / "shop.log",
        ready=answers(f"http://{settings.local_host}:{settings.shop_port}/"),
        drain_seconds=3.0,
    )
    return Service(spec, hurry)


@asynccontextmanager
async def database(settings: Settings, progress: Progress) -> AsyncIterator[tuple[str, Mongod | None]]:
    """Yield the database's connection string, and the private server if it is one of ours."""
    if settings.mongodb_uri is not None:
        yield settings.mongodb_uri.get_secret_value(), None
        return
    options = MongodOptions(
        directory=settings.var_dir / "mongo", tools=settings.tools_dir, log=settings.log_dir / "mongod.log"
    )
    server = Mongod(options)
    try:
        with progress.step("database") as step:
            server.say_to(step.say)
            await server.start()
            step.say("")
        yield server.uri, server
    finally:  # also when Ctrl-C comes while it starts
        if server.alive():
            with progress.step("database stopped"):
                await server.stop()


async def _start_and_watch(
    stack: AsyncExitStack, settings: Settings, options: UpOptions, progress: Progress, hurry: asyncio.Event
) -> None:
    if options.build:
        with progress.step("browser parts") as step:
            await asyncio.to_thread(
                browser_parts.build, browser_parts.WIDGET, settings.tools_dir, settings.log_dir, step.say
            )
            step.say("")
    uri, server = await stack.enter_async_context(database(settings, progress))
    watched: list[tuple[str, Supervised]] = [("database", server)] if server else []
    # Below the shop and the hub: the hub still talks to the bot while it finishes its conversations.
    bots = await stack.enter_async_context(AsyncExitStack())
    shop = shop_service(settings, hurry)
    hub = hub_service(settings, uri, hurry)
    for service in (shop, hub) if settings.demo else (hub,):
        await _started(stack, service, progress)
        watched.append((service.spec.name, service))
    progress.say(welcome(settings))
    async with asyncio.TaskGroup() as group:
        for name, thing in watched:
            group.create_task(keep_running(name, thing, progress.say), name=f"watch {name}")
        if settings.bot_enabled and settings.rasa_url is None:
            group.create_task(run_bot(bots, settings, uri, progress, hurry), name="bot")


async def _started(stack: AsyncExitStack, service: Service, progress: Progress) -> None:
    stack.push_async_callback(stop_and_say, service, progress)
    with progress.step(service.spec.name):
        await service.start()


def welcome(settings: Settings) -> str:
    """Say where everything is and who may sign in."""
    rows = [("Agents' desk", f"{settings.base_url}/desk")]
    if settings.demo:
        rows.insert(0, ("Demo shop", settings.shop_url))
    lines = ["", "Peyk is up.", *(f"  {name:<14}{address}" for name, address in rows), ""]
    lines.append(accounts_table(settings.accounts_file))
    if settings.bot_enabled and settings.rasa_url is None:
        lines.append("Until the bot answers, conversations go to people.")
    lines.append("Ctrl-C stops everything.")
    return "\n".join(lines)


def _on_signals(progress: Progress) -> tuple[asyncio.Event, asyncio.Event]:
    stop, hurry = asyncio.Event(), asyncio.Event()

    def asked() -> None:
        (hurry if stop.is_set() else stop).set()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, asked)
    return stop, hurry


async def _refuse_taken_ports(settings: Settings, progress: Progress) -> None:
    wanted = {"PEYK_PORT": settings.port} | ({"PEYK_SHOP_PORT": settings.shop_port} if settings.demo else {})
    for name, port in wanted.items():
        problem = await _problem_with(settings.host, port)
        holder = port_holder(port) if problem else None
        if problem and holder is None:  # it has ended between the two looks
            problem = await _problem_with(settings.host, port)
        elif problem and "-m hub.cli" in (holder or ""):
            # A killed `peyk up` leaves a hub that is still draining: the kernel has told it to end.
            with progress.step("waiting for the hub of a killed `peyk up` to end"):
                until = time.monotonic() + DRAIN_SECONDS + 5
                while problem and time.monotonic() < until:
                    await asyncio.sleep(0.2)
                    problem = await _problem_with(settings.host, port)
        if problem:
            holder = port_holder(port)
            raise UpError(
                f"Port {port} can't be used{f', it is taken by {holder}' if holder else ''} ({problem}). "
                f"End that program, or choose another port: {name}={port + 10} ./peyk up"
            )


async def _problem_with(host: str, port: int) -> str | None:
    try:
        probe = await asyncio.start_server(lambda reader, writer: writer.close(), host, port)
    except OSError as error:
        return os.strerror(error.errno).lower() if error.errno else str(error)
    probe.close()
    await probe.wait_closed()
    return None
