"""Sentences and values that join what the bot knows: many at once, all of them or none."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bot.training.data import DataRefused, Example, scarce
from bot.training.words import Words
from hub.errors import Conflict
from hub.model.studio import Intent, Sentence, Term
from hub.store.acts import Act
from hub.store.studio import Change, StudioStore
from hub.training.checks import bad_data, check_intent, refuse_too_many
from hub.training.knowledge import examples_in, sentence_of
from hub.training.masking import masked_all
from hub.training.terms import term_problems, tidy_term

Placed = tuple[Example, str]
"""An example with its place, like `data.csv:17`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """What was new, by intent and by term; `masked`: sentences with personal data in them."""

    sentences: Mapping[str, list[Sentence]]
    values: Mapping[str, list[str]]
    masked: int = 0


async def add(store: StudioStore, placed: Sequence[Placed], words: Sequence[Words], act: Act | None = None) -> Added:
    """Add sentences, masked, and values, making the intents and terms that are new; with the act if anything was.

    What somebody changes meanwhile is read again.

    Raises:
        BadInput: Something does not fit what is there, or (of an `act`: an import) an intent would have too few
            sentences to train on. Nothing is written then.
    """
    kept = await asyncio.to_thread(masked_all, [one for one, _ in placed])
    masked = sum(one is not was for one, (was, _) in zip(kept, placed, strict=True))
    again = [(one, place) for one, (_, place) in zip(kept, placed, strict=True)]
    while True:
        intents = {one.name: one for one in await store.intents()}
        terms = {one.name: one for one in await store.terms()}
        if act is not None:
            await asyncio.to_thread(refuse_scarce, again, intents)
        sentences = await asyncio.to_thread(_joined_intents, kept, intents)
        values = await asyncio.to_thread(_joined_terms, words, terms)
        added = Added(
            sentences={one.name: list(fresh.sentences) for one, fresh in sentences},
            values={one.name: list(fresh.values) for one, fresh in values},
            masked=masked,
        )
        writes = Change(
            writes={
                "bot_intents": [one for one, fresh in sentences if fresh.sentences or not one.version],
                "bot_terms": [one for one, fresh in values if fresh.values or not one.version],
            }
        )
        new = {
            "bot_intents": [fresh for _, fresh in sentences if fresh.sentences],
            "bot_terms": [fresh for _, fresh in values if fresh.values],
        }
        count = sum(len(fresh.sentences) for _, fresh in sentences)
        step = replace(act, sentences=count) if act is not None and any(new.values()) else None
        try:
            await store.change(writes, step, added=new)  # type: ignore[arg-type]
        except Conflict:
            continue
        return added


def refuse_scarce(placed: Sequence[Placed], intents: Mapping[str, Intent]) -> None:
    """Raise BadInput with the place of an intent that would have too few sentences, those it has already counted."""
    names = {one.intent for one, _ in placed}
    there = examples_in(intents[name] for name in names if name in intents)
    if problems := scarce([*placed, *((one, "") for one in there)]):
        raise bad_data(DataRefused(problems))


def _joined_intents(examples: Sequence[Example], intents: Mapping[str, Intent]) -> list[tuple[Intent, Intent]]:
    """Each intent with what joins it, and the same with only that. Raises BadInput."""
    grouped: dict[str, list[Sentence]] = {}
    for one in examples:
        grouped.setdefault(one.intent, []).append(sentence_of(one))
    joined = []
    for name, sentences in grouped.items():
        check_intent(Intent(name=name, sentences=tuple(sentences)))
        intent = intents.get(name, Intent(name=name))
        known = {one.text for one in intent.sentences}
        fresh = tuple({one.text: one for one in reversed(sentences) if one.text not in known}.values())[::-1]
        whole = replace(intent, sentences=(*intent.sentences, *fresh))
        refuse_too_many({one.text for one in whole.sentences})
        joined.append((whole, Intent(name=name, sentences=fresh)))
    return joined


def _joined_terms(words: Sequence[Words], terms: Mapping[str, Term]) -> list[tuple[Term, Term]]:
    """The same for values."""
    joined = []
    for one in words:
        name = f"{one.kind}:{one.name}"
        term = terms.get(name, Term(name=name))
        fresh = tuple(value for value in dict.fromkeys(one.values) if value not in term.values)
        whole = tidy_term(replace(term, values=(*term.values, *fresh)))
        if problems := term_problems(whole):
            raise bad_data(DataRefused([replace(one, place=f"{name} {one.place}") for one in problems]))
        joined.append((whole, Term(name=name, values=fresh)))
    return joined
