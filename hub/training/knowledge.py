"""What the bot knows, between its three shapes: documents of the store, a Rasa project's files, examples. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import yaml

from bot.contract import Locale
from bot.training.data import DataRefused, Example, Mark, Problem, Split
from bot.training.domain import domain_of, name_of
from bot.training.pinned import STORIES, stories_in
from bot.training.project import examples_of, problems_of, without_examples
from bot.training.stories import Story
from bot.training.words import words_of
from hub.model.studio import Form, Intent, Kept, Sentence, Span, Term
from hub.training import forms as studio_forms
from hub.training.form_problems import fit_problems, forms_in
from hub.training.word_files import WORDS, data_of, with_words

ANSWER = "utter_faq_"
GENERATED = "data/rules/studio.yml"
"""Rules that are made anew from the intents with an answer of their own."""
MADE_FILES = (GENERATED, WORDS, studio_forms.RULES)
MADE_HEAD = "# Made by the studio"


@dataclass(frozen=True, slots=True, kw_only=True)
class Knowledge:
    """All of it. `files`: the project's files without examples and without those that the studio makes.

    `stories`: pinned conversations that a project brings; None where it has no file of them, and those that are
    pinned stay.
    """

    intents: tuple[Intent, ...]
    responses: tuple[Kept, ...]
    files: tuple[Kept, ...]
    terms: tuple[Term, ...] = ()
    forms: tuple[Form, ...] = ()
    stories: tuple[Story, ...] | None = None


def sentence_of(example: Example) -> Sentence:
    """An example without its intent."""
    marks = tuple(
        Span(one.start, one.end, one.entity, one.value or "", one.role or "", one.group or "") for one in example.marks
    )
    return Sentence(text=example.text, lang=example.lang, split=example.split, marks=marks, about=example.about)


def marks_of(sentence: Sentence) -> tuple[Mark, ...]:
    """Its entities."""
    return tuple(
        Mark(
            start=one.start,
            end=one.end,
            entity=one.entity,
            value=one.value or None,
            role=one.role or None,
            group=one.group or None,
        )
        for one in sentence.marks
    )


def examples_in(intents: Iterable[Intent]) -> list[Example]:
    """The sentences with their intents."""
    return [
        Example(
            text=one.text,
            intent=intent.name,
            lang=cast("Locale", one.lang),
            split=cast("Split", one.split),
            marks=marks_of(one),
            about=one.about,
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
    if problems := [*_taken_names(files), *problems_of(files, examples)]:
        raise DataRefused(problems)
    domain = domain_of(files["domain.yml"])
    terms = terms_of(files)
    kept = {name: text for name, text in without_examples(files).items() if name not in MADE_FILES}
    stories = tuple(stories_in(kept.pop(STORIES))) if STORIES in kept else None
    forms = forms_in(kept.pop(studio_forms.FORMS)) if studio_forms.FORMS in kept else []
    if forms:
        domain = studio_forms.without_forms(domain, forms)
        kept["domain.yml"] = yaml.safe_dump(domain, allow_unicode=True, sort_keys=False)
    responses = {name: tuple(variants) for name, variants in (domain.get("responses") or {}).items()}
    grouped: dict[str, list[Sentence]] = {name_of(one): [] for one in domain.get("intents") or []}
    for one in examples:
        grouped[one.intent].append(sentence_of(one))
    written = [Kept(name=name, text=text) for name, text in kept.items()]
    made = [Kept(name=GENERATED, text=files.get(GENERATED, ""))]

    def has_answer(name: str) -> bool:
        """Not what written rules answer: the rules that the studio makes would contradict them."""
        return ANSWER + name in responses and (bool(rules_naming(name, made)) or not rules_naming(name, written))

    return Knowledge(
        intents=tuple(
            Intent(name=name, sentences=tuple(sentences), faq=has_answer(name)) for name, sentences in grouped.items()
        ),
        responses=tuple(Kept(name=name, variants=variants) for name, variants in responses.items()),
        files=tuple(written),
        terms=tuple(terms),
        forms=tuple(forms),
        stories=stories,
    )


def terms_of(files: Mapping[str, str]) -> list[Term]:
    """The kinds of entities in a project's domain, and the synonyms, patterns and lists in its data.

    Raises:
        DataRefused: One of them is not fit.
    """
    kinds = [Term(name=f"entity:{name_of(one)}") for one in domain_of(files["domain.yml"]).get("entities") or []]
    return [*kinds, *(Term(name=f"{one.kind}:{one.name}", values=one.values) for one in words_of(data_of(files)))]


def _taken_names(files: Mapping[str, str]) -> list[Problem]:
    """Files that have the name of one that the studio makes, and are none."""
    return [
        Problem(
            place=f"{name}:1", code="reserved_file", text=f"The studio makes a file {name} itself; rename this one."
        )
        for name in MADE_FILES
        if name in files and not files[name].startswith(MADE_HEAD)
    ]


def put_together(known: Knowledge) -> tuple[dict[str, str], list[Example]]:
    """The project's files, with the domain and the generated rules as they must be, and all examples.

    What nobody changed in the studio stays as it was written, comments and all.

    Raises:
        DataRefused: An intent has no answer, or is not known to the domain, and so on.
    """
    files = {one.name: one.text for one in known.files}
    domain = domain_of(files["domain.yml"])
    intents = {one.name for one in known.intents}
    responses = {one.name: [dict(variant) for variant in one.variants] for one in known.responses}
    problems = [
        Problem(place=f"intent {one.name}", code="no_answer", text=f"The intent {one.name} has no answer yet.")
        for one in known.intents
        if one.faq and ANSWER + one.name not in responses
    ]
    was = {name_of(one): one for one in domain.get("intents") or []}
    kinds = {name_of(one): one for one in domain.get("entities") or []}
    wanted = entities_of(known)
    if set(was) != intents or set(kinds) != set(wanted) or (domain.get("responses") or {}) != responses:
        domain["entities"] = [
            kinds.get(name, name) for name in [*kinds, *sorted(set(wanted) - set(kinds))] if name in wanted
        ]
        domain["intents"] = [was.get(name, name) for name in [*was, *sorted(intents - set(was))] if name in intents]
        domain["responses"] = responses
        files["domain.yml"] = yaml.safe_dump(domain, allow_unicode=True, sort_keys=False)
    files = with_words(files, known.terms)
    if known.forms:
        problems = [*fit_problems(known.forms, domain, _answered(known)), *problems]
        files[studio_forms.RULES] = studio_forms.rules_file(known.forms, domain)
        files[studio_forms.FORMS] = studio_forms.forms_file(known.forms)
        domain = studio_forms.with_forms(domain, known.forms)
        files["domain.yml"] = yaml.safe_dump(domain, allow_unicode=True, sort_keys=False)
    if faqs := sorted(one.name for one in known.intents if one.faq):
        files[GENERATED] = _faq_rules(faqs, _entity_forms(domain))
    examples = examples_in(known.intents)
    problems += problems_of(files, examples)
    if problems:
        raise DataRefused(problems)
    return files, examples


def misfits(known: Knowledge, form: str) -> list[Problem]:
    """What of one form does not fit the rest, as `put_together` would say it."""
    try:
        put_together(known)
    except DataRefused as error:
        return [one for one in error.problems if one.place == f"form {form}"]
    return []


def _answered(known: Knowledge) -> dict[str, list[str]]:
    """What answers each intent that a form begins with, besides the form."""
    return {
        one.name: ["answer"] if one.faq else rules_naming(one.name, known.files)
        for one in known.intents
        if one.name in {form.intent for form in known.forms}
    }


def entities_of(known: Knowledge) -> list[str]:
    """Kinds of entities that sentences may mark."""
    return [one.title for one in known.terms if one.kind == "entity"]


def rules_naming(intent: str, files: Iterable[Kept]) -> list[str]:
    """Places of written rules, stories and forms that name an intent, like `data/rules/rules.yml:12`."""
    named = re.compile(rf"\bintents?:.*(?<![\w]){re.escape(intent)}(?![\w])|^\s*-\s+{re.escape(intent)}\s*$")
    return [
        f"{one.name}:{number}"
        for one in files
        if one.name.startswith("data/") and _RULES.search(one.text)
        for number, line in enumerate(one.text.split("\n"), 1)
        if named.search(line)
    ]


_RULES = re.compile(r"^(?:rules|stories):", re.MULTILINE)
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
