"""Rasa's NLU files: read with the line of every example, and written so that no text can become anything else."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import yaml

from bot.training.data import Example, Mark, refused
from bot.training.safe_yaml import compose, plain

# As in rasa/shared/nlu/training_data/entities_parser.py (3.6), without lists of entities for one span.
_ENTITY = re.compile(
    r"\[(?P<words>[^\]\[]+?)\](\((?P<entity>[^:)]+?)(?::(?P<value>[^)]+))?\)|(?P<more>\{[^}]+?\}))",
)
_OTHER = ("synonym", "regex", "lookup")
_SECTIONS = ("version", "nlu", "rules", "stories")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One example as it stood in a file; `lang` and `split` as written."""

    place: str
    text: str
    intent: str
    lang: str | None = None
    split: str | None = None
    marks: tuple[Mark, ...] = ()


def nlu_rows(name: str, text: str) -> Iterator[Row]:
    """The examples of a Rasa YAML file; sections other than `nlu`, and regexes and the like, are passed over.

    Raises:
        DataRefused: It is not such a file.
    """
    root = compose(name, text)
    if root is None:
        return
    if not isinstance(root, yaml.MappingNode):
        raise refused(f"{name}:1", "not_nlu", "This is no Rasa file: it must begin with `version` and `nlu`.")
    for key, node in root.value:
        if key.value not in _SECTIONS:
            raise refused(
                f"{name}:{_line(key)}", "not_nlu", f"There is no section {str(key.value)[:60]!r} in NLU files."
            )
        if key.value == "nlu":
            for item in _sequence(node, name):
                yield from _item_rows(item, name)


def _item_rows(item: yaml.Node, name: str) -> Iterator[Row]:
    fields = _fields(item, name)
    if any(other in fields for other in _OTHER):
        return
    if "intent" not in fields or "examples" not in fields:
        raise refused(f"{name}:{_line(item)}", "not_nlu", "An entry needs `intent` and `examples`.")
    intent = _text(fields["intent"], name)
    lang, split = _metadata(fields.get("metadata"), name)
    for text, line, more in _texts(fields["examples"], name):
        own_lang, own_split = _metadata(more, name)
        place = f"{name}:{line}"
        words, marks = unmarked(text, place)
        yield Row(place=place, text=words, intent=intent, lang=own_lang or lang, split=own_split or split, marks=marks)


def _texts(node: yaml.Node, name: str) -> Iterator[tuple[str, int, yaml.Node | None]]:
    if isinstance(node, yaml.ScalarNode):
        for offset, line in enumerate(node.value.split("\n")):
            number = _line(node) + offset + (node.style in ("|", ">"))
            if not line.strip():
                continue
            if not line.startswith("- "):
                raise refused(f"{name}:{number}", "not_nlu", "An example must begin with `- `.")
            yield line[2:].strip(), number, None
        return
    for item in _sequence(node, name):
        fields = _fields(item, name)
        if "text" not in fields:
            raise refused(f"{name}:{_line(item)}", "not_nlu", "An example needs `text`.")
        words = _text(fields["text"], name).strip()
        yield words.removeprefix("- ").strip(), _line(item), fields.get("metadata")


def _metadata(node: yaml.Node | None, name: str) -> tuple[str | None, str | None]:
    if node is None:
        return None, None
    fields = _fields(node, name)
    return tuple(_text(fields[key], name) if key in fields else None for key in ("lang", "split"))  # type: ignore[return-value]


def unmarked(text: str, place: str) -> tuple[str, tuple[Mark, ...]]:
    """Take the entity markup out of an example. Raises DataRefused for markup inside markup."""
    words, marks, last = "", [], 0
    for found in _ENTITY.finditer(text):
        words += text[last : found.start()]
        entity, value = found["entity"], found["value"]
        if found["more"]:
            entity, value = _dictionary(found["more"], place)
        start = len(words)
        words += found["words"]
        marks.append(Mark(start=start, end=len(words), entity=entity.strip(), value=value))
        last = found.end()
    words += text[last:]
    if marks and re.search(r"\][({]", words):
        raise refused(place, "entity_overlap", "An entity stands inside another one.")
    return words, tuple(marks)


def _dictionary(text: str, place: str) -> tuple[str, str | None]:
    try:
        fields = json.loads(text)
        return str(fields["entity"]), str(fields["value"]) if "value" in fields else None
    except (ValueError, KeyError, TypeError):
        raise refused(place, "entity_markup", "The entity's braces hold no JSON with `entity`.") from None


def marked(example: Example) -> str:
    """An example with its entities as Rasa writes them."""
    words, last = "", 0
    for mark in sorted(example.marks, key=lambda one: one.start):
        span = example.text[mark.start : mark.end]
        kind = json.dumps({"entity": mark.entity, "value": mark.value}, ensure_ascii=False) if mark.value else ""
        words += example.text[last : mark.start] + f"[{span}]" + (kind or f"({mark.entity})")
        last = mark.end
    return words + example.text[last:]


def nlu_file(examples: Iterable[Example]) -> str:
    """A Rasa NLU file: an entry for each intent, language and split."""
    groups: dict[tuple[str, str, str], list[Example]] = {}
    for one in examples:
        groups.setdefault((one.intent, one.lang, one.split), []).append(one)
    lines = ['version: "3.1"', "nlu:"]
    for (intent, lang, split), group in groups.items():
        about = {"lang": lang} | ({"split": split} if split != "train" else {})
        lines += [f"- intent: {json.dumps(intent, ensure_ascii=False)}", f"  metadata: {json.dumps(about)}"]
        lines += ["  examples: |", *(f"    - {marked(one)}" for one in group)]
    return "\n".join(lines) + "\n"


def _fields(node: yaml.Node, name: str) -> dict[str, yaml.Node]:
    if not isinstance(node, yaml.MappingNode):
        raise refused(f"{name}:{_line(node)}", "not_nlu", "Keys and values are expected here.")
    return {str(key.value): value for key, value in node.value}


def _sequence(node: yaml.Node, name: str) -> Sequence[yaml.Node]:
    if isinstance(node, yaml.ScalarNode) and plain(node) is None:
        return ()
    if not isinstance(node, yaml.SequenceNode):
        raise refused(f"{name}:{_line(node)}", "not_nlu", "A list is expected here.")
    return list(node.value)


def _text(node: yaml.Node, name: str) -> str:
    if not isinstance(node, yaml.ScalarNode):
        raise refused(f"{name}:{_line(node)}", "not_nlu", "A text is expected here.")
    return str(node.value)


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1
