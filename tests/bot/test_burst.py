"""Which of several messages in one breath counts."""

from __future__ import annotations

from bot.assistant.channel.burst import apart, choose

Parse = dict[str, object]


def parse(intent: str | None, confidence: float, entities: tuple[str, ...] = ()) -> Parse:
    ranking = [{"name": intent, "confidence": confidence}]
    return {"text": "x", "intent": ranking[0], "intent_ranking": ranking, "entities": list(entities)}


def chosen(whole: Parse, *parts: Parse) -> object:
    return choose(whole, list(parts))["intent"]["name"]


def test_a_clear_wish_for_a_person_wins_over_everything() -> None:
    parts = (parse("greet", 0.9), parse("talk_to_human", 0.8), parse("complaint", 0.95))
    assert chosen(parse("order_status", 0.9), *parts) == "talk_to_human"


def test_an_unclear_wish_for_a_person_does_not() -> None:
    assert chosen(parse("order_status", 0.9), parse("talk_to_human", 0.55)) == "order_status"


def test_the_whole_wins_when_it_is_about_something() -> None:
    assert chosen(parse("order_status", 0.7), parse("greet", 0.99), parse("shipping", 0.9)) == "order_status"


def test_an_unclear_whole_gives_way_to_its_clearest_part() -> None:
    parts = (parse("greet", 0.99), parse("shipping", 0.6), parse("product_prices", 0.8))
    assert chosen(parse("nlu_fallback", 0.5), *parts) == "product_prices"


def test_small_talk_alone_stays_what_the_whole_is() -> None:
    assert chosen(parse("greet", 0.6), parse("greet", 0.9), parse("thanks", 0.9)) == "greet"
    assert chosen(parse("nlu_fallback", 0.5), parse("greet", 0.9)) == "nlu_fallback"
    assert chosen(parse(None, 0.0), parse(None, 0.0)) is None


def test_of_two_findings_of_the_same_words_the_patterns_stays() -> None:
    learnt = {"entity": "city", "start": 0, "end": 6, "extractor": "CRFEntityExtractor"}
    number = {"entity": "order_number", "start": 7, "end": 12, "extractor": "RegexEntityExtractor"}
    assert apart([number | {"extractor": "CRFEntityExtractor"}, learnt, number]) == [learnt, number]


def test_text_and_entities_are_always_the_wholes() -> None:
    whole = parse("nlu_fallback", 0.5, ("12345",))
    assert choose(whole, [parse("order_status", 0.9)])["entities"] == ["12345"]
