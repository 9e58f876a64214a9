"""Entities and what helps to find them: how they are kept, what is wrong with one, where an entity is used. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from typing import cast

from bot.training.data import Problem, entity_problem
from bot.training.words import KINDS, WordKind, Words, tidied, words_problems
from hub.model.studio import Intent, Term
from hub.training.knowledge import Knowledge

SHOWN_MARKS = 50


def tidy_term(term: Term) -> Term:
    """With its values as they are kept, each once."""
    if term.kind not in KINDS:
        return term
    kind = term.kind
    values = (tidied(kind, one) for one in term.values)
    return replace(term, values=tuple(dict.fromkeys(one for one in values if one)))


def term_problems(term: Term) -> list[Problem]:
    """What keeps it from being kept; places are `name` and `values.<n>`."""
    if term.kind == "entity":
        wrong = entity_problem(term.title, "name")
        return [wrong] if wrong else []
    problems = words_problems(Words(kind=cast("WordKind", term.kind), name=term.title, values=term.values))
    if not term.values:
        problems.append(Problem(place="values", code="empty_text", text="There is nothing in this."))
    return problems


def marked_counts(intents: Iterable[Intent]) -> dict[str, Counter[str]]:
    """How often each entity is marked, by language."""
    counts: dict[str, Counter[str]] = {}
    for intent in intents:
        for one in intent.sentences:
            for mark in one.marks:
                counts.setdefault(mark.entity, Counter())[one.lang] += 1
    return counts


def entity_places(entity: str, known: Knowledge) -> list[str]:
    """Where an entity is used: `intent <name>`, and places in the domain, rules and stories like `domain.yml:12`."""
    intents = [
        f"intent {one.name}"
        for one in known.intents
        if any(mark.entity == entity for said in one.sentences for mark in said.marks)
    ]
    intents += [f"form {one.name}" for one in known.forms if any(slot.entity == entity for slot in one.slots)]
    name = re.escape(entity)
    named = re.compile(
        rf"\bentity:\s*[\"']?{name}[\"']?\s*(?:$|[,}}])|^\s*-\s+{name}:\s|\[\{{\s*{name}:|\]\({name}[):]"
    )
    return intents + [
        f"{one.name}:{number}"
        for one in known.files
        for number, line in enumerate(one.text.split("\n"), 1)
        if named.search(line.split("#")[0])
    ]
