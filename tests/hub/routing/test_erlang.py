"""Queueing formulas against figures that others publish, and against each other."""

import pytest

from hub.routing.erlang import erlang_a, erlang_b, erlang_c
from tests.hub.routing.servers import customers, waits

RATE, HANDLE, WITHIN = 100 / 1_800, 180.0, 20.0


@pytest.mark.parametrize(
    ("agents", "waits", "level", "asa"), [(13, 0.28527, 0.795595, 17.116), (14, 0.174132, 0.88835, 7.836)]
)
def test_erlang_c_as_published(agents: int, waits: float, level: float, asa: float) -> None:
    found = erlang_c(agents, RATE, HANDLE, WITHIN)
    assert found is not None
    assert found.wait_chance == pytest.approx(waits, abs=1e-5)
    assert found.service_level == pytest.approx(level, abs=1e-5)
    assert found.asa_s == pytest.approx(asa, abs=1e-3)


def test_erlang_a_as_published() -> None:
    found = erlang_a(14, RATE, HANDLE, 300.0, WITHIN)
    assert found.wait_chance == pytest.approx(0.14526, abs=1e-5)
    assert found.abandoned == pytest.approx(0.013984, abs=1e-6)
    assert found.asa_s / 60 == pytest.approx(0.069919, abs=1e-6)
    assert found.occupancy == pytest.approx(0.704297, abs=1e-6)


def test_patience_without_end_is_erlang_c() -> None:
    patient, sure = erlang_a(14, RATE, HANDLE, 1e9, WITHIN), erlang_c(14, RATE, HANDLE, WITHIN)
    assert sure is not None
    assert patient.service_level == pytest.approx(sure.service_level, abs=1e-6)
    assert patient.asa_s == pytest.approx(sure.asa_s, rel=1e-6)


def test_too_few_agents_is_an_answer_and_no_crash() -> None:
    assert erlang_c(10, RATE, HANDLE, WITHIN) is None
    assert erlang_c(3, RATE, HANDLE, WITHIN) is None
    assert erlang_a(3, RATE, HANDLE, 60.0, WITHIN).abandoned > 0.5


def test_nobody_calls() -> None:
    found = erlang_c(5, 0.0, HANDLE, WITHIN)
    assert found is not None
    assert (found.service_level, found.asa_s, found.occupancy) == (1.0, 0.0, 0.0)
    assert erlang_b(5, 0.0) == 0.0
    alone = erlang_a(0, RATE, HANDLE, 60.0, WITHIN)
    assert (erlang_a(5, 0.0, HANDLE, 60.0, WITHIN).service_level, alone.abandoned, alone.asa_s) == (1.0, 1.0, 60.0)


@pytest.mark.parametrize("agents", [1, 3, 14, 40])
def test_patience_as_the_chain_of_births_and_deaths_has_it(agents: int) -> None:
    """The sums over the states of the chain, as textbooks write them."""
    patience = 90.0
    shares = [1.0]
    for n in range(1, 2_000):
        leaving = min(n, agents) / HANDLE + max(n - agents, 0) / patience
        shares.append(shares[-1] * RATE / leaving)
    waiting = sum(share * max(n - agents, 0) for n, share in enumerate(shares)) / sum(shares)
    found = erlang_a(agents, RATE, HANDLE, patience, WITHIN)
    assert found.asa_s == pytest.approx(waiting / RATE, rel=1e-8)
    assert found.abandoned == pytest.approx(waiting / RATE / patience, rel=1e-8)
    assert found.wait_chance == pytest.approx(sum(shares[agents:]) / sum(shares), rel=1e-8)
    assert erlang_a(agents, RATE, HANDLE, patience, 1e6).service_level == pytest.approx(1.0 - found.abandoned, rel=1e-8)


def test_a_thousand_agents() -> None:
    found = erlang_c(1_000, 5.2, HANDLE, WITHIN)
    assert found is not None
    assert 0.0 < found.wait_chance < 1.0
    assert 0.0 < erlang_a(1_000, 5.2, HANDLE, 300.0, WITHIN).wait_chance < found.wait_chance


@pytest.mark.parametrize("rate", [1e-300, 1.0, 50.0, 5_000.0, 1e9])
@pytest.mark.parametrize("agents", [1, 1_000, 100_000])
def test_numbers_without_measure_are_answered(agents: int, rate: float) -> None:
    found = erlang_a(agents, rate, HANDLE, 300.0, WITHIN)
    for share in (found.wait_chance, found.service_level, found.occupancy, found.abandoned):
        assert 0.0 <= share <= 1.0
    assert 0.0 <= found.asa_s <= 300.0
    assert found.abandoned == pytest.approx(max(0.0, 1.0 - agents / (rate * HANDLE)), abs=0.1)
    sure = erlang_c(agents, rate, HANDLE, WITHIN)
    assert (sure is None) == (agents <= rate * HANDLE)


@pytest.mark.parametrize("patience", [None, 300.0])
def test_first_come_first_served_is_what_the_formulas_are_about(patience: float | None) -> None:
    """200,000 customers; the distance allowed is four times the standard error that ten such runs show."""
    waited = list(waits(customers(200_000, rate=RATE, handle=HANDLE, patience=patience, seed=5), 14))
    found = erlang_a(14, RATE, HANDLE, patience, WITHIN) if patience else erlang_c(14, RATE, HANDLE, WITHIN)
    assert found is not None
    in_time = sum(one is not None and one <= WITHIN for one in waited) / len(waited)
    assert in_time == pytest.approx(found.service_level, abs=0.017)
    assert waited.count(None) / len(waited) == pytest.approx(found.abandoned, abs=0.0025)
