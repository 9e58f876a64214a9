"""How well a line is served: offered = answered + abandoned + flow-out, and shares of sums, never sums of shares."""

from hypothesis import given
from hypothesis import strategies as st

from hub.model.ids import ConversationId
from hub.model.queues import ServiceTarget
from hub.model.service import Service
from hub.model.visits import Visit

C = ConversationId("c")
TARGET = ServiceTarget(percent=80, seconds=20, short_abandon_seconds=5)


def waits(*ended: tuple[str, int]) -> Service:
    service = Service()
    for outcome, seconds in ended:
        service = service.with_(
            Visit(conversation=C, queue="q", channel="webchat", start=0, end=seconds * 1000, fate=outcome),  # type: ignore[arg-type]
            TARGET,
        )
    return service


def test_nobody_counts_yet() -> None:
    assert Service().level is None
    assert waits(("flow_out", 90), ("abandoned", 3)).level is None


def test_who_left_at_once_and_who_went_elsewhere_lower_no_level() -> None:
    found = waits(("answered", 20), ("answered", 21), ("abandoned", 4), ("abandoned", 5), ("flow_out", 90))
    assert (found.answered, found.in_time, found.abandoned, found.short, found.flow_out) == (2, 1, 2, 1, 1)
    assert found.level == 1 / 3


@given(st.lists(st.tuples(st.sampled_from(("answered", "abandoned", "flow_out")), st.integers(0, 100))))
def test_everybody_is_counted_once(ended: list[tuple[str, int]]) -> None:
    found = waits(*ended)
    assert found.answered + found.abandoned + found.flow_out == len(ended)
    assert found.level is None or 0 <= found.level <= 1
