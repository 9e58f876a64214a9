"""Which parts are the body, and what they say. The choice is that of RFC 8621 4.1.4, with mercy for broken mail."""

import html
from collections.abc import Iterator
from dataclasses import dataclass, field

from channels.email import rendering
from channels.email.charset import Decoder
from channels.email.limits import MAX_HTML, MAX_TEXT, Problems
from channels.email.mime import Part
from channels.email.rendering import Line

_BODY_TYPES = frozenset({"text/plain", "text/html"})
_MAX_BYTES = 4 * MAX_HTML


@dataclass(frozen=True, slots=True)
class Chosen:
    """Parts of the plain text, parts of the html, and the rest, each in their order. A part may be in both bodies."""

    text: list[Part] = field(default_factory=list)
    html: list[Part] = field(default_factory=list)
    attached: list[Part] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bodies:
    """The body as text and as html, and the html as lines (empty if there is none)."""

    text: str
    html: str
    lines: tuple[Line, ...]


def choose(root: Part) -> Chosen:
    """Sort the parts of a mail."""
    chosen = Chosen()
    _sort(
        root.parts or (root,),
        root.type.value.partition("/")[2] if root.parts else "mixed",
        chosen,
        text=True,
        html=True,
    )
    if not chosen.text and not chosen.html:
        _take_any_text(root, chosen)
    return chosen


def _sort(parts: tuple[Part, ...], kind: str, chosen: Chosen, *, text: bool, html: bool) -> None:
    texts, htmls = len(chosen.text), len(chosen.html)
    for index, part in enumerate(parts):
        if part.parts:
            _sort_container(part, kind, chosen, text=text, html=html)
        elif not _shows(part, index, kind):
            chosen.attached.append(part)
        elif kind == "alternative":
            _sort_alternative(part, chosen, text=text, html=html)
        else:
            _sort_inline(part, chosen, text=text, html=html)
    if kind == "alternative" and text and html:
        # One of the two is missing: the other stands for it.
        if len(chosen.text) == texts and len(chosen.html) > htmls:
            chosen.text.extend(chosen.html[htmls:])
        elif len(chosen.html) == htmls and len(chosen.text) > texts:
            chosen.html.extend(chosen.text[texts:])


def _sort_container(part: Part, kind: str, chosen: Chosen, *, text: bool, html: bool) -> None:
    within = part.type.value.partition("/")[2]
    if kind == "alternative" and within != "alternative":
        # `multipart/related` among alternatives holds the html and its pictures, seldom the plain text.
        first = next((each for each in part.walk() if not each.parts), None)
        plain = first is not None and first.type.value == "text/plain"
        text, html = text and plain, html and not plain
    _sort(part.parts, within, chosen, text=text, html=html)


def _is_body(part: Part) -> bool:
    return part.type.value in _BODY_TYPES


def _shows(part: Part, index: int, kind: str) -> bool:
    """The part is shown within the body, and not listed as a file."""
    if part.disposition.value == "attachment" or not _is_body(part):
        return False
    named = bool(part.disposition.get("filename") or part.type.get("name"))
    return index == 0 or (kind != "related" and not named)


def _sort_alternative(part: Part, chosen: Chosen, *, text: bool, html: bool) -> None:
    if part.type.value == "text/plain" and text:
        chosen.text.append(part)
    elif part.type.value == "text/html" and html:
        chosen.html.append(part)
    else:
        chosen.attached.append(part)


def _sort_inline(part: Part, chosen: Chosen, *, text: bool, html: bool) -> None:
    if text:
        chosen.text.append(part)
    if html:
        chosen.html.append(part)


def _take_any_text(root: Part, chosen: Chosen) -> None:
    """Nothing is meant to be the body: take the only text there is, also if it claims to be a file."""
    leaves = [part for part in root.walk() if not part.parts]
    texts = [part for part in leaves if part.main == "text" and part.type.value != "text/calendar"]
    only = (
        texts[0]
        if len(leaves) == 1 and texts
        else next((part for part in texts if part.type.value == "text/html"), None)
    )
    if only is None:
        return
    chosen.text.append(only)
    chosen.html.append(only)
    if len(leaves) == 1 and only.disposition.value != "attachment":
        chosen.attached.clear()


def read(chosen: Chosen, decoder: Decoder, problems: Problems) -> Bodies:
    """The body's texts. Plain text comes from the plain parts, or from the html if they are blank."""
    reader = _Reader(decoder, problems)
    markup = "".join(reader.as_html(part) for part in _unique(chosen.html)) if _any_html(chosen.html) else ""
    if len(markup) > MAX_HTML:
        problems.note("html_cut")
        markup = markup[:MAX_HTML]
    lines = rendering.render(markup) if markup.strip() else ()
    text = "\n".join(filter(None, (reader.as_text(part) for part in _unique(chosen.text))))
    if not text.strip():
        text = rendering.plain(lines)
    if len(text) > MAX_TEXT:
        problems.note("text_cut")
        text = text[:MAX_TEXT]
    return Bodies(text=text, html=markup, lines=lines)


def _any_html(parts: list[Part]) -> bool:
    return any(part.type.value == "text/html" for part in parts)


def _unique(parts: list[Part]) -> Iterator[Part]:
    seen: set[int] = set()
    for part in parts:
        if id(part) not in seen:
            seen.add(id(part))
            yield part


@dataclass(slots=True)
class _Reader:
    """Decodes parts, each once, and no more of them than is shown."""

    decoder: Decoder
    problems: Problems
    _read: dict[int, str] = field(default_factory=dict)
    _size: int = 0

    def raw(self, part: Part) -> str:
        """The part's text, line feeds only."""
        known = self._read.get(id(part))
        if known is not None:
            return known
        if self._size > _MAX_BYTES:
            self.problems.note("text_cut")
            return ""
        data = part.content()[:_MAX_BYTES]
        self._size += len(data)
        label = part.type.get("charset")
        if not label and part.type.value == "text/html":
            label = _declared_inside(data)
        text = self.decoder.decode(data, label).replace("\r\n", "\n").replace("\r", "\n")
        self._read[id(part)] = text
        return text

    def as_text(self, part: Part) -> str:
        """The part as plain text."""
        text = self.raw(part)
        if part.type.value == "text/html":
            return rendering.plain(rendering.render(text[:MAX_HTML]))
        return text

    def as_html(self, part: Part) -> str:
        """The part as html."""
        text = self.raw(part)
        if part.type.value == "text/html":
            return text
        return f'<div style="white-space: pre-wrap">{html.escape(text)}</div>' if text.strip() else ""


def _declared_inside(data: bytes) -> str:
    """The charset in a `meta` tag."""
    head = data[:2_000].lower()
    at = head.find(b"charset=")
    if at < 0:
        return ""
    value = head[at + 8 : at + 60].lstrip(b"\"' ")
    return (
        value.split(b'"')[0].split(b"'")[0].split(b">")[0].split()[0].decode("ascii", "replace")
        if value.split()
        else ""
    )
