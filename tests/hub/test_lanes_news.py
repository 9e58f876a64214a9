"""Lanes tell, once and in order, of entries that somebody else stored or whose confirmation never came."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import pytest

from hub.errors import BadInput, Unavailable
from hub.lanes import Appended
from hub.model.entry import Draft, Entry
from hub.store.database import Database
from hub.store.entries import Entries, Written
from tests.hub.test_lanes import CUSTOMER, QUEUE, Shop, words


@asynccontextmanager
async def opened(database: Database) -> AsyncIterator[Shop]:
    shop = Shop(database)
    await shop.entries.index()
    await shop.conversations.index()
    yield shop


def told_words(told: list[Appended]) -> list[str | None]:
    return [event.entry.client_id for event in told if event.entry.kind == "message"]


async def test_a_duplicate_of_what_a_dead_hub_stored_is_told_here(database: Database) -> None:
    async with opened(database) as shop, shop.process() as (here, acts, told), shop.process() as (dead, _, _):
        state = await shop.begin()
        await acts.open(state, queue=QUEUE.id, reason="bot_off")
        await here.append(words(state, "known"))
        await dead.append(words(state, "unheard"))
        assert told_words(told) == ["known"]
        answer = await here.append(words(state, "unheard"))
        assert answer.duplicate
        assert told_words(told) == ["known", "unheard"]
        assert answer.state.last_seq == answer.entry.seq


async def test_who_loses_a_race_hears_what_won_it_before_what_is_written_next(database: Database) -> None:
    async with opened(database) as shop, shop.process() as (here, acts, told), shop.process() as (other, _, _):
        state = await shop.begin()
        await acts.open(state, queue=QUEUE.id, reason="bot_off")
        await here.append(words(state, "known"))
        for name in ("first", "second"):
            await other.append(words(state, name))
        await here.append(words(state, "third"))
        assert told_words(told) == ["known", "first", "second", "third"]
        assert [event.entry.seq for event in told] == sorted({event.entry.seq for event in told})


async def test_a_write_whose_confirmation_never_came_is_told_once_it_is_found(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Entries.insert
    trouble = [True]

    async def unconfirmed(self: Entries, entries: Sequence[Entry]) -> list[Written]:
        verdicts = await store(self, entries)
        if trouble and entries[0].client_id == "doubtful":
            trouble.clear()
            raise Unavailable("no confirmation")
        return verdicts

    monkeypatch.setattr(Entries, "insert", unconfirmed)
    async with opened(database) as shop, shop.process() as (here, acts, told):
        state = await shop.begin()
        await acts.open(state, queue=QUEUE.id, reason="bot_off")
        with pytest.raises(Unavailable):
            await here.append(words(state, "doubtful"))
        async with asyncio.timeout(15):
            while told_words(told) != ["doubtful"]:
                await asyncio.sleep(0.02)
        assert (await here.append(words(state, "doubtful"))).duplicate
        assert told_words(told) == ["doubtful"]


async def test_a_draft_that_no_document_can_hold_is_refused_alone(database: Database) -> None:
    async with opened(database) as shop, shop.process() as (here, acts, _):
        good, bad = await shop.begin(), await shop.begin()
        for state in (good, bad):
            await acts.open(state, queue=QUEUE.id, reason="bot_off")
        poison = Draft(conversation=bad.id, author=CUSTOMER, dedupe="poison", sent_at=2**80)
        stored, refused = await asyncio.gather(
            here.append(words(good, "good")), here.append(poison), return_exceptions=True
        )
        assert not isinstance(stored, BaseException)
        assert isinstance(refused, BadInput)
        assert not refused.retryable
        assert (await here.append(words(bad, "after"))).entry.client_id == "after"
