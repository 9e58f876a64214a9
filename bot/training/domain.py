"""A project's domain, as far as it is read here: names, responses, slots, forms. Rasa checks the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import yaml

from bot.training.data import refused
from bot.training.safe_yaml import compose, plain

FILE = "domain.yml"


def domain_of(text: str) -> dict[str, Any]:
    """The domain as plain data. Raises DataRefused with the line of a part that has another shape."""
    root = compose(FILE, text, aliases=True)
    found = plain(root)
    if not isinstance(found, dict) or not isinstance(root, yaml.MappingNode):
        raise refused(f"{FILE}:1", "not_domain", "The domain must be keys and values.")
    lines = {str(key.value): key.start_mark.line + 1 for key, _ in root.value}
    for part, (fits, shape) in _SHAPES.items():
        if found.get(part) is not None and not fits(found[part]):
            raise refused(f"{FILE}:{lines.get(part, 1)}", "not_domain", f"{part} must be {shape}.")
    return found


def name_of(entry: object) -> str:
    """The name in a list of names; with options it is the entry's only key."""
    return str(next(iter(entry))) if isinstance(entry, Mapping) else str(entry)


def names_of(entries: Iterable[object] | None) -> list[str]:
    """The names in such a list, which may not be there."""
    return [name_of(one) for one in entries or []]


def _names(found: object) -> bool:
    return isinstance(found, list) and all(
        len(one) == 1 if isinstance(one, Mapping) else isinstance(one, str | int | float) for one in found
    )


def _keys(found: object) -> bool:
    return isinstance(found, Mapping) and all(
        isinstance(name, str) and (one is None or isinstance(one, Mapping)) for name, one in found.items()
    )


def _responses(found: object) -> bool:
    return isinstance(found, Mapping) and all(
        isinstance(name, str) and isinstance(variants, list) and all(map(_variant, variants))
        for name, variants in found.items()
    )


def _variant(found: object) -> bool:
    return isinstance(found, Mapping) and isinstance(found.get("text", ""), str)


_SHAPES: Mapping[str, tuple[Callable[[object], bool], str]] = {
    "intents": (_names, "a list of names"),
    "entities": (_names, "a list of names"),
    "actions": (_names, "a list of names"),
    "responses": (_responses, "names with a list of variants each, whose text is a text"),
    "slots": (_keys, "names with keys and values each"),
    "forms": (_keys, "names with keys and values each"),
}
