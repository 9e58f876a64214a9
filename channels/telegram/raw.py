"""Reading what a messenger sent, whatever it is: nothing here raises, and what comes out can be stored. Pure.

Strict parsing fails on real dialects (fields that Telegram always has are missing elsewhere), so each field is asked
for by itself, and what has another type than it should is not there.
"""

import json
from collections.abc import Mapping, Sequence
from typing import TypeAlias

Json: TypeAlias = Mapping[str, object]
_CONTROL = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 127))
_NOTHING: Json = {}
_ID_LENGTH = 64


def decode(raw: bytes) -> Json | None:
    """A JSON object, None when it is none. Broken UTF-8 is replaced, so that one letter does not lose a message."""
    try:
        value = json.loads(raw.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def obj(value: object) -> Json:
    """An object; empty when it is none."""
    return value if isinstance(value, dict) else _NOTHING


def items(value: object) -> Sequence[object]:
    """A list; empty when it is none."""
    return value if isinstance(value, list) else ()


def text(value: object, longest: int = 16_384) -> str:
    """Words without control characters (tabs and line ends stay) and lone surrogates; empty when it is no text."""
    if not isinstance(value, str):
        return ""
    return value[:longest].translate(_CONTROL).encode("utf-8", "replace").decode()


def line(value: object, longest: int = 200) -> str:
    """Words in one line."""
    return " ".join(text(value, longest).split())


def identity(value: object) -> str:
    """An id as text: numbers (of some dialects as strings) and opaque names; empty when it is none."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        return ""
    if isinstance(value, int) and value.bit_length() > 63:
        return ""
    known = str(value)
    return known if known and len(known) <= 256 and known.isprintable() and known.isascii() else ""


def number(value: object, most: int = 2**53) -> int:
    """A whole number from 0 to `most`; 0 when it is none."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= _ID_LENGTH:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        return 0
    return value if 0 <= value <= most else 0


def coordinate(value: object, most: float) -> str | None:
    """A latitude (up to 90) or longitude (up to 180) with six digits, about ten centimetres."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not -most <= value <= most:
        return None
    return f"{value:.6f}".rstrip("0").rstrip(".")
