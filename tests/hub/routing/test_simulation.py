"""A contact centre in virtual time: nothing stranded, nothing unfair, theory agrees; and the checks can fail."""

import pytest

from hub.model.conversation import Conversation
from hub.routing import line as line_module
from hub.routing.choose import Choice, choose
from hub.routing.line import Line
from hub.simulation.plan import world
from hub.simulation.run import simulate
from hub.store.database import Database


@pytest.mark.parametrize("seed", [7, 8])
async def test_a_busy_day_strands_nobody_and_breaks_no_rule(database: Database, seed: int) -> None:
    found = await simulate(database, world("mixed", agents=12, queues=3, seed=seed), arrivals=250, seed=seed)
    assert found["first_violations"] == []
    assert (found["violations"], found["stranded"], found["arrivals"]) == (0, 0, 250)
    assert sum(int(str(found[fate])) for fate in ("answered", "abandoned", "flow_out")) == 250


async def test_one_pool_is_as_the_theory_says(database: Database) -> None:
    found = await simulate(database, world("mmc", agents=14, queues=1, seed=1), arrivals=500, seed=1)
    _agrees(found)


async def test_with_patience_too(database: Database) -> None:
    found = await simulate(database, world("mmca", agents=14, queues=1, seed=2), arrivals=500, seed=2)
    assert found["abandoned"] != 0
    _agrees(found)


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


def _agrees(found: dict[str, object]) -> None:
    """Within the confidence interval of the run itself."""
    theory, interval = found["erlang"], found["ci"]
    assert isinstance(theory, dict)
    assert isinstance(interval, dict)
    assert abs(float(str(found["service_level"])) - theory["service_level"]) <= interval["service_level"]
    assert abs(float(str(found["asa_s"])) - theory["asa_s"]) <= interval["asa_s"]
    assert (found["violations"], found["stranded"]) == (0, 0)
