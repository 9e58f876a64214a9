"""Every sentence that the hub itself says to a customer, in each language: `templates/phrases/<locale>.yml`.

A phrase may have `{values}` in braces; a value is put in as it is, never looked into. Missing keys or unequal
languages are errors when the files are read, not when a customer waits.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import yaml

FOLDER = Path(__file__).parents[1] / "templates" / "phrases"
FALLBACK = "en"

_VALUE = re.compile(r"\{([a-z_]+)\}")
_PERSIAN_DIGITS = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")


class PhraseError(ValueError):
    """A file of phrases is incomplete, or a sentence was asked for that nobody wrote."""


def say(locale: str, key: str, **values: object) -> str:
    """Return a sentence in a language (English where there is no such language).

    Numbers are written in the language's own digits. Raises PhraseError for an unknown key or a missing value.
    """
    files = phrases()
    known = locale if locale in files else FALLBACK
    template = files[known].get(key)
    if template is None:
        raise PhraseError(f"there is no phrase {key!r}")
    missing = set(_VALUE.findall(template)) - set(values)
    if missing:
        raise PhraseError(f"the phrase {key!r} needs {sorted(missing)}")
    return _VALUE.sub(lambda match: _shown(known, values[match.group(1)]), template)


@cache
def phrases() -> Mapping[str, Mapping[str, str]]:
    """All phrases: locale -> key -> sentence. Raises PhraseError unless all languages have the same keys and values."""
    files = {path.stem: _read(path) for path in sorted(FOLDER.glob("*.yml"))}
    reference = files[FALLBACK]
    for locale, sentences in files.items():
        if sentences.keys() != reference.keys():
            raise PhraseError(f"{locale}.yml and {FALLBACK}.yml differ: {sorted(sentences.keys() ^ reference.keys())}")
        for key, sentence in sentences.items():
            if set(_VALUE.findall(sentence)) != set(_VALUE.findall(reference[key])):
                raise PhraseError(f"{locale}.yml: {key} has other values than {FALLBACK}.yml")
    return files


def _read(path: Path) -> dict[str, str]:
    loaded = yaml.safe_load(path.read_text(encoding="utf-8"))
    flat: dict[str, str] = {}
    _flatten("", loaded, flat)
    return flat


def _flatten(prefix: str, value: object, into: dict[str, str]) -> None:
    if isinstance(value, dict):
        for name, inner in value.items():
            _flatten(f"{prefix}.{name}" if prefix else str(name), inner, into)
    elif isinstance(value, str):
        into[prefix] = value.strip()
    else:
        raise PhraseError(f"{prefix} is not a sentence")


def _shown(locale: str, value: object) -> str:
    text = str(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return text.translate(_PERSIAN_DIGITS) if locale == "fa" else text
    # Isolated (Unicode UAX 9), so that a Persian name does not turn an English sentence around, nor the other way.
    return f"\u2068{text}\u2069"
