"""What the author wrote now, apart from what is quoted, signed or added by a machine.

Each line gets a letter, and the string of letters says where to cut (the idea of discourse/email_reply_trimmer):
e empty, d delimiter, s sent-from line, b announcement of a quoted mail, h header block, q quote, t text.
Nothing is lost: what is not visible is `quoted`, and if nothing would be visible, everything is.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from channels.email import quotes

MAX_JOINED = 4
"""Lines that an announcement may run on."""

_DELIMITER = re.compile(r"[\s>]*[-_,=+~#*ᐧ—–]+\s*$")
_QUOTED = re.compile(r"[ \t]*>")
_QUOTE_MARKS = re.compile(r"^(?:[ \t]*[A-Za-z]{0,4}[>|])+")
_FENCE = re.compile(r"```\w{0,30}\s*$")
_SHARED = re.compile(r"(.*?\S)[\s-]*((?<=[\s-])On (?:\d|(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,).{5,300}:)\s*$")
_TOO_FAR = 7
"""Lines of text below an announcement: from so many on, they are the answer and not what was announced."""
_SHORTEST = 4
"""Characters: a shorter line announces nothing."""
_MAX_BLOCK = 24
"""Lines of a header block that are looked at."""
_LONG = 60
"""Characters: a quoted line from here on may have been wrapped by a relay."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """Two texts that together hold every line."""

    visible: str
    quoted: str


def split(text: str) -> Split:
    """Split a plain text body. Linear in its length."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").strip().split("\n")
    lines = _own_lines(lines)
    kept = _kept(classify(lines))
    visible = "\n".join(lines[index] for index in kept).strip()
    if not visible:
        return Split(visible="\n".join(lines).strip(), quoted="")
    taken = set(kept)
    quoted = "\n".join(line for index, line in enumerate(lines) if index not in taken).strip()
    return Split(visible=visible, quoted=quoted)


def classify(lines: list[str]) -> str:
    """One letter per line, as the module says."""
    letters = ["t"] * len(lines)
    folds = [_bare(line) for line in lines]
    fenced = _fenced(lines)
    index = 0
    while index < len(lines):
        if index in fenced:
            index += 1
            continue
        letter, length = _letter(lines, folds, index)
        letters[index : index + length] = letter * length
        index += length
    return _with_wrapped_quotes("".join(letters), lines)


def _with_wrapped_quotes(letters: str, lines: list[str]) -> str:
    """The end of a long quoted line that a relay put on a line of its own is a quote, too."""
    out = list(letters)
    for index in range(1, len(out)):
        above, line = lines[index - 1].rstrip(), lines[index]
        below = out[index] == "t" and out[index - 1] == "q" and _LONG <= len(above) > len(line)
        if below and line[:1].islower() and above[-1] not in ".?!:":
            out[index] = "q"
    return "".join(out)


def _bare(line: str) -> str:
    """A line folded and without quote marks; a line too long to be anything but text gives nothing."""
    if len(line) > 2 * quotes.MAX_ANNOUNCEMENT:
        return ""
    return quotes.folded(_QUOTE_MARKS.sub("", line)).strip()


def _letter(lines: list[str], folds: list[str], index: int) -> tuple[str, int]:
    """The letter of the line, and of how many lines it is."""
    line, fold = lines[index], folds[index]
    if not line.strip():
        return "e", 1
    if _DELIMITER.match(line):
        return "d" if not _QUOTED.match(line) else "q", 1
    quoted = "q" if _QUOTE_MARKS.match(line) else ""
    for letter, length in _candidates(lines, folds, index, quoted=bool(quoted)) if len(fold) >= _SHORTEST else ():
        if length:
            return letter, length
    return quoted or "t", 1


def _candidates(lines: list[str], folds: list[str], index: int, *, quoted: bool) -> Iterator[tuple[str, int]]:
    yield "s", _pgp(lines, index)
    yield "s", int(not _QUOTED.match(lines[index]) and quotes.is_sent_from(folds[index]))
    yield "b", _announcement(folds, index)
    yield "h", 0 if quoted else _header_block(lines, folds, index)


def _fenced(lines: list[str]) -> frozenset[int]:
    """Lines of code between fences are text, whatever they look like."""
    inside: set[int] = set()
    opened = -1
    for index, line in enumerate(lines):
        if not line.startswith("```") or not _FENCE.match(line):
            continue
        if opened >= 0 and line.strip() == "```":
            inside.update(range(opened, index + 1))
            opened = -1
        else:
            opened = index
    return frozenset(inside)


def _pgp(lines: list[str], index: int) -> int:
    """How many lines of armour begin here (RFC 4880 7)."""
    line = lines[index]
    if line.startswith("-----BEGIN PGP SIGNED MESSAGE-----"):
        return 2 if index + 1 < len(lines) and lines[index + 1].startswith("Hash:") else 1
    if line.startswith("-----BEGIN PGP SIGNATURE-----"):
        for last in range(index + 1, min(len(lines), index + 60)):
            if lines[last].startswith("-----END PGP SIGNATURE-----"):
                return last - index + 1
    return 0


def _announcement(folds: list[str], index: int) -> int:
    """How many lines the announcement that begins here takes; 0 if none begins."""
    first = folds[index]
    if quotes.is_marker(first):
        return 1
    if not quotes.opens(first) and "@" not in first:
        return 1 if quotes.announces(first) else 0
    joined = first
    for end in range(index + 1, min(len(folds), index + MAX_JOINED + 3) + 1):
        if quotes.announces(joined):
            return end - index
        following = folds[end] if end < len(folds) else ""
        if not following and folds[end + 1 : end + 2] and folds[end + 1].startswith("<"):
            continue  # Polymail sets the address apart
        if not following or len(joined) > quotes.MAX_ANNOUNCEMENT or _begins_anew(following):
            return 0
        joined = f"{joined} {following}"
    return 0


def _begins_anew(fold: str) -> bool:
    """Not the rest of an announcement, but something of its own."""
    if quotes.is_marker(fold) or quotes.field_of(fold):
        return True
    return quotes.opens_by_word(fold) and quotes.opens(fold.partition(" ")[2])


def _header_block(lines: list[str], folds: list[str], index: int) -> int:
    """How many lines of repeated header fields begin here; 0 if it is not clearly a block."""
    if not quotes.field_of(folds[index]):
        return 0
    kinds: list[str] = []
    end = position = index
    while position < min(len(lines), index + _MAX_BLOCK):
        kind = quotes.field_of(folds[position])
        if kind:
            kinds.append(kind)
            end = position + 1
        elif position - end >= 2 or _QUOTED.match(lines[position]):
            break
        position += 1
    different = set(kinds)
    alone = "from" in different and quotes.names_address(folds[index]) and (not index or not lines[index - 1].strip())
    if len(different) >= 3 or (len(different) >= 2 and different & {"from", "date"}) or alone:
        return end - index
    return 0


def _own_lines(lines: list[str]) -> list[str]:
    """An announcement that stands on the last line of the answer gets a line of its own."""
    out: list[str] = []
    for line in lines:
        match = _SHARED.match(line) if len(line) < 2 * quotes.MAX_ANNOUNCEMENT else None
        if match and match[1].strip() and not _QUOTED.match(line) and quotes.announces(quotes.folded(match[2])):
            out += [match[1], match[2]]
        else:
            out.append(line)
    return out


def _kept(letters: str) -> list[int]:
    """Indexes of the lines that stay visible."""
    pattern = _Pattern(letters)
    pattern.cut_at_delimiter()
    pattern.remove("s")
    pattern.keep_answer_below()
    pattern.cut_quotes()
    pattern.remove("b")
    pattern.cut_at_headers()
    pattern.remove("h")
    pattern.cut_trailing_quotes()
    return pattern.indexes


class _Pattern:
    """The letters that are left, and which lines they stand for. Every step looks at each letter once."""

    def __init__(self, letters: str) -> None:
        self.letters = letters
        self.indexes = list(range(len(letters)))

    def _keep(self, start: int, end: int) -> None:
        self.letters, self.indexes = self.letters[start:end], self.indexes[start:end]

    def _drop(self, start: int, end: int) -> None:
        self.letters = self.letters[:start] + self.letters[end:]
        self.indexes = self.indexes[:start] + self.indexes[end:]

    def remove(self, letter: str) -> None:
        """Take out every line of this kind."""
        self.indexes = [index for index, each in zip(self.indexes, self.letters, strict=True) if each != letter]
        self.letters = self.letters.replace(letter, "")

    def cut_at_delimiter(self) -> None:
        """Drop the signature: all from the first delimiter that has text before it."""
        first_text = self.letters.find("t")
        if first_text >= 0 and (end := self.letters.find("d", first_text)) >= 0:
            self._keep(0, end)
        self.remove("d")

    def keep_answer_below(self) -> None:
        """The mail begins with an announcement and its quote, and ends with text: the text is the answer."""
        text = self.letters.find("t")
        if self.letters.startswith("b") and text > 1 and not set(self.letters[text:]) - {"t", "e"}:
            self._keep(text, len(self.letters))

    def cut_quotes(self) -> None:
        """Keep the text before an announcement that no answer follows, and before a quote that ends the mail.

        A quote between the answer and a few last lines (a name, a greeting) goes, and those lines stay.
        """
        last_quote = self.letters.rfind("q")
        self._cut_before_announcement(self.letters.find("b", last_quote + 1))
        tail = len(self.letters.rstrip("te"))
        start = len(self.letters[:tail].rstrip("eqbh"))
        middle = self.letters[start:tail].lstrip("e")
        if self.letters[tail:].count("t") < _TOO_FAR:
            if "q" not in middle:
                self._cut_before_announcement(tail - len(middle))
            elif middle.startswith("b") and start:
                self._drop(tail - len(middle), len(self.letters) - len(self.letters[tail:].lstrip("e")))
        if start := len(self.letters.rstrip("qbe")):
            self._keep(0, start)

    def _cut_before_announcement(self, at: int) -> None:
        """Cut if an announcement stands there, and the last that is not empty before it is text."""
        before = self.letters[: max(at, 0)].rstrip("e")
        if before.endswith("t") and self.letters[at : at + 1] == "b":
            self._keep(0, len(before))

    def cut_at_headers(self) -> None:
        """Keep the text before a block of header fields."""
        at = self.letters.find("h")
        before = self.letters[: max(at, 0)].rstrip("eq")
        if before.endswith("t"):
            self._keep(0, len(before))

    def cut_trailing_quotes(self) -> None:
        """Drop quotes at the end if there is text."""
        if "t" in self.letters:
            self._keep(0, len(self.letters.rstrip("eq")))
