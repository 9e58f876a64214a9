"""What helps the bot to find entities: synonyms, patterns and lists, out of Rasa's NLU files and into them.

A synonym's name is what its values stand for; a pattern's and a list's name is the entity that they find.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import yaml

from bot.persian import normalise
from bot.training.data import DataRefused, Problem, entity_problem, refused, text_problem
from bot.training.nlu_yaml import fields_of, line_of, sequence_of, text_of, texts_of
from bot.training.patterns import pattern_problem, slow_pattern
from bot.training.safe_yaml import compose, plain

WordKind = Literal["synonym", "regex", "lookup"]
KINDS: tuple[WordKind, ...] = get_args(WordKind)

MAX_VALUES = 10_000
MAX_WORD = 200
"""Characters of a synonym or of a list's entry."""
MADE = "# Made by the studio; changes here are lost.\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """One synonym, pattern or list. `values` are distinct, without blanks at their ends."""

    kind: WordKind
    name: str
    values: tuple[str, ...]


def words_in(files: Mapping[str, str]) -> list[Words]:
    """Those of files that were checked before. Raises DataRefused for files that are none of Rasa's."""
    found: dict[tuple[WordKind, str], dict[str, None]] = {}
    for file, text in files.items():
        for kind, name, value, _ in _rows(file, text):
            found.setdefault((kind, name), {})[tidied(kind, value)] = None
    return [Words(kind=kind, name=name, values=tuple(values)) for (kind, name), values in found.items()]


def words_of(files: Mapping[str, str]) -> list[Words]:
    """All of a project's; what stands in several places is put together.

    Raises:
        DataRefused: Something is not fit, with its file and line.
    """
    found: dict[tuple[WordKind, str], dict[str, str]] = {}
    problems: list[Problem] = []
    for file, text in files.items():
        for kind, name, value, place in _rows(file, text):
            tidy = tidied(kind, value)
            wrong = name_problem_of(kind, name, place) or value_problem(kind, tidy, place)
            problems += [wrong] if wrong else []
            found.setdefault((kind, name), {}).setdefault(tidy, place)
    for (kind, name), values in found.items():
        if len(values) > MAX_VALUES:
            problems.append(_too_many(name, next(iter(values.values()))))
        if kind == "regex" and not problems:
            problems += slow_problems(list(values), list(values.values()))
    if problems:
        raise DataRefused(problems)
    return [Words(kind=kind, name=name, values=tuple(values)) for (kind, name), values in found.items()]


def words_problems(words: Words) -> list[Problem]:
    """What is wrong with one; places are `name` and `values.<n>`."""
    found = [name_problem_of(words.kind, words.name, "name")]
    if len(words.values) > MAX_VALUES:
        found.append(_too_many(words.name, "values"))
    found += [value_problem(words.kind, one, f"values.{n}") for n, one in enumerate(words.values)]
    problems = [one for one in found if one is not None]
    if words.kind == "regex" and not problems:
        problems = slow_problems(words.values, [f"values.{n}" for n in range(len(words.values))])
    return problems


def tidied(kind: WordKind, value: str) -> str:
    """A value as it is kept: words in the bot's one spelling, patterns as they are."""
    return value.strip() if kind == "regex" else normalise(value)


def name_problem_of(kind: WordKind, name: str, place: str) -> Problem | None:
    """What is wrong with a name: an entity's, or for synonyms a text's."""
    if kind != "synonym":
        return entity_problem(name, place)
    return _control(name, place) or text_problem(name, place) or _long(name, place)


def value_problem(kind: WordKind, value: str, place: str) -> Problem | None:
    """What is wrong with a value."""
    if wrong := _control(value, place):
        return wrong
    if kind == "regex":
        if "${" in value:
            return Problem(
                place=place, code="variable", text="Rasa would replace ${...} by something of the machine's."
            )
        return pattern_problem(value, place)
    return text_problem(value, place) or _long(value, place)


def slow_problems(patterns: Sequence[str], places: Sequence[str]) -> list[Problem]:
    """The first pattern that one message could stop the bot with."""
    number = slow_pattern(patterns)
    if number is None:
        return []
    text = f"The pattern {patterns[number][:80]} can take for ever: repeats in it fit the same signs."
    return [Problem(place=places[number], code="regex_slow", text=text)]


def words_file(words: Iterable[Words]) -> str:
    """A Rasa NLU file of these."""
    lines = [MADE + 'version: "3.1"', "nlu:"]
    for one in words:
        lines += [f"- {one.kind}: {json.dumps(one.name, ensure_ascii=False)}", "  examples: |"]
        lines += [f"    - {value}" for value in one.values]
    return "\n".join(lines) + "\n"


def without_intents(file: str, text: str) -> str:
    """A file without its examples: rules, stories and words; empty when nothing is left."""
    return _without(file, text, lambda item: isinstance(item, Mapping) and "intent" in item)


def without_words(file: str, text: str) -> str:
    """A file without its words; empty when nothing is left."""
    return _without(file, text, lambda item: isinstance(item, Mapping) and any(kind in item for kind in KINDS))


def _without(file: str, text: str, gone: Callable[[object], bool]) -> str:
    root = plain(compose(file, text, aliases=True))
    if not isinstance(root, dict):
        return ""
    nlu = [item for item in root.get("nlu") or [] if not gone(item)]
    rest = {key: value for key, value in root.items() if key != "nlu"} | ({"nlu": nlu} if nlu else {})
    return yaml.safe_dump(rest, allow_unicode=True, sort_keys=False) if set(rest) - {"version"} else ""


def _rows(file: str, text: str) -> Iterator[tuple[WordKind, str, str, str]]:
    """Kind, name, value and place of every value in a file."""
    root = compose(file, text, aliases=True)
    if not isinstance(root, yaml.MappingNode):
        return
    nlu = next((node for key, node in root.value if key.value == "nlu"), None)
    for item in sequence_of(nlu, file) if nlu is not None else ():
        fields = fields_of(item, file)
        kind = next((one for one in KINDS if one in fields), None)
        if kind is None:
            continue
        if "examples" not in fields:
            raise refused(f"{file}:{line_of(item)}", "not_nlu", f"A {kind} needs `examples`.")
        name = text_of(fields[kind], file).strip()
        for value, line, _ in texts_of(fields["examples"], file):
            yield kind, name, value, f"{file}:{line}"


def _control(text: str, place: str) -> Problem | None:
    if text.replace("\u200c", "").isprintable():
        return None
    return Problem(place=place, code="control", text="There is an invisible sign in this.")


def _long(text: str, place: str) -> Problem | None:
    if len(text) <= MAX_WORD:
        return None
    return Problem(place=place, code="long_word", text=f"This has more than {MAX_WORD} characters.")


def _too_many(name: str, place: str) -> Problem:
    return Problem(place=place, code="too_many_values", text=f"{name} has more than {MAX_VALUES} entries.")
