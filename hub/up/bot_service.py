"""The bot beside the hub: install its environment, train it if its sources changed, serve it, keep it running.

The hub serves meanwhile. Whatever goes wrong here is said, and conversations go on going to people.
"""

from __future__ import annotations

import asyncio
import signal
import sys
from contextlib import AsyncExitStack

from bot import environment
from bot.environment import BotEnvironmentError
from hub.processes import die_with_parent
from hub.settings import Settings
from hub.up.progress import Progress, Step
from hub.up.services import Service, ServiceError, ServiceSpec, keep_running, stop_and_say

READY_SECONDS = 180.0


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
        service = bot_service(settings, uri, hurry)
        stack.push_async_callback(stop_and_say, service, progress)
        with progress.step("bot"):
            await service.start()
    except (BotEnvironmentError, ServiceError, OSError) as error:
        progress.say(
            f"  ! The bot is not available; conversations go to people.\n{error}\n`./peyk doctor` looks for causes."
        )
        return
    progress.say("  ✓ the bot answers customers now")
    await keep_running("bot", service, progress.say)


def bot_service(settings: Settings, uri: str, hurry: asyncio.Event) -> Service:
    """Return the bot's server as a child process; its environment is installed and its model trained.

    Raises:
        BotEnvironmentError: They are not.
    """
    token = settings.rasa_token.get_secret_value()
    command, child_environment, directory = environment.serve(
        settings.var_dir,
        settings.rasa_port,
        uri,
        f"{settings.database}_rasa",
        token,
        f"http://{settings.local_host}:{settings.port}/bot/actions",
    )

    async def ready() -> bool:
        return await asyncio.to_thread(environment.ready, settings.bot_url, token) is not None

    spec = ServiceSpec(
        name="bot",
        command=command,
        environment=child_environment,
        log=settings.log_dir / "bot.log",
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
