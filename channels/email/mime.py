"""The tree of a mail's parts (RFC 2046), cut out of bytes: own code, because broken mail is the rule.

Every container is searched for its own boundary once, and containers nest to `MAX_DEPTH` at most: linear.
"""

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from channels.email import headers
from channels.email.charset import Decoder
from channels.email.fields import Structured, content_type, structured
from channels.email.headers import Headers
from channels.email.limits import MAX_DEPTH, MAX_PARTS, Problems

_FIRST_DELIMITER = re.compile(rb"(?:^|\n)--(?=\S)([^\r\n]{1,200}?)[ \t]*\r?\n(?=content-|\r?\n)", re.IGNORECASE)
_WORDS = re.compile(rb"\s*\S+[ \t]+\S+[ \t]+\S")
"""Three words on the first line: no base64, whatever the fields say."""
_UU = re.compile(rb"^begin [0-7]{3,4} [^\r\n]*\r?\n", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part.

    Attributes:
        headers: Its fields.
        type: Its content type.
        disposition: Its content disposition; empty if none.
        body: Its bytes, still encoded. A container's are kept only where it could not be taken apart.
        parts: What a container holds.
    """

    headers: Headers
    type: Structured
    disposition: Structured
    body: bytes = b""
    parts: tuple["Part", ...] = ()

    @property
    def main(self) -> str:
        """`text` of `text/plain`."""
        return self.type.value.partition("/")[0]

    def walk(self) -> Iterator["Part"]:
        """This part and all within it, in their order."""
        yield self
        for part in self.parts:
            yield from part.walk()

    def content(self) -> bytes:
        """The bytes, decoded."""
        encoding = self.headers.first("content-transfer-encoding")
        if self.main == "text" and b"base64" in encoding.lower() and _WORDS.match(self.body):
            return self.body
        return decode_transfer(self.body, encoding)


@dataclass(slots=True)
class Cutter:
    """Cuts one mail; counts its parts."""

    decoder: Decoder
    problems: Problems
    left: int = field(default=MAX_PARTS)

    def cut(self, data: bytes, *, default: str = "text/plain", depth: int = 0) -> Part:
        """The part that `data` is, and those within it."""
        fields, start = headers.split(data, self.problems)
        return self.part(fields, data[start:], default=default, depth=depth)

    def part(self, fields: Headers, body: bytes, *, default: str, depth: int) -> Part:
        """A part of these fields and this body."""
        self.left -= 1
        kind = content_type(fields.first("content-type"), self.decoder, default)
        disposition = structured(fields.first("content-disposition"), self.decoder)
        if not kind.value.startswith("multipart/"):
            return Part(headers=fields, type=kind, disposition=disposition, body=body)
        if depth >= MAX_DEPTH:
            self.problems.note("too_deep")
            return Part(headers=fields, type=Structured("application/octet-stream"), disposition=disposition, body=body)
        inner = "message/rfc822" if kind.value == "multipart/digest" else "text/plain"
        pieces = self._pieces(kind, fields, body)
        if not pieces:
            self.problems.note("no_boundary")
            plain = Structured("text/html" if _looks_like_html(body) else "text/plain", kind.parameters)
            return Part(headers=fields, type=plain, disposition=disposition, body=body)
        parts: list[Part] = []
        for piece in pieces:
            if self.left <= 0:
                self.problems.note("too_many_parts")
                break
            parts.append(self.cut(piece, default=inner, depth=depth + 1))
        return Part(headers=fields, type=kind, disposition=disposition, parts=tuple(parts))

    def _pieces(self, kind: Structured, fields: Headers, body: bytes) -> list[bytes]:
        boundary = kind.get("boundary").strip().encode("utf-8", "replace")
        pieces = _between(body, boundary) if boundary else []
        if pieces:
            return pieces
        encoding = fields.first("content-transfer-encoding").lower()
        if b"base64" in encoding or b"quoted" in encoding:
            # Not allowed for a container (RFC 2045 6.4), and yet seen.
            decoded = decode_transfer(body, encoding)
            if boundary and (pieces := _between(decoded, boundary)):
                return pieces
        if match := _FIRST_DELIMITER.search(body):
            self.problems.note("wrong_boundary")
            return _between(body, match[1])
        return []


def _between(body: bytes, boundary: bytes) -> list[bytes]:
    """The pieces between delimiter lines; what stands before the first and after the last is left out.

    A last delimiter may be missing; delimiters after the closing one are obeyed, because writers get it wrong.
    """
    delimiter = b"--" + boundary
    pieces: list[bytes] = []
    start = -1
    position = body.find(delimiter)
    while position >= 0:
        after = position + len(delimiter)
        end = body.find(b"\n", after)
        end = len(body) if end < 0 else end
        rest = body[after : min(end, after + 80)].strip()
        if (position == 0 or body[position - 1 : position] in b"\n") and rest in (b"", b"--"):
            if start >= 0:
                pieces.append(_without_last_break(body[start:position]))
            start = -1 if rest else end + 1
        position = body.find(delimiter, after)
    if start >= 0 and body[start:].strip():
        pieces.append(body[start:])
    return pieces


def _without_last_break(piece: bytes) -> bytes:
    """The break before a delimiter belongs to the delimiter."""
    return piece[:-2] if piece.endswith(b"\r\n") else piece[:-1] if piece.endswith(b"\n") else piece


def _looks_like_html(body: bytes) -> bool:
    return body[:1_000].lstrip().lower().startswith((b"<html", b"<!doctype html"))


def decode_transfer(body: bytes, encoding: bytes) -> bytes:
    """Undo a content transfer encoding, whatever its name was meant to be."""
    name = encoding.lower()
    if b"base64" in name:
        return _base64_body(body)
    if b"quoted" in name or b"qp" in name:
        return binascii.a2b_qp(body)
    if b"uu" in name:
        return _uu(body)
    return body


def _base64_body(body: bytes) -> bytes:
    """Padding within the body ends one run of base64 and begins another."""
    if b"=" not in body.rstrip(b"= \r\n\t-"):
        return headers.base64(body)
    return b"".join(headers.base64(run) for run in re.split(rb"=+", body, maxsplit=1_000))


def _uu(body: bytes) -> bytes:
    match = _UU.search(body)
    if match is None:
        return body
    out: list[bytes] = []
    for line in body[match.end() :].splitlines():
        if line.strip() in (b"end", b"`"):
            break
        try:
            out.append(binascii.a2b_uu(line))
        except binascii.Error:
            size = ((line[0] - 32 & 63) * 4 + 5) // 3 if line else 0
            try:
                out.append(binascii.a2b_uu(line[:size]))
            except binascii.Error:
                continue
    return b"".join(out)
