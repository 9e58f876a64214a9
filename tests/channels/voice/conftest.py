"""What the gateway's tests share: one Asterisk, and for each test a gateway and an application of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from tests.asterisk import Asterisk
from tests.channels.voice.switch import Lab, lab


@pytest_asyncio.fixture
async def line(no_task_left_behind: None, asterisk: Asterisk, tmp_path: Path) -> AsyncIterator[Lab]:
    """A gateway that Asterisk has dialled."""
    async with lab(asterisk, tmp_path) as made:
        yield made
