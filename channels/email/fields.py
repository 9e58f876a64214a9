"""Structured fields of MIME: a value and its parameters (RFC 2045, 2231) as they are really written."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote_to_bytes

from channels.email.charset import Decoder
from channels.email.headers import decode_encoded, plain, unfolded

_TYPE = re.compile(r"[\w.+!#$&^-]+/[\w.+!#$&^-]+", re.ASCII)
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:+-]+)", re.IGNORECASE)
_PIECE = re.compile(r"([^*]+)(?:\*(\d{1,3}))?(\*?)")
_MAX_PARAMETERS = 100


@dataclass(frozen=True, slots=True)
class Structured:
    """`value` in lower case; parameters by their names in lower case, decoded."""

    value: str
    parameters: Mapping[str, str] = field(default_factory=dict)

    def get(self, name: str) -> str:
        """A parameter, or nothing."""
        return self.parameters.get(name, "")


def structured(raw: bytes, decoder: Decoder) -> Structured:
    """A field's value and parameters. What can't be read is left out."""
    text = plain(raw, decoder)
    value, _, rest = text.partition(";")
    pairs = list(_pairs(rest))
    value = value.strip().strip("\"'").lower()
    parameters = _assembled(pairs, decoder)
    if "charset" not in parameters and (match := _CHARSET.search(text)):
        parameters["charset"] = match[1]
    return Structured(value.split(maxsplit=1)[0] if value else "", parameters)


def content_type(raw: bytes, decoder: Decoder, default: str) -> Structured:
    """A content type; `default` where it is missing, plain text where it is nonsense (RFC 2045 5.2)."""
    if not raw:
        return Structured(default)
    found = structured(raw, decoder)
    if _TYPE.fullmatch(found.value):
        return found
    if match := _TYPE.match(found.value):
        return Structured(match[0], found.parameters)
    known = {"text": "text/plain", "html": "text/html", "multipart": "multipart/mixed"}
    return Structured(known.get(found.value.partition("/")[0], default), found.parameters)


def _pairs(text: str) -> list[tuple[str, str]]:
    """`name=value` pairs; a value may be quoted, or hold spaces without quotes."""
    pairs: list[tuple[str, str]] = []
    position = 0
    while len(pairs) < _MAX_PARAMETERS:
        equals = text.find("=", position)
        if equals < 0:
            break
        name = text[position:equals].strip(" \t\r\n;").lower()
        start = equals + 1
        while start < len(text) and text[start] in " \t":
            start += 1
        value, position = _quoted(text, start) if text[start : start + 1] == '"' else _bare(text, start)
        if name:
            pairs.append((name.rsplit(";", 1)[-1].strip(), value))
    return pairs


def _bare(text: str, start: int) -> tuple[str, int]:
    end = text.find(";", start)
    end = len(text) if end < 0 else end
    return text[start:end].strip(), end + 1


def _quoted(text: str, start: int) -> tuple[str, int]:
    letters: list[str] = []
    position = start + 1
    while position < len(text):
        letter = text[position]
        if letter == "\\" and text[position + 1 : position + 2] in ('"', "\\"):
            letters.append(text[position + 1])
            position += 2
            continue
        if letter == '"':
            # A quote within the value: the real one is followed by a semicolon or the end.
            following = text[position + 1 : position + 3].lstrip()
            if not following or following[0] in ";\r\n(":
                break
            if following[0].isalpha() and text[position + 1] in " \t":
                break
        letters.append(letter)
        position += 1
    end = text.find(";", position)
    return "".join(letters), len(text) if end < 0 else end + 1


def _assembled(pairs: list[tuple[str, str]], decoder: Decoder) -> dict[str, str]:
    """Continuations in their order, percent-encodings and encoded words decoded; the first of a name wins."""
    found: dict[str, str] = {}
    pieces: dict[str, list[tuple[int, bool, str]]] = {}
    for name, value in pairs:
        match = _PIECE.fullmatch(name)
        if match is None or (match[2] is None and not match[3]):
            found.setdefault(name, unfolded(decode_encoded(value, decoder)))
        else:
            pieces.setdefault(match[1], []).append((int(match[2] or 0), bool(match[3]), value))
    for name, several in pieces.items():
        found[name] = unfolded(_extended(sorted(several), decoder)) or found.get(name, "")
    return found


def _extended(pieces: list[tuple[int, bool, str]], decoder: Decoder) -> str:
    charset, data = "", b""
    for number, (_, encoded, value) in enumerate(pieces):
        if encoded and not number and value.count("'") >= 2:
            charset, _, value = value.split("'", 2)  # noqa: PLW2901 (what is left of it)
        data += unquote_to_bytes(value) if encoded else value.encode("utf-8", "replace")
    text = decoder.decode(data, charset)
    return decode_encoded(text, decoder)
