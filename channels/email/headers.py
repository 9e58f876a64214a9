"""Header fields: from raw lines to texts, addresses, ids and dates. Everything is linear in the size of the field."""

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_tz

from channels.email.charset import Decoder, clean
from channels.email.limits import MAX_HEADER_BYTES, MAX_HEADERS, MAX_REFERENCES, Problems

_NAME = re.compile(rb"[\x21-\x39\x3b-\x7e]{1,120}[ \t]*:")
_WORD = re.compile(r"=\?([\w.:+\-]{1,60})(?:\*[\w-]*)?\?([bBqQ])\?")
_HEX = re.compile(rb"=([0-9A-Fa-f]{2})")
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]+")
_SPACES = re.compile(r"\s+")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_ID = re.compile(r"<([^<>]+)>")
_KNOWN = re.compile(
    rb"(?:from|to|cc|bcc|subject|date|message-id|mime-version|reply-to|return-path|received|sender|"
    rb"in-reply-to|references|content-[a-z-]+|x-[a-z0-9-]+|delivered-to|list-[a-z-]+)[ \t]*:",
    re.IGNORECASE,
)
_GOES_ON = re.compile(rb"(?:[ \t][^\n]*\n){0,50}(?:" + _KNOWN.pattern + rb")", re.IGNORECASE)
"""What follows a line of blanks that is no end of the fields: the rest of a field, or another one."""


@dataclass(frozen=True, slots=True)
class Headers:
    """The fields of one part: names in lower case, values raw and unfolded, in the order they stand."""

    fields: tuple[tuple[str, bytes], ...] = ()

    def first(self, name: str) -> bytes:
        """The first value of the field that is not blank, or nothing."""
        return next((value for key, value in self.fields if key == name and value), b"")

    def all(self, name: str) -> tuple[bytes, ...]:
        """All its values, topmost first."""
        return tuple(value for key, value in self.fields if key == name)

    def has(self, *names: str) -> bool:
        """One of these fields is there."""
        return any(key in names for key, _ in self.fields)

    def text(self, name: str, decoder: Decoder) -> str:
        """The first value, decoded, on one line."""
        return unfolded(decode_words(self.first(name), decoder))


def split(data: bytes, problems: Problems) -> tuple[Headers, int]:
    """The fields at the start of `data`, and where the body begins.

    A line that is no field ends them, unless a well-known field follows at once: then a relay or a filter broke it,
    and it is joined to the field above.
    """
    lines: list[tuple[str, bytes]] = []
    position = _skip_rubbish(data)
    while position < len(data):
        end = data.find(b"\n", position)
        after = len(data) if end < 0 else end + 1
        line = data[position : min(after, position + MAX_HEADER_BYTES + 2)].rstrip(b"\r\n")
        if after - position > MAX_HEADER_BYTES + 2:
            problems.note("headers_cut")
        if not line.strip() and not (line and _GOES_ON.match(data, after)):
            position = after
            break
        if line[:1] in b" \t":
            lines.append(("", line))
        elif match := _NAME.match(line):
            lines.append((match[0][:-1].strip().lower().decode("ascii"), line[match.end() :]))
        elif _KNOWN.match(data, after):
            problems.note("broken_header_line")
            lines.append(("", b" " + line))
        else:
            problems.note("no_blank_line")
            break
        position = after
    return Headers(tuple(_joined(lines, problems))), position


def _skip_rubbish(data: bytes) -> int:
    """Blank lines and the envelope line of an mbox before the first field."""
    position = 0
    while position < len(data) and data[position] in b"\r\n":
        position += 1
    if data.startswith(b"\xef\xbb\xbf", position):
        position += 3
    if data.startswith((b"From ", b">From "), position):
        end = data.find(b"\n", position)
        return len(data) if end < 0 else end + 1
    return position


def _joined(lines: list[tuple[str, bytes]], problems: Problems) -> Iterator[tuple[str, bytes]]:
    """Fields out of first lines and their continuations, within the limits."""
    count, name, pieces, size = 0, "", list[bytes](), 0
    for key, line in [*lines, ("end", b"")]:
        if not key and not name:
            continue
        if not key:
            if size < MAX_HEADER_BYTES:
                pieces.append(line)
            size += len(line)
            continue
        if name:
            if size > MAX_HEADER_BYTES:
                problems.note("headers_cut")
            yield name, b"".join(pieces)[:MAX_HEADER_BYTES].strip()
            count += 1
        if count >= MAX_HEADERS:
            problems.note("headers_cut")
            return
        name, pieces, size = key, [line], len(line)


def unfolded(text: str) -> str:
    """On one line, without control characters."""
    return _CONTROL.sub("", _SPACES.sub(" ", text)).strip()


def decode_words(raw: bytes, decoder: Decoder) -> str:
    """A raw value with its encoded words (RFC 2047) decoded, also where writers break the rules."""
    return decode_encoded(plain(raw, decoder), decoder)


def plain(raw: bytes, decoder: Decoder) -> str:
    """A raw value as text, encoded words as they stand."""
    return raw.decode("ascii") if raw.isascii() and b"\x1b" not in raw else decoder.decode(raw, decoder.hint)


def decode_encoded(text: str, decoder: Decoder) -> str:
    """`text` with its encoded words decoded.

    Neighbours in the same charset are joined as bytes first: some writers split in the middle of a letter.
    """
    if "=?" not in text:
        return clean(text)
    pieces: list[str] = []
    run, charset = b"", ""
    position = 0
    for start, end, label, content in _words(text):
        between = text[position:start]
        if between.strip() or (label != charset and run):
            pieces.append(decoder.decode(run, charset))
            run = b""
        if between.strip() or not position:
            pieces.append(between)
        run, charset, position = run + content, label, end
    pieces += [decoder.decode(run, charset), text[position:]]
    return clean("".join(pieces))


def _words(text: str) -> Iterator[tuple[int, int, str, bytes]]:
    """Where encoded words stand, with their charset and bytes. One look ahead each: linear."""
    position = text.find("=?")
    while position >= 0:
        match = _WORD.match(text, position)
        if match is None:
            position = text.find("=?", position + 2)
            continue
        end = text.find("?=", match.end())
        if end < 0:
            if any(letter.isspace() for letter in text[match.end() :]):
                return
            end = len(text)
        content = text[match.end() : end].encode("utf-8", "replace")
        decoded = base64(content) if match[2] in "bB" else _q(content)
        yield position, min(end + 2, len(text)), match[1].lower(), decoded
        position = text.find("=?", end + 2)


def base64(data: bytes) -> bytes:
    """Base64 as mail has it: with rubbish in between, padding missing or in the middle."""
    body = _NOT_BASE64.sub(b"", data)
    left = len(body) % 4
    if left == 1:
        body = body[:-1]
    elif left:
        body += b"=" * (4 - left)
    try:
        return binascii.a2b_base64(body)
    except binascii.Error:
        return b""


def _q(data: bytes) -> bytes:
    return _HEX.sub(lambda match: bytes((int(match[1], 16),)), data.replace(b"_", b" "))


def ids(value: str) -> tuple[str, ...]:
    """Message ids, without brackets; at most `MAX_REFERENCES`, the first and the newest."""
    found = [_SPACES.sub("", each) for each in _ID.findall(value)]
    if not found:
        found = [word.strip("<>,;") for word in value.split() if "@" in word]
    unique = tuple(dict.fromkeys(each[:998] for each in found if each))
    if len(unique) > MAX_REFERENCES:
        return (unique[0], *unique[1 - MAX_REFERENCES :])
    return unique


def date(value: str) -> datetime | None:
    """A date (RFC 5322 and what is written instead), with its zone; None if it makes no sense."""
    try:
        parsed = parsedate_tz(value[:200])
        if parsed is None:
            return None
        offset = parsed[9]
        zone = UTC if not offset else timezone(timedelta(seconds=offset))
        return datetime(*parsed[:6], tzinfo=zone)
    except (ValueError, TypeError, OverflowError, IndexError, AttributeError):
        return None
