"""A short drill of several routing processes; `peyk drill routing` is the long one."""

from tests.drills.routing import routing


async def test_processes_that_route_at_once_and_die_do_no_harm() -> None:
    found = await routing(9.0, seed=5, say=lambda _: None)
    assert found["first"] == []
    assert found["good"]
