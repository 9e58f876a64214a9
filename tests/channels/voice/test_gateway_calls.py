"""Calls of a real telephone, through a real Asterisk, to an application that answers verbs."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from tests.asterisk import Asterisk, asterisk  # noqa: F401 (a fixture)
from tests.channels.voice.switch import Lab, lab
from tests.phone import phone


@pytest_asyncio.fixture
async def line(no_task_left_behind: None, asterisk: Asterisk, tmp_path: Path) -> AsyncIterator[Lab]:  # noqa: F811
    async with lab(asterisk, tmp_path) as made:
        yield made


async def test_a_caller_is_greeted_and_says_goodbye(line: Lab, tmp_path: Path) -> None:
    line.hub.scripts["call"] = [{"verb": "say", "text": "Welcome to the shop."}, {"verb": "hangup"}]
    async with phone(line.asterisk, tmp_path / "a", tone=500) as caller:
        await caller.dial(f"sip:100@{line.asterisk.sip}")
        await caller.event("CALL_ESTABLISHED")
        await caller.hears_something()
        await caller.event("CALL_CLOSED")
    told = await line.hub.asked("call")
    assert (told["direction"], told["to"], told["call_status"]) == ("inbound", "100", "trying")
    over = await line.hub.asked("status", call_status="completed")
    assert (over["call_sid"], over["call_termination_by"]) == (told["call_sid"], "jambonz")
