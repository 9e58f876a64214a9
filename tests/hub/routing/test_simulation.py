"""A contact centre in virtual time: nothing stranded, nothing unfair; and the checks can fail."""

import json
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from hub.model.conversation import Conversation
from hub.model.entry import EventType
from hub.model.ids import ConversationId, new_id
from hub.routing import line as line_module
from hub.routing.choose import Choice, choose
from hub.routing.line import Line
from hub.simulation.plan import ProfileName, world
from hub.simulation.run import simulate
from hub.store.database import Database, connect
from hub.store.embedded import Mongod
from hub.store.entries import Entries
from tests.hub.routing.servers import Servers


@pytest_asyncio.fixture
async def database(mongod_server: Mongod) -> AsyncIterator[Database]:
    """As `peyk simulate` opens it: nobody misses its data."""
    async with connect(mongod_server.uri, f"s{new_id().lower().replace('-', '')}", throwaway=True) as opened:
        yield opened
        await opened.drop()


@pytest.mark.parametrize(("seed", "queues"), [(7, 3), (8, 5)])  # with five there is every strategy
async def test_a_busy_day_strands_nobody_and_breaks_no_rule(database: Database, seed: int, queues: int) -> None:
    found = await simulate(database, world("mixed", agents=12, queues=queues, seed=seed), arrivals=200, seed=seed)
    assert found["first_violations"] == []
    assert (found["violations"], found["stranded"], found["arrivals"]) == (0, 0, 200)
    assert sum(int(str(found[fate])) for fate in ("answered", "abandoned", "flow_out")) == 200


@pytest.mark.parametrize("profile", ["mmc", "mmca"])
async def test_one_pool_serves_everybody_in_turn(database: Database, profile: ProfileName) -> None:
    """As long as first come, first served has it, to the millisecond; that this is the theory, test_erlang shows."""
    found = await simulate(database, world(profile, agents=7, queues=1, seed=2), arrivals=300, seed=2)
    assert (found["violations"], found["stranded"], found["arrivals"]) == (0, 0, 300)
    assert (found["abandoned"] != 0) == (profile == "mmca")
    servers, waited = Servers(7), 0
    for number in range(1, 301):
        entries = await Entries(database).after(ConversationId(f"c-{number:06}"), 0)
        when = {entry.event.type: entry.at for entry in entries if entry.event is not None}
        came, taken, over = when[EventType.OPENED], when.get(EventType.ACCEPTED), when[EventType.RESOLVED]
        turn = servers.turn(came)
        waited += turn > came
        if taken is None:
            assert over <= turn  # out of patience before it was theirs
        else:
            assert taken == turn
            servers.serve(over)
    assert waited > 30


async def test_the_figures_of_one_customer_are_json_too(database: Database) -> None:
    found = await simulate(database, world("mixed", agents=1, queues=1, seed=7), arrivals=1, seed=7)
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    assert found["ci"] == {"service_level": None, "asa_s": None}


async def test_the_same_seed_is_the_same_day(database: Database) -> None:
    days = []
    for _ in range(2):
        found = await simulate(database, world("mixed", agents=6, queues=2, seed=4), arrivals=60, seed=4)
        days.append({name: value for name, value in found.items() if name not in {"cpu_s", "wall_s"}})
        await database.drop()
    assert days[0] == days[1]


async def test_a_router_that_passes_over_the_first_in_line_is_found_out(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Line.next_match

    def unfair(self: Line, free, now, barred=()):  # type: ignore[no-untyped-def]  # stands in for one of our own
        first = real(self, free, now, barred)
        return first and (real(self, free, now, {*barred, first[0].id}) or first)

    monkeypatch.setattr(Line, "next_match", unfair)
    found = await simulate(database, world("mixed", agents=6, queues=2, seed=3), arrivals=120, seed=3)
    assert "out_of_order" in found["violations_by_kind"]  # type: ignore[operator]


async def test_a_router_that_forgets_somebody_is_found_out(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    def lazy(item: Conversation, *rest, **named) -> Choice | None:  # type: ignore[no-untyped-def]
        return None if item.header.number % 5 == 0 else choose(item, *rest, **named)

    monkeypatch.setattr(line_module, "choose", lazy)
    found = await simulate(database, world("mixed", agents=6, queues=2, seed=3), arrivals=60, seed=3)
    assert "idle_agent" in found["violations_by_kind"]  # type: ignore[operator]
