"""What comes in: authenticated, stored before it is acknowledged, once, and nothing lost."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from channels.contract import ChannelError
from channels.telegram.albums import Albums, Shelf, _shelf_of, _write
from tests.channels.telegram.bench import Bench, bench, buttons, outbound, text
from tests.fakes.inlet import FakeInlet
from tests.fakes.telegram import MEGABYTE, FakeTelegram, Refusal

LONG = "/inform{" + "ن" * 80 + "}"


@pytest_asyncio.fixture
async def hooked(no_task_left_behind: None) -> AsyncIterator[Bench]:
    """Webhook mode, set."""
    async with bench() as made, made.listening():
        yield made


async def test_the_webhook_is_set_with_secret_and_kinds(hooked: Bench) -> None:
    params = (await hooked.fake.called("setWebhook"))[0].params
    assert params["url"] == f"{hooked.url}/channels/telegram/shop/hook"
    assert params["allowed_updates"] == ["message", "edited_message", "callback_query"]
    assert len(params["secret_token"]) == 64


async def test_a_text_is_stored_before_it_is_acknowledged(hooked: Bench) -> None:
    assert await hooked.fake.post(hooked.fake.message(text="سلام")) == 200
    assert [one.parts[0].text for one in hooked.inlet.received] == ["سلام"]


async def test_a_store_that_is_away_means_no_acknowledgement(hooked: Bench) -> None:
    update = hooked.fake.message(text="سلام")
    hooked.inlet.down = True
    assert await hooked.fake.post(update) == 503
    hooked.inlet.down = False
    assert await hooked.fake.post(update) == 200
    assert len(hooked.inlet.received) == 1


async def test_f13_three_copies_and_any_order_are_each_message_once(hooked: Bench) -> None:
    updates = [hooked.fake.message(text=f"{n}") for n in range(4)]
    sent = [updates[n] for n in (2, 0, 2, 1, 3, 2, 0)]
    assert await asyncio.gather(*(hooked.fake.post(one) for one in sent)) == [200] * 7
    assert sorted(one.parts[0].text or "" for one in hooked.inlet.received) == ["0", "1", "2", "3"]


@pytest.mark.parametrize("secret", ["", "wrong", "\udcff"])
async def test_a_stranger_is_turned_away(hooked: Bench, secret: str) -> None:
    assert await hooked.fake.post(hooked.fake.message(text="x"), secret=secret) == 401
    hooked.fake.hook["url"] = f"{hooked.url}/channels/telegram/other/hook"
    assert await hooked.fake.post(hooked.fake.message(text="x")) == 404
    assert hooked.inlet.received == []


@pytest.mark.parametrize(
    ("body", "reason"),
    [(b"{", "unreadable"), (b'"x"', "unreadable"), (b"[" * 100_000, "unreadable"), (b"1" * 1_200_000, "too_large")],
)
async def test_what_cannot_be_read_is_set_aside_and_stops_nothing(hooked: Bench, body: bytes, reason: str) -> None:
    assert await hooked.fake.post(body) == 200
    assert [why for why, _ in hooked.inlet.aside.values()] == [reason]


async def test_what_the_hub_refuses_is_set_aside_and_can_run_again(
    hooked: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(self: FakeInlet, message: object) -> object:
        raise ChannelError("bad_text", "There is nothing in this message.")

    with monkeypatch.context() as patched:
        patched.setattr(FakeInlet, "receive", refuse)
        assert await hooked.fake.post(hooked.fake.message(text="x")) == 200
    [(reason, raw)] = hooked.inlet.aside.values()
    assert reason == "refused"
    await hooked.adapter.rerun(hooked.inlet.inboxes("telegram")[0], raw, hooked.inlet)
    assert [one.parts[0].text for one in hooked.inlet.received] == ["x"]


async def test_groups_and_unknown_kinds_are_acknowledged_and_left_alone(hooked: Bench) -> None:
    group = hooked.fake.message(text="hi")
    group["message"]["chat"] = {"id": -100, "type": "supergroup"}
    assert await hooked.fake.post(group) == 200
    assert await hooked.fake.post({"update_id": 5, "managed_bot": {}}) == 200
    assert hooked.inlet.received == []


async def test_a_pressed_button_comes_back_whole_and_is_answered(hooked: Bench) -> None:
    await hooked.adapter.send(outbound(text("?"), buttons(("A", "/a"), ("B", LONG), ("C", "#x"))), hooked.inlet)
    [shown] = await hooked.fake.called("sendMessage")
    keys = [key for row in shown.params["reply_markup"]["inline_keyboard"] for key in row]
    assert all(1 <= len(key["callback_data"].encode()) <= 64 for key in keys)
    for key in keys:
        assert await hooked.fake.post(hooked.fake.press(shown, key["callback_data"])) == 200
    pressed = [one.parts[0] for one in hooked.inlet.received]
    assert [(part.type, part.text, part.payload) for part in pressed] == [
        ("button", "A", "/a"),
        ("button", "B", LONG),
        ("button", "C", "#x"),
    ]
    assert len(await hooked.fake.called("answerCallbackQuery", 3)) == 3
    [*_, gone] = await hooked.fake.called("editMessageReplyMarkup", 3)
    assert gone.params["reply_markup"] == {"inline_keyboard": []}


async def test_an_answer_to_a_press_that_fails_loses_nothing(hooked: Bench) -> None:
    hooked.fake.script["answerCallbackQuery"].append(Refusal(400, "Bad Request: query is too old"))
    await hooked.adapter.send(outbound(text("?"), buttons(("A", "/a"))), hooked.inlet)
    [shown] = await hooked.fake.called("sendMessage")
    assert await hooked.fake.post(hooked.fake.press(shown, "/a")) == 200
    assert len(hooked.inlet.received) == 1


async def test_a_file_that_is_too_large_is_told_once(hooked: Bench) -> None:
    update = hooked.fake.message(document={"file_id": "d", "file_name": "film.mkv", "file_size": 21 * MEGABYTE})
    assert [await hooked.fake.post(update) for _ in range(2)] == [200, 200]
    assert "film.mkv" in (hooked.inlet.received[0].parts[0].text or "")
    [notice] = await hooked.fake.called("sendMessage")
    assert "۲۰ مگابایت" in notice.params["text"]


async def test_an_edit_replaces_what_it_edits(hooked: Bench) -> None:
    update = hooked.fake.message(text="1001")
    await hooked.fake.post(update)
    edited = {"update_id": 9, "edited_message": {**update["message"], "text": "1002", "edit_date": 1_790_000_999}}
    assert [await hooked.fake.post(edited) for _ in range(2)] == [200, 200]
    first, second = hooked.inlet.received
    assert second.edits == first.external_id
    assert second.parts[0].text == "1002"


def album(fake: FakeTelegram, count: int, group: str = "77") -> list[dict[str, object]]:
    """The updates of an album; the first has the caption."""
    made = []
    for n in range(count):
        size = {"file_id": f"p{n}", "file_unique_id": f"u{n}", "width": 8, "height": 8}
        caption = {"caption": "دو عکس"} if n == 0 else {}
        made.append(fake.message(photo=[size], media_group_id=group, **caption))
    return made


def pictures(inlet: FakeInlet) -> list[list[str]]:
    """The pictures (and words) of each stored message."""
    return [[part.text or part.source["file_id"] for part in one.parts] for one in inlet.received]


async def test_an_album_that_comes_piece_by_piece_is_one_message(hooked: Bench) -> None:
    for update in album(hooked.fake, 3):  # the messenger sends the next only after the last was acknowledged
        assert await hooked.fake.post(update) == 200
    await hooked.inlet.heard(1)
    assert pictures(hooked.inlet) == [["دو عکس", "p0", "p1", "p2"]]


async def test_an_album_that_comes_at_once_twice_over_is_one_message(hooked: Bench) -> None:
    updates = album(hooked.fake, 3)
    assert set(await asyncio.gather(*(hooked.fake.post(one) for one in [*updates, *updates]))) == {200}
    await hooked.inlet.heard(1)
    assert await hooked.fake.post(updates[1]) == 200  # a late copy of what is stored already
    assert await hooked.fake.post(hooked.fake.message(text="then")) == 200
    assert pictures(hooked.inlet) == [["دو عکس", "p0", "p1", "p2"], ["then"]]


async def test_words_after_an_album_stand_below_it(hooked: Bench) -> None:
    for update in [*album(hooked.fake, 2), hooked.fake.message(text="این‌ها شکسته")]:
        assert await hooked.fake.post(update) == 200
    assert pictures(hooked.inlet) == [["دو عکس", "p0", "p1"], ["این‌ها شکسته"]]


async def test_a_straggler_of_an_album_is_a_message_of_its_own(hooked: Bench) -> None:
    *first, late = album(hooked.fake, 3)
    for update in first:
        await hooked.fake.post(update)
    await hooked.inlet.heard(1)
    assert await hooked.fake.post(late) == 200
    await hooked.inlet.heard(2)
    assert pictures(hooked.inlet) == [["دو عکس", "p0", "p1"], ["p2"]]


async def test_an_album_outlives_the_process_that_took_it(no_task_left_behind: None) -> None:
    async with bench() as made:
        made.fake.hook = {"url": f"{made.url}/channels/telegram/shop/hook"}
        settings = made.inlet.inboxes("telegram")[0]
        for update in album(made.fake, 2):  # nobody runs: the process ends before the album is whole
            await made.adapter.take(made.inlet, settings, update)
        assert made.inlet.received == []
        async with made.listening():
            await made.inlet.heard(1)
        assert pictures(made.inlet) == [["دو عکس", "p0", "p1"]]


async def test_an_album_sealed_before_a_crash_is_stored_once(no_task_left_behind: None) -> None:
    async with bench() as made:
        updates = album(made.fake, 3)
        settings = made.inlet.inboxes("telegram")[0]
        rows = [(f"42.{n}", f"42.{n}", json.dumps(update)) for n, update in enumerate(updates)]
        sealed = [("42.0", row[1], row[2]) for row in rows[:2]]
        number = _shelf_of("42:77")
        await made.adapter._store_album(made.inlet, settings, updates[:2])  # stored, and the shelf not yet cleared
        await _write(made.inlet, "shop", number, Shelf(sealed=sealed, waiting=[("42:77", *rows[2][1:])]))
        async with made.listening():
            await made.inlet.heard(2)
        assert pictures(made.inlet) == [["دو عکس", "p0", "p1"], ["p2"]]


async def test_a_full_album_waits_for_nothing(no_task_left_behind: None) -> None:
    async with bench() as made:
        stored = asyncio.Event()

        async def store(*_: object) -> None:
            stored.set()

        albums = Albums(store, gather_seconds=3_600)
        running = asyncio.create_task(albums.run(made.inlet))
        for n, update in enumerate(album(made.fake, 10)):
            await albums.add(made.inlet, made.inlet.inboxes("telegram")[0], "42:77", f"{n}", update)
        async with asyncio.timeout(20):
            await stored.wait()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_a_file_is_fetched_whole(hooked: Bench) -> None:
    hooked.fake.files["d1"] = bytes(range(256)) * 1_000
    chunks = hooked.adapter.fetch(hooked.inlet.inboxes("telegram")[0], {"file_id": "d1"})
    assert b"".join([chunk async for chunk in chunks]) == hooked.fake.files["d1"]


@pytest.mark.parametrize(
    ("size", "claimed", "code"),
    [(5, 21 * MEGABYTE, "too_large"), (21 * MEGABYTE, 5, "too_large"), (None, 0, "unfetchable")],
)
async def test_a_file_that_is_not_handed_out(hooked: Bench, size: int | None, claimed: int, code: str) -> None:
    if size is not None:
        hooked.fake.files["d1"] = bytes(size)
        hooked.fake.claimed_sizes["d1"] = claimed
    with pytest.raises(ChannelError) as refused:
        async for _ in hooked.adapter.fetch(hooked.inlet.inboxes("telegram")[0], {"file_id": "d1"}):
            pass
    assert (refused.value.code, refused.value.retryable) == (code, False)
