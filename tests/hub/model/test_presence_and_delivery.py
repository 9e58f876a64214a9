"""Presence of agents and delivery of messages, at random."""

from hypothesis import given
from hypothesis import strategies as st

from hub.model import presence
from hub.model.config import Agent
from hub.model.delivery import advance, before
from hub.model.entry import DeliveryState
from hub.model.ids import AgentId

STATES: tuple[DeliveryState, ...] = ("queued", "failed", "sent", "delivered", "read")
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["arrived", "left", "online", "offline", "finishing", "break:lunch", "missed", "grace"]),
        st.integers(min_value=1, max_value=60_000),
    ),
    max_size=40,
)


@given(STEPS)
def test_only_an_agent_who_is_there_and_online_takes_offers(steps: list[tuple[str, int]]) -> None:
    agent, now = Agent(id=AgentId("ali"), login="ali", name="Ali"), 0
    sockets = 0
    for step, passed in steps:
        now += passed
        match step:
            case "arrived":
                agent, sockets = presence.arrived(agent), 1
            case "left":
                agent, sockets = presence.left(agent, now), 0
            case "missed":
                agent = presence.missed_offer(agent, now)
            case "grace":
                agent = presence.grace_over(agent, now)
            case chosen:
                agent = presence.chose(agent, chosen, now)
        assert agent.connected == bool(sockets)
        assert presence.takes_offers(agent) == (agent.status == "online" and agent.connected)
        assert agent.status_since <= now
        if presence.is_lost(agent, now, grace_ms=30_000):
            assert not presence.takes_offers(agent)


def test_a_missed_offer_parks_only_who_was_online() -> None:
    online = Agent(id=AgentId("ali"), login="ali", name="Ali", status="online", connected=True)
    assert presence.missed_offer(online, 5).status == presence.NOT_RESPONDING
    lunch = presence.chose(online, "break:lunch", 5)
    assert presence.missed_offer(lunch, 6).status == "break:lunch"


def test_grace_runs_from_the_moment_the_last_socket_went() -> None:
    agent = presence.left(Agent(id=AgentId("ali"), login="ali", name="Ali", connected=True), 1_000)
    agent = presence.left(agent, 9_000)
    assert not presence.is_lost(agent, 30_999, 30_000)
    assert presence.is_lost(agent, 31_000, 30_000)
    assert not presence.is_lost(presence.arrived(agent), 99_000, 30_000)


@given(st.lists(st.sampled_from(STATES), max_size=12))
def test_receipts_in_any_order_end_in_the_same_state(news: list[DeliveryState]) -> None:
    state: DeliveryState = "queued"
    for one in news:
        after = advance(state, one)
        assert after == state or state in before(one)
        state = after
    other: DeliveryState = "queued"
    for one in reversed(news):
        other = advance(other, one)
    assert state == other


@given(st.sampled_from(STATES))
def test_what_was_read_never_goes_back(news: DeliveryState) -> None:
    assert advance("read", news) == "read"
