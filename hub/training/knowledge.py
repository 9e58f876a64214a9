"""What the bot knows, between its three shapes: documents of the store, a Rasa project's files, examples. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import yaml

from bot.contract import Locale
from bot.training.data import DataRefused, Example, Mark, Problem, Split, refused
from bot.training.project import examples_of, is_nlu, problems_of
from bot.training.safe_yaml import compose, plain
from hub.model.studio import Intent, Kept, Sentence

ANSWER = "utter_faq_"
GENERATED = "data/rules/studio.yml"
"""Rules that are made anew from the intents with an answer of their own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Knowledge:
    """All of it. `files`: the project's files without examples and without `GENERATED`."""

    intents: tuple[Intent, ...]
    responses: tuple[Kept, ...]
    files: tuple[Kept, ...]


def sentence_of(example: Example) -> Sentence:
    """An example without its intent."""
    marks = tuple((one.start, one.end, one.entity, one.value or "") for one in example.marks)
    return Sentence(text=example.text, lang=example.lang, split=example.split, marks=marks)


def examples_in(intents: Iterable[Intent]) -> list[Example]:
    """The sentences with their intents."""
    return [
        Example(
            text=one.text,
            intent=intent.name,
            lang=cast("Locale", one.lang),
            split=cast("Split", one.split),
            marks=tuple(Mark(start=s, end=e, entity=kind, value=value or None) for s, e, kind, value in one.marks),
        )
        for intent in intents
        for one in intent.sentences
    ]


def taken_apart(files: Mapping[str, str]) -> Knowledge:
    """A Rasa project as documents.

    Raises:
        DataRefused: Something in it is not fit; nothing is to be kept then.
    """
    examples = examples_of(files)
    if problems := problems_of(files, examples):
        raise DataRefused(problems)
    domain = _domain(files["domain.yml"])
    responses = {name: tuple(variants) for name, variants in (domain.get("responses") or {}).items()}
    grouped: dict[str, list[Sentence]] = {_name(one): [] for one in domain.get("intents") or []}
    for one in examples:
        grouped[one.intent].append(sentence_of(one))
    kept = {name: text for name, text in files.items() if name != GENERATED and not is_nlu(name, text)}
    return Knowledge(
        intents=tuple(
            Intent(name=name, sentences=tuple(sentences), faq=ANSWER + name in responses)
            for name, sentences in grouped.items()
        ),
        responses=tuple(Kept(name=name, variants=variants) for name, variants in responses.items()),
        files=tuple(Kept(name=name, text=text) for name, text in kept.items()),
    )


def put_together(known: Knowledge) -> tuple[dict[str, str], list[Example]]:
    """The project's files, with the domain and the generated rules as they must be, and all examples.

    What nobody changed in the studio stays as it was written, comments and all.

    Raises:
        DataRefused: An intent has no answer, or is not known to the domain, and so on.
    """
    files = {one.name: one.text for one in known.files}
    domain = _domain(files["domain.yml"])
    intents = {one.name for one in known.intents}
    responses = {one.name: [dict(variant) for variant in one.variants] for one in known.responses}
    problems = [
        Problem(place=f"intent {one.name}", code="no_answer", text=f"The intent {one.name} has no answer yet.")
        for one in known.intents
        if one.faq and ANSWER + one.name not in responses
    ]
    was = {_name(one): one for one in domain.get("intents") or []}
    if set(was) != intents or (domain.get("responses") or {}) != responses:
        domain["intents"] = [was.get(name, name) for name in [*was, *sorted(intents - set(was))] if name in intents]
        domain["responses"] = responses
        files["domain.yml"] = yaml.safe_dump(domain, allow_unicode=True, sort_keys=False)
    if faqs := sorted(one.name for one in known.intents if one.faq):
        files[GENERATED] = _faq_rules(faqs, _entity_forms(domain))
    examples = examples_in(known.intents)
    problems += problems_of(files, examples)
    if problems:
        raise DataRefused(problems)
    return files, examples


def entities_of(known: Knowledge) -> list[str]:
    """Kinds of entities that sentences may mark."""
    domain = next((_domain(one.text) for one in known.files if one.name == "domain.yml"), {})
    return [_name(one) for one in domain.get("entities") or []]


def rules_naming(intent: str, files: Iterable[Kept]) -> list[str]:
    """Places of written rules, stories and forms that name an intent, like `data/rules/rules.yml:12`."""
    named = re.compile(rf"\bintents?:.*(?<![\w]){re.escape(intent)}(?![\w])|^\s*-\s+{re.escape(intent)}\s*$")
    return [
        f"{one.name}:{number}"
        for one in files
        if one.name.startswith("data/")
        for number, line in enumerate(one.text.split("\n"), 1)
        if named.search(line)
    ]


PERSIAN = {"type": "slot", "name": "lang", "value": "fa"}


def answer_variants(
    texts: Mapping[str, str], buttons: Mapping[str, Sequence[tuple[str, str]]], images: Mapping[str, str] | None = None
) -> tuple[dict[str, Any], ...]:
    """A response in Persian and English as Rasa chooses it: by the slot `lang`, English when it says nothing."""
    variants = []
    for lang in ("fa", "en"):
        if lang not in texts:
            continue
        made: dict[str, Any] = {"condition": [PERSIAN]} if lang == "fa" else {}
        made["text"] = texts[lang]
        if buttons.get(lang):
            made["buttons"] = [{"title": title, "payload": payload} for title, payload in buttons[lang]]
        if images and images.get(lang):
            made["image"] = images[lang]
        variants.append(made)
    return tuple(variants)


def told(variants: Sequence[Mapping[str, object]]) -> dict[str, Mapping[str, object]] | None:
    """The reverse: a variant for each language; None when there are others, which only the domain's file shows."""
    found: dict[str, Mapping[str, object]] = {}
    for variant in variants:
        condition = variant.get("condition")
        lang = "en" if condition is None else "fa" if condition == [PERSIAN] else ""
        if not lang or lang in found or set(variant) - {"condition", "text", "buttons", "image"}:
            return None
        found[lang] = variant
    return found


def _faq_rules(intents: Sequence[str], forms: Sequence[str]) -> str:
    rules: list[dict[str, Any]] = []
    for intent in intents:
        answer = {"action": ANSWER + intent}
        rules.append({"rule": f"studio, {intent}", "steps": [{"intent": intent}, answer]})
        for form in forms:
            steps = [{"intent": intent}, {"action": "action_deactivate_loop"}, {"active_loop": None}, answer]
            condition = [{"active_loop": form}]
            rules.append({"rule": f"studio, {intent} in {form}", "condition": condition, "steps": steps})
    head = "# Made by the studio from intents with an answer of their own; changes here are lost.\n"
    return head + yaml.safe_dump({"version": "3.1", "rules": rules}, allow_unicode=True, sort_keys=False)


def _entity_forms(domain: Mapping[str, Any]) -> list[str]:
    """Forms that a question may interrupt: those that do not take whatever is written as their answer."""
    slots = domain.get("slots") or {}

    def takes_text(slot: str) -> bool:
        return any(one.get("type") == "from_text" for one in (slots.get(slot) or {}).get("mappings") or [])

    return [
        name
        for name, form in (domain.get("forms") or {}).items()
        if not any(takes_text(slot) for slot in (form or {}).get("required_slots") or [])
    ]


def _domain(text: str) -> dict[str, Any]:
    found = plain(compose("domain.yml", text, aliases=True))
    if not isinstance(found, dict):
        raise refused("domain.yml:1", "not_domain", "The domain must be keys and values.")
    return found


def _name(intent: object) -> str:
    return str(next(iter(intent))) if isinstance(intent, Mapping) else str(intent)
