"""What leaves for the bot and what is believed of its answer."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.contract import MAX_TURN_CHARS, BotGarbageError, BotRefusedError, HandoffReason, Turn
from bot.rasa_wire import WireAnswer, clean_texts, decode, reply, request
from bot.training.data import name_problem


def sent(*texts: str, locale: str = "fa", payload: str | None = None) -> dict[str, object]:
    return request(Turn(conversation="c-1", texts=texts, locale=locale, payload=payload))


def heard(**parts: object) -> WireAnswer:
    return decode(msgspec.json.encode({"messages": [], "intent": {}} | parts), WireAnswer)


@pytest.mark.parametrize(
    ("text", "arrives"),
    [
        ("/restart", "restart"),
        ('//order_status{"order_number":"1"}', 'order_status{"order_number":"1"}'),
        ("\u200f/restart", "restart"),
        (" / /restart", "restart"),
        ("سفارش ۱۲۳۴۵", "سفارش 12345"),
        ("a\u0000b", "a b"),
    ],
)
def test_a_customers_text_is_never_a_command(text: str, arrives: str) -> None:
    assert sent(text)["texts"] == [arrives]


@given(st.lists(st.text(max_size=300), max_size=40))
def test_whatever_is_written_the_bot_gets_bounded_text_without_commands(texts: list[str]) -> None:
    clean = clean_texts(texts)
    assert len(clean) <= 20
    assert sum(map(len, clean)) <= MAX_TURN_CHARS
    assert not any(text.startswith("/") or not text for text in clean)


def test_of_too_much_the_latest_is_kept() -> None:
    assert clean_texts(["old " * 2000, "x" * 3999, "new"])[-1] == "new"
    assert clean_texts([str(number) for number in range(30)]) == [str(number) for number in range(10, 30)]


def test_signs_without_meaning_still_ask_the_bot() -> None:
    assert sent("///", "\u200f")["texts"] == ["?"]


@pytest.mark.parametrize(
    "payload", ["/help", "/AddToPlaylist", "/پیگیری_سفارش", "/mood-great", "/card_lost?", "/backlog"]
)
def test_a_button_may_mean_every_intent_that_admins_may_make(payload: str) -> None:
    assert name_problem(payload[1:], "") is None
    assert sent(payload=payload)["payload"] == payload
    answer = heard(messages=[{"text": "x", "buttons": [{"title": "Menu", "payload": payload}]}])
    assert [one.payload for one in reply(answer, "en").says[0].buttons] == [payload]


@pytest.mark.parametrize(
    "payload", ["restart", "/restart", "/session_start", "/Restart", "/a b", '/greet{"x":1}', "/", "hello", "/a\n", ""]
)
def test_only_payloads_of_buttons_leave(payload: str) -> None:
    with pytest.raises(BotRefusedError):
        sent(payload=payload)


@pytest.mark.parametrize(
    ("texts", "locale", "lang"),
    [(["hello there"], "fa", "en"), (["سلام"], "en", "fa"), (["12345"], "fa", None), (["ok"], "fa", None)],
)
def test_the_language_is_the_customers_when_it_is_plain(texts: list[str], locale: str, lang: str | None) -> None:
    body = sent(*texts, locale=locale)
    assert (body["locale"], body["lang"]) == (locale, lang)


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b'{"messages": 1}', b'{"messages":[{"text":[]}]}', b"\xff"])
def test_garbage_is_named_so(body: bytes) -> None:
    with pytest.raises(BotGarbageError):
        decode(body, WireAnswer)


def test_messages_are_cleaned_and_bounded() -> None:
    buttons = [{"title": "Menu", "payload": "/help"}, {"title": "Evil", "payload": "javascript:alert(1)"}]
    buttons += [{"title": "\u202e", "payload": "/help"}, {"title": "x" * 500, "payload": "/help"}]
    answer = heard(
        messages=[
            {"text": "a\u0000b\u202e\nc", "buttons": buttons},
            {"image": "https://shop.example/a.png"},
            {"image": "javascript:alert(1)"},
            {"image": "http://shop.example/a.png"},
            {"text": "  "},
            *[{"text": "y" * 9000}] * 20,
        ]
    )
    says = reply(answer, "en").says
    assert says[0].text == "ab\nc"
    assert [(button.payload, len(button.title)) for button in says[0].buttons] == [("/help", 4), ("/help", 80)]
    assert says[1].image == "https://shop.example/a.png"
    assert len(says) <= 10
    assert max(len(say.text or "") for say in says) <= 4000


@pytest.mark.parametrize(
    ("custom", "expected"),
    [
        ({"type": "handoff", "reason": "complaint", "queue": "vip"}, (HandoffReason.COMPLAINT, "vip")),
        ({"type": "handoff", "reason": "made_up", "queue": {"$ne": 1}}, (HandoffReason.REQUESTED, None)),
        ({"type": "handoff", "reason": ["x"], "queue": "a b"}, (HandoffReason.REQUESTED, None)),
        ({"type": "handoff"}, (HandoffReason.REQUESTED, None)),
        ({"type": "dance"}, None),
        ({}, None),
    ],
)
def test_a_handoff_is_read_with_care(custom: dict[str, object], expected: tuple[HandoffReason, str | None]) -> None:
    handoff = reply(heard(messages=[{"custom": custom}]), "fa").handoff
    assert (handoff and (handoff.reason, handoff.queue)) == expected


def test_what_a_form_was_told_reaches_the_agent_on_one_line() -> None:
    told = {"who": "Sara\n\u202eAhmadi", "seats": 4, "odd": {"$ne": 1}, "none": None, "long": "x" * 999}
    custom = {"type": "handoff", "answers": told}
    handoff = reply(heard(messages=[{"custom": custom}]), "en").handoff
    assert handoff is not None
    assert handoff.summary.endswith(f"who: Sara Ahmadi; seats: 4; long: {'x' * 200}.")
    odd = reply(heard(messages=[{"custom": {"type": "handoff", "answers": ["who"]}}]), "fa").handoff
    assert odd is not None


def test_the_summary_tells_topic_and_order_number() -> None:
    answer = heard(
        messages=[{"custom": {"type": "handoff"}}],
        intent={"name": "order_status", "confidence": 0.9},
        slots={"order_number": "12345"},
        lang="fa",
    )
    handoff = reply(answer, "en").handoff
    assert handoff is not None
    assert handoff.summary == "مشتری خواست با یک نفر صحبت کند. موضوع: پیگیری سفارش. شمارهٔ سفارش: ۱۲۳۴۵."


def test_a_sentence_that_a_form_took_is_no_miss() -> None:
    unclear = {"name": "nlu_fallback", "confidence": 0.5}
    taken = heard(intent=unclear, actions=["complaint_form", "action_register_complaint"])
    missed = heard(intent=unclear, actions=["utter_default"])
    assert reply(taken, "en").understood.intent == "inform"
    assert reply(missed, "en").understood.intent == "nlu_fallback"
