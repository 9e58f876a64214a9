"""Hearing of changes to inboxes without missing one."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from channels.contract import Inlet


@asynccontextmanager
async def next_change(inlet: Inlet, name: str) -> AsyncIterator["asyncio.Task[None]"]:
    """Wait for the next change from now on, while the block reads the inboxes; it awaits what it is given at its end.

    `name` names the task. What changes after the block has begun ends the wait, so no change falls between.
    """
    change = asyncio.create_task(inlet.changed(), name=f"{name}-change")
    try:
        await asyncio.sleep(0)  # now it waits
        yield change
    finally:
        change.cancel()
