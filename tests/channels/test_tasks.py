"""What an adapter has begun ends with it, also where a cancellation gets lost in the store's driver."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress

import pytest

from channels.contract import Channel
from channels.email.adapter import EmailChannel
from channels.tasks import end, together
from channels.telegram.adapter import Telegram
from tests.fakes.inlet import FakeInlet
from tests.fakes.telegram import TOKEN
from tests.ports import free_port


class DeafInlet(FakeInlet):
    """A hub in which every first cancellation is lost: up to Python 3.11 `asyncio.wait_for` may do that."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = asyncio.Event()

    async def recall(self, inbox: str, name: str) -> Mapping[str, object] | None:
        await self._answer()
        return None

    @asynccontextmanager
    async def alone(self, name: str) -> AsyncIterator[None]:
        await self._answer()
        yield

    async def _answer(self) -> None:
        self.asked.set()
        with suppress(asyncio.CancelledError):
            await asyncio.Event().wait()


def telegram(inlet: FakeInlet) -> Channel:
    address = f"http://127.0.0.1:{free_port()}"
    inlet.configure("telegram", "bot", token=TOKEN, mode="polling", secret="s" * 32, api_base=address)
    return Telegram()


def email(inlet: FakeInlet) -> Channel:
    host = {"imap_host": "127.0.0.1", "imap_port": free_port(), "imap_tls": "none", "imap_user": "u"}
    inlet.configure("email", "help", address="help@shop.example", inbound="imap", imap_password="p", **host)
    return EmailChannel()


@pytest.mark.parametrize("make", [telegram, email])
async def test_an_adapter_ends_although_the_store_swallows_its_cancellation(
    no_task_left_behind: None, make: Callable[[FakeInlet], Channel]
) -> None:
    inlet = DeafInlet()
    running = asyncio.create_task(make(inlet).run(inlet))
    await inlet.asked.wait()
    async with asyncio.timeout(10):
        running.cancel()
        await asyncio.wait([running])
    assert running.cancelled()


async def test_who_is_cancelled_while_ending_others_leaves_none_behind(no_task_left_behind: None) -> None:
    begun, may_end = asyncio.Event(), asyncio.Event()

    async def stubborn() -> None:
        while not may_end.is_set():
            begun.set()
            with suppress(asyncio.CancelledError):
                await may_end.wait()

    task = asyncio.create_task(stubborn())
    await begun.wait()
    ending = asyncio.create_task(end([task]))
    begun.clear()
    await begun.wait()  # it was cancelled, and did not listen
    ending.cancel()
    begun.clear()
    await begun.wait()
    assert not ending.done()
    may_end.set()
    async with asyncio.timeout(10):
        await asyncio.wait([ending])
    assert ending.cancelled()
    assert task.done()


async def test_what_runs_side_by_side_ends_although_a_cancellation_gets_lost(no_task_left_behind: None) -> None:
    begun = asyncio.Event()

    async def deaf() -> None:
        begun.set()
        with suppress(asyncio.CancelledError):
            await asyncio.Event().wait()
        await asyncio.Event().wait()

    running = asyncio.create_task(together(deaf=deaf(), quiet=asyncio.sleep(3600)))
    await begun.wait()
    async with asyncio.timeout(10):
        await end([running])
    assert running.cancelled()
