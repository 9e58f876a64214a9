"""The bot beside the hub: install its environment, train it if its sources changed, serve it, keep it running.

With it goes the trainer, and a second server as soon as a version of the studio is to be tried. The hub serves
meanwhile. Whatever goes wrong here is said, and conversations go on going to people.
"""

from __future__ import annotations

import asyncio
import signal
import sys
from contextlib import AsyncExitStack

from pydantic import SecretStr

from bot import environment
from bot.environment import BotEnvironmentError
from hub.model.rollout import Slot
from hub.processes import die_with_parent
from hub.settings import Settings, child_environment
from hub.up.progress import Progress, Step
from hub.up.services import Service, ServiceError, ServiceSpec, keep_running, stop_and_say

READY_SECONDS = 180.0
LOOK_SECONDS = 2.0


async def run_bot(
    stack: AsyncExitStack, settings: Settings, uri: str, progress: Progress, hurry: asyncio.Event
) -> None:
    """Bring the bot up and keep it up until cancelled.

    Args:
        stack: Stops the bot when `peyk up` ends.
        settings: Where to install, which port.
        uri: The database, which also keeps the bot's side of conversations.
        progress: For the person at the terminal.
        hurry: Set: do not wait for draining.
    """
    try:
        for what, name in (("install", "Rasa, the bot's engine"), ("train", "bot training")):
            with progress.step(name) as step:
                await _prepare(what, settings, step)
                step.say("")
        service = await _started(stack, bot_service(settings, uri, hurry, "a"), progress)
        trainer = await _started(stack, trainer_service(settings, uri, hurry), progress)
    except (BotEnvironmentError, ServiceError, OSError) as error:
        progress.say(
            f"  ! The bot is not available; conversations go to people.\n{error}\n`./peyk doctor` looks for causes."
        )
        return
    progress.say("  ✓ the bot answers customers now")
    async with asyncio.TaskGroup() as group:
        for one in (service, trainer):
            group.create_task(keep_running(one.spec.name, one, progress.say), name=f"watch {one.spec.name}")
        if settings.rasa_second_url is None:
            group.create_task(_second(stack, settings, uri, progress, hurry), name="second bot")


async def _started(stack: AsyncExitStack, service: Service, progress: Progress) -> Service:
    stack.push_async_callback(stop_and_say, service, progress)
    with progress.step(service.spec.name):
        await service.start()
    return service


async def _second(
    stack: AsyncExitStack, settings: Settings, uri: str, progress: Progress, hurry: asyncio.Event
) -> None:
    """Start the second server once the hub has a version for it, and keep it running."""
    token = settings.rasa_token.get_secret_value()
    while not await asyncio.to_thread(environment.has_model, _models(settings, "b"), token):  # noqa: ASYNC110 (another process)
        await asyncio.sleep(LOOK_SECONDS)
    service = bot_service(settings, uri, hurry, "b")
    try:
        await _started(stack, service, progress)
    except ServiceError as error:
        progress.say(f"  ! The second bot server is not available; the new version waits.\n{error}")
        return
    await keep_running(service.spec.name, service, progress.say)


def _models(settings: Settings, slot: Slot) -> str:
    return f"http://{settings.local_host}:{settings.port}/bot/models/{slot}"


def trainer_service(settings: Settings, uri: str, hurry: asyncio.Event) -> Service:
    """Return the trainer as a child process."""

    async def ready() -> bool:
        return True  # it takes work when it can; nobody waits for it

    chosen = settings.model_copy(update={"mongodb_uri": SecretStr(uri)})
    spec = ServiceSpec(
        name="trainer",
        command=[sys.executable, "-m", "hub.cli", "trainer"],
        environment=child_environment(chosen),
        log=settings.log_dir / "trainer.log",
        ready=ready,
        drain_seconds=5.0,
    )
    return Service(spec, hurry)


def bot_service(settings: Settings, uri: str, hurry: asyncio.Event, slot: Slot) -> Service:
    """Return a slot's bot server as a child process; its environment is installed and its model trained.

    Raises:
        BotEnvironmentError: They are not.
    """
    token = settings.rasa_token.get_secret_value()
    command, child_environment, directory = environment.serve(
        settings.var_dir,
        settings.rasa_port if slot == "a" else settings.rasa_second_port,
        uri,
        f"{settings.database}_rasa",
        token,
        f"http://{settings.local_host}:{settings.port}/bot/actions",
        _models(settings, slot),
    )
    url = settings.bot_url if slot == "a" else settings.second_bot_url

    async def ready() -> bool:
        return await asyncio.to_thread(environment.ready, url, token) is not None

    spec = ServiceSpec(
        name="bot" if slot == "a" else "second bot",
        command=command,
        environment=child_environment,
        log=settings.log_dir / ("bot.log" if slot == "a" else "second-bot.log"),
        ready=ready,
        ready_seconds=READY_SECONDS,
        drain_seconds=5.0,
        directory=directory,
    )
    return Service(spec, hurry)


async def _prepare(what: str, settings: Settings, step: Step) -> None:
    """Install or train in a child, which ends with us; its lines become the step's detail."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "bot.environment", what, "--var", str(settings.var_dir)),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        start_new_session=True,
        # Does one system call on memory that is already there: harmless beside threads.
        preexec_fn=die_with_parent(signal.SIGTERM),
    )
    words: list[str] = []
    try:
        assert process.stdout is not None
        async for raw in process.stdout:
            words = [*words, raw.decode("utf-8", "replace").rstrip()][-15:]
            step.say(words[-1])
        code = await process.wait()
    finally:
        if process.returncode is None:
            process.terminate()
            await process.wait()
    if code != 0:
        raise BotEnvironmentError("\n".join(words))
