"""Synonyms, patterns and lists in a project's files: written ones stay, changed ones have a file of their own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import cast

from bot.training.words import WordKind, Words, without_words, words_file, words_in
from hub.model.studio import Term

WORDS = "data/nlu/studio_words.yml"
"""Those that stand in no written file."""


def with_words(files: Mapping[str, str], terms: Iterable[Term]) -> dict[str, str]:
    """The files with exactly these synonyms, patterns and lists; files whose words are still the same stay."""
    wanted = {one.name: one.values for one in terms if one.kind != "entity"}
    found = {
        name: {f"{one.kind}:{one.name}": one.values for one in words_in(data_of({name: text}))}
        for name, text in files.items()
    }
    there: dict[str, dict[str, None]] = {}
    for words in found.values():
        for word, values in words.items():
            there.setdefault(word, {}).update(dict.fromkeys(values))
    same = {word for word, values in there.items() if set(wanted.get(word, ())) == set(values)}
    stay = {name for name, words in found.items() if set(words) <= same}
    kept = {name: text if name in stay else without_words(name, text) for name, text in files.items()}
    covered = {word for name in stay for word in found[name]}
    parts = {word for name in set(files) - stay for word in found[name]}
    more = [name for name in wanted if name not in covered or name in parts]
    if more:
        kept[WORDS] = words_file(
            Words(kind=cast("WordKind", kind), name=title, values=wanted[name])
            for name in more
            for kind, title in [name.split(":", 1)]
        )
    return {name: text for name, text in kept.items() if text}


def data_of(files: Mapping[str, str]) -> dict[str, str]:
    """The files in which `rasa train` looks for words."""
    return {name: text for name, text in files.items() if name.startswith("data/")}
