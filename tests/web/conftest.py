"""A hub with a parrot: a channel that asks for a setting of every kind; and the admin in front of it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.fakes.parrot import Parrot
from tests.hub_server import Browser, LiveHub


@pytest.fixture
def parrot(live: LiveHub) -> Parrot:
    channel = Parrot()
    live.hub.channels[channel.name] = channel
    return channel


@pytest_asyncio.fixture
async def admin(live: LiveHub, parrot: Parrot) -> AsyncIterator[Browser]:
    async with live.browser() as browser:
        await browser.sign_in("admin")
        yield browser
