"""Whether a customer says nearly the same again: the answer in between was none. Persian and English. Pure."""

from __future__ import annotations

import re

from bot.persian import normalise
from hub.training.similar import NEAR, nearness, pieces

FEWEST_WORDS = 2
ALIKE = 0.6
"""Share of the shorter sentence's words from which two say the same, in whatever order."""
_EMPTY = frozenset(
    [
        "a",
        "an",
        "the",
        "is",
        "are",
        "was",
        "do",
        "does",
        "did",
        "can",
        "could",
        "would",
        "will",
        "i",
        "me",
        "my",
        "you",
        "your",
        "we",
        "it",
        "to",
        "of",
        "in",
        "on",
        "at",
        "for",
        "and",
        "or",
        "please",
        "so",
        "what",
        "where",
        "when",
        "how",
        "why",
        "که",
        "را",
        "از",
        "به",
        "در",
        "با",
        "و",
        "یا",
        "تا",
        "این",
        "آن",
        "من",
        "تو",
        "شما",
        "ما",
        "هم",
        "است",
        "هست",
        "بود",
        "چه",
        "چی",
        "کجا",
        "کی",
        "چطور",
        "چرا",
        "لطفا",
    ]
)
"""Words that any two questions share."""
_WORD = re.compile(r"[^\W\d_]+")


def rephrased(first: str, second: str) -> bool:
    """Whether `second` is `first` once more, in nearly the same letters or with most of its telling words.

    Single words ("hello", "بله") are said again for other reasons, and numbers are answers.
    """
    one, other = _words(first), _words(second)
    telling, again = _telling(one), _telling(other)
    fewer = min(len(telling), len(again))
    if min(len(one), len(other)) < FEWEST_WORDS or fewer == 0:
        return False
    if nearness(pieces(" ".join(telling)), pieces(" ".join(again))) >= NEAR:
        return True
    return fewer >= FEWEST_WORDS and len(set(telling) & set(again)) / fewer >= ALIKE


def _telling(words: list[str]) -> list[str]:
    return [one for one in dict.fromkeys(words) if one not in _EMPTY]


def _words(text: str) -> list[str]:
    return _WORD.findall(normalise(text).casefold().replace("\u200c", ""))
