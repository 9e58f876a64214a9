"""Tasks end with their owner, also when a cancellation gets lost on its way."""

from __future__ import annotations

import asyncio

import pytest

from channels.tasks import end
from hub.workers import Pool, supervised


class Driver:
    """Work as the database's driver does it: each command goes through `wait_for`."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()
        self.commands: list[asyncio.Future[None]] = []

    async def run(self) -> None:
        """One command after the other, for ever."""
        while True:
            await self.command()

    async def command(self) -> None:
        """Ask and wait for the answer."""
        answer: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.commands.append(answer)
        self.asked.set()
        await asyncio.wait_for(answer, 60)

    async def answers_as_the_end_comes(self) -> None:
        """The answer is there, and nobody has taken it yet: who is cancelled now may not hear of it."""
        await self.asked.wait()
        self.commands[-1].set_result(None)


async def test_a_worker_that_is_cancelled_as_its_answer_comes_ends(no_task_left_behind: None) -> None:
    driver = Driver()
    async with asyncio.timeout(10):
        async with supervised("driver", driver.run):
            await driver.answers_as_the_end_comes()


async def test_a_task_that_does_not_hear_of_its_end_is_told_again(no_task_left_behind: None) -> None:
    driver = Driver()
    task = asyncio.create_task(driver.run())
    await driver.answers_as_the_end_comes()
    async with asyncio.timeout(10):
        await end([task])
    assert task.cancelled()


@pytest.mark.parametrize("ends_by_itself", [True, False])
async def test_what_a_pool_has_begun_is_finished_if_it_takes_no_longer_than_the_drain(
    no_task_left_behind: None, ends_by_itself: bool
) -> None:
    driver, pool, done = Driver(), Pool("driver"), []

    async def work() -> None:
        await driver.command()
        done.append(True)

    async with asyncio.timeout(10):
        async with pool.open(drain_seconds=5 if ends_by_itself else 0.01):
            pool.start(work())
            await driver.asked.wait()
            if ends_by_itself:
                asyncio.get_running_loop().call_later(0.05, driver.commands[0].set_result, None)
    assert bool(done) == ends_by_itself


async def test_nothing_begins_in_a_pool_that_has_ended(no_task_left_behind: None) -> None:
    driver, pool = Driver(), Pool("driver")
    async with pool.open(drain_seconds=0.01):
        pass
    pool.start(driver.run())
    await asyncio.sleep(0)
    assert (len(pool), driver.commands) == (0, [])
