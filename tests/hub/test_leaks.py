"""Capacity that somebody reserved and never used comes back; what is offered or held keeps what it weighs."""

from __future__ import annotations

from hub.routing.leaks import LEAK_MS
from tests.hub.house import House, house  # noqa: F401 (a fixture)


async def test_what_was_reserved_and_never_offered_becomes_free(house: House) -> None:  # noqa: F811
    await house.inbox("email", await house.plan("letters"))
    ali = await house.profile("ali", queues=["support"])
    await house.comes("ali")
    offered = await house.writes("v1")
    await house.offered(offered, "ali")
    waiting = await house.state(await house.writes_to("email", "a@example.org"))
    assert await house.hub.staff.reserve(ali, waiting)
    carried = [one.conversation for one in house.agent("ali").load]
    await house.hub.leaks.release()
    assert [one.conversation for one in house.agent("ali").load] == carried == [offered.conversation, waiting.id]
    house.clock.advance(LEAK_MS)
    await house.hub.leaks.release()
    assert [one.conversation for one in house.agent("ali").load] == [offered.conversation]


async def test_what_an_agent_works_on_is_no_leak(house: House) -> None:  # noqa: F811
    await house.comes("ali")
    held = await house.writes("v1")
    await house.accepts(held, "ali")
    house.clock.advance(LEAK_MS)
    await house.hub.leaks.release()
    assert [one.conversation for one in house.agent("ali").load] == [held.conversation]
