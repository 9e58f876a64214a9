"""The e-mail channel at work."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.channels.email.lab import Lab, email_lab


@pytest_asyncio.fixture
async def lab(no_task_left_behind: None) -> AsyncIterator[Lab]:
    """The channel with one mailbox `help`; nothing listens until `running`."""
    async with email_lab() as opened:
        yield opened
