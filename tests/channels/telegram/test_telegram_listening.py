"""Webhook or polling: which, whose, and from where after a restart; and what "Test connection" says."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from channels.contract import Inbound, Receipt
from channels.setup import Finding
from channels.telegram.listen import FORGET_SECONDS, Cursor
from channels.telegram.settings import TelegramSettings, reachable
from tests.channels.telegram.bench import Bench, bench
from tests.fakes.inlet import FakeInlet
from tests.fakes.telegram import Refusal


@pytest_asyncio.fixture
async def polling(no_task_left_behind: None) -> AsyncIterator[Bench]:
    """Polling mode, not yet begun."""
    async with bench(mode="polling") as made:
        yield made


async def test_polled_updates_are_stored_in_order_and_confirmed(polling: Bench) -> None:
    updates = [polling.fake.message(text=f"{n}") for n in range(5)]
    async with polling.listening():
        await polling.fake.queue(*updates)
        await polling.inlet.heard(5)
        await polling.fake.called("getUpdates", 2)
        assert [one.parts[0].text for one in polling.inlet.received] == ["0", "1", "2", "3", "4"]
        last = (await polling.fake.called("getUpdates", 2))[-1].params
        assert last["offset"] == updates[-1]["update_id"] + 1
        assert last["allowed_updates"] == ["message", "edited_message", "callback_query"]


async def test_after_a_restart_it_goes_on_where_it_was(polling: Bench) -> None:
    first, second = polling.fake.message(text="1"), polling.fake.message(text="2")
    async with polling.listening():
        await polling.fake.queue(first)
        await polling.inlet.heard(1)
        await polling.fake.called("getUpdates", 2)
    asked = len([one for one in polling.fake.calls if one.method == "getUpdates"])
    await polling.fake.queue(second)
    async with polling.listening():
        await polling.inlet.heard(2)
    again = [one for one in polling.fake.calls if one.method == "getUpdates"][asked]
    assert again.params["offset"] == first["update_id"] + 1
    assert [one.parts[0].text for one in polling.inlet.received] == ["1", "2"]


async def test_another_bot_begins_at_its_own_beginning(polling: Bench) -> None:
    await polling.inlet.note("shop", "telegram.cursor.telegram.999", {"offset": 9_000_000_000, "at": int(time.time())})
    async with polling.listening():
        [first] = await polling.fake.called("getUpdates")
    assert "offset" not in first.params


async def test_what_could_not_be_stored_is_asked_for_again(polling: Bench) -> None:
    polling.inlet.down = True
    await polling.fake.queue(polling.fake.message(text="1"))
    async with polling.listening():
        polling.inlet.down = False
        await polling.inlet.heard(1)
    assert [one.parts[0].text for one in polling.inlet.received] == ["1"]


async def test_an_update_that_breaks_us_stops_nothing_behind_it(
    polling: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    receive = FakeInlet.receive

    async def break_down(self: FakeInlet, message: Inbound) -> Receipt:
        if message.parts[0].text == "1":
            raise ValueError("a mistake of ours")
        return await receive(self, message)

    with monkeypatch.context() as patched:
        patched.setattr(FakeInlet, "receive", break_down)
        await polling.fake.queue(polling.fake.message(text="1"), polling.fake.message(text="2"))
        async with polling.listening():
            await polling.inlet.heard(1)
    [(reason, raw)] = polling.inlet.aside.values()
    assert reason == "unreadable"
    await polling.adapter.rerun(polling.inlet.inboxes("telegram")[0], raw, polling.inlet)
    assert [one.parts[0].text for one in polling.inlet.received] == ["2", "1"]


async def test_an_album_in_one_batch_is_one_message(polling: Bench) -> None:
    photos = [polling.fake.message(photo=[{"file_id": f"p{n}"}], media_group_id="7") for n in range(3)]
    await polling.fake.queue(*photos, polling.fake.message(text="then"))
    async with polling.listening():
        await polling.inlet.heard(2)
    assert [len(one.parts) for one in polling.inlet.received] == [3, 1]


async def test_polling_takes_an_old_webhook_away(polling: Bench) -> None:
    polling.fake.hook = {"url": "https://old.example/hook"}
    await polling.fake.queue(polling.fake.message(text="1"))
    async with polling.listening():
        await polling.fake.called("deleteWebhook")
        await polling.inlet.heard(1)


async def test_another_reader_of_the_same_bot_is_borne(polling: Bench) -> None:
    other = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
    polling.fake.script["getUpdates"].append(Refusal(409, other))
    await polling.fake.queue(polling.fake.message(text="1"))
    async with polling.listening():
        await polling.inlet.heard(1)
    assert "deleteWebhook" not in [one.method for one in polling.fake.calls]


def test_an_old_cursor_means_nothing() -> None:
    now = time.time()
    assert Cursor(5, int(now)).current(now) == 5
    assert Cursor(5, int(now - FORGET_SECONDS)).current(now) is None
    assert Cursor().current(now) is None


async def test_a_change_of_settings_is_followed(polling: Bench) -> None:
    async with polling.listening():
        await polling.fake.called("getUpdates")
        polling.configure(mode="webhook")
        await polling.fake.called("setWebhook")
        assert await polling.fake.post(polling.fake.message(text="1")) == 200


async def test_one_inbox_in_trouble_stops_no_other(polling: Bench) -> None:
    polling.inlet.configure("telegram", "broken", token="1234:wrong-token-of-another", api_base=polling.fake.url)
    polling.inlet.configure("telegram", "empty", dialect="klingon")
    await polling.fake.queue(polling.fake.message(text="1"))
    async with polling.listening():
        await polling.inlet.heard(1)


@pytest.mark.parametrize(
    ("base", "url", "expected"),
    [
        (None, "https://hub.example", True),
        (None, "https://hub.example:8443", True),
        (None, "https://hub.example:9000", False),
        (None, "http://hub.example", False),
        (None, "https://localhost", False),
        (None, "https://127.0.0.1", False),
        (None, "https://10.1.2.3", False),
        (None, "https://[::1]", False),
        (None, "https://hub", False),
        ("http://127.0.0.1:8081", "http://10.0.0.5:8080", True),
    ],
)
def test_where_a_webhook_can_reach_us(base: str | None, url: str, expected: bool) -> None:
    assert reachable(TelegramSettings(token="1:x", api_base=base), url) is expected


async def check(made: Bench) -> list[Finding]:
    """What "Test connection" finds."""
    return list(await made.adapter.check(made.inlet.inboxes("telegram")[0], made.inlet))


async def test_a_good_bot_says_its_name(polling: Bench) -> None:
    assert await check(polling) == [Finding(ok=True, code="ok", field="token", detail="@shop_bot")]


async def test_a_bad_token_is_named_and_not_shown(polling: Bench) -> None:
    polling.configure(token="1234:wrong-token-of-another")
    [found] = await check(polling)
    assert (found.ok, found.code, found.field) == (False, "bad_token", "token")
    assert "wrong-token" not in found.detail


async def test_a_server_that_is_not_there_is_named(polling: Bench) -> None:
    polling.configure(api_base="http://127.0.0.1:9")
    assert [one.code for one in await check(polling)] == ["unreachable"]


async def test_a_webhook_of_somebody_else_is_named_by_its_host(polling: Bench) -> None:
    polling.fake.hook = {"url": "https://old.example/hook/secret"}
    assert [(one.code, one.detail) for one in await check(polling)][1:] == [("webhook_elsewhere", "old.example")]


async def test_a_webhook_that_fails_is_told_in_the_messengers_words(no_task_left_behind: None) -> None:
    async with bench() as made, made.listening():
        made.fake.hook_error = "SSL error {certificate verify failed}"
        found = await check(made)
    assert [one.code for one in found] == ["ok", "webhook_error"]
    assert found[1].detail == "SSL error {certificate verify failed}"
