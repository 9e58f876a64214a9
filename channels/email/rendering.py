"""Html to lines of text, each with how deep it is quoted: what programs mark as a quote is found by their marks."""

import re
from dataclasses import dataclass, field

from channels.email.limits import MAX_TEXT
from channels.email.markup import VOID, Close, Open, Text, events, words

_BLOCKS = words(
    """
    address article aside blockquote body center dd details dialog dir div dl dt fieldset figcaption figure
    footer form h1 h2 h3 h4 h5 h6 header hr html li main menu nav ol p pre section table tbody tfoot thead tr ul
    """
)
_SPACED = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "dl", "pre", "blockquote", "table"})
_HIDDEN = frozenset(
    {"script", "style", "title", "head", "noscript", "template", "textarea", "iframe", "xmp", "noembed"}
)
_SPACE = re.compile(r"[ \t\r\n\f]+")
_HIDING = re.compile(r"display\s{0,5}:\s{0,5}none|mso-hide\s{0,5}:\s{0,5}all", re.IGNORECASE)
_BORDER_TOP = re.compile(
    r"border:\s{0,3}none;\s{0,3}border-top:\s{0,3}solid\s{1,3}#?(?:e1e1e1|b5c4df|[0-9a-f]{6})\s{1,3}1\.0pt",
    re.IGNORECASE,
)

_CONTAINERS = words(
    """
    yahoo_quoted protonmail_quote tutanota_quote zmail_extra ydp_quoted gmail_extra_quote messagereplysection
    mail-editor-reference-message-container ms-outlook-mobile-reference-message quotedmessage wm_quoted
    freebirdformviewerviewitemsitemcontainer
    """
)
"""Classes, ids or names of elements that hold the quoted mail and nothing else."""
_CUTS = words(
    """
    divrplyfwdmsg appendonsend olk_src_body_section outlookmessageheader stopspelling isforwardcontent
    """
)
"""Ids or classes of elements from where on all is quoted."""
_SIGNATURES = words(
    """
    gmail_signature gmail_signature_prefix moz-signature applemailsignature signature
    ms-outlook-mobile-signature ymail_android_signature protonmail_signature_block ms-outlook-signature
    """
)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text: `depth` counts the quotes around it, `marked` says that a program set it apart."""

    text: str
    depth: int = 0
    marked: bool = False


def render(source: str) -> tuple[Line, ...]:
    """The lines of an html text, at most `MAX_TEXT` characters."""
    writer = _Writer()
    for event in events(source):
        match event:
            case Text(text=text):
                writer.write(text)
            case Open(name=name, attributes=attributes):
                writer.open(name, attributes)
            case Close(name=name):
                writer.close(name)
        if writer.size > MAX_TEXT + 1:
            break
    writer.end_line()
    return tuple(writer.lines)


def plain(lines: tuple[Line, ...]) -> str:
    """The text as a plain text mail would have it."""
    return _joined([("> " * line.depth + line.text).rstrip() for line in lines])


def quoted_by_marks(lines: tuple[Line, ...]) -> str:
    """The text with everything that a program marked set as a quote, for `channels.email.visible`."""
    return _joined([("> " * max(line.depth, int(line.marked)) + line.text).rstrip() for line in lines])


def has_marks(lines: tuple[Line, ...]) -> bool:
    """A program marked something, so the html tells more than plain text does."""
    return any(line.marked or line.depth for line in lines)


def _joined(lines: list[str]) -> str:
    """At most two blank lines in a row."""
    return re.sub(r"\n{4,}", "\n\n\n", "\n".join(lines)).strip("\n")


@dataclass(slots=True)
class _Writer:
    lines: list[Line] = field(default_factory=list)
    size: int = 0
    _line: list[str] = field(default_factory=list)
    _quotes: int = 0
    _marks: int = 0
    _hidden: int = 0
    _pre: int = 0
    _cut: bool = False
    _open: list[tuple[str, int, int, int, int]] = field(default_factory=list)

    def write(self, text: str) -> None:
        if self._hidden:
            return
        if self._pre:
            first, *rest = text.replace("\r\n", "\n").split("\n")
            self._line.append(first)
            for line in rest:
                self.end_line(keep=True)
                self._line.append(line)
        else:
            self._line.append(_SPACE.sub(" ", text))
        self.size += len(text)

    def open(self, name: str, attributes: dict[str, str]) -> None:
        if name == "br":
            self.end_line(keep=True)
            return
        if name in _BLOCKS:
            self.end_line()
            if name in _SPACED:
                self._blank()
        if name in {"td", "th"} and self._line:
            self._line.append(" ")
        marks = self._marks_of(name, attributes)
        if name == "hr" and not marks and not self._hidden:
            self.lines.append(Line("", self._quotes, self._marked()))
        if name in VOID:
            return
        hides = name in _HIDDEN or _HIDING.search(attributes.get("style", "")) is not None
        self._open.append((name, name == "blockquote", marks, hides, name == "pre"))
        self._shift(self._open[-1], 1)
        if name == "li" and not self._hidden:
            self._line.append("- ")

    def close(self, name: str) -> None:
        if name in _BLOCKS:
            self.end_line()
            if name in _SPACED:
                self._blank()
        if self._open:
            self._shift(self._open.pop(), -1)

    def _shift(self, entry: tuple[str, int, int, int, int], by: int) -> None:
        self._quotes += by * entry[1]
        self._marks += by * entry[2]
        self._hidden += by * entry[3]
        self._pre += by * entry[4]

    def _marks_of(self, name: str, attributes: dict[str, str]) -> bool:
        names = {
            *attributes.get("class", "").lower().split(),
            attributes.get("id", "").lower(),
            attributes.get("name", "").lower(),
        }
        names |= {each.removeprefix("x_") for each in names}
        if names & _CUTS or (name == "div" and _BORDER_TOP.search(attributes.get("style", ""))):
            if any(line.text for line in self.lines):
                self._cut = True
            return False
        if name == "blockquote" and (attributes.get("type") == "cite" or "gmail_quote" in names):
            return True
        return bool(names & _CONTAINERS or names & _SIGNATURES)

    def _marked(self) -> bool:
        return self._cut or self._marks > 0

    def end_line(self, *, keep: bool = False) -> None:
        """Finish the line; an empty one counts only with `keep`."""
        text = "".join(self._line)
        self._line.clear()
        text = text.rstrip() if self._pre else _SPACE.sub(" ", text).replace("\xa0", " ").strip()
        if text or keep:
            self.lines.append(Line(text, self._quotes, self._marked()))

    def _blank(self) -> None:
        if self.lines and self.lines[-1].text and not self._hidden:
            self.lines.append(Line("", self._quotes, self._marked()))
