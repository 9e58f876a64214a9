"""Shared by the tests of the API channel."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.channels.api.lab import Lab, api_lab


@pytest_asyncio.fixture
async def lab(no_task_left_behind: None) -> AsyncIterator[Lab]:
    """The API channel on a real port."""
    async with api_lab() as opened:
        yield opened
