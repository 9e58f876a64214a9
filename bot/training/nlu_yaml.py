"""Rasa's NLU files: read with the line of every example, and written so that no text can become anything else."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import yaml

from bot.training.data import LONGEST_RAW, MAX_ABOUT, Example, Mark, refused
from bot.training.safe_yaml import compose, plain

# As in rasa/shared/nlu/training_data/entities_parser.py (3.6), without lists of entities for one span.
_ENTITY = re.compile(
    r"\[(?P<words>[^\]\[]+?)\](\((?P<entity>[^:)]+?)(?::(?P<value>[^)]+))?\)|(?P<more>\{[^}]+?\}))",
)
_UNQUOTED = re.compile(r"[\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff\ufffe\uffff]")
_OTHER = ("synonym", "regex", "lookup")
SECTIONS = frozenset({"version", "nlu", "rules", "stories"})
PROJECT_SECTIONS = SECTIONS | {"responses", "intents", "entities", "slots", "forms", "actions", "session_config"}
"""Rasa takes a domain's parts in any file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One example as it stood in a file; `lang` and `split` as written."""

    place: str
    text: str
    intent: str
    lang: str | None = None
    split: str | None = None
    marks: tuple[Mark, ...] = ()
    about: str = ""


def nlu_rows(name: str, text: str, sections: frozenset[str] = SECTIONS) -> Iterator[Row]:
    """The examples of a Rasa YAML file; `sections` other than `nlu`, and regexes and the like, are passed over.

    Raises:
        DataRefused: It is not such a file.
    """
    root = compose(name, text)
    if root is None:
        return
    if not isinstance(root, yaml.MappingNode):
        raise refused(f"{name}:1", "not_nlu", "This is no Rasa file: it must begin with `version` and `nlu`.")
    for key, node in root.value:
        if key.value not in sections:
            raise refused(
                f"{name}:{line_of(key)}", "not_nlu", f"There is no section {str(key.value)[:60]!r} in NLU files."
            )
        if key.value == "nlu":
            for item in sequence_of(node, name):
                yield from _item_rows(item, name)


def _item_rows(item: yaml.Node, name: str) -> Iterator[Row]:
    fields = fields_of(item, name)
    if any(other in fields for other in _OTHER):
        return
    if "intent" not in fields or "examples" not in fields:
        raise refused(f"{name}:{line_of(item)}", "not_nlu", "An entry needs `intent` and `examples`.")
    intent = text_of(fields["intent"], name)
    lang, split, whole = _metadata(fields.get("metadata"), name)
    for text, line, more in texts_of(fields["examples"], name):
        own_lang, own_split, own = _metadata(more, name)
        place = f"{name}:{line}"
        words, marks = unmarked(text, place)
        yield Row(
            place=place,
            text=words,
            intent=intent,
            lang=own_lang or lang,
            split=own_split or split,
            marks=marks,
            about=_about(whole, own, place),
        )


def _about(whole: dict[str, object], own: dict[str, object], place: str) -> str:
    kept = {part: one for part, one in (("intent", whole), ("example", own)) if one}
    try:
        about = json.dumps(kept, sort_keys=True, ensure_ascii=False, allow_nan=False, default=str) if kept else ""
    except (TypeError, ValueError):
        raise refused(
            place, "bad_yaml", "The metadata must be texts, numbers, lists, and keys that are texts."
        ) from None
    if _UNQUOTED.search(about):
        raise refused(place, "encoding", "The metadata holds a control character.")
    if len(about) > MAX_ABOUT:
        raise refused(place, "long_text", f"The metadata has more than {MAX_ABOUT} characters.")
    return about


def texts_of(node: yaml.Node, name: str) -> Iterator[tuple[str, int, yaml.Node | None]]:
    """The examples of an entry with their lines and their metadata. Raises DataRefused."""
    if isinstance(node, yaml.ScalarNode):
        for offset, line in enumerate(node.value.split("\n")):
            number = line_of(node) + offset + (node.style in ("|", ">"))
            if not line.strip():
                continue
            if not line.startswith("-"):
                raise refused(f"{name}:{number}", "not_nlu", "An example must begin with `- `.")
            if node.style == ">" and " - " in line:
                raise refused(f"{name}:{number}", "not_nlu", "`>` makes one line of all of them: write `examples: |`.")
            if words := line[1:].strip():
                yield words, number, None
        return
    for item in sequence_of(node, name):
        fields = fields_of(item, name)
        if "text" not in fields:
            raise refused(f"{name}:{line_of(item)}", "not_nlu", "An example needs `text`.")
        words = text_of(fields["text"], name).strip()
        yield words.removeprefix("- ").strip(), line_of(item), fields.get("metadata")


def _metadata(node: yaml.Node | None, name: str) -> tuple[str | None, str | None, dict[str, object]]:
    """Language, split, and the rest."""
    if node is None:
        return None, None, {}
    fields = fields_of(node, name)
    lang, split = (text_of(fields[key], name) if key in fields else None for key in ("lang", "split"))
    try:
        return lang, split, {key: plain(one) for key, one in fields.items() if key not in ("lang", "split")}
    except yaml.YAMLError:
        raise refused(f"{name}:{line_of(node)}", "bad_yaml", "This metadata cannot be read.") from None


def unmarked(text: str, place: str) -> tuple[str, tuple[Mark, ...]]:
    """Take the entity markup out of an example. Raises DataRefused for markup inside markup, or too much."""
    if len(text) > LONGEST_RAW:
        raise refused(place, "long_text", f"The text has more than {LONGEST_RAW} characters.")
    words, marks, last = "", [], 0
    for found in _ENTITY.finditer(text):
        words += text[last : found.start()]
        start = len(words)
        words += found["words"]
        about = _dictionary(found["more"], place) if found["more"] else {"entity": found["entity"].strip()}
        if found["value"]:
            about["value"] = found["value"]
        marks.append(Mark(start=start, end=len(words), **about))
        last = found.end()
    words += text[last:]
    if marks and re.search(r"\][({]", words):
        raise refused(place, "entity_overlap", "An entity stands inside another one.")
    return words, tuple(marks)


def _dictionary(text: str, place: str) -> dict[str, str]:
    try:
        fields = json.loads(text)
        about = {"entity": str(fields["entity"]).strip()}
        return about | {key: str(fields[key]) for key in ("value", "role", "group") if fields.get(key) is not None}
    except (ValueError, KeyError, TypeError, AttributeError):
        raise refused(place, "entity_markup", "The entity's braces hold no JSON with `entity`.") from None


def marked(example: Example) -> str:
    """An example with its entities as Rasa writes them."""
    words, last = "", 0
    for mark in sorted(example.marks, key=lambda one: one.start):
        span = example.text[mark.start : mark.end]
        more = {key: said for key in ("value", "role", "group") if (said := getattr(mark, key))}
        about = json.dumps({"entity": mark.entity, **more}, ensure_ascii=False) if more else ""
        words += example.text[last : mark.start] + f"[{span}]" + (about or f"({mark.entity})")
        last = mark.end
    return words + example.text[last:]


def nlu_file(examples: Iterable[Example]) -> str:
    """A Rasa NLU file: an entry for each intent, language, split and metadata."""
    groups: dict[tuple[str, str, str, str], list[tuple[Example, object]]] = {}
    for one in examples:
        about = json.loads(one.about) if one.about else {}
        key = (one.intent, one.lang, one.split, _json(about.get("intent", {})))
        groups.setdefault(key, []).append((one, about.get("example")))
    lines = ['version: "3.1"', "nlu:"]
    for (intent, lang, split, whole), group in groups.items():
        metadata = {"lang": lang} | ({"split": split} if split != "train" else {}) | json.loads(whole)
        lines += [f"- intent: {_json(intent)}", f"  metadata: {_json(metadata)}"]
        if any(own for _, own in group):
            lines.append("  examples:")
            for one, own in group:
                lines += [f"  - text: {_json(marked(one))}", *([f"    metadata: {_json(own)}"] if own else [])]
        else:
            lines += ["  examples: |", *(f"    - {marked(one)}" for one, _ in group)]
    return "\n".join(lines) + "\n"


def _json(said: object) -> str:
    """On one line, which YAML reads as well."""
    return json.dumps(said, ensure_ascii=False, sort_keys=True)


def fields_of(node: yaml.Node, name: str) -> dict[str, yaml.Node]:
    """The keys and values of a mapping. Raises DataRefused."""
    if not isinstance(node, yaml.MappingNode):
        raise refused(f"{name}:{line_of(node)}", "not_nlu", "Keys and values are expected here.")
    if not all(isinstance(key, yaml.ScalarNode) for key, _ in node.value):
        raise refused(f"{name}:{line_of(node)}", "not_nlu", "A key must be a text.")
    return {str(key.value): value for key, value in node.value}


def sequence_of(node: yaml.Node, name: str) -> Sequence[yaml.Node]:
    """The members of a list; none for an empty value. Raises DataRefused."""
    if isinstance(node, yaml.ScalarNode) and plain(node) is None:
        return ()
    if not isinstance(node, yaml.SequenceNode):
        raise refused(f"{name}:{line_of(node)}", "not_nlu", "A list is expected here.")
    return list(node.value)


def text_of(node: yaml.Node, name: str) -> str:
    """A scalar as text. Raises DataRefused."""
    if not isinstance(node, yaml.ScalarNode):
        raise refused(f"{name}:{line_of(node)}", "not_nlu", "A text is expected here.")
    return str(node.value)


def line_of(node: yaml.Node) -> int:
    """The line in which a node begins, from 1."""
    return int(node.start_mark.line) + 1
