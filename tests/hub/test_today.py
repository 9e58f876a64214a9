"""What a line's card says of today, over a whole hub: live, and the same after a restart."""

from __future__ import annotations

from hub.model.entry import Author, EventType
from hub.model.ids import QueueId
from hub.model.queues import Queue
from hub.today import Today
from tests.hub.test_routing import Floor, floor  # noqa: F401 - a fixture

SUPPORT = QueueId("support")


async def test_answered_given_up_and_gone_elsewhere_are_counted_once_and_survive_a_restart(floor: Floor) -> None:  # noqa: F811
    hub = floor.hub
    await hub.config.create(Queue(id=QueueId("second"), name="second"))
    left, moved, answered = await floor.writes("v1"), await floor.writes("v2"), await floor.writes("v3")
    for receipt in (left, moved, answered):
        await floor.until(receipt, lambda state: state.owner.kind == "queue" and bool(state.contact_seq))
    floor.clock.advance(10_000)
    await hub.inlet.end("shop", "v1", left.conversation)
    state = await floor.state(moved)
    await hub.acts.overflow(state, QueueId("second"))
    await floor.comes("ali")
    await floor.accepts(answered, "ali")
    me = Author(kind="agent", id=floor.agent("ali").id, name="ali")
    await hub.acts.take(await floor.state(moved), me)
    expected = {SUPPORT: (1, 1, 1, 0, 1), "second": (1, 1, 0, 0, 0)}
    assert _counts(hub.today) == expected
    await hub.interval_log.flush()
    again = Today(hub.config, hub.visits, floor.clock)
    await again.load()
    assert _counts(again) == expected
    floor.clock.advance(86_400_000)
    assert set(_counts(again).values()) == {(0, 0, 0, 0, 0)}
    assert EventType.OVERFLOWED.value in await floor.events(moved)


def _counts(today: Today) -> dict[str, tuple[int, int, int, int, int]]:
    return {
        queue: (one.answered, one.in_time, one.abandoned, one.short, one.flow_out)
        for queue, one in today.service().items()
    }
