"""The hub is killed while callers wait and speak: nobody is dropped, everybody goes on from the same place."""

from __future__ import annotations

import json
from pathlib import Path

from channels.voice.asterisk.config_files import HOLD_TONES
from hub.model.ids import AgentId
from hub.store.accounts import Accounts
from hub.store.database import connect
from hub.store.embedded import Mongod
from tests.asterisk import Asterisk
from tests.calls import connected, number
from tests.faults.tools import own_database
from tests.load.crowd import crowd, eventually
from tests.load.lab import Plan, lab
from tests.phone import phone

CALLER, OTHER, ALI = 600.0, 800.0, 1_100.0
FLOW = {
    "name": "f",
    "version": 1,
    "entry": {"node": "line", "locale": "en"},
    "locales": ["en"],
    "nodes": {"line": {"type": "queue", "queue": ""}},
}


async def test_a_hub_that_is_killed_drops_no_caller(
    no_task_left_behind: None,
    mongod_server: Mongod,
    asterisk: Asterisk,
    tmp_path: Path,
) -> None:
    inbox = number(asterisk, flow=json.dumps(FLOW))
    plan = Plan(capacity=100, inboxes=(inbox,), settings=own_database())
    async with lab(plan, uri=mongod_server.uri, start=False) as running:
        async with connect(running.uri, running.hub.settings.database) as database:
            await Accounts(database).change(AgentId("a-agent-0"), {"phone": "101"}, end_sessions=False)
        await running.hub.start()
        async with (
            connected(asterisk, tmp_path, running.hub.url) as gateway,
            phone(asterisk, tmp_path / "a", tone=CALLER) as first,
            phone(asterisk, tmp_path / "b", tone=OTHER) as second,
            phone(asterisk, tmp_path / "c", tone=ALI, extension="101") as ali,
            crowd(running, 0) as desks,
        ):
            [agent] = desks.agents
            await first.dial(f"sip:100@{asterisk.sip}")
            await ali.event("CALL_INCOMING")
            await ali.answer()
            await first.hears(ALI)
            await second.dial(f"sip:100@{asterisk.sip}")
            await second.hears(HOLD_TONES[0])
            running.hub.kill()
            await first.hears(ALI)
            await second.hears(HOLD_TONES[1])
            await running.hub.start()
            await ali.hang_up()
            await first.event("CALL_CLOSED")
            await eventually(lambda: len(agent.mine) == 1, 20, "the call that was live is not the agent's any more")
            [held] = agent.mine
            await agent.insist({"type": "resolve", "conversation": held, "disposition": "answered"})
            await ali.event("CALL_INCOMING", times=2)
            running.hub.kill()
            await running.hub.start()
            await ali.answer()
            await second.hears(ALI)
            await ali.hears(OTHER)
            assert "CALL_CLOSED" not in second.events
            assert gateway.exchange is not None
