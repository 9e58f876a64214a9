"""Html of a mail as a stream of balanced events. One pass, bounded depth, whatever the input.

Browsers' parsers take quadratic time on hostile nesting, so no tree is built from a stranger's html before it has been
through here.
"""

import html
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

MAX_OPEN = 100
"""Elements within elements; deeper tags are left out, their text stays."""
MAX_TAGS = 30_000
"""Tags of one text; what stands after them is text."""

VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"})
_RAW = frozenset(
    {"script", "style", "title", "textarea", "xmp", "iframe", "noembed", "noframes", "noscript", "template"}
)
_NAME = re.compile(r"[a-zA-Z][^\s/>]{0,60}")
_GAP = re.compile(r"[\s/]*")
_ATTRIBUTE = re.compile(r"([^\s/>=\"'<]{1,80})\s{0,20}(=?)\s{0,20}")
_UNQUOTED = re.compile(r"[^\s>]*")
_ANY_TAG = re.compile(r"<[^<>]*>?")
_HUGE_NUMBER = re.compile(r"&#[xX]?[0-9a-fA-F]{9,};?")
_MAX_ATTRIBUTES = 60

_CLOSED_BY = {
    "p": frozenset({"p"}),
    "li": frozenset({"li", "p"}),
    "td": frozenset({"td", "th", "p"}),
    "th": frozenset({"td", "th", "p"}),
    "tr": frozenset({"td", "th", "tr", "p"}),
    "dt": frozenset({"dt", "dd", "p"}),
    "dd": frozenset({"dt", "dd", "p"}),
    "option": frozenset({"option"}),
}
"""A new element of this name ends those, where they are the innermost (their end tags may be left out)."""


def words(text: str) -> frozenset[str]:
    """The words of a text, as a set."""
    return frozenset(text.split())


@dataclass(frozen=True, slots=True)
class Open:
    """A start tag. Names are in lower case, values unescaped."""

    name: str
    attributes: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Close:
    """An end tag; there is one for every `Open` that is not void."""

    name: str


@dataclass(frozen=True, slots=True)
class Text:
    """Text, unescaped."""

    text: str


Event = Open | Close | Text


def unescape(text: str) -> str:
    """Character references replaced; absurd ones become U+FFFD."""
    return html.unescape(_HUGE_NUMBER.sub("\ufffd", text)) if "&" in text else text


def events(source: str) -> Iterator[Event]:
    """The balanced events of an html text. Scripts, styles, titles and comments are left out."""
    stack: list[str] = []
    opened: Counter[str] = Counter()
    for event in _tokens(source):
        match event:
            case Open(name=name) if name in VOID:
                yield event
            case Open(name=name):
                ended = _CLOSED_BY.get(name, frozenset())
                while stack and stack[-1] in ended:
                    yield _pop(stack, opened)
                if len(stack) < MAX_OPEN:
                    stack.append(name)
                    opened[name] += 1
                    yield event
            case Close(name=name):
                while opened[name]:
                    ended_now = stack[-1] == name
                    yield _pop(stack, opened)
                    if ended_now:
                        break
            case Text():
                yield event
    while stack:
        yield _pop(stack, opened)


def _pop(stack: list[str], opened: Counter[str]) -> Close:
    name = stack.pop()
    opened[name] -= 1
    return Close(name)


def _tokens(source: str) -> Iterator[Event]:
    lowered = source.lower()
    if len(lowered) != len(source):  # a letter whose lower case is longer: positions would not agree
        source = lowered
    position = tags = 0
    while position < len(source):
        start = source.find("<", position)
        if start < 0 or tags > MAX_TAGS:
            yield Text(unescape(_ANY_TAG.sub(" ", source[position:])))
            return
        tags += 1
        if start > position:
            yield Text(unescape(source[position:start]))
        position, event = _tag(source, start)
        if event is not None:
            yield event
        if isinstance(event, Open) and event.name in _RAW:
            position = _after_raw(lowered, position, event.name)
            yield Close(event.name)


def _after_raw(lowered: str, position: int, name: str) -> int:
    end = lowered.find(f"</{name}", position)
    if end < 0:
        return len(lowered)
    close = lowered.find(">", end)
    return len(lowered) if close < 0 else close + 1


def _tag(source: str, start: int) -> tuple[int, Event | None]:
    """What begins at a `<`, and where it ends."""
    if source.startswith("<!--", start):
        return _past(source, "-->", start + 2), None
    if source.startswith(("<!", "<?"), start):
        return _past(source, ">", start), None
    closing = source.startswith("</", start)
    match = _NAME.match(source, start + 1 + closing)
    if match is None:
        return (start + 1, Text("<")) if not closing else (_past(source, ">", start), None)
    name = match[0].lower()
    if closing:
        return _past(source, ">", match.end()), Close(name)
    attributes, end = _attributes(source, match.end())
    return end, Open(name, attributes)


def _past(source: str, mark: str, start: int) -> int:
    end = source.find(mark, start)
    return len(source) if end < 0 else end + len(mark)


def _attributes(source: str, position: int) -> tuple[dict[str, str], int]:
    """The attributes of a start tag, and where it ends."""
    found: dict[str, str] = {}
    while True:
        gap = _GAP.match(source, position)
        position = gap.end() if gap else position
        if position >= len(source) or source[position] == ">":
            return found, position + 1
        match = _ATTRIBUTE.match(source, position)
        if match is None:
            position += 1
            continue
        value, position = _value(source, match.end()) if match[2] else ("", match.end())
        if len(found) < _MAX_ATTRIBUTES:
            found.setdefault(match[1].lower(), unescape(value))


def _value(source: str, position: int) -> tuple[str, int]:
    quote = source[position : position + 1]
    if quote in ('"', "'"):
        end = source.find(quote, position + 1)
        end = len(source) if end < 0 else end
        return source[position + 1 : end], end + 1
    match = _UNQUOTED.match(source, position)
    return (match[0], match.end()) if match else ("", position)
