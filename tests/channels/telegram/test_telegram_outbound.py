"""What goes out: valid by the API's own description, and every failure named for what it is."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from channels.contract import DeliveryError, Sent, Signal
from channels.degrade import degrade
from channels.telegram.adapter import CAPABILITIES
from channels.telegram.api import BotApi
from channels.telegram.compose import escaped
from channels.telegram.settings import BALE, TELEGRAM
from tests.channels.telegram.bench import NOW, SECRET, Bench, attachment, bench, buttons, outbound, text
from tests.fakes.bot_api_description import description, faults
from tests.fakes.telegram import TOKEN, Mood, Refusal

LATE = {"message": "365", "at": str(NOW - 2 * 3_600_000)}


@pytest_asyncio.fixture
async def desk(no_task_left_behind: None) -> AsyncIterator[Bench]:
    """An adapter that sends."""
    async with bench(read_seconds=2) as made:
        yield made


@pytest_asyncio.fixture
async def bale(no_task_left_behind: None) -> AsyncIterator[Bench]:
    """The same in Bale's dialect."""
    async with bench(bale=True) as made:
        yield made


def test_the_judge_of_all_calls_is_there() -> None:
    if description() is None:
        pytest.skip("the description of the Bot API (../shared/acceptance/telegram) is not here: calls are not judged")
    assert faults("sendMessage", {"chat_id": "1"}, {}) == ["sendMessage: text is required"]
    assert faults("sendMessage", {"chat_id": "1", "text": "x"}, {}) == []
    assert faults("sendMesage", {}, {}) == ["there is no method sendMesage"]


async def test_words_go_out_as_they_are(desk: Bench) -> None:
    said = "<b>سلام</b> *x* _y_ [z](http://x) & \u202eabc 😀"
    sent = await desk.adapter.send(outbound(text(said)), desk.inlet)
    [call] = desk.fake.calls
    assert call.params == {"chat_id": 42, "text": said}
    assert sent.external_id is not None
    assert sent.external_id.startswith("42.")


async def test_buttons_are_a_keyboard_under_the_words(desk: Bench) -> None:
    await desk.adapter.send(outbound(text("?"), buttons(("A", "/a"), ("B", "/b"), ("C", "/c"))), desk.inlet)
    rows = desk.fake.calls[0].params["reply_markup"]["inline_keyboard"]
    assert rows == [
        [{"text": "A", "callback_data": "/a"}, {"text": "B", "callback_data": "/b"}],
        [{"text": "C", "callback_data": "/c"}],
    ]


async def test_a_long_text_with_buttons_is_several_valid_calls(desk: Bench) -> None:
    message = outbound(text("کلمه😀 " * 2_000), buttons(("بله", "/y")))
    for piece in degrade(message, CAPABILITIES):
        await desk.adapter.send(piece, desk.inlet)
    calls = desk.fake.calls
    assert len(calls) > 2
    assert all(len(one.params["text"].encode("utf-16-le")) <= 2 * 4_096 for one in calls)
    assert ["reply_markup" in one.params for one in calls] == [False] * (len(calls) - 1) + [True]


@pytest.mark.parametrize(
    ("name", "kind", "method", "size"),
    [
        ("a.jpg", "image/jpeg", "sendPhoto", {"width": 800, "height": 600}),
        ("strip.png", "image/png", "sendDocument", {"width": 9_000, "height": 20}),
        ("a.svg", "image/svg+xml", "sendDocument", {}),
        ("a.ogg", "audio/ogg", "sendVoice", {}),
        ("a.mp3", "audio/mpeg", "sendAudio", {}),
        ("a.mp4", "video/mp4", "sendVideo", {}),
        ('فاکتور "۱".pdf', "application/pdf", "sendDocument", {}),
    ],
)
async def test_a_file_goes_out_in_its_own_form(
    desk: Bench, name: str, kind: str, method: str, size: dict[str, int]
) -> None:
    part = attachment(desk.inlet, name, kind, b"\x00data" * 1_000, **size)
    await desk.adapter.send(outbound(part), desk.inlet)
    [call] = desk.fake.calls
    assert call.method == method
    [(got, data)] = call.files.values()
    assert (got, data) == (name.replace('"', "'"), b"\x00data" * 1_000)


async def test_a_picture_that_is_refused_goes_as_a_document(desk: Bench) -> None:
    desk.fake.script["sendPhoto"].append(Refusal(400, "Bad Request: PHOTO_INVALID_DIMENSIONS"))
    await desk.adapter.send(outbound(attachment(desk.inlet, "a.jpg", "image/jpeg", b"x" * 100)), desk.inlet)
    assert [one.method for one in desk.fake.calls] == ["sendPhoto", "sendDocument"]
    assert desk.fake.calls[1].files["document"] == ("a.jpg", b"x" * 100)


async def test_a_late_answer_quotes_and_goes_without_when_that_is_gone(desk: Bench) -> None:
    desk.fake.script["sendMessage"].append(Refusal(400, "Bad Request: message to be replied not found"))
    await desk.adapter.send(outbound(text("x"), buttons(("A", "/a")), reply=LATE), desk.inlet)
    quoting, without = (one.params for one in desk.fake.calls)
    assert quoting["reply_parameters"] == {"message_id": 365, "allow_sending_without_reply": True}
    assert "reply_parameters" not in without
    assert "reply_markup" in without


async def test_nothing_to_send_is_no_call(desk: Bench) -> None:
    assert await desk.adapter.send(outbound(), desk.inlet) == Sent()
    assert desk.fake.calls == []


@pytest.mark.parametrize(
    ("answer", "code", "retryable", "retry_after", "uncertain"),
    [
        (Refusal(403, "Forbidden: bot was blocked by the user"), "blocked", False, None, False),
        (Refusal(403, "Forbidden: user is deactivated"), "blocked", False, None, False),
        (Refusal(403, "Forbidden: something else"), "not_allowed", False, None, False),
        (Refusal(400, "Bad Request: chat not found"), "bad_address", False, None, False),
        (Refusal(400, "Bad Request: message is too strange"), "rejected", False, None, False),
        (Refusal(413, "Request Entity Too Large"), "too_large", False, None, False),
        (Refusal(401, "Unauthorized"), "misconfigured", False, None, False),
        (Refusal(429, "Too Many Requests: retry after 17", 17), "rate_limited", True, 17, False),
        (Refusal(429, "Too Many Requests: retry after 20000", 20_000), "rate_limited", True, 20_000, False),
        (Refusal(429, "Too Many Requests"), "rate_limited", True, 5, False),
        (Refusal(500, "Internal Server Error: restart"), "unreachable", True, None, False),
        (Mood.PROXY, "unreachable", False, None, True),
        (Mood.LATE, "unreachable", False, None, True),
        (Mood.GARBAGE, "unreachable", False, None, True),
        (Mood.HANG, "unreachable", False, None, True),
        (Mood.CUT, "unreachable", False, None, True),
    ],
)
async def test_f13_each_failure_is_named(
    desk: Bench, answer: Refusal | Mood, code: str, retryable: bool, retry_after: float | None, uncertain: bool
) -> None:
    desk.fake.script["sendMessage"].append(answer)
    with pytest.raises(DeliveryError) as failed:
        await desk.adapter.send(outbound(text("x")), desk.inlet)
    error = failed.value
    assert (error.code, error.retryable, error.retry_after, error.uncertain) == (
        code,
        retryable,
        retry_after,
        uncertain,
    )
    assert TOKEN not in str(error)
    assert len(desk.fake.calls) == 1


async def test_a_server_that_is_not_there_has_taken_nothing(desk: Bench) -> None:
    desk.configure(api_base="http://127.0.0.1:9")
    with pytest.raises(DeliveryError) as failed:
        await desk.adapter.send(outbound(text("x")), desk.inlet)
    assert (failed.value.code, failed.value.retryable, failed.value.uncertain) == ("unreachable", True, False)


@pytest.mark.parametrize("to", ["", "-100123", "@channel", "42; drop", "9" * 30, "۴۲"])
async def test_a_foreign_address_is_refused_before_any_call(desk: Bench, to: str) -> None:
    with pytest.raises(DeliveryError) as failed:
        await desk.adapter.send(outbound(text("x"), to=to), desk.inlet)
    assert failed.value.code == "bad_address"
    assert desk.fake.calls == []


async def test_f13_a_chat_that_was_told_to_wait_stops_no_other(desk: Bench) -> None:
    desk.fake.script["sendMessage"].append(Refusal(429, "Too Many Requests: retry after 30", 30))
    for _ in range(2):  # the second try does not even reach the messenger
        with pytest.raises(DeliveryError) as failed:
            await desk.adapter.send(outbound(text("x")), desk.inlet)
        assert failed.value.code == "rate_limited"
        assert 25 < (failed.value.retry_after or 0) <= 30
    await desk.adapter.send(outbound(text("y"), to="43"), desk.inlet)
    assert [one.params["chat_id"] for one in desk.fake.calls] == [42, 43]


async def test_a_fast_chat_waits_its_turn(no_task_left_behind: None) -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    async with bench() as made:
        made.adapter._api = BotApi(now=lambda: 1_000.0, sleep=sleep)
        for _ in range(6):
            await made.adapter.send(outbound(text("x")), made.inlet)
        await made.adapter._api.close()
    assert [round(one, 6) for one in slept] == [1.0, 2.0]


async def test_typing_is_shown_and_never_raises(desk: Bench) -> None:
    desk.fake.script["sendChatAction"].append(Refusal(403, "Forbidden: bot was blocked by the user"))
    typing = Signal(type="typing", conversation="c", who="agent", on=True)
    for _ in range(6):  # more than messages may go at once, which it takes no turn of
        await desk.adapter.signal("42", "shop", typing)
    await desk.adapter.signal("42", "shop", Signal(type="read", conversation="c", seq=1))
    assert [(one.method, one.params) for one in desk.fake.calls] == [
        ("sendChatAction", {"chat_id": 42, "action": "typing"})
    ] * 6


async def test_neither_token_nor_words_are_logged(desk: Bench, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        await desk.adapter.send(outbound(text("a secret of the customer")), desk.inlet)
        desk.fake.files["d"] = b"x"
        _ = [one async for one in desk.adapter.fetch(desk.inlet.inboxes("telegram")[0], {"file_id": "d"})]
    assert TOKEN not in caplog.text
    assert "a secret of the customer" not in caplog.text


async def test_bale_reads_markdown_and_wants_the_old_reply(bale: Bench) -> None:
    sent = await bale.adapter.send(outbound(text("*x* a_b_c _y_ [z](u) 2*3"), reply=LATE), bale.inlet)
    params = bale.fake.calls[0].params
    assert params["text"] == r"\*x\* a_b_c \_y\_ \[z](u) 2*3"
    assert params["reply_to_message_id"] == 365
    assert "reply_parameters" not in params
    assert sent.external_id is not None


def test_escapes_that_do_not_fit_are_left_out() -> None:
    assert escaped("*a " * 1_365, BALE, 4_096) == "*a " * 1_365
    assert escaped("*a*", TELEGRAM, 4_096) == "*a*"


async def test_bale_has_a_path_that_nobody_guesses(bale: Bench) -> None:
    address = bale.adapter.webhook(bale.inlet.inboxes("telegram")[0], bale.url)
    assert address is not None
    path = address.rpartition("/")[2]
    assert len(path) == 64
    assert SECRET not in address
    async with bale.listening():
        assert (await bale.fake.called("setWebhook"))[0].params == {"url": address}
        assert await bale.fake.post(bale.fake.message(text="سلام")) == 200
        bale.fake.hook["url"] = f"{bale.url}/channels/telegram/shop/hook"
        assert await bale.fake.post(bale.fake.message(text="x")) == 401
    assert len(bale.inlet.received) == 1
