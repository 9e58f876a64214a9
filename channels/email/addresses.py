"""Address lists (RFC 5322 3.4) as they are really written. One pass, no recursion."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from channels.email.charset import Decoder
from channels.email.headers import decode_encoded, plain, unfolded
from channels.email.limits import MAX_ADDRESSES
from channels.email.mail import Address

_MAILBOX = re.compile(r"[^\s<>()\[\]\"',;:@]{1,64}@[^\s<>()\[\]\"',;:@]{1,255}")
_NOISE = re.compile(r"[\s<>\"]+")


@dataclass(slots=True)
class _Item:
    """What was read since the last comma."""

    words: list[str] = field(default_factory=list)
    quoted: list[str] = field(default_factory=list)
    comment: list[str] = field(default_factory=list)
    angle: list[str] = field(default_factory=list)


def addresses(raw: bytes, decoder: Decoder) -> tuple[Address, ...]:
    """The mailboxes in a header's value, groups dissolved. What holds no mailbox at all is a name without address."""
    text = plain(raw, decoder)
    if "=?" in text and "@" not in text:
        text = decode_encoded(text, decoder)  # a writer put all of it, brackets included, into encoded words
    found: list[Address] = []
    waiting = ""
    for item in _items(text):
        name, address = _mailbox(item, decoder)
        if not address:
            # `Doe, Jane <jane@...>` without quotes: the comma is part of the name.
            waiting = ", ".join(filter(None, (waiting, name)))
            continue
        found.append(Address(name=", ".join(filter(None, (waiting, name))), address=address))
        waiting = ""
        if len(found) >= MAX_ADDRESSES:
            break
    if waiting and not found:
        found.append(Address(name=waiting, address=""))
    return tuple(found)


def _mailbox(item: _Item, decoder: Decoder) -> tuple[str, str]:
    words = unfolded(decode_encoded("".join(item.words), decoder)).strip("<> ")
    comment = unfolded(decode_encoded("".join(item.comment), decoder))
    name = words if words.strip("' ") else comment
    angle = _NOISE.sub("", "".join(item.angle)).removeprefix("mailto:")
    if "@" in angle or (angle and not words):
        return _unquoted(name), angle
    if match := _MAILBOX.search(words):
        rest = unfolded(f"{words[: match.start()]} {words[match.end() :]}").strip(" <>\"'[]")
        return rest or _unquoted(comment), match[0]
    if " " not in words and "@" in words:
        return _unquoted(comment), words
    return _unquoted(name), angle


def _unquoted(name: str) -> str:
    return name[1:-1].strip() if len(name) > 1 and name[0] == name[-1] == "'" else name


def _items(text: str) -> Iterator[_Item]:
    """The pieces between commas (or semicolons, as Outlook writes them). A quote that never closes is no quote."""
    scan = _Scan(group_ends=text.rfind(";"))
    pieces = list(scan.pieces(text))
    return iter(pieces) if not scan.quoted else _Scan(group_ends=text.rfind(";")).pieces(text.replace('"', ""))


@dataclass(slots=True, kw_only=True)
class _Scan:
    """Where the reader is: within a quoted string, comments (how deep), an angle bracket."""

    group_ends: int
    quoted: bool = False
    depth: int = 0
    angle: bool = False
    mailbox: bool = False

    def pieces(self, text: str) -> Iterator[_Item]:
        item = _Item()
        escaped = False
        for position, letter in enumerate(text):
            if not escaped and letter == "\\" and (self.quoted or self.depth):
                escaped = True
            elif escaped or self.quoted or self.depth or self.angle:
                self._inside(item, letter, escaped=escaped)
                escaped = False
            elif letter in ",;" or (letter == ":" and position < self.group_ends and not self.mailbox):
                if letter != ":":
                    yield item
                item, self.mailbox = _Item(), False
            else:
                self._outside(item, letter)
        yield item

    def _inside(self, item: _Item, letter: str, *, escaped: bool) -> None:
        if self.depth:
            self.depth += 0 if escaped else (letter == "(") - (letter == ")")
            item.comment.append(letter if self.depth else " ")
        elif self.quoted:
            self.quoted = escaped or letter != '"'
            if self.quoted:
                (item.angle if self.angle else item.words).append(letter)
        elif letter == '"':
            self.quoted = True
        else:
            self.angle = letter != ">"
            if self.angle and letter != "<":
                item.angle.append(letter)

    def _outside(self, item: _Item, letter: str) -> None:
        match letter:
            case '"':
                self.quoted = True
            case "(":
                self.depth = 1
            case "<":
                self.angle = True
                item.angle.clear()
            case _:
                self.mailbox |= letter == "@"
                item.words.append(letter)
