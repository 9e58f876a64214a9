"""What supervisors do to others' work: done, audited, told to who it concerns, refused to everybody else."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from hub.clock import HeldClock
from hub.store.database import Database
from tests.hub.wallboard_floor import CallCentre
from tests.hub_server import live_hub


@pytest_asyncio.fixture
async def centre(
    no_task_left_behind: None, database: Database, tmp_path: Path, clock: HeldClock
) -> AsyncIterator[CallCentre]:
    async with live_hub(database, tmp_path / "var", clock=clock) as live:
        yield await CallCentre(live, clock).open()


async def test_who_is_moved_to_the_front_by_priority_is_offered_next(centre: CallCentre) -> None:
    first, second = await centre.waits("v1"), await centre.waits("v2")
    async with centre.desk("mina") as desk:
        answer = await desk.ask("prioritise", conversations=[second.id], priority=5)
        assert answer["data"] == {"done": 1}
        again = await desk.ask("prioritise", conversations=[second.id, first.id], priority=6)
        assert again["data"] == {"done": 2}
        await desk.ask("prioritise", conversations=[first.id], priority=-1)
    await centre.comes("ali")
    await centre.offered(second, "ali")
    assert [one["priority"] for one in await centre.audited("conversation.prioritise")] == [
        [6, -1], [0, 6], [5, 6], [0, 5],
    ]  # fmt: skip


async def test_a_move_takes_the_offer_away_tells_who_did_it_and_keeps_the_place(centre: CallCentre) -> None:
    async with centre.desk("ali") as ali, centre.desk("mina") as mina:
        await ali.ask("status.set", status="online")
        item = await centre.offered(await centre.writes("v1"), "ali")
        answer = await mina.ask("move", conversations=[item.id, item.id], queue="sales")
        assert answer["data"] == {"done": 1}
        gone = await ali.until(lambda frame: frame["type"] == "offer.gone")
        assert gone["reason"] == "moved"
        told = await ali.until(lambda frame: frame["type"] == "acted")
        assert (told["what"], told["by"], told["to"]) == ("moved", "مینا کریمی", "Sales")
        moved = await centre.until(item, lambda state: state.queue == "sales")
        assert moved.queued_at == item.queued_at
    assert await centre.audited("conversation.move") == [{"queue": ["پشتیبانی", "Sales"]}]


async def test_each_of_many_is_moved_or_refused_with_its_own_code(centre: CallCentre) -> None:
    one, two = await centre.waits("v1"), await centre.waits("v2")
    async with centre.desk("mina") as mina:
        await mina.ask("move", conversations=[two.id], queue="sales")
        answer = await mina.ask("move", conversations=[one.id, two.id, "nothing"], queue="sales")
        assert answer["data"] == {"done": 1, "refused": {two.id: "same_queue", "nothing": "not_found"}}
        assert (await mina.ask("move", conversations=[], queue="sales"))["code"] == "too_many"
        assert (await mina.ask("move", conversations=["x"] * 101, queue="sales"))["code"] == "too_many"
        assert (await mina.ask("move", conversations=[one.id], queue="none"))["code"] == "no_such_queue"
        assert (await mina.ask("prioritise", conversations=[one.id], priority=11))["code"] == "bad_priority"


async def test_taking_over_and_giving_on_tells_who_had_it_and_a_stale_screen_is_refused(centre: CallCentre) -> None:
    async with centre.desk("ali") as ali, centre.desk("mina") as mina, centre.desk("sara") as sara:
        await ali.ask("status.set", status="online")
        held = await centre.accepts(await centre.writes("v1"), "ali")
        me = centre.agent("mina").id
        stale = await mina.ask("assign", conversation=held.id, agent=me, fence=held.fence - 1)
        assert stale["code"] == "too_late"
        assert (await mina.ask("assign", conversation=held.id, agent=me, fence=held.fence))["type"] == "result"
        told = await ali.until(lambda frame: frame["type"] == "acted")
        assert (told["what"], told["by"], told["number"]) == ("taken_over", "مینا کریمی", held.header.number)
        taken = await centre.until(held, lambda state: state.owner.agent == me)
        assert taken.fence > held.fence
        reply = await ali.ask("reply", conversation=held.id, client_id="late-reply-1", text="x")
        assert reply["code"] == "not_yours"
        away = await mina.ask("assign", conversation=held.id, agent=centre.agent("sara").id)
        assert away["code"] == "agent_unavailable"
        await sara.ask("status.set", status="finishing")
        await mina.ask("assign", conversation=held.id, agent=centre.agent("sara").id)
        told = await sara.until(lambda frame: frame["type"] == "acted")
        assert (told["what"], told["by"]) == ("assigned", "مینا کریمی")
        again = await mina.ask("assign", conversation=held.id, agent=centre.agent("sara").id)
        assert again["code"] == "has_it"
    names = {login: centre.agent(login).name for login in ("ali", "mina", "sara")}
    assert await centre.audited("conversation.assign") == [
        {"owner": [names["mina"], names["sara"]]},
        {"owner": [names["ali"], names["mina"]]},
    ]


async def test_what_the_customer_has_ended_is_given_to_nobody(centre: CallCentre) -> None:
    await centre.comes("ali")
    held = await centre.accepts(await centre.writes("v1"), "ali")
    await centre.leaves(held)
    async with centre.desk("mina") as mina:
        refused = await mina.ask("assign", conversation=held.id, agent=centre.agent("mina").id)
        assert refused["code"] == "resolved"


async def test_a_forced_break_returns_the_offers_and_says_who_did_it(centre: CallCentre) -> None:
    async with centre.desk("ali") as ali, centre.desk("mina") as mina:
        await ali.ask("status.set", status="online")
        item = await centre.offered(await centre.writes("v1"), "ali")
        agent = centre.agent("ali").id
        assert (await mina.ask("agent.status", agent=agent, status="break", reason="nap"))["code"] == "bad_reason"
        await mina.ask("agent.status", agent=agent, status="break", reason="lunch")
        told = await ali.until(lambda frame: frame["type"] == "acted")
        assert (told["what"], told["by"], told["to"]) == ("status", "مینا کریمی", "break:lunch")
        await centre.until(item, lambda state: state.owner.kind == "queue")
    assert await centre.audited("agent.force_status") == [{"status": ["online", "break:lunch"]}]


async def test_not_responding_is_ended_by_a_supervisor(centre: CallCentre) -> None:
    async with centre.desk("ali") as ali, centre.desk("mina") as mina:
        await ali.ask("status.set", status="online")
        item = await centre.offered(await centre.writes("v1"), "ali")
        centre.clock.advance(21_000)
        await centre.hub.deadlines.sweep(centre.clock.now())
        await centre.until(item, lambda state: state.owner.kind == "queue")
        await ali.until(lambda frame: frame["type"] == "agent" and frame["agent"]["status"] == "not_responding")
        answer = await mina.ask("agent.status", agent=centre.agent("ali").id, status="online")
        assert answer["type"] == "result"
        assert centre.agent("ali").status == "online"


async def test_signing_somebody_out_ends_their_sessions(centre: CallCentre) -> None:
    async with centre.desk("ali") as ali, centre.desk("mina") as mina:
        await ali.ask("status.set", status="online")
        await mina.ask("agent.sign_out", agent=centre.agent("ali").id)
        bye = await ali.until(lambda frame: frame["type"] == "bye")
        assert bye["reason"] == "supervisor"
        assert "retry_after_ms" not in bye
    assert centre.agent("ali").status == "offline"


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("move", {"conversations": ["x"], "queue": "sales"}),
        ("prioritise", {"conversations": ["x"], "priority": 1}),
        ("assign", {"conversation": "x", "agent": "y"}),
        ("agent.status", {"agent": "y", "status": "offline"}),
        ("agent.sign_out", {"agent": "y"}),
    ],
)
async def test_agents_may_do_none_of_it(centre: CallCentre, kind: str, fields: dict[str, object]) -> None:
    async with centre.desk("ali") as ali:
        assert (await ali.ask(kind, **fields))["code"] == "forbidden"


async def test_a_supervisor_has_no_say_over_admins_and_nobody_over_themselves(centre: CallCentre) -> None:
    async with centre.desk("mina") as mina:
        for login in ("admin", "mina"):
            answer = await mina.ask("agent.status", agent=centre.agent(login).id, status="offline")
            assert answer["code"] == "forbidden"
        assert (await mina.ask("agent.sign_out", agent="nobody"))["code"] == "no_such_agent"
