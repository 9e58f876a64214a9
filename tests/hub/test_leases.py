"""One process of all does a thing, and the next one can once it stops, is cancelled or dies."""

from __future__ import annotations

import asyncio

import pytest

from channels.tasks import end
from hub.clock import HeldClock
from hub.errors import Unavailable
from hub.leases import LEASE_MS, Leases
from hub.store.database import Database
from hub.store.notes import Notes


@pytest.fixture
def two(no_task_left_behind: None, database: Database, clock: HeldClock) -> tuple[Leases, Leases]:
    return Leases(Notes(database), clock), Leases(Notes(database), clock)


async def test_the_second_waits_until_the_first_is_done(two: tuple[Leases, Leases]) -> None:
    first, second = two
    order: list[str] = []

    async def follow() -> None:
        async with second.alone("mailbox"):
            order.append("second")

    async with first.alone("mailbox"):
        waiting = asyncio.create_task(follow())
        assert not await second._take("mailbox", "somebody")
        order.append("first")
    async with asyncio.timeout(20):
        await waiting
    assert order == ["first", "second"]


async def test_who_is_cancelled_while_holding_or_waiting_leaves_nothing_behind(two: tuple[Leases, Leases]) -> None:
    first, second = two
    entered = asyncio.Event()

    async def hold(leases: Leases) -> None:
        async with leases.alone("mailbox"):
            entered.set()
            await asyncio.Event().wait()

    holding = asyncio.create_task(hold(first))
    await entered.wait()
    waiting = asyncio.create_task(hold(second))
    await asyncio.sleep(0)
    await end((waiting, holding))
    assert await first._take("mailbox", "a third")


async def test_who_died_is_followed_once_the_lease_is_over(two: tuple[Leases, Leases], clock: HeldClock) -> None:
    first, second = two
    assert await first._take("mailbox", "the dead one")
    assert not await second._take("mailbox", "the next")
    clock.advance(LEASE_MS + 1)
    async with asyncio.timeout(20), second.alone("mailbox"):
        pass


async def test_who_loses_the_lease_stops(
    two: tuple[Leases, Leases], clock: HeldClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.leases.RENEW_SECONDS", 0.01)
    first, second = two

    async def hold() -> None:
        async with asyncio.timeout(20), first.alone("mailbox"):
            await first.notes.database.collection("leases").update_one(
                {"_id": "mailbox"}, {"$set": {"holder": "another", "until": clock.now() + LEASE_MS}}
            )
            await asyncio.Event().wait()

    with pytest.raises(Unavailable):
        await hold()
    assert not await second._take("mailbox", "the next")
