"""What a customer answers in a form: judged by simple kinds, and brought into the form in which it is kept. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from bot.persian import normalise

MAX_ANSWER = 1_000
_NUMBER = re.compile(r"[-+]?\d[\d,٬]*(?:[.٫/]\d+)?")
_WORD = re.compile(r"[\w\u200c]+")
_PATTERNS = {
    "email": re.compile(r"[^\s@<>()\[\],;]+@[^\s@<>()\[\],;]+\.[^\s@<>()\[\],;.]{2,}"),
    "phone": re.compile(r"\+?\d(?:[\s().-]{0,2}\d){6,14}"),
    "digits": re.compile(r"\d{2,30}"),
    "date": re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}"),
}
KINDS = ("", "number", "choice", *_PATTERNS)


class Choice(msgspec.Struct, frozen=True):
    """One of several answers: `value` is kept, whatever `titles` it was said by."""

    value: str
    titles: list[str] = []


class Check(msgspec.Struct, frozen=True):
    """What an answer must be. `kind`: one of `KINDS`; `least`, `most`: of a number, or characters of a text."""

    kind: str = ""
    least: float | None = None
    most: float | None = None
    choices: list[Choice] = []


def judged(said: object, check: Check) -> str | None:
    """The answer as it is kept; None when it is none."""
    text = normalise(str(said))[:MAX_ANSWER]
    if not text or text.startswith("/"):
        return None
    if check.kind == "choice":
        return _chosen(text, check.choices)
    if check.kind == "number":
        return _number(text, check)
    if check.kind in _PATTERNS:
        found = _PATTERNS[check.kind].search(text)
        return found[0] if found else None
    return text if _within(len(text), check) else None


def _chosen(text: str, choices: Sequence[Choice]) -> str | None:
    """The choice that is said, alone or among other words; none where two are."""
    said = _words(text)
    titles = {one.value: {_words(title) for title in [one.value, *one.titles]} for one in choices}
    same = [value for value, words in titles.items() if said in words]
    named = [value for value, words in titles.items() if any(one in said for one in words)]
    found = same or named
    return found[0] if len(found) == 1 else None


def _words(text: str) -> str:
    """Its words between single blanks, without signs and case."""
    return f" {' '.join(_WORD.findall(normalise(text).casefold()))} "


def _number(text: str, check: Check) -> str | None:
    found = _NUMBER.search(text)
    if found is None:
        return None
    number = re.sub(r"[,٬]", "", found[0]).replace("٫", ".").replace("/", ".")
    return number if _within(float(number), check) else None


def _within(figure: float, check: Check) -> bool:
    return (check.least is None or figure >= check.least) and (check.most is None or figure <= check.most)
