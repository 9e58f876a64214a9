"""Ending tasks for sure."""

import asyncio
from collections.abc import Coroutine, Iterable
from typing import TypeVar

AGAIN_SECONDS = 0.2

T = TypeVar("T")


async def together(**works: Coroutine[object, object, None]) -> None:
    """Run works side by side, each under its name, until all have ended or one fails; none outlives this.

    No TaskGroup: it cancels once, and what talks to the store may miss that (see `end`).
    """
    tasks = [asyncio.create_task(work, name=name) for name, work in works.items()]
    try:
        await asyncio.gather(*tasks)
    finally:
        await end(tasks)


async def end(tasks: Iterable[asyncio.Future[T]]) -> None:
    """Cancel tasks, again and again, until they have ended.

    Once may not be enough: up to Python 3.11 `asyncio.wait_for`, through which the database's driver sends every
    command, forgets a cancellation that comes in the moment in which its work is done (python/cpython#86296). Whoever
    is cancelled while waiting here is so when all have ended: what they own must not outlive them.
    """
    pending, interrupted = set(tasks), False
    while pending:
        for task in pending:
            task.cancel()
        try:
            await asyncio.wait(pending, timeout=AGAIN_SECONDS)
        except asyncio.CancelledError:
            interrupted = True
        ended = {task for task in pending if task.done()}
        for task in ended:
            if not task.cancelled():
                task.exception()  # looked at, so that none is reported as forgotten
        pending -= ended
    if interrupted:
        raise asyncio.CancelledError
