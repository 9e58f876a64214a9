"""Queueing formulas against figures that others publish, and against each other."""

import pytest

from hub.routing.erlang import erlang_a, erlang_b, erlang_c

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
    assert patient.service_level == pytest.approx(sure.service_level, abs=2e-3)
    assert patient.asa_s == pytest.approx(sure.asa_s, rel=1e-3)


def test_too_few_agents_is_an_answer_and_no_crash() -> None:
    assert erlang_c(10, RATE, HANDLE, WITHIN) is None
    assert erlang_c(3, RATE, HANDLE, WITHIN) is None
    assert erlang_a(3, RATE, HANDLE, 60.0, WITHIN).abandoned > 0.5


def test_nobody_calls() -> None:
    found = erlang_c(5, 0.0, HANDLE, WITHIN)
    assert found is not None
    assert (found.service_level, found.asa_s, found.occupancy) == (1.0, 0.0, 0.0)
    assert erlang_b(5, 0.0) == 0.0


def test_a_thousand_agents() -> None:
    found = erlang_c(1_000, 5.2, HANDLE, WITHIN)
    assert found is not None
    assert 0.0 < found.wait_chance < 1.0
