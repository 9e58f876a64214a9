"""The assistant's files: enough examples, no leaks, every intent answered in both languages and inside every form."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.environment import ASSISTANT, normalise_examples
from bot.persian import normalise

DOMAIN: dict[str, Any] = yaml.safe_load((ASSISTANT / "domain.yml").read_text(encoding="utf-8"))
RULES: list[dict[str, Any]] = [
    rule
    for path in sorted((ASSISTANT / "data/rules").glob("*.yml"))
    for rule in yaml.safe_load(path.read_text(encoding="utf-8"))["rules"]
]
INTENTS: list[str] = DOMAIN["intents"]
LANGUAGES = ("fa", "en")


def examples(folder: Path) -> list[tuple[str, str]]:
    """(normalised sentence without annotations, intent) of all NLU files below a folder or in a file."""
    paths = sorted(folder.rglob("*.yml")) if folder.is_dir() else [folder]
    found = []
    for path in paths:
        for block in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
            lines = block["examples"].splitlines() if "intent" in block else []
            found += [(_plain(line.removeprefix("- ")), block["intent"]) for line in lines]
    return found


def _plain(line: str) -> str:
    return normalise(re.sub(r"\[([^]]+)\]\([a-z_]+\)", r"\1", line)).lower().strip('"')


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_intent_has_25_different_examples_and_10_held_out_ones(language: str) -> None:
    trained = Counter(intent for _, intent in set(examples(ASSISTANT / "data/nlu" / language)))
    held_out = Counter(intent for _, intent in set(examples(ASSISTANT / "tests/nlu" / f"{language}.yml")))
    assert {intent: trained[intent] for intent in INTENTS if trained[intent] < 25} == {}
    assert {intent: held_out[intent] for intent in INTENTS if held_out[intent] < 10} == {}
    assert set(trained) == set(held_out) == set(INTENTS)


def test_no_held_out_sentence_is_trained_on() -> None:
    trained = {text for text, _ in examples(ASSISTANT / "data/nlu")}
    assert [text for text, _ in examples(ASSISTANT / "tests/nlu") if text in trained] == []


def test_no_sentence_stands_under_two_intents_or_twice() -> None:
    seen = Counter(text for text, _ in examples(ASSISTANT / "data/nlu"))
    assert [text for text, times in seen.items() if times > 1] == []


@pytest.mark.parametrize("intent", [*INTENTS, "nlu_fallback"])
def test_every_intent_has_a_rule_alone_and_inside_every_form(intent: str) -> None:
    plain = [rule for rule in RULES if "condition" not in rule and {"intent": intent} in rule["steps"]]
    assert plain
    for form in DOMAIN["forms"]:
        inside = [
            r for r in RULES if r.get("condition") == [{"active_loop": form}] and {"intent": intent} in r["steps"]
        ]
        assert len(inside) == 1, form


def test_every_response_speaks_both_languages_with_the_same_buttons() -> None:
    for name, variants in DOMAIN["responses"].items():
        persian, english = variants
        assert persian["condition"] == [{"type": "slot", "name": "lang", "value": "fa"}], name
        assert "condition" not in english, name
        assert re.search("[آ-ی]", persian["text"]), name
        assert not re.search("[آ-ی]", english["text"]), name
        payloads = [[button["payload"] for button in one.get("buttons", [])] for one in variants]
        assert payloads[0] == payloads[1], name
        assert persian.get("custom") == english.get("custom"), name


def test_every_button_presses_an_intent() -> None:
    payloads = {
        b["payload"] for variants in DOMAIN["responses"].values() for v in variants for b in v.get("buttons", [])
    }
    assert {payload.removeprefix("/") for payload in payloads} <= set(INTENTS)


def test_every_action_of_a_rule_exists() -> None:
    known = {*DOMAIN["responses"], *DOMAIN["actions"], *DOMAIN["forms"], "action_deactivate_loop", "action_listen"}
    used = {step["action"] for rule in RULES for step in rule["steps"] if "action" in step}
    assert used <= known


def test_normalising_training_data_leaves_everything_but_examples_alone() -> None:
    nlu = (
        'version: "3.1"\nnlu:\n# كي\n- regex: order_number\n  examples: |\n    - (?<![0-9])[0-9]{5,8}\n'
        "- intent: order_status\n  examples: |\n    - سفارش [۱۲۳۴۵](order_number) كجاست\n"
    )
    expected = nlu.replace("سفارش [۱۲۳۴۵](order_number) كجاست", "سفارش [12345](order_number) کجاست")
    assert normalise_examples(nlu) == expected
